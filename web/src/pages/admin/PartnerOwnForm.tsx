// What a partner changes itself: whom to call, the silence alarm, the answers it wants.
import { App, Button, Form, Input, InputNumber, Select, type FormInstance } from "antd";
import { useState } from "react";
import { api, url, type Problem } from "../../api/client";
import { useAction } from "../../api/query";
import type { Partner } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";

export const ANSWERS = ["always", "on-error", "never"] as const;
/** Hours of 31 days. */
const SILENCE_HOURS_MAX = 744;

type Own = Pick<Partner["profile"], "contact" | "silence_hours" | "answers">;

interface Props {
  partner: Partner;
  etag: string | null;
  saved: () => void;
}

/** The fields that both the partner and the administrator have. */
export function OwnFields() {
  const { t } = useI18n();
  const answers = ANSWERS.map((value) => ({ value, label: t(`partner.answer.${value}`) }));
  return (
    <>
      <Form.Item name={["contact", "name"]} label={t("partner.contactName")}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name={["contact", "phone"]} label={t("partner.contactPhone")}>
        <Input maxLength={100} autoComplete="off" inputMode="tel" />
      </Form.Item>
      <Form.Item name={["contact", "email"]} label={t("partner.contactEmail")}>
        <Input maxLength={100} autoComplete="off" inputMode="email" />
      </Form.Item>
      <Form.Item name="silence_hours" label={t("partner.silence")} extra={t("partner.silenceHint")}>
        <InputNumber min={1} max={SILENCE_HOURS_MAX} precision={0} placeholder={t("partner.none")} />
      </Form.Item>
      <Form.Item name={["answers", "contrl"]} label={t("partner.contrl")}>
        <Select options={answers} />
      </Form.Item>
      <Form.Item name={["answers", "aperak"]} label={t("partner.aperak")}>
        <Select options={answers} />
      </Form.Item>
    </>
  );
}

export function OwnForm({ partner, etag, saved }: Props) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const [form] = Form.useForm() as [FormInstance<Own>];
  const [problem, setProblem] = useState<Problem | null>(null);
  const { contact, silence_hours, answers } = partner.profile;
  const action = useAction(
    (own: Own) => api.put<Partner>(url`/partners/${partner.organisation.id}/own`, own, { ifMatch: etag ?? "" }),
    () => {
      void message.success(t("partner.saved"));
      saved();
    },
  );
  const submit = (own: Own) => {
    setProblem(null);
    action.mutate({ ...own, silence_hours: own.silence_hours ?? null }, { onError: setProblem });
  };
  return (
    <section className="panel" aria-label={t("partner.own")}>
      <h2>{t("partner.own")}</h2>
      <Form form={form} layout="vertical" initialValues={{ contact, silence_hours, answers }} onFinish={submit}>
        <div className="partner-fields">
          <OwnFields />
        </div>
        {problem && <ProblemAlert error={problem} />}
        <Button type="primary" htmlType="submit" loading={action.isPending}>
          {t("action.save")}
        </Button>
      </Form>
    </section>
  );
}
