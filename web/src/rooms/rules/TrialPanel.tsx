// The trial of a version on past cases: started, watched, stopped; then what would have changed, with every case that flips.
import { Alert, Button, Progress, Select } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { api, url } from "../../api/client";
import { useGet, usePages } from "../../api/query";
import type { RuleVersion, TrialFlip, TrialGroup, TrialResult, TrialView } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, Chart, Definition, Loading, ProblemAlert, When } from "../../parts";
import { colour } from "../../theme";
import "../../pages/insight/insight.css";
import { allows } from "../parts/allows";

const DAYS = [7, 30, 60, 92];
const DAYS_DEFAULT = 30;
const WATCH_MS = 700;
const FLIPS_PAGE = 50;
const CHAPTERS_SHOWN_MAX = 20;

export function TrialPanel({ version, path, unsaved }: { version: RuleVersion; path: string; unsaved: boolean }) {
  const { t, number } = useI18n();
  const [days, setDays] = useState(DAYS_DEFAULT);
  const trial = useGet<TrialView>(`${path}/trial`);
  const running = trial.data?.run?.state === "running";
  const watched = useGet<TrialView>(running ? `${path}/trial` : null, undefined, { refetchInterval: WATCH_MS });
  const view = watched.data ?? trial.data;
  const run = view?.run ?? null;
  return (
    <div className="stack">
      <section className="panel stack" aria-label={t("rules.tab.trial")}>
        <p>{t("rules.trial.lead")}</p>
        {allows(version.actions, "rule-table.try") && (
          <div className="row">
            <Select aria-label={t("rules.trial.days")} value={days} onChange={setDays} options={DAYS.map((n) => ({ value: n, label: t("rules.trial.daysOf", { n }) }))} />
            {running ? (
              <ActionButton danger run={() => api.delete(`${path}/trial`)}>
                {t("rules.trial.stop")}
              </ActionButton>
            ) : (
              <ActionButton type="primary" disabled={unsaved} run={() => api.post(`${path}/trial`, { days })} onDone={() => void trial.refetch()}>
                {t("rules.trial.start")}
              </ActionButton>
            )}
            {unsaved && <span>{t("rules.trial.saveFirst")}</span>}
          </div>
        )}
        {trial.error && <ProblemAlert error={trial.error} retry={() => void trial.refetch()} />}
        {trial.isPending && <Loading rows={3} />}
        {run && running && (
          <div role="status">
            <Progress percent={Math.round(run.share * 100)} status="active" aria-label={t("rules.tab.trial")} />
            <p>{t("rules.trial.running", { n: number(run.cases) })}</p>
          </div>
        )}
        {run && !running && run.state !== "finished" && <Alert type="warning" showIcon title={t(`rules.trial.${run.state as "cancelled" | "outdated" | "failed" | "interrupted"}`)} />}
        {run && run.without_facts > 0 && <p className="muted">{t("rules.trial.withoutFacts", { n: number(run.without_facts) })}</p>}
        {view && !view.result && !running && <p className="muted">{t("rules.trial.none")}</p>}
        {view?.result && !view.result.summary.current && <Alert type="info" showIcon title={t("rules.trial.old")} />}
      </section>
      {view?.result && !running && <Result key={view.result.summary.report} result={view.result} path={path} />}
    </div>
  );
}

function Result({ result, path }: { result: TrialResult; path: string }) {
  const { t, tx, number, percent } = useI18n();
  const { before, after, summary } = result;
  const share = (part: number, whole: number) => (whole === 0 ? "–" : percent(part / whole, 2));
  const rows: [string, string, string, boolean][] = [
    [t("rules.trial.inspected"), number(before.inspected), number(after.inspected), before.inspected !== after.inspected],
    [t("rules.trial.rate"), share(before.inspected, summary.cases), share(after.inspected, summary.cases), before.inspected !== after.inspected],
    [t("rules.trial.expected"), number(before.expected, 1), number(after.expected, 1), before.expected !== after.expected],
    [t("rules.trial.hitRate"), `${share(before.hits, before.results)} (${before.hits}/${before.results})`, `${share(after.hits, after.results)} (${after.hits}/${after.results})`, before.hits !== after.hits],
    [t("rules.trial.hours"), number(before.officer_hours, 1), number(after.officer_hours, 1), before.officer_hours !== after.officer_hours],
    [t("rules.trial.clearance"), number(before.clearance_hours, 1), number(after.clearance_hours, 1), before.clearance_hours !== after.clearance_hours],
  ];
  return (
    <>
      <section className="panel stack" aria-label={t("rules.trial.finished")}>
        <div className="panel-head">
          <h2>
            {t("rules.trial.finished")} <Definition of={t("rules.trial.definition")}>{tx(result.definition)}</Definition>
          </h2>
          <span className="muted">
            {t("rules.trial.daysOf", { n: summary.days })} · <When at={summary.at} />
          </span>
        </div>
        <dl className="figures">
          <div className="figure figure-main">
            <dt>{t("rules.trial.cases")}</dt>
            <dd>{number(summary.cases)}</dd>
          </div>
          <div className="figure">
            <dt>{t("rules.trial.flips.in")}</dt>
            <dd>{number(summary.flips_in)}</dd>
          </div>
          <div className="figure">
            <dt>{t("rules.trial.flips.out")}</dt>
            <dd>{number(summary.flips_out)}</dd>
          </div>
          <div className="figure">
            <dt>{t("rules.trial.missed")}</dt>
            <dd>{number(result.hits_missed)}</dd>
          </div>
          <div className="figure">
            <dt>{t("rules.trial.unknown")}</dt>
            <dd>{number(result.results_unknown)}</dd>
          </div>
        </dl>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t("rules.trial.figure")}>
          <table className="table trial-figures">
            <thead>
              <tr>
                <th scope="col">{t("rules.trial.figure")}</th>
                <th scope="col" className="right">
                  {t("rules.trial.before")}
                </th>
                <th scope="col" className="right">
                  {t("rules.trial.after")}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([label, was, is, differs]) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td className="right">{was}</td>
                  <td className="right">{differs ? <strong>{is}</strong> : is}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <div className="trial-pictures">
        <Bars title={t("rules.trial.byGrade")} groups={result.by_grade} name={(group) => tx(group.name) || group.key || "–"} />
        <Bars title={t("rules.trial.byChapter")} groups={[...result.by_chapter].sort((a, b) => b.cases - a.cases).slice(0, CHAPTERS_SHOWN_MAX)} name={(group) => group.key || "–"} />
      </div>
      <Flips path={path} result={result} />
    </>
  );
}

