// One order at the site: which box, the checklist, photos, notes, signature, and the result where the officer gives one. Everything is kept on the
// phone while it is written.
import { useEffect, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { FieldOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading } from "../../parts/Loading";
import { StatusTag } from "../../parts/StatusTag";
import { When } from "../../parts/When";
import { RecordForm } from "./RecordForm";
import type { FieldState } from "./state";
import { drafts, type Draft } from "./store";

export function OrderPage({ field }: { field: FieldState }) {
  const { kind = "", id = "" } = useParams();
  const { t } = useI18n();
  const [search] = useSearchParams();
  const order = field.orders?.orders.find((one) => one.kind === kind && one.id === id);
  const user = field.user;
  const key = user ? `${user.id} ${kind} ${id}` : null;
  const [draft, setDraft] = useState<{ key: string; draft: Draft | null } | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!key) return;
    let gone = false;
    let free: () => void = () => undefined;
    // Two pages that write the same draft would undo each other's photos: the second one waits.
    const open = async () => {
      if (gone) return;
      try {
        const found = await drafts.get(key);
        if (!gone) setDraft({ key, draft: found ?? null });
      } catch {
        if (!gone) setBroken(true);
      }
      await new Promise<void>((done) => {
        free = done;
        if (gone) done();
      });
    };
    const asked = new AbortController();
    if (navigator.locks) void navigator.locks.request(`fairway-field ${key}`, { signal: asked.signal }, open).catch(() => undefined);
    else void open();
    return () => {
      gone = true;
      asked.abort();
      free();
    };
  }, [key]);
  if (field.starting || (key && draft?.key !== key)) {
    return (
      <>
        <h1>{id}</h1>
        {broken ? (
          <p role="alert" className="field-fault">
            {t("field.broken")}
          </p>
        ) : (
          <>
            {key && !field.starting && <p className="muted">{t("field.otherPage")}</p>}
            <Loading rows={4} />
          </>
        )}
      </>
    );
  }
  if (!user || !key) {
    return (
      <>
        <h1>{id}</h1>
        <p className="panel muted">{t("field.notRead")}</p>
      </>
    );
  }
  const kept = draft?.draft ?? null;
  if (!order && !kept) {
    return (
      <>
        <h1 className="mono">{id}</h1>
        <p className="panel muted">
          {t("field.notToday")} <Link to="/field">{t("field.today")}</Link>
        </p>
      </>
    );
  }
  return (
    <>
      <p>
        <Link to="/field">← {t("field.today")}</Link>
      </p>
      <h1 className="mono">{id}</h1>
      {order ? <Facts order={order} /> : <p className="field-note field-note-warn">{t("field.gone")}</p>}
      <RecordForm key={key} field={field} order={order ?? null} draft={kept} draftKey={key} user={user} kind={kind} id={id} box={search.get("box") ?? ""} />
    </>
  );
}

function Facts({ order }: { order: FieldOrder }) {
  const { t, tx, maybe } = useI18n();
  return (
    <section className="panel" aria-label={t("field.order")}>
      <p className="row">
        <StatusTag status={order.status} text={order.status_text} /> {maybe(`kind.${order.kind}`, order.kind)}
      </p>
      <p>
        <span className="mono">{order.title}</span> · {order.place}
      </p>
      {order.slot && (
        <p className="muted">
          <When at={order.slot.start} style="short" /> – <When at={order.slot.end} style="clock" />
        </p>
      )}
      {order.joint_order && (
        <p className="muted">
          {t("field.partOf")} <span className="mono">{order.joint_order}</span>
        </p>
      )}
      {order.competence && <p className="muted">{t("field.competence", { competence: order.competence })}</p>}
      <p className="muted field-small">{tx(order.rules)}</p>
    </section>
  );
}
