//! `/api/openapi.json` and `/api/docs`: the document as it is, and a page to read it without any outside help.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::document::openapi;

/// The page brings its own style and no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(openapi()).unwrap_or_default());
static JSON: LazyLock<String> = LazyLock::new(|| serde_json::to_string(&*DOCUMENT).unwrap_or_default());
static PAGE: LazyLock<String> = LazyLock::new(|| page(&DOCUMENT));

/// `GET /api/openapi.json`.
pub(crate) async fn json() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], JSON.as_str()).into_response()
}

/// `GET /api/docs`.
pub(crate) async fn html() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (headers, PAGE.as_str()).into_response()
}

/// An operation: its path, method and description.
type Operation<'a> = (&'a String, &'a String, &'a Value);

const STYLE: &str = "body{font:15px/1.6 system-ui,'Noto Sans SC',sans-serif;margin:0;color:#1c2430;background:#fff}main{max-width:1000px;margin:0 auto;padding:24px}\
h1{font-size:26px}h2{margin-top:40px;border-bottom:1px solid #d8dee6;padding-bottom:4px}details{border:1px solid #e3e8ee;border-radius:6px;margin:8px 0;padding:0 12px}\
summary{cursor:pointer;padding:8px 0}code,pre{font:13px/1.5 ui-monospace,monospace}.m{display:inline-block;width:64px;font-weight:700}.GET{color:#0b6bcb}.POST{color:#187a3c}\
.PUT{color:#9a5b00}.DELETE{color:#b3261e}table{border-collapse:collapse;width:100%;margin:8px 0}td,th{border-top:1px solid #e3e8ee;text-align:left;padding:4px 8px;vertical-align:top}\
th{color:#5b6675;font-weight:600}a{color:#0b6bcb;text-decoration:none}nav a{margin-right:14px;white-space:nowrap}@media(prefers-color-scheme:dark){body{background:#11161d;color:#dfe6ee}\
details,td,th,h2{border-color:#2b3542}a,.GET{color:#6db3ff}.POST{color:#6fcf97}}";

fn page(document: &Value) -> String {
    let mut out = String::with_capacity(256 * 1024);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Fairway API</title><style>{STYLE}</style></head><body><main>"
    );
    let _ = write!(out, "<h1>{} <small>{}</small></h1>", escaped(&document["info"]["title"]), escaped(&document["info"]["version"]));
    for part in document["info"]["description"].as_str().unwrap_or("").split("\n\n") {
        let _ = write!(out, "<p>{}</p>", marked(part));
    }
    out.push_str("<p><a href=\"/api/openapi.json\">openapi.json</a> · base <code>/api/v1</code></p>");
    let mut groups: Vec<(String, Vec<Operation<'_>>)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten().filter(|(_, o)| o.is_object()) {
            let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
            match groups.iter_mut().find(|(known, _)| *known == tag) {
                Some((_, list)) => list.push((path, method, operation)),
                None => groups.push((tag, vec![(path, method, operation)])),
            }
        }
    }
    out.push_str("<nav>");
    for (tag, _) in &groups {
        let _ = write!(out, "<a href=\"#tag-{0}\">{0}</a>", text(tag));
    }
    out.push_str("<a href=\"#schemas\">schemas</a></nav>");
    for (tag, operations) in &groups {
        let _ = write!(out, "<h2 id=\"tag-{0}\">{0}</h2>", text(tag));
        for (path, method, operation) in operations {
            write_operation(&mut out, path, method, operation);
        }
    }
    out.push_str("<h2 id=\"schemas\">schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(out, "<details id=\"{0}\"><summary><code>{0}</code> {1}</summary>", text(name), escaped(&schema["description"]));
        write_fields(&mut out, schema);
        out.push_str("</details>");
    }
    out.push_str("</main></body></html>");
    out
}

fn write_operation(out: &mut String, path: &str, method: &str, operation: &Value) {
    let method = method.to_uppercase();
    let _ = write!(
        out,
        "<details><summary><span class=\"m {method}\">{method}</span><code>{}</code> {}</summary>",
        text(path),
        escaped(&operation["summary"])
    );
    if let Some(description) = operation["description"].as_str() {
        let _ = write!(out, "<p>{}</p>", marked(description));
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        out.push_str("<table><tr><th>parameter</th><th>in</th><th></th></tr>");
        for p in parameters {
            let _ = write!(
                out,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escaped(&p["name"]),
                escaped(&p["in"]),
                escaped(&p["description"])
            );
        }
        out.push_str("</table>");
    }
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let _ = write!(out, "<p>Body <code>{}</code>: {}</p>", text(media), kind(&content["schema"]));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let _ = write!(out, "<p><b>{}</b> {}", text(status), escaped(&response["description"]));
        for (media, content) in response["content"].as_object().into_iter().flatten() {
            let _ = write!(out, " <code>{}</code> {}", text(media), kind(&content["schema"]));
        }
        out.push_str("</p>");
    }
    out.push_str("</details>");
}

fn write_fields(out: &mut String, schema: &Value) {
    let parts: Vec<&Value> = schema["allOf"].as_array().map_or_else(|| vec![schema], |all| all.iter().collect());
    if let Some(values) = schema["enum"].as_array() {
        let list: Vec<String> = values.iter().map(|v| format!("<code>{}</code>", escaped(v))).collect();
        let _ = write!(out, "<p>{}</p>", list.join(" "));
    }
    out.push_str("<table>");
    for part in parts {
        if part["$ref"].is_string() {
            let _ = write!(out, "<tr><td></td><td>{}</td><td>all of its fields</td></tr>", kind(part));
        }
        for (name, field) in part["properties"].as_object().into_iter().flatten() {
            let _ = write!(
                out,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                text(name),
                kind(field),
                escaped(&field["description"])
            );
        }
    }
    out.push_str("</table>");
}

/// A schema in few words, with a link to the one it refers to.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", text(name));
    }
    if let Some(list) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return list.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(t) if t == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(t) => text(t),
        Value::Array(list) => list.iter().map(escaped).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}

fn escaped(value: &Value) -> String {
    text(value.as_str().unwrap_or(""))
}

fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with `code` in backticks.
fn marked(plain: &str) -> String {
    text(plain).split('`').enumerate().map(|(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}
