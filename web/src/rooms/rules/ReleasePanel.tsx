// How a version comes into force and ends: submitted, looked at and countersigned by another officer, withdrawn by two.
import { Alert, Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { Finding, RuleTable, RuleVersion, RuleVersionText } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, When } from "../../parts";
import { allows } from "../parts/allows";
import { ReasonAction } from "../parts/ReasonAction";
import { Changes } from "./Changes";
import { Found } from "./Found";

const NOTE_MAX = 500;

export function ReleasePanel({ table, version, findings, path, unsaved }: { table: RuleTable; version: RuleVersion; findings: Finding[]; path: string; unsaved: boolean }) {
  const { t, tx } = useI18n();
  const may = (action: string) => allows(version.actions, action);
  const submitted = version.submitted;
  return (
    <div className="stack">
      {version.withdrawal && <Alert type="warning" showIcon title={t("rules.withdraw.wish", { name: tx(version.withdrawal.by.name), why: version.withdrawal.why })} />}
      {version.withdrawn && <Alert type="info" showIcon title={t("rules.withdrawnBy", { name: tx(version.withdrawn.by.name), why: version.withdrawn.why })} />}
      <section className="panel stack" aria-label={t("rules.tab.release")}>
        <KeyFacts
          facts={[
            { label: t("rules.stage"), value: tx(version.stage_text) },
            { label: t("rules.effectiveFrom"), value: version.effective_from },
            { label: t("rules.writers"), value: version.writers.map((writer) => tx(writer.name)).join(t("rooms.listComma")) },
            submitted && { label: t("rules.submittedBy"), value: tx(submitted.by.name) },
            submitted && { label: t("rules.warnings"), value: t("rules.warningsText", { w: submitted.warnings, i: submitted.infos }) },
            version.tried && { label: t("rules.tab.trial"), value: `${t("rules.trial.inspected")} ${version.tried.before} → ${version.tried.after}` },
            submitted && { label: t("rules.reason"), value: submitted.note, wide: true },
            version.released?.by && { label: t("rules.signer"), value: tx(version.released.by.name) },
            version.released?.origin && { label: t("rules.origin"), value: tx(version.released.origin), wide: true },
            version.released && { label: t("rules.signedAt"), value: <When at={version.released.at} /> },
            { label: t("rules.fingerprint"), value: <span className="mono">{version.fingerprint}</span>, wide: true },
          ]}
        />
        <Actions version={version} path={path} unsaved={unsaved} />
        {version.stage === "draft" && may("rule-table.submit") && <p className="muted">{t("rules.needs")}</p>}
        {submitted && may("rule-table.return") && !may("rule-table.countersign") && <p>{t("rules.notYours")}</p>}
      </section>
      {submitted && (
        <>
          <Found findings={findings} />
          <Changes table={table} version={version} path={path} chooses={false} />
        </>
      )}
      {version.released?.statement && (
        <section className="panel stack" aria-label={t("rules.signature")}>
          <h2>{t("rules.signature")}</h2>
          <p>{t("rules.signatureText")}</p>
          <KeyFacts
            facts={[
              { label: t("rules.key"), value: <span className="mono">{`${version.released.algorithm ?? ""} ${version.released.key_id ?? ""}`}</span> },
              { label: t("rules.signature"), value: <span className="mono">{version.released.signature}</span>, wide: true },
            ]}
          />
          <p className="rule-signature">{version.released.statement}</p>
        </section>
      )}
    </div>
  );
}

function Actions({ version, path, unsaved }: { version: RuleVersion; path: string; unsaved: boolean }) {
  const { t } = useI18n();
  const [words, setWords] = useState("");
  const may = (action: string) => allows(version.actions, action);
  const text = (label: string) => <Input.TextArea aria-label={label} placeholder={label} value={words} maxLength={NOTE_MAX} autoSize={{ minRows: 3, maxRows: 8 }} onChange={(event) => setWords(event.target.value)} />;
  const reason = (label: string, action: string, done: string, danger: boolean) => (
    <ReasonAction title={label} okText={label} success={done} danger={danger} onOpen={() => setWords("")} ready={words.trim() !== ""} run={() => api.post<RuleVersionText>(`${path}/${action}`, { reason: words.trim() })} body={text(t("rules.reason"))}>
      {label}
    </ReasonAction>
  );
  return (
    <div className="row">
      {may("rule-table.submit") && (
        <ReasonAction
          type="primary"
          title={t("rules.submit")}
          okText={t("rules.submit")}
          success={t("rules.submitted")}
          disabled={unsaved}
          onOpen={() => setWords("")}
          ready={words.trim() !== ""}
          run={() => api.post<RuleVersionText>(`${path}/submit`, { note: words.trim() })}
          body={text(t("rules.submit.note"))}
        >
          {t("rules.submit")}
        </ReasonAction>
      )}
      {may("rule-table.countersign") && (
        <ActionButton
          type="primary"
          confirm={t("rules.countersign.confirm", { n: version.number, day: version.effective_from })}
          success={t("rules.countersigned")}
          run={() => api.post<RuleVersionText>(`${path}/countersign`, { fingerprint: version.fingerprint })}
        >
          {t("rules.countersign")}
        </ActionButton>
      )}
      {may("rule-table.return") && reason(t("rules.return"), "return", t("rules.returned"), false)}
      {may("rule-table.give-up") && reason(t("rules.giveUp"), "give-up", t("rules.givenUp"), true)}
      {may("rule-table.withdraw") && reason(t("rules.withdraw"), "withdrawal", t("rules.withdraw.asked"), true)}
      {may("rule-table.confirm-withdrawal") && (
        <ActionButton danger confirm={t("rules.withdraw.question")} success={t("rules.withdrawn")} run={() => api.post<RuleVersionText>(`${path}/withdrawal/confirm`, {})}>
          {t("rules.withdraw.confirm")}
        </ActionButton>
      )}
      {may("rule-table.keep") && <ActionButton run={() => api.post<RuleVersionText>(`${path}/withdrawal/drop`, {})}>{t("rules.withdraw.keep")}</ActionButton>}
    </div>
  );
}
