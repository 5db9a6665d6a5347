// The board of the inspection site (查验场看板): who is to come, who waits in which place, who is being inspected, who is done. Live.
import { Link } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { SiteBoard as Board, SiteEntry } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, StatusTag, useNow, When } from "../../parts";

const LANES = ["expected", "waiting", "under-way", "done"] as const;
/** Waiting times are told in minutes. */
const MINUTE_MS = 60_000;

export default function SiteBoard() {
  const { t } = useI18n();
  const session = useSession();
  const terminal = session?.user.role === "terminal";
  const found = useGet<Board>("/inspection-site");
  const board = found.data;
  return (
    <>
      <PageHeader
        title={t("rooms.site.title")}
        actions={
          !terminal && (
            <Link className="button-link secondary" to="/inspection-site/rule">
              {t("rooms.site.rule")}
            </Link>
          )
        }
      >
        {t(terminal ? "rooms.site.leadTerminal" : "rooms.site.lead")}
      </PageHeader>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {board && (
        <>
          <p className="muted">
            {board.site} · {board.day} · {t("rooms.site.asOf")} <When at={board.as_of} style="clock" />
            {board.truncated && ` · ${t("rooms.site.truncated")}`}
          </p>
          <div className="site-board">
            {LANES.map((lane) => (
              <Lane key={lane} lane={lane} entries={board.items.filter((entry) => entry.lane === lane)} />
            ))}
          </div>
        </>
      )}
    </>
  );
}

function Lane({ lane, entries }: { lane: (typeof LANES)[number]; entries: SiteEntry[] }) {
  const { t, number } = useI18n();
  const title = `lane-${lane}`;
  return (
    <section className="panel" aria-labelledby={title} data-lane={lane}>
      <h2 id={title}>
        {t(`rooms.site.lane.${lane}`)} · {number(entries.length)}
      </h2>
      {entries.length === 0 ? (
        <p className="muted">{t("rooms.site.none")}</p>
      ) : (
        <ol className="site-lane">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: SiteEntry }) {
  const { t, tx, number, hours } = useI18n();
  const now = useNow(MINUTE_MS);
  const officer = useSession()?.user.role === "customs";
  // Officers' names are for customs alone: to a terminal nobody is missing.
  const without = !officer ? null : entry.lane === "waiting" ? "rooms.site.noneYet" : entry.lane === "expected" && entry.priority?.on_arrival ? "rooms.site.noOfficers" : null;
  const waited = entry.arrived_at === null ? null : Math.max(0, now.getTime() - new Date(entry.arrived_at).getTime());
  return (
    <li data-inspection={entry.id}>
      <p className="row">
        {entry.position !== null && <strong>{t("rooms.site.position", { n: number(entry.position) })}</strong>}
        <Link className="mono" to={url`/inspections/${entry.id}`}>
          {entry.id}
        </Link>
        {entry.lane === "done" && <StatusTag status={entry.status} text={entry.status_text} />}
      </p>
      <p>
        {entry.priority ? tx(entry.priority.name) : t("rooms.site.ordinary")}
        {entry.priority?.on_arrival && ` · ${t("rooms.site.onArrival")}`} · {tx(entry.terminal.name)}
      </p>
      <p className="mono">{entry.containers.join(" ")}</p>
      <p className="muted">
        {entry.slot ? (
          <>
            {t("rooms.site.slot")} <When at={entry.slot.start} style="short" />
          </>
        ) : entry.priority?.on_arrival ? (
          t("rooms.site.noSlot")
        ) : null}
        {entry.lane !== "expected" && ` ${t("rooms.site.boxes", { there: number(entry.at_site.length), all: number(entry.containers.length) })}`}
        {entry.lane === "waiting" && waited !== null && ` · ${t("rooms.site.waited", { time: hours(waited / 3_600_000) })}`}
        {entry.begun_at && (
          <>
            {" "}
            · {t("rooms.site.begun")} <When at={entry.begun_at} style="clock" />
          </>
        )}
      </p>
      {entry.officers.length > 0 ? (
        <p>{entry.officers.map((one) => tx(one.name)).join(t("rooms.listComma"))}</p>
      ) : (
        without && <p className="muted">{t(without)}</p>
      )}
    </li>
  );
}
