//! Alarms in one list, their figures, and the library.

use alarms::{AlarmPhase, CaseAlarm, ClearedBy, How, Keeper, LIMIT_HOURS_MAX, LIMITS_MAX, Rule, rule};
use app::AppError;
use app::alarms::{AlarmCount, AlarmFigures, AlarmQuery as Query, ChangeAlarmRule, ListedAlarm, RuleInForce};
use app::counters::day_start;
use equipment::EquipmentAlarm;
use ledger::{Aggregate, ObjectRef as LedgerRef, Timestamp};
use serde::{Deserialize, Serialize};
use store::WorkItem;
use utoipa::{IntoParams, ToSchema};

use super::{Instant, ObjectRef, Org, Text, instant};
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// Which alarms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct AlarmsQuery {
    /// Code of a rule of the library.
    pub rule: Option<String>,
    /// State codes, separated by commas: `raised`, `acknowledged`, `cleared`, `closed`; open ones when left out.
    pub status: Option<String>,
    /// Only those into which the own organisation must look.
    pub mine: Option<bool>,
    /// Beginning of an identifier, 3 characters or more.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

impl AlarmsQuery {
    pub fn asked(&self) -> Result<Query, Problem> {
        let wanted = self.rule.as_deref().map(str::trim).filter(|code| !code.is_empty());
        if wanted.is_some_and(|code| rule(code).is_none()) {
            return Err(paging::invalid("没有这条预警规则。", "There is no such rule."));
        }
        Ok(Query {
            rule: wanted.map(str::to_owned),
            statuses: paging::codes(self.status.as_deref())?,
            key_prefix: paging::prefix(self.q.as_deref())?,
            mine: self.mine.unwrap_or(false),
            cursor: self.cursor.clone(),
            limit: paging::limit(self.limit)?,
        })
    }
}

/// What somebody wrote about an alarm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmNoteView {
    /// Of which organisation.
    pub by: Org,
    /// When.
    pub at: Instant,
    /// What.
    pub note: String,
}

/// An alarm: about a case, of the message centre, or of a machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListedAlarmView {
    /// Id.
    pub id: String,
    /// `case-alarm`, `message-alarm` or `equipment-alarm`.
    pub kind: String,
    /// Code of the rule of the library.
    pub rule: String,
    /// Its name.
    pub rule_name: Text,
    /// What it is about, as a person recognises it.
    pub title: String,
    /// In words: what happened, where the rule alone does not say it.
    pub text: Option<Text>,
    /// The case; the alarm itself where there is none.
    pub case: ObjectRef,
    /// Which limit has passed, from 1; 1 where there is one only.
    pub level: u8,
    /// That limit, hours; null where it is not counted in hours.
    pub limit_hours: Option<u32>,
    /// Since when the cause stands; null where it is not measured.
    pub since: Option<Instant>,
    /// When it was raised.
    pub raised_at: Instant,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Who must look into it.
    pub owner: Option<Org>,
    /// What was written about it, oldest first.
    pub notes: Vec<AlarmNoteView>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// `cause` or `rule`: why it ended, of alarms about cases.
    pub ended_by: Option<String>,
    /// How often it was raised.
    pub times: u32,
    /// Its cause stands.
    pub open: bool,
}

/// Alarms of a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmRuleCount {
    /// Code.
    pub rule: String,
    /// Name.
    pub name: Text,
    /// Open.
    pub open: u64,
    /// Of these, nobody has looked at.
    pub unseen: u64,
    /// Raised in the last 30 days; of the library's own alarms.
    pub raised: u64,
    /// Of these, ended.
    pub cleared: u64,
}

/// Alarms raised on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmDayCount {
    /// Day of the port's clock.
    pub day: String,
    /// Raised.
    pub raised: u64,
}

/// Figures of the alarms that somebody is told of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmFiguresView {
    /// What is counted.
    pub definition: Text,
    /// Open, of all rules.
    pub open: u64,
    /// Of these, nobody has looked at.
    pub unseen: u64,
    /// By rule; rules that are measured.
    pub rules: Vec<AlarmRuleCount>,
    /// Raised by day, the last 30 days.
    pub days: Vec<AlarmDayCount>,
}

