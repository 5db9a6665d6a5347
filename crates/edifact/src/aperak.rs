//! APERAK (应用错误与确认): the answer about content, as CONTRL is the answer about syntax.

use crate::writer::{Party, Prepared, Unb, Usage, WriteError, Writer, WriterOptions};

/// One application error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AperakError {
    /// Error code, written to ERC (9321).
    pub code: String,
    /// What is wrong, written to FTX+AAO. Long text is cut into parts of 512 characters, five at most (4440 of D.00B).
    pub text: String,
    /// Where, for example `segment 14, element 2`; written to RFF+ZZZ (mutually defined), empty if none.
    pub pointer: String,
}

/// What the receiver did with the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AperakOutcome {
    /// Taken over (BGM 1225 = 29).
    Accepted,
    /// Refused (BGM 1225 = 27).
    Rejected,
}

/// Envelope and header of an APERAK.
#[derive(Clone, Debug)]
pub struct AperakOptions {
    /// Who answers.
    pub sender: Party,
    /// Who sent the message that is answered.
    pub recipient: Party,
    /// Date and time of the answer.
    pub prepared: Prepared,
    /// Interchange control reference of the answer; also its message reference is counted within it.
    pub control_reference: String,
    /// Number of the answer (BGM 1004).
    pub document_number: String,
    /// What was done.
    pub outcome: AperakOutcome,
}

/// Longest part of free text (4440) in D.00B, in characters.
const FREE_TEXT_PART_CHARS: usize = 512;
/// Parts of free text in one FTX (C108).
const FREE_TEXT_PARTS: usize = 5;

/// Writes an APERAK D.00B about the message or document with this reference: BGM, DTM, RFF, and ERC, FTX, RFF for each error.
///
/// BGM is 312 (acknowledgement) or 313 (application error). Text that is not ASCII is sent as UTF-8 under UNOW version 4.
///
/// # Errors
/// [`WriteError`] never happens for text made of characters, but is passed on instead of hidden.
pub fn aperak(options: &AperakOptions, reference: &str, errors: &[AperakError]) -> Result<Vec<u8>, WriteError> {
    let own = [reference, &options.document_number, &options.sender.id, &options.recipient.id, &options.control_reference];
    let texts = errors.iter().flat_map(|e| [e.code.as_str(), &e.text, &e.pointer]).chain(own);
    let mut writer = Writer::new(WriterOptions::for_texts(texts));
    writer.begin_interchange(&Unb {
        sender: options.sender.clone(),
        recipient: options.recipient.clone(),
        prepared: options.prepared,
        control_reference: options.control_reference.clone(),
        application_reference: "APERAK".into(),
        usage: Usage::Production,
    });
    let (name, function) = match options.outcome {
        AperakOutcome::Accepted => ("312", "29"),
        AperakOutcome::Rejected => ("313", "27"),
    };
    writer.begin_message("1", &["APERAK", "D", "00B", "UN"]);
    writer.segment("BGM", &[&[name], &[&options.document_number], &[function]]);
    writer.segment("DTM", &[&["137", &options.prepared.format203(), "203"]]);
    writer.segment("RFF", &[&["ACW", reference]]);
    for error in errors {
        writer.segment("ERC", &[&[&error.code]]);
        let parts = parts(&error.text);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if !parts.is_empty() {
            writer.segment("FTX", &[&["AAO"], &[], &[], &parts]);
        }
        if !error.pointer.is_empty() {
            writer.segment("RFF", &[&["ZZZ", &error.pointer]]);
        }
    }
    writer.end_message().end_interchange();
    writer.finish()
}

fn parts(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(FREE_TEXT_PART_CHARS).take(FREE_TEXT_PARTS).map(|part| part.iter().collect()).collect()
}
