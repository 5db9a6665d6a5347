// The queue of central image review (集中审像).
import { Link } from "react-router";
import { url } from "../../api/client";
import type { ImageTask } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { Model } from "./Model";

export default function ImageTasks() {
  const { t } = useI18n();
  const statuses = useStatusChoices("image-task");
  return (
    <>
      <PageHeader
        title={t("rooms.images.title")}
        actions={
          <Link className="button-link" to="/scans?status=unmatched">
            {t("rooms.images.unmatched")}
          </Link>
        }
      >
        {t("rooms.images.lead")}
      </PageHeader>
      <Model hint={null} />
      <Worklist<ImageTask>
        label={t("rooms.images.title")}
        path="/image-tasks"
        rowKey={(row) => row.id}
        to={(row) => url`/image-tasks/${row.id}`}
        overdue={(row) => row.due_at !== null && row.due_at < new Date().toISOString()}
        filters={[
          { name: "q", label: t("rooms.images.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "container", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.container}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "yours", title: t("rooms.images.yours"), render: (row) => (row.actions.includes("image-task.review") ? <span className="mark">{t("rooms.images.review")}</span> : <span className="none">–</span>) },
          { key: "images", title: t("rooms.images.images"), align: "right", render: (row) => row.number_of_scans },
          { key: "due", title: t("rooms.images.due"), render: (row) => <When at={row.due_at} style="short" /> },
          { key: "inspection", title: t("kind.inspection"), render: (row) => <ObjectLink type="inspection" id={row.inspection} />, wide: true },
          { key: "bill", title: t("rooms.bill.number"), render: (row) => <ObjectLink type="bill" id={row.bill_no} />, wide: true },
          { key: "ordered", title: t("rooms.inspection.orderedAt"), render: (row) => <When at={row.ordered_at} relative /> },
        ]}
        empty={t("rooms.images.empty")}
      />
    </>
  );
}
