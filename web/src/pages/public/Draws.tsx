// One day of the double-random draw (双随机): what was committed to beforehand, what was revealed, what was drawn.
import { Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DrawDay } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import "./public.css";

const ROWS_AT_ONCE = 100;

export default function Draws() {
  const { t, number } = useI18n();
  const { day = "" } = useParams();
  const navigate = useNavigate();
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const result = useGet<DrawDay>(url`/public/draws/${day}`);
  const draws = result.data?.draws ?? [];
  const selected = draws.filter((draw) => draw.selected).length;
  return (
    <div className="public-page">
      <PageHeader
        title={t("draws.title", { day })}
        actions={
          <DatePicker
            aria-label={t("draws.day")}
            value={dayjs(day).isValid() ? dayjs(day) : null}
            allowClear={false}
            onChange={(next) => next && void navigate(url`/draws/${next.format("YYYY-MM-DD")}`)}
          />
        }
      >
        {t("draws.lead")}
      </PageHeader>
      {result.isPending && <Loading />}
      {result.error?.status === 404 ? (
        <section className="panel">{t("draws.none")}</section>
      ) : (
        result.error && <ProblemAlert error={result.error} retry={() => void result.refetch()} />
      )}
      {result.data && !result.error && (
        <div className="stack">
          <section className="panel" aria-labelledby="draws-proof">
            <h2 id="draws-proof">{t("draws.proof")}</h2>
            <KeyFacts
              facts={[
                { label: t("draws.commitment"), value: <CopyText text={result.data.commitment} />, wide: true },
                {
                  label: t("draws.seed"),
                  value: result.data.revealed_seed ? <CopyText text={result.data.revealed_seed} /> : t("draws.sealed"),
                  wide: true,
                },
                { label: t("draws.count"), value: number(draws.length) },
                { label: t("draws.selected"), value: number(selected) },
              ]}
            />
          </section>
          <section className="panel" aria-labelledby="draws-how">
            <h2 id="draws-how">{t("draws.how")}</h2>
            <ol className="numbered">
              <li>{t("draws.how.1")}</li>
              <li>{t("draws.how.2")}</li>
              <li>{t("draws.how.3")}</li>
              <li>{t("draws.how.4")}</li>
            </ol>
          </section>
          <section className="panel" aria-labelledby="draws-list">
            <h2 id="draws-list">{t("draws.list")}</h2>
            {draws.length === 0 ? (
              <p className="muted">{t("draws.empty")}</p>
            ) : (
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              <div className="table-scroll" tabIndex={0} role="group" aria-label={t("draws.list")}>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t("draws.subject")}</th>
                      <th scope="col" className="right">{t("draws.rate")}</th>
                      <th scope="col" className="right">{t("draws.number")}</th>
                      <th scope="col">{t("draws.result")}</th>
                      <th scope="col" className="right">{t("draws.mixSize")}</th>
                      <th scope="col">{t("draws.mixRoot")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {draws.slice(0, shown).map((draw, at) => (
                      <tr key={`${draw.subject} ${at}`}>
                        <th scope="row" className="mono">{draw.subject}</th>
                        <td className="right">{number(draw.rate_bp / 100, 2)} %</td>
                        <td className="right mono">{String(draw.number)}</td>
                        <td>
                          <StatusTag status="" tone={draw.selected ? "wait" : "done"} text={draw.selected ? t("draws.yes") : t("draws.no")} />
                        </td>
                        <td className="right">{number(draw.mix_size)}</td>
                        <td className="mono" title={draw.mix_root}>{draw.mix_root.slice(0, 16)}…</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {draws.length > shown && <Button onClick={() => setShown(shown + ROWS_AT_ONCE)}>{t("worklist.more")}</Button>}
          </section>
        </div>
      )}
    </div>
  );
}
