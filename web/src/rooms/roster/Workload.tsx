// Workload of the inspection site (查验工作量): what is to be expected, who is there for it, and how the forecast fared.
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Workload as View } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, Definition, Loading, PageHeader, PrintButton, ProblemAlert } from "../../parts";

/** Tenths as people write them. */
const tenths = (value: number | null | undefined) => (value === null || value === undefined ? "–" : (value / 10).toFixed(1));
const hours = (minutes: number) => (Math.round(minutes / 6) / 10).toString();

export default function Workload() {
  const { t } = useI18n();
  const can = useCan();
  const load = useGet<View>("/workload");
  return (
    <>
      <PageHeader
        title={t("rooms.workload.title")}
        actions={
          <>
            {can("roster.read") && (
              <Link className="button-link secondary" to="/roster">
                {t("rooms.workload.roster")}
              </Link>
            )}
            <PrintButton />
          </>
        }
      >
        {t("rooms.workload.lead")}
      </PageHeader>
      {load.error && <ProblemAlert error={load.error} retry={() => void load.refetch()} />}
      {load.isPending && <Loading />}
      {load.data && <Body load={load.data} />}
    </>
  );
}

function Body({ load }: { load: View }) {
  const { tx } = useI18n();
  return (
    <div className="stack">
      <Figures load={load} />
      <Ahead load={load} />
      <Past load={load} />
      <p className="muted">{tx(load.basis)}</p>
    </div>
  );
}

