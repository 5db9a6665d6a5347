// Where a day's work begins: what waits for me, how much of it, and what I most often come to do.
import { Link } from "react-router";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Role, Tally, TallyRow, WorkItem } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, When, Worklist } from "../../parts";
import { AlarmStrip } from "../../rooms/alarms/AlarmStrip";
import { inLaboratory } from "../../shell/navigation";
import { LABORATORY_ACTIONS, MAIN_ACTIONS } from "./actions";
import { useKindName, useWorkColumns, workKey, workPath } from "./columns";
import "./start.css";

const CARDS_MAX = 8;
const ROWS = 20;
/** Roles that watch the work of others rather than do it. */
const WATCHERS: readonly Role[] = ["port-office", "admin"];

function Card({ row, mine }: { row: TallyRow; mine: boolean }) {
  const { t, tx, number } = useI18n();
  const kindName = useKindName();
  const query = new URLSearchParams({ kind: row.kind, mine: String(mine) });
  if (row.action) query.set("action", row.action);
  else query.set("status", row.status);
  return (
    <Link to={`/worklist?${query.toString()}`} className={row.overdue > 0 ? "tally tally-late" : "tally"}>
      <span className="tally-kind">{kindName(row.kind)}</span>
      <strong>{number(row.count)}</strong>
      <span className="tally-text">{tx(row.action_text) || tx(row.status_text)}</span>
      {row.overdue > 0 && <span className="tally-overdue">{t("start.overdue", { n: number(row.overdue) })}</span>}
    </Link>
  );
}

/** One card for each thing to do, whatever the states it waits in. */
function byTask(rows: readonly TallyRow[]): TallyRow[] {
  const cards = new Map<string, TallyRow>();
  for (const row of rows) {
    const key = `${row.kind} ${row.action ?? row.status}`;
    const known = cards.get(key);
    cards.set(key, known ? { ...known, count: known.count + row.count, overdue: known.overdue + row.overdue } : row);
  }
  return [...cards.values()];
}

export default function Start() {
  const { t, tx } = useI18n();
  const session = useSession();
  const role = session?.user.role;
  const worker = role ? !WATCHERS.includes(role) : true;
  const own = useGet<Tally>("/worklist/tally", { mine: true }, { enabled: worker });
  const idle = worker && own.data !== undefined && own.data.items.every((row) => row.count === 0);
  const mine = worker && !idle;
  const all = useGet<Tally>("/worklist/tally", { mine: false }, { enabled: !mine });
  const tally = mine ? own : all;
  const columns = useWorkColumns();
  if (!session || !role) return <Loading />;
  const rows = byTask(tally.data?.items ?? [])
    .filter((row) => row.count > 0)
    .sort((a, b) => Number(b.action !== null) - Number(a.action !== null) || b.overdue - a.overdue || b.count - a.count);
  return (
    <>
      <PageHeader title={t("start.hello", { name: tx(session.user.name) })} tab={t("nav.start")}>
        {tx(session.organisation.name)} · {t(`role.${role}`)}
        {tally.data && (
          <>
            {" · "}
            {t("start.asOf")} <When at={tally.data.as_of} style="clock" />
          </>
        )}
      </PageHeader>
      <ul className="main-actions">
        {(inLaboratory(session) ? LABORATORY_ACTIONS : MAIN_ACTIONS[role]).map((action, at) => (
          <li key={action.to}>
            <Link to={action.to} className={at === 0 ? "main-action main-action-first" : "main-action"}>
              <strong>{t(action.label)}</strong>
              <span>{t(action.text)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <AlarmStrip />
      <section aria-labelledby="tally-title">
        <h2 id="tally-title" className="section-title">
          {t(worker ? "start.waiting" : "start.everywhere")}
        </h2>
        {tally.isPending && <Loading rows={3} />}
        {tally.error && <ProblemAlert error={tally.error} retry={() => void tally.refetch()} />}
        {idle && rows.length > 0 && <p className="muted start-idle">{t("start.noneMine")}</p>}
        {tally.data && rows.length === 0 && <p className="panel muted">{t("start.nothing")}</p>}
        <div className="tallies">
          {rows.slice(0, CARDS_MAX).map((row) => (
            <Card key={`${row.kind} ${row.status} ${row.action ?? ""}`} row={row} mine={mine} />
          ))}
        </div>
      </section>
      <div>
        <h2 className="section-title">
          {t(worker ? "start.next" : "start.latest")}
        </h2>
        <Worklist<WorkItem>
          label={t(mine ? "start.next" : "start.latest")}
          path="/worklist"
          params={{ mine, open: true, order: "due" }}
          limit={ROWS}
          columns={columns}
          rowKey={workKey}
          to={workPath}
          overdue={(item) => item.overdue}
          empty={t("start.nothing")}
        />
      </div>
    </>
  );
}
