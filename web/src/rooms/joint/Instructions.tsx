// The own instructions of an authority (检查指令).
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { Instruction } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Instructions() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("instruction");
  return (
    <>
      <PageHeader
        title={t("rooms.instruction.title")}
        actions={
          can("instruction.place") && (
            <Button type="primary" onClick={() => void navigate("/instructions/new")}>
              {t("rooms.instruction.new")}
            </Button>
          )
        }
      >
        {t("rooms.instruction.lead")}
      </PageHeader>
      <Worklist<Instruction>
        label={t("rooms.instruction.title")}
        path="/instructions"
        rowKey={(row) => row.id}
        to={(row) => url`/instructions/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.instruction.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          {
            key: "subject",
            title: t("rooms.instruction.subject"),
            render: (row) => (
              <>
                {t(`rooms.instruction.${row.subject.kind}`)} <span className="mono">{row.subject.name}</span>
              </>
            ),
          },
          { key: "task", title: t("rooms.instruction.task"), render: (row) => tx(row.task_text) },
          { key: "order", title: t("rooms.instruction.order"), render: (row) => row.order && <ObjectLink type="joint-order" id={row.order} /> },
          { key: "window", title: t("rooms.instruction.to"), render: (row) => <When at={row.window.end} style="short" />, wide: true },
          { key: "reason", title: t("rooms.instruction.reason"), render: (row) => <span className="clip">{row.reason}</span>, wide: true },
          { key: "placed", title: t("rooms.instruction.placedAt"), render: (row) => <When at={row.placed_at} relative /> },
        ]}
        empty={t("rooms.instruction.empty")}
      />
    </>
  );
}
