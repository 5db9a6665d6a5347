// Proposing an agency agreement: who acts for whom, for what, on which bill, for how long.
import { PlusOutlined } from "@ant-design/icons";
import { Checkbox, Input, Radio, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { AgencyAgreement, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

const YEAR_DAYS = 365;

interface Props {
  /** The bill that the agreement is for, when it is proposed from a declaration. */
  bill?: string;
  onDone?: (made: AgencyAgreement) => void;
}

export function ProposeAgreement({ bill = "", onDone }: Props) {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const own = useSession()?.organisation.id ?? "";
  const traders = useGet<Page<Organisation>>("/organisations", { role: "trader" });
  const blank = () => ({ side: "agent", other: "", acts: ["declaration"], bill, from: clock.today(), to: clock.shift(clock.today(), YEAR_DAYS) });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<typeof form>) => setForm((before) => ({ ...before, ...change }));
  return (
    <ReasonAction<AgencyAgreement>
      type={bill ? "default" : "primary"}
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.agency.propose")}
      okText={t("rooms.agency.propose")}
      success={t("rooms.agency.proposed")}
      onOpen={() => setForm(blank())}
      onDone={onDone}
      ready={form.other !== "" && form.acts.length > 0 && form.from !== "" && form.to >= form.from}
      run={() =>
        api.post<AgencyAgreement>("/agency-agreements", {
          principal: form.side === "agent" ? form.other : own,
          agent: form.side === "agent" ? own : form.other,
          acts: form.acts,
          bill_no: form.bill.trim() || null,
          valid_from: form.from,
          valid_to: form.to,
        })
      }
      body={
        <>
          <p>{t("rooms.agency.proposeText")}</p>
          <div className="form-grid">
            <Field label={t("rooms.agency.side")} required>
              <Radio.Group
                value={form.side}
                onChange={(event) => set({ side: String(event.target.value) })}
                options={[
                  { value: "agent", label: t("rooms.agency.agent") },
                  { value: "principal", label: t("rooms.agency.principal") },
                ]}
              />
            </Field>
            <Field label={form.side === "agent" ? t("rooms.agency.principal") : t("rooms.agency.agent")} required>
              <Select
                aria-label={t("rooms.agency.other")}
                value={form.other || undefined}
                onChange={(other: string) => set({ other })}
                showSearch={{ optionFilterProp: "label" }}
                placeholder={t("rooms.code.choose")}
                options={(traders.data?.items ?? []).filter((org) => org.id !== own).map((org) => ({ value: org.id, label: tx(org.name) }))}
              />
            </Field>
            <Field label={t("rooms.agency.acts")} required>
              <Checkbox.Group
                value={form.acts}
                onChange={(acts) => set({ acts })}
                options={[
                  { value: "declaration", label: t("rooms.agency.declaration") },
                  { value: "delivery-order", label: t("rooms.agency.delivery-order") },
                  { value: "duty", label: t("rooms.agency.duty") },
                ]}
              />
            </Field>
            <Field label={t("rooms.agency.bill")} hint={t("rooms.agency.billHint")}>
              <Input aria-label={t("rooms.agency.bill")} maxLength={32} value={form.bill} onChange={(event) => set({ bill: event.target.value })} />
            </Field>
            <Field label={t("rooms.agency.from")} required>
              <Input type="date" aria-label={t("rooms.agency.from")} value={form.from} onChange={(event) => set({ from: event.target.value })} />
            </Field>
            <Field label={t("rooms.agency.to")} required>
              <Input type="date" aria-label={t("rooms.agency.to")} min={form.from} value={form.to} onChange={(event) => set({ to: event.target.value })} />
            </Field>
          </div>
        </>
      }
    >
      {t("rooms.agency.propose")}
    </ReasonAction>
  );
}
