import { useI18n } from "../i18n";

/** The mark: a ship's bow over the lit line of the channel. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="7" fill="currentColor" opacity="0.14" />
      <path d="M16 5 27 26.500 19.800 24.200 16 14.500 12.200 24.200 5 26.500Z" fill="currentColor" />
      <path d="M16 17.500v9" stroke="#e0a03a" strokeWidth="2.200" strokeLinecap="round" />
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
