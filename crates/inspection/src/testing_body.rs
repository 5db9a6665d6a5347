//! A third-party testing body whose reports are accepted (采信机构): its scope, its validity, and who decided what about it.

use ledger::{Aggregate, Bilingual, DomainEvent, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::sampling::{TEST_ITEM_LENGTH_MAX, TEST_ITEMS_MAX};

/// Most HS prefixes of one body.
pub const SCOPE_PREFIXES_MAX: usize = 100;
/// Longest text about a body, characters.
pub const BODY_TEXT_MAX: usize = 200;

/// `testing-body.proposed`; also the command: an officer enters a body (登记).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyProposed {
    /// Name.
    pub name: Bilingual,
    /// Its number: unified social credit code or number of accreditation.
    pub number: String,
    /// HS prefixes whose goods it may test; 2 to 10 digits each.
    pub hs_prefixes: Vec<String>,
    /// Codes of the test items that it may test.
    pub items: Vec<String>,
    /// First day, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last day, `YYYY-MM-DD`.
    pub valid_to: String,
    /// Where the decision to accept it is written (依据文件).
    pub source: String,
    /// Customs district, 4 digits.
    pub district: String,
    /// Officer, user id.
    pub by: String,
}

/// `testing-body.confirmed`: another officer confirms it (复核生效).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyConfirmed {
    /// Officer, user id.
    pub by: String,
}

/// What an officer decides about a body, with the reason: not confirmed, suspended, resumed, withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyDecided {
    /// Why.
    pub why: String,
    /// Officer, user id.
    pub by: String,
}

/// `testing-body.refused`: another officer does not confirm it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyRefused(pub BodyDecided);

/// `testing-body.suspended` (暂停采信).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodySuspended(pub BodyDecided);

/// `testing-body.resumed` (恢复采信).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyResumed(pub BodyDecided);

/// `testing-body.withdrawn` (取消采信).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyWithdrawn(pub BodyDecided);

ledger::domain_events! {
    /// What happens to a testing body.
    pub enum TestingBodyEvent for "testing-body" {
        /// Entered.
        Proposed(BodyProposed) = "testing-body.proposed",
        /// Confirmed.
        Confirmed(BodyConfirmed) = "testing-body.confirmed",
        /// Not confirmed.
        Refused(BodyRefused) = "testing-body.refused",
        /// Suspended.
        Suspended(BodySuspended) = "testing-body.suspended",
        /// Accepted again.
        Resumed(BodyResumed) = "testing-body.resumed",
        /// Accepted no more.
        Withdrawn(BodyWithdrawn) = "testing-body.withdrawn",
    }
}

/// How a body stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum BodyPhase {
    /// Entered by one officer, to be confirmed by another (待复核).
    Proposed,
    /// Its reports are accepted (采信中).
    InForce {
        /// Who confirmed it, or had it accepted again.
        by: String,
    },
    /// For now they are not (已暂停).
    Suspended {
        /// Why and who.
        decided: BodyDecided,
        /// When.
        at: Timestamp,
    },
    /// They are not any more (已取消).
    Withdrawn {
        /// Why and who.
        decided: BodyDecided,
        /// When.
        at: Timestamp,
    },
    /// Never confirmed (未通过).
    Refused {
        /// Why and who.
        decided: BodyDecided,
        /// When.
        at: Timestamp,
    },
}

/// A testing body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestingBody {
    /// What was entered.
    pub proposed: BodyProposed,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub phase: BodyPhase,
}

impl TestingBody {
    /// May it test goods of this HS code?
    pub fn covers_goods(&self, hs_code: &str) -> bool {
        self.proposed.hs_prefixes.iter().any(|prefix| hs_code.starts_with(prefix.as_str()))
    }

