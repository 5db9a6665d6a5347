// One application: every field before and after, the evidence, and the decision.
import { Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { ManifestChange } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { ActionButton, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

const BECAUSE: Record<string, MessageKey> = {
  "bill-declared": "rooms.change.because.bill-declared",
  "containers-landed": "rooms.change.because.containers-landed",
  "delivery-order-asked-for": "rooms.change.because.delivery-order-asked-for",
  "ship-arrived": "rooms.change.because.ship-arrived",
};

export default function ChangePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/manifest-changes/${id}`;
  const change = useGet<ManifestChange>(path);
  const data = change.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.manifest-change")}
        back={{ to: "/manifest-changes", text: t("rooms.change.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data?.status === "waiting" && <Decision path={path} refetch={() => void change.refetch()} />}
      />
      {change.error && <ProblemAlert error={change.error} retry={() => void change.refetch()} />}
      {change.isPending && <Loading />}
      {data && <Body change={data} />}
    </>
  );
}

function Decision({ path, refetch }: { path: string; refetch: () => void }) {
  const { t } = useI18n();
  const can = useCan();
  const [reason, setReason] = useState("");
  return (
    <>
      {can("manifest-change.approve") && (
        <ActionButton type="primary" confirm={t("rooms.change.approveConfirm")} run={() => api.post(`${path}/approve`, {})} onDone={refetch}>
          {t("rooms.change.approve")}
        </ActionButton>
      )}
      {can("manifest-change.refuse") && (
        <ReasonAction
          danger
          title={t("rooms.change.refuse")}
          okText={t("rooms.change.refuse")}
          run={() => api.post(`${path}/refuse`, { reason: reason.trim() })}
          onDone={refetch}
          onOpen={() => setReason("")}
          ready={reason.trim().length >= 2}
          body={
            <Field label={t("rooms.reason")} required>
              <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.change.refuse")}
        </ReasonAction>
      )}
      {can("manifest-change.withdraw") && (
        <ActionButton confirm={t("rooms.change.withdrawConfirm")} run={() => api.post(`${path}/withdraw`, {})} onDone={refetch}>
          {t("rooms.change.withdraw")}
        </ActionButton>
      )}
    </>
  );
}

function Body({ change }: { change: ManifestChange }) {
  const { t } = useI18n();
  return (
    <>
      <section className="panel" aria-label={t("rooms.change.facts")}>
        <KeyFacts
          facts={[
            { label: t("kind.bill"), value: <ObjectLink type="bill" id={change.bill} /> },
            { label: t("kind.ship-call"), value: <ObjectLink type="ship-call" id={change.call} /> },
            { label: t("rooms.change.reasonCode"), value: <span className="mono">{change.reason}</span> },
            change.note ? { label: t("rooms.change.note"), value: change.note } : null,
            change.because.length > 0
              ? {
                  label: t("rooms.change.because"),
                  value: change.because.map((code) => (BECAUSE[code] ? t(BECAUSE[code]) : code)).join(t("rooms.listComma")),
                }
              : null,
            change.refusal ? { label: t("rooms.change.refusal"), value: change.refusal } : null,
            { label: t("rooms.change.appliedAt"), value: <When at={change.applied_at} /> },
            change.closed_at ? { label: t("rooms.change.closedAt"), value: <When at={change.closed_at} /> } : null,
            change.message ? { label: t("kind.message"), value: <ObjectLink type="message" id={change.message} /> } : null,
          ]}
        />
      </section>
      <section className="panel">
        <h2>{t("rooms.change.fields")}</h2>
        {change.deletes ? (
          <p>{t("rooms.change.deletes")}</p>
        ) : (
          <div className="worklist">
            <div className="worklist-scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("rooms.change.field")}</th>
                    <th scope="col">{t("rooms.change.old")}</th>
                    <th scope="col">{t("rooms.change.after")}</th>
                  </tr>
                </thead>
                <tbody>
                  {change.fields.map((field) => (
                    <tr key={field.pointer}>
                      <th scope="row" className="mono">
                        {field.pointer}
                      </th>
                      <td data-label={t("rooms.change.old")}>{field.old === null ? "–" : <del>{field.old}</del>}</td>
                      <td data-label={t("rooms.change.after")}>{field.new === null ? "–" : <ins>{field.new}</ins>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </div>
        )}
      </section>
      <section className="panel">
        <h2>{t("rooms.change.evidence")}</h2>
        {change.evidence.length === 0 && <p className="muted">{t("rooms.change.noEvidence")}</p>}
        <ul>
          {change.evidence.map((piece) => (
            <li key={piece.sha256}>
              <a href={fileUrl(url`/attachments/${piece.sha256}`, { manifest_change: change.id })} download={piece.name}>
                {piece.name}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
