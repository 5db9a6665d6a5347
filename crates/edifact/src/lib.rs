//! UN/EDIFACT (ISO 9735, syntax versions 1 to 4): bytes to segments and back.
//!
//! * [`read`] indexes a file in one pass and reports **every** fault with its place: envelope, counts, references, characters.
//!   It never fails and never stops at the first fault.
//! * [`Stream`] does the same for a file of any size, message by message, in bounded memory.
//! * [`Message`], [`Segment`] and [`Element`] are cursors for typed interpretation; text is borrowed where possible.
//! * [`check`] compares a message with the segment table of its type ([`Directory`]), its segments with their definitions
//!   ([`SegmentSet`]) and its codes with their lists ([`CodeList`]); [`placements`] tells the group of each segment.
//! * [`contrl`] and [`aperak`] write the answers, [`Writer`] anything else, [`write()`] a reading as it came.
//!
//! What this crate deliberately does not know: what a message means, who sent it, what time it is, where it is stored.
//!
//! ```
//! let file = b"UNB+UNOA:2+TEAT:ZZZ+CUSTOMS:ZZZ+261122:0830+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'UNT+9+1'UNZ+1+1'";
//! let reading = edifact::read(file);
//! let message = reading.messages().next().unwrap();
//! assert_eq!(message.message_type().as_deref(), Some("CUSCAR"));
//! assert_eq!(message.body().next().unwrap().comp(2, 1).as_deref(), Some("M1"));
//! let codes: Vec<_> = reading.findings().iter().map(|f| (f.code, f.segment, f.element)).collect();
//! assert_eq!(codes, [("EDI-UNT-COUNT", Some(4), Some(1))]);
//! ```
// `unsafe` is denied everywhere (workspace lint) but in `kernel::x86`, where each block carries its proof.

mod aperak;
mod build;
mod catalogue;
mod charset;
mod check;
mod codelist;
mod contrl;
mod directory;
mod elements;
mod envelope;
mod finding;
mod kernel;
mod limits;
mod plan;
mod reading;
mod references;
mod repertoire;
mod run;
mod scan;
mod segments;
mod service;
mod stream;
mod view;
mod writer;

pub use aperak::{AperakError, AperakOptions, AperakOutcome, aperak};
pub use catalogue::{CODES, CodeInfo, info};
pub use charset::Charset;
pub use check::{Placement, check, check_message, placements};
pub use codelist::{CodeList, code_list, code_lists};
pub use contrl::{ContrlMode, ContrlOptions, contrl};
pub use directory::{Directory, DirectoryError, Node, Provenance, directories};
pub use finding::{Finding, Pos, Severity};
pub use kernel::Kernel;
pub use limits::{
    Limits, MAX_BYTES, MAX_FAULTY, MAX_FINDINGS_PER_CODE, MAX_INTERCHANGES, MAX_LEADING_BYTES, MAX_MESSAGE_BYTES, MAX_MESSAGES,
    MAX_SEGMENT_BYTES, MAX_SEGMENTS, MAX_SEPARATORS_PER_SEGMENT,
};
pub use reading::{ReadOptions, Reading, read, read_with};
pub use segments::{Characters, ComponentShape, ElementShape, Representation, SegmentSet, SegmentShape, segment_sets, segment_shape};
pub use service::{ServiceChars, UNA_LEN};
pub use stream::{Stream, Streamed, Summary};
pub use view::{Element, Group, Interchange, Message, Segment};
pub use writer::{Party, Prepared, UnaMode, Unb, Usage, WriteError, Writer, WriterOptions, write};
