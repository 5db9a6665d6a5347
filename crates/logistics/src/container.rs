//! One visit of one container (集装箱进港周期): where it is, what customs says, what papers it has.

use std::collections::BTreeMap;

use codes::Mass;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::onward::{Onward, OnwardEnded, OnwardPlanned, OnwardReleased, OnwardRevoked, Shipped};
use crate::report::{AlarmRaised, AlarmsReviewed, Reported, Reports};

/// Object id of a visit: the container number and the call that brought it.
pub fn container_id(number: &str, call: &str) -> String {
    format!("{number}-{call}")
}

/// Container number of a visit's object id.
pub fn container_number(id: &str) -> &str {
    id.split_once('-').map_or(id, |(number, _)| number)
}

/// Where the box is: one place at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "kebab-case")]
pub enum Place {
    /// On the ship (在船).
    OnBoard,
    /// In the yard (在场).
    Yard {
        /// Yard position (场位), as the terminal calls it.
        position: String,
    },
    /// At an inspection site (在查验场地).
    InspectionSite {
        /// Inspection site.
        site: String,
    },
    /// On a truck inside the terminal (在闸内车上).
    OnTruck {
        /// Plate number (车牌号).
        plate: String,
        /// Booking it is collected under.
        booking: String,
        /// Where it stood.
        position: String,
    },
    /// Left through the gate (已出闸).
    Gone {
        /// Gate transaction.
        gate_transaction: String,
        /// Interchange receipt.
        eir: String,
        /// Plate number.
        plate: String,
        /// When.
        at: Timestamp,
    },
    /// Left on another ship (已装船中转).
    Shipped {
        /// Outbound ship call id.
        call: String,
        /// When.
        at: Timestamp,
    },
}

/// A customs release (放行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Declaration id.
    pub declaration: String,
    /// When.
    pub at: Timestamp,
}

/// A hold (扣留、布控).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Who ordered it: organisation id or customs district code.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What customs says of the box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Customs {
    /// Not released (未放行).
    NotReleased,
    /// Released (已放行).
    Released {
        /// The release.
        release: Release,
    },
    /// Held (扣留), whether released before or not.
    Held {
        /// The hold.
        hold: Hold,
        /// The release that comes back into force when the hold is lifted.
        release: Option<Release>,
    },
}

/// An authority that wants the box checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructedBy {
    /// Which, organisation id.
    pub by: String,
    /// It does not leave before that is answered.
    pub hold: bool,
}

/// The delivery order that covers the box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderOnBox {
    /// Delivery order id.
    pub id: String,
    /// Who may collect, organisation id.
    pub holder: String,
    /// End of free storage (免堆期).
    pub free_until: Option<Timestamp>,
}

/// When the box reached each point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestones {
    /// Announced on a manifest.
    pub announced_at: Option<Timestamp>,
    /// Discharged (卸船).
    pub discharged_at: Option<Timestamp>,
    /// Last moved to an inspection site.
    pub at_inspection_at: Option<Timestamp>,
    /// Released (放行).
    pub released_at: Option<Timestamp>,
    /// Delivery order issued (换单).
    pub order_issued_at: Option<Timestamp>,
    /// Last booked (预约).
    pub booked_at: Option<Timestamp>,
    /// Last gated in for pick-up (提箱进闸).
    pub gated_in_at: Option<Timestamp>,
    /// Left (出闸).
    pub gated_out_at: Option<Timestamp>,
}

