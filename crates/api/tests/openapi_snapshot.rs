//! The committed document is the one that the handlers make: clients are generated from it.

use std::path::Path;

#[test]
fn the_committed_document_is_the_one_of_the_handlers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let mut made = api::openapi_text().expect("a document");
    made.push('\n');
    if std::env::var_os("UPDATE_SNAPSHOT").is_some() {
        std::fs::write(&path, &made).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "docs/openapi.json is not up to date: run `UPDATE_SNAPSHOT=1 cargo test -p api --test openapi_snapshot`");
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_its_own_name() {
    let document = serde_json::to_value(api::openapi()).expect("a document");
    assert_eq!(document["openapi"], "3.1.0");
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(schemas.contains_key(name), "schema {name} is missing");
    }
    let mut names = std::collections::BTreeSet::new();
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("item").values() {
            let name = operation["operationId"].as_str().expect("a name").to_owned();
            assert!(names.insert(name.clone()), "two operations are called {name}");
        }
    }
    assert!(names.len() > 90, "{} operations", names.len());
}
