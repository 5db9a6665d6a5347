// Inspection indicators (查验指标) with their formulas on one page; those with a page of their own are linked.
import { Input } from "antd";
import { Link, useSearchParams } from "react-router";
import { useGet } from "../../api/query";
import type { Indicator, InspectionIndicators } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, PrintButton, ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";

export default function Indicators() {
  const { t, tx } = useI18n();
  const [search, setSearch] = useSearchParams();
  const [from, to] = [search.get("from") ?? "", search.get("to") ?? ""];
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
  const found = useGet<InspectionIndicators>("/insight/inspections", { from, to });
  const data = found.data;
  return (
    <>
      <PageHeader title={t("rooms.indicators.title")} actions={<PrintButton />}>
        {t("rooms.indicators.lead")}
      </PageHeader>
      <div className="panel row">
        <Field label={t("rooms.indicators.from")}>
          <Input type="date" aria-label={t("rooms.indicators.from")} value={from} onChange={(event) => set("from", event.target.value)} />
        </Field>
        <Field label={t("rooms.indicators.to")}>
          <Input type="date" aria-label={t("rooms.indicators.to")} value={to} onChange={(event) => set("to", event.target.value)} />
        </Field>
      </div>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && (
        <section className="panel">
          <h2 id="indicators">
            {data.period.from} – {data.period.to}
          </h2>
          {/* A wide table is scrolled by keyboard, too. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className="table-scroll" role="region" aria-labelledby="indicators" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rooms.indicators.name")}</th>
                  <th scope="col">{t("rooms.indicators.value")}</th>
                  <th scope="col">{t("rooms.indicators.p90")}</th>
                  <th scope="col">{t("rooms.indicators.behind")}</th>
                  <th scope="col">{t("rooms.indicators.formula")}</th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((one) => (
                  <Row key={one.code} one={one} period={data.period} />
                ))}
                <Elsewhere to="/insight/on-schedule" name={t("rooms.sailings.title")} text={t("rooms.indicators.onSchedule")} />
                <Elsewhere to="/insight/non-intrusive" name={t("rooms.nav.nonIntrusive")} text={t("rooms.indicators.nonIntrusive")} />
              </tbody>
            </table>
          </div>
          <p className="muted">{tx(data.definition)}</p>
        </section>
      )}
    </>
  );
}

function Row({ one, period }: { one: Indicator; period: InspectionIndicators["period"] }) {
  const { t, tx, number } = useI18n();
  const said = (value: number | null) => (value === null ? "–" : one.unit === "hours" ? t("rooms.indicators.hours", { n: value }) : `${(value / 10).toFixed(1)} %`);
  const search = new URLSearchParams({ ordered_from: period.from, ordered_to: period.to });
  if (one.status) search.set("status", one.status);
  return (
    <tr data-indicator={one.code}>
      <th scope="row">{tx(one.name)}</th>
      <td>
        {said(one.value)}
        {one.few && <div className="muted">{t("rooms.indicators.few")}</div>}
      </td>
      <td>{one.unit === "hours" ? said(one.p90) : "–"}</td>
      <td>
        <Link to={`/inspections?${search.toString()}`}>{one.counted === null ? number(one.of) : t("rooms.indicators.of", { n: number(one.counted), of: number(one.of) })}</Link>
      </td>
      <td>{tx(one.formula)}</td>
    </tr>
  );
}

function Elsewhere({ to, name, text }: { to: string; name: string; text: string }) {
  const { t } = useI18n();
  return (
    <tr>
      <th scope="row">{name}</th>
      <td colSpan={3}>
        <Link to={to}>{t("rooms.indicators.see")}</Link>
      </td>
      <td>{text}</td>
    </tr>
  );
}
