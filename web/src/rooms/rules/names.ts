// Names of codes in a rule table, from the code tables that the platform keeps.
import { useMemo } from "react";
import type { Code, RuleTable } from "../../api/types";
import { useI18n } from "../../i18n";
import { useCodes, type TableName } from "../parts/codes";
import type { Names } from "./model";

export interface Register {
  names: Names;
  /** Codes to choose from in a column; empty when it has none. */
  codes: (column: string) => Code[];
}

const TABLES: readonly TableName[] = ["customs-district", "country", "supervision-mode"];

export function useRegister(table: RuleTable | undefined): Register {
  const { lang } = useI18n();
  const wants = (name: TableName) => (table?.facts.some((fact) => fact.codes === name) ? name : null);
  const districts = useCodes(wants("customs-district"), "", "").items;
  const countries = useCodes(wants("country"), "", "").items;
  const modes = useCodes(wants("supervision-mode"), "", "").items;
  const documents = useCodes("edoc-code", "", "").items;
  return useMemo(() => {
    const kept: Record<string, Code[]> = { "customs-district": districts, country: countries, "supervision-mode": modes };
    const codes = (column: string): Code[] => {
      if (column === "documents") return documents;
      const name = table?.facts.find((fact) => fact.name === column)?.codes;
      return name && TABLES.includes(name as TableName) ? (kept[name] ?? []) : [];
    };
    const names: Names = (column, value) => {
      const found = codes(column).find((code) => code.code === value);
      return found ? `${value} ${found.name[lang]}` : null;
    };
    return { names, codes };
  }, [table, lang, districts, countries, modes, documents]);
}
