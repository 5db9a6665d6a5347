// The discharge order on the page of its call: how far it is, or ordering it.
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Call, DischargeOrderSummary, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, ObjectLink, ProblemAlert, StatusTag, When } from "../../parts";
import { OrderAction } from "./OrderAction";

export function DischargeOfCall({ call }: { call: Call }) {
  const { t } = useI18n();
  const can = useCan();
  // A list, because a call without an order is no error.
  const orders = useGet<Page<DischargeOrderSummary>>(can("discharge-order.read") ? "/discharge-orders" : null, { q: call.id, limit: 1 });
  if (!can("discharge-order.read")) return null;
  const order = orders.data?.items.find((each) => each.id === call.id);
  const open = call.status === "announced" || call.status === "arrived";
  return (
    <section className="panel" aria-labelledby="discharge-title">
      <h2 id="discharge-title">{t("kind.discharge-order")}</h2>
      {orders.error && <ProblemAlert error={orders.error} />}
      {order && (
        <KeyFacts
          facts={[
            {
              label: t("rooms.discharge.order.document"),
              value: (
                <ObjectLink type="discharge-order" id={order.id}>
                  {order.document}
                </ObjectLink>
              ),
            },
            { label: t("worklist.status"), value: <StatusTag status={order.status} text={order.status_text} /> },
            { label: t("rooms.discharge.order.boxes"), value: order.boxes },
            { label: t("rooms.discharge.order.missing"), value: order.missing },
            { label: t("rooms.discharge.order.unlisted"), value: order.unlisted },
            { label: t("rooms.discharge.order.orderedAt"), value: <When at={order.ordered_at} /> },
          ]}
        />
      )}
      {orders.data && !order && <p className="muted">{t("rooms.discharge.order.none")}</p>}
      {orders.data && open && can("discharge-order.order") && <OrderAction call={call.id} replaces={order !== undefined && order.status !== "cancelled"} primary={!order} />}
    </section>
  );
}
