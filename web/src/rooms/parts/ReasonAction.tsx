// An action that needs a few words or choices first: a button, a dialog with the fields, the refusal shown in the dialog.
import { Button, Modal, type ButtonProps } from "antd";
import { App } from "antd";
import { useState, type ReactNode } from "react";
import { useAction } from "../../api/query";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";

interface Props<Result> {
  /** On the button. */
  children: ReactNode;
  title: string;
  /** On the button of the dialog. */
  okText: string;
  success?: string;
  run: () => Promise<Result>;
  onDone?: (result: Result) => void;
  onOpen?: () => void;
  /** The fields of the dialog. */
  body: ReactNode;
  /** Whether the fields are filled well enough to send. */
  ready?: boolean;
  danger?: boolean;
  type?: ButtonProps["type"];
  icon?: ReactNode;
  disabled?: boolean;
  width?: number;
}

export function ReasonAction<Result>(props: Props<Result>) {
  const { children, title, okText, success, run, onDone, onOpen, body, ready = true, danger, type, icon, disabled, width = 520 } = props;
  const { t } = useI18n();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const action = useAction<null, Result>(run, (result) => {
    setOpen(false);
    if (success) void message.success(success);
    onDone?.(result);
  });
  return (
    <>
      <Button
        danger={danger}
        type={type}
        icon={icon}
        disabled={disabled}
        onClick={() => {
          action.reset();
          onOpen?.();
          setOpen(true);
        }}
      >
        {children}
      </Button>
      <Modal
        open={open}
        title={title}
        width={width}
        onCancel={() => setOpen(false)}
        onOk={() => action.mutate(null)}
        okText={okText}
        cancelText={t("action.cancel")}
        okButtonProps={{ danger, disabled: !ready, loading: action.isPending }}
        closable={{ "aria-label": t("action.close") }}
        destroyOnHidden
      >
        <div className="dialog-fields">
          {body}
          {action.error && <ProblemAlert error={action.error} />}
        </div>
      </Modal>
    </>
  );
}
