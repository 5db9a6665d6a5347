// Closes a day: a reason for each group of open cases, and for single cases where theirs differs.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { DailyBoard, DailyCase, DailyGroup, DailyReport, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";

interface Why {
  reason: string;
  note: string;
}
const CASES_SHOWN = 20;
const NOTE_MAX = 200;
const keyOf = (group: { kind: string; status: string; action?: string | null }) => `${group.kind}|${group.status}|${group.action ?? ""}`;

export function CloseDay({ board, day, secondary = false }: { board: DailyBoard; day: string; secondary?: boolean }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [groups, setGroups] = useState<Record<string, Why>>({});
  const [cases, setCases] = useState<Record<string, Why>>({});
  const whyOf = (group: DailyGroup): Why => groups[keyOf(group)] ?? { reason: group.usual_reason, note: "" };
  const send = useAction<null, DailyReport>(
    () =>
      api.post(url`/daily/${day}/close`, {
        groups: board.groups.map((group) => ({ kind: group.kind, status: group.status, action: group.action, ...whyOf(group) })),
        cases: Object.entries(cases).map(([key, why]) => {
          const [kind = "", id = ""] = key.split("|");
          return { kind, id, ...why };
        }),
      }),
    (report) => {
      setOpen(false);
      void navigate(url`/daily-reports/${report.summary.id}`);
    },
  );
  const silent = [...board.groups.map(whyOf), ...Object.values(cases)].some((why) => why.reason === "other" && why.note.trim().length < 2);
  return (
    <>
      <Button
        type={secondary ? "default" : "primary"}
        onClick={() => {
          send.reset();
          setOpen(true);
        }}
      >
        {secondary ? t("daily.closeDay", { day }) : t("daily.close")}
      </Button>
      <Modal
        open={open}
        title={t("daily.closeDay", { day })}
        width={760}
        onCancel={() => setOpen(false)}
        onOk={() => send.mutate(null)}
        okText={t("daily.close")}
        cancelText={t("action.cancel")}
        okButtonProps={{ disabled: silent, loading: send.isPending }}
        closable={{ "aria-label": t("action.close") }}
        destroyOnHidden
      >
        <div className="dialog-fields">
          <p className="muted">
            {t("daily.closeLead")} {t("daily.reasonsSource")}
          </p>
          {board.groups.map((group) => (
            <Group
              key={keyOf(group)}
              board={board}
              group={group}
              why={whyOf(group)}
              onWhy={(why) => setGroups({ ...groups, [keyOf(group)]: why })}
              cases={cases}
              onCases={setCases}
            />
          ))}
          {board.groups.length === 0 && <p className="told-good">{t("daily.nothing")}</p>}
          {send.error && <ProblemAlert error={send.error} />}
        </div>
      </Modal>
    </>
  );
}

interface GroupProps {
  board: DailyBoard;
  group: DailyGroup;
  why: Why;
  onWhy: (why: Why) => void;
  cases: Record<string, Why>;
  onCases: (cases: Record<string, Why>) => void;
}

function Group({ board, group, why, onWhy, cases, onCases }: GroupProps) {
  const { t, tx, number, maybe } = useI18n();
  const [single, setSingle] = useState(false);
  const name = `${maybe(`kind.${group.kind}`, group.kind)} · ${tx(group.why)}`;
  const listed = useGet<Page<DailyCase>>(single ? "/daily/cases" : null, { kind: group.kind, status: group.status, action: group.action ?? "-", limit: CASES_SHOWN });
  const items = listed.data?.items ?? [];
  const set = (key: string, next: Why | null) => {
    const rest = Object.fromEntries(Object.entries(cases).filter(([other]) => other !== key));
    onCases(next ? { ...rest, [key]: next } : rest);
  };
  return (
    <section className="daily-group" aria-label={name}>
      <p>
        <strong>{name}</strong> · {number(group.total)} {t("daily.unitCase")}
      </p>
      <Reason board={board} name={name} why={why} onChange={onWhy} />
      <Button size="small" type="text" aria-expanded={single} onClick={() => setSingle(!single)}>
        {t("daily.caseReasons")}
      </Button>
      {single && (
        <ul className="people">
          {items.map((one) => {
            const key = `${group.kind}|${one.item.object.id}`;
            return (
              <li key={key}>
                <span className="mono">{one.item.title}</span>{" "}
                <Reason board={board} name={one.item.title} why={cases[key] ?? null} onChange={(next) => set(key, next)} onNone={() => set(key, null)} />
              </li>
            );
          })}
          {group.total > items.length && !listed.isPending && <li className="muted">{t("daily.firstShown", { n: items.length })}</li>}
        </ul>
      )}
      {listed.error && <ProblemAlert error={listed.error} />}
    </section>
  );
}

function Reason({ board, name, why, onChange, onNone }: { board: DailyBoard; name: string; why: Why | null; onChange: (why: Why) => void; onNone?: () => void }) {
  const { t, tx } = useI18n();
  const options = board.reasons.map((reason) => ({ value: reason.code, label: tx(reason.text) }));
  return (
    <span className="row">
      <Select
        aria-label={`${t("daily.reason")} ${name}`}
        className="daily-reason"
        value={why?.reason ?? ""}
        options={onNone ? [{ value: "", label: t("daily.asGroup") }, ...options] : options}
        onChange={(reason: string) => (reason === "" ? onNone?.() : onChange({ reason, note: why?.note ?? "" }))}
      />
      {why && (
        <Input
          aria-label={`${t("daily.note")} ${name}`}
          className="daily-note"
          placeholder={t("daily.note")}
          maxLength={NOTE_MAX}
          value={why.note}
          status={why.reason === "other" && why.note.trim().length < 2 ? "error" : ""}
          onChange={(event) => onChange({ ...why, note: event.target.value })}
        />
      )}
    </span>
  );
}
