// Records of the site on the pages of the office: in an inspection or joint order, and one by itself.
import { Input } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { FieldRecord, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, KeyFacts, ObjectLink, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

const SHOWN_MAX = 20;

/** The records about one order; nothing for who may not read any. */
export function FieldRecords({ kind, order, open }: { kind: "inspection" | "joint-order"; order: string; open: boolean }) {
  const { t } = useI18n();
  const can = useCan();
  const may = can("field-record.read");
  const found = useGet<Page<FieldRecord>>(may ? "/field-records" : null, { order, limit: SHOWN_MAX });
  const items = found.data?.items ?? [];
  if (!may || (items.length === 0 && !open && !found.error)) return null;
  return (
    <section className="panel" aria-labelledby="field-records">
      <div className="panel-head">
        <h2 id="field-records">
          {t("field.records")} · {items.length}
        </h2>
        {open && <Link to={url`/field/${kind}/${order}`}>{t("field.openPhone")}</Link>}
      </div>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {items.length === 0 ? <p className="muted">{t("field.noRecords")}</p> : items.map((item) => <RecordView key={item.id} record={item} />)}
    </section>
  );
}

export function RecordView({ record, whole = false }: { record: FieldRecord; whole?: boolean }) {
  const { t, tx, maybe } = useI18n();
  const [note, setNote] = useState("");
  const meaning = (code: string) => tx(record.items.find((item) => item.code === code)?.text) || code;
  const path = url`/field-records/${record.id}`;
  return (
    <article className="joint-participant" data-field-record={record.id} data-status={record.status}>
      <p className="row">
        <StatusTag status={record.status} text={record.status_text} />
        <strong>{tx(record.by.name)}</strong>
        <When at={record.at} />
        {record.container && <span className="mono">{record.container}</span>}
        {!whole && (
          <Link to={path} aria-label={`${t("field.records")} ${record.id.slice(0, 8)}`}>
            {record.id.slice(0, 8)}
          </Link>
        )}
      </p>
      <FindingList findings={record.findings} />
      <KeyFacts
        facts={[
          whole ? { label: maybe(`kind.${record.order_kind}`, record.order_kind), value: record.order_known ? <ObjectLink type={record.order_kind} id={record.order} /> : record.order } : null,
          record.checks.length > 0
            ? {
                label: t("field.checklist"),
                wide: true,
                value: (
                  <ul className="people">
                    {record.checks.map((check) => (
                      <li key={check.code}>
                        {meaning(check.code)} <span className={check.ok ? "told-good" : "told-bad"}>{check.ok ? t("field.ok") : t("field.notOk")}</span>
                      </li>
                    ))}
                  </ul>
                ),
              }
            : null,
          record.note ? { label: t("field.notes"), value: record.note, wide: true } : null,
          record.result?.outcome ? { label: t("field.result"), value: `${record.result.outcome === "pass" ? t("field.pass") : t("field.fail")} · ${record.result.disposition ?? ""}` } : null,
          record.result ? { label: t("field.officers"), value: record.result.officers.join(t("rooms.listComma")) } : null,
          { label: t("field.phoneTime"), value: <When at={record.phone_at} style="second" /> },
          { label: t("field.receivedAt"), value: <When at={record.received_at} style="second" /> },
          record.settlement
            ? {
                label: t("field.settled"),
                wide: true,
                value: (
                  <>
                    {record.settlement.note} · {tx(record.settlement.by.name)} <When at={record.settlement.at} style="short" />
                  </>
                ),
              }
            : null,
        ]}
      />
      <Pictures record={record} />
      {allows(record.actions, "field-record.settle") && (
        <ReasonAction
          title={t("field.settle")}
          okText={t("field.settle")}
          success={t("rooms.saved")}
          onOpen={() => setNote("")}
          ready={note.trim().length > 1}
          run={() => api.post(`${path}/settlement`, { note: note.trim() })}
          body={
            <Field label={t("field.settleNote")} required hint={t("field.settleHint")}>
              <Input.TextArea aria-label={t("field.settleNote")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
          }
        >
          {t("field.settle")}
        </ReasonAction>
      )}
    </article>
  );
}

function Pictures({ record }: { record: FieldRecord }) {
  const { t } = useI18n();
  const shown = [
    ...record.photos.map((sha256, at) => ({ sha256, address: fileUrl(url`/field-records/${record.id}/photos/${at + 1}`), text: t("field.photo", { n: at + 1 }) })),
    ...(record.signature ? [{ sha256: record.signature, address: fileUrl(url`/field-records/${record.id}/signature`), text: t("field.signature") }] : []),
  ];
  if (shown.length === 0) return null;
  return (
    <ul className="photo-list">
      {shown.map((picture) => (
        <li key={picture.address}>
          <a href={picture.address} download>
            <img src={picture.address} alt={picture.text} loading="lazy" />
          </a>
          <code title={picture.sha256}>{picture.sha256.slice(0, 12)}</code>
        </li>
      ))}
    </ul>
  );
}
