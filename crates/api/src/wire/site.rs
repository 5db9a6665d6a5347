//! The inspection site: its board, its queue, the rule of who comes first.

use app::AppError;
use app::site::{ProposeSiteRule, QueuePlace as StatePlace, SiteBoard as StateBoard, SiteEntry as StateEntry, SiteLane as StateLane};
use inspection::{Inspection, PriorityClass as StateClass, SiteRule as StateRule, SiteVersion as StateVersion, SiteVersionPhase};
use ledger::{Aggregate, Bilingual, Timestamp};
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inspection::{BoxAtSite, Officer, Period};
use super::{Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// Where an inspection is on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SiteLane {
    /// Its boxes are to come today.
    Expected,
    /// A box is there and waits.
    Waiting,
    /// Taken up, or written down and to be confirmed.
    UnderWay,
    /// It ended today.
    Done,
}

/// The class of an inspection at the site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Priority {
    /// Id of the class.
    pub class: String,
    /// Its name.
    pub name: Text,
    /// Its rank: 1 comes first.
    pub rank: u32,
    /// It needs no appointment (即到即查).
    pub on_arrival: bool,
    /// Version of the rule that gave it.
    pub rule: u32,
}

/// An inspection on the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiteEntry {
    /// Inspection id.
    pub id: String,
    /// Where it is.
    pub lane: SiteLane,
    /// Its place among those that wait, from 1.
    pub position: Option<u32>,
    /// Its class, where a rule gave it one.
    pub priority: Option<Priority>,
    /// Bill number.
    pub bill_no: String,
    /// Container numbers.
    pub containers: Vec<String>,
    /// Boxes at the site.
    pub at_site: Vec<BoxAtSite>,
    /// Terminal.
    pub terminal: Org,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Appointment.
    pub slot: Option<Period>,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// Since when it waits or waited: when the arrival of its first box was told.
    pub arrived_at: Option<Instant>,
    /// When it was taken up.
    pub begun_at: Option<Instant>,
    /// Officers who carry it out; for customs alone.
    pub officers: Vec<Officer>,
}

/// Everything at the site today, in the order of the lanes; those that wait in the order of their places.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiteBoard {
    /// Name of the site.
    pub site: String,
    /// Day of the port's clock.
    pub day: String,
    /// When it was read.
    pub as_of: Instant,
    /// Inspections.
    pub items: Vec<SiteEntry>,
    /// There is more than was looked through.
    pub truncated: bool,
}

/// The place of an inspection among those that wait at the site.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct QueuePlace {
    /// Its place, from 1; null while it does not wait.
    pub position: Option<u32>,
    /// How many wait.
    pub waiting: u32,
}

impl From<StatePlace> for QueuePlace {
    fn from(place: StatePlace) -> Self {
        Self { position: place.position, waiting: place.waiting }
    }
}

/// A class of priority.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PriorityClass {
    /// Id: small letters, digits and hyphens, at most 30.
    pub id: String,
    /// Name, at most 60 characters in each language.
    pub name: Text,
    /// Beginnings of goods codes, 2 to 10 digits; one line of goods suffices.
    #[serde(default)]
    pub hs_prefixes: Vec<String>,
    /// Credit grades of the consignee.
    #[serde(default)]
    pub grades: Vec<String>,
    /// No appointment is needed; the officers are drawn when a box comes (即到即查).
    pub on_arrival: bool,
}

impl From<StateClass> for PriorityClass {
    fn from(class: StateClass) -> Self {
        Self { id: class.id, name: class.name.into(), hs_prefixes: class.hs_prefixes, grades: class.grades, on_arrival: class.on_arrival }
    }
}

impl From<PriorityClass> for StateClass {
    fn from(class: PriorityClass) -> Self {
        Self {
            id: class.id.trim().to_owned(),
            name: Bilingual::new(class.name.zh.trim(), class.name.en.trim()),
            hs_prefixes: class.hs_prefixes,
            grades: class.grades,
            on_arrival: class.on_arrival,
        }
    }
}

/// Writes a version of the rule.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SiteRuleForm {
    /// Classes, the first before all others; at most ten.
    pub classes: Vec<PriorityClass>,
    /// From when it shall be in force; from the approval on when that is later.
    #[schema(value_type = String, format = DateTime)]
    pub valid_from: Timestamp,
    /// Why it is as it is, at most 500 characters.
    #[serde(default)]
    pub note: String,
}

impl From<SiteRuleForm> for ProposeSiteRule {
    fn from(form: SiteRuleForm) -> Self {
        Self { classes: form.classes.into_iter().map(Into::into).collect(), valid_from: form.valid_from, note: form.note }
    }
}

/// A version of the rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiteVersion {
    /// Number, from 1.
    pub number: u32,
    /// `proposed`, `approved` or `refused`.
    pub status: String,
    /// It is in force now.
    pub in_force: bool,
    /// Classes, the first before all others.
    pub classes: Vec<PriorityClass>,
    /// From when it is, or shall be, in force.
    pub valid_from: Instant,
    /// Why it is as it is.
    pub note: String,
    /// By whom it was written.
    pub by: Officer,
    /// When.
    pub at: Instant,
    /// Who approved it or gave it up.
    pub decided_by: Option<Officer>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Why it was given up.
    pub why: Option<String>,
}

