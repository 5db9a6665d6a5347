// Trains and flights: a list, and the form of a plan.
import { PlusOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Conveyance, ConveyanceSummary, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { useStatusChoices } from "../parts/statuses";

export const MODES = ["rail", "air"] as const;
const FLOWS = ["import", "export"] as const;

export default function Conveyances() {
  const { t, tx } = useI18n();
  const can = useCan();
  const statuses = useStatusChoices("conveyance");
  return (
    <>
      <PageHeader title={t("rooms.conveyance.title")} actions={can("conveyance.plan") && <NewPlan />}>
        {t("rooms.conveyance.lead")}
      </PageHeader>
      <Worklist<ConveyanceSummary>
        label={t("rooms.conveyance.title")}
        path="/conveyances"
        rowKey={(row) => row.id}
        to={(row) => url`/conveyances/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.conveyance.find") },
          { name: "mode", label: t("rooms.conveyance.mode"), options: MODES.map((value) => ({ value, label: t(`rooms.conveyance.mode.${value}`) })) },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.conveyance.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "day", title: t("rooms.conveyance.day"), render: (row) => <span className="mono">{row.day}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={conveyanceTone(row.status)} /> },
          { key: "mode", title: t("rooms.conveyance.mode"), render: (row) => `${t(`rooms.conveyance.mode.${row.mode}`)} · ${t(`rooms.conveyance.flow.${row.flow}`)}` },
          { key: "route", title: t("rooms.conveyance.route"), render: (row) => `${row.origin} – ${row.destination}` },
          { key: "expected", title: t("rooms.conveyance.expected"), render: (row) => <When at={row.expected_at} style="short" /> },
          { key: "waybills", title: t("rooms.conveyance.waybills"), align: "right", render: (row) => row.waybills },
          { key: "terminal", title: t("rooms.conveyance.terminal"), render: (row) => tx(row.terminal.name), wide: true },
        ]}
        empty={t("rooms.conveyance.empty")}
      />
    </>
  );
}

/** How much a state of a train or waybill asks for attention. */
export function conveyanceTone(status: string): "wait" | "done" | "stop" {
  if (status === "accepted" || status === "released" || status === "departed") return "done";
  return status === "returned" || status === "differs" || status === "cancelled" || status === "taken-off" ? "stop" : "wait";
}

function NewPlan() {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const organisations = useGet<Page<Organisation>>("/organisations", { role: "terminal" });
  const terminals = organisations.data?.items.filter((org) => org.role === "terminal") ?? [];
  const blank = () => ({ mode: "rail", flow: "import", number: "", day: clock.today(), origin: "", destination: "", border: "", place: "", expected: clock.toLocal(new Date()), terminal: "" });
  const [form, setForm] = useState(blank);
  const set = (name: keyof ReturnType<typeof blank>) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const expected = clock.toInstant(form.expected);
  const ready = Boolean(form.number.trim() && form.day && form.origin.trim() && form.destination.trim() && form.terminal && expected);
  const text = (name: "number" | "origin" | "destination" | "border" | "place", required = true) => (
    <Field label={t(`rooms.conveyance.${name}`)} required={required}>
      <Input aria-label={t(`rooms.conveyance.${name}`)} maxLength={64} value={form[name]} onChange={(event) => set(name)(event.target.value)} />
    </Field>
  );
  return (
    <ReasonAction<Conveyance>
      type="primary"
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.conveyance.new")}
      okText={t("action.save")}
      width={680}
      onOpen={() => setForm(blank())}
      ready={ready}
      run={() =>
        api.post("/conveyances", {
          mode: form.mode,
          flow: form.flow,
          number: form.number.trim(),
          day: form.day,
          origin: form.origin,
          destination: form.destination,
          border: form.border || null,
          place: form.place || null,
          expected_at: expected,
          terminal: form.terminal,
        })
      }
      onDone={(made) => void navigate(url`/conveyances/${made.id}`)}
      body={
        <>
          <p className="muted">{t("rooms.conveyance.newLead")}</p>
          <div className="form-grid">
            <Field label={t("rooms.conveyance.mode")} required>
              <Select aria-label={t("rooms.conveyance.mode")} value={form.mode} onChange={set("mode")} options={MODES.map((value) => ({ value, label: t(`rooms.conveyance.mode.${value}`) }))} />
            </Field>
            <Field label={t("rooms.conveyance.flow")} required>
              <Select aria-label={t("rooms.conveyance.flow")} value={form.flow} onChange={set("flow")} options={FLOWS.map((value) => ({ value, label: t(`rooms.conveyance.flow.${value}`) }))} />
            </Field>
            {text("number")}
            <Field label={t("rooms.conveyance.day")} required>
              <Input type="date" aria-label={t("rooms.conveyance.day")} value={form.day} onChange={(event) => set("day")(event.target.value)} />
            </Field>
            {text("origin")}
            {text("destination")}
            {text("border", false)}
            {text("place", false)}
            <Field label={t("rooms.conveyance.expected")} required hint={t("rooms.portTime")}>
              <Input type="datetime-local" aria-label={t("rooms.conveyance.expected")} value={form.expected} onChange={(event) => set("expected")(event.target.value)} />
            </Field>
            <Field label={t("rooms.conveyance.terminal")} required>
              <Select aria-label={t("rooms.conveyance.terminal")} value={form.terminal || undefined} onChange={set("terminal")} options={terminals.map((org) => ({ value: org.id, label: tx(org.name) }))} />
            </Field>
          </div>
        </>
      }
    >
      {t("rooms.conveyance.new")}
    </ReasonAction>
  );
}
