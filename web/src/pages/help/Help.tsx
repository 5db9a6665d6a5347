// What each role does here, in what order, and how to move without a mouse.
import { Link } from "react-router";
import { useMeta } from "../../api/session";
import type { Role } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { PageHeader } from "../../parts";
import { RoleIcon } from "../public/icons";
import "../public/public.css";
import "./help.css";

const ROLES: Exclude<Role, "national">[] = ["trader", "agent", "terminal", "trucker", "customs", "maritime", "border", "port-authority", "market-supervision", "port-office", "admin"];
const STEPS = [1, 2, 3] as const;
const KEYS: [string, MessageKey][] = [
  ["/", "help.key.search"],
  ["Tab", "help.key.tab"],
  ["↑ ↓", "help.key.rows"],
  ["Enter", "help.key.open"],
  ["Esc", "help.key.escape"],
];
const QUESTIONS = [1, 2, 3, 4, 5, 6] as const;

export default function Help() {
  const { t } = useI18n();
  const meta = useMeta();
  return (
    <div className="public-page">
      <PageHeader title={t("nav.help")}>{t("help.lead")}</PageHeader>
      <section aria-labelledby="help-roles">
        <h2 id="help-roles" className="help-title">
          {t("help.roles")}
        </h2>
        <div className="help-roles">
          {ROLES.map((role) => (
            <section key={role} className="panel help-role" aria-labelledby={`help-${role}`}>
              <RoleIcon role={role} />
              <div>
                <h3 id={`help-${role}`}>{t(`role.${role}`)}</h3>
                <ol className="numbered">
                  {STEPS.map((step) => (
                    <li key={step}>{t(`help.${role}.${step}`)}</li>
                  ))}
                </ol>
              </div>
            </section>
          ))}
        </div>
      </section>
      <section aria-labelledby="help-questions">
        <h2 id="help-questions" className="help-title">
          {t("help.questions")}
        </h2>
        <div className="panel help-questions">
          {QUESTIONS.map((question) => (
            <details key={question}>
              <summary>{t(`help.q${question}`)}</summary>
              <p>{t(`help.a${question}`)}</p>
            </details>
          ))}
        </div>
      </section>
      <section aria-labelledby="help-keys">
        <h2 id="help-keys" className="help-title">
          {t("help.keys")}
        </h2>
        <dl className="panel help-keys">
          {KEYS.map(([key, text]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p className="help-foot">
        <Link to="/docs/api">{t("nav.apiDocs")}</Link> · <a href="/api/docs">{t("help.apiReference")}</a>
        {meta && <span className="muted"> · Fairway {meta.version}</span>}
      </p>
    </div>
  );
}
