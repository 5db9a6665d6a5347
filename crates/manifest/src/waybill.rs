//! A waybill by rail or air (铁路运单、航空运单): what it says, by which trains or flights its goods come or go, and its release.
//!
//! Invariants: the goods of a rail waybill travel by one train; an air waybill may be split over several flights; what was released changes no
//! more until the release is taken back; a number is not used again within two years.
//!
//! Deliberately not known here: declarations beyond their number, which customs records with the release.

use codes::{Flow, Mass};
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::bill::{BILL_REUSE_DAYS, Consignee, Party};
use crate::sheet::CargoUnit;

/// Most trains or flights of one waybill.
pub const CARRIAGES_MAX: usize = 20;
/// Most house waybills under one air waybill.
pub const HOUSES_MAX: usize = 500;
/// Most status messages kept with one waybill, the newest ones.
pub const STATUSES_MAX: usize = 60;
/// Search keys of a waybill's units.
const UNIT_KEYS_MAX: usize = 60;

/// How goods travel (运输方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransportMode {
    /// By train (铁路): 3 in declarations.
    #[default]
    Rail,
    /// By aircraft (航空): 5 in declarations.
    Air,
}

impl TransportMode {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rail => "rail",
            Self::Air => "air",
        }
    }
}

/// What a waybill says (运单内容).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillContent {
    /// Station or airport where the goods began (发站、始发站).
    pub origin: String,
    /// Station or airport to which they go (到站、目的站).
    pub destination: String,
    /// Shipper (发货人).
    pub shipper: Party,
    /// Consignee (收货人).
    pub consignee: Consignee,
    /// Description of the goods (品名).
    pub goods: String,
    /// HS code as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<String>,
    /// UN number of dangerous goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub un_no: Option<String>,
    /// Packages in all (件数).
    pub packages: u32,
    /// Gross mass in all, kg (毛重).
    pub gross_kg: Mass,
    /// Wagons, boxes and air units, where they are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<CargoUnit>,
}

/// The goods of a waybill on one train or flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carriage {
    /// Train or flight, conveyance id.
    pub conveyance: String,
    /// Packages on it.
    pub packages: u32,
    /// Gross mass on it, kg.
    pub gross_kg: Mass,
    /// Whether it is all of the waybill: shipment description code of an air manifest (T total, P part, S split, D, M).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<String>,
    /// Air units in which it lies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<CargoUnit>,
}

/// A house waybill under a master air waybill (分运单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseWaybill {
    /// Number.
    pub number: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// Packages.
    pub packages: u32,
    /// Gross mass, kg.
    pub gross_kg: Mass,
    /// Goods.
    pub goods: String,
}

/// What an air status message told (货物状态).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AirStatus {
    /// Status code, such as `RCF`, as sent.
    pub code: String,
    /// When, where the message tells it, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Airport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flight: Option<String>,
    /// Packages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Gross mass, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Mass>,
    /// Who told it, organisation id.
    pub by: String,
}

/// How goods are released (放行方式), as a public description of the rail supervision messages has the codes; not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseMode {
    /// 02 转关.
    Transit,
    /// 03 跨关区一体化.
    CrossDistrict,
    /// 04 关区一体化.
    InDistrict,
    /// 05 属地申报口岸放行.
    LocalDeclaration,
    /// 06 报关放行.
    Declared,
    /// 08 人工放行.
    Manual,
    /// 09 非贸.
    NonTrade,
    /// 10 部分放行.
    Partial,
}

impl ReleaseMode {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Transit,
        Self::CrossDistrict,
        Self::InDistrict,
        Self::LocalDeclaration,
        Self::Declared,
        Self::Manual,
        Self::NonTrade,
        Self::Partial,
    ];
    /// Code on the wire of goods that are not released (未放行).
    pub const NOT_RELEASED: &'static str = "01";

    /// Code on the wire.
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Transit => "02",
            Self::CrossDistrict => "03",
            Self::InDistrict => "04",
            Self::LocalDeclaration => "05",
            Self::Declared => "06",
            Self::Manual => "08",
            Self::NonTrade => "09",
            Self::Partial => "10",
        }
    }

    /// The mode of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.wire() == code)
    }
}

