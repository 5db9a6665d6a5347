// A dialog with a few fields, for the small things an administrator enters.
import { Button, Form, Input, Modal, Select, type FormInstance } from "antd";
import { useState } from "react";
import type { Problem } from "../../api/client";
import { useAction } from "../../api/query";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";

export interface Field {
  name: string;
  label: string;
  required?: boolean;
  password?: boolean;
  options?: { value: string; label: string }[];
  hint?: string;
  max?: number;
  disabled?: boolean;
}

interface Props<Result> {
  title: string;
  fields: Field[];
  initial?: Record<string, unknown>;
  run: (values: Record<string, string>) => Promise<Result>;
  onDone: (result: Result) => void;
  onClose: () => void;
}

export function FormDialog<Result>({ title, fields, initial, run, onDone, onClose }: Props<Result>) {
  const { t } = useI18n();
  const [form] = Form.useForm() as [FormInstance<Record<string, string>>];
  const [problem, setProblem] = useState<Problem | null>(null);
  const action = useAction(run, onDone);
  const submit = async () => {
    const values = await form.validateFields().catch(() => null);
    if (!values) return;
    setProblem(null);
    action.mutate(values, { onError: setProblem });
  };
  return (
    <Modal open title={title} onCancel={onClose} onOk={() => void submit()} okText={t("action.save")} cancelText={t("action.cancel")} confirmLoading={action.isPending} closable={{ "aria-label": t("action.close") }}>
      <Form form={form} layout="vertical" initialValues={initial} onFinish={() => void submit()} requiredMark="optional">
        {fields.map((field) => (
          <Form.Item key={field.name} name={field.name} label={field.label} extra={field.hint} rules={field.required ? [{ required: true, message: t("admin.required") }] : []}>
            {field.options ? (
              <Select options={field.options} showSearch={{ optionFilterProp: "label" }} disabled={field.disabled} allowClear={!field.required} />
            ) : field.password ? (
              <Input.Password autoComplete="new-password" maxLength={256} />
            ) : (
              <Input maxLength={field.max ?? 120} disabled={field.disabled} autoComplete="off" />
            )}
          </Form.Item>
        ))}
      </Form>
      {problem && <ProblemAlert error={problem} />}
      {problem?.status === 412 && (
        <Button block onClick={onClose}>
          {t("admin.showPresent")}
        </Button>
      )}
    </Modal>
  );
}