function Bars({ title, groups, name }: { title: string; groups: TrialGroup[]; name: (group: TrialGroup) => string }) {
  const { t, number, percent } = useI18n();
  const names = groups.map(name);
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: colour.inkSoft } },
      xAxis: { type: "value", min: 0, axisLabel: { color: colour.inkSoft, formatter: "{value} %" }, splitLine: { lineStyle: { color: "#ebe8e1" } } },
      yAxis: { type: "category", inverse: true, data: names, axisLabel: { color: colour.inkSoft } },
      tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => (typeof value === "number" ? `${number(value, 2)} %` : "–") },
      series: [
        { name: t("rules.trial.before"), type: "bar", itemStyle: { color: "#b9b4a8" }, data: groups.map((group) => group.before_rate * 100) },
        { name: t("rules.trial.after"), type: "bar", data: groups.map((group) => group.after_rate * 100) },
      ],
    }),
    [groups, names, number, t],
  );
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <Chart
        option={option}
        label={`${title}, ${t("rules.trial.share")}`}
        height={Math.max(180, 60 + groups.length * 40)}
        table={{
          columns: [title, t("rules.trial.cases"), t("rules.trial.before"), t("rules.trial.after")],
          rows: groups.map((group, at) => [names[at] ?? group.key, group.cases, percent(group.before_rate, 2), percent(group.after_rate, 2)]),
        }}
      />
    </section>
  );
}

function Flips({ path, result }: { path: string; result: TrialResult }) {
  const { t, tx, number, lang } = useI18n();
  const [which, setWhich] = useState("");
  const pages = usePages<TrialFlip>(`${path}/trial/flips`, { which, limit: FLIPS_PAGE });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const grades = new Map(result.by_grade.map((group) => [group.key, group.name?.[lang] ?? group.key]));
  const rate = (bp: number) => `${number(bp / 100, bp % 100 === 0 ? 0 : 2)} %`;
  const kinds = ["", "in", "out", "missed"] as const;
  const nameOf = (kind: (typeof kinds)[number]) => (kind === "" ? t("rules.trial.flips") : t(`rules.trial.flips.${kind}`));
  return (
    <section className="panel stack" aria-label={t("rules.trial.flips")}>
      <div className="panel-head">
        <h2>{t("rules.trial.flips")}</h2>
        <Select aria-label={t("rules.trial.flip")} value={which} onChange={setWhich} popupMatchSelectWidth={false} options={kinds.map((kind) => ({ value: kind, label: nameOf(kind) }))} />
      </div>
      {pages.error && <ProblemAlert error={pages.error} retry={() => void pages.refetch()} />}
      {pages.isPending && <Loading rows={3} />}
      {pages.data && items.length === 0 && <p className="muted">{t("rules.trial.noFlips")}</p>}
      {items.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t("rules.trial.flips")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rules.trial.declaration")}</th>
                <th scope="col">{t("rules.trial.flip")}</th>
                <th scope="col">{t("rules.trial.rates")}</th>
                <th scope="col">{t("rules.trial.grade")}</th>
                <th scope="col">{t("rules.trial.chapter")}</th>
                <th scope="col">{t("rules.trial.rows")}</th>
                <th scope="col">{t("rules.trial.result")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((flip) => (
                <tr key={flip.declaration}>
                  <th scope="row">
                    <Link className="mono" to={url`/declarations/${flip.declaration}`}>
                      {flip.entry_id}
                    </Link>
                  </th>
                  <td>{t(flip.inspect ? "rules.trial.flips.in" : "rules.trial.flips.out")}</td>
                  <td>
                    {rate(flip.before_bp)} → {rate(flip.after_bp)}
                  </td>
                  <td>{grades.get(flip.grade) ?? flip.grade}</td>
                  <td>{flip.chapters.join(t("rooms.listComma"))}</td>
                  <td className="mono">{flip.rows.join(t("rooms.listComma"))}</td>
                  <td>{flip.result ? t(`rules.trial.result.${flip.result as "pass" | "hit"}`) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pages.hasNextPage && (
        <Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          {t("worklist.more")}
        </Button>
      )}
      <p className="visually-hidden">{tx(result.definition)}</p>
    </section>
  );
}
