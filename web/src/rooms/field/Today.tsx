// The orders of the day, a container number to find one of them, and what this phone has written down.
import { useEffect, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { url } from "../../api/client";
import type { FieldOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading } from "../../parts/Loading";
import { StatusTag } from "../../parts/StatusTag";
import { When } from "../../parts/When";
import { QueueList } from "./QueueList";
import { Scanner } from "./Scanner";
import { useQueue, type FieldState } from "./state";
import { drafts, written, type Draft } from "./store";

export function Today({ field }: { field: FieldState }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [told, setTold] = useState<string | null>(null);
  const waits = useQueue().some((item) => item.standing === "waiting");
  const orders = field.orders?.orders ?? [];
  const find = (number: string) => {
    const found = orders.filter((order) => order.boxes.some((box) => box.number === number));
    const [one] = found;
    if (!one) return setTold(t("field.noOrderOf", { number }));
    // An inspection is a part of its joint order: the officer of customs writes in the inspection.
    const best = found.find((order) => order.takes_result) ?? one;
    void navigate(`${url`/field/${best.kind}/${best.id}`}?box=${number}`);
  };
  return (
    <>
      <h1>{t("field.today")}</h1>
      {search.get("kept") && waits && <p className="field-note">{field.online ? t("field.keptOnline") : t("field.keptOffline")}</p>}
      {field.orders && (
        <p className="muted field-small">
          {field.orders.day} · {t("field.asOf")} <When at={field.orders.as_of} style="clock" />
          {!field.online && ` · ${t("field.stale")}`}
        </p>
      )}
      <section className="panel" aria-labelledby="field-find">
        <h2 id="field-find">{t("field.findBox")}</h2>
        <Scanner label={t("field.number")} onNumber={find} />
        {told && (
          <p role="alert" className="field-fault">
            {told}
          </p>
        )}
      </section>
      <section aria-labelledby="field-orders">
        <h2 id="field-orders" className="section-title">
          {t("field.orders")} · {orders.length}
        </h2>
        {field.starting && <Loading rows={3} />}
        {field.stranger && <p className="panel muted">{t("field.stranger")}</p>}
        {!field.starting && !field.stranger && orders.length === 0 && <p className="panel muted">{field.orders ? t("field.none") : t("field.notRead")}</p>}
        {field.orders?.truncated && <p className="field-note field-note-warn">{t("field.truncated")}</p>}
        <ul className="field-cards">
          {orders.map((order) => (
            <li key={`${order.kind} ${order.id}`}>
              <Card order={order} />
            </li>
          ))}
        </ul>
      </section>
      <Drafts field={field} />
      <QueueList field={field} />
    </>
  );
}

/** What was begun and not sent, also about orders that are no longer of today. */
function Drafts({ field }: { field: FieldState }) {
  const { t } = useI18n();
  const [begun, setBegun] = useState<Draft[]>([]);
  const user = field.user?.id;
  useEffect(() => {
    let gone = false;
    void drafts
      .all()
      .then((all) => gone || setBegun(all.filter((draft) => draft.user === user && written(draft))))
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [user]);
  if (begun.length === 0) return null;
  return (
    <section aria-labelledby="field-drafts">
      <h2 id="field-drafts" className="section-title">
        {t("field.drafts")} · {begun.length}
      </h2>
      <ul className="field-cards">
        {begun.map((draft) => (
          <li key={draft.key}>
            <Link to={url`/field/${draft.kind}/${draft.order}`} className="field-card" data-draft={draft.order}>
              <strong className="mono">{`${draft.order} ${draft.container}`.trim()}</strong>
              <span className="muted">{t("field.pictures", { n: draft.photos.length })}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ order }: { order: FieldOrder }) {
  const { t, maybe } = useI18n();
  const there = order.boxes.filter((box) => box.at_site).length;
  return (
    <Link to={url`/field/${order.kind}/${order.id}`} className="field-card" data-order={order.id}>
      <span className="row">
        <strong className="mono">{order.id}</strong>
        <StatusTag status={order.status} text={order.status_text} />
      </span>
      <span>
        {maybe(`kind.${order.kind}`, order.kind)} · <span className="mono">{order.title}</span>
      </span>
      <span className="muted">
        {order.slot ? (
          <>
            <When at={order.slot.start} style="short" /> – <When at={order.slot.end} style="clock" />
          </>
        ) : (
          t("field.noTime")
        )}
        {" · "}
        {order.place}
      </span>
      {order.boxes.length > 0 && (
        <span className="muted">
          {t("field.boxesThere", { there, all: order.boxes.length })} · <span className="mono">{order.boxes.slice(0, 3).map((box) => box.number).join(" ")}</span>
        </span>
      )}
    </Link>
  );
}
