// A message segment by segment: as written with the faulty place marked, or as a tree with names and the meanings of codes.
// A stretch of a large file is read at a time; n and p lead from finding to finding.
import { CaretDownOutlined, CaretRightOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from "react";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Finding, Segment, Segments as Stretch } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ProblemAlert } from "../../parts";
import { worst } from "../parts/Field";
import { characterRange } from "./edits";

/** Segments drawn at a time. */
const SHOWN = 300;

export interface Picked {
  index: number;
  turn: number;
}

const WEIGHT = { error: 0, warning: 1, info: 2 };

/** Findings with a place: what is wrong first, and each kind in the order of the file. */
export function placed(findings: readonly Finding[]): Finding[] {
  return findings
    .filter((finding) => finding.segment !== null && finding.segment !== undefined)
    .sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || (a.segment ?? 0) - (b.segment ?? 0) || (a.offset ?? 0) - (b.offset ?? 0));
}

/** Element and component that a finding points at, from 1; 0 is the whole. */
export function placeOf(finding: Finding): [number, number] {
  const found = /\/elements\/(\d+)(?:\/components\/(\d+))?$/.exec(finding.pointer);
  return [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
}

export function SegmentsPanel({ id, findings, picked, onPick }: { id: string; findings: Finding[]; picked: Picked | null; onPick: (finding: Finding) => void }) {
  const { t } = useI18n();
  const [view, setView] = useState<"tree" | "raw">("raw");
  const [from, setFrom] = useState(1);
  const marks = useMemo(() => placed(findings), [findings]);
  const at = picked ? marks.findIndex((finding) => finding.segment === picked.index) : -1;
  const stretch = useGet<Stretch>(url`/messages/${id}/segments`, { from, limit: SHOWN }, { staleTime: Infinity, keep: true });
  const [turn, setTurn] = useState(0);
  if (picked && picked.turn !== turn) {
    setTurn(picked.turn);
    if (picked.index < from || picked.index >= from + SHOWN) setFrom(Math.max(1, picked.index - SHOWN / 2));
  }
  const step = (by: 1 | -1) => {
    const next = marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length];
    if (next) onPick(next);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("input,textarea,select,[contenteditable]")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const data = stretch.data;
  return (
    <section className="panel" aria-labelledby="segments-title">
      <div className="panel-head">
        <h2 id="segments-title">{t("rooms.message.content")}</h2>
        <div className="row">
          {marks.length > 0 && (
            <>
              <span className="muted">{t("rooms.message.findingAt", { n: at + 1, of: marks.length })}</span>
              <Button size="small" onClick={() => step(-1)} aria-keyshortcuts="p">
                {t("rooms.message.previous")} <kbd>p</kbd>
              </Button>
              <Button size="small" onClick={() => step(1)} aria-keyshortcuts="n">
                {t("rooms.message.next")} <kbd>n</kbd>
              </Button>
            </>
          )}
          <Segmented
            aria-label={t("rooms.message.view")}
            value={view}
            onChange={setView}
            options={[
              { value: "raw", label: t("rooms.message.raw") },
              { value: "tree", label: t("rooms.message.readable") },
            ]}
          />
        </div>
      </div>
      {stretch.isPending && <Loading />}
      {stretch.error && <ProblemAlert error={stretch.error} />}
      {data && data.items.length === 0 && <p className="muted">{t("rooms.message.noSegments")}</p>}
      {data && data.from > 1 && (
        <button type="button" className="segment-more" onClick={() => setFrom(Math.max(1, from - SHOWN))}>
          {t("rooms.message.before", { n: data.from - 1 })}
        </button>
      )}
      {data && data.items.length > 0 && <SegmentRows segments={data.items} raw={view === "raw"} picked={picked} />}
      {data && data.from + data.items.length <= data.total && (
        <button type="button" className="segment-more" onClick={() => setFrom(from + SHOWN)}>
          {t("rooms.message.after", { n: data.total - data.from - data.items.length + 1 })}
        </button>
      )}
    </section>
  );
}

/** Segments hidden because the group that opens above them is folded. */
function hiddenBy(segments: readonly Segment[], folded: ReadonlySet<number>): Set<number> {
  const hidden = new Set<number>();
  let under = -1;
  for (const segment of segments) {
    if (under >= 0 && (segment.depth > under || (segment.depth === under && !segment.opens))) hidden.add(segment.index);
    else under = -1;
    if (under < 0 && folded.has(segment.index)) under = segment.depth;
  }
  return hidden;
}

function SegmentRows({ segments, raw, picked }: { segments: Segment[]; raw: boolean; picked: Picked | null }) {
  const { t, tx } = useI18n();
  const list = useRef<HTMLOListElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const hidden = useMemo(() => (raw ? new Set<number>() : hiddenBy(segments, folded)), [raw, segments, folded]);
  useEffect(() => {
    if (!picked) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-segment="${String(picked.index)}"]`);
    row?.scrollIntoView({ behavior: "smooth", block: "center" });
    row?.focus({ preventScroll: true });
  }, [picked, segments, raw]);
  const fold = (index: number) =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  return (
    <ol className={raw ? "segments segments-raw" : "segments"} ref={list}>
      {segments
        .filter((segment) => !hidden.has(segment.index))
        .map((segment) => {
          const severity = worst(segment.findings);
          return (
            <li
              key={segment.index}
              data-segment={segment.index}
              tabIndex={-1}
              className={[severity ? `segment-${severity}` : "", picked?.index === segment.index ? "segment-picked" : ""].join(" ").trim() || undefined}
              style={raw ? undefined : { paddingInlineStart: 12 + 16 * Math.min(segment.depth, 6) }}
            >
              <span className="segment-number">{segment.index}</span>
              {raw ? (
                <code className="segment-text">
                  <MarkedText segment={segment} />
                </code>
              ) : (
                <span className="segment-body">
                  {segment.opens && (
                    <button
                      type="button"
                      className="segment-fold"
                      aria-expanded={!folded.has(segment.index)}
                      aria-label={t("rooms.message.group", { group: segment.group ?? "", n: segment.index })}
                      onClick={() => fold(segment.index)}
                    >
                      {folded.has(segment.index) ? <CaretRightOutlined aria-hidden="true" /> : <CaretDownOutlined aria-hidden="true" />}
                      {segment.group}
                    </button>
                  )}
                  <span className="segment-tag">{segment.tag}</span>
                  <span className="segment-name">{tx(segment.name)}</span>
                  <ElementList segment={segment} />
                </span>
              )}
              {segment.findings.map((finding, at) => (
                <span key={`${finding.code} ${String(at)}`} className={`segment-finding field-fault-${finding.severity}`}>
                  <code>{finding.code}</code> {tx(finding.message)} {tx(finding.hint)}
                </span>
              ))}
            </li>
          );
        })}
    </ol>
  );
}

/** The text of a segment; the very components that findings point at are marked. */
function MarkedText({ segment }: { segment: Segment }) {
  const ranges: [number, number][] = [];
  // A remark is no fault: it stands below the segment and marks nothing.
  for (const finding of segment.findings.filter((each) => each.severity !== "info")) {
    const [element, component] = placeOf(finding);
    const found = segment.elements.find((each) => each.position === element);
    const parts = component > 0 ? found?.components.filter((each) => each.position === component) : found?.components;
    const first = parts?.[0];
    const last = parts?.at(-1);
    if (first && last) ranges.push(characterRange(segment, first.offset - segment.offset, last.offset + last.length - first.offset));
    else if (element === 0) ranges.push([0, segment.tag.length]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from < at) continue;
    parts.push(segment.text.slice(at, from));
    parts.push(
      <mark key={from} className="segment-mark">
        {to > from ? segment.text.slice(from, to) : "∅"}
      </mark>,
    );
    at = to;
  }
  parts.push(segment.text.slice(at));
  return <>{parts}</>;
}

function ElementList({ segment }: { segment: Segment }) {
  const { tx } = useI18n();
  const faulty = new Set(segment.findings.map((finding) => placeOf(finding).join("/")));
  return (
    <dl className="segment-elements">
      {segment.elements.map((element) => {
        const sent = element.components.filter((component) => component.value !== "");
        const marked = faulty.has(`${element.position}/0`);
        if (sent.length === 0 && !marked) return null;
        return (
          <div key={element.position} className={marked ? "segment-element segment-element-faulty" : "segment-element"}>
            <dt title={element.id ?? undefined}>{tx(element.name) || element.id || String(element.position)}</dt>
            {sent.length === 0 && <dd>∅</dd>}
            {sent.map((component) => (
              <dd key={component.position} title={component.name ? `${component.id ?? ""} ${tx(component.name)}` : undefined}>
                <span className={faulty.has(`${element.position}/${component.position}`) ? "segment-value segment-mark" : "segment-value"}>{component.value}</span>
                {component.meaning && <span className="segment-meaning">{tx(component.meaning)}</span>}
              </dd>
            ))}
          </div>
        );
      })}
    </dl>
  );
}
