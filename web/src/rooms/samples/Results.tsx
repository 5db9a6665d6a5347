// Results of test items, to be typed and to be read; used for the laboratory's report and for a third party's.
import { Checkbox, Input } from "antd";
import type { Named, TestResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { StatusTag } from "../../parts";

/** One empty result for each item. */
export const blankResults = (items: readonly { code: string }[]): TestResult[] => items.map((item) => ({ item: item.code, method: "", limit: "", result: "", meets: true }));

/** Everything is typed. */
export const complete = (results: readonly TestResult[]) => results.length > 0 && results.every((one) => one.method.trim() !== "" && one.limit.trim() !== "" && one.result.trim() !== "");

/** What the results come to when the test tells. */
export const concluded = (results: readonly TestResult[]) => (results.every((one) => one.meets) ? "pass" : "fail");

export function ResultsEditor({ items, results, onChange }: { items: readonly Named[]; results: TestResult[]; onChange: (results: TestResult[]) => void }) {
  const { t, tx } = useI18n();
  const name = (code: string) => tx(items.find((item) => item.code === code)?.name ?? { zh: code, en: code });
  const set = (at: number, change: Partial<TestResult>) => onChange(results.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <div className="stack">
      {results.map((one, at) => (
        <fieldset key={one.item} className="sample-item">
          <legend>{name(one.item)}</legend>
          <div className="form-grid">
            {(["method", "limit", "result"] as const).map((field) => (
              <label key={field} className="field">
                <span className="field-label">{t(`rooms.sample.${field}`)}</span>
                <Input maxLength={120} value={one[field]} aria-label={`${name(one.item)} ${t(`rooms.sample.${field}`)}`} onChange={(event) => set(at, { [field]: event.target.value })} />
              </label>
            ))}
          </div>
          <Checkbox checked={one.meets} aria-label={`${name(one.item)} ${t("rooms.sample.meets")}`} onChange={(event) => set(at, { meets: event.target.checked })}>
            {t("rooms.sample.meets")}
          </Checkbox>
        </fieldset>
      ))}
    </div>
  );
}

export function ResultsTable({ items, results, label }: { items: readonly Named[]; results: readonly TestResult[]; label: string }) {
  const { t, tx } = useI18n();
  return (
    // A wide table is scrolled by keyboard, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("rooms.sample.item")}</th>
            <th scope="col">{t("rooms.sample.method")}</th>
            <th scope="col">{t("rooms.sample.limit")}</th>
            <th scope="col">{t("rooms.sample.result")}</th>
            <th scope="col">{t("rooms.sample.meets")}</th>
          </tr>
        </thead>
        <tbody>
          {results.map((one) => (
            <tr key={one.item}>
              <th scope="row">{tx(items.find((item) => item.code === one.item)?.name ?? { zh: one.item, en: one.item })}</th>
              <td>{one.method}</td>
              <td>{one.limit}</td>
              <td>{one.result}</td>
              <td>
                <StatusTag status={one.meets ? "pass" : "fail"} text={t(one.meets ? "rooms.sample.meets" : "rooms.sample.fails")} tone={one.meets ? "done" : "stop"} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