/// A release by customs (放行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillRelease {
    /// How.
    pub mode: ReleaseMode,
    /// Number of the declaration on which it rests (报关单号), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Officer, user id.
    pub officer: String,
}

/// That the goods are here (货物运抵).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillArrived {
    /// By which train or flight; none where only a status message told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conveyance: Option<String>,
    /// When.
    pub at: Timestamp,
    /// They are not as manifested.
    pub differs: bool,
}

/// `waybill.manifested`; also the command: listed on the manifest of a train or flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillManifested {
    /// How it travels.
    pub mode: TransportMode,
    /// In or out.
    pub flow: Flow,
    /// Sender of the manifest, organisation id.
    pub agent: String,
    /// Yard or cargo terminal, organisation id.
    pub terminal: String,
    /// Customs district.
    pub district: String,
    /// What the manifest says of it.
    pub content: WaybillContent,
    /// What of it is on the train or flight.
    pub carriage: Carriage,
}

/// `waybill.described`; also the command: the waybill itself came (FWB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillDescribed {
    /// Who sent it, organisation id.
    pub agent: String,
    /// Customs district.
    pub district: String,
    /// What it says.
    pub content: WaybillContent,
    /// In or out, by its airports.
    pub flow: Flow,
}

/// `waybill.houses-listed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HousesListed {
    /// Houses; one that is known is replaced.
    pub houses: Vec<HouseWaybill>,
}

/// `waybill.arrival-withdrawn`: what told that the goods are here was taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillArrivalWithdrawn {}

/// `waybill.release-revoked`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillReleaseRevoked {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

/// `waybill.taken-off`; also the command: no longer on a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillTakenOff {
    /// Of which train or flight.
    pub conveyance: String,
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a waybill.
    pub enum WaybillEvent for "waybill" {
        /// On a manifest, or changed on it.
        Manifested(WaybillManifested) = "waybill.manifested",
        /// The waybill itself came.
        Described(WaybillDescribed) = "waybill.described",
        /// Its houses came.
        HousesListed(HousesListed) = "waybill.houses-listed",
        /// A status came.
        StatusTold(AirStatus) = "waybill.status-told",
        /// The goods are here.
        Arrived(WaybillArrived) = "waybill.arrived",
        /// That was taken back.
        ArrivalWithdrawn(WaybillArrivalWithdrawn) = "waybill.arrival-withdrawn",
        /// Released.
        Released(WaybillRelease) = "waybill.released",
        /// The release was taken back.
        ReleaseRevoked(WaybillReleaseRevoked) = "waybill.release-revoked",
        /// Off a manifest.
        TakenOff(WaybillTakenOff) = "waybill.taken-off",
    }
}

/// A waybill. Its id is its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waybill {
    /// How it travels.
    pub mode: TransportMode,
    /// In or out.
    pub flow: Flow,
    /// Who manifested it or sent it first, organisation id.
    pub agent: String,
    /// Who sent the waybill itself, organisation id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described_by: Option<String>,
    /// Yard or cargo terminal, organisation id; empty until it is on a manifest.
    pub terminal: String,
    /// Customs district.
    pub district: String,
    /// What it says; of the waybill itself where that came, otherwise of the manifest.
    pub content: WaybillContent,
    /// Trains or flights.
    pub carriages: Vec<Carriage>,
    /// Houses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub houses: Vec<HouseWaybill>,
    /// Statuses, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<AirStatus>,
    /// The goods are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<WaybillArrived>,
    /// Released, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<(WaybillRelease, Timestamp)>,
    /// Off every manifest, since when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_off: Option<(Timestamp, String)>,
    /// When it became known.
    pub opened_at: Timestamp,
}

impl Waybill {
    /// Is it on the manifest of a train or flight?
    pub fn is_on(&self, conveyance: &str) -> bool {
        self.carriages.iter().any(|one| one.conveyance == conveyance)
    }

    /// Packages and mass on all its flights together; `None` past what can be counted.
    pub fn carried(&self) -> Option<(u64, Mass)> {
        let mass = Mass::sum(self.carriages.iter().map(|one| one.gross_kg))?;
        Some((self.carriages.iter().map(|one| u64::from(one.packages)).sum(), mass))
    }

