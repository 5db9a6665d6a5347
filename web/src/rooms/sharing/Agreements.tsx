// Sharing agreements (数据共享协议): who receives what from whom.
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DataResource, Items, SharingAgreement } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Agreements() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("sharing");
  const catalogue = useGet<Items<DataResource>>("/data-resources");
  return (
    <>
      <PageHeader title={t("rooms.sharing.agreements")}>{t("rooms.sharing.agreementsLead")}</PageHeader>
      <Worklist<SharingAgreement>
        label={t("rooms.sharing.agreements")}
        path="/sharing-agreements"
        rowKey={(row) => row.id}
        to={(row) => url`/sharing-agreements/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.sharing.findAgreement") },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "resource", label: t("rooms.sharing.resource"), options: (catalogue.data?.items ?? []).map((one) => ({ value: one.id, label: tx(one.name) })) },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "resource", title: t("rooms.sharing.resource"), render: (row) => tx(row.resource_name) },
          { key: "provider", title: t("rooms.sharing.provider"), render: (row) => tx(row.provider.name) },
          { key: "consumer", title: t("rooms.sharing.consumer"), render: (row) => tx(row.consumer.name) },
          { key: "purpose", title: t("rooms.sharing.purpose"), render: (row) => row.purpose, wide: true },
          { key: "valid", title: t("rooms.sharing.valid"), render: (row) => `${row.valid_from} – ${row.valid_to}`, wide: true },
        ]}
        empty={t("rooms.sharing.empty")}
      />
    </>
  );
}
