// The officers' result (查验结果): method, outcome, disposition, findings, seal, and who was there.
import { Alert, App, Button, Checkbox, Input, Radio, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import type { Inspection } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { DISPOSITIONS } from "./dispositions";

/** At least two officers carry out an inspection (Decree 138). */
const OFFICERS_MIN = 2;

export function ResultForm({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t, tx, lang } = useI18n();
  const [form, setForm] = useState({ method: "open", outcome: "pass", disposition: "18", findings: "", new_seal: "" });
  const [present, setPresent] = useState<string[]>(() => inspection.officers.map((officer) => officer.id));
  const set = (name: keyof typeof form, value: string) => setForm((before) => ({ ...before, [name]: value }));
  const choices = DISPOSITIONS.filter((disposition) => disposition.outcome === form.outcome);
  const { message } = App.useApp();
  const send = useAction<null, Inspection>(
    () => api.post(`${path}/result`, { ...form, findings: form.findings.trim(), new_seal: form.new_seal.trim() || null, officers: present }),
    () => void message.success(t("rooms.inspection.sent")),
  );
  const sealMissing = form.method === "open" && form.new_seal.trim() === "";
  const few = present.length < OFFICERS_MIN;
  return (
    <section className="panel" aria-labelledby="result">
      <h2 id="result">{t("rooms.inspection.result")}</h2>
      <div className="form-grid">
        <Field label={t("rooms.inspection.method")} required>
          <Radio.Group
            value={form.method}
            onChange={(event) => set("method", String(event.target.value))}
            options={[
              { value: "open", label: t("rooms.inspection.open") },
              { value: "machine", label: t("rooms.inspection.machine") },
              { value: "documents", label: t("rooms.inspection.documents") },
            ]}
          />
        </Field>
        <Field label={t("rooms.inspection.outcome")} required>
          <Radio.Group
            value={form.outcome}
            onChange={(event) => {
              const outcome = String(event.target.value);
              setForm((before) => ({ ...before, outcome, disposition: DISPOSITIONS.find((disposition) => disposition.outcome === outcome)?.code ?? "" }));
            }}
            options={[
              { value: "pass", label: t("rooms.inspection.pass") },
              { value: "fail", label: t("rooms.inspection.fail") },
            ]}
          />
        </Field>
        <Field label={t("rooms.inspection.disposition")} required>
          <Select
            aria-label={t("rooms.inspection.disposition")}
            value={form.disposition}
            onChange={(value: string) => set("disposition", value)}
            options={choices.map((choice) => ({ value: choice.code, label: `${choice.code} ${lang === "zh" ? choice.zh : choice.en}` }))}
          />
        </Field>
        <Field
          label={t("rooms.inspection.newSeal")}
          required={form.method === "open"}
          hint={form.method === "open" ? t("rooms.inspection.sealHint") : undefined}
        >
          <Input aria-label={t("rooms.inspection.newSeal")} value={form.new_seal} onChange={(event) => set("new_seal", event.target.value.toUpperCase())} />
        </Field>
        <Field label={t("rooms.inspection.findings")} required className="field-wide">
          <Input.TextArea
            aria-label={t("rooms.inspection.findings")}
            rows={3}
            value={form.findings}
            onChange={(event) => set("findings", event.target.value)}
          />
        </Field>
        <Field label={t("rooms.inspection.present")} required className="field-wide">
          <Checkbox.Group
            value={present}
            onChange={setPresent}
            options={inspection.officers.map((officer) => ({ value: officer.id, label: tx(officer.name) }))}
          />
        </Field>
      </div>
      {few && <Alert type="warning" showIcon title={t("rooms.inspection.twoOfficers")} />}
      {send.error && <ProblemAlert error={send.error} />}
      <Button
        type="primary"
        danger={form.outcome === "fail"}
        disabled={few || sealMissing || form.findings.trim() === ""}
        loading={send.isPending}
        onClick={() => send.mutate(null)}
      >
        {t("rooms.inspection.send")}
      </Button>
    </section>
  );
}
