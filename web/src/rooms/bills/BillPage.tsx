// One bill: parties, containers with their tally, goods, and the two things that follow from it: declaration and delivery order.
import { Button, Select } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Bill, Declaration, DeliveryOrder, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

export default function BillPage() {
  const { number = "" } = useParams();
  const { t } = useI18n();
  const navigate = useNavigate();
  const can = useCan();
  const bill = useGet<Bill>(url`/bills/${number}`);
  const data = bill.data;
  const declarable = data && data.ports.onward === null && data.declaration === null && can("declaration.draft");
  const orderable = data && data.ports.onward === null && data.delivery_order === null && can("delivery-order.request");
  return (
    <>
      <PageHeader
        title={<span className="mono">{number}</span>}
        tab={number}
        eyebrow={t("kind.bill")}
        back={{ to: "/bills", text: t("rooms.bill.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={
          data && (
            <>
              {can("manifest-change.apply") && data.status !== "cancelled" && (
                <Button onClick={() => void navigate(url`/manifest-changes/new?bill=${data.number}`)}>{t("rooms.change.new")}</Button>
              )}
              {can("transhipment.plan") && data.status !== "cancelled" && data.declaration === null && (
                <Button onClick={() => void navigate(url`/transhipments/new?bill=${data.number}`)}>{t("rooms.transhipment.new")}</Button>
              )}
              {declarable && (
                <ActionButton
                  type="primary"
                  run={() => api.post<Declaration>("/declarations", { bill_no: data.number })}
                  onDone={(made) => void navigate(url`/declarations/${made.id}`)}
                >
                  {t("rooms.bill.declare")}
                </ActionButton>
              )}
              {orderable && (
                <ActionButton
                  type={declarable ? "default" : "primary"}
                  confirm={t("rooms.bill.orderConfirm")}
                  run={() => api.post<DeliveryOrder>("/delivery-orders", { bill_no: data.number })}
                  onDone={(made) => void navigate(url`/delivery-orders/${made.id}`)}
                >
                  {t("rooms.bill.order")}
                </ActionButton>
              )}
              {data.consignee_full.uscc === null && data.declaration === null && can("bill.name-consignee") && <NameConsignee bill={data} />}
            </>
          )
        }
      />
      {bill.error && <ProblemAlert error={bill.error} retry={() => void bill.refetch()} />}
      {bill.isPending && <Loading />}
      {data && <BillBody bill={data} />}
    </>
  );
}

/** The manifest tells no credit code: the ship agent says who showed the original bill. */
function NameConsignee({ bill }: { bill: Bill }) {
  const { t, tx } = useI18n();
  const [organisation, setOrganisation] = useState("");
  const traders = useGet<Page<Organisation>>("/organisations", { role: "trader" });
  return (
    <ReasonAction
      title={t("rooms.bill.nameConsignee")}
      okText={t("rooms.bill.nameConsignee")}
      success={t("rooms.saved")}
      onOpen={() => setOrganisation("")}
      ready={organisation !== ""}
      run={() => api.post(url`/bills/${bill.number}/consignee`, { organisation })}
      body={
        <>
          <p>{t("rooms.bill.nameConsigneeText", { name: bill.consignee || "–" })}</p>
          <Field label={t("rooms.bill.consignee")} required>
            <Select
              aria-label={t("rooms.bill.consignee")}
              value={organisation || undefined}
              onChange={setOrganisation}
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t("rooms.code.choose")}
              options={(traders.data?.items ?? []).map((org) => ({ value: org.id, label: tx(org.name) }))}
            />
          </Field>
        </>
      }
    >
      {t("rooms.bill.nameConsignee")}
    </ReasonAction>
  );
}

function BillBody({ bill }: { bill: Bill }) {
  const { t } = useI18n();
  const tally = new Map(bill.tally.map((row) => [row.container, row]));
  return (
    <>
      <section className="panel" aria-label={t("rooms.bill.facts")}>
        <KeyFacts
          facts={[
            { label: t("rooms.call.ship"), value: <ObjectLink type="ship-call" id={bill.call}>{`${bill.ship_name} ${bill.voyage}`}</ObjectLink> },
            { label: t("rooms.bill.shipper"), value: bill.shipper.name },
            { label: t("rooms.bill.consignee"), value: bill.consignee },
            { label: t("rooms.bill.uscc"), value: bill.consignee_full?.uscc ? <span className="mono">{bill.consignee_full.uscc}</span> : null },
            { label: t("rooms.bill.notify"), value: bill.notify?.name },
            {
              label: t("rooms.bill.route"),
              value: [bill.ports.loading, bill.ports.discharge, bill.ports.delivery].filter((port, at, all) => port && all.indexOf(port) === at).join(" → "),
            },
            bill.ports.onward ? { label: t("rooms.bill.onwardPort"), value: <span className="mono">{bill.ports.onward}</span> } : null,
            { label: t("rooms.bill.packages"), value: bill.packages },
            { label: t("rooms.bill.gross"), value: bill.gross_kg },
            { label: t("kind.declaration"), value: bill.declaration ? <ObjectLink type="declaration" id={bill.declaration} /> : t("rooms.bill.notDeclared") },
            {
              label: t("kind.delivery-order"),
              value: bill.delivery_order ? <ObjectLink type="delivery-order" id={bill.delivery_order} /> : t("rooms.bill.notOrdered"),
            },
          ]}
        />
      </section>
      <section className="panel">
        <h2>
          {t("rooms.container.title")} · {bill.containers_full.length}
        </h2>
        <div className="worklist">
          <div className="worklist-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("rooms.container.number")}</th>
                  <th scope="col">{t("rooms.container.size")}</th>
                  <th scope="col">{t("rooms.container.seal")}</th>
                  <th scope="col" className="right">
                    {t("rooms.bill.packages")}
                  </th>
                  <th scope="col" className="right">
                    {t("rooms.bill.gross")}
                  </th>
                  <th scope="col">{t("rooms.bill.tally")}</th>
                </tr>
              </thead>
              <tbody>
                {bill.containers_full.map((box) => {
                  const counted = tally.get(box.number);
                  return (
                    <tr key={box.number}>
                      <th scope="row">
                        <ObjectLink type="container" id={`${box.number}-${bill.call}`} />
                      </th>
                      <td data-label={t("rooms.container.size")} className="mono">
                        {box.size_type}
                      </td>
                      <td data-label={t("rooms.container.seal")} className="mono">
                        {box.seal ?? "–"}
                      </td>
                      <td data-label={t("rooms.bill.packages")} className="right">
                        {box.packages}
                      </td>
                      <td data-label={t("rooms.bill.gross")} className="right">
                        {box.gross_kg}
                      </td>
                      <td data-label={t("rooms.bill.tally")}>
                        {counted ? (
                          <>
                            <When at={counted.at} style="short" />
                            {counted.damage ? <span className="damage"> {counted.damage}</span> : <span className="muted"> {t("rooms.bill.sound")}</span>}
                          </>
                        ) : (
                          <span className="muted">{t("rooms.bill.notLanded")}</span>
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </div>
      </section>
      <section className="panel">
        <h2>{t("rooms.bill.goods")}</h2>
        <ul className="goods-lines">
          {bill.goods_full.map((goods, at) => (
            <li key={at}>
              <strong>{goods.description}</strong>
              <span className="muted">
                {[
                  goods.hs_code && `HS ${goods.hs_code}`,
                  `${String(goods.packages)} × ${goods.package_kind}`,
                  `${goods.gross_kg} kg`,
                  goods.un_number && `UN ${goods.un_number}`,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
