// EDI messages (报文): send one by dropping or pasting it, and read what came and went.
import { Alert, Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction } from "../../api/query";
import { useCan } from "../../api/session";
import type { Message, MessageSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, ProblemAlert, StatusTag, Upload, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

const BYTES_MAX = 32 * 1024 * 1024;

export default function Messages() {
  const { t, tx, number } = useI18n();
  const can = useCan();
  const [search, setSearch] = useSearchParams();
  const direction = search.get("direction") ?? "";
  const statuses = useStatusChoices("message");
  return (
    <>
      <PageHeader title={t("rooms.message.title")}>{t("rooms.message.lead")}</PageHeader>
      {can("message.send") && <Send />}
      <Segmented
        aria-label={t("rooms.message.direction")}
        value={direction}
        options={[
          { value: "", label: t("worklist.all") },
          { value: "in", label: t("rooms.message.in") },
          { value: "out", label: t("rooms.message.out") },
        ]}
        onChange={(value) =>
          setSearch((before) => {
            const next = new URLSearchParams(before);
            if (value) next.set("direction", value);
            else next.delete("direction");
            return next;
          })
        }
      />
      <Worklist<MessageSummary>
        label={t("rooms.message.title")}
        path="/messages"
        params={{ direction: direction || undefined }}
        rowKey={(row) => row.id}
        to={(row) => url`/messages/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.message.find") },
          {
            name: "type",
            label: t("rooms.message.type"),
            options: ["CUSCAR", "IFCSUM", "COARRI", "CODECO", "COREOR", "CUSRES", "CONTRL", "APERAK"].map((value) => ({ value, label: value })),
          },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "type", title: t("rooms.message.type"), render: (row) => <span className="mono">{row.type || "?"}</span> },
          { key: "direction", title: t("rooms.message.direction"), render: (row) => (row.direction === "in" ? t("rooms.message.in") : t("rooms.message.out")) },
          { key: "reference", title: t("rooms.message.reference"), render: (row) => <span className="mono">{row.reference}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "partner", title: t("rooms.message.partner"), render: (row) => tx(row.partner.name), wide: true },
          { key: "bytes", title: t("rooms.message.bytes"), align: "right", render: (row) => number(row.bytes), wide: true },
          { key: "at", title: t("rooms.message.receivedAt"), render: (row) => <When at={row.received_at} style="short" /> },
        ]}
        empty={t("rooms.message.empty")}
      />
    </>
  );
}

function Send() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [pasting, setPasting] = useState(false);
  const [left, setLeft] = useState(0);
  const send = useAction<Blob, Message>(
    (body) => api.postRaw<Message>("/messages", body, { contentType: "application/edifact" }),
    (message) => {
      setText("");
      if (left <= 1) void navigate(url`/messages/${message.id}`);
    },
  );
  return (
    <section className="panel" aria-label={t("rooms.message.send")}>
      <div className="send-message">
        <Upload
          accept=".edi,.txt,.edifact,.xml,text/plain,application/edifact"
          bytesMax={BYTES_MAX}
          busy={send.isPending}
          multiple
          onFiles={(files) => {
            setLeft(files.length);
            for (const file of files) send.mutate(file);
          }}
        >
          {t("rooms.message.drop")}
        </Upload>
        {pasting ? (
          <div className="stack">
            <Input.TextArea
              aria-label={t("rooms.message.paste")}
              className="mono"
              rows={6}
              spellCheck={false}
              placeholder={"UNB+UNOC:3+…"}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <div className="row">
              <Button
                type="primary"
                disabled={!text.trim()}
                loading={send.isPending}
                onClick={() => {
                  setLeft(1);
                  send.mutate(new Blob([text], { type: "application/edifact" }));
                }}
              >
                {t("rooms.message.sendText")}
              </Button>
              <Button onClick={() => setPasting(false)}>{t("action.cancel")}</Button>
            </div>
          </div>
        ) : (
          <Button onClick={() => setPasting(true)}>{t("rooms.message.paste")}</Button>
        )}
      </div>
      {send.error && <ProblemAlert error={send.error} />}
      <Alert type="info" showIcon title={t("rooms.message.kept")} className="quiet-note" />
    </section>
  );
}
