// One payment and the messages exchanged with the bank.
import { ArrowLeftOutlined, ArrowRightOutlined } from "@ant-design/icons";
import { Collapse } from "antd";
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Payment } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, MoneyText, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { RawText } from "../parts/RawText";
import { SandboxNote } from "./SandboxNote";

const PENDING_REFRESH_MS = 2_000;

export default function PaymentPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const payment = useGet<Payment>(url`/payments/${id}`);
  const open = payment.data?.status === "ordered" || payment.data?.status === "sent";
  // The bank's answer comes by message; the stream tells it, and this asks again in case the stream is interrupted.
  useGet<Payment>(open ? url`/payments/${id}` : null, undefined, { refetchInterval: PENDING_REFRESH_MS });
  const data = payment.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.payment")}
        back={
          data
            ? { to: data.purpose === "duty-notice" ? url`/duty-notices/${data.object}` : url`/delivery-orders/${data.object}`, text: data.object }
            : undefined
        }
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {payment.error && <ProblemAlert error={payment.error} retry={() => void payment.refetch()} />}
      {payment.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={t("rooms.payment.facts")}>
            <p className="big-figure">
              <MoneyText value={data.amount} strong />
            </p>
            <KeyFacts
              facts={[
                { label: t("rooms.payment.for"), value: <ObjectLink type={data.purpose} id={data.object} /> },
                { label: t("rooms.duty.payer"), value: tx(data.payer.name) },
                { label: t("rooms.payment.orderedAt"), value: <When at={data.ordered_at} style="second" /> },
                { label: t("rooms.payment.settledAt"), value: <When at={data.settled_at} style="second" /> },
                { label: t("rooms.payment.bankReference"), value: data.bank_reference && <span className="mono">{data.bank_reference}</span> },
              ]}
            />
            {data.failure && <p className="damage">{data.failure}</p>}
            <SandboxNote />
          </section>
          <section className="panel">
            <h2>{t("rooms.payment.messages")}</h2>
            <Collapse
              defaultActiveKey={["0"]}
              items={data.messages.map((message, at) => ({
                key: String(at),
                label: (
                  <span>
                    {message.direction === "out" ? (
                      <ArrowRightOutlined aria-label={t("rooms.message.out")} />
                    ) : (
                      <ArrowLeftOutlined aria-label={t("rooms.message.in")} />
                    )}{" "}
                    <span className="mono">{message.kind}</span>{" "}
                    <span className="muted">
                      <When at={message.at} style="second" />
                    </span>
                  </span>
                ),
                children: <RawText label={message.kind} text={message.body} />,
              }))}
            />
          </section>
        </>
      )}
    </>
  );
}
