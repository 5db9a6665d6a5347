// The part of OpenAPI 3.1 that the readable document needs.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
}

type Content = Record<string, { schema?: Schema; example?: unknown }>;

interface Spec {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Spec>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Operation {
  method: string;
  path: string;
  tag: string;
  spec: Spec;
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEPTH_MAX = 5;

export function operationsOf(api: OpenApi): Operation[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const spec = methods[method];
      return spec ? [{ method, path, spec, tag: spec.tags?.[0] ?? path.split("/")[3] ?? "api" }] : [];
    }),
  );
}

export function refName(schema: Schema): string | null {
  return schema.$ref?.split("/").at(-1) ?? null;
}

/** A type in words: string (date-time), Money, Call[], string | null. */
export function typeName(schema: Schema): string {
  const name = refName(schema);
  if (name) return name;
  const parts = schema.oneOf ?? schema.anyOf;
  if (parts) return parts.map(typeName).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeName).join(" & ");
  if (schema.items) return `${typeName(schema.items)}[]${Array.isArray(schema.type) && schema.type.includes("null") ? " | null" : ""}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}

/** A value of the shape, with the examples that the document gives. */
export function exampleOf(api: OpenApi, schema: Schema, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  const name = refName(schema);
  if (depth > DEPTH_MAX) return null;
  if (name) {
    const target = api.components?.schemas?.[name];
    return target ? exampleOf(api, target, depth + 1) : null;
  }
  if (schema.enum?.length) return schema.enum[0];
  const part = (schema.oneOf ?? schema.anyOf)?.find((each) => each.type !== "null");
  if (part) return exampleOf(api, part, depth + 1);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((each) => exampleOf(api, each, depth + 1)));
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, child]) => [key, exampleOf(api, child, depth + 1)]));
  }
  if (schema.items) return [exampleOf(api, schema.items, depth + 1)];
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (type === "string") return schema.format === "date-time" ? "2026-11-22T08:00:00Z" : "string";
  if (type === "integer" || type === "number") return 0;
  if (type === "boolean") return false;
  return null;
}
