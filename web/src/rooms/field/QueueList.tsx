// What this phone has written down, and what the platform said to it. What was not taken is told with every reason, and can be sent again.
import { useState } from "react";
import { useNavigate } from "react-router";
import { newKey, url } from "../../api/client";
import { useI18n } from "../../i18n";
import { StatusTag } from "../../parts/StatusTag";
import { When } from "../../parts/When";
import { useQueue, type FieldState } from "./state";
import { drafts, queue, written, type Queued, type Standing } from "./store";
import { readQueue } from "./sync";

const TONES: Record<Standing, "done" | "wait" | "stop"> = { waiting: "wait", taken: "done", "not-taken": "stop", refused: "stop" };

export function QueueList({ field }: { field: FieldState }) {
  const { t } = useI18n();
  const all = [...useQueue()].reverse();
  const items = all.filter((item) => item.user === field.user?.id);
  const others = all.length - items.length;
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="field-queue">
      <h2 id="field-queue" className="section-title">
        {t("field.queue")} · {items.length}
      </h2>
      {others > 0 && <p className="muted">{t("field.ofOthers", { n: others })}</p>}
      <ul className="field-cards">
        {items.map((item) => (
          <li key={item.id} className="panel" data-record={item.id} data-standing={item.standing}>
            <Item item={item} />
          </li>
        ))}
      </ul>
      {items.some((item) => item.standing === "waiting") && (
        <button type="button" className="field-button" onClick={() => void field.refresh()}>
          {t("field.sendNow")}
        </button>
      )}
    </section>
  );
}

function Item({ item }: { item: Queued }) {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const [sure, setSure] = useState(false);
  const [taken, setTaken] = useState(false);
  const again = async () => {
    const other = await drafts.get(item.draft.key);
    if (other && written(other)) return setTaken(true);
    // The platform keeps what it did not take under its id; what is sent again is another record.
    await drafts.put({ ...item.draft, record: newKey() });
    await queue.remove(item.id);
    await readQueue();
    void navigate(url`/field/${item.draft.kind}/${item.draft.order}`);
  };
  const drop = async () => {
    await queue.remove(item.id);
    await readQueue();
  };
  const findings = item.record?.findings ?? [];
  return (
    <>
      <p className="row">
        <StatusTag status={item.standing} tone={TONES[item.standing]} text={t(`field.standing.${item.standing}`)} />
        <span className="mono">{item.title}</span>
      </p>
      <p className="muted field-small">
        <When at={item.body.recorded_at} /> · {t("field.pictures", { n: item.body.photos?.length ?? 0 })}
      </p>
      {findings.length > 0 && (
        <ul className="field-findings">
          {findings.map((finding) => (
            <li key={finding.code} className={finding.severity === "error" ? "field-fault" : "field-small"}>
              {tx(finding.message)} <span className="muted">{tx(finding.hint)}</span> <code>{finding.code}</code>
            </li>
          ))}
        </ul>
      )}
      {item.standing === "not-taken" && <p className="field-small">{t("field.keptThere")}</p>}
      {item.problem && (
        <p className="field-fault">
          {tx(item.problem.text)} <code>{item.problem.code}</code>
        </p>
      )}
      {item.standing === "refused" && <p className="field-small">{t("field.keptHere")}</p>}
      {taken && (
        <p role="alert" className="field-fault">
          {t("field.otherDraft")}
        </p>
      )}
      <div className="row">
        {(item.standing === "not-taken" || item.standing === "refused") && (
          <button type="button" className="field-button" onClick={() => void again()}>
            {t("field.again")}
          </button>
        )}
        {(item.standing === "taken" || item.standing === "not-taken") && (
          <button type="button" className="field-button secondary" onClick={() => void drop()}>
            {t("field.forget")}
          </button>
        )}
        {item.standing === "refused" && (
          <button type="button" className="field-button secondary" onClick={() => (sure ? void drop() : setSure(true))}>
            {sure ? t("field.deleteSure") : t("field.delete")}
          </button>
        )}
      </div>
    </>
  );
}
