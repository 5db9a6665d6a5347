// The rules as a grid: read by everybody, edited by officers with mouse, keyboard or finger.
import { Button } from "antd";
import { useRef, useState, type KeyboardEvent } from "react";
import type { Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { ConditionEditor, ResultEditor, RowEditor, type Place } from "./CellEditor";
import { addRow, cellText, changeRow, copyRow, moveRow, removeRow, valueText, type Table } from "./model";
import type { Register } from "./names";

interface Props {
  table: Table;
  findings: Finding[];
  register: Register;
  /** Missing: read only. */
  onChange?: ((table: Table) => void) | undefined;
  onUndo?: (() => void) | undefined;
  onRedo?: (() => void) | undefined;
}

/** RFC 6901. */
const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

export function Grid({ table, findings, register, onChange, onUndo, onRedo }: Props) {
  const i18n = useI18n();
  const { t, tx, lang } = i18n;
  const [at, setAt] = useState({ row: 0, column: 0 });
  const [open, setOpen] = useState<Place | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const prioritised = table.hit_policy === "priority";
  const places: ((row: number) => Place)[] = [
    (row) => ({ row, column: "id" }),
    ...table.inputs.map((column) => (row: number): Place => ({ row, input: column.name })),
    ...table.outputs.map((column) => (row: number): Place => ({ row, output: column.name })),
    ...(prioritised ? [(row: number): Place => ({ row, column: "priority" })] : []),
    (row) => ({ row, column: "note" }),
  ];
  const chosen = { row: Math.min(at.row, Math.max(0, table.rows.length - 1)), column: Math.min(at.column, places.length - 1) };

  const focus = (row: number, column: number) => {
    const next = { row: Math.max(0, Math.min(row, table.rows.length - 1)), column: Math.max(0, Math.min(column, places.length - 1)) };
    setAt(next);
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-at="${next.row}.${next.column}"]`)?.focus());
  };
  const change = (next: Table, row = chosen.row, column = chosen.column) => {
    onChange?.(next);
    focusSoon(row, column);
  };
  const focusSoon = (row: number, column: number) => {
    setAt({ row: Math.max(0, row), column });
    requestAnimationFrame(() => requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-at="${Math.max(0, row)}.${column}"]`)?.focus()));
  };
  const close = () => {
    setOpen(null);
    focusSoon(chosen.row, chosen.column);
  };
  const move = (by: number) => {
    const to = chosen.row + by;
    if (to >= 0 && to < table.rows.length) change(moveRow(table, chosen.row, to), to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = chosen;
    const held = event.ctrlKey || event.metaKey;
    const step: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const by = step[event.key];
    if (by && event.altKey && onChange && by[0] !== 0) move(by[0]);
    else if (by && !held) focus(row + by[0], column + by[1]);
    else if (event.key === "Home") focus(row, 0);
    else if (event.key === "End") focus(row, places.length - 1);
    else if (!onChange) return;
    else if (held && event.key === "z" && !event.shiftKey) onUndo?.();
    else if (held && (event.key === "y" || (event.key === "Z" && event.shiftKey))) onRedo?.();
    else if (held && event.key === "d") change(copyRow(table, row), row + 1);
    else if (held && event.key === "Delete") change(removeRow(table, row), Math.min(row, table.rows.length - 2));
    else if (event.key === "Delete") {
      const place = places[column]?.(row);
      if (place && "input" in place) change(changeRow(table, row, (each) => ({ ...each, when: Object.fromEntries(Object.entries(each.when).filter(([name]) => name !== place.input)) })));
    } else return;
    event.preventDefault();
  };
  const marks = (pointer: string) => {
    const found = findings.filter((finding) => finding.pointer === pointer);
    const worst = found.some((finding) => finding.severity === "error") ? "rule-error" : found.some((finding) => finding.severity === "warning") ? "rule-warning" : "";
    return { worst, title: found.map((finding) => tx(finding.message)).join("\n") };
  };

  const cell = (row: number, column: number, pointer: string, text: string, label: string, quiet = false) => {
    const { worst, title } = marks(pointer);
    const className = ["rule-cell", worst, quiet ? "rule-any" : ""].join(" ").trim();
    if (!onChange) {
      return (
        <span className={className} data-pointer={pointer} title={title || undefined}>
          {text}
        </span>
      );
    }
    return (
      <button
        type="button"
        className={className}
        data-pointer={pointer}
        data-at={`${row}.${column}`}
        title={title || undefined}
        aria-label={`${t("rules.cell", { n: row + 1, column: label })}: ${text}${worst ? `, ${t("rules.faulty")}` : ""}`}
        tabIndex={chosen.row === row && chosen.column === column ? 0 : -1}
        onFocus={() => setAt({ row, column })}
        onClick={() => setOpen(places[column]?.(row) ?? null)}
      >
        {text || "–"}
      </button>
    );
  };

  return (
    <div className="stack">
      {onChange && (
        <div className="rule-tools" role="toolbar" aria-label={t("rules.row.tools")}>
          <Button size="small" onClick={() => change(addRow(table, table.rows.length === 0 ? 0 : chosen.row + 1), table.rows.length === 0 ? 0 : chosen.row + 1, 0)}>
            {t("rules.row.add")}
          </Button>
          <Button size="small" disabled={table.rows.length === 0} onClick={() => change(copyRow(table, chosen.row), chosen.row + 1)}>
            {t("rules.row.copy")}
          </Button>
          <Button size="small" disabled={chosen.row === 0} onClick={() => move(-1)}>
            {t("rules.row.up")}
          </Button>
          <Button size="small" disabled={chosen.row >= table.rows.length - 1} onClick={() => move(1)}>
            {t("rules.row.down")}
          </Button>
          <Button size="small" danger disabled={table.rows.length === 0} onClick={() => change(removeRow(table, chosen.row), Math.min(chosen.row, table.rows.length - 2))}>
            {t("rules.row.remove")}
          </Button>
          <Button size="small" disabled={!onUndo} onClick={onUndo}>
            {t("rules.undo")}
          </Button>
          <Button size="small" disabled={!onRedo} onClick={onRedo}>
            {t("rules.redo")}
          </Button>
          <span className="muted">{t("rules.keys")}</span>
        </div>
      )}
      {/* The grid scrolls inside its frame, which must be reachable by keyboard when it has no cell to focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div className="rule-grid" {...(onChange ? {} : { tabIndex: 0 })} role="group" aria-label={tx(table.title)} onKeyDown={onKeyDown}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rules.line")}</th>
              <th scope="col">{t("rules.rule")}</th>
              {table.inputs.map((column, index) => (
                <th key={column.name} scope="col" data-pointer={`/inputs/${index}`}>
                  {column[lang]}
                </th>
              ))}
              {table.outputs.map((column, index) => (
                <th key={column.name} scope="col" className="rule-output" data-pointer={`/outputs/${index}`}>
                  {column[lang]}
                </th>
              ))}
              {prioritised && <th scope="col">{t("rules.priority")}</th>}
              <th scope="col">{t("rules.note")}</th>
            </tr>
          </thead>
          <tbody ref={body}>
            {table.rows.map((row, index) => {
              const first = table.inputs.length + 1;
              const after = first + table.outputs.length;
              return (
                <tr key={`${row.id} ${index}`} className={onChange && chosen.row === index ? "rule-chosen" : undefined} data-pointer={`/rows/${index}`}>
                  <th scope="row">
                    {index + 1}
                    {marks(`/rows/${index}`).worst && (
                      <span className="rule-mark" title={marks(`/rows/${index}`).title}>
                        {" "}
                        !
                      </span>
                    )}
                  </th>
                  <td>{cell(index, 0, `/rows/${index}/id`, row.id, t("rules.rule"))}</td>
                  {table.inputs.map((column, place) => (
                    <td key={column.name}>
                      {cell(index, place + 1, `/rows/${index}/when/${escaped(column.name)}`, cellText(row.when[column.name], column, i18n, register.names), column[lang], (row.when[column.name] ?? "any") === "any")}
                    </td>
                  ))}
                  {table.outputs.map((column, place) => (
                    <td key={column.name} className="rule-output">
                      {cell(index, first + place, `/rows/${index}/then/${escaped(column.name)}`, valueText(row.then[column.name], column, i18n, register.names), column[lang])}
                    </td>
                  ))}
                  {prioritised && <td>{cell(index, after, `/rows/${index}/priority`, String(row.priority), t("rules.priority"))}</td>}
                  <td>{cell(index, prioritised ? after + 1 : after, `/rows/${index}/note`, tx(row.note), t("rules.note"))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {open && onChange && <Editor place={open} table={table} register={register} onClose={close} onChange={onChange} />}
    </div>
  );
}

function Editor({ place, table, register, onClose, onChange }: { place: Place; table: Table; register: Register; onClose: () => void; onChange: (table: Table) => void }) {
  const { t, lang } = useI18n();
  const row = table.rows[place.row];
  if (!row) return null;
  const title = (column: string) => t("rules.cell", { n: place.row + 1, column });
  const accept = (next: Table) => {
    onChange(next);
    onClose();
  };
  if ("input" in place) {
    const column = table.inputs.find((each) => each.name === place.input);
    if (!column) return null;
    return (
      <ConditionEditor
        title={title(column[lang])}
        column={column}
        cell={row.when[column.name]}
        codes={register.codes(column.name)}
        onCancel={onClose}
        onAccept={(cell) =>
          accept(
            changeRow(table, place.row, (each) => {
              const rest = Object.fromEntries(Object.entries(each.when).filter(([name]) => name !== column.name));
              return { ...each, when: cell === "any" ? rest : { ...rest, [column.name]: cell } };
            }),
          )
        }
      />
    );
  }
  if ("output" in place) {
    const column = table.outputs.find((each) => each.name === place.output);
    if (!column) return null;
    return (
      <ResultEditor
        title={title(column[lang])}
        column={column}
        value={row.then[column.name]}
        codes={register.codes(column.name)}
        onCancel={onClose}
        onAccept={(value) => accept(changeRow(table, place.row, (each) => ({ ...each, then: { ...each.then, [column.name]: value } })))}
      />
    );
  }
  return <RowEditor title={title(t("rules.rule"))} row={row} onCancel={onClose} onAccept={(next) => accept(changeRow(table, place.row, () => next))} />;
}
