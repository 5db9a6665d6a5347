// What of an inspection is to be sampled (取样要求), on the inspection's own page: ordered, taken, answered by a report, waived.
import { Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Attachment, InspectionSampling, Laboratories, Sample, SamplingLine } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, ProblemAlert, StatusTag, Upload } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { ConclusionTag } from "./conclusions";
import { Priority } from "./Priority";
import { WithReason } from "./SampleActions";
import { SubmitReport } from "./SubmitReport";

const TONES = { wanted: "wait", awaiting: "go", met: "done", failed: "stop" } as const;
const PHOTO_BYTES_MAX = 4 * 1024 * 1024;

export function Sampling({ path }: { path: string }) {
  const { t } = useI18n();
  const sampling = useGet<InspectionSampling>(`${path}/sampling`);
  const data = sampling.data;
  if (sampling.error) return <ProblemAlert error={sampling.error} retry={() => void sampling.refetch()} />;
  if (!data || (data.lines.length === 0 && !allows(data.actions, "sample.order"))) return null;
  return (
    <section className="panel" aria-labelledby="sampling">
      <h2 id="sampling">{t("rooms.sampling.title")}</h2>
      <p className="muted">{t(data.lines.length === 0 ? "rooms.sampling.none" : "rooms.sampling.lead")}</p>
      <ul className="sampling-lines">
        {data.lines.map((line) => (
          <Line key={line.line} line={line} sampling={data} path={path} />
        ))}
      </ul>
      {allows(data.actions, "sample.order") && (
        <div className="form-end">
          <OrderSampling sampling={data} path={path} />
        </div>
      )}
    </section>
  );
}

function Line({ line, sampling, path }: { line: SamplingLine; sampling: InspectionSampling; path: string }) {
  const { t, tx } = useI18n();
  return (
    <li data-line={line.line} data-standing={line.standing}>
      <p>
        <strong>{t("rooms.sampling.nth", { n: line.line })}</strong> <span className="mono">{line.hs_code}</span> {line.goods}{" "}
        <StatusTag status={line.standing} text={line.standing_text} tone={TONES[line.standing as keyof typeof TONES]} /> {line.statutory && <span className="mark">{t("rooms.sampling.statutory")}</span>}{" "}
        <Priority throughTrain={line.through_train} />
      </p>
      <p className="muted">
        {line.items.map((item) => tx(item.name)).join(t("rooms.listComma"))} {line.reason && ` · ${line.reason}`}
        {line.waived && ` · ${t("rooms.sampling.waived")}: ${line.waived}`}
      </p>
      <p>
        {line.sample && <ObjectLink type="sample" id={line.sample} />} {line.third_party_report && <ObjectLink type="third-party-report" id={line.third_party_report} />}{" "}
        {line.conclusion && <ConclusionTag of={line} />} {line.disposition && `${line.disposition} ${line.disposition_text ? tx(line.disposition_text) : ""}`}
      </p>
      <div className="row">
        {allows(line.actions, "sample.take") && <TakeSample line={line} sampling={sampling} path={path} />}
        {allows(line.actions, "third-party-report.submit") && <SubmitReport line={line} sampling={sampling} path={path} />}
        {allows(line.actions, "sample.waive") && (
          <WithReason path={`${path}/sampling/waive`} body={{ line: line.line }} title={t("rooms.sampling.waive")} success={t("rooms.sampling.waived")} text={t("rooms.sampling.waiveText")} />
        )}
      </div>
    </li>
  );
}

function OrderSampling({ sampling, path }: { sampling: InspectionSampling; path: string }) {
  const { t, tx } = useI18n();
  const laboratories = useGet<Laboratories>("/laboratories");
  const wanted = new Set(sampling.lines.map((line) => line.line));
  const goods = sampling.goods.filter((line) => !wanted.has(line.line));
  const blank = () => ({ line: goods[0]?.line ?? 1, items: [] as string[], statutory: true, through: false, reason: "" });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  return (
    <ReasonAction<InspectionSampling>
      title={t("rooms.sampling.order")}
      okText={t("rooms.sampling.order")}
      success={t("rooms.sampling.ordered")}
      disabled={goods.length === 0}
      onOpen={() => setForm(blank())}
      ready={form.items.length > 0 && form.reason.trim().length > 1}
      run={() => api.post<InspectionSampling>(`${path}/sampling`, { line: form.line, items: form.items, statutory: form.statutory, through_train: form.through, reason: form.reason.trim() })}
      body={
        <>
          <Field label={t("rooms.sampling.line")} required>
            <Select
              aria-label={t("rooms.sampling.line")}
              value={form.line}
              onChange={(line: number) => set({ line })}
              options={goods.map((one) => ({ value: one.line, label: `${String(one.line)} · ${one.hs_code} ${one.name}` }))}
            />
          </Field>
          <Field label={t("rooms.sampling.items")} required>
            <Checkbox.Group
              value={form.items}
              onChange={(items) => set({ items })}
              options={(laboratories.data?.items ?? []).map((item) => ({ value: item.code, label: tx(item.name) }))}
            />
          </Field>
          <div className="row">
            <Checkbox checked={form.statutory} onChange={(event) => set({ statutory: event.target.checked })}>
              {t("rooms.sampling.statutory")}
            </Checkbox>
            <Checkbox checked={form.through} onChange={(event) => set({ through: event.target.checked })}>
              {t("rooms.sampling.throughTrain")}
            </Checkbox>
          </div>
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={2} maxLength={500} value={form.reason} onChange={(event) => set({ reason: event.target.value })} />
          </Field>
        </>
      }
    >
      {t("rooms.sampling.order")}
    </ReasonAction>
  );
}

