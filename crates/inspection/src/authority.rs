//! Who may have something checked, and by which rules authorities act together.
//!
//! The shipped rules follow the documents of the port (customs lead for goods, quarantine boards a ship first); which body leads, what each
//! checks and which competence it asks for is not published, so that all of it is configuration and says so.

use codes::Text;
use ledger::Bilingual;
use serde::{Deserialize, Serialize};

/// An authority at the port (口岸查验单位).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    /// Customs (海关), quarantine included.
    Customs,
    /// Maritime safety administration (海事).
    Maritime,
    /// Border inspection (边检).
    Border,
    /// Port authority (港航管理).
    PortAuthority,
    /// Market supervision (市场监管).
    MarketSupervision,
}

impl Authority {
    /// All.
    pub const ALL: [Self; 5] = [Self::Customs, Self::Maritime, Self::Border, Self::PortAuthority, Self::MarketSupervision];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customs => "customs",
            Self::Maritime => "maritime",
            Self::Border => "border",
            Self::PortAuthority => "port-authority",
            Self::MarketSupervision => "market-supervision",
        }
    }

    /// Name.
    pub fn text(self) -> Text {
        match self {
            Self::Customs => Text::new("海关", "Customs"),
            Self::Maritime => Text::new("海事", "Maritime safety administration"),
            Self::Border => Text::new("边检", "Border inspection"),
            Self::PortAuthority => Text::new("港航管理", "Port authority"),
            Self::MarketSupervision => Text::new("市场监管", "Market supervision"),
        }
    }
}

/// What a joint order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// Goods in boxes (货物).
    Goods,
    /// A ship on its call (船舶).
    Ship,
    /// A person (人员).
    Person,
}

impl SubjectKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Ship => "ship",
            Self::Person => "person",
        }
    }
}

/// One thing to check (检查项目).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    /// Stable code within its list.
    pub code: String,
    /// What is checked.
    pub text: Bilingual,
}

/// What an authority checks (检查表).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Whose.
    pub authority: Authority,
    /// Of what.
    pub subject: SubjectKind,
    /// Items, in the order in which they are done.
    pub items: Vec<CheckItem>,
    /// Competence (资质) that one of its officers must have.
    #[serde(default)]
    pub competence: Option<String>,
}

/// Who leads, and in which order authorities work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    /// Of what.
    pub subject: SubjectKind,
    /// The first of these that takes part leads; steps follow the same order.
    pub lead: Vec<Authority>,
    /// Works first, and nobody before it (卫生检疫先行登临).
    #[serde(default)]
    pub first: Option<Authority>,
}

/// The rules of joint orders (联合查验规则): data of the port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JointRules {
    /// Where the rules come from, shown with every order.
    pub source: Bilingual,
    /// Who leads.
    pub precedence: Vec<Precedence>,
    /// Who checks what.
    pub checklists: Vec<Checklist>,
    /// Days within which a drawn inspection meets other authorities' instructions.
    pub drawn_window_days: u32,
}

impl JointRules {
    fn precedence(&self, subject: SubjectKind) -> Option<&Precedence> {
        self.precedence.iter().find(|rule| rule.subject == subject)
    }

    /// The place of an authority in the order of steps; those that no rule names come last.
    pub fn rank(&self, subject: SubjectKind, authority: Authority) -> usize {
        self.precedence(subject).and_then(|rule| rule.lead.iter().position(|one| *one == authority)).unwrap_or(usize::MAX)
    }

    /// Who works first, where somebody must.
    pub fn first(&self, subject: SubjectKind) -> Option<Authority> {
        self.precedence(subject).and_then(|rule| rule.first)
    }

    /// What an authority checks; a list of one item where no rule says more.
    pub fn checklist(&self, subject: SubjectKind, authority: Authority) -> (Vec<CheckItem>, Option<String>) {
        match self.checklists.iter().find(|list| list.subject == subject && list.authority == authority) {
            Some(list) => (list.items.clone(), list.competence.clone()),
            None => (vec![item("checked", "按本单位要求检查", "Checked as the authority requires")], None),
        }
    }
}

fn item(code: &str, zh: &str, en: &str) -> CheckItem {
    CheckItem { code: code.into(), text: Bilingual::new(zh, en) }
}

fn list(authority: Authority, subject: SubjectKind, competence: Option<&str>, items: &[(&str, &str, &str)]) -> Checklist {
    Checklist {
        authority,
        subject,
        items: items.iter().map(|(code, zh, en)| item(code, zh, en)).collect(),
        competence: competence.map(str::to_owned),
    }
}

impl Default for JointRules {
    fn default() -> Self {
        use Authority as A;
        use SubjectKind as S;
        Self {
            source: Bilingual::new(
                "平台默认规则，未经各单位核定；由口岸配置",
                "Defaults of the platform, not verified with the authorities; the port sets its own",
            ),
            precedence: vec![
                Precedence {
                    subject: S::Goods,
                    lead: vec![A::Customs, A::MarketSupervision, A::PortAuthority, A::Maritime, A::Border],
                    first: None,
                },
                Precedence {
                    subject: S::Ship,
                    lead: vec![A::Maritime, A::Customs, A::Border, A::PortAuthority, A::MarketSupervision],
                    first: Some(A::Customs),
                },
                Precedence {
                    subject: S::Person,
                    lead: vec![A::Border, A::Customs, A::Maritime, A::PortAuthority, A::MarketSupervision],
                    first: None,
                },
            ],
            checklists: vec![
                list(
                    A::Customs,
                    S::Goods,
                    None,
                    &[
                        ("seal", "箱号与封志核对", "Container number and seal agree"),
                        ("goods", "品名、数量、规格与申报一致", "Name, quantity and model as declared"),
                        ("quarantine", "检疫情况", "Quarantine: no pest, no contamination"),
                    ],
                ),
                list(
                    A::Maritime,
                    S::Goods,
                    Some("dangerous-goods"),
                    &[
                        ("packing", "危险货物包装与标记", "Packing and marks of dangerous goods"),
                        ("stowage", "箱内积载与系固", "Stowage and securing in the box"),
                    ],
                ),
                list(A::Border, S::Goods, None, &[("persons", "箱内无藏匿人员", "Nobody hides in the box")]),
                list(A::PortAuthority, S::Goods, None, &[("handling", "危险货物港口作业条件", "Conditions for handling in the port")]),
                list(
                    A::MarketSupervision,
                    S::Goods,
                    None,
                    &[("label", "标签与合格标志", "Labels and marks of conformity"), ("quality", "质量抽查", "Quality spot check")],
                ),
                list(A::Customs, S::Ship, None, &[("health", "卫生检疫", "Health quarantine"), ("stores", "船用物品", "Ship's stores")]),
                list(
                    A::Maritime,
                    S::Ship,
                    None,
                    &[("certificates", "船舶与船员证书", "Certificates of ship and crew"), ("safety", "安全检查", "Safety inspection")],
                ),
                list(A::Border, S::Ship, None, &[("crew", "船员名单核对", "Crew agrees with the list")]),
            ],
            drawn_window_days: 14,
        }
    }
}
