// What a version changes in another, in words.
import { Select } from "antd";
import { useState } from "react";
import { useGet } from "../../api/query";
import type { Page, RuleDifference, RuleTable, RuleVersion } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ProblemAlert } from "../../parts";

export function Changes({ table, version, path, chooses = true }: { table: RuleTable; version: RuleVersion; path: string; chooses?: boolean }) {
  const { t, tx } = useI18n();
  const [picked, setFrom] = useState<number | null>(null);
  // Whoever countersigns sees what the version changes in what is in force, whatever draft it was copied from.
  const from = picked ?? (chooses ? version.based_on : (table.in_force ?? version.based_on));
  const found = useGet<Page<RuleDifference>>(`${path}/difference`, { from });
  return (
    <section className="panel stack" aria-label={t("rules.tab.difference")}>
      {!chooses && from !== null && from !== undefined && <p className="muted">{`${t("rules.compareWith")} ${t("rules.version", { n: from })}`}</p>}
      {chooses && (
        <div className="row">
          <span>{t("rules.compareWith")}</span>
          <Select
            aria-label={t("rules.compareWith")}
            value={from ?? version.number}
            onChange={(next: number) => setFrom(next)}
            popupMatchSelectWidth={false}
            options={table.versions.map((each) => ({ value: each.number, label: `${t("rules.version", { n: each.number })} · ${tx(each.stage_text)}` }))}
          />
        </div>
      )}
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading rows={3} />}
      {found.data && found.data.items.length === 0 && <p className="muted">{t("rules.same")}</p>}
      {found.data && found.data.items.length > 0 && (
        <ul className="rule-diff">
          {found.data.items.map((each, at) => (
            <li key={`${each.pointer} ${at}`} className={`rule-diff-${each.kind}`}>
              <strong>{t(`rules.diff.${each.kind}`)}</strong>
              <span>{tx(each.text)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
