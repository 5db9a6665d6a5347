// On-schedule rate of inspected boxes (当班船出运率): figures, ranking, and the boxes behind them.
import { DownloadOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { fileUrl } from "../../api/client";
import { useGet } from "../../api/query";
import type { InspectedSailing, OnScheduleRate } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Chart, Definition, Loading, ObjectLink, PageHeader, PrintButton, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";

const GROUPS = ["terminal", "district", "site"] as const;
const STATUSES = ["planned", "on-schedule", "missed", "dropped"] as const;

export default function OnSchedule() {
  const { t } = useI18n();
  const [search, setSearch] = useSearchParams();
  const [from, to, by] = [search.get("from") ?? "", search.get("to") ?? "", search.get("by") ?? "terminal"];
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const rate = useGet<OnScheduleRate>("/insight/on-schedule", { from, to, by });
  const behind = { from, to, terminal: search.get("terminal") ?? "", site: search.get("site") ?? "" };
  return (
    <>
      <PageHeader
        title={t("rooms.sailings.title")}
        actions={
          <>
            <a className="button-link secondary" href={fileUrl("/inspected-sailings/export", { ...behind, status: search.get("status"), q: search.get("q") })} download="inspected-sailings.csv">
              <DownloadOutlined aria-hidden="true" /> {t("rooms.alarms.export")}
            </a>
            <PrintButton />
          </>
        }
      >
        {t("rooms.sailings.lead")}
      </PageHeader>
      <div className="panel row">
        <Field label={t("rooms.sailings.from")}>
          <Input type="date" aria-label={t("rooms.sailings.from")} value={from} onChange={(event) => set("from", event.target.value)} />
        </Field>
        <Field label={t("rooms.sailings.to")}>
          <Input type="date" aria-label={t("rooms.sailings.to")} value={to} onChange={(event) => set("to", event.target.value)} />
        </Field>
        <Field label={t("rooms.sailings.by")}>
          <Select
            aria-label={t("rooms.sailings.by")}
            value={by}
            popupMatchSelectWidth={false}
            options={GROUPS.map((group) => ({ value: group, label: t(`rooms.sailings.by.${group}`) }))}
            onChange={(group: string) => set("by", group)}
          />
        </Field>
      </div>
      {rate.error && <ProblemAlert error={rate.error} retry={() => void rate.refetch()} />}
      {rate.isPending && <Loading />}
      {rate.data && <Figures rate={rate.data} by={by} />}
      <h2 className="section-title">{t("rooms.sailings.boxes")}</h2>
      <Worklist<InspectedSailing>
        label={t("rooms.sailings.boxes")}
        path="/inspected-sailings"
        params={behind}
        rowKey={(row) => row.id}
        to={(row) => `/cases/${encodeURIComponent(row.id)}`}
        filters={[
          { name: "q", label: t("rooms.sailings.find") },
          { name: "status", label: t("rooms.sailings.status"), options: STATUSES.map((status) => ({ value: status, label: t(`rooms.sailings.state.${status}` as MessageKey) })) },
        ]}
        columns={[
          { key: "box", title: t("rooms.sailings.box"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "ship", title: t("rooms.sailings.ship"), render: (row) => <ObjectLink type="ship-call" id={row.call}>{row.ship}</ObjectLink> },
          { key: "site", title: t("rooms.sailings.by.site"), render: (row) => row.site, wide: true },
          { key: "at", title: t("rooms.sailings.atSite"), render: (row) => <When at={row.at_site_at} style="short" /> },
          { key: "left", title: t("rooms.sailings.left"), render: (row) => (row.left_at ? <When at={row.left_at} style="short" /> : "–") },
          { key: "loaded", title: t("rooms.sailings.loaded"), render: (row) => <LoadedAt row={row} /> },
          { key: "status", title: t("rooms.sailings.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={TONES[row.status] ?? "calm"} /> },
        ]}
        empty={t("rooms.sailings.noBoxes")}
      />
    </>
  );
}

const TONES: Record<string, "done" | "go" | "wait" | "stop" | "calm"> = { planned: "wait", "on-schedule": "done", missed: "stop", dropped: "calm" };

function LoadedAt({ row }: { row: InspectedSailing }) {
  const { t } = useI18n();
  if (!row.loaded_at) return <>–</>;
  return (
    <>
      <When at={row.loaded_at} style="short" />
      {row.loaded_call !== row.call && <span className="muted">{t("rooms.sailings.other")}</span>}
    </>
  );
}

function Figures({ rate, by }: { rate: OnScheduleRate; by: string }) {
  const { t, tx, number } = useI18n();
  const said = (perMille: number | null) => (perMille === null ? "–" : `${(perMille / 10).toFixed(1)} %`);
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 40, right: 12, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: rate.days.map((day) => day.day.slice(5)) },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        { name: t("rooms.sailings.onSchedule"), type: "bar", stack: "boxes", barMaxWidth: 28, data: rate.days.map((day) => day.on_schedule) },
        { name: t("rooms.sailings.missed"), type: "bar", stack: "boxes", barMaxWidth: 28, data: rate.days.map((day) => day.planned - day.on_schedule) },
      ],
    }),
    [rate, t],
  );
  const behind = (key: string) => {
    const search = new URLSearchParams({ from: rate.period.from, to: rate.period.to, by });
    if (by !== "district") search.set(by, key);
    return `/insight/on-schedule?${search.toString()}`;
  };
  return (
    <div className="stack">
      <section className="panel" aria-label={t("rooms.sailings.title")}>
        <dl className="message-figures">
          <div data-figure="rate">
            <dt>
              {t("rooms.sailings.rate")}{" "}
              <Definition of={t("rooms.sailings.rate")} unit={tx(rate.unit)} period={`${rate.period.from} – ${rate.period.to}`}>
                {tx(rate.formula)} {tx(rate.definition)}
              </Definition>
            </dt>
            <dd>{said(rate.total.rate_per_mille)}</dd>
          </div>
          <div data-figure="on-schedule">
            <dt>{t("rooms.sailings.onSchedule")}</dt>
            <dd>{number(rate.total.on_schedule)}</dd>
          </div>
          <div data-figure="planned">
            <dt>{t("rooms.sailings.planned")}</dt>
            <dd>{number(rate.total.planned)}</dd>
          </div>
        </dl>
        <p className="muted">{tx(rate.formula)}</p>
      </section>
      <section className="panel">
        <h2 id="sailing-groups">{t("rooms.sailings.group")}</h2>
        {rate.groups.length === 0 ? (
          <p className="muted">{t("rooms.sailings.none")}</p>
        ) : (
          // A wide table is scrolled by keyboard, too.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <div className="table-scroll" role="region" aria-labelledby="sailing-groups" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rooms.sailings.rank")}</th>
                  <th scope="col">{t(`rooms.sailings.by.${by}` as MessageKey)}</th>
                  <th scope="col">{t("rooms.sailings.rate")}</th>
                  <th scope="col">{t("rooms.sailings.onSchedule")}</th>
                  <th scope="col">{t("rooms.sailings.planned")}</th>
                </tr>
              </thead>
              <tbody>
                {rate.groups.map((group) => (
                  <tr key={group.key} data-group={group.key}>
                    <td>{group.rank ?? <span className="muted">{t("rooms.sailings.few", { n: rate.ranked_min })}</span>}</td>
                    <th scope="row">
                      <Link to={behind(group.key)}>{tx(group.name)}</Link>
                    </th>
                    <td>{said(group.rate_per_mille)}</td>
                    <td>{number(group.on_schedule)}</td>
                    <td>{number(group.planned)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {rate.days.length > 0 && (
        <section className="panel" aria-labelledby="sailing-days">
          <h2 id="sailing-days">{t("rooms.sailings.days")}</h2>
          <Chart
            option={option}
            label={t("rooms.sailings.title")}
            height={200}
            table={{
              columns: [t("rooms.sailings.day"), t("rooms.sailings.onSchedule"), t("rooms.sailings.planned")],
              rows: rate.days.map((day) => [day.day, number(day.on_schedule), number(day.planned)]),
            }}
          />
        </section>
      )}
    </div>
  );
}
