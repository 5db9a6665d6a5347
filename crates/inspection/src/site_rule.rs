//! A rule of the inspection site that customs keeps in versions (查验场规则): written by one officer, put into force by another (四眼). INS-10.
//!
//! A version is in force from its own time on, and never from before it was approved: what was ordered under another one stays as it was ordered.

use ledger::{Aggregate, Bilingual, DomainEvent, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most classes of one version.
pub const CLASSES_MAX: usize = 10;
/// Most prefixes of goods codes of one class.
pub const PREFIXES_MAX: usize = 200;
/// Longest id of a class, characters.
pub const CLASS_ID_MAX: usize = 30;
/// Longest name of a class in one language, characters.
pub const CLASS_NAME_MAX: usize = 60;
/// Most versions of one rule kept in its state.
pub const SITE_RULE_VERSIONS_MAX: usize = 500;
/// Longest reason, characters.
const WHY_MAX: usize = 500;

/// A class of priority (优先等级): which inspections come before others at the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityClass {
    /// Id, kept with every inspection.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Beginnings of goods codes, 2 to 10 digits: one line of goods suffices.
    #[serde(default)]
    pub hs_prefixes: Vec<String>,
    /// Credit grades of the consignee, by code.
    #[serde(default)]
    pub grades: Vec<String>,
    /// Inspected on arrival (即到即查): without an appointment, the officers drawn when the box comes.
    pub on_arrival: bool,
}

impl PriorityClass {
    fn fits(&self, goods: &[String], grade: &str) -> bool {
        let by_goods = self.hs_prefixes.iter().any(|prefix| goods.iter().any(|code| code.starts_with(prefix.as_str())));
        by_goods || self.grades.iter().any(|one| one == grade)
    }
}

/// The class of an inspection: the first that fits, and its rank from 1; `None` when it is an ordinary one.
pub fn class_of<'c>(classes: &'c [PriorityClass], goods: &[String], grade: &str) -> Option<(u32, &'c PriorityClass)> {
    let index = classes.iter().position(|class| class.fits(goods, grade))?;
    Some((u32::try_from(index).unwrap_or(u32::MAX - 1) + 1, &classes[index]))
}

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum SiteVersionPhase {
    /// Waits for another officer (待复核).
    Proposed,
    /// Approved (已批准).
    Approved {
        /// By whom, user id.
        by: String,
        /// When.
        at: Timestamp,
        /// From when it is in force.
        from: Timestamp,
    },
    /// Not approved (未批准).
    Refused {
        /// By whom, user id.
        by: String,
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteVersion {
    /// Number, from 1.
    pub number: u32,
    /// What was proposed.
    pub proposed: SiteRuleProposed,
    /// When.
    pub proposed_at: Timestamp,
    /// What became of it.
    pub phase: SiteVersionPhase,
}

/// A rule of the site. Its id is the customs district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRule {
    /// Customs district.
    pub district: String,
    /// Versions, oldest first.
    pub versions: Vec<SiteVersion>,
}

impl SiteRule {
    /// The version in force at a time: of those approved and begun, the last. An earlier one that begins later does not come back over it.
    pub fn in_force(&self, at: Timestamp) -> Option<&SiteVersion> {
        let began = |version: &&SiteVersion| match version.phase {
            SiteVersionPhase::Approved { from, .. } => from <= at,
            SiteVersionPhase::Proposed | SiteVersionPhase::Refused { .. } => false,
        };
        self.versions.iter().rev().find(began)
    }

    /// The version that waits for another officer.
    pub fn open(&self) -> Option<&SiteVersion> {
        self.versions.last().filter(|version| version.phase == SiteVersionPhase::Proposed)
    }
}

/// `site-rule.proposed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRuleProposed {
    /// Customs district.
    pub district: String,
    /// Classes, the first before all others.
    pub classes: Vec<PriorityClass>,
    /// From when it shall be in force.
    pub valid_from: Timestamp,
    /// Why it is as it is.
    pub note: String,
    /// By whom, user id.
    pub by: String,
}

