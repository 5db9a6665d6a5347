// One transhipment: what differs with every value and who must act, what is still to come, what agrees, and the decision.
import { Button, Input } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, tagOf, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan, useSession } from "../../api/session";
import type { Transhipment } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { toneOfTranshipment } from "./tone";

export default function TranshipmentPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/transhipments/${id}`;
  const found = useGet<Transhipment>(path);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.transhipment")}
        back={{ to: "/transhipments", text: t("rooms.transhipment.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={toneOfTranshipment(data.status)} />}
        actions={data && <Actions of={data} path={path} refetch={() => void found.refetch()} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && <Body of={data} />}
    </>
  );
}

function Actions({ of, path, refetch }: { of: Transhipment; path: string; refetch: () => void }) {
  const { t } = useI18n();
  const can = useCan();
  const session = useSession();
  const navigate = useNavigate();
  const clock = usePortClock();
  const [reason, setReason] = useState("");
  const [at, setAt] = useState("");
  const open = of.status === "waiting" || of.status === "mismatched";
  const undecided = open || of.status === "released" || of.status === "left-behind";
  const own = session?.organisation.id === of.planner.id;
  const byReason = (title: string, action: "release" | "refuse" | "withdraw", danger: boolean, lead?: string) => (
    <ReasonAction
      danger={danger}
      type={action === "release" ? "primary" : "default"}
      title={title}
      okText={title}
      run={() => api.post(`${path}/${action}`, { reason: reason.trim() }, action === "release" ? { ifMatch: tagOf(of) } : {})}
      onDone={refetch}
      onOpen={() => setReason("")}
      ready={reason.trim().length >= 2}
      body={
        <>
          {lead && <p>{lead}</p>}
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {title}
    </ReasonAction>
  );
  return (
    <>
      {open && can("outbound-bill.submit") && (
        <Button onClick={() => void navigate(url`/outbound-bills/new?transhipment=${of.id}`)}>{t("rooms.outbound.new")}</Button>
      )}
      {(of.status === "released" || of.status === "left-behind") && can("transhipment.load") && (
        <ReasonAction
          type="primary"
          title={t("rooms.transhipment.load")}
          okText={t("rooms.transhipment.load")}
          run={() => api.post(`${path}/load`, { at: clock.toInstant(at) })}
          onDone={refetch}
          onOpen={() => setAt(clock.toLocal(new Date()))}
          ready={clock.toInstant(at) !== null}
          body={
            <Field label={t("rooms.transhipment.loadAt")} required>
              <Input type="datetime-local" aria-label={t("rooms.transhipment.loadAt")} value={at} onChange={(event) => setAt(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.transhipment.load")}
        </ReasonAction>
      )}
      {of.status === "mismatched" && of.awaited.length === 0 && can("transhipment.release") && byReason(t("rooms.transhipment.release"), "release", false, t("rooms.transhipment.releaseLead"))}
      {undecided && can("transhipment.refuse") && byReason(t("rooms.transhipment.refuse"), "refuse", true)}
      {undecided && own && can("transhipment.withdraw") && byReason(t("rooms.transhipment.withdraw"), "withdraw", true)}
    </>
  );
}

function Body({ of }: { of: Transhipment }) {
  const { t, tx } = useI18n();
  const decided = of.released_how !== null;
  return (
    <>
      <section className="panel" aria-label={t("rooms.transhipment.facts")}>
        <KeyFacts
          facts={[
            { label: t("rooms.container.number"), value: <ObjectLink type="container" id={of.container} /> },
            { label: t("kind.bill"), value: <ObjectLink type="bill" id={of.bill} /> },
            { label: t("rooms.transhipment.from"), value: <ObjectLink type="ship-call" id={of.inbound.call}>{`${of.inbound.ship_name} ${of.inbound.voyage}`}</ObjectLink> },
            { label: t("rooms.transhipment.to"), value: <ObjectLink type="ship-call" id={of.outbound.call}>{`${of.outbound.ship_name} ${of.outbound.voyage}`}</ObjectLink> },
            { label: t("rooms.transhipment.nextPort"), value: <span className="mono">{of.next_port}</span> },
            { label: t("rooms.transhipment.plan"), value: [of.size_type, of.seal, of.gross_kg && `${of.gross_kg} kg`].map((part) => part ?? "–").join(" / ") },
            { label: t("rooms.transhipment.outboundBill"), value: of.outbound_bill && <span className="mono">{of.outbound_bill}</span> },
            { label: t("rooms.transhipment.planner"), value: tx(of.planner.name) },
            { label: t("rooms.tallies.owner"), value: tx(of.terminal.name) },
            { label: t("rooms.transhipment.plannedAt"), value: <When at={of.planned_at} /> },
            of.released_how
              ? { label: t("rooms.transhipment.released"), value: <>{t(of.released_how === "automatic" ? "rooms.transhipment.automatic" : "rooms.transhipment.byHand")} <When at={of.released_at} /></> }
              : null,
            of.reason ? { label: t("rooms.transhipment.reason"), value: of.reason, wide: true } : null,
            of.closed_at ? { label: t("rooms.transhipment.closedAt"), value: <When at={of.closed_at} /> } : null,
            of.note ? { label: t("rooms.transhipment.note"), value: of.note, wide: true } : null,
          ]}
        />
      </section>
      {of.awaited.length > 0 && !decided && (
        <section className="panel" aria-labelledby="awaited-title">
          <h2 id="awaited-title">{t("rooms.transhipment.awaited")}</h2>
          <ul className="object-list">
            {of.awaited.map((each) => (
              <li key={each.code}>{tx(each.text)}</li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel" aria-labelledby="mismatches-title">
        <h2 id="mismatches-title">{t(decided && of.mismatches.length > 0 ? "rooms.transhipment.accepted" : "rooms.transhipment.mismatches")}</h2>
        <p className="muted">{t("rooms.transhipment.tolerance", { n: of.tolerance_per_mille })}</p>
        {of.mismatches.length === 0 ? <p>{t("rooms.transhipment.nothing")}</p> : <Mismatches of={of} />}
      </section>
      {of.agreed.length > 0 && (
        <section className="panel" aria-labelledby="agreed-title">
          <h2 id="agreed-title">{t(decided ? "rooms.transhipment.reasons" : "rooms.transhipment.agreed")}</h2>
          <KeyFacts facts={of.agreed.map((each) => ({ label: tx(each.field_text), value: each.value === "–" ? <span className="told-good">✓</span> : each.value }))} />
        </section>
      )}
    </>
  );
}

function Mismatches({ of }: { of: Transhipment }) {
  const { t, tx } = useI18n();
  const value = (label: string, text: string | null) => <td data-label={label}>{text ?? "–"}</td>;
  return (
    <div className="worklist">
      <div className="worklist-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rooms.transhipment.field")}</th>
              <th scope="col">{t("rooms.transhipment.inbound")}</th>
              <th scope="col">{t("rooms.transhipment.planned")}</th>
              <th scope="col">{t("rooms.transhipment.outbound")}</th>
              <th scope="col">{t("rooms.transhipment.who")}</th>
            </tr>
          </thead>
          <tbody>
            {of.mismatches.map((each) => (
              <tr key={each.field}>
                <th scope="row">{tx(each.field_text)}</th>
                {value(t("rooms.transhipment.inbound"), each.inbound)}
                {value(t("rooms.transhipment.planned"), each.plan)}
                {value(t("rooms.transhipment.outbound"), each.outbound)}
                <td data-label={t("rooms.transhipment.who")}>
                  <span>
                    {tx(each.who_text)}: {tx(each.by.name)} <span className="field-hint">{tx(each.hint)}</span>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
