// One press, one role: the demonstration's logins as cards.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, Problem } from "../../api/client";
import { useGet } from "../../api/query";
import { enter } from "../../api/session";
import type { DemoLogin, Session } from "../../api/types";
import { useI18n } from "../../i18n";
import { RoleIcon } from "./icons";

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
  return (
    <>
      <ul className="role-cards">
        {(logins.data?.items ?? []).map((login) => (
          <li key={login.user}>
            <button type="button" onClick={() => void pick(login.user)} disabled={busy !== null} aria-busy={busy === login.user} data-user={login.user} data-role={login.role}>
              <RoleIcon role={login.role} />
              <span className="role-words">
                <span className="role-name">{t(`role.${login.role}`)}</span>
                <span className="role-who">
                  {tx(login.name)} · {tx(login.organisation)}
                </span>
                <span className="role-text">{tx(login.description)}</span>
              </span>
              <span className="role-go" aria-hidden="true">
                →
              </span>
            </button>
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
