//! `fairway edi check` of a flat port file: what its description finds.

use messages::record_format::{FlatFile, Formats};
use serde_json::{Value, json};

use crate::commands::{Outcome, say};

/// Reports on a file that one of the descriptions recognises; `None` when none does.
pub fn check(formats: &Formats, bytes: &[u8], as_json: bool) -> Option<Outcome> {
    let file = formats.read(bytes, 480)?;
    let (notes, findings): (Vec<Value>, Vec<Value>) = rows(&file);
    let fine = findings.is_empty();
    if as_json {
        say(json!({
            "format": file.format,
            "interchanges": 0,
            "messages": [{ "type": file.kind, "reference": file.reference, "segments": file.records }],
            "segments": file.records,
            "findings": findings,
            "notes": notes,
            "contrl": null,
        }));
    } else {
        say(format_args!(
            "{}: {}, {} records, {} bills, {} containers",
            file.format,
            file.kind,
            file.records,
            file.bill_numbers.len(),
            file.container_numbers.len()
        ));
        for row in findings.iter().chain(&notes) {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let place =
                row["segment"].as_u64().map_or_else(|| "file".to_owned(), |record| format!("record {record}, byte {}", row["offset"]));
            say(format_args!("{} {} ({place}): {} / {}", text("severity"), text("code"), text("text_zh"), text("text")));
        }
    }
    Some(if fine { Outcome::Fine } else { Outcome::Findings })
}

/// What is only worth knowing, and what is wrong.
fn rows(file: &FlatFile) -> (Vec<Value>, Vec<Value>) {
    let row = |found: &app::exchange::MessageFinding| {
        json!({
            "code": found.finding.code,
            "severity": found.finding.severity,
            "offset": found.offset,
            "segment": found.segment,
            "text": found.finding.message.en,
            "text_zh": found.finding.message.zh,
        })
    };
    let (notes, findings): (Vec<_>, Vec<_>) = file.findings.iter().partition(|found| found.finding.severity == codes::Severity::Info);
    (notes.into_iter().map(row).collect(), findings.into_iter().map(row).collect())
}
