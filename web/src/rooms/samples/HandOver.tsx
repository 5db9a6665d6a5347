// Writing down that a part of a sample changes hands.
import { Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { Sample } from "../../api/types";
import { useI18n } from "../../i18n";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

type Act = "send" | "receive" | "keep" | "return" | "destroy";
type Part = "test" | "keeper";

/** Who may take a part by each act; none where the act says it. */
const TAKERS: Record<Act, readonly ("carrier" | "officer" | "store" | "laboratory" | "owner")[]> = {
  send: ["carrier", "officer"],
  receive: [],
  keep: ["store", "laboratory"],
  return: ["owner"],
  destroy: [],
};

export function HandOver({ sample, path }: { sample: Sample; path: string }) {
  const { t, tx } = useI18n();
  const parts = sample.parts.filter((one) => !one.gone).map((one) => one.part as Part);
  const first = (): Act => (sample.blind ? "receive" : sample.status === "taken" ? "send" : "return");
  const blank = () => ({ part: parts[0] ?? ("test" as Part), act: first(), kind: TAKERS[first()][0] ?? "carrier", name: "", gave: "", seal: "", whole: true, note: "" });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  const takers = TAKERS[form.act];
  const acts: Act[] = sample.blind ? ["receive", "keep", "return", "destroy"] : ["send", "keep", "return", "destroy"];
  return (
    <ReasonAction<Sample>
      type="primary"
      title={t("rooms.sample.hand")}
      okText={t("rooms.sample.hand")}
      success={t("rooms.sample.handed")}
      onOpen={() => setForm(blank())}
      ready={form.seal.trim() !== "" && (takers.length === 0 || form.name.trim() !== "")}
      run={() =>
        api.post<Sample>(`${path}/hand-overs`, {
          part: form.part,
          act: form.act,
          gave: form.gave.trim() === "" ? null : { kind: "carrier", name: form.gave.trim() },
          took: takers.length === 0 ? null : { kind: form.kind, name: form.name.trim() },
          seal: form.seal.trim(),
          seal_whole: form.whole,
          note: form.note.trim(),
          at: new Date().toISOString(),
        })
      }
      body={
        <div className="form-grid">
          <Field label={t("rooms.sample.which")} required>
            <Select aria-label={t("rooms.sample.which")} value={form.part} onChange={(part: Part) => set({ part })} options={parts.map((part) => ({ value: part, label: t(`rooms.sample.part.${part}`) }))} />
          </Field>
          <Field label={t("rooms.sample.act")} required>
            <Select
              aria-label={t("rooms.sample.act")}
              value={form.act}
              onChange={(act: Act) => set({ act, kind: TAKERS[act][0] ?? form.kind })}
              options={acts.map((act) => ({ value: act, label: t(`rooms.sample.act.${act}`) }))}
            />
          </Field>
          <Field label={t("rooms.sample.gave")} hint={t("rooms.sample.gaveHint", { name: tx(sample.parts.find((one) => one.part === form.part)?.holder.name ?? { zh: "", en: "" }) })}>
            <Input aria-label={t("rooms.sample.gave")} maxLength={64} value={form.gave} onChange={(event) => set({ gave: event.target.value })} />
          </Field>
          {takers.length > 0 && (
            <>
              <Field label={t("rooms.sample.tookKind")} required>
                <Select
                  aria-label={t("rooms.sample.tookKind")}
                  value={form.kind}
                  onChange={(kind: typeof form.kind) => set({ kind })}
                  options={takers.map((kind) => ({ value: kind, label: t(`rooms.sample.holder.${kind}`) }))}
                />
              </Field>
              <Field label={t("rooms.sample.took")} required>
                <Input aria-label={t("rooms.sample.took")} maxLength={64} value={form.name} onChange={(event) => set({ name: event.target.value })} />
              </Field>
            </>
          )}
          <Field label={t("rooms.sample.sealFound")} required>
            <Input aria-label={t("rooms.sample.sealFound")} maxLength={64} value={form.seal} onChange={(event) => set({ seal: event.target.value })} />
          </Field>
          <Field label={t("rooms.sample.note")}>
            <Input aria-label={t("rooms.sample.note")} maxLength={500} value={form.note} onChange={(event) => set({ note: event.target.value })} />
          </Field>
          <Checkbox checked={form.whole} onChange={(event) => set({ whole: event.target.checked })}>
            {t("rooms.sample.sealWhole")}
          </Checkbox>
        </div>
      }
    >
      {t("rooms.sample.hand")}
    </ReasonAction>
  );
}
