// The front page: what this is, look up a box, how long clearance takes, where the time goes, and a way in.
import { useEffect } from "react";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import { useMeta } from "../../api/session";
import { usePublicChanges } from "../../api/stream";
import type { Head, PublicSummary } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import "../../i18n/public";
import { Definition } from "../../parts/Definition";
import { Loading } from "../../parts/Loading";
import { dayIn, formatInstant, usePortZone } from "../../parts/time";
import { DayLine, StageShares } from "./figures";
import { Harbour, JourneyIcon } from "./icons";
import { LookUp } from "./LookUp";
import { RoleCards } from "./RoleCards";
import "./public.css";

const REFRESH_MS = 20_000;

function ClearanceCard({ summary }: { summary: PublicSummary }) {
  const { t, tx, number } = useI18n();
  const figure = summary.clearance;
  if (!figure) {
    return (
      <section className="clearance-card">
        <h2>{t("landing.clearance")}</h2>
        <p className="muted">{t("landing.noFigure")}</p>
      </section>
    );
  }
  const period = t("landing.count", { from: figure.period.from.slice(0, 10), to: figure.period.to.slice(0, 10), n: number(figure.count) });
  return (
    <section className="clearance-card" aria-labelledby="clearance-title">
      <h2 id="clearance-title">
        {t("landing.clearance")}
        <Definition unit={t("landing.hours")} period={period} of={t("landing.clearance")}>
          {tx(figure.definition)}
        </Definition>
      </h2>
      <p className="clearance-figure">
        <strong>{number(figure.median, 1)}</strong>
        <span>
          {t("landing.hours")}
          <small>{t("landing.median")}</small>
        </span>
      </p>
      <dl className="clearance-more">
        <div>
          <dt>{t("landing.mean")}</dt>
          <dd>{number(figure.mean, 1)}</dd>
        </div>
        <div>
          <dt>{t("landing.p90")}</dt>
          <dd>{number(figure.p90, 1)}</dd>
        </div>
        {typeof figure.target === "number" && (
          <div>
            <dt>{t("landing.targetShort")}</dt>
            <dd>{number(figure.target, 0)}</dd>
          </div>
        )}
      </dl>
      <DayLine series={summary.series} />
      <p className="clearance-period">{period}</p>
    </section>
  );
}

function Today({ summary }: { summary: PublicSummary }) {
  const { t, number } = useI18n();
  const zone = usePortZone();
  const cells: [MessageKey, number][] = [
    ["landing.ships", summary.today.ships],
    ["landing.discharged", summary.today.discharged],
    ["landing.released", summary.today.released],
    ["landing.gatedOut", summary.today.gated_out],
  ];
  return (
    <section className="today" aria-label={t("landing.today")}>
      <p className="today-head">
        <strong>{t("landing.today")}</strong>
        <span>{t("landing.asOf", { at: formatInstant(summary.as_of, zone, "clock") })}</span>
      </p>
      <dl>
        {cells.map(([label, value]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            {/* A changed number is drawn anew, which plays its small rise. */}
            <dd key={value}>{number(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const STEPS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const STEP_OWNERS = ["role.agent", "role.trader", "role.terminal", "role.customs", "role.trader", "role.customs", "role.agent", "role.trucker"] as const;

function Journey() {
  const { t } = useI18n();
  return (
    <section className="landing-section" aria-labelledby="journey-title">
      <h2 id="journey-title">{t("landing.journey")}</h2>
      <p className="landing-lead">{t("landing.journeyLead")}</p>
      <ol className="journey">
        {STEPS.map((step, at) => (
          <li key={step}>
            <span className="journey-icon">
              <JourneyIcon step={at} />
            </span>
            <h3>{t(`landing.step.${step}`)}</h3>
            <p>{t(`landing.step.${step}.text`)}</p>
            <p className="journey-owner">{t(STEP_OWNERS[at] ?? "role.trader")}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function LedgerStrip() {
  const { t, number } = useI18n();
  const zone = usePortZone();
  const head = useGet<Head>("/public/ledger/head", undefined, { refetchInterval: REFRESH_MS });
  return (
    <section className="ledger-strip" aria-labelledby="ledger-title">
      <div>
        <h2 id="ledger-title">{t("landing.ledger")}</h2>
        {head.data && (
          <dl>
            <div>
              <dt className="visually-hidden">{t("landing.ledger")}</dt>
              <dd>
                <strong>{t("landing.ledgerSize", { n: number(head.data.size) })}</strong>
              </dd>
            </div>
            <div>
              <dt>{t("landing.ledgerRoot")}</dt>
              <dd className="mono">{head.data.root}</dd>
            </div>
            <div>
              <dt>{head.data.algorithm}</dt>
              <dd>
                {head.data.key_id} · {formatInstant(head.data.at, zone, "second")}
              </dd>
            </div>
          </dl>
        )}
      </div>
      <p className="ledger-links">
        <Link to={`/draws/${dayIn(new Date(), zone)}`}>{t("landing.ledgerDraws")}</Link>
        <Link to="/verify">{t("landing.ledgerVerify")}</Link>
      </p>
    </section>
  );
}

export default function Landing() {
  const { t } = useI18n();
  const meta = useMeta();
  const summary = useGet<PublicSummary>("/public/summary", undefined, { refetchInterval: REFRESH_MS });
  usePublicChanges();
  useEffect(() => {
    document.title = `${t("product.name")} · ${t("product.tagline")}`;
  }, [t]);
  return (
    <div className="landing">
      <div className="hero">
        <Harbour />
        <div className="hero-inner">
          <div className="hero-words">
            <h1>{t("landing.headline")}</h1>
            <p className="hero-lead">{t("landing.lead")}</p>
            <LookUp />
          </div>
          {summary.data ? (
            <ClearanceCard summary={summary.data} />
          ) : (
            <div className="clearance-card">
              <h2>{t("landing.clearance")}</h2>
              {summary.error ? <p role="status">{t("landing.away")}</p> : <Loading rows={5} />}
            </div>
          )}
        </div>
      </div>
      {summary.data && <Today summary={summary.data} />}
      {summary.data && summary.data.stages.length > 0 && (
        <section className="landing-section" aria-labelledby="stages-title">
          <h2 id="stages-title">{t("landing.stages")}</h2>
          <p className="landing-lead">{t("landing.stagesLead")}</p>
          <StageShares stages={summary.data.stages} />
        </section>
      )}
      <Journey />
      {meta?.demo && (
        <section className="landing-section" id="roles" aria-labelledby="roles-title">
          <h2 id="roles-title">{t("landing.demo")}</h2>
          <p className="landing-lead">{t("landing.demoLead")}</p>
          <RoleCards />
        </section>
      )}
      <section className="landing-section promises">
        {([1, 2, 3] as const).map((promise) => (
          <div key={promise}>
            <h2>{t(`landing.promise.${promise}`)}</h2>
            <p>{t(`landing.promise.${promise}.text`)}</p>
          </div>
        ))}
      </section>
      <LedgerStrip />
    </div>
  );
}
