// Applications to change a manifest (舱单变更): what waits, and what became of the others.
import { useI18n } from "../../i18n";
import { url } from "../../api/client";
import type { ManifestChangeSummary } from "../../api/types";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Changes() {
  const { t } = useI18n();
  const statuses = useStatusChoices("change");
  return (
    <>
      <PageHeader title={t("rooms.change.title")}>{t("rooms.change.lead")}</PageHeader>
      <Worklist<ManifestChangeSummary>
        label={t("rooms.change.title")}
        path="/manifest-changes"
        rowKey={(row) => row.id}
        to={(row) => url`/manifest-changes/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.change.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "bill", title: t("kind.bill"), render: (row) => <span className="mono">{row.bill}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "reason", title: t("rooms.change.reasonCode"), render: (row) => <span className="mono">{row.reason}</span> },
          { key: "fields", title: t("rooms.change.fields"), align: "right", render: (row) => row.fields },
          { key: "at", title: t("rooms.change.appliedAt"), render: (row) => <When at={row.applied_at} style="short" /> },
        ]}
        empty={t("rooms.change.empty")}
      />
    </>
  );
}
