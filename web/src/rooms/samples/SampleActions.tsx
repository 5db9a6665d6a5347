// What whoever looks at a sample may do with it now.
import { Checkbox, Input, Radio, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { Sample, TestResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton } from "../../parts";
import { DISPOSITIONS } from "../inspections/dispositions";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { HandOver } from "./HandOver";
import { blankResults, complete, concluded, ResultsEditor } from "./Results";

const FAILED = "40";

export function SampleActions({ sample, path }: { sample: Sample; path: string }) {
  const { t } = useI18n();
  if (sample.actions.length === 0) return null;
  const may = (action: string) => allows(sample.actions, action);
  return (
    <div className="row form-end">
      {may("sample.hand-over") && <HandOver sample={sample} path={path} />}
      {may("sample.decide-chain") && <DecideChain path={path} />}
      {may("sample.test") && (
        <ActionButton type="primary" success={t("rooms.sample.began")} run={() => api.post<Sample>(`${path}/test`, {})}>
          {t("rooms.sample.begin")}
        </ActionButton>
      )}
      {may("sample.report") && <WriteReport sample={sample} path={path} />}
      {may("sample.release") && <Release sample={sample} path={path} />}
      {may("sample.return-report") && <WithReason path={`${path}/report/return`} title={t("rooms.sample.giveBack")} success={t("rooms.sample.givenBack")} />}
      {may("sample.retest") && <WithReason path={`${path}/retest`} title={t("rooms.sample.retest")} success={t("rooms.sample.retested")} text={t("rooms.sample.retestText")} />}
    </div>
  );
}

/** An act that needs a reason. */
export function WithReason({ path, title, success, text, danger, body }: { path: string; title: string; success: string; text?: string; danger?: boolean; body?: Record<string, unknown> }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      danger={danger}
      title={title}
      okText={title}
      success={success}
      onOpen={() => setReason("")}
      ready={reason.trim().length > 1}
      run={() => api.post(path, { ...body, reason: reason.trim() })}
      body={
        <>
          {text && <p>{text}</p>}
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {title}
    </ReasonAction>
  );
}

function DecideChain({ path }: { path: string }) {
  const { t } = useI18n();
  const [usable, setUsable] = useState(true);
  const [reason, setReason] = useState("");
  return (
    <ReasonAction<Sample>
      title={t("rooms.sample.decide")}
      okText={t("rooms.sample.decide")}
      success={t("rooms.sample.decided")}
      ready={reason.trim().length > 1}
      run={() => api.post<Sample>(`${path}/chain-decision`, { usable, reason: reason.trim() })}
      body={
        <>
          <Radio.Group
            aria-label={t("rooms.sample.decide")}
            value={usable}
            onChange={(event) => setUsable(event.target.value as boolean)}
            options={[
              { value: true, label: t("rooms.sample.usable") },
              { value: false, label: t("rooms.sample.notUsable") },
            ]}
          />
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.sample.decide")}
    </ReasonAction>
  );
}

function WriteReport({ sample, path }: { sample: Sample; path: string }) {
  const { t } = useI18n();
  const [results, setResults] = useState<TestResult[]>(() => blankResults(sample.items));
  const [unclear, setUnclear] = useState(false);
  const [note, setNote] = useState("");
  return (
    <ReasonAction<Sample>
      type="primary"
      width={720}
      title={t("rooms.sample.write")}
      okText={t("rooms.sample.write")}
      success={t("rooms.sample.written")}
      ready={complete(results)}
      run={() => api.post<Sample>(`${path}/report`, { results, conclusion: unclear ? "inconclusive" : concluded(results), note: note.trim() })}
      body={
        <>
          <ResultsEditor items={sample.items} results={results} onChange={setResults} />
          <Checkbox checked={unclear} onChange={(event) => setUnclear(event.target.checked)}>
            {t("rooms.sample.inconclusive")}
          </Checkbox>
          <Field label={t("rooms.sample.note")}>
            <Input aria-label={t("rooms.sample.note")} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.sample.write")}
    </ReasonAction>
  );
}

function Release({ sample, path }: { sample: Sample; path: string }) {
  const { t, lang } = useI18n();
  const [disposition, setDisposition] = useState(FAILED);
  const failed = sample.reports.at(-1)?.conclusion === "fail";
  return (
    <ReasonAction<Sample>
      type="primary"
      title={t("rooms.sample.release")}
      okText={t("rooms.sample.release")}
      success={t("rooms.sample.released")}
      run={() => api.post<Sample>(`${path}/report/release`, failed ? { disposition } : {})}
      body={
        <>
          <p>{t("rooms.sample.releaseText")}</p>
          {failed && (
            <Field label={t("rooms.sample.disposition")} required>
              <Select
                aria-label={t("rooms.sample.disposition")}
                value={disposition}
                onChange={setDisposition}
                options={DISPOSITIONS.filter((row) => row.outcome === "fail").map((row) => ({ value: row.code, label: `${row.code} ${lang === "zh" ? row.zh : row.en}` }))}
              />
            </Field>
          )}
        </>
      }
    >
      {t("rooms.sample.release")}
    </ReasonAction>
  );
}
