// Keys with which other systems come in. A secret is shown once.
import { Alert, Button } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { ApiKey, ApiKeyCreated, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, PageHeader, When, Worklist } from "../../parts";
import { FormDialog } from "./FormDialog";

export default function ApiKeys() {
  const { t, tx } = useI18n();
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<ApiKeyCreated | null>(null);
  const organisations = useGet<Page<Organisation>>("/organisations", { limit: 200 });
  return (
    <>
      <PageHeader title={t("nav.apiKeys")}>{t("admin.keysLead")}</PageHeader>
      {created && (
        <Alert
          className="problem"
          type="success"
          showIcon
          closable={{ closeIcon: true, onClose: () => setCreated(null), "aria-label": t("action.close") }}
          title={t("admin.keyOnce")}
          description={<CopyText text={created.secret} />}
        />
      )}
      <Worklist<ApiKey>
        label={t("nav.apiKeys")}
        path="/admin/api-keys"
        rowKey={(row) => row.id}
        actions={
          <Button type="primary" onClick={() => setCreating(true)}>
            {t("admin.newKey")}
          </Button>
        }
        columns={[
          { key: "name", title: t("admin.name"), render: (row) => row.name },
          { key: "id", title: t("admin.id"), wide: true, render: (row) => <span className="mono">{row.id}</span> },
          { key: "organisation", title: t("admin.organisation"), render: (row) => (typeof row.organisation === "string" ? row.organisation : tx(row.organisation.name)) },
          { key: "created", title: t("admin.created"), render: (row) => <When at={row.created_at} /> },
          {
            key: "delete",
            title: <span className="visually-hidden">{t("admin.revoke")}</span>,
            render: (row) => (
              <ActionButton size="small" danger problem="message" confirm={t("admin.revokeAsk", { name: row.name })} run={() => api.delete(url`/admin/api-keys/${row.id}`)}>
                {t("admin.revoke")}
              </ActionButton>
            ),
          },
        ]}
      />
      {creating && (
        <FormDialog<ApiKeyCreated>
          title={t("admin.newKey")}
          fields={[
            { name: "name", label: t("admin.name"), required: true, max: 80, hint: t("admin.keyNameHint") },
            { name: "organisation", label: t("admin.organisation"), required: true, options: organisations.data?.items.map((each) => ({ value: each.id, label: tx(each.name) })) ?? [] },
          ]}
          run={(values) => api.post<ApiKeyCreated>("/admin/api-keys", values)}
          onDone={(key) => {
            setCreated(key);
            setCreating(false);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </>
  );
}