    /// Packages and mass of its houses together; `None` where it has none.
    pub fn housed(&self) -> Option<(u64, Mass)> {
        if self.houses.is_empty() {
            return None;
        }
        let mass = Mass::sum(self.houses.iter().map(|one| one.gross_kg))?;
        Some((self.houses.iter().map(|one| u64::from(one.packages)).sum(), mass))
    }

    /// Would it be another waybill under the same number: this one is off every manifest, or so old that its number is free again?
    fn begins_anew(&self, conveyance: &str, at: Timestamp) -> bool {
        let old = at >= self.opened_at.plus_days(BILL_REUSE_DAYS) && !self.is_on(conveyance);
        old || (self.taken_off.is_some() && self.described_by.is_none())
    }

    fn refuse(&self, code: &'static str, attempted: &'static str, zh: &str, en: &str) -> Refusal {
        Refusal::new(code, attempted, self.status(), zh, en)
    }

    /// A waybill is its carrier's agent's and its sender's. Whoever else names its number takes part in it only by saying what it says: a
    /// number is easily guessed, and a part in a waybill opens it.
    fn belongs(&self, agent: &str, content: &WaybillContent) -> Result<(), Refusal> {
        let listed = !self.carriages.is_empty() && self.agent != agent;
        let described = self.described_by.as_ref().is_some_and(|by| by != agent) && self.agent != agent;
        let known = &self.content;
        let agrees = known.packages == content.packages
            && known.origin.trim().eq_ignore_ascii_case(content.origin.trim())
            && known.destination.trim().eq_ignore_ascii_case(content.destination.trim());
        if listed || described && !agrees {
            let zh = "该运单属于另一单位，或与其已发送的运单不符。";
            let en = "The waybill is another organisation's, or does not say what was sent of it.";
            return Err(self.refuse("waybill-of-other-agent", "conveyance.manifest", zh, en));
        }
        Ok(())
    }

    fn unreleased(&self, attempted: &'static str) -> Result<(), Refusal> {
        match self.release {
            None => Ok(()),
            Some(_) => {
                Err(self.refuse("waybill-released", attempted, "运单已放行，不能更改。", "The waybill is released; it changes no more."))
            }
        }
    }
}

/// Lists a waybill on a manifest, or changes it there.
///
/// # Errors
/// `waybill-number-reused` when the number is on another train, or was used within two years; `waybill-mode-differs`; `waybill-released`;
/// `waybill-too-many-carriages`; `waybill-unchanged`.
pub fn decide_manifest_waybill(state: Option<&Waybill>, command: WaybillManifested, at: Timestamp) -> Result<Vec<WaybillEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.manifest";
    let Some(known) = state else { return Ok(vec![command.into()]) };
    if known.mode != command.mode {
        return Err(known.refuse(
            "waybill-mode-differs",
            ATTEMPT,
            "该运单号已用于另一种运输方式。",
            "The number is used by another mode of transport.",
        ));
    }
    let here = known.is_on(&command.carriage.conveyance);
    if known.begins_anew(&command.carriage.conveyance, at) {
        return Ok(vec![command.into()]);
    }
    if known.mode == TransportMode::Rail && !here {
        return Err(reused(known));
    }
    known.belongs(&command.agent, &command.content)?;
    let same = known.carriages.contains(&command.carriage)
        && known.terminal == command.terminal
        && (known.described_by.is_some() || known.content == command.content);
    if same && known.taken_off.is_none() {
        return Err(known.refuse("waybill-unchanged", ATTEMPT, "与已登记的相同。", "The same is recorded already."));
    }
    // What of an air waybill comes by another flight may be listed after the first of it was released.
    if known.mode == TransportMode::Rail || here {
        known.unreleased(ATTEMPT)?;
    }
    if !here && known.carriages.len() >= CARRIAGES_MAX {
        return Err(known.refuse(
            "waybill-too-many-carriages",
            ATTEMPT,
            "一票运单最多分 20 个航班。",
            "A waybill is split over at most 20 flights.",
        ));
    }
    Ok(vec![command.into()])
}

fn reused(known: &Waybill) -> Refusal {
    known.refuse(
        "waybill-number-reused",
        "conveyance.manifest",
        "该运单号已列入另一列车的舱单，两年内不得重复使用。",
        "The number is on the manifest of another train; it is not used again within two years.",
    )
}

