// Inspections (查验).
import { url } from "../../api/client";
import type { Inspection } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

const METHODS = ["open", "machine", "documents"] as const;

export default function Inspections() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("inspection");
  return (
    <>
      <PageHeader title={t("rooms.inspection.title")}>{t("rooms.inspection.lead")}</PageHeader>
      <Worklist<Inspection>
        label={t("rooms.inspection.title")}
        path="/inspections"
        rowKey={(row) => row.id}
        to={(row) => url`/inspections/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.inspection.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "method", label: t("rooms.inspection.method"), options: METHODS.map((method) => ({ value: method, label: t(`rooms.inspection.${method}`) })) },
          { name: "ordered_from", label: t("rooms.inspection.orderedFrom"), placeholder: "YYYY-MM-DD" },
          { name: "ordered_to", label: t("rooms.inspection.orderedTo"), placeholder: "YYYY-MM-DD" },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "bill", title: t("rooms.bill.number"), render: (row) => <span className="mono">{row.bill_no}</span> },
          { key: "boxes", title: t("rooms.bill.boxes"), align: "right", render: (row) => row.containers.length },
          { key: "slot", title: t("rooms.inspection.slot"), render: (row) => <When at={row.slot?.start} style="short" /> },
          {
            key: "officers",
            title: t("rooms.inspection.officers"),
            render: (row) => row.officers.map((officer) => tx(officer.name)).join(t("rooms.listComma")),
            wide: true,
          },
          {
            key: "declaration",
            title: t("kind.declaration"),
            render: (row) => (
              <ObjectLink type="declaration" id={row.declaration}>
                {row.entry_id ?? row.declaration}
              </ObjectLink>
            ),
            wide: true,
          },
          { key: "ordered", title: t("rooms.inspection.orderedAt"), render: (row) => <When at={row.ordered_at} relative /> },
        ]}
        empty={t("rooms.inspection.empty")}
      />
    </>
  );
}
