//! Container number and size-type code (ISO 6346).

use crate::inline::{self, ALNUM, DIGIT, Inline, UPPER, text_code};
use crate::{CodeError, CodeKind, TableId, table};

const KIND: CodeKind = CodeKind::ContainerNumber;

text_code!(@shape
    /// Container number (集装箱号): owner code of 3 letters, category `U`, `J` or `Z`, 6 digits, check digit.
    ///
    /// `FromStr` asks for a right check digit. A manifest from abroad may carry a wrong one and must still be
    /// kept as received (Requirement MFT-01): [`ContainerNumber::parse_lenient`] keeps it and reports the fault.
    /// For that reason reading from serde checks the shape alone; [`ContainerNumber::check`] tells the rest.
    /// Blanks and hyphens between the parts, as printed on doors, are removed. Source: ISO 6346:1995.
    ContainerNumber, KIND, 11);

/// The check digit of a container number is not the computed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("container number {number}: check digit is {found}, computed {expected}")]
pub struct CheckDigitError {
    /// The number as received.
    pub number: ContainerNumber,
    /// The digit found.
    pub found: char,
    /// The digit computed from the first ten characters.
    pub expected: char,
}

impl CheckDigitError {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        format!("集装箱号 {} 校验位为 {}，按 ISO 6346 应为 {}", self.number, self.found, self.expected)
    }
}

impl From<CheckDigitError> for CodeError {
    fn from(fault: CheckDigitError) -> Self {
        Self::CheckDigit { kind: KIND, expected: fault.expected, found: fault.found }
    }
}

impl ContainerNumber {
    /// Reads a number and keeps it even when the check digit is wrong; the second part is then the fault.
    ///
    /// # Errors
    /// The text does not have the shape of a container number.
    pub fn parse_lenient(text: &str) -> Result<(Self, Option<CheckDigitError>), CodeError> {
        let number = Self::shaped(text)?;
        Ok((number, number.check().err()))
    }

    /// Compares the check digit with the computed one.
    ///
    /// # Errors
    /// The two differ.
    pub fn check(&self) -> Result<(), CheckDigitError> {
        let found = char::from(self.as_str().as_bytes()[10]);
        let expected = char::from(check_digit(&self.as_str()[..10]));
        if found == expected { Ok(()) } else { Err(CheckDigitError { number: *self, found, expected }) }
    }

    /// A number that belongs to nobody, for demonstrations and tests: `ZZZU` + six digits + computed check
    /// digit. Every further million of serials takes the owner code before (`ZZYU`, `ZZXU` …); the serial is
    /// taken modulo 26 million.
    #[must_use]
    pub fn synthetic(serial: u32) -> Self {
        let million = u8::try_from(serial / 1_000_000 % 26).unwrap_or(0);
        let body = format!("ZZ{}U{:06}", char::from(b'Z' - million), serial % 1_000_000);
        let text = format!("{body}{}", char::from(check_digit(&body)));
        Self(Inline::new(&text).unwrap_or_else(|| unreachable!("eleven characters")))
    }

    /// Whether this is one of the synthetic numbers (owner codes `ZZA` to `ZZZ`).
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.as_str().starts_with("ZZ")
    }

    /// Owner code (箱主代码), three letters.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.as_str()[..3]
    }

    /// Equipment category: `U` freight container, `J` detachable equipment, `Z` trailer or chassis.
    #[must_use]
    pub fn category(&self) -> char {
        char::from(self.as_str().as_bytes()[3])
    }

    fn shaped(text: &str) -> Result<Self, CodeError> {
        let text = inline::normalised(KIND, text)?.replace([' ', '-'], "");
        inline::exact_length(KIND, &text, 11, "11")?;
        inline::characters(KIND, &text, 0..3, UPPER)?;
        inline::characters(KIND, &text, 3..4, inline::Allowed { words: "U J Z", test: |c| matches!(c, 'U' | 'J' | 'Z') })?;
        inline::characters(KIND, &text, 4..11, DIGIT)?;
        inline::stored(KIND, &text).map(Self)
    }
}

impl std::str::FromStr for ContainerNumber {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let number = Self::shaped(text)?;
        number.check()?;
        Ok(number)
    }
}

impl<'de> serde::Deserialize<'de> for ContainerNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        inline::deserialize_with(deserializer, KIND.en(), Self::shaped)
    }
}

/// Letters count 10, 12, 13 … 38: multiples of 11 are left out. Weights are the powers of two. A remainder of
/// 10 is written 0, which is why the standard advises against such numbers and why 0 and 10 look the same.
fn check_digit(ten: &str) -> u8 {
    let sum: u32 = ten.bytes().zip(0u32..).map(|(c, power)| letter_value(c) << power).sum();
    b'0' + u8::try_from(sum % 11 % 10).unwrap_or(0)
}

fn letter_value(c: u8) -> u32 {
    if c.is_ascii_digit() {
        u32::from(c - b'0')
    } else {
        let n = u32::from(c - b'A') + 10;
        n + (n - 1) / 10
    }
}

text_code!(
    /// Container size and type (集装箱尺寸类型, CN007): ISO 6346 code of four characters such as `45G1`.
    ///
    /// The shape is checked, the list is not: [`SizeType::is_listed`] asks
    /// [`TableId::ContainerSizeType`], which holds the frequent ones only.
    SizeType, CodeKind::SizeType, 4, check_size_type);