/// Takes in the waybill itself (FWB), or a later version of it.
///
/// # Errors
/// `waybill-mode-differs`; `waybill-described-by-other` when another organisation sent it; `waybill-released`; `waybill-unchanged`.
pub fn decide_describe(state: Option<&Waybill>, command: WaybillDescribed) -> Result<Vec<WaybillEvent>, Refusal> {
    const ATTEMPT: &str = "waybill.describe";
    let Some(known) = state else { return Ok(vec![command.into()]) };
    if known.mode != TransportMode::Air {
        return Err(known.refuse(
            "waybill-mode-differs",
            ATTEMPT,
            "该运单号已用于另一种运输方式。",
            "The number is used by another mode of transport.",
        ));
    }
    known.unreleased(ATTEMPT)?;
    match &known.described_by {
        Some(other) if *other != command.agent => Err(known.refuse(
            "waybill-described-by-other",
            ATTEMPT,
            "运单数据由另一单位发送，请由其更正。",
            "Another organisation sent this waybill; it corrects it.",
        )),
        Some(_) if known.content == command.content => {
            Err(known.refuse("waybill-unchanged", ATTEMPT, "与已登记的相同。", "The same is recorded already."))
        }
        // Listed by another one: its sender says the same of it.
        None if known.agent != command.agent => {
            let listed = Waybill { described_by: Some(known.agent.clone()), carriages: Vec::new(), ..known.clone() };
            listed.belongs(&command.agent, &command.content)?;
            Ok(vec![command.into()])
        }
        Some(_) | None => Ok(vec![command.into()]),
    }
}

/// Takes in houses of a master waybill (FHL).
///
/// # Errors
/// `waybill-released`; `waybill-too-many-houses`; `waybill-unchanged`.
pub fn decide_houses(state: &Waybill, command: HousesListed) -> Result<Vec<WaybillEvent>, Refusal> {
    const ATTEMPT: &str = "waybill.describe";
    state.unreleased(ATTEMPT)?;
    let new = command.houses.iter().filter(|house| state.houses.iter().all(|known| known.number != house.number)).count();
    if state.houses.len() + new > HOUSES_MAX {
        return Err(state.refuse(
            "waybill-too-many-houses",
            ATTEMPT,
            "一票主运单最多 500 票分运单。",
            "A master waybill has at most 500 houses.",
        ));
    }
    if command.houses.iter().all(|house| state.houses.contains(house)) {
        return Err(state.refuse("waybill-unchanged", ATTEMPT, "与已登记的相同。", "The same is recorded already."));
    }
    Ok(vec![command.into()])
}

/// Takes in a status (FSU). `arrives` says that by it the goods are here.
///
/// # Errors
/// `waybill-unchanged` when it was told before.
pub fn decide_status(state: &Waybill, command: AirStatus, arrives: bool, at: Timestamp) -> Result<Vec<WaybillEvent>, Refusal> {
    if state.statuses.contains(&command) {
        return Err(state.refuse("waybill-unchanged", "waybill.tell-status", "与已登记的相同。", "The same is recorded already."));
    }
    let told_at = command.at.unwrap_or(at);
    // Pieces come in parts: the goods are here when all of them are.
    let parts =
        state.statuses.iter().filter(|known| known.code == command.code && known.by == command.by).filter_map(|known| known.packages);
    let come = command.packages.map(|told| parts.fold(told, u32::saturating_add));
    let differs = come.is_some_and(|come| come != state.content.packages);
    let arrives = arrives && come.is_none_or(|come| come >= state.content.packages);
    let mut events: Vec<WaybillEvent> = vec![command.into()];
    if arrives && state.arrived.is_none() && state.taken_off.is_none() {
        events.push(WaybillArrived { conveyance: None, at: told_at, differs }.into());
    }
    Ok(events)
}

/// The goods are here, as a sheet tells it. Nothing when the same is known, or when the waybill is off its manifest.
pub fn decide_waybill_arrived(state: &Waybill, command: WaybillArrived) -> Vec<WaybillEvent> {
    if state.taken_off.is_some() || state.arrived.as_ref() == Some(&command) { Vec::new() } else { vec![command.into()] }
}

/// What told that the goods are here was taken back. Nothing when they were not told to be, or are released.
pub fn decide_arrival_withdrawn(state: &Waybill) -> Vec<WaybillEvent> {
    if state.arrived.is_none() || state.release.is_some() { Vec::new() } else { vec![WaybillArrivalWithdrawn {}.into()] }
}

