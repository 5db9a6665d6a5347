// One clue: what was heard, the facts that were looked up, who checks it, what was found, who else sees it.
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Clue } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { ClueActions } from "./ClueActions";
import { clueTone } from "./codes";
import { Readings } from "./Readings";

export default function CluePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/clues/${id}`;
  const found = useGet<Clue>(path);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.clue")}
        back={{ to: "/clues", text: t("rooms.clues.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={clueTone(data.status)} />}
        actions={data && <ClueActions of={data} path={path} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && (
        <>
          <Facts of={data} />
          <Readings of={data} />
          <Story of={data} />
        </>
      )}
    </>
  );
}

function Facts({ of }: { of: Clue }) {
  const { t, tx } = useI18n();
  return (
    <section className="panel" aria-label={t("kind.clue")}>
      <KeyFacts
        facts={[
          { label: t(`rooms.clues.value.${of.about}`), value: of.value ? <CopyText text={of.value} /> : t("rooms.clues.destroyed") },
          { label: t("rooms.clues.severity"), value: t(`rooms.clues.severity.${of.severity}`) },
          { label: t("rooms.clues.source"), value: t(`rooms.clues.source.${of.source}`) },
          { label: t("rooms.clues.whose"), value: tx(of.organisation.name) },
          of.place.name || of.place.county ? { label: t("rooms.clues.place"), value: [of.place.name, of.place.county].filter(Boolean).join(" ") } : null,
          of.task_text ? { label: t("rooms.clues.task"), value: tx(of.task_text) } : null,
          of.officer ? { label: t("rooms.clues.officer"), value: tx(of.officer.name) } : null,
          of.due ? { label: t("rooms.clues.due"), value: <When at={of.due} /> } : null,
          {
            label: t("rooms.clues.registered"),
            value: (
              <>
                <When at={of.registered_at} /> {t("rooms.clues.by", { who: tx(of.registered_by.name) })}
              </>
            ),
          },
          {
            label: t("rooms.clues.retention"),
            value: of.end ? (
              <>
                {tx(of.retention.name)} · {t("rooms.clues.keepUntil")} <When at={of.end.keep_until} style="short" />
              </>
            ) : (
              tx(of.retention.name)
            ),
          },
          { label: t("rooms.clues.text"), value: <span className="clue-text">{of.text ?? t("rooms.clues.destroyed")}</span>, wide: true },
          { label: t("rooms.clues.seal"), value: <CopyText text={of.seal} shown={`${of.seal.slice(0, 16)}…`} />, wide: true },
        ]}
      />
    </section>
  );
}

/** Who checked it and what came of it; who else sees it. */
function Story({ of }: { of: Clue }) {
  const { t, tx } = useI18n();
  return (
    <>
      {of.assignments.length > 0 && (
        <section className="panel" aria-labelledby="assignments">
          <h2 id="assignments">{t("rooms.clues.assignments")}</h2>
          <ul className="clue-story">
            {of.assignments.map((one) => (
              <li key={one.at}>
                <When at={one.at} style="short" /> {tx(one.officer.name)} · {t("rooms.clues.due")} <When at={one.due} style="short" />{" "}
                <span className="muted">{t("rooms.clues.by", { who: tx(one.by.name) })}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(of.answers.length > 0 || of.end) && (
        <section className="panel" aria-labelledby="answers">
          <h2 id="answers">{t("rooms.clues.answers")}</h2>
          <ul className="clue-story">
            {of.answers.map((one) => (
              <li key={one.at}>
                <When at={one.at} style="short" /> <StatusTag status={one.finding} text={t(`rooms.clues.finding.${one.finding}`)} tone={clueTone(one.finding)} />{" "}
                <span className="muted">{t("rooms.clues.by", { who: tx(one.by.name) })}</span>
                <p className="clue-text">{one.text ?? t("rooms.clues.destroyed")}</p>
              </li>
            ))}
            {of.end && (
              <li>
                <When at={of.end.at} style="short" /> {t("rooms.clues.closed")}{" "}
                <span className="muted">{t("rooms.clues.by", { who: tx(of.end.by.name) })}</span>
                <p className="clue-text">{of.end.reason ?? t("rooms.clues.destroyed")}</p>
              </li>
            )}
          </ul>
        </section>
      )}
      {of.shares.length > 0 && (
        <section className="panel" aria-labelledby="shares">
          <h2 id="shares">{t("rooms.clues.shares")}</h2>
          <ul className="clue-story">
            {of.shares.map((one) => (
              <li key={`${one.with.id} ${one.scope}`}>
                <When at={one.at} style="short" /> {tx(one.with.name)} · {t(`rooms.clues.scope.${one.scope}`)}{" "}
                <span className="muted">{t("rooms.clues.by", { who: tx(one.by.name) })}</span>
                <p className="clue-text">{one.reason ?? t("rooms.clues.destroyed")}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
