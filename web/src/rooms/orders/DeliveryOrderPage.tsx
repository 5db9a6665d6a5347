// One delivery order: charges, issue, transfer, and single use at the gate.
import { CarOutlined, FilePdfOutlined, SwapOutlined } from "@ant-design/icons";
import { Input, InputNumber, Select, Steps } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan, useSession } from "../../api/session";
import type { DeliveryOrder, Organisation, Page, Payment } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, KeyFacts, Loading, MoneyText, ObjectLink, PageHeader, ProblemAlert, QrCode, StatusTag, When } from "../../parts";
import { SandboxNote } from "../duty/SandboxNote";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { ChargeState } from "./DeliveryOrders";

const FREE_DAYS_USUAL = 4;
const FREE_DAYS_MAX = 60;

export default function DeliveryOrderPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/delivery-orders/${id}`;
  const order = useGet<DeliveryOrder>(path);
  const data = order.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.delivery-order")}
        back={{ to: "/delivery-orders", text: t("rooms.order.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <OrderActions order={data} path={path} />}
      />
      {order.error && <ProblemAlert error={order.error} retry={() => void order.refetch()} />}
      {order.isPending && <Loading />}
      {data && <Body order={data} />}
    </>
  );
}

function stepOf(order: DeliveryOrder): number {
  switch (order.status) {
    case "requested":
      return order.charge_state === "unpaid" ? 1 : 2;
    case "issued":
      return 3;
    case "transferred":
      return 4;
    case "redeemed":
      return 5;
    default:
      return 0;
  }
}

function Body({ order }: { order: DeliveryOrder }) {
  const { t, tx } = useI18n();
  const me = useSession()?.organisation.id;
  const mine = order.holder.id === me;
  const collectable = (order.status === "issued" || order.status === "transferred") && mine;
  return (
    <>
      <section className="panel wide-only" aria-label={t("rooms.order.progress")}>
        <Steps
          size="small"
          current={stepOf(order)}
          status={order.status === "cancelled" ? "error" : undefined}
          items={[
            { title: t("rooms.order.step.request") },
            { title: t("rooms.order.step.pay") },
            { title: t("rooms.order.step.issue") },
            { title: t("rooms.order.step.transfer") },
            { title: t("rooms.order.step.collect") },
          ]}
        />
      </section>
      <div className="split form-split">
        <div className="stack">
          <section className="panel" aria-label={t("rooms.order.facts")}>
            <KeyFacts
              facts={[
                { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={order.bill_no} /> },
                { label: t("rooms.call.ship"), value: <ObjectLink type="ship-call" id={order.call}>{`${order.ship_name} ${order.voyage}`}</ObjectLink> },
                { label: t("rooms.order.applicant"), value: tx(order.applicant.name) },
                { label: t("rooms.order.carrierAgent"), value: tx(order.carrier_agent.name) },
                { label: t("rooms.order.holder"), value: <strong>{tx(order.holder.name)}</strong> },
                {
                  label: t("rooms.order.charges"),
                  value: (
                    <>
                      <MoneyText value={order.charges} strong /> <ChargeState state={order.charge_state} />
                    </>
                  ),
                },
                { label: t("kind.payment"), value: order.payment && <ObjectLink type="payment" id={order.payment} /> },
                { label: t("rooms.order.issuedAt"), value: <When at={order.issued_at} /> },
                { label: t("rooms.order.freeDays"), value: order.free_days === null ? null : t("rooms.order.days", { n: order.free_days }) },
                {
                  label: t("rooms.order.freeUntil"),
                  value: order.free_until || order.free_days === null ? <When at={order.free_until} /> : t("rooms.order.fromLanding"),
                },
              ]}
            />
            {allows(order.actions, "delivery-order.pay") && order.charge_state === "unpaid" && <SandboxNote />}
          </section>
          <section className="panel">
            <h2>
              {t("rooms.container.title")} · {order.containers.length}
            </h2>
            <ul className="box-list">
              {order.containers.map((box) => (
                <li key={box.id}>
                  <ObjectLink type="container" id={box.id}>
                    {box.number}
                  </ObjectLink>
                  {box.redeemed_at ? (
                    <span className="muted">
                      {t("rooms.order.collected")} <When at={box.redeemed_at} style="short" />
                    </span>
                  ) : collectable ? (
                    <Link
                      className="button-link secondary small"
                      to={`/bookings/new?order=${encodeURIComponent(order.id)}&container=${encodeURIComponent(box.id)}`}
                    >
                      <CarOutlined aria-hidden="true" /> {t("rooms.booking.book")}
                    </Link>
                  ) : (
                    <span className="muted">{t("rooms.order.notCollected")}</span>
                  )}
                </li>
              ))}
            </ul>
          </section>
          {order.transfers.length > 0 && (
            <section className="panel">
              <h2>{t("rooms.order.transfers")}</h2>
              <ul className="object-list">
                {order.transfers.map((transfer) => (
                  <li key={transfer.at}>
                    {tx(transfer.from.name)} → {tx(transfer.to.name)}{" "}
                    <span className="muted">
                      <When at={transfer.at} />
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <div className="panel form-aside">
          {order.code && order.verify_url ? (
            <div className="certificate">
              <QrCode text={order.verify_url} size={196} label={t("rooms.order.qr")} />
              <CopyText text={order.code} />
              <p className="muted">{t("rooms.order.singleUse")}</p>
              <a href={order.verify_url}>{t("rooms.order.verify")}</a>
            </div>
          ) : (
            <p className="muted">{t("rooms.order.noCode")}</p>
          )}
        </div>
      </div>
    </>
  );
}

function OrderActions({ order, path }: { order: DeliveryOrder; path: string }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const can = useCan();
  const [words, setWords] = useState("");
  const [days, setDays] = useState(FREE_DAYS_USUAL);
  const may = (action: string) => allows(order.actions, action);
  const reason = (
    <Field label={t("rooms.reason")} required>
      <Input.TextArea aria-label={t("rooms.reason")} rows={3} value={words} onChange={(event) => setWords(event.target.value)} />
    </Field>
  );
  return (
    <>
      {order.code && (
        <a className="button-link secondary" href={fileUrl(`${path}/order.pdf`)} target="_blank" rel="noreferrer">
          <FilePdfOutlined aria-hidden="true" /> PDF
        </a>
      )}
      {may("delivery-order.pay") && (
        <ActionButton
          type="primary"
          confirm={t("rooms.order.payConfirm")}
          run={() => api.post<Payment>(`${path}/payment`)}
          onDone={(payment) => void navigate(url`/payments/${payment.id}`)}
        >
          {t("rooms.order.pay")}
        </ActionButton>
      )}
      {may("delivery-order.issue") && (
        <ReasonAction
          type="primary"
          title={t("rooms.order.issue")}
          okText={t("rooms.order.issue")}
          success={t("rooms.order.issued")}
          onOpen={() => setDays(FREE_DAYS_USUAL)}
          run={() => api.post(`${path}/issue`, { free_days: days })}
          body={
            <Field label={t("rooms.order.freeDays")} required>
              <InputNumber
                aria-label={t("rooms.order.freeDays")}
                min={0}
                max={FREE_DAYS_MAX}
                precision={0}
                value={days}
                onChange={(value) => setDays(value ?? 0)}
              />
            </Field>
          }
        >
          {t("rooms.order.issue")}
        </ReasonAction>
      )}
      {may("delivery-order.waive") && order.charge_state === "unpaid" && (
        <ReasonAction
          title={t("rooms.order.waive")}
          okText={t("rooms.order.waive")}
          success={t("rooms.saved")}
          onOpen={() => setWords("")}
          ready={words.trim() !== ""}
          run={() => api.post(`${path}/waive`, { reason: words.trim() })}
          body={reason}
        >
          {t("rooms.order.waive")}
        </ReasonAction>
      )}
      {may("delivery-order.transfer") && can("delivery-order.transfer") && <Transfer order={order} path={path} />}
      {may("delivery-order.cancel") && (
        <ReasonAction
          danger
          title={t("rooms.order.cancel")}
          okText={t("rooms.order.cancel")}
          success={t("rooms.saved")}
          onOpen={() => setWords("")}
          ready={words.trim() !== ""}
          run={() => api.post(`${path}/cancel`, { reason: words.trim() })}
          body={reason}
        >
          {t("rooms.order.cancel")}
        </ReasonAction>
      )}
    </>
  );
}

function Transfer({ order, path }: { order: DeliveryOrder; path: string }) {
  const { t, tx } = useI18n();
  const [to, setTo] = useState("");
  const truckers = useGet<Page<Organisation>>("/organisations", { role: "trucker" });
  const traders = useGet<Page<Organisation>>("/organisations", { role: "trader" });
  const options = [
    {
      label: t("role.trucker"),
      options: (truckers.data?.items ?? []).filter((org) => org.id !== order.holder.id).map((org) => ({ value: org.id, label: tx(org.name) })),
    },
    {
      label: t("role.trader"),
      options: (traders.data?.items ?? []).filter((org) => org.id !== order.holder.id).map((org) => ({ value: org.id, label: tx(org.name) })),
    },
  ];
  return (
    <ReasonAction
      type={order.status === "issued" ? "primary" : "default"}
      icon={<SwapOutlined aria-hidden="true" />}
      title={t("rooms.order.transfer")}
      okText={t("rooms.order.transferTo")}
      success={t("rooms.order.transferred")}
      onOpen={() => setTo("")}
      ready={to !== ""}
      run={() => api.post(`${path}/transfer`, { to })}
      body={
        <>
          <p>{t("rooms.order.transferText")}</p>
          <Field label={t("rooms.order.newHolder")} required>
            <Select
              aria-label={t("rooms.order.newHolder")}
              value={to || undefined}
              onChange={setTo}
              showSearch={{ optionFilterProp: "label" }}
              options={options}
              placeholder={t("rooms.code.choose")}
            />
          </Field>
        </>
      }
    >
      {t("rooms.order.transfer")}
    </ReasonAction>
  );
}
