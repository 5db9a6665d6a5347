// What the lead and the participants of a joint inspection do: time, answer, shared result, follow-up.
import { App, Button, Checkbox, Input, Select, Tag } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import type { JointOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, ProblemAlert, When } from "../../parts";
import { DISPOSITIONS } from "../inspections/dispositions";
import { SlotPicker } from "../inspections/SlotPicker";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

/** Disposition codes that say that nothing was found. */
const CLEAN = ["18", "10", "11"];
/** Disposition codes with which a follow-up may end. */
const FINAL = ["11", "10", "18", "30", "31", "20", "43", "32", "36", "37", "38", "39"];

export function Schedule({ order, path }: { order: JointOrder; path: string }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const [slot, setSlot] = useState<string | null>(null);
  const [local, setLocal] = useState(() => clock.toLocal(new Date(Date.now() + 3_600_000)));
  const site = order.subject === "goods" && !order.apart;
  const start = site ? slot : clock.toInstant(local);
  return (
    <section className="panel" aria-labelledby="schedule">
      <h2 id="schedule">{t("rooms.joint.schedule")}</h2>
      {site ? (
        <SlotPicker value={slot} onChange={setSlot} />
      ) : (
        <Field label={t("rooms.joint.start")} required>
          <Input type="datetime-local" aria-label={t("rooms.joint.start")} value={local} onChange={(event) => setLocal(event.target.value)} />
        </Field>
      )}
      <p className="row form-end">
        <ActionButton type="primary" disabled={!start} success={t("rooms.joint.scheduled")} run={() => api.post(`${path}/schedule`, { slot_start: start })}>
          {t("rooms.joint.schedule")}
        </ActionButton>
      </p>
    </section>
  );
}

