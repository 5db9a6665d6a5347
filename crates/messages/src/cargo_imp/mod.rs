//! Air cargo messages (航空货运报文, IATA Cargo-IMP): the manifest of a flight (FFM), the air waybill (FWB), its houses (FHL), its status (FSU),
//! and the answers to them (FMA, FNA). MFT-05.
//!
//! **Not verified.** What is read follows public descriptions of the versions FFM/8, FWB/16 and 17, FHL/4 and 5, FSU/12 and later; the manual of IATA was
//! not read. Lines that nothing here needs (charges, dimensions, remarks) are passed over; what is needed and cannot be read is a fault at its
//! line and byte.
//!
//! * This file: what begins a message, its lines and bounds, and the answers. * `line` reads the parts of a line.
//! * `flight` reads FFM. * `waybill` reads FWB, FHL and FSU.

mod flight;
mod line;
mod waybill;

use app::exchange::{AIR_FORMAT, AirAnswer, AirRead, Content, Interpretation, Mentions, MessageFinding, MessageRead};
use codes::{Finding, Text};

use self::line::Line;

/// Longest message read, bytes.
pub const AIR_BYTES_MAX: usize = 1024 * 1024;
/// Most lines of a message.
pub const AIR_LINES_MAX: usize = 20_000;
/// Longest line, bytes; the standard has 69 characters.
pub const AIR_LINE_BYTES_MAX: usize = 512;
/// Most faults of a message that are told.
pub const AIR_FAULTS_MAX: usize = 200;
/// Lines of a telex head that may stand before a message.
const HEAD_LINES_MAX: usize = 8;
/// Longest line of an answer, characters.
const ANSWER_CHARS_MAX: usize = 65;
/// Most bytes of the answered message that are repeated.
const ECHO_BYTES_MAX: usize = 64 * 1024;
/// What is read, with the versions whose descriptions were read.
const KINDS: [(&str, &[u32]); 4] =
    [("FFM", &[6, 7, 8]), ("FWB", &[9, 14, 15, 16, 17]), ("FHL", &[2, 4, 5]), ("FSU", &[6, 8, 9, 10, 11, 12, 13, 14, 15])];

/// Does a file begin as these messages do, after a telex head at most?
pub(crate) fn is_air(bytes: &[u8]) -> bool {
    let mut head = lines(bytes).filter(|line| !line.is_empty()).take(HEAD_LINES_MAX).peekable();
    // An answer repeats the message that it answers, and is none itself.
    let answers = head.peek().is_some_and(|line| line.bytes().starts_with(b"FMA") || line.bytes().starts_with(b"FNA"));
    !answers && head.any(|line| begins(line.bytes()).is_some())
}

/// The type and version with which a line begins a message.
fn begins(line: &[u8]) -> Option<(&'static str, u32)> {
    let text = std::str::from_utf8(line).ok()?;
    let (kind, version) = text.split_once('/')?;
    let known = KINDS.iter().find(|(known, _)| *known == kind)?.0;
    let digits = (1..=3).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
    Some((known, version.parse().ok().filter(|_| digits)?))
}

/// The lines of a file with their numbers and offsets. Lines end with CR LF, LF or CR.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    let mut number = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        number += 1;
        let line = Line::new(number, at, &rest[..end]);
        let ending = match &rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        at += end + ending;
        Some(line)
    })
}

/// Faults of a message, bounded.
pub(super) struct Faults {
    found: Vec<MessageFinding>,
    more: usize,
}

impl Faults {
    fn push(&mut self, line: Option<&Line<'_>>, finding: Finding) {
        if self.found.len() >= AIR_FAULTS_MAX {
            self.more += 1;
            return;
        }
        self.found.push(MessageFinding {
            segment: line.map(Line::number),
            offset: line.map(|line| line.offset() as u64),
            segment_tag: line.map(|line| line.tag().to_owned()),
            message_reference: None,
            finding,
        });
    }

