// What happened to a train or waybill: every event with its source and its place on the ledger, the newest first.
import { Link } from "react-router";
import { url } from "../../api/client";
import type { TimelineEntry } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, When } from "../../parts";
import { TableScroll } from "./TableScroll";

export function Events({ entries }: { entries: TimelineEntry[] }) {
  const { t, tx } = useI18n();
  return (
    <section className="panel" aria-labelledby="events-title">
      <h2 id="events-title">{t("rooms.events")}</h2>
      <TableScroll labelledBy="events-title">
          <thead>
            <tr>
              <th>{t("rooms.events.what")}</th>
              <th>{t("rooms.events.when")}</th>
              <th>{t("worklist.object")}</th>
              <th>{t("rooms.events.who")}</th>
              <th>{t("rooms.events.source")}</th>
            </tr>
          </thead>
          <tbody>
            {[...entries].reverse().map((entry) => (
              <tr key={entry.event_id}>
                <th scope="row">
                  <Link to={url`/events/${entry.event_id}`}>{tx(entry.name)}</Link>
                  {tx(entry.detail) && <span className="muted"> {tx(entry.detail)}</span>}
                </th>
                <td>
                  <When at={entry.occurred_at} style="short" />
                </td>
                <td>
                  <ObjectLink type={entry.object.type} id={entry.object.id} />
                </td>
                <td>{[tx(entry.actor.organisation?.name), entry.actor.person].filter(Boolean).join(" · ") || "–"}</td>
                <td>{entry.source.message ? <ObjectLink type="message" id={entry.source.message} /> : "–"}</td>
              </tr>
            ))}
          </tbody>
        </TableScroll>
    </section>
  );
}
