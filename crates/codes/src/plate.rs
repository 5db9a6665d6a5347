//! Vehicle plate of mainland China.

use crate::inline::{self, Allowed, Inline, text_code};
use crate::{CodeError, CodeKind};

const KIND: CodeKind = CodeKind::PlateNumber;
/// Abbreviations of the 31 provinces that issue plates (GA 36).
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

text_code!(
    /// Vehicle plate (机动车号牌, GA 36-2018): province character, issuing letter, five characters, or six for
    /// new-energy vehicles. Trailers (挂) and cross-border trucks (港, 澳) end in a Chinese character.
    /// A middle dot and blanks are removed. The letters I and O are never used after the issuing letter.
    PlateNumber, KIND, 16, check_plate);

fn check_plate(text: &str) -> Result<Inline<16>, CodeError> {
    let text = inline::normalised(KIND, text)?.replace(['·', '•', '.', ' '], "");
    let found = text.chars().count();
    if !matches!(found, 7 | 8) {
        return Err(CodeError::Length { kind: KIND, expected: "7 or 8", found });
    }
    let province = Allowed { words: "province character", test: |c| PROVINCES.contains(c) };
    inline::characters(KIND, &text, 0..1, province)?;
    let office = Allowed { words: "A-Z without I", test: |c| c.is_ascii_uppercase() && c != 'I' };
    inline::characters(KIND, &text, 1..2, office)?;
    let serial = Allowed { words: "0-9 A-Z without I O", test: is_serial };
    if found == 7 {
        inline::characters(KIND, &text, 2..6, serial)?;
        let last = Allowed {
            words: "0-9 A-Z without I O, or 挂 学 警 港 澳 超", test: |c| is_serial(c) || "挂学警港澳超".contains(c)
        };
        inline::characters(KIND, &text, 6..7, last)?;
    } else {
        new_energy(&text, serial)?;
    }
    inline::stored(KIND, &text)
}

/// Large vehicles carry the energy letter last, small ones first; D–A–B–C–E are electric, F–G–H–J–K are not.
fn new_energy(text: &str, serial: Allowed) -> Result<(), CodeError> {
    let energy = Allowed { words: "A-H J K", test: |c| matches!(c, 'A'..='H' | 'J' | 'K') };
    if text.chars().nth(2).is_some_and(|c| (energy.test)(c)) {
        inline::characters(KIND, text, 3..4, serial)?;
        inline::characters(KIND, text, 4..8, inline::DIGIT)
    } else {
        inline::characters(KIND, text, 2..7, inline::DIGIT)?;
        inline::characters(KIND, text, 7..8, energy)
    }
}

fn is_serial(c: char) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))
}

impl PlateNumber {
    /// The province character.
    #[must_use]
    pub fn province(&self) -> char {
        self.as_str().chars().next().unwrap_or_default()
    }

    /// New-energy plate (新能源号牌) of eight characters.
    #[must_use]
    pub fn is_new_energy(&self) -> bool {
        self.as_str().chars().count() == 8
    }

    /// Trailer plate (挂车号牌).
    #[must_use]
    pub fn is_trailer(&self) -> bool {
        self.as_str().ends_with('挂')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates() {
        for text in ["浙B12345", "浙B·1A2B3", "苏G1234挂", "粤ZF123港", "浙B12345D", "鲁FDA1234", "沪AF12345"] {
            assert!(text.parse::<PlateNumber>().is_ok(), "{text}");
        }
        for text in ["X B12345", "浙I12345", "浙B1234I", "浙B1234", "浙B123456", "浙B12O45", "浙BDAA234", "浙B1234挂5"] {
            assert!(text.parse::<PlateNumber>().is_err(), "{text}");
        }
        let plate: PlateNumber = "浙b12345d".parse().unwrap();
        assert_eq!((plate.province(), plate.is_new_energy(), plate.is_trailer()), ('浙', true, false));
    }
}
