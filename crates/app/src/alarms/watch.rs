//! The clock of the library: what stands is looked at again, then what may have come up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alarms::{AlarmRule, CaseAlarm, LIBRARY, Rule, RuleSetting, alarm_id, decide_settle, rule};
use async_trait::async_trait;
use ledger::{Aggregate, Timestamp};
use serde::Serialize;

use super::subject::{self, Wanted};
use crate::reading::{ListQuery, PAGE_MAX};
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase};

/// Most pages of rows looked at for one rule at a time: the newest ones. What lies behind them was looked at when it was new.
const PAGES_MAX: usize = 25;
/// Most alarms of one rule that are open at a time; beyond that the rule tells of no more until some are gone.
pub(super) const OPEN_OF_RULE_MAX: usize = 2_000;

/// Raises, sharpens or ends the alarm of a rule about a case, on the case as it is held.
#[derive(Clone, Debug, Serialize)]
struct SettleCaseAlarm {
    rule: &'static str,
    kind: &'static str,
    case: String,
}

#[async_trait]
impl UseCase for SettleCaseAlarm {
    const NAME: &'static str = "case-alarm.settle";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(CaseAlarm::KIND))?;
        let id = alarm_id(self.rule, &self.case);
        let set = unit.load::<AlarmRule>(self.rule).await?;
        let state = unit.load::<CaseAlarm>(&id).await?;
        let Some(of_library) = rule(self.rule) else { return Ok(id) };
        let home = unit.app.port().customs_district.clone();
        let case = subject::held(unit, self.kind, &self.case).await?;
        let watched = case.and_then(|case| subject::watched(self.rule, &self.case, &case, &home));
        let level = watched.as_ref().and_then(|watched| RuleSetting::of(of_library, set.as_ref()).level_of(watched, unit.at()));
        let events = decide_settle(self.rule, state.as_ref(), watched, level);
        unit.record::<CaseAlarm>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Cases of a rule of which an alarm is open, with its level.
type Standing = BTreeMap<&'static str, HashMap<String, u8>>;

impl App {
    /// Looks at everything the library watches and settles the alarms. Returns how many are open.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn watch_cases(&self, ctx: &Context) -> Result<usize, AppError> {
        let settings = self.alarm_settings().await?;
        let mut standing = self.standing(ctx).await?;
        let mut open = 0;
        for one in LIBRARY {
            let alarms::How::Watched(kind) = one.how else { continue };
            let Some(setting) = settings.get(one.code) else { continue };
            let mut of_rule = standing.remove(one.code).unwrap_or_default();
            for ids in chunks(of_rule.keys().cloned().collect()) {
                self.settle_cases(ctx, (one, kind, setting), ids, &mut of_rule).await?;
            }
            if setting.on {
                self.find_cases(ctx, (one, kind, setting), &mut of_rule).await?;
            }
            open += of_rule.len();
        }
        Ok(open)
    }

    /// What is in force of every rule.
    pub(super) async fn alarm_settings(&self) -> Result<BTreeMap<&'static str, RuleSetting>, AppError> {
        let set = self.peek_many::<AlarmRule>(LIBRARY.iter().map(|one| one.code.to_owned())).await?;
        Ok(LIBRARY.iter().map(|one| (one.code, RuleSetting::of(one, set.get(one.code)))).collect())
    }

    async fn standing(&self, ctx: &Context) -> Result<Standing, AppError> {
        let mut standing = Standing::new();
        let mut query = ListQuery { open: Some(true), limit: PAGE_MAX, ..ListQuery::default() };
        loop {
            let page = self.list::<CaseAlarm>(ctx, "case-alarm.read", query.clone()).await?;
            for (seen, _) in page.items {
                if let Some(known) = rule(&seen.state.raised.rule) {
                    standing.entry(known.code).or_default().insert(seen.state.raised.case.id, seen.state.raised.level);
                }
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(standing),
            }
        }
    }

    /// Looks through the rows in which a rule may find cases, the newest first.
    async fn find_cases(
        &self,
        ctx: &Context,
        (one, kind, setting): (&'static Rule, &'static str, &RuleSetting),
        open: &mut HashMap<String, u8>,
    ) -> Result<(), AppError> {
        if kind == subject::SITE {
            let site = self.port().inspection_site.clone();
            return if open.contains_key(&site) { Ok(()) } else { self.settle_cases(ctx, (one, kind, setting), vec![site], open).await };
        }
        let (Some(wanted), Some(first)) = (subject::wanted(one.code), setting.hours.first()) else { return Ok(()) };
        let mut query = rows_of(kind, &wanted, ctx.at.plus_hours(-i64::from(*first)));
        for _ in 0..PAGES_MAX {
            let page = self.worklist(ctx, &query).await?;
            let fresh: BTreeSet<String> = page.items.into_iter().map(|item| item.object.id).filter(|id| !open.contains_key(id)).collect();
            self.settle_cases(ctx, (one, kind, setting), fresh.into_iter().collect(), open).await?;
            match page.next {
                Some(next) if open.len() < OPEN_OF_RULE_MAX => query.cursor = Some(next),
                Some(_) | None => break,
            }
        }
        Ok(())
    }

    /// Settles the alarms of these cases where something changes: a look at all of them first, a decision on the held case then.
    async fn settle_cases(
        &self,
        ctx: &Context,
        (one, kind, setting): (&'static Rule, &'static str, &RuleSetting),
        ids: Vec<String>,
        open: &mut HashMap<String, u8>,
    ) -> Result<(), AppError> {
        if ids.is_empty() {
            return Ok(());
        }
        let cases = self.subjects(kind, ids.clone()).await?;
        for id in ids {
            let seen = cases.get(&id).and_then(|case| subject::watched(one.code, &id, case, &self.port().customs_district));
            let level = seen.and_then(|watched| setting.level_of(&watched, ctx.at)).map(|(level, _)| level);
            let stands = open.get(&id).copied();
            let changes = match (stands, level) {
                (None, Some(_)) => open.len() < OPEN_OF_RULE_MAX,
                (Some(stood), Some(level)) => level > stood,
                (Some(_), None) => true,
                (None, None) => false,
            };
            if !changes {
                continue;
            }
            self.execute(ctx, &SettleCaseAlarm { rule: one.code, kind, case: id.clone() }).await?;
            match level {
                Some(level) => open.insert(id, level),
                None => open.remove(&id),
            };
        }
        Ok(())
    }
}

fn chunks(ids: Vec<String>) -> Vec<Vec<String>> {
    ids.chunks(PAGE_MAX as usize).map(<[String]>::to_vec).collect()
}

/// The query for rows in which a rule may find cases whose first limit has passed by now.
fn rows_of(kind: &str, wanted: &Wanted, before: Timestamp) -> ListQuery {
    let texts = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    // Both bounds are exclusive, and a limit has passed at its very instant.
    let until = Some(before.plus_millis(1));
    ListQuery {
        kinds: vec![kind.to_owned()],
        statuses: texts(wanted.statuses),
        actions: texts(wanted.actions),
        // A box that has left may still have an alarm that customs must review; everything else that is watched is open.
        open: Some(true),
        opened_to: until.filter(|_| !wanted.by_due),
        due_before: until.filter(|_| wanted.by_due),
        limit: PAGE_MAX,
        ..ListQuery::default()
    }
}
