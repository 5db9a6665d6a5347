// Every alarm somebody is told of, in one list: cases that passed a limit, messages, machines.
import { DownloadOutlined } from "@ant-design/icons";
import { Input } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { AlarmFigures, ListedAlarm } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, Definition, Loading, objectPath, ObjectLink, PageHeader, PrintButton, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { limitText } from "./limits";

const EXPORTED = ["q", "rule", "status", "mine"] as const;

export default function Alarms() {
  const { t, tx } = useI18n();
  const [search] = useSearchParams();
  const figures = useGet<AlarmFigures>("/alarms/figures", undefined, { refetchInterval: 60_000 });
  const asked = Object.fromEntries(EXPORTED.map((name) => [name, search.get(name)]));
  return (
    <>
      <PageHeader
        title={t("rooms.alarms.title")}
        actions={
          <>
            <a className="button-link secondary" href={fileUrl("/alarms/export", asked)} download="alarms.csv">
              <DownloadOutlined aria-hidden="true" /> {t("rooms.alarms.export")}
            </a>
            <PrintButton />
            <Link className="button-link secondary" to="/alarm-rules">
              {t("rooms.alarms.rules")}
            </Link>
          </>
        }
      >
        {t("rooms.alarms.lead")}
      </PageHeader>
      {figures.error && <ProblemAlert error={figures.error} retry={() => void figures.refetch()} />}
      {figures.isPending && <Loading />}
      {figures.data && <Figures figures={figures.data} />}
      <h2 className="section-title">{t("rooms.alarms.list")}</h2>
      <Worklist<ListedAlarm>
        label={t("rooms.alarms.list")}
        path="/alarms"
        rowKey={(row) => `${row.kind} ${row.id}`}
        to={(row) => objectPath(row.case)}
        filters={[
          { name: "q", label: t("rooms.alarms.find") },
          { name: "rule", label: t("rooms.alarms.rule"), options: (figures.data?.rules ?? []).map((rule) => ({ value: rule.rule, label: tx(rule.name) })) },
          {
            name: "status",
            label: t("rooms.alarms.status"),
            options: [
              { value: "raised", label: t("rooms.alarms.state.raised") },
              { value: "acknowledged", label: t("rooms.alarms.state.acknowledged") },
              { value: "cleared,closed", label: t("rooms.alarms.state.ended") },
            ],
          },
          { name: "mine", label: t("rooms.alarms.mine"), options: [{ value: "true", label: t("rooms.alarms.mineOnly") }] },
        ]}
        columns={[
          { key: "case", title: t("rooms.alarms.case"), render: (row) => <Case row={row} /> },
          { key: "rule", title: t("rooms.alarms.rule"), render: (row) => <What row={row} /> },
          { key: "since", title: t("rooms.alarms.since"), render: (row) => (row.since ? <When at={row.since} style="short" /> : "–") },
          { key: "limit", title: t("rooms.alarms.limit"), render: (row) => <Limit row={row} /> },
          { key: "raised", title: t("rooms.alarms.raised"), render: (row) => <When at={row.raised_at} style="short" />, wide: true },
          { key: "owner", title: t("rooms.alarms.owner"), render: (row) => (row.owner ? tx(row.owner.name) : "–") },
          { key: "status", title: t("rooms.alarms.status"), render: (row) => <State row={row} /> },
          { key: "deal", title: t("worklist.action"), render: (row) => <Deal row={row} /> },
        ]}
        empty={t("rooms.alarms.none")}
      />
    </>
  );
}

