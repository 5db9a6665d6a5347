// One train or flight with its papers: what is there, missing and different, and what may be done now.
import { PrinterOutlined } from "@ant-design/icons";
import { Alert, Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Conveyance, Sheet } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { conveyanceTone } from "./Conveyances";
import { Events } from "./Events";
import { Papers } from "./Papers";
import { ReportSheet, SHEETS_OF, TakeOff } from "./SheetForm";
import { AddWaybill } from "./WaybillForm";
import { TableScroll } from "./TableScroll";

export default function ConveyancePage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const found = useGet<Conveyance>(url`/conveyances/${id}`);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={data ? `${data.number} ${data.day}` : id}
        eyebrow={<span className="mono">{id}</span>}
        back={{ to: "/conveyances", text: t("rooms.conveyance.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={conveyanceTone(data.status)} />}
        actions={data && <Movements of={data} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={t("rooms.conveyance.facts")}>
            <KeyFacts
              facts={[
                { label: t("rooms.conveyance.mode"), value: `${t(`rooms.conveyance.mode.${data.mode}`)} · ${t(`rooms.conveyance.flow.${data.flow}`)}` },
                { label: t("rooms.conveyance.route"), value: `${data.origin} – ${data.destination}` },
                ...(data.border ? [{ label: t("rooms.conveyance.border"), value: data.border }] : []),
                ...(data.place ? [{ label: t("rooms.conveyance.place"), value: <span className="mono">{data.place}</span> }] : []),
                { label: t("rooms.conveyance.expected"), value: <When at={data.expected_at} /> },
                { label: t("rooms.conveyance.moved"), value: <When at={data.moved_at} /> },
                { label: t("rooms.conveyance.agent"), value: tx(data.agent.name) },
                { label: t("rooms.conveyance.terminal"), value: tx(data.terminal.name) },
                ...(data.message ? [{ label: t("rooms.conveyance.message"), value: <ObjectLink type="message" id={data.message} /> }] : []),
              ]}
            />
            {data.cancelled && <Alert type="info" showIcon title={t("rooms.conveyance.cancelled")} description={data.cancelled} />}
          </section>
          <Papers of={data} />
          <Waybills of={data} />
          {data.mode === "rail" && <Sheets of={data} />}
          <Events entries={data.timeline} />
        </>
      )}
    </>
  );
}

