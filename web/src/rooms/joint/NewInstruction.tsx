// Places an instruction: what is to be checked, within which time, and why.
import { Button, Checkbox, Input, Radio, Select } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Call, Instruction, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";

const KINDS = ["container", "bill", "ship-call", "person"] as const;
type Kind = (typeof KINDS)[number];
/** An instruction lasts a week unless somebody says otherwise. */
const USUAL_DAYS = 7;

export default function NewInstruction() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const [search] = useSearchParams();
  const [kind, setKind] = useState<Kind>("container");
  const [value, setValue] = useState(search.get("container") ?? "");
  const [from, setFrom] = useState(() => clock.toLocal(new Date()));
  const [to, setTo] = useState(() => clock.toLocal(new Date(Date.now() + USUAL_DAYS * 86_400_000)));
  const [hold, setHold] = useState(true);
  const [onArrival, setOnArrival] = useState(false);
  const [reason, setReason] = useState("");
  /** A ship's departure is reported when it has happened; boxes alone can be kept. */
  const goods = kind === "container" || kind === "bill";
  const calls = useGet<Page<Call>>(kind === "ship-call" ? "/calls" : null, { limit: 100 });
  const send = useAction<null, Instruction>(
    () =>
      api.post("/instructions", {
        subject: kind,
        value: value.trim(),
        from: clock.toInstant(from),
        to: clock.toInstant(to),
        hold: goods && hold,
        on_arrival: onArrival,
        reason: reason.trim(),
      }),
    (made) => void navigate(url`/instructions/${made.id}`),
  );
  const named = t(`rooms.instruction.value.${kind}`);
  return (
    <>
      <PageHeader title={t("rooms.instruction.new")} back={{ to: "/instructions", text: t("rooms.instruction.title") }}>
        {t("rooms.instruction.lead")}
      </PageHeader>
      <section className="panel" aria-label={t("rooms.instruction.new")}>
        <div className="form-grid">
          <Field label={t("rooms.instruction.subject")} required className="field-wide">
            <Radio.Group
              value={kind}
              onChange={(event) => {
                setKind(event.target.value as Kind);
                setValue("");
              }}
              options={KINDS.map((each) => ({ value: each, label: t(`rooms.instruction.${each}`) }))}
            />
          </Field>
          <Field label={named} required hint={kind === "person" ? t("rooms.instruction.personHint") : undefined}>
            {kind === "ship-call" ? (
              <Select
                aria-label={named}
                value={value || undefined}
                showSearch={{ optionFilterProp: "label" }}
                loading={calls.isPending}
                onChange={(chosen: string) => setValue(chosen)}
                options={calls.data?.items
                  .filter((call) => ["announced", "arrived"].includes(call.status))
                  .map((call) => ({ value: call.id, label: `${call.ship_name} ${call.voyage_in} · ${call.id}` }))}
              />
            ) : (
              <Input aria-label={named} value={value} maxLength={64} onChange={(event) => setValue(event.target.value.toUpperCase())} />
            )}
          </Field>
          <Field label={t("rooms.instruction.from")} required>
            <Input type="datetime-local" aria-label={t("rooms.instruction.from")} value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
          <Field label={t("rooms.instruction.to")} required>
            <Input type="datetime-local" aria-label={t("rooms.instruction.to")} value={to} onChange={(event) => setTo(event.target.value)} />
          </Field>
          <Field label={t("rooms.instruction.reason")} required hint={t("rooms.instruction.reasonHint")} className="field-wide">
            <Input.TextArea aria-label={t("rooms.instruction.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <div className="field field-wide">
            {goods && (
              <Checkbox checked={hold} onChange={(event) => setHold(event.target.checked)}>
                {t("rooms.instruction.hold")}
              </Checkbox>
            )}
            <Checkbox checked={onArrival} onChange={(event) => setOnArrival(event.target.checked)}>
              {t("rooms.instruction.onArrival")}
            </Checkbox>
          </div>
        </div>
        {send.error && <ProblemAlert error={send.error} />}
        <p className="row form-end">
          <Button
            type="primary"
            disabled={value.trim() === "" || reason.trim().length < 2 || !clock.toInstant(from) || !clock.toInstant(to)}
            loading={send.isPending}
            onClick={() => send.mutate(null)}
          >
            {t("rooms.instruction.new")}
          </Button>
        </p>
      </section>
    </>
  );
}
