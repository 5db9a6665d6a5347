// Names and values of one object, as many columns as there is room for.
import { Fragment, type ReactNode } from "react";

export interface Fact {
  label: ReactNode;
  value: ReactNode;
  /** Takes the whole row. */
  wide?: boolean;
}

export function KeyFacts({ facts, title }: { facts: (Fact | null | false | undefined)[]; title?: string }) {
  return (
    <dl className="facts" aria-label={title}>
      {facts.map((fact, at) =>
        fact ? (
          <div key={at} className={fact.wide ? "fact fact-wide" : "fact"}>
            <dt>{fact.label}</dt>
            <dd>{fact.value === null || fact.value === undefined || fact.value === "" ? <span className="none">–</span> : fact.value}</dd>
          </div>
        ) : (
          <Fragment key={at} />
        ),
      )}
    </dl>
  );
}