/// `site-rule.approved`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRuleApproved {
    /// Number of the version.
    pub number: u32,
    /// By whom, user id.
    pub by: String,
}

/// `site-rule.refused`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRuleRefused {
    /// Number of the version.
    pub number: u32,
    /// By whom, user id.
    pub by: String,
    /// Why.
    pub why: String,
}

ledger::domain_events! {
    /// What happens to a rule of the site.
    pub enum SiteRuleEvent for "site-rule" {
        /// A version was written.
        Proposed(SiteRuleProposed) = "site-rule.proposed",
        /// Another officer approved it.
        Approved(SiteRuleApproved) = "site-rule.approved",
        /// Another officer, or its writer, gave it up.
        Refused(SiteRuleRefused) = "site-rule.refused",
    }
}

/// Writes a version.
///
/// # Errors
/// `site-rule-open` while another one waits; `site-rule-versions` after [`SITE_RULE_VERSIONS_MAX`]; `site-rule-classes` when a class is not
/// usable: too many, one twice, without a name, or for nothing; `site-rule-note`.
pub fn decide_propose_site_rule(state: Option<&SiteRule>, command: SiteRuleProposed) -> Result<Vec<SiteRuleEvent>, Refusal> {
    const ATTEMPT: &str = "site-rule.propose";
    let found = state.map_or("nothing", |rule| rule.status());
    if state.is_some_and(|rule| rule.open().is_some()) {
        return Err(Refusal::new("site-rule-open", ATTEMPT, found, "已有待复核的版本。", "Another version waits for approval."));
    }
    if state.is_some_and(|rule| rule.versions.len() >= SITE_RULE_VERSIONS_MAX) {
        return Err(Refusal::new(
            "site-rule-versions",
            ATTEMPT,
            found,
            format!("最多 {SITE_RULE_VERSIONS_MAX} 个版本。"),
            format!("A rule has at most {SITE_RULE_VERSIONS_MAX} versions."),
        ));
    }
    if command.note.chars().count() > WHY_MAX {
        return Err(Refusal::new("site-rule-note", ATTEMPT, found, "说明最多 500 字。", "A note has at most 500 characters."));
    }
    for (index, class) in command.classes.iter().enumerate() {
        if index >= CLASSES_MAX || command.classes[..index].iter().any(|other| other.id == class.id) || !usable(class) {
            let number = index + 1;
            return Err(Refusal::new(
                "site-rule-classes",
                ATTEMPT,
                found,
                format!(
                    "第 {number} 个等级不可用：最多 {CLASSES_MAX} 个，编号不重复，有中英文名称，至少一个商品编号前缀（2 至 10 位数字）或信用等级。"
                ),
                format!(
                    "Class {number} is not usable: at most {CLASSES_MAX}, each id once, named in both languages, with a beginning of a goods \
                     code (2 to 10 digits) or a credit grade."
                ),
            ));
        }
    }
    Ok(vec![command.into()])
}

