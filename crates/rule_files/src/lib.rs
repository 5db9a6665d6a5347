//! Decision tables as files (规则表文件): XLSX for people, DMN 1.3 for other rule engines.
//!
//! * [`write_xlsx`], [`read_xlsx`]: one sheet with a rule in each line, one with the head. Columns are those of the table that is
//!   being edited; a file cannot bring others.
//! * [`write_dmn`], [`read_dmn`]: the `decisionTable` of a DMN 1.3 model. What DMN has no place for (both languages, explicit
//!   priorities, how each output combines) stands in attributes of a namespace of its own, and is optional when reading.
//!
//! Bad input is answered with all findings, each naming its cell; nothing is taken over then. Bytes, rows, cells and nesting are bounded.
//!
//! Deliberately not known here: who may read or write a table, and where it is kept.
#![forbid(unsafe_code)]

mod dmn;
mod feel;
mod notation;
mod xlsx;
mod xml;

pub use dmn::{read_dmn, write_dmn};
pub use xlsx::{read_xlsx, write_xlsx};

use rules::{Finding, Severity};

/// Largest file read, bytes.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Findings that reading reports.
pub const FINDINGS_MAX: usize = 200;

/// Media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Media type of DMN.
pub const DMN: &str = "application/xml";

/// A text in Chinese and English about what is wrong.
type Fault = (String, String);

fn fault(zh: impl Into<String>, en: impl Into<String>) -> Fault {
    (zh.into(), en.into())
}

/// Collects findings up to the limit.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, code: &'static str, place: impl Into<String>, (zh, en): Fault) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(Finding::new(Severity::Error, code, place.into(), zh, en));
        }
    }
}

fn too_large() -> Vec<Finding> {
    let (zh, en) = (format!("文件超过 {FILE_BYTES_MAX} 字节"), format!("the file has more than {FILE_BYTES_MAX} bytes"));
    vec![Finding::new(Severity::Error, "rules-file-too-large", String::new(), zh, en)]
}

#[cfg(test)]
mod tests;
