// The declaration form (报关单录入): everything on one page, saved as typed, all findings at once beside it.
import { CheckCircleOutlined, CloudSyncOutlined, CopyOutlined, DeleteOutlined, PlusOutlined, SendOutlined, WarningOutlined } from "@ant-design/icons";
import { Alert, Button, Segmented } from "antd";
import { useCallback, useState } from "react";
import { useNavigate } from "react-router";
import { api, Problem, url, type Answer } from "../../api/client";
import { useAction } from "../../api/query";
import { useCan } from "../../api/session";
import type { Bill, Declaration, DeclarationForm, Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, FindingList, jumpToPointer, ObjectLink, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { ProposeAgreement } from "../agreements/ProposeAgreement";
import { allows } from "../parts/allows";
import { controlStatus, worst } from "../parts/Field";
import { DocumentsEditor } from "./DocumentsEditor";
import { containerFields, labelOfPointer, priceStatements, sections } from "./fields";
import { FieldInput } from "./FieldInput";
import { GoodsDrawer } from "./GoodsDrawer";
import { emptyContainerLine, emptyGoodsLine, linesFromBill } from "./lines";
import { useDraft, type SaveState } from "./useDraft";

/** Time for a drawer or a row to be on the page before it is jumped to. */
const SHOWN_MS = 350;

export function DraftForm({ path, answer }: { path: string; answer: Answer<Declaration> }) {
  const { t, lang } = useI18n();
  const navigate = useNavigate();
  const can = useCan();
  const [told, setTold] = useState<Finding[] | null>(null);
  const [goods, setGoods] = useState<number | null>(null);
  // Once checked, the list follows what is typed.
  const recheck = useCallback((form: DeclarationForm) => {
    setTold((before) => {
      if (before !== null)
        void api.post<{ findings: Finding[] }>("/declarations/check", form).then(
          (fresh) => setTold(fresh.findings),
          () => undefined,
        );
      return before;
    });
  }, []);
  const draft = useDraft(path, answer, recheck);
  const { form, set } = draft;
  const findings = told ?? [];
  const check = useAction<null, { findings: Finding[] }>(
    () => api.post("/declarations/check", form),
    (result) => setTold(result.findings),
  );
  const submit = useAction<null, Declaration>(async () => {
    if (!(await draft.flush())) throw new Problem({ status: 412, code: "draft-not-saved" });
    return api.post<Declaration>(`${path}/submit`);
  });
  const pick = (finding: Finding) => {
    const item = /^\/goods\/(\d+)(\/|$)/.exec(finding.pointer);
    if (item && form.goods[Number(item[1])]) setGoods(Number(item[1]));
    else setGoods(null);
    setTimeout(() => jumpToPointer(finding.pointer), item ? SHOWN_MS : 0);
  };
  const data = answer.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{data.id}</span>}
        tab={data.id}
        eyebrow={t("kind.declaration")}
        back={{ to: "/declarations", text: t("rooms.decl.title") }}
        tags={
          <>
            <StatusTag status={data.status} text={data.status_text} />
            <SavedMark state={draft.state} />
          </>
        }
        actions={
          allows(data.actions, "declaration.discard") && (
            <ActionButton
              danger
              confirm={t("rooms.decl.discardConfirm")}
              run={() => api.delete(path)}
              onDone={() => void navigate("/declarations", { replace: true })}
            >
              {t("rooms.decl.discard")}
            </ActionButton>
          )
        }
      />
      {data.status === "rejected" && <Alert type="error" showIcon title={t("rooms.decl.rejectedTitle")} description={data.reason ?? undefined} />}
      {draft.state.kind === "conflict" && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t("rooms.decl.conflict")}
          description={t("rooms.decl.conflictText")}
          action={
            <span className="row">
              <Button onClick={() => void draft.takeTheirs()}>{t("rooms.decl.takeTheirs")}</Button>
              <Button type="primary" onClick={() => void draft.keepMine()}>
                {t("rooms.decl.keepMine")}
              </Button>
            </span>
          }
        />
      )}
      {draft.state.kind === "failed" && <ProblemAlert error={draft.state.error} retry={() => void draft.flush()} />}
      <div className="split form-split">
        <div className="stack">
          {sections.map((section) => (
            <section key={section.id} className="panel" aria-labelledby={`section-${section.id}`}>
              <h2 id={`section-${section.id}`}>{lang === "zh" ? section.zh : section.en}</h2>
              <div className="form-grid form-grid-4">
                {section.fields.map((spec) => (
                  <FieldInput key={spec.name} spec={spec} base="" form={form} findings={findings} set={set} />
                ))}
              </div>
            </section>
          ))}
          <GoodsTable form={form} set={set} findings={findings} open={setGoods} />
          <ContainersEditor form={form} set={set} findings={findings} />
          <DocumentsEditor form={form} set={set} findings={findings} />
          <Statements form={form} set={set} findings={findings} />
        </div>
        <div className="panel form-aside">
          <h2>{t("rooms.decl.review")}</h2>
          {data.bill && (
            <p className="muted">
              {t("rooms.decl.fromBill")} <ObjectLink type="bill" id={data.bill.number} />
            </p>
          )}
          <div className="stack">
            <Button block icon={<CheckCircleOutlined aria-hidden="true" />} loading={check.isPending} onClick={() => check.mutate(null)}>
              {t("rooms.check")}
            </Button>
            <Button
              block
              type="primary"
              icon={<SendOutlined aria-hidden="true" />}
              loading={submit.isPending}
              disabled={draft.state.kind === "conflict"}
              onClick={() => submit.mutate(null, { onError: (problem) => problem.findings.length > 0 && setTold(problem.findings) })}
            >
              {t("rooms.decl.submit")}
            </Button>
          </div>
          {submit.error && submit.error.findings.length === 0 && <ProblemAlert error={submit.error} />}
          {submit.error && submit.error.findings.length > 0 && (
            <p className="refused-note" role="alert">
              {t("rooms.decl.notSent")}
            </p>
          )}
          {check.error && <ProblemAlert error={check.error} />}
          {told?.length === 0 && <Alert type="success" showIcon title={t("rooms.check.clean")} />}
          <FindingList findings={findings.map((finding) => ({ ...finding, message: named(finding) }))} onPick={pick} />
          {findings.some((finding) => finding.code === "declaration-agency-missing") && can("agency.propose") && (
            <div className="stack">
              <p className="muted">{t("rooms.decl.agencyHint")}</p>
              <ProposeAgreement bill={form.bill_no.trim()} />
            </div>
          )}
          {told === null && <p className="muted">{t("rooms.decl.checkHint")}</p>}
        </div>
      </div>
      <GoodsDrawer
        at={goods}
        close={() => setGoods(null)}
        form={form}
        set={set}
        findings={findings}
        step={(by) => setGoods((before) => (before === null ? null : Math.max(0, Math.min(form.goods.length - 1, before + by))))}
      />
    </>
  );
}

