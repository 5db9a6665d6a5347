//! A ship call (航次靠港): state, commands, events.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::report::{REPORTS_SEEN_MAX, Reported};

/// Longest voyage number in characters: field VoyNo 航次号 is C32.
pub const VOYAGE_LENGTH_MAX: usize = 32;

/// One visit of one ship (船舶航次).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipCall {
    /// Ship name (船名).
    pub ship_name: String,
    /// IMO ship number (IMO 船舶识别号), 7 digits.
    pub imo: String,
    /// Inbound voyage (进口航次).
    pub voyage_in: String,
    /// Outbound voyage (出口航次), once known.
    pub voyage_out: Option<String>,
    /// Flag state (船旗国), ISO 3166-1 alpha-2.
    pub flag: Option<String>,
    /// Ship agent (船代), organisation id.
    pub agent: String,
    /// Terminal (码头), organisation id.
    pub terminal: String,
    /// Berth (泊位), as the terminal calls it.
    pub berth: Option<String>,
    /// Estimated time of arrival (预计抵港).
    pub eta: Timestamp,
    /// When it was announced.
    pub announced_at: Timestamp,
    /// How far the visit has come.
    pub phase: CallPhase,
    /// What messages told of it.
    #[serde(default, skip_serializing_if = "Reports::is_empty")]
    pub reports: Reports,
}

/// Everything that messages told of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// The newest report of each kind, by [`crate::Said::what`].
    pub latest: std::collections::BTreeMap<String, Reported>,
    /// The last reports in short, oldest first, at most [`REPORTS_SEEN_MAX`].
    pub(crate) seen: Vec<String>,
}

impl Reports {
    /// Whether nothing was told yet.
    pub fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.seen.is_empty()
    }

    fn take(&mut self, told: &Reported) {
        if self.seen.len() >= REPORTS_SEEN_MAX {
            self.seen.remove(0);
        }
        self.seen.push(told.fingerprint());
        if self.latest.get(told.said.what()).is_none_or(|known| known.at <= told.at) {
            self.latest.insert(told.said.what().to_owned(), told.clone());
        }
    }
}

/// How far a visit has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum CallPhase {
    /// Expected (预报).
    Announced,
    /// In port (抵港).
    Arrived {
        /// Actual time of arrival.
        ata: Timestamp,
        /// When the conveyance declared entry (申报进境).
        entry_declared_at: Timestamp,
    },
    /// Left (离港).
    Departed {
        /// Actual time of arrival.
        ata: Timestamp,
        /// When the conveyance declared entry.
        entry_declared_at: Timestamp,
        /// Actual time of departure.
        atd: Timestamp,
    },
    /// Will not come (取消).
    Cancelled {
        /// Why.
        reason: String,
        /// When it was cancelled.
        at: Timestamp,
    },
}

impl ShipCall {
    /// Actual time of arrival, once in port.
    pub fn ata(&self) -> Option<Timestamp> {
        match self.phase {
            CallPhase::Announced | CallPhase::Cancelled { .. } => None,
            CallPhase::Arrived { ata, .. } | CallPhase::Departed { ata, .. } => Some(ata),
        }
    }

    /// When the conveyance declared entry, once it has.
    pub fn entry_declared_at(&self) -> Option<Timestamp> {
        match self.phase {
            CallPhase::Announced | CallPhase::Cancelled { .. } => None,
            CallPhase::Arrived { entry_declared_at, .. } | CallPhase::Departed { entry_declared_at, .. } => Some(entry_declared_at),
        }
    }

    /// Actual time of departure, once gone.
    pub fn atd(&self) -> Option<Timestamp> {
        match self.phase {
            CallPhase::Announced | CallPhase::Arrived { .. } | CallPhase::Cancelled { .. } => None,
            CallPhase::Departed { atd, .. } => Some(atd),
        }
    }
}

/// Announces a visit (船舶预报).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnounceCall {
    /// Ship name.
    pub ship_name: String,
    /// IMO ship number, checked by the caller (`codes`).
    pub imo: String,
    /// Inbound voyage.
    pub voyage_in: String,
    /// Outbound voyage.
    #[serde(default)]
    pub voyage_out: Option<String>,
    /// Flag state.
    #[serde(default)]
    pub flag: Option<String>,
    /// Ship agent's organisation id.
    pub agent: String,
    /// Terminal's organisation id.
    pub terminal: String,
    /// Berth.
    #[serde(default)]
    pub berth: Option<String>,
    /// Estimated time of arrival.
    pub eta: Timestamp,
}

