// Credit grades in words.
import type { I18n } from "../../i18n";

export const GRADES = ["seriously-dishonest", "dishonest", "regular", "certified", "advanced-certified"] as const;
type Grade = (typeof GRADES)[number];

/** A grade in words; an unknown code names itself. */
export function gradeName(code: string, t: I18n["t"]): string {
  return GRADES.some((known) => known === code) ? t(`rooms.site.grade.${code as Grade}`) : code;
}
