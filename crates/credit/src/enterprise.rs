//! An enterprise (企业) and the grades it was given.

use codes::Uscc;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::{Grade, RuleVersion};

/// Longest name, characters (field TradeName, C100).
pub const NAME_LENGTH_MAX: usize = 100;
/// Most findings kept in the state; older ones stay in the ledger.
pub const FINDINGS_MAX: usize = 100;
/// Most gradings kept in the state; older ones stay in the ledger.
pub const HISTORY_MAX: usize = 50;

/// One grading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// Grade.
    pub grade: Grade,
    /// Rule that gave it, such as `decree-282`.
    pub rule_version: String,
    /// From when it holds.
    pub since: Timestamp,
    /// Basis: decision number or source.
    pub basis: String,
}

/// An enterprise. Its id is its unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enterprise {
    /// Unified social credit code (统一社会信用代码).
    pub uscc: String,
    /// Name (企业名称).
    pub name: String,
    /// Organisation on the platform, when it has joined.
    pub organisation: Option<String>,
    /// Gradings, newest last.
    pub history: Vec<Grading>,
    /// Findings of inspections, newest last: what a grading may look at. They change no grade by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingNoted>,
    /// When it was registered here.
    pub registered_at: Timestamp,
}

impl Enterprise {
    /// The grading in force at a time: the last one that had begun.
    pub fn grading_at(&self, at: Timestamp) -> Option<&Grading> {
        self.history.iter().rev().find(|grading| grading.since <= at)
    }

    /// The newest grading.
    pub fn grading(&self) -> Option<&Grading> {
        self.history.last()
    }
}

/// `enterprise.registered`; also the command. The grade may come later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Unified social credit code.
    pub uscc: String,
    /// Name.
    pub name: String,
    /// Organisation on the platform.
    #[serde(default)]
    pub organisation: Option<String>,
}

/// `enterprise.graded`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// Grade.
    pub grade: Grade,
    /// Rule that gave it.
    pub rule_version: String,
    /// From when it holds.
    pub since: Timestamp,
    /// Basis: decision number or source.
    pub basis: String,
}

/// `enterprise.finding-noted`; also the command: an inspection of its goods found something (信用记录). The subject may object to it; a grade
/// is given by the authority, never by the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingNoted {
    /// Kind of the object that holds the result, `inspection` or `joint-order`.
    pub source: String,
    /// Its id.
    pub id: String,
    /// Disposition code.
    pub disposition: String,
}

ledger::domain_events! {
    /// What happens to an enterprise.
    pub enum EnterpriseEvent for "enterprise" {
        /// Registered.
        Registered(Registered) = "enterprise.registered",
        /// Graded.
        Graded(Graded) = "enterprise.graded",
        /// An inspection found something.
        FindingNoted(FindingNoted) = "enterprise.finding-noted",
    }
}

/// Registers an enterprise.
///
/// # Errors
/// `enterprise-exists`; `enterprise-uscc` when the code fails its check; `enterprise-name` when the name is empty or too long.
pub fn decide_register(state: Option<&Enterprise>, command: Registered) -> Result<Vec<EnterpriseEvent>, Refusal> {
    const ATTEMPT: &str = "enterprise.register";
    if let Some(enterprise) = state {
        return Err(Refusal::new(
            "enterprise-exists",
            ATTEMPT,
            enterprise.status(),
            "该企业已登记。",
            "The enterprise is already registered.",
        ));
    }
    if let Err(fault) = command.uscc.parse::<Uscc>() {
        return Err(Refusal::new("enterprise-uscc", ATTEMPT, "nothing", fault.zh(), fault.to_string()));
    }
    let length = command.name.trim().chars().count();
    if length == 0 || length > NAME_LENGTH_MAX {
        return Err(Refusal::new(
            "enterprise-name",
            ATTEMPT,
            "nothing",
            format!("企业名称须为 1 至 {NAME_LENGTH_MAX} 个字符。"),
            format!("A name has 1 to {NAME_LENGTH_MAX} characters."),
        ));
    }
    Ok(vec![command.into()])
}

