// An instant: port time on the page; the distance from now, the seconds and the zone on hover.
import type { Instant } from "../api/types";
import { formatInstant, useMinute, usePortZone, useRelative, type TimeStyle } from "./time";

interface Props {
  at: Instant | null | undefined;
  style?: TimeStyle;
  /** Show the distance from now on the page, and the time on hover. */
  relative?: boolean;
}

export function When({ at, style = "minute", relative = false }: Props) {
  const zone = usePortZone();
  const now = useMinute();
  const distance = useRelative();
  if (!at) return <span className="none">–</span>;
  const shown = relative ? distance(at, now) : formatInstant(at, zone, style);
  return (
    <time dateTime={at} className="when" title={`${formatInstant(at, zone, "second")} (${zone}) · ${distance(at, now)}`}>
      {shown}
    </time>
  );
}
