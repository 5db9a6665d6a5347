// An instant: port time on the page, the distance from now and the zone on hover and for screen readers.
import { Tooltip } from "antd";
import type { Instant } from "../api/types";
import { formatInstant, useNow, usePortZone, useRelative, type TimeStyle } from "./time";

interface Props {
  at: Instant | null | undefined;
  style?: TimeStyle;
  /** Show the distance from now on the page, and the time on hover. */
  relative?: boolean;
}

export function When({ at, style = "minute", relative = false }: Props) {
  const zone = usePortZone();
  const now = useNow(30_000);
  const distance = useRelative();
  if (!at) return <span className="none">–</span>;
  const absolute = formatInstant(at, zone, style);
  const full = `${formatInstant(at, zone, "second")} (${zone}) · ${distance(at, now)}`;
  return (
    <Tooltip title={full}>
      <time dateTime={at} className="when">
        {relative ? distance(at, now) : absolute}
      </time>
    </Tooltip>
  );
}