    /// Which of these items are outside its scope?
    pub fn items_outside<'i>(&self, items: &'i [String]) -> Vec<&'i String> {
        items.iter().filter(|item| !self.proposed.items.contains(item)).collect()
    }

    /// Does its acceptance hold on a day?
    pub fn is_valid_on(&self, day: &str) -> bool {
        matches!(self.phase, BodyPhase::InForce { .. }) && *self.proposed.valid_from <= *day && *day <= *self.proposed.valid_to
    }
}

/// Is it a day, `YYYY-MM-DD`?
pub(crate) fn is_day(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let within =
        |range, low, high| text.get(range).and_then(|part: &str| part.parse::<u32>().ok()).is_some_and(|n| (low..=high).contains(&n));
    text.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[7] == b'-'
        && within(5..7, 1, 12)
        && within(8..10, 1, 31)
}

/// Enters a body.
///
/// # Errors
/// `testing-body-exists`; `testing-body-scope` without HS prefixes or items, with too many, or with what is none; `testing-body-days`;
/// `testing-body-text` when name, number or source is missing or too long.
pub fn decide_propose_body(state: Option<&TestingBody>, command: BodyProposed) -> Result<Vec<TestingBodyEvent>, Refusal> {
    const ATTEMPT: &str = "testing-body.propose";
    if let Some(body) = state {
        return Err(Refusal::new(
            "testing-body-exists",
            ATTEMPT,
            body.status(),
            "该机构编号已存在。",
            "A body with this id exists already.",
        ));
    }
    let no = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, "nothing", zh.to_owned(), en.to_owned()));
    let prefix = |text: &String| (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let item = |text: &String| !text.is_empty() && text.len() <= TEST_ITEM_LENGTH_MAX;
    let counted = |count: usize, max| (1..=max).contains(&count);
    if !counted(command.hs_prefixes.len(), SCOPE_PREFIXES_MAX)
        || !counted(command.items.len(), TEST_ITEMS_MAX)
        || !command.hs_prefixes.iter().all(prefix)
        || !command.items.iter().all(item)
    {
        return no(
            "testing-body-scope",
            "须列明采信范围：商品编号前缀（2 至 10 位数字）和检测项目。",
            "The scope names HS prefixes of 2 to 10 digits and test items.",
        );
    }
    if !is_day(&command.valid_from) || !is_day(&command.valid_to) || command.valid_from > command.valid_to {
        return no(
            "testing-body-days",
            "有效期须为 YYYY-MM-DD，且起不晚于止。",
            "The days are written YYYY-MM-DD, the first not after the last.",
        );
    }
    let text = |text: &str| (1..=BODY_TEXT_MAX).contains(&text.trim().chars().count());
    if ![&command.name.zh, &command.name.en, &command.number, &command.source].into_iter().all(|one| text(one)) {
        return no("testing-body-text", "须写明名称、编号和依据文件。", "Name, number and the source of the decision are named.");
    }
    Ok(vec![command.into()])
}

/// What is decided about a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyStep {
    /// Confirm it.
    Confirm,
    /// Do not confirm it.
    Refuse,
    /// Suspend it.
    Suspend,
    /// Accept it again.
    Resume,
    /// Accept it no more.
    Withdraw,
}

