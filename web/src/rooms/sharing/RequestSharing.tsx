// Asking for data: which fields, masked or not, for what, until when, and whether files are wanted.
import { Checkbox, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useSession } from "../../api/session";
import type { DataField, DataResource, SharingAgreement } from "../../api/types";
import { useI18n } from "../../i18n";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

const TERM_DAYS = 365;
const PURPOSE_MIN = 5;
const ENTERPRISES = ["trader", "agent", "terminal", "trucker"];

export function RequestSharing({ resource, onDone }: { resource: DataResource; onDone: (made: SharingAgreement) => void }) {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const session = useSession();
  const own = session?.organisation.id ?? "";
  const enterprise = ENTERPRISES.includes(session?.user.role ?? "");
  const providers = resource.providers.filter((each) => each.id !== own);
  // What goes to enterprises masked alone.
  const kept = (field: DataField) => field.sensitivity === "personal" || (enterprise && field.sensitivity === "trade-secret");
  const blank = () => ({
    provider: providers[0]?.id ?? "",
    chosen: resource.fields.filter((field) => field.sensitivity === "open" || field.sensitivity === "internal").map((field) => field.name),
    masked: resource.fields.filter((field) => field.kind === "text" && kept(field)).map((field) => field.name),
    purpose: "",
    from: clock.today(),
    to: clock.shift(clock.today(), TERM_DAYS),
    back: "",
    format: "",
    hours: 24,
  });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  const toggle = (list: string[], name: string, on: boolean) => (on ? [...list, name] : list.filter((each) => each !== name));
  if (providers.length === 0) return null;
  return (
    <ReasonAction<SharingAgreement>
      type="primary"
      width={720}
      title={t("rooms.sharing.requestOf", { name: tx(resource.name) })}
      okText={t("rooms.sharing.request")}
      success={t("rooms.sharing.requested")}
      onOpen={() => setForm(blank())}
      onDone={onDone}
      ready={form.provider !== "" && form.chosen.length > 0 && form.purpose.trim().length >= PURPOSE_MIN && form.from !== "" && form.to >= form.from && (form.back === "" || form.back <= form.from)}
      run={() =>
        api.post<SharingAgreement>("/sharing-agreements", {
          resource: resource.id,
          provider: form.provider,
          fields: resource.fields
            .filter((field) => form.chosen.includes(field.name))
            .map((field) => ({ field: field.name, masked: form.masked.includes(field.name) })),
          purpose: form.purpose.trim(),
          valid_from: form.from,
          valid_to: form.to,
          data_from: form.back === "" ? null : form.back,
          file: form.format === "" ? null : { format: form.format, every_hours: form.hours },
        })
      }
      body={
        <>
          <p>{t("rooms.sharing.requestText")}</p>
          <Field label={t("rooms.sharing.fields")} required>
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t("rooms.sharing.choose")}</th>
                    <th scope="col">{t("rooms.sharing.sensitivity")}</th>
                    <th scope="col">{t("rooms.sharing.masked")}</th>
                  </tr>
                </thead>
                <tbody>
                  {resource.fields.map((field) => (
                    <tr key={field.name}>
                      <th scope="row">
                        <Checkbox
                          checked={form.chosen.includes(field.name)}
                          disabled={enterprise && kept(field) && field.kind !== "text"}
                          onChange={(event) => set({ chosen: toggle(form.chosen, field.name, event.target.checked) })}
                        >
                          {tx(field.title)}
                        </Checkbox>
                      </th>
                      <td>{tx(field.sensitivity_text)}</td>
                      <td>
                        {field.kind === "text" && (
                          <Checkbox
                            aria-label={`${t("rooms.sharing.masked")} ${tx(field.title)}`}
                            checked={form.masked.includes(field.name)}
                            disabled={!form.chosen.includes(field.name) || (enterprise && kept(field))}
                            onChange={(event) => set({ masked: toggle(form.masked, field.name, event.target.checked) })}
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Field>
          <Field label={t("rooms.sharing.purpose")} required hint={t("rooms.sharing.purposeHint")}>
            <Input.TextArea aria-label={t("rooms.sharing.purpose")} rows={2} maxLength={500} value={form.purpose} onChange={(event) => set({ purpose: event.target.value })} />
          </Field>
          <div className="form-grid">
            {providers.length > 1 && (
              <Field label={t("rooms.sharing.provider")} required>
                <Select
                  aria-label={t("rooms.sharing.provider")}
                  value={form.provider}
                  onChange={(provider: string) => set({ provider })}
                  options={providers.map((each) => ({ value: each.id, label: tx(each.name) }))}
                />
              </Field>
            )}
            <Field label={t("rooms.sharing.from")} required>
              <Input type="date" aria-label={t("rooms.sharing.from")} value={form.from} onChange={(event) => set({ from: event.target.value })} />
            </Field>
            <Field label={t("rooms.sharing.to")} required>
              <Input type="date" aria-label={t("rooms.sharing.to")} min={form.from} value={form.to} onChange={(event) => set({ to: event.target.value })} />
            </Field>
            <Field label={t("rooms.sharing.dataFrom")} hint={t("rooms.sharing.dataFromHint")}>
              <Input type="date" aria-label={t("rooms.sharing.dataFrom")} max={form.from} value={form.back} onChange={(event) => set({ back: event.target.value })} />
            </Field>
            <Field label={t("rooms.sharing.file")}>
              <Select
                aria-label={t("rooms.sharing.file")}
                value={form.format}
                onChange={(format: string) => set({ format })}
                options={[
                  { value: "", label: t("rooms.sharing.fileNone") },
                  { value: "csv", label: t("rooms.sharing.form.csv") },
                  { value: "json", label: t("rooms.sharing.form.json") },
                ]}
              />
            </Field>
            {form.format !== "" && (
              <Field label={t("rooms.sharing.hours")} required>
                <InputNumber aria-label={t("rooms.sharing.hours")} min={1} max={168} value={form.hours} onChange={(hours) => set({ hours: hours ?? 24 })} />
              </Field>
            )}
          </div>
        </>
      }
    >
      {t("rooms.sharing.request")}
    </ReasonAction>
  );
}