/** The finding's message with the name of its field in front. */
function named(finding: Finding): Finding["message"] {
  const label = labelOfPointer(finding.pointer);
  return { zh: `${label.zh}：${finding.message.zh}`, en: `${label.en}: ${finding.message.en}` };
}

function SavedMark({ state }: { state: SaveState }) {
  const { t } = useI18n();
  const clock = state.kind === "saved" && state.at ? state.at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit" }) : "";
  const words = {
    saved: clock ? t("rooms.decl.savedAt", { at: clock }) : t("rooms.decl.saved"),
    dirty: t("rooms.decl.dirty"),
    saving: t("rooms.decl.saving"),
    conflict: t("rooms.decl.conflictShort"),
    failed: t("rooms.decl.saveFailed"),
  }[state.kind];
  const icon = state.kind === "conflict" || state.kind === "failed" ? <WarningOutlined aria-hidden="true" /> : <CloudSyncOutlined aria-hidden="true" />;
  return (
    <span className={`saved-mark saved-${state.kind}`} role="status">
      {icon} {words}
    </span>
  );
}

interface PartProps {
  form: DeclarationForm;
  set: (pointer: string, value: unknown) => void;
  findings: Finding[];
}

function GoodsTable({ form, set, findings, open }: PartProps & { open: (at: number) => void }) {
  const { t } = useI18n();
  return (
    <section className="panel" data-pointer="/goods" aria-labelledby="section-goods">
      <div className="panel-head">
        <h2 id="section-goods">
          {t("rooms.bill.goods")} · {form.goods.length}
        </h2>
        <Button
          icon={<PlusOutlined aria-hidden="true" />}
          onClick={() => {
            set("/goods", [...form.goods, emptyGoodsLine(form.goods.length + 1)]);
            open(form.goods.length);
          }}
        >
          {t("rooms.decl.addGoods")}
        </Button>
      </div>
      <div className="worklist">
        <div className="worklist-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("rooms.decl.gNo")}</th>
                <th scope="col">{t("rooms.goods.hs")}</th>
                <th scope="col">{t("rooms.goods.description")}</th>
                <th scope="col" className="right">
                  {t("rooms.decl.quantity")}
                </th>
                <th scope="col" className="right">
                  {t("rooms.decl.total")}
                </th>
                <th scope="col">{t("rooms.decl.origin")}</th>
                <th scope="col">
                  <span className="visually-hidden">{t("rooms.decl.lineActions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {form.goods.map((item, at) => {
                const own = findings.filter((finding) => finding.pointer.startsWith(`/goods/${String(at)}/`) || finding.pointer === `/goods/${String(at)}`);
                const severity = worst(own);
                return (
                  <tr key={at} data-pointer={`/goods/${String(at)}`} className={severity ? `row-${severity}` : undefined}>
                    <th scope="row">
                      <button type="button" className="link-button" onClick={() => open(at)} aria-label={t("rooms.decl.openItem", { n: at + 1 })}>
                        {at + 1}
                        {own.length > 0 && <span className={`count count-${severity ?? "info"}`}>{own.length}</span>}
                      </button>
                    </th>
                    <td data-label={t("rooms.goods.hs")} className="mono">
                      {item.code_ts || <span className="none">–</span>}
                    </td>
                    <td data-label={t("rooms.goods.description")}>{item.g_name || <span className="none">–</span>}</td>
                    <td data-label={t("rooms.decl.quantity")} className="right">
                      {item.g_qty || "–"}
                    </td>
                    <td data-label={t("rooms.decl.total")} className="right">{`${item.decl_total || "–"} ${item.trade_curr}`}</td>
                    <td data-label={t("rooms.decl.origin")}>{item.origin_country || <span className="none">–</span>}</td>
                    <td className="line-actions">
                      <Button size="small" onClick={() => open(at)}>
                        {t("rooms.decl.editLine")}
                      </Button>
                      <Button
                        size="small"
                        type="text"
                        icon={<CopyOutlined aria-hidden="true" />}
                        aria-label={t("rooms.decl.copyLine", { n: at + 1 })}
                        onClick={() => set("/goods", [...form.goods, { ...item, g_no: String(form.goods.length + 1) }])}
                      />
                      <Button
                        size="small"
                        type="text"
                        disabled={form.goods.length === 1}
                        icon={<DeleteOutlined aria-hidden="true" />}
                        aria-label={t("rooms.removeRow", { n: at + 1 })}
                        onClick={() =>
                          set(
                            "/goods",
                            form.goods.filter((_, other) => other !== at),
                          )
                        }
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
      {form.goods.length === 0 && (
        <p className="goods-none">
          {t("rooms.decl.noGoods")}{" "}
          {form.bill_no && (
            <ActionButton run={() => api.get<Bill>(url`/bills/${form.bill_no}`)} onDone={(bill) => set("/goods", linesFromBill(bill.goods_full))}>
              {t("rooms.decl.goodsFromBill")}
            </ActionButton>
          )}
        </p>
      )}
      {findings
        .filter((finding) => finding.pointer === "/goods")
        .map((finding) => (
          <FieldNote key={finding.code} finding={finding} />
        ))}
    </section>
  );
}

function FieldNote({ finding }: { finding: Finding }) {
  const { tx } = useI18n();
  return (
    <p className={`field-fault field-fault-${finding.severity}`}>
      {tx(finding.message)} <span className="field-hint">{tx(finding.hint)}</span>
    </p>
  );
}

function ContainersEditor({ form, set, findings }: PartProps) {
  const { t } = useI18n();
  return (
    <section className="panel" data-pointer="/containers" aria-labelledby="section-containers">
      <h2 id="section-containers">
        {t("rooms.container.title")} · {form.containers.length}
      </h2>
      <div className="edit-rows">
        {form.containers.map((_, at) => (
          <fieldset key={at} className="edit-row" data-pointer={`/containers/${String(at)}`}>
            <legend>{at + 1}</legend>
            {containerFields.map((spec) => (
              <FieldInput key={spec.name} spec={spec} base={`/containers/${String(at)}`} form={form} findings={findings} set={set} />
            ))}
            <Button
              type="text"
              icon={<DeleteOutlined aria-hidden="true" />}
              aria-label={t("rooms.removeRow", { n: at + 1 })}
              onClick={() =>
                set(
                  "/containers",
                  form.containers.filter((__, other) => other !== at),
                )
              }
            />
          </fieldset>
        ))}
      </div>
      <Button type="dashed" icon={<PlusOutlined aria-hidden="true" />} onClick={() => set("/containers", [...form.containers, emptyContainerLine()])}>
        {t("rooms.manifest.addContainer")}
      </Button>
      {findings
        .filter((finding) => finding.pointer === "/containers")
        .map((finding) => (
          <FieldNote key={finding.code} finding={finding} />
        ))}
    </section>
  );
}

function Statements({ form, set, findings }: PartProps) {
  const { t, lang } = useI18n();
  const flags = form.promise_items.padEnd(priceStatements.length, "9");
  const own = findings.filter((finding) => finding.pointer.startsWith("/promise_items"));
  return (
    <section className={`panel ${controlStatus(own) ? "field-error" : ""}`} data-pointer="/promise_items" aria-labelledby="section-statement">
      <h2 id="section-statement">{t("rooms.decl.statement")}</h2>
      <p className="muted">{t("rooms.decl.statementText")}</p>
      <ul className="statements">
        {priceStatements.map((statement, at) => {
          const label = lang === "zh" ? statement.zh : statement.en;
          return (
            <li key={statement.en}>
              <span>{label}</span>
              <Segmented
                aria-label={label}
                value={flags[at]}
                onChange={(value) => set("/promise_items", `${flags.slice(0, at)}${value ?? "9"}${flags.slice(at + 1)}`)}
                options={[
                  { value: "1", label: t("state.yes") },
                  { value: "0", label: t("state.no") },
                  { value: "9", label: t("rooms.decl.leftOpen") },
                ]}
              />
            </li>
          );
        })}
      </ul>
      {own.map((finding) => (
        <FieldNote key={finding.code} finding={finding} />
      ))}
    </section>
  );
}
