//! Sample tariff (示例税则): about fifty lines across the chapters with **synthetic rates, for demonstration**.
//!
//! The legal tariff is licensed separately and replaces this table before production.

use crate::{CodeEntry, HsCode, TableId, table};

/// Label to show wherever a rate of this table appears, in Chinese.
pub const LABEL_ZH: &str = "合成税率，仅供演示";
/// Label to show wherever a rate of this table appears, in English.
pub const LABEL_EN: &str = "synthetic rates, for demonstration";

/// One line of the sample tariff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TariffLine {
    /// Ten-digit goods code.
    pub code: &'static str,
    /// Description in Chinese.
    pub zh: &'static str,
    /// Description in English.
    pub en: &'static str,
    /// First statutory unit (法定第一计量单位).
    pub unit1: &'static str,
    /// Second statutory unit (法定第二计量单位).
    pub unit2: Option<&'static str>,
    /// Most-favoured-nation duty in basis points (最惠国税率). Synthetic.
    pub duty_bp: u32,
    /// Value-added tax at import in basis points (进口环节增值税税率). Synthetic.
    pub vat_bp: u32,
}

/// The line of a code: the same ten digits, or else the first line with the same eight.
#[must_use]
pub fn line(code: &HsCode) -> Option<TariffLine> {
    let rows = table(TableId::HsSample);
    let exact = code.as_str().get(..10).and_then(|ten| rows.get(ten));
    exact.or_else(|| rows.iter().find(|row| row.code.starts_with(code.tariff_line()))).and_then(from_entry)
}

/// All lines in the order of the codes.
pub fn lines() -> impl Iterator<Item = TariffLine> {
    table(TableId::HsSample).iter().filter_map(from_entry)
}

fn from_entry(row: &'static CodeEntry) -> Option<TariffLine> {
    Some(TariffLine {
        code: row.code,
        zh: row.zh,
        en: row.en,
        unit1: row.extra("unit1")?,
        unit2: row.extra("unit2"),
        duty_bp: row.extra("duty_bp")?.parse().ok()?,
        vat_bp: row.extra("vat_bp")?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    #[test]
    fn every_row_is_a_line_with_known_units_and_a_valid_code() {
        let units = table(TableId::Unit);
        assert_eq!(lines().count(), table(TableId::HsSample).iter().len());
        for line in lines() {
            let code: HsCode = line.code.parse().unwrap_or_else(|fault| panic!("{}: {fault}", line.code));
            assert_eq!(line.code.len(), 10, "{code}");
            assert!(units.get(line.unit1).is_some(), "{code}");
            assert!(line.unit2.is_none_or(|unit| units.get(unit).is_some()), "{code}");
            assert!(line.duty_bp <= 10_000 && matches!(line.vat_bp, 900 | 1_300), "{code}");
        }
        assert!(table(TableId::HsSample).source.contains("Synthetic rates, for demonstration"));
    }

    #[test]
    fn ten_thirteen_and_eight_digits_find_the_line() {
        for text in ["8703231000", "8703231000101", "87032310", "8703231099"] {
            assert_eq!(line(&text.parse().unwrap()).map(|l| l.code), Some("8703231000"), "{text}");
        }
        assert_eq!(line(&"99999999".parse().unwrap()), None);
    }
}
