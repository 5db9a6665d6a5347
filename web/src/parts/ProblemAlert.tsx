// What the server answered instead of a result, in words that say what to do.
import { Alert, Button } from "antd";
import { Problem } from "../api/client";
import { useI18n, type I18n } from "../i18n";
import { FindingList } from "./FindingList";

/** One sentence for a failure. */
export function problemText(error: unknown, { maybe, t, tx }: Pick<I18n, "maybe" | "t" | "tx">): string {
  if (!(error instanceof Problem)) return t("problem.unknown");
  const told = tx(error.refusal?.text) || tx(error.detail);
  return told || maybe(`problem.${error.code}`, "") || maybe(`problem.${error.status}`, "") || t("problem.unknown");
}

interface Props {
  error: unknown;
  retry?: () => void;
}

export function ProblemAlert({ error, retry }: Props) {
  const i18n = useI18n();
  const { t, maybe } = i18n;
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  const refused = problem?.refusal ?? null;
  return (
    <Alert
      className="problem"
      role="alert"
      type={refused || problem?.status === 422 ? "warning" : "error"}
      showIcon
      title={problemText(error, i18n)}
      description={
        problem && (
          <>
            {refused && (
              <p className="problem-facts">
                {t("problem.refusal", { attempted: refused.attempted, found: refused.found })}
              </p>
            )}
            {problem.findings.length > 0 && <FindingList findings={problem.findings} />}
            <p className="problem-facts">
              <code>{refused?.code ?? problem.code}</code>
              {problem.reference && <span> · {t("problem.reference", { reference: problem.reference })}</span>}
              {problem.retryable && <span> · {maybe("problem.again", "")}</span>}
            </p>
          </>
        )
      }
      action={retry && <Button onClick={retry}>{t("action.retry")}</Button>}
    />
  );
}
