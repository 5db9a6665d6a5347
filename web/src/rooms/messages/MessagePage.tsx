// One message: what came out of it, what was wrong and where, the answer, the segments and the raw text.
import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useParams } from "react-router";
import { fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Finding, Message, Segment } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, FindingList, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { worst } from "../parts/Field";
import { RawText } from "../parts/RawText";

/** Segments drawn at a time; a large interchange shows the stretch around the place looked at. */
const SHOWN_MAX = 400;
const OBJECTS_SHOWN = 40;

export default function MessagePage() {
  const { id = "" } = useParams();
  const { t, tx, number } = useI18n();
  const message = useGet<Message>(url`/messages/${id}`);
  const segments = useGet<{ items: Segment[] }>(url`/messages/${id}/segments`, { limit: 1000 }, { staleTime: Infinity });
  const [view, setView] = useState<"tree" | "raw">("tree");
  const [picked, setPicked] = useState<{ index: number; turn: number } | null>(null);
  const data = message.data;
  const back = { to: "/messages", text: t("rooms.message.title") };
  const pick = (finding: Finding) => {
    const index = finding.segment ?? segments.data?.items.find((segment) => segment.offset === finding.offset)?.index;
    if (index !== undefined) setPicked((before) => ({ index, turn: (before?.turn ?? 0) + 1 }));
  };
  return (
    <>
      <PageHeader
        title={data ? `${data.type} ${data.reference}` : t("kind.message")}
        eyebrow={t("kind.message")}
        back={back}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={
          <a className="button-link secondary" href={fileUrl(url`/messages/${id}/raw`)} download={`${id}.edi`}>
            <DownloadOutlined aria-hidden="true" /> {t("rooms.message.download")}
          </a>
        }
      />
      {message.error && <ProblemAlert error={message.error} retry={() => void message.refetch()} />}
      {message.isPending && <Loading />}
      {data && (
        <div className="split form-split">
          <div className="stack">
            <section className="panel" aria-label={t("rooms.message.facts")}>
              <KeyFacts
                facts={[
                  { label: t("rooms.message.direction"), value: data.direction === "in" ? t("rooms.message.in") : t("rooms.message.out") },
                  { label: t("rooms.message.partner"), value: tx(data.partner.name) },
                  { label: t("rooms.message.receivedAt"), value: <When at={data.received_at} style="second" /> },
                  { label: t("rooms.message.bytes"), value: number(data.bytes) },
                  { label: t("rooms.message.channel"), value: data.channel },
                  { label: t("rooms.message.sha"), value: <CopyText text={data.sha256} shown={`${data.sha256.slice(0, 16)}…`} /> },
                ]}
              />
            </section>
            <section className="panel">
              <div className="panel-head">
                <h2>{t("rooms.message.content")}</h2>
                <Segmented
                  aria-label={t("rooms.message.view")}
                  value={view}
                  onChange={setView}
                  options={[
                    { value: "tree", label: t("rooms.message.readable") },
                    { value: "raw", label: t("rooms.message.raw") },
                  ]}
                />
              </div>
              {segments.isPending && <Loading />}
              {segments.error && <ProblemAlert error={segments.error} />}
              {segments.data && <SegmentView segments={segments.data.items} raw={view === "raw"} picked={picked} />}
            </section>
          </div>
          <div className="stack">
            <section className="panel">
              <h2>{t("findings.title")}</h2>
              <FindingList findings={data.findings} onPick={pick} empty={<Alert type="success" showIcon title={t("rooms.message.clean")} />} />
            </section>
            <section className="panel">
              <h2>{t("rooms.message.created")}</h2>
              {data.objects.length === 0 ? (
                <p className="muted">{t("rooms.message.nothingCreated")}</p>
              ) : (
                <ul className="object-list">
                  {data.objects.slice(0, OBJECTS_SHOWN).map((object) => (
                    <li key={`${object.type} ${object.id}`}>
                      <Kind type={object.type} /> <ObjectLink type={object.type} id={object.id} />
                    </li>
                  ))}
                  {data.objects.length > OBJECTS_SHOWN && <li className="muted">{t("rooms.more", { n: data.objects.length - OBJECTS_SHOWN })}</li>}
                </ul>
              )}
            </section>
            {data.answers.map((answer) => (
              <AnswerPanel key={answer} id={answer} />
            ))}
          </div>
        </div>
      )}
    </>
  );
}

