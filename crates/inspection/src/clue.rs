//! A clue (线索): something an authority heard of and has an officer check (反走私、县域治理). INS-20.
//!
//! Invariants: a clue accuses nobody. It names no other object on the ledger, and nothing follows from it: no grade, no risk decision, no hold.
//! Only the officer to whom it is assigned says what was found, and somebody else closes it (四眼).
//!
//! Who and what it is about, its text and the facts that were looked up are kept beside the ledger in the file of the clue (线索卷宗), sealed to its
//! authority, and are destroyed when its retention is over. The ledger keeps their seals, and a fingerprint of what it is about.

use std::collections::BTreeMap;

use ledger::{Aggregate, Bilingual, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::authority::Authority;

/// Most people to whom one clue is assigned, one after the other.
pub const CLUE_ASSIGNMENTS_MAX: usize = 20;
/// Most look-ups of facts of one clue.
pub const CLUE_READINGS_MAX: usize = 10;
/// Most authorities that see one clue besides its own.
pub const CLUE_SHARES_MAX: usize = 10;
/// Longest time to check a clue, days.
pub const CLUE_DUE_DAYS_MAX: i64 = 366;

/// A set of codes of a clue, each with its code as it is stored and shown.
macro_rules! codes_of_a_clue {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
            pub enum $name { $($(#[$vmeta])* #[serde(rename = $code)] $variant),+ }

            impl $name {
                /// Every one.
                pub const ALL: &'static [Self] = &[$(Self::$variant),+];

                /// Stable code.
                pub const fn code(self) -> &'static str {
                    match self { $(Self::$variant => $code),+ }
                }
            }
        )+
    };
}

codes_of_a_clue! {
    /// Where a clue comes from (线索来源). The platform's own list; no public one was found.
    pub enum ClueSource {
        /// Somebody of the public told it (群众举报).
        PublicReport = "public-report",
        /// A patrol saw it (巡查发现).
        Patrol = "patrol",
        /// Another authority handed it over (部门移送).
        Transferred = "transferred",
        /// Data showed it (数据分析).
        Data = "data",
        /// An inspection came upon it (查验发现).
        Inspection = "inspection",
        /// Anything else (其他).
        Other = "other",
    }

    /// What kind of thing a clue is about.
    pub enum ClueAbout {
        /// An enterprise, by its unified social credit code (企业).
        Enterprise = "enterprise",
        /// A box, by its number (集装箱).
        Container = "container",
        /// A bill, by its number (提单).
        Bill = "bill",
        /// A ship, by its IMO number (船舶).
        Ship = "ship",
        /// A vehicle, by its plate (车辆).
        Plate = "plate",
    }

    /// How much it weighs (严重程度), as whoever registered it thinks.
    pub enum ClueSeverity {
        /// Little (一般).
        Low = "low",
        /// Some (较重).
        Medium = "medium",
        /// Much (重大).
        High = "high",
    }

    /// What checking it came to (核查结论).
    pub enum ClueFinding {
        /// It is so (属实).
        Confirmed = "confirmed",
        /// It is not so (不属实).
        NotConfirmed = "not-confirmed",
        /// It cannot be told yet (需进一步核查).
        NeedsMore = "needs-more",
    }

    /// Why facts are looked up (查询用途).
    pub enum CluePurpose {
        /// To judge the clue before it is assigned (研判).
        Assess = "assess",
        /// To check it (核查).
        Check = "check",
        /// To review the answer before the clue is closed (复核).
        Review = "review",
    }

    /// What of a clue another authority sees (共享范围).
    pub enum ClueScope {
        /// What it is about and its text.
        Clue = "clue",
        /// That, the facts, and what was found.
        All = "all",
    }
}

/// How long the file of a clue is kept after it was closed (保管期限).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Label, kept with the clue.
    pub label: String,
    /// Name.
    pub name: Bilingual,
    /// Days after the clue was closed.
    pub days: u32,
}

