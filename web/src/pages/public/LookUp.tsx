// The public question: where is this box, this bill, this declaration?
import { useState } from "react";
import { useNavigate } from "react-router";
import { useI18n } from "../../i18n";
import "../../i18n/public";

const NUMBER_LENGTH_MAX = 35;

export function LookUp({ number: initial = "", check: initialCheck = "" }: { number?: string; check?: string }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [number, setNumber] = useState(initial);
  const [check, setCheck] = useState(initialCheck);
  return (
    <form
      className="look-up"
      role="search"
      aria-label={t("landing.look")}
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = number.replace(/\s+/g, "").toUpperCase();
        const last = check.trim();
        if (wanted) void navigate(`/track/${encodeURIComponent(wanted)}${last ? `?check=${encodeURIComponent(last)}` : ""}`);
      }}
    >
      <div className="look-up-fields">
        <input
          className="look-up-number"
          aria-label={t("landing.number")}
          placeholder={t("landing.number")}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
          maxLength={NUMBER_LENGTH_MAX}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <input
          className="look-up-check"
          aria-label={t("landing.check")}
          placeholder={t("landing.check")}
          value={check}
          onChange={(event) => setCheck(event.target.value)}
          maxLength={4}
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">{t("action.search")}</button>
      </div>
      <p>{t("landing.checkHint")}</p>
    </form>
  );
}
