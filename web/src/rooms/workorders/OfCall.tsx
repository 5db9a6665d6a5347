// The discharge and the loading order on the page of their call: how far it is, or ordering it.
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Call, WorkOrderSummary, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, ObjectLink, ProblemAlert, StatusTag, When } from "../../parts";
import { LoadedAction } from "./LoadedAction";
import { OrderAction } from "./OrderAction";
import { useWorkText, type Work } from "./words";

export function WorkOfCall({ call, work }: { call: Call; work: Work }) {
  const { t } = useI18n();
  const w = useWorkText(work);
  const mayRead = `${work}-order.read` as const;
  const can = useCan();
  // A list, because a call without an order is no error.
  const orders = useGet<Page<WorkOrderSummary>>(can(mayRead) ? `/${work}-orders` : null, { q: call.id, limit: 1 });
  if (!can(mayRead)) return null;
  const order = orders.data?.items.find((each) => each.id === call.id);
  const open = call.status === "announced" || call.status === "arrived";
  return (
    <section className="panel" aria-labelledby={`${work}-title`}>
      <h2 id={`${work}-title`}>{t(`kind.${work}-order`)}</h2>
      {orders.error && <ProblemAlert error={orders.error} />}
      {order && (
        <KeyFacts
          facts={[
            {
              label: w("document"),
              value: (
                <ObjectLink type={`${work}-order`} id={order.id}>
                  {order.document}
                </ObjectLink>
              ),
            },
            { label: t("worklist.status"), value: <StatusTag status={order.status} text={order.status_text} /> },
            { label: w("boxes"), value: order.boxes },
            { label: w("missing"), value: order.missing },
            { label: w("unlisted"), value: order.unlisted },
            { label: w("orderedAt"), value: order.status === "unordered" ? "–" : <When at={order.ordered_at} /> },
          ]}
        />
      )}
      {orders.data && !order && <p className="muted">{w("none")}</p>}
      {orders.data && open && can(`${work}-order.order`) && <OrderAction work={work} call={call.id} replaces={order !== undefined && order.status === "ordered"} primary={!order} />}
      {work === "loading" && (call.status === "arrived" || call.status === "departed") && can("loading.report") && <LoadedAction call={call.id} />}
    </section>
  );
}
