//! Goods code.

use crate::inline::{self, DIGIT, Inline, text_code};
use crate::{CodeError, CodeKind};

const KIND: CodeKind = CodeKind::HsCode;

text_code!(
    /// Goods code (商品编号): 8 digits of the tariff, 10 with the supervision suffix, 13 with the inspection and
    /// quarantine suffix. Dots and blanks are removed. Source: filling rules, Announcement 60 of 2018.
    HsCode, KIND, 13, check_hs);

fn check_hs(text: &str) -> Result<Inline<13>, CodeError> {
    let text = inline::normalised(KIND, text)?.replace(['.', ' '], "");
    let found = text.chars().count();
    if !matches!(found, 8 | 10 | 13) {
        return Err(CodeError::Length { kind: KIND, expected: "8 or 10 or 13", found });
    }
    inline::characters(KIND, &text, 0..found, DIGIT)?;
    // Chapter 77 is kept free by the Harmonized System.
    if matches!(&text[..2], "00" | "77") {
        return Err(CodeError::Range { kind: KIND, part: "chapter", allowed: "01 to 99 without 77" });
    }
    inline::stored(KIND, &text)
}

impl HsCode {
    /// Chapter (章), 2 digits.
    #[must_use]
    pub fn chapter(&self) -> &str {
        &self.as_str()[..2]
    }

    /// Heading (品目), 4 digits.
    #[must_use]
    pub fn heading(&self) -> &str {
        &self.as_str()[..4]
    }

    /// Subheading (子目), 6 digits: the part that all countries share.
    #[must_use]
    pub fn subheading(&self) -> &str {
        &self.as_str()[..6]
    }

    /// National tariff line (税号), 8 digits.
    #[must_use]
    pub fn tariff_line(&self) -> &str {
        &self.as_str()[..8]
    }

    /// Inspection and quarantine suffix (检验检疫附加编号), 3 digits, when given.
    #[must_use]
    pub fn quarantine_suffix(&self) -> Option<&str> {
        self.as_str().get(10..13)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let code: HsCode = "8703.2310 00 101".parse().unwrap();
        assert_eq!((code.chapter(), code.heading(), code.subheading()), ("87", "8703", "870323"));
        assert_eq!((code.tariff_line(), code.quarantine_suffix()), ("87032310", Some("101")));
        assert_eq!("87032310".parse::<HsCode>().unwrap().quarantine_suffix(), None);
    }

    #[test]
    fn faults() {
        assert_eq!("870323".parse::<HsCode>().unwrap_err().zh(), "商品编号长度应为 8 或 10 或 13 位，实为 6 位");
        assert_eq!("77032310".parse::<HsCode>().unwrap_err().code(), "code.range");
        assert_eq!("8703231A".parse::<HsCode>().unwrap_err().code(), "code.character");
    }
}
