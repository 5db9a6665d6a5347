// Discharge or loading orders (卸船指令、装船指令): those of the own calls, or of the own terminal.
import { url } from "../../api/client";
import type { WorkOrderSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { useWorkText, type Work } from "./words";

export function WorkOrders({ work }: { work: Work }) {
  const { t, tx } = useI18n();
  const w = useWorkText(work);
  const statuses = useStatusChoices(`${work}-order`);
  return (
    <>
      <PageHeader title={w("title")}>{w("lead")}</PageHeader>
      <Worklist<WorkOrderSummary>
        label={w("title")}
        path={`/${work}-orders`}
        rowKey={(row) => row.id}
        to={(row) => url`/${work}-orders/${row.id}`}
        filters={[
          { name: "q", label: w("find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "document", title: w("document"), render: (row) => <span className="mono">{row.document}</span> },
          { key: "ship", title: w("call"), render: (row) => `${row.ship_name} ${row.voyage}` },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "terminal", title: t("rooms.call.terminal"), render: (row) => tx(row.terminal.name), wide: true },
          { key: "boxes", title: w("boxes"), align: "right", render: (row) => row.boxes },
          { key: "missing", title: w("missing"), align: "right", render: (row) => row.missing },
          { key: "unlisted", title: w("unlisted"), align: "right", render: (row) => row.unlisted },
          { key: "at", title: w("orderedAt"), render: (row) => <When at={row.ordered_at} style="short" /> },
        ]}
        empty={w("empty")}
      />
    </>
  );
}
