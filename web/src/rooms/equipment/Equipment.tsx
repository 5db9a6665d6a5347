// Machines of terminals (港口设备): last state, hours, alarms that wait.
import { PlusOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useCan } from "../../api/session";
import type { Machine } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist, type Tone } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { Alarms } from "./Alarms";

const KINDS = ["quay-crane", "yard-crane", "truck", "stacker", "other"] as const;
const TONES: Record<string, Tone> = { working: "go", idle: "wait", fault: "stop", off: "done" };

export default function Equipment() {
  const { t, tx, number } = useI18n();
  const can = useCan();
  const weight = (kg: number | null) => (kg === null ? "–" : number(kg));
  const kinds = KINDS.map((kind) => ({ value: kind, label: t(`rooms.equipment.kind.${kind}`) }));
  return (
    <>
      <PageHeader title={t("rooms.equipment.title")} actions={can("equipment.register") && <Register />}>
        {t("rooms.equipment.lead")}
      </PageHeader>
      <Alarms />
      <h2 className="section-title">{t("rooms.equipment.title")}</h2>
      <Worklist<Machine>
        label={t("rooms.equipment.title")}
        path="/equipment"
        rowKey={(row) => row.id}
        to={(row) => url`/equipment/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.equipment.find") },
          { name: "kind", label: t("rooms.equipment.kind"), options: kinds },
        ]}
        columns={[
          { key: "number", title: t("rooms.equipment.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "name", title: t("rooms.equipment.name"), render: (row) => row.name },
          { key: "kind", title: t("rooms.equipment.kind"), render: (row) => t(`rooms.equipment.kind.${row.kind}` as MessageKey) },
          { key: "terminal", title: t("rooms.equipment.terminal"), render: (row) => tx(row.terminal.name) },
          { key: "state", title: t("rooms.equipment.state"), render: (row) => <LastState machine={row} /> },
          { key: "load", title: t("rooms.equipment.load"), align: "right", render: (row) => weight(row.last?.load_kg ?? null), wide: true },
          { key: "day", title: t("rooms.equipment.day"), align: "right", render: (row) => number(row.hours.reduce((sum, hour) => sum + hour.working_minutes, 0)), wide: true },
        ]}
        empty={t("rooms.equipment.empty")}
      />
    </>
  );
}

export function LastState({ machine }: { machine: Machine }) {
  const { t } = useI18n();
  if (!machine.last) return <span className="none">{t("rooms.equipment.never")}</span>;
  return (
    <>
      <StatusTag status={machine.last.state} text={t(`rooms.equipment.state.${machine.last.state}`)} tone={TONES[machine.last.state] ?? "wait"} /> <When at={machine.last.at} style="short" />
      {!machine.last.online && <span className="muted"> · {t("rooms.equipment.silent")}</span>}
    </>
  );
}

function Register() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const blank = { number: "", kind: "quay-crane", name: "" };
  const [form, setForm] = useState(blank);
  const set = (change: Partial<typeof blank>) => setForm((before) => ({ ...before, ...change }));
  return (
    <ReasonAction<Machine>
      type="primary"
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.equipment.register")}
      okText={t("rooms.equipment.register")}
      success={t("rooms.saved")}
      onOpen={() => setForm(blank)}
      onDone={(made) => void navigate(url`/equipment/${made.id}`)}
      ready={form.number.trim() !== "" && form.name.trim() !== ""}
      run={() => api.post<Machine>("/equipment", { number: form.number.trim().toUpperCase(), kind: form.kind, name: form.name.trim() })}
      body={
        <>
          <Field label={t("rooms.equipment.number")} required hint={t("rooms.equipment.numberHint")}>
            <Input aria-label={t("rooms.equipment.number")} maxLength={10} value={form.number} onChange={(event) => set({ number: event.target.value })} />
          </Field>
          <Field label={t("rooms.equipment.name")} required>
            <Input aria-label={t("rooms.equipment.name")} maxLength={64} value={form.name} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field label={t("rooms.equipment.kind")} required>
            <Select
              aria-label={t("rooms.equipment.kind")}
              value={form.kind}
              onChange={(kind: string) => set({ kind })}
              options={KINDS.map((kind) => ({ value: kind, label: t(`rooms.equipment.kind.${kind}`) }))}
            />
          </Field>
        </>
      }
    >
      {t("rooms.equipment.register")}
    </ReasonAction>
  );
}
