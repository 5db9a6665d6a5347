// What is out of the ordinary with the messages: shown above the message centre and on the start page.
import { Alert, Button, Input, Modal } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { MessageAlarm, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, StatusTag, When } from "../../parts";

const SHOWN = 5;
const NOTE_MAX = 500;

export function Alarms() {
  const { t } = useI18n();
  const alarms = useGet<Page<MessageAlarm>>("/message-alarms", { limit: 50 });
  const [all, setAll] = useState(false);
  const items = alarms.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className="panel alarms" aria-labelledby="alarms-title">
      <h2 id="alarms-title">{t("rooms.alarm.title")}</h2>
      <ul>
        {(all ? items : items.slice(0, SHOWN)).map((alarm) => (
          <Row key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {!all && items.length > SHOWN && (
        <Button type="link" onClick={() => setAll(true)}>
          {t("rooms.more", { n: items.length - SHOWN })}
        </Button>
      )}
    </section>
  );
}

function Row({ alarm }: { alarm: MessageAlarm }) {
  const { t, tx, maybe } = useI18n();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const acknowledge = useAction<undefined, MessageAlarm>(
    () => api.post<MessageAlarm>(url`/message-alarms/${alarm.id}/acknowledge`, { note }),
    () => {
      setOpen(false);
      setNote("");
    },
  );
  const search = new URLSearchParams({ partner: alarm.partner.id, direction: "in" });
  if (alarm.cause === "no-answer" || alarm.cause === "answers-refused") {
    search.set("direction", "out");
    search.set("answer", alarm.cause === "no-answer" ? "awaited" : "refused");
  }
  if (alarm.cause === "unhandled") search.set("waiting", "true");
  if (alarm.cause === "unread") search.set("status", "received");
  return (
    <li className={`alarm alarm-${alarm.status}`}>
      <div>
        <p>
          <StatusTag status={alarm.status} text={alarm.status_text} /> <strong>{maybe(`rooms.alarm.${alarm.cause}`, alarm.cause)}</strong> · {tx(alarm.partner.name)}
        </p>
        <p>
          {tx(alarm.text)}{" "}
          <span className="muted">
            {t("rooms.alarm.since")} <When at={alarm.raised_at} style="short" />
          </span>
        </p>
        {alarm.note && <p className="alarm-note">{alarm.note}</p>}
      </div>
      <div className="row">
        <Link to={`/messages?${search.toString()}`} aria-label={`${t("rooms.alarm.messages")}: ${tx(alarm.partner.name)}`}>
          {t("rooms.alarm.messages")}
        </Link>
        <Button size="small" onClick={() => setOpen(true)} aria-label={`${t("rooms.alarm.acknowledge")}: ${tx(alarm.partner.name)}`}>
          {t("rooms.alarm.acknowledge")}
        </Button>
      </div>
      <Modal
        title={t("rooms.alarm.acknowledge")}
        open={open}
        onCancel={() => setOpen(false)}
        okText={t("rooms.alarm.acknowledge")}
        cancelText={t("action.cancel")}
        okButtonProps={{ disabled: !note.trim(), loading: acknowledge.isPending }}
        onOk={() => acknowledge.mutate(undefined)}
      >
        <Alert type="info" showIcon title={tx(alarm.text)} />
        <label htmlFor={`note-${alarm.id}`}>{t("rooms.alarm.note")}</label>
        <Input.TextArea id={`note-${alarm.id}`} rows={3} maxLength={NOTE_MAX} value={note} onChange={(event) => setNote(event.target.value)} />
        {acknowledge.error && <ProblemAlert error={acknowledge.error} />}
      </Modal>
    </li>
  );
}
