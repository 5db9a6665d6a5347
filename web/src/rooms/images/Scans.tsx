// Images as the scanners sent them, those that fit nothing first of all.
import { url } from "../../api/client";
import type { Scan } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Scans() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("scan");
  return (
    <>
      <PageHeader title={t("rooms.images.scans")} back={{ to: "/image-tasks", text: t("rooms.images.title") }}>
        {t("rooms.images.scansLead")}
      </PageHeader>
      <Worklist<Scan>
        label={t("rooms.images.scans")}
        path="/scans"
        rowKey={(row) => row.id}
        to={(row) => url`/scans/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.images.findScan") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={row.status === "unmatched" ? "stop" : undefined} /> },
          { key: "container", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.container}</span> },
          { key: "findings", title: t("rooms.images.odd"), render: (row) => row.findings.map((finding) => tx(finding.message)).join(t("rooms.listComma")) || <span className="none">–</span> },
          { key: "equipment", title: t("rooms.images.equipment"), render: (row) => (row.equipment_name ? tx(row.equipment_name) : row.equipment), wide: true },
          { key: "task", title: t("kind.image-task"), render: (row) => (row.task ? <ObjectLink type="image-task" id={row.task} /> : <span className="none">–</span>) },
          { key: "received", title: t("rooms.images.receivedAt"), render: (row) => <When at={row.received_at} relative /> },
        ]}
        empty={t("rooms.images.scansEmpty")}
      />
    </>
  );
}
