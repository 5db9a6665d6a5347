// How many clues there were, how soon they were answered, how many were confirmed: by month, with the clues behind every figure.
import { Link } from "react-router";
import { useGet } from "../../api/query";
import type { ClueFigures as Figures, ClueMonth } from "../../api/types";
import { useI18n } from "../../i18n";
import { Definition, Loading, PageHeader, ProblemAlert } from "../../parts";

function behind(month: ClueMonth, more: Record<string, string> = {}): string {
  return `/clues?${new URLSearchParams({ from: month.from, to: month.to, ...more }).toString()}`;
}

export default function ClueFigures() {
  const { t, tx, number, hours } = useI18n();
  const found = useGet<Figures>("/clues/figures");
  const data = found.data;
  const share = (perMille: number | null) => (perMille === null ? "–" : `${(perMille / 10).toFixed(1)} %`);
  const time = (ms: number | null) => hours(ms === null ? null : ms / 3_600_000);
  return (
    <>
      <PageHeader title={t("rooms.clues.figures")} back={{ to: "/clues", text: t("rooms.clues.title") }} />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && (
        <section className="panel" aria-labelledby="clue-figures">
          <h2 id="clue-figures">
            {t("rooms.clues.figures")}{" "}
            <Definition of={t("rooms.clues.figures")} unit={t("rooms.clues.unit")} period={`${data.from} – ${data.to}`}>
              {tx(data.definition)}
            </Definition>
          </h2>
          {data.truncated && <p className="muted">{t("rooms.clues.truncated")}</p>}
          {data.items.length === 0 ? (
            <p className="muted">{t("rooms.clues.none")}</p>
          ) : (
            <div className="worklist">
              <div className="worklist-scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t("rooms.clues.month")}</th>
                      <th scope="col">{t("rooms.clues.count")}</th>
                      <th scope="col">{t("rooms.clues.answered")}</th>
                      <th scope="col">{t("rooms.clues.median")}</th>
                      <th scope="col">{t("rooms.clues.p90")}</th>
                      <th scope="col">{t("rooms.clues.finding.confirmed")}</th>
                      <th scope="col">{t("rooms.clues.finding.not-confirmed")}</th>
                      <th scope="col">{t("rooms.clues.finding.needs-more")}</th>
                      <th scope="col">{t("rooms.clues.confirmedShare")}</th>
                      <th scope="col">{t("rooms.clues.closed")}</th>
                      <th scope="col">{t("rooms.clues.overdue")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {[...data.items].reverse().map((month) => (
                      <tr key={month.month}>
                        <th scope="row">{month.month}</th>
                        <td data-label={t("rooms.clues.count")}>
                          <Link to={behind(month)}>{number(month.registered)}</Link>
                        </td>
                        <td data-label={t("rooms.clues.answered")}>{number(month.answered)}</td>
                        <td data-label={t("rooms.clues.median")}>{time(month.answer_p50_ms)}</td>
                        <td data-label={t("rooms.clues.p90")}>{time(month.answer_p90_ms)}</td>
                        <td data-label={t("rooms.clues.finding.confirmed")}>
                          <Link to={behind(month, { finding: "confirmed" })}>{number(month.confirmed)}</Link>
                        </td>
                        <td data-label={t("rooms.clues.finding.not-confirmed")}>
                          <Link to={behind(month, { finding: "not-confirmed" })}>{number(month.not_confirmed)}</Link>
                        </td>
                        <td data-label={t("rooms.clues.finding.needs-more")}>
                          <Link to={behind(month, { finding: "needs-more" })}>{number(month.needs_more)}</Link>
                        </td>
                        <td data-label={t("rooms.clues.confirmedShare")}>{share(month.confirmed_per_mille)}</td>
                        <td data-label={t("rooms.clues.closed")}>
                          <Link to={behind(month, { status: "closed" })}>{number(month.closed)}</Link>
                        </td>
                        <td data-label={t("rooms.clues.overdue")}>{number(month.overdue)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </div>
          )}
        </section>
      )}
    </>
  );
}
