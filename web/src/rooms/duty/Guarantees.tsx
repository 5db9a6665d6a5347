// Guarantees (担保): limit, what is occupied, what is left.
import { PlusOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Guarantee, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { MoneyText, ObjectLink, PageHeader, StatusTag, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

const FEN = 100;

export default function Guarantees() {
  const { t, tx, percent } = useI18n();
  const can = useCan();
  return (
    <>
      <PageHeader title={t("rooms.guarantee.title")} actions={can("guarantee.register") && <Register />}>
        {t("rooms.guarantee.lead")}
      </PageHeader>
      <Worklist<Guarantee>
        label={t("rooms.guarantee.title")}
        path="/guarantees"
        rowKey={(row) => row.id}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "principal", title: t("rooms.guarantee.principal"), render: (row) => tx(row.principal.name) },
          { key: "guarantor", title: t("rooms.guarantee.guarantor"), render: (row) => row.guarantor },
          { key: "limit", title: t("rooms.guarantee.limit"), align: "right", render: (row) => <MoneyText value={row.limit} /> },
          {
            key: "available",
            title: t("rooms.guarantee.available"),
            align: "right",
            render: (row) => {
              const share = row.limit.amount_minor > 0 ? row.occupied.amount_minor / row.limit.amount_minor : 0;
              return (
                <span className="meter-cell">
                  <MoneyText value={row.available} strong />
                  <span className="meter" role="img" aria-label={t("rooms.guarantee.occupiedShare", { share: percent(share) })}>
                    <span style={{ width: `${String(Math.min(100, share * 100))}%` }} />
                  </span>
                </span>
              );
            },
          },
          { key: "valid", title: t("rooms.guarantee.valid"), render: (row) => `${row.valid_from} – ${row.valid_to}` },
          {
            key: "uses",
            title: t("rooms.guarantee.uses"),
            render: (row) => (
              <span className="chips">
                {row.uses.slice(0, 4).map((use) => (
                  <ObjectLink key={use.notice} type="duty-notice" id={use.notice} />
                ))}
                {row.uses.length > 4 && <span className="muted">+{row.uses.length - 4}</span>}
              </span>
            ),
            wide: true,
          },
        ]}
        empty={t("rooms.guarantee.empty")}
      />
    </>
  );
}

function Register() {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const traders = useGet<Page<Organisation>>("/organisations", { role: "trader" });
  const [form, setForm] = useState({ principal: "", guarantor: "", kind: "bank-letter", limit: "", valid_from: "", valid_to: "" });
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const limit = Number(form.limit);
  return (
    <ReasonAction
      type="primary"
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.guarantee.register")}
      okText={t("rooms.guarantee.register")}
      success={t("rooms.saved")}
      onOpen={() =>
        setForm({ principal: "", guarantor: "", kind: "bank-letter", limit: "", valid_from: clock.today(), valid_to: clock.shift(clock.today(), 365) })
      }
      ready={form.principal !== "" && form.guarantor.trim() !== "" && limit > 0 && form.valid_from !== "" && form.valid_to >= form.valid_from}
      run={() => api.post("/guarantees", { ...form, limit: { amount_minor: Math.round(limit * FEN), currency: "CNY" } })}
      body={
        <div className="form-grid">
          <Field label={t("rooms.guarantee.principal")} required>
            <Select
              aria-label={t("rooms.guarantee.principal")}
              value={form.principal || undefined}
              onChange={set("principal")}
              options={traders.data?.items.map((org) => ({ value: org.id, label: tx(org.name) })) ?? []}
            />
          </Field>
          <Field label={t("rooms.guarantee.guarantor")} required>
            <Input aria-label={t("rooms.guarantee.guarantor")} value={form.guarantor} onChange={(event) => set("guarantor")(event.target.value)} />
          </Field>
          <Field label={t("rooms.guarantee.kind")} required>
            <Select
              aria-label={t("rooms.guarantee.kind")}
              value={form.kind}
              onChange={set("kind")}
              options={[
                { value: "bank-letter", label: t("rooms.guarantee.bank-letter") },
                { value: "insurance", label: t("rooms.guarantee.insurance") },
                { value: "deposit", label: t("rooms.guarantee.deposit") },
              ]}
            />
          </Field>
          <Field label={t("rooms.guarantee.limitYuan")} required>
            <Input aria-label={t("rooms.guarantee.limitYuan")} inputMode="decimal" value={form.limit} onChange={(event) => set("limit")(event.target.value)} />
          </Field>
          <Field label={t("rooms.guarantee.from")} required>
            <Input type="date" aria-label={t("rooms.guarantee.from")} value={form.valid_from} onChange={(event) => set("valid_from")(event.target.value)} />
          </Field>
          <Field label={t("rooms.guarantee.to")} required>
            <Input type="date" aria-label={t("rooms.guarantee.to")} value={form.valid_to} onChange={(event) => set("valid_to")(event.target.value)} />
          </Field>
        </div>
      }
    >
      {t("rooms.guarantee.register")}
    </ReasonAction>
  );
}
