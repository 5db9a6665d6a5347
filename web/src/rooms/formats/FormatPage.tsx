// One message format: its segment table, the elements of its segments, and a sample.
import { Button, message as toast } from "antd";
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { FormatSegment, FormatTable } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, PageHeader, ProblemAlert } from "../../parts";
import { RawText } from "../parts/RawText";
import { Provenance } from "./Formats";

export default function FormatPage() {
  // A dot in an address would ask the server for a file.
  const { type = "", version: written = "" } = useParams();
  const version = written.replace("-", ".");
  const { t, tx, number } = useI18n();
  const format = useGet<FormatTable>(url`/formats/${type}/${version}`, undefined, { staleTime: Infinity });
  const data = format.data;
  const status = (mandatory: boolean) => t(mandatory ? "rooms.format.mandatory" : "rooms.format.conditional");
  return (
    <>
      <PageHeader title={`${type} ${version}`} eyebrow={t("rooms.format.title")} back={{ to: "/formats", text: t("rooms.format.title") }}>
        {data && tx(data.name)}
      </PageHeader>
      {format.isPending && <Loading />}
      {format.error && <ProblemAlert error={format.error} retry={() => void format.refetch()} />}
      {data && (
        <div className="stack">
          <section className="panel">
            <KeyFacts
              facts={[
                { label: t("rooms.format.holds"), value: data.releases.map((release) => `D.${release}`).join("、") },
                { label: t("rooms.format.provenance"), value: <Provenance value={data.provenance} /> },
                { label: t("rooms.format.date"), value: data.date },
                { label: t("rooms.format.source"), value: data.source },
              ]}
            />
          </section>
          <div className="split">
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <section className="panel table-scroll" aria-label={t("rooms.format.table")} tabIndex={0}>
              <h2>{t("rooms.format.table")}</h2>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t("rooms.format.segment")}</th>
                    <th scope="col">{t("rooms.format.name")}</th>
                    <th scope="col">{t("rooms.format.status")}</th>
                    <th scope="col" className="right">
                      {t("rooms.format.max")}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.rows.map((row, at) => (
                    <tr key={at} className={row.group ? "format-group" : undefined}>
                      <th scope="row" className="mono" style={{ paddingInlineStart: 12 + 18 * row.depth }}>
                        {row.name}
                      </th>
                      <td>{tx(row.title)}</td>
                      <td>{status(row.mandatory)}</td>
                      <td className="right">{number(row.max)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <section className="panel">
              <h2>{t("rooms.format.segments")}</h2>
              <p className="muted">{t("rooms.format.segmentsLead")}</p>
              {data.segments.map((segment) => (
                <Definition key={segment.tag} segment={segment} />
              ))}
            </section>
          </div>
          {data.sample && <Sample text={data.sample} />}
        </div>
      )}
    </>
  );
}

function Definition({ segment }: { segment: FormatSegment }) {
  const { t, tx } = useI18n();
  const status = (mandatory: boolean) => (mandatory ? "M" : "C");
  return (
    <details className="format-segment">
      <summary>
        <span className="mono">{segment.tag}</span> {tx(segment.name)}
      </summary>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-label={`${segment.tag} ${tx(segment.name)}`} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.format.position")}</th>
              <th scope="col">{t("rooms.format.element")}</th>
              <th scope="col">{t("rooms.format.name")}</th>
              <th scope="col">{t("rooms.format.representation")}</th>
            </tr>
          </thead>
          <tbody>
            {segment.elements.flatMap((element) => {
              const alone = element.parts.length === 1 && element.parts[0]?.id === element.id;
              const head = (
                <tr key={element.position}>
                  <th scope="row">{element.position}</th>
                  <td className="mono">{element.id}</td>
                  <td>{tx(element.name)}</td>
                  <td className="mono">
                    {status(element.mandatory)} {alone && <Representation part={element.parts[0]} />}
                  </td>
                </tr>
              );
              if (alone) return [head];
              return [
                head,
                ...element.parts.map((part, at) => (
                  <tr key={`${element.position}.${at + 1}`}>
                    <th scope="row" className="muted">
                      {element.position}.{at + 1}
                    </th>
                    <td className="mono muted">{part.id}</td>
                    <td>{tx(part.name)}</td>
                    <td className="mono">
                      {status(part.mandatory)} <Representation part={part} />
                    </td>
                  </tr>
                )),
              ];
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Representation({ part }: { part: { representation: string; codes: number } | undefined }) {
  const { t } = useI18n();
  if (!part) return null;
  return (
    <>
      {part.representation}
      {part.codes > 0 && <span className="muted"> · {t("rooms.format.codes", { n: part.codes })}</span>}
    </>
  );
}

function Sample({ text }: { text: string }) {
  const { t } = useI18n();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void toast.success(t("rooms.format.copied"));
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("rooms.format.sample")}</h2>
        <Button onClick={() => void copy()}>{t("rooms.format.copy")}</Button>
      </div>
      <RawText label={t("rooms.format.sample")} text={text.replace(/'\r?\n?(?=\S)/g, "'\n")} />
    </section>
  );
}
