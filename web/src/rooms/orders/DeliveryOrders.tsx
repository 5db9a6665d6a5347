// Delivery orders (提货单): to issue for the agent, to pay and transfer for the trader, to collect for the trucker.
import { url } from "../../api/client";
import type { DeliveryOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { MoneyText, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useSession } from "../../api/session";
import { useStatusChoices } from "../parts/statuses";

export default function DeliveryOrders() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("order");
  const role = useSession()?.user.role;
  return (
    <>
      <PageHeader title={t("rooms.order.title")}>
        {role === "agent" ? t("rooms.order.leadAgent") : role === "trucker" ? t("rooms.order.leadTrucker") : t("rooms.order.lead")}
      </PageHeader>
      <Worklist<DeliveryOrder>
        label={t("rooms.order.title")}
        path="/delivery-orders"
        rowKey={(row) => row.id}
        to={(row) => url`/delivery-orders/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.order.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "bill", title: t("rooms.bill.number"), render: (row) => <span className="mono">{row.bill_no}</span> },
          { key: "ship", title: t("rooms.call.ship"), render: (row) => `${row.ship_name} ${row.voyage}`, wide: true },
          {
            key: "boxes",
            title: t("rooms.container.title"),
            render: (row) => t("rooms.order.left", { left: row.containers.filter((box) => !box.redeemed_at).length, of: row.containers.length }),
          },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          {
            key: "charges",
            title: t("rooms.order.charges"),
            align: "right",
            render: (row) => (
              <span className="row-tight">
                <MoneyText value={row.charges} /> <ChargeState state={row.charge_state} />
              </span>
            ),
          },
          { key: "holder", title: t("rooms.order.holder"), render: (row) => tx(row.holder.name), wide: true },
          { key: "free", title: t("rooms.order.freeUntil"), render: (row) => <When at={row.free_until} style="short" /> },
        ]}
        empty={role === "trucker" ? t("rooms.order.emptyTrucker") : t("rooms.order.empty")}
      />
    </>
  );
}

export function ChargeState({ state }: { state: string }) {
  const { t } = useI18n();
  const words = state === "paid" ? t("rooms.order.paid") : state === "waived" ? t("rooms.order.waived") : t("rooms.order.unpaid");
  return <StatusTag status={state} text={words} />;
}
