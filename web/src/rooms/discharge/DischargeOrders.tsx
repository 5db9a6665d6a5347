// Discharge orders (卸船指令): those of the own calls, or of the own terminal.
import { url } from "../../api/client";
import type { DischargeOrderSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function DischargeOrders() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("discharge-order");
  return (
    <>
      <PageHeader title={t("rooms.discharge.order.title")}>{t("rooms.discharge.order.lead")}</PageHeader>
      <Worklist<DischargeOrderSummary>
        label={t("rooms.discharge.order.title")}
        path="/discharge-orders"
        rowKey={(row) => row.id}
        to={(row) => url`/discharge-orders/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.discharge.order.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "document", title: t("rooms.discharge.order.document"), render: (row) => <span className="mono">{row.document}</span> },
          { key: "ship", title: t("rooms.discharge.order.call"), render: (row) => `${row.ship_name} ${row.voyage}` },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "terminal", title: t("rooms.call.terminal"), render: (row) => tx(row.terminal.name), wide: true },
          { key: "boxes", title: t("rooms.discharge.order.boxes"), align: "right", render: (row) => row.boxes },
          { key: "missing", title: t("rooms.discharge.order.missing"), align: "right", render: (row) => row.missing },
          { key: "unlisted", title: t("rooms.discharge.order.unlisted"), align: "right", render: (row) => row.unlisted },
          { key: "at", title: t("rooms.discharge.order.orderedAt"), render: (row) => <When at={row.ordered_at} style="short" /> },
        ]}
        empty={t("rooms.discharge.order.empty")}
      />
    </>
  );
}
