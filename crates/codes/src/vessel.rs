//! The number that stays with a ship for life.

use crate::inline::{self, DIGIT, Inline, text_code};
use crate::{CodeError, CodeKind};

const KIND: CodeKind = CodeKind::ImoNumber;

text_code!(
    /// IMO ship number (IMO船舶识别号): six digits and a check digit. A leading `IMO` is removed.
    ImoNumber, KIND, 7, check_imo);

fn check_imo(text: &str) -> Result<Inline<7>, CodeError> {
    let text = inline::normalised(KIND, text)?;
    let text = text.strip_prefix("IMO").map_or(text.as_str(), str::trim_start);
    inline::exact_length(KIND, text, 7, "7")?;
    inline::characters(KIND, text, 0..7, DIGIT)?;
    let found = char::from(text.as_bytes()[6]);
    let expected = check_digit(&text[..6]);
    if found != expected {
        return Err(CodeError::CheckDigit { kind: KIND, expected, found });
    }
    inline::stored(KIND, text)
}

/// Last digit of the sum with weights 7 down to 2.
fn check_digit(six: &str) -> char {
    let sum: u32 = six.bytes().zip((2..=7).rev()).map(|(c, w)| u32::from(c - b'0') * w).sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

impl ImoNumber {
    /// A number that no ship bears, for demonstrations and tests. Real numbers start above 1,000,000, so these
    /// start with 0; the serial is taken modulo 100,000.
    #[must_use]
    pub fn synthetic(serial: u32) -> Self {
        let six = format!("0{:05}", serial % 100_000);
        let text = format!("{six}{}", check_digit(&six));
        Self(Inline::new(&text).unwrap_or_else(|| unreachable!("seven digits")))
    }

    /// Whether this is one of the synthetic numbers.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.as_str().starts_with('0')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        assert_eq!("IMO 9074729".parse::<ImoNumber>().unwrap(), "9074729");
        assert_eq!("9074728".parse::<ImoNumber>().unwrap_err(), CodeError::CheckDigit { kind: KIND, expected: '9', found: '8' });
        assert!("90747290".parse::<ImoNumber>().is_err());
    }

    #[test]
    fn synthetic_ships_are_valid() {
        let ship = ImoNumber::synthetic(42);
        assert!(ship.is_synthetic());
        assert_eq!(ship.as_str().parse::<ImoNumber>().unwrap(), ship);
        assert!(!"9074729".parse::<ImoNumber>().unwrap().is_synthetic());
    }
}
