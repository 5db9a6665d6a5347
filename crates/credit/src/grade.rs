//! Grades of customs credit and the rules that gave them, which changed names four times.

use codes::Text;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

/// A credit grade (信用等级) of the two rules in use since 2021.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Seriously dishonest (严重失信).
    SeriouslyDishonest,
    /// Dishonest (失信).
    Dishonest,
    /// Regular (常规).
    Regular,
    /// Certified (认证), AEO.
    Certified,
    /// Advanced certified (高级认证), AEO.
    AdvancedCertified,
}

impl Grade {
    /// All, worst first.
    pub const ALL: [Self; 5] = [Self::SeriouslyDishonest, Self::Dishonest, Self::Regular, Self::Certified, Self::AdvancedCertified];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeriouslyDishonest => "seriously-dishonest",
            Self::Dishonest => "dishonest",
            Self::Regular => "regular",
            Self::Certified => "certified",
            Self::AdvancedCertified => "advanced-certified",
        }
    }

    /// Grade of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.code() == code)
    }

    /// Name.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::SeriouslyDishonest => ("严重失信企业", "Seriously dishonest"),
            Self::Dishonest => ("失信企业", "Dishonest"),
            Self::Regular => ("常规企业", "Regular"),
            Self::Certified => ("认证企业", "Certified (AEO)"),
            Self::AdvancedCertified => ("高级认证企业", "Advanced certified (AEO)"),
        }
    }

    /// Name in both languages.
    pub fn text(self) -> Text {
        let (zh, en) = self.names();
        Text::new(zh, en)
    }
}

/// A rule that gives grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleVersion {
    /// Stable id, kept with every grade.
    pub id: &'static str,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// In force from this instant (midnight in China).
    pub from_ms: i64,
    /// In force until before this instant; open when `None`.
    pub until_ms: Option<i64>,
    /// Grades it knows.
    pub grades: &'static [Grade],
}

/// 2021-11-01T00:00:00+08:00.
const DECREE_251_FROM_MS: i64 = 1_635_696_000_000;
/// 2026-04-01T00:00:00+08:00.
const DECREE_282_FROM_MS: i64 = 1_774_972_800_000;

/// Rules in use since 2021. Decree 251: in force 1 November 2021 to 31 March 2026, three grades. Decree 282 of 13 January 2026: in force from
/// 1 April 2026, five grades. Source: GACC announcements as summarised in public (grades O and P); re-check before production.
pub const RULES: &[RuleVersion] = &[
    RuleVersion {
        id: "decree-251",
        zh: "海关注册登记和备案企业信用管理办法（海关总署令第 251 号）",
        en: "Credit administration of registered enterprises (GACC Decree 251)",
        from_ms: DECREE_251_FROM_MS,
        until_ms: Some(DECREE_282_FROM_MS),
        grades: &[Grade::Dishonest, Grade::Regular, Grade::AdvancedCertified],
    },
    RuleVersion {
        id: "decree-282",
        zh: "海关企业信用管理办法（海关总署令第 282 号）",
        en: "Credit administration of enterprises (GACC Decree 282)",
        from_ms: DECREE_282_FROM_MS,
        until_ms: None,
        grades: &Grade::ALL,
    },
];

impl RuleVersion {
    /// The rule of an id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// The rule in force at a time.
    pub fn in_force(at: Timestamp) -> Option<&'static Self> {
        RULES.iter().find(|rule| at.millis() >= rule.from_ms && rule.until_ms.is_none_or(|until| at.millis() < until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_in_force_follows_the_day_in_china() {
        let rule = |text: &str| RuleVersion::in_force(text.parse().expect("instant")).map(|rule| rule.id);
        assert_eq!(rule("2021-10-31T15:59:59Z"), None);
        assert_eq!(rule("2021-10-31T16:00:00Z"), Some("decree-251"));
        assert_eq!(rule("2026-03-31T15:59:59Z"), Some("decree-251"));
        assert_eq!(rule("2026-03-31T16:00:00Z"), Some("decree-282"));
        assert_eq!(RuleVersion::by_id("decree-251").map(|rule| rule.grades.len()), Some(3));
    }

    #[test]
    fn codes_read_back() {
        for grade in Grade::ALL {
            assert_eq!(Grade::from_code(grade.code()), Some(grade));
            assert_eq!(serde_json::to_string(&grade).expect("json"), format!("\"{}\"", grade.code()));
        }
        assert!(Grade::AdvancedCertified > Grade::Regular && Grade::Regular > Grade::Dishonest);
    }
}