/// A rule of the library with what is in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmRuleView {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// What is measured, from when.
    pub measured: Text,
    /// `watched`, `own-watch` (its limits are set where its alarms come from) or `not-measured`.
    pub how: String,
    /// Why it is not measured.
    pub why_not: Option<Text>,
    /// Who keeps it: `customs` or `port-office`.
    pub keeper: String,
    /// Who is told besides its keeper and the port office.
    pub told: Text,
    /// `practice` (seen at a port, no authority) or `assumption` (this platform's own).
    pub grade: String,
    /// What the grade means.
    pub source: Text,
    /// Watched, or not.
    pub on: bool,
    /// Limits in force, hours, ascending.
    pub hours: Vec<u32>,
    /// Limits of the library, hours.
    pub default_hours: Vec<u32>,
    /// What its keeper wrote when it was changed last.
    pub note: Option<String>,
    /// Who changed it last.
    pub changed_by: Option<Org>,
    /// When.
    pub changed_at: Option<Instant>,
    /// How often it was changed: to be sent with the next change.
    pub version: u32,
    /// The asker keeps it.
    pub kept: bool,
}

/// The library.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AlarmLibrary {
    /// Rules.
    pub items: Vec<AlarmRuleView>,
    /// Most limits of a rule.
    pub limits_max: u32,
    /// Longest limit, hours.
    pub limit_hours_max: u32,
}

/// A rule as its keeper wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlarmRuleForm {
    /// Watched, or not.
    pub on: bool,
    /// Limits in hours, 1 to 3, ascending.
    pub hours: Vec<u32>,
    /// Why, 2 to 500 characters.
    pub note: String,
    /// The `version` that was looked at.
    pub version: u32,
}

impl AlarmRuleForm {
    pub fn command(self, code: String) -> ChangeAlarmRule {
        ChangeAlarmRule { code, on: self.on, hours: self.hours, note: self.note, version: self.version }
    }
}

/// What is done about an alarm.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseAlarmNote {
    /// 2 to 500 characters.
    pub note: String,
}

fn name_of(code: &str) -> Text {
    rule(code).map_or_else(|| Text::new(code, code), |known| known.name.into())
}

fn code_of(kind: &str) -> String {
    let of = alarms::LIBRARY.iter().find(|known| matches!(known.how, How::OwnWatch(own) if own == kind));
    of.map_or_else(|| kind.to_owned(), |known| known.code.to_owned())
}

fn source(known: &Rule) -> Text {
    match known.grade {
        alarms::Grade::Practice => Text::new(
            "公开代码库所见某港做法，非法定限值；由主管单位设定。",
            "Seen in use at a port in a public repository; no legal limit. The authority sets its own.",
        ),
        alarms::Grade::Assumption => {
            Text::new("本平台假定，未经核实；由主管单位设定。", "This platform's assumption, not verified. The authority sets its own.")
        }
    }
}

impl Api {
    /// An alarm of the list.
    pub async fn listed_alarm(&self, (item, alarm): (WorkItem, ListedAlarm)) -> Result<ListedAlarmView, AppError> {
        let status_text = texts::status(&item.object.kind, &item.row.status);
        let common = |rule: String, case: &LedgerRef, times: u32| ListedAlarmView {
            id: item.object.id.clone(),
            kind: item.object.kind.to_string(),
            rule_name: name_of(&rule),
            rule,
            title: item.row.title.clone(),
            text: None,
            case: case.into(),
            level: 1,
            limit_hours: None,
            since: None,
            raised_at: item.row.opened_at.into(),
            status: item.row.status.clone(),
            status_text,
            owner: None,
            notes: Vec::new(),
            ended_at: instant(item.row.closed_at),
            ended_by: None,
            times,
            open: item.row.closed_at.is_none(),
        };
        match alarm {
            ListedAlarm::Case(alarm) => {
                let view = common(alarm.raised.rule.clone(), &alarm.raised.case, alarm.times);
                self.case_alarm(*alarm, view).await
            }
            ListedAlarm::Message(alarm) => {
                let mut view = common(code_of(&item.object.kind), &item.object, 1);
                let own = self.alarm(&app::reading::Seen { id: item.object.id.clone(), state: (*alarm).clone(), version: 0 }).await?;
                view.owner = Some(own.partner.clone());
                view.notes.extend(own.note.zip(own.changed_at).map(|(note, at)| AlarmNoteView { by: own.partner, at, note }));
                view.text = Some(own.text);
                Ok(view)
            }
            ListedAlarm::Machine(alarm) => {
                let machine = LedgerRef::new("equipment", alarm.equipment.clone());
                let mut view = common(code_of(EquipmentAlarm::KIND), &machine, alarm.times);
                view.owner = Some(self.org(&alarm.terminal).await?);
                if let equipment::AlarmPhase::Closed { at, note, .. } = alarm.phase {
                    view.notes.push(AlarmNoteView { by: self.org(&alarm.terminal).await?, at: at.into(), note });
                }
                Ok(view)
            }
        }
    }

