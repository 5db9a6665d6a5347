//! The roster of a day (排班): which officer is where, when, and what of it is overtime (INS-11).
//!
//! Invariants: nobody is in two places at once, also across midnight; nobody who is absent is given a shift; a shift asks for no competence that
//! its officer lacks; what is overtime follows from the calendar and the hours of the day, and from nobody's wish.
//!
//! Why somebody is absent is told in three words that say nothing of a person's health: a ledger cannot forget.
//!
//! Deliberately does not know the calendar, nor who is an officer: [`ShiftFacts`] come in.

use std::collections::{BTreeMap, BTreeSet};

use codes::calendar::DayKind;
use ledger::{Aggregate, DomainEvent, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::OFFICERS_MIN;

/// Most shifts of a day.
pub const SHIFTS_MAX: usize = 500;
/// Longest shift, hours.
pub const SHIFT_HOURS_MAX: i64 = 12;
/// Shortest shift, minutes.
pub const SHIFT_MINUTES_MIN: i64 = 30;
/// Minutes of a working day (日工作时间); what is beyond is overtime.
pub const DAY_MINUTES: i64 = 480;

/// Why hours are overtime (加班类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OvertimeKind {
    /// Beyond the hours of a working day (延时加班).
    Extended,
    /// On a rest day (休息日加班).
    RestDay,
    /// On a statutory holiday (法定节假日加班).
    Holiday,
}

impl OvertimeKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Extended => "extended",
            Self::RestDay => "rest-day",
            Self::Holiday => "holiday",
        }
    }
}

/// Overtime of a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtime {
    /// Why.
    pub kind: OvertimeKind,
    /// How much of the shift, minutes.
    pub minutes: u32,
}

/// A shift (班次).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Number within the day, from 1.
    pub number: u32,
    /// Officer, user id.
    pub officer: String,
    /// Inspection site or post.
    pub site: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub to: Timestamp,
    /// What the officer must be able to do there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competence: Option<String>,
    /// What of it is overtime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overtime: Option<Overtime>,
}

impl Shift {
    /// How long it is, minutes.
    pub fn minutes(&self) -> i64 {
        self.to.since_millis(self.from) / 60_000
    }
}

/// Why an officer is absent: nothing of a person's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// On leave (休假).
    Leave,
    /// At a training (培训).
    Training,
    /// On other duty (其他公务).
    OtherDuty,
}

impl Absence {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Training => "training",
            Self::OtherDuty => "other-duty",
        }
    }
}

/// `roster.shift-assigned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftAssigned {
    /// Customs district.
    pub district: String,
    /// Day of the port's clock.
    pub day: String,
    /// The shift.
    pub shift: Shift,
    /// Who assigned it, user id.
    pub by: String,
}

/// `roster.shift-removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftRemoved {
    /// Number of the shift.
    pub number: u32,
    /// Who removed it, user id.
    pub by: String,
}

/// `roster.absence-noted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceNoted {
    /// Customs district.
    pub district: String,
    /// Day of the port's clock.
    pub day: String,
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub absence: Absence,
    /// Who noted it, user id.
    pub by: String,
}

/// `roster.absence-lifted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceLifted {
    /// Officer, user id.
    pub officer: String,
    /// Who lifted it, user id.
    pub by: String,
}

/// `roster.published`: from now on officers are drawn from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPublished {
    /// Who published it, user id.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to the roster of a day.
    pub enum RosterEvent for "roster" {
        /// An officer was given a shift.
        ShiftAssigned(ShiftAssigned) = "roster.shift-assigned",
        /// A shift was taken back.
        ShiftRemoved(ShiftRemoved) = "roster.shift-removed",
        /// An officer will not be there.
        AbsenceNoted(AbsenceNoted) = "roster.absence-noted",
        /// An officer will be there after all.
        AbsenceLifted(AbsenceLifted) = "roster.absence-lifted",
        /// It is in force.
        Published(RosterPublished) = "roster.published",
    }
}

/// The roster of a day and district. Its id is [`roster_id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Customs district, four digits.
    pub district: String,
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub day: String,
    /// Shifts, by number.
    pub shifts: Vec<Shift>,
    /// Officers who are absent.
    pub absent: BTreeMap<String, Absence>,
    /// Number of the next shift.
    pub next: u32,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Since when it is in force.
    pub published_at: Option<Timestamp>,
}

