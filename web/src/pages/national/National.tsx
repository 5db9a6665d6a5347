// The national single window: what went up and came down day by day, and the register of connections.
import { Alert, Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, tagOf, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { NationalConnector, NationalDay, NationalDays } from "../../api/types";
import { useI18n } from "../../i18n";
import { dayIn, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, usePortZone, When } from "../../parts";
import { FormDialog, type Field } from "../admin/FormDialog";

const DAYS_DEFAULT = 6;
const FIGURES = ["prepared", "sent", "receipted", "missing", "overdue", "undelivered", "refused", "numbered", "released", "files", "repeated", "unknown", "faulty"] as const;
const STATUSES = ["planned", "testing", "live"] as const;
const TONES = { planned: "calm", testing: "wait", live: "done" } as const;

export default function National() {
  const { t } = useI18n();
  const seesObjects = useSession()?.user.role !== "admin";
  const zone = usePortZone();
  const [search, setSearch] = useSearchParams();
  const to = search.get("to") ?? dayIn(new Date(), zone);
  const from = search.get("from") ?? dayjs(to).subtract(DAYS_DEFAULT, "day").format("YYYY-MM-DD");
  const days = useGet<NationalDays>("/national/days", { from, to }, { keep: true });
  return (
    <>
      <PageHeader
        title={t("national.title")}
        actions={
          <>
            {seesObjects && (
              <Link className="button-link" to="/national/transmissions">
                {t("national.transmissions")}
              </Link>
            )}
            <DatePicker.RangePicker
              aria-label={t("national.period")}
              allowClear={false}
              value={[dayjs(from), dayjs(to)]}
              onChange={(range) =>
                range?.[0] && range[1] && setSearch({ from: range[0].format("YYYY-MM-DD"), to: range[1].format("YYYY-MM-DD") }, { replace: true })
              }
            />
          </>
        }
      >
        {t("national.lead")}
      </PageHeader>
      <div className="stack">
        {days.error && <ProblemAlert error={days.error} retry={() => void days.refetch()} />}
        {days.isPending && <Loading />}
        {days.data && <Counts data={days.data} links={seesObjects} />}
        <Connectors />
      </div>
    </>
  );
}

function Counts({ data, links }: { data: NationalDays; links: boolean }) {
  const { t, tx, number } = useI18n();
  if (!data.counterpart) return <Alert type="info" showIcon title={t("national.notConnected")} />;
  return (
    <>
      {data.sandbox && <Alert type="warning" showIcon title={`${tx(data.counterpart)} · ${t("national.sandbox")}`} />}
      <Alert type="info" showIcon title={t("national.unverified")} />
      <section className="panel">
        <h2 id="national-days">{t("national.days")}</h2>
        {data.cut && <Alert type="warning" showIcon title={t("national.cut")} />}
        {/* A wide table is scrolled by keyboard, too. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="table-scroll" role="region" aria-labelledby="national-days" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("national.day")}</th>
                <th scope="col">{t("national.agrees")}</th>
                {FIGURES.map((name) => (
                  <th key={name} scope="col" className="right">
                    {t(`national.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.items.map((day) => (
                <tr key={day.day} data-day={day.day}>
                  <th scope="row">{day.day}</th>
                  <td>
                    <StatusTag status={day.agrees ? "agree" : "disagree"} tone={day.agrees ? "done" : "stop"} text={t(day.agrees ? "national.agrees.yes" : "national.agrees.no")} />
                  </td>
                  {FIGURES.map((name) => (
                    <td key={name} className="right" data-figure={name}>
                      {number(day[name])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {data.items.map((day) => (
          <Named key={day.day} day={day} links={links} />
        ))}
      </section>
    </>
  );
}

/** What is missing or belongs nowhere, by number. */
function Named({ day, links }: { day: NationalDay; links: boolean }) {
  const { t } = useI18n();
  const list = (type: string, ids: string[], label: string) =>
    ids.length > 0 && (
      <p>
        {label}{" "}
        {ids.map((id) => (
          <span key={id}>{links ? <ObjectLink type={type} id={id} /> : <span className="mono">{id}</span>} </span>
        ))}
      </p>
    );
  return (
    <>
      {list("transmission", day.missing_ids, t("national.missingIds", { day: day.day }))}
      {list("message", day.unknown_ids, t("national.unknownIds", { day: day.day }))}
    </>
  );
}

function Connectors() {
  const { t, tx } = useI18n();
  const writes = useSession()?.permissions.includes("connector.write") ?? false;
  const [editing, setEditing] = useState<NationalConnector | "new" | null>(null);
  const query = useGet<{ items: NationalConnector[] }>("/national/connectors");
  const rows = query.data?.items;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2 id="connectors">{t("national.connectors")}</h2>
        {writes && (
          <Button type="primary" onClick={() => setEditing("new")}>
            {t("national.newConnector")}
          </Button>
        )}
      </div>
      {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {rows && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="connectors" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                {(["connector", "counterpart", "status", "owner", "version", "lastExchange", "note"] as const).map((name) => (
                  <th key={name} scope="col">
                    {t(`national.${name}`)}
                  </th>
                ))}
                {writes && <th scope="col"><span className="visually-hidden">{t("admin.edit")}</span></th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id} data-connector={row.id}>
                  <th scope="row">{tx(row.name)}</th>
                  <td>
                    {tx(row.counterpart)} {row.sandbox && <span className="mark">{t("national.isSandbox")}</span>}
                  </td>
                  <td>
                    <StatusTag status={row.status} tone={TONES[row.status]} text={t(`national.status.${row.status}`)} />
                  </td>
                  <td>{row.owner || "–"}</td>
                  <td>{row.version || "–"}</td>
                  <td>{row.last_exchange_at ? <When at={row.last_exchange_at} style="short" /> : t("national.never")}</td>
                  <td>{row.note || "–"}</td>
                  {writes && (
                    <td>
                      <Button size="small" aria-label={`${t("admin.edit")} ${tx(row.name)}`} onClick={() => setEditing(row)}>
                        {t("admin.edit")}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && <ConnectorDialog known={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function ConnectorDialog({ known, onClose }: { known: NationalConnector | null; onClose: () => void }) {
  const { t, tx } = useI18n();
  const fields: Field[] = [
    { name: "id", label: t("national.id"), required: true, max: 64, disabled: known !== null },
    { name: "name_zh", label: t("national.nameZh"), required: true, max: 64 },
    { name: "name_en", label: t("national.nameEn"), required: true, max: 64 },
    { name: "counterpart_zh", label: t("national.counterpartZh"), max: 64 },
    { name: "counterpart_en", label: t("national.counterpartEn"), max: 64 },
    { name: "status", label: t("national.status"), required: true, options: STATUSES.map((status) => ({ value: status, label: t(`national.status.${status}`) })) },
    { name: "owner", label: t("national.owner"), max: 64 },
    { name: "version", label: t("national.version"), max: 64 },
    { name: "partner", label: t("national.partner"), max: 40, hint: t("national.partnerHint") },
    { name: "note", label: t("national.note"), max: 500 },
  ];
  const save = (values: Record<string, string>) => {
    const text = (name: string) => values[name] ?? "";
    const body = {
      name: { zh: text("name_zh"), en: text("name_en") },
      counterpart: { zh: text("counterpart_zh"), en: text("counterpart_en") },
      status: text("status"),
      owner: text("owner"),
      version: text("version"),
      partner: text("partner") || null,
      note: text("note"),
    };
    return api.put(url`/national/connectors/${known?.id ?? text("id")}`, body, { ifMatch: tagOf({ version: known?.record_version ?? 0 }) });
  };
  const initial = known && {
    ...known,
    name_zh: known.name.zh,
    name_en: known.name.en,
    counterpart_zh: known.counterpart.zh,
    counterpart_en: known.counterpart.en,
  };
  return <FormDialog title={known ? tx(known.name) : t("national.newConnector")} fields={fields} initial={initial ?? { status: "planned" }} run={save} onDone={onClose} onClose={onClose} />;
}
