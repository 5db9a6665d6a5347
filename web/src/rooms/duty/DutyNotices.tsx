// Duty notices (税款缴款书): what is due, by when.
import { url } from "../../api/client";
import type { DutyNotice } from "../../api/types";
import { useI18n } from "../../i18n";
import { MoneyText, ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function DutyNotices() {
  const { t, tx } = useI18n();
  const statuses = useStatusChoices("duty");
  return (
    <>
      <PageHeader title={t("rooms.duty.title")}>{t("rooms.duty.lead")}</PageHeader>
      <Worklist<DutyNotice>
        label={t("rooms.duty.title")}
        path="/duty-notices"
        rowKey={(row) => row.id}
        to={(row) => url`/duty-notices/${row.id}`}
        overdue={(row) => row.status === "due" && new Date(row.due_at) < new Date()}
        filters={[
          { name: "q", label: t("rooms.duty.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "total", title: t("rooms.duty.total"), align: "right", render: (row) => <MoneyText value={row.total} strong /> },
          {
            key: "declaration",
            title: t("kind.declaration"),
            render: (row) => (
              <ObjectLink type="declaration" id={row.declaration}>
                {row.entry_id ?? row.declaration}
              </ObjectLink>
            ),
          },
          { key: "payer", title: t("rooms.duty.payer"), render: (row) => tx(row.payer.name), wide: true },
          { key: "due", title: t("rooms.duty.dueAt"), render: (row) => <When at={row.due_at} style="day" /> },
        ]}
      />
    </>
  );
}
