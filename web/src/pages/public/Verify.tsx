// Is this paper true? The page behind the QR code of a delivery order or an interchange receipt.
import { Button, Input } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DocumentCheck } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { ReceiptCheck } from "../ledger/ReceiptCheck";
import "../ledger/ledger.css";
import "./public.css";

export default function Verify() {
  const { t, tx } = useI18n();
  const { code } = useParams();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(code ?? "");
  const result = useGet<DocumentCheck>(code ? url`/public/documents/${code}` : null);
  const paper = result.data;
  const redeemed = new Map(paper?.redeemed.map((each) => [each.container, each.at]));
  return (
    <div className="public-page public-narrow">
      <PageHeader title={t("verify.title")}>{t("verify.lead")}</PageHeader>
      <form
        className="row verify-form"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = typed.replace(/[\s-]+/g, "").toUpperCase();
          if (wanted) void navigate(url`/verify/${wanted}`);
        }}
      >
        <Input size="large" aria-label={t("verify.code")} placeholder={t("verify.code")} value={typed} onChange={(event) => setTyped(event.target.value)} maxLength={64} required />
        <Button size="large" type="primary" htmlType="submit">
          {t("verify.submit")}
        </Button>
      </form>
      <div aria-live="polite">
        {code && result.isPending && <Loading />}
        {result.error?.status === 404 ? (
          <div className="verdict verdict-bad">
            <div>
              <h2>{t("verify.unknown")}</h2>
              <p>{t("verify.unknownText")}</p>
            </div>
          </div>
        ) : (
          result.error && <ProblemAlert error={result.error} retry={() => void result.refetch()} />
        )}
        {paper && !result.error && (
          <>
            <div className={paper.valid ? "verdict verdict-good" : "verdict verdict-bad"}>
              <div>
                <h2>{paper.valid ? t("verify.valid") : t("verify.invalid")}</h2>
                <p>{tx(paper.status_text)}</p>
              </div>
            </div>
            <section className="panel stack" aria-label={t(`kind.${paper.kind}`)}>
              <KeyFacts
                facts={[
                  { label: t("verify.kind"), value: t(`kind.${paper.kind}`) },
                  { label: t("verify.number"), value: <span className="mono">{paper.number}</span> },
                  { label: t("worklist.status"), value: <StatusTag status={paper.status} text={paper.status_text} /> },
                  { label: t("verify.issued"), value: <When at={paper.issued_at} /> },
                  { label: t("verify.carrier"), value: tx(paper.carrier), wide: true },
                ]}
              />
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t("kind.container")}</th>
                    <th scope="col">{t("verify.use")}</th>
                  </tr>
                </thead>
                <tbody>
                  {paper.container_numbers.map((number) => (
                    <tr key={number}>
                      <th scope="row" className="mono">
                        {number}
                      </th>
                      <td>{redeemed.has(number) ? <>{t("verify.used")} <When at={redeemed.get(number)} /></> : paper.kind === "delivery-order" ? t("verify.unused") : "–"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </>
        )}
      </div>
      <div className="verify-receipt">
        <ReceiptCheck />
      </div>
    </div>
  );
}
