// One day of the double-random draw (双随机): what was committed to beforehand, what was revealed, what was drawn.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, url, type Problem } from "../../api/client";
import type { DrawDay, DrawRow } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { canRecompute, recompute, type Recomputed } from "./recompute";
import "./public.css";

const ROWS_AT_ONCE = 100;

/** Most pages of a day that are read: a port that draws more often is checked by the command. */
const PAGES_MAX = 20;

/** A day, page by page; `next` is left where there is more than was read. */
async function readDay(day: string): Promise<DrawDay> {
  const path = url`/public/draws/${day}`;
  let page = await api.get<DrawDay>(path);
  const draws: DrawRow[] = [...page.draws];
  for (let read = 1; page.next && read < PAGES_MAX; read += 1) {
    page = await api.get<DrawDay>(path, { cursor: page.next });
    draws.push(...page.draws);
  }
  return { ...page, draws };
}

export default function Draws() {
  const { t, tx, number } = useI18n();
  const { day = "" } = useParams();
  const navigate = useNavigate();
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const result = useQuery<DrawDay, Problem>({ queryKey: ["draws", day], queryFn: () => readDay(day) });
  const draws = result.data?.draws ?? [];
  // What was declared again stands there again, with the draw that it keeps.
  const subjects = new Set(draws.map((draw) => draw.subject));
  const selected = new Set(draws.filter((draw) => draw.selected).map((draw) => draw.subject)).size;
  const shared = new Set(draws.filter((draw) => draw.part).map((draw) => draw.subject)).size;
  return (
    <div className="public-page">
      <PageHeader
        title={t("draws.title", { day })}
        actions={
          <DatePicker
            aria-label={t("draws.day")}
            value={dayjs(day).isValid() ? dayjs(day) : null}
            allowClear={false}
            onChange={(next) => next && void navigate(url`/draws/${next.format("YYYY-MM-DD")}`)}
          />
        }
      >
        {t("draws.lead")}
      </PageHeader>
      {result.isPending && <Loading />}
      {result.error?.status === 404 ? (
        <section className="panel">{t("draws.none")}</section>
      ) : (
        result.error && <ProblemAlert error={result.error} retry={() => void result.refetch()} />
      )}
      {result.data && !result.error && (
        <div className="stack">
          <section className="panel" aria-labelledby="draws-proof">
            <h2 id="draws-proof">{t("draws.proof")}</h2>
            <KeyFacts
              facts={[
                { label: t("draws.commitment"), value: <CopyText text={result.data.commitment} />, wide: true },
                {
                  label: t("draws.seed"),
                  value: result.data.revealed_seed ? <CopyText text={result.data.revealed_seed} /> : t("draws.sealed"),
                  wide: true,
                },
                ...(result.data.second
                  ? [
                      { label: t("draws.second"), value: tx(result.data.second.name), wide: true },
                      { label: t("draws.second.commitment"), value: <CopyText text={result.data.second.commitment} />, wide: true },
                      {
                        label: t("draws.second.seed"),
                        value: result.data.second.revealed_seed ? <CopyText text={result.data.second.revealed_seed} /> : t("draws.sealed"),
                        wide: true,
                      },
                      { label: t("draws.byTwo"), value: t("draws.byTwo.of", { n: number(shared), all: number(subjects.size) }) },
                      { label: t("draws.asked"), value: result.data.second.asked === null ? "–" : number(result.data.second.asked) },
                    ]
                  : []),
                { label: t("draws.count"), value: number(subjects.size) },
                { label: t("draws.selected"), value: number(selected) },
                { label: t("draws.ordered"), value: number(result.data.ordered) },
                { label: t("draws.spared"), value: number(result.data.spared) },
              ]}
            />
          </section>
          {result.data.next && <Alert type="warning" showIcon title={t("draws.part", { n: number(draws.length) })} />}
          <section className="panel" aria-labelledby="draws-how">
            <h2 id="draws-how">{t("draws.how")}</h2>
            <ol className="numbered">
              <li>{t("draws.how.1")}</li>
              <li>{t("draws.how.2")}</li>
              <li>{t("draws.how.3")}</li>
              <li>{t("draws.how.4")}</li>
              {result.data.second && <li>{t("draws.how.5")}</li>}
            </ol>
          </section>
          {result.data.revealed_seed && <Recompute key={day} day={result.data} seed={result.data.revealed_seed} />}
          <section className="panel" aria-labelledby="draws-list">
            <h2 id="draws-list">{t("draws.list")}</h2>
            {draws.length === 0 ? (
              <p className="muted">{t("draws.empty")}</p>
            ) : (
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              <div className="table-scroll" tabIndex={0} role="group" aria-label={t("draws.list")}>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t("draws.subject")}</th>
                      <th scope="col" className="right">{t("draws.rate")}</th>
                      <th scope="col" className="right">{t("draws.number")}</th>
                      <th scope="col">{t("draws.result")}</th>
                      {result.data.second && <th scope="col" className="right">{t("draws.holders")}</th>}
                      <th scope="col" className="right">{t("draws.mixSize")}</th>
                      <th scope="col">{t("draws.mixRoot")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {draws.slice(0, shown).map((draw, at) => (
                      <tr key={`${draw.subject} ${at}`}>
                        <th scope="row" className="mono">{draw.subject}</th>
                        <td className="right">{number(draw.rate_bp / 100, 2)} %</td>
                        <td className="right mono">{String(draw.number)}</td>
                        <td>
                          <StatusTag status="" tone={draw.selected ? "wait" : "done"} text={draw.selected ? t("draws.yes") : t("draws.no")} />
                        </td>
                        {result.data.second && <td className="right" title={draw.part ?? undefined}>{draw.part ? 2 : 1}</td>}
                        <td className="right">{number(draw.mix_size)}</td>
                        <td className="mono" title={draw.mix_root}>{draw.mix_root.slice(0, 16)}…</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {draws.length > shown && <Button onClick={() => setShown(shown + ROWS_AT_ONCE)}>{t("worklist.more")}</Button>}
          </section>
        </div>
      )}
    </div>
  );
}

function Recompute({ day, seed }: { day: DrawDay; seed: string }) {
  const { t, number } = useI18n();
  const [found, setFound] = useState<Recomputed | null>(null);
  const [running, setRunning] = useState(false);
  const run = async () => {
    setRunning(true);
    setFound(null);
    try {
      setFound(await recompute(day, seed));
    } finally {
      setRunning(false);
    }
  };
  const fine = found?.seedFits && found.differ.length === 0;
  return (
    <section className="panel" aria-labelledby="draws-recompute">
      <h2 id="draws-recompute">{t("draws.recompute")}</h2>
      <p>{t("draws.recompute.lead")}</p>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="code" tabIndex={0} aria-label={t("draws.recompute.command")}>{`curl -s ${window.location.origin}/api/v1/public/draws/${day.day} | fairway draw verify ${day.day} --from -`}</pre>
      {canRecompute() ? (
        <Button type="primary" loading={running} onClick={() => void run()}>
          {t("draws.recompute.run")}
        </Button>
      ) : (
        <p className="muted">{t("draws.recompute.cannot")}</p>
      )}
      {found && (
        <Alert
          className="recomputed"
          role="status"
          type={!fine ? "error" : day.next ? "warning" : "success"}
          showIcon
          title={
            fine
              ? day.next
                ? `${t("draws.recompute.partFine")} ${t("draws.recompute.part", { n: number(day.draws.length) })}`
                : t("draws.recompute.fine", { n: number(day.draws.length) })
              : [found.seedFits ? "" : t("draws.recompute.seed"), found.differ.length === 0 ? "" : t("draws.recompute.differ", { n: number(found.differ.length) })]
                  .filter(Boolean)
                  .join(" ")
          }
          description={found.differ.slice(0, 20).join(", ") || undefined}
        />
      )}
    </section>
  );
}
