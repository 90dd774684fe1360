//! The API as a page to read, made of the same document that programs read. Nothing runs in it, and nothing comes from outside.

use std::fmt::{self, Write};

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::OpenApi;

use super::Api;
use crate::escape::Escaped;

const STYLE: &str = include_str!("reference/page.css");

/// What the methods of a path are called in the document, in the order in which they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// How deep a type is told: what lies deeper has a name of its own.
const DEEPEST: usize = 6;

type Head = [(HeaderName, HeaderValue); 2];

fn head(kind: &'static str) -> Head {
    let policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
    ]
}

/// The page.
pub(super) async fn page() -> Response {
    let document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    (head("text/html; charset=utf-8"), html(&document)).into_response()
}

/// How it looks.
pub(super) async fn style() -> Response {
    (head("text/css; charset=utf-8"), STYLE).into_response()
}

fn html(document: &Value) -> String {
    let mut out = String::new();
    // A `String` takes whatever is written to it.
    let _ = write(&mut out, document);
    out
}

fn write(out: &mut String, document: &Value) -> fmt::Result {
    let title = text(&document["info"]["title"]);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} API</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"stylesheet\" href=\"docs.css\">\n</head>\n<body>\n<header><h1>{title} API</h1>\n<p>{}</p>\n\
         <p>Programs read the same as <a href=\"openapi.json\">openapi.json</a> (OpenAPI {}).</p></header>\n<div class=\"page\">\n",
        text(&document["info"]["description"]),
        text(&document["openapi"]),
        title = Escaped(title),
    )?;
    contents(out, document)?;
    out.write_str("<main>\n")?;
    for tag in items(&document["tags"]) {
        let name = text(&tag["name"]);
        writeln!(
            out,
            "<section>\n<h2 id=\"tag-{name}\">{name}</h2>\n<p>{}</p>",
            Escaped(text(&tag["description"])),
            name = Escaped(name)
        )?;
        for (path, method, operation) in operations(document, name) {
            write_operation(out, path, method, operation)?;
        }
        out.write_str("</section>\n")?;
    }
    out.write_str("<section>\n<h2 id=\"schemas\">Schemas</h2>\n")?;
    for (name, schema) in fields(&document["components"]["schemas"]) {
        write_schema(out, name, schema)?;
    }
    out.write_str("</section>\n</main>\n</div>\n</body>\n</html>\n")
}

fn contents(out: &mut String, document: &Value) -> fmt::Result {
    out.write_str("<nav aria-label=\"Contents\">\n")?;
    for tag in items(&document["tags"]) {
        let name = text(&tag["name"]);
        let shown = Escaped(name);
        writeln!(out, "<p><a href=\"#tag-{shown}\">{shown}</a></p>\n<ul>")?;
        for (path, method, _) in operations(document, name) {
            writeln!(
                out,
                "<li><a href=\"#{}\"><b>{}</b> {}</a></li>",
                Escaped(&anchor(method, path)),
                Escaped(&method.to_uppercase()),
                Escaped(path)
            )?;
        }
        out.write_str("</ul>\n")?;
    }
    out.write_str("<p><a href=\"#schemas\">Schemas</a></p>\n</nav>\n")
}

/// The operations under `tag`, in the order of the document.
fn operations<'a>(
    document: &'a Value,
    tag: &'a str,
) -> impl Iterator<Item = (&'a str, &'static str, &'a Value)> {
    fields(&document["paths"]).flat_map(move |(path, methods)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = methods.get(method)?;
            let is_tagged = items(&operation["tags"]).any(|of| of == tag);
            is_tagged.then_some((path.as_str(), method, operation))
        })
    })
}

fn write_operation(out: &mut String, path: &str, method: &str, operation: &Value) -> fmt::Result {
    writeln!(
        out,
        "<article id=\"{}\">\n<h3><b class=\"{method}\">{}</b> <code>{}</code></h3>",
        Escaped(&anchor(method, path)),
        Escaped(&method.to_uppercase()),
        Escaped(path),
    )?;
    for part in ["summary", "description"] {
        paragraphs(out, text(&operation[part]))?;
    }
    let parameters: Vec<_> = items(&operation["parameters"]).collect();
    if !parameters.is_empty() {
        out.write_str(
            "<table>\n<tr><th>parameter</th><th>in</th><th>type</th><th>about</th></tr>\n",
        )?;
        for parameter in parameters {
            let needed = if parameter["required"] == true {
                " <i>required</i>"
            } else {
                ""
            };
            write!(
                out,
                "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>",
                Escaped(text(&parameter["name"])),
                Escaped(text(&parameter["in"])),
            )?;
            write_type(out, &parameter["schema"], 0)?;
            writeln!(
                out,
                "</td><td>{}</td></tr>",
                Escaped(text(&parameter["description"]))
            )?;
        }
        out.write_str("</table>\n")?;
    }
    for (kind, content) in fields(&operation["requestBody"]["content"]) {
        write!(out, "<p>Body (<code>{}</code>): ", Escaped(kind))?;
        write_type(out, &content["schema"], 0)?;
        out.write_str("</p>\n")?;
    }
    out.write_str("<table>\n<tr><th>status</th><th>when</th><th>body</th></tr>\n")?;
    for (status, response) in fields(&operation["responses"]) {
        write!(
            out,
            "<tr><td><code>{}</code></td><td>{}</td><td>",
            Escaped(status),
            Escaped(text(&response["description"]))
        )?;
        for (kind, content) in fields(&response["content"]) {
            write_type(out, &content["schema"], 0)?;
            write!(out, " <small>{}</small> ", Escaped(kind))?;
        }
        out.write_str("</td></tr>\n")?;
    }
    out.write_str("</table>\n</article>\n")
}

