//! Ship calls (航次): announce, change, arrive, depart.

use async_trait::async_trait;
use ledger::{Aggregate, ObjectRef, Refusal, Timestamp};
use port_call::{AnnounceCall as Announce, CallPhase, ChangeCall as Change, ReportArrival, ReportDeparture, ShipCall};
use serde::Serialize;
use store::{Visibility, WorkQuery};

use crate::exchange::CallClue;
use crate::rights::Resource;
use crate::{App, AppError, Role, Unit, UseCase, limits};

/// How far ahead of the platform's clock an event may claim to have happened: clocks of partners are never quite right.
pub const CLOCK_SKEW_MAX_MS: i64 = 10 * 60_000;
/// How long ago an event may have happened when it is reported.
pub const REPORT_AGE_MAX_DAYS: i64 = 400;

/// Refuses instants that cannot be true.
pub(crate) fn plausible(at: Timestamp, now: Timestamp, pointer: &str) -> Result<Timestamp, AppError> {
    if at.since_millis(now) > CLOCK_SKEW_MAX_MS {
        return Err(AppError::invalid(
            "time-in-future",
            pointer,
            format!("时间 {at} 晚于当前时间，请检查时钟"),
            format!("{at} lies in the future: check the clock"),
        ));
    }
    if at < now.plus_days(-REPORT_AGE_MAX_DAYS) {
        return Err(AppError::invalid("time-too-old", pointer, format!("时间 {at} 过早"), format!("{at} is too long ago")));
    }
    Ok(at.min(now))
}

/// Announces a ship call (船舶预报).
#[derive(Clone, Debug, Serialize)]
pub struct AnnounceCall {
    /// The call.
    pub call: Announce,
}

