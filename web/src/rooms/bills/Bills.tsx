// Bills (提单): what may be declared or exchanged for a delivery order, and how far it is.
import { Segmented } from "antd";
import { useSearchParams } from "react-router";
import { url } from "../../api/client";
import { useSession } from "../../api/session";
import type { BillSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Bills() {
  const { t, maybe } = useI18n();
  const [search, setSearch] = useSearchParams();
  const role = useSession()?.user.role;
  const openFor = search.get("open_for") ?? "";
  const statuses = useStatusChoices("bill");
  const declared = useStatusChoices("declaration");
  const ordered = useStatusChoices("order");
  const words = (choices: { value: string; label: string }[], status: string) =>
    choices.find((choice) => choice.value === status)?.label ?? maybe(`status.${status}`, status);
  return (
    <>
      <PageHeader title={t("rooms.bill.title")}>{t("rooms.bill.lead")}</PageHeader>
      {role === "trader" && (
        <Segmented
          aria-label={t("rooms.bill.openFor")}
          value={openFor}
          options={[
            { value: "", label: t("worklist.all") },
            { value: "declaration", label: t("rooms.bill.toDeclare") },
            { value: "delivery-order", label: t("rooms.bill.toOrder") },
          ]}
          onChange={(value) =>
            setSearch((before) => {
              const next = new URLSearchParams(before);
              if (value) next.set("open_for", value);
              else next.delete("open_for");
              return next;
            })
          }
        />
      )}
      <Worklist<BillSummary>
        label={t("rooms.bill.title")}
        path="/bills"
        params={{ open_for: openFor || undefined }}
        rowKey={(row) => row.number}
        to={(row) => url`/bills/${row.number}`}
        filters={[
          { name: "q", label: t("rooms.bill.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.bill.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "ship", title: t("rooms.call.ship"), render: (row) => `${row.ship_name} ${row.voyage}` },
          { key: "goods", title: t("rooms.bill.goods"), render: (row) => <span className="clip">{row.goods}</span> },
          { key: "consignee", title: t("rooms.bill.consignee"), render: (row) => <span className="clip">{row.consignee}</span>, wide: true },
          { key: "boxes", title: t("rooms.bill.boxes"), align: "right", render: (row) => row.containers.length },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          {
            key: "declaration",
            title: t("kind.declaration"),
            render: (row) =>
              row.declaration && row.declaration_status ? (
                <StatusTag status={row.declaration_status} text={words(declared, row.declaration_status)} />
              ) : (
                <span className="muted">{t("rooms.bill.notDeclared")}</span>
              ),
          },
          {
            key: "order",
            title: t("kind.delivery-order"),
            render: (row) =>
              row.delivery_order && row.delivery_order_status ? (
                <StatusTag status={row.delivery_order_status} text={words(ordered, row.delivery_order_status)} />
              ) : (
                <span className="none">–</span>
              ),
          },
        ]}
        empty={t("rooms.bill.empty")}
      />
    </>
  );
}
