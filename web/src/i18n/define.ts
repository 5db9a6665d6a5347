// Message tables: each key with both languages side by side, so that one can never be forgotten.
export type Language = "zh" | "en";
export type Messages = Record<string, { zh: string; en: string }>;

/** Checks a table and keeps its keys as types. Places for values are written {name}. */
export function define<T extends Messages>(messages: T): T {
  return messages;
}
