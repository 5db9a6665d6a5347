// One field of the declaration, drawn from its description.
import { Input, Select, Switch } from "antd";
import type { Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { usccFault } from "../checkdigits";
import { CodePicker } from "../parts/CodePicker";
import { controlStatus, Field } from "../parts/Field";
import { textAt } from "../parts/pointer";
import type { FieldSpec } from "./fields";

interface Props {
  spec: FieldSpec;
  /** What the pointer is relative to: empty for the header, `/goods/0` for an item. */
  base: string;
  form: unknown;
  findings: readonly Finding[];
  set: (pointer: string, value: unknown) => void;
}

export function FieldInput({ spec, base, form, findings, set }: Props) {
  const i18n = useI18n();
  const { t } = i18n;
  const label = i18n.lang === "zh" ? spec.zh : spec.en;
  const pointer = `${base}/${spec.name}`;
  const value = textAt(form, pointer);
  const own = findings.filter((finding) => finding.pointer === pointer);
  const status = controlStatus(own);
  let fault: string | null = null;
  if (spec.kind === "uscc" && value.length >= 18) {
    const wrong = usccFault(value);
    if (wrong) fault = wrong.kind === "form" ? t("rooms.fault.usccForm") : t("rooms.fault.checkDigit", { expected: wrong.expected });
  }
  const change = (next: string) => set(pointer, next);
  const style = spec.span ? { gridColumn: `span ${String(spec.span / 6)}` } : undefined;
  return (
    <div className="field-cell" style={style}>
      <Field label={label} official={spec.official} pointer={pointer} required={spec.required} findings={own} fault={own.length === 0 ? fault : null}>
        <Control spec={spec} label={label} value={value} change={change} status={fault ? "error" : status} />
      </Field>
    </div>
  );
}

interface ControlProps {
  spec: FieldSpec;
  label: string;
  value: string;
  change: (next: string) => void;
  status?: "error" | "warning";
}

function Control({ spec, label, value, change, status }: ControlProps) {
  const { lang } = useI18n();
  if (spec.table) return <CodePicker table={spec.table} label={label} value={value} onChange={change} status={status} />;
  if (spec.choices) {
    return (
      <Select
        aria-label={label}
        value={value || undefined}
        allowClear={!spec.required}
        status={status}
        onChange={(next: string | undefined) => change(next ?? "")}
        options={spec.choices.map((choice) => ({ value: choice.code, label: lang === "zh" ? choice.zh : choice.en }))}
      />
    );
  }
  switch (spec.kind) {
    case "flag":
      return <Switch aria-label={label} checked={value === "1"} onChange={(on) => change(on ? "1" : "0")} className="field-switch" />;
    case "long":
      return (
        <Input.TextArea
          aria-label={label}
          value={value}
          maxLength={spec.max}
          status={status}
          autoSize={{ minRows: 2, maxRows: 6 }}
          onChange={(event) => change(event.target.value)}
        />
      );
    case "readonly":
      return <Input aria-label={label} value={value} readOnly className="mono" />;
    case "decimal":
      return (
        <Input
          aria-label={label}
          value={value}
          maxLength={spec.max}
          status={status}
          inputMode="decimal"
          className="figure-input"
          onChange={(event) => change(event.target.value.trim())}
        />
      );
    case "uscc":
      return (
        <Input
          aria-label={label}
          value={value}
          maxLength={spec.max}
          status={status}
          className="mono"
          onChange={(event) => change(event.target.value.trim().toUpperCase())}
        />
      );
    case "text":
    case undefined:
      return <Input aria-label={label} value={value} maxLength={spec.max} status={status} onChange={(event) => change(event.target.value)} />;
  }
}
