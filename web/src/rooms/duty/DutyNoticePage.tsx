// One duty notice: how each amount came about, and two ways to settle it.
import { BankOutlined, FilePdfOutlined } from "@ant-design/icons";
import { Alert, Radio } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DutyNotice, Guarantee, Page, Payment } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, MoneyText, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { ReasonAction } from "../parts/ReasonAction";
import { SandboxNote } from "./SandboxNote";

export default function DutyNoticePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/duty-notices/${id}`;
  const notice = useGet<DutyNotice>(path);
  const data = notice.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.duty-notice")}
        back={{ to: "/duty-notices", text: t("rooms.duty.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={
          <a className="button-link secondary" href={fileUrl(`${path}/notice.pdf`)} target="_blank" rel="noreferrer">
            <FilePdfOutlined aria-hidden="true" /> PDF
          </a>
        }
      />
      {notice.error && <ProblemAlert error={notice.error} retry={() => void notice.refetch()} />}
      {notice.isPending && <Loading />}
      {data && <Body notice={data} path={path} />}
    </>
  );
}

function Body({ notice, path }: { notice: DutyNotice; path: string }) {
  const { t, tx, number } = useI18n();
  const navigate = useNavigate();
  const rate = (basisPoints: number) => `${number(basisPoints / 100, 2)} %`;
  return (
    <div className="split form-split">
      <div className="stack">
        <section className="panel" aria-label={t("rooms.duty.facts")}>
          <KeyFacts
            facts={[
              {
                label: t("kind.declaration"),
                value: (
                  <ObjectLink type="declaration" id={notice.declaration}>
                    {notice.entry_id ?? notice.declaration}
                  </ObjectLink>
                ),
              },
              { label: t("rooms.duty.payer"), value: tx(notice.payer.name) },
              { label: t("rooms.duty.issuedAt"), value: <When at={notice.issued_at} /> },
              { label: t("rooms.duty.dueAt"), value: <When at={notice.due_at} style="day" /> },
              notice.payment ? { label: t("kind.payment"), value: <ObjectLink type="payment" id={notice.payment} /> } : null,
              notice.guarantee ? { label: t("kind.guarantee"), value: <ObjectLink type="guarantee" id={notice.guarantee} /> } : null,
            ]}
          />
        </section>
        {notice.lines.map((line) => (
          <section key={String(line.g_no)} className="panel" aria-label={`${String(line.g_no)} ${line.name}`}>
            <h2>
              {line.g_no}. {line.name}
            </h2>
            <dl className="sum">
              <div>
                <dt>{t("rooms.duty.base")}</dt>
                <dd>
                  <MoneyText value={line.base} />
                </dd>
              </div>
              <div>
                <dt>
                  {t("rooms.duty.duty")} <span className="muted">{rate(line.duty_rate_bp)}</span>
                </dt>
                <dd>
                  <MoneyText value={line.duty} />
                </dd>
              </div>
              <div>
                <dt>
                  {t("rooms.duty.vat")} <span className="muted">{rate(line.vat_rate_bp)}</span>
                </dt>
                <dd>
                  <MoneyText value={line.vat} />
                </dd>
              </div>
            </dl>
            <h3>{t("rooms.duty.steps")}</h3>
            <ol className="steps-list">
              {line.steps.map((step, at) => (
                <li key={at}>{tx(step)}</li>
              ))}
            </ol>
          </section>
        ))}
        {(notice.exchange_label ?? notice.tariff_label) && (
          <p className="muted">
            {tx(notice.tariff_label)} {tx(notice.exchange_label)}
          </p>
        )}
      </div>
      <div className="panel form-aside">
        <h2>{t("rooms.duty.total")}</h2>
        <p className="big-figure">
          <MoneyText value={notice.total} strong />
        </p>
        {notice.status === "due" && (
          <p className="muted">
            {t("rooms.duty.payBy")} <When at={notice.due_at} style="day" /> (<When at={notice.due_at} relative />)
          </p>
        )}
        <div className="stack">
          {allows(notice.actions, "duty-notice.pay") && (
            <>
              <ActionButton
                type="primary"
                block
                icon={<BankOutlined aria-hidden="true" />}
                confirm={t("rooms.duty.payConfirm")}
                run={() => api.post<Payment>(`${path}/payment`)}
                onDone={(payment) => void navigate(url`/payments/${payment.id}`)}
              >
                {t("rooms.duty.pay")}
              </ActionButton>
              <SandboxNote />
            </>
          )}
          {allows(notice.actions, "duty-notice.guarantee") && <UseGuarantee notice={notice} path={path} />}
          {["paid", "guaranteed", "waived"].includes(notice.status) && <Alert type="success" showIcon title={tx(notice.status_text)} />}
        </div>
      </div>
    </div>
  );
}

function UseGuarantee({ notice, path }: { notice: DutyNotice; path: string }) {
  const { t } = useI18n();
  const guarantees = useGet<Page<Guarantee>>("/guarantees", { status: "active" });
  const [chosen, setChosen] = useState("");
  const usable = guarantees.data?.items ?? [];
  return (
    <ReasonAction
      title={t("rooms.duty.guarantee")}
      okText={t("rooms.duty.guaranteeUse")}
      success={t("rooms.duty.guaranteed")}
      ready={chosen !== ""}
      onOpen={() => setChosen(usable[0]?.id ?? "")}
      run={() => api.post(`${path}/guarantee`, { guarantee: chosen })}
      body={
        usable.length === 0 ? (
          <p className="muted">{t("rooms.duty.noGuarantee")}</p>
        ) : (
          <Radio.Group
            className="radio-list"
            value={chosen}
            onChange={(event) => setChosen(String(event.target.value))}
            options={usable.map((guarantee) => ({
              value: guarantee.id,
              disabled: guarantee.available.amount_minor < notice.total.amount_minor,
              label: (
                <span>
                  <span className="mono">{guarantee.id}</span> {guarantee.guarantor} · {t("rooms.guarantee.available")}{" "}
                  <MoneyText value={guarantee.available} />
                </span>
              ),
            }))}
          />
        )
      }
    >
      {t("rooms.duty.guarantee")}
    </ReasonAction>
  );
}
