//! Mechanical corrections (修改建议): what a clerk need not type, because the rest of the file says it.
//!
//! A suggestion is a change of bytes at one place. It is never applied by itself: a wrong count may also mean that segments are missing,
//! and only a person who asks the partner knows.

use codes::{ContainerNumber, Text};
use edifact::{Interchange, Message, Segment};

/// Most suggestions for one file.
pub const SUGGESTIONS_MAX: usize = 200;

/// A correction that follows from the rest of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Code of the finding that it answers.
    pub code: &'static str,
    /// Segment number in the file, from 1.
    pub segment: u64,
    /// Byte offset.
    pub offset: u64,
    /// Bytes that go.
    pub length: u64,
    /// What comes in their place.
    pub text: String,
    /// In words.
    pub says: Text,
}

/// Corrections of counts, references, missing trailers and check digits.
pub fn suggestions(bytes: &[u8]) -> Vec<Suggestion> {
    let reading = edifact::read(bytes);
    let mut found = Vec::new();
    for finding in reading.findings() {
        let interchange = finding.interchange.and_then(|n| reading.interchanges().find(|i| i.number() == n));
        let message = finding.message.and_then(|n| reading.message(n));
        let suggestion = match finding.code {
            "EDI-UNT-COUNT" => message.and_then(|m| value(finding.code, m.unt()?, 1, m.segment_count().to_string())),
            "EDI-UNT-REF" => message.and_then(|m| value(finding.code, m.unt()?, 2, m.reference()?.into_owned())),
            "EDI-UNT-MISSING" => message.and_then(|m| trailer(finding.code, &m)),
            "EDI-UNZ-COUNT" => interchange.and_then(|i| value(finding.code, i.unz()?, 1, units(&i))),
            "EDI-UNZ-REF" => interchange.and_then(|i| value(finding.code, i.unz()?, 2, i.control_reference()?.into_owned())),
            "EDI-UNZ-MISSING" => interchange.and_then(|i| end(finding.code, &i, bytes)),
            _ => None,
        };
        found.extend(suggestion);
    }
    found.extend(reading.segments().filter_map(|segment| check_digit(&segment)));
    found.sort_by_key(|suggestion| suggestion.offset);
    found.truncate(SUGGESTIONS_MAX);
    found
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// What UNZ counts: functional groups where there are any, messages otherwise.
fn units(interchange: &Interchange<'_>) -> String {
    let groups = interchange.groups().len();
    if groups > 0 { groups.to_string() } else { interchange.messages().len().to_string() }
}

/// Another value of a simple element.
fn value(code: &'static str, segment: Segment<'_>, element: usize, text: String) -> Option<Suggestion> {
    let raw = segment.raw(element, 1)?;
    if raw == text.as_bytes() {
        return None;
    }
    let former = String::from_utf8_lossy(raw).into_owned();
    let tag = segment.tag();
    Some(Suggestion {
        code,
        segment: u64::from(segment.number()),
        offset: count(segment.pos_at(element, 1).offset),
        length: count(raw.len()),
        says: Text::new(format!("将 {tag} 中的“{former}”改为“{text}”。"), format!("In {tag}, put “{text}” for “{former}”.")),
        text,
    })
}

fn written(interchange: &Interchange<'_>, parts: [&str; 3]) -> String {
    let chars = interchange.service_chars();
    let (plus, end) = (char::from(chars.element), char::from(chars.terminator));
    format!("{}{plus}{}{plus}{}{end}", parts[0], parts[1], parts[2])
}

/// The missing end of a message.
fn trailer(code: &'static str, message: &Message<'_>) -> Option<Suggestion> {
    let last = message.segments().next_back()?;
    let interchange = message.interchange();
    let number = (message.segment_count() + 1).to_string();
    let text = written(&interchange, ["UNT", &number, &message.reference()?]);
    Some(Suggestion {
        code,
        segment: u64::from(last.number()),
        offset: count(last.offset() + last.raw_bytes().len() + 1),
        length: 0,
        says: Text::new(
            format!("在报文末尾补上 {text}（确认没有缺段）。"),
            format!("Add {text} at the end of the message, if nothing else is missing."),
        ),
        text,
    })
}

/// The missing end of an interchange.
fn end(code: &'static str, interchange: &Interchange<'_>, bytes: &[u8]) -> Option<Suggestion> {
    let last = interchange.segments().last()?;
    let at = last.offset() + last.raw_bytes().len() + 1;
    if at > bytes.len() {
        // Cut within a segment: what is missing is not known.
        return None;
    }
    let text = written(interchange, ["UNZ", &units(interchange), &interchange.control_reference()?]);
    Some(Suggestion {
        code,
        segment: u64::from(last.number()),
        offset: count(at),
        length: 0,
        says: Text::new(
            format!("在文件末尾补上 {text}（确认没有缺少报文）。"),
            format!("Add {text} at the end of the file, if no message is missing."),
        ),
        text,
    })
}

/// A container number whose check digit differs from what its other characters give.
fn check_digit(segment: &Segment<'_>) -> Option<Suggestion> {
    let (element, component) = match segment.tag() {
        "EQD" => (2, 1),
        "SGP" => (1, 1),
        _ => return None,
    };
    let raw = segment.raw(element, component)?;
    let text = std::str::from_utf8(raw).ok()?;
    let (number, fault) = ContainerNumber::parse_lenient(text).ok()?;
    let expected = fault?.expected;
    let number = number.to_string();
    let text = format!("{}{expected}", number.get(..10)?);
    Some(Suggestion {
        code: "EDI-CNT-CHECK-DIGIT",
        segment: u64::from(segment.number()),
        offset: count(segment.pos_at(element, component).offset),
        length: count(raw.len()),
        says: Text::new(
            format!("若前十位无误，箱号应为 {text}。"),
            format!("If its first ten characters are right, the container is {text}."),
        ),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "UNB+UNOA:3+TERM+FAIRWAY+261126:0800+77'UNH+1+COARRI:D:95B:UN'BGM+44+D1+9'EQD+CN+CSQU3054383'UNT+4+1'UNZ+1+77'";

    fn mended(bad: &str) -> String {
        let mut bytes = bad.as_bytes().to_vec();
        for s in suggestions(&bytes.clone()).into_iter().rev() {
            let (from, length) = (usize::try_from(s.offset).expect("small"), usize::try_from(s.length).expect("small"));
            bytes.splice(from..from + length, s.text.bytes());
        }
        String::from_utf8(bytes).expect("ASCII")
    }

    #[test]
    fn what_the_rest_of_the_file_says_is_suggested_at_its_place() {
        for (good, bad) in [
            ("UNT+4+1'", "UNT+12+1'"),
            ("UNT+4+1'", "UNT+4+2'"),
            ("UNT+4+1'", ""),
            ("UNZ+1+77'", "UNZ+3+77'"),
            ("UNZ+1+77'", "UNZ+1+78'"),
            ("UNZ+1+77'", ""),
            ("CSQU3054383", "CSQU3054387"),
            ("UNT+4+1'UNZ+1+77'", "UNT+9+7'UNZ+2+0'"),
        ] {
            assert_eq!(mended(&GOOD.replace(good, bad)), GOOD, "{bad}");
        }
        assert_eq!(suggestions(GOOD.as_bytes()), Vec::new(), "a good file needs none");
    }

    #[test]
    fn nothing_is_suggested_where_data_is_lost() {
        for cut in ["UNB+UNOA:3+TERM+FAIRWAY+261126:0800+77'UNH+1+COARRI:D:95B:UN'BGM+44+D", "", "no EDIFACT"] {
            assert!(suggestions(cut.as_bytes()).iter().all(|s| s.code != "EDI-UNZ-MISSING"), "{cut}");
        }
    }
}
