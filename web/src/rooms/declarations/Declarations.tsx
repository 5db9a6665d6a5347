// Declarations (报关单): the broker's own, the officer's district.
import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { DeclarationSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

const OPEN = new Set(["released", "rejected", "withdrawn"]);

export default function Declarations() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("declaration");
  return (
    <>
      <PageHeader
        title={t("rooms.decl.title")}
        actions={
          can("declaration.draft") && (
            <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => void navigate("/bills?open_for=declaration")}>
              {t("rooms.decl.new")}
            </Button>
          )
        }
      >
        {can("declaration.draft") ? t("rooms.decl.lead") : t("rooms.decl.leadOfficer")}
      </PageHeader>
      <Worklist<DeclarationSummary>
        label={t("rooms.decl.title")}
        path="/declarations"
        rowKey={(row) => row.id}
        to={(row) => url`/declarations/${row.id}`}
        overdue={(row) => row.due_at !== null && !OPEN.has(row.status) && new Date(row.due_at) < new Date()}
        filters={[
          { name: "q", label: t("rooms.decl.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.entry_id ?? row.id}</span> },
          { key: "bill", title: t("rooms.bill.number"), render: (row) => <span className="mono">{row.bill_no}</span> },
          {
            key: "status",
            title: t("worklist.status"),
            render: (row) => (
              <span className="row-tight">
                <StatusTag status={row.status} text={row.status_text} />
                {row.advance && <span className="mark">{t("rooms.decl.advance")}</span>}
              </span>
            ),
          },
          { key: "org", title: t("rooms.decl.declarant"), render: (row) => tx(row.organisation.name), wide: true },
          { key: "accepted", title: t("rooms.decl.acceptedAt"), render: (row) => <When at={row.accepted_at} style="short" /> },
          {
            key: "due",
            title: t("worklist.due"),
            render: (row) => (OPEN.has(row.status) ? <span className="none">–</span> : <When at={row.due_at} relative />),
            wide: true,
          },
        ]}
        empty={can("declaration.draft") ? t("rooms.decl.empty") : undefined}
      />
    </>
  );
}
