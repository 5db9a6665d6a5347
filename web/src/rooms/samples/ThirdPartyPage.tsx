// One report of a third party: what it says, its file, and whether it stands for a sample.
import { Input, Radio } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Laboratories, ThirdPartyReport } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { ConclusionTag } from "./conclusions";
import { ResultsTable } from "./Results";
import { WithReason } from "./SampleActions";

export default function ThirdPartyPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/third-party-reports/${id}`;
  const report = useGet<ThirdPartyReport>(path);
  const data = report.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{data?.number ?? id}</span>}
        tab={id}
        eyebrow={t("kind.third-party-report")}
        back={{ to: "/third-party-reports", text: t("rooms.third.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {report.error && <ProblemAlert error={report.error} retry={() => void report.refetch()} />}
      {report.isPending && <Loading />}
      {data && <Body report={data} path={path} />}
    </>
  );
}

function Body({ report, path }: { report: ThirdPartyReport; path: string }) {
  const { t, tx } = useI18n();
  const laboratories = useGet<Laboratories>("/laboratories");
  return (
    <div className="split form-split">
      <div className="stack">
        <section className="panel" aria-labelledby="third-results">
          <h2 id="third-results">{t("rooms.sample.reports")}</h2>
          <p>
            <ConclusionTag of={report} />{" "}
            <a className="button-link secondary" href={fileUrl(`${path}/file`)} target="_blank" rel="noreferrer">
              {t("rooms.third.open")}
            </a>
          </p>
          <ResultsTable items={laboratories.data?.items ?? []} results={report.results} label={t("rooms.sample.results")} />
          <div className="row form-end">
            {allows(report.actions, "third-party-report.accept") && <Accept path={path} />}
            {allows(report.actions, "third-party-report.refuse") && (
              <WithReason danger path={`${path}/refuse`} title={t("rooms.third.refuse")} success={t("rooms.third.refuse")} text={t("rooms.third.refuseText")} />
            )}
            {allows(report.actions, "third-party-report.audit") && <Audit path={path} />}
          </div>
        </section>
      </div>
      <section className="panel" aria-label={t("kind.third-party-report")}>
        <KeyFacts
          facts={[
            { label: t("rooms.third.body"), value: tx(report.body_name) },
            { label: t("kind.inspection"), value: <ObjectLink type="inspection" id={report.inspection} /> },
            { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={report.bill_no} /> },
            { label: t("rooms.sampling.line"), value: report.line },
            { label: t("rooms.third.sampledOn"), value: report.sampled_on },
            { label: t("rooms.third.issuedOn"), value: report.issued_on },
            { label: t("rooms.third.sentAt"), value: <>{tx(report.sent_by.name)} · <When at={report.sent_at} style="short" /></> },
            { label: "SHA-256", value: <span className="mono">{report.file.slice(0, 16)}…</span> },
            report.refused ? { label: t("rooms.third.refused"), value: report.refused, wide: true } : null,
            report.verified ? { label: t("rooms.third.verified"), value: <>{report.verified} {report.decided_by && `· ${tx(report.decided_by.name)}`}</>, wide: true } : null,
            report.draw_day ? { label: t("rooms.third.audit"), value: <>{t(report.drawn ? "rooms.third.auditDrawn" : "rooms.third.auditNot")} <ObjectLink type="draw-day" id={report.draw_day} /></>, wide: true } : null,
            report.audit ? { label: t("rooms.third.found"), value: <>{t(report.audit.confirmed ? "rooms.third.holds" : "rooms.third.holdsNot")} · {report.audit.note} · {tx(report.audit.by.name)}</>, wide: true } : null,
          ]}
        />
      </section>
    </div>
  );
}

function Accept({ path }: { path: string }) {
  const { t } = useI18n();
  const [verified, setVerified] = useState("");
  return (
    <ReasonAction<ThirdPartyReport>
      type="primary"
      title={t("rooms.third.accept")}
      okText={t("rooms.third.accept")}
      success={t("rooms.third.accepted")}
      ready={verified.trim().length > 1}
      run={() => api.post<ThirdPartyReport>(`${path}/accept`, { verified: verified.trim() })}
      body={
        <Field label={t("rooms.third.verified")} required hint={t("rooms.third.verifiedHint")}>
          <Input.TextArea aria-label={t("rooms.third.verified")} rows={2} maxLength={500} value={verified} onChange={(event) => setVerified(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.third.accept")}
    </ReasonAction>
  );
}

function Audit({ path }: { path: string }) {
  const { t } = useI18n();
  const [confirmed, setConfirmed] = useState(true);
  const [note, setNote] = useState("");
  return (
    <ReasonAction<ThirdPartyReport>
      type="primary"
      title={t("rooms.third.audit")}
      okText={t("rooms.third.audit")}
      success={t("rooms.third.audited")}
      ready={note.trim().length > 1}
      run={() => api.post<ThirdPartyReport>(`${path}/audit`, { confirmed, note: note.trim() })}
      body={
        <>
          <Radio.Group
            aria-label={t("rooms.third.audit")}
            value={confirmed}
            onChange={(event) => setConfirmed(event.target.value as boolean)}
            options={[
              { value: true, label: t("rooms.third.holds") },
              { value: false, label: t("rooms.third.holdsNot") },
            ]}
          />
          <Field label={t("rooms.third.found")} required>
            <Input.TextArea aria-label={t("rooms.third.found")} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.third.audit")}
    </ReasonAction>
  );
}