function Figures({ load }: { load: View }) {
  const { t, number } = useI18n();
  const used = load.methods.find((method) => method.used);
  const missing = load.days.reduce((sum, day) => sum + day.missing_minutes, 0);
  const facts = [
    { key: "backlog", label: t("rooms.workload.backlog"), def: t("rooms.workload.backlogDef"), unit: t("rooms.workload.unit"), period: t("rooms.workload.now"), value: number(load.backlog) },
    { key: "missing", label: t("rooms.workload.missing"), def: t("rooms.workload.missingDef"), unit: t("rooms.workload.unitHours"), period: t("rooms.workload.next7"), value: hours(missing) },
    {
      key: "error",
      label: t("rooms.workload.error"),
      def: t("rooms.workload.errorDef"),
      unit: t("rooms.workload.unitPerDay"),
      period: t("rooms.workload.last28"),
      value: used?.error_tenths === null || used?.error_tenths === undefined ? t("rooms.workload.tooFew") : `± ${tenths(used.error_tenths)}`,
    },
  ];
  return (
    <section className="panel" aria-label={t("rooms.workload.title")}>
      <dl className="message-figures">
        {facts.map((fact) => (
          <div key={fact.key} data-figure={fact.key}>
            <dt>
              {fact.label}{" "}
              <Definition of={fact.label} unit={fact.unit} period={fact.period}>
                {fact.def}
              </Definition>
            </dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Ahead({ load }: { load: View }) {
  const { t, tx, number } = useI18n();
  const can = useCan();
  const rosters = can("roster.read");
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 40, right: 12, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: load.days.map((day) => day.day.slice(5)) },
      yAxis: { type: "value" },
      series: [
        { name: t("rooms.workload.needed"), type: "bar", barMaxWidth: 28, data: load.days.map((day) => Number(hours(day.needed_minutes))) },
        { name: t("rooms.workload.rostered"), type: "bar", barMaxWidth: 28, data: load.days.map((day) => Number(hours(day.rostered_minutes))) },
      ],
    }),
    [load, t],
  );
  return (
    <section className="panel">
      <h2 id="workload-ahead">
        {t("rooms.workload.ahead")} <span className="muted">{load.site}</span>
      </h2>
      <Chart
        option={option}
        label={t("rooms.workload.ahead")}
        height={200}
        table={{
          columns: [t("rooms.workload.day"), t("rooms.workload.needed"), t("rooms.workload.rostered")],
          rows: load.days.map((day) => [day.day, hours(day.needed_minutes), hours(day.rostered_minutes)]),
        }}
      />
      {/* A wide table is scrolled by keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-labelledby="workload-ahead" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.workload.day")}</th>
              <th scope="col">{t("rooms.workload.booked")}</th>
              <th scope="col">{t("rooms.workload.waiting")}</th>
              <th scope="col">{t("rooms.workload.expected")}</th>
              <th scope="col">{t("rooms.workload.ships")}</th>
              <th scope="col">{t("rooms.workload.needed")}</th>
              <th scope="col">{t("rooms.workload.rostered")}</th>
              <th scope="col">{t("rooms.workload.short")}</th>
              {rosters && <th scope="col">{t("rooms.workload.overtime")}</th>}
            </tr>
          </thead>
          <tbody>
            {load.days.map((day) => (
              <tr key={day.day} data-day={day.day}>
                <th scope="row">
                  {rosters ? <Link to={`/roster?day=${day.day}`}>{day.day}</Link> : day.day}
                  <div className="muted">{tx(day.calendar.text)}</div>
                </th>
                <td>{number(day.booked)}</td>
                <td>{number(day.waiting)}</td>
                <td>{tenths(day.expected_tenths)}</td>
                <td>{number(day.ships)}</td>
                <td>{hours(day.needed_minutes)}</td>
                <td>
                  {hours(day.rostered_minutes)}
                  {!day.published && <div className="muted">{t("rooms.workload.noRoster")}</div>}
                </td>
                <td>{day.missing_minutes > 0 ? <strong>{hours(day.missing_minutes)}</strong> : "–"}</td>
                {rosters && <td>{day.missing_minutes > 0 ? <Candidates day={day} /> : "–"}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Candidates({ day }: { day: View["days"][number] }) {
  const { t, tx } = useI18n();
  if (day.candidates.length === 0) return <span className="muted">{t("rooms.workload.nobody")}</span>;
  return (
    <ul className="box-list">
      {day.candidates.map((one) => (
        <li key={one.officer}>
          <Link to={`/roster?${new URLSearchParams({ day: day.day, officer: one.officer }).toString()}`}>
            {t("rooms.workload.candidate", { name: tx(one.name), hours: hours(one.overtime_minutes) })}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Past({ load }: { load: View }) {
  const { t, tx, number } = useI18n();
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 40, right: 12, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: load.past.map((day) => day.day.slice(5)) },
      yAxis: { type: "value" },
      series: [
        { name: t("rooms.workload.came"), type: "bar", barMaxWidth: 20, data: load.past.map((day) => day.came) },
        { name: t("rooms.workload.forecast"), type: "line", data: load.past.map((day) => (day.forecast_tenths === null ? null : day.forecast_tenths / 10)) },
      ],
    }),
    [load, t],
  );
  return (
    <section className="panel" aria-labelledby="workload-past">
      <h2 id="workload-past">{t("rooms.workload.past")}</h2>
      {load.past.length === 0 ? (
        <p className="muted">{t("rooms.workload.noPast")}</p>
      ) : (
        <Chart
          option={option}
          label={t("rooms.workload.past")}
          height={200}
          table={{
            columns: [t("rooms.workload.day"), t("rooms.workload.came"), t("rooms.workload.forecast")],
            rows: load.past.map((day) => [day.day, number(day.came), tenths(day.forecast_tenths)]),
          }}
        />
      )}
      <h3 id="workload-methods">{t("rooms.workload.methods")}</h3>
      {/* A wide table is scrolled by keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-labelledby="workload-methods" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.workload.method")}</th>
              <th scope="col">{t("rooms.workload.tried")}</th>
              <th scope="col">{t("rooms.workload.mae")}</th>
              <th scope="col">{t("rooms.workload.mean")}</th>
            </tr>
          </thead>
          <tbody>
            {load.methods.map((method) => (
              <tr key={method.code} data-method={method.code}>
                <th scope="row">
                  {tx(method.name)} {method.used && <span className="muted">({t("rooms.workload.used")})</span>}
                </th>
                <td>{method.days ?? t("rooms.workload.tooFew")}</td>
                <td>{tenths(method.error_tenths)}</td>
                <td>{tenths(method.came_tenths)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
