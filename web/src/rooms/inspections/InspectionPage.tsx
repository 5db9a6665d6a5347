// One inspection: appointment, the draw of the officers, boxes at the site, result.
import { useParams } from "react-router";
import { Link } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Inspection } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, Definition, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { FieldRecords } from "../field/FieldRecords";
import { allows } from "../parts/allows";
import { QueuePlace } from "../site/QueuePlace";
import { Sampling } from "../samples/Sampling";
import { Appointment } from "./Appointment";
import { Machine } from "./Machine";
import { NotDrawn, Recorded, ReplaceOfficer } from "./Officers";
import { ResultForm } from "./ResultForm";

const OPEN = new Set(["ordered", "appointed", "at-site", "recorded"]);

export default function InspectionPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/inspections/${id}`;
  const inspection = useGet<Inspection>(path);
  const data = inspection.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.inspection")}
        back={{ to: "/inspections", text: t("rooms.inspection.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {inspection.error && <ProblemAlert error={inspection.error} retry={() => void inspection.refetch()} />}
      {inspection.isPending && <Loading />}
      {data && <Body inspection={data} path={path} />}
    </>
  );
}

function Body({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t, tx } = useI18n();
  const session = useSession();
  const terminal = session?.user.role === "terminal";
  const officer = session?.user.role === "customs" ? session.user : null;
  const arrived = new Map(inspection.at_site.map((row) => [row.container, row.at]));
  const call = useGet<{ call: string }>(url`/bills/${inspection.bill_no}`);
  return (
    <div className="split form-split">
      <div className="stack">
        <section className="panel" aria-label={t("rooms.inspection.facts")}>
          <KeyFacts
            facts={[
              {
                label: t("kind.declaration"),
                value: terminal ? (
                  inspection.entry_id
                ) : (
                  <ObjectLink type="declaration" id={inspection.declaration}>
                    {inspection.entry_id ?? inspection.declaration}
                  </ObjectLink>
                ),
              },
              { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={inspection.bill_no} /> },
              { label: t("rooms.decl.declarant"), value: tx(inspection.trader.name) },
              { label: t("rooms.call.terminal"), value: tx(inspection.terminal.name) },
              inspection.joint_order ? { label: t("kind.joint-order"), value: <ObjectLink type="joint-order" id={inspection.joint_order} /> } : null,
              { label: t("rooms.inspection.site"), value: inspection.site },
              { label: t("rooms.inspection.orderedAt"), value: <When at={inspection.ordered_at} /> },
              {
                label: t("rooms.inspection.slot"),
                value: inspection.slot ? (
                  <>
                    <When at={inspection.slot.start} /> – <When at={inspection.slot.end} style="clock" />
                  </>
                ) : null,
              },
            ]}
          />
        </section>
        <QueuePlace inspection={inspection} path={path} />
        {allows(inspection.actions, "inspection.appoint") && <Appointment inspection={inspection} path={path} />}
        <section className="panel">
          <h2>
            {t("rooms.container.title")} · {inspection.containers.length}
          </h2>
          <ul className="box-list">
            {inspection.containers.map((number) => {
              const at = arrived.get(number);
              return (
                <li key={number}>
                  {call.data ? (
                    <ObjectLink type="container" id={`${number}-${call.data.call}`}>
                      {number}
                    </ObjectLink>
                  ) : (
                    <span className="mono">{number}</span>
                  )}
                  {at ? (
                    <span className="told-good">
                      {t("rooms.inspection.atSite")} <When at={at} style="short" />
                    </span>
                  ) : allows(inspection.actions, "inspection.present") ? (
                    <ActionButton
                      size="small"
                      confirm={t("rooms.inspection.arrivalConfirm", { number })}
                      success={t("rooms.inspection.arrived")}
                      run={() => api.post(`${path}/arrival`, { container: number, at: new Date().toISOString() })}
                    >
                      {t("rooms.inspection.reportArrival")}
                    </ActionButton>
                  ) : (
                    <span className="muted">{t("rooms.inspection.notAtSite")}</span>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
        <Machine inspection={inspection} path={path} />
        <Sampling path={path} />
        {allows(inspection.actions, "inspection.result") && <ResultForm key={inspection.version} inspection={inspection} path={path} />}
        {inspection.recorded && <Recorded inspection={inspection} recorded={inspection.recorded} path={path} />}
        {officer && OPEN.has(inspection.status) && inspection.officers.every((one) => one.id !== officer.id) && <NotDrawn inspection={inspection} />}
        {officer && <FieldRecords kind="inspection" order={inspection.id} open={OPEN.has(inspection.status)} />}
        {inspection.result && (
          <section className={`answer ${inspection.result.outcome === "pass" ? "answer-go" : "answer-stop"}`}>
            <div>
              <p className="answer-title">{inspection.result.outcome === "pass" ? t("rooms.inspection.pass") : t("rooms.inspection.fail")}</p>
              <p>
                {inspection.result.disposition} {tx(inspection.result.disposition_text)}
              </p>
              <p>{inspection.result.findings}</p>
              <p className="answer-small">
                <When at={inspection.result.at} />
              </p>
            </div>
          </section>
        )}
      </div>
      <div className="stack">
        <section className="panel">
          <h2>
            {t("rooms.inspection.officers")} <Definition of={t("rooms.inspection.officers")}>{t("rooms.inspection.drawText")}</Definition>
          </h2>
          {inspection.officers.length === 0 ? (
            <p className="muted">{inspection.draw && !officer ? t("rooms.inspection.hidden") : t("rooms.inspection.notDrawn")}</p>
          ) : (
            <ul className="people">
              {inspection.officers.map((officer) => (
                <li key={officer.id}>
                  <strong>{tx(officer.name)}</strong> <span className="mono muted">{officer.id}</span>
                  {allows(inspection.actions, "inspection.replace-officer") && <ReplaceOfficer id={officer.id} name={tx(officer.name)} path={path} />}
                </li>
              ))}
            </ul>
          )}
          {inspection.replaced.length > 0 && (
            <>
              <h3>{t("rooms.inspection.replacements")}</h3>
              <ul className="people">
                {inspection.replaced.map((one) => (
                  <li key={one.officer.id}>
                    {tx(one.officer.name)} → <strong>{tx(one.replacement.name)}</strong>{" "}
                    <span className="muted">
                      {one.reason} · {tx(one.by.name)} · {one.day}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
          {inspection.excluded.length > 0 && (
            <>
              <h3>{t("rooms.inspection.excluded")}</h3>
              <ul className="people">
                {inspection.excluded.map((officer) => (
                  <li key={officer.id}>
                    {tx(officer.name)} <span className="muted">{tx(officer.reason)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
        {inspection.draw && (
          <section className="panel">
            <h2>{t("rooms.inspection.draw")}</h2>
            <KeyFacts
              facts={[
                { label: t("rooms.decision.day"), value: <Link to={url`/draws/${inspection.draw.day}`}>{inspection.draw.day}</Link> },
                { label: t("rooms.inspection.pool"), value: t("rooms.inspection.poolSize", { n: inspection.draw.number_of_pool }) },
                inspection.draw.pool_version ? { label: t("rooms.inspection.poolVersion"), value: <Short text={inspection.draw.pool_version} /> } : null,
                {
                  label: t("rooms.decision.commitment"),
                  value: <CopyText text={inspection.draw.commitment} shown={`${inspection.draw.commitment.slice(0, 16)}…`} />,
                  wide: true,
                },
              ]}
            />
          </section>
        )}
      </div>
    </div>
  );
}

const SHOWN_LENGTH = 16;

/** A long fingerprint, shortened to be recognised and copied in full. */
function Short({ text }: { text: string }) {
  return text.length > SHOWN_LENGTH ? <CopyText text={text} shown={`${text.slice(0, SHOWN_LENGTH)}…`} /> : <span className="mono">{text}</span>;
}