#[async_trait]
impl UseCase for AnnounceCall {
    const NAME: &'static str = "call.announce";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("ship-call"))?;
        let mut call = self.call.clone();
        if unit.ctx.principal.role == Role::Agent {
            call.agent.clone_from(&unit.ctx.principal.organisation);
        }
        if let Err(e) = call.imo.parse::<codes::ImoNumber>() {
            return Err(AppError::invalid("imo", "/imo", format!("IMO 编号不正确：{}", call.imo), e.to_string()));
        }
        for (value, pointer) in [(&call.flag, "/flag"), (&call.berth, "/berth"), (&call.voyage_out, "/voyage_out")] {
            limits::optional(value.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
        }
        let name = call.ship_name.trim();
        if name.is_empty() || name.chars().count() > 50 {
            return Err(AppError::invalid("call-ship-name", "/ship_name", "船名须为 1 至 50 个字符", "a ship name has 1 to 50 characters"));
        }
        known_terminal(unit, &call.terminal).await?;
        refuse_second_announcement(unit, &call).await?;
        let number = unit.app.next_number("C").await?;
        let (year, month, ..) = unit.at().civil(unit.app.port().utc_offset_minutes);
        let id = format!("C{:02}{month:02}-{number:04}", year.rem_euclid(100));
        let state = unit.load::<ShipCall>(&id).await?;
        let events = port_call::decide_announce(state.as_ref(), call)?;
        unit.record::<ShipCall>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Register of the ship and voyage announced last, by `{imo}/{voyage}`: of two announcements at once, the second finds the first.
const ANNOUNCED: &str = "announced-call";

/// One ship makes one voyage to the port once: a second announcement while the first is open would split its manifests over two calls.
async fn refuse_second_announcement(unit: &mut Unit<'_>, call: &Announce) -> Result<(), AppError> {
    let ship = folded(&call.imo);
    let voyage = folded(&call.voyage_in);
    let key = format!("{ship}/{voyage}");
    let (version, _) = unit.record_versioned(ANNOUNCED, &key).await?;
    let mut query = WorkQuery { key_prefix: Some(call.imo.trim().to_uppercase()), ..open_calls(unit.app) };
    loop {
        let page = unit.app.store().work(&query).await?;
        let known = unit.app.peek_many::<ShipCall>(page.items.into_iter().map(|item| item.object.id)).await?;
        let same = known.iter().find(|(_, other)| folded(&other.imo) == ship && folded(&other.voyage_in) == voyage);
        if let Some((id, other)) = same {
            return Err(AppError::Refused(Refusal::new(
                "call-already-announced",
                "ship-call.announce",
                other.status(),
                format!("该船该航次已预报（{id}，{} {}），请使用变更。", other.ship_name, other.voyage_in),
                format!(
                    "This voyage of the ship is announced already: {id}, {} {}; change that call instead.",
                    other.ship_name, other.voyage_in
                ),
            )));
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    unit.write_record(ANNOUNCED, &key, Some(version), &call.agent)
}

/// Letters and digits alone, in upper case: how ships and voyages are compared.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
}

/// All open calls of the port, newest first.
fn open_calls(app: &App) -> WorkQuery {
    WorkQuery {
        port: app.port().code.clone(),
        visibility: Visibility::Port,
        kinds: vec!["ship-call".into()],
        statuses: Vec::new(),
        owner: None,
        actions: Vec::new(),
        open: Some(true),
        key_prefix: None,
        keys: Vec::new(),
        opened_from: None,
        opened_to: None,
        due_before: None,
        order: store::WorkOrder::Newest,
        cursor: None,
        limit: 50,
    }
}

/// Register of calls to which something belongs that is found by lists.
const MEMBERS: &str = "call-members";

/// Whoever lists what belongs to a call and decides by it, and whoever adds something to it or takes something away, pass here, before the list
/// is read: lists are not held, this record is.
pub(crate) async fn hold_members(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    unit.record_held::<()>(MEMBERS, call).await
}

async fn known_terminal(unit: &Unit<'_>, id: &str) -> Result<(), AppError> {
    match unit.app.organisation(id).await? {
        Some(o) if o.role == Role::Terminal => Ok(()),
        Some(_) | None => Err(AppError::invalid("terminal-unknown", "/terminal", "没有这个码头", "no such terminal")),
    }
}

/// The manifests of a call in some states; at most `limit`, and a page more.
pub(crate) async fn manifests_of(app: &App, call: &str, statuses: &[&str], limit: usize) -> Result<Vec<String>, AppError> {
    of_call(app, "manifest", call, statuses, limit).await
}

/// Objects of a kind whose rows name a call, in some states or in any.
pub(crate) async fn objects_of<A: Aggregate>(app: &App, call: &str, statuses: &[&str]) -> Result<Vec<String>, AppError> {
    of_call(app, A::KIND, call, statuses, usize::MAX).await
}

async fn of_call(app: &App, kind: &str, call: &str, statuses: &[&str], limit: usize) -> Result<Vec<String>, AppError> {
    const PAGE: u32 = 200;
    let mut query = WorkQuery {
        kinds: vec![kind.to_owned()],
        statuses: statuses.iter().map(|s| (*s).to_owned()).collect(),
        open: None,
        keys: vec![call.to_uppercase()],
        limit: PAGE,
        ..open_calls(app)
    };
    let mut found = Vec::new();
    loop {
        let page = app.store().work(&query).await?;
        found.extend(page.items.into_iter().map(|item| item.object.id.to_string()));
        match page.next {
            Some(next) if found.len() < limit => query.cursor = Some(next),
            Some(_) | None => return Ok(found),
        }
    }
}

/// Changes what was announced.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeCall {
    /// Call id.
    pub id: String,
    /// What changes.
    pub change: Change,
    /// Version the editor saw.
    pub expected_version: Option<u64>,
}

#[async_trait]
impl UseCase for ChangeCall {
    const NAME: &'static str = "call.change";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ShipCall>(Self::NAME, &self.id).await?;
        let found = unit.version::<ShipCall>(&self.id).await?;
        if let Some(expected) = self.expected_version
            && expected != found
        {
            return Err(AppError::Stale { expected, found });
        }
        limits::optional(self.change.berth.as_ref(), "/berth", limits::SHORT_TEXT_MAX)?;
        limits::optional(self.change.voyage_out.as_ref(), "/voyage_out", limits::SHORT_TEXT_MAX)?;
        if let Some(terminal) = self.change.terminal.as_ref().filter(|t| **t != state.terminal) {
            known_terminal(unit, terminal).await?;
            hold_members(unit, &self.id).await?;
            // The boxes of a manifest were announced to the terminal of the call; they do not follow by themselves.
            if !manifests_of(unit.app, &self.id, &["accepted", "confirmed"], 1).await?.is_empty() {
                return Err(AppError::invalid(
                    "call-has-manifest",
                    "/terminal",
                    "该航次已有舱单，不能更换码头",
                    "the call has a manifest; its terminal can no longer change",
                ));
            }
        }
        let events = port_call::decide_change(&state, self.change.clone())?;
        unit.record::<ShipCall>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Reports that the ship arrived (抵港) and declared entry.
#[derive(Clone, Debug, Serialize)]
pub struct ArriveCall {
    /// Call id.
    pub id: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for ArriveCall {
    const NAME: &'static str = "call.arrive";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ShipCall>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let events = port_call::decide_arrival(&state, &ReportArrival { at, entry_declared_at: None })?;
        unit.record::<ShipCall>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// Reports that the ship left (离港).
#[derive(Clone, Debug, Serialize)]
pub struct DepartCall {
    /// Call id.
    pub id: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for DepartCall {
    const NAME: &'static str = "call.depart";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ShipCall>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let events = port_call::decide_departure(&state, &ReportDeparture { at })?;
        unit.record::<ShipCall>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// Which voyage of a call a message names (航次方向).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The inbound one (进口航次).
    In,
    /// The outbound one where a call has it (出口航次): papers of what is loaded.
    Out,
}

impl App {
    /// The call that a message means, an open one first, by IMO number or ship name, and voyage. What fits more than one call means none of them, unless
    /// ship and voyage are both told: then the newest. The sender's own calls come first, so that nobody's announcement captures the messages
    /// of another.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn find_call(&self, clue: &CallClue, way: Way, by: &str) -> Result<Option<(String, ShipCall)>, AppError> {
        let Some(key) = clue.voyage.as_deref().or(clue.imo.as_deref()).or(clue.ship_name.as_deref()) else { return Ok(None) };
        let told_in_full = clue.voyage.is_some() && (clue.imo.is_some() || clue.ship_name.is_some());
        // Reports come late, also after the ship has left; what is told by halves means a ship that is still expected or here.
        let open = if told_in_full { None } else { Some(true) };
        let query = WorkQuery { key_prefix: Some(key.trim().to_uppercase()), open, ..open_calls(self) };
        let refs: Vec<ObjectRef> = self.store().work(&query).await?.items.into_iter().map(|item| item.object).collect();
        let mut calls: Vec<(String, ShipCall)> = self.peek_many::<ShipCall>(refs.into_iter().map(|o| o.id)).await?.into_iter().collect();
        calls.retain(|(_, call)| !matches!(call.phase, CallPhase::Cancelled { .. }));
        let left = |call: &ShipCall| matches!(call.phase, CallPhase::Departed { .. });
        calls.sort_by_key(|(_, call)| (left(call), call.agent != by && call.terminal != by, std::cmp::Reverse(call.announced_at)));
        let agrees = |told: &Option<String>, known: &str| told.as_ref().is_none_or(|t| folded(t) == folded(known));
        let meant: Vec<_> = calls
            .into_iter()
            .filter(|(_, call)| match (&clue.imo, &clue.ship_name) {
                (Some(imo), _) if folded(imo) == folded(&call.imo) => true,
                (_, Some(name)) => folded(name) == folded(&call.ship_name),
                (Some(_), None) => false,
                (None, None) => true,
            })
            .collect();
        let out = |call: &ShipCall| call.voyage_out.as_ref().is_some_and(|voyage| agrees(&clue.voyage, voyage));
        // The outbound voyage of one call may be the inbound one of the next: only papers of what is loaded mean the former.
        let outbound = way == Way::Out && meant.iter().any(|(_, call)| out(call));
        let mut meant = meant.into_iter().filter(|(_, call)| if outbound { out(call) } else { agrees(&clue.voyage, &call.voyage_in) });
        let newest = meant.next();
        Ok(if told_in_full || meant.next().is_none() { newest } else { None })
    }
}
