// One sample: where it is, its chain of custody, its reports, and what may be done with it now.
import { useParams } from "react-router";
import { fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Sample, SampleReport } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Chain } from "./Chain";
import { ConclusionTag } from "./conclusions";
import { Priority } from "./Priority";
import { ResultsTable } from "./Results";
import { SampleActions } from "./SampleActions";

export default function SamplePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/samples/${id}`;
  const sample = useGet<Sample>(path);
  const data = sample.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.sample")}
        back={data?.blind ? { to: "/laboratory-queue", text: t("rooms.sample.queue") } : { to: "/samples", text: t("rooms.sample.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {sample.error && <ProblemAlert error={sample.error} retry={() => void sample.refetch()} />}
      {sample.isPending && <Loading />}
      {data && <Body key={`${data.id} ${data.status}`} sample={data} path={path} />}
    </>
  );
}

function Body({ sample, path }: { sample: Sample; path: string }) {
  const { t, tx, lang } = useI18n();
  const handled = sample.parts.length > 0;
  return (
    <>
      {sample.blind && <p className="muted">{t("rooms.sample.blind")}</p>}
      {sample.undecided && (
        <p className="refused-note" role="status">
          {t("rooms.sample.undecided")}
        </p>
      )}
      <SampleActions sample={sample} path={path} />
      <div className="split form-split">
        <div className="stack">
          {handled && (
            <section className="panel" aria-labelledby="sample-chain">
              <h2 id="sample-chain">{t("rooms.sample.chain")}</h2>
              <Chain sample={sample} />
              {sample.decisions.map((one, at) => (
                <p key={at}>
                  <strong>{t(one.usable ? "rooms.sample.usable" : "rooms.sample.notUsable")}</strong> {one.reason}{" "}
                  <span className="muted">
                    {tx(one.by.name)} · <When at={one.at} style="short" />
                  </span>
                </p>
              ))}
            </section>
          )}
          {handled && (
            <section className="panel" aria-labelledby="sample-reports">
              <h2 id="sample-reports">{t("rooms.sample.reports")}</h2>
              {sample.reports.length === 0 && <p className="muted">{t("rooms.sample.noReport")}</p>}
              {sample.reports.map((report, at) => (
                <Report key={at} sample={sample} report={report} again={at > 0} />
              ))}
            </section>
          )}
        </div>
        <div className="stack">
          <section className="panel" aria-label={t("rooms.sample.facts")}>
            <KeyFacts
              facts={[
                { label: t("rooms.sample.goods"), value: sample.goods },
                { label: "HS", value: <span className="mono">{sample.hs_code}</span> },
                { label: t("rooms.sample.priority"), value: <Priority throughTrain={sample.through_train} /> },
                { label: t("rooms.sampling.items"), value: sample.items.map((item) => tx(item.name)).join(t("rooms.listComma")) },
                { label: t("rooms.sample.laboratory"), value: tx(sample.laboratory.name) },
                { label: t("rooms.sample.conclusion"), value: <ConclusionTag of={sample} /> },
                { label: t("rooms.sample.takenAt"), value: <When at={sample.taken_at} /> },
                sample.due_at ? { label: t("rooms.sample.due"), value: <When at={sample.due_at} /> } : null,
                sample.promised_hours !== null ? { label: t("rooms.times.title"), value: t("rooms.sample.promised", { n: sample.promised_hours }), wide: true } : null,
                sample.inspection ? { label: t("kind.inspection"), value: <ObjectLink type="inspection" id={sample.inspection} /> } : null,
                sample.declaration ? { label: t("kind.declaration"), value: <ObjectLink type="declaration" id={sample.declaration} /> } : null,
                sample.bill_no ? { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={sample.bill_no} /> } : null,
                sample.container_id ? { label: t("kind.container"), value: <ObjectLink type="container" id={sample.container_id}>{sample.container}</ObjectLink> } : null,
                sample.taken_by ? { label: t("rooms.sample.takenBy"), value: tx(sample.taken_by.name) } : null,
                sample.photo ? { label: t("rooms.sample.photo"), value: <a href={fileUrl(url`/attachments/${sample.photo}`)} target="_blank" rel="noreferrer">{t("rooms.sample.photo")}</a> } : null,
                sample.retest_reason ? { label: t("rooms.sample.again"), value: sample.retest_reason, wide: true } : null,
              ]}
            />
            {handled && (
              <div className="form-end">
                <a className="button-link secondary" href={fileUrl(`${path}/label.pdf`, { lang })} target="_blank" rel="noreferrer">
                  {t("rooms.sample.label")}
                </a>
              </div>
            )}
          </section>
        </div>
      </div>
    </>
  );
}

function Report({ sample, report, again }: { sample: Sample; report: SampleReport; again: boolean }) {
  const { t, tx } = useI18n();
  return (
    <div className="sample-report">
      <p>
        {again && <span className="mark">{t("rooms.sample.again")}</span>} <ConclusionTag of={report} /> {report.disposition && <span className="mono">{report.disposition}</span>}{" "}
        {report.late && <span className="late-mark">{t("rooms.sample.late")}</span>}
      </p>
      <ResultsTable items={sample.items} results={report.results} label={t(again ? "rooms.sample.resultsAgain" : "rooms.sample.results")} />
      {report.note && <p>{report.note}</p>}
      <p className="muted">
        {t("rooms.sample.writtenBy")} {tx(report.by.name)} ·{" "}
        {report.released_by ? (
          <>
            {t("rooms.sample.releasedBy")} {tx(report.released_by.name)} · <When at={report.at} style="short" />
          </>
        ) : (
          t("rooms.sample.waits")
        )}
      </p>
    </div>
  );
}
