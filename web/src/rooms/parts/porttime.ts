// Instants as people at the port type them: a day and an hour on the port's clock.
import { useMemo } from "react";
import { useMeta, useSession } from "../../api/session";
import type { Day, Instant } from "../../api/types";

const FALLBACK_OFFSET_MINUTES = 480;
const MINUTE = 60_000;

export interface PortClock {
  /** `2026-11-22T08:05` on the port's clock, as an instant; null when it is not one. */
  toInstant: (local: string) => Instant | null;
  /** The other way round, for a datetime-local field. */
  toLocal: (at: Instant | Date) => string;
  today: () => Day;
  /** The day `days` after `day`. */
  shift: (day: Day, days: number) => Day;
  hour: (at: Instant) => string;
}

export function usePortClock(): PortClock {
  const session = useSession();
  const meta = useMeta();
  const offset = session?.port.utc_offset_minutes ?? meta?.port.utc_offset_minutes ?? FALLBACK_OFFSET_MINUTES;
  return useMemo(() => {
    const toLocal = (at: Instant | Date) => new Date(new Date(at).getTime() + offset * MINUTE).toISOString().slice(0, 16);
    return {
      toLocal,
      toInstant: (local) => {
        const time = Date.parse(`${local}:00Z`);
        return Number.isNaN(time) ? null : new Date(time - offset * MINUTE).toISOString();
      },
      today: () => toLocal(new Date()).slice(0, 10),
      shift: (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * 60 * MINUTE).toISOString().slice(0, 10),
      hour: (at) => toLocal(at).slice(11, 16),
    };
  }, [offset]);
}
