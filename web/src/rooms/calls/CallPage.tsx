// One ship call: its times, what it carries, and what may be reported now.
import { Input, Tabs } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Call, Container } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { useStatusChoices } from "../parts/statuses";
import { WorkOfCall } from "../workorders/OfCall";
import { PersonsOnBoard } from "./Persons";
import { BoxProgress } from "./BoxProgress";

export default function CallPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const call = useGet<Call>(url`/calls/${id}`);
  const back = { to: "/calls", text: t("rooms.call.title") };
  if (call.error)
    return (
      <>
        <PageHeader title={id} back={back} />
        <ProblemAlert error={call.error} retry={() => void call.refetch()} />
      </>
    );
  if (!call.data)
    return (
      <>
        <PageHeader title={id} back={back} />
        <Loading />
      </>
    );
  const data = call.data;
  return (
    <>
      <PageHeader
        title={data.ship_name}
        eyebrow={<span className="mono">{data.id}</span>}
        back={back}
        tags={<StatusTag status={data.status} text={data.status_text} />}
        actions={<CallActions call={data} />}
      />
      <section className="panel" aria-label={t("rooms.call.facts")}>
        <KeyFacts
          facts={[
            { label: t("rooms.call.voyageIn"), value: <span className="mono">{data.voyage_in}</span> },
            { label: t("rooms.call.voyageOut"), value: <span className="mono">{data.voyage_out}</span> },
            { label: t("rooms.call.imo"), value: <span className="mono">{data.imo}</span> },
            { label: t("rooms.call.flag"), value: data.flag },
            { label: t("rooms.call.agent"), value: tx(data.agent.name) },
            { label: t("rooms.call.terminal"), value: `${tx(data.terminal.name)}${data.berth ? ` · ${data.berth}` : ""}` },
            { label: t("rooms.call.eta"), value: <When at={data.eta} /> },
            { label: t("rooms.call.ata"), value: <When at={data.ata} /> },
            { label: t("rooms.call.atd"), value: <When at={data.atd} /> },
          ]}
        />
        <div className="call-progress">
          <BoxProgress containers={data.containers} large />
          <ul className="legend">
            <li>
              <span className="legend-mark box-expected-mark" aria-hidden="true" />
              {t("rooms.call.expected", { n: data.containers.expected })}
            </li>
            <li>
              <span className="legend-mark box-discharged" aria-hidden="true" />
              {t("rooms.call.discharged", { n: data.containers.discharged })}
            </li>
            <li>
              <span className="legend-mark box-released" aria-hidden="true" />
              {t("rooms.call.released", { n: data.containers.released })}
            </li>
            <li>
              <span className="legend-mark box-gone" aria-hidden="true" />
              {t("rooms.call.gone", { n: data.containers.gone })}
            </li>
          </ul>
        </div>
      </section>
      <WorkOfCall call={data} work="discharge" />
      <WorkOfCall call={data} work="loading" />
      <PersonsOnBoard call={data.id} />
      <Tabs items={[{ key: "containers", label: t("rooms.container.title"), children: <CallContainers call={data.id} /> }]} />
    </>
  );
}

function CallContainers({ call }: { call: string }) {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("container");
  return (
    <Worklist<Container>
      label={t("rooms.container.title")}
      path="/containers"
      params={{ call }}
      rowKey={(row) => row.id}
      to={(row) => url`/cases/${row.id}`}
      filters={[
        { name: "q", label: t("rooms.container.find") },
        { name: "status", label: t("worklist.status"), options: statuses },
      ]}
      columns={[
        { key: "number", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.number}</span> },
        { key: "size", title: t("rooms.container.size"), render: (row) => <span className="mono">{row.size_type}</span> },
        { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
        { key: "place", title: t("rooms.container.place"), render: (row) => tx(row.place) },
        { key: "bill", title: t("rooms.bill.number"), render: (row) => (row.bill_no ? <ObjectLink type="bill" id={row.bill_no} /> : "–") },
        { key: "discharged", title: t("rooms.container.dischargedAt"), render: (row) => <When at={row.discharged_at} style="short" />, wide: true },
      ]}
    />
  );
}

function CallActions({ call }: { call: Call }) {
  const { t } = useI18n();
  const can = useCan();
  const clock = usePortClock();
  const [at, setAt] = useState("");
  const [eta, setEta] = useState("");
  const [berth, setBerth] = useState("");
  const time = (label: string) => (
    <Field label={label} required hint={t("rooms.portTime")}>
      <Input type="datetime-local" aria-label={label} value={at} onChange={(event) => setAt(event.target.value)} />
    </Field>
  );
  const now = () => setAt(clock.toLocal(new Date()));
  const instant = clock.toInstant(at);
  return (
    <>
      {call.status === "announced" && can("call.change") && (
        <ReasonAction
          title={t("rooms.call.change")}
          okText={t("action.save")}
          success={t("rooms.saved")}
          onOpen={() => {
            setEta(clock.toLocal(call.eta));
            setBerth(call.berth ?? "");
          }}
          ready={clock.toInstant(eta) !== null}
          run={() =>
            api.put(url`/calls/${call.id}`, { eta: clock.toInstant(eta) ?? undefined, berth: berth.trim() || null }, { ifMatch: `"${String(call.version)}"` })
          }
          body={
            <>
              <Field label={t("rooms.call.eta")} required hint={t("rooms.portTime")}>
                <Input type="datetime-local" aria-label={t("rooms.call.eta")} value={eta} onChange={(event) => setEta(event.target.value)} />
              </Field>
              <Field label={t("rooms.call.berth")}>
                <Input aria-label={t("rooms.call.berth")} value={berth} onChange={(event) => setBerth(event.target.value)} />
              </Field>
            </>
          }
        >
          {t("rooms.call.change")}
        </ReasonAction>
      )}
      {call.status === "announced" && can("call.arrive") && (
        <ReasonAction
          type="primary"
          title={t("rooms.call.reportArrival")}
          okText={t("rooms.call.reportArrival")}
          success={t("rooms.call.arrived")}
          onOpen={now}
          ready={instant !== null}
          run={() => api.post(url`/calls/${call.id}/arrival`, { at: instant })}
          body={time(t("rooms.call.ata"))}
        >
          {t("rooms.call.reportArrival")}
        </ReasonAction>
      )}
      {call.status === "arrived" && can("call.depart") && (
        <ReasonAction
          title={t("rooms.call.reportDeparture")}
          okText={t("rooms.call.reportDeparture")}
          success={t("rooms.call.departed")}
          onOpen={now}
          ready={instant !== null}
          run={() => api.post(url`/calls/${call.id}/departure`, { at: instant })}
          body={time(t("rooms.call.atd"))}
        >
          {t("rooms.call.reportDeparture")}
        </ReasonAction>
      )}
    </>
  );
}
