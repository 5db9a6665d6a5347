// The usage log (数据使用日志): every delivery, with what it was used for.
import { DownloadOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api, fileUrl, url, type Params } from "../../api/client";
import { useGet } from "../../api/query";
import type { DataDelivery, DataResource, Items } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { ObjectLink, When, Worklist } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

const FILTERS = ["resource", "status"] as const;

/** Of one agreement, or of all that may be seen. */
export function Log({ agreement }: { agreement?: string }) {
  const { t, tx, number } = useI18n();
  const [search] = useSearchParams();
  const catalogue = useGet<Items<DataResource>>("/data-resources");
  const params: Params = agreement ? { agreement } : {};
  const asked: Params = { ...params };
  for (const name of FILTERS) {
    const value = search.get(name);
    if (value) asked[name] = value;
  }
  return (
    <Worklist<DataDelivery>
      label={t("rooms.sharing.log")}
      path="/data-deliveries"
      params={params}
      rowKey={(row) => row.id}
      filters={
        agreement
          ? []
          : [{ name: "resource", label: t("rooms.sharing.resource"), options: (catalogue.data?.items ?? []).map((one) => ({ value: one.id, label: tx(one.name) })) }]
      }
      actions={
        <a className="button-link small" href={fileUrl("/data-deliveries/export", asked)} download="data-deliveries.csv">
          <DownloadOutlined aria-hidden="true" /> {t("rooms.sharing.export")}
        </a>
      }
      columns={[
        { key: "id", title: t("rooms.sharing.delivery"), render: (row) => <span className="mono">{row.id}</span> },
        { key: "at", title: t("rooms.sharing.at"), render: (row) => <When at={row.at} style="short" /> },
        ...(agreement ? [] : [{ key: "agreement", title: t("rooms.sharing.agreement"), render: (row: DataDelivery) => <ObjectLink type="sharing-agreement" id={row.agreement} /> }]),
        ...(agreement ? [] : [{ key: "resource", title: t("rooms.sharing.resource"), render: (row: DataDelivery) => tx(row.resource_name) }]),
        { key: "consumer", title: t("rooms.sharing.consumer"), render: (row) => tx(row.consumer.name) },
        { key: "how", title: t("rooms.sharing.how"), render: (row) => <How row={row} /> },
        { key: "fields", title: t("rooms.sharing.fields"), render: (row) => <span className="mono">{row.fields.map((one) => (one.masked ? `${one.field}*` : one.field)).join(" ")}</span>, wide: true },
        { key: "rows", title: t("rooms.sharing.rowCount"), align: "right", render: (row) => (row.more ? t("rooms.sharing.rowsAndMore", { n: number(row.rows) }) : number(row.rows)) },
        { key: "by", title: t("rooms.sharing.by"), render: (row) => <span className="mono">{row.by}</span>, wide: true },
        { key: "used", title: t("rooms.sharing.used"), render: (row) => row.used ?? (allows(row.actions, "data-delivery.use") ? <StateUse row={row} /> : "–") },
      ]}
      empty={t("rooms.sharing.logEmpty")}
    />
  );
}

/** Interface or file, and how often the file was sent again. */
function How({ row }: { row: DataDelivery }) {
  const { t } = useI18n();
  return (
    <>
      {t(`rooms.sharing.form.${row.how}` as MessageKey)}
      {row.resent_at && (
        <>
          {" · "}
          {t("rooms.sharing.resent", { n: row.resent })} <When at={row.resent_at} style="short" />
        </>
      )}
    </>
  );
}

function StateUse({ row }: { row: DataDelivery }) {
  const { t } = useI18n();
  const [note, setNote] = useState("");
  return (
    <ReasonAction
      title={`${t("rooms.sharing.stateUse")} ${row.id}`}
      okText={t("rooms.sharing.stateUse")}
      success={t("rooms.saved")}
      onOpen={() => setNote("")}
      ready={note.trim().length > 1}
      run={() => api.post(url`/data-deliveries/${row.id}/use`, { note: note.trim() })}
      body={
        <Field label={t("rooms.sharing.useNote")} required>
          <Input.TextArea aria-label={t("rooms.sharing.useNote")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.sharing.stateUse")}
    </ReasonAction>
  );
}
