// Closing reports (日清报告), the newest first.
import { url } from "../../api/client";
import type { DailyReportSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, When, Worklist } from "../../parts";

export default function DailyReports() {
  const { t, tx, number, percent } = useI18n();
  return (
    <>
      <PageHeader title={t("daily.reports")} back={{ to: "/daily", text: t("daily.title") }} />
      <Worklist<DailyReportSummary>
        label={t("daily.reports")}
        path="/daily-reports"
        rowKey={(row) => row.id}
        to={(row) => url`/daily-reports/${row.id}`}
        filters={[{ name: "q", label: t("daily.find") }]}
        columns={[
          { key: "day", title: t("daily.day"), render: (row) => <span className="mono">{row.day}</span> },
          { key: "district", title: t("daily.district"), render: (row) => row.district },
          { key: "opened", title: t("daily.opened"), align: "right", render: (row) => number(row.figures.opened) },
          { key: "cleared", title: t("daily.cleared"), align: "right", render: (row) => number(row.figures.cleared) },
          { key: "rate", title: t("daily.rate"), align: "right", render: (row) => (row.figures.rate === null ? "–" : percent(row.figures.rate, 1)) },
          { key: "open", title: t("daily.openThen"), align: "right", render: (row) => number(row.figures.open) },
          { key: "by", title: t("daily.by"), render: (row) => tx(row.by.name) },
          {
            key: "closed",
            title: t("daily.closedAt"),
            render: (row) => (
              <>
                <When at={row.closed_at} style="short" /> {row.late && <span className="told-bad">{t("daily.late")}</span>}
              </>
            ),
          },
        ]}
        empty={t("daily.reportsEmpty")}
      />
    </>
  );
}
