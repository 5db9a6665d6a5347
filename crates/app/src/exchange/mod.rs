//! What the application asks of the world of messages: reading what partners send, writing what they are told.
//!
//! The application knows no message syntax. The `messages` crate implements [`Interpreter`]; the assembly joins the two.

mod bank;
mod read;
mod told;

use crate::agreement::Agreement;

pub use bank::{Bank, BankAnswer, BankFault, BankReply, PaymentOrder};
pub use read::*;
pub use told::*;

/// Reads and writes messages.
pub trait Interpreter: Send + Sync {
    /// A text in the character set in which the file is written; the character that it does not have, otherwise.
    ///
    /// # Errors
    /// The first character that cannot be written.
    fn encode(&self, file: &[u8], text: &str) -> Result<Vec<u8>, char>;
    /// A part of the file as text, in its own character set.
    fn decode(&self, file: &[u8], part: &[u8]) -> String;
    /// The segments of a file, in order.
    fn places(&self, file: &[u8]) -> Vec<SegmentPlace>;
    /// The persons that a file lists (船员旅客名单): crew and passengers of its PAXLST messages of that document number, or of all of them, at
    /// most `limit`. A list that takes another one back lists nobody.
    fn persons(&self, file: &[u8], agreement: &Agreement, document: Option<&str>, limit: usize) -> Vec<PersonRead>;
    /// Reads everything it can and reports every fault; never fails. What the agreement forgives is reported as information.
    fn read(&self, bytes: &[u8], agreement: &Agreement, utc_offset_minutes: i32) -> Interpretation;
    /// Writes a message in the way agreed with its receiver: (type such as `CUSRES`, bytes).
    fn write(&self, envelope: &Envelope, agreement: &Agreement, outgoing: &Outgoing) -> (String, Vec<u8>);
}