/// Id of the roster of a district's day.
pub fn roster_id(district: &str, day: &str) -> String {
    format!("{district}-{day}")
}

impl Roster {
    /// Officers who are there, at a site: those with a shift who are not absent.
    pub fn on_duty(&self, site: &str) -> BTreeSet<&str> {
        self.present(site).map(|shift| shift.officer.as_str()).collect()
    }

    /// Minutes of the shifts of those who are there, at a site.
    pub fn minutes_at(&self, site: &str) -> i64 {
        self.present(site).map(Shift::minutes).sum()
    }

    /// Minutes of an officer's overtime on the day.
    pub fn overtime_of(&self, officer: &str) -> u32 {
        let of = self.shifts.iter().filter(|shift| shift.officer == officer && !self.absent.contains_key(officer));
        of.filter_map(|shift| shift.overtime).map(|overtime| overtime.minutes).sum()
    }

    fn present<'a>(&'a self, site: &str) -> impl Iterator<Item = &'a Shift> {
        let site = site.to_owned();
        self.shifts.iter().filter(move |shift| shift.site == site && !self.absent.contains_key(&shift.officer))
    }
}

/// What must be known to give an officer a shift.
#[derive(Clone, Debug)]
pub struct ShiftFacts {
    /// First instant of the day, and of the next.
    pub day: (Timestamp, Timestamp),
    /// Kind of the day, by the calendar.
    pub kind: DayKind,
    /// What the officer may inspect; `None` when there is no such officer of the district.
    pub competences: Option<Vec<String>>,
    /// The officer's shifts of the day before and after: from, until.
    pub beside: Vec<(Timestamp, Timestamp)>,
    /// Sites and posts of the port.
    pub sites: Vec<String>,
}

/// A shift that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftWanted {
    /// Customs district.
    pub district: String,
    /// Day of the port's clock.
    pub day: String,
    /// Officer, user id.
    pub officer: String,
    /// Site or post.
    pub site: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub to: Timestamp,
    /// What the officer must be able to do.
    pub competence: Option<String>,
    /// Who assigns it, user id.
    pub by: String,
}

fn refuse<T>(state: Option<&Roster>, attempted: &'static str, code: &'static str, zh: String, en: String) -> Result<T, Refusal> {
    Err(Refusal::new(code, attempted, state.map_or("none", Aggregate::status), zh, en))
}