/// Rules of the register of clues. How long clues are kept is not published: the shipped periods are assumptions that the authority replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClueRules {
    /// The periods one may choose from; the first is the usual one.
    pub retention: Vec<Retention>,
}

impl Default for ClueRules {
    fn default() -> Self {
        let period = |label: &str, zh: &str, en: &str, days| Retention { label: label.into(), name: Bilingual::new(zh, en), days };
        Self {
            retention: vec![
                period("three-years", "三年", "Three years", 1_095),
                period("one-year", "一年", "One year", 365),
                period("ten-years", "十年", "Ten years", 3_650),
            ],
        }
    }
}

impl ClueRules {
    /// A period by its label.
    pub fn period(&self, label: &str) -> Option<&Retention> {
        self.retention.iter().find(|one| one.label == label)
    }
}

/// Where it is about: a county or another place, as the authority calls it (县域).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CluePlace {
    /// County (县区), six digits of GB/T 2260.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Name of the place.
    pub name: String,
}

/// How far a clue has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum CluePhase {
    /// Registered (已登记).
    Registered,
    /// Somebody checks it (核查中).
    Assigned,
    /// Checked (已反馈), to be closed by somebody else or, when more is needed, assigned again.
    Checked {
        /// What it came to.
        finding: ClueFinding,
    },
    /// Closed (已办结).
    Closed {
        /// What it came to.
        finding: ClueFinding,
        /// By whom, user id.
        by: String,
        /// Seal of the reason.
        seal: String,
        /// When.
        at: Timestamp,
        /// Until when its file is kept.
        keep_until: Timestamp,
    },
}

/// An assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueAssignment {
    /// What was said.
    pub assigned: ClueAssigned,
    /// When.
    pub at: Timestamp,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueAnswer {
    /// What was found.
    pub checked: ClueChecked,
    /// When.
    pub at: Timestamp,
}

/// A look-up of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueReading {
    /// What was looked up.
    pub facts: ClueFactsAttached,
    /// When.
    pub at: Timestamp,
}

/// Another authority that sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueShare {
    /// With whom, and what.
    pub shared: ClueShared,
    /// When.
    pub at: Timestamp,
}

/// A clue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clue {
    /// What was registered.
    pub registered: ClueRegistered,
    /// When.
    pub registered_at: Timestamp,
    /// How far it has come.
    pub phase: CluePhase,
    /// Assignments, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<ClueAssignment>,
    /// Answers, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<ClueAnswer>,
    /// Look-ups of facts, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ClueReading>,
    /// Other authorities that see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ClueShare>,
}

impl Clue {
    /// Is it the own clue of an organisation, or of an office of the same customs district?
    pub fn belongs_to(&self, organisation: &str, customs_district: Option<&str>) -> bool {
        let registered = &self.registered;
        registered.organisation == organisation || (registered.district.is_some() && registered.district.as_deref() == customs_district)
    }

    /// What another authority may see of it.
    pub fn shared_with(&self, organisation: &str) -> Option<ClueScope> {
        self.shares.iter().filter(|share| share.shared.with == organisation).map(|share| share.shared.scope).max()
    }

    /// The assignment in force, while somebody checks it.
    pub fn open_assignment(&self) -> Option<&ClueAssignment> {
        match self.phase {
            CluePhase::Assigned => self.assignments.last(),
            CluePhase::Registered | CluePhase::Checked { .. } | CluePhase::Closed { .. } => None,
        }
    }

    /// What checking it came to so far.
    pub fn finding(&self) -> Option<ClueFinding> {
        self.answers.last().map(|answer| answer.checked.finding)
    }

    /// Until when its file is kept; open clues keep theirs.
    pub fn keep_until(&self) -> Option<Timestamp> {
        match &self.phase {
            CluePhase::Closed { keep_until, .. } => Some(*keep_until),
            CluePhase::Registered | CluePhase::Assigned | CluePhase::Checked { .. } => None,
        }
    }
}

