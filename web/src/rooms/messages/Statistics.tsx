// Figures of the message centre: how much, how often faulty, how fast answered, how often repaired, and the messages behind each figure.
import { DatePicker, Select } from "antd";
import dayjs from "dayjs";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo, type ReactNode } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useGet } from "../../api/query";
import type { MessageStatistics } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, dayIn, Definition, Loading, PageHeader, PrintButton, ProblemAlert, usePortZone } from "../../parts";
import { colour } from "../../theme";

const DAYS_DEFAULT = 29;
const ROWS_SHOWN = 20;

function useAsked() {
  const zone = usePortZone();
  const [search, setSearch] = useSearchParams();
  const today = dayIn(new Date(), zone);
  const to = search.get("to") ?? today;
  const from = search.get("from") ?? dayjs(today).subtract(DAYS_DEFAULT, "day").format("YYYY-MM-DD");
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
  return { from, to, partner: search.get("partner") ?? undefined, type: search.get("type") ?? undefined, set };
}

type Asked = Omit<ReturnType<typeof useAsked>, "set">;

/** The list of messages behind a figure. */
function listOf(asked: Asked, values: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ from: asked.from, to: asked.to, partner: asked.partner, type: asked.type, ...values })) if (value) search.set(name, value);
  return `/messages?${search.toString()}`;
}

export default function Statistics() {
  const { t, tx, number } = useI18n();
  const navigate = useNavigate();
  const { set, ...asked } = useAsked();
  const query = useGet<MessageStatistics>("/messages/statistics", asked, { keep: true });
  const data = query.data;
  const days = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 48, right: 16, top: 34, bottom: 26 },
      legend: { top: 0, left: 0, textStyle: { color: colour.inkSoft } },
      xAxis: { type: "category", data: data?.days.map((day) => day.day.slice(5)) ?? [], axisLabel: { color: colour.inkSoft } },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: colour.inkSoft }, splitLine: { lineStyle: { color: "#ebe8e1" } } },
      series: [
        { name: t("rooms.stats.clean"), type: "bar", stack: "in", cursor: "pointer", color: colour.teal, data: data?.days.map((day) => day.clean) ?? [] },
        { name: t("rooms.stats.withFindings"), type: "bar", stack: "in", cursor: "pointer", color: "#d59a3a", data: data?.days.map((day) => day.with_findings) ?? [] },
        { name: t("rooms.stats.rejected"), type: "bar", stack: "in", cursor: "pointer", color: "#b3473b", data: data?.days.map((day) => day.rejected) ?? [] },
        { name: t("rooms.stats.sent"), type: "line", symbol: "none", color: "#5b7fa8", data: data?.days.map((day) => day.sent) ?? [] },
      ],
    }),
    [data, t],
  );
  return (
    <>
      <PageHeader
        title={t("rooms.stats.title")}
        back={{ to: "/messages", text: t("rooms.message.title") }}
        actions={
          <>
            <DatePicker.RangePicker
              aria-label={t("definition.period")}
              allowClear={false}
              value={[dayjs(asked.from), dayjs(asked.to)]}
              onChange={(range) => range?.[0] && range[1] && set({ from: range[0].format("YYYY-MM-DD"), to: range[1].format("YYYY-MM-DD") })}
            />
            <Select
              aria-label={t("rooms.message.type")}
              className="worklist-select"
              allowClear
              placeholder={t("rooms.stats.allTypes")}
              value={asked.type}
              onChange={(value?: string) => set({ type: value })}
              options={data?.types.map((each) => ({ value: each.type, label: each.type })) ?? []}
            />
            <PrintButton />
          </>
        }
      >
        {t("rooms.stats.lead")}
      </PageHeader>
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {data && (
        <>
          <Figures data={data} asked={asked} />
          <section className="panel" aria-labelledby="days-title">
            <h2 id="days-title">{t("rooms.stats.byDay")}</h2>
            <Chart
              option={days}
              label={t("rooms.stats.byDay")}
              onPick={({ dataIndex }) => {
                const day = data.days[dataIndex]?.day;
                if (day) void navigate(listOf(asked, { from: day, to: day }));
              }}
              table={{
                columns: [t("rooms.stats.day"), t("rooms.stats.received"), t("rooms.stats.clean"), t("rooms.stats.withFindings"), t("rooms.stats.rejected"), t("rooms.stats.sent")],
                rows: data.days.map((day) => [day.day, day.received, day.clean, day.with_findings, day.rejected, day.sent]),
              }}
            />
          </section>
          <Partners data={data} asked={asked} onPick={(partner) => set({ partner })} />
          <div className="split">
            <Faults data={data} asked={asked} />
            <section className="panel" aria-labelledby="types-title">
              <h2 id="types-title">{t("rooms.stats.byType")}</h2>
              <Table
                label={t("rooms.stats.byType")}
                head={[t("rooms.message.type"), t("rooms.stats.received"), t("rooms.stats.rejected"), t("rooms.stats.sent")]}
                rows={data.types.map((each) => [
                  <Link key="type" to={listOf(asked, { type: each.type })} className="mono">
                    {each.type}
                  </Link>,
                  number(each.received),
                  number(each.rejected),
                  number(each.sent),
                ])}
              />
            </section>
          </div>
          <section className="panel" aria-labelledby="definitions-title">
            <h2 id="definitions-title">{t("rooms.stats.definitions")}</h2>
            <dl className="definitions">
              {data.definitions.map((each) => (
                <div key={each.figure}>
                  <dt>
                    <code>{each.figure}</code> <span className="muted">{each.unit}</span>
                  </dt>
                  <dd>{tx(each.meaning)}</dd>
                </div>
              ))}
            </dl>
          </section>
        </>
      )}
    </>
  );
}

