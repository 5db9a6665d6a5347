// Reading of code tables. A small table is read once as a whole; a large one is searched on the server while somebody types.
import { useMemo } from "react";
import { useGet } from "../../api/query";
import { url } from "../../api/client";
import type { Code, Page } from "../../api/types";

export type TableName =
  | "container-size-type"
  | "country"
  | "currency"
  | "customs-district"
  | "declaration-type"
  | "domestic-port"
  | "duty-exemption"
  | "duty-nature"
  | "edoc-code"
  | "hs-sample"
  | "licence-document"
  | "package-kind"
  | "port"
  | "supervision-mode"
  | "terms-of-delivery"
  | "transport-mode"
  | "unit";

const WHOLE_MAX = 200;
const FOUND_MAX = 30;
const FOREVER = { staleTime: Infinity } as const;

export interface Codes {
  items: Code[];
  loading: boolean;
  /** The code that is chosen now, when the table knows it. */
  chosen: Code | null;
}

/** Entries of `table` that fit `typed`, and the entry of the chosen `code`. `table` null: nothing to read. */
export function useCodes(table: TableName | null, typed: string, code: string): Codes {
  const path = table ? url`/codes/${table}` : null;
  const whole = useGet<Page<Code>>(path, { limit: WHOLE_MAX }, FOREVER);
  const large = Boolean(whole.data?.next) || (whole.data?.items.length ?? 0) >= WHOLE_MAX;
  const known = useMemo(() => whole.data?.items.find((item) => item.code === code) ?? null, [whole.data, code]);
  const found = useGet<Page<Code>>(large && typed ? path : null, { q: typed, limit: FOUND_MAX }, { ...FOREVER, keep: true });
  const single = useGet<Page<Code>>(large && code && !known ? path : null, { q: code, limit: 5 }, FOREVER);
  const items = useMemo(() => {
    if (large && typed) return found.data?.items ?? [];
    const text = typed.toLowerCase();
    const all = whole.data?.items ?? [];
    if (!text) return all;
    return all.filter((item) => item.code.toLowerCase().startsWith(text) || item.name.zh.includes(typed) || item.name.en.toLowerCase().includes(text));
  }, [large, typed, found.data, whole.data]);
  return {
    items,
    loading: whole.isPending || (large && Boolean(typed) && found.isFetching),
    chosen: known ?? single.data?.items.find((item) => item.code === code) ?? null,
  };
}
