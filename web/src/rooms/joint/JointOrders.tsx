// Joint inspections (联合查验).
import { url } from "../../api/client";
import type { JointOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function JointOrders() {
  const { t, tx, maybe } = useI18n();
  const statuses = useStatusChoices("joint-order");
  return (
    <>
      <PageHeader title={t("rooms.joint.title")}>{t("rooms.joint.lead")}</PageHeader>
      <Worklist<JointOrder>
        label={t("rooms.joint.title")}
        path="/joint-orders"
        rowKey={(row) => row.id}
        to={(row) => url`/joint-orders/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.joint.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={row.status === "confirmed" ? "go" : undefined} /> },
          {
            key: "subject",
            title: t("rooms.joint.subject"),
            render: (row) => (
              <>
                {maybe(`rooms.joint.${row.subject}`, row.subject)} <span className="mono">{row.bill_no ?? (row.boxes.length === 0 ? row.call : row.boxes[0]?.number)}</span>
              </>
            ),
          },
          { key: "lead", title: t("rooms.joint.leads"), render: (row) => tx(row.lead.name) },
          { key: "participants", title: t("rooms.joint.participants"), render: (row) => row.participants.map((one) => tx(one.organisation.name)).join(t("rooms.listComma")), wide: true },
          { key: "boxes", title: t("rooms.bill.boxes"), align: "right", render: (row) => row.boxes.length },
          { key: "slot", title: t("rooms.joint.slot"), render: (row) => <When at={row.slot?.start} style="short" /> },
        ]}
        empty={t("rooms.joint.empty")}
      />
    </>
  );
}
