import { useI18n } from "../i18n";

/** The mark: a ship's bow over the lit line of the channel. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="7" fill="currentColor" opacity="0.14" />
      <path d="M16 5 27 26.5 19.8 24.2 16 14.5 12.2 24.2 5 26.5Z" fill="currentColor" />
      <path d="M16 17.5v9" stroke="#e0a03a" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  );
}

export function Brand({ port }: { port?: string | undefined }) {
  const { t } = useI18n();
  return (
    <span className="brand">
      <Mark />
      <span className="brand-words">
        <span className="brand-name">{t("product.name")}</span>
        {port && <span className="brand-port">{port}</span>}
      </span>
    </span>
  );
}
