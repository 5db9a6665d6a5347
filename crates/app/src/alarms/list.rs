//! One list of every alarm somebody is told of: those of the library, of the message centre, of machines; and their figures.

use std::collections::{BTreeMap, HashMap};

use alarms::{CaseAlarm, LIBRARY, Standing};
use equipment::EquipmentAlarm;
use ledger::{Aggregate, ObjectRef};
use serde::de::DeserializeOwned;
use store::{ObjectRecord, Page, TallyQuery, WorkItem};

use crate::cases::read_action;
use crate::counters::day_of;
use crate::inbox::alarms::MessageAlarm;
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::unit::read_state;
use crate::{App, AppError, Context, Role};

/// Days of the figures.
pub const FIGURE_DAYS: i32 = 30;
/// Kinds of alarms, in one list.
const KINDS: [&str; 3] = [CaseAlarm::KIND, MessageAlarm::KIND, EquipmentAlarm::KIND];

/// An alarm of the list.
#[derive(Clone, Debug)]
pub enum ListedAlarm {
    /// About a case.
    Case(Box<CaseAlarm>),
    /// Of the message centre.
    Message(Box<MessageAlarm>),
    /// Of a machine.
    Machine(Box<EquipmentAlarm>),
}

/// Which alarms.
#[derive(Clone, Debug, Default)]
pub struct AlarmQuery {
    /// Code of a rule of the library.
    pub rule: Option<String>,
    /// States; open ones when left out.
    pub statuses: Vec<String>,
    /// Beginning of an identifier.
    pub key_prefix: Option<String>,
    /// Only those into which the asker's organisation must look.
    pub mine: bool,
    /// Cursor.
    pub cursor: Option<String>,
    /// Rows wanted; 0 means 50.
    pub limit: u32,
}

/// Alarms of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlarmCount {
    /// Open.
    pub open: u64,
    /// Of these, nobody has looked at.
    pub unseen: u64,
    /// Raised in the last [`FIGURE_DAYS`] days.
    pub raised: u64,
    /// Of these, ended.
    pub cleared: u64,
}

/// Alarms raised on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmDay {
    /// Days since 1970-01-01 on the port's clock.
    pub day: i32,
    /// Raised.
    pub raised: u64,
}

/// Figures of the alarms that somebody is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlarmFigures {
    /// By rule of the library.
    pub rules: BTreeMap<&'static str, AlarmCount>,
    /// Raised by day, of the library's own alarms; every day of the last [`FIGURE_DAYS`].
    pub days: Vec<AlarmDay>,
}

/// Kinds of alarms that a role may read at all.
pub fn alarm_kinds(app: &App, role: Role) -> Vec<&'static str> {
    let may = |kind: &&'static str| read_action(kind).is_some_and(|action| app.rights().allows(role, action, true, true));
    KINDS.into_iter().filter(may).collect()
}

/// The rule of the library that stands for a kind with a watch of its own.
fn own_watch(kind: &str) -> Option<&'static str> {
    LIBRARY.iter().find(|rule| matches!(rule.how, alarms::How::OwnWatch(of) if of == kind)).map(|rule| rule.code)
}

