// The answer to the declarant, large and plain: inspected or not, documents wanted, what it means.
import { CheckCircleFilled, EyeFilled, HourglassOutlined, StopFilled } from "@ant-design/icons";
import type { Declaration } from "../../api/types";
import { useI18n } from "../../i18n";
import { When } from "../../parts";

export function AnswerPanel({ declaration }: { declaration: Declaration }) {
  const { t, tx, number } = useI18n();
  const { decision, status } = declaration;
  if (status === "rejected" || status === "withdrawn") {
    return (
      <section className="answer answer-stop" role="status">
        <StopFilled aria-hidden="true" />
        <div>
          <p className="answer-title">{tx(declaration.status_text)}</p>
        </div>
      </section>
    );
  }
  if (!decision) {
    return (
      <section className="answer answer-wait" role="status">
        <HourglassOutlined aria-hidden="true" />
        <div>
          <p className="answer-title">{t("rooms.decl.waitingDecision")}</p>
          <p>{t("rooms.decl.waitingDecisionText")}</p>
        </div>
      </section>
    );
  }
  const released = status === "released";
  return (
    <section className={`answer ${released ? "answer-go" : decision.inspect ? "answer-look" : "answer-go"}`} role="status">
      {decision.inspect && !released ? <EyeFilled aria-hidden="true" /> : <CheckCircleFilled aria-hidden="true" />}
      <div>
        <p className="answer-title">{released ? t("rooms.decl.released") : decision.inspect ? t("rooms.decl.inspect") : t("rooms.decl.noInspect")}</p>
        <p>{released ? <When at={declaration.released_at} /> : tx(decision.note)}</p>
        {decision.documents.length > 0 && !released && (
          <p>
            {t("rooms.decl.documentsWanted")} {decision.documents.map((document) => tx(document.name)).join(t("rooms.listComma"))}
          </p>
        )}
        <p className="answer-small">
          {t("rooms.decl.answeredIn", { ms: number(decision.answered_in_ms) })} · <When at={decision.at} style="second" />
        </p>
      </div>
    </section>
  );
}
