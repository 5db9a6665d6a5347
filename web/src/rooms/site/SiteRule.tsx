// The rule of who comes first at the inspection site and who needs no appointment: its versions, and a new one.
import { Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import type { SiteRule as Rule, SiteVersion } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { gradeName } from "./grades";
import { NewVersion } from "./NewVersion";

export default function SiteRule() {
  const { t } = useI18n();
  const found = useGet<Rule>("/inspection-site/rule");
  const rule = found.data;
  const newest = rule?.versions.find((version) => version.in_force) ?? rule?.versions[0];
  return (
    <>
      <PageHeader title={t("rooms.site.ruleTitle")} back={{ to: "/inspection-site", text: t("rooms.site.title") }}>
        {t("rooms.site.ruleLead")}
      </PageHeader>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {rule && (
        <div className="stack">
          {rule.versions.length === 0 && <p className="muted">{t("rooms.site.ruleNone")}</p>}
          {rule.versions.map((version) => (
            <Version key={version.number} version={version} actions={rule.actions} />
          ))}
          {allows(rule.actions, "site-rule.propose") && <NewVersion key={rule.versions.length} from={newest?.classes ?? []} />}
        </div>
      )}
    </>
  );
}

function Version({ version, actions }: { version: SiteVersion; actions: string[] }) {
  const { t, tx, number } = useI18n();
  const title = `version-${version.number}`;
  const path = `/inspection-site/rule/versions/${version.number}`;
  return (
    <section className="panel" aria-labelledby={title} data-version={version.number}>
      <div className="panel-head">
        <h2 id={title}>
          {t("rooms.site.version", { n: number(version.number) })}{" "}
          {version.in_force ? (
            <StatusTag status="in-force" text={t("rooms.site.inForce")} />
          ) : (
            <StatusTag status={version.status} text={t(`rooms.site.status.${version.status as "proposed" | "approved" | "refused"}`)} />
          )}
        </h2>
        {version.status === "proposed" && (
          <span className="row">
            {allows(actions, "site-rule.approve") && (
              <ActionButton type="primary" confirm={t("rooms.site.approveAsk")} success={t("rooms.site.approved")} run={() => api.post(`${path}/approve`)}>
                {t("rooms.site.approve")}
              </ActionButton>
            )}
            {allows(actions, "site-rule.refuse") && <Refuse path={path} />}
          </span>
        )}
      </div>
      <KeyFacts
        facts={[
          { label: t("rooms.site.validFrom"), value: <When at={version.valid_from} /> },
          { label: t("rooms.site.writtenBy"), value: tx(version.by.name) },
          version.decided_by ? { label: t("rooms.site.decidedBy"), value: tx(version.decided_by.name) } : null,
          version.note ? { label: t("rooms.site.note"), value: version.note, wide: true } : null,
          version.why ? { label: t("rooms.site.why"), value: version.why, wide: true } : null,
        ]}
      />
      <ol className="site-classes">
        {version.classes.map((one) => (
          <li key={one.id}>
            <strong>{tx(one.name)}</strong> <span className="mono muted">{one.id}</span>
            {one.on_arrival && ` · ${t("rooms.site.onArrival")}`}
            {one.hs_prefixes && one.hs_prefixes.length > 0 && (
              <p>
                {t("rooms.site.prefixes")} <span className="mono">{one.hs_prefixes.join(" ")}</span>
              </p>
            )}
            {one.grades && one.grades.length > 0 && (
              <p>
                {t("rooms.site.grades")} {one.grades.map((grade) => gradeName(grade, t)).join(t("rooms.listComma"))}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Refuse({ path }: { path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      danger
      title={t("rooms.site.refuse")}
      okText={t("rooms.site.refuse")}
      success={t("rooms.site.refused")}
      onOpen={() => setReason("")}
      ready={reason.trim().length > 1}
      run={() => api.post(`${path}/refuse`, { reason: reason.trim() })}
      body={
        <Field label={t("rooms.reason")} required>
          <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.site.refuse")}
    </ReasonAction>
  );
}
