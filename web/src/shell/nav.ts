// What an entry of the side navigation is.
import type { ReactNode } from "react";
import type { MessageKey } from "../i18n";

export interface NavItem {
  path: string;
  label: MessageKey;
  icon: ReactNode;
  /** Entries with the same group stand under one heading. */
  group?: MessageKey;
}
