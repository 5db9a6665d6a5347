//! Messages of partners (报文): UN/EDIFACT to the domain and back, payment messages of ISO 20022, and the sandbox bank.
//!
//! * [`EdiInterpreter`] implements [`app::exchange::Interpreter`]: everything in a file is read, every fault is reported at its
//!   segment, and a message is acted upon only when nothing in it is an error.
//! * [`segment_tree`] shows a file segment by segment; [`CODES`] and [`all_codes`] document the findings.
//! * [`iso20022`] writes and reads payment messages; [`SandboxBank`] and [`HttpBank`] implement [`app::exchange::Bank`] with them.
//!   [`sandbox_bank`] is the pure part of the former.
//! * [`sample_cuscar`] and [`sample_coarri`] write what a partner would send (DAT-02).
//!
//! | Message | Becomes |
//! |---|---|
//! | CUSCAR, IFCSUM | original manifest (原始舱单) |
//! | COARRI | discharge report (卸船报告); a loading report is kept only |
//! | CUSREP with DTM 178 | arrival (抵港) |
//! | CONTRL, APERAK | answer to one of ours (回执) |
//! | anything else | kept, checked and shown |
//!
//! Deliberately not known here: who may send what, which call or bill exists, what is stored, what time it is.
#![forbid(unsafe_code)]

mod answer;
mod bank;
mod bill;
mod cargo;
mod catalogue;
mod compare;
mod fields;
pub mod iso20022;
mod mend;
mod names;
mod reader;
mod report;
mod sample;
pub mod sandbox_bank;
mod terminal;
mod tree;
mod write;

pub use bank::{BankClock, GATEWAY_TIMEOUT_SECONDS, HttpBank, SANDBOX_MEMORY_MAX, SandboxBank};
pub use catalogue::{CODES, CodeInfo, all_codes};
pub use compare::{COMPARISON_ROWS_MAX, ComparisonRow, Side, compare};
pub use mend::{SUGGESTIONS_MAX, Suggestion, suggestions};
pub use reader::{CountPolicy, EdiInterpreter, Options};
pub use report::FINDINGS_MAX;
pub use sample::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};
pub use tree::{ComponentView, ElementView, SEGMENTS_PER_PAGE_MAX, SegmentPage, SegmentView, Stretch, segment_tree};
pub use write::APERAK_ERRORS_MAX;
