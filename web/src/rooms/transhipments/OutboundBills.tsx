// Bills of outbound ships' pre-loading manifests (预配舱单).
import { Button, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useCan } from "../../api/session";
import type { OutboundBill } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { useStatusChoices } from "../parts/statuses";

export default function OutboundBills() {
  const { t } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("outbound");
  return (
    <>
      <PageHeader
        title={t("rooms.outbound.title")}
        back={{ to: "/transhipments", text: t("rooms.transhipment.title") }}
        actions={
          can("outbound-bill.submit") && (
            <Button type="primary" onClick={() => void navigate("/outbound-bills/new")}>
              {t("rooms.outbound.new")}
            </Button>
          )
        }
      >
        {t("rooms.outbound.lead")}
      </PageHeader>
      <Worklist<OutboundBill>
        label={t("rooms.outbound.title")}
        path="/outbound-bills"
        rowKey={(row) => row.id}
        filters={[
          { name: "q", label: t("rooms.outbound.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.bill.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={row.status === "listed" ? "go" : "calm"} /> },
          { key: "ship", title: t("rooms.transhipment.to"), render: (row) => <ObjectLink type="ship-call" id={row.ship.call}>{`${row.ship.ship_name} ${row.ship.voyage}`}</ObjectLink> },
          { key: "next", title: t("rooms.transhipment.nextPort"), render: (row) => <span className="mono">{row.next_port}</span> },
          { key: "boxes", title: t("rooms.container.title"), render: (row) => <span className="mono">{row.containers.map((each) => each.number).join(" ")}</span> },
          { key: "goods", title: t("rooms.bill.goods"), render: (row) => <span className="clip">{row.goods[0]?.description}</span>, wide: true },
          { key: "at", title: t("rooms.outbound.listedAt"), render: (row) => <When at={row.listed_at} style="short" />, wide: true },
          ...(can("outbound-bill.cancel") ? [{ key: "cancel", title: t("worklist.action"), render: (row: OutboundBill) => row.status === "listed" && <Cancel row={row} /> }] : []),
        ]}
        empty={t("rooms.outbound.empty")}
      />
    </>
  );
}

function Cancel({ row }: { row: OutboundBill }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      danger
      title={t("rooms.outbound.cancelTitle", { bill: row.number })}
      okText={t("rooms.outbound.cancel")}
      run={() => api.post(url`/outbound-bills/${row.id}/cancel`, { reason: reason.trim() })}
      onOpen={() => setReason("")}
      ready={reason.trim().length >= 2}
      body={
        <Field label={t("rooms.reason")} required>
          <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.outbound.cancel")}
    </ReasonAction>
  );
}
