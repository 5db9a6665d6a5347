import type { Sample } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, StatusTag, When } from "../../parts";
import type { Column } from "../../parts/Worklist";
import { ConclusionTag } from "./conclusions";
import { Priority } from "./Priority";

/** The columns of a list of samples; a laboratory has none that tells whose they are. */
export function useSampleColumns(withOwner: boolean): Column<Sample>[] {
  const { t, tx } = useI18n();
  return [
    { key: "id", title: t("kind.sample"), render: (row) => <span className="mono">{row.id}</span> },
    { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
    { key: "priority", title: t("rooms.sample.priority"), render: (row) => <Priority throughTrain={row.through_train} /> },
    { key: "goods", title: t("rooms.sample.goods"), render: (row) => row.goods },
    { key: "items", title: t("rooms.sampling.items"), render: (row) => row.items.map((item) => tx(item.name)).join(t("rooms.listComma")), wide: true },
    { key: "laboratory", title: t("rooms.sample.laboratory"), render: (row) => tx(row.laboratory.name) },
    { key: "conclusion", title: t("rooms.sample.conclusion"), render: (row) => <ConclusionTag of={row} /> },
    { key: "due", title: t("rooms.sample.due"), render: (row) => <When at={row.due_at} style="short" /> },
    ...(withOwner
      ? [{ key: "inspection", title: t("kind.inspection"), render: (row: Sample) => (row.inspection ? <ObjectLink type="inspection" id={row.inspection} /> : null), wide: true }]
      : []),
    { key: "taken", title: t("rooms.sample.takenAt"), render: (row) => <When at={row.taken_at} relative />, wide: true },
  ];
}
