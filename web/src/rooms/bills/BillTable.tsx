// Bills as a plain table, for the pages of what they belong to.
import type { BillSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, StatusTag } from "../../parts";

export function BillTable({ bills }: { bills: BillSummary[] }) {
  const { t } = useI18n();
  return (
    <div className="worklist">
      <div className="worklist-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rooms.bill.number")}</th>
              <th scope="col">{t("rooms.bill.consignee")}</th>
              <th scope="col">{t("rooms.bill.goods")}</th>
              <th scope="col">{t("rooms.container.title")}</th>
              <th scope="col" className="right">
                {t("rooms.bill.gross")}
              </th>
              <th scope="col">{t("worklist.status")}</th>
            </tr>
          </thead>
          <tbody>
            {bills.map((bill) => (
              <tr key={bill.number}>
                <th scope="row">
                  <ObjectLink type="bill" id={bill.number} />
                </th>
                <td data-label={t("rooms.bill.consignee")}>{bill.consignee}</td>
                <td data-label={t("rooms.bill.goods")}>{bill.goods}</td>
                <td data-label={t("rooms.container.title")}>
                  <span className="chips">
                    {bill.containers.map((number) => (
                      <ObjectLink key={number} type="container" id={`${number}-${bill.call}`} />
                    ))}
                  </span>
                </td>
                <td className="right" data-label={t("rooms.bill.gross")}>
                  {bill.gross_kg}
                </td>
                <td data-label={t("worklist.status")}>
                  <StatusTag status={bill.status} text={bill.status_text} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
