// An act that ends or holds something up and needs a reason: a button, a dialog with the reason.
import { Input } from "antd";
import { useState } from "react";
import { useI18n } from "../../i18n";
import { Field } from "./Field";
import { ReasonAction } from "./ReasonAction";

interface Props {
  /** On the button, and over the dialog. */
  title: string;
  /** What follows from it. */
  text?: string;
  run: (reason: string) => Promise<unknown>;
}

const REASON_MIN = 2;
const REASON_MAX = 500;

export function ReasonButton({ title, text, run }: Props) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      danger
      title={title}
      okText={title}
      success={t("rooms.saved")}
      onOpen={() => setReason("")}
      ready={reason.trim().length >= REASON_MIN}
      run={() => run(reason.trim())}
      body={
        <>
          {text && <p>{text}</p>}
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={REASON_MAX} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {title}
    </ReasonAction>
  );
}
