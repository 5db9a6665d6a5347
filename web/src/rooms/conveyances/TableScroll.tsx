// A table that may be wider than its page: scrolled by keyboard too.
import type { ReactNode } from "react";

export function TableScroll({ labelledBy, label, children }: { labelledBy?: string; label?: string; children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="table-scroll" role="group" aria-labelledby={labelledBy} aria-label={label} tabIndex={0}>
      <table className="table">{children}</table>
    </div>
  );
}
