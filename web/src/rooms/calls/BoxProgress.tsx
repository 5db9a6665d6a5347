// How far the boxes of a call are, as one bar: gone, released, discharged, still expected.
import type { Call } from "../../api/types";
import { useI18n } from "../../i18n";

export function BoxProgress({ containers, large = false }: { containers: Call["containers"]; large?: boolean }) {
  const { t } = useI18n();
  const { expected, discharged, released, gone } = containers;
  const text = t("rooms.call.boxesText", { expected, discharged, released, gone });
  const share = (count: number) => `${String(expected > 0 ? Math.min(100, (100 * count) / expected) : 0)}%`;
  return (
    <span className={large ? "box-progress box-progress-large" : "box-progress"}>
      <span className="box-bar" role="img" aria-label={text}>
        <span className="box-discharged" style={{ width: share(discharged) }} />
        <span className="box-released" style={{ width: share(released) }} />
        <span className="box-gone" style={{ width: share(gone) }} />
      </span>
      <span className="box-count" aria-hidden="true">
        {discharged}/{expected}
      </span>
    </span>
  );
}