/// The rule of the site: which inspections come first, which need no appointment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiteRule {
    /// Versions, newest first.
    pub versions: Vec<SiteVersion>,
    /// What this user may do now.
    pub actions: Vec<String>,
}

impl From<StateLane> for SiteLane {
    fn from(lane: StateLane) -> Self {
        match lane {
            StateLane::Expected => Self::Expected,
            StateLane::Waiting => Self::Waiting,
            StateLane::UnderWay => Self::UnderWay,
            StateLane::Done => Self::Done,
        }
    }
}

/// The class of an inspection, where it has one.
pub(crate) fn priority(state: &Inspection) -> Option<Priority> {
    state.priority.as_ref().map(|one| Priority {
        class: one.class.clone(),
        name: one.name.clone().into(),
        rank: one.rank,
        on_arrival: one.on_arrival,
        rule: one.rule,
    })
}

impl Api {
    async fn site_entry(&self, entry: StateEntry, officer_eyes: bool) -> Result<SiteEntry, AppError> {
        let state = entry.state;
        let mut officers = Vec::new();
        if officer_eyes {
            for id in state.officers() {
                officers.push(self.officer(id).await?);
            }
        }
        Ok(SiteEntry {
            lane: entry.lane.into(),
            position: entry.position,
            priority: priority(&state),
            containers: state.containers.iter().map(|id| container_number(id).to_owned()).collect(),
            at_site: state
                .arrived
                .iter()
                .map(|(id, at)| BoxAtSite { container: container_number(id).to_owned(), at: (*at).into() })
                .collect(),
            terminal: self.org(&state.terminal).await?,
            status: state.status().to_owned(),
            status_text: texts::status(Inspection::KIND, state.status()),
            slot: state.appointment().map(|a| Period { start: a.start.into(), end: a.end.into() }),
            ordered_at: state.ordered_at.into(),
            arrived_at: state.waits_since().map(Into::into),
            begun_at: state.begun.as_ref().map(|begun| begun.at.into()),
            officers,
            bill_no: state.bill,
            id: entry.id,
        })
    }

    /// The board of the site.
    pub async fn site_board(&self, board: StateBoard, at: Timestamp, officer_eyes: bool) -> Result<SiteBoard, AppError> {
        let mut items = Vec::with_capacity(board.entries.len());
        for entry in board.entries {
            items.push(self.site_entry(entry, officer_eyes).await?);
        }
        Ok(SiteBoard { site: self.app.port().inspection_site.clone(), day: board.day, as_of: at.into(), items, truncated: board.truncated })
    }

    /// The rule of the site, as an officer sees it.
    pub async fn site_rule(&self, rule: Option<&StateRule>, principal: &app::Principal, at: Timestamp) -> Result<SiteRule, AppError> {
        let in_force = rule.and_then(|rule| rule.in_force(at)).map(|version| version.number);
        let mut versions = Vec::new();
        for version in rule.into_iter().flat_map(|rule| rule.versions.iter().rev()) {
            versions.push(self.site_version(version, in_force == Some(version.number)).await?);
        }
        let mut actions = Vec::new();
        if !principal.system {
            match rule.and_then(StateRule::open) {
                Some(open) => {
                    actions.push("site-rule.refuse".to_owned());
                    if open.proposed.by != principal.id {
                        actions.push("site-rule.approve".to_owned());
                    }
                }
                None => actions.push("site-rule.propose".to_owned()),
            }
        }
        Ok(SiteRule { versions, actions })
    }

    async fn site_version(&self, version: &StateVersion, in_force: bool) -> Result<SiteVersion, AppError> {
        let (status, decided, why) = match &version.phase {
            SiteVersionPhase::Proposed => ("proposed", None, None),
            SiteVersionPhase::Approved { by, at, .. } => ("approved", Some((by, *at)), None),
            SiteVersionPhase::Refused { by, at, why } => ("refused", Some((by, *at)), Some(why.clone())),
        };
        let from = match version.phase {
            SiteVersionPhase::Approved { from, .. } => from,
            SiteVersionPhase::Proposed | SiteVersionPhase::Refused { .. } => version.proposed.valid_from,
        };
        Ok(SiteVersion {
            number: version.number,
            status: status.to_owned(),
            in_force,
            classes: version.proposed.classes.iter().cloned().map(Into::into).collect(),
            valid_from: from.into(),
            note: version.proposed.note.clone(),
            by: self.officer(&version.proposed.by).await?,
            at: version.proposed_at.into(),
            decided_at: decided.map(|(_, at)| at.into()),
            decided_by: match decided {
                Some((by, _)) => Some(self.officer(by).await?),
                None => None,
            },
            why,
        })
    }
}