fn check_size_type(text: &str) -> Result<Inline<4>, CodeError> {
    let kind = CodeKind::SizeType;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 4, "4")?;
    inline::characters(kind, &text, 0..2, ALNUM)?;
    inline::characters(kind, &text, 2..3, UPPER)?;
    inline::characters(kind, &text, 3..4, ALNUM)?;
    inline::stored(kind, &text)
}

impl SizeType {
    /// Whether the code table knows it.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        table(TableId::ContainerSizeType).get(self.as_str()).is_some()
    }

    /// Nominal length in feet from the first character; `None` for a length code not in common use.
    #[must_use]
    pub fn length_feet(&self) -> Option<u8> {
        match self.as_str().as_bytes()[0] {
            b'1' => Some(10),
            b'2' => Some(20),
            b'3' => Some(30),
            b'4' => Some(40),
            b'L' => Some(45),
            b'M' => Some(48),
            _ => None,
        }
    }

    /// Twenty-foot equivalents in hundredths (标准箱): 100, 200 or 225; `None` when the length is unknown.
    #[must_use]
    pub fn teu_hundredths(&self) -> Option<u16> {
        match self.length_feet()? {
            20 => Some(100),
            40 => Some(200),
            45 => Some(225),
            48 => Some(240),
            10 => Some(50),
            30 => Some(150),
            _ => None,
        }
    }

    /// Refrigerated or insulated with own machinery (冷藏箱): type group `R`.
    #[must_use]
    pub fn is_reefer(&self) -> bool {
        self.as_str().as_bytes()[2] == b'R'
    }

    /// Tank container (罐箱): type groups `T` and, since 2022, `K`.
    #[must_use]
    pub fn is_tank(&self) -> bool {
        matches!(self.as_str().as_bytes()[2], b'T' | b'K')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_skip_the_multiples_of_eleven() {
        let values: Vec<u32> = (b'A'..=b'Z').map(letter_value).collect();
        assert_eq!(values[0], 10);
        assert_eq!(values[1], 12);
        assert_eq!(values[25], 38);
        assert!(values.iter().all(|v| v % 11 != 0));
    }

    #[test]
    fn the_published_examples_hold() {
        for text in ["CSQU3054383", "CBHU3202732", "csqu 305438-3"] {
            assert!(text.parse::<ContainerNumber>().is_ok(), "{text}");
        }
    }

    #[test]
    fn remainder_ten_is_written_zero() {
        let (number, bodies) = (0..200u32)
            .map(|n| format!("ZZZU{n:06}"))
            .find(|b| b.bytes().zip(0u32..).map(|(c, p)| letter_value(c) << p).sum::<u32>() % 11 == 10)
            .map(|b| (format!("{b}0"), b))
            .unwrap();
        assert!(number.parse::<ContainerNumber>().is_ok(), "{bodies}");
    }

    #[test]
    fn a_wrong_digit_is_kept_with_its_fault() {
        let (number, fault) = ContainerNumber::parse_lenient("CSQU3054384").unwrap();
        assert_eq!(number, "CSQU3054384");
        let fault = fault.unwrap();
        assert_eq!((fault.found, fault.expected), ('4', '3'));
        assert!(fault.zh().contains("应为 3"));
        assert_eq!("CSQU3054384".parse::<ContainerNumber>().unwrap_err().to_string(), "container number: check digit is 4, computed 3");
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(serde_json::from_str::<ContainerNumber>(&json).unwrap(), number);
    }

    #[test]
    fn shape_faults_name_position_and_alphabet() {
        let fault = ContainerNumber::parse_lenient("CSQX3054383").unwrap_err();
        assert_eq!(fault, CodeError::Character { kind: KIND, position: 4, found: 'X', allowed: "U J Z" });
        assert_eq!(ContainerNumber::parse_lenient(" ").unwrap_err().code(), "code.empty");
        assert_eq!(ContainerNumber::parse_lenient("CSQU30543").unwrap_err().code(), "code.length");
    }

    #[test]
    fn synthetic_numbers_are_valid_distinct_and_recognised() {
        let numbers: Vec<_> = [0, 1, 999_999, 1_000_000, u32::MAX].map(ContainerNumber::synthetic).to_vec();
        assert!(numbers[0].as_str().starts_with("ZZZU000000"));
        assert!(numbers[3].as_str().starts_with("ZZYU000000"));
        assert!(numbers.iter().all(|n| n.check().is_ok() && n.is_synthetic()));
        assert!(!"CSQU3054383".parse::<ContainerNumber>().unwrap().is_synthetic());
    }

    #[test]
    fn size_types_tell_length_and_kind() {
        let code: SizeType = "45R1".parse().unwrap();
        assert_eq!((code.length_feet(), code.teu_hundredths(), code.is_reefer()), (Some(40), Some(200), true));
        assert!(code.is_listed());
        assert_eq!("L5G1".parse::<SizeType>().unwrap().teu_hundredths(), Some(225));
        assert!("22T6".parse::<SizeType>().unwrap().is_tank());
        assert!(!"29X9".parse::<SizeType>().unwrap().is_listed());
        assert!("2211".parse::<SizeType>().is_err());
    }
}
