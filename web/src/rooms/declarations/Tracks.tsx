// What a release still needs: arrival, documents, inspection, duty. Each with its state, since when, and where to act.
import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import type { Declaration, Track } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, When } from "../../parts";

const MARKS: Record<Track["state"], ReactNode> = {
  done: <CheckCircleFilled aria-hidden="true" />,
  open: <ClockCircleOutlined aria-hidden="true" />,
  failed: <CloseCircleFilled aria-hidden="true" />,
  "not-needed": <MinusCircleOutlined aria-hidden="true" />,
  unknown: <MinusCircleOutlined aria-hidden="true" />,
};

export function Tracks({ declaration }: { declaration: Declaration }) {
  const { t } = useI18n();
  const { arrival, documents, inspection, duty } = declaration.tracks;
  const rows: { key: string; name: string; track: Track; link: ReactNode }[] = [
    {
      key: "arrival",
      name: t("rooms.track.arrival"),
      track: arrival,
      link: declaration.bill && (
        <ObjectLink type="ship-call" id={declaration.bill.call}>
          {declaration.bill.ship_name}
        </ObjectLink>
      ),
    },
    { key: "documents", name: t("rooms.track.documents"), track: documents, link: null },
    {
      key: "inspection",
      name: t("rooms.track.inspection"),
      track: inspection,
      link: declaration.inspection && <ObjectLink type="inspection" id={declaration.inspection} />,
    },
    {
      key: "duty",
      name: t("rooms.track.duty"),
      track: duty,
      link: declaration.duty_notice && <ObjectLink type="duty-notice" id={declaration.duty_notice.id} />,
    },
  ];
  return (
    <ol className="tracks" aria-label={t("rooms.track.title")}>
      {rows.map(({ key, name, track, link }) => (
        <li key={key} className={`track track-${track.state}`} data-track={key} data-state={track.state}>
          <span className="track-mark">{MARKS[track.state]}</span>
          <span className="track-name">{name}</span>
          <span className="track-state">{t(`rooms.track.${track.state}`)}</span>
          <span className="track-more">
            {(track.at ?? track.since) && <When at={track.at ?? track.since} style="short" />} {link}
          </span>
        </li>
      ))}
      <li className={`track track-${declaration.released_at ? "done" : "unknown"}`} data-track="release">
        <span className="track-mark">{declaration.released_at ? MARKS.done : MARKS.unknown}</span>
        <span className="track-name">{t("rooms.track.release")}</span>
        <span className="track-state">{declaration.released_at ? t("rooms.track.done") : t("rooms.track.automatic")}</span>
        <span className="track-more">{declaration.released_at && <When at={declaration.released_at} style="short" />}</span>
      </li>
    </ol>
  );
}
