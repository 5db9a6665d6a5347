// The cases behind a figure of the board.
import { useSearchParams } from "react-router";
import type { DailyCase } from "../../api/types";
import { useI18n } from "../../i18n";
import { objectPath, PageHeader, StatusTag, When, Worklist } from "../../parts";

const KINDS = ["declaration", "inspection", "joint-order", "duty-notice", "field-record"] as const;
const AGES = ["0", "1", "2", "3", "4"] as const;
const AGE_TEXT = ["0", "1", "2–3", "4–7", "8+"] as const;

export default function DailyCases() {
  const { t, tx, maybe } = useI18n();
  const [search] = useSearchParams();
  return (
    <>
      <PageHeader title={t("daily.cases")} back={{ to: "/daily", text: t("daily.title") }} />
      <Worklist<DailyCase>
        label={t("daily.cases")}
        path="/daily/cases"
        params={{ status: search.get("status"), action: search.get("action") }}
        rowKey={(row) => `${row.item.object.type} ${row.item.object.id}`}
        to={(row) => objectPath(row.item.object)}
        overdue={(row) => row.item.overdue}
        filters={[
          { name: "kind", label: t("daily.kind"), options: KINDS.map((kind) => ({ value: kind, label: maybe(`kind.${kind}`, kind) })) },
          { name: "age", label: t("daily.age"), options: AGES.map((age, at) => ({ value: age, label: at === 0 ? t("daily.today") : t("daily.ageDays", { n: AGE_TEXT[at] ?? "" }) })) },
        ]}
        columns={[
          { key: "title", title: t("daily.cases"), render: (row) => <span className="mono">{row.item.title}</span> },
          { key: "kind", title: t("daily.kind"), render: (row) => maybe(`kind.${row.item.object.type}`, row.item.object.type) },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.item.status} text={row.item.status_text} /> },
          { key: "age", title: t("daily.age"), align: "right", render: (row) => (row.age_days === 0 ? t("daily.today") : t("daily.ageDays", { n: row.age_days })) },
          { key: "why", title: t("daily.why"), render: (row) => tx(row.why) },
          { key: "owner", title: t("daily.owner"), render: (row) => tx(row.item.owner?.name) || <span className="none">–</span> },
          { key: "next", title: t("daily.next"), render: (row) => tx(row.next) },
          { key: "due", title: t("worklist.due"), render: (row) => <When at={row.item.due_at} style="short" /> },
        ]}
        empty={t("daily.casesEmpty")}
      />
    </>
  );
}