/// Gives an officer a shift.
///
/// # Errors
/// `roster-day-over`; `roster-site`; `roster-officer-unknown`; `roster-competence`; `roster-shift-time` when it does not begin on the day or is
/// shorter than [`SHIFT_MINUTES_MIN`] or longer than [`SHIFT_HOURS_MAX`]; `roster-officer-absent`; `roster-two-places`; `roster-full`.
pub fn decide_assign_shift(
    state: Option<&Roster>,
    wanted: ShiftWanted,
    facts: &ShiftFacts,
    at: Timestamp,
) -> Result<Vec<RosterEvent>, Refusal> {
    const ATTEMPT: &str = "roster.assign";
    let no = |code, zh: &str, en: &str| refuse(state, ATTEMPT, code, zh.to_owned(), en.to_owned());
    let (begins, ends) = facts.day;
    if at >= ends {
        return no("roster-day-over", "该日已过，不能再排班。", "The day is over.");
    }
    if !facts.sites.contains(&wanted.site) {
        return no("roster-site", "没有这个查验场地或岗位。", "There is no such site or post.");
    }
    let Some(competences) = &facts.competences else {
        return no("roster-officer-unknown", "本关区没有这名查验人员。", "There is no such officer of the district.");
    };
    if let Some(missing) = wanted.competence.as_ref().filter(|wanted| !competences.contains(wanted)) {
        return refuse(
            state,
            ATTEMPT,
            "roster-competence",
            format!("该人员不具备“{missing}”资质。"),
            format!("The officer has not the competence {missing}."),
        );
    }
    let minutes = wanted.to.since_millis(wanted.from) / 60_000;
    let whole = wanted.to.since_millis(wanted.from) % 60_000 == 0;
    if wanted.from < begins || wanted.from >= ends || !whole || !(SHIFT_MINUTES_MIN..=SHIFT_HOURS_MAX * 60).contains(&minutes) {
        return refuse(
            state,
            ATTEMPT,
            "roster-shift-time",
            format!("班次须当日开始，时长 {SHIFT_MINUTES_MIN} 分钟至 {SHIFT_HOURS_MAX} 小时。"),
            format!("A shift begins on the day and lasts {SHIFT_MINUTES_MIN} minutes to {SHIFT_HOURS_MAX} hours."),
        );
    }
    let of_day: &[Shift] = state.map_or(&[], |state| &state.shifts);
    if state.is_some_and(|state| state.absent.contains_key(&wanted.officer)) {
        return no("roster-officer-absent", "该人员当日不在岗。", "The officer is absent that day.");
    }
    let own = of_day.iter().filter(|shift| shift.officer == wanted.officer);
    let meets = |(from, to): (Timestamp, Timestamp)| from < wanted.to && wanted.from < to;
    if own.clone().map(|shift| (shift.from, shift.to)).chain(facts.beside.iter().copied()).any(meets) {
        return no(
            "roster-two-places",
            "该人员在此时段已有班次，不能同时在两处。",
            "The officer has a shift at that time already: nobody is in two places at once.",
        );
    }
    if of_day.len() >= SHIFTS_MAX {
        return refuse(
            state,
            ATTEMPT,
            "roster-full",
            format!("一天最多 {SHIFTS_MAX} 个班次。"),
            format!("A day has at most {SHIFTS_MAX} shifts."),
        );
    }
    let before: i64 = own.map(Shift::minutes).sum();
    let ShiftWanted { district, day, officer, site, from, to, competence, by } = wanted;
    let overtime = overtime(facts.kind, before, minutes);
    let number = state.map_or(1, |state| state.next);
    let shift = Shift { number, officer, site, from, to, competence, overtime };
    Ok(vec![ShiftAssigned { district, day, shift, by }.into()])
}

/// What of a shift is overtime: all of it on a day off, what is beyond the hours of a working day otherwise.
fn overtime(kind: DayKind, before: i64, minutes: i64) -> Option<Overtime> {
    let (kind, beyond) = match kind {
        DayKind::Holiday => (OvertimeKind::Holiday, minutes),
        DayKind::Rest => (OvertimeKind::RestDay, minutes),
        DayKind::Work => (OvertimeKind::Extended, (before + minutes - DAY_MINUTES).clamp(0, minutes)),
    };
    let minutes = u32::try_from(beyond).ok().filter(|minutes| *minutes > 0)?;
    Some(Overtime { kind, minutes })
}

/// Takes a shift back.
///
/// # Errors
/// `roster-no-shift`; `roster-day-over`.
pub fn decide_remove_shift(state: &Roster, number: u32, by: String, ends: Timestamp, at: Timestamp) -> Result<Vec<RosterEvent>, Refusal> {
    const ATTEMPT: &str = "roster.remove";
    if at >= ends {
        return refuse(Some(state), ATTEMPT, "roster-day-over", "该日已过，不能再改。".into(), "The day is over.".into());
    }
    if state.shifts.iter().all(|shift| shift.number != number) {
        return refuse(Some(state), ATTEMPT, "roster-no-shift", "没有这个班次。".into(), "There is no such shift.".into());
    }
    Ok(vec![ShiftRemoved { number, by }.into()])
}

/// Notes that an officer will not be there. Shifts stay and do not count.
///
/// # Errors
/// `roster-day-over`; `roster-officer-unknown`; `roster-officer-absent` when that is noted already.
pub fn decide_note_absence(
    state: Option<&Roster>,
    command: AbsenceNoted,
    facts: &ShiftFacts,
    at: Timestamp,
) -> Result<Vec<RosterEvent>, Refusal> {
    const ATTEMPT: &str = "roster.note-absence";
    if at >= facts.day.1 {
        return refuse(state, ATTEMPT, "roster-day-over", "该日已过，不能再改。".into(), "The day is over.".into());
    }
    if facts.competences.is_none() {
        let (zh, en) = ("本关区没有这名查验人员。", "There is no such officer of the district.");
        return refuse(state, ATTEMPT, "roster-officer-unknown", zh.into(), en.into());
    }
    if state.is_some_and(|state| state.absent.contains_key(&command.officer)) {
        return refuse(state, ATTEMPT, "roster-officer-absent", "该人员当日已登记不在岗。".into(), "The absence is noted already.".into());
    }
    Ok(vec![command.into()])
}

