// Puts a rejected message right: segment by segment or in the raw text, checked while typing, with suggestions for what the rest
// of the file already says. What came stays as it came; the repair is kept beside it and read in the sender's name.
import { DeleteOutlined, PlusOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, Problem, url } from "../../api/client";
import { useAction, useGet, useVersioned } from "../../api/query";
import type { Finding, Message, MessageCheck, MessageEdit, Segments, Suggestion } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { worst } from "../parts/Field";
import { editBetween, editsOf, isChanged, numberAfter, untouched, withSuggestion, type Change, type Changes } from "./edits";

/** Segments shown at a time. */
const SHOWN = 200;
/** Largest file whose raw text may be edited as a whole. */
const RAW_BYTES_MAX = 256 * 1024;
const CHECK_AFTER_MS = 400;
const REASON_MAX = 500;

export default function RepairPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const message = useVersioned<Message>(url`/messages/${id}`);
  const data = message.data?.data;
  return (
    <>
      <PageHeader
        title={t("rooms.message.repairTitle", { what: data ? `${data.type} ${data.reference}` : "" })}
        eyebrow={data ? tx(data.partner.name) : t("kind.message")}
        back={{ to: url`/messages/${id}`, text: t("rooms.message.backToMessage") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      >
        {t("rooms.message.repairLead")}
      </PageHeader>
      {message.error && <ProblemAlert error={message.error} />}
      {message.isPending && <Loading />}
      {data && !data.actions.includes("message.repair") && <Alert type="info" showIcon title={t("rooms.message.notRepairable")} />}
      {data?.actions.includes("message.repair") && <Editor key={id} message={data} etag={message.data?.etag ?? null} />}
    </>
  );
}

function Editor({ message, etag }: { message: Message; etag: string | null }) {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const small = message.plain && message.bytes <= RAW_BYTES_MAX;
  const raw = useGet<string>(small ? url`/messages/${message.id}/raw` : null, undefined, { staleTime: Infinity });
  // A text that is not UTF-8 cannot be edited as one; its segments can.
  const whole = typeof raw.data === "string" && !raw.data.includes("�") ? raw.data : null;
  const terminator = whole?.startsWith("UNA") ? (whole[8] ?? "'") : "'";
  const [mode, setMode] = useState<"segments" | "raw">("segments");
  const [changes, setChanges] = useState<Changes>(new Map());
  const [text, setText] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const first = message.findings.find((finding) => finding.severity === "error" && finding.segment)?.segment ?? 1;
  const [from, setFrom] = useState(Math.max(1, first - SHOWN / 2));
  const stretch = useGet<Segments>(url`/messages/${message.id}/segments`, { from, limit: SHOWN }, { staleTime: Infinity, keep: true });
  const edits = useMemo<MessageEdit[]>(
    () => (mode === "raw" ? (whole !== null && text !== null ? editBetween(whole, text) : []) : editsOf(changes, terminator)),
    [mode, whole, text, changes, terminator],
  );
  const check = useCheck(message.id, edits);
  const findings = check.data?.findings ?? message.findings;
  const save = useAction<undefined, Message>(
    () => api.post<Message>(url`/messages/${message.id}/repair`, { edits, reason }, etag ? { ifMatch: etag } : {}),
    (result) => void navigate(url`/messages/${result.id}`),
  );
  const rows = useMemo(() => rowsOf(stretch.data, changes), [stretch.data, changes]);
  const rowList = useRef<HTMLOListElement>(null);
  const change = (index: number, next: Change) =>
    setChanges((before) => {
      const all = new Map(before);
      if (isChanged(next)) all.set(index, next);
      else all.delete(index);
      return all;
    });
  const find = (index: number) => rows.find((row) => row.index === index)?.change;
  const take = (suggestion: Suggestion) => {
    if (mode === "raw" && whole !== null) {
      const now = text ?? whole;
      const bytes = new TextEncoder().encode(now);
      const decoder = new TextDecoder();
      setText(decoder.decode(bytes.slice(0, suggestion.edit.offset)) + suggestion.edit.text + decoder.decode(bytes.slice(suggestion.edit.offset + suggestion.edit.length)));
      return;
    }
    const next = withSuggestion(changes, suggestion, terminator, find);
    if (next) setChanges(next);
  };
  const show = (finding: Finding) => {
    const row = rows.find((each) => numberAfter(changes, each.index) === finding.segment);
    rowList.current?.querySelector<HTMLElement>(`[data-row="${String(row?.index ?? 0)}"] input`)?.focus();
  };
  const switchTo = (next: "segments" | "raw") => {
    setMode(next);
    setChanges(new Map());
    setText(null);
  };
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return (
    <div className="split form-split">
      <section className="panel" aria-labelledby="editor-title">
        <div className="panel-head">
          <h2 id="editor-title">{t("rooms.message.content")}</h2>
          {whole !== null && (
            <Segmented
              aria-label={t("rooms.message.editMode")}
              value={mode}
              onChange={switchTo}
              options={[
                { value: "segments", label: t("rooms.message.bySegment") },
                { value: "raw", label: t("rooms.message.raw") },
              ]}
            />
          )}
        </div>
        {mode === "raw" && whole !== null ? (
          <Input.TextArea
            aria-label={t("rooms.message.raw")}
            className="mono repair-raw"
            autoSize={{ minRows: 16, maxRows: 40 }}
            spellCheck={false}
            value={text ?? whole}
            onChange={(event) => setText(event.target.value)}
          />
        ) : (
          <>
            {stretch.isPending && <Loading />}
            {stretch.error && <ProblemAlert error={stretch.error} />}
            {stretch.data && stretch.data.from > 1 && (
              <button type="button" className="segment-more" onClick={() => setFrom(Math.max(1, from - SHOWN))}>
                {t("rooms.message.before", { n: stretch.data.from - 1 })}
              </button>
            )}
            <ol className="segments repair-rows" ref={rowList}>
              {rows.map((row) => (
                <Row
                  key={row.index}
                  row={row}
                  number={numberAfter(changes, row.index)}
                  findings={findings}
                  onChange={(next) => change(row.index, next)}
                />
              ))}
            </ol>
            {stretch.data && stretch.data.from + stretch.data.items.length <= stretch.data.total && (
              <button type="button" className="segment-more" onClick={() => setFrom(from + SHOWN)}>
                {t("rooms.message.after", { n: stretch.data.total - stretch.data.from - stretch.data.items.length + 1 })}
              </button>
            )}
          </>
        )}
      </section>
      <div className="stack form-aside">
        <section className="panel repair-save" aria-labelledby="save-title">
          <h2 id="save-title">{t("rooms.message.saveTitle")}</h2>
          <p role="status" className={errors > 0 ? "repair-state repair-state-bad" : "repair-state"}>
            {errors > 0 ? t("rooms.message.errorsLeft", { n: errors }) : t("rooms.message.noErrorsLeft")}
          </p>
          <label htmlFor="repair-reason">{t("rooms.message.reason")}</label>
          <Input.TextArea id="repair-reason" rows={2} maxLength={REASON_MAX} value={reason} onChange={(event) => setReason(event.target.value)} />
          <Button type="primary" block disabled={!reason.trim() || edits.length === 0} loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {t("rooms.message.save")}
          </Button>
          {save.error && <ProblemAlert error={save.error} />}
        </section>
        {(check.data?.suggestions.length ?? 0) > 0 && (
          <section className="panel" aria-labelledby="suggestions-title">
            <h2 id="suggestions-title">{t("rooms.message.suggestions")}</h2>
            <ul className="suggestions">
              {check.data?.suggestions.slice(0, 20).map((suggestion) => (
                <li key={`${suggestion.code} ${String(suggestion.edit.offset)}`}>
                  <span>{tx(suggestion.text)}</span>
                  <Button size="small" onClick={() => take(suggestion)} aria-label={`${t("rooms.message.take")}: ${tx(suggestion.text)}`}>
                    {t("rooms.message.take")}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section className="panel">
          <h2>{t("findings.title")}</h2>
          {check.error && <ProblemAlert error={check.error} />}
          <FindingList findings={findings} onPick={show} empty={<Alert type="success" showIcon title={t("rooms.message.clean")} />} />
        </section>
      </div>
    </div>
  );
}

/** Checks the message as it would be; shortly after the last change. */
function useCheck(id: string, edits: MessageEdit[]) {
  const asked = JSON.stringify(edits);
  const { mutate, data, error } = useCheckRun(id);
  useEffect(() => {
    const timer = setTimeout(() => mutate(JSON.parse(asked) as MessageEdit[]), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [asked, mutate]);
  return { data, error };
}

function useCheckRun(id: string) {
  const [state, setState] = useState<{ data: MessageCheck | null; error: Problem | null }>({ data: null, error: null });
  const turn = useRef(0);
  const mutate = useMemo(
    () => (edits: MessageEdit[]) => {
      turn.current += 1;
      const mine = turn.current;
      void api.post<MessageCheck>(url`/messages/${id}/check`, { edits }).then(
        (data) => {
          if (mine === turn.current) setState({ data, error: null });
        },
        (error: unknown) => {
          if (mine === turn.current && error instanceof Problem) setState((before) => ({ ...before, error }));
        },
      );
    },
    [id],
  );
  return { mutate, data: state.data, error: state.error };
}

interface RowData {
  index: number;
  change: Change;
}

function rowsOf(stretch: Segments | undefined, changes: Changes): RowData[] {
  const items = stretch?.items ?? [];
  return items.map((segment, at) => {
    // The last one shown ends with its terminator; what follows it is not known here.
    const next = items[at + 1]?.offset ?? segment.offset + segment.length + 1;
    return { index: segment.index, change: changes.get(segment.index) ?? untouched(segment, next) };
  });
}

function Row({ row, number, findings, onChange }: { row: RowData; number: number; findings: readonly Finding[]; onChange: (next: Change) => void }) {
  const { t, tx } = useI18n();
  const { change } = row;
  const here = change.deleted ? [] : findings.filter((finding) => finding.segment === number);
  const severity = worst(here);
  const state = change.deleted ? "repair-deleted" : isChanged(change) ? "repair-changed" : "";
  return (
    <li data-row={row.index} className={[severity ? `segment-${severity}` : "", state].join(" ").trim() || undefined}>
      <span className="segment-number">{change.deleted ? "–" : number}</span>
      <span className="repair-line">
        {change.deleted ? (
          <del className="mono">{change.segment.text}</del>
        ) : (
          <input
            className="mono repair-input"
            aria-label={t("rooms.message.segment", { n: number, name: `${change.segment.tag} ${tx(change.segment.name)}` })}
            aria-invalid={severity === "error"}
            spellCheck={false}
            autoComplete="off"
            value={change.text}
            onChange={(event) => onChange({ ...change, text: event.target.value })}
          />
        )}
        <Button size="small" type="text" icon={<PlusOutlined />} aria-label={t("rooms.message.insertAfter", { n: number })} onClick={() => onChange({ ...change, after: [...change.after, ""] })} />
        {change.deleted || change.text !== change.segment.text ? (
          <Button
            size="small"
            type="text"
            icon={<UndoOutlined />}
            aria-label={t("rooms.message.undo", { n: number })}
            onClick={() => onChange({ ...change, deleted: false, text: change.segment.text })}
          />
        ) : (
          <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("rooms.message.deleteSegment", { n: number })} onClick={() => onChange({ ...change, deleted: true })} />
        )}
      </span>
      {here.map((finding, at) => (
        <span key={`${finding.code} ${String(at)}`} className={`segment-finding field-fault-${finding.severity}`}>
          <code>{finding.code}</code> {tx(finding.message)}
        </span>
      ))}
      {change.after.map((text, at) => (
        <span key={at} className="repair-line repair-added">
          <input
            className="mono repair-input"
            aria-label={t("rooms.message.added", { n: number })}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => onChange({ ...change, after: change.after.map((each, place) => (place === at ? event.target.value : each)) })}
          />
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t("rooms.message.deleteSegment", { n: number + at + 1 })}
            onClick={() => onChange({ ...change, after: change.after.filter((_, place) => place !== at) })}
          />
        </span>
      ))}
    </li>
  );
}
