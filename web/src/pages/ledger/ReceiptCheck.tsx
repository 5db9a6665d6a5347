// Whoever holds a receipt can check it here; nothing about the case is needed or shown.
import { useState } from "react";
import { api, Problem } from "../../api/client";
import type { Receipt, ReceiptCheck as Verdict } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, Upload } from "../../parts";
import { provesInclusion } from "./receipt";

const RECEIPT_BYTES_MAX = 1024 * 1024;

interface Result {
  name: string;
  server: Verdict | null;
  here: boolean | null;
  error: Problem | null;
}

export function ReceiptCheck() {
  const { t, tx } = useI18n();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const check = async (file: File) => {
    setBusy(true);
    const next: Result = { name: file.name, server: null, here: null, error: null };
    try {
      const receipt = JSON.parse(await file.text()) as Receipt;
      next.here = await provesInclusion(receipt);
      next.server = await api.post<Verdict>("/public/receipts/verify", receipt);
    } catch (error) {
      if (error instanceof Problem && error.status !== 400 && error.status !== 422) next.error = error;
      else next.server = { valid: false, faults: [{ zh: "这不是一份回执文件。", en: "This file is not a receipt." }] };
    }
    setResult(next);
    setBusy(false);
  };
  return (
    <section className="panel stack" aria-labelledby="receipt-title">
      <div>
        <h2 id="receipt-title">{t("ledger.verify")}</h2>
        <p className="muted">{t("ledger.verifyLead")}</p>
      </div>
      <Upload accept=".json,application/json" bytesMax={RECEIPT_BYTES_MAX} busy={busy} onFiles={([file]) => file && void check(file)}>
        {t("ledger.choose")}
      </Upload>
      <div aria-live="polite">
        {result?.error && <ProblemAlert error={result.error} />}
        {result?.server && (
          <div className={result.server.valid ? "receipt receipt-good" : "receipt receipt-bad"}>
            <strong>{t(result.server.valid ? "ledger.good" : "ledger.bad", { name: result.name })}</strong>
            {result.here !== null && <p>{t(result.here ? "ledger.hereGood" : "ledger.hereBad")}</p>}
            <ul className="bullets">
              {result.server.faults.map((fault) => (
                <li key={fault.en}>{tx(fault)}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}