/// Notes that an officer will be there after all.
///
/// # Errors
/// `roster-officer-present`; `roster-day-over`.
pub fn decide_lift_absence(state: &Roster, command: AbsenceLifted, ends: Timestamp, at: Timestamp) -> Result<Vec<RosterEvent>, Refusal> {
    const ATTEMPT: &str = "roster.lift-absence";
    if at >= ends {
        return refuse(Some(state), ATTEMPT, "roster-day-over", "该日已过，不能再改。".into(), "The day is over.".into());
    }
    if !state.absent.contains_key(&command.officer) {
        let (zh, en) = ("该人员没有登记不在岗。", "No absence of the officer is noted.");
        return refuse(Some(state), ATTEMPT, "roster-officer-present", zh.into(), en.into());
    }
    Ok(vec![command.into()])
}

/// Puts the roster in force: officers of the day are drawn from those who are at the site. It may still be changed.
///
/// # Errors
/// `roster-published` the second time; `roster-day-over`; `roster-too-few` with fewer officers at the site than an inspection needs.
pub fn decide_publish_roster(state: &Roster, site: &str, by: String, ends: Timestamp, at: Timestamp) -> Result<Vec<RosterEvent>, Refusal> {
    const ATTEMPT: &str = "roster.publish";
    if at >= ends {
        return refuse(Some(state), ATTEMPT, "roster-day-over", "该日已过，不能再改。".into(), "The day is over.".into());
    }
    if state.published_at.is_some() {
        return refuse(Some(state), ATTEMPT, "roster-published", "该日排班已发布。".into(), "The roster is in force already.".into());
    }
    if state.on_duty(site).len() < OFFICERS_MIN {
        return refuse(
            Some(state),
            ATTEMPT,
            "roster-too-few",
            format!("查验场地在岗人员少于 {OFFICERS_MIN} 名，不能发布。"),
            format!("Fewer than {OFFICERS_MIN} officers are at the inspection site."),
        );
    }
    Ok(vec![RosterPublished { by }.into()])
}

impl Aggregate for Roster {
    const KIND: &'static str = "roster";
    type Event = RosterEvent;

    fn apply(state: Option<Self>, event: &RosterEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use RosterEvent as E;
        let begun = |district: &str, day: &str| Self {
            district: district.to_owned(),
            day: day.to_owned(),
            shifts: Vec::new(),
            absent: BTreeMap::new(),
            next: 1,
            begun_at: at,
            published_at: None,
        };
        match (state, event) {
            (state, E::ShiftAssigned(data)) => {
                let mut state = state.unwrap_or_else(|| begun(&data.district, &data.day));
                state.next = state.next.max(data.shift.number + 1);
                state.shifts.push(data.shift.clone());
                Ok(state)
            }
            (state, E::AbsenceNoted(data)) => {
                let mut state = state.unwrap_or_else(|| begun(&data.district, &data.day));
                state.absent.insert(data.officer.clone(), data.absence);
                Ok(state)
            }
            (Some(mut state), E::ShiftRemoved(data)) => {
                state.shifts.retain(|shift| shift.number != data.number);
                Ok(state)
            }
            (Some(mut state), E::AbsenceLifted(data)) => {
                state.absent.remove(&data.officer);
                Ok(state)
            }
            (Some(state), E::Published(_)) => Ok(Self { published_at: Some(at), ..state }),
            (None, event @ (E::ShiftRemoved(_) | E::AbsenceLifted(_) | E::Published(_))) => {
                Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() })
            }
        }
    }

    fn related(&self, event: &RosterEvent) -> Vec<Related> {
        match event {
            RosterEvent::ShiftAssigned(_)
            | RosterEvent::ShiftRemoved(_)
            | RosterEvent::AbsenceNoted(_)
            | RosterEvent::AbsenceLifted(_)
            | RosterEvent::Published(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        if self.published_at.is_some() { "published" } else { "draft" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: self.day.clone(),
            status: self.status().to_owned(),
            authority: Some(self.district.clone()),
            keys: vec![id.to_uppercase(), self.day.clone()],
            opened_at: self.begun_at,
            ..WorkRow::default()
        }
    }
}
