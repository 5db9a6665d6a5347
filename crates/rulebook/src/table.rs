//! A rule table (规则表) and its versions.

use codes::Text;
use ledger::head::Signature;
use ledger::{Aggregate, DomainEvent, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::decide::Checked;
use crate::event::{RuleTableEvent as E, WithdrawalAsked};
use crate::trial::TrialSummary;

/// Most versions of one table, given-up drafts included.
pub const VERSIONS_MAX: usize = 1_000;
/// Most officers who write one version.
pub(crate) const WRITERS_MAX: usize = 16;
/// Longest note or reason, characters.
pub const NOTE_LENGTH_MAX: usize = 500;

/// The text of a version as the ledger names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256 of the canonical JSON, hex; the text is kept under it.
    pub fingerprint: String,
    /// Rules in it.
    pub rows: u32,
    /// First day in force, `YYYY-MM-DD`.
    pub effective_from: String,
    /// Last day in force; open when missing.
    pub effective_to: Option<String>,
}

/// An officer who wrote at a version, and when last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// User id.
    pub officer: String,
    /// When last.
    pub at: Timestamp,
}

/// How a version came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Release {
    /// It came with the platform; the label says so.
    Shipped {
        /// Label.
        origin: Text,
        /// When.
        at: Timestamp,
    },
    /// Countersigned (复核签发).
    Countersigned {
        /// Officer, user id.
        by: String,
        /// When.
        at: Timestamp,
        /// Signature over [`crate::release_statement`].
        signature: Signature,
    },
}

impl Release {
    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Shipped { at, .. } | Self::Countersigned { at, .. } => *at,
        }
    }
}

/// How far a version has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Being written (编制中).
    Draft {
        /// Why it came back, and from whom, when it was submitted before.
        returned: Option<(String, String)>,
    },
    /// Waiting for the countersignature (待复核).
    Submitted {
        /// Officer who submitted it, user id.
        by: String,
        /// Why it is needed.
        note: String,
        /// What the check found.
        checked: Checked,
        /// When.
        at: Timestamp,
    },
    /// Released (已签发): acts from its first day until a later version or its last day.
    Released {
        /// How.
        release: Release,
        /// Officer who wants it to end, and why.
        withdrawal: Option<WithdrawalAsked>,
    },
    /// Ended (已撤回): a draft given up, or a released version that acts no more.
    Withdrawn {
        /// Who, user id; for a released version the second officer.
        by: String,
        /// Why.
        why: String,
        /// When.
        at: Timestamp,
        /// How it had been released, when it had.
        release: Option<Release>,
    },
}

impl Stage {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Submitted { .. } => "submitted",
            Self::Released { .. } => "released",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// A version of a rule table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Number, from 1.
    pub number: u32,
    /// Its text.
    pub content: Content,
    /// Officers who wrote at it, the author first; empty for the version that came with the platform.
    pub writers: Vec<Writer>,
    /// Version from which it was copied.
    pub based_on: Option<u32>,
    /// When it was begun.
    pub opened_at: Timestamp,
    /// Newest finished trial.
    pub tried: Option<TrialSummary>,
    /// How far it has come.
    pub stage: Stage,
}

impl Version {
    /// Who began it; empty for what came with the platform.
    #[must_use]
    pub fn author(&self) -> &str {
        self.writers.first().map_or("", |writer| &writer.officer)
    }

    /// How it was released, while it is not withdrawn.
    #[must_use]
    pub const fn release(&self) -> Option<&Release> {
        match &self.stage {
            Stage::Released { release, .. } => Some(release),
            Stage::Draft { .. } | Stage::Submitted { .. } | Stage::Withdrawn { .. } => None,
        }
    }
}

/// A rule table. Its id is the id of the decision table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTable {
    /// Customs district that owns it, 4 digits.
    pub authority: String,
    /// Title.
    pub title: Text,
    /// Versions; the number is the position, counted from 1.
    pub versions: Vec<Version>,
    /// When it was installed.
    pub opened_at: Timestamp,
}

impl RuleTable {
    /// A version.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&Version> {
        self.versions.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// The number that the next version gets.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        u32::try_from(self.versions.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Versions that are released and not withdrawn, in the order of their release.
    #[must_use]
    pub fn released(&self) -> Vec<&Version> {
        let mut list: Vec<&Version> = self.versions.iter().filter(|version| version.release().is_some()).collect();
        list.sort_by_key(|version| (version.release().map(Release::at), version.number));
        list
    }

    /// The version in force on a day `YYYY-MM-DD`: of those that have begun and not ended the one with the latest first day, and of these the
    /// one released last. A decision of an earlier day stays under the version of that day.
    #[must_use]
    pub fn in_force_on(&self, day: &str) -> Option<&Version> {
        let begun = |version: &&Version| {
            let Content { effective_from, effective_to, .. } = &version.content;
            effective_from.as_str() <= day && effective_to.as_ref().is_none_or(|to| day <= to.as_str())
        };
        // `max_by_key` keeps the last of equals.
        self.released().into_iter().filter(begun).max_by_key(|version| version.content.effective_from.clone())
    }

    fn changed(mut self, number: u32, kind: &'static str, change: impl FnOnce(&mut Version) -> bool) -> Result<Self, ReplayError> {
        let found = usize::try_from(number).ok().and_then(|n| n.checked_sub(1)).and_then(|index| self.versions.get_mut(index));
        match found.map(change) {
            Some(true) => Ok(self),
            Some(false) | None => Err(ReplayError::OutOfOrder { kind, state: self.stage_of(number).to_owned() }),
        }
    }

