//! Answers of partners to our messages: CONTRL (syntax), APERAK (content), and CUSRES where it names a message of ours.

use app::exchange::Content;
use edifact::Segment;

use crate::catalogue;
use crate::fields::{is, joined, some, text};
use crate::names::code_meaning;
use crate::report::{MessageReport, WHOLE};

/// Most reasons taken over from one answer.
const REASONS_MAX: usize = 20;
/// Longest reason, characters.
const REASON_CHARS_MAX: usize = 300;

/// CONTRL: the interchange reference of UCI; refused when UCI, a group or a message is rejected (0083 = 4).
pub(crate) fn contrl(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let interchange = body.iter().find(|segment| segment.tag() == "UCI");
    let refused = body.iter().any(|segment| match segment.tag() {
        "UCI" | "UCF" => is(segment, 4, 1, "4"),
        "UCM" => is(segment, 3, 1, "4"),
        _ => false,
    });
    // Where 0085, the error, stands in each segment; what is reported is named by the references before it.
    let reasons = body.iter().filter_map(|segment| {
        let (error, place) = match segment.tag() {
            "UCI" | "UCF" => (some(segment, 5, 1)?, Default::default()),
            "UCM" => (some(segment, 4, 1)?, text(segment, 1, 1)),
            "UCS" => (some(segment, 2, 1)?, text(segment, 1, 1)),
            "UCD" => (some(segment, 1, 1)?, text(segment, 2, 1)),
            _ => return None,
        };
        let meaning = code_meaning("0085", &error).map(|text| format!(" {}", text.en)).unwrap_or_default();
        Some(format!("{} {place}: {error}{meaning}", segment.tag()).replace(" :", ":"))
    });
    let reasons = reasons.collect();
    answer(interchange.and_then(|uci| some(uci, 1, 1)), !refused, reasons, interchange.unwrap_or(unh), report)
}

/// APERAK: the first RFF names what is answered. Refused by BGM 1225 = 27, by response type RE, or by name 313 (application error).
pub(crate) fn aperak(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let document = body.iter().find(|segment| segment.tag() == "BGM");
    let refused = document.is_some_and(|bgm| is(bgm, 3, 1, "27") || is(bgm, 4, 1, "RE") || is(bgm, 1, 1, "313"));
    let reference = previous(body).or_else(|| header(body).find(|segment| segment.tag() == "RFF").and_then(|rff| some(rff, 1, 2)));
    answer(reference, !refused, errors(body), document.unwrap_or(unh), report)
}

/// Whether a CUSRES answers a message of ours: it refers to a previous message (RFF+ACW, AGO). Others report the state of an entry.
pub(crate) fn is_answer(body: &[Segment<'_>]) -> bool {
    previous(body).is_some()
}

/// CUSRES: refused by name 963 (error response), by BGM 1225 = 27, or by response type RE.
pub(crate) fn cusres(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let document = body.iter().find(|segment| segment.tag() == "BGM");
    let refused = document.is_some_and(|bgm| is(bgm, 1, 1, "963") || is(bgm, 3, 1, "27") || is(bgm, 4, 1, "RE"));
    answer(previous(body), !refused, errors(body), document.unwrap_or(unh), report)
}

fn header<'b, 'm>(body: &'b [Segment<'m>]) -> impl Iterator<Item = &'b Segment<'m>> {
    body.iter().take_while(|segment| !matches!(segment.tag(), "ERC" | "ERP"))
}

/// The reference of a previous message: ACW, AGO, TN.
fn previous(body: &[Segment<'_>]) -> Option<String> {
    let named = |rff: &&Segment<'_>| rff.tag() == "RFF" && ["ACW", "AGO", "TN"].contains(&text(rff, 1, 1).as_ref());
    header(body).find(named).and_then(|rff| some(rff, 1, 2))
}

/// Each ERC with the text that follows it; free text alone where there is no code.
fn errors(body: &[Segment<'_>]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for segment in body {
        match segment.tag() {
            "ERC" => reasons.extend(some(segment, 1, 1)),
            "FTX" => {
                let Some(said) = joined(segment, 4, 1..=5).or_else(|| some(segment, 3, 1)) else { continue };
                match reasons.last_mut().filter(|_| is(segment, 1, 1, "AAO")) {
                    Some(last) => *last = format!("{last} {said}"),
                    None if is(segment, 1, 1, "AAO") => reasons.push(said),
                    None => {}
                }
            }
            _ => {}
        }
    }
    reasons
}

fn answer(
    reference: Option<String>,
    accepted: bool,
    mut reasons: Vec<String>,
    place: &Segment<'_>,
    report: &mut MessageReport<'_>,
) -> Content {
    reasons.truncate(REASONS_MAX);
    reasons.iter_mut().for_each(|reason| *reason = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect());
    match reference {
        Some(reference) => Content::Answer { reference, accepted, reasons },
        None => {
            report.add(
                &catalogue::ANSWER_REFERENCE,
                place,
                WHOLE,
                "回执没有说明所回复的报文。",
                "The answer does not say what it answers.",
            );
            Content::Other
        }
    }
}
