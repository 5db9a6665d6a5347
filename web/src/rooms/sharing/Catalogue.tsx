// The catalogue of data resources (数据资源目录): what there is, whose, how sensitive, how current; and asking for it.
import { Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { DataResource, Items } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { KeyFacts, Loading, PageHeader, ProblemAlert } from "../../parts";
import { RequestSharing } from "./RequestSharing";

export default function Catalogue() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const catalogue = useGet<Items<DataResource>>("/data-resources");
  const wanted = typed.trim().toLowerCase();
  const words = (one: DataResource) =>
    [one.id, ...[one.name, one.text, ...one.fields.map((field) => field.title)].flatMap((text) => [text.zh, text.en]), ...one.fields.map((field) => field.name)].join(" ").toLowerCase();
  const found = (catalogue.data?.items ?? []).filter((one) => words(one).includes(wanted));
  return (
    <>
      <PageHeader title={t("rooms.sharing.catalogue")}>{t("rooms.sharing.catalogueLead")}</PageHeader>
      <div className="stack">
      <Input.Search className="worklist-text" aria-label={t("rooms.sharing.search")} placeholder={t("rooms.sharing.search")} value={typed} onChange={(event) => setTyped(event.target.value)} />
      {catalogue.error && <ProblemAlert error={catalogue.error} retry={() => void catalogue.refetch()} />}
      {catalogue.isPending && <Loading />}
      {catalogue.data && found.length === 0 && <p role="status">{t("rooms.sharing.noneFound")}</p>}
      {found.map((one) => (
        <section key={one.id} className="panel" aria-labelledby={`resource-${one.id}`} data-resource={one.id}>
          <div className="panel-head">
            <h2 id={`resource-${one.id}`}>{tx(one.name)}</h2>
            {can("sharing-agreement.request") && one.providers.length > 0 && (
              <RequestSharing resource={one} onDone={(made) => void navigate(url`/sharing-agreements/${made.id}`)} />
            )}
          </div>
          <p>{tx(one.text)}</p>
          <KeyFacts
            facts={[
              { label: t("rooms.sharing.provider"), value: one.providers.map((each) => tx(each.name)).join(t("rooms.listComma")) },
              { label: t("rooms.sharing.current"), value: tx(one.current) },
              { label: t("rooms.sharing.period"), value: tx(one.period) },
              { label: t("rooms.sharing.forms"), value: one.forms.map((form) => t(`rooms.sharing.form.${form}` as MessageKey)).join(t("rooms.listComma")) },
              { label: t("rooms.sharing.madeBy"), value: <span className="mono">{one.made_by.join(", ")}</span>, wide: true },
            ]}
          />
          <Fields resource={one} />
        </section>
      ))}
      </div>
    </>
  );
}

function Fields({ resource }: { resource: DataResource }) {
  const { t, tx } = useI18n();
  const name = t("rooms.sharing.fieldsOf", { name: tx(resource.name) });
  return (
    <details>
      <summary>
        {name} ({resource.fields.length})
      </summary>
      {/* A wide table is scrolled by keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-label={name} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.sharing.field")}</th>
              <th scope="col">{t("rooms.sharing.meaning")}</th>
              <th scope="col">{t("rooms.sharing.kind")}</th>
              <th scope="col">{t("rooms.sharing.sensitivity")}</th>
            </tr>
          </thead>
          <tbody>
            {resource.fields.map((field) => (
              <tr key={field.name}>
                <th scope="row" className="mono">
                  {field.name}
                </th>
                <td>{tx(field.title)}</td>
                <td>{t(`rooms.sharing.kind.${field.kind}` as MessageKey)}</td>
                <td>{tx(field.sensitivity_text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
