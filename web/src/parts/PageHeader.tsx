// The head of a page: where it belongs, its name, its state, and what can be done.
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import { useI18n } from "../i18n";

interface Props {
  title: ReactNode;
  /** The name of the browser tab, when `title` is not plain text. */
  tab?: string;
  /** A small line above the title. */
  eyebrow?: ReactNode;
  back?: { to: string; text: string };
  tags?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function PageHeader({ title, tab, eyebrow, back, tags, actions, children }: Props) {
  const { t } = useI18n();
  const name = tab ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = name ? `${name} · ${t("product.short")}` : t("product.name");
  }, [name, t]);
  return (
    <header className="page-header">
      {back && (
        <Link to={back.to} className="page-back">
          ‹ {back.text}
        </Link>
      )}
      {eyebrow && <p className="eyebrow">{eyebrow}</p>}
      <div className="page-header-row">
        <h1>{title}</h1>
        {tags && <div className="page-tags">{tags}</div>}
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children && <div className="page-lead">{children}</div>}
    </header>
  );
}
