// One joint inspection: who takes part, when and where, the one opening, each authority's part, the shared result.
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { JointOrder, JointParticipant, JointResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { FieldRecords } from "../field/FieldRecords";
import { allows } from "../parts/allows";
import { Answer, Conclude, FollowUp, Schedule } from "./JointActions";
import { PartForm } from "./PartForm";

export default function JointOrderPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/joint-orders/${id}`;
  const found = useGet<JointOrder>(path);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.joint-order")}
        back={{ to: "/joint-orders", text: t("rooms.joint.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={data.status === "confirmed" ? "go" : undefined} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && <Body order={data} path={path} />}
    </>
  );
}

function Body({ order, path }: { order: JointOrder; path: string }) {
  const { t } = useI18n();
  const own = order.participants.find((one) => one.organisation.id === order.own);
  return (
    <div className="split form-split">
      <div className="stack">
        <Facts order={order} />
        {order.result && <Result title={t("rooms.joint.result")} result={order.result} />}
        {order.end && <Result title={t("rooms.joint.end")} result={order.end} />}
        {allows(order.actions, "joint-order.schedule") && <Schedule key={`schedule-${String(order.version)}`} order={order} path={path} />}
        {allows(order.actions, "joint-order.answer") && order.slot && own?.answer !== "confirmed" && <Answer path={path} />}
        {order.boxes.length > 0 && <Boxes order={order} path={path} />}
        {own && allows(order.actions, "joint-order.record") && <PartForm key={`part-${order.id}`} own={own} path={path} />}
        {own && <FieldRecords kind="joint-order" order={order.id} open={order.status === "confirmed" || order.status === "under-way"} />}
        {allows(order.actions, "joint-order.conclude") && <Conclude order={order} path={path} />}
        {(order.follow_ups.length > 0 || allows(order.actions, "joint-order.follow-up")) && <FollowUp order={order} path={path} />}
      </div>
      <div className="stack">
        <section className="panel" aria-labelledby="participants">
          <h2 id="participants">{t("rooms.joint.participants")}</h2>
          {order.participants.map((one) => (
            <Participant key={one.organisation.id} one={one} />
          ))}
        </section>
        {order.departures.length > 0 && <Departures order={order} />}
      </div>
    </div>
  );
}

function Facts({ order }: { order: JointOrder }) {
  const { t, tx, maybe } = useI18n();
  return (
    <section className="panel" aria-label={t("rooms.joint.facts")}>
      <KeyFacts
        facts={[
          { label: t("rooms.joint.subject"), value: maybe(`rooms.joint.${order.subject}`, order.subject) },
          order.bill_no ? { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={order.bill_no} /> } : null,
          order.call && order.boxes.length === 0 ? { label: t("kind.ship-call"), value: <ObjectLink type="ship-call" id={order.call} /> } : null,
          { label: t("rooms.joint.leads"), value: tx(order.lead.name) },
          { label: t("rooms.joint.place"), value: order.place },
          {
            label: t("rooms.joint.slot"),
            value: order.slot && (
              <>
                <When at={order.slot.start} /> – <When at={order.slot.end} style="clock" />
              </>
            ),
          },
          {
            label: t("rooms.joint.window"),
            value: (
              <>
                <When at={order.window.start} style="short" /> – <When at={order.window.end} style="short" />
              </>
            ),
          },
          order.terminal ? { label: t("rooms.call.terminal"), value: tx(order.terminal.name) } : null,
          order.on_arrival ? { label: t("rooms.joint.onArrival"), value: t("rooms.instruction.onArrival") } : null,
          order.apart ? { label: t("rooms.instruction.split"), value: t("rooms.joint.apart") } : null,
          order.no_presence_at
            ? {
                label: t("rooms.joint.noPresence"),
                value: (
                  <>
                    {tx(order.no_presence_by?.name)} · <When at={order.no_presence_at} style="short" />
                  </>
                ),
              }
            : null,
          { label: t("rooms.joint.rules"), value: <span className="muted">{tx(order.rules)}</span>, wide: true },
        ]}
      />
    </section>
  );
}

function Result({ title, result }: { title: string; result: JointResult }) {
  const { tx } = useI18n();
  return (
    <section className={`answer ${result.released ? "answer-go" : "answer-stop"}`} aria-label={title} data-released={result.released}>
      <div>
        <p className="answer-title">
          {title} · {result.disposition} {tx(result.disposition_text)}
        </p>
        <p>{tx(result.consequence_text)}</p>
        <p>{result.findings}</p>
        <p className="answer-small">
          <When at={result.at} />
        </p>
      </div>
    </section>
  );
}

function Boxes({ order, path }: { order: JointOrder; path: string }) {
  const { t, tx } = useI18n();
  return (
    <section className="panel">
      <div className="row">
        <h2>
          {t("rooms.container.title")} · {order.boxes.length}
        </h2>
        {allows(order.actions, "joint-order.agree-no-presence") && (
          <ActionButton confirm={t("rooms.joint.agreeAsk")} success={t("rooms.saved")} run={() => api.post(`${path}/no-presence`)}>
            {t("rooms.joint.agreeNoPresence")}
          </ActionButton>
        )}
      </div>
      <ul className="box-list">
        {order.boxes.map((box) => (
          <li key={box.id} data-box={box.number}>
            <ObjectLink type="container" id={box.id}>
              {box.number}
            </ObjectLink>
            {box.at_site ? (
              <span className="told-good">
                {t("rooms.inspection.atSite")} <When at={box.at_site} style="short" />
              </span>
            ) : allows(order.actions, "joint-order.present") ? (
              <ActionButton
                size="small"
                confirm={t("rooms.inspection.arrivalConfirm", { number: box.number })}
                success={t("rooms.inspection.arrived")}
                run={() => api.post(`${path}/arrival`, { container: box.id, at: new Date().toISOString() })}
              >
                {t("rooms.inspection.reportArrival")}
              </ActionButton>
            ) : (
              <span className="muted">{t("rooms.inspection.notAtSite")}</span>
            )}
            {box.opened_at ? (
              <span className="told-good">
                {t("rooms.joint.opened")} {tx(box.opened_by?.name)} <When at={box.opened_at} style="short" />
              </span>
            ) : (
              box.at_site &&
              allows(order.actions, "joint-order.open") && (
                <ActionButton
                  size="small"
                  confirm={t("rooms.joint.openAsk", { number: box.number })}
                  success={t("rooms.saved")}
                  run={() => api.post(`${path}/opening`, { container: box.id })}
                >
                  {t("rooms.joint.open")}
                </ActionButton>
              )
            )}
            {box.new_seal && <span className="mono">{box.new_seal}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Participant({ one }: { one: JointParticipant }) {
  const { t, tx } = useI18n();
  const marks = [
    one.lead && t("rooms.joint.leads"),
    one.first && t("rooms.joint.first"),
    one.late && t("rooms.joint.late"),
    one.hold && t("rooms.joint.holds"),
    one.gone_at && t("rooms.joint.gone"),
  ].filter(Boolean);
  return (
    <section className="joint-participant" aria-label={tx(one.organisation.name)} data-participant={one.organisation.id} data-answer={one.answer}>
      <h3>
        {tx(one.organisation.name)} <span className="muted">{marks.join(" · ")}</span>
      </h3>
      <p>
        {tx(one.answer_text)}
        {one.other_time && (
          <>
            {" "}
            <When at={one.other_time} style="short" />
          </>
        )}
      </p>
      {one.inspection && (
        <p className="muted">
          {t("rooms.joint.byInspection")} <ObjectLink type="inspection" id={one.inspection} />
        </p>
      )}
      {one.checklist.length > 0 && (
        <ul className="people">
          {one.checklist.map((item) => (
            <li key={item.code}>
              {tx(item.text)}
              {item.ok !== null && <span className={item.ok ? "told-good" : "told-bad"}> {item.ok ? t("rooms.joint.ok") : t("rooms.joint.notOk")}</span>}
            </li>
          ))}
        </ul>
      )}
      {one.part ? (
        <p>
          <strong>{one.part.clean ? t("rooms.joint.partClean") : t("rooms.joint.partFound")}</strong> {one.part.note} <When at={one.part.at} style="short" />
        </p>
      ) : (
        !one.gone_at && one.answer !== "declined" && <p className="muted">{t("rooms.joint.partOpen")}</p>
      )}
    </section>
  );
}

function Departures({ order }: { order: JointOrder }) {
  const { t, tx } = useI18n();
  return (
    <section className="panel" aria-labelledby="departures">
      <h2 id="departures">{t("rooms.joint.departures")}</h2>
      <ul className="people">
        {order.departures.map((left) => (
          <li key={`${left.organisation.id} ${left.at}`}>
            {tx(left.organisation.name)} <span className="muted">{tx(left.text)}</span> <When at={left.at} style="short" />
          </li>
        ))}
      </ul>
    </section>
  );
}
