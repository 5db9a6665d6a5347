//! `fairway edi check`: reads a file of any size piece by piece and says what is wrong with it.

use std::io::{Read, Write as _};

use anyhow::Result;
use app::Clock as _;
use edifact::{ContrlOptions, Finding, Limits, Prepared, ReadOptions, Severity, Stream, Streamed, Summary};
use serde_json::{Value, json};

use crate::commands::{Outcome, say};
use crate::environment::SystemClock;

/// Bytes of a report that are collected before they are written, so that an unreadable file leaves no half report.
const REPORT_BYTES: usize = 1 << 20;

pub fn run(source: impl Read, as_json: bool) -> Result<Outcome> {
    let options = ReadOptions { limits: Limits::streaming(), ..ReadOptions::default() };
    let mut stream = Stream::new(source, &options);
    let mut list = as_json.then(MessageList::default);
    while let Some(mut message) = stream.next()? {
        message.check(edifact::check_message);
        if let Some(list) = &mut list {
            list.push(&message)?;
        }
    }
    let summary = stream.finish();
    let contrl = contrl(&summary);
    // What is only worth knowing (which table was used, a byte-order mark) is a note: it does not make a file faulty.
    let (mut notes, mut findings): (Vec<&Finding>, Vec<&Finding>) = summary.findings().iter().partition(|f| f.severity == Severity::Info);
    findings.sort_by_key(|f| f.offset);
    notes.sort_by_key(|f| f.offset);
    match list {
        Some(list) => list.finish(&summary, &findings, &notes, contrl.as_deref())?,
        None => print(&summary, &findings, &notes, contrl.as_deref()),
    }
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// The JSON report, written while the file is read: a file may hold millions of messages.
struct MessageList {
    text: Vec<u8>,
    first: bool,
}

impl Default for MessageList {
    fn default() -> Self {
        Self { text: b"{\"messages\":[".to_vec(), first: true }
    }
}

impl MessageList {
    fn push(&mut self, message: &Streamed<'_>) -> Result<()> {
        if !std::mem::take(&mut self.first) {
            self.text.push(b',');
        }
        let row = json!({ "type": message.message_type(), "reference": message.reference(), "segments": message.segment_count() });
        serde_json::to_writer(&mut self.text, &row)?;
        if self.text.len() > REPORT_BYTES {
            self.flush();
        }
        Ok(())
    }

    /// A closed pipe ends the program quietly, as everywhere.
    fn flush(&mut self) {
        if std::io::stdout().write_all(&self.text).is_err() {
            std::process::exit(0);
        }
        self.text.clear();
    }

    fn finish(mut self, summary: &Summary, findings: &[&Finding], notes: &[&Finding], contrl: Option<&str>) -> Result<()> {
        let rest = json!({
            "interchanges": summary.interchanges(),
            "segments": summary.segments(),
            "findings": rows(findings),
            "notes": rows(notes),
            "contrl": contrl,
        });
        let rest = serde_json::to_string(&rest)?;
        self.text.extend_from_slice(b"],");
        self.text.extend_from_slice(rest.trim_start_matches('{').as_bytes());
        self.text.push(b'\n');
        self.flush();
        Ok(())
    }
}

fn rows(list: &[&Finding]) -> Vec<Value> {
    list.iter()
        .map(|f| {
            json!({
                "code": f.code,
                "severity": f.severity,
                "offset": f.offset,
                "segment": f.segment,
                "element": f.element,
                "component": f.component,
                "text": f.text_en,
                "text_zh": f.text_zh,
            })
        })
        .collect()
}

fn print(summary: &Summary, findings: &[&Finding], notes: &[&Finding], contrl: Option<&str>) {
    say(format_args!("{} interchanges, {} messages, {} segments", summary.interchanges(), summary.messages(), summary.segments()));
    for f in findings.iter().chain(notes) {
        let mut place = f.segment.map_or_else(|| "file".to_owned(), |s| format!("segment {s} {}", f.segment_tag.as_deref().unwrap_or("")));
        for (name, number) in [("element", f.element), ("component", f.component)] {
            place += &number.map_or_else(String::new, |n| format!(" {name} {n}"));
        }
        say(format_args!("{:?} {} at byte {} ({place}): {} / {}", f.severity, f.code, f.offset, f.text_zh, f.text_en));
    }
    if let Some(text) = contrl {
        say(format_args!("CONTRL: {text}"));
    }
}

fn contrl(summary: &Summary) -> Option<String> {
    let (year, month, day, hour, minute, ..) = SystemClock.now().civil(480);
    let small = |n: u32| u8::try_from(n).unwrap_or(0);
    let options = ContrlOptions {
        sender: None,
        prepared: Prepared {
            year: u16::try_from(year).unwrap_or(0),
            month: small(month),
            day: small(day),
            hour: small(hour),
            minute: small(minute),
        },
        control_reference: "1".into(),
        mode: edifact::ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    };
    summary.contrl(&options).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
