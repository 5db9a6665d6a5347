// The dialog in which one cell is edited: what it may hold depends on its column.
import { Input, InputNumber, Modal, Radio, Select, Switch } from "antd";
import { useState } from "react";
import type { Code } from "../../api/types";
import { useI18n } from "../../i18n";
import type { Cell, InputColumn, OutputColumn, Row, Value } from "./model";
import { isRate } from "./model";

export type Place = { row: number; column: "id" | "priority" | "note" } | { row: number; input: string } | { row: number; output: string };

interface Frame {
  title: string;
  onCancel: () => void;
  onAccept: () => void;
  children: React.ReactNode;
}

function Frame({ title, onCancel, onAccept, children }: Frame) {
  const { t } = useI18n();
  return (
    <Modal open title={title} onCancel={onCancel} onOk={onAccept} okText={t("rules.accept")} cancelText={t("action.cancel")} width={520} destroyOnHidden>
      <form
        className="rule-editor"
        onSubmit={(event) => {
          event.preventDefault();
          onAccept();
        }}
      >
        {children}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Modal>
  );
}

type Mode = "any" | "one-of" | "prefix" | "range" | "flag";

function modeOf(cell: Cell | undefined): Mode {
  if (cell === undefined || cell === "any") return "any";
  if ("one-of" in cell) return "one-of";
  if ("prefix" in cell) return "prefix";
  return "flag" in cell ? "flag" : "range";
}

const MODES: Record<InputColumn["kind"], Mode[]> = { text: ["any", "one-of", "prefix"], number: ["any", "range"], day: ["any", "range"], flag: ["any", "flag"] };
const SEPARATORS = [",", "，", ";", "；", " ", "、"];

interface ConditionProps {
  title: string;
  column: InputColumn;
  cell: Cell | undefined;
  codes: Code[];
  onAccept: (cell: Cell) => void;
  onCancel: () => void;
}

export function ConditionEditor({ title, column, cell, codes, onAccept, onCancel }: ConditionProps) {
  const { t, tx, lang } = useI18n();
  const known = cell !== undefined && cell !== "any" ? cell : null;
  const [mode, setMode] = useState<Mode>(modeOf(cell));
  const [values, setValues] = useState<string[]>(known && "one-of" in known ? known["one-of"] : known && "prefix" in known ? known.prefix : []);
  const [flag, setFlag] = useState(known && "flag" in known ? known.flag : true);
  const [numbers, setNumbers] = useState<[number | null, number | null]>(known && "number" in known ? [known.number.min ?? null, known.number.max ?? null] : [null, null]);
  const [days, setDays] = useState<[string, string]>(known && "days" in known ? [known.days.from ?? "", known.days.to ?? ""] : ["", ""]);
  const modes = MODES[column.kind].filter((each) => each !== "prefix" || !column.choices?.length);
  const names: Record<Mode, string> = { any: t("rules.any"), "one-of": t("rules.oneOf"), prefix: t("rules.prefix"), range: t("rules.range"), flag: t("rules.exactly") };
  const accept = () => {
    if (mode === "any" || ((mode === "one-of" || mode === "prefix") && values.length === 0)) onAccept("any");
    else if (mode === "one-of") onAccept({ "one-of": values });
    else if (mode === "prefix") onAccept({ prefix: values });
    else if (mode === "flag") onAccept({ flag });
    else if (column.kind === "number") onAccept({ number: { min: numbers[0], max: numbers[1] } });
    else onAccept({ days: { from: days[0] || null, to: days[1] || null } });
  };
  const options = column.choices?.length
    ? column.choices.map((choice) => ({ value: choice.value, label: choice[lang] }))
    : codes.map((code) => ({ value: code.code, label: `${code.code} ${tx(code.name)}` }));
  return (
    <Frame title={title} onCancel={onCancel} onAccept={accept}>
      <Radio.Group aria-label={t("rules.condition")} value={mode} onChange={(event) => setMode(event.target.value as Mode)} options={modes.map((each) => ({ value: each, label: names[each] }))} />
      {(mode === "one-of" || mode === "prefix") && (
        <div>
          <Select
            aria-label={t("rules.values")}
            mode={column.choices?.length ? "multiple" : "tags"}
            value={values}
            onChange={(next: string[]) => setValues([...new Set(next.map((each) => each.trim()).filter(Boolean))])}
            options={mode === "one-of" || codes.length > 0 ? options : []}
            optionFilterProp="label"
            tokenSeparators={SEPARATORS}
            style={{ width: "100%" }}
          />
          <p className="muted">{t("rules.values.hint")}</p>
        </div>
      )}
      {mode === "flag" && <Switch aria-label={t("rules.exactly")} checked={flag} onChange={setFlag} checkedChildren={t("state.yes")} unCheckedChildren={t("state.no")} />}
      {mode === "range" && column.kind === "number" && (
        <div className="rule-pair">
          <label>
            {t("rules.min")}
            <InputNumber aria-label={t("rules.min")} precision={0} value={numbers[0]} onChange={(value) => setNumbers([value, numbers[1]])} style={{ width: "100%" }} />
          </label>
          <label>
            {t("rules.max")}
            <InputNumber aria-label={t("rules.max")} precision={0} value={numbers[1]} onChange={(value) => setNumbers([numbers[0], value])} style={{ width: "100%" }} />
          </label>
        </div>
      )}
      {mode === "range" && column.kind === "day" && (
        <div className="rule-pair">
          <label>
            {t("rules.dayFrom")}
            <Input type="date" value={days[0]} onChange={(event) => setDays([event.target.value, days[1]])} />
          </label>
          <label>
            {t("rules.dayTo")}
            <Input type="date" value={days[1]} onChange={(event) => setDays([days[0], event.target.value])} />
          </label>
        </div>
      )}
    </Frame>
  );
}

