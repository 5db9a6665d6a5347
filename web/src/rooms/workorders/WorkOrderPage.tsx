// One discharge or loading order: what is listed, what became of each box, and what may be done now.
import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { WorkOrder, WorkOrderBox } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { LoadedAction } from "./LoadedAction";
import { OrderAction } from "./OrderAction";
import { useWorkText, type Work } from "./words";

const NOTE_MAX = 500;
const NOTE_MIN = 2;
const STANDINGS = ["waiting", "done", "missing", "unlisted"] as const;
const TONES: Record<string, "wait" | "done" | "stop"> = { waiting: "wait", discharged: "done", loaded: "done", missing: "stop", unlisted: "stop", doubtful: "stop" };

export function WorkOrderPage({ work }: { work: Work }) {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const w = useWorkText(work);
  const order = useGet<WorkOrder>(url`/${work}-orders/${id}`);
  const data = order.data;
  return (
    <>
      <PageHeader
        title={data ? `${data.ship_name} ${data.voyage}` : id}
        eyebrow={<span className="mono">{data?.document ?? id}</span>}
        back={{ to: `/${work}-orders`, text: w("title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions order={data} work={work} />}
      />
      {order.error && <ProblemAlert error={order.error} retry={() => void order.refetch()} />}
      {order.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={w("facts")}>
            <KeyFacts
              facts={[
                { label: w("call"), value: <ObjectLink type="ship-call" id={data.id} /> },
                { label: t("rooms.call.agent"), value: tx(data.agent.name) },
                { label: t("rooms.call.terminal"), value: tx(data.terminal.name) },
                { label: w("orderedAt"), value: data.status === "unordered" ? "–" : <When at={data.ordered_at} /> },
                { label: w("boxes"), value: data.boxes },
                { label: w("done"), value: data.done },
                { label: w("missing"), value: data.missing },
                { label: w("unlisted"), value: data.unlisted },
                ...(data.message ? [{ label: w("message"), value: <ObjectLink type="message" id={data.message} /> }] : []),
              ]}
            />
            {data.reason && <Alert type="info" showIcon title={w("reason")} description={data.reason} />}
            {data.explanation && <Alert type="info" showIcon title={w("explanation")} description={data.explanation} />}
          </section>
          <Boxes id={data.id} work={work} />
        </>
      )}
    </>
  );
}

function Boxes({ id, work }: { id: string; work: Work }) {
  const { t } = useI18n();
  const w = useWorkText(work);
  const done = work === "loading" ? "loaded" : "discharged";
  const standings = STANDINGS.map((each) => ({ value: each === "done" ? done : each, label: w(`standing.${each}`) }));
  if (work === "loading") standings.push({ value: "doubtful", label: t("rooms.loading.order.standing.doubtful") });
  return (
    <Worklist<WorkOrderBox>
      label={w("boxes")}
      path={url`/${work}-orders/${id}/boxes`}
      rowKey={(row) => row.number}
      to={(row) => (row.container ? url`/cases/${row.container}` : null)}
      filters={[
        { name: "q", label: w("findBox") },
        { name: "standing", label: w("standing"), options: standings },
      ]}
      actions={
        <a className="button-link secondary" href={fileUrl(url`/${work}-orders/${id}/boxes.csv`)} download={`${work}-${id}.csv`}>
          <DownloadOutlined aria-hidden="true" /> CSV
        </a>
      }
      columns={[
        { key: "number", title: w("number"), render: (row) => <span className="mono">{row.number}</span> },
        { key: "standing", title: w("standing"), render: (row) => <StatusTag status={row.standing} text={row.standing_text} tone={TONES[row.standing] ?? "wait"} /> },
        { key: "size", title: w("size"), render: (row) => <span className="mono">{row.size_type}</span> },
        { key: "kg", title: w("kg"), align: "right", render: (row) => row.gross_kg ?? "–" },
        { key: "bill", title: w("bill"), render: (row) => (row.bill ? <span className="mono">{row.bill}</span> : "–"), wide: true },
        { key: "cell", title: w("cell"), render: (row) => <span className="mono">{row.cell ?? "–"}</span>, wide: true },
        { key: "at", title: w("doneAt"), render: (row) => <When at={row.done_at} style="short" /> },
      ]}
      empty={w("noBoxes")}
    />
  );
}

function Actions({ order, work }: { order: WorkOrder; work: Work }) {
  const { t } = useI18n();
  const w = useWorkText(work);
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
      {may(`${work}-order.order`) && <OrderAction work={work} call={order.id} replaces={order.status === "ordered"} />}
      {may("loading.report") && <LoadedAction call={order.id} />}
      {may(`${work}-order.cancel`) && (
        <ReasonAction
          danger
          title={w("cancel")}
          okText={w("cancel")}
          success={w("cancelled")}
          onOpen={() => setText("")}
          ready={ready}
          run={() => api.post(url`/${work}-orders/${order.id}/cancel`, { reason: text.trim() })}
          body={words(t("rooms.reason"))}
        >
          {w("cancel")}
        </ReasonAction>
      )}
      {may(`${work}-order.explain`) && (
        <ReasonAction
          type="primary"
          title={w("explain")}
          okText={w("explain")}
          success={w("explained")}
          onOpen={() => setText("")}
          ready={ready}
          run={() => api.post(url`/${work}-orders/${order.id}/explain`, { note: text.trim() })}
          body={words(w("note"))}
        >
          {w("explain")}
        </ReasonAction>
      )}
    </>
  );
}
