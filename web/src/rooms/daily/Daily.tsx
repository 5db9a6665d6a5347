// The board of daily clearance (日清看板): figures of today, every group of open cases by age, and the closing of the day.
import { Alert } from "antd";
import { Link } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DailyBoard, DailyGroup } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Definition, Loading, PageHeader, ProblemAlert, When } from "../../parts";
import { AlarmStrip } from "../alarms/AlarmStrip";
import { CloseDay } from "./CloseDay";

export default function Daily() {
  const { t } = useI18n();
  const found = useGet<DailyBoard>("/daily", undefined, { refetchInterval: 30_000 });
  const board = found.data;
  return (
    <>
      <PageHeader
        title={t("daily.title")}
        actions={
          <>
            {board?.report && (
              <Link className="button-link" to={url`/daily-reports/${board.report}`}>
                {t("daily.closed")}
              </Link>
            )}
            <Link className="button-link secondary" to="/daily-reports">
              {t("daily.reports")}
            </Link>
          </>
        }
      >
        {board?.district === null ? t("daily.leadOffice") : t("daily.lead")}
      </PageHeader>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {board && <Body board={board} />}
    </>
  );
}

/** Cases behind a figure. */
function casesOf(group: DailyGroup, age?: number): string {
  const search = new URLSearchParams({ kind: group.kind, status: group.status, action: group.action ?? "-" });
  if (age !== undefined) search.set("age", String(age));
  return `/daily/cases?${search.toString()}`;
}

function Body({ board }: { board: DailyBoard }) {
  const { t } = useI18n();
  const own = board.groups.filter((group) => group.owner === "customs");
  return (
    <div className="stack">
      <Figures board={board} />
      <AlarmStrip />
      {board.closes && board.yesterday_open && (
        <Alert
          type="warning"
          showIcon
          title={t("daily.yesterday", { day: board.yesterday_open })}
          action={<CloseDay board={board} day={board.yesterday_open} secondary />}
        />
      )}
      <section className="panel" aria-labelledby="self-check">
        <h2 id="self-check">{t("daily.selfCheck")}</h2>
        {own.length === 0 ? <p className="told-good">{t("daily.selfCheckClear")}</p> : <SelfCheck groups={own} />}
      </section>
      <section className="panel" aria-labelledby="daily-groups">
        <div className="panel-head">
          <h2 id="daily-groups">{t("daily.groups")}</h2>
          <span className="muted">
            {board.day} · {t("daily.asOf")} <When at={board.as_of} style="clock" />
          </span>
        </div>
        {board.groups.length === 0 ? <p className="told-good">{t("daily.nothing")}</p> : <Groups board={board} />}
        {board.closes &&
          !board.report &&
          (board.as_of < board.closes_from ? (
            <p className="muted">
              {t("daily.closesFrom")} <When at={board.closes_from} style="clock" />
            </p>
          ) : (
            <p className="row form-end">
              <CloseDay board={board} day={board.day} />
            </p>
          ))}
      </section>
    </div>
  );
}

function Figures({ board }: { board: DailyBoard }) {
  const { t, number, percent } = useI18n();
  const carried = board.groups.reduce((sum, group) => sum + group.total - (group.ages[0] ?? 0), 0);
  const own = board.groups.filter((group) => group.owner === "customs").reduce((sum, group) => sum + group.total, 0);
  const { open, opened, cleared, rate } = board.figures;
  const figures: { key: MessageKey; def: MessageKey; value: string; share?: boolean; now?: boolean; to?: string }[] = [
    { key: "daily.open", def: "daily.open.def", value: number(open), now: true, to: "/daily/cases" },
    { key: "daily.own", def: "daily.own.def", value: number(own), now: true, to: "#self-check" },
    { key: "daily.carried", def: "daily.carried.def", value: number(carried), now: true, to: "#daily-groups" },
    { key: "daily.opened", def: "daily.opened.def", value: number(opened) },
    { key: "daily.cleared", def: "daily.cleared.def", value: number(cleared) },
    { key: "daily.rate", def: "daily.rate.def", value: rate === null ? "–" : percent(rate, 1), share: true },
  ];
  return (
    <section className="panel" aria-label={t("daily.title")}>
      <dl className="message-figures">
        {figures.map((figure) => (
          <div key={figure.key} data-figure={figure.key}>
            <dt>
              {t(figure.key)}{" "}
              <Definition of={t(figure.key)} unit={figure.share ? t("daily.unitShare") : t("daily.unitCase")} period={figure.now ? t("daily.periodNow") : t("daily.periodToday")}>
                {t(figure.def)}
              </Definition>
            </dt>
            <dd>{figure.to ? figure.to.startsWith("#") ? <a href={figure.to}>{figure.value}</a> : <Link to={figure.to}>{figure.value}</Link> : figure.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function SelfCheck({ groups }: { groups: DailyGroup[] }) {
  const { t, tx, number, maybe } = useI18n();
  return (
    <ul className="box-list">
      {groups.map((group) => (
        <li key={`${group.kind} ${group.status} ${group.action ?? ""}`}>
          <span>
            <strong>{maybe(`kind.${group.kind}`, group.kind)}</strong> {tx(group.why)}
          </span>
          {group.readable ? (
            <Link to={casesOf(group)}>
              {number(group.total)} {t("daily.unitCase")}
            </Link>
          ) : (
            <span>
              {number(group.total)} {t("daily.unitCase")}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Groups({ board }: { board: DailyBoard }) {
  const { t, tx, number, maybe } = useI18n();
  return (
    <div className="worklist">
      {/* What scrolls must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="worklist-scroll" role="group" aria-labelledby="daily-groups" tabIndex={0}>
        <table>
      <thead>
        <tr>
          <th scope="col">{t("daily.kind")}</th>
          <th scope="col">{t("daily.why")}</th>
          <th scope="col">{t("daily.owner")}</th>
          <th scope="col">{t("daily.next")}</th>
          {board.ages.map((age) => (
            <th key={age.class} scope="col" className="right">
              {tx(age.text)}
            </th>
          ))}
          <th scope="col" className="right">
            {t("daily.total")}
          </th>
          <th scope="col">{t("daily.oldest")}</th>
        </tr>
      </thead>
      <tbody>
        {board.groups.map((group) => (
          <tr key={`${group.kind} ${group.status} ${group.action ?? ""}`} data-group={`${group.kind} ${group.status}`}>
            <th scope="row">{maybe(`kind.${group.kind}`, group.kind)}</th>
            <td data-label={t("daily.why")}>{tx(group.why)}</td>
            <td data-label={t("daily.owner")}>{tx(group.owner_text)}</td>
            <td data-label={t("daily.next")}>{tx(group.next)}</td>
            {group.ages.map((count, age) => (
              <td key={age} className="right" data-label={tx(board.ages[age]?.text)}>
                {count > 0 && group.readable ? <Link to={casesOf(group, age)}>{number(count)}</Link> : count > 0 ? number(count) : <span className="none">–</span>}
              </td>
            ))}
            <td className="right" data-label={t("daily.total")}>{group.readable ? <Link to={casesOf(group)}>{number(group.total)}</Link> : <span title={t("daily.notReadable")}>{number(group.total)}</span>}</td>
            <td className="nowrap" data-label={t("daily.oldest")}>
              {group.oldest}
            </td>
          </tr>
        ))}
      </tbody>
        </table>
      </div>
    </div>
  );
}
