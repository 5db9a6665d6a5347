// One message: what came out of it, what was wrong and where, who did what with it, and what can be done now.
import { DownloadOutlined, EditOutlined, PrinterOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Modal } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useAction, useGet, useVersioned } from "../../api/query";
import type { Finding, Message } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, FindingList, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { RawText } from "../parts/RawText";
import { Replies } from "./Replies";
import { SegmentsPanel, type Picked } from "./Segments";
import { BeforeAfter, Trail } from "./Trail";

const OBJECTS_SHOWN = 40;
const OUTCOMES_SHOWN = 50;
const REASON_MAX = 500;

export default function MessagePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const message = useGet<Message>(url`/messages/${id}`);
  const [picked, setPicked] = useState<Picked | null>(null);
  const data = message.data;
  const pick = (finding: Finding) => {
    const index = finding.segment;
    if (index !== undefined && index !== null) setPicked((before) => ({ index, turn: (before?.turn ?? 0) + 1 }));
  };
  return (
    <>
      <PageHeader
        title={data ? `${data.type} ${data.reference}` : t("kind.message")}
        eyebrow={t("kind.message")}
        back={{ to: "/messages", text: t("rooms.message.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions message={data} />}
      />
      {message.error && <ProblemAlert error={message.error} retry={() => void message.refetch()} />}
      {message.isPending && <Loading />}
      {data && (
        <>
          <Standing message={data} />
          <PassedOn message={data} />
          <div className="split form-split">
            <div className="stack">
              <Facts message={data} />
              {data.repair && <BeforeAfter id={id} before={data.repair.of} />}
              <SegmentsPanel id={id} findings={data.findings} picked={picked} onPick={pick} />
            </div>
            <div className="stack">
              <section className="panel">
                <h2>{t("findings.title")}</h2>
                <FindingList findings={data.findings} onPick={pick} empty={<Alert type="success" showIcon title={t("rooms.message.clean")} />} />
              </section>
              <Replies message={data} />
              <Trail id={id} />
              <Led message={data} />
              {data.answers.map((answer) => (
                <AnswerPanel key={answer} id={answer} />
              ))}
            </div>
          </div>
        </>
      )}
    </>
  );
}

/** Whose it is, when it is another partner's; and whether what was passed on arrived. */
function PassedOn({ message }: { message: Message }) {
  const { t, tx } = useI18n();
  const { forward, from } = message;
  if (from) return <Alert type="info" showIcon title={t("rooms.message.passedFrom", { from: tx(from.name) })} />;
  if (!forward) return null;
  const to = tx(forward.to.name);
  if (forward.fault) return <Alert type="error" showIcon title={t("rooms.message.passedFailed", { to })} description={forward.fault} />;
  return (
    <Alert
      type={forward.delivered_at ? "success" : "info"}
      showIcon
      title={t(forward.delivered_at ? "rooms.message.passedArrived" : "rooms.message.passedWaiting", { to })}
      description={forward.delivered_at && <When at={forward.delivered_at} />}
    />
  );
}

function Actions({ message }: { message: Message }) {
  const { t } = useI18n();
  const can = (action: string) => message.actions.includes(action);
  return (
    <>
      {can("message.repair") && (
        <>
          <Link className="button-link" to={url`/messages/${message.id}/repair`}>
            <EditOutlined aria-hidden="true" /> {t("rooms.message.repair")}
          </Link>
          <WithReason message={message} deed="repair" />
        </>
      )}
      {can("message.resend") && (
        <ActionButton run={() => api.post<Message>(url`/messages/${message.id}/resend`, {})} confirm={t("rooms.message.resendAsk")} success={t("rooms.message.resent")} problem="message">
          {t("rooms.message.resend")}
        </ActionButton>
      )}
      {can("message.close") && <WithReason message={message} deed="close" />}
      {message.plain && (
        <a className="button-link secondary" href={fileUrl(url`/messages/${message.id}/raw`)} download={`${message.id}.edi`}>
          <DownloadOutlined aria-hidden="true" /> {t("rooms.message.download")}
        </a>
      )}
      <Button icon={<PrinterOutlined aria-hidden="true" />} onClick={() => window.print()}>
        {t("action.print")}
      </Button>
    </>
  );
}

/** Replays a message as it is, or closes it; either needs a reason. */
function WithReason({ message, deed }: { message: Message; deed: "repair" | "close" }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const read = useVersioned<Message>(open ? url`/messages/${message.id}` : null);
  const action = useAction<undefined, Message>(
    () => api.post<Message>(url`/messages/${message.id}/` + deed, { reason }, read.data?.etag ? { ifMatch: read.data.etag } : {}),
    (result) => {
      setOpen(false);
      if (deed === "repair") void navigate(url`/messages/${result.id}`);
    },
  );
  const title = deed === "repair" ? t("rooms.message.replay") : t("rooms.message.close");
  return (
    <>
      <Button onClick={() => setOpen(true)}>{title}</Button>
      <Modal
        title={title}
        open={open}
        onCancel={() => setOpen(false)}
        okText={title}
        cancelText={t("action.cancel")}
        okButtonProps={{ disabled: !reason.trim(), loading: action.isPending }}
        onOk={() => action.mutate(undefined)}
      >
        <p>{deed === "repair" ? t("rooms.message.replayText") : t("rooms.message.closeText")}</p>
        <label htmlFor={`reason-${deed}`}>{t("rooms.message.reason")}</label>
        <Input.TextArea id={`reason-${deed}`} rows={3} maxLength={REASON_MAX} value={reason} onChange={(event) => setReason(event.target.value)} />
        {action.error && <ProblemAlert error={action.error} />}
      </Modal>
    </>
  );
}

/** Where the message stands, in a sentence. */
function Standing({ message }: { message: Message }) {
  const { t } = useI18n();
  return (
    <div className="stack message-standing">
      {message.repaired_by && (
        <Alert
          type="info"
          showIcon
          title={t("rooms.message.wasRepaired")}
          description={
            <ObjectLink type="message" id={message.repaired_by}>
              {t("rooms.message.toRepair")}
            </ObjectLink>
          }
        />
      )}
      {message.repair && (
        <Alert
          type={message.status === "processed" ? "success" : "info"}
          showIcon
          title={t(message.repair.edits > 0 ? "rooms.message.isRepair" : "rooms.message.isReplay", { n: message.repair.generation, edits: message.repair.edits })}
          description={
            <>
              {message.repair.reason}{" "}
              <ObjectLink type="message" id={message.repair.root}>
                {t("rooms.message.toRoot")}
              </ObjectLink>
            </>
          }
        />
      )}
      {message.closed_reason && <Alert type="info" showIcon title={t("rooms.message.wasClosed")} description={message.closed_reason} />}
      {message.actions.includes("message.repair") && <Alert type="error" showIcon title={t("rooms.message.waits")} />}
      {!message.plain && <Alert type="warning" showIcon title={t("rooms.message.masked")} />}
    </div>
  );
}

function Facts({ message }: { message: Message }) {
  const { t, tx, number } = useI18n();
  return (
    <section className="panel" aria-label={t("rooms.message.facts")}>
      <KeyFacts
        facts={[
          { label: t("rooms.message.direction"), value: message.direction === "in" ? t("rooms.message.in") : t("rooms.message.out") },
          { label: t("rooms.message.partner"), value: tx(message.partner.name) },
          { label: t("rooms.message.document"), value: message.document ?? "–" },
          { label: t("rooms.message.receivedAt"), value: <When at={message.received_at} style="second" /> },
          { label: t("rooms.message.bytes"), value: number(message.bytes) },
          { label: t("rooms.message.channel"), value: message.channel },
          { label: t("rooms.message.sha"), value: <CopyText text={message.sha256} shown={`${message.sha256.slice(0, 16)}…`} /> },
        ]}
      />
      {message.outcomes.length > 1 && (
        <table className="outcomes">
          <caption>{t("rooms.message.outcomes")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("rooms.message.reference")}</th>
              <th scope="col">{t("rooms.message.type")}</th>
              <th scope="col">{t("rooms.message.document")}</th>
              <th scope="col">{t("rooms.message.outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {message.outcomes.slice(0, OUTCOMES_SHOWN).map((outcome, at) => (
              <tr key={at}>
                <th scope="row" className="mono">
                  {outcome.reference}
                </th>
                <td className="mono">{outcome.type}</td>
                <td className="mono">{outcome.document ?? "–"}</td>
                <td>
                  <Outcome code={outcome.outcome} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Outcome({ code }: { code: string }) {
  const { maybe } = useI18n();
  const tone = code === "refused" ? "stop" : code === "partly" ? "wait" : "done";
  return <StatusTag status={code} text={maybe(`rooms.message.outcome.${code}`, code)} tone={tone} />;
}

function Led({ message }: { message: Message }) {
  const { t, maybe } = useI18n();
  return (
    <section className="panel">
      <h2>{t("rooms.message.created")}</h2>
      {message.objects.length === 0 ? (
        <p className="muted">{t("rooms.message.nothingCreated")}</p>
      ) : (
        <ul className="object-list">
          {message.objects.slice(0, OBJECTS_SHOWN).map((object) => (
            <li key={`${object.type} ${object.id}`}>
              <span className="muted">{maybe(`kind.${object.type}`, object.type)}</span> <ObjectLink type={object.type} id={object.id} />
            </li>
          ))}
          {message.objects.length > OBJECTS_SHOWN && <li className="muted">{t("rooms.more", { n: message.objects.length - OBJECTS_SHOWN })}</li>}
        </ul>
      )}
    </section>
  );
}

function AnswerPanel({ id }: { id: string }) {
  const { t } = useI18n();
  const answer = useGet<Message>(url`/messages/${id}`);
  const raw = useGet<string>(answer.data?.plain ? url`/messages/${id}/raw` : null, undefined, { staleTime: Infinity });
  return (
    <section className="panel">
      <h2>
        {t("rooms.message.answer")} {answer.data?.type ?? ""}
      </h2>
      <p className="muted">
        <ObjectLink type="message" id={id}>
          {answer.data?.reference ?? id}
        </ObjectLink>{" "}
        · <When at={answer.data?.received_at} style="second" />
      </p>
      {typeof raw.data === "string" && <RawText small label={`${t("rooms.message.answer")} ${answer.data?.type ?? ""} ${answer.data?.reference ?? id}`} text={raw.data.replace(/'(?=\S)/g, "'\n")} />}
    </section>
  );
}