function Figures({ figures }: { figures: AlarmFigures }) {
  const { t, tx, number } = useI18n();
  const raised = figures.rules.reduce((sum, rule) => sum + rule.raised, 0);
  const shown = figures.rules.filter((rule) => rule.open > 0 || rule.raised > 0);
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 40, right: 12, top: 14, bottom: 26 },
      xAxis: { type: "category", data: figures.days.map((day) => day.day.slice(5)) },
      yAxis: { type: "value", minInterval: 1 },
      series: [{ name: t("rooms.alarms.raised"), type: "bar", barMaxWidth: 18, data: figures.days.map((day) => day.raised) }],
    }),
    [figures, t],
  );
  const facts = [
    { key: "open", label: t("rooms.alarms.open"), value: figures.open, period: t("rooms.alarms.periodNow") },
    { key: "unseen", label: t("rooms.alarms.unseen"), value: figures.unseen, period: t("rooms.alarms.periodNow") },
    { key: "raised", label: t("rooms.alarms.raised30"), value: raised, period: t("rooms.alarms.period30") },
  ];
  return (
    <div className="stack">
      <section className="panel" aria-label={t("rooms.alarms.title")}>
        <dl className="message-figures">
          {facts.map((fact) => (
            <div key={fact.key} data-figure={fact.key}>
              <dt>
                {fact.label}{" "}
                <Definition of={fact.label} unit={t("rooms.alarms.unit")} period={fact.period}>
                  {tx(figures.definition)}
                </Definition>
              </dt>
              <dd>{number(fact.value)}</dd>
            </div>
          ))}
        </dl>
      </section>
      {shown.length > 0 && (
        <section className="panel">
          <h2 id="alarms-by-rule">{t("rooms.alarms.byRule")}</h2>
          {/* A wide table is scrolled by keyboard, too. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className="table-scroll" role="region" aria-labelledby="alarms-by-rule" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rooms.alarms.rule")}</th>
                  <th scope="col">{t("rooms.alarms.open")}</th>
                  <th scope="col">{t("rooms.alarms.unseen")}</th>
                  <th scope="col">{t("rooms.alarms.raised30")}</th>
                  <th scope="col">{t("rooms.alarms.cleared30")}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((rule) => (
                  <tr key={rule.rule} data-rule={rule.rule}>
                    <th scope="row">
                      <Link to={`/alarms?rule=${encodeURIComponent(rule.rule)}`}>{tx(rule.name)}</Link>
                    </th>
                    <td>{number(rule.open)}</td>
                    <td>{number(rule.unseen)}</td>
                    <td>{number(rule.raised)}</td>
                    <td>{number(rule.cleared)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {raised > 0 && (
        <section className="panel" aria-labelledby="alarms-by-day">
          <h2 id="alarms-by-day">{t("rooms.alarms.byDay")}</h2>
          <Chart
            option={option}
            label={t("rooms.alarms.byDay")}
            height={180}
            table={{ columns: [t("rooms.alarms.day"), t("rooms.alarms.raised")], rows: figures.days.map((day) => [day.day, number(day.raised)]) }}
          />
        </section>
      )}
    </div>
  );
}

function Case({ row }: { row: ListedAlarm }) {
  const { maybe } = useI18n();
  return (
    <>
      <span className="mono">{row.title}</span> <span className="muted">{maybe(`kind.${row.case.type}`, row.case.type)}</span>
    </>
  );
}

function What({ row }: { row: ListedAlarm }) {
  const { t, tx } = useI18n();
  return (
    <>
      {tx(row.rule_name)}
      {row.text && <div className="muted">{tx(row.text)}</div>}
      {row.times > 1 && <div className="muted">{t("rooms.alarms.times", { n: row.times })}</div>}
    </>
  );
}

function Limit({ row }: { row: ListedAlarm }) {
  const { t } = useI18n();
  if (row.limit_hours === null) return <>–</>;
  return (
    <>
      {limitText(row.limit_hours, t)}
      {row.level > 1 && <span className="late-mark">{t("rooms.alarms.level", { n: row.level })}</span>}
    </>
  );
}

function State({ row }: { row: ListedAlarm }) {
  const { t } = useI18n();
  const last = row.notes.at(-1);
  return (
    <>
      <StatusTag status={row.status} text={row.status_text} tone={row.open ? (row.status === "raised" ? "stop" : "wait") : "done"} />
      {row.ended_at && (
        <>
          {" "}
          <When at={row.ended_at} style="short" />
        </>
      )}
      {last && (
        <div className="muted" title={t("rooms.alarms.latest")}>
          {last.note}
        </div>
      )}
    </>
  );
}

/** Where each kind of alarm is dealt with, and by which right. */
const DEALT: Record<string, { right: string; path: (id: string) => string }> = {
  "case-alarm": { right: "case-alarm.acknowledge", path: (id) => url`/alarms/${id}/acknowledge` },
  "message-alarm": { right: "message-alarm.acknowledge", path: (id) => url`/message-alarms/${id}/acknowledge` },
  "equipment-alarm": { right: "equipment-alarm.close", path: (id) => url`/equipment-alarms/${id}/close` },
};

function Deal({ row }: { row: ListedAlarm }) {
  const { t } = useI18n();
  const can = useCan();
  const [note, setNote] = useState("");
  const dealt = DEALT[row.kind];
  if (!row.open || !dealt || !can(dealt.right)) return <ObjectLink type={row.case.type} id={row.case.id} />;
  return (
    <ReasonAction
      title={t("rooms.alarms.dealTitle", { case: row.title })}
      okText={t("rooms.alarms.deal")}
      success={t("rooms.alarms.noted")}
      onOpen={() => setNote("")}
      ready={note.trim().length > 1}
      run={() => api.post(dealt.path(row.id), { note: note.trim() })}
      body={
        <Field label={t("rooms.alarms.note")} required hint={t("rooms.alarms.noteHint")}>
          <Input.TextArea aria-label={t("rooms.alarms.note")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.alarms.deal")}
    </ReasonAction>
  );
}
