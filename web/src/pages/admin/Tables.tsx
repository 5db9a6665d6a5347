// The decision tables that rule: readable as a table, edited as a new version with a day from which it holds.
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Problem} from "../../api/client";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { DecisionTable, DecisionTableSummary, Page, Text } from "../../api/types";
import { useI18n, type I18n } from "../../i18n";
import { FindingList, KeyFacts, Loading, PageHeader, ProblemAlert } from "../../parts";
import "../ledger/ledger.css";
import "./admin.css";

interface Choice extends Text {
  value: string;
}
interface ColumnSpec extends Text {
  name: string;
  kind: string;
  choices?: Choice[];
}
interface RowSpec {
  id: string;
  priority?: number;
  note?: Text;
  when?: Record<string, unknown>;
  then?: Record<string, unknown>;
}
interface Spec {
  id: string;
  version: string;
  title?: Text;
  basis?: Text;
  notice?: Text;
  effective_from?: string;
  effective_to?: string | null;
  author?: string;
  approved_by?: string | null;
  hit_policy?: string;
  inputs: ColumnSpec[];
  outputs: ColumnSpec[];
  rows: RowSpec[];
}

function specOf(answer: DecisionTable): Spec | null {
  const spec = answer as Partial<Spec>;
  return Array.isArray(spec.inputs) && Array.isArray(spec.rows) && Array.isArray(spec.outputs) ? (spec as Spec) : null;
}

function cellText(cell: unknown, column: ColumnSpec, { lang, t }: I18n): string {
  if (cell === undefined || cell === "any") return "–";
  const named = (value: string) => column.choices?.find((choice) => choice.value === value)?.[lang] ?? value;
  if (typeof cell === "object" && cell !== null) {
    const [kind, value] = Object.entries(cell)[0] ?? [];
    if (kind === "one-of" && Array.isArray(value)) return value.map((each) => named(String(each))).join(lang === "zh" ? "、" : ", ");
    if (kind === "prefix" && Array.isArray(value)) return value.map((each) => `${String(each)}…`).join(", ");
    if (kind === "number") {
      const { min, max } = value as { min?: number | null; max?: number | null };
      return `${min ?? ""}–${max ?? ""}`;
    }
    if (kind === "days") {
      const { from, to } = value as { from?: string | null; to?: string | null };
      return `${from ?? ""}–${to ?? ""}`;
    }
    if (kind === "flag") return t(value ? "state.yes" : "state.no");
  }
  return outputText(cell, t);
}

function outputText(value: unknown, t: I18n["t"]): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return t(value ? "state.yes" : "state.no");
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map((each) => outputText(each, t)).join(", ");
  if (typeof value === "object") {
    const inner = Object.values(value);
    return inner.length === 1 ? outputText(inner[0], t) : JSON.stringify(value);
  }
  return String(value);
}

