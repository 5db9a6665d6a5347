// The queue of a laboratory (实验室队列): through-train first, then the earliest due; nothing tells whose a sample is.
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Laboratories, Sample } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, Worklist } from "../../parts";
import { useSampleColumns } from "./columns";

export default function LaboratoryQueue() {
  const { t, tx } = useI18n();
  const columns = useSampleColumns(false);
  const laboratories = useGet<Laboratories>("/laboratories");
  return (
    <>
      <PageHeader title={t("rooms.sample.queue")}>{t("rooms.sample.queueLead")}</PageHeader>
      <Worklist<Sample>
        label={t("rooms.sample.queue")}
        path="/laboratory-queue"
        rowKey={(row) => row.id}
        to={(row) => url`/samples/${row.id}`}
        overdue={(row) => row.due_at !== null && row.due_at < new Date().toISOString()}
        filters={[{ name: "laboratory", label: t("rooms.sample.laboratory"), options: (laboratories.data?.laboratories ?? []).map((one) => ({ value: one.id, label: tx(one.name) })) }]}
        columns={columns}
        empty={t("rooms.sample.queueEmpty")}
      />
    </>
  );
}
