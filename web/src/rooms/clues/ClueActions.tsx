// What may be done with a clue: look facts up, assign, answer, share, close.
import { Input, Radio, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import type { Clue, ClueChoices } from "../../api/types";
import { useI18n } from "../../i18n";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { FINDINGS, PURPOSES, SCOPES } from "./codes";

interface Props {
  of: Clue;
  path: string;
}

/** A clue is to be checked within three days unless somebody says otherwise. */
const USUAL_DAYS = 3;

export function ClueActions({ of, path }: Props) {
  return (
    <>
      {allows(of.actions, "clue.attach-facts") && <LookUp path={path} />}
      {allows(of.actions, "clue.share") && <Share path={path} />}
      {allows(of.actions, "clue.assign") && <Assign of={of} path={path} />}
      {allows(of.actions, "clue.feedback") && <Answer path={path} />}
      {allows(of.actions, "clue.close") && <Close path={path} />}
    </>
  );
}

function LookUp({ path }: { path: string }) {
  const { t } = useI18n();
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>("assess");
  return (
    <ReasonAction
      title={t("rooms.clues.facts")}
      okText={t("rooms.clues.facts")}
      success={t("rooms.clues.factsDone")}
      run={() => api.post(`${path}/facts`, { purpose })}
      body={
        <Field label={t("rooms.clues.purpose")} required hint={t("rooms.clues.factsLead")}>
          <Radio.Group
            value={purpose}
            onChange={(event) => setPurpose(event.target.value as typeof purpose)}
            options={PURPOSES.map((each) => ({ value: each, label: t(`rooms.clues.purpose.${each}`) }))}
          />
        </Field>
      }
    >
      {t("rooms.clues.facts")}
    </ReasonAction>
  );
}

function Assign({ of, path }: Props) {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const choices = useGet<ClueChoices>("/clues/choices");
  const [officer, setOfficer] = useState<string>();
  const [due, setDue] = useState("");
  const instant = clock.toInstant(due);
  return (
    <ReasonAction
      type={of.status === "registered" || of.status === "needs-more" ? "primary" : undefined}
      title={t("rooms.clues.assign")}
      okText={t("rooms.clues.assign")}
      success={t("rooms.clues.assigned")}
      onOpen={() => setDue(clock.toLocal(new Date(Date.now() + USUAL_DAYS * 86_400_000)))}
      ready={Boolean(officer && instant)}
      run={() => api.post(`${path}/assignment`, { officer, due: instant })}
      body={
        <>
          <Field label={t("rooms.clues.officer")} required>
            <Select
              aria-label={t("rooms.clues.officer")}
              value={officer}
              loading={choices.isPending}
              showSearch={{ optionFilterProp: "label" }}
              onChange={(chosen: string) => setOfficer(chosen)}
              options={choices.data?.officers.map((one) => ({ value: one.id, label: tx(one.name) }))}
            />
          </Field>
          <Field label={t("rooms.clues.due")} required hint={t("rooms.portTime")}>
            <Input type="datetime-local" aria-label={t("rooms.clues.due")} value={due} onChange={(event) => setDue(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.clues.assign")}
    </ReasonAction>
  );
}

function Answer({ path }: { path: string }) {
  const { t } = useI18n();
  const [finding, setFinding] = useState<(typeof FINDINGS)[number]>();
  const [text, setText] = useState("");
  return (
    <ReasonAction
      type="primary"
      title={t("rooms.clues.feedback")}
      okText={t("rooms.clues.feedback")}
      success={t("rooms.clues.feedbackDone")}
      onOpen={() => {
        setFinding(undefined);
        setText("");
      }}
      ready={finding !== undefined && text.trim().length > 1}
      run={() => api.post(`${path}/feedback`, { finding, text: text.trim() })}
      body={
        <>
          <Field label={t("rooms.clues.finding")} required>
            <Radio.Group
              value={finding}
              onChange={(event) => setFinding(event.target.value as typeof finding)}
              options={FINDINGS.map((each) => ({ value: each, label: t(`rooms.clues.finding.${each}`) }))}
            />
          </Field>
          <Field label={t("rooms.clues.feedbackText")} required hint={t("rooms.clues.textHint")}>
            <Input.TextArea aria-label={t("rooms.clues.feedbackText")} rows={5} maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.clues.feedback")}
    </ReasonAction>
  );
}

function Share({ path }: { path: string }) {
  const { t, tx } = useI18n();
  const choices = useGet<ClueChoices>("/clues/choices");
  const [to, setTo] = useState<string>();
  const [scope, setScope] = useState<(typeof SCOPES)[number]>("clue");
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      title={t("rooms.clues.share")}
      okText={t("rooms.clues.share")}
      success={t("rooms.clues.shareDone")}
      onOpen={() => {
        setTo(undefined);
        setScope("clue");
        setReason("");
      }}
      ready={to !== undefined && reason.trim().length > 1}
      run={() => api.post(`${path}/sharing`, { with: to, scope, reason: reason.trim() })}
      body={
        <>
          <Field label={t("rooms.clues.with")} required>
            <Select
              aria-label={t("rooms.clues.with")}
              value={to}
              loading={choices.isPending}
              onChange={(chosen: string) => setTo(chosen)}
              options={choices.data?.authorities.map((one) => ({ value: one.id, label: tx(one.name) }))}
            />
          </Field>
          <Field label={t("rooms.clues.scope")} required>
            <Radio.Group
              value={scope}
              onChange={(event) => setScope(event.target.value as typeof scope)}
              options={SCOPES.map((each) => ({ value: each, label: t(`rooms.clues.scope.${each}`) }))}
            />
          </Field>
          <Field label={t("rooms.reason")} required hint={t("rooms.clues.shareHint")}>
            <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.clues.share")}
    </ReasonAction>
  );
}

function Close({ path }: { path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      type="primary"
      title={t("rooms.clues.close")}
      okText={t("rooms.clues.close")}
      success={t("rooms.clues.closed")}
      onOpen={() => setReason("")}
      ready={reason.trim().length > 1}
      run={() => api.post(`${path}/close`, { reason: reason.trim() })}
      body={
        <Field label={t("rooms.reason")} required hint={t("rooms.clues.closeHint")}>
          <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.clues.close")}
    </ReasonAction>
  );
}
