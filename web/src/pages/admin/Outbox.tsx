// What the platform sends to others, and what did not get through.
import { api, url } from "../../api/client";
import type { OutboxRow } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";

const STATES = ["pending", "delivered", "dead"];
const TONES = { pending: "wait", leased: "go", sent: "done", delivered: "done", dead: "stop", failed: "stop" } as const;

export default function Outbox() {
  const { t, number, maybe } = useI18n();
  return (
    <>
      <PageHeader title={t("nav.outbox")}>{t("admin.outboxLead")}</PageHeader>
      <Worklist<OutboxRow>
        label={t("nav.outbox")}
        path="/admin/outbox"
        rowKey={(row) => String(row.id)}
        filters={[{ name: "state", label: t("worklist.status"), options: STATES.map((state) => ({ value: state, label: maybe(`outbox.${state}`, state) })) }]}
        columns={[
          { key: "id", title: t("admin.id"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "kind", title: t("worklist.kind"), render: (row) => <span className="mono">{row.kind ?? row.channel ?? "–"}</span> },
          { key: "to", title: t("admin.destination"), render: (row) => row.destination ?? "–" },
          { key: "object", title: t("worklist.object"), wide: true, render: (row) => (row.object ? <ObjectLink type={row.object.type} id={row.object.id} /> : "–") },
          { key: "state", title: t("worklist.status"), render: (row) => <StatusTag status={row.state} tone={TONES[row.state as keyof typeof TONES] ?? "calm"} text={maybe(`outbox.${row.state}`, row.state)} /> },
          { key: "attempts", title: t("admin.attempts"), align: "right", render: (row) => number(row.attempts) },
          { key: "created", title: t("admin.created"), wide: true, render: (row) => <When at={row.created_at} style="short" /> },
          { key: "error", title: t("admin.error"), render: (row) => row.last_error ?? "–" },
          {
            key: "retry",
            title: <span className="visually-hidden">{t("action.retry")}</span>,
            render: (row) =>
              row.state === "dead" || row.state === "failed" ? (
                <ActionButton size="small" problem="message" run={() => api.post(url`/admin/outbox/${row.id}/retry`)}>
                  {t("action.retry")}
                </ActionButton>
              ) : null,
          },
        ]}
      />
    </>
  );
}
