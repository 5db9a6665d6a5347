// Where the hours of one box went: a row per stage on one axis of time, with its owner and its standard.
import type { Case, CaseStage } from "../../api/types";
import { useI18n } from "../../i18n";
import { Definition, formatInstant, usePortZone } from "../../parts";
import { useMinute } from "../../parts/time";

type Shape = "done" | "over" | "running" | "todo";

/** The stage took, or has already taken, longer than its standard. */
export function overStandard(stage: CaseStage): boolean {
  return stage.hours !== null && stage.standard_hours !== null && stage.hours > stage.standard_hours;
}

function shapeOf(stage: CaseStage): Shape {
  if (!stage.started_at) return "todo";
  if (!stage.ended_at) return "running";
  return overStandard(stage) ? "over" : "done";
}

const TICKS = 5;
const PERCENT_MIN = 0.6;

export function StageBar({ box }: { box: Case }) {
  const { t, tx, hours } = useI18n();
  const zone = usePortZone();
  const now = useMinute();
  const starts = box.stages.flatMap((stage) => (stage.started_at ? [Date.parse(stage.started_at)] : []));
  const ends = box.stages.flatMap((stage) => (stage.started_at ? [stage.ended_at ? Date.parse(stage.ended_at) : now.getTime()] : []));
  const from = Math.min(...starts, box.summary.started_at ? Date.parse(box.summary.started_at) : Infinity);
  const to = Math.max(...ends, box.summary.ended_at ? Date.parse(box.summary.ended_at) : now.getTime());
  const span = Math.max(to - from, 60_000);
  const percent = (at: number) => ((at - from) / span) * 100;
  const known = Number.isFinite(from) && Number.isFinite(to);
  return (
    <section className="panel stage-panel" aria-labelledby="stages-title">
      <div className="panel-head">
        <h2 id="stages-title">
          {t("case.stages")}
          <Definition of={t("case.stages")} unit={t("case.stagesUnit")}>
            {t("case.stagesDefinition")}
          </Definition>
        </h2>
        <ul className="stage-legend" aria-label={t("case.legend")}>
          {(["done", "over", "running"] as const).map((shape) => (
            <li key={shape}>
              <span className={`stage-swatch stage-${shape}`} aria-hidden="true" />
              {t(`case.${shape}`)}
            </li>
          ))}
          <li>
            <span className="stage-standard-key" aria-hidden="true" />
            {t("case.standard")}
          </li>
        </ul>
      </div>
      <div className="stage-rows" role="table" aria-label={t("case.stages")}>
        <div role="row" className="visually-hidden">
          <span role="columnheader">{t("case.stage")}</span>
          <span role="columnheader">{t("worklist.owner")}</span>
          <span role="columnheader">{t("case.track")}</span>
          <span role="columnheader">{t("case.hours")}</span>
        </div>
        {box.stages.map((stage) => {
          const shape = shapeOf(stage);
          const begin = stage.started_at ? Date.parse(stage.started_at) : null;
          const end = begin === null ? null : stage.ended_at ? Date.parse(stage.ended_at) : now.getTime();
          const late = overStandard(stage);
          const mark = begin !== null && stage.standard_hours !== null ? percent(begin + stage.standard_hours * 3_600_000) : null;
          return (
            <div role="row" key={stage.stage} className={`stage-row stage-row-${shape}`}>
              <span role="rowheader" className="stage-title">
                {tx(stage.name)}
              </span>
              <span role="cell" className="stage-owner">
                {tx(stage.owner?.name) || t(`role.${stage.owner_role}`)}
              </span>
              <span role="cell" className="stage-track">
                <span className="visually-hidden">
                  {t(`case.${shape}`)}
                  {begin !== null && `, ${formatInstant(new Date(begin), zone, "short")}`}
                  {stage.ended_at && ` – ${formatInstant(stage.ended_at, zone, "short")}`}
                </span>
                {known && begin !== null && end !== null && (
                  <span
                    className={`stage-span stage-${shape}${late ? " stage-late" : ""}`}
                    style={{ left: `${percent(begin)}%`, width: `max(${Math.max(percent(end) - percent(begin), PERCENT_MIN)}%, 4px)` }}
                    title={`${formatInstant(new Date(begin), zone, "short")} – ${stage.ended_at ? formatInstant(stage.ended_at, zone, "short") : t("case.now")}`}
                  />
                )}
                {known && mark !== null && mark <= 100 && <span className="stage-standard" style={{ left: `${mark}%` }} aria-hidden="true" />}
              </span>
              <span role="cell" className={late ? "stage-figure stage-figure-late" : "stage-figure"}>
                {stage.hours === null ? "–" : hours(stage.hours)}
                {stage.standard_hours !== null && <small> / {hours(stage.standard_hours)}</small>}
                {late && <span className="visually-hidden"> {t("case.late")}</span>}
              </span>
            </div>
          );
        })}
      </div>
      {known && (
        <div className="stage-axis" aria-hidden="true">
          {Array.from({ length: TICKS }, (_, tick) => (
            <span key={tick}>{formatInstant(new Date(from + (span * tick) / (TICKS - 1)), zone, "short")}</span>
          ))}
        </div>
      )}
    </section>
  );
}
