// Ordering the discharge of a call: what would be sent, in what it differs from manifests and stowage plan, and sending it.
import { Alert, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useAction } from "../../api/query";
import type { DischargeOrder, DischargePlan } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, Loading, ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

const numbers = (text: string) => [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))];

export function OrderAction({ call, replaces, primary }: { call: string; replaces: boolean; primary?: boolean }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [except, setExcept] = useState("");
  const [more, setMore] = useState("");
  const [checked, setChecked] = useState<string | null>(null);
  const asked = `${except}\n|\n${more}`;
  const body = () => ({ call, except: numbers(except), also: numbers(more).map((number) => ({ number })) });
  const check = useAction<string, DischargePlan>(
    () => api.post<DischargePlan>("/discharge-orders/check", body()),
  );
  const look = (text: string) => {
    setChecked(text);
    check.mutate(text);
  };
  const plan = check.data;
  const faulty = plan?.findings.some((finding) => finding.severity === "error") ?? true;
  const title = t(replaces ? "rooms.discharge.order.replace" : "rooms.discharge.order.send");
  return (
    <ReasonAction<DischargeOrder>
      type={primary ? "primary" : "default"}
      title={title}
      okText={title}
      width={760}
      success={t("rooms.discharge.order.sent")}
      onOpen={() => look(asked)}
      ready={!check.isPending && checked === asked && plan !== undefined && plan.boxes > 0 && !faulty}
      run={() => api.post<DischargeOrder>("/discharge-orders", body())}
      onDone={() => void navigate(url`/discharge-orders/${call}`)}
      body={
        <>
          <Field label={t("rooms.discharge.order.except")} hint={t("rooms.discharge.order.exceptHint")}>
            <Input.TextArea aria-label={t("rooms.discharge.order.except")} rows={2} value={except} onChange={(event) => setExcept(event.target.value)} onBlur={() => checked !== asked && look(asked)} />
          </Field>
          <Field label={t("rooms.discharge.order.more")} hint={t("rooms.discharge.order.moreHint")}>
            <Input.TextArea aria-label={t("rooms.discharge.order.more")} rows={2} value={more} onChange={(event) => setMore(event.target.value)} onBlur={() => checked !== asked && look(asked)} />
          </Field>
          {check.error && <ProblemAlert error={check.error} />}
          {check.isPending && <Loading rows={2} />}
          {plan && !check.isPending && (
            <section aria-label={t("rooms.discharge.order.differences")}>
              <p>
                {plan.stowed === null || plan.stowed === undefined
                  ? t("rooms.discharge.order.plan", { boxes: plan.boxes, manifested: plan.manifested })
                  : t("rooms.discharge.order.planStowed", { boxes: plan.boxes, manifested: plan.manifested, stowed: plan.stowed })}
              </p>
              <FindingList findings={plan.findings} empty={<Alert type="success" showIcon title={t("rooms.discharge.order.noDifferences")} />} />
            </section>
          )}
        </>
      }
    >
      {title}
    </ReasonAction>
  );
}
