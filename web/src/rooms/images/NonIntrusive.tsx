// How often boxes need not be opened (非侵入式检查比例), month by month, with the inspections behind every figure.
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../../api/query";
import type { NonIntrusiveMonth, NonIntrusiveShare } from "../../api/types";
import { useI18n } from "../../i18n";
import { Chart, Definition, Loading, PageHeader, ProblemAlert } from "../../parts";

function behind(month: NonIntrusiveMonth, method: string): string {
  return `/inspections?${new URLSearchParams({ method, ordered_from: month.from, ordered_to: month.to }).toString()}`;
}

export default function NonIntrusive() {
  const { t, tx, number } = useI18n();
  const navigate = useNavigate();
  const share = useGet<NonIntrusiveShare>("/insight/non-intrusive");
  const data = share.data;
  const months = useMemo(() => data?.items ?? [], [data]);
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 48, right: 16, top: 34, bottom: 26 },
      legend: { top: 0, left: 0 },
      xAxis: { type: "category", data: months.map((month) => month.month) },
      yAxis: { type: "value", max: 100, axisLabel: { formatter: "{value} %" } },
      series: [
        { name: t("rooms.images.share"), type: "bar", barMaxWidth: 48, data: months.map((month) => (month.share_per_mille === null ? null : month.share_per_mille / 10)) },
        { name: t("rooms.images.boxShare"), type: "line", data: months.map((month) => (month.box_share_per_mille === null ? null : month.box_share_per_mille / 10)) },
      ],
    }),
    [months, t],
  );
  const percent = (perMille: number | null) => (perMille === null ? "–" : `${(perMille / 10).toFixed(1)} %`);
  return (
    <>
      <PageHeader title={t("rooms.images.shareTitle")}>{t("rooms.images.shareLead")}</PageHeader>
      {share.error && <ProblemAlert error={share.error} retry={() => void share.refetch()} />}
      {share.isPending && <Loading />}
      {data && (
        <section className="panel" aria-labelledby="share">
          <h2 id="share">
            {tx(data.port_name)} <span className="mono muted">{data.port}</span>{" "}
            <Definition of={t("rooms.images.share")} unit={tx(data.unit)} period={`${data.from} – ${data.to}`}>
              {tx(data.definition)}
            </Definition>
          </h2>
          {months.length === 0 ? (
            <p className="muted">{t("rooms.images.shareNone")}</p>
          ) : (
            <>
              <Chart
                option={option}
                label={t("rooms.images.shareTitle")}
                height={220}
                onPick={(picked) => {
                  const month = months[picked.dataIndex];
                  if (month) void navigate(behind(month, "machine"));
                }}
                table={{
                  columns: [t("rooms.images.month"), t("rooms.images.share"), t("rooms.images.boxShare")],
                  rows: months.map((month) => [month.month, percent(month.share_per_mille), percent(month.box_share_per_mille)]),
                }}
              />
              <div className="worklist">
                <div className="worklist-scroll">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">{t("rooms.images.month")}</th>
                        <th scope="col">{t("rooms.images.share")}</th>
                        <th scope="col">{t("rooms.images.byMachine")}</th>
                        <th scope="col">{t("rooms.images.byOpening")}</th>
                        <th scope="col">{t("rooms.images.scannedFirst")}</th>
                        <th scope="col">{t("rooms.images.byDocuments")}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {[...months].reverse().map((month) => (
                        <tr key={month.month}>
                          <th scope="row">{month.month}</th>
                          <td data-label={t("rooms.images.share")}>{percent(month.share_per_mille)}</td>
                          <td data-label={t("rooms.images.byMachine")}>
                            <Link to={behind(month, "machine")}>{t("rooms.images.count", { n: number(month.machine), boxes: number(month.machine_boxes) })}</Link>
                          </td>
                          <td data-label={t("rooms.images.byOpening")}>
                            <Link to={behind(month, "open")}>{t("rooms.images.count", { n: number(month.open), boxes: number(month.open_boxes) })}</Link>
                          </td>
                          <td data-label={t("rooms.images.scannedFirst")}>{number(month.scanned_first)}</td>
                          <td data-label={t("rooms.images.byDocuments")}>
                            <Link to={behind(month, "documents")}>{number(month.documents)}</Link>
                          </td>
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
