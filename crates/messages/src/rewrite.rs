//! Our own messages in the way agreed with their receiver: character set, syntax version, UNA, test indicator, line ends.
//!
//! Everything is first written in the plain way and then written again here, so that each kind of message needs no knowledge of agreements.

use app::agreement::{Agreement, CharacterSet, LineEnds, ServiceAdvice, Writing};
use edifact::{Charset, Interchange, Party, Prepared, ReadOptions, Segment, ServiceChars, UnaMode, Unb, Usage, Writer, WriterOptions};

use crate::agreed;

/// Writes again what this crate wrote. `None` when nothing else than the plain way is agreed, or when the text does not fit the agreed
/// character set: then the plain way, which can hold everything, is right.
pub(crate) fn rewrite(bytes: &[u8], agreement: &Agreement) -> Option<Vec<u8>> {
    let writing = agreement.writing;
    if writing == Writing::default() && !agreement.test {
        return None;
    }
    let reading = edifact::read(bytes);
    let mut out = Vec::with_capacity(bytes.len() + 64);
    for interchange in reading.interchanges() {
        out.extend(one(&interchange, writing, agreement.test)?);
    }
    let written_in = ReadOptions { charset: writing.charset.map(agreed::repertoire), ..ReadOptions::default() };
    Some(match writing.line_ends {
        LineEnds::None => out,
        LineEnds::Lf => broken(&out, &written_in, b"\n"),
        LineEnds::CrLf => broken(&out, &written_in, b"\r\n"),
    })
}

fn one(interchange: &Interchange<'_>, writing: Writing, test: bool) -> Option<Vec<u8>> {
    let unb = interchange.unb()?;
    let capitals = writing.charset == Some(CharacterSet::Unoa);
    let mut writer = Writer::new(options(interchange, writing));
    let text = |segment: &Segment<'_>, element, component| {
        let text = segment.comp(element, component).map(|text| text.into_owned()).unwrap_or_default();
        if capitals { text.to_uppercase() } else { text }
    };
    let party = |element| Party { id: text(&unb, element, 1), qualifier: text(&unb, element, 2) };
    writer.begin_interchange(&Unb {
        sender: party(2),
        recipient: party(3),
        prepared: prepared(&text(&unb, 4, 1), &text(&unb, 4, 2))?,
        control_reference: text(&unb, 5, 1),
        application_reference: text(&unb, 7, 1),
        usage: if test || interchange.is_test() { Usage::Test } else { Usage::Production },
    });
    for message in interchange.messages() {
        let unh = message.unh();
        let identifier: Vec<String> = (1..=unh.component_count(2)).map(|n| text(&unh, 2, n)).collect();
        writer.begin_message(&text(&unh, 1, 1), &identifier.iter().map(String::as_str).collect::<Vec<_>>());
        for segment in message.body() {
            let elements: Vec<Vec<String>> =
                (1..=segment.element_count()).map(|e| (1..=segment.component_count(e)).map(|c| text(&segment, e, c)).collect()).collect();
            let borrowed: Vec<Vec<&str>> = elements.iter().map(|element| element.iter().map(String::as_str).collect()).collect();
            writer.segment(segment.tag(), &borrowed.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
        writer.end_message();
    }
    writer.end_interchange();
    writer.finish().ok()
}

fn options(interchange: &Interchange<'_>, writing: Writing) -> WriterOptions {
    let charset = writing.charset.map_or(interchange.charset(), agreed::repertoire);
    let needed = if charset == Charset::Utf8 { 4 } else { 3 };
    let version = writing.syntax_version.unwrap_or(needed);
    WriterOptions {
        service: if version >= 4 { ServiceChars::version4() } else { ServiceChars::default() },
        una: match writing.una {
            ServiceAdvice::WhenNeeded => UnaMode::WhenNeeded,
            ServiceAdvice::Always => UnaMode::Always,
        },
        charset,
        version,
    }
}

/// `YYMMDD` or `CCYYMMDD`, and `HHMM`, as this crate writes them.
fn prepared(date: &str, time: &str) -> Option<Prepared> {
    let number = |text: &str, from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
    let small = |text: &str, from: usize| number(text, from, from + 2).and_then(|n| u8::try_from(n).ok());
    let (year, rest) = if date.len() == 8 { (number(date, 0, 4)?, 4) } else { (2_000 + number(date, 0, 2)?, 2) };
    Some(Prepared { year, month: small(date, rest)?, day: small(date, rest + 2)?, hour: small(time, 0)?, minute: small(time, 2)? })
}

/// A line end after every segment.
fn broken(bytes: &[u8], options: &ReadOptions, line_end: &[u8]) -> Vec<u8> {
    let reading = edifact::read_with(bytes, options);
    let mut out = Vec::with_capacity(bytes.len() + reading.segment_count() * line_end.len());
    let mut from = 0;
    for interchange in reading.interchanges() {
        if let Some(una) = interchange.una_offset() {
            out.extend_from_slice(&bytes[from..una + UNA_BYTES]);
            out.extend_from_slice(line_end);
            from = una + UNA_BYTES;
        }
        for segment in interchange.segments() {
            // The terminator belongs to the segment.
            let end = (segment.end() + 1).min(bytes.len());
            out.extend_from_slice(&bytes[from..end]);
            out.extend_from_slice(line_end);
            from = end;
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out
}

/// `UNA` and its six characters.
const UNA_BYTES: usize = 9;