interface ResultProps {
  title: string;
  column: OutputColumn;
  value: Value | undefined;
  codes: Code[];
  onAccept: (value: Value) => void;
  onCancel: () => void;
}

export function ResultEditor({ title, column, value, codes, onAccept, onCancel }: ResultProps) {
  const { t, tx } = useI18n();
  const rate = isRate(column.name);
  const [number, setNumber] = useState<number | null>(typeof value === "number" ? (rate ? value / 100 : value) : 0);
  const [text, setText] = useState(typeof value === "string" ? value : "");
  const [flag, setFlag] = useState(value === true);
  const [list, setList] = useState<string[]>(Array.isArray(value) ? value : []);
  const accept = () => {
    if (column.kind === "number") onAccept(Math.round((number ?? 0) * (rate ? 100 : 1)));
    else if (column.kind === "flag") onAccept(flag);
    else if (column.kind === "list") onAccept(list);
    else onAccept(text);
  };
  return (
    <Frame title={title} onCancel={onCancel} onAccept={accept}>
      {column.kind === "number" && (
        <label>
          {rate ? t("rules.percent") : tx(column)}
          <InputNumber
            aria-label={rate ? t("rules.percent") : tx(column)}
            value={number}
            precision={rate ? 2 : 0}
            {...(rate ? { min: 0, max: 100 } : {})}
            onChange={setNumber}
            style={{ width: "100%" }}
          />
        </label>
      )}
      {column.kind === "text" && <Input.TextArea aria-label={tx(column)} value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={1000} />}
      {column.kind === "flag" && <Switch aria-label={tx(column)} checked={flag} onChange={setFlag} checkedChildren={t("state.yes")} unCheckedChildren={t("state.no")} />}
      {column.kind === "list" && (
        <Select
          aria-label={tx(column)}
          mode="tags"
          value={list}
          onChange={setList}
          options={codes.map((code) => ({ value: code.code, label: `${code.code} ${tx(code.name)}` }))}
          optionFilterProp="label"
          tokenSeparators={SEPARATORS}
          style={{ width: "100%" }}
        />
      )}
    </Frame>
  );
}

/** Number, priority and note of a rule. */
export function RowEditor({ title, row, onAccept, onCancel }: { title: string; row: Row; onAccept: (row: Row) => void; onCancel: () => void }) {
  const { t } = useI18n();
  const [id, setId] = useState(row.id);
  const [priority, setPriority] = useState<number | null>(row.priority);
  const [zh, setZh] = useState(row.note.zh);
  const [en, setEn] = useState(row.note.en);
  return (
    <Frame title={title} onCancel={onCancel} onAccept={() => onAccept({ ...row, id: id.trim(), priority: priority ?? 0, note: { zh, en } })}>
      <label>
        {t("rules.rule")}
        <Input value={id} maxLength={64} onChange={(event) => setId(event.target.value)} />
      </label>
      <label>
        {t("rules.priority")}
        <InputNumber aria-label={t("rules.priority")} precision={0} min={0} max={1_000_000} value={priority} onChange={setPriority} />
      </label>
      <label>
        {t("rules.note")} · {t("rules.zh")}
        <Input.TextArea value={zh} maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => setZh(event.target.value)} />
      </label>
      <label>
        {t("rules.note")} · {t("rules.en")}
        <Input.TextArea value={en} maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => setEn(event.target.value)} />
      </label>
    </Frame>
  );
}