    /// Whether anything was told.
    pub(super) fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// A fault at a line.
    pub(super) fn tell(&mut self, line: &Line<'_>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        let hint =
            Text::new("按航空公司或货代系统核对该行后重发。", "Check this line against the sending system and send the message again.");
        let finding = Finding::error(code, format!("/lines/{}", line.number()), Text::new(zh.into(), en.into()), hint);
        self.push(Some(line), finding);
    }

    /// A fault of the whole message.
    fn whole(&mut self, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        let hint = Text::new("核对报文后重发；原报文已原样保存。", "Check the message and send it again; the file is kept as it came.");
        self.push(None, Finding::error(code, "", Text::new(zh.into(), en.into()), hint));
    }
}

/// Reads an air cargo message: everything that can be read, and every fault.
pub(crate) fn read(bytes: &[u8]) -> Interpretation {
    let mut faults = Faults { found: Vec::new(), more: 0 };
    let (kind, version, body) = match bounded(bytes, &mut faults) {
        Some(found) => found,
        None => return interpretation(Vec::new(), faults),
    };
    if KINDS.iter().all(|(known, versions)| *known != kind || !versions.contains(&version)) {
        let finding = Finding::warning(
            "air-version",
            "",
            Text::new(
                format!("{kind}/{version} 未在已对照的版本之列。"),
                format!("{kind}/{version} is not among the versions that were looked at."),
            ),
            Text::new("按相近版本读取，请核对结果。", "It is read as the nearest one; check the outcome."),
        );
        faults.push(body.first(), finding);
    }
    let rest = &body[1..];
    let read = match kind {
        "FFM" => flight::read(&body[0], rest, &mut faults),
        "FWB" => waybill::fwb(&body[0], rest, &mut faults),
        "FHL" => waybill::fhl(&body[0], rest, &mut faults),
        _ => waybill::fsu(&body[0], rest, &mut faults),
    };
    let mentions = read.as_ref().map(mentions).unwrap_or_default();
    let reference = match &read {
        Some(AirRead::Flight(flight)) => format!("{}/{:02}{:02}", flight.flight, flight.departs.0, flight.departs.1),
        Some(AirRead::Waybill { number, .. } | AirRead::Houses { number, .. } | AirRead::Statuses { number, .. }) => number.clone(),
        None => String::new(),
    };
    let faulty = faults.found.iter().any(|found| found.finding.is_error());
    let message = MessageRead {
        kind: kind.to_owned(),
        reference,
        document: None,
        version: version.to_string(),
        segments: body.len() as u64,
        mentions,
        digest: app::inbox::digest_of([bytes]),
        content: read.filter(|_| !faulty).map(|read| Content::Air(Box::new(read))),
    };
    interpretation(vec![message], faults)
}

/// The lines of the message within the bounds: its type, version, and lines from the one that begins it.
fn bounded<'b>(bytes: &'b [u8], faults: &mut Faults) -> Option<(&'static str, u32, Vec<Line<'b>>)> {
    if bytes.len() > AIR_BYTES_MAX {
        faults.whole(
            "air-too-long",
            format!("报文超过 {AIR_BYTES_MAX} 字节。"),
            format!("The message has more than {AIR_BYTES_MAX} bytes."),
        );
        return None;
    }
    let mut all = lines(bytes).skip_while(|line| begins(line.bytes()).is_none());
    let first = all.next()?;
    let (kind, version) = begins(first.bytes())?;
    let mut body = vec![first];
    for line in all.filter(|line| !line.is_empty()) {
        if body.len() >= AIR_LINES_MAX {
            faults.whole(
                "air-too-long",
                format!("报文超过 {AIR_LINES_MAX} 行。"),
                format!("The message has more than {AIR_LINES_MAX} lines."),
            );
            break;
        }
        if line.bytes().len() > AIR_LINE_BYTES_MAX {
            faults.tell(
                &line,
                "air-too-long",
                format!("行超过 {AIR_LINE_BYTES_MAX} 字节。"),
                format!("The line has more than {AIR_LINE_BYTES_MAX} bytes."),
            );
            continue;
        }
        if line.bytes().iter().any(|byte| !(0x20..0x7f).contains(byte)) {
            faults.tell(&line, "air-character", "行内含有不允许的字符。", "The line holds characters that the format does not have.");
            continue;
        }
        if begins(line.bytes()).is_some() {
            faults.tell(&line, "air-second-message", "一个文件只能有一份报文。", "A file holds one message.");
            break;
        }
        body.push(line);
    }
    Some((kind, version, body))
}