/// `clue.registered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueRegistered {
    /// Which authority.
    pub authority: Authority,
    /// Its organisation id.
    pub organisation: String,
    /// Its customs district, when it is customs.
    #[serde(default)]
    pub district: Option<String>,
    /// By whom, user or key id.
    pub by: String,
    /// Where it comes from.
    pub source: ClueSource,
    /// What kind of thing it is about.
    pub about: ClueAbout,
    /// Keyed hash of what it is about: the same thing has the same one.
    pub fingerprint: String,
    /// How much it weighs.
    pub severity: ClueSeverity,
    /// Where.
    pub place: CluePlace,
    /// Label of its retention.
    pub retention: String,
    /// Seal of what it is about and of its text.
    pub seal: String,
}

/// `clue.facts-attached`; also the command: what credit and movements said of its subject at that moment is in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueFactsAttached {
    /// Who looked.
    pub by: String,
    /// What for.
    pub purpose: CluePurpose,
    /// Facts found, by their source.
    pub found: BTreeMap<String, u32>,
    /// Sources that this authority may not read.
    #[serde(default)]
    pub withheld: Vec<String>,
    /// There is more than was looked through or kept.
    #[serde(default)]
    pub more: bool,
    /// Seal of the facts.
    pub seal: String,
}

/// `clue.assigned`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueAssigned {
    /// To whom, user id.
    pub officer: String,
    /// By whom, user id.
    pub by: String,
    /// Until when it is to be checked.
    pub due: Timestamp,
}

/// `clue.checked`; also the command: feedback of the officer (反馈).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueChecked {
    /// By whom, user id.
    pub by: String,
    /// What it came to.
    pub finding: ClueFinding,
    /// Seal of what was found.
    pub seal: String,
}

/// `clue.shared`; also the command: another authority sees it (共享).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueShared {
    /// With whom, organisation id.
    pub with: String,
    /// What it sees.
    pub scope: ClueScope,
    /// By whom, user id.
    pub by: String,
    /// Seal of the reason.
    pub seal: String,
}

/// `clue.closed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueClosed {
    /// By whom, user id.
    pub by: String,
    /// Seal of the reason.
    pub seal: String,
    /// Until when its file is kept.
    pub keep_until: Timestamp,
}

ledger::domain_events! {
    /// What happens to a clue.
    pub enum ClueEvent for "clue" {
        /// Registered.
        Registered(ClueRegistered) = "clue.registered",
        /// Facts were looked up.
        FactsAttached(ClueFactsAttached) = "clue.facts-attached",
        /// Assigned to an officer.
        Assigned(ClueAssigned) = "clue.assigned",
        /// Checked.
        Checked(ClueChecked) = "clue.checked",
        /// Another authority sees it.
        Shared(ClueShared) = "clue.shared",
        /// Closed.
        Closed(ClueClosed) = "clue.closed",
    }
}

impl Aggregate for Clue {
    const KIND: &'static str = "clue";
    type Event = ClueEvent;

