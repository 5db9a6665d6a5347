//! Codes that name an enterprise.

use crate::inline::{self, ALNUM, Allowed, DIGIT, Inline, text_code};
use crate::{CodeError, CodeKind};

/// The alphabet of GB 32100: digits and capitals without I, O, S, V, Z.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

text_code!(
    /// Unified social credit code (统一社会信用代码), 18 characters, GB 32100-2015.
    ///
    /// 1 registration authority, 2 category, 3–8 administrative division, 9–17 organisation code, 18 check.
    Uscc, CodeKind::Uscc, 18, check_uscc);

fn check_uscc(text: &str) -> Result<Inline<18>, CodeError> {
    let kind = CodeKind::Uscc;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 18, "18")?;
    let allowed = Allowed { words: "0-9 A-H J-N P-R T-U W-Y", test: |c| u8::try_from(c).is_ok_and(|c| uscc_value(c).is_some()) };
    inline::characters(kind, &text, 0..18, allowed)?;
    inline::characters(kind, &text, 2..8, DIGIT)?;
    let found = char::from(text.as_bytes()[17]);
    let expected = uscc_check(&text[..17]);
    if found != expected {
        return Err(CodeError::CheckDigit { kind, expected, found });
    }
    inline::stored(kind, &text)
}

fn uscc_value(c: u8) -> Option<usize> {
    USCC_ALPHABET.iter().position(|a| *a == c)
}

fn uscc_check(body: &str) -> char {
    let sum: usize = body.bytes().zip(USCC_WEIGHTS).filter_map(|(c, w)| uscc_value(c).map(|v| v * w)).sum();
    char::from(USCC_ALPHABET[(31 - sum % 31) % 31])
}

impl Uscc {
    /// Administrative division of registration (登记管理机关行政区划码), six digits.
    #[must_use]
    pub fn division(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// The organisation code inside.
    ///
    /// # Errors
    /// Its own check digit is wrong. The code as a whole may still be valid.
    pub fn organisation_code(&self) -> Result<OrganisationCode, CodeError> {
        self.as_str()[8..17].parse()
    }

    /// A code that belongs to nobody, for demonstrations and tests: category 91, the given division, an
    /// organisation code `TEATnnnn` + check. Serial 1 in division 330200 is `91330200TEAT000154`.
    ///
    /// # Errors
    /// The division is not six digits or the serial is above 9,999.
    pub fn synthetic(division: &str, serial: u32) -> Result<Self, CodeError> {
        let kind = CodeKind::Uscc;
        inline::exact_length(kind, division, 6, "6")?;
        inline::characters(kind, division, 0..6, DIGIT)?;
        if serial > 9_999 {
            return Err(CodeError::Range { kind, part: "serial", allowed: "0 to 9999" });
        }
        let organisation = format!("TEAT{serial:04}");
        let body = format!("91{division}{organisation}{}", organisation_check(&organisation));
        format!("{body}{}", uscc_check(&body)).parse()
    }

    /// Whether this is one of the synthetic codes.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.as_str()[8..].starts_with("TEAT")
    }
}

text_code!(
    /// Organisation code (组织机构代码), 8 characters and a check character, GB 11714-1997. A hyphen before the
    /// check character is removed.
    OrganisationCode, CodeKind::OrganisationCode, 9, check_organisation);

fn check_organisation(text: &str) -> Result<Inline<9>, CodeError> {
    let kind = CodeKind::OrganisationCode;
    let text = inline::normalised(kind, text)?.replace('-', "");
    inline::exact_length(kind, &text, 9, "9")?;
    inline::characters(kind, &text, 0..8, ALNUM)?;
    let digit_or_x = Allowed { words: "0-9 X", test: |c| c.is_ascii_digit() || c == 'X' };
    inline::characters(kind, &text, 8..9, digit_or_x)?;
    let found = char::from(text.as_bytes()[8]);
    let expected = organisation_check(&text[..8]);
    if found != expected {
        return Err(CodeError::CheckDigit { kind, expected, found });
    }
    inline::stored(kind, &text)
}

/// 11 minus the remainder; 10 is written X and 11 is written 0.
fn organisation_check(body: &str) -> char {
    let value = |c: u8| u32::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 });
    let sum: u32 = body.bytes().zip(ORGANISATION_WEIGHTS).map(|(c, w)| value(c) * w).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

text_code!(
    /// Customs registration code (海关注册编码), 10 characters, no check digit.
    ///
    /// 1–4 place (digits), 5 zone type, 6 ownership, 7–10 serial; newer codes use letters from position 5 on.
    CustomsRegistration, CodeKind::CustomsRegistration, 10, check_registration);

fn check_registration(text: &str) -> Result<Inline<10>, CodeError> {
    let kind = CodeKind::CustomsRegistration;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 10, "10")?;
    inline::characters(kind, &text, 0..4, DIGIT)?;
    inline::characters(kind, &text, 4..10, ALNUM)?;
    inline::stored(kind, &text)
}

impl CustomsRegistration {
    /// Place of registration, four digits.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.as_str()[..4]
    }

    /// Zone type: 1 special economic zone, 2 development zone, 3 high-tech zone, 4 bonded area, 5 export
    /// processing zone, 9 other.
    #[must_use]
    pub fn zone(&self) -> char {
        char::from(self.as_str().as_bytes()[4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_synthetic_codes_of_the_four_ports_hold() {
        for (text, division) in [
            ("91330200TEAT000154", "330200"),
            ("91320700TEAT00023L", "320700"),
            ("91370687TEAT000310", "370687"),
            ("91330782TEAT0004X4", "330782"),
        ] {
            let code: Uscc = text.parse().unwrap();
            assert_eq!(code.division(), division);
            assert!(code.organisation_code().is_ok(), "{text}");
            assert!(code.is_synthetic());
        }
        assert_eq!(Uscc::synthetic("330200", 1).unwrap(), "91330200TEAT000154");
        assert_eq!(Uscc::synthetic("330782", 4).unwrap(), "91330782TEAT0004X4");
        assert!(Uscc::synthetic("330782", 10_000).is_err());
    }

    #[test]
    fn wrong_codes_say_why() {
        assert_eq!("91330200TEAT000155".parse::<Uscc>().unwrap_err().code(), "code.check-digit");
        assert_eq!("91330200TEAT00015".parse::<Uscc>().unwrap_err().code(), "code.length");
        let fault = "91330200TEIT000154".parse::<Uscc>().unwrap_err();
        assert_eq!(fault.zh(), "统一社会信用代码第 11 位为“I”，此处允许：0-9 A-H J-N P-R T-U W-Y");
        assert_eq!("TEAT0001-5".parse::<OrganisationCode>().unwrap(), "TEAT00015");
        assert!("TEAT00016".parse::<OrganisationCode>().is_err());
        assert!("TEAT0004X".parse::<OrganisationCode>().is_ok());
    }

    #[test]
    fn registration_codes_split() {
        let code: CustomsRegistration = "3302961234".parse().unwrap();
        assert_eq!((code.place(), code.zone()), ("3302", '9'));
        assert!("33A2961234".parse::<CustomsRegistration>().is_err());
    }
}