/// Changes what is not given as `None` (变更预报).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCall {
    /// New estimate.
    #[serde(default)]
    pub eta: Option<Timestamp>,
    /// New berth.
    #[serde(default)]
    pub berth: Option<String>,
    /// New terminal, before arrival only.
    #[serde(default)]
    pub terminal: Option<String>,
    /// Outbound voyage.
    #[serde(default)]
    pub voyage_out: Option<String>,
}

/// Reports the arrival (抵港报告).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportArrival {
    /// Actual time of arrival.
    pub at: Timestamp,
    /// When the conveyance declared entry; the arrival itself when not told.
    #[serde(default)]
    pub entry_declared_at: Option<Timestamp>,
}

/// Reports the departure (离港报告).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDeparture {
    /// Actual time of departure.
    pub at: Timestamp,
}

/// `ship-call.announced`: the command as accepted.
pub type Announced = AnnounceCall;
/// `ship-call.changed`: the command as accepted.
pub type Changed = ChangeCall;

/// `ship-call.arrived`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// Actual time of arrival.
    pub at: Timestamp,
    /// When the conveyance declared entry.
    pub entry_declared_at: Timestamp,
}

/// `ship-call.departed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// Actual time of departure.
    pub at: Timestamp,
}

/// `ship-call.cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a ship call.
    pub enum ShipCallEvent for "ship-call" {
        /// Announced.
        Announced(Announced) = "ship-call.announced",
        /// Estimate, berth, terminal or outbound voyage changed.
        Changed(Changed) = "ship-call.changed",
        /// In port.
        Arrived(Arrived) = "ship-call.arrived",
        /// Left.
        Departed(Departed) = "ship-call.departed",
        /// Will not come.
        Cancelled(Cancelled) = "ship-call.cancelled",
        /// Something was told of it by message.
        Reported(Reported) = "ship-call.reported",
    }
}

/// Announces a call.
///
/// # Errors
/// `call-exists` when the id is taken; `call-voyage-length` when a voyage number is empty or longer than [`VOYAGE_LENGTH_MAX`].
pub fn decide_announce(state: Option<&ShipCall>, command: AnnounceCall) -> Result<Vec<ShipCallEvent>, Refusal> {
    const ATTEMPT: &str = "ship-call.announce";
    if let Some(call) = state {
        return Err(Refusal::new(
            "call-exists",
            ATTEMPT,
            call.status(),
            "该航次已申报，请使用变更。",
            "This call is already announced; change it instead.",
        ));
    }
    let voyages = std::iter::once(&command.voyage_in).chain(&command.voyage_out);
    if voyages.into_iter().any(|v| v.trim().is_empty() || v.chars().count() > VOYAGE_LENGTH_MAX) {
        return Err(Refusal::new(
            "call-voyage-length",
            ATTEMPT,
            "nothing",
            "航次号须为 1 至 32 个字符。",
            "A voyage number has 1 to 32 characters.",
        ));
    }
    Ok(vec![command.into()])
}

/// Changes the announcement. The terminal stays as it is once the ship is in port.
///
/// # Errors
/// `call-closed` after departure or cancellation; `call-already-arrived` for a new estimate or terminal of a ship in port;
/// `call-nothing-changed` when the command changes nothing.
pub fn decide_change(state: &ShipCall, command: ChangeCall) -> Result<Vec<ShipCallEvent>, Refusal> {
    const ATTEMPT: &str = "ship-call.change";
    let same = command.eta.is_none_or(|eta| eta == state.eta)
        && command.berth.as_ref().is_none_or(|berth| Some(berth) == state.berth.as_ref())
        && command.terminal.as_ref().is_none_or(|terminal| *terminal == state.terminal)
        && command.voyage_out.as_ref().is_none_or(|voyage| Some(voyage) == state.voyage_out.as_ref());
    if same {
        return Err(Refusal::new("call-nothing-changed", ATTEMPT, state.status(), "没有需要变更的内容。", "The command changes nothing."));
    }
    match &state.phase {
        CallPhase::Announced => Ok(vec![command.into()]),
        CallPhase::Arrived { .. } if command.eta.is_none() && command.terminal.is_none() => Ok(vec![command.into()]),
        CallPhase::Arrived { .. } => Err(Refusal::new(
            "call-already-arrived",
            ATTEMPT,
            state.status(),
            "船舶已抵港，不能再变更预抵时间或码头。",
            "The ship is in port: its estimate and terminal can no longer change.",
        )),
        CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => Err(closed(state, ATTEMPT)),
    }
}

