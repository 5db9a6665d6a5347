// The partner's mailbox (信箱): messages waiting to be fetched by the partner's own system, or by hand.
import { DownloadOutlined } from "@ant-design/icons";
import { Segmented } from "antd";
import { useSearchParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useCan } from "../../api/session";
import type { MailboxItem } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";

export default function Mailbox() {
  const { t } = useI18n();
  const can = useCan();
  const [search, setSearch] = useSearchParams();
  const state = search.get("state") ?? "pending";
  return (
    <>
      <PageHeader title={t("rooms.mailbox.title")}>{t("rooms.mailbox.lead")}</PageHeader>
      <Segmented
        aria-label={t("worklist.status")}
        value={state}
        options={[
          { value: "pending", label: t("rooms.mailbox.pending") },
          { value: "delivered", label: t("rooms.mailbox.delivered") },
        ]}
        onChange={(value) => setSearch({ state: value })}
      />
      <Worklist<MailboxItem>
        label={t("rooms.mailbox.title")}
        path="/mailbox"
        params={{ state }}
        rowKey={(row) => row.id}
        to={(row) => (can("message.read") ? url`/messages/${row.id}` : null)}
        columns={[
          { key: "type", title: t("rooms.message.type"), render: (row) => <span className="mono">{row.type}</span> },
          { key: "reference", title: t("rooms.message.reference"), render: (row) => <span className="mono">{row.reference}</span> },
          { key: "object", title: t("rooms.mailbox.about"), render: (row) => (row.object ? <ObjectLink type={row.object.type} id={row.object.id} /> : "–") },
          {
            key: "state",
            title: t("worklist.status"),
            render: (row) => <StatusTag status={row.state} text={row.state === "pending" ? t("rooms.mailbox.pending") : t("rooms.mailbox.delivered")} />,
          },
          { key: "at", title: t("rooms.message.receivedAt"), render: (row) => <When at={row.created_at} style="short" /> },
          {
            key: "act",
            title: t("rooms.mailbox.fetch"),
            render: (row) => (
              <span className="row-tight">
                <a
                  className="button-link secondary small"
                  href={fileUrl(url`/mailbox/${row.id}/raw`)}
                  download
                  aria-label={`${t("action.download")} ${row.reference}`}
                >
                  <DownloadOutlined aria-hidden="true" />
                </a>
                {row.state === "pending" && (
                  <ActionButton size="small" run={() => api.post(url`/mailbox/${row.id}/delivered`)} problem="message">
                    {t("rooms.mailbox.done")}
                  </ActionButton>
                )}
              </span>
            ),
          },
        ]}
        empty={t("rooms.mailbox.empty")}
      />
    </>
  );
}
