// The register of testing bodies whose reports are accepted (采信机构名录).
import { Checkbox, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Laboratories, TestingBody } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { useStatusChoices } from "../parts/statuses";

const TERM_DAYS = 365;

export default function TestingBodies() {
  const { t, tx } = useI18n();
  const customs = useSession()?.user.role === "customs";
  const statuses = useStatusChoices("testing-body");
  return (
    <>
      <PageHeader title={t("rooms.body.title")} actions={customs && <Propose />}>
        {t(customs ? "rooms.body.lead" : "rooms.body.ownLead")}
      </PageHeader>
      <Worklist<TestingBody>
        label={t("rooms.body.title")}
        path="/testing-bodies"
        rowKey={(row) => row.id}
        to={customs ? (row) => url`/testing-bodies/${row.id}` : undefined}
        filters={customs ? [{ name: "q", label: t("rooms.body.find") }, { name: "status", label: t("worklist.status"), options: statuses }] : []}
        columns={[
          { key: "name", title: t("rooms.body.name"), render: (row) => tx(row.name) },
          {
            key: "status",
            title: t("worklist.status"),
            render: (row) => (
              <>
                <StatusTag status={row.status} text={row.status_text} /> {row.expired && <span className="late-mark">{t("rooms.body.expired")}</span>}
              </>
            ),
          },
          { key: "number", title: t("rooms.body.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "prefixes", title: t("rooms.body.prefixes"), render: (row) => <span className="mono">{row.hs_prefixes.join(" ")}</span> },
          { key: "items", title: t("rooms.sampling.items"), render: (row) => row.items.map((item) => tx(item.name)).join(t("rooms.listComma")) },
          { key: "to", title: t("rooms.body.to"), render: (row) => row.valid_to },
          { key: "source", title: t("rooms.body.source"), render: (row) => row.source, wide: true },
        ]}
        empty={t("rooms.body.empty")}
      />
    </>
  );
}

function Propose() {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const laboratories = useGet<Laboratories>("/laboratories");
  const blank = () => ({ zh: "", en: "", number: "", prefixes: "", items: [] as string[], from: clock.today(), to: clock.shift(clock.today(), TERM_DAYS), source: "" });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  const prefixes = form.prefixes.split(/[\s,，、]+/).filter((one) => one !== "");
  const text = (field: "zh" | "en" | "number" | "prefixes" | "source", label: string, hint?: string) => (
    <Field label={label} required hint={hint}>
      <Input aria-label={label} maxLength={200} value={form[field]} onChange={(event) => set({ [field]: event.target.value })} />
    </Field>
  );
  return (
    <ReasonAction<TestingBody>
      type="primary"
      width={640}
      title={t("rooms.body.propose")}
      okText={t("rooms.body.propose")}
      success={t("rooms.body.proposed")}
      onOpen={() => setForm(blank())}
      onDone={(made) => void navigate(url`/testing-bodies/${made.id}`)}
      ready={[form.zh, form.en, form.number, form.source].every((one) => one.trim() !== "") && prefixes.length > 0 && form.items.length > 0 && form.to >= form.from}
      run={() =>
        api.post<TestingBody>("/testing-bodies", {
          name: { zh: form.zh.trim(), en: form.en.trim() },
          number: form.number.trim(),
          hs_prefixes: prefixes,
          items: form.items,
          valid_from: form.from,
          valid_to: form.to,
          source: form.source.trim(),
        })
      }
      body={
        <>
          <div className="form-grid">
            {text("zh", t("rooms.body.nameZh"))}
            {text("en", t("rooms.body.nameEn"))}
            {text("number", t("rooms.body.number"))}
            {text("prefixes", t("rooms.body.prefixes"), t("rooms.body.prefixHint"))}
            <Field label={t("rooms.body.from")} required>
              <Input type="date" aria-label={t("rooms.body.from")} value={form.from} onChange={(event) => set({ from: event.target.value })} />
            </Field>
            <Field label={t("rooms.body.to")} required>
              <Input type="date" aria-label={t("rooms.body.to")} min={form.from} value={form.to} onChange={(event) => set({ to: event.target.value })} />
            </Field>
          </div>
          <Field label={t("rooms.sampling.items")} required>
            <Checkbox.Group value={form.items} onChange={(items) => set({ items })} options={(laboratories.data?.items ?? []).map((item) => ({ value: item.code, label: tx(item.name) }))} />
          </Field>
          {text("source", t("rooms.body.source"))}
        </>
      }
    >
      {t("rooms.body.propose")}
    </ReasonAction>
  );
}
