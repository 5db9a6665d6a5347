// A declaration that has been sent: the answer, what is still open, and the content as declared.
import { CopyOutlined, FilePdfOutlined } from "@ant-design/icons";
import { Alert, Collapse, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useSession } from "../../api/session";
import type { Declaration } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, MoneyText, ObjectLink, PageHeader, StatusTag, When, type Fact } from "../../parts";
import { allows } from "../parts/allows";
import { CodeName } from "../parts/CodePicker";
import { Field } from "../parts/Field";
import { textAt } from "../parts/pointer";
import { ReasonAction } from "../parts/ReasonAction";
import { AnswerPanel } from "./AnswerPanel";
import { DecisionFacts } from "./DecisionFacts";
import { DocumentList } from "./DocumentsEditor";
import { goodsFields, priceStatements, sections, type FieldSpec } from "./fields";
import { MoreDocuments } from "./MoreDocuments";
import { NationalPanel } from "./NationalPanel";
import { OfficerActions } from "./OfficerActions";
import { Tracks } from "./Tracks";

export function DeclarationView({ declaration }: { declaration: Declaration }) {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const officer = useSession()?.user.role === "customs";
  const [reason, setReason] = useState("");
  const path = url`/declarations/${declaration.id}`;
  const { actions } = declaration;
  return (
    <>
      <PageHeader
        title={<span className="mono">{declaration.entry_id ?? declaration.id}</span>}
        tab={declaration.entry_id ?? declaration.id}
        eyebrow={`${t("kind.declaration")} · ${declaration.id}`}
        back={{ to: "/declarations", text: t("rooms.decl.title") }}
        tags={
          <>
            <StatusTag status={declaration.status} text={declaration.status_text} />
            {declaration.advance && <span className="mark">{t("rooms.decl.advance")}</span>}
          </>
        }
        actions={
          <>
            {declaration.released_at && (
              <a className="button-link" href={fileUrl(`${path}/release.pdf`)} target="_blank" rel="noreferrer">
                <FilePdfOutlined aria-hidden="true" /> {t("rooms.decl.releaseNotice")}
              </a>
            )}
            {officer && <OfficerActions declaration={declaration} />}
            {!officer && (
              <ActionButton
                icon={<CopyOutlined aria-hidden="true" />}
                run={() => api.post<Declaration>("/declarations", { copy_of: declaration.id })}
                onDone={(made) => void navigate(url`/declarations/${made.id}`)}
              >
                {t("rooms.decl.copy")}
              </ActionButton>
            )}
            {allows(actions, "declaration.withdraw") && (
              <ReasonAction
                danger
                title={t("rooms.decl.withdraw")}
                okText={t("rooms.decl.withdraw")}
                success={t("rooms.decl.withdrawn")}
                onOpen={() => setReason("")}
                ready={reason.trim() !== ""}
                run={() => api.post(`${path}/withdraw`, { reason: reason.trim() })}
                body={
                  <Field label={t("rooms.reason")} required>
                    <Input.TextArea aria-label={t("rooms.reason")} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
                  </Field>
                }
              >
                {t("rooms.decl.withdraw")}
              </ReasonAction>
            )}
          </>
        }
      />
      {declaration.reason && <Alert type="warning" showIcon title={tx(declaration.status_text)} description={declaration.reason} />}
      {declaration.hold && (
        <Alert
          type="error"
          showIcon
          title={t("rooms.decl.held")}
          description={
            <>
              {declaration.hold.reason} · <When at={declaration.hold.at} />
            </>
          }
        />
      )}
      <AnswerPanel declaration={declaration} />
      {declaration.overridden && (
        <Alert
          type="info"
          showIcon
          title={t(declaration.overridden.inspect ? "rooms.decl.overriddenOrdered" : "rooms.decl.overriddenSpared")}
          description={
            <>
              {declaration.overridden.reason && <>{declaration.overridden.reason} · </>}
              {declaration.overridden.officer && <span className="mono">{declaration.overridden.officer} · </span>}
              <When at={declaration.overridden.at} />
            </>
          }
        />
      )}
      {declaration.agreement && (
        <p className="muted" data-agreement={declaration.agreement}>
          {t("rooms.decl.agreement")}{" "}
          {officer ? <span className="mono">{declaration.agreement}</span> : <ObjectLink type="agency-agreement" id={declaration.agreement} />} ·{" "}
          {tx(declaration.organisation.name)}
        </p>
      )}
      <Tracks declaration={declaration} />
      {declaration.decision?.officer && <DecisionFacts decision={declaration.decision} officer={declaration.decision.officer} />}
      {declaration.duty_notice && (
        <section className="panel">
          <div className="panel-head">
            <h2>{t("kind.duty-notice")}</h2>
            <StatusTag status={declaration.duty_notice.status} text={declaration.duty_notice.status_text} />
          </div>
          <KeyFacts
            facts={[
              { label: t("rooms.number"), value: <ObjectLink type="duty-notice" id={declaration.duty_notice.id} /> },
              { label: t("rooms.duty.total"), value: <MoneyText value={declaration.duty_notice.total} strong /> },
              { label: t("rooms.duty.dueAt"), value: <When at={declaration.duty_notice.due_at} style="day" /> },
            ]}
          />
        </section>
      )}
      <NationalPanel declaration={declaration} />
      {allows(actions, "declaration.attach") && <MoreDocuments declaration={declaration} path={path} />}
      <Content declaration={declaration} />
    </>
  );
}

