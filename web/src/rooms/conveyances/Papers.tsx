// The papers of a train as customs and yard see them, and the review without paper.
import { Alert, Input, Select } from "antd";
import { useState } from "react";
import { api, fileUrl, url } from "../../api/client";
import type { Attachment, Conveyance } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, StatusTag, Upload, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { TableScroll } from "./TableScroll";

const KINDS = ["waybill", "packing-list", "invoice", "other"] as const;
const TONES: Record<string, "wait" | "done" | "stop"> = { present: "done", differs: "stop", missing: "stop", absent: "wait" };
const REVIEW = { submitted: "rooms.papers.submitted", accepted: "rooms.papers.accepted", returned: "rooms.papers.returned" } as const;

export function Papers({ of }: { of: Conveyance }) {
  const { t, tx } = useI18n();
  const said = REVIEW[of.review.state as keyof typeof REVIEW] as (typeof REVIEW)[keyof typeof REVIEW] | undefined;
  return (
    <section className="panel" aria-labelledby="papers-title">
      <div className="panel-head">
        <h2 id="papers-title">{t("rooms.papers.title")}</h2>
        <div className="row no-print">
          <Review of={of} />
        </div>
      </div>
      {said && (
        <Alert
          type={of.review.state === "returned" ? "warning" : of.review.state === "accepted" ? "success" : "info"}
          showIcon
          title={t(said)}
          description={
            <>
              <When at={of.review.at} style="short" /> {of.review.note}
            </>
          }
        />
      )}
      <TableScroll labelledBy="papers-title">
          <thead>
            <tr>
              <th>{t("rooms.papers.paper")}</th>
              <th>{t("rooms.papers.standing")}</th>
              <th className="right">{t("rooms.papers.count")}</th>
              <th>{t("rooms.papers.at")}</th>
            </tr>
          </thead>
          <tbody>
            {of.papers.map((paper) => (
              <tr key={paper.kind} data-paper={paper.kind}>
                <th scope="row">{tx(paper.name)}</th>
                <td>
                  <StatusTag status={paper.standing} text={paper.standing_text} tone={TONES[paper.standing] ?? "wait"} />
                </td>
                <td className="right">{paper.count}</td>
                <td>
                  <When at={paper.at} style="short" />
                </td>
              </tr>
            ))}
          </tbody>
        </TableScroll>
      {of.attached.length > 0 && (
        <>
          <h3>{t("rooms.papers.attached")}</h3>
          <ul>
            {of.attached.map((paper) => (
              <li key={`${paper.kind} ${paper.waybill ?? ""} ${paper.file.sha256}`}>
                {tx(paper.name)} <a href={fileUrl(url`/attachments/${paper.file.sha256}`, { conveyance: of.id })}>{paper.file.name}</a>{" "}
                {paper.waybill && <ObjectLink type="waybill" id={paper.waybill} />} <span className="muted">{tx(paper.by.name)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Review({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  const [words, setWords] = useState("");
  const may = (action: string) => of.actions.includes(action);
  const differs = of.papers.some((paper) => paper.standing === "differs");
  const body = (label: string, required: boolean) => (
    <Field label={label} required={required}>
      <Input.TextArea aria-label={label} rows={3} maxLength={500} value={words} onChange={(event) => setWords(event.target.value)} />
    </Field>
  );
  return (
    <>
      {may("conveyance.attach-paper") && <Attach of={of} />}
      {may("conveyance.submit-papers") && (
        <ReasonAction
          type="primary"
          title={t("rooms.papers.submit")}
          okText={t("rooms.papers.submit")}
          success={t("rooms.conveyance.done")}
          run={() => api.post(url`/conveyances/${of.id}/papers/submit`, {})}
          body={<p>{t("rooms.papers.title")}</p>}
        >
          {t("rooms.papers.submit")}
        </ReasonAction>
      )}
      {may("conveyance.accept-papers") && (
        <ReasonAction
          type="primary"
          title={t("rooms.papers.accept")}
          okText={t("rooms.papers.accept")}
          success={t("rooms.conveyance.done")}
          onOpen={() => setWords("")}
          ready={!differs || words.trim().length > 0}
          run={() => api.post(url`/conveyances/${of.id}/papers/accept`, { note: words.trim() || null })}
          body={body(t("rooms.papers.note"), differs)}
        >
          {t("rooms.papers.accept")}
        </ReasonAction>
      )}
      {may("conveyance.return-papers") && (
        <ReasonAction
          danger
          title={t("rooms.papers.return")}
          okText={t("rooms.papers.return")}
          success={t("rooms.conveyance.done")}
          onOpen={() => setWords("")}
          ready={words.trim().length >= 2}
          run={() => api.post(url`/conveyances/${of.id}/papers/return`, { reason: words.trim() })}
          body={body(t("rooms.reason"), true)}
        >
          {t("rooms.papers.return")}
        </ReasonAction>
      )}
    </>
  );
}

function Attach({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  const [kind, setKind] = useState<string>("waybill");
  const [waybill, setWaybill] = useState<string | undefined>();
  const [file, setFile] = useState<File | null>(null);
  return (
    <ReasonAction
      title={t("rooms.papers.attach")}
      okText={t("rooms.papers.attach")}
      success={t("rooms.conveyance.done")}
      onOpen={() => setFile(null)}
      ready={file !== null}
      run={async () => {
        if (!file) return null;
        const kept = await api.postRaw<Attachment>("/attachments", file, { params: { name: file.name }, contentType: file.type || "application/octet-stream" });
        return api.post(url`/conveyances/${of.id}/papers`, { kind, waybill: waybill ?? null, name: file.name, sha256: kept.sha256 });
      }}
      body={
        <>
          <Field label={t("rooms.papers.kind")} required>
            <Select aria-label={t("rooms.papers.kind")} value={kind} onChange={setKind} options={KINDS.map((value) => ({ value, label: t(`rooms.papers.kind.${value}`) }))} />
          </Field>
          <Field label={t("rooms.waybill.number")}>
            <Select aria-label={t("rooms.waybill.number")} allowClear value={waybill} onChange={setWaybill} options={of.items.map((row) => ({ value: row.number, label: row.number }))} />
          </Field>
          <Field label={t("rooms.papers.file")} required>
            <Upload onFiles={([first]) => setFile(first ?? null)}>{file ? file.name : t("rooms.papers.choose")}</Upload>
          </Field>
        </>
      }
    >
      {t("rooms.papers.attach")}
    </ReasonAction>
  );
}
