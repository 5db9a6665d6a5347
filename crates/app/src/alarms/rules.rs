//! The rules of the library as the port set them, and what people do about an alarm.

use alarms::{Acknowledged, AlarmRule, CaseAlarm, Changed, Keeper, LIBRARY, Rule, RuleSetting, decide_acknowledge, decide_change, rule};
use async_trait::async_trait;
use ledger::Aggregate;
use serde::Serialize;

use crate::joint_orders::person;
use crate::orders::reason;
use crate::rights::Resource;
use crate::{App, AppError, Context, Principal, Role, Unit, UseCase};

/// A rule with what is in force of it.
#[derive(Clone, Debug)]
pub struct RuleInForce {
    /// The rule.
    pub rule: &'static Rule,
    /// What is in force.
    pub setting: RuleSetting,
    /// What its keeper set; nothing while the default stands.
    pub set: Option<AlarmRule>,
    /// The asker keeps it.
    pub kept: bool,
}

/// Whose rules somebody keeps: customs those of the port's own district.
fn keeper(app: &App, principal: &Principal) -> Option<Keeper> {
    match principal.role {
        Role::Customs if principal.district.as_deref() == Some(app.port().customs_district.as_str()) => Some(Keeper::Customs),
        Role::PortOffice => Some(Keeper::PortOffice),
        _ => None,
    }
}

/// The keeper of a rule switches it, or changes its limits. One person is enough; who and why stand on the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeAlarmRule {
    /// Code of the rule.
    pub code: String,
    /// Watched, or not.
    pub on: bool,
    /// Limits in hours, ascending.
    pub hours: Vec<u32>,
    /// Why.
    pub note: String,
    /// How often it had been changed when its keeper looked at it.
    pub version: u32,
}

#[async_trait]
impl UseCase for ChangeAlarmRule {
    const NAME: &'static str = "alarm-rule.change";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(AlarmRule::KIND))?;
        person(unit, Self::NAME)?;
        let of_library = rule(&self.code).ok_or_else(|| AppError::NotFound { kind: AlarmRule::KIND, id: self.code.clone() })?;
        let state = unit.load::<AlarmRule>(&self.code).await?;
        let found = state.as_ref().map_or(0, |set| set.times);
        if found != self.version {
            return Err(AppError::Stale { expected: self.version.into(), found: found.into() });
        }
        let principal = unit.ctx.principal.clone();
        let who = keeper(unit.app, &principal);
        let command = Changed {
            on: self.on,
            hours: self.hours.clone(),
            note: reason(&self.note)?,
            by: principal.id,
            organisation: principal.organisation,
        };
        let events = decide_change(of_library, state.as_ref(), command, who)?;
        unit.record::<AlarmRule>(&self.code, events, unit.at()).await?;
        Ok(self.code.clone())
    }
}

/// Somebody looks after an alarm, and says how (处置登记).
#[derive(Clone, Debug, Serialize)]
pub struct AcknowledgeCaseAlarm {
    /// Alarm id.
    pub id: String,
    /// What is done about it.
    pub note: String,
}

#[async_trait]
impl UseCase for AcknowledgeCaseAlarm {
    const NAME: &'static str = "case-alarm.acknowledge";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let alarm = unit.authorised::<CaseAlarm>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        let principal = unit.ctx.principal.clone();
        let command = Acknowledged { by: principal.id, organisation: principal.organisation, note: reason(&self.note)? };
        let events = decide_acknowledge(&alarm, command)?;
        unit.record::<CaseAlarm>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl App {
    /// The library with what is in force of each rule.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn alarm_rules(&self, ctx: &Context) -> Result<Vec<RuleInForce>, AppError> {
        self.rights().require(&ctx.principal, "alarm-rule.read", &Resource::own(AlarmRule::KIND))?;
        let set = self.peek_many::<AlarmRule>(LIBRARY.iter().map(|one| one.code.to_owned())).await?;
        let who = keeper(self, &ctx.principal);
        Ok(LIBRARY
            .iter()
            .map(|one| RuleInForce {
                rule: one,
                setting: RuleSetting::of(one, set.get(one.code)),
                set: set.get(one.code).cloned(),
                kept: who == Some(one.keeper) && one.is_watched(),
            })
            .collect())
    }
}