fn mentions(read: &AirRead) -> Mentions {
    let mut mentions = Mentions::default();
    match read {
        AirRead::Flight(flight) => {
            mentions.references.push(flight.flight.clone());
            mentions.bills.extend(flight.waybills.iter().map(|one| one.form.number.clone()));
            let units = flight.waybills.iter().flat_map(|one| &one.form.content.units);
            mentions.containers.extend(units.map(|unit| unit.name().to_owned()).filter(|name| !name.is_empty()));
        }
        AirRead::Waybill { number, .. } | AirRead::Statuses { number, .. } => mentions.bills.push(number.clone()),
        AirRead::Houses { number, houses } => {
            mentions.bills.push(number.clone());
            mentions.bills.extend(houses.iter().map(|house| house.number.clone()));
        }
    }
    mentions
}

fn interpretation(messages: Vec<MessageRead>, faults: Faults) -> Interpretation {
    let Faults { mut found, more } = faults;
    if more > 0 {
        let text = Text::new(format!("另有 {more} 条未列出。"), format!("{more} more are not listed."));
        let hint = Text::new("先更正已列出的问题。", "Correct those listed first.");
        found.push(unplaced(Finding::error("air-more", "", text, hint)));
    }
    found.push(unplaced(Finding::info(
        "air-unverified",
        "",
        Text::new(
            "报文格式依据公开资料，未对照 IATA 手册核对。",
            "The format is that of public descriptions, not compared with the manual of IATA.",
        ),
        Text::new("与航空公司联调核对后再正式使用。", "Try it with the airline before relying on it."),
    )));
    let control_reference = messages.first().map(|message: &MessageRead| message.reference.clone()).filter(|text| !text.is_empty());
    Interpretation { messages, findings: found, control_reference, record_format: Some(AIR_FORMAT.to_owned()), ..Interpretation::default() }
}

fn unplaced(finding: Finding) -> MessageFinding {
    MessageFinding { finding, segment: None, offset: None, segment_tag: None, message_reference: None }
}

/// Writes the answer to an air cargo message: FMA when it was acted upon, FNA otherwise, with the message repeated.
pub(crate) fn write_answer(answer: &AirAnswer) -> (String, Vec<u8>) {
    let plain = |text: &str| {
        let text: String = text.to_uppercase().chars().map(|c| if c.is_ascii_graphic() && c != '/' { c } else { ' ' }).collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(ANSWER_CHARS_MAX).collect::<String>()
    };
    let kind = if answer.accepted { "FMA" } else { "FNA" };
    let mut text = if answer.accepted { "FMA\r\n".to_owned() } else { "FNA/1\r\n".to_owned() };
    let mut reasons: Vec<String> = answer.reasons.iter().map(|reason| plain(reason)).filter(|reason| !reason.is_empty()).collect();
    if reasons.is_empty() {
        reasons.push(if answer.accepted { "MESSAGE PROCESSED".to_owned() } else { "MESSAGE NOT PROCESSED".to_owned() });
    }
    for (index, reason) in reasons.iter().enumerate() {
        text.push_str(if index == 0 { "ACK/" } else { "/" });
        text.push_str(reason);
        text.push_str("\r\n");
    }
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&answer.received[..answer.received.len().min(ECHO_BYTES_MAX)]);
    (kind.to_owned(), bytes)
}
