// Logging in: by account, or in a demonstration by one press.
import { Button, Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, Problem } from "../../api/client";
import { enter, useMeta } from "../../api/session";
import type { Session } from "../../api/types";
import { useI18n } from "../../i18n";
import "../../i18n/public";
import { PageHeader } from "../../parts/PageHeader";
import { ProblemAlert } from "../../parts/ProblemAlert";
import { RoleCards } from "./RoleCards";
import "./public.css";

/** Only a path of this site may follow a login. */
function safe(next: string | null): string {
  return next && next.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/start";
}

export default function Login() {
  const { t } = useI18n();
  const meta = useMeta();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const next = safe(search.get("next"));
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Problem | null>(null);
  const field = useRef<InputRef>(null);
  const demo = meta?.demo ?? false;
  useEffect(() => {
    if (meta && !meta.demo) field.current?.focus();
  }, [meta]);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      enter(await api.post<Session>("/session", { user: user.trim(), password }));
      await navigate(next);
    } catch (problem) {
      setError(problem instanceof Problem ? problem : new Problem({ status: 500, code: "unknown" }));
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="public-page">
      <PageHeader title={t("login.title")}>{search.has("next") ? t("login.ended") : null}</PageHeader>
      <div className={demo ? "login" : "login login-alone"}>
        <section className="panel" aria-labelledby="login-own">
          <h2 id="login-own">{t("login.own")}</h2>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <label>
              {t("login.user")}
              <Input ref={field} size="large" value={user} onChange={(event) => setUser(event.target.value)} autoComplete="username" required maxLength={64} />
            </label>
            <label>
              {t("login.password")}
              <Input.Password size="large" value={password} onChange={(event) => setPassword(event.target.value)} autoComplete="current-password" required maxLength={256} />
            </label>
            {error && <ProblemAlert error={error} />}
            <Button type="primary" size="large" htmlType="submit" loading={busy} block>
              {t("login.submit")}
            </Button>
          </form>
        </section>
        {demo && (
          <section aria-labelledby="login-demo">
            <h2 id="login-demo">{t("login.demo")}</h2>
            <p className="muted login-lead">{t("login.demoLead")}</p>
            <RoleCards next={next} />
          </section>
        )}
      </div>
    </div>
  );
}