    fn apply(state: Option<Self>, event: &ClueEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |state: &str| ReplayError::OutOfOrder { kind: event.kind(), state: state.to_owned() };
        let Some(mut clue) = state else {
            return match event {
                ClueEvent::Registered(registered) => Ok(Self {
                    registered: registered.clone(),
                    registered_at: at,
                    phase: CluePhase::Registered,
                    assignments: Vec::new(),
                    answers: Vec::new(),
                    readings: Vec::new(),
                    shares: Vec::new(),
                }),
                ClueEvent::FactsAttached(_)
                | ClueEvent::Assigned(_)
                | ClueEvent::Checked(_)
                | ClueEvent::Shared(_)
                | ClueEvent::Closed(_) => Err(misplaced("nothing")),
            };
        };
        match (&clue.phase, event) {
            (_, ClueEvent::Registered(_)) => return Err(misplaced(clue.status())),
            // Facts and sharing belong to a clue whatever came of it.
            (_, ClueEvent::Shared(shared)) => clue.shares.push(ClueShare { shared: shared.clone(), at }),
            (CluePhase::Registered | CluePhase::Assigned | CluePhase::Checked { .. }, ClueEvent::FactsAttached(facts)) => {
                clue.readings.push(ClueReading { facts: facts.clone(), at });
            }
            (CluePhase::Registered | CluePhase::Assigned | CluePhase::Checked { .. }, ClueEvent::Assigned(assigned)) => {
                clue.assignments.push(ClueAssignment { assigned: assigned.clone(), at });
                clue.phase = CluePhase::Assigned;
            }
            (CluePhase::Assigned, ClueEvent::Checked(checked)) => {
                clue.answers.push(ClueAnswer { checked: checked.clone(), at });
                clue.phase = CluePhase::Checked { finding: checked.finding };
            }
            (CluePhase::Checked { finding }, ClueEvent::Closed(closed)) => {
                clue.phase = CluePhase::Closed {
                    finding: *finding,
                    by: closed.by.clone(),
                    seal: closed.seal.clone(),
                    at,
                    keep_until: closed.keep_until,
                };
            }
            (CluePhase::Registered | CluePhase::Checked { .. }, ClueEvent::Checked(_))
            | (CluePhase::Registered | CluePhase::Assigned, ClueEvent::Closed(_))
            | (
                CluePhase::Closed { .. },
                ClueEvent::FactsAttached(_) | ClueEvent::Assigned(_) | ClueEvent::Checked(_) | ClueEvent::Closed(_),
            ) => return Err(misplaced(clue.status())),
        }
        Ok(clue)
    }

    /// None: what a clue is about must not find it in its own story, and nothing is to follow from it.
    fn related(&self, _event: &ClueEvent) -> Vec<Related> {
        Vec::<(ObjectRef, &'static str)>::new()
    }

    fn status(&self) -> &'static str {
        match self.phase {
            CluePhase::Registered => "registered",
            CluePhase::Assigned => "assigned",
            CluePhase::Checked { finding } => finding.code(),
            CluePhase::Closed { .. } => "closed",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let registered = &self.registered;
        let action = match self.phase {
            CluePhase::Registered | CluePhase::Checked { finding: ClueFinding::NeedsMore } => Some("assign-clue"),
            CluePhase::Assigned => Some("check-clue"),
            CluePhase::Checked { finding: ClueFinding::Confirmed | ClueFinding::NotConfirmed } => Some("close-clue"),
            CluePhase::Closed { .. } => None,
        };
        // What it is about is sealed: it is found by its fingerprint.
        let mut keys = vec![id.to_uppercase(), registered.fingerprint.to_uppercase(), registered.retention.to_uppercase()];
        keys.extend(registered.place.county.clone());
        keys.extend(self.finding().map(finding_key));
        keys.extend(self.open_assignment().map(|one| officer_key(&one.assigned.officer)));
        keys.extend(self.shares.iter().map(|share| shared_key(&share.shared.with)));
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            // What customs must do is its district's.
            owner: action.filter(|_| registered.district.is_none()).map(|_| registered.organisation.clone()),
            action: action.map(str::to_owned),
            authority: registered.district.clone(),
            // Whoever it is shared with sees what was shared, and not this row: it tells what was found, and by whom.
            parties: vec![registered.organisation.clone()],
            keys,
            opened_at: self.registered_at,
            due_at: self.open_assignment().map(|one| one.assigned.due),
            closed_at: match self.phase {
                CluePhase::Closed { at, .. } => Some(at),
                CluePhase::Registered | CluePhase::Assigned | CluePhase::Checked { .. } => None,
            },
        }
    }
}

/// Key by which clues with a finding are found.
pub fn finding_key(finding: ClueFinding) -> String {
    format!("FINDING:{}", finding.code().to_uppercase())
}

/// Key by which the clues that an officer checks are found.
pub fn officer_key(officer: &str) -> String {
    format!("OFFICER:{}", officer.to_uppercase())
}

/// Key by which the clues shared with an organisation are found.
pub fn shared_key(organisation: &str) -> String {
    format!("SHARED:{}", organisation.to_uppercase())
}