/// One visit of one container. Its id is [`container_id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Container number (箱号).
    pub number: String,
    /// Size and type (箱型尺寸).
    pub size_type: String,
    /// Ship call id.
    pub call: String,
    /// Bill number; `None` when it was landed without being manifested.
    pub bill: Option<String>,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Seal (封志), as last seen.
    pub seal: Option<String>,
    /// Gross mass of the goods, kg.
    pub gross_kg: Mass,
    /// Where it is.
    pub place: Place,
    /// What customs says.
    pub customs: Customs,
    /// Delivery order issued for it.
    pub order: Option<OrderOnBox>,
    /// Open booking.
    pub booking: Option<String>,
    /// Trucker of the open booking, organisation id.
    pub trucker: Option<String>,
    /// By which ship it goes on, when that is planned (水水中转).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onward: Option<Onward>,
    /// Authorities' instructions to check it, by instruction id (布控).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instructed: BTreeMap<String, InstructedBy>,
    /// Damage noted at discharge (残损).
    pub damage: Option<String>,
    /// When it reached each point.
    pub milestones: Milestones,
    /// Organisations concerned.
    pub parties: Vec<String>,
    /// What messages told of it.
    #[serde(default, skip_serializing_if = "Reports::is_empty")]
    pub reports: Reports,
}

impl Container {
    /// Whether it is still on the ship.
    pub fn is_on_board(&self) -> bool {
        matches!(self.place, Place::OnBoard)
    }

    /// The release in force: none while held.
    pub fn release(&self) -> Option<&Release> {
        match &self.customs {
            Customs::Released { release } => Some(release),
            Customs::NotReleased | Customs::Held { .. } => None,
        }
    }

    /// The hold in force.
    pub fn hold(&self) -> Option<&Hold> {
        match &self.customs {
            Customs::Held { hold, .. } => Some(hold),
            Customs::NotReleased | Customs::Released { .. } => None,
        }
    }

    /// An authority's instruction keeps it from leaving, whatever customs says.
    pub fn is_barred(&self) -> bool {
        self.instructed.values().any(|instructed| instructed.hold)
    }

    pub(crate) fn admit(&mut self, organisation: &str) {
        if self.parties.iter().all(|party| party != organisation) {
            self.parties.push(organisation.to_owned());
        }
    }
}

/// `container.announced`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Container number.
    pub number: String,
    /// Size and type.
    pub size_type: String,
    /// Ship call id.
    pub call: String,
    /// Bill number; `None` when landed without being manifested.
    pub bill: Option<String>,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Seal as manifested.
    pub seal: Option<String>,
    /// Gross mass of the goods, kg.
    pub gross_kg: Mass,
    /// Ship agent, receiver and whoever else is concerned, organisation ids.
    pub parties: Vec<String>,
}

/// Tally of a box at discharge (理货).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DischargeTally {
    /// Packages counted, when counted.
    #[serde(default)]
    pub packages: Option<u32>,
    /// Damage noted.
    #[serde(default)]
    pub damage: Option<String>,
    /// Tally company (理货公司).
    #[serde(default)]
    pub tally_company: Option<String>,
}

impl DischargeTally {
    /// Whether the discharge report carries the tally: it names who tallied, or what was counted. A report that does neither says that the
    /// box is ashore, and the tally report is still due (MFT-02).
    pub fn is_told(&self) -> bool {
        self.tally_company.is_some() || self.packages.is_some()
    }
}

/// `container.discharged`; also the command (卸船).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discharged {
    /// When.
    pub at: Timestamp,
    /// Where it was put.
    pub position: String,
    /// Seal seen.
    #[serde(default)]
    pub seal: Option<String>,
    /// Tally.
    #[serde(default)]
    pub tally: DischargeTally,
}

/// `container.moved`; also the command (场内移位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// New yard position.
    pub position: String,
}

/// `container.moved-to-inspection`; also the command (调箱至查验场地).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedToInspection {
    /// Inspection site.
    pub site: String,
}

/// `container.returned`; also the command (查验归位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Yard position.
    pub position: String,
}

/// `container.released`; also the command (放行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Declaration id.
    pub declaration: String,
    /// Broker that declared, organisation id; from now on a party.
    #[serde(default)]
    pub broker: Option<String>,
}

/// `container.held`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Why.
    pub reason: String,
    /// Who ordered it.
    pub by: String,
}

/// `container.hold-lifted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldLifted {
    /// Who lifted it.
    pub by: String,
}

/// `container.instructed`; also the command: an authority wants it checked. Why is the authority's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructed {
    /// Instruction id.
    pub instruction: String,
    /// Which authority, organisation id; from now on a party.
    pub by: String,
    /// It does not leave before that is answered.
    pub hold: bool,
}

