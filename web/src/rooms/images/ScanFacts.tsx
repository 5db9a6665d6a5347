// What is known of an image: where it comes from, when it was taken, what is odd about it.
import type { Scan } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, FindingList, KeyFacts, ObjectLink, When } from "../../parts";

const HASH_SHOWN = 16;

export function ScanFacts({ scan }: { scan: Scan }) {
  const { t, tx, number } = useI18n();
  return (
    <>
      {scan.sandbox && <p className="sandbox-note">{t("rooms.images.sandbox")}</p>}
      <KeyFacts
        facts={[
          { label: t("kind.scan"), value: <ObjectLink type="scan" id={scan.id} /> },
          { label: t("rooms.images.equipment"), value: scan.equipment_name ? `${tx(scan.equipment_name)} (${scan.equipment})` : scan.equipment },
          { label: t("rooms.images.takenAt"), value: <When at={scan.taken_at} /> },
          { label: t("rooms.images.receivedAt"), value: <When at={scan.received_at} /> },
          scan.width && scan.height ? { label: t("rooms.images.size"), value: `${number(scan.width)} × ${number(scan.height)} px · ${number(Math.ceil(scan.bytes / 1024))} KiB` } : null,
          scan.pixel_um ? { label: t("rooms.images.pixel"), value: `${(scan.pixel_um / 1_000).toFixed(2)} mm` } : null,
          { label: t("rooms.images.sentBy"), value: scan.operator ? `${scan.by} · ${scan.operator}` : scan.by },
          scan.repeated > 0 ? { label: t("rooms.images.repeated"), value: number(scan.repeated) } : null,
          { label: "SHA-256", value: <CopyText text={scan.sha256} shown={`${scan.sha256.slice(0, HASH_SHOWN)}…`} />, wide: true },
        ]}
      />
      {scan.findings.length > 0 && <FindingList findings={scan.findings} />}
      {scan.also_of.length > 0 && (
        <div className="refused-note">
          {t("rooms.images.alsoOf")}
          <ul className="object-list">
            {scan.also_of.map((one) => (
              <li key={one.scan}>
                <ObjectLink type="scan" id={one.scan} /> <span className="mono">{one.container}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {scan.hint?.fault_text && <p className="muted">{t("rooms.images.noHint", { fault: tx(scan.hint.fault_text) })}</p>}
      {scan.truth && <p className="sandbox-note">{t(scan.truth.hidden ? "rooms.images.truthHidden" : "rooms.images.truthNone")}</p>}
    </>
  );
}
