// The decision in full, for officers: which table and rows, which facts, which number was drawn, and why.
import type { Decision, OfficerDecision } from "../../api/types";
import { Link } from "react-router";
import { url } from "../../api/client";
import { useI18n } from "../../i18n";
import { CopyText, Definition, KeyFacts, When, type Fact } from "../../parts";

export function DecisionFacts({ decision, officer }: { decision: Decision; officer: OfficerDecision }) {
  const { t, tx, number } = useI18n();
  const { draw } = officer;
  const rate = `${number(officer.rate_basis_points / 100, 2)} %`;
  const drawn = (draw: NonNullable<OfficerDecision["draw"]>): Fact[] => [
    {
      label: t("rooms.decision.number"),
      value: (
        <>
          <span className="mono">{draw.number}</span> {draw.selected ? t("rooms.decision.selected") : t("rooms.decision.notSelected")}
        </>
      ),
    },
    { label: t("rooms.decision.day"), value: <Link to={url`/draws/${draw.day}`}>{draw.day}</Link> },
    { label: t("rooms.decision.commitment"), value: <CopyText text={draw.commitment} shown={`${draw.commitment.slice(0, 20)}…`} /> },
    {
      label: t("rooms.decision.mix"),
      value: (
        <>
          <CopyText text={draw.mix_root} shown={`${draw.mix_root.slice(0, 20)}…`} />{" "}
          <span className="muted">{t("rooms.decision.size", { n: number(draw.mix_size) })}</span>
        </>
      ),
    },
  ];
  return (
    <section className="panel" aria-labelledby="decision-title">
      <div className="panel-head">
        <h2 id="decision-title">
          {t("rooms.decision.title")} <Definition of={t("rooms.decision.title")}>{t("rooms.decision.definition")}</Definition>
        </h2>
        <span className="muted">
          <When at={decision.at} style="second" />
        </span>
      </div>
      <ol className="reasons">
        {officer.reasons.map((reason, at) => (
          <li key={at}>{tx(reason)}</li>
        ))}
      </ol>
      <KeyFacts
        facts={[
          {
            label: t("rooms.decision.table"),
            value: (
              <>
                <span className="mono">{officer.table.id}</span> v{officer.table.version}
              </>
            ),
          },
          {
            label: t("rooms.decision.rows"),
            value: officer.rows.map((row) => (
              <span key={row} className="mono decision-row">
                {row}
              </span>
            )),
          },
          {
            label: t("rooms.decision.grade"),
            value: (
              <>
                {t(`rooms.grade.${gradeKey(officer.grade.value)}`)} <span className="muted">({officer.grade.rule_version})</span>
              </>
            ),
          },
          { label: t("rooms.decision.rate"), value: rate },
          ...(draw ? drawn(draw) : []),
        ]}
      />
    </section>
  );
}

const GRADES = ["advanced-certified", "certified", "regular", "dishonest", "seriously-dishonest"] as const;

function gradeKey(value: string): (typeof GRADES)[number] | "unknown" {
  return GRADES.find((grade) => grade === value) ?? "unknown";
}
