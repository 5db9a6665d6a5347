// Where a box, a bill or a declaration stands, for whoever holds the right number.
import { useParams, useSearchParams } from "react-router";
import { useGet } from "../../api/query";
import type { TrackResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { LookUp } from "./LookUp";
import "./public.css";

function Mark({ state, at }: { state: "done" | "current" | "todo"; at: number }) {
  return (
    <span className="step-mark" aria-hidden="true">
      {state === "done" ? "✓" : at + 1}
    </span>
  );
}

export default function Track() {
  const { t, tx } = useI18n();
  const { number } = useParams();
  const [search] = useSearchParams();
  const check = search.get("check") ?? "";
  const result = useGet<TrackResult>(number ? "/public/track" : null, { number, check }, { refetchInterval: 60_000 });
  const found = result.data;
  return (
    <div className="public-page public-narrow">
      <PageHeader title={t("track.title")} />
      <div className="track-form">
        <LookUp key={`${number ?? ""} ${check}`} number={number ?? ""} check={check} />
      </div>
      <div className="track-result" aria-live="polite">
        {number && result.isPending && <Loading />}
        {result.error?.status === 404 ? (
          <section className="panel">
            <h2>{t("track.none")}</h2>
            <ul className="bullets">
              <li>{t("track.none.1")}</li>
              <li>{t("track.none.2")}</li>
              <li>{t("track.none.3")}</li>
            </ul>
          </section>
        ) : (
          result.error && <ProblemAlert error={result.error} retry={() => void result.refetch()} />
        )}
        {found && !result.error && (
          <section className="panel" aria-labelledby="track-number">
            <p className="eyebrow">{t(`kind.${found.kind}`)}</p>
            <div className="track-state">
              <h2 id="track-number">{found.number}</h2>
              <StatusTag status={found.status} text={found.status_text} />
            </div>
            <ol className="track-steps">
              {found.steps.map((step, at) => (
                <li key={step.code} className={step.state} aria-current={step.state === "current" ? "step" : undefined}>
                  <Mark state={step.state} at={at} />
                  <div>
                    <p className="step-name">{tx(step.name)}</p>
                    <p className="muted">
                      {step.at ? (
                        <When at={step.at} />
                      ) : step.state === "current" ? (
                        t("track.current")
                      ) : (
                        <span className="visually-hidden">{t("track.todo")}</span>
                      )}
                    </p>
                  </div>
                </li>
              ))}
            </ol>
            <p className="muted small">
              {t("track.updated")} <When at={found.updated_at} /> · {t("track.privacy")}
            </p>
          </section>
        )}
      </div>
    </div>
  );
}
