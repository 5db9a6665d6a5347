//! Answers of partners to our messages: CONTRL (syntax) and APERAK (content).

use app::exchange::Content;
use edifact::Segment;

use crate::catalogue;
use crate::fields::{is, some, text};
use crate::report::{MessageReport, WHOLE};

/// CONTRL: the interchange reference of UCI; refused when UCI, a group or a message is rejected (0083 = 4).
pub(crate) fn contrl(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let interchange = body.iter().find(|segment| segment.tag() == "UCI");
    let refused = body.iter().any(|segment| match segment.tag() {
        "UCI" | "UCF" => is(segment, 4, 1, "4"),
        "UCM" => is(segment, 3, 1, "4"),
        _ => false,
    });
    answer(interchange.and_then(|uci| some(uci, 1, 1)), !refused, interchange.unwrap_or(unh), report)
}

/// APERAK: the first RFF names what is answered. Refused by BGM 1225 = 27, by response type RE, or by name 313 (application error).
pub(crate) fn aperak(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let document = body.iter().find(|segment| segment.tag() == "BGM");
    let refused = document.is_some_and(|bgm| is(bgm, 3, 1, "27") || is(bgm, 4, 1, "RE") || is(bgm, 1, 1, "313"));
    let preferred = |qualifiers: &[&str]| {
        let mut references = body.iter().take_while(|segment| segment.tag() != "ERC").filter(|segment| segment.tag() == "RFF");
        references.find(|rff| qualifiers.is_empty() || qualifiers.contains(&text(rff, 1, 1).as_str())).and_then(|rff| some(rff, 1, 2))
    };
    let reference = preferred(&["ACW", "AGO", "TN"]).or_else(|| preferred(&[]));
    answer(reference, !refused, document.unwrap_or(unh), report)
}

fn answer(reference: Option<String>, accepted: bool, place: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    match reference {
        Some(reference) => Content::Answer { reference, accepted },
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
