// One waybill: what it says, by which trains or flights it travels, its houses and statuses, and its release.
import { Alert, Input, Select } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Waybill } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { conveyanceTone } from "./Conveyances";
import { Events } from "./Events";
import { TableScroll } from "./TableScroll";

const RELEASE_MODES = ["06", "02", "03", "04", "05", "08", "09", "10"] as const;

export default function WaybillPage() {
  const { number = "" } = useParams();
  const { t, tx } = useI18n();
  const found = useGet<Waybill>(url`/waybills/${number}`);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={number}
        back={{ to: "/waybills", text: t("rooms.waybill.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={conveyanceTone(data.status)} />}
        actions={data && <Release of={data} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={t("rooms.waybill.title")}>
            <KeyFacts
              facts={[
                { label: t("rooms.conveyance.mode"), value: `${t(`rooms.conveyance.mode.${data.mode}`)} · ${t(`rooms.conveyance.flow.${data.flow}`)}` },
                { label: t("rooms.conveyance.route"), value: `${data.origin} – ${data.destination}` },
                { label: t("rooms.waybill.shipper"), value: data.shipper || "–" },
                { label: t("rooms.waybill.consignee"), value: data.consignee || "–" },
                { label: t("rooms.waybill.goods"), value: data.goods },
                { label: t("rooms.waybill.packages"), value: data.packages },
                { label: t("rooms.waybill.gross"), value: data.gross_kg },
                { label: t("rooms.waybill.arrivedAt"), value: <When at={data.arrived_at} /> },
                ...(data.release
                  ? [
                      { label: t("rooms.waybill.releasedAt"), value: <When at={data.release.at} /> },
                      { label: t("rooms.waybill.releaseMode"), value: tx(data.release.mode_text) },
                      { label: t("rooms.waybill.entry"), value: <span className="mono">{data.release.entry_id ?? "–"}</span> },
                    ]
                  : []),
              ]}
            />
            {data.taken_off && <Alert type="info" showIcon title={t("rooms.waybill.takenOff")} description={data.taken_off} />}
            {data.findings.length > 0 && (
              <>
                <h3>{t("rooms.waybill.findings")}</h3>
                <FindingList findings={data.findings} />
              </>
            )}
            <dl className="link-list">
              <dt>{t("rooms.waybill.on")}</dt>
              {data.carriages.map((one) => (
                <dd key={one.conveyance}>
                  <ObjectLink type="conveyance" id={one.conveyance} /> {one.packages} · {one.gross_kg} kg {one.shipment}
                </dd>
              ))}
              {data.declarations.length > 0 && <dt>{t("rooms.waybill.declarations")}</dt>}
              {data.declarations.map((one) => (
                <dd key={one.id}>
                  <ObjectLink type="declaration" id={one.id}>
                    {one.entry_id ?? one.id}
                  </ObjectLink>{" "}
                  {tx(one.status_text)}
                </dd>
              ))}
            </dl>
          </section>
          {data.units.length > 0 && (
            <Rows
              id="units"
              title={t("rooms.waybill.units")}
              heads={[t("rooms.waybill.container"), t("rooms.waybill.wagon"), t("rooms.waybill.size"), t("rooms.waybill.seal"), t("rooms.waybill.packages"), t("rooms.waybill.gross")]}
              rows={data.units.map((unit) => [unit.container ?? unit.uld ?? unit.wagon ?? "–", unit.wagon ?? "–", unit.size_type ?? "–", unit.seals?.join(" ") || "–", unit.packages ?? "–", unit.gross_kg ?? "–"])}
            />
          )}
          {data.houses.length > 0 && (
            <Rows
              id="houses"
              title={t("rooms.waybill.houses")}
              heads={[t("rooms.waybill.number"), t("rooms.conveyance.route"), t("rooms.waybill.goods"), t("rooms.waybill.packages"), t("rooms.waybill.gross")]}
              rows={data.houses.map((house) => [house.number, `${house.origin} – ${house.destination}`, house.goods, house.packages, house.gross_kg])}
            />
          )}
          {data.statuses.length > 0 && (
            <Rows
              id="statuses"
              title={t("rooms.waybill.statuses")}
              heads={[t("worklist.status"), t("rooms.conveyance.at"), t("rooms.conveyance.place"), t("rooms.conveyance.number"), t("rooms.waybill.packages")]}
              rows={data.statuses.map((told) => [`${told.code} ${tx(told.text)}`, <When key="at" at={told.at} style="short" />, told.place ?? "–", told.flight ?? "–", told.packages ?? "–"])}
            />
          )}
          <Events entries={data.timeline} />
        </>
      )}
    </>
  );
}

function Rows({ id, title, heads, rows }: { id: string; title: string; heads: string[]; rows: React.ReactNode[][] }) {
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <TableScroll labelledBy={id}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...rest], at) => (
              <tr key={String(at)}>
                <th scope="row" className="mono">
                  {first}
                </th>
                {rest.map((cell, place) => (
                  <td key={String(place)}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </TableScroll>
    </section>
  );
}

function Release({ of }: { of: Waybill }) {
  const { t } = useI18n();
  const [mode, setMode] = useState<string>("06");
  const [entry, setEntry] = useState("");
  const [words, setWords] = useState("");
  const note = (label: string, required: boolean) => (
    <Field label={label} required={required}>
      <Input.TextArea aria-label={label} rows={3} maxLength={500} value={words} onChange={(event) => setWords(event.target.value)} />
    </Field>
  );
  return (
    <>
      {of.actions.includes("waybill.release") && (
        <ReasonAction
          type="primary"
          title={t("rooms.waybill.release")}
          okText={t("rooms.waybill.release")}
          success={t("rooms.conveyance.done")}
          onOpen={() => setWords("")}
          run={() => api.post(url`/waybills/${of.number}/release`, { mode, entry_id: entry.trim() || null, note: words.trim() || null })}
          body={
            <>
              {of.mode === "rail" && <p className="muted">{t("rooms.waybill.releaseHint")}</p>}
              <Field label={t("rooms.waybill.releaseMode")} required>
                <Select aria-label={t("rooms.waybill.releaseMode")} value={mode} onChange={setMode} options={RELEASE_MODES.map((value) => ({ value, label: t(`rooms.waybill.mode.${value}`) }))} />
              </Field>
              <Field label={t("rooms.waybill.entry")}>
                <Input aria-label={t("rooms.waybill.entry")} maxLength={18} value={entry} onChange={(event) => setEntry(event.target.value)} />
              </Field>
              {note(t("rooms.note"), false)}
            </>
          }
        >
          {t("rooms.waybill.release")}
        </ReasonAction>
      )}
      {of.actions.includes("waybill.revoke-release") && (
        <ReasonAction
          danger
          title={t("rooms.waybill.revoke")}
          okText={t("rooms.waybill.revoke")}
          success={t("rooms.conveyance.done")}
          onOpen={() => setWords("")}
          ready={words.trim().length >= 2}
          run={() => api.post(url`/waybills/${of.number}/revoke`, { reason: words.trim() })}
          body={note(t("rooms.reason"), true)}
        >
          {t("rooms.waybill.revoke")}
        </ReasonAction>
      )}
    </>
  );
}
