// Transhipments (水水中转): what waits, what differs, what may be loaded.
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { TranshipmentSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { toneOfTranshipment } from "./tone";

export default function Transhipments() {
  const { t } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("transhipment");
  return (
    <>
      <PageHeader
        title={t("rooms.transhipment.title")}
        actions={
          <>
            {can("outbound-bill.read") && <Button onClick={() => void navigate("/outbound-bills")}>{t("rooms.outbound.title")}</Button>}
            {can("transhipment.plan") && (
              <Button type="primary" onClick={() => void navigate("/transhipments/new")}>
                {t("rooms.transhipment.new")}
              </Button>
            )}
          </>
        }
      >
        {t("rooms.transhipment.lead")}
      </PageHeader>
      <Worklist<TranshipmentSummary>
        label={t("rooms.transhipment.title")}
        path="/transhipments"
        rowKey={(row) => row.id}
        to={(row) => url`/transhipments/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.transhipment.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "number", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={toneOfTranshipment(row.status)} /> },
          {
            key: "open",
            title: t("rooms.transhipment.open"),
            render: (row) =>
              row.mismatches + row.awaited > 0 && ["waiting", "mismatched"].includes(row.status) ? (
                t("rooms.transhipment.openValue", { m: row.mismatches, a: row.awaited })
              ) : (
                <span className="none">–</span>
              ),
          },
          { key: "bill", title: t("kind.bill"), render: (row) => <span className="mono">{row.bill}</span>, wide: true },
          { key: "from", title: t("rooms.transhipment.from"), render: (row) => `${row.inbound.ship_name} ${row.inbound.voyage}` },
          { key: "to", title: t("rooms.transhipment.to"), render: (row) => `${row.outbound.ship_name} ${row.outbound.voyage}` },
          { key: "next", title: t("rooms.transhipment.nextPort"), render: (row) => <span className="mono">{row.next_port}</span> },
          { key: "at", title: t("rooms.transhipment.plannedAt"), render: (row) => <When at={row.planned_at} style="short" />, wide: true },
        ]}
        empty={t("rooms.transhipment.empty")}
      />
    </>
  );
}
