//! Service characters (服务字符): UNA (service string advice) or the defaults of ISO 9735.

use serde::Serialize;

/// The characters that separate, end and release. Source: ISO 9735-1:2002 §7 and annex A, ISO 9735:1988 §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceChars {
    /// Between components, default `:`.
    pub component: u8,
    /// Between data elements, default `+`.
    pub element: u8,
    /// Decimal mark, default `.` in UNA; both `.` and `,` are in use.
    pub decimal: u8,
    /// Makes the next character plain text, default `?`; `None` when UNA gives a blank.
    pub release: Option<u8>,
    /// Between repetitions of an element, default `*`, only in syntax version 4.
    pub repetition: Option<u8>,
    /// Ends a segment, default `'`.
    pub terminator: u8,
}

impl Default for ServiceChars {
    fn default() -> Self {
        Self { component: b':', element: b'+', decimal: b'.', release: Some(b'?'), repetition: None, terminator: b'\'' }
    }
}

/// Length of a UNA segment: the tag and six characters.
pub const UNA_LEN: usize = 9;

impl ServiceChars {
    /// The defaults for syntax version 4, where `*` repeats.
    pub fn version4() -> Self {
        Self { repetition: Some(b'*'), ..Self::default() }
    }

    /// The separators that ISO 9735:1988 gives level B (UNOB): the information separators IS1, IS3 and IS4, and no release.
    /// Nearly everybody sends level B with the characters of level A instead.
    pub fn level_b() -> Self {
        Self { component: 0x1f, element: 0x1d, decimal: b'.', release: None, repetition: None, terminator: 0x1c }
    }

    /// Reads a UNA of nine bytes starting with `UNA`. `None` if the six characters cannot work: the same one twice,
    /// a letter, a digit, a blank where a separator is needed, or a byte of a multi-byte character.
    ///
    /// The fifth character is only a candidate for the repetition separator: version 4 uses it, earlier ones do not.
    pub fn from_una(una: &[u8]) -> Option<Self> {
        let chars: &[u8] = una.get(3..UNA_LEN)?;
        let &[component, element, decimal, release, repetition, terminator] = chars else { return None };
        let chars = Self {
            component,
            element,
            decimal,
            release: (release != b' ').then_some(release),
            repetition: (repetition != b' ').then_some(repetition),
            terminator,
        };
        chars.is_usable().then_some(chars)
    }

    /// Whether all characters are different and none is a letter, digit, blank or part of a multi-byte character.
    pub fn is_usable(&self) -> bool {
        let mut seen = [Some(self.component), Some(self.element), Some(self.terminator), self.release, self.repetition];
        seen.sort_unstable();
        let distinct = seen.windows(2).all(|pair| pair[0].is_none() || pair[0] != pair[1]);
        // Line ends may never separate: they are skipped between segments.
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b' ' || c >= 0x7f || matches!(c, b'\r' | b'\n' | 0);
        distinct && seen.iter().flatten().all(|&c| !plain(c))
    }

    /// The nine bytes of UNA for these characters.
    pub fn una(&self) -> [u8; UNA_LEN] {
        [
            b'U',
            b'N',
            b'A',
            self.component,
            self.element,
            self.decimal,
            self.release.unwrap_or(b' '),
            self.repetition.unwrap_or(b' '),
            self.terminator,
        ]
    }

    /// Whether `byte` has to be released to stand in text.
    pub fn is_special(&self, byte: u8) -> bool {
        byte == self.component
            || byte == self.element
            || byte == self.terminator
            || Some(byte) == self.release
            || Some(byte) == self.repetition
    }
}
