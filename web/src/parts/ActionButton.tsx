// A button that does one thing on the server: asks first when told to, shows that it is busy, and shows a refusal where
// it was pressed. Sending twice is safe, since the client keeps the idempotency key until the outcome is known.
import { App, Button, Popconfirm, type ButtonProps } from "antd";
import { useState, type ReactNode } from "react";
import type { Problem } from "../api/client";
import { useAction } from "../api/query";
import { useI18n } from "../i18n";
import { problemText, ProblemAlert } from "./ProblemAlert";

interface Props<Result> extends Omit<ButtonProps, "onClick" | "loading"> {
  run: () => Promise<Result>;
  onDone?: (result: Result) => void;
  /** The question to ask before. */
  confirm?: string;
  /** Told when it worked. */
  success?: string;
  /** Where a refusal is shown: below the button (default) or as a passing message. */
  problem?: "below" | "message" | "none";
  onProblem?: (problem: Problem) => void;
  children: ReactNode;
}

export function ActionButton<Result>({ run, onDone, confirm, success, problem = "below", onProblem, children, ...button }: Props<Result>) {
  const i18n = useI18n();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const action = useAction<undefined, Result>(run, (result) => {
    if (success) void message.success(success);
    onDone?.(result);
  });
  const start = () => {
    setOpen(false);
    action.mutate(undefined, {
      onError: (error) => {
        onProblem?.(error);
        if (problem === "message") void message.error(problemText(error, i18n));
      },
    });
  };
  const shown = (
    <Button {...button} loading={action.isPending} onClick={confirm ? () => setOpen(true) : start}>
      {children}
    </Button>
  );
  return (
    <span className="action">
      {confirm ? (
        <Popconfirm
          title={confirm}
          open={open}
          onOpenChange={(next) => !next && setOpen(false)}
          onConfirm={start}
          okText={i18n.t("action.confirm")}
          cancelText={i18n.t("action.cancel")}
        >
          {shown}
        </Popconfirm>
      ) : (
        shown
      )}
      {problem === "below" && action.error && <ProblemAlert error={action.error} />}
    </span>
  );
}