fn usable(class: &PriorityClass) -> bool {
    let id =
        (1..=CLASS_ID_MAX).contains(&class.id.len()) && class.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let named = [&class.name.zh, &class.name.en].into_iter().all(|name| (1..=CLASS_NAME_MAX).contains(&name.trim().chars().count()));
    let prefix = |code: &String| (2..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let some = !class.hs_prefixes.is_empty() || !class.grades.is_empty();
    id && named && some && class.hs_prefixes.len() <= PREFIXES_MAX && class.hs_prefixes.iter().all(prefix) && class.grades.len() <= 10
}

/// Puts it into force.
///
/// # Errors
/// `site-rule-not-open` when this version does not wait; `site-rule-own` to its writer.
pub fn decide_approve_site_rule(state: &SiteRule, command: SiteRuleApproved) -> Result<Vec<SiteRuleEvent>, Refusal> {
    const ATTEMPT: &str = "site-rule.approve";
    let version = waiting(state, command.number, ATTEMPT)?;
    if version.proposed.by == command.by {
        return Err(Refusal::new(
            "site-rule-own",
            ATTEMPT,
            state.status(),
            "起草人不能批准自己的版本，须由其他关员批准。",
            "Whoever wrote a version does not approve it; another officer does.",
        ));
    }
    Ok(vec![command.into()])
}

/// Gives it up.
///
/// # Errors
/// `site-rule-not-open`; `site-rule-note` without a reason of 2 to 500 characters.
pub fn decide_refuse_site_rule(state: &SiteRule, command: SiteRuleRefused) -> Result<Vec<SiteRuleEvent>, Refusal> {
    const ATTEMPT: &str = "site-rule.refuse";
    waiting(state, command.number, ATTEMPT)?;
    if !(2..=WHY_MAX).contains(&command.why.trim().chars().count()) {
        return Err(Refusal::new(
            "site-rule-note",
            ATTEMPT,
            state.status(),
            "请写明理由（2 至 500 字）。",
            "Give a reason of 2 to 500 characters.",
        ));
    }
    Ok(vec![command.into()])
}

fn waiting<'r>(state: &'r SiteRule, number: u32, attempt: &'static str) -> Result<&'r SiteVersion, Refusal> {
    state.open().filter(|version| version.number == number).ok_or_else(|| {
        Refusal::new("site-rule-not-open", attempt, state.status(), "该版本不在待复核状态。", "This version does not wait for approval.")
    })
}

impl Aggregate for SiteRule {
    const KIND: &'static str = "site-rule";
    type Event = SiteRuleEvent;

    fn apply(state: Option<Self>, event: &SiteRuleEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let mut rule = match (state, event) {
            (Some(rule), _) => rule,
            (None, SiteRuleEvent::Proposed(proposed)) => Self { district: proposed.district.clone(), versions: Vec::new() },
            (None, SiteRuleEvent::Approved(_) | SiteRuleEvent::Refused(_)) => return Err(misplaced("nothing")),
        };
        let status = rule.status();
        let open = rule.versions.last_mut().filter(|version| version.phase == SiteVersionPhase::Proposed);
        match (open, event) {
            (None, SiteRuleEvent::Proposed(proposed)) => {
                let number = rule.versions.last().map_or(1, |version| version.number + 1);
                rule.versions.push(SiteVersion { number, proposed: proposed.clone(), proposed_at: at, phase: SiteVersionPhase::Proposed });
            }
            (Some(version), SiteRuleEvent::Approved(approved)) if version.number == approved.number => {
                let from = version.proposed.valid_from.max(at);
                version.phase = SiteVersionPhase::Approved { by: approved.by.clone(), at, from };
            }
            (Some(version), SiteRuleEvent::Refused(refused)) if version.number == refused.number => {
                version.phase = SiteVersionPhase::Refused { by: refused.by.clone(), at, why: refused.why.clone() };
            }
            (Some(_), SiteRuleEvent::Proposed(_) | SiteRuleEvent::Approved(_) | SiteRuleEvent::Refused(_))
            | (None, SiteRuleEvent::Approved(_) | SiteRuleEvent::Refused(_)) => return Err(misplaced(status)),
        }
        Ok(rule)
    }

    fn related(&self, _event: &SiteRuleEvent) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        if self.open().is_some() { "proposed" } else { "settled" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            action: self.open().map(|_| "approve-site-rule".to_owned()),
            authority: Some(self.district.clone()),
            keys: vec![id.to_uppercase()],
            opened_at: self.versions.last().map_or_else(Timestamp::default, |version| version.proposed_at),
            closed_at: match self.versions.last().map(|version| &version.phase) {
                Some(SiteVersionPhase::Approved { at, .. } | SiteVersionPhase::Refused { at, .. }) => Some(*at),
                Some(SiteVersionPhase::Proposed) | None => None,
            },
            ..WorkRow::default()
        }
    }
}