export function Answer({ path }: { path: string }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const [start, setStart] = useState("");
  const send = (answer: string, at: string | null = null) => api.post(`${path}/answer`, { answer, start: at });
  return (
    <section className="panel" aria-labelledby="answer">
      <h2 id="answer">{t("rooms.joint.answer")}</h2>
      <div className="row">
        <ActionButton type="primary" success={t("rooms.joint.answered")} run={() => send("confirm")}>
          {t("rooms.joint.confirm")}
        </ActionButton>
        <ReasonAction
          title={t("rooms.joint.otherTime")}
          okText={t("rooms.joint.otherTime")}
          success={t("rooms.joint.answered")}
          onOpen={() => setStart(clock.toLocal(new Date(Date.now() + 86_400_000)))}
          ready={clock.toInstant(start) !== null}
          run={() => send("other-time", clock.toInstant(start))}
          body={
            <Field label={t("rooms.joint.couldCome")} required>
              <Input type="datetime-local" aria-label={t("rooms.joint.couldCome")} value={start} onChange={(event) => setStart(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.joint.otherTime")}
        </ReasonAction>
        <ActionButton confirm={t("rooms.joint.declineAsk")} success={t("rooms.joint.answered")} run={() => send("decline")}>
          {t("rooms.joint.decline")}
        </ActionButton>
      </div>
    </section>
  );
}

function useDispositions(codes: readonly string[]) {
  const { lang } = useI18n();
  return codes.flatMap((code) => {
    const known = DISPOSITIONS.find((one) => one.code === code);
    return known ? [{ value: code, label: `${code} ${lang === "zh" ? known.zh : known.en}` }] : [];
  });
}

export function Conclude({ order, path }: { order: JointOrder; path: string }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const found = order.participants.some((one) => one.part?.clean === false);
  const choices = useDispositions(found ? DISPOSITIONS.map((one) => one.code).filter((code) => !CLEAN.includes(code)) : CLEAN);
  const [disposition, setDisposition] = useState(found ? "40" : "18");
  const [findings, setFindings] = useState("");
  const [seals, setSeals] = useState<Record<string, string>>({});
  const opened = order.boxes.filter((box) => box.opened_at);
  const send = useAction<null, JointOrder>(
    () => api.post(`${path}/result`, { disposition, findings: findings.trim(), seals: opened.map((box) => ({ container: box.id, seal: (seals[box.id] ?? "").trim() })) }),
    () => void message.success(t("rooms.joint.concluded")),
  );
  return (
    <section className="panel" aria-labelledby="conclude">
      <h2 id="conclude">{t("rooms.joint.conclude")}</h2>
      <div className="form-grid">
        <Field label={t("rooms.inspection.disposition")} required>
          <Select aria-label={t("rooms.inspection.disposition")} value={disposition} onChange={(value: string) => setDisposition(value)} options={choices} />
        </Field>
        {opened.map((box) => {
          const label = t("rooms.joint.newSeal", { number: box.number });
          return (
            <Field key={box.id} label={label} required>
              <Input aria-label={label} maxLength={64} value={seals[box.id] ?? ""} onChange={(event) => setSeals({ ...seals, [box.id]: event.target.value.toUpperCase() })} />
            </Field>
          );
        })}
        <Field label={t("rooms.inspection.findings")} required className="field-wide">
          <Input.TextArea aria-label={t("rooms.inspection.findings")} rows={3} maxLength={4000} value={findings} onChange={(event) => setFindings(event.target.value)} />
        </Field>
      </div>
      {send.error && <ProblemAlert error={send.error} />}
      <p className="row form-end">
        <Button
          type="primary"
          danger={found}
          disabled={findings.trim() === "" || opened.some((box) => !seals[box.id]?.trim())}
          loading={send.isPending}
          onClick={() => send.mutate(null)}
        >
          {t("rooms.joint.concludeSend")}
        </Button>
      </p>
    </section>
  );
}

export function FollowUp({ order, path }: { order: JointOrder; path: string }) {
  const { t, tx } = useI18n();
  const choices = useDispositions(FINAL);
  const [note, setNote] = useState("");
  const [disposition, setDisposition] = useState("11");
  const [settled, setSettled] = useState(false);
  const found = order.participants.some((one) => one.organisation.id === order.own && one.part?.clean === false);
  const done = (
    <Field label={t("rooms.joint.whatDone")} required>
      <Input.TextArea aria-label={t("rooms.joint.whatDone")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
    </Field>
  );
  return (
    <section className="panel" aria-labelledby="follow-up">
      <h2 id="follow-up">{t("rooms.joint.followUp")}</h2>
      <ul className="people">
        {order.follow_ups.map((step) => (
          <li key={step.at}>
            {step.organisation && <>{tx(step.organisation.name)}: </>}
            {step.note} {step.settled && <Tag color="success">{t("rooms.joint.settled")}</Tag>} <When at={step.at} style="short" />
          </li>
        ))}
      </ul>
      <div className="row">
        {allows(order.actions, "joint-order.follow-up") && (
          <ReasonAction
            title={t("rooms.joint.addFollowUp")}
            okText={t("rooms.joint.addFollowUp")}
            success={t("rooms.saved")}
            onOpen={() => {
              setNote("");
              setSettled(false);
            }}
            ready={note.trim().length > 1}
            run={() => api.post(`${path}/follow-up`, { note: note.trim(), settled })}
            body={
              <>
                {done}
                {found && (
                  <Checkbox checked={settled} onChange={(event) => setSettled(event.target.checked)}>
                    {t("rooms.joint.settled")}
                  </Checkbox>
                )}
              </>
            }
          >
            {t("rooms.joint.addFollowUp")}
          </ReasonAction>
        )}
        {allows(order.actions, "joint-order.close") && (
          <ReasonAction
            type="primary"
            title={t("rooms.joint.close")}
            okText={t("rooms.joint.close")}
            success={t("rooms.saved")}
            onOpen={() => setNote("")}
            ready={note.trim().length > 1}
            run={() => api.post(`${path}/close`, { disposition, note: note.trim() })}
            body={
              <>
                <Field label={t("rooms.inspection.disposition")} required>
                  <Select aria-label={t("rooms.inspection.disposition")} value={disposition} onChange={(value: string) => setDisposition(value)} options={choices} />
                </Field>
                {done}
              </>
            }
          >
            {t("rooms.joint.close")}
          </ReasonAction>
        )}
      </div>
    </section>
  );
}
