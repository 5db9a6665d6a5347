// One declaration sent on, with every receipt.
import { Alert } from "antd";
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Transmission } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Receipts } from "./Receipts";
import { toneOfTransmission } from "./states";

export default function TransmissionPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const desk = useSession()?.user.role === "port-office";
  const query = useGet<Transmission>(url`/national/transmissions/${id}`);
  const data = query.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.transmission")}
        back={{ to: "/national/transmissions", text: t("national.transmissions") }}
        tags={data && <StatusTag status={data.status} tone={toneOfTransmission(data.status)} text={data.status_text} />}
      />
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={8} />}
      {data && (
        <div className="stack">
          {data.sandbox && <Alert type="warning" showIcon title={t("national.sandbox")} />}
          {data.undelivered && <Alert type="error" showIcon title={tx(data.status_text)} description={data.undelivered} />}
          <section className="panel">
            <KeyFacts
              facts={[
                { label: t("national.declaration"), value: desk ? <span className="mono">{data.declaration}</span> : <ObjectLink type="declaration" id={data.declaration} /> },
                { label: t("national.bill"), value: <ObjectLink type="bill" id={data.bill_no} /> },
                { label: t("national.broker"), value: tx(data.broker.name) },
                { label: t("national.seqNo"), value: <span className="mono">{data.seq_no ?? "–"}</span> },
                { label: t("national.entryId"), value: <span className="mono">{data.entry_id ?? "–"}</span> },
                { label: t("national.preparedAt"), value: <When at={data.prepared_at} /> },
                { label: t("national.sentAt"), value: data.sent_at ? <When at={data.sent_at} /> : "–" },
                { label: t("national.receiptDue"), value: data.receipt_due_at ? <When at={data.receipt_due_at} /> : "–" },
                { label: t("national.message"), value: desk ? <ObjectLink type="message" id={data.message} /> : <span className="mono">{data.message}</span> },
              ]}
            />
          </section>
          <section className="panel">
            <h2 id="receipts">{t("national.receipts")}</h2>
            <Receipts receipts={data.receipts} links={desk} />
            <p className="muted">{t("national.unverified")}</p>
          </section>
        </div>
      )}
    </>
  );
}
