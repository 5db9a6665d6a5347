//! Dispositions after an inspection (查验处置), by code.
//!
//! Source: dispositions seen in a public express-clearance system (`domain` §2.8, grade R): shows practice, is no authority; verify before
//! production. Codes 16, 20, 32, 36–40 and 43 end without release; the others let the goods go on.

use codes::Text;

/// One disposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// Code.
    pub code: &'static str,
    /// Meaning in Chinese.
    pub zh: &'static str,
    /// Meaning in English.
    pub en: &'static str,
    /// Whether the goods may go on.
    pub passes: bool,
}

impl Disposition {
    /// Both texts.
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

const fn row(code: &'static str, zh: &'static str, en: &'static str, passes: bool) -> Disposition {
    Disposition { code, zh, en, passes }
}

/// Every disposition, by code.
pub const DISPOSITIONS: &[Disposition] = &[
    row("10", "通过", "Pass", true),
    row("11", "放行", "Release", true),
    row("12", "补税后放行", "Release after extra tax", true),
    row("13", "补充单证", "More documents", false),
    row("14", "补税并补充单证", "Extra tax and more documents", false),
    row("15", "处罚后放行", "Release after penalty", true),
    row("16", "改单后放行", "Correct the declaration, then release", false),
    row("17", "担保放行", "Release on guarantee", true),
    row("18", "查验正常", "Inspected, normal", true),
    row("20", "退单重报", "Rejected for re-entry", false),
    row("30", "已整改", "Rectified", true),
    row("31", "已检疫处理", "Quarantine treated", true),
    row("32", "退运", "Return", false),
    row("36", "销毁（一）", "Destroy (1)", false),
    row("37", "销毁（二）", "Destroy (2)", false),
    row("38", "销毁（三）", "Destroy (3)", false),
    row("39", "销毁（四）", "Destroy (4)", false),
    row("40", "责令整改", "Rectify", false),
    row("43", "企业申请退单", "The enterprise asks for rejection", false),
];

/// The disposition of a code.
pub fn disposition(code: &str) -> Option<&'static Disposition> {
    DISPOSITIONS.iter().find(|row| row.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sorted() {
        assert!(DISPOSITIONS.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(disposition("18").is_some_and(|row| row.passes));
        assert!(disposition("32").is_some_and(|row| !row.passes));
        assert!(disposition("99").is_none());
    }
}
