// A manifest by form: bills, their containers, their goods. Check digits are told while typing; the platform's findings stand at their fields.
import { DeleteOutlined, PlusOutlined, SnippetsOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Modal, Select, Tabs } from "antd";
import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Call, Finding, Manifest, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, jumpToPointer, PageHeader, ProblemAlert } from "../../parts";
import { CodePicker } from "../parts/CodePicker";
import { controlStatus, Field } from "../parts/Field";
import type { TableName } from "../parts/codes";
import { textAt, withAt } from "../parts/pointer";
import { billsFromTable, emptyBill, emptyContainer, emptyGoods, liveFindings, missingFigures, toForm, type DraftBill, type ManifestDraft } from "./draft";

const SHOWN_TAB_MS = 60;

export default function NewManifest() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const calls = useGet<Page<Call>>("/calls", { limit: 100 });
  const [draft, setDraft] = useState<ManifestDraft>(() => ({ call: search.get("call") ?? "", function: "original", bills: [emptyBill()] }));
  const [told, setTold] = useState<Finding[] | null>(null);
  const [active, setActive] = useState(0);
  const [pasting, setPasting] = useState(false);
  const live = useMemo(() => liveFindings(draft), [draft]);
  const findings = useMemo(() => [...live, ...(told ?? []).filter((finding) => !live.some((own) => own.pointer === finding.pointer))], [live, told]);
  const set = (pointer: string, value: unknown) => {
    setDraft((before) => withAt(before, pointer, value));
    // A finding of the last check is about what was there before; it goes as soon as its field changes.
    setTold((before) => before?.filter((finding) => finding.pointer !== pointer) ?? null);
  };
  const check = useAction<null, { findings: Finding[] }>(
    async () => {
      const missing = missingFigures(draft);
      return missing.length > 0 ? { findings: missing } : api.post("/manifests/check", toForm(draft));
    },
    (answer) => setTold(answer.findings),
  );
  const send = useAction<null, Manifest>(
    () => api.post("/manifests", toForm(draft)),
    (manifest) => void navigate(url`/manifests/${manifest.id}`),
  );
  const pick = (finding: Finding) => {
    const bill = /^\/bills\/(\d+)/.exec(finding.pointer);
    if (bill) setActive(Number(bill[1]));
    setTimeout(() => jumpToPointer(finding.pointer), SHOWN_TAB_MS);
  };
  const addBill = () => {
    setActive(draft.bills.length);
    set("/bills", [...draft.bills, emptyBill(draft.bills.at(-1)?.discharge_port)]);
  };
  const removeBill = () => {
    set(
      "/bills",
      draft.bills.filter((_, place) => place !== active),
    );
    setActive(Math.max(0, active - 1));
  };
  const sendNow = () => {
    const missing = missingFigures(draft);
    if (missing.length > 0) setTold(missing);
    else send.mutate(null, { onError: (problem) => problem.findings.length > 0 && setTold(problem.findings) });
  };
  return (
    <>
      <PageHeader
        title={t("rooms.manifest.new")}
        back={{ to: "/manifests", text: t("rooms.manifest.title") }}
        actions={
          <Button icon={<SnippetsOutlined aria-hidden="true" />} onClick={() => setPasting(true)}>
            {t("rooms.manifest.paste")}
          </Button>
        }
      >
        {t("rooms.manifest.newLead")}
      </PageHeader>
      <div className="split form-split">
        <div className="stack">
          <section className="panel">
            <div className="form-grid">
              <Field label={t("kind.ship-call")} required pointer="/call" findings={at(findings, "/call")}>
                <Select
                  aria-label={t("kind.ship-call")}
                  value={draft.call || undefined}
                  placeholder={t("rooms.manifest.chooseCall")}
                  showSearch={{ optionFilterProp: "label" }}
                  onChange={(value: string) => set("/call", value)}
                  options={
                    calls.data?.items
                      .filter((call) => call.status !== "departed")
                      .map((call) => ({ value: call.id, label: `${call.ship_name} ${call.voyage_in} · ${call.id}` })) ?? []
                  }
                />
              </Field>
              <Field label={t("rooms.manifest.function")} pointer="/function" findings={at(findings, "/function")}>
                <Select
                  aria-label={t("rooms.manifest.function")}
                  value={draft.function}
                  onChange={(value: string) => set("/function", value)}
                  options={[
                    { value: "original", label: t("rooms.manifest.original") },
                    { value: "replace", label: t("rooms.manifest.replace") },
                  ]}
                />
              </Field>
            </div>
          </section>
          <div className="row">
            <Button icon={<PlusOutlined aria-hidden="true" />} onClick={addBill}>
              {t("rooms.manifest.addBill")}
            </Button>
            {draft.bills.length > 1 && (
              <Button icon={<DeleteOutlined aria-hidden="true" />} onClick={removeBill}>
                {t("rooms.manifest.removeBill", { bill: draft.bills[active]?.number || t("rooms.manifest.billN", { n: active + 1 }) })}
              </Button>
            )}
          </div>
          <Tabs
            type="card"
            activeKey={String(active)}
            onChange={(key) => setActive(Number(key))}
            items={draft.bills.map((bill, place) => {
              const wrong = findings.filter(
                (finding) => finding.pointer.startsWith(`/bills/${String(place)}/`) || finding.pointer === `/bills/${String(place)}`,
              ).length;
              return {
                key: String(place),
                label: `${bill.number || t("rooms.manifest.billN", { n: place + 1 })}${wrong ? ` (${String(wrong)})` : ""}`,
                children: <BillEditor base={`/bills/${String(place)}`} bill={bill} set={set} findings={findings} />,
              };
            })}
          />
        </div>
        <div className="panel form-aside">
          <h2>{t("rooms.manifest.review")}</h2>
          <p className="muted">
            {t("rooms.manifest.counts", { bills: draft.bills.length, containers: draft.bills.reduce((sum, bill) => sum + bill.containers.length, 0) })}
          </p>
          <div className="stack">
            <Button block loading={check.isPending} onClick={() => check.mutate(null)}>
              {t("rooms.check")}
            </Button>
            <Button block type="primary" disabled={live.length > 0 || !draft.call} loading={send.isPending} onClick={sendNow}>
              {t("rooms.manifest.send")}
            </Button>
          </div>
          {told?.length === 0 && live.length === 0 && <Alert type="success" showIcon title={t("rooms.check.clean")} />}
          <FindingList findings={findings} onPick={pick} />
          {check.error && <ProblemAlert error={check.error} />}
          {send.error && send.error.findings.length === 0 && <ProblemAlert error={send.error} />}
        </div>
      </div>
      <Paste
        open={pasting}
        close={() => setPasting(false)}
        take={(text) => {
          const bills = billsFromTable(text);
          if (bills.length > 0) {
            set("/bills", draft.bills.length === 1 && !draft.bills[0]?.number ? bills : [...draft.bills, ...bills]);
            setActive(0);
          }
          return bills.length;
        }}
      />
    </>
  );
}

