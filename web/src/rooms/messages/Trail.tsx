// Who did what with a message, when and why; and the message before and after its repair.
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { ComparedSegment, Comparison, TrailEntry } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ObjectLink, ProblemAlert, When } from "../../parts";

const EDITS_SHOWN = 20;

export function Trail({ id }: { id: string }) {
  const { t, tx, number } = useI18n();
  const trail = useGet<{ items: TrailEntry[] }>(url`/messages/${id}/trail`);
  return (
    <section className="panel" aria-labelledby="trail-title">
      <h2 id="trail-title">{t("rooms.message.trail")}</h2>
      {trail.isPending && <Loading rows={2} />}
      {trail.error && <ProblemAlert error={trail.error} />}
      <ol className="trail">
        {trail.data?.items.map((entry) => (
          <li key={entry.event_id} className={`trail-${entry.kind.replace(".", "-")}`}>
            <p className="trail-head">
              <strong>{tx(entry.text)}</strong> <When at={entry.at} style="second" />
            </p>
            <p className="muted">
              {entry.who && `${tx(entry.who)} · `}
              {entry.organisation ? tx(entry.organisation.name) : t("rooms.message.platform")}
              {entry.message !== id && (
                <>
                  {" · "}
                  <ObjectLink type="message" id={entry.message}>
                    {t("rooms.message.other")}
                  </ObjectLink>
                </>
              )}
            </p>
            {entry.reason && <p className="trail-reason">{entry.reason}</p>}
            {entry.edits.length > 0 && (
              <ul className="trail-edits">
                {entry.edits.slice(0, EDITS_SHOWN).map((edit) => (
                  <li key={edit.offset}>
                    <span className="muted">{t("rooms.message.byte", { n: number(edit.offset) })}</span>{" "}
                    {edit.before !== "" && <del>{edit.before}</del>} {edit.after !== "" && <ins>{edit.after}</ins>}
                  </li>
                ))}
                {entry.edits.length > EDITS_SHOWN && <li className="muted">{t("rooms.more", { n: entry.edits.length - EDITS_SHOWN })}</li>}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function BeforeAfter({ id, before }: { id: string; before: string }) {
  const { t } = useI18n();
  const comparison = useGet<Comparison>(url`/messages/${id}/comparison`, { with: before }, { staleTime: Infinity });
  return (
    <section className="panel" aria-labelledby="compare-title">
      <h2 id="compare-title">{t("rooms.message.compare")}</h2>
      {comparison.isPending && <Loading />}
      {comparison.error && <ProblemAlert error={comparison.error} />}
      {comparison.data && (
        // A wide table scrolls inside its frame, which must be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="compare" tabIndex={0} role="group" aria-label={t("rooms.message.compare")}>
          <table>
            <thead>
              <tr>
                <th scope="col">
                  <ObjectLink type="message" id={before}>
                    {t("rooms.message.beforeRepair")}
                  </ObjectLink>
                </th>
                <th scope="col">{t("rooms.message.afterRepair")}</th>
              </tr>
            </thead>
            <tbody>
              {comparison.data.rows.map((row, at) =>
                row.kind === "skipped" ? (
                  <tr key={at} className="compare-skipped">
                    <td colSpan={2}>{t("rooms.message.same", { n: row.skipped ?? 0 })}</td>
                  </tr>
                ) : (
                  <tr key={at} className={`compare-${row.kind}`}>
                    <td>
                      <Side side={row.before} other={row.after} tag="del" />
                    </td>
                    <td>
                      <Side side={row.after} other={row.before} tag="ins" />
                    </td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** A segment; what differs from the other side is marked. */
function Side({ side, other, tag: Tag }: { side: ComparedSegment | null; other: ComparedSegment | null; tag: "del" | "ins" }) {
  if (!side) return null;
  const text = side.text;
  const against = other?.text ?? "";
  let head = 0;
  while (head < text.length && head < against.length && text[head] === against[head]) head += 1;
  let tail = 0;
  while (tail < text.length - head && tail < against.length - head && text[text.length - 1 - tail] === against[against.length - 1 - tail]) tail += 1;
  const middle = text.slice(head, text.length - tail);
  return (
    <code>
      <span className="segment-number">{side.segment}</span> {text.slice(0, head)}
      {text !== against && middle !== "" && <Tag>{middle}</Tag>}
      {text.slice(text.length - tail)}
    </code>
  );
}
