// Where the time of clearance goes: how long, which stage, whose, at which terminal, and the cases behind every figure.
import { DatePicker, Select } from "antd";
import dayjs from "dayjs";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useGet } from "../../api/query";
import type { InsightClearance, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, dayIn, Definition, Loading, PageHeader, PrintButton, ProblemAlert, usePortZone } from "../../parts";
import { colour } from "../../theme";
import { stageColour } from "../public/figures";
import "./insight.css";

const DAYS_DEFAULT = 30;

function usePeriod() {
  const zone = usePortZone();
  const [search, setSearch] = useSearchParams();
  const today = dayIn(new Date(), zone);
  const to = search.get("to") ?? today;
  const from = search.get("from") ?? dayjs(today).subtract(DAYS_DEFAULT, "day").format("YYYY-MM-DD");
  const terminal = search.get("terminal") ?? undefined;
  const set = (values: Record<string, string | undefined>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(values)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  return { from, to, terminal, set };
}

function Figures({ data, period }: { data: InsightClearance; period: string }) {
  const { t, tx, number, percent } = useI18n();
  const hours = [
    ["insight.median", data.median],
    ["insight.mean", data.mean],
    ["insight.p90", data.p90],
  ] as const;
  const rates = [
    ["insight.advance", data.advance_rate],
    ["insight.inspected", data.inspection_rate],
    ["insight.direct", data.direct_release_rate],
  ] as const;
  return (
    <dl className="figures">
      {hours.map(([label, value], at) => (
        <div key={label} className={at === 0 ? "figure figure-main" : "figure"}>
          <dt>
            {t(label)}
            <Definition of={t(label)} unit={t("insight.unitHours")} period={period}>
              {tx(data.definition)}
            </Definition>
          </dt>
          <dd>
            {number(value, 1)} <small>{t("insight.unitHours")}</small>
          </dd>
        </div>
      ))}
      {rates.map(([label, value]) => (
        <div key={label} className="figure">
          <dt>
            {t(label)}
            <Definition of={t(label)} unit="%" period={period}>
              {t(`${label}.text`)}
            </Definition>
          </dt>
          <dd>{percent(value, 1)}</dd>
        </div>
      ))}
      <div className="figure">
        <dt>{t("insight.count")}</dt>
        <dd>{number(data.count)}</dd>
      </div>
    </dl>
  );
}

export default function Insight() {
  const { t, tx, number, percent, hours } = useI18n();
  const navigate = useNavigate();
  const { from, to, terminal, set } = usePeriod();
  const query = useGet<InsightClearance>("/insight/clearance", { from, to, terminal }, { keep: true });
  const terminals = useGet<Page<Organisation>>("/organisations", { role: "terminal" }, { staleTime: Infinity });
  const data = query.data;
  const period = t("insight.period", { from, to });
  const cases = (values: Record<string, string | number | undefined>) => {
    const search = new URLSearchParams({ from, to });
    for (const [name, value] of Object.entries({ terminal, ...values })) if (value !== undefined) search.set(name, String(value));
    return `/insight/cases?${search.toString()}`;
  };
  const trend = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 44, right: 16, top: 34, bottom: 26 },
      legend: { top: 0, left: 0, itemWidth: 18, textStyle: { color: colour.inkSoft } },
      xAxis: { type: "category", data: data?.series.map((day) => day.day.slice(5)) ?? [], axisLine: { lineStyle: { color: "#b8b4ab" } }, axisLabel: { color: colour.inkSoft } },
      yAxis: { type: "value", min: 0, axisLabel: { color: colour.inkSoft }, splitLine: { lineStyle: { color: "#ebe8e1" } } },
      tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => (typeof value === "number" ? `${number(value, 1)} h` : "–") },
      series: [
        { name: t("insight.median"), type: "line", symbol: "none", lineStyle: { width: 2.6 }, data: data?.series.map((day) => day.median) ?? [] },
        { name: t("insight.mean"), type: "line", symbol: "none", lineStyle: { width: 1.6, type: "dashed" }, data: data?.series.map((day) => day.mean) ?? [] },
        { name: t("insight.p90"), type: "line", symbol: "none", lineStyle: { width: 1.6 }, data: data?.series.map((day) => day.p90) ?? [] },
      ],
    }),
    [data, t, number],
  );
  const bucketName = (bucket: { from_hours: number; to_hours: number | null }) =>
    bucket.to_hours === null ? `≥ ${number(bucket.from_hours)}` : `${number(bucket.from_hours)}–${number(bucket.to_hours)}`;
  const spread = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 44, right: 16, top: 16, bottom: 40 },
      xAxis: { type: "category", name: t("insight.unitHours"), nameLocation: "middle", nameGap: 26, data: data?.histogram.map((bucket) => (bucket.to_hours === null ? `≥ ${bucket.from_hours}` : `${bucket.from_hours}–${bucket.to_hours}`)) ?? [], axisLabel: { color: colour.inkSoft, interval: 0, fontSize: 11 } },
      yAxis: { type: "value", axisLabel: { color: colour.inkSoft }, splitLine: { lineStyle: { color: "#ebe8e1" } } },
      tooltip: { trigger: "axis", confine: true },
      series: [{ name: t("insight.count"), type: "bar", barCategoryGap: "12%", cursor: "pointer", data: data?.histogram.map((bucket) => bucket.count) ?? [] }],
    }),
    [data, t],
  );
  const longest = data?.stages.reduce((most, stage) => (stage.share > (most?.share ?? 0) ? stage : most), data.stages[0]);
  return (
    <>
      <PageHeader
        title={t("nav.insight")}
        actions={
          <>
            <DatePicker.RangePicker
              aria-label={t("definition.period")}
              allowClear={false}
              value={[dayjs(from), dayjs(to)]}
              onChange={(range) => range?.[0] && range[1] && set({ from: range[0].format("YYYY-MM-DD"), to: range[1].format("YYYY-MM-DD") })}
            />
            <Select
              className="insight-terminal"
              aria-label={t("case.terminal")}
              allowClear
              placeholder={t("insight.allTerminals")}
              popupMatchSelectWidth={false}
              value={terminal}
              onChange={(value?: string) => set({ terminal: value })}
              options={terminals.data?.items.map((each) => ({ value: each.id, label: tx(each.name) })) ?? []}
            />
            <PrintButton />
          </>
        }
      >
        {data && longest && data.count > 0 && t("insight.finding", { stage: tx(longest.name), owner: t(`role.${longest.owner_role}`), share: percent(longest.share) })}
      </PageHeader>
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {data && data.count === 0 && <p className="panel muted">{t("insight.none")}</p>}
      {data && data.count > 0 && (
        <div className="stack" aria-busy={query.isPlaceholderData}>
          <section className="panel" aria-label={t("insight.figures")}>
            <Figures data={data} period={period} />
          </section>
          <section className="panel" aria-labelledby="insight-stages">
            <div className="panel-head">
              <h2 id="insight-stages">{t("insight.stages")}</h2>
              <span className="muted">{t("insight.stagesLead")}</span>
            </div>
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <div className="table-scroll" tabIndex={0} role="group" aria-label={t("insight.stages")}>
              <table className="table stage-table">
                <thead>
                  <tr>
                    <th scope="col">{t("case.stage")}</th>
                    <th scope="col">{t("worklist.owner")}</th>
                    <th scope="col" className="stage-share-column">{t("insight.share")}</th>
                    <th scope="col" className="right">{t("insight.median")}</th>
                    <th scope="col" className="right">{t("insight.mean")}</th>
                    <th scope="col" className="right">{t("insight.p90")}</th>
                    <th scope="col" className="right">
                      {t("insight.waitingShare")}
                      <Definition of={t("insight.waitingShare")} unit="%" period={period}>
                        {t("insight.waitingShareText")}
                      </Definition>
                    </th>
                    <th scope="col" className="right">{t("insight.count")}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.stages.map((stage) => (
                    <tr key={stage.stage}>
                      <th scope="row">
                        <Link to={cases({ stage: stage.stage })}>{tx(stage.name)}</Link>
                        {stage.definition && (
                          <Definition of={tx(stage.name)} unit={t("insight.unitHours")} period={period}>
                            {tx(stage.definition)}
                          </Definition>
                        )}
                      </th>
                      <td>{t(`role.${stage.owner_role}`)}</td>
                      <td>
                        <span className="share">
                          <span className="share-bar" style={{ width: `${Math.max(stage.share * 100, 0.5)}%`, background: stageColour(stage.stage) }} aria-hidden="true" />
                          <span>{percent(stage.share, 1)}</span>
                        </span>
                      </td>
                      <td className="right">{hours(stage.median)}</td>
                      <td className="right">{hours(stage.mean)}</td>
                      <td className="right">{hours(stage.p90)}</td>
                      <td className="right">{percent(stage.waiting_share)}</td>
                      <td className="right">{number(stage.count)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
          <div className="grid-2">
            <section className="panel" aria-labelledby="insight-trend">
              <h2 id="insight-trend">{t("insight.trend")}</h2>
              <Chart
                option={trend}
                label={t("insight.trendLabel", { from, to })}
                table={{
                  columns: [t("insight.day"), t("insight.count"), t("insight.median"), t("insight.mean"), t("insight.p90")],
                  rows: data.series.map((day) => [day.day, number(day.count), number(day.median, 1), number(day.mean, 1), number(day.p90, 1)]),
                }}
                onPick={({ dataIndex }) => {
                  const day = data.series[dataIndex]?.day;
                  if (day) void navigate(cases({ from: day, to: day }));
                }}
              />
            </section>
            <section className="panel" aria-labelledby="insight-spread">
              <h2 id="insight-spread">{t("insight.spread")}</h2>
              <Chart
                option={spread}
                label={t("insight.spreadLabel", { from, to })}
                table={{ columns: [t("insight.unitHours"), t("insight.count")], rows: data.histogram.map((bucket) => [bucketName(bucket), number(bucket.count)]) }}
                onPick={({ dataIndex }) => {
                  const bucket = data.histogram[dataIndex];
                  if (bucket) void navigate(cases({ min_hours: bucket.from_hours }));
                }}
              />
            </section>
          </div>
          <section className="panel" aria-labelledby="insight-terminals">
            <h2 id="insight-terminals">{t("insight.byTerminal")}</h2>
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <div className="table-scroll" tabIndex={0} role="group" aria-label={t("insight.byTerminal")}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("case.terminal")}</th>
                  <th scope="col" className="right">{t("insight.count")}</th>
                  <th scope="col" className="right">{t("insight.median")}</th>
                  <th scope="col" className="right">{t("insight.p90")}</th>
                </tr>
              </thead>
              <tbody>
                {data.by_terminal.map((row) => (
                  <tr key={row.terminal.id}>
                    <th scope="row">
                      <Link to={cases({ terminal: row.terminal.id })}>{tx(row.terminal.name)}</Link>
                    </th>
                    <td className="right">{number(row.count)}</td>
                    <td className="right">{hours(row.median)}</td>
                    <td className="right">{hours(row.p90)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            </div>
          </section>
        </div>
      )}
    </>
  );
}