    async fn case_alarm(&self, alarm: CaseAlarm, mut view: ListedAlarmView) -> Result<ListedAlarmView, AppError> {
        let raised = alarm.raised;
        (view.level, view.limit_hours, view.since) = (raised.level, Some(raised.limit_hours), Some(raised.since.into()));
        if let Some(owner) = raised.owner.or(raised.authority) {
            view.owner = Some(self.org(&owner).await?);
        }
        for note in alarm.notes {
            view.notes.push(AlarmNoteView { by: self.org(&note.organisation).await?, at: note.at.into(), note: note.note });
        }
        view.ended_by = match alarm.phase {
            AlarmPhase::Cleared { by: ClearedBy::Cause, .. } => Some("cause".into()),
            AlarmPhase::Cleared { by: ClearedBy::Rule, .. } => Some("rule".into()),
            AlarmPhase::Raised | AlarmPhase::Acknowledged { .. } => None,
        };
        Ok(view)
    }

    /// Figures of alarms.
    pub fn alarm_figures(&self, figures: AlarmFigures) -> AlarmFiguresView {
        let offset = self.app.port().utc_offset_minutes;
        let all = |of: fn(&AlarmCount) -> u64| figures.rules.values().map(of).sum();
        let counted = alarms::LIBRARY.iter().filter(|known| !matches!(known.how, How::NotMeasured(..)));
        AlarmFiguresView {
            definition: Text::new(
                format!(
                    "在案：原因仍在的预警；未处置：无人登记处置。近 {} 天按首次触发日计，只计案件预警。口岸办计全港，海关计本关区，其他单位计应由其处置的。",
                    app::alarms::FIGURE_DAYS
                ),
                format!(
                    "Open: the cause stands; unseen: nobody has noted what is done. The last {} days count alarms about cases by the day they were raised. The port office counts all, customs its district, everybody else those it must look into.",
                    app::alarms::FIGURE_DAYS
                ),
            ),
            open: all(|count| count.open),
            unseen: all(|count| count.unseen),
            rules: counted
                .map(|known| {
                    let AlarmCount { open, unseen, raised, cleared } = figures.rules.get(known.code).copied().unwrap_or_default();
                    AlarmRuleCount { rule: known.code.to_owned(), name: known.name.into(), open, unseen, raised, cleared }
                })
                .collect(),
            days: figures
                .days
                .iter()
                .map(|one| AlarmDayCount { day: day_start(one.day, offset).day(offset), raised: one.raised })
                .collect(),
        }
    }

    /// The library.
    pub async fn alarm_library(&self, rules: Vec<RuleInForce>) -> Result<AlarmLibrary, AppError> {
        let mut items = Vec::with_capacity(rules.len());
        for RuleInForce { rule: known, setting, set, kept } in rules {
            let (how, why_not) = match known.how {
                How::Watched(_) => ("watched", None),
                How::OwnWatch(_) => ("own-watch", None),
                How::NotMeasured(zh, en) => ("not-measured", Some(Text::new(zh, en))),
            };
            let changed_by = match &set {
                Some(set) => Some(self.org(&set.set.organisation).await?),
                None => None,
            };
            items.push(AlarmRuleView {
                code: known.code.to_owned(),
                name: known.name.into(),
                measured: known.measured.into(),
                how: how.to_owned(),
                why_not,
                keeper: match known.keeper {
                    Keeper::Customs => "customs",
                    Keeper::PortOffice => "port-office",
                }
                .to_owned(),
                told: known.told.into(),
                grade: known.grade.code().to_owned(),
                source: source(known),
                on: setting.on || how == "own-watch",
                hours: setting.hours,
                default_hours: known.hours.to_vec(),
                version: set.as_ref().map_or(0, |set| set.times),
                changed_at: instant(set.as_ref().map(|set: &alarms::AlarmRule| -> Timestamp { set.at })),
                note: set.map(|set| set.set.note),
                changed_by,
                kept,
            });
        }
        Ok(AlarmLibrary { items, limits_max: u32::try_from(LIMITS_MAX).unwrap_or(u32::MAX), limit_hours_max: LIMIT_HOURS_MAX })
    }
}
