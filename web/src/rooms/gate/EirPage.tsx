// One equipment interchange receipt (设备交接单).
import { FilePdfOutlined } from "@ant-design/icons";
import { useParams } from "react-router";
import { fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Eir } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, QrCode, When } from "../../parts";
import { PhotoList } from "./Photos";
import { COMPONENTS, DAMAGE_TYPES, PANELS, RESPONSIBLE, wordOf } from "./cedex";

export default function EirPage() {
  const { id = "" } = useParams();
  const { t, tx, lang } = useI18n();
  const path = url`/eirs/${id}`;
  const eir = useGet<Eir>(path);
  const data = eir.data;
  const damaged = new Set(data?.damages.map((damage) => damage.location));
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.eir")}
        actions={
          <a className="button-link" href={fileUrl(`${path}/eir.pdf`)} target="_blank" rel="noreferrer">
            <FilePdfOutlined aria-hidden="true" /> PDF
          </a>
        }
      />
      {eir.error && <ProblemAlert error={eir.error} retry={() => void eir.refetch()} />}
      {eir.isPending && <Loading />}
      {data && (
        <div className="split form-split">
          <div className="stack">
            <section className="panel" aria-label={t("rooms.eir.facts")}>
              <KeyFacts
                facts={[
                  {
                    label: t("rooms.container.number"),
                    value: data.call ? (
                      <ObjectLink type="container" id={`${data.container}-${data.call}`}>
                        {data.container}
                      </ObjectLink>
                    ) : (
                      <span className="mono">{data.container}</span>
                    ),
                  },
                  { label: t("rooms.container.size"), value: data.size_type },
                  { label: t("rooms.gate.direction"), value: data.direction === "in" ? t("rooms.gate.in") : t("rooms.gate.out") },
                  { label: t("rooms.booking.plate"), value: <span className="mono">{data.plate}</span> },
                  { label: t("rooms.booking.driver"), value: data.driver },
                  { label: t("rooms.call.terminal"), value: tx(data.terminal.name) },
                  { label: t("rooms.bill.number"), value: data.bill_no && <ObjectLink type="bill" id={data.bill_no} /> },
                  { label: t("rooms.container.seal"), value: data.seal && <span className="mono">{data.seal}</span> },
                  { label: t("rooms.eir.at"), value: <When at={data.at} /> },
                ]}
              />
            </section>
            <section className="panel">
              <h2>{t("rooms.gate.condition")}</h2>
              <ul className="panels panels-read">
                {PANELS.map((item) => (
                  <li key={item.code} className={damaged.has(item.code) ? "box-panel box-panel-damaged" : "box-panel"} style={{ gridArea: item.code }}>
                    {item[lang]} <span className="panel-state">{damaged.has(item.code) ? t("rooms.gate.damaged") : t("rooms.gate.sound")}</span>
                  </li>
                ))}
              </ul>
              {data.damages.length > 0 && (
                <ul className="object-list">
                  {data.damages.map((damage, at) => (
                    <li key={at}>
                      {wordOf(PANELS, damage.location)[lang]} · {wordOf(COMPONENTS, damage.component ?? "")[lang]} · {damage.type}{" "}
                      {wordOf(DAMAGE_TYPES, damage.type)[lang]} <span className="muted">{wordOf(RESPONSIBLE, damage.responsible ?? "")[lang]}</span>
                    </li>
                  ))}
                </ul>
              )}
            </section>
            <PhotoList eir={id} photos={data.photos} />
          </div>
          <div className="panel form-aside">
            <div className="certificate">
              <QrCode text={data.verify_url ?? `${window.location.origin}/verify/${data.code}`} size={180} label={t("rooms.eir.qr")} />
              <CopyText text={data.code} />
              <p className="muted">{t("rooms.eir.verify")}</p>
            </div>
          </div>
        </div>
      )}
    </>
  );
}
