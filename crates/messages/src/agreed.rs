//! Which finding each agreed tolerance forgives, and the two character sets of a name.

use app::agreement::{Agreement, CharacterSet, Tolerance};
use edifact::Charset;

/// Codes forgiven by each tolerance. [`Tolerance::ForeignSender`] is about who sends, which the application decides.
const FORGIVEN: &[(Tolerance, &[&str])] = &[
    (Tolerance::UntCount, &["EDI-UNT-COUNT"]),
    (Tolerance::UnzCount, &["EDI-UNZ-COUNT", "EDI-UNE-COUNT"]),
    (Tolerance::TrailerReference, &["EDI-UNT-REF", "EDI-UNE-REF", "EDI-UNZ-REF"]),
    (Tolerance::RepeatedReference, &["EDI-UNH-DUPLICATE"]),
    (Tolerance::LowerCase, &["EDI-CHAR-LOWER"]),
    (Tolerance::CharsetMismatch, &["EDI-CHARSET-BYTES", "EDI-CHARSET-UTF8", "EDI-CHAR-SET"]),
    (Tolerance::ControlCharacters, &["EDI-CHAR-CONTROL", "EDI-CHAR-LINE-BREAK"]),
    (Tolerance::MissingUnb, &["EDI-UNB-MISSING"]),
    (Tolerance::DataAround, &["EDI-DATA-BETWEEN"]),
    (Tolerance::ServiceSurplus, &["EDI-SERVICE-EXTRA", "EDI-SEG-EMPTY"]),
    (Tolerance::UnknownCode, &["EDI-LOC-UNKNOWN", "EDI-EQD-SIZE-TYPE", "EDI-GID-HS", "EDI-DTM-FORMAT"]),
    (
        Tolerance::SegmentStructure,
        &[
            "EDI-DIR-ORDER",
            "EDI-DIR-UNEXPECTED",
            "EDI-DIR-MISSING-SEGMENT",
            "EDI-DIR-MISSING-GROUP",
            "EDI-DIR-REPEAT",
            "EDI-DIR-GROUP-REPEAT",
        ],
    ),
    (Tolerance::ForeignSender, &[]),
];

/// The tolerance that forgives a finding under this agreement.
pub(crate) fn forgiving(agreement: &Agreement, code: &str) -> Option<Tolerance> {
    if agreement.tolerances.is_empty() {
        return None;
    }
    FORGIVEN.iter().find(|(tolerance, codes)| agreement.tolerates(*tolerance) && codes.contains(&code)).map(|(tolerance, _)| *tolerance)
}

/// Codes that this agreement forgives, for the answer about syntax.
pub(crate) fn forgiven(agreement: &Agreement) -> Vec<&'static str> {
    FORGIVEN.iter().filter(|(tolerance, _)| agreement.tolerates(*tolerance)).flat_map(|(_, codes)| codes.iter().copied()).collect()
}

/// The repertoire of an agreed character set.
pub(crate) const fn repertoire(set: CharacterSet) -> Charset {
    match set {
        CharacterSet::Unoa => Charset::UnoA,
        CharacterSet::Unob => Charset::UnoB,
        CharacterSet::Unoc => Charset::UnoC,
        CharacterSet::Utf8 => Charset::Utf8,
        CharacterSet::Gb18030 => Charset::Gb18030,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tolerance_is_listed_once_and_forgives_codes_that_exist() {
        let listed: Vec<Tolerance> = FORGIVEN.iter().map(|(tolerance, _)| *tolerance).collect();
        assert_eq!(listed, Tolerance::ALL);
        for code in FORGIVEN.iter().flat_map(|(_, codes)| codes.iter()) {
            assert!(crate::all_codes().any(|info| info.code == *code), "{code}");
        }
    }
}