function Kind({ type }: { type: string }) {
  const { maybe } = useI18n();
  return <span className="muted">{maybe(`kind.${type}`, type)}</span>;
}

function AnswerPanel({ id }: { id: string }) {
  const { t } = useI18n();
  const answer = useGet<Message>(url`/messages/${id}`);
  const raw = useGet<string>(url`/messages/${id}/raw`, undefined, { staleTime: Infinity });
  return (
    <section className="panel">
      <h2>
        {t("rooms.message.answer")} {answer.data?.type ?? ""}
      </h2>
      <p className="muted">
        <ObjectLink type="message" id={id}>
          {answer.data?.reference ?? id}
        </ObjectLink>{" "}
        · <When at={answer.data?.received_at} style="second" />
      </p>
      {typeof raw.data === "string" && <RawText small label={t("rooms.message.answer")} text={raw.data.replace(/'(?=\S)/g, "'\n")} />}
    </section>
  );
}

function SegmentView({ segments, raw, picked }: { segments: Segment[]; raw: boolean; picked: { index: number; turn: number } | null }) {
  const { t, tx } = useI18n();
  const list = useRef<HTMLOListElement>(null);
  const [start, setStart] = useState(0);
  const [turn, setTurn] = useState(0);
  const place = picked ? segments.findIndex((segment) => segment.index === picked.index) : -1;
  if (picked && picked.turn !== turn) {
    setTurn(picked.turn);
    if (place >= 0 && (place < start || place >= start + SHOWN_MAX)) setStart(Math.max(0, place - SHOWN_MAX / 2));
  }
  useEffect(() => {
    if (!picked) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-segment="${String(picked.index)}"]`);
    row?.scrollIntoView({ behavior: "smooth", block: "center" });
    row?.focus({ preventScroll: true });
  }, [picked, start, raw]);
  const shown = segments.slice(start, start + SHOWN_MAX);
  const depths = useMemo(() => depthsOf(segments), [segments]);
  return (
    <>
      {start > 0 && (
        <button type="button" className="segment-more" onClick={() => setStart(Math.max(0, start - SHOWN_MAX))}>
          {t("rooms.message.before", { n: start })}
        </button>
      )}
      <ol className={raw ? "segments segments-raw" : "segments"} ref={list}>
        {shown.map((segment, at) => {
          const severity = worst(segment.findings);
          return (
            <li
              key={segment.index}
              data-segment={segment.index}
              tabIndex={-1}
              className={[severity ? `segment-${severity}` : "", picked?.index === segment.index ? "segment-picked" : ""].join(" ").trim() || undefined}
              style={raw ? undefined : { paddingInlineStart: 12 + 16 * (depths[start + at] ?? 0) }}
            >
              <span className="segment-number">{segment.index}</span>
              {raw ? (
                <code className="segment-text">{segment.text}</code>
              ) : (
                <span className="segment-body">
                  <span className="segment-tag">{segment.tag}</span>
                  <span className="segment-name">{tx(segment.name)}</span>
                  <span className="segment-elements">
                    {segment.elements.map(({ components }, element) =>
                      components.some((component) => component.value !== "") ? (
                        <span key={element} className="segment-element">
                          {components
                            .map((component) => component.value)
                            .filter((value) => value !== "")
                            .join(" · ")}
                        </span>
                      ) : null,
                    )}
                  </span>
                </span>
              )}
              {segment.findings.map((finding) => (
                <span key={finding.code} className={`segment-finding field-fault-${finding.severity}`}>
                  {tx(finding.message)} {tx(finding.hint)}
                </span>
              ))}
            </li>
          );
        })}
      </ol>
      {start + SHOWN_MAX < segments.length && (
        <button type="button" className="segment-more" onClick={() => setStart(start + SHOWN_MAX)}>
          {t("rooms.message.after", { n: segments.length - start - SHOWN_MAX })}
        </button>
      )}
    </>
  );
}

/** How deep a segment stands: inside the interchange, the message, the consignment, the goods item or the equipment. */
function depthsOf(segments: readonly Segment[]): number[] {
  let depth = 0;
  return segments.map((segment) => {
    switch (segment.tag) {
      case "UNA":
      case "UNB":
      case "UNZ":
        depth = 1;
        return 0;
      case "UNG":
      case "UNE":
        return 1;
      case "UNH":
      case "UNT":
        depth = 2;
        return 1;
      case "CNI":
      case "EQD":
        depth = 3;
        return 2;
      case "GID":
        depth = 4;
        return 3;
      default:
        return depth;
    }
  });
}