/// Releases the goods.
///
/// # Errors
/// `waybill-released`; `waybill-taken-off`; `waybill-not-manifested` while no manifest lists it; `waybill-not-arrived` before the goods are
/// here.
pub fn decide_release_waybill(state: &Waybill, command: WaybillRelease) -> Result<Vec<WaybillEvent>, Refusal> {
    const ATTEMPT: &str = "waybill.release";
    if state.taken_off.is_some() {
        return Err(state.refuse("waybill-taken-off", ATTEMPT, "运单已从舱单删除。", "The waybill was taken off its manifest."));
    }
    state.unreleased(ATTEMPT)?;
    if state.carriages.is_empty() {
        return Err(state.refuse("waybill-not-manifested", ATTEMPT, "运单尚未列入舱单。", "No manifest lists the waybill."));
    }
    if state.arrived.is_none() {
        return Err(state.refuse(
            "waybill-not-arrived",
            ATTEMPT,
            "货物尚未理货或运抵。",
            "The goods are not tallied, or have not arrived.",
        ));
    }
    Ok(vec![command.into()])
}

/// Takes a release back.
///
/// # Errors
/// `waybill-not-released`.
pub fn decide_revoke_waybill_release(state: &Waybill, command: WaybillReleaseRevoked) -> Result<Vec<WaybillEvent>, Refusal> {
    match state.release {
        Some(_) => Ok(vec![command.into()]),
        None => Err(state.refuse("waybill-not-released", "waybill.revoke-release", "运单未放行。", "The waybill is not released.")),
    }
}

/// Takes a waybill off the manifest of a train or flight.
///
/// # Errors
/// `waybill-not-on-manifest`; `waybill-released`; `waybill-arrived` once the goods are here.
pub fn decide_take_off(state: &Waybill, command: WaybillTakenOff) -> Result<Vec<WaybillEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.manifest";
    if !state.is_on(&command.conveyance) {
        return Err(state.refuse("waybill-not-on-manifest", ATTEMPT, "运单不在该舱单上。", "The waybill is not on this manifest."));
    }
    state.unreleased(ATTEMPT)?;
    if state.arrived.is_some() {
        return Err(state.refuse(
            "waybill-arrived",
            ATTEMPT,
            "货物已理货或运抵，不能从舱单删除。",
            "The goods are here; the waybill cannot be taken off.",
        ));
    }
    Ok(vec![command.into()])
}

impl Aggregate for Waybill {
    const KIND: &'static str = "waybill";
    type Event = WaybillEvent;

    fn apply(state: Option<Self>, event: &WaybillEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use WaybillEvent as E;
        let Some(mut waybill) = state else {
            return match event {
                E::Manifested(data) => Ok(manifested(data, at)),
                E::Described(data) => Ok(described(data, at)),
                E::HousesListed(_)
                | E::StatusTold(_)
                | E::Arrived(_)
                | E::ArrivalWithdrawn(_)
                | E::Released(_)
                | E::ReleaseRevoked(_)
                | E::TakenOff(_) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".to_owned() }),
            };
        };
        match event {
            E::Manifested(data) if waybill.begins_anew(&data.carriage.conveyance, at) => return Ok(manifested(data, at)),
            E::Manifested(data) => {
                waybill.carriages.retain(|one| one.conveyance != data.carriage.conveyance);
                waybill.carriages.push(data.carriage.clone());
                waybill.terminal.clone_from(&data.terminal);
                waybill.taken_off = None;
                if waybill.carriages.len() == 1 {
                    waybill.agent.clone_from(&data.agent);
                }
                if waybill.described_by.is_none() {
                    waybill.content = data.content.clone();
                }
            }
            E::Described(data) => {
                waybill.described_by = Some(data.agent.clone());
                waybill.content = data.content.clone();
            }
            E::HousesListed(data) => {
                waybill.houses.retain(|known| data.houses.iter().all(|house| house.number != known.number));
                waybill.houses.extend(data.houses.iter().cloned());
            }
            E::StatusTold(data) => {
                if waybill.statuses.len() >= STATUSES_MAX {
                    waybill.statuses.remove(0);
                }
                waybill.statuses.push(data.clone());
            }
            E::Arrived(data) => waybill.arrived = Some(data.clone()),
            E::ArrivalWithdrawn(_) => waybill.arrived = None,
            E::Released(data) => waybill.release = Some((data.clone(), at)),
            E::ReleaseRevoked(_) => waybill.release = None,
            E::TakenOff(data) => {
                waybill.carriages.retain(|one| one.conveyance != data.conveyance);
                if waybill.carriages.is_empty() {
                    waybill.taken_off = Some((at, data.reason.clone()));
                }
            }
        }
        Ok(waybill)
    }

