// One discharge order: what is listed, what became of each box, and what may be done now.
import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DischargeOrder, DischargeOrderBox } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { OrderAction } from "./OrderAction";

const NOTE_MAX = 500;
const NOTE_MIN = 2;
const STANDINGS = ["waiting", "discharged", "missing", "unlisted"] as const;
const TONES: Record<string, "wait" | "done" | "stop"> = { waiting: "wait", discharged: "done", missing: "stop", unlisted: "stop" };

export default function DischargeOrderPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const order = useGet<DischargeOrder>(url`/discharge-orders/${id}`);
  const data = order.data;
  return (
    <>
      <PageHeader
        title={data ? `${data.ship_name} ${data.voyage}` : id}
        eyebrow={<span className="mono">{data?.document ?? id}</span>}
        back={{ to: "/discharge-orders", text: t("rooms.discharge.order.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions order={data} />}
      />
      {order.error && <ProblemAlert error={order.error} retry={() => void order.refetch()} />}
      {order.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={t("rooms.discharge.order.facts")}>
            <KeyFacts
              facts={[
                { label: t("rooms.discharge.order.call"), value: <ObjectLink type="ship-call" id={data.id} /> },
                { label: t("rooms.call.agent"), value: tx(data.agent.name) },
                { label: t("rooms.call.terminal"), value: tx(data.terminal.name) },
                { label: t("rooms.discharge.order.orderedAt"), value: <When at={data.ordered_at} /> },
                { label: t("rooms.discharge.order.boxes"), value: data.boxes },
                { label: t("rooms.discharge.order.discharged"), value: data.discharged },
                { label: t("rooms.discharge.order.missing"), value: data.missing },
                { label: t("rooms.discharge.order.unlisted"), value: data.unlisted },
                ...(data.message ? [{ label: t("rooms.discharge.order.message"), value: <ObjectLink type="message" id={data.message} /> }] : []),
              ]}
            />
            {data.reason && <Alert type="info" showIcon title={t("rooms.discharge.order.reason")} description={data.reason} />}
            {data.explanation && <Alert type="info" showIcon title={t("rooms.discharge.order.explanation")} description={data.explanation} />}
          </section>
          <Boxes id={data.id} />
        </>
      )}
    </>
  );
}

function Boxes({ id }: { id: string }) {
  const { t } = useI18n();
  return (
    <Worklist<DischargeOrderBox>
      label={t("rooms.discharge.order.boxes")}
      path={url`/discharge-orders/${id}/boxes`}
      rowKey={(row) => row.number}
      to={(row) => (row.container ? url`/cases/${row.container}` : null)}
      filters={[
        { name: "q", label: t("rooms.discharge.order.findBox") },
        { name: "standing", label: t("rooms.discharge.order.standing"), options: STANDINGS.map((value) => ({ value, label: t(`rooms.discharge.order.standing.${value}`) })) },
      ]}
      actions={
        <a className="button-link secondary" href={fileUrl(url`/discharge-orders/${id}/boxes.csv`)} download={`discharge-${id}.csv`}>
          <DownloadOutlined aria-hidden="true" /> CSV
        </a>
      }
      columns={[
        { key: "number", title: t("rooms.discharge.order.number"), render: (row) => <span className="mono">{row.number}</span> },
        { key: "standing", title: t("rooms.discharge.order.standing"), render: (row) => <StatusTag status={row.standing} text={row.standing_text} tone={TONES[row.standing] ?? "wait"} /> },
        { key: "size", title: t("rooms.discharge.order.size"), render: (row) => <span className="mono">{row.size_type}</span> },
        { key: "kg", title: t("rooms.discharge.order.kg"), align: "right", render: (row) => row.gross_kg ?? "–" },
        { key: "bill", title: t("rooms.discharge.order.bill"), render: (row) => (row.bill ? <span className="mono">{row.bill}</span> : "–"), wide: true },
        { key: "cell", title: t("rooms.discharge.order.cell"), render: (row) => <span className="mono">{row.cell ?? "–"}</span>, wide: true },
        { key: "at", title: t("rooms.discharge.order.dischargedAt"), render: (row) => <When at={row.discharged_at} style="short" /> },
      ]}
      empty={t("rooms.discharge.order.noBoxes")}
    />
  );
}

function Actions({ order }: { order: DischargeOrder }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const may = (action: string) => order.actions.includes(action);
  const words = (label: string) => (
    <Field label={label} required>
      <Input.TextArea aria-label={label} rows={3} maxLength={NOTE_MAX} value={text} onChange={(event) => setText(event.target.value)} />
    </Field>
  );
  const ready = text.trim().length >= NOTE_MIN;
  return (
    <>
      {may("discharge-order.order") && <OrderAction call={order.id} replaces />}
      {may("discharge-order.cancel") && (
        <ReasonAction
          danger
          title={t("rooms.discharge.order.cancel")}
          okText={t("rooms.discharge.order.cancel")}
          success={t("rooms.discharge.order.cancelled")}
          onOpen={() => setText("")}
          ready={ready}
          run={() => api.post(url`/discharge-orders/${order.id}/cancel`, { reason: text.trim() })}
          body={words(t("rooms.reason"))}
        >
          {t("rooms.discharge.order.cancel")}
        </ReasonAction>
      )}
      {may("discharge-order.explain") && (
        <ReasonAction
          type="primary"
          title={t("rooms.discharge.order.explain")}
          okText={t("rooms.discharge.order.explain")}
          success={t("rooms.discharge.order.explained")}
          onOpen={() => setText("")}
          ready={ready}
          run={() => api.post(url`/discharge-orders/${order.id}/explain`, { note: text.trim() })}
          body={words(t("rooms.discharge.order.note"))}
        >
          {t("rooms.discharge.order.explain")}
        </ReasonAction>
      )}
    </>
  );
}
