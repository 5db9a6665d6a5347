import { useI18n } from "../i18n";

/** The place of something that is on its way. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useI18n();
  return (
    <div className="loading" aria-busy="true" role="status">
      <span className="visually-hidden">{t("state.loading")}</span>
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} className="loading-line" aria-hidden="true" />
      ))}
    </div>
  );
}
