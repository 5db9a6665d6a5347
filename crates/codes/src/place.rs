//! Codes that name a place.

use crate::inline::{self, ALNUM, Allowed, DIGIT, Inline, UPPER, text_code};
use crate::{CodeEntry, CodeError, CodeKind, TableId, table};

text_code!(
    /// UN/LOCODE (联合国口岸及地点代码): two letters of the country, three of the place (A–Z, 2–9).
    ///
    /// Only the shape is checked, since the table holds a small subset: see [`UnLocode::entry`].
    UnLocode, CodeKind::UnLocode, 5, check_locode);

fn check_locode(text: &str) -> Result<Inline<5>, CodeError> {
    let kind = CodeKind::UnLocode;
    let text = inline::normalised(kind, text)?.replace(' ', "");
    inline::exact_length(kind, &text, 5, "5")?;
    inline::characters(kind, &text, 0..2, UPPER)?;
    let place = Allowed { words: "A-Z 2-9", test: |c| c.is_ascii_uppercase() || matches!(c, '2'..='9') };
    inline::characters(kind, &text, 2..5, place)?;
    inline::stored(kind, &text)
}

impl UnLocode {
    /// Country of the place, ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country_alpha2(&self) -> &str {
        &self.as_str()[..2]
    }

    /// The row of the port table, if the subset holds it.
    #[must_use]
    pub fn entry(&self) -> Option<&'static CodeEntry> {
        table(TableId::Port).get(self.as_str())
    }
}

text_code!(
    /// Customs district code (关区代码): two digits of the direct customs, two of the office under it.
    CustomsDistrict, CodeKind::CustomsDistrict, 4, check_district);

fn check_district(text: &str) -> Result<Inline<4>, CodeError> {
    let kind = CodeKind::CustomsDistrict;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 4, "4")?;
    inline::characters(kind, &text, 0..4, DIGIT)?;
    inline::stored(kind, &text)
}

impl CustomsDistrict {
    /// The direct customs (直属海关) above this office: `3104` → `3100`.
    #[must_use]
    pub fn direct(&self) -> Self {
        let text = format!("{}00", &self.as_str()[..2]);
        Self(Inline::new(&text).unwrap_or_else(|| unreachable!("four digits")))
    }

    /// Whether both offices belong to the same direct customs.
    #[must_use]
    pub fn same_direct(&self, other: &Self) -> bool {
        self.as_str()[..2] == other.as_str()[..2]
    }

    /// The row of the district table, if it holds it.
    #[must_use]
    pub fn entry(&self) -> Option<&'static CodeEntry> {
        table(TableId::CustomsDistrict).get(self.as_str())
    }
}

text_code!(
    /// Supervised place (海关监管作业场所代码, CC006): 11 characters such as `CNLYG230132`.
    SupervisedPlace, CodeKind::SupervisedPlace, 11, check_supervised_place);

fn check_supervised_place(text: &str) -> Result<Inline<11>, CodeError> {
    let kind = CodeKind::SupervisedPlace;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 11, "11")?;
    inline::characters(kind, &text, 0..11, ALNUM)?;
    inline::stored(kind, &text)
}

text_code!(
    /// Country or region (国家（地区）代码): ISO 3166-1 alpha-3, as declarations use since 2018-08-01.
    ///
    /// The list is complete, so an unknown code is refused. A message that carries one keeps it in its raw text.
    CountryCode, CodeKind::CountryCode, 3, check_country);

fn check_country(text: &str) -> Result<Inline<3>, CodeError> {
    let kind = CodeKind::CountryCode;
    let text = inline::normalised(kind, text)?;
    inline::exact_length(kind, &text, 3, "3")?;
    inline::characters(kind, &text, 0..3, UPPER)?;
    if table(TableId::Country).get(&text).is_none() {
        return Err(CodeError::Unknown { kind, found: text });
    }
    inline::stored(kind, &text)
}

impl CountryCode {
    /// China (中国).
    #[must_use]
    pub fn china() -> Self {
        Self(Inline::new("CHN").unwrap_or_else(|| unreachable!("three letters")))
    }

    /// From the two-letter code that UN/LOCODE and EDIFACT use.
    #[must_use]
    pub fn from_alpha2(alpha2: &str) -> Option<Self> {
        let entry = table(TableId::Country).iter().find(|e| e.extra("alpha2") == Some(alpha2))?;
        Inline::new(entry.code).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locodes() {
        let port: UnLocode = "cn ngb".parse().unwrap();
        assert_eq!(port, "CNNGB");
        assert_eq!(port.entry().unwrap().zh, "宁波");
        assert_eq!(CountryCode::from_alpha2(port.country_alpha2()), Some(CountryCode::china()));
        assert!("CNNG1".parse::<UnLocode>().is_err());
        assert!("C2NGB".parse::<UnLocode>().is_err());
        assert!("XXABC".parse::<UnLocode>().unwrap().entry().is_none());
    }

    #[test]
    fn districts_know_their_direct_customs() {
        let beilun: CustomsDistrict = "3104".parse().unwrap();
        assert_eq!(beilun.direct(), "3100");
        assert!(beilun.same_direct(&"3101".parse().unwrap()));
        assert!(!beilun.same_direct(&"2901".parse().unwrap()));
        assert_eq!(beilun.entry().unwrap().zh, "北仑海关");
        assert!("310".parse::<CustomsDistrict>().is_err());
    }

    #[test]
    fn supervised_places_have_eleven_characters() {
        assert!("CNLYG230132".parse::<SupervisedPlace>().is_ok());
        assert!("CNLYG23013".parse::<SupervisedPlace>().is_err());
    }

    #[test]
    fn old_numeric_and_invented_countries_are_refused() {
        assert!("CHN".parse::<CountryCode>().is_ok());
        assert_eq!("142".parse::<CountryCode>().unwrap_err().code(), "code.character");
        assert_eq!("QQQ".parse::<CountryCode>().unwrap_err().code(), "code.unknown");
    }
}
