//! Declaration number.

use crate::inline::{self, Allowed, DIGIT, Inline, text_code};
use crate::{CodeError, CodeKind, CustomsDistrict};

const KIND: CodeKind = CodeKind::DeclarationNumber;
const SERIAL_MAX: u32 = 999_999_999;

/// Direction of trade (进出口标志).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Import (进口), `I` on the wire.
    Import,
    /// Export (出口), `E` on the wire.
    Export,
}

impl Flow {
    /// The letter of the field `IEFlag`.
    #[must_use]
    pub const fn ie_flag(self) -> char {
        match self {
            Self::Import => 'I',
            Self::Export => 'E',
        }
    }
}

text_code!(
    /// Declaration number (报关单编号 / 海关编号): 18 characters = customs 4 + year 4 + flag 1 + serial 9.
    ///
    /// Flag: 1 import, 0 export; zone lists (备案清单) use I and E. Filling rules, Announcement 60 of 2018.
    DeclarationNumber, KIND, 18, check_declaration);

fn check_declaration(text: &str) -> Result<Inline<18>, CodeError> {
    let text = inline::normalised(KIND, text)?;
    inline::exact_length(KIND, &text, 18, "18")?;
    inline::characters(KIND, &text, 0..8, DIGIT)?;
    let flag = Allowed { words: "0 1 I E", test: |c| matches!(c, '0' | '1' | 'I' | 'E') };
    inline::characters(KIND, &text, 8..9, flag)?;
    inline::characters(KIND, &text, 9..18, DIGIT)?;
    if !("2000"..="2099").contains(&&text[4..8]) {
        return Err(CodeError::Range { kind: KIND, part: "year", allowed: "2000 to 2099" });
    }
    inline::stored(KIND, &text)
}

impl DeclarationNumber {
    /// Builds the number of a normal declaration.
    ///
    /// # Errors
    /// The year is outside 2000 to 2099 or the serial outside 1 to 999,999,999.
    pub fn build(district: CustomsDistrict, year: u16, flow: Flow, serial: u32) -> Result<Self, CodeError> {
        if serial == 0 || serial > SERIAL_MAX {
            return Err(CodeError::Range { kind: KIND, part: "serial", allowed: "1 to 999999999" });
        }
        let flag = match flow {
            Flow::Import => '1',
            Flow::Export => '0',
        };
        format!("{district}{year:04}{flag}{serial:09}").parse()
    }

    /// The customs district that accepted it.
    #[must_use]
    pub fn district(&self) -> &str {
        &self.as_str()[..4]
    }

    /// Year of acceptance.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.as_str()[4..8].parse().unwrap_or(0)
    }

    /// Direction of trade.
    #[must_use]
    pub fn flow(&self) -> Flow {
        if matches!(self.as_str().as_bytes()[8], b'1' | b'I') { Flow::Import } else { Flow::Export }
    }

    /// Whether it numbers a zone list (备案清单) rather than a declaration.
    #[must_use]
    pub fn is_zone_list(&self) -> bool {
        matches!(self.as_str().as_bytes()[8], b'I' | b'E')
    }

    /// Serial number within district, year and direction.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.as_str()[9..].parse().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_numbers_take_apart() {
        let number = DeclarationNumber::build("3104".parse().unwrap(), 2026, Flow::Import, 42).unwrap();
        assert_eq!(number, "310420261000000042");
        assert_eq!((number.district(), number.year(), number.serial()), ("3104", 2026, 42));
        assert_eq!((number.flow(), number.is_zone_list()), (Flow::Import, false));
        let list: DeclarationNumber = "31042026E000000042".parse().unwrap();
        assert_eq!((list.flow(), list.is_zone_list()), (Flow::Export, true));
    }

    #[test]
    fn limits_hold_at_the_edge_and_one_past() {
        let district: CustomsDistrict = "3104".parse().unwrap();
        assert!(DeclarationNumber::build(district, 2099, Flow::Export, SERIAL_MAX).is_ok());
        assert!(DeclarationNumber::build(district, 2100, Flow::Export, 1).is_err());
        assert!(DeclarationNumber::build(district, 2026, Flow::Export, SERIAL_MAX + 1).is_err());
        assert!(DeclarationNumber::build(district, 2026, Flow::Export, 0).is_err());
        assert_eq!("310420262000000042".parse::<DeclarationNumber>().unwrap_err().code(), "code.character");
    }
}