/// Records the arrival. Arriving before the announced time is fine.
///
/// # Errors
/// `call-already-arrived` the second time; `call-closed` when cancelled.
pub fn decide_arrival(state: &ShipCall, command: &ReportArrival) -> Result<Vec<ShipCallEvent>, Refusal> {
    const ATTEMPT: &str = "ship-call.arrive";
    match &state.phase {
        CallPhase::Announced => {
            Ok(vec![Arrived { at: command.at, entry_declared_at: command.entry_declared_at.unwrap_or(command.at) }.into()])
        }
        CallPhase::Arrived { .. } | CallPhase::Departed { .. } => Err(Refusal::new(
            "call-already-arrived",
            ATTEMPT,
            state.status(),
            "该航次已登记抵港。",
            "The arrival of this call is already recorded.",
        )),
        CallPhase::Cancelled { .. } => Err(closed(state, ATTEMPT)),
    }
}

/// Records the departure.
///
/// # Errors
/// `call-not-arrived` before arrival; `call-departure-before-arrival` when the time is earlier than the arrival; `call-closed` otherwise.
pub fn decide_departure(state: &ShipCall, command: &ReportDeparture) -> Result<Vec<ShipCallEvent>, Refusal> {
    const ATTEMPT: &str = "ship-call.depart";
    match &state.phase {
        CallPhase::Announced => {
            Err(Refusal::new("call-not-arrived", ATTEMPT, state.status(), "船舶尚未抵港。", "The ship has not arrived yet."))
        }
        CallPhase::Arrived { ata, .. } if command.at < *ata => Err(Refusal::new(
            "call-departure-before-arrival",
            ATTEMPT,
            state.status(),
            "离港时间早于抵港时间。",
            "The departure is earlier than the arrival.",
        )),
        CallPhase::Arrived { .. } => Ok(vec![Departed { at: command.at }.into()]),
        CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => Err(closed(state, ATTEMPT)),
    }
}

/// Cancels a call that has not arrived.
///
/// # Errors
/// `call-already-arrived` when the ship is or was in port; `call-closed` when already cancelled.
pub fn decide_cancel(state: &ShipCall, command: Cancelled) -> Result<Vec<ShipCallEvent>, Refusal> {
    const ATTEMPT: &str = "ship-call.cancel";
    match &state.phase {
        CallPhase::Announced => Ok(vec![command.into()]),
        CallPhase::Arrived { .. } | CallPhase::Departed { .. } => Err(Refusal::new(
            "call-already-arrived",
            ATTEMPT,
            state.status(),
            "船舶已抵港，不能取消。",
            "The ship has arrived; the call cannot be cancelled.",
        )),
        CallPhase::Cancelled { .. } => Err(closed(state, ATTEMPT)),
    }
}

fn closed(state: &ShipCall, attempted: &'static str) -> Refusal {
    Refusal::new("call-closed", attempted, state.status(), "该航次已结束。", "This call is closed.")
}

impl Aggregate for ShipCall {
    const KIND: &'static str = "ship-call";
    type Event = ShipCallEvent;

