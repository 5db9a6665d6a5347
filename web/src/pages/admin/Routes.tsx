// Rules by which interchanges for another partner are passed on: the administrator writes them, a partner sees those that name it.
import { Button } from "antd";
import { useState } from "react";
import { api, tagOf, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { PartnerRoute } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, Loading, PageHeader, ProblemAlert } from "../../parts";
import { FormDialog, type Field } from "./FormDialog";

export default function Routes() {
  const { t } = useI18n();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHeader
        title={t("route.title")}
        back={{ to: "/admin/partners", text: t("nav.partners") }}
        actions={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t("route.add")}
          </Button>
        }
      >
        {t("route.lead")}
      </PageHeader>
      <RouteList path="/admin/routes" edits />
      {adding && <RouteDialog known={null} onClose={() => setAdding(false)} />}
    </>
  );
}

export function RouteList({ path, edits = false }: { path: string; edits?: boolean }) {
  const { t, tx } = useI18n();
  const [editing, setEditing] = useState<PartnerRoute | null>(null);
  const query = useGet<{ items: PartnerRoute[] }>(path);
  const rows = query.data?.items;
  return (
    <section className="panel">
      <h2 id="routes">{t("route.rules")}</h2>
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {rows?.length === 0 && <p className="muted">{t("route.none")}</p>}
      {rows && rows.length > 0 && (
        // A wide table is scrolled by keyboard, too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="routes" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("route.sender")}</th>
                <th scope="col">{t("route.recipient")}</th>
                <th scope="col">{t("route.kinds")}</th>
                <th scope="col">{t("route.note")}</th>
                {edits && (
                  <th scope="col">
                    <span className="visually-hidden">{t("admin.edit")}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.sender.id}/${row.recipient.id}`} data-route={`${row.sender.id}/${row.recipient.id}`}>
                  <th scope="row">{tx(row.sender.name)}</th>
                  <td>{tx(row.recipient.name)}</td>
                  <td className="mono">{row.kinds.join(" ")}</td>
                  <td>{row.note || "–"}</td>
                  {edits && (
                    <td>
                      <Button size="small" onClick={() => setEditing(row)} aria-label={`${t("admin.edit")} ${row.sender.id} ${row.recipient.id}`}>
                        {t("admin.edit")}
                      </Button>{" "}
                      <ActionButton
                        size="small"
                        danger
                        confirm={t("route.removeConfirm")}
                        problem="message"
                        run={() => api.delete(url`/admin/routes/${row.sender.id}/${row.recipient.id}`)}
                        aria-label={`${t("route.remove")} ${row.sender.id} ${row.recipient.id}`}
                      >
                        {t("route.remove")}
                      </ActionButton>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && <RouteDialog known={editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function RouteDialog({ known, onClose }: { known: PartnerRoute | null; onClose: () => void }) {
  const { t } = useI18n();
  const fields: Field[] = [
    { name: "sender", label: t("route.sender"), required: true, max: 40, disabled: known !== null, hint: t("route.idHint") },
    { name: "recipient", label: t("route.recipient"), required: true, max: 40, disabled: known !== null },
    { name: "kinds", label: t("route.kinds"), required: true, max: 400, hint: t("route.kindsHint") },
    { name: "note", label: t("route.note"), max: 500 },
  ];
  const save = (values: Record<string, string>) => {
    const kinds = (values.kinds ?? "").split(/[\s,，、]+/).filter((kind) => kind !== "");
    const [sender, recipient] = known ? [known.sender.id, known.recipient.id] : [values.sender ?? "", values.recipient ?? ""];
    return api.put(url`/admin/routes/${sender}/${recipient}`, { kinds, note: values.note ?? "" }, { ifMatch: tagOf({ version: known?.version ?? 0 }) });
  };
  const initial = known ? { sender: known.sender.id, recipient: known.recipient.id, kinds: known.kinds.join(" "), note: known.note } : {};
  return <FormDialog title={known ? t("route.change") : t("route.add")} fields={fields} initial={initial} run={save} onDone={onClose} onClose={onClose} />;
}
