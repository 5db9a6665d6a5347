//! By which rules samples are tested (检验规则): the laboratories with what they can test, the test items with their promised times, how many
//! accepted reports of third parties are looked at again.
//!
//! Promised times and audit shares are not published: the shipped values are assumptions, so that all of it is configuration and says so.

use std::collections::BTreeMap;

use ledger::Bilingual;
use serde::{Deserialize, Serialize};

/// Most laboratories of one port.
pub const LABORATORIES_MAX: usize = 100;

/// A laboratory (实验室).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Laboratory {
    /// Number.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Organisation whose people work in it. An organisation of its own, without a customs district, sees nothing but its samples.
    pub organisation: String,
    /// Codes of the test items that it can test (检测能力).
    pub items: Vec<String>,
}

/// A test item (检测项目).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestItem {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Bilingual,
    /// Promised time from receipt to report, hours.
    pub promised_hours: u32,
    /// The same by through-train, hours.
    pub through_train_hours: u32,
}

/// Rules of sampling and testing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamplingRules {
    /// The laboratories.
    pub laboratories: Vec<Laboratory>,
    /// The test items.
    pub items: Vec<TestItem>,
    /// Competence of the people who work in a laboratory.
    pub competence: String,
    /// Of how many accepted reports of third parties a check afterwards is drawn, hundredths of a per cent.
    pub audit_bp: u32,
    /// Days for which a third party's sampling counts, up to the day on which its report is sent in.
    pub third_party_days: u32,
}

impl Default for SamplingRules {
    fn default() -> Self {
        let item = |code: &str, zh: &str, en: &str, promised_hours, through_train_hours| TestItem {
            code: code.into(),
            name: Bilingual::new(zh, en),
            promised_hours,
            through_train_hours,
        };
        Self {
            laboratories: Vec::new(),
            items: vec![
                item("microbe", "微生物", "Microbes", 120, 72),
                item("pesticide", "农药残留", "Pesticide residues", 72, 24),
                item("heavy-metal", "重金属", "Heavy metals", 72, 24),
                item("additive", "食品添加剂", "Food additives", 72, 48),
                item("composition", "成分鉴定", "Composition", 96, 48),
                item("safety", "安全项目", "Safety", 168, 96),
            ],
            competence: "laboratory".into(),
            audit_bp: 1_000,
            third_party_days: 180,
        }
    }
}

impl SamplingRules {
    /// A laboratory by its number.
    pub fn laboratory(&self, id: &str) -> Option<&Laboratory> {
        self.laboratories.iter().take(LABORATORIES_MAX).find(|one| one.id == id)
    }

    /// A test item by its code.
    pub fn item(&self, code: &str) -> Option<&TestItem> {
        self.items.iter().find(|one| one.code == code)
    }

    /// Hours promised for several items tested together: the longest of them.
    pub fn promised_hours(&self, items: &[String], through_train: bool) -> u32 {
        let hours = |item: &TestItem| if through_train { item.through_train_hours } else { item.promised_hours };
        items.iter().filter_map(|code| self.item(code)).map(hours).max().unwrap_or(0)
    }

    /// Names of the items, by code.
    pub fn names(&self) -> BTreeMap<&str, &Bilingual> {
        self.items.iter().map(|item| (item.code.as_str(), &item.name)).collect()
    }
}
