// The rule tables of the port with their versions; a new version begins here.
import { useNavigate, useSearchParams } from "react-router";
import { Link } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Page, RuleTable, RuleVersion, RuleVersionText } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import "./rules.css";

const TONES: Record<string, "calm" | "done" | "wait"> = { draft: "calm", submitted: "wait", released: "done", withdrawn: "calm" };

export function StageTag({ version }: { version: RuleVersion }) {
  const superseded = version.stage === "released" && !version.in_force;
  return <StatusTag status={version.stage} tone={superseded ? "calm" : (TONES[version.stage] ?? "calm")} text={version.stage_text} />;
}

export default function Rules() {
  const { t } = useI18n();
  const [search] = useSearchParams();
  const list = useGet<Page<RuleTable>>("/rule-tables");
  const items = list.data?.items ?? [];
  const wanted = search.get("table");
  return (
    <>
      <PageHeader title={t("rules.title")}>{t("rules.lead")}</PageHeader>
      {list.error && <ProblemAlert error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data && items.length === 0 && <p className="muted">{t("rules.none")}</p>}
      {items
        .filter((table) => !wanted || table.id === wanted)
        .map((table) => (
          <TablePanel key={table.id} table={table} />
        ))}
    </>
  );
}

function TablePanel({ table }: { table: RuleTable }) {
  const { t, tx, lang } = useI18n();
  const navigate = useNavigate();
  const path = (number: number) => url`/rules/${table.id}/versions/${number}`;
  const base = table.in_force ?? table.versions[0]?.number ?? 1;
  return (
    <section className="panel stack" aria-label={tx(table.title)}>
      <div className="panel-head">
        <h2>
          {tx(table.title)} <span className="mono muted">{table.id}</span>
        </h2>
        {allows(table.actions, "rule-table.draft") && (
          <ActionButton
            type="primary"
            success={t("rules.drafted")}
            run={() => api.post<RuleVersionText>(url`/rule-tables/${table.id}/versions`, { based_on: base })}
            onDone={(made) => void navigate(path(made.version.number))}
          >
            {t("rules.draft")}
          </ActionButton>
        )}
      </div>
      <KeyFacts
        facts={[
          { label: t("rules.stage"), value: tx(table.status_text) },
          { label: t("rules.authority"), value: table.authority },
          { label: t("rules.tab.rules"), value: table.facts.map((fact) => fact.title[lang]).join(t("rooms.listComma")), wide: true },
        ]}
      />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t("rules.history")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rules.versionColumn")}</th>
              <th scope="col">{t("rules.stage")}</th>
              <th scope="col">{t("rules.period")}</th>
              <th scope="col">{t("rules.writers")}</th>
              <th scope="col">{t("rules.signer")}</th>
              <th scope="col">{t("rules.signedAt")}</th>
              <th scope="col" className="right">
                {t("rules.rowsCount")}
              </th>
            </tr>
          </thead>
          <tbody>
            {table.versions.map((version) => (
              <tr key={version.number}>
                <th scope="row">
                  <Link to={path(version.number)}>{t("rules.version", { n: version.number })}</Link>
                </th>
                <td>
                  <StageTag version={version} />
                </td>
                <td>
                  {version.effective_to
                    ? t("rules.fromTo", { from: version.effective_from, to: version.effective_to })
                    : t("rules.from", { day: version.effective_from })}
                </td>
                <td>{version.writers.map((writer) => tx(writer.name)).join(t("rooms.listComma")) || "–"}</td>
                <td>{version.released?.by ? tx(version.released.by.name) : tx(version.released?.origin) || "–"}</td>
                <td>{version.released ? <When at={version.released.at} /> : "–"}</td>
                <td className="right">{version.rows}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