    fn related(&self, event: &WaybillEvent) -> Vec<Related> {
        use WaybillEvent as E;
        let conveyance = |id: &str| vec![(ObjectRef::new("conveyance", id), "conveyance")];
        match event {
            E::Manifested(data) => conveyance(&data.carriage.conveyance),
            E::TakenOff(data) => conveyance(&data.conveyance),
            E::Arrived(WaybillArrived { conveyance: Some(id), .. }) => conveyance(id),
            E::Arrived(_)
            | E::Described(_)
            | E::HousesListed(_)
            | E::StatusTold(_)
            | E::ArrivalWithdrawn(_)
            | E::Released(_)
            | E::ReleaseRevoked(_) => {
                self.carriages.iter().map(|one| (ObjectRef::new("conveyance", one.conveyance.clone()), "conveyance")).collect()
            }
        }
    }

    fn status(&self) -> &'static str {
        match (&self.taken_off, &self.release, &self.arrived) {
            (Some(_), _, _) => "taken-off",
            (None, Some(_), _) => "released",
            (None, None, Some(arrived)) if arrived.differs => "differs",
            (None, None, Some(_)) => "arrived",
            (None, None, None) if self.carriages.is_empty() => "described",
            (None, None, None) => "manifested",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = self.taken_off.as_ref().map(|(at, _)| *at).or(self.release.as_ref().map(|(_, at)| *at));
        let decide = closed_at.is_none() && self.arrived.is_some();
        let mut parties = vec![self.agent.clone()];
        parties.extend(self.described_by.clone());
        parties.extend(Some(self.terminal.clone()).filter(|terminal| !terminal.is_empty()));
        parties.extend(self.content.consignee.org.clone());
        parties.sort();
        parties.dedup();
        let mut keys = vec![id.to_uppercase(), format!("MODE:{}", self.mode.code().to_uppercase())];
        keys.extend(self.carriages.iter().map(|one| one.conveyance.to_uppercase()));
        keys.extend(self.release.iter().filter_map(|(release, _)| release.entry_id.clone()));
        let units = self.content.units.iter().chain(self.carriages.iter().flat_map(|one| &one.units));
        keys.extend(units.map(|unit| unit.name().to_uppercase()).filter(|name| !name.is_empty()).take(UNIT_KEYS_MAX));
        keys.extend(self.houses.iter().map(|house| house.number.to_uppercase()).take(UNIT_KEYS_MAX));
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            owner: None,
            action: decide.then(|| "release-waybill".to_owned()),
            authority: Some(self.district.clone()),
            parties,
            keys,
            opened_at: self.opened_at,
            due_at: None,
            closed_at,
        }
    }
}

fn manifested(data: &WaybillManifested, at: Timestamp) -> Waybill {
    Waybill {
        mode: data.mode,
        flow: data.flow,
        agent: data.agent.clone(),
        described_by: None,
        terminal: data.terminal.clone(),
        district: data.district.clone(),
        content: data.content.clone(),
        carriages: vec![data.carriage.clone()],
        houses: Vec::new(),
        statuses: Vec::new(),
        arrived: None,
        release: None,
        taken_off: None,
        opened_at: at,
    }
}

fn described(data: &WaybillDescribed, at: Timestamp) -> Waybill {
    Waybill {
        mode: TransportMode::Air,
        flow: data.flow,
        agent: data.agent.clone(),
        described_by: Some(data.agent.clone()),
        terminal: String::new(),
        district: data.district.clone(),
        content: data.content.clone(),
        carriages: Vec::new(),
        houses: Vec::new(),
        statuses: Vec::new(),
        arrived: None,
        release: None,
        taken_off: None,
        opened_at: at,
    }
}
