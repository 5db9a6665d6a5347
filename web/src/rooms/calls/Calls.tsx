// Ship calls (船舶动态): who comes, when, and how far its boxes are.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Drawer, Input, Select } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Call, CallForm, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, ProblemAlert, StatusTag, When, Worklist, type Column } from "../../parts";
import { imoNumberFault } from "../checkdigits";
import { CodePicker } from "../parts/CodePicker";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { useStatusChoices } from "../parts/statuses";
import { BoxProgress } from "./BoxProgress";

export default function Calls() {
  const { t, tx } = useI18n();
  const can = useCan();
  const [search, setSearch] = useSearchParams();
  const announcing = search.get("announce") === "1";
  const statuses = useStatusChoices("call");
  const columns: Column<Call>[] = [
    { key: "ship", title: t("rooms.call.ship"), render: (row) => row.ship_name },
    { key: "voyage", title: t("rooms.call.voyage"), render: (row) => <span className="mono">{row.voyage_in}</span> },
    { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
    { key: "terminal", title: t("rooms.call.terminal"), render: (row) => `${tx(row.terminal.name)}${row.berth ? ` · ${row.berth}` : ""}` },
    {
      key: "time",
      title: t("rooms.call.arrivalTime"),
      render: (row) =>
        row.ata ? (
          <When at={row.ata} style="short" />
        ) : (
          <span className="muted">
            {t("rooms.call.etaShort")} <When at={row.eta} style="short" />
          </span>
        ),
    },
    { key: "boxes", title: t("rooms.call.boxes"), render: (row) => <BoxProgress containers={row.containers} />, width: 220 },
    { key: "id", title: t("rooms.number"), render: (row) => <span className="mono muted">{row.id}</span>, wide: true },
  ];
  const toggle = (open: boolean) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (open) next.set("announce", "1");
      else next.delete("announce");
      return next;
    });
  return (
    <>
      <PageHeader
        title={t("rooms.call.title")}
        actions={
          can("call.announce") && (
            <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => toggle(true)}>
              {t("rooms.call.announce")}
            </Button>
          )
        }
      >
        {t("rooms.call.lead")}
      </PageHeader>
      <Worklist
        label={t("rooms.call.title")}
        path="/calls"
        columns={columns}
        rowKey={(row) => row.id}
        to={(row) => url`/calls/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.call.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        empty={t("rooms.call.empty")}
      />
      <Announce open={announcing} close={() => toggle(false)} />
    </>
  );
}

function Announce({ open, close }: { open: boolean; close: () => void }) {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const terminals = useGet<Page<Organisation>>(open ? "/organisations" : null, { role: "terminal" });
  const [form, setForm] = useState({ ship_name: "", imo: "", flag: "", voyage_in: "", voyage_out: "", terminal: "", berth: "", eta: "" });
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const announce = useAction<null, Call>(
    () => {
      const body: CallForm = {
        ...form,
        ship_name: form.ship_name.trim().toUpperCase(),
        imo: form.imo.trim(),
        berth: form.berth.trim() || null,
        eta: clock.toInstant(form.eta) ?? "",
      };
      return api.post<Call>("/calls", body);
    },
    (call) => void navigate(url`/calls/${call.id}`),
  );
  const imo = form.imo ? imoNumberFault(form.imo) : null;
  const imoText = imo ? (imo.kind === "form" ? t("rooms.fault.imoForm") : t("rooms.fault.checkDigit", { expected: imo.expected })) : null;
  const complete =
    form.ship_name.trim() && form.imo && !imo && form.flag && form.voyage_in.trim() && form.voyage_out.trim() && form.terminal && clock.toInstant(form.eta);
  const text = (name: keyof typeof form, label: string, pointer: string, fault: string | null = null) => (
    <Field label={label} pointer={pointer} required={name !== "berth"} fault={fault}>
      <Input aria-label={label} value={form[name]} status={fault ? "error" : undefined} onChange={(event) => set(name)(event.target.value)} />
    </Field>
  );
  return (
    <Drawer
      open={open}
      onClose={close}
      size={480}
      title={t("rooms.call.announce")}
      closable={{ "aria-label": t("action.close") }}
      footer={
        <div className="row">
          <Button type="primary" disabled={!complete} loading={announce.isPending} onClick={() => announce.mutate(null)}>
            {t("rooms.call.announceSend")}
          </Button>
          <Button onClick={close}>{t("action.cancel")}</Button>
        </div>
      }
    >
      <div className="form-grid">
        {text("ship_name", t("rooms.call.ship"), "/ship_name")}
        {text("imo", t("rooms.call.imo"), "/imo", imoText)}
        <Field label={t("rooms.call.flag")} pointer="/flag" required>
          <CodePicker table="country" label={t("rooms.call.flag")} value={form.flag} onChange={set("flag")} />
        </Field>
        <Field label={t("rooms.call.terminal")} pointer="/terminal" required>
          <Select
            aria-label={t("rooms.call.terminal")}
            value={form.terminal || undefined}
            placeholder={t("rooms.code.choose")}
            onChange={(value: string) => set("terminal")(value)}
            options={terminals.data?.items.map((org) => ({ value: org.id, label: tx(org.name) })) ?? []}
          />
        </Field>
        {text("voyage_in", t("rooms.call.voyageIn"), "/voyage_in")}
        {text("voyage_out", t("rooms.call.voyageOut"), "/voyage_out")}
        {text("berth", t("rooms.call.berth"), "/berth")}
        <Field label={t("rooms.call.eta")} pointer="/eta" required hint={t("rooms.portTime")}>
          <Input type="datetime-local" aria-label={t("rooms.call.eta")} value={form.eta} onChange={(event) => set("eta")(event.target.value)} />
        </Field>
      </div>
      {announce.error && <ProblemAlert error={announce.error} />}
    </Drawer>
  );
}
