// Every event of the box: when, what, who, where it came from, and the proof that it is in the ledger.
import { DownloadOutlined, FileProtectOutlined, SortAscendingOutlined, SortDescendingOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { fileUrl, url } from "../../api/client";
import { usePages } from "../../api/query";
import type { TimelineEntry } from "../../api/types";
import { useI18n } from "../../i18n";
import { dayIn, formatInstant, Loading, ObjectLink, ProblemAlert, usePortZone } from "../../parts";
import { useKindName } from "../start/columns";

/** A report that came in this much after the fact is marked. */
const LATE_REPORT_MS = 15 * 60_000;

function Source({ source }: { source: TimelineEntry["source"] }) {
  const { t } = useI18n();
  const words = t(`source.${source.kind}`);
  return (
    <span className={`source source-${source.kind}`} title={source.name}>
      {source.message ? (
        <Link to={url`/messages/${source.message}`}>
          {words}
          {source.name && source.name !== source.message ? ` ${source.name}` : ""}
        </Link>
      ) : (
        words
      )}
    </span>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t, tx } = useI18n();
  const zone = usePortZone();
  const detail = tx(entry.detail).replace(INSTANT, (at) => formatInstant(at, zone));
  const late = Date.parse(entry.recorded_at) - Date.parse(entry.occurred_at) > LATE_REPORT_MS;
  const who = [tx(entry.actor.organisation?.name), entry.actor.person].filter(Boolean).join(" · ");
  return (
    <li className={`event event-${entry.source.kind}`}>
      <time dateTime={entry.occurred_at} title={`${formatInstant(entry.occurred_at, zone, "second")} (${zone})`}>
        {formatInstant(entry.occurred_at, zone, "second").slice(11)}
      </time>
      <div className="event-body">
        <p className="event-name">
          <strong>{tx(entry.name)}</strong> <ObjectLink type={entry.object.type} id={entry.object.id} />
        </p>
        {detail && <p className="event-detail">{detail}</p>}
        <p className="event-meta">
          <span>{who ? (entry.source.kind === "reaction" ? t("case.dueTo", { who }) : who) : t("source.platform")}</span>
          <Source source={entry.source} />
          {late && (
            <span className="event-reported">
              {t("case.reported")} {formatInstant(entry.recorded_at, zone, "short")}
            </span>
          )}
        </p>
      </div>
      <p className="event-proof no-print">
        <Link to={url`/events/${entry.event_id}`} className="mono" aria-label={t("case.eventPage", { n: entry.position })}>
          #{entry.position}
        </Link>
        {entry.sealed ? (
          <a href={fileUrl(url`/events/${entry.event_id}/receipt`)} download title={t("case.receipt")} aria-label={t("case.receiptOf", { n: entry.position })}>
            <FileProtectOutlined aria-hidden="true" />
          </a>
        ) : (
          <span className="event-unsealed" title={t("case.unsealedText")}>
            {t("case.unsealed")}
          </span>
        )}
      </p>
    </li>
  );
}

/** The event of which a box has dozens and a reader wants none. */
const MOVED = "container.moved";
const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Runs of yard moves are one group; every other event is its own. */
function grouped(entries: TimelineEntry[]): TimelineEntry[][] {
  const groups: TimelineEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (entry.kind === MOVED && last?.[0]?.kind === MOVED) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function Moves({ entries }: { entries: TimelineEntry[] }) {
  const { t, tx } = useI18n();
  const first = entries[0];
  return (
    <li className="event-moves">
      <details>
        <summary>
          {tx(first?.name)} {t("case.times", { n: entries.length })}
        </summary>
        <ol>
          {entries.map((entry) => (
            <Entry key={entry.event_id} entry={entry} />
          ))}
        </ol>
      </details>
    </li>
  );
}

export function Timeline({ containerId }: { containerId: string }) {
  const { t } = useI18n();
  const zone = usePortZone();
  const kindName = useKindName();
  const [kind, setKind] = useState<string>();
  const [newest, setNewest] = useState(true);
  const list = usePages<TimelineEntry>(url`/cases/${containerId}/timeline`, { limit: 200 });
  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  const kinds = [...new Set(all.map((entry) => entry.object.type))];
  const shown = all
    .filter((entry) => !kind || entry.object.type === kind)
    .sort((a, b) => {
      const order = Date.parse(a.occurred_at) - Date.parse(b.occurred_at) || a.position - b.position;
      return newest ? -order : order;
    });
  const days = new Map<string, TimelineEntry[]>();
  for (const entry of shown) {
    const day = dayIn(new Date(entry.occurred_at), zone);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <div className="panel-head">
        <h2 id="timeline-title">{t("case.timeline")}</h2>
        <span className="muted" role="status">
          {all.length > 0 && t("case.events", { n: shown.length })}
        </span>
        <div className="row no-print">
          <Select
            size="small"
            allowClear
            className="timeline-kind"
            aria-label={t("case.filter")}
            placeholder={t("case.filter")}
            popupMatchSelectWidth={false}
            value={kind}
            onChange={setKind}
            options={kinds.map((each) => ({ value: each, label: kindName(each) }))}
          />
          <Button size="small" icon={newest ? <SortDescendingOutlined aria-hidden="true" /> : <SortAscendingOutlined aria-hidden="true" />} onClick={() => setNewest(!newest)}>
            {newest ? t("worklist.orderNewest") : t("case.oldest")}
          </Button>
          <Button size="small" icon={<DownloadOutlined aria-hidden="true" />} href={fileUrl(url`/cases/${containerId}/timeline.csv`)} download>
            CSV
          </Button>
        </div>
      </div>
      {list.isPending && <Loading />}
      {list.error && <ProblemAlert error={list.error} retry={() => void list.refetch()} />}
      {[...days].map(([day, entries]) => (
        <div key={day} className="timeline-day">
          <h3>{day}</h3>
          <ol>
            {grouped(entries).map((group) => {
              const [first] = group;
              if (!first) return null;
              return group.length > 1 ? <Moves key={first.event_id} entries={group} /> : <Entry key={first.event_id} entry={first} />;
            })}
          </ol>
        </div>
      ))}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("worklist.more")}
        </Button>
      )}
    </section>
  );
}
