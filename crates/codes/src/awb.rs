//! Air waybill number.

use crate::inline::{self, DIGIT, Inline, text_code};
use crate::{CodeError, CodeKind};

const KIND: CodeKind = CodeKind::AirWaybillNumber;

text_code!(
    /// Air waybill number (航空运单号): airline prefix of 3 digits, hyphen, serial of 7 digits and a check digit, which is the serial modulo 7.
    ///
    /// Read with or without hyphen and blanks; kept as `999-12345675`. Source: public descriptions of IATA Resolution 600a.
    AirWaybillNumber, KIND, 12, check_awb);

fn check_awb(text: &str) -> Result<Inline<12>, CodeError> {
    let digits = inline::normalised(KIND, text)?.replace([' ', '-'], "");
    inline::exact_length(KIND, &digits, 11, "11")?;
    inline::characters(KIND, &digits, 0..11, DIGIT)?;
    let found = char::from(digits.as_bytes()[10]);
    let expected = check_digit(&digits[3..10]);
    if found != expected {
        return Err(CodeError::CheckDigit { kind: KIND, expected, found });
    }
    inline::stored(KIND, &format!("{}-{}", &digits[..3], &digits[3..]))
}

fn check_digit(serial: &str) -> char {
    let rest = serial.bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 7);
    char::from_digit(rest, 10).unwrap_or('0')
}

impl AirWaybillNumber {
    /// A number of no airline, for demonstrations and tests: prefix 999, the serial taken modulo ten million.
    #[must_use]
    pub fn synthetic(serial: u32) -> Self {
        let seven = format!("{:07}", serial % 10_000_000);
        let text = format!("999-{seven}{}", check_digit(&seven));
        Self(Inline::new(&text).unwrap_or_else(|| unreachable!("twelve characters")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_serial_modulo_seven() {
        for text in ["999-12345675", "99912345675", "999 1234 5675"] {
            assert_eq!(text.parse::<AirWaybillNumber>().map(|n| n.to_string()), Ok("999-12345675".to_owned()), "{text}");
        }
        let wrong = "999-12345676".parse::<AirWaybillNumber>();
        assert_eq!(wrong, Err(CodeError::CheckDigit { kind: KIND, expected: '5', found: '6' }));
        assert_eq!("999-1234567".parse::<AirWaybillNumber>().unwrap_err().code(), "code.length");
        assert_eq!("99A-12345675".parse::<AirWaybillNumber>().unwrap_err().code(), "code.character");
        for serial in [0, 1, 1_234_567, 9_999_999] {
            let number = AirWaybillNumber::synthetic(serial);
            assert_eq!(number.as_str().parse(), Ok(number));
        }
    }
}