function TableView({ spec }: { spec: Spec }) {
  const i18n = useI18n();
  const { t, tx, lang, maybe } = i18n;
  return (
    <>
      {spec.notice && <p className="table-notice">{tx(spec.notice)}</p>}
      <KeyFacts
        facts={[
          { label: t("tables.version"), value: spec.version },
          { label: t("tables.from"), value: spec.effective_from },
          { label: t("tables.to"), value: spec.effective_to },
          { label: t("tables.policy"), value: maybe(`tables.policy.${spec.hit_policy ?? ""}`, spec.hit_policy ?? "–") },
          { label: t("tables.author"), value: spec.author },
          { label: t("tables.approved"), value: spec.approved_by },
          { label: t("tables.basis"), value: tx(spec.basis), wide: true },
        ]}
      />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll decision-table" tabIndex={0} role="group" aria-label={tx(spec.title) || spec.id}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("tables.row")}</th>
              {spec.inputs.map((column) => (
                <th key={column.name} scope="col">
                  {column[lang]}
                </th>
              ))}
              {spec.outputs.map((column) => (
                <th key={column.name} scope="col" className="decision-output">
                  {column[lang]}
                </th>
              ))}
              <th scope="col">{t("tables.note")}</th>
            </tr>
          </thead>
          <tbody>
            {spec.rows.map((row) => (
              <tr key={row.id}>
                <th scope="row" className="mono">
                  {row.id}
                </th>
                {spec.inputs.map((column) => (
                  <td key={column.name}>{cellText(row.when?.[column.name], column, i18n)}</td>
                ))}
                {spec.outputs.map((column) => (
                  <td key={column.name} className="decision-output">
                    {outputText(row.then?.[column.name], t)}
                  </td>
                ))}
                <td>{tx(row.note)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Editor({ id, initial, onDone, onClose }: { id: string; initial: unknown; onDone: () => void; onClose: () => void }) {
  const { t } = useI18n();
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2));
  const [broken, setBroken] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const action = useAction((table: unknown) => api.put(url`/admin/tables/${id}`, table), onDone);
  const save = () => {
    setProblem(null);
    try {
      const table: unknown = JSON.parse(text);
      setBroken(null);
      action.mutate(table, { onError: setProblem });
    } catch (error) {
      setBroken(error instanceof Error ? error.message : t("problem.unknown"));
    }
  };
  return (
    <div className="stack">
      <p className="muted">{t("tables.editLead")}</p>
      <Input.TextArea className="table-editor" aria-label={t("tables.edit")} value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 14, maxRows: 32 }} spellCheck={false} />
      {broken && (
        <p role="alert" className="upload-refused">
          {t("tables.broken")} {broken}
        </p>
      )}
      {problem && (problem.findings.length > 0 ? <FindingList findings={problem.findings} /> : <ProblemAlert error={problem} />)}
      <div className="row">
        <Button type="primary" onClick={save} loading={action.isPending}>
          {t("tables.save")}
        </Button>
        <Button onClick={onClose}>{t("action.cancel")}</Button>
      </div>
    </div>
  );
}

export default function Tables() {
  const { t, tx } = useI18n();
  const [search, setSearch] = useSearchParams();
  const [editing, setEditing] = useState(false);
  const list = useGet<Page<DecisionTableSummary> | DecisionTableSummary[]>("/admin/tables");
  const items = Array.isArray(list.data) ? list.data : (list.data?.items ?? []);
  const keyOf = (table: DecisionTableSummary) => `${table.id}@${table.version}`;
  const shown = items.find((table) => keyOf(table) === search.get("id")) ?? items.find((table) => table.in_force) ?? items[0];
  const id = shown ? keyOf(shown) : null;
  const one = useGet<DecisionTable>(id ? url`/admin/tables/${id}` : null);
  const spec = one.data ? specOf(one.data) : null;
  const nameOf = (table: DecisionTableSummary) => tx(table.name) || table.id;
  return (
    <>
      <PageHeader
        title={t("nav.tables")}
        actions={
          <>
            {items.length > 1 && (
              <Select
                aria-label={t("nav.tables")}
                className="insight-terminal"
                popupMatchSelectWidth={false}
                value={id}
                options={items.map((table) => ({ value: keyOf(table), label: `${nameOf(table)} · ${table.version}${table.in_force ? ` · ${t("tables.inForce")}` : ""}` }))}
                onChange={(next: string) => {
                  setEditing(false);
                  setSearch({ id: next });
                }}
              />
            )}
            {one.data && !editing && (
              <Button type="primary" onClick={() => setEditing(true)}>
                {t("tables.edit")}
              </Button>
            )}
          </>
        }
      >
        {t("tables.lead")}
      </PageHeader>
      {(list.error ?? one.error) && <ProblemAlert error={list.error ?? one.error} retry={() => void list.refetch()} />}
      {(list.isPending || (id && one.isPending)) && <Loading />}
      {one.data && id && (
        <section className="panel stack" aria-label={id}>
          <h2>
            {tx(spec?.title) || id} <span className="mono muted">{shown?.id}</span>
          </h2>
          {editing ? (
            <Editor id={shown?.id ?? id} initial={spec ?? one.data} onDone={() => setEditing(false)} onClose={() => setEditing(false)} />
          ) : spec ? (
            <TableView spec={spec} />
          ) : (
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            <pre className="json" tabIndex={0}>{JSON.stringify(one.data, null, 2)}</pre>
          )}
        </section>
      )}
    </>
  );
}
