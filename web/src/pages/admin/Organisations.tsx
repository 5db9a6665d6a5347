// Who takes part: organisations, their role, their identities.
import { Button } from "antd";
import { useState } from "react";
import { api, tagOf, url } from "../../api/client";
import type { AdminOrganisation, Role } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, Worklist } from "../../parts";
import { FormDialog, type Field } from "./FormDialog";

const ROLES: Role[] = ["trader", "agent", "terminal", "trucker", "customs", "maritime", "border", "port-authority", "market-supervision", "port-office", "admin", "national"];
const GRADES = ["advanced-certified", "certified", "regular", "dishonest", "seriously-dishonest"] as const;

function toBody({ name_zh, name_en, ...rest }: Record<string, string>) {
  return { ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, value || null])), name: { zh: name_zh, en: name_en } };
}

export default function Organisations() {
  const { t, tx } = useI18n();
  const [editing, setEditing] = useState<AdminOrganisation | "new" | null>(null);
  const known = editing === "new" ? null : editing;
  const fields: Field[] = [
    { name: "id", label: t("admin.id"), required: true, max: 40, disabled: known !== null, hint: t("admin.idHint") },
    { name: "name_zh", label: t("admin.nameZh"), required: true },
    { name: "name_en", label: t("admin.nameEn"), required: true },
    { name: "role", label: t("admin.role"), required: true, disabled: known !== null, options: ROLES.map((role) => ({ value: role, label: t(`role.${role}`) })) },
    { name: "uscc", label: t("admin.uscc"), max: 18, hint: t("admin.usccHint") },
    { name: "district", label: t("admin.district"), max: 4, hint: t("admin.districtHint") },
    { name: "edi_id", label: t("admin.edi"), max: 35 },
    { name: "grade", label: t("admin.grade"), options: GRADES.map((grade) => ({ value: grade, label: t(`grade.${grade}`) })) },
  ];
  return (
    <>
      <PageHeader title={t("nav.organisations")} />
      <Worklist<AdminOrganisation>
        label={t("nav.organisations")}
        path="/admin/organisations"
        rowKey={(row) => row.id}
        actions={
          <Button type="primary" onClick={() => setEditing("new")}>
            {t("admin.newOrganisation")}
          </Button>
        }
        columns={[
          { key: "id", title: t("admin.id"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "name", title: t("admin.name"), render: (row) => tx(row.name) },
          { key: "role", title: t("admin.role"), render: (row) => t(`role.${row.role}`) },
          { key: "uscc", title: t("admin.uscc"), wide: true, render: (row) => <span className="mono">{row.uscc ?? "–"}</span> },
          { key: "district", title: t("admin.district"), wide: true, render: (row) => row.district ?? "–" },
          {
            key: "edit",
            title: <span className="visually-hidden">{t("admin.edit")}</span>,
            render: (row) => (
              <Button size="small" onClick={() => setEditing(row)} aria-label={`${t("admin.edit")} ${row.id}`}>
                {t("admin.edit")}
              </Button>
            ),
          },
        ]}
      />
      {editing && (
        <FormDialog
          title={known ? tx(known.name) : t("admin.newOrganisation")}
          fields={fields}
          initial={known ? { ...known, name_zh: known.name.zh, name_en: known.name.en } : {}}
          run={(values) => (known ? api.put(url`/admin/organisations/${known.id}`, toBody({ ...values, id: known.id, role: known.role }), { ifMatch: tagOf(known) }) : api.post("/admin/organisations", toBody(values)))}
          onDone={() => setEditing(null)}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
