// Tally reports (理货报告): what is owed by call and terminal, box by box, and the share on time by month.
import { DownloadOutlined } from "@ant-design/icons";
import { Alert, App, Input } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, fileUrl, url, type Params } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { BatchResult, Items, TallyReport, TallyReportMonth, TallyReportOverview } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Chart, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { useStatusChoices } from "../parts/statuses";

const FILTERS = ["q", "status", "review"] as const;
/** What the page is for, until another state is chosen: what is missing and what came late. */
const LATE_LIST = "awaited,late";
/** Why a person looks at what a device said. */
const REVIEW: Record<string, MessageKey> = {
  "low-confidence": "rooms.tallies.review.low-confidence",
  "number-differs": "rooms.tallies.review.number-differs",
  "manifest-differs": "rooms.tallies.review.manifest-differs",
};
/** All states, for what waits for a person may be on time, late or early. */
const EVERY_STATE = "awaited,early,on-time,late";
const DIFFERS: Record<string, MessageKey> = { packages: "rooms.tallies.differs.packages", seal: "rooms.tallies.differs.seal" };

export default function Tallies() {
  const { t } = useI18n();
  const can = useCan();
  const [search] = useSearchParams();
  const overview = useGet<TallyReportOverview>("/tally-reports/overview");
  const statuses = useStatusChoices("tally");
  const asked: Params = { status: search.get("review") ? EVERY_STATE : LATE_LIST };
  for (const name of FILTERS) {
    const value = search.get(name);
    if (value) asked[name] = value;
  }
  return (
    <>
      <PageHeader title={t("rooms.tallies.title")}>{t("rooms.tallies.lead")}</PageHeader>
      {overview.error && <ProblemAlert error={overview.error} retry={() => void overview.refetch()} />}
      {overview.isPending && <Loading />}
      {overview.data && <Owed overview={overview.data} />}
      {can("tally-report.statistics") && <Months />}
      <h2 className="section-title" id="tally-list">
        {t("rooms.tallies.list")}
      </h2>
      <Worklist<TallyReport>
        label={t("rooms.tallies.list")}
        path="/tally-reports"
        params={{ status: search.get("review") ? EVERY_STATE : LATE_LIST }}
        rowKey={(row) => row.id}
        to={(row) => url`/cases/${row.id}`}
        overdue={(row) => row.overdue}
        filters={[
          { name: "q", label: t("rooms.tallies.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "review", label: t("rooms.tallies.review"), options: [{ value: "true", label: t("rooms.tallies.reviewOnly") }] },
        ]}
        actions={
          <a className="button-link small" href={fileUrl("/tally-reports/export", asked)} download="tally-reports.csv">
            <DownloadOutlined aria-hidden="true" /> {t("rooms.tallies.export")}
          </a>
        }
        columns={[
          { key: "container", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.container}</span> },
          {
            key: "status",
            title: t("worklist.status"),
            render: (row) => <StatusTag status={row.status} text={row.status_text} tone={row.overdue || row.status === "late" ? "stop" : row.status === "on-time" ? "done" : "wait"} />,
          },
          { key: "ship", title: t("rooms.call.ship"), render: (row) => <ObjectLink type="ship-call" id={row.call}>{`${row.ship_name} ${row.voyage}`}</ObjectLink> },
          { key: "terminal", title: t("rooms.tallies.owner"), render: (row) => <Owner row={row} /> },
          { key: "discharged", title: t("rooms.tallies.dischargedAt"), render: (row) => <When at={row.discharged_at} style="short" /> },
          { key: "due", title: t("rooms.tallies.dueAt"), render: (row) => <When at={row.due_at} style="short" /> },
          { key: "received", title: t("rooms.tallies.receivedAt"), render: (row) => <When at={row.received_at} style="short" />, wide: true },
          { key: "age", title: t("rooms.tallies.age"), align: "right", render: (row) => <Age minutes={row.age_minutes} /> },
          { key: "differs", title: t("rooms.tallies.differs"), render: (row) => <Differences row={row} />, wide: true },
          { key: "device", title: t("rooms.tallies.device"), render: (row) => <Recognised row={row} />, wide: true },
          ...(can("tally-report.send") ? [{ key: "send", title: t("worklist.action"), render: (row: TallyReport) => (row.awaits_review ? <Review row={row} /> : row.status === "awaited" && <Send row={row} />) }] : []),
        ]}
        empty={t("rooms.tallies.empty")}
      />
    </>
  );
}

function Owner({ row }: { row: TallyReport }) {
  const { tx } = useI18n();
  return <>{tx(row.terminal.name)}</>;
}

function Age({ minutes }: { minutes: number | null }) {
  const { t } = useI18n();
  if (minutes === null) return <span className="none">–</span>;
  const whole = Math.max(minutes, 0);
  return <>{t("rooms.tallies.ageValue", { h: Math.floor(whole / 60), m: whole % 60 })}</>;
}

function Differences({ row }: { row: TallyReport }) {
  const { t } = useI18n();
  if (row.differences.length === 0) return <span className="none">–</span>;
  return (
    <ul className="object-list">
      {row.differences.map((each) => (
        <li key={each.field} className="damage">
          {DIFFERS[each.field] ? t(DIFFERS[each.field] as MessageKey) : each.field}: {each.manifested} → {each.tallied}
        </li>
      ))}
    </ul>
  );
}

/** What a device read, how surely, and why a person looks. */
function Recognised({ row }: { row: TallyReport }) {
  const { t } = useI18n();
  if (!row.recognised) return <span className="none">–</span>;
  return (
    <>
      <span className="mono">{row.recognised.number}</span> {t("rooms.tallies.sure", { device: row.recognised.device, percent: row.recognised.confidence_per_mille / 10 })}
      {row.review_reasons.length > 0 && (
        <ul className="object-list">
          {row.review_reasons.map((reason) => (
            <li key={reason} className={row.awaits_review ? "damage" : undefined}>
              {REVIEW[reason] ? t(REVIEW[reason] as MessageKey) : reason}
            </li>
          ))}
        </ul>
      )}
      {row.review_note && <p className="muted">{t("rooms.tallies.reviewed", { note: row.review_note })}</p>}
    </>
  );
}

/** A person of the terminal stands for what the device said, or sends a report in its place. */
function Review({ row }: { row: TallyReport }) {
  const { t } = useI18n();
  const [note, setNote] = useState("");
  // What is looked at stays what it was when the dialog opened: a report that comes meanwhile is refused by the platform, not waved through.
  const [shown, setShown] = useState(row);
  return (
    <span className="row-tight">
      <ReasonAction
        title={t("rooms.tallies.reviewTitle", { container: row.container })}
        okText={t("rooms.tallies.reviewConfirm")}
        success={t("rooms.saved")}
        onOpen={() => {
          setNote("");
          setShown(row);
        }}
        ready={note.trim().length > 1}
        run={() => api.post(url`/tally-reports/${row.id}/review`, { corrections: shown.corrections, note: note.trim() })}
        body={
          <>
            <p>{t("rooms.tallies.reviewText")}</p>
            <Recognised row={shown} />
            <ul className="object-list">
              {(shown.recognised?.pictures ?? []).map((hash) => (
                <li key={hash} className="mono">
                  {hash}
                </li>
              ))}
            </ul>
            <Field label={t("rooms.tallies.reviewNote")} required>
              <Input.TextArea aria-label={t("rooms.tallies.reviewNote")} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
          </>
        }
      >
        {t("rooms.tallies.review")}
      </ReasonAction>
      <Send row={row} />
    </span>
  );
}

function Owed({ overview }: { overview: TallyReportOverview }) {
  const { t, tx, number } = useI18n();
  return (
    <section className="panel" aria-labelledby="tally-owed">
      <h2 id="tally-owed">{t("rooms.tallies.owed")}</h2>
      <p className="muted">{t("rooms.tallies.limit", { n: overview.limit_minutes })}</p>
      {overview.more && <Alert type="info" showIcon title={t("rooms.tallies.more")} />}
      {overview.items.length === 0 ? (
        <p>{t("rooms.tallies.owedNone")}</p>
      ) : (
        <div className="worklist">
          <div className="worklist-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("rooms.call.ship")}</th>
                  <th scope="col">{t("rooms.tallies.owner")}</th>
                  <th scope="col">{t("rooms.tallies.awaited")}</th>
                  <th scope="col">{t("rooms.tallies.overdue")}</th>
                  <th scope="col">{t("rooms.tallies.oldest")}</th>
                </tr>
              </thead>
              <tbody>
                {overview.items.map((row) => (
                  <tr key={`${row.call} ${row.terminal.id}`}>
                    <th scope="row">
                      <Link to={`/tally-reports?${new URLSearchParams({ q: row.call, status: "awaited" }).toString()}`}>{`${row.ship_name} ${row.voyage}`}</Link>
                    </th>
                    <td data-label={t("rooms.tallies.owner")}>{tx(row.terminal.name)}</td>
                    <td data-label={t("rooms.tallies.awaited")}>{number(row.awaited)}</td>
                    <td data-label={t("rooms.tallies.overdue")} className={row.overdue > 0 ? "damage" : undefined}>
                      {number(row.overdue)}
                    </td>
                    <td data-label={t("rooms.tallies.oldest")}>
                      <When at={row.oldest_due_at} style="short" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </section>
  );
}

function Months() {
  const { t, tx } = useI18n();
  const months = useGet<Items<TallyReportMonth>>("/tally-reports/statistics");
  const rows = useMemo(() => months.data?.items ?? [], [months.data]);
  const option = useMemo<EChartsCoreOption>(() => {
    const names = [...new Set(rows.map((row) => row.month))];
    const terminals = [...new Map(rows.map((row) => [row.terminal.id, tx(row.terminal.name)]))];
    return {
      grid: { left: 48, right: 16, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: names },
      yAxis: { type: "value", max: 100, axisLabel: { formatter: "{value} %" } },
      series: terminals.map(([id, name]) => ({
        name,
        type: "bar",
        data: names.map((month) => {
          const found = rows.find((row) => row.month === month && row.terminal.id === id);
          return typeof found?.on_time_per_mille === "number" ? found.on_time_per_mille / 10 : null;
        }),
      })),
    };
  }, [rows, tx]);
  if (months.error) return <ProblemAlert error={months.error} retry={() => void months.refetch()} />;
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="tally-months">
      <h2 id="tally-months">{t("rooms.tallies.byMonth")}</h2>
      <p className="muted">{t("rooms.tallies.byMonthHint")}</p>
      <Chart
        option={option}
        label={t("rooms.tallies.byMonth")}
        height={220}
        table={{
          columns: [
            t("rooms.tallies.month"),
            t("rooms.tallies.owner"),
            t("rooms.tallies.discharged"),
            t("rooms.tallies.onTime"),
            t("rooms.tallies.late"),
            t("rooms.tallies.missing"),
            t("rooms.tallies.share"),
          ],
          rows: rows.map((row) => [
            row.month,
            tx(row.terminal.name),
            row.due,
            row.on_time,
            row.late,
            row.missing,
            row.on_time_per_mille === null ? "–" : `${String(row.on_time_per_mille / 10)} %`,
          ]),
        }}
      />
    </section>
  );
}

/** The terminal tells what was counted of one box. */
function Send({ row }: { row: TallyReport }) {
  const { t, tx } = useI18n();
  const { message } = App.useApp();
  const clock = usePortClock();
  const [at, setAt] = useState("");
  const [packages, setPackages] = useState("");
  const [seal, setSeal] = useState("");
  const [damage, setDamage] = useState("");
  const [company, setCompany] = useState("");
  const input = (label: string, value: string, set: (value: string) => void, type = "text", required = false) => (
    <Field label={label} required={required}>
      <Input type={type} aria-label={label} value={value} maxLength={64} onChange={(event) => set(event.target.value)} />
    </Field>
  );
  return (
    <ReasonAction
      title={t("rooms.tallies.sendTitle", { container: row.container })}
      okText={t("rooms.tallies.send")}
      onOpen={() => {
        setAt(clock.toLocal(new Date()));
        setPackages("");
        setSeal("");
        setDamage("");
        setCompany("");
      }}
      ready={clock.toInstant(at) !== null && /^\d+$/.test(packages.trim())}
      run={() =>
        api.post<BatchResult>("/tally-reports", {
          reports: [
            {
              container: row.container,
              call: row.call,
              at: clock.toInstant(at),
              packages: Number(packages.trim()),
              seal: seal.trim() || null,
              damage: damage.trim() || null,
              tally_company: company.trim() || null,
            },
          ],
        })
      }
      onDone={(result) => {
        const wrong = result.findings[0];
        if (wrong) void message.error(tx(wrong.message));
        else void message.success(t("rooms.tallies.sent"));
      }}
      body={
        <>
          {input(t("rooms.tallies.tallyAt"), at, setAt, "datetime-local", true)}
          {input(t("rooms.tallies.packages"), packages, setPackages, "text", true)}
          {input(t("rooms.tallies.seal"), seal, setSeal)}
          {input(t("rooms.tallies.damage"), damage, setDamage)}
          {input(t("rooms.tallies.company"), company, setCompany)}
        </>
      }
    >
      {t("rooms.tallies.send")}
    </ReasonAction>
  );
}
