// Everything that is open, with filters that can be kept as a link.
import type { WorkItem } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, Worklist } from "../../parts";
import { KINDS, useKindName, useWorkColumns, workKey, workPath } from "./columns";
import "./start.css";

export default function WorklistPage() {
  const { t } = useI18n();
  const kindName = useKindName();
  const columns = useWorkColumns();
  return (
    <>
      <PageHeader title={t("nav.worklist")} />
      <Worklist<WorkItem>
        label={t("nav.worklist")}
        path="/worklist"
        params={{ mine: true, open: true, order: "due" }}
        columns={columns}
        rowKey={workKey}
        to={workPath}
        overdue={(item) => item.overdue}
        filters={[
          { name: "q", label: t("worklist.keys") },
          { name: "kind", label: t("worklist.kind"), options: KINDS.map((kind) => ({ value: kind, label: kindName(kind) })) },
          {
            name: "mine",
            label: t("worklist.mineOnly"),
            options: [
              { value: "true", label: t("worklist.mineOnly") },
              { value: "false", label: t("worklist.all") },
            ],
          },
          {
            name: "open",
            label: t("worklist.openOnly"),
            options: [
              { value: "true", label: t("worklist.openOnly") },
              { value: "false", label: t("worklist.all") },
            ],
          },
          {
            name: "order",
            label: t("worklist.orderDue"),
            options: [
              { value: "due", label: t("worklist.orderDue") },
              { value: "newest", label: t("worklist.orderNewest") },
            ],
          },
          { name: "status", label: t("worklist.status") },
        ]}
      />
    </>
  );
}
