// What a figure means: unit, period and definition, one press away from the figure. The browser's own popover closes
// it on Escape or on a press elsewhere.
import { useId, useRef, type ReactNode } from "react";
import { useI18n } from "../i18n";

interface Props {
  children: ReactNode;
  unit?: ReactNode;
  period?: ReactNode;
  /** What is defined, for screen readers. */
  of?: string;
}

const GAP_PX = 6;

export function Definition({ children, unit, period, of }: Props) {
  const { t } = useI18n();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDListElement>(null);
  const place = () => {
    const at = button.current?.getBoundingClientRect();
    const box = panel.current;
    if (!at || !box) return;
    box.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - box.offsetWidth - 8))}px`;
    const below = at.bottom + GAP_PX;
    box.style.top = `${below + box.offsetHeight > window.innerHeight ? Math.max(8, at.top - box.offsetHeight - GAP_PX) : below}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="definition-button"
        popoverTarget={id}
        aria-label={of ? t("definition.of", { of }) : t("definition.title")}
      >
        <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" strokeWidth="1.3" />
          <path d="M6 6.2a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1v.4" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" />
          <circle cx="8" cy="11.6" r=".9" fill="currentColor" />
        </svg>
      </button>
      <dl ref={panel} id={id} popover="auto" className="definition" onToggle={place}>
        <dt>{t("definition.meaning")}</dt>
        <dd>{children}</dd>
        {unit && (
          <>
            <dt>{t("definition.unit")}</dt>
            <dd>{unit}</dd>
          </>
        )}
        {period && (
          <>
            <dt>{t("definition.period")}</dt>
            <dd>{period}</dd>
          </>
        )}
      </dl>
    </>
  );
}
