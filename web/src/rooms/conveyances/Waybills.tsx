// Waybills by rail and air: of the own manifests, the own yard, or the own goods.
import { url } from "../../api/client";
import type { WaybillSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { conveyanceTone, MODES } from "./Conveyances";

export default function Waybills() {
  const { t } = useI18n();
  const statuses = useStatusChoices("waybill");
  return (
    <>
      <PageHeader title={t("rooms.waybill.title")}>{t("rooms.conveyance.lead")}</PageHeader>
      <Worklist<WaybillSummary>
        label={t("rooms.waybill.title")}
        path="/waybills"
        rowKey={(row) => row.number}
        to={(row) => url`/waybills/${row.number}`}
        filters={[
          { name: "q", label: t("rooms.waybill.find") },
          { name: "mode", label: t("rooms.conveyance.mode"), options: MODES.map((value) => ({ value, label: t(`rooms.conveyance.mode.${value}`) })) },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.waybill.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={conveyanceTone(row.status)} /> },
          { key: "mode", title: t("rooms.conveyance.mode"), render: (row) => `${t(`rooms.conveyance.mode.${row.mode}`)} · ${t(`rooms.conveyance.flow.${row.flow}`)}` },
          { key: "route", title: t("rooms.conveyance.route"), render: (row) => `${row.origin} – ${row.destination}` },
          { key: "consignee", title: t("rooms.waybill.consignee"), render: (row) => row.consignee || "–" },
          { key: "packages", title: t("rooms.waybill.packages"), align: "right", render: (row) => row.packages },
          { key: "gross", title: t("rooms.waybill.gross"), align: "right", render: (row) => row.gross_kg },
          { key: "released", title: t("rooms.waybill.releasedAt"), render: (row) => <When at={row.released_at} style="short" />, wide: true },
        ]}
        empty={t("rooms.waybill.empty")}
      />
    </>
  );
}