    /// Stage of a version, or `nothing`.
    pub(crate) fn stage_of(&self, number: u32) -> &'static str {
        self.version(number).map_or("nothing", |version| version.stage.code())
    }
}

impl Aggregate for RuleTable {
    const KIND: &'static str = "rule-table";
    type Event = E;

    fn apply(state: Option<Self>, event: &E, at: Timestamp) -> Result<Self, ReplayError> {
        let kind = event.kind();
        let Some(table) = state else {
            return match event {
                E::Installed(data) => {
                    let stage = Stage::Released { release: Release::Shipped { origin: data.origin.clone(), at }, withdrawal: None };
                    let version = Version {
                        number: 1,
                        content: data.content.clone(),
                        writers: Vec::new(),
                        based_on: None,
                        opened_at: at,
                        tried: None,
                        stage,
                    };
                    Ok(Self { authority: data.authority.clone(), title: data.title.clone(), versions: vec![version], opened_at: at })
                }
                E::Drafted(_)
                | E::Edited(_)
                | E::Tried(_)
                | E::Submitted(_)
                | E::Returned(_)
                | E::Released(_)
                | E::WithdrawalAsked(_)
                | E::Kept(_)
                | E::Withdrawn(_) => Err(ReplayError::OutOfOrder { kind, state: "nothing".into() }),
            };
        };
        match event {
            E::Installed(_) => Err(ReplayError::OutOfOrder { kind, state: table.status().into() }),
            E::Drafted(data) => {
                let mut table = table;
                let number = table.next_number();
                table.versions.push(Version {
                    number,
                    content: data.content.clone(),
                    writers: vec![Writer { officer: data.by.clone(), at }],
                    based_on: Some(data.based_on),
                    opened_at: at,
                    tried: None,
                    stage: Stage::Draft { returned: None },
                });
                Ok(table)
            }
            E::Edited(data) => table.changed(data.version, kind, |version| {
                version.content = data.content.clone();
                match version.writers.iter_mut().find(|writer| writer.officer == data.by) {
                    Some(writer) => writer.at = at,
                    None => version.writers.push(Writer { officer: data.by.clone(), at }),
                }
                matches!(version.stage, Stage::Draft { .. })
            }),
            E::Tried(data) => table.changed(data.version, kind, |version| {
                version.tried = Some(data.trial.clone());
                matches!(version.stage, Stage::Draft { .. } | Stage::Submitted { .. })
            }),
            E::Submitted(data) => table.changed(data.version, kind, |version| {
                let (by, note, checked) = (data.by.clone(), data.note.clone(), data.checked.clone());
                let was = std::mem::replace(&mut version.stage, Stage::Submitted { by, note, checked, at });
                matches!(was, Stage::Draft { .. })
            }),
            E::Returned(data) => table.changed(data.version, kind, |version| {
                let next = Stage::Draft { returned: Some((data.why.clone(), data.by.clone())) };
                matches!(std::mem::replace(&mut version.stage, next), Stage::Submitted { .. })
            }),
            E::Released(data) => table.changed(data.version, kind, |version| {
                let release = Release::Countersigned { by: data.by.clone(), at, signature: data.signature.clone() };
                let next = Stage::Released { release, withdrawal: None };
                matches!(std::mem::replace(&mut version.stage, next), Stage::Submitted { .. })
            }),
            E::WithdrawalAsked(data) => table.changed(data.version, kind, |version| match &mut version.stage {
                Stage::Released { withdrawal: wish @ None, .. } => wish.replace(data.clone()).is_none(),
                Stage::Released { withdrawal: Some(_), .. } | Stage::Draft { .. } | Stage::Submitted { .. } | Stage::Withdrawn { .. } => {
                    false
                }
            }),
            E::Kept(data) => table.changed(data.version, kind, |version| match &mut version.stage {
                Stage::Released { withdrawal, .. } => withdrawal.take().is_some(),
                Stage::Draft { .. } | Stage::Submitted { .. } | Stage::Withdrawn { .. } => false,
            }),
            E::Withdrawn(data) => table.changed(data.version, kind, |version| {
                let release = version.release().cloned();
                let next = Stage::Withdrawn { by: data.by.clone(), why: data.why.clone(), at, release };
                !matches!(std::mem::replace(&mut version.stage, next), Stage::Withdrawn { .. })
            }),
        }
    }

    fn related(&self, _event: &E) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        let any = |code| self.versions.iter().any(|version| version.stage.code() == code);
        let withdrawal = |version: &Version| matches!(version.stage, Stage::Released { withdrawal: Some(_), .. });
        if any("submitted") || self.versions.iter().any(withdrawal) {
            "awaiting-countersign"
        } else if any("draft") {
            "being-changed"
        } else {
            "settled"
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let status = self.status();
        WorkRow {
            title: id.to_owned(),
            status: status.to_owned(),
            owner: None,
            // An action without an owner is the authority's.
            action: (status == "awaiting-countersign").then(|| "countersign-rules".to_owned()),
            authority: Some(self.authority.clone()),
            parties: Vec::new(),
            keys: vec![id.to_uppercase()],
            opened_at: self.opened_at,
            due_at: None,
            closed_at: None,
        }
    }
}
