// The model that hints, with its measured figures: who looks at a hint should know how often it is right.
import { useGet } from "../../api/query";
import type { HintModel, ImageHint } from "../../api/types";
import { useI18n } from "../../i18n";
import { Definition, ProblemAlert } from "../../parts";

const FOREVER_MS = 3_600_000;

/** The model beside the hint of an image: its figures are shown where the hint is its own. */
export function Model({ hint }: { hint: ImageHint | null }) {
  const { t, tx, number } = useI18n();
  const model = useGet<HintModel>("/image-hints/model", undefined, { staleTime: FOREVER_MS });
  if (model.error) return <ProblemAlert error={model.error} />;
  const data = model.data;
  if (!data) return null;
  if (!data.available) return <p className="hint-model muted">{t("rooms.images.modelAway")}</p>;
  if (hint && !hint.fault && (hint.model !== data.name || hint.version !== data.version)) {
    return (
      <p className="hint-model" data-model={hint.model}>
        {t("rooms.images.hintBy", { model: hint.model, version: hint.version })} <span className="muted">{t("rooms.images.otherModel")} {t("rooms.images.neverDecides")}</span>
      </p>
    );
  }
  const share = (perMille: number | null) => (perMille === null ? "–" : `${(perMille / 10).toFixed(1)} %`);
  return (
    <p className="hint-model" data-model={data.name}>
      {t("rooms.images.model")} <span className="mono">{`${data.name} ${data.version}`}</span>
      {" · "}
      {t(data.measured_here ? "rooms.images.precision" : "rooms.images.precisionSaid")} <strong>{share(data.precision_per_mille)}</strong>
      {" · "}
      {t(data.measured_here ? "rooms.images.recall" : "rooms.images.recallSaid")} <strong>{share(data.recall_per_mille)}</strong>{" "}
      <Definition of={t("rooms.images.model")} unit={t("rooms.images.modelUnit")} period={data.images === null ? undefined : t("rooms.images.modelImages", { n: number(data.images), objects: number(data.objects ?? 0) })}>
        {tx(data.definition)}
      </Definition>{" "}
      <span className="muted">{t("rooms.images.neverDecides")}</span>
    </p>
  );
}
