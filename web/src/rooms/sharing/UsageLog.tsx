// What was delivered to whom, and how much of it.
import { useGet } from "../../api/query";
import type { SharingStatistics } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Loading, PageHeader, ProblemAlert } from "../../parts";
import { Log } from "./Log";

export default function UsageLog() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t("rooms.sharing.log")}>{t("rooms.sharing.logLead")}</PageHeader>
      <Figures />
      <Log />
    </>
  );
}

function Figures() {
  const { t, tx, number } = useI18n();
  const figures = useGet<SharingStatistics>("/data-deliveries/statistics");
  if (figures.error) return <ProblemAlert error={figures.error} retry={() => void figures.refetch()} />;
  if (!figures.data) return <Loading />;
  return (
    <section className="panel">
      <h2 id="sharing-figures">{t("rooms.sharing.figures")}</h2>
      <p className="muted">{tx(figures.data.definition)}</p>
      {figures.data.items.length === 0 ? (
        <p>{t("rooms.sharing.noFigures")}</p>
      ) : (
        // A wide table is scrolled by keyboard, too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="sharing-figures" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rooms.sharing.resource")}</th>
                <th scope="col">{t("rooms.sharing.provider")}</th>
                <th scope="col">{t("rooms.sharing.consumer")}</th>
                <th scope="col">{t("rooms.sharing.how")}</th>
                <th scope="col">{t("rooms.sharing.deliveries")}</th>
                <th scope="col">{t("rooms.sharing.rowCount")}</th>
              </tr>
            </thead>
            <tbody>
              {figures.data.items.map((row) => (
                <tr key={[row.resource, row.provider.id, row.consumer.id, row.how].join("/")}>
                  <th scope="row">{tx(row.resource_name)}</th>
                  <td>{tx(row.provider.name)}</td>
                  <td>{tx(row.consumer.name)}</td>
                  <td>{t(`rooms.sharing.form.${row.how}` as MessageKey)}</td>
                  <td>{number(row.deliveries)}</td>
                  <td>{number(row.rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
