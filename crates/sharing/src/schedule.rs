//! Files on a schedule (定期文件): when the next one is due, which period it holds, what becomes of rows that do not fit and of a file that could
//! not be made.

use ledger::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::agreement::refuse;
use crate::{SharingAgreement, SharingEvent, SharingPhase, decide_deliver};

/// How long after it happened something may be reported and still be in the file of its time, minutes. Later reports are found by the interface.
pub const FILE_MARGIN_MINUTES: i64 = 60;
const HOUR_MS: i64 = 3_600_000;

/// Longest period of one file, days: what is older than that comes in several, at once.
pub const FILE_PERIOD_DAYS_MAX: i64 = 31;

/// Code of a fault after which a period is sent from its beginning: where its rows go on cannot be read any more.
pub const CURSOR_FAULT: &str = "store-cursor";

/// In what form files come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// CSV, UTF-8 with byte order mark, comma, CRLF.
    Csv,
    /// JSON.
    Json,
}

impl FileFormat {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// Files on a schedule (定期文件).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOrder {
    /// Form.
    pub format: FileFormat,
    /// Hours between two files.
    pub every_hours: u32,
}

/// The rest of a period whose rows did not fit into one file (续传).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRest {
    /// Where its period begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
    /// Files of it that were sent.
    pub parts: u32,
    /// Where the rows go on, as the resource wrote it.
    pub cursor: String,
}

/// A file that could not be made (文件未能生成).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFault {
    /// When it was tried.
    pub at: Timestamp,
    /// Stable code of the fault.
    pub code: String,
}

/// `sharing-agreement.file-sent`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSent {
    /// From when its rows are.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// The delivery in the usage log.
    pub delivery: String,
    /// Where the rows of this period go on that did not fit; the next file is due at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
}

/// `sharing-agreement.file-failed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFailed {
    /// From when its rows would have been.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Files of this period that were sent before it.
    pub parts: u32,
    /// Stable code of the fault.
    pub code: String,
}

impl SharingAgreement {
    /// When the next file is due, while it is in force and within its term: an hour after the first point of the schedule that lies behind the last file. The points
    /// are whole intervals after the agreement came into force, and stay where they are, however late a file was and in how many parts it came.
    pub fn next_file_at(&self) -> Option<Timestamp> {
        let file = self.terms.file.filter(|_| self.phase == SharingPhase::InForce)?;
        // A period that failed is tried again with the next one.
        let tried = self.fault.as_ref().map(|fault| fault.at.plus_minutes(-FILE_MARGIN_MINUTES));
        let behind = tried.map_or(self.files_from(), |tried| tried.max(self.files_from()));
        let next = self.intervals(file, behind).saturating_add(1).max(1);
        // What is due after the term does not come.
        Some(self.point(file, next).plus_minutes(FILE_MARGIN_MINUTES)).filter(|due| *due <= self.terms.valid_to)
    }

    /// The period of the next file at a time: from the end of the last one, or where the agreed data begin, to the last point of the schedule of
    /// which late reports were waited for; at most [`FILE_PERIOD_DAYS_MAX`].
    pub fn next_file_period(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        if let Some(rest) = &self.rest {
            return Some((rest.from, rest.to));
        }
        let file = self.terms.file?;
        let from = self.files_from();
        let intervals = self.intervals(file, at.plus_minutes(-FILE_MARGIN_MINUTES));
        let to = self.point(file, intervals).min(from.plus_days(FILE_PERIOD_DAYS_MAX));
        (from < to).then_some((from, to))
    }

    /// From when the next file's rows are: the end of the last one, or where the agreed data begin.
    pub fn files_from(&self) -> Timestamp {
        self.sent_to.unwrap_or_else(|| self.terms.data_period().0)
    }

    /// Files of the period in hand that were sent.
    pub fn parts_sent(&self) -> u32 {
        self.rest.as_ref().map_or(0, |rest| rest.parts)
    }

    /// When it came into force.
    fn began(&self) -> Timestamp {
        self.office_approval.as_ref().map_or(self.terms.valid_from, |signed| signed.at.max(self.terms.valid_from))
    }

    fn point(&self, file: FileOrder, intervals: i64) -> Timestamp {
        self.began().plus_hours(intervals.saturating_mul(i64::from(file.every_hours)))
    }

    /// Whole intervals of the schedule between coming into force and an instant; below 0 before that.
    fn intervals(&self, file: FileOrder, at: Timestamp) -> i64 {
        at.since_millis(self.began()).div_euclid(i64::from(file.every_hours).max(1) * HOUR_MS)
    }
}

/// Records that a file was sent.
///
/// # Errors
/// As [`decide_deliver`]; `sharing-file-not-due` when no file is agreed, its period is another, or nothing is due.
pub fn decide_send_file(state: &SharingAgreement, command: FileSent, at: Timestamp) -> Result<Vec<SharingEvent>, Refusal> {
    due(state, at)?;
    if state.next_file_period(at) == Some((command.from, command.to)) {
        return Ok(vec![command.into()]);
    }
    Err(not_due(state))
}

/// Records that the file that is due could not be made.
///
/// # Errors
/// As [`decide_deliver`]; `sharing-file-not-due` when nothing is due, or another file than this one: somebody else has sent it meanwhile.
pub fn decide_fail_file(state: &SharingAgreement, command: FileFailed, at: Timestamp) -> Result<Vec<SharingEvent>, Refusal> {
    due(state, at)?;
    if state.next_file_period(at) == Some((command.from, command.to)) && state.parts_sent() == command.parts {
        return Ok(vec![command.into()]);
    }
    Err(not_due(state))
}

fn due(state: &SharingAgreement, at: Timestamp) -> Result<(), Refusal> {
    decide_deliver(state, at)?;
    if state.next_file_at().is_some_and(|due| due <= at) { Ok(()) } else { Err(not_due(state)) }
}

fn not_due(state: &SharingAgreement) -> Refusal {
    refuse(state, "sharing-file-not-due", "data-delivery.send", "尚未到文件交付时间。", "No file of the schedule is due.")
}
