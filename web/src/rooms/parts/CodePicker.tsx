// Choosing a code by typing the code or a part of its name. What is not in the table can still be kept, since a draft keeps
// anything; the check says whether it is right.
import { Select } from "antd";
import { useState } from "react";
import { useI18n } from "../../i18n";
import { useCodes, type TableName } from "./codes";

interface Props {
  table: TableName;
  value: string;
  onChange: (code: string) => void;
  label: string;
  status?: "error" | "warning";
  disabled?: boolean;
  id?: string;
}

export function CodePicker({ table, value, onChange, label, status, disabled, id }: Props) {
  const { t, tx } = useI18n();
  const [typed, setTyped] = useState("");
  const { items, loading, chosen } = useCodes(table, typed.trim(), value);
  const options = items.map((item) => ({ value: item.code, label: `${item.code} ${tx(item.name)}` }));
  if (value && !typed && !options.some((option) => option.value === value)) {
    options.unshift({ value, label: chosen ? `${value} ${tx(chosen.name)}` : value });
  }
  const own = typed.trim().toUpperCase();
  if (own && !loading && items.length === 0) options.push({ value: own, label: t("rooms.code.keep", { code: own }) });
  return (
    <Select
      id={id}
      className="code-picker"
      aria-label={label}
      value={value || undefined}
      placeholder={t("rooms.code.choose")}
      options={options}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      disabled={disabled}
      status={status}
      loading={loading && typed !== ""}
      popupMatchSelectWidth={280}
      notFoundContent={loading ? t("state.loading") : t("rooms.code.none")}
      onChange={(next: string | undefined) => {
        onChange(next ?? "");
        setTyped("");
      }}
      onOpenChange={(open) => {
        if (!open) setTyped("");
      }}
    />
  );
}

/** A code with its name, for reading. */
export function CodeName({ table, code }: { table: TableName; code: string }) {
  const { tx } = useI18n();
  const { chosen } = useCodes(code ? table : null, "", code);
  if (!code) return <span className="none">–</span>;
  return (
    <span>
      <span className="mono">{code}</span> {tx(chosen?.name)}
    </span>
  );
}
