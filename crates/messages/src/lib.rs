//! Messages of partners (报文): UN/EDIFACT to the domain and back, payment messages of ISO 20022, and the sandbox bank.
//!
//! * [`EdiInterpreter`] implements [`app::exchange::Interpreter`]: everything in a file is read, every fault is reported at its
//!   segment, and a message is acted upon only when nothing in it is an error.
//! * [`segment_tree`] shows a file segment by segment; [`CODES`] and [`all_codes`] document the findings.
//! * [`formats`] and [`format_table`] are the register of message formats (DAT-02); [`explain`] tells what a tag, element or code means.
//! * [`iso20022`] writes and reads payment messages; [`SandboxBank`] and [`HttpBank`] implement [`app::exchange::Bank`] with them.
//!   [`sandbox_bank`] is the pure part of the former.
//! * [`national`] writes and reads files of the national single window (SW-02); [`sandbox_national`] is its sandbox counterpart.
//! * [`cargo_imp`] reads air cargo messages and answers them (MFT-05).
//! * [`rail`] reads and writes rail supervision messages (MFT-06).
//! * [`sample_cuscar`], [`sample_coarri`] and [`sample_report`] write what a partner would send, one for every type that is read (DAT-02).
//!
//! | Message | Becomes |
//! |---|---|
//! | CUSCAR, IFCSUM | original manifest (原始舱单) |
//! | COARRI | discharge report (卸船报告), or loading report (装船报告) |
//! | CUSREP with DTM 178 | arrival (抵港) |
//! | CUSREP, BERMAN | estimate and berth of a call, or its announcement (船舶预报) |
//! | COPRAR | discharge or loading order (卸船指令、装船指令), when the call's agent sends it |
//! | CODECO, VERMAS, COEDOR, IFTSTA, BAPLIE, COPRAR, COPARN, IFTMIN, IFTDGN, PAXLST | reports of boxes, bills and calls (动态报告) |
//! | COREOR | the carrier's release: delivery order (放货通知) |
//! | CONTRL, APERAK, CUSRES that refers to a previous message | answer to one of ours (回执) |
//! | WLJK (XML) | sheets of a rail yard: entry tally, arrival, export tally, loading (铁路监管报文) |
//! | FFM, FWB, FHL, FSU (Cargo-IMP) | manifest, waybill, houses and status of air cargo (航空货运报文) |
//! | anything else | recorded against the boxes, bills and the call it names |
//!
//! Flat port files are read by descriptions ([`record_format`]).
//!
//! Deliberately not known here: who may send what, which call or bill exists, what is stored, what time it is.
#![forbid(unsafe_code)]

mod agreed;
mod answer;
mod bank;
mod bill;
mod cargo;
pub mod cargo_imp;
mod catalogue;
mod compare;
mod error_codes;
mod fields;
mod formats;
pub mod iso20022;
mod mend;
mod mention;
mod names;
pub mod national;
mod persons;
pub mod rail;
mod reader;
pub mod record_format;
mod report;
mod reported;
mod rewrite;
mod sample;
mod sample_report;
pub mod sandbox_bank;
pub mod sandbox_national;
mod terminal;
mod tree;
mod tree_plain;
mod write;
mod xml;

pub use bank::{BankClock, GATEWAY_TIMEOUT_SECONDS, HttpBank, SANDBOX_MEMORY_MAX, SandboxBank};
pub use catalogue::{CODES, CodeInfo, all_codes};
pub use compare::{COMPARISON_ROWS_MAX, ComparisonRow, Side, compare};
pub use error_codes::{ERROR_CODES, OTHER_ERROR, error_code};
pub use formats::{Explanation, Format, FormatElement, FormatPart, FormatRow, FormatSegment, FormatTable, explain, format_table, formats};
pub use mend::{SUGGESTIONS_MAX, Suggestion, suggestions};
pub use names::{code_meaning, element_name, message_type_name, segment_name};
pub use reader::EdiInterpreter;
pub use report::FINDINGS_MAX;
pub use sample::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};
pub use sample_report::{SampleBox, SampleKind, SamplePerson, SampleReport, sample_report};
pub use tree::{ComponentView, ElementView, SEGMENTS_PER_PAGE_MAX, SegmentPage, SegmentView, Stretch, segment_tree};
pub use write::APERAK_ERRORS_MAX;
