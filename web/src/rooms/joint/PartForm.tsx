// An authority's part of the shared result: its checklist item by item, what was found, who was there.
import { App, Button, Input, Radio } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import { useSession } from "../../api/session";
import type { JointOrder, JointParticipant } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";

export function PartForm({ own, path }: { own: JointParticipant; path: string }) {
  const { t, tx } = useI18n();
  const { message } = App.useApp();
  const user = useSession()?.user.id ?? "";
  const [found, setFound] = useState<Record<string, boolean>>({});
  const [note, setNote] = useState("");
  const [officers, setOfficers] = useState(user);
  const answered = own.checklist.every((item) => found[item.code] !== undefined);
  const clean = own.checklist.every((item) => found[item.code] !== false);
  const send = useAction<null, JointOrder>(
    () =>
      api.post(`${path}/part`, {
        checks: own.checklist.map((item) => ({ code: item.code, ok: found[item.code] ?? false })),
        clean,
        note: note.trim(),
        officers: officers
          .split(/[\s,，]+/)
          .map((one) => one.trim())
          .filter(Boolean),
      }),
    () => void message.success(t("rooms.joint.partSent")),
  );
  return (
    <section className="panel" aria-labelledby="part">
      <h2 id="part">
        {t("rooms.joint.part")} · {tx(own.organisation.name)}
      </h2>
      <div className="form-grid">
        {own.checklist.map((item) => (
          <Field key={item.code} label={tx(item.text)} required className="field-wide">
            <Radio.Group
              aria-label={tx(item.text)}
              value={found[item.code]}
              onChange={(event) => setFound({ ...found, [item.code]: event.target.value === true })}
              options={[
                { value: true, label: t("rooms.joint.ok") },
                { value: false, label: t("rooms.joint.notOk") },
              ]}
            />
          </Field>
        ))}
        <Field label={t("rooms.joint.note")} className="field-wide">
          <Input.TextArea aria-label={t("rooms.joint.note")} rows={2} maxLength={4000} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        <Field label={t("rooms.joint.officers")} required className="field-wide">
          <Input aria-label={t("rooms.joint.officers")} value={officers} onChange={(event) => setOfficers(event.target.value)} />
        </Field>
      </div>
      {send.error && <ProblemAlert error={send.error} />}
      <p className="row form-end">
        <Button type="primary" danger={!clean} disabled={!answered || officers.trim() === ""} loading={send.isPending} onClick={() => send.mutate(null)}>
          {t("rooms.joint.sendPart")}
        </Button>
      </p>
    </section>
  );
}
