// One closing report: figures, groups and cases with their reasons, as they stand on the ledger.
import { useParams } from "react-router";
import { fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DailyReport } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, When } from "../../parts";
import { TableScroll } from "../conveyances/TableScroll";

export default function DailyReportPage() {
  const { id = "" } = useParams();
  const { t, lang } = useI18n();
  const path = url`/daily-reports/${id}`;
  const found = useGet<DailyReport>(path);
  return (
    <>
      <PageHeader
        title={`${t("daily.report")} ${found.data?.summary.day ?? id}`}
        back={{ to: "/daily-reports", text: t("daily.reports") }}
        actions={
          <>
            <a className="button-link" href={fileUrl(`${path}/report.pdf`, { lang })} download>
              {t("daily.pdf")}
            </a>
            <a className="button-link secondary" href={fileUrl(`${path}/report.csv`)} download>
              {t("daily.csv")}
            </a>
          </>
        }
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && <Body report={found.data} />}
    </>
  );
}

function Body({ report }: { report: DailyReport }) {
  const { t, tx, number, percent, maybe } = useI18n();
  const { summary } = report;
  return (
    <div className="stack">
      <section className="panel" aria-label={t("daily.report")}>
        <KeyFacts
          facts={[
            { label: t("daily.district"), value: summary.district },
            { label: t("daily.opened"), value: `${number(summary.figures.opened)} ${t("daily.unitCase")}` },
            { label: t("daily.cleared"), value: `${number(summary.figures.cleared)} ${t("daily.unitCase")}` },
            { label: t("daily.rate"), value: summary.figures.rate === null ? null : percent(summary.figures.rate, 1) },
            { label: t("daily.openThen"), value: `${number(summary.figures.open)} ${t("daily.unitCase")}` },
            { label: t("daily.by"), value: tx(summary.by.name) },
            {
              label: t("daily.closedAt"),
              value: (
                <>
                  <When at={summary.closed_at} /> {summary.late && <span className="told-bad">{t("daily.late")}</span>}
                </>
              ),
            },
          ]}
        />
        <p className="muted">{tx(report.source)}</p>
      </section>
      <section className="panel">
        <h2 id="report-groups">{t("daily.groups")}</h2>
        {report.groups.length === 0 ? (
          <p className="told-good">{t("daily.nothing")}</p>
        ) : (
          <TableScroll labelledBy="report-groups">
            <thead>
              <tr>
                <th scope="col">{t("daily.kind")}</th>
                <th scope="col">{t("daily.why")}</th>
                <th scope="col" className="right">
                  {t("daily.total")}
                </th>
                <th scope="col">{t("daily.reason")}</th>
                <th scope="col">{t("daily.note")}</th>
              </tr>
            </thead>
            <tbody>
              {report.groups.map((group) => (
                <tr key={`${group.kind} ${group.status} ${tx(group.why)}`}>
                  <th scope="row">{maybe(`kind.${group.kind}`, group.kind)}</th>
                  <td>{tx(group.why)}</td>
                  <td className="right">{number(group.count)}</td>
                  <td>
                    {tx(group.reason_text)} <span className="muted">({group.own ? t("daily.own.yes") : t("daily.own.no")})</span>
                  </td>
                  <td>{group.note}</td>
                </tr>
              ))}
            </tbody>
          </TableScroll>
        )}
        {!report.whole && <p className="muted">{t("daily.notWhole")}</p>}
        {report.whole && !report.listed && <p className="muted">{t("daily.notListed")}</p>}
      </section>
      {report.cases.length > 0 && (
        <section className="panel">
          <h2 id="report-cases">
            {t("daily.cases")} · {number(report.cases.length)}
          </h2>
          <TableScroll labelledBy="report-cases">
            <thead>
              <tr>
                <th scope="col">{t("daily.cases")}</th>
                <th scope="col">{t("worklist.status")}</th>
                <th scope="col" className="right">
                  {t("daily.age")}
                </th>
                <th scope="col">{t("daily.owner")}</th>
                <th scope="col">{t("daily.next")}</th>
                <th scope="col">{t("daily.reason")}</th>
                <th scope="col">{t("daily.note")}</th>
              </tr>
            </thead>
            <tbody>
              {report.cases.map((one) => (
                <tr key={`${one.kind} ${one.id}`}>
                  <th scope="row">
                    <ObjectLink type={one.kind} id={one.id}>
                      {one.title}
                    </ObjectLink>
                  </th>
                  <td>{tx(one.status_text)}</td>
                  <td className="right">{one.age_days === 0 ? t("daily.today") : t("daily.ageDays", { n: one.age_days })}</td>
                  <td>{tx(one.owner?.name) || <span className="none">–</span>}</td>
                  <td>{tx(one.next)}</td>
                  <td>{tx(one.reason_text)}</td>
                  <td>{one.note}</td>
                </tr>
              ))}
            </tbody>
          </TableScroll>
        </section>
      )}
    </div>
  );
}
