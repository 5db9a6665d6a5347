// One version of a rule table: its rules, what it changes, its trial, its release.
import { Alert, App, Button, Tabs } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Finding, RuleTable, RuleVersion, RuleVersionText } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, PageHeader, ProblemAlert } from "../../parts";
import { allows } from "../parts/allows";
import { Changes } from "./Changes";
import { Found } from "./Found";
import { Grid } from "./Grid";
import { Head } from "./Head";
import { tableOf, type Table } from "./model";
import { useRegister } from "./names";
import { ReleasePanel } from "./ReleasePanel";
import { StageTag } from "./Rules";
import { TrialPanel } from "./TrialPanel";
import "./rules.css";

const CHECK_AFTER_MS = 500;
const UNDO_MAX = 200;
const TABS = ["rules", "difference", "trial", "release"] as const;

export default function VersionPage() {
  const { id = "", number = "" } = useParams();
  const { t, tx } = useI18n();
  const path = url`/rule-tables/${id}/versions/${number}`;
  const table = useGet<RuleTable>(url`/rule-tables/${id}`);
  const seen = useGet<RuleVersionText>(path);
  const version = seen.data?.version;
  return (
    <>
      <PageHeader
        title={t("rules.version", { n: number })}
        eyebrow={tx(table.data?.title)}
        back={{ to: "/rules", text: t("rules.title") }}
        tags={version && <StageTag version={version} />}
      />
      {(seen.error ?? table.error) && <ProblemAlert error={seen.error ?? table.error} retry={() => void seen.refetch()} />}
      {(seen.isPending || table.isPending) && <Loading />}
      {seen.data && table.data && <Body key={number} table={table.data} seen={seen.data} path={path} />}
    </>
  );
}

function Body({ table, seen, path }: { table: RuleTable; seen: RuleVersionText; path: string }) {
  const { t } = useI18n();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("tab");
  const tab = TABS.find((each) => each === asked) ?? "rules";
  const [unsaved, setUnsaved] = useState(false);
  const { version } = seen;
  const watches = allows(version.actions, "rule-table.try") || version.tried !== null;
  return (
    <Tabs
      activeKey={tab}
      onChange={(key) => setSearch({ tab: key }, { replace: true })}
      items={[
        { key: "rules", label: t("rules.tab.rules"), children: <RulesTab table={table} seen={seen} path={path} onUnsaved={setUnsaved} /> },
        { key: "difference", label: t("rules.tab.difference"), children: <Changes table={table} version={version} path={path} /> },
        ...(watches ? [{ key: "trial", label: t("rules.tab.trial"), children: <TrialPanel version={version} path={path} unsaved={unsaved} /> }] : []),
        { key: "release", label: t("rules.tab.release"), children: <ReleasePanel table={table} version={version} findings={seen.findings} path={path} unsaved={unsaved} /> },
      ]}
    />
  );
}

/** Steps of an edit, to go back and forth in. */
interface Steps {
  past: Table[];
  now: Table;
  next: Table[];
}

