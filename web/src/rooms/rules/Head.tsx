// What stands above the rules: when they act, which of them counts, on what they rest, and which facts they look at.
import { Button, Input, Select, Tag } from "antd";
import type { RuleTable } from "../../api/types";
import { useI18n } from "../../i18n";
import { POLICIES, removeInput, type InputColumn, type Table } from "./model";

const LENGTH_MAX = 500;

export function Head({ table, facts, onChange }: { table: Table; facts: RuleTable["facts"]; onChange: (table: Table) => void }) {
  const { t, tx, lang } = useI18n();
  const free = facts.filter((fact) => table.inputs.every((column) => column.name !== fact.name));
  const add = (name: string) => {
    const fact = facts.find((each) => each.name === name);
    if (!fact) return;
    const column: InputColumn = { name: fact.name, zh: fact.title.zh, en: fact.title.en, kind: fact.kind as InputColumn["kind"], optional: false };
    onChange({ ...table, inputs: [...table.inputs, column] });
  };
  const words = (label: string, value: { zh: string; en: string } | null | undefined, set: (zh: string, en: string) => void) => (
    <>
      <label>
        {label} · {t("rules.zh")}
        <Input value={value?.zh ?? ""} maxLength={LENGTH_MAX} onChange={(event) => set(event.target.value, value?.en ?? "")} />
      </label>
      <label>
        {label} · {t("rules.en")}
        <Input value={value?.en ?? ""} maxLength={LENGTH_MAX} onChange={(event) => set(value?.zh ?? "", event.target.value)} />
      </label>
    </>
  );
  return (
    <div className="rule-head">
      <label data-pointer="/effective_from">
        {t("rules.effectiveFrom")}
        <Input type="date" value={table.effective_from} onChange={(event) => event.target.value && onChange({ ...table, effective_from: event.target.value })} />
      </label>
      <label data-pointer="/effective_to">
        {t("rules.effectiveTo")}
        <Input type="date" value={table.effective_to ?? ""} onChange={(event) => onChange({ ...table, effective_to: event.target.value || null })} />
      </label>
      <label>
        {t("rules.policy")}
        <Select
          aria-label={t("rules.policy")}
          value={table.hit_policy}
          onChange={(hit_policy: Table["hit_policy"]) => onChange({ ...table, hit_policy })}
          options={POLICIES.map((each) => ({ value: each, label: t(`rules.policy.${each}`) }))}
          popupMatchSelectWidth={false}
        />
      </label>
      {words(t("rules.basis"), table.basis, (zh, en) => onChange({ ...table, basis: { zh, en } }))}
      {words(t("rules.notice"), table.notice, (zh, en) => {
        const notice = zh || en ? { zh, en } : null;
        onChange({ ...table, notice });
      })}
      <div className="rule-wide row">
        <span className="muted">{t("rules.columns")}</span>
        {table.inputs.map((column) => (
          <Tag key={column.name}>
            {column[lang]}{" "}
            <Button type="text" size="small" aria-label={t("rules.removeColumn", { name: column[lang] })} onClick={() => onChange(removeInput(table, column.name))}>
              ×
            </Button>
          </Tag>
        ))}
        {free.length > 0 && (
          <Select
            aria-label={t("rules.addColumn")}
            placeholder={t("rules.addColumn")}
            value={null}
            onChange={(name: string | null) => name && add(name)}
            options={free.map((fact) => ({ value: fact.name, label: tx(fact.title) }))}
            popupMatchSelectWidth={false}
            style={{ minWidth: 160 }}
          />
        )}
      </div>
    </div>
  );
}
