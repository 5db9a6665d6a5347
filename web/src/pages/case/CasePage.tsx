// One box, from manifest to gate-out: where it stands, where its hours went, who must act next, and everything that
// happened to it.
import { Link, useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Case, CaseStage } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, ObjectLink, PageHeader, PrintButton, ProblemAlert, StatusTag, When } from "../../parts";
import { useNow } from "../../parts/time";
import { useSession } from "../../api/session";
import { ErrorPage } from "../../shell/ErrorPage";
import { useKindName } from "../start/columns";
import { overStandard, StageBar } from "./StageBar";
import { Timeline } from "./Timeline";
import "./case.css";

const MINUTE_MS = 60_000;

function Elapsed({ box }: { box: Case }) {
  const { t, tx, hours } = useI18n();
  const now = useNow(MINUTE_MS);
  const { started_at, ended_at, elapsed_hours } = box.summary;
  const running = started_at && !ended_at ? (now.getTime() - Date.parse(started_at)) / 3_600_000 : null;
  const longest = box.stages.reduce<CaseStage | null>((most, stage) => ((stage.hours ?? 0) > (most?.hours ?? 0) ? stage : most), null);
  const over = box.stages.filter(overStandard).length;
  return (
    <dl className="elapsed">
      <div>
        <dt>{ended_at ? t("case.total") : t("case.elapsed")}</dt>
        <dd className="elapsed-figure">{hours(running ?? elapsed_hours)}</dd>
      </div>
      {longest && (
        <div>
          <dt>{t("case.longest")}</dt>
          <dd>
            {tx(longest.name)} {hours(longest.hours)}
          </dd>
        </div>
      )}
      <div>
        <dt>{t("case.overCount")}</dt>
        <dd className={over > 0 ? "elapsed-over" : undefined}>{over}</dd>
      </div>
      <div>
        <dt>{t("case.from")}</dt>
        <dd>
          <When at={started_at} style="short" />
        </dd>
      </div>
      {ended_at && (
        <div>
          <dt>{t("case.to")}</dt>
          <dd>
            <When at={ended_at} style="short" />
          </dd>
        </div>
      )}
    </dl>
  );
}

function Next({ box }: { box: Case }) {
  const { t, tx } = useI18n();
  const session = useSession();
  return (
    <section className="panel next" aria-labelledby="next-title">
      <h2 id="next-title">{t("case.next")}</h2>
      {box.next.length === 0 ? (
        <p className="muted">{box.summary.ended_at ? t("case.nothingLeft") : t("case.nothingNow")}</p>
      ) : (
        <ol>
          {box.next.map((step, at) => {
            const mine = session?.user.role === step.role && (!step.owner || step.owner.id === session.organisation.id);
            return (
              <li key={`${step.action} ${at}`} className={mine ? "next-mine" : undefined}>
                <p className="next-text">{tx(step.text)}</p>
                <p className="next-who">
                  <span>{tx(step.owner?.name) || t(`role.${step.role}`)}</span>
                  {step.due_at && (
                    <span>
                      {t("worklist.due")} <When at={step.due_at} relative />
                    </span>
                  )}
                </p>
                {step.link?.startsWith("/") && mine && (
                  <Link to={step.link} className="button-link">
                    {t("case.act")}
                  </Link>
                )}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

function Objects({ box }: { box: Case }) {
  const { t } = useI18n();
  const kindName = useKindName();
  return (
    <section className="panel" aria-labelledby="objects-title">
      <h2 id="objects-title">{t("case.objects")}</h2>
      <ul className="case-objects">
        {box.objects.map((object) => (
          <li key={`${object.type} ${object.id}`}>
            <span className="muted">{kindName(object.type)}</span>
            <ObjectLink type={object.type} id={object.id}>
              {object.title || object.id}
            </ObjectLink>
            <StatusTag status={object.status} text={object.status_text} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function CasePage() {
  const { t, tx, number } = useI18n();
  const { containerId = "" } = useParams();
  const query = useGet<Case>(url`/cases/${containerId}`);
  if (query.error?.status === 404) return <ErrorPage kind="missing" />;
  if (query.error?.status === 403) return <ErrorPage kind="403" />;
  if (query.error && !query.data) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading rows={10} />;
  const box = query.data;
  const { container, bill, declaration } = box;
  return (
    <div className="case">
      <PageHeader
        eyebrow={
          <>
            {t("case.title")} · {container.ship_name} {container.voyage}
          </>
        }
        title={<span className="mono case-number">{container.number}</span>}
        tab={container.number}
        tags={<StatusTag status={box.summary.status} text={box.summary.status_text} />}
        actions={<PrintButton />}
      />
      <div className="case-top">
        <section className="panel case-summary" aria-label={t("case.summary")}>
          <Elapsed box={box} />
          <KeyFacts
            facts={[
              { label: t("case.place"), value: tx(container.place) },
              { label: t("case.terminal"), value: tx(container.terminal.name) },
              { label: t("case.sizeType"), value: <span className="mono">{container.size_type}</span> },
              { label: t("kind.bill"), value: bill ? <ObjectLink type="bill" id={bill.number} /> : container.bill_no },
              { label: t("case.consignee"), value: bill?.consignee },
              { label: t("case.goods"), value: bill ? `${bill.goods} · ${number(bill.packages)} · ${bill.gross_kg} kg` : null },
              { label: t("case.entry"), value: declaration?.entry_id ? <CopyText text={declaration.entry_id} /> : null },
              container.damage ? { label: t("case.damage"), value: container.damage } : null,
            ]}
          />
          {declaration?.decision && (
            <p className={declaration.decision.inspect ? "decision decision-drawn" : "decision"}>
              <strong>{t("case.decision")}</strong> {tx(declaration.decision.note)}{" "}
              {declaration.decision.answered_in_ms > 0 && <span className="muted">{t("case.answered", { ms: number(declaration.decision.answered_in_ms) })}</span>}
            </p>
          )}
        </section>
        <Next box={box} />
      </div>
      <StageBar box={box} />
      <div className="split case-lower">
        <Timeline containerId={containerId} />
        <div className="stack">
          <Objects box={box} />
        </div>
      </div>
    </div>
  );
}
