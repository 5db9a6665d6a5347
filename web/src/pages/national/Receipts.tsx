// What the national side said, as it came.
import type { NationalReceipt } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, StatusTag, When } from "../../parts";
import { toneOfTransmission } from "./states";

export function Receipts({ receipts, links }: { receipts: NationalReceipt[]; links: boolean }) {
  const { t } = useI18n();
  if (receipts.length === 0) return <p className="muted">{t("national.noReceipts")}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="region" aria-label={t("national.receipts")} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {(["toldAt", "code", "meaning", "text", "message"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`national.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {receipts.map((receipt) => (
            <tr key={receipt.message} data-receipt={receipt.code}>
              <th scope="row">
                <When at={receipt.told_at} />
              </th>
              <td className="mono">{receipt.code}</td>
              <td>
                <StatusTag status={receipt.meaning} tone={toneOfTransmission(receipt.meaning)} text={receipt.meaning_text} />
              </td>
              <td>
                {receipt.text || "–"}
                {receipt.faults.map((fault) => (
                  <div key={fault.field}>
                    {t("national.fault")} <span className="mono">{fault.field}</span> {fault.text}
                  </div>
                ))}
              </td>
              <td>{links ? <ObjectLink type="message" id={receipt.message} /> : <span className="mono">{receipt.message}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
