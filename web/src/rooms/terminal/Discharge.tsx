// Discharge by tally sheet (卸船理货): pick a call, tick the boxes that are ashore with their positions, report them together.
import { SnippetsOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Input, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { api } from "../../api/client";
import { useAction, useGet, usePages } from "../../api/query";
import type { BatchResult, Call, Container, DischargeReport, Finding, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert } from "../../parts";
import { containerNumberFault } from "../checkdigits";
import { usePortClock } from "../parts/porttime";
import { parseTally, REPORTS_MAX, type TallyLine } from "./tally";

interface Row extends TallyLine {
  ticked: boolean;
}

interface Told {
  reports: DischargeReport[];
  result: BatchResult;
}

const blank = (container: string): Row => ({ container, position: "", seal: "", packages: "", damage: "", ticked: false });

export default function Discharge() {
  const { t } = useI18n();
  const clock = usePortClock();
  const [search, setSearch] = useSearchParams();
  const call = search.get("call") ?? "";
  const calls = useGet<Page<Call>>("/calls", { limit: 100 });
  const expected = usePages<Container>(call ? "/containers" : null, { call, status: "expected", limit: 200 });
  const [edits, setEdits] = useState<ReadonlyMap<string, Row>>(new Map());
  const [at, setAt] = useState(() => clock.toLocal(new Date()));
  const [company, setCompany] = useState("");
  const [pasting, setPasting] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const boxes = useMemo(() => expected.data?.pages.flatMap((page) => page.items) ?? [], [expected.data]);
  const listed = new Set(boxes.map((box) => box.number));
  const extra = [...edits.values()].filter((row) => !listed.has(row.container));
  const rows: { row: Row; box: Container | null }[] = [
    ...boxes.map((box) => ({ row: edits.get(box.number) ?? blank(box.number), box })),
    ...extra.map((row) => ({ row, box: null })),
  ];
  const ticked = rows.filter(({ row }) => row.ticked);
  const incomplete = ticked.filter(({ row }) => row.position.trim() === "");
  const edit = (row: Row) => setEdits((before) => new Map(before).set(row.container, row));
  const send = useAction<null, Told>(
    async () => {
      const reports = ticked.slice(0, REPORTS_MAX).map(({ row }): DischargeReport => ({
        container: row.container,
        call,
        at: clock.toInstant(at) ?? new Date().toISOString(),
        position: row.position.trim().toUpperCase(),
        seal: row.seal.trim() || null,
        packages: /^\d+$/.test(row.packages.trim()) ? Number(row.packages) : null,
        damage: row.damage.trim() || null,
        tally_company: company.trim() || null,
      }));
      return { reports, result: await api.post<BatchResult>("/containers/discharge", { reports }) };
    },
    (answer) => {
      setTold(answer);
      const failed = new Set(
        answer.result.findings.filter((finding) => finding.severity === "error").map((finding) => answer.reports[rowOf(finding)]?.container),
      );
      setEdits((before) => new Map([...before].filter(([number]) => failed.has(number))));
    },
  );
  const allTicked = rows.length > 0 && ticked.length === rows.length;
  return (
    <>
      <PageHeader
        title={t("rooms.discharge.title")}
        back={{ to: "/containers", text: t("rooms.container.title") }}
        actions={
          <Button icon={<SnippetsOutlined aria-hidden="true" />} disabled={!call} onClick={() => setPasting(true)}>
            {t("rooms.discharge.paste")}
          </Button>
        }
      >
        {t("rooms.discharge.lead")}
      </PageHeader>
      <section className="panel tally-head" aria-label={t("rooms.discharge.head")}>
        <label className="tally-field">
          <span>{t("kind.ship-call")}</span>
          <Select
            aria-label={t("kind.ship-call")}
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("rooms.manifest.chooseCall")}
            value={call || undefined}
            onChange={(value: string) => {
              setSearch({ call: value }, { replace: true });
              setEdits(new Map());
              setTold(null);
            }}
            options={
              calls.data?.items
                .filter((item) => item.status !== "departed")
                .map((item) => ({ value: item.id, label: `${item.ship_name} ${item.voyage_in} · ${item.id}` })) ?? []
            }
          />
        </label>
        <label className="tally-field">
          <span>{t("rooms.discharge.at")}</span>
          <Input type="datetime-local" aria-label={t("rooms.discharge.at")} value={at} onChange={(event) => setAt(event.target.value)} />
        </label>
        <label className="tally-field">
          <span>{t("rooms.discharge.company")}</span>
          <Input aria-label={t("rooms.discharge.company")} value={company} onChange={(event) => setCompany(event.target.value)} />
        </label>
      </section>
      {expected.error && <ProblemAlert error={expected.error} retry={() => void expected.refetch()} />}
      {told && <Result told={told} />}
      {call && expected.isPending && <Loading />}
      {call && !expected.isPending && rows.length === 0 && <Alert type="success" showIcon title={t("rooms.discharge.none")} />}
      {rows.length > 0 && (
        <section className="panel tally" aria-label={t("rooms.discharge.sheet")}>
          <div className="worklist">
            <div className="worklist-scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">
                      <Checkbox
                        checked={allTicked}
                        indeterminate={ticked.length > 0 && !allTicked}
                        onChange={(event) => setEdits(new Map(rows.map(({ row }) => [row.container, { ...row, ticked: event.target.checked }])))}
                      >
                        {t("rooms.container.number")}
                      </Checkbox>
                    </th>
                    <th scope="col">{t("rooms.container.size")}</th>
                    <th scope="col">{t("rooms.discharge.position")}</th>
                    <th scope="col">{t("rooms.container.seal")}</th>
                    <th scope="col">{t("rooms.bill.packages")}</th>
                    <th scope="col">{t("rooms.discharge.damage")}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map(({ row, box }) => {
                    const fault = containerNumberFault(row.container);
                    const cell = (name: "position" | "seal" | "packages" | "damage", label: string) => (
                      <td data-label={label}>
                        <Input
                          size="small"
                          aria-label={`${label} ${row.container}`}
                          value={row[name]}
                          status={name === "position" && row.ticked && !row.position.trim() ? "warning" : undefined}
                          onChange={(event) => edit({ ...row, [name]: event.target.value, ticked: row.ticked || event.target.value !== "" })}
                        />
                      </td>
                    );
                    return (
                      <tr key={row.container} className={row.ticked ? "row-ticked" : undefined}>
                        <th scope="row">
                          <Checkbox checked={row.ticked} onChange={(event) => edit({ ...row, ticked: event.target.checked })}>
                            <span className="mono">{row.container}</span>
                          </Checkbox>
                          {fault && (
                            <span className="field-fault">
                              {" "}
                              {fault.kind === "form" ? t("rooms.fault.containerForm") : t("rooms.fault.checkDigit", { expected: fault.expected })}
                            </span>
                          )}
                          {!box && <span className="damage"> {t("rooms.discharge.notExpected")}</span>}
                        </th>
                        <td data-label={t("rooms.container.size")} className="mono">
                          {box?.size_type ?? "–"}
                        </td>
                        {cell("position", t("rooms.discharge.position"))}
                        {cell("seal", t("rooms.container.seal"))}
                        {cell("packages", t("rooms.bill.packages"))}
                        {cell("damage", t("rooms.discharge.damage"))}
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </div>
          </div>
          {expected.hasNextPage && <Button onClick={() => void expected.fetchNextPage()}>{t("worklist.more")}</Button>}
        </section>
      )}
      {rows.length > 0 && (
        <div className="sticky-bar">
          <span role="status">
            {t("rooms.discharge.ticked", { n: ticked.length, of: rows.length })}
            {incomplete.length > 0 && ` · ${t("rooms.discharge.noPosition", { n: incomplete.length })}`}
          </span>
          <Button
            type="primary"
            size="large"
            disabled={ticked.length === 0 || incomplete.length > 0 || !clock.toInstant(at)}
            loading={send.isPending}
            onClick={() => send.mutate(null)}
          >
            {t("rooms.discharge.send")}
          </Button>
        </div>
      )}
      {send.error && <ProblemAlert error={send.error} />}
      <Paste
        open={pasting}
        close={() => setPasting(false)}
        take={(lines) => {
          setEdits((before) => {
            const next = new Map(before);
            for (const line of lines) next.set(line.container, { ...line, ticked: true });
            return next;
          });
          setPasting(false);
        }}
      />
    </>
  );
}

/** Which report a finding is about: its pointer is `/reports/{i}`. */
function rowOf(finding: Finding): number {
  return Number(/^\/reports\/(\d+)/.exec(finding.pointer)?.[1] ?? -1);
}

function Result({ told }: { told: Told }) {
  const { t, tx } = useI18n();
  const { reports, result } = told;
  return (
    <section className="panel" aria-label={t("rooms.discharge.result")}>
      <Alert
        type={result.findings.length === 0 ? "success" : "warning"}
        showIcon
        title={t("rooms.discharge.accepted", { n: result.accepted, of: reports.length })}
        role="status"
      />
      {result.findings.length > 0 && (
        <ul className="object-list">
          {result.findings.map((finding) => (
            <li key={`${finding.pointer} ${finding.code}`}>
              <span className="mono">{reports[rowOf(finding)]?.container ?? finding.pointer}</span>{" "}
              <span className={`field-fault-${finding.severity}`}>{tx(finding.message)}</span> <span className="muted">{tx(finding.hint)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Paste({ open, close, take }: { open: boolean; close: () => void; take: (lines: TallyLine[]) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const lines = parseTally(text);
  return (
    <Modal
      open={open}
      title={t("rooms.discharge.paste")}
      width={640}
      onCancel={close}
      okText={t("rooms.discharge.take", { n: lines.length })}
      cancelText={t("action.cancel")}
      okButtonProps={{ disabled: lines.length === 0 }}
      closable={{ "aria-label": t("action.close") }}
      onOk={() => {
        take(lines);
        setText("");
      }}
    >
      <div className="dialog-fields">
        <p>{t("rooms.discharge.pasteLead")}</p>
        <Input.TextArea aria-label={t("rooms.discharge.paste")} rows={10} className="mono" value={text} onChange={(event) => setText(event.target.value)} />
      </div>
    </Modal>
  );
}