/// Records a grade.
///
/// # Errors
/// `grade-rule-unknown`; `grade-not-of-rule` when the rule knows no such grade; `grade-rule-not-in-force` when the rule was not in force
/// on the day; `grade-older` when an earlier day than the newest grading is named.
pub fn decide_grade(state: &Enterprise, command: Graded) -> Result<Vec<EnterpriseEvent>, Refusal> {
    const ATTEMPT: &str = "enterprise.grade";
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    let Some(rule) = RuleVersion::by_id(&command.rule_version) else {
        return refuse(
            "grade-rule-unknown",
            format!("没有规则 {}。", command.rule_version),
            format!("There is no rule {}.", command.rule_version),
        );
    };
    if !rule.grades.contains(&command.grade) {
        return refuse(
            "grade-not-of-rule",
            format!("{}没有“{}”等级。", rule.zh, command.grade.names().0),
            format!("{} knows no grade {}.", rule.en, command.grade.code()),
        );
    }
    if RuleVersion::in_force(command.since) != Some(rule) {
        return refuse("grade-rule-not-in-force", "该规则在生效日不适用。".into(), "The rule was not in force on that day.".into());
    }
    if state.grading().is_some_and(|newest| command.since < newest.since) {
        return refuse("grade-older", "早于最近一次评级。".into(), "It is older than the newest grading.".into());
    }
    Ok(vec![command.into()])
}

/// Notes a finding of an inspection, once for each result.
pub fn decide_note_finding(state: &Enterprise, command: FindingNoted) -> Vec<EnterpriseEvent> {
    if state.findings.iter().any(|known| known.source == command.source && known.id == command.id) {
        return Vec::new();
    }
    vec![command.into()]
}

impl Aggregate for Enterprise {
    const KIND: &'static str = "enterprise";
    type Event = EnterpriseEvent;

    fn apply(state: Option<Self>, event: &EnterpriseEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, EnterpriseEvent::Registered(data)) => Ok(Self {
                uscc: data.uscc.clone(),
                name: data.name.clone(),
                organisation: data.organisation.clone(),
                history: Vec::new(),
                findings: Vec::new(),
                registered_at: at,
            }),
            (None, EnterpriseEvent::Graded(_) | EnterpriseEvent::FindingNoted(_)) => Err(misplaced("nothing")),
            (Some(enterprise), EnterpriseEvent::Registered(_)) => Err(misplaced(enterprise.status())),
            (Some(mut enterprise), EnterpriseEvent::FindingNoted(data)) => {
                if enterprise.findings.len() == FINDINGS_MAX {
                    enterprise.findings.remove(0);
                }
                enterprise.findings.push(data.clone());
                Ok(enterprise)
            }
            (Some(mut enterprise), EnterpriseEvent::Graded(data)) => {
                if enterprise.history.len() == HISTORY_MAX {
                    enterprise.history.remove(0);
                }
                enterprise.history.push(Grading {
                    grade: data.grade,
                    rule_version: data.rule_version.clone(),
                    since: data.since,
                    basis: data.basis.clone(),
                });
                Ok(enterprise)
            }
        }
    }

    fn related(&self, event: &EnterpriseEvent) -> Vec<Related> {
        match event {
            EnterpriseEvent::Registered(_) | EnterpriseEvent::Graded(_) => Vec::new(),
            EnterpriseEvent::FindingNoted(data) => match data.source.as_str() {
                "inspection" => vec![(ObjectRef::new("inspection", data.id.clone()), "inspection")],
                "joint-order" => vec![(ObjectRef::new("joint-order", data.id.clone()), "joint-order")],
                _ => Vec::new(),
            },
        }
    }

    fn status(&self) -> &'static str {
        self.grading().map_or("ungraded", |grading| grading.grade.code())
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: self.name.clone(),
            status: self.status().to_owned(),
            parties: self.organisation.iter().cloned().collect(),
            keys: vec![id.to_uppercase(), self.name.to_uppercase()],
            opened_at: self.registered_at,
            // A register entry, never a task.
            closed_at: Some(self.registered_at),
            ..WorkRow::default()
        }
    }
}
