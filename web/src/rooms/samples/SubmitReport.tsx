// The trader sends in a third party's report in place of a sample.
import { Input, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Attachment, InspectionSampling, Page, SamplingLine, TestingBody, TestResult, ThirdPartyReport } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, Upload } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { blankResults, complete, concluded, ResultsEditor } from "./Results";

const BYTES_MAX = 10 * 1024 * 1024;

export function SubmitReport({ line, sampling, path }: { line: SamplingLine; sampling: InspectionSampling; path: string }) {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const bodies = useGet<Page<TestingBody>>("/testing-bodies", { limit: 200 });
  const blank = () => ({ body: "", number: "", bill: sampling.bill_no, sampled: "", issued: clock.today(), file: "", name: "" });
  const [form, setForm] = useState(blank);
  const [results, setResults] = useState<TestResult[]>(() => blankResults(line.items));
  const set = (change: Partial<ReturnType<typeof blank>>) => setForm((before) => ({ ...before, ...change }));
  const attach = useAction<File, Attachment>(
    (file) => api.postRaw<Attachment>("/attachments", file, { params: { edoc_code: "", name: file.name }, contentType: file.type || "application/pdf" }),
    (kept) => set({ file: kept.sha256, name: kept.name }),
  );
  const text = (field: "number" | "bill", label: string, type?: string) => (
    <Field label={label} required>
      <Input type={type} aria-label={label} maxLength={64} value={form[field]} onChange={(event) => set({ [field]: event.target.value })} />
    </Field>
  );
  return (
    <ReasonAction<ThirdPartyReport>
      width={720}
      title={t("rooms.sampling.report")}
      okText={t("rooms.sampling.report")}
      success={t("rooms.third.sent")}
      onOpen={() => {
        setForm(blank());
        setResults(blankResults(line.items));
      }}
      onDone={(made) => void navigate(url`/third-party-reports/${made.id}`)}
      ready={form.body !== "" && form.number.trim() !== "" && form.bill.trim() !== "" && form.sampled !== "" && form.issued !== "" && form.file !== "" && complete(results)}
      run={() =>
        api.post<ThirdPartyReport>(`${path}/third-party-reports`, {
          line: line.line,
          body: form.body,
          number: form.number.trim(),
          bill: form.bill.trim(),
          sampled_on: form.sampled,
          issued_on: form.issued,
          results,
          conclusion: concluded(results),
          file: form.file,
        })
      }
      body={
        <>
          <p>{t("rooms.sampling.reportText")}</p>
          <Upload accept=".pdf" bytesMax={BYTES_MAX} busy={attach.isPending} onFiles={([file]) => file && attach.mutate(file)}>
            {form.file ? `${t("rooms.third.attached")} ${form.name}` : t("rooms.third.attach")}
          </Upload>
          {attach.error && <ProblemAlert error={attach.error} />}
          <div className="form-grid">
            <Field label={t("rooms.third.body")} required>
              <Select
                aria-label={t("rooms.third.body")}
                value={form.body || undefined}
                onChange={(body: string) => set({ body })}
                options={(bodies.data?.items ?? []).map((one) => ({ value: one.id, label: `${tx(one.name)} ${one.number}` }))}
              />
            </Field>
            {text("number", t("rooms.third.number"))}
            {text("bill", t("rooms.bill.number"))}
            <Field label={t("rooms.third.sampledOn")} required>
              <Input type="date" aria-label={t("rooms.third.sampledOn")} max={clock.today()} value={form.sampled} onChange={(event) => set({ sampled: event.target.value })} />
            </Field>
            <Field label={t("rooms.third.issuedOn")} required>
              <Input type="date" aria-label={t("rooms.third.issuedOn")} max={clock.today()} value={form.issued} onChange={(event) => set({ issued: event.target.value })} />
            </Field>
          </div>
          <ResultsEditor items={line.items} results={results} onChange={setResults} />
        </>
      }
    >
      {t("rooms.sampling.report")}
    </ReasonAction>
  );
}