fn write_schema(out: &mut String, name: &str, schema: &Value) -> fmt::Result {
    let name = Escaped(name);
    writeln!(out, "<article id=\"schema-{name}\">\n<h3>{name}</h3>")?;
    paragraphs(out, text(&schema["description"]))?;
    let required: Vec<_> = items(&schema["required"]).map(text).collect();
    if schema["properties"].is_object() {
        out.write_str("<table>\n<tr><th>key</th><th>type</th><th>about</th></tr>\n")?;
        for (key, property) in fields(&schema["properties"]) {
            let needed = if required.contains(&key.as_str()) {
                " <i>required</i>"
            } else {
                ""
            };
            write!(
                out,
                "<tr><td><code>{}</code>{needed}</td><td>",
                Escaped(key)
            )?;
            write_type(out, property, 0)?;
            write!(out, "</td><td>{}", Escaped(text(&property["description"])))?;
            if let Some(example) = property.get("example") {
                let example = example.to_string();
                write!(out, " Such as <code>{}</code>.", Escaped(&example))?;
            }
            out.write_str("</td></tr>\n")?;
        }
        out.write_str("</table>\n")?;
    } else {
        out.write_str("<p>")?;
        write_type(out, schema, 0)?;
        out.write_str("</p>\n")?;
    }
    out.write_str("</article>\n")
}

/// The type that `schema` describes, in words, with a link where it has a name.
fn write_type(out: &mut String, schema: &Value, depth: usize) -> fmt::Result {
    if depth > DEEPEST {
        return out.write_str("…");
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return write!(out, "<a href=\"#schema-{0}\">{0}</a>", Escaped(name));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if schema[choice].is_array() {
            let between = if choice == "allOf" { " and " } else { " or " };
            for (at, one) in items(&schema[choice]).enumerate() {
                out.write_str(if at == 0 { "" } else { between })?;
                write_type(out, one, depth + 1)?;
            }
            return Ok(());
        }
    }
    if schema["enum"].is_array() {
        for (at, one) in items(&schema["enum"]).enumerate() {
            out.write_str(if at == 0 { "" } else { ", " })?;
            write!(out, "<code>{}</code>", Escaped(text(one)))?;
        }
        return Ok(());
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    for (at, kind) in kinds.iter().enumerate() {
        out.write_str(if at == 0 { "" } else { " or " })?;
        match *kind {
            "array" => {
                out.write_str("list of ")?;
                write_type(out, &schema["items"], depth + 1)?;
            }
            "" => out.write_str("anything")?,
            kind => write!(out, "{}", Escaped(kind))?,
        }
    }
    let bounds = (&schema["minimum"], &schema["maximum"]);
    match bounds {
        (Value::Number(from), Value::Number(to)) => write!(out, ", {from} to {to}"),
        (Value::Number(from), _) if from.as_i64() != Some(0) => write!(out, ", from {from}"),
        (_, Value::Number(to)) => write!(out, ", up to {to}"),
        _ => Ok(()),
    }
}

/// Names an operation within the page.
fn anchor(method: &str, path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{method}{}", path.chars().map(plain).collect::<String>())
}

fn paragraphs(out: &mut String, text: &str) -> fmt::Result {
    for paragraph in text.split("\n\n").filter(|p| !p.trim().is_empty()) {
        // Our own words, and longer than what strangers may say on one line.
        out.write_str("<p>")?;
        for word in paragraph.split_whitespace() {
            write!(out, "{} ", Escaped(word))?;
        }
        out.write_str("</p>\n")?;
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_schema_is_there_and_every_link_leads_somewhere() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let page = html(&document);
        let mut count = 0;
        for (path, methods) in fields(&document["paths"]) {
            for method in METHODS
                .iter()
                .filter(|method| methods.get(method).is_some())
            {
                let operation = &methods[method];
                let id = anchor(method, path);
                assert!(
                    page.contains(&format!("<article id=\"{id}\">")),
                    "{method} {path}"
                );
                assert_eq!(items(&operation["tags"]).count(), 1, "{method} {path}");
                count += 1;
            }
        }
        assert_eq!(page.matches("<b class=").count(), count);
        let mut ids: Vec<_> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "each leads to one place");
        for (name, _) in fields(&document["components"]["schemas"]) {
            assert!(
                page.contains(&format!("<article id=\"schema-{name}\">")),
                "{name}"
            );
        }
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn a_type_is_told_in_words() {
        let told = |schema: Value| {
            let mut out = String::new();
            write_type(&mut out, &schema, 0).unwrap();
            out
        };
        for (schema, expected) in [
            (serde_json::json!({"type": "string"}), "string"),
            (
                serde_json::json!({"type": ["array", "null"], "items": {"$ref": "#/a/B"}}),
                "list of <a href=\"#schema-B\">B</a> or null",
            ),
            (
                serde_json::json!({"type": "integer", "minimum": 1, "maximum": 9}),
                "integer, 1 to 9",
            ),
            (
                serde_json::json!({"enum": ["<a>", "b"]}),
                "<code>&lt;a&gt;</code>, <code>b</code>",
            ),
            (serde_json::json!({}), "anything"),
        ] {
            assert_eq!(told(schema.clone()), expected, "{schema}");
        }
        let mut deep = serde_json::json!({"type": "string"});
        for _ in 0..100 {
            deep = serde_json::json!({"type": "array", "items": deep});
        }
        assert!(told(deep).ends_with('…'));
    }
}