function useDuration() {
  const { number } = useI18n();
  return (ms: number) => (ms < 1_000 ? `${number(ms)} ms` : ms < 120_000 ? `${number(ms / 1_000, 1)} s` : `${number(ms / 60_000, 1)} min`);
}

function Figures({ data, asked }: { data: MessageStatistics; asked: Asked }) {
  const { t, tx, number, percent } = useI18n();
  const duration = useDuration();
  const period = t("rooms.stats.period", { from: data.period.from, to: data.period.to });
  const meaning = (figure: string) => tx(data.definitions.find((each) => each.figure === figure)?.meaning);
  const figures: { key: string; label: string; value: string; unit: string; to?: string; figure: string }[] = [
    { key: "received", label: t("rooms.stats.received"), value: number(data.total.received), unit: t("rooms.stats.unitInterchanges"), to: listOf(asked, { direction: "in" }), figure: "received" },
    { key: "sent", label: t("rooms.stats.sent"), value: number(data.total.sent), unit: t("rooms.stats.unitMessages"), to: listOf(asked, { direction: "out" }), figure: "sent" },
    { key: "fault", label: t("rooms.stats.faultRate"), value: percent(data.total.fault_rate, 1), unit: "%", to: listOf(asked, { status: "processed-with-findings,rejected,repaired,closed" }), figure: "fault_rate" },
    { key: "reject", label: t("rooms.stats.rejectRate"), value: percent(data.total.reject_rate, 1), unit: "%", to: listOf(asked, { status: "rejected,repaired,closed" }), figure: "reject_rate" },
    { key: "median", label: t("rooms.stats.median"), value: duration(data.answer.median_ms), unit: "ms", figure: "answer" },
    { key: "p90", label: t("rooms.stats.p90"), value: duration(data.answer.p90_ms), unit: "ms", figure: "answer" },
    { key: "p99", label: t("rooms.stats.p99"), value: duration(data.answer.p99_ms), unit: "ms", figure: "answer" },
    { key: "repair", label: t("rooms.stats.repairRate"), value: percent(data.repairs.repair_rate, 1), unit: "%", to: listOf(asked, { channel: "repair" }), figure: "repair_rate" },
  ];
  return (
    <dl className="figures message-figures">
      {figures.map((each) => (
        <div key={each.key} className="figure">
          <dt>
            {each.label}
            <Definition of={each.label} unit={each.unit} period={period}>
              {meaning(each.figure)}
            </Definition>
          </dt>
          <dd>{each.to ? <Link to={each.to}>{each.value}</Link> : each.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** `last`: the last column holds words instead of figures. */
function Table({ label, head, rows, last = "figures" }: { label: string; head: string[]; rows: ReactNode[][]; last?: "figures" | "words" }) {
  return (
    // A wide table scrolls inside its frame, which must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`stats-table stats-last-${last}`} tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th key={column} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={column}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Partners({ data, asked, onPick }: { data: MessageStatistics; asked: Asked; onPick: (partner: string | undefined) => void }) {
  const { t, tx, number, percent } = useI18n();
  const duration = useDuration();
  return (
    <section className="panel" aria-labelledby="partners-title">
      <div className="panel-head">
        <h2 id="partners-title">{t("rooms.stats.byPartner")}</h2>
        {asked.partner && (
          <button type="button" className="link-button" onClick={() => onPick(undefined)}>
            {t("rooms.stats.allPartners")}
          </button>
        )}
      </div>
      <Table
        label={t("rooms.stats.byPartner")}
        head={[
          t("rooms.message.partner"),
          t("rooms.stats.received"),
          t("rooms.stats.rejected"),
          t("rooms.stats.faultRate"),
          t("rooms.stats.repaired"),
          t("rooms.stats.sent"),
          t("rooms.stats.median"),
          t("rooms.stats.p90"),
          t("rooms.stats.p99"),
        ]}
        rows={data.partners.slice(0, ROWS_SHOWN).map((each) => [
          <button key="partner" type="button" className="link-button" onClick={() => onPick(each.partner.id)}>
            {tx(each.partner.name)}
          </button>,
          <Link key="received" to={listOf(asked, { partner: each.partner.id, direction: "in" })}>
            {number(each.received)}
          </Link>,
          <Link key="rejected" to={listOf(asked, { partner: each.partner.id, status: "rejected,repaired,closed" })}>
            {number(each.rejected)}
          </Link>,
          percent(each.fault_rate, 1),
          `${number(each.repairs.mended)} (${percent(each.repairs.repair_rate, 0)})`,
          number(each.sent),
          duration(each.answer.median_ms),
          duration(each.answer.p90_ms),
          duration(each.answer.p99_ms),
        ])}
      />
    </section>
  );
}

function Faults({ data, asked }: { data: MessageStatistics; asked: Asked }) {
  const { t, tx, number, percent } = useI18n();
  return (
    <section className="panel" aria-labelledby="faults-title">
      <h2 id="faults-title">{t("rooms.stats.byFault")}</h2>
      {data.faults.length === 0 ? (
        <p className="muted">{t("rooms.stats.noFaults")}</p>
      ) : (
        <Table
          last="words"
          label={t("rooms.stats.byFault")}
          head={[t("rooms.message.code"), t("rooms.stats.messages"), t("rooms.stats.share"), t("rooms.stats.mostly")]}
          rows={data.faults.slice(0, ROWS_SHOWN).map((each) => [
            <span key="code">
              <Link to={listOf(asked, { code: each.code })} className="mono">
                {each.code}
              </Link>
              {each.text && <span className="fault-text">{tx(each.text)}</span>}
            </span>,
            number(each.messages),
            percent(each.rate, 1),
            each.partners
              .slice(0, 2)
              .map((of) => `${tx(of.partner.name)} ${number(of.messages)}`)
              .join(t("rooms.listComma")),
          ])}
        />
      )}
    </section>
  );
}
