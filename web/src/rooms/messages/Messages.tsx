// The message centre (报文中心): what waits, what is out of the ordinary, what came and went, and sending a message.
import { BarChartOutlined, DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, DatePicker, Input, Segmented } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Message, MessageCounts, MessageSummary, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, ProblemAlert, StatusTag, Upload, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { Alarms } from "./Alarms";
import { PartnerAnswer } from "./Replies";

const BYTES_MAX = 32 * 1024 * 1024;
const TYPES = ["CUSCAR", "IFCSUM", "COARRI", "CODECO", "COPRAR", "COPARN", "COREOR", "COEDOR", "CUSRES", "CUSREP", "BERMAN", "BAPLIE", "VERMAS", "IFTMIN", "IFTSTA", "IFTDGN", "PAXLST", "CONTRL", "APERAK"];
const CHANNELS = ["api", "web", "folder", "sftp", "push", "mailbox", "repair", "replay"];
/** Everything that a search is made of; also what an export takes over. */
const ASKED = ["q", "direction", "partner", "type", "status", "channel", "code", "answer", "from", "to", "waiting"];
const ANSWERS = ["awaited", "acknowledged", "refused"] as const;

export default function Messages() {
  const { t, tx, maybe } = useI18n();
  const can = useCan();
  const [search, setSearch] = useSearchParams();
  const counts = useGet<MessageCounts>("/messages/counts");
  const desk = counts.data?.desk ?? false;
  const partners = useGet<Page<Organisation>>(desk ? "/organisations" : null, undefined, { staleTime: Infinity });
  const statuses = useStatusChoices("message");
  const set = (values: Record<string, string | undefined>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(values)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  const asked = Object.fromEntries(ASKED.map((name) => [name, search.get(name) ?? undefined]));
  const [from, to] = [search.get("from"), search.get("to")];
  return (
    <>
      <PageHeader
        title={t("rooms.message.title")}
        actions={
          <Link className="button-link secondary" to="/messages/statistics">
            <BarChartOutlined aria-hidden="true" /> {t("rooms.message.statistics")}
          </Link>
        }
      >
        {t(desk ? "rooms.message.leadDesk" : "rooms.message.lead")}
      </PageHeader>
      {counts.data && <Counts counts={counts.data} />}
      {can("message-alarm.read") && <Alarms />}
      {can("message.send") && <Send />}
      <Segmented
        aria-label={t("rooms.message.direction")}
        value={search.get("waiting") ? "waiting" : (search.get("direction") ?? "")}
        options={[
          { value: "", label: t("worklist.all") },
          { value: "in", label: t("rooms.message.inbox") },
          { value: "out", label: t("rooms.message.outbox") },
          { value: "waiting", label: t("rooms.message.toRepairTab", { n: counts.data?.to_repair ?? 0 }) },
        ]}
        onChange={(value) => set(value === "waiting" ? { direction: undefined, waiting: "true" } : { direction: value || undefined, waiting: undefined })}
      />
      <Worklist<MessageSummary>
        label={t("rooms.message.title")}
        path="/messages"
        params={{ direction: asked.direction, waiting: asked.waiting, from: asked.from, to: asked.to }}
        rowKey={(row) => row.id}
        to={(row) => url`/messages/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.message.find") },
          ...(desk
            ? [
                {
                  name: "partner",
                  label: t("rooms.message.partner"),
                  options: (partners.data?.items ?? []).filter((each) => ["agent", "terminal"].includes(each.role)).map((each) => ({ value: each.id, label: tx(each.name) })),
                },
              ]
            : []),
          { name: "type", label: t("rooms.message.type"), options: TYPES.map((value) => ({ value, label: value })) },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "channel", label: t("rooms.message.channel"), options: CHANNELS.map((value) => ({ value, label: maybe(`rooms.message.channel.${value}`, value) })) },
          { name: "code", label: t("rooms.message.code") },
          { name: "answer", label: t("rooms.message.partnerAnswer"), options: ANSWERS.map((value) => ({ value, label: t(`rooms.message.partnerAnswer.${value}`) })) },
        ]}
        actions={
          <>
            <DatePicker.RangePicker
              aria-label={t("rooms.message.period")}
              placeholder={[t("rooms.message.from"), t("rooms.message.to")]}
              allowEmpty
              value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
              onChange={(range) => set({ from: range?.[0]?.format("YYYY-MM-DD"), to: range?.[1]?.format("YYYY-MM-DD") })}
            />
            <a className="button-link secondary" href={fileUrl("/messages/export", asked)} download="messages.csv">
              <DownloadOutlined aria-hidden="true" /> CSV
            </a>
          </>
        }
        columns={[
          {
            key: "reference",
            title: t("rooms.message.reference"),
            render: (row) => (
              <span className="mono">
                {row.type || "?"} {row.reference || row.id.slice(0, 12)}
              </span>
            ),
          },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "direction", title: t("rooms.message.direction"), render: (row) => (row.direction === "in" ? t("rooms.message.in") : t("rooms.message.out")) },
          { key: "partner", title: t("rooms.message.partner"), render: (row) => tx(row.partner.name) },
          { key: "document", title: t("rooms.message.document"), render: (row) => <span className="mono">{row.document ?? ""}</span>, wide: true },
          { key: "findings", title: t("rooms.message.found"), align: "right", render: (row) => <Found row={row} /> },
          { key: "answer", title: t("rooms.message.partnerAnswer"), render: (row) => <PartnerAnswer message={row} />, wide: true },
          { key: "channel", title: t("rooms.message.channel"), render: (row) => maybe(`rooms.message.channel.${row.channel}`, row.channel), wide: true },
          { key: "at", title: t("rooms.message.receivedAt"), render: (row) => <When at={row.received_at} style="short" /> },
        ]}
        empty={t("rooms.message.empty")}
      />
    </>
  );
}

function Found({ row }: { row: MessageSummary }) {
  const { t } = useI18n();
  if (row.errors === 0 && row.warnings === 0) return <span className="muted">–</span>;
  return (
    <span>
      {row.errors > 0 && <span className="found-errors">{t("rooms.message.errors", { n: row.errors })}</span>}{" "}
      {row.warnings > 0 && <span className="found-warnings">{t("rooms.message.warnings", { n: row.warnings })}</span>}
    </span>
  );
}

function Counts({ counts }: { counts: MessageCounts }) {
  const { t, number } = useI18n();
  const cards = [
    { key: "repair", n: counts.to_repair, text: t("rooms.message.countRepair"), to: "/messages?waiting=true", bad: counts.to_repair > 0 },
    { key: "unread", n: counts.unread, text: t("rooms.message.countUnread"), to: "/messages?status=received", bad: false },
    { key: "fetch", n: counts.to_fetch, text: t("rooms.message.countFetch"), to: "/messages?status=prepared", bad: false },
    { key: "alarms", n: counts.alarms, text: t("rooms.message.countAlarms"), to: "#alarms-title", bad: counts.alarms > 0 },
  ];
  return (
    <ul className="message-counts">
      {cards.map((card) => (
        <li key={card.key}>
          <Link to={card.to} className={card.bad ? "message-count message-count-bad" : "message-count"}>
            <strong>{number(card.n)}</strong> {card.text}
          </Link>
        </li>
      ))}
    </ul>
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
