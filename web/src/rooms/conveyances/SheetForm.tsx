// What the yard reports of a train, filled in as on the waybills: check, tick, change what is not so.
import { Alert, Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import { useAction } from "../../api/query";
import type { Conveyance, SheetLine, SheetResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList } from "../../parts";
import { ReasonAction } from "../parts/ReasonAction";
import { TableScroll } from "./TableScroll";

export const SHEETS_OF: Record<string, readonly SheetName[]> = { import: ["import-tally"], export: ["export-arrival", "loading", "export-tally"] };
type SheetName = "import-tally" | "export-arrival" | "export-tally" | "loading";

interface Row {
  waybill: string;
  wagon: string;
  container: string;
  size_type: string;
  seal: string;
  packages: string;
  gross_kg: string;
  note: string;
  ticked: boolean;
}

/** The units of the waybills that the sheet does not have yet. */
function rowsOf(of: Conveyance, sheet: SheetName): Row[] {
  const told = new Set(of.sheets.find((one) => one.kind === sheet)?.lines.map((line) => `${line.waybill} ${line.container ?? line.wagon ?? ""}`));
  return of.items.flatMap((waybill) => {
    const units = waybill.units.length > 0 ? waybill.units : [{ wagon: null, container: null, size_type: null, seals: [], packages: waybill.packages, gross_kg: waybill.gross_kg }];
    return units
      .filter((unit) => !told.has(`${waybill.number} ${unit.container ?? unit.wagon ?? ""}`))
      .map((unit) => ({
        waybill: waybill.number,
        wagon: unit.wagon ?? "",
        container: unit.container ?? "",
        size_type: unit.size_type ?? "",
        seal: unit.seals?.join(" ") ?? "",
        packages: unit.packages === null ? "" : String(unit.packages),
        gross_kg: unit.gross_kg ?? "",
        note: "",
        ticked: false,
      }));
  });
}

const FIELDS = [
  ["wagon", "rooms.waybill.wagon"],
  ["container", "rooms.waybill.container"],
  ["seal", "rooms.waybill.seal"],
  ["packages", "rooms.waybill.packages"],
  ["gross_kg", "rooms.waybill.gross"],
  ["note", "rooms.waybill.note"],
] as const;

export function ReportSheet({ of, sheet }: { of: Conveyance; sheet: SheetName }) {
  const { t } = useI18n();
  const [rows, setRows] = useState<Row[]>([]);
  const [result, setResult] = useState<SheetResult | null>(null);
  const set = (at: number, change: Partial<Row>) => setRows((before) => before.map((row, place) => (place === at ? { ...row, ...change } : row)));
  const chosen = rows.filter((row) => row.ticked);
  const label = t(`rooms.sheet.report.${sheet}`);
  return (
    <>
      <ReasonAction<SheetResult>
        title={label}
        okText={t("rooms.sheet.send")}
        width={980}
        onOpen={() => {
          setRows(rowsOf(of, sheet));
          setResult(null);
        }}
        ready={chosen.length > 0}
        run={() =>
          api.post(url`/conveyances/${of.id}/sheets`, {
            sheet,
            ended_at: new Date().toISOString(),
            lines: chosen.map((row) => ({
              waybill: row.waybill,
              wagon: row.wagon,
              container: row.container,
              size_type: row.size_type,
              seals: row.seal.split(/\s+/).filter(Boolean),
              packages: row.packages.trim() ? Number(row.packages) : null,
              gross_kg: row.gross_kg,
              note: row.note.trim() || null,
            })),
          })
        }
        onDone={setResult}
        body={
          <>
            <p className="muted">{t("rooms.sheet.lead")}</p>
            <TableScroll label={label}>
                <thead>
                  <tr>
                    <th>{t("rooms.waybill.number")}</th>
                    {FIELDS.map(([name, key]) => (
                      <th key={name}>{t(key)}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row, at) => {
                    const unit = row.container || row.wagon || row.waybill;
                    return (
                      <tr key={`${row.waybill} ${String(at)}`}>
                        <th scope="row">
                          <Checkbox checked={row.ticked} onChange={(event) => set(at, { ticked: event.target.checked })} aria-label={t("rooms.sheet.tick", { unit })} /> <span className="mono">{row.waybill}</span>
                        </th>
                        {FIELDS.map(([name, key]) => (
                          <td key={name}>
                            <Input size="small" aria-label={`${t(key)} ${unit}`} maxLength={64} value={row[name]} onChange={(event) => set(at, { [name]: event.target.value })} />
                          </td>
                        ))}
                      </tr>
                    );
                  })}
                </tbody>
              </TableScroll>
            <p className="muted" role="status">
              {t("rooms.sheet.chosen", { n: chosen.length })}
            </p>
          </>
        }
      >
        {label}
      </ReasonAction>
      {result && result.findings.length > 0 && <Alert type="warning" showIcon title={t("rooms.sheet.sent", { n: result.accepted })} description={<FindingList findings={result.findings} />} />}
    </>
  );
}

export function TakeOff({ of, sheet, line }: { of: Conveyance; sheet: string; line: SheetLine }) {
  const { t } = useI18n();
  const unit = line.container ?? line.wagon ?? "";
  const remove = useAction<null, SheetResult>(() => api.post(url`/conveyances/${of.id}/sheets/delete`, { sheet, lines: [{ waybill: line.waybill, unit }] }));
  return (
    <>
      <Button size="small" danger loading={remove.isPending} onClick={() => remove.mutate(null)} aria-label={t("rooms.sheet.deleteOf", { unit: unit || (line.waybill ?? "") })}>
        {t("rooms.sheet.delete")}
      </Button>
      {remove.data && remove.data.findings.length > 0 && <FindingList findings={remove.data.findings} />}
    </>
  );
}
