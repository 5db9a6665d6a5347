// One press, one role: the demonstration's logins as cards.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, Problem } from "../../api/client";
import { useGet } from "../../api/query";
import { enter } from "../../api/session";
import type { DemoLogin, Role, Session } from "../../api/types";
import { useI18n } from "../../i18n";
import { RoleIcon } from "./icons";

/** In the order in which a box meets them. */
const ORDER: Role[] = ["trader", "agent", "terminal", "customs", "trucker", "maritime", "border", "port-authority", "market-supervision", "port-office", "admin"];

export function RoleCards({ next = "/start" }: { next?: string }) {
  const i18n = useI18n();
  const { t, tx } = i18n;
  const navigate = useNavigate();
  const client = useQueryClient();
  const logins = useGet<{ items: DemoLogin[] }>("/demo/logins", undefined, { staleTime: Infinity });
  const [busy, setBusy] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const pick = async (user: string) => {
    setBusy(user);
    setFailed(null);
    try {
      const session = await api.post<Session>("/demo/login", { user });
      enter(session);
      await navigate(next);
    } catch (error) {
      setFailed(error instanceof Problem ? tx(error.detail) || i18n.maybe(`problem.${error.code}`, t("problem.unknown")) : t("problem.unknown"));
      void client.invalidateQueries({ queryKey: ["get", "/demo/logins"] });
    } finally {
      setBusy(null);
    }
  };
  // One card per role; the other people of the role stand behind it.
  const roles = new Map<Role, DemoLogin[]>();
  for (const login of logins.data?.items ?? []) roles.set(login.role, [...(roles.get(login.role) ?? []), login]);
  return (
    <>
      <ul className="role-cards">
        {ORDER.flatMap((role) => {
          const [first, ...others] = roles.get(role) ?? [];
          return first ? [{ role, first, others }] : [];
        }).map(({ role, first, others }) => (
          <li key={role}>
            <button type="button" className="role-card" onClick={() => void pick(first.user)} disabled={busy !== null} aria-busy={busy === first.user} data-user={first.user} data-role={role}>
              <RoleIcon role={role} />
              <span className="role-words">
                <span className="role-name">{t(`role.${role}`)}</span>
                <span className="role-who">
                  {tx(first.name)} · {tx(first.organisation)}
                </span>
                <span className="role-text">{tx(first.description)}</span>
              </span>
              <span className="role-go" aria-hidden="true">
                →
              </span>
            </button>
            {others.length > 0 && (
              <details className="role-others">
                <summary>{t("landing.others", { n: others.length })}</summary>
                <ul>
                  {others.map((login) => (
                    <li key={login.user}>
                      <button type="button" onClick={() => void pick(login.user)} disabled={busy !== null} data-user={login.user}>
                        {tx(login.organisation)} · {tx(login.name)}
                      </button>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        ))}
      </ul>
      {failed && (
        <p role="alert" className="upload-refused">
          {failed}
        </p>
      )}
    </>
  );
}
