// Who may log in.
import { Button } from "antd";
import { useState } from "react";
import { api, tagOf, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { AdminUser, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, PageHeader, StatusTag, Worklist } from "../../parts";
import { FormDialog } from "./FormDialog";

const PASSWORD_MIN = 10;

export default function Users() {
  const { t, tx } = useI18n();
  const [editing, setEditing] = useState<AdminUser | "new" | null>(null);
  const organisations = useGet<Page<Organisation>>("/organisations", { limit: 200 });
  const known = editing === "new" ? null : editing;
  const names = [
    { name: "name_zh", label: t("admin.nameZh"), required: true },
    { name: "name_en", label: t("admin.nameEn"), required: true },
  ];
  return (
    <>
      <PageHeader title={t("nav.users")} />
      <Worklist<AdminUser>
        label={t("nav.users")}
        path="/admin/users"
        rowKey={(row) => row.id}
        actions={
          <Button type="primary" onClick={() => setEditing("new")}>
            {t("admin.newUser")}
          </Button>
        }
        columns={[
          { key: "id", title: t("login.user"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "name", title: t("admin.name"), render: (row) => tx(row.name) },
          { key: "organisation", title: t("admin.organisation"), render: (row) => (typeof row.organisation === "string" ? row.organisation : tx(row.organisation.name)) },
          { key: "state", title: t("worklist.status"), render: (row) => <StatusTag status="" tone={row.disabled ? "stop" : "done"} text={t(row.disabled ? "admin.disabled" : "admin.active")} /> },
          {
            key: "edit",
            title: <span className="visually-hidden">{t("admin.edit")}</span>,
            render: (row) => (
              <span className="row">
                <Button size="small" onClick={() => setEditing(row)} aria-label={`${t("admin.edit")} ${row.id}`}>
                  {t("admin.edit")}
                </Button>
                <ActionButton
                  size="small"
                  danger={!row.disabled}
                  problem="message"
                  confirm={t(row.disabled ? "admin.enableAsk" : "admin.disableAsk", { name: tx(row.name) })}
                  run={() => api.put(url`/admin/users/${row.id}`, { disabled: !row.disabled }, { ifMatch: tagOf(row) })}
                >
                  {t(row.disabled ? "admin.enable" : "admin.disable")}
                </ActionButton>
              </span>
            ),
          },
        ]}
      />
      {editing && (
        <FormDialog
          title={known ? known.id : t("admin.newUser")}
          fields={[
            ...(known
              ? []
              : [
                  { name: "id", label: t("login.user"), required: true, max: 64 },
                  { name: "organisation", label: t("admin.organisation"), required: true, options: organisations.data?.items.map((each) => ({ value: each.id, label: tx(each.name) })) ?? [] },
                ]),
            ...names,
            { name: "password", label: known ? t("admin.newPassword") : t("login.password"), required: !known, password: true, hint: t("admin.passwordHint", { n: PASSWORD_MIN }) },
          ]}
          initial={known ? { name_zh: known.name.zh, name_en: known.name.en } : {}}
          run={({ id, organisation, name_zh = "", name_en = "", password }) => {
            const name = { zh: name_zh, en: name_en };
            return known
              ? api.put(url`/admin/users/${known.id}`, password ? { name, password } : { name }, { ifMatch: tagOf(known) })
              : api.post("/admin/users", { id, organisation, name, password });
          }}
          onDone={() => setEditing(null)}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