function Movements({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const [at, setAt] = useState("");
  const [reason, setReason] = useState("");
  const may = (action: string) => of.actions.includes(action);
  const instant = clock.toInstant(at);
  const moves = [
    { action: "conveyance.arrive", path: "arrival", label: t("rooms.conveyance.arrive") },
    { action: "conveyance.depart", path: "departure", label: t("rooms.conveyance.depart") },
  ];
  return (
    <>
      {moves
        .filter((move) => may(move.action))
        .map((move) => (
          <ReasonAction
            key={move.path}
            title={move.label}
            okText={move.label}
            success={t("rooms.conveyance.done")}
            onOpen={() => setAt(clock.toLocal(new Date()))}
            ready={instant !== null}
            run={() => api.post(`${url`/conveyances/${of.id}`}/${move.path}`, { at: instant })}
            body={
              <Field label={t("rooms.conveyance.at")} required hint={t("rooms.portTime")}>
                <Input type="datetime-local" aria-label={t("rooms.conveyance.at")} value={at} onChange={(event) => setAt(event.target.value)} />
              </Field>
            }
          >
            {move.label}
          </ReasonAction>
        ))}
      {may("conveyance.cancel") && (
        <ReasonAction
          danger
          title={t("rooms.conveyance.cancel")}
          okText={t("rooms.conveyance.cancel")}
          onOpen={() => setReason("")}
          ready={reason.trim().length >= 2}
          run={() => api.post(url`/conveyances/${of.id}/cancel`, { reason: reason.trim() })}
          body={
            <Field label={t("rooms.reason")} required>
              <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.conveyance.cancel")}
        </ReasonAction>
      )}
    </>
  );
}

function Waybills({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  return (
    <section className="panel" aria-labelledby="waybills-title">
      <div className="panel-head">
        <h2 id="waybills-title">{t("rooms.conveyance.waybills")}</h2>
        {of.actions.includes("conveyance.manifest") && <AddWaybill of={of} />}
      </div>
      {of.findings.length > 0 && <FindingList findings={of.findings} />}
      {of.items.length === 0 ? (
        <p className="muted">{t("rooms.waybill.empty")}</p>
      ) : (
        <TableScroll labelledBy="waybills-title">
            <thead>
              <tr>
                <th>{t("rooms.waybill.number")}</th>
                <th>{t("worklist.status")}</th>
                <th>{t("rooms.waybill.consignee")}</th>
                <th>{t("rooms.waybill.goods")}</th>
                <th className="right">{t("rooms.waybill.packages")}</th>
                <th className="right">{t("rooms.waybill.gross")}</th>
                <th>{t("rooms.waybill.units")}</th>
              </tr>
            </thead>
            <tbody>
              {of.items.map((row) => (
                <tr key={row.number}>
                  <th scope="row">
                    <ObjectLink type="waybill" id={row.number} />
                  </th>
                  <td>
                    <StatusTag status={row.status} text={row.status_text} tone={conveyanceTone(row.status)} />
                  </td>
                  <td>{row.consignee || "–"}</td>
                  <td>{row.goods}</td>
                  <td className="right">{row.packages}</td>
                  <td className="right">{row.gross_kg}</td>
                  <td className="mono">{row.units.map((unit) => unit.container ?? unit.uld ?? unit.wagon).join(" ")}</td>
                </tr>
              ))}
            </tbody>
          </TableScroll>
      )}
    </section>
  );
}

function Sheets({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  const printable = of.sheets.some((sheet) => sheet.kind === "import-tally" || sheet.kind === "export-arrival");
  return (
    <section className="panel" aria-labelledby="sheets-title">
      <div className="panel-head">
        <h2 id="sheets-title">{t("rooms.sheet.title")}</h2>
        <div className="row no-print">
          {of.actions.includes("conveyance.report-sheet") && SHEETS_OF[of.flow]?.map((sheet) => <ReportSheet key={sheet} of={of} sheet={sheet} />)}
          {printable && <PrintLink id={of.id} />}
        </div>
      </div>
      {of.sheets.length === 0 && <p className="muted">{t("rooms.sheet.none")}</p>}
      {of.sheets.map((sheet) => (
        <SheetView key={sheet.kind} of={of} sheet={sheet} />
      ))}
    </section>
  );
}

function PrintLink({ id }: { id: string }) {
  const { t, lang } = useI18n();
  return (
    <a className="button-link secondary" href={fileUrl(url`/conveyances/${id}/tally-sheet.pdf`, { lang })} target="_blank" rel="noreferrer">
      <PrinterOutlined aria-hidden="true" /> {t("rooms.sheet.print")}
    </a>
  );
}

function SheetView({ of, sheet }: { of: Conveyance; sheet: Sheet }) {
  const { t, tx } = useI18n();
  const name = `sheet-${sheet.kind}`;
  const may = of.actions.includes("conveyance.delete-sheet");
  return (
    <div className="sheet">
      <h3 id={name}>{tx(sheet.name)}</h3>
      <p className="muted">
        {t("rooms.sheet.by")} {tx(sheet.by.name)} · <When at={sheet.ended_at ?? sheet.at} style="short" />
        {sheet.place && ` · ${sheet.place}`}
        {sheet.message && (
          <>
            {" · "}
            <ObjectLink type="message" id={sheet.message} />
          </>
        )}
      </p>
      {sheet.differences.length === 0 ? (
        <Alert type="success" showIcon title={t("rooms.sheet.agrees")} />
      ) : (
        <>
          <h4 id={`${name}-differences`}>{t("rooms.sheet.differences")}</h4>
          <TableScroll labelledBy={`${name}-differences`}>
              <thead>
                <tr>
                  <th>{t("rooms.waybill.number")}</th>
                  <th>{t("rooms.waybill.container")}</th>
                  <th>{t("rooms.sheet.what")}</th>
                  <th>{t("rooms.sheet.manifested")}</th>
                  <th>{t("rooms.sheet.reported")}</th>
                </tr>
              </thead>
              <tbody>
                {sheet.differences.map((one) => (
                  <tr key={`${one.waybill} ${one.unit} ${one.kind}`}>
                    <th scope="row" className="mono">
                      {one.waybill}
                    </th>
                    <td className="mono">{one.unit || "–"}</td>
                    <td>
                      <StatusTag status={one.kind} text={one.text} tone="stop" />
                    </td>
                    <td>{one.manifested || "–"}</td>
                    <td>{one.reported || "–"}</td>
                  </tr>
                ))}
              </tbody>
            </TableScroll>
        </>
      )}
      <TableScroll labelledBy={name}>
          <thead>
            <tr>
              <th>{t("rooms.waybill.number")}</th>
              <th>{t("rooms.waybill.wagon")}</th>
              <th>{t("rooms.waybill.container")}</th>
              <th>{t("rooms.waybill.seal")}</th>
              <th className="right">{t("rooms.waybill.packages")}</th>
              <th className="right">{t("rooms.waybill.gross")}</th>
              <th>{t("rooms.waybill.note")}</th>
              {may && <th>{t("worklist.action")}</th>}
            </tr>
          </thead>
          <tbody>
            {sheet.lines.map((line) => (
              <tr key={`${line.waybill} ${line.container ?? line.wagon ?? ""}`}>
                <th scope="row" className="mono">
                  {line.waybill}
                </th>
                <td className="mono">{line.wagon ?? "–"}</td>
                <td className="mono">{line.container ? `${line.container} ${line.size_type ?? ""}` : "–"}</td>
                <td className="mono">{line.seals?.join(" ") || "–"}</td>
                <td className="right">{line.packages ?? "–"}</td>
                <td className="right">{line.gross_kg ?? "–"}</td>
                <td>{line.note ?? "–"}</td>
                {may && (
                  <td>
                    <TakeOff of={of} sheet={sheet.kind} line={line} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </TableScroll>
    </div>
  );
}
