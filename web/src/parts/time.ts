// Reading of instants in the port's zone, whatever the zone of the reader.
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { useMeta, useSession } from "../api/session";
import type { Instant } from "../api/types";
import { useI18n } from "../i18n";

const FALLBACK_ZONE = "Asia/Shanghai";

export function usePortZone(): string {
  const session = useSession();
  const meta = useMeta();
  return session?.port.zone ?? meta?.port.zone ?? FALLBACK_ZONE;
}

/** The present instant, renewed every `everyMs`. */
export function useNow(everyMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

// One timer for all the instants on a page.
const TICK_MS = 30_000;
let tick = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    tick = new Date();
    for (const each of watchers) each();
  }, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present instant, true to half a minute. */
export function useMinute(): Date {
  return useSyncExternalStore(watch, () => tick);
}

export type TimeStyle = "minute" | "second" | "day" | "clock" | "short";

const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  minute: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  second: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  day: { year: "numeric", month: "2-digit", day: "2-digit" },
  short: { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit" },
};

/** 2026-11-22 08:05 in `zone`: the order of ISO 8601 in both languages, since mixed orders are misread. */
export function formatInstant(at: Instant | Date, zone: string, style: TimeStyle = "minute"): string {
  const date = typeof at === "string" ? new Date(at) : at;
  if (Number.isNaN(date.getTime())) return String(at);
  const parts = new Intl.DateTimeFormat("en-GB", { ...STYLES[style], timeZone: zone, hourCycle: "h23" }).formatToParts(date);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const day = of("year") ? `${of("year")}-${of("month")}-${of("day")}` : of("month") ? `${of("month")}-${of("day")}` : "";
  const clock = of("hour") ? `${of("hour")}:${of("minute")}${of("second") ? `:${of("second")}` : ""}` : "";
  return [day, clock].filter(Boolean).join(" ");
}

/** The day of an instant in `zone`, as YYYY-MM-DD. */
export function dayIn(at: Date, zone: string): string {
  return formatInstant(at, zone, "day");
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3 hours ago", "in 2 days". */
export function useRelative(): (at: Instant, now: Date) => string {
  const { lang } = useI18n();
  return useCallback(
    (at, now) => {
      const format = new Intl.RelativeTimeFormat(lang === "zh" ? "zh-CN" : "en", { numeric: "auto", style: "short" });
      const distance = new Date(at).getTime() - now.getTime();
      const size = Math.abs(distance);
      if (size < HOUR) return format.format(Math.round(distance / MINUTE), "minute");
      if (size < 2 * DAY) return format.format(Math.round(distance / HOUR), "hour");
      return format.format(Math.round(distance / DAY), "day");
    },
    [lang],
  );
}
