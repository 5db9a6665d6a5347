// A chart, and the same data as a table for whoever prefers or needs it.
import { Button } from "antd";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n";
import { colour, FONT } from "../theme";
import { Loading } from "./Loading";

export interface ChartTable {
  columns: string[];
  rows: (string | number)[][];
}

export interface Picked {
  name: string;
  seriesName?: string | undefined;
  dataIndex: number;
}

interface Props {
  option: EChartsCoreOption;
  /** What the chart says, in a sentence. */
  label: string;
  table: ChartTable;
  height?: number;
  onPick?: (picked: Picked) => void;
}

/** Settings that every chart of the platform shares. */
const BASE: EChartsCoreOption = {
  color: [colour.teal, "#d59a3a", "#5b7fa8", "#8a6f9e", "#7a8a60"],
  textStyle: { fontFamily: FONT, color: colour.inkSoft },
  animationDuration: 300,
  tooltip: { trigger: "axis", confine: true },
};

export function Chart({ option, label, table, height = 260, onPick }: Props) {
  const { t } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  const [ready, setReady] = useState(false);
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);
  useEffect(() => {
    if (asTable) return;
    let gone = false;
    let watch: ResizeObserver | undefined;
    void import("./echarts").then(({ init }) => {
      if (gone || !place.current) return;
      const drawn = init(place.current, undefined, { renderer: "svg" });
      chart.current = drawn;
      drawn.on("click", (event) => {
        const { name, seriesName, dataIndex } = event as unknown as Picked;
        pick.current?.({ name, seriesName, dataIndex });
      });
      watch = new ResizeObserver(() => drawn.resize());
      watch.observe(place.current);
      setReady(true);
    });
    return () => {
      gone = true;
      watch?.disconnect();
      chart.current?.dispose();
      chart.current = null;
      setReady(false);
    };
  }, [asTable]);
  useEffect(() => {
    if (ready) chart.current?.setOption({ ...BASE, ...option }, { notMerge: true });
  }, [ready, option]);
  return (
    <figure className="chart">
      {asTable ? (
        // A wide table scrolls inside its frame, which must be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="chart-table" style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={label}>
          <table>
            <caption className="visually-hidden">{label}</caption>
            <thead>
              <tr>
                {table.columns.map((column, at) => (
                  <th key={column} scope="col" className={at > 0 ? "right" : undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((value, column) =>
                    column === 0 ? (
                      <th key={column} scope="row">
                        {value}
                      </th>
                    ) : (
                      <td key={column} className="right">
                        {value}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div style={{ height }} className="chart-place">
          {!ready && <Loading rows={3} />}
          <div ref={place} role="img" aria-label={label} style={{ height: ready ? height : 0 }} />
        </div>
      )}
      <figcaption className="chart-foot">
        <Button size="small" type="text" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t("chart.asChart") : t("chart.asTable")}
        </Button>
      </figcaption>
    </figure>
  );
}