impl App {
    /// A page of alarms, the newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn alarms(&self, ctx: &Context, query: &AlarmQuery) -> Result<Page<(WorkItem, ListedAlarm)>, AppError> {
        self.rights().require(&ctx.principal, "case-alarm.read", &Resource::own(CaseAlarm::KIND))?;
        let mut kinds = alarm_kinds(self, ctx.principal.role);
        let mut list = ListQuery {
            statuses: query.statuses.clone(),
            open: query.statuses.is_empty().then_some(true),
            key_prefix: query.key_prefix.clone(),
            mine: query.mine,
            cursor: query.cursor.clone(),
            limit: query.limit,
            ..ListQuery::default()
        };
        if let Some(rule) = &query.rule {
            match kinds.iter().find(|kind| own_watch(kind) == Some(rule.as_str())) {
                Some(kind) => kinds = vec![kind],
                None => {
                    kinds = vec![CaseAlarm::KIND];
                    list.keys = vec![format!("RULE:{rule}")];
                }
            }
        }
        list.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let page = self.worklist(ctx, &list).await?;
        let wanted: Vec<ObjectRef> = page.items.iter().map(|item| item.object.clone()).collect();
        let found = self.store().objects(&self.port().code, &wanted).await?;
        let mut found: HashMap<ObjectRef, ObjectRecord> = found.into_iter().map(|record| (record.object.clone(), record)).collect();
        let mut items = Vec::with_capacity(page.items.len());
        for item in page.items {
            if let Some(record) = found.remove(&item.object) {
                items.push((item, listed(&record)?));
            }
        }
        Ok(Page { items, next: page.next })
    }

    /// Figures of the alarms that the asker is told of, by rule and day. Reads counters alone.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn alarm_figures(&self, ctx: &Context) -> Result<AlarmFigures, AppError> {
        self.rights().require(&ctx.principal, "case-alarm.read", &Resource::own(CaseAlarm::KIND))?;
        let today = day_of(ctx.at, self.port().utc_offset_minutes);
        let first = today - FIGURE_DAYS + 1;
        let mut figures = AlarmFigures { rules: LIBRARY.iter().map(|rule| (rule.code, AlarmCount::default())).collect(), days: Vec::new() };
        let mut by_day: BTreeMap<i32, u64> = (first..=today).map(|day| (day, 0)).collect();
        let asked = TallyQuery {
            port: self.port().code.clone(),
            series: super::SERIES.into(),
            from_day: i32::MIN,
            to_day: today.saturating_add(1),
        };
        for row in self.store().tallies(&asked).await? {
            let parts: Vec<&str> = row.key.split('|').collect();
            let [rule, owner, authority, state] = parts[..] else { continue };
            let Some(count) = figures.rules.get_mut(rule).filter(|_| counted_for(ctx, owner, authority)) else { continue };
            let n = u64::try_from(row.count).unwrap_or(0);
            if state != Standing::Cleared.code() {
                count.open += n;
            }
            if state == Standing::Raised.code() {
                count.unseen += n;
            }
            if row.day >= first {
                count.raised += n;
                *by_day.entry(row.day).or_default() += n;
                if state == Standing::Cleared.code() {
                    count.cleared += n;
                }
            }
        }
        figures.days = by_day.into_iter().map(|(day, raised)| AlarmDay { day, raised }).collect();
        self.count_own_watches(ctx, &mut figures).await?;
        Ok(figures)
    }

    async fn count_own_watches(&self, ctx: &Context, figures: &mut AlarmFigures) -> Result<(), AppError> {
        let kinds: Vec<String> =
            alarm_kinds(self, ctx.principal.role).into_iter().filter(|kind| own_watch(kind).is_some()).map(str::to_owned).collect();
        if kinds.is_empty() {
            return Ok(());
        }
        for row in self.worklist_tally(ctx, &ListQuery { kinds, open: Some(true), ..ListQuery::default() }).await? {
            if let Some(count) = own_watch(&row.kind).and_then(|rule| figures.rules.get_mut(rule)) {
                count.open += row.count;
                count.unseen += if row.status == "raised" { row.count } else { 0 };
            }
        }
        Ok(())
    }
}

/// Whose alarms are counted for somebody: all of the port for the port office, those of its district for customs, those it must look into for
/// everybody else.
fn counted_for(ctx: &Context, owner: &str, authority: &str) -> bool {
    match ctx.principal.role {
        Role::PortOffice | Role::Platform => true,
        Role::Customs => ctx.principal.district.as_deref() == Some(authority),
        _ => owner == ctx.principal.organisation,
    }
}

fn listed(record: &ObjectRecord) -> Result<ListedAlarm, AppError> {
    fn boxed<A: DeserializeOwned>(record: &ObjectRecord) -> Result<Box<A>, AppError> {
        Ok(Box::new(read_state(record)?))
    }
    Ok(match record.object.kind.as_ref() {
        kind if kind == CaseAlarm::KIND => ListedAlarm::Case(boxed(record)?),
        kind if kind == MessageAlarm::KIND => ListedAlarm::Message(boxed(record)?),
        _ => ListedAlarm::Machine(boxed(record)?),
    })
}