function RulesTab({ table, seen, path, onUnsaved }: { table: RuleTable; seen: RuleVersionText; path: string; onUnsaved: (unsaved: boolean) => void }) {
  const { t, tx } = useI18n();
  const { message } = App.useApp();
  const register = useRegister(table);
  const may = allows(seen.version.actions, "rule-table.edit");
  const [read, setRead] = useState({ fingerprint: seen.version.fingerprint, text: tableOf(seen.table) });
  const [steps, setSteps] = useState<Steps>({ past: [], now: read.text, next: [] });
  const unsaved = steps.now !== read.text;
  const [followed, setFollowed] = useState(seen.version.fingerprint);
  // Somebody else saved: what is on screen follows, unless something of one's own would be lost. What was just saved here arrives again a
  // moment later and changes nothing.
  if (seen.version.fingerprint !== followed) {
    setFollowed(seen.version.fingerprint);
    if (!unsaved && seen.version.fingerprint !== read.fingerprint) {
      const text = tableOf(seen.table);
      setRead({ fingerprint: seen.version.fingerprint, text });
      setSteps({ past: [], now: text, next: [] });
    }
  }
  useEffect(() => {
    onUnsaved(unsaved);
    if (!unsaved) return;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", hold);
    return () => window.removeEventListener("beforeunload", hold);
  }, [unsaved, onUnsaved]);
  const change = useCallback((now: Table) => setSteps((before) => ({ past: [...before.past, before.now].slice(-UNDO_MAX), now, next: [] })), []);
  const undo = useCallback(
    () =>
      setSteps((before) => {
        const now = before.past[before.past.length - 1];
        return now ? { past: before.past.slice(0, -1), now, next: [before.now, ...before.next] } : before;
      }),
    [],
  );
  const redo = useCallback(
    () =>
      setSteps((before) => {
        const now = before.next[0];
        return now ? { past: [...before.past, before.now], now, next: before.next.slice(1) } : before;
      }),
    [],
  );
  const check = useLiveCheck(url`/rule-tables/${table.id}/check`, steps.now, may && unsaved);
  const findings = useMemo(() => (unsaved ? (check.findings ?? seen.findings) : seen.findings), [unsaved, check.findings, seen.findings]);
  const save = useAction(
    (text: Table) => api.put<RuleVersionText>(path, { read: read.fingerprint, table: text }),
    ({ data: saved }) => {
      const text = tableOf(saved.table);
      setRead({ fingerprint: saved.version.fingerprint, text });
      setSteps((before) => ({ ...before, now: text, next: [] }));
      void message.success(t("rules.saved"));
    },
  );
  return (
    <div className="stack">
      {steps.now.notice && <p className="rule-notice">{tx(steps.now.notice)}</p>}
      {seen.version.returned && <Alert type="warning" showIcon title={t("rules.returnedBy", { name: tx(seen.version.returned.by.name), why: seen.version.returned.why })} />}
      <section className="panel stack" aria-label={t("rules.head")}>
        {may ? (
          <Head table={steps.now} facts={table.facts} onChange={change} />
        ) : (
          <KeyFacts
            facts={[
              { label: t("rules.effectiveFrom"), value: steps.now.effective_from },
              { label: t("rules.effectiveTo"), value: steps.now.effective_to },
              { label: t("rules.policy"), value: t(`rules.policy.${steps.now.hit_policy}`) },
              { label: t("rules.basis"), value: tx(steps.now.basis), wide: true },
            ]}
          />
        )}
      </section>
      <section className="panel stack" aria-label={t("rules.tab.rules")}>
        <Grid
          table={steps.now}
          findings={findings}
          register={register}
          onChange={may ? change : undefined}
          onUndo={steps.past.length > 0 ? undo : undefined}
          onRedo={steps.next.length > 0 ? redo : undefined}
        />
        {may && (
          <div className="row">
            <Button type="primary" onClick={() => save.mutate(steps.now)} loading={save.isPending} disabled={!unsaved}>
              {t("rules.save")}
            </Button>
            {unsaved && <span role="status">{t("rules.unsaved")}</span>}
          </div>
        )}
        <Files version={seen.version} path={path} {...(may ? { onRead: change } : {})} />
        {save.error && <ProblemAlert error={save.error} />}
        {check.error !== null && <ProblemAlert error={check.error} />}
        <Found findings={findings} />
      </section>
    </div>
  );
}

const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** The version as a file, and a file as the next step of the edit. */
function Files({ version, path, onRead }: { version: RuleVersion; path: string; onRead?: (table: Table) => void }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  const read = (file: File) => {
    setProblem(null);
    if (file.size > FILE_BYTES_MAX) {
      void message.error(t("rules.import.tooLarge"));
      return;
    }
    api.post<{ table: unknown }>(`${path}/read-file`, file, { contentType: "application/octet-stream" }).then(({ table }) => {
      onRead?.(tableOf(table));
      void message.success(t("rules.imported"));
    }, setProblem);
  };
  return (
    <>
      <div className="row">
        <Button href={fileUrl(`${path}/file`, { format: "xlsx" })} download={`${version.number}.xlsx`}>
          {t("rules.export.xlsx")}
        </Button>
        <Button href={fileUrl(`${path}/file`, { format: "dmn" })} download={`${version.number}.dmn`}>
          {t("rules.export.dmn")}
        </Button>
        {onRead && (
          <>
            <Button onClick={() => field.current?.click()}>{t("rules.import")}</Button>
            <input
              ref={field}
              type="file"
              hidden
              aria-label={t("rules.import")}
              accept=".xlsx,.dmn,.xml"
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file) read(file);
                event.target.value = "";
              }}
            />
          </>
        )}
      </div>
      {problem !== null && <ProblemAlert error={problem} />}
    </>
  );
}

/** Findings of what is being written, a moment after the last change. */
function useLiveCheck(path: string, text: Table, wanted: boolean) {
  const [found, setFound] = useState<{ text: Table; findings: Finding[] } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const newest = useRef(text);
  useEffect(() => {
    newest.current = text;
    if (!wanted) return;
    const timer = setTimeout(() => {
      api.post<{ findings: Finding[] }>(path, text).then(
        ({ findings }) => {
          if (newest.current !== text) return;
          setError(null);
          setFound({ text, findings });
        },
        (failed: unknown) => {
          if (newest.current === text) setError(failed);
        },
      );
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [path, text, wanted]);
  return { findings: found?.findings ?? null, error: wanted ? error : null };
}