function Content({ declaration }: { declaration: Declaration }) {
  const { t, lang } = useI18n();
  const { form } = declaration;
  const value = (spec: FieldSpec, root: unknown) => {
    const text = textAt(root, spec.name);
    if (spec.table) return <CodeName table={spec.table} code={text} />;
    const choice = spec.choices?.find((candidate) => candidate.code === text);
    if (choice) return lang === "zh" ? choice.zh : choice.en;
    if (spec.kind === "flag") return text === "1" ? t("state.yes") : t("state.no");
    return text;
  };
  const facts = (specs: readonly FieldSpec[], root: unknown): Fact[] =>
    specs
      .filter((spec) => textAt(root, spec.name) !== "")
      .map((spec) => ({ label: <span title={spec.official}>{lang === "zh" ? spec.zh : spec.en}</span>, value: value(spec, root) }));
  return (
    <>
      <section className="panel" aria-labelledby="declared-goods">
        <h2 id="declared-goods">
          {t("rooms.bill.goods")} · {form.goods.length}
        </h2>
        <Collapse
          ghost
          defaultActiveKey={form.goods.length === 1 ? ["0"] : []}
          items={form.goods.map((item, at) => ({
            key: String(at),
            label: (
              <span>
                <strong>{at + 1}</strong> <span className="mono">{item.code_ts}</span> {item.g_name} · {item.decl_total} {item.trade_curr}
              </span>
            ),
            children: <KeyFacts facts={facts(goodsFields, item)} />,
          }))}
        />
      </section>
      <section className="panel" aria-labelledby="declared-content">
        <h2 id="declared-content">{t("rooms.decl.content")}</h2>
        {sections.map((section) => (
          <div key={section.id} className="content-section">
            <h3>{lang === "zh" ? section.zh : section.en}</h3>
            <KeyFacts facts={facts(section.fields, form)} />
          </div>
        ))}
        <div className="content-section">
          <h3>{t("rooms.container.title")}</h3>
          <p className="chips">
            {form.containers.map((box) =>
              declaration.bill ? (
                <ObjectLink key={box.container_id} type="container" id={`${box.container_id}-${declaration.bill.call}`} />
              ) : (
                <span key={box.container_id} className="mono">
                  {box.container_id}
                </span>
              ),
            )}
          </p>
        </div>
        <div className="content-section">
          <h3>{t("rooms.decl.statement")}</h3>
          <KeyFacts
            facts={priceStatements.map((statement, at) => ({
              label: lang === "zh" ? statement.zh : statement.en,
              value: form.promise_items[at] === "1" ? t("state.yes") : form.promise_items[at] === "0" ? t("state.no") : t("rooms.decl.leftOpen"),
            }))}
          />
        </div>
        <div className="content-section">
          <h3>{t("rooms.decl.documents")}</h3>
          <DocumentList documents={form.documents} declaration={declaration.id} />
        </div>
      </section>
    </>
  );
}
