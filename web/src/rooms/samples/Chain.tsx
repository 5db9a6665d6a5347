// The chain of custody as a picture: one line for each part, one knot for each hand-over, faults where they were found.
import type { Sample, SampleHandOver } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { FindingList, When } from "../../parts";

const PARTS = ["test", "keeper"] as const;

export function Chain({ sample }: { sample: Sample }) {
  const { t, tx } = useI18n();
  return (
    <div className="sample-chains">
      {PARTS.filter((part) => sample.parts.some((one) => one.part === part)).map((part) => {
        const now = sample.parts.find((one) => one.part === part);
        return (
          <div key={part}>
            <h3>
              {t(`rooms.sample.part.${part}`)}{" "}
              <span className="muted">
                {now?.quantity} {sample.unit} · <span className="mono">{now?.seal}</span>
              </span>
            </h3>
            <ol className="sample-chain" aria-label={`${t("rooms.sample.chain")} ${t(`rooms.sample.part.${part}`)}`}>
              <li className="sample-knot">
                <strong>{t("rooms.sample.act.take")}</strong> {sample.taken_by && tx(sample.taken_by.name)}{" "}
                <span className="muted">
                  <When at={sample.taken_at} style="short" />
                </span>
              </li>
              {sample.chain
                .filter((one) => one.part === part)
                .map((one, at) => (
                  <Knot key={at} one={one} />
                ))}
            </ol>
            {now && (
              <p className="muted">
                {t("rooms.sample.parts")}: {tx(now.holder.name)}
                {now.opened && ` · ${t("rooms.sample.opened")}`}
                {now.gone && ` · ${t("rooms.sample.gone")}`}
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
}

function Knot({ one }: { one: SampleHandOver }) {
  const { t, tx } = useI18n();
  const odd = one.findings.length > 0;
  return (
    <li className={odd ? "sample-knot sample-knot-odd" : "sample-knot"} data-odd={odd}>
      <strong>{t(`rooms.sample.act.${one.act}` as MessageKey)}</strong> {tx(one.gave.name)} → {tx(one.took.name)}{" "}
      <span className="muted">
        <When at={one.at} style="short" /> · <span className="mono">{one.seal}</span>
        {!one.seal_whole && ` · ${t("rooms.sample.sealBroken")}`}
        {one.note && ` · ${one.note}`}
      </span>
      {odd && <FindingList findings={one.findings} />}
    </li>
  );
}
