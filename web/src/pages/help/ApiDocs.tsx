// The API as a readable document, drawn from the OpenAPI file that the server publishes.
import { Input } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useI18n } from "../../i18n";
import { Loading, PageHeader } from "../../parts";
import { operationsOf, exampleOf, refName, typeName, type OpenApi, type Operation, type Schema } from "./openapi";
import "../ledger/ledger.css";
import "./help.css";

const DEPTH_MAX = 4;

function SchemaView({ api, schema, depth = 0, seen = [] }: { api: OpenApi; schema: Schema; depth?: number; seen?: string[] }) {
  const { t } = useI18n();
  const name = refName(schema);
  const inner = name ? api.components?.schemas?.[name] : schema;
  if (!inner || depth > DEPTH_MAX || (name && seen.includes(name))) return null;
  const path = name ? [...seen, name] : seen;
  const parts = inner.allOf ?? inner.oneOf ?? inner.anyOf;
  if (parts) return parts.map((part, at) => <SchemaView key={at} api={api} schema={part} depth={depth} seen={path} />);
  if (inner.items) return <SchemaView api={api} schema={inner.items} depth={depth} seen={path} />;
  if (!inner.properties) return null;
  return (
    <ul className="schema">
      {Object.entries(inner.properties).map(([property, child]) => (
        <li key={property}>
          <span className="schema-line">
            <strong>{property}</strong>
            <span className="schema-type">{typeName(child)}</span>
            {!inner.required?.includes(property) && <span className="schema-optional">{t("api.optional")}</span>}
            {child.enum && <span className="schema-optional">{child.enum.map(String).join(" | ")}</span>}
            {child.description && <span className="schema-text">{child.description}</span>}
          </span>
          <SchemaView api={api} schema={child} depth={depth + 1} seen={path} />
        </li>
      ))}
    </ul>
  );
}

function Content({ api, title, content }: { api: OpenApi; title: string; content: Record<string, { schema?: Schema; example?: unknown }> | undefined }) {
  const { t } = useI18n();
  const entry = Object.entries(content ?? {})[0];
  if (!entry) return null;
  const [type, { schema, example }] = entry;
  return (
    <div>
      <h3>
        {title} <span className="mono muted">{type}</span>
      </h3>
      {schema && (
        <>
          <p className="mono schema-type">{typeName(schema)}</p>
          <SchemaView api={api} schema={schema} />
          {type.includes("json") && (
            <details>
              <summary>{t("api.example")}</summary>
              {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
              <pre className="json" tabIndex={0}>{JSON.stringify(example ?? exampleOf(api, schema), null, 2)}</pre>
            </details>
          )}
        </>
      )}
    </div>
  );
}

function OperationView({ api, operation }: { api: OpenApi; operation: Operation }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const { spec } = operation;
  return (
    <details className="operation" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={`method method-${operation.method}`}>{operation.method.toUpperCase()}</span>
        <span className="operation-path">{operation.path}</span>
        <span className="operation-summary">{spec.summary}</span>
      </summary>
      {open && (
        <div className="operation-body">
          {spec.description && <p className="schema-text">{spec.description}</p>}
          {spec.parameters && spec.parameters.length > 0 && (
            <div>
              <h3>{t("api.parameters")}</h3>
              <ul className="schema">
                {spec.parameters.map((parameter) => (
                  <li key={`${parameter.in} ${parameter.name}`} className="schema-line">
                    <strong>{parameter.name}</strong>
                    <span className="schema-type">{parameter.schema ? typeName(parameter.schema) : ""}</span>
                    <span className="schema-optional">
                      {parameter.in}
                      {parameter.required ? "" : ` · ${t("api.optional")}`}
                    </span>
                    {parameter.description && <span className="schema-text">{parameter.description}</span>}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <Content api={api} title={t("api.request")} content={spec.requestBody?.content} />
          {Object.entries(spec.responses ?? {}).map(([status, response]) =>
            response.content ? (
              <Content key={status} api={api} title={`${status} ${response.description ?? ""}`} content={response.content} />
            ) : (
              <p key={status}>
                <strong className="mono">{status}</strong> {response.description}
              </p>
            ),
          )}
        </div>
      )}
    </details>
  );
}

export default function ApiDocs() {
  const { t } = useI18n();
  const [wanted, setWanted] = useState("");
  const query = useQuery<OpenApi>({
    queryKey: ["openapi"],
    staleTime: Infinity,
    queryFn: async () => {
      const response = await fetch("/api/openapi.json");
      if (!response.ok) throw new Error(String(response.status));
      return (await response.json()) as OpenApi;
    },
  });
  const api = query.data;
  const tags = useMemo(() => {
    const groups = new Map<string, Operation[]>();
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    for (const operation of api ? operationsOf(api) : []) {
      const text = `${operation.method} ${operation.path} ${operation.spec.summary ?? ""} ${operation.spec.description ?? ""}`.toLowerCase();
      if (words.every((word) => text.includes(word))) groups.set(operation.tag, [...(groups.get(operation.tag) ?? []), operation]);
    }
    return [...groups];
  }, [api, wanted]);
  return (
    <div className="public-page">
      <PageHeader title={t("nav.apiDocs")}>
        {t("api.lead")} <a href="/api/openapi.json">openapi.json</a>
      </PageHeader>
      {query.isPending && <Loading rows={12} />}
      {query.error && <p role="alert">{t("api.away")}</p>}
      {api && (
        <div className="api">
          <nav className="api-nav" aria-label={t("api.groups")}>
            <Input.Search aria-label={t("api.search")} placeholder={t("api.search")} allowClear value={wanted} onChange={(event) => setWanted(event.target.value)} />
            <ul>
              {tags.map(([tag, operations]) => (
                <li key={tag}>
                  <a href={`#tag-${tag}`}>
                    <span>{tag}</span>
                    <span className="muted">{operations.length}</span>
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div>
            {tags.length === 0 && <p className="panel muted">{t("worklist.noMatch")}</p>}
            {tags.map(([tag, operations]) => (
              <section key={tag} className="api-tag" aria-labelledby={`tag-${tag}`}>
                <h2 id={`tag-${tag}`}>{tag}</h2>
                {operations.map((operation) => (
                  <OperationView key={`${operation.method} ${operation.path}`} api={api} operation={operation} />
                ))}
              </section>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
