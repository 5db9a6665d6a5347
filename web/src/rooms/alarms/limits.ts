// Limits in hours, read and shown.
import type { useI18n } from "../../i18n";

type T = ReturnType<typeof useI18n>["t"];

/** A limit as people say it: whole days from three days on. */
export function limitText(hours: number, t: T): string {
  if (hours === 0) return t("rooms.alarms.atOnce");
  return hours >= 72 && hours % 24 === 0 ? t("rooms.alarms.days", { n: hours / 24 }) : t("rooms.alarms.hours", { n: hours });
}

/** Limits typed by a person; null when they are not 1 to `most` ascending whole numbers up to `longest`. */
export function readLimits(text: string, most: number, longest: number): number[] | null {
  const parts = text.trim().split(/[\s,，、]+/).filter((part) => part !== "");
  if (parts.length === 0 || parts.length > most || parts.some((part) => !/^\d{1,6}$/.test(part))) return null;
  const hours = parts.map(Number);
  return hours.every((value, at) => value <= longest && (at === 0 || value > (hours[at - 1] ?? 0))) ? hours : null;
}
