// The port at this moment: counters, the flow of the last hours, and what is late. Made to hang on a wall.
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import type { InsightLive } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, Definition, formatInstant, Loading, PageHeader, ProblemAlert, StatusTag, usePortZone, When } from "../../parts";
import { colour } from "../../theme";
import { useKindName, workPath } from "../start/columns";
import "./insight.css";

const REFRESH_MS = 10_000;

export default function Live() {
  const { t, tx, number, maybe } = useI18n();
  const zone = usePortZone();
  const kindName = useKindName();
  const query = useGet<InsightLive>("/insight/live", undefined, { refetchInterval: REFRESH_MS });
  const data = query.data;
  const flow = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 40, right: 12, top: 34, bottom: 26 },
      legend: { top: 0, left: 0, textStyle: { color: colour.inkSoft } },
      xAxis: { type: "category", data: data?.flow.map((hour) => formatInstant(hour.hour, zone, "clock")) ?? [], axisLabel: { color: colour.inkSoft } },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: colour.inkSoft }, splitLine: { lineStyle: { color: "#ebe8e1" } } },
      series: [
        { name: t("live.discharged"), type: "bar", barGap: "10%", data: data?.flow.map((hour) => hour.discharged) ?? [] },
        { name: t("live.released"), type: "bar", data: data?.flow.map((hour) => hour.released) ?? [] },
        { name: t("live.gatedOut"), type: "bar", data: data?.flow.map((hour) => hour.gated_out) ?? [] },
      ],
    }),
    [data, zone, t],
  );
  return (
    <>
      <PageHeader title={t("nav.live")}>
        {data && (
          <>
            {t("start.asOf")} <When at={data.as_of} style="second" />
          </>
        )}
      </PageHeader>
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {data && (
        <div className="stack">
          <dl className="live-counters">
            {data.counters.map((counter) => (
              <div key={counter.code} className="live-counter">
                <dt>
                  {tx(counter.name)}
                  <Definition of={tx(counter.name)} unit={counter.unit === "1" ? t("live.count") : maybe(`unit.${counter.unit}`, counter.unit)} period={t("live.now")}>
                    {tx(counter.definition)}
                  </Definition>
                </dt>
                <dd>
                  {counter.link?.startsWith("/") ? (
                    <Link to={counter.link} aria-label={`${tx(counter.name)}: ${number(counter.value)}`}>
                      {number(counter.value)}
                    </Link>
                  ) : (
                    number(counter.value)
                  )}{" "}
                  {counter.unit !== "1" && <small>{maybe(`unit.${counter.unit}`, counter.unit)}</small>}
                </dd>
              </div>
            ))}
          </dl>
          <div className="live-split">
            <section className="panel" aria-labelledby="live-flow">
              <h2 id="live-flow">{t("live.flow")}</h2>
              <Chart
                option={flow}
                height={320}
                label={t("live.flowLabel")}
                table={{
                  columns: [t("live.hour"), t("live.discharged"), t("live.released"), t("live.gatedOut")],
                  rows: data.flow.map((hour) => [formatInstant(hour.hour, zone, "short"), hour.discharged, hour.released, hour.gated_out]),
                }}
              />
            </section>
            <section className="panel" aria-labelledby="live-late">
              <div className="panel-head">
                <h2 id="live-late">{t("live.late")}</h2>
                <Link to="/worklist?mine=false&order=due">{t("live.allLate")}</Link>
              </div>
              {data.late.length === 0 ? (
                <p className="muted">{t("live.noneLate")}</p>
              ) : (
                <ol className="late-list">
                  {data.late.map((item) => {
                    const path = workPath(item);
                    return (
                      <li key={`${item.object.type} ${item.object.id}`}>
                        <p>
                          {path ? <Link to={path}>{item.title}</Link> : item.title} <StatusTag status={item.status} text={item.status_text} />
                        </p>
                        <p className="muted">
                          {kindName(item.object.type)} · {tx(item.owner?.name)} · <span className="late-due"><When at={item.due_at} relative /></span>
                        </p>
                      </li>
                    );
                  })}
                </ol>
              )}
            </section>
          </div>
        </div>
      )}
    </>
  );
}
