// Which work an order is of, and its words: the two have the same keys.
import { useI18n } from "../../i18n";
import type { dischargeText } from "./dischargeText";

export type Work = "discharge" | "loading";

type Key<K> = K extends `rooms.discharge.order.${infer Rest}` ? Rest : never;
export type WorkKey = Key<keyof typeof dischargeText>;

/** The words of a work's orders. */
export function useWorkText(work: Work) {
  const { t } = useI18n();
  return (key: WorkKey, values?: Record<string, string | number>) => t(`rooms.${work}.order.${key}`, values);
}
