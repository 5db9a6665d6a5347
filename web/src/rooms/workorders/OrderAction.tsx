// Ordering the discharge or the loading of a call: what would be sent, in what it differs from papers and stowage plan, and sending it.
import { Alert, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useAction } from "../../api/query";
import type { WorkOrder, WorkOrderPlan } from "../../api/types";
import { FindingList, Loading, ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { numbers } from "./numbers";
import { useWorkText, type Work } from "./words";


export function OrderAction({ work, call, replaces, primary }: { work: Work; call: string; replaces: boolean; primary?: boolean }) {
  const w = useWorkText(work);
  const navigate = useNavigate();
  const [except, setExcept] = useState("");
  const [more, setMore] = useState("");
  const [checked, setChecked] = useState<string | null>(null);
  const asked = `${except}\n|\n${more}`;
  const body = () => ({ call, except: numbers(except), also: numbers(more).map((number) => ({ number })) });
  const check = useAction<string, WorkOrderPlan>(
    () => api.post<WorkOrderPlan>(`/${work}-orders/check`, body()),
  );
  const look = (text: string) => {
    setChecked(text);
    check.mutate(text);
  };
  const plan = check.data;
  const faulty = plan?.findings.some((finding) => finding.severity === "error") ?? true;
  const title = w(replaces ? "replace" : "send");
  return (
    <ReasonAction<WorkOrder>
      type={primary ? "primary" : "default"}
      title={title}
      okText={title}
      width={760}
      success={w("sent")}
      onOpen={() => look(asked)}
      ready={!check.isPending && checked === asked && plan !== undefined && plan.boxes > 0 && !faulty}
      run={() => api.post<WorkOrder>(`/${work}-orders`, body())}
      onDone={() => void navigate(url`/${work}-orders/${call}`)}
      body={
        <>
          <Field label={w("except")} hint={w("exceptHint")}>
            <Input.TextArea aria-label={w("except")} rows={2} value={except} onChange={(event) => setExcept(event.target.value)} onBlur={() => checked !== asked && look(asked)} />
          </Field>
          <Field label={w("more")} hint={w("moreHint")}>
            <Input.TextArea aria-label={w("more")} rows={2} value={more} onChange={(event) => setMore(event.target.value)} onBlur={() => checked !== asked && look(asked)} />
          </Field>
          {check.error && <ProblemAlert error={check.error} />}
          {check.isPending && <Loading rows={2} />}
          {plan && !check.isPending && (
            <section aria-label={w("differences")}>
              <p>
                {plan.stowed === null || plan.stowed === undefined
                  ? w("plan", { boxes: plan.boxes, manifested: plan.manifested })
                  : w("planStowed", { boxes: plan.boxes, manifested: plan.manifested, stowed: plan.stowed })}
              </p>
              <FindingList findings={plan.findings} empty={<Alert type="success" showIcon title={w("noDifferences")} />} />
            </section>
          )}
        </>
      }
    >
      {title}
    </ReasonAction>
  );
}