function at(findings: readonly Finding[], pointer: string): Finding[] {
  return findings.filter((finding) => finding.pointer === pointer);
}

interface EditorProps {
  base: string;
  bill: DraftBill;
  set: (pointer: string, value: unknown) => void;
  findings: Finding[];
}

export function BillEditor({ base, bill, set, findings }: EditorProps) {
  const { t } = useI18n();
  const text = (name: string, label: string, required = false) => {
    const pointer = `${base}/${name}`;
    const own = at(findings, pointer);
    return (
      <Field label={label} pointer={pointer} required={required} findings={own}>
        <Input aria-label={label} status={controlStatus(own)} value={textAt(bill, name)} onChange={(event) => set(pointer, event.target.value)} />
      </Field>
    );
  };
  const code = (name: string, label: string, table: TableName, required = false) => {
    const pointer = `${base}/${name}`;
    const own = at(findings, pointer);
    return (
      <Field label={label} pointer={pointer} required={required} findings={own}>
        <CodePicker table={table} label={label} status={controlStatus(own)} value={textAt(bill, name)} onChange={(value) => set(pointer, value)} />
      </Field>
    );
  };
  return (
    <div className="stack" data-pointer={base}>
      <section className="panel">
        <div className="form-grid">
          {text("number", t("rooms.bill.number"), true)}
          {code("loading_port", t("rooms.bill.loadingPort"), "port", true)}
          {code("discharge_port", t("rooms.bill.dischargePort"), "port", true)}
          {text("delivery_place", t("rooms.bill.deliveryPlace"))}
          {bill.onward_port !== null && code("onward_port", t("rooms.bill.onwardPort"), "port")}
          {text("shipper/name", t("rooms.bill.shipper"), true)}
          {text("consignee/name", t("rooms.bill.consignee"), true)}
          {text("consignee/uscc", t("rooms.bill.uscc"))}
          {text("notify/name", t("rooms.bill.notify"))}
        </div>
      </section>
      <Rows
        title={t("rooms.container.title")}
        add={t("rooms.manifest.addContainer")}
        base={`${base}/containers`}
        rows={bill.containers}
        set={set}
        findings={findings}
        create={emptyContainer}
        columns={[
          { name: "number", label: t("rooms.container.number"), required: true, upper: true },
          { name: "size_type", label: t("rooms.container.size"), table: "container-size-type", required: true },
          { name: "seal", label: t("rooms.container.seal") },
          { name: "packages", label: t("rooms.bill.packages"), required: true },
          { name: "gross_kg", label: t("rooms.bill.gross"), required: true },
        ]}
      />
      <Rows
        title={t("rooms.bill.goods")}
        add={t("rooms.manifest.addGoods")}
        base={`${base}/goods`}
        rows={bill.goods}
        set={set}
        findings={findings}
        create={emptyGoods}
        columns={[
          { name: "description", label: t("rooms.goods.description"), required: true, grow: true },
          { name: "hs_code", label: t("rooms.goods.hs"), table: "hs-sample" },
          { name: "packages", label: t("rooms.bill.packages"), required: true },
          { name: "package_kind", label: t("rooms.goods.packageKind"), table: "package-kind", required: true },
          { name: "gross_kg", label: t("rooms.bill.gross"), required: true },
          { name: "un_number", label: t("rooms.goods.un") },
        ]}
      />
    </div>
  );
}