    fn apply(state: Option<Self>, event: &ShipCallEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut call) = state else {
            return match event {
                ShipCallEvent::Announced(data) => Ok(announced(data, at)),
                ShipCallEvent::Changed(_)
                | ShipCallEvent::Arrived(_)
                | ShipCallEvent::Departed(_)
                | ShipCallEvent::Cancelled(_)
                | ShipCallEvent::Reported(_) => Err(misplaced("nothing")),
            };
        };
        match (&call.phase, event) {
            (
                CallPhase::Announced | CallPhase::Arrived { .. } | CallPhase::Departed { .. } | CallPhase::Cancelled { .. },
                ShipCallEvent::Reported(data),
            ) => call.reports.take(data),
            (CallPhase::Announced | CallPhase::Arrived { .. }, ShipCallEvent::Changed(data)) => {
                call.eta = data.eta.unwrap_or(call.eta);
                call.berth = data.berth.clone().or(call.berth);
                call.terminal = data.terminal.clone().unwrap_or(call.terminal);
                call.voyage_out = data.voyage_out.clone().or(call.voyage_out);
            }
            (CallPhase::Announced, ShipCallEvent::Arrived(data)) => {
                call.phase = CallPhase::Arrived { ata: data.at, entry_declared_at: data.entry_declared_at };
            }
            (CallPhase::Announced, ShipCallEvent::Cancelled(data)) => {
                call.phase = CallPhase::Cancelled { reason: data.reason.clone(), at };
            }
            (CallPhase::Arrived { ata, entry_declared_at }, ShipCallEvent::Departed(data)) => {
                call.phase = CallPhase::Departed { ata: *ata, entry_declared_at: *entry_declared_at, atd: data.at };
            }
            (CallPhase::Announced, ShipCallEvent::Announced(_) | ShipCallEvent::Departed(_))
            | (CallPhase::Arrived { .. }, ShipCallEvent::Announced(_) | ShipCallEvent::Arrived(_) | ShipCallEvent::Cancelled(_))
            | (
                CallPhase::Departed { .. } | CallPhase::Cancelled { .. },
                ShipCallEvent::Announced(_)
                | ShipCallEvent::Changed(_)
                | ShipCallEvent::Arrived(_)
                | ShipCallEvent::Departed(_)
                | ShipCallEvent::Cancelled(_),
            ) => return Err(misplaced(call.status())),
        }
        Ok(call)
    }

    fn related(&self, event: &ShipCallEvent) -> Vec<Related> {
        match event {
            // The ship is the same object through all its calls, so that its visits can be read as one history.
            ShipCallEvent::Announced(_) | ShipCallEvent::Arrived(_) | ShipCallEvent::Departed(_) | ShipCallEvent::Cancelled(_) => {
                vec![(ObjectRef::new("ship", self.imo.clone()), "ship")]
            }
            // The message is the event's cause; naming it here would make its history that of everything it names.
            ShipCallEvent::Changed(_) | ShipCallEvent::Reported(_) => Vec::new(),
        }
    }

    /// The row does not say what was told.
    fn touches_row(event: &ShipCallEvent) -> bool {
        !matches!(event, ShipCallEvent::Reported(_))
    }

    fn status(&self) -> &'static str {
        match self.phase {
            CallPhase::Announced => "announced",
            CallPhase::Arrived { .. } => "arrived",
            CallPhase::Departed { .. } => "departed",
            CallPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (act, due_at, closed_at) = match self.phase {
            CallPhase::Announced => (true, Some(self.eta), None),
            CallPhase::Arrived { .. } => (false, None, None),
            CallPhase::Departed { atd, .. } => (false, None, Some(atd)),
            CallPhase::Cancelled { at, .. } => (false, None, Some(at)),
        };
        let mut keys = vec![id.to_uppercase(), self.imo.clone(), self.voyage_in.to_uppercase(), self.ship_name.to_uppercase()];
        keys.extend(self.voyage_out.as_ref().map(|voyage| voyage.to_uppercase()));
        keys.dedup();
        WorkRow {
            title: format!("{} {}", self.ship_name, self.voyage_in),
            status: self.status().to_owned(),
            owner: act.then(|| self.agent.clone()),
            action: act.then(|| "report-arrival".to_owned()),
            authority: None,
            parties: vec![self.agent.clone(), self.terminal.clone()],
            keys,
            opened_at: self.announced_at,
            due_at,
            closed_at,
        }
    }
}

fn announced(data: &Announced, at: Timestamp) -> ShipCall {
    ShipCall {
        ship_name: data.ship_name.clone(),
        imo: data.imo.clone(),
        voyage_in: data.voyage_in.clone(),
        voyage_out: data.voyage_out.clone(),
        flag: data.flag.clone(),
        agent: data.agent.clone(),
        terminal: data.terminal.clone(),
        berth: data.berth.clone(),
        eta: data.eta,
        announced_at: at,
        phase: CallPhase::Announced,
        reports: Reports::default(),
    }
}
