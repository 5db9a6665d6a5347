// Agency agreements (电子代理委托): who acts for whom.
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { AgencyAgreement } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { ProposeAgreement } from "./ProposeAgreement";

export default function Agreements() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("agreement");
  return (
    <>
      <PageHeader
        title={t("rooms.agency.title")}
        actions={can("agency.propose") && <ProposeAgreement onDone={(made) => void navigate(url`/agreements/${made.id}`)} />}
      >
        {t("rooms.agency.lead")}
      </PageHeader>
      <Worklist<AgencyAgreement>
        label={t("rooms.agency.title")}
        path="/agency-agreements"
        rowKey={(row) => row.id}
        to={(row) => url`/agreements/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.agency.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "principal", title: t("rooms.agency.principal"), render: (row) => tx(row.principal.name) },
          { key: "agent", title: t("rooms.agency.agent"), render: (row) => tx(row.agent.name) },
          { key: "acts", title: t("rooms.agency.acts"), render: (row) => row.acts.map((act) => tx(act.text)).join(t("rooms.listComma")) },
          { key: "bill", title: t("rooms.agency.bill"), render: (row) => (row.bill_no ? <span className="mono">{row.bill_no}</span> : t("rooms.agency.allBills")) },
          { key: "valid", title: t("rooms.agency.valid"), render: (row) => `${row.valid_from} – ${row.valid_to}`, wide: true },
        ]}
        empty={t("rooms.agency.empty")}
      />
    </>
  );
}