/// Decides about a body: what one officer entered another confirms or not; what one suspended another resumes. To suspend and to withdraw
/// takes one: it protects.
///
/// # Errors
/// `testing-body-state` when the step does not follow; `testing-body-same-officer`.
pub fn decide_body(state: &TestingBody, step: BodyStep, decided: BodyDecided) -> Result<Vec<TestingBodyEvent>, Refusal> {
    const ATTEMPT: &str = "testing-body.decide";
    let other = |first: &str| {
        if first == decided.by {
            return Err(Refusal::new(
                "testing-body-same-officer",
                ATTEMPT,
                state.status(),
                "须由另一名关员办理。",
                "Another officer does it.",
            ));
        }
        Ok(())
    };
    match (&state.phase, step) {
        (BodyPhase::Proposed, BodyStep::Confirm) => {
            other(&state.proposed.by)?;
            Ok(vec![BodyConfirmed { by: decided.by }.into()])
        }
        (BodyPhase::Proposed, BodyStep::Refuse) => Ok(vec![BodyRefused(decided).into()]),
        (BodyPhase::InForce { .. }, BodyStep::Suspend) => Ok(vec![BodySuspended(decided).into()]),
        (BodyPhase::Suspended { decided: suspended, .. }, BodyStep::Resume) => {
            other(&suspended.by)?;
            Ok(vec![BodyResumed(decided).into()])
        }
        (BodyPhase::InForce { .. } | BodyPhase::Suspended { .. }, BodyStep::Withdraw) => Ok(vec![BodyWithdrawn(decided).into()]),
        (
            BodyPhase::Proposed
            | BodyPhase::InForce { .. }
            | BodyPhase::Suspended { .. }
            | BodyPhase::Withdrawn { .. }
            | BodyPhase::Refused { .. },
            BodyStep::Confirm | BodyStep::Refuse | BodyStep::Suspend | BodyStep::Resume | BodyStep::Withdraw,
        ) => Err(Refusal::new("testing-body-state", ATTEMPT, state.status(), "此状态下不能办理。", "This does not follow on its state.")),
    }
}

impl Aggregate for TestingBody {
    const KIND: &'static str = "testing-body";
    type Event = TestingBodyEvent;

    fn apply(state: Option<Self>, event: &TestingBodyEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use BodyPhase as P;
        use TestingBodyEvent as E;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut body) = state else {
            return match event {
                E::Proposed(data) => Ok(Self { proposed: data.clone(), at, phase: P::Proposed }),
                E::Confirmed(_) | E::Refused(_) | E::Suspended(_) | E::Resumed(_) | E::Withdrawn(_) => Err(misplaced("nothing")),
            };
        };
        body.phase = match (&body.phase, event) {
            (P::Proposed, E::Confirmed(data)) => P::InForce { by: data.by.clone() },
            (P::Proposed, E::Refused(data)) => P::Refused { decided: data.0.clone(), at },
            (P::InForce { .. }, E::Suspended(data)) => P::Suspended { decided: data.0.clone(), at },
            (P::Suspended { .. }, E::Resumed(data)) => P::InForce { by: data.0.by.clone() },
            (P::InForce { .. } | P::Suspended { .. }, E::Withdrawn(data)) => P::Withdrawn { decided: data.0.clone(), at },
            (
                P::Proposed | P::InForce { .. } | P::Suspended { .. } | P::Withdrawn { .. } | P::Refused { .. },
                E::Proposed(_) | E::Confirmed(_) | E::Refused(_) | E::Suspended(_) | E::Resumed(_) | E::Withdrawn(_),
            ) => return Err(misplaced(body.status())),
        };
        Ok(body)
    }

    fn related(&self, _event: &TestingBodyEvent) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        match self.phase {
            BodyPhase::Proposed => "proposed",
            BodyPhase::InForce { .. } => "in-force",
            BodyPhase::Suspended { .. } => "suspended",
            BodyPhase::Withdrawn { .. } => "withdrawn",
            BodyPhase::Refused { .. } => "refused",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match &self.phase {
            BodyPhase::Proposed | BodyPhase::InForce { .. } | BodyPhase::Suspended { .. } => None,
            BodyPhase::Withdrawn { at, .. } | BodyPhase::Refused { at, .. } => Some(*at),
        };
        let mut keys = vec![id.to_uppercase(), self.proposed.number.to_uppercase()];
        keys.dedup();
        WorkRow {
            title: format!("{id} {}", self.proposed.name.zh),
            status: self.status().to_owned(),
            owner: None,
            action: matches!(self.phase, BodyPhase::Proposed).then(|| "confirm-testing-body".to_owned()),
            authority: Some(self.proposed.district.clone()),
            parties: Vec::new(),
            keys,
            opened_at: self.at,
            due_at: None,
            closed_at,
        }
    }
}
