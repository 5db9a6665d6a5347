// The two drawings of the front page: the line of thirty days and the bar of stages. Plain SVG and CSS, no chart library.
import type { PublicSummary } from "../../api/types";
import { useI18n } from "../../i18n";

const WIDTH = 360;
const HEIGHT = 84;
const PAD = 6;

export function DayLine({ series }: { series: PublicSummary["series"] }) {
  const { t, number } = useI18n();
  const days = series.filter((day) => day.count > 0);
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last || days.length < 2) return null;
  const values = days.map((day) => day.median);
  const top = Math.max(...values) * 1.08;
  const bottom = Math.min(...values) * 0.85;
  const x = (at: number) => PAD + (at / (days.length - 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) => HEIGHT - PAD - ((value - bottom) / Math.max(top - bottom, 0.001)) * (HEIGHT - 2 * PAD);
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <figure className="day-line">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("landing.series", { first: number(first.median, 1), last: number(last.median, 1) })}>
        <path d={`M${points.join("L")}L${x(days.length - 1)},${HEIGHT}L${PAD},${HEIGHT}Z`} fill="#17818a" opacity=".12" />
        <path d={`M${points.join("L")}`} fill="none" stroke="#17818a" strokeWidth="2.2" strokeLinejoin="round" />
        <circle cx={x(days.length - 1)} cy={y(last.median)} r="4.5" fill="#17818a" stroke="#fff" strokeWidth="2" />
      </svg>
      <figcaption>
        <span>{first.day.slice(5)}</span>
        <span>{t("landing.seriesShort")}</span>
        <span>{last.day.slice(5)}</span>
      </figcaption>
    </figure>
  );
}

const STAGE_COLOURS: Record<string, string> = {
  discharge: "#2c6e8f",
  declare: "#17818a",
  decide: "#0b5566",
  inspect: "#966300",
  pay: "#7b6a9a",
  release: "#0a3642",
  order: "#467244",
  collect: "#8a5a3a",
};

export function stageColour(stage: string): string {
  return STAGE_COLOURS[stage] ?? "#6b6a66";
}

/** Shares below this are drawn, but not written into the bar. */
const LABEL_SHARE_MIN = 0.08;

export function StageShares({ stages }: { stages: PublicSummary["stages"] }) {
  const { tx, percent, hours } = useI18n();
  const total = stages.reduce((sum, stage) => sum + stage.share, 0) || 1;
  return (
    <div className="stage-shares">
      <div className="stage-bar" aria-hidden="true">
        {stages.map((stage) => (
          <span key={stage.stage} style={{ flexGrow: Math.max(stage.share / total, 0.004), background: stageColour(stage.stage) }}>
            {stage.share / total >= LABEL_SHARE_MIN ? tx(stage.name) : ""}
          </span>
        ))}
      </div>
      <ol>
        {stages.map((stage) => (
          <li key={stage.stage}>
            <span className="stage-dot" style={{ background: stageColour(stage.stage) }} aria-hidden="true" />
            <span className="stage-name">{tx(stage.name)}</span>
            <span className="stage-hours">{hours(stage.median_hours)}</span>
            <span className="stage-share">{percent(stage.share / total)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