/// `container.instruction-ended`; also the command: answered so that it may go on, or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionEnded {
    /// Instruction id.
    pub instruction: String,
}

/// `container.party-admitted`; also the command: somebody follows the box from now on, such as a consignee who was named late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyAdmitted {
    /// Organisation id.
    pub organisation: String,
}

/// `container.order-issued`; also the command. A transfer of the order is told to the box by the same event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderIssued {
    /// Delivery order id.
    pub delivery_order: String,
    /// Who may collect, organisation id.
    pub holder: String,
    /// End of free storage.
    #[serde(default)]
    pub free_until: Option<Timestamp>,
}

/// `container.order-ended`; also the command: the delivery order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEnded {
    /// Delivery order id.
    pub delivery_order: String,
}

/// `container.booked`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// Booking id.
    pub booking: String,
    /// Trucker, organisation id.
    pub trucker: String,
}

/// `container.booking-ended`; also the command (cancelled, missed, or the truck left without the box).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingEnded {
    /// Booking id.
    pub booking: String,
}

/// `container.gated-in`; also the command: the truck that collects it is in the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedIn {
    /// Booking id.
    pub booking: String,
    /// Plate number.
    pub plate: String,
}

/// `container.gated-out`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedOut {
    /// Gate transaction id.
    pub gate_transaction: String,
    /// Plate number.
    pub plate: String,
    /// Seal seen at the gate.
    #[serde(default)]
    pub seal: Option<String>,
    /// Interchange receipt id.
    pub eir: String,
}

ledger::domain_events! {
    /// What happens to a container during a visit.
    pub enum ContainerEvent for "container" {
        /// Announced to the terminal.
        Announced(Announced) = "container.announced",
        /// Landed.
        Discharged(Discharged) = "container.discharged",
        /// Moved in the yard.
        Moved(Moved) = "container.moved",
        /// Moved to an inspection site.
        MovedToInspection(MovedToInspection) = "container.moved-to-inspection",
        /// Back in the yard.
        Returned(Returned) = "container.returned",
        /// Released by customs.
        Released(Released) = "container.released",
        /// Held.
        Held(Held) = "container.held",
        /// Hold lifted.
        HoldLifted(HoldLifted) = "container.hold-lifted",
        /// An authority wants it checked.
        Instructed(Instructed) = "container.instructed",
        /// That is answered.
        InstructionEnded(InstructionEnded) = "container.instruction-ended",
        /// Somebody follows the box from now on.
        PartyAdmitted(PartyAdmitted) = "container.party-admitted",
        /// Covered by an issued delivery order.
        OrderIssued(OrderIssued) = "container.order-issued",
        /// Its delivery order was cancelled.
        OrderEnded(OrderEnded) = "container.order-ended",
        /// Pick-up booked.
        Booked(Booked) = "container.booked",
        /// Booking ended without pick-up.
        BookingEnded(BookingEnded) = "container.booking-ended",
        /// Its truck came in.
        GatedIn(GatedIn) = "container.gated-in",
        /// Left.
        GatedOut(GatedOut) = "container.gated-out",
        /// Is to go on by another ship.
        OnwardPlanned(OnwardPlanned) = "container.onward-planned",
        /// May be loaded onto it.
        OnwardReleased(OnwardReleased) = "container.onward-released",
        /// May not any more.
        OnwardRevoked(OnwardRevoked) = "container.onward-revoked",
        /// Does not go on by it.
        OnwardEnded(OnwardEnded) = "container.onward-ended",
        /// Left on it.
        Shipped(Shipped) = "container.shipped",
        /// Something was told of it by message.
        Reported(Reported) = "container.reported",
        /// What was told must not have happened.
        AlarmRaised(AlarmRaised) = "container.alarm-raised",
        /// An officer has looked at its alarms.
        AlarmsReviewed(AlarmsReviewed) = "container.alarms-reviewed",
    }
}
