// A decision table as its officer edits it: what its cells say in words, and every change as a new table.
import type { Text } from "../../api/types";
import type { I18n } from "../../i18n";

export interface Choice extends Text {
  value: string;
}
export type InputKind = "text" | "number" | "day" | "flag";
export type OutputKind = "text" | "number" | "flag" | "list";
export interface InputColumn extends Text {
  name: string;
  kind: InputKind;
  optional?: boolean;
  choices?: Choice[];
}
export interface OutputColumn extends Text {
  name: string;
  kind: OutputKind;
  optional?: boolean;
  combine?: string;
}
export type Cell =
  | "any"
  | { "one-of": string[] }
  | { prefix: string[] }
  | { number: { min?: number | null; max?: number | null } }
  | { days: { from?: string | null; to?: string | null } }
  | { flag: boolean };
export type Value = string | number | boolean | string[];
export interface Row {
  id: string;
  priority: number;
  note: Text;
  when: Record<string, Cell>;
  then: Record<string, Value>;
}
export interface Table {
  id: string;
  version: string;
  title: Text;
  basis: Text;
  notice?: Text | null;
  effective_from: string;
  effective_to?: string | null;
  author: string;
  hit_policy: "unique" | "first" | "any" | "priority" | "collect";
  inputs: InputColumn[];
  outputs: OutputColumn[];
  rows: Row[];
}

export const POLICIES = ["unique", "first", "any", "priority", "collect"] as const;

/** The server promises a table; anything else would show as an empty one. */
export function tableOf(document: unknown): Table {
  return document as Table;
}

/** A column whose numbers are ten-thousandths: shown with the percentage that people mean. */
export function isRate(name: string): boolean {
  return name.endsWith("_bp");
}

/** The names that codes of a column have, besides its own choices. */
export type Names = (column: string, value: string) => string | null;

export function cellText(cell: Cell | undefined, column: InputColumn, { lang, t }: Pick<I18n, "lang" | "t">, names: Names): string {
  if (cell === undefined || cell === "any") return t("rules.any");
  const comma = t("rooms.listComma");
  const named = (value: string) => {
    const known = column.choices?.find((choice) => choice.value === value)?.[lang] ?? names(column.name, value);
    return known ?? value;
  };
  if ("one-of" in cell) return cell["one-of"].map(named).join(comma);
  if ("prefix" in cell) return cell.prefix.map((value) => `${value}…`).join(comma);
  if ("flag" in cell) return t(cell.flag ? "state.yes" : "state.no");
  const [from, to] = "number" in cell ? [cell.number.min, cell.number.max] : [cell.days.from, cell.days.to];
  const has = (end: unknown) => end !== null && end !== undefined;
  if (has(from) && has(to)) return from === to ? String(from) : `${from} – ${to}`;
  if (has(from)) return `≥ ${from}`;
  if (has(to)) return `≤ ${to}`;
  return t("rules.known");
}

export function valueText(value: Value | undefined, column: OutputColumn, { t, number }: Pick<I18n, "t" | "number">, names: Names): string {
  if (value === undefined) return "–";
  if (typeof value === "boolean") return t(value ? "state.yes" : "state.no");
  if (typeof value === "number") return isRate(column.name) ? `${number(value / 100, value % 100 === 0 ? 0 : 2)} %` : number(value);
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map((each) => names(column.name, each) ?? each).join(t("rooms.listComma"));
  return value;
}

/** An id that no row has yet. */
function freshId(rows: Row[], base: string): string {
  const taken = new Set(rows.map((row) => row.id));
  const stem = base.replace(/-\d+$/, "");
  for (let n = 2; ; n += 1) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
}

export function addRow(table: Table, at: number): Table {
  const then: Record<string, Value> = {};
  for (const column of table.outputs) {
    if (column.optional) continue;
    then[column.name] = column.kind === "number" ? 0 : column.kind === "flag" ? false : column.kind === "list" ? [] : "";
  }
  const row: Row = { id: freshId(table.rows, "rule-1"), priority: 0, note: { zh: "", en: "" }, when: {}, then };
  return { ...table, rows: [...table.rows.slice(0, at), row, ...table.rows.slice(at)] };
}

export function copyRow(table: Table, at: number): Table {
  const row = table.rows[at];
  if (!row) return table;
  const copy = { ...structuredClone(row), id: freshId(table.rows, row.id) };
  return { ...table, rows: [...table.rows.slice(0, at + 1), copy, ...table.rows.slice(at + 1)] };
}

export function removeRow(table: Table, at: number): Table {
  return { ...table, rows: table.rows.filter((_, index) => index !== at) };
}

export function moveRow(table: Table, from: number, to: number): Table {
  const rows = [...table.rows];
  const [row] = rows.splice(from, 1);
  if (!row || to < 0 || to > rows.length) return table;
  rows.splice(to, 0, row);
  return { ...table, rows };
}

export function changeRow(table: Table, at: number, change: (row: Row) => Row): Table {
  return { ...table, rows: table.rows.map((row, index) => (index === at ? change(row) : row)) };
}

export function removeInput(table: Table, name: string): Table {
  const rows = table.rows.map((row) => ({ ...row, when: Object.fromEntries(Object.entries(row.when).filter(([key]) => key !== name)) }));
  return { ...table, inputs: table.inputs.filter((column) => column.name !== name), rows };
}
