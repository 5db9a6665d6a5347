//! Dispositions after an inspection (查验处置), by code.
//!
//! Source: dispositions seen in a public express-clearance system (`domain` §2.8, grade R): shows practice, is no authority; verify before
//! production. What follows from each is this platform's reading of its name.

use codes::Text;

/// What follows from a disposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing was found; the goods go on (放行).
    Release,
    /// Something was found and put right on the spot; the goods go on.
    ReleasePutRight,
    /// The goods go on once the extra tax is settled (补税).
    AfterTax,
    /// The goods go on once the penalty is settled (处罚).
    AfterPenalty,
    /// The goods go on once a guarantee stands (担保).
    OnGuarantee,
    /// Documents are missing (补充单证).
    Documents,
    /// Documents and extra tax are missing.
    DocumentsAndTax,
    /// The declaration is corrected first (改单).
    Correction,
    /// Inspected further (进一步查验).
    InspectFurther,
    /// Put right and shown again (整改).
    Rectification,
    /// The declaration goes back (退单).
    Reentry,
    /// The goods leave the country again (退运).
    Return,
    /// The goods are destroyed (销毁).
    Destruction,
}

impl Consequence {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::ReleasePutRight => "release-put-right",
            Self::AfterTax => "after-tax",
            Self::AfterPenalty => "after-penalty",
            Self::OnGuarantee => "on-guarantee",
            Self::Documents => "documents",
            Self::DocumentsAndTax => "documents-and-tax",
            Self::Correction => "correction",
            Self::InspectFurther => "inspect-further",
            Self::Rectification => "rectification",
            Self::Reentry => "re-entry",
            Self::Return => "return",
            Self::Destruction => "destruction",
        }
    }

    /// What follows, in words.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Release => ("放行，各单位控制同时解除", "Released; every authority's hold ends at once"),
            Self::ReleasePutRight => ("已当场处理，放行并记录异常", "Put right on the spot; released, the finding is recorded"),
            Self::AfterTax => ("补税后放行", "Goes on once the extra tax is settled"),
            Self::AfterPenalty => ("处罚执行后放行", "Goes on once the penalty is settled"),
            Self::OnGuarantee => ("提供担保后放行", "Goes on once a guarantee stands"),
            Self::Documents => ("等待补充单证", "Waits for documents"),
            Self::DocumentsAndTax => ("等待补充单证和补税", "Waits for documents and the extra tax"),
            Self::Correction => ("等待改单", "Waits for the corrected declaration"),
            Self::InspectFurther => ("等待进一步查验", "Is inspected further"),
            Self::Rectification => ("等待整改后复验", "Is put right and shown again"),
            Self::Reentry => ("退单，货物不放行", "The declaration goes back; the goods stay"),
            Self::Return => ("退运，货物不进境", "Goes back abroad; does not enter"),
            Self::Destruction => ("销毁，货物不进境", "Is destroyed; does not enter"),
        };
        Text::new(zh, en)
    }

    /// The goods go on at once.
    pub const fn releases(self) -> bool {
        matches!(self, Self::Release | Self::ReleasePutRight)
    }

    /// Nothing was found.
    pub const fn is_clean(self) -> bool {
        matches!(self, Self::Release)
    }

    /// Nothing more is to be done: a follow-up may end with it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Release | Self::ReleasePutRight | Self::Reentry | Self::Return | Self::Destruction)
    }
}

/// One disposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// Code.
    pub code: &'static str,
    /// Meaning in Chinese.
    pub zh: &'static str,
    /// Meaning in English.
    pub en: &'static str,
    /// Whether the goods may go on after an inspection by customs alone, which records what was settled already.
    pub passes: bool,
    /// What follows from it as the result of a joint order.
    pub consequence: Consequence,
}

impl Disposition {
    /// Both texts.
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

const fn row(code: &'static str, zh: &'static str, en: &'static str, passes: bool, consequence: Consequence) -> Disposition {
    Disposition { code, zh, en, passes, consequence }
}

/// Every disposition, by code.
pub const DISPOSITIONS: &[Disposition] = &[
    row("05", "查验", "Inspect", false, Consequence::InspectFurther),
    row("10", "通过", "Pass", true, Consequence::Release),
    row("11", "放行", "Release", true, Consequence::Release),
    row("12", "补税后放行", "Release after extra tax", true, Consequence::AfterTax),
    row("13", "补充单证", "More documents", false, Consequence::Documents),
    row("14", "补税并补充单证", "Extra tax and more documents", false, Consequence::DocumentsAndTax),
    row("15", "处罚后放行", "Release after penalty", true, Consequence::AfterPenalty),
    row("16", "改单后放行", "Correct the declaration, then release", false, Consequence::Correction),
    row("17", "担保放行", "Release on guarantee", true, Consequence::OnGuarantee),
    row("18", "查验正常", "Inspected, normal", true, Consequence::Release),
    row("20", "退单重报", "Rejected for re-entry", false, Consequence::Reentry),
    row("30", "已整改", "Rectified", true, Consequence::ReleasePutRight),
    row("31", "已检疫处理", "Quarantine treated", true, Consequence::ReleasePutRight),
    row("32", "退运", "Return", false, Consequence::Return),
    row("36", "销毁（一）", "Destroy (1)", false, Consequence::Destruction),
    row("37", "销毁（二）", "Destroy (2)", false, Consequence::Destruction),
    row("38", "销毁（三）", "Destroy (3)", false, Consequence::Destruction),
    row("39", "销毁（四）", "Destroy (4)", false, Consequence::Destruction),
    row("40", "责令整改", "Rectify", false, Consequence::Rectification),
    row("43", "企业申请退单", "The enterprise asks for rejection", false, Consequence::Reentry),
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

    #[test]
    fn whatever_releases_at_once_passes_and_is_final() {
        for row in DISPOSITIONS {
            assert!(!row.consequence.releases() || (row.passes && row.consequence.is_final()), "{}", row.code);
        }
    }
}