function TakeSample({ line, sampling, path }: { line: SamplingLine; sampling: InspectionSampling; path: string }) {
  const { t, tx } = useI18n();
  const laboratories = useGet<Laboratories>("/laboratories");
  const able = (laboratories.data?.laboratories ?? []).filter((one) => line.items.every((item) => one.items.includes(item.code)));
  const blank = () => ({ container: sampling.containers[0] ?? "", laboratory: "", quantity: "", unit: "kg", seal: "", keep: true, keeperQuantity: "", keeperSeal: "", photo: "" });
  const [form, setForm] = useState(blank);
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  const laboratory = form.laboratory || (able[0]?.id ?? "");
  const attach = useAction<File, Attachment>(
    (file) => api.postRaw<Attachment>("/attachments", file, { params: { edoc_code: "", name: file.name }, contentType: file.type || "application/octet-stream" }),
    (kept) => set({ photo: kept.sha256 }),
  );
  const text = (field: "quantity" | "unit" | "seal" | "keeperQuantity" | "keeperSeal") => (
    <Field label={t(`rooms.sample.${field}`)} required>
      <Input aria-label={t(`rooms.sample.${field}`)} maxLength={64} value={form[field]} onChange={(event) => set({ [field]: event.target.value })} />
    </Field>
  );
  const kept = !form.keep || (form.keeperQuantity.trim() !== "" && form.keeperSeal.trim() !== "");
  return (
    <ReasonAction<Sample>
      type="primary"
      width={640}
      title={t("rooms.sample.take")}
      okText={t("rooms.sample.take")}
      onOpen={() => setForm(blank())}
      ready={form.container !== "" && laboratory !== "" && form.quantity.trim() !== "" && form.unit.trim() !== "" && form.seal.trim() !== "" && kept}
      run={() =>
        api.post<Sample>(`${path}/samples`, {
          line: line.line,
          container: form.container,
          quantity: form.quantity.trim(),
          unit: form.unit.trim(),
          seal: form.seal.trim(),
          keeper: form.keep ? { quantity: form.keeperQuantity.trim(), seal: form.keeperSeal.trim() } : null,
          photo: form.photo || null,
          laboratory,
          at: new Date().toISOString(),
        })
      }
      body={
        <>
          <div className="form-grid">
            <Field label={t("kind.container")} required>
              <Select aria-label={t("kind.container")} value={form.container} onChange={(container: string) => set({ container })} options={sampling.containers.map((one) => ({ value: one, label: one }))} />
            </Field>
            <Field label={t("rooms.sample.laboratory")} required>
              <Select aria-label={t("rooms.sample.laboratory")} value={laboratory} onChange={(value: string) => set({ laboratory: value })} options={able.map((one) => ({ value: one.id, label: tx(one.name) }))} />
            </Field>
            {text("quantity")}
            {text("unit")}
            {text("seal")}
          </div>
          <Checkbox checked={form.keep} onChange={(event) => set({ keep: event.target.checked })}>
            {t("rooms.sample.keep")} <span className="muted">{t("rooms.sample.keepText")}</span>
          </Checkbox>
          {form.keep && (
            <div className="form-grid">
              {text("keeperQuantity")}
              {text("keeperSeal")}
            </div>
          )}
          <Upload accept=".png,.jpg,.jpeg" bytesMax={PHOTO_BYTES_MAX} busy={attach.isPending} onFiles={([file]) => file && attach.mutate(file)}>
            {t(form.photo ? "rooms.sample.photoKept" : "rooms.sample.attachPhoto")}
          </Upload>
          {attach.error && <ProblemAlert error={attach.error} />}
        </>
      }
    >
      {t("rooms.sample.take")}
    </ReasonAction>
  );
}

