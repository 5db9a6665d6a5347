// What a partner answered to a message of ours: in a word for lists, in full on its page.
import type { Message, MessageSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, StatusTag, When } from "../../parts";

const TONES: Record<string, "wait" | "done" | "stop"> = { awaited: "wait", late: "stop", acknowledged: "done", refused: "stop" };

export function PartnerAnswer({ message }: { message: MessageSummary }) {
  if (!message.answer || !message.answer_text) return <span className="muted">–</span>;
  return <StatusTag status={message.answer} text={message.answer_text} tone={TONES[message.answer] ?? "wait"} />;
}

export function Replies({ message }: { message: Message }) {
  const { t } = useI18n();
  if (message.direction !== "out" || !message.answer) return null;
  return (
    <section className="panel" aria-labelledby="replies-title">
      <h2 id="replies-title">{t("rooms.message.partnerAnswer")}</h2>
      <p>
        <PartnerAnswer message={message} />{" "}
        {message.answer_due_at && (
          <span className="muted">
            {t("rooms.message.answerDue")} <When at={message.answer_due_at} style="short" />
          </span>
        )}
      </p>
      <ol className="trail">
        {message.replies.map((reply, at) => (
          <li key={at}>
            <p className="trail-head">
              <strong>
                {reply.type} · {t(reply.accepted ? "rooms.message.partnerAnswer.acknowledged" : "rooms.message.partnerAnswer.refused")}
              </strong>{" "}
              <When at={reply.at} style="second" />
            </p>
            {reply.reasons.map((reason, n) => (
              <p key={n} className="trail-reason">
                {reason}
              </p>
            ))}
            {reply.message && (
              <p className="muted">
                <ObjectLink type="message" id={reply.message}>
                  {t("rooms.message.toAnswer")}
                </ObjectLink>
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
