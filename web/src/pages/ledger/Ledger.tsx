// The ledger as such: its signed head, earlier heads, and the check of a receipt.
import { useGet } from "../../api/query";
import type { Head } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, PageHeader, ProblemAlert, When, Worklist } from "../../parts";
import { ReceiptCheck } from "./ReceiptCheck";
import "./ledger.css";

export default function Ledger() {
  const { t, number } = useI18n();
  const head = useGet<Head>("/public/ledger/head");
  return (
    <>
      <PageHeader title={t("nav.ledger")}>{t("ledger.lead")}</PageHeader>
      <div className="split">
        <div className="stack">
          <section className="panel" aria-labelledby="head-title">
            <h2 id="head-title">{t("ledger.head")}</h2>
            {head.isPending && <Loading rows={4} />}
            {head.error && <ProblemAlert error={head.error} retry={() => void head.refetch()} />}
            {head.data && (
              <>
                <p className="ledger-size">
                  <strong>{number(head.data.size)}</strong> {t("ledger.events")}
                </p>
                <KeyFacts
                  facts={[
                    { label: t("ledger.root"), value: <CopyText text={head.data.root} />, wide: true },
                    { label: t("ledger.signedAt"), value: <When at={head.data.at} style="second" /> },
                    { label: t("ledger.algorithm"), value: head.data.algorithm },
                    { label: t("ledger.key"), value: <span className="mono">{head.data.key_id}</span> },
                    { label: t("ledger.signature"), value: <span className="mono">{head.data.signature}</span>, wide: true },
                  ]}
                />
                <details className="ledger-key">
                  <summary>{t("ledger.publicKey")}</summary>
                  <pre>{head.data.public_key_pem}</pre>
                </details>
              </>
            )}
          </section>
          <Worklist<Head>
            label={t("ledger.heads")}
            path="/ledger/heads"
            limit={20}
            rowKey={(row) => `${row.size} ${row.at}`}
            columns={[
              { key: "size", title: t("ledger.size"), render: (row) => number(row.size) },
              { key: "at", title: t("ledger.signedAt"), render: (row) => <When at={row.at} style="second" /> },
              { key: "root", title: t("ledger.root"), render: (row) => <CopyText text={row.root} shown={`${row.root.slice(0, 24)}…`} /> },
              { key: "key", title: t("ledger.key"), wide: true, render: (row) => <span className="mono">{row.key_id}</span> },
            ]}
          />
        </div>
        <ReceiptCheck />
      </div>
    </>
  );
}