interface RowColumn {
  name: string;
  label: string;
  table?: TableName;
  required?: boolean;
  upper?: boolean;
  grow?: boolean;
}

interface RowsProps {
  title: string;
  add: string;
  base: string;
  rows: readonly object[];
  columns: RowColumn[];
  set: (pointer: string, value: unknown) => void;
  findings: Finding[];
  create: () => object;
}

function Rows({ title, add, base, rows, columns, set, findings, create }: RowsProps) {
  const { t } = useI18n();
  return (
    <section className="panel" data-pointer={base}>
      <h2>{title}</h2>
      <div className="edit-rows">
        {rows.map((row, place) => (
          <fieldset key={place} className="edit-row" data-pointer={`${base}/${String(place)}`}>
            <legend>{place + 1}</legend>
            {columns.map((column) => {
              const pointer = `${base}/${String(place)}/${column.name}`;
              const own = at(findings, pointer);
              const value = textAt(row, column.name);
              const label = `${column.label} ${String(place + 1)}`;
              return (
                <Field
                  key={column.name}
                  label={column.label}
                  pointer={pointer}
                  required={column.required}
                  findings={own}
                  className={column.grow ? "field-grow" : undefined}
                >
                  {column.table ? (
                    <CodePicker table={column.table} label={label} status={controlStatus(own)} value={value} onChange={(next) => set(pointer, next)} />
                  ) : (
                    <Input
                      aria-label={label}
                      status={controlStatus(own)}
                      value={value}
                      onChange={(event) => set(pointer, column.upper ? event.target.value.toUpperCase() : event.target.value)}
                    />
                  )}
                </Field>
              );
            })}
            {rows.length > 1 && (
              <Button
                type="text"
                icon={<DeleteOutlined aria-hidden="true" />}
                aria-label={t("rooms.removeRow", { n: place + 1 })}
                onClick={() =>
                  set(
                    base,
                    rows.filter((_, other) => other !== place),
                  )
                }
              />
            )}
          </fieldset>
        ))}
      </div>
      <Button type="dashed" icon={<PlusOutlined aria-hidden="true" />} onClick={() => set(base, [...rows, create()])}>
        {add}
      </Button>
    </section>
  );
}

function Paste({ open, close, take }: { open: boolean; close: () => void; take: (text: string) => number }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [none, setNone] = useState(false);
  return (
    <Modal
      open={open}
      title={t("rooms.manifest.paste")}
      width={760}
      onCancel={close}
      okText={t("rooms.manifest.pasteTake")}
      cancelText={t("action.cancel")}
      okButtonProps={{ disabled: !text.trim() }}
      closable={{ "aria-label": t("action.close") }}
      onOk={() => {
        const count = take(text);
        setNone(count === 0);
        if (count > 0) {
          setText("");
          close();
        }
      }}
    >
      <div className="dialog-fields">
        <p>{t("rooms.manifest.pasteLead")}</p>
        <p className="paste-columns">{t("rooms.manifest.pasteColumns")}</p>
        <Input.TextArea aria-label={t("rooms.manifest.paste")} rows={10} className="mono" value={text} onChange={(event) => setText(event.target.value)} />
        {none && <Alert type="warning" showIcon title={t("rooms.manifest.pasteNone")} />}
      </div>
    </Modal>
  );
}
