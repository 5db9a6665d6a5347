// The register of message formats (报文格式): what may be sent, in which version, and where each table comes from.
import { Input } from "antd";
import { Link, useSearchParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Format } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert } from "../../parts";

export default function Formats() {
  const { t, tx } = useI18n();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("q") ?? "";
  const formats = useGet<{ items: Format[] }>("/formats", undefined, { staleTime: Infinity });
  const text = wanted.trim().toLowerCase();
  const rows = formats.data?.items.filter((row) => `${row.type} ${row.version} ${row.name.zh} ${row.name.en}`.toLowerCase().includes(text)) ?? [];
  return (
    <>
      <PageHeader title={t("rooms.format.title")}>{t("rooms.format.lead")}</PageHeader>
      <Input
        allowClear
        className="format-find"
        aria-label={t("rooms.format.find")}
        placeholder={t("rooms.format.find")}
        value={wanted}
        onChange={(event) => setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true })}
      />
      {formats.isPending && <Loading />}
      {formats.error && <ProblemAlert error={formats.error} retry={() => void formats.refetch()} />}
      {formats.data && rows.length === 0 && <p className="muted">{t("rooms.format.none")}</p>}
      {rows.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="panel table-scroll" aria-label={t("rooms.format.title")} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rooms.format.type")}</th>
                <th scope="col">{t("rooms.format.version")}</th>
                <th scope="col">{t("rooms.format.name")}</th>
                <th scope="col">{t("rooms.format.provenance")}</th>
                <th scope="col">{t("rooms.format.date")}</th>
                <th scope="col">{t("rooms.format.sample")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.type} ${row.version}`}>
                  <th scope="row">
                    <Link to={url`/formats/${row.type}/${row.version.replace(".", "-")}`} className="mono">
                      {row.type} {row.version}
                    </Link>
                  </th>
                  <td className="mono">{row.releases.join(" ")}</td>
                  <td>{tx(row.name)}</td>
                  <td>
                    <Provenance value={row.provenance} />
                  </td>
                  <td className="mono">{row.date}</td>
                  <td>{row.has_sample ? t("rooms.format.hasSample") : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

/** How far a table can be trusted, in words. */
export function Provenance({ value }: { value: string }) {
  const { maybe } = useI18n();
  return <span className={`provenance provenance-${value}`}>{maybe(`rooms.format.${value}`, value)}</span>;
}
