// An amount with its currency, in figures of equal width.
import type { Money } from "../api/types";
import { useI18n } from "../i18n";

export function MoneyText({ value, strong = false }: { value: Money | null | undefined; strong?: boolean }) {
  const { money } = useI18n();
  if (!value) return <span className="none">–</span>;
  return <span className={strong ? "money money-strong" : "money"}>{money(value)}</span>;
}
