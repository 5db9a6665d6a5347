// How long tests take (检测周期) and one-time release (一次放行), by month and laboratory, with the samples behind every figure.
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import type { SampleMonth, SampleStatistics } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, Definition, Loading, PageHeader, ProblemAlert } from "../../parts";

function behind(row: SampleMonth): string {
  return `/samples?${new URLSearchParams({ laboratory: row.laboratory.code, month: row.month }).toString()}`;
}

export default function SampleTimes() {
  const { t, tx, number } = useI18n();
  const figures = useGet<SampleStatistics>("/insight/sample-times");
  const data = figures.data;
  const rows = useMemo(() => data?.items ?? [], [data]);
  const names = useMemo(() => rows.map((row) => `${row.month} ${tx(row.laboratory.name)}`), [rows, tx]);
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 48, right: 16, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: names },
      yAxis: { type: "value", axisLabel: { formatter: "{value} h" } },
      series: [
        { name: t("rooms.times.median"), type: "bar", barMaxWidth: 40, data: rows.map((row) => row.turn_around.median_hours) },
        { name: t("rooms.times.p90"), type: "bar", barMaxWidth: 40, data: rows.map((row) => row.turn_around.p90_hours) },
      ],
    }),
    [rows, names, t],
  );
  const percent = (perMille: number | null) => (perMille === null ? "–" : `${(perMille / 10).toFixed(1)} %`);
  const hours = (value: number | null) => (value === null ? "–" : value.toFixed(1));
  return (
    <>
      <PageHeader title={t("rooms.times.title")}>{t("rooms.times.lead")}</PageHeader>
      {figures.error && <ProblemAlert error={figures.error} retry={() => void figures.refetch()} />}
      {figures.isPending && <Loading />}
      {data && (
        <section className="panel" aria-labelledby="times">
          <h2 id="times">
            {t("rooms.times.title")}{" "}
            <Definition of={t("rooms.times.title")} unit={tx(data.unit)} period={`${data.from} – ${data.to}`}>
              {tx(data.definition)}
            </Definition>
          </h2>
          <p className="muted">{tx(data.promised)}</p>
          {rows.length === 0 ? (
            <p className="muted">{t("rooms.times.none")}</p>
          ) : (
            <>
              <Chart
                option={option}
                label={t("rooms.times.title")}
                height={220}
                table={{
                  columns: [t("rooms.times.month"), t("rooms.times.median"), t("rooms.times.p90")],
                  rows: rows.map((row, at) => [names[at] ?? "", hours(row.turn_around.median_hours), hours(row.turn_around.p90_hours)]),
                }}
              />
              <div className="worklist">
                <div className="worklist-scroll">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">{t("rooms.times.month")}</th>
                        <th scope="col">{t("rooms.sample.laboratory")}</th>
                        <th scope="col">{t("rooms.times.reports")}</th>
                        <th scope="col">{t("rooms.times.median")}</th>
                        <th scope="col">{t("rooms.times.p90")}</th>
                        <th scope="col">{t("rooms.times.late")}</th>
                        <th scope="col">{t("rooms.times.failed")}</th>
                        <th scope="col">{t("rooms.times.retests")}</th>
                        <th scope="col">{t("rooms.times.through")}</th>
                        <th scope="col">
                          {t("rooms.times.once")} <Definition of={t("rooms.times.once")}>{tx(data.once_definition)}</Definition>
                        </th>
                        <th scope="col">{t("rooms.times.onceTime")}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {[...rows].reverse().map((row) => (
                        <tr key={`${row.month} ${row.laboratory.code}`}>
                          <th scope="row">{row.month}</th>
                          <td data-label={t("rooms.sample.laboratory")}>{tx(row.laboratory.name)}</td>
                          <td data-label={t("rooms.times.reports")}>
                            <Link to={behind(row)}>{number(row.reports)}</Link>
                          </td>
                          <td data-label={t("rooms.times.median")}>{hours(row.turn_around.median_hours)}</td>
                          <td data-label={t("rooms.times.p90")}>{hours(row.turn_around.p90_hours)}</td>
                          <td data-label={t("rooms.times.late")}>{number(row.late)}</td>
                          <td data-label={t("rooms.times.failed")}>{number(row.fail)}</td>
                          <td data-label={t("rooms.times.retests")}>{number(row.retests)}</td>
                          <td data-label={t("rooms.times.through")}>{number(row.through_train)}</td>
                          <td data-label={t("rooms.times.once")}>
                            {percent(row.once_per_mille)} ({number(row.released_once)} / {number(row.statutory_first)})
                          </td>
                          <td data-label={t("rooms.times.onceTime")}>{hours(row.once.median_hours)}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </div>
            </>
          )}
        </section>
      )}
    </>
  );
}
