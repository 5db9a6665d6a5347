// What credit and movements said of the subject of a clue when somebody looked, with links to what said it.
import type { Clue, ClueFact } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, When } from "../../parts";
import { FACT_SOURCES, type FactSource } from "./codes";

export function Readings({ of }: { of: Clue }) {
  const { t, tx } = useI18n();
  const source = (code: string) => (FACT_SOURCES.some((known) => known === code) ? t(`rooms.clues.fact.${code as FactSource}`) : code);
  if (of.readings.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="facts">
      <h2 id="facts">{t("rooms.clues.factsTitle")}</h2>
      <p className="muted">{t("rooms.clues.factsLead")}</p>
      {[...of.readings].reverse().map((reading) => (
        <div className="worklist" key={reading.at}>
          <p>
            <When at={reading.at} /> {tx(reading.by.name)} · {t(`rooms.clues.purpose.${reading.purpose}`)}
          </p>
          {reading.withheld.length > 0 && (
            <p className="muted">{t("rooms.clues.withheld", { list: reading.withheld.map(source).join(t("rooms.listComma")) })}</p>
          )}
          {reading.more && <p className="muted">{t("rooms.clues.more")}</p>}
          {reading.facts.length === 0 ? (
            <p className="muted">{of.end?.destroyed ? t("rooms.clues.destroyed") : t("rooms.clues.factsNone")}</p>
          ) : (
            <div className="worklist-scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("rooms.clues.fact.what")}</th>
                    <th scope="col">{t("rooms.clues.fact.object")}</th>
                    <th scope="col">{t("rooms.clues.fact.said")}</th>
                    <th scope="col">{t("rooms.clues.fact.at")}</th>
                  </tr>
                </thead>
                <tbody>
                  {reading.facts.map((fact) => (
                    <tr key={`${fact.type} ${fact.id}`}>
                      <td data-label={t("rooms.clues.fact.what")}>{source(fact.source)}</td>
                      <td data-label={t("rooms.clues.fact.object")}>
                        {fact.source === "credit" ? (
                          <span className="mono">{fact.id}</span>
                        ) : (
                          <ObjectLink type={fact.type} id={fact.id}>
                            {fact.name ?? fact.id}
                          </ObjectLink>
                        )}
                      </td>
                      <td data-label={t("rooms.clues.fact.said")}>
                        <Said fact={fact} />
                      </td>
                      <td data-label={t("rooms.clues.fact.at")}>
                        <When at={fact.since ?? fact.at} style="short" />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </div>
      ))}
    </section>
  );
}

function Said({ fact }: { fact: ClueFact }) {
  const { t, tx } = useI18n();
  if (fact.source === "credit") {
    const grade = fact.grade_text ? t("rooms.clues.gradeSince", { grade: tx(fact.grade_text), rule: fact.rule_version ?? "" }) : t("rooms.clues.noGrade");
    return (
      <>
        {fact.name} · {grade}
      </>
    );
  }
  return (
    <>
      {tx(fact.status)} <span className="mono">{fact.number}</span>
    </>
  );
}
