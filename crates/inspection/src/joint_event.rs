//! What happens to a joint order, event by event.

use std::collections::BTreeMap;

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::{Authority, CheckItem, SubjectKind};
use crate::instruction::Window;
use crate::joint_order::{Answer, Leaving, Part};

/// Somebody who takes part, as it joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Organisation id.
    pub organisation: String,
    /// Which authority.
    pub authority: Authority,
    /// Its customs district, when it is customs.
    #[serde(default)]
    pub district: Option<String>,
    /// Its instruction.
    pub instruction: String,
    /// The drawn inspection that it stands for.
    #[serde(default)]
    pub inspection: Option<String>,
    /// Nothing leaves before it is answered.
    pub hold: bool,
    /// Inspected as soon as it arrives.
    #[serde(default)]
    pub on_arrival: bool,
    /// What it checks.
    pub checklist: Vec<CheckItem>,
    /// Competence that one of its officers must have.
    #[serde(default)]
    pub competence: Option<String>,
    /// Consignee, broker or ship agent it knows of, organisation ids.
    #[serde(default)]
    pub traders: Vec<String>,
}

/// Who leads, who is first, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Lead, organisation id.
    pub lead: String,
    /// Works first, organisation id.
    #[serde(default)]
    pub first: Option<String>,
    /// Order of steps, organisation ids.
    pub steps: Vec<String>,
}

/// `joint-order.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Of what kind.
    pub subject: SubjectKind,
    /// Key of what is inspected.
    pub key: String,
    /// Bill number.
    #[serde(default)]
    pub bill: Option<String>,
    /// Ship call id.
    #[serde(default)]
    pub call: Option<String>,
    /// Boxes.
    pub boxes: Vec<String>,
    /// Terminal.
    #[serde(default)]
    pub terminal: Option<String>,
    /// Place.
    pub place: String,
    /// It opens no box.
    pub apart: bool,
    /// Time.
    pub window: Window,
    /// The first participant.
    pub joining: Joining,
    /// Roles.
    pub roles: Roles,
}

/// `joint-order.joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub joining: Joining,
    /// Boxes that it adds.
    pub boxes: Vec<String>,
    /// The time left in common.
    pub window: Window,
    /// Roles from now on.
    pub roles: Roles,
    /// The boxes are at the site already.
    pub late: bool,
}

/// `joint-order.scheduled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Begins.
    pub slot_start: Timestamp,
    /// Ends.
    pub slot_end: Timestamp,
    /// Who proposed it, organisation id.
    pub organisation: String,
}

/// `joint-order.answered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who, organisation id.
    pub organisation: String,
    /// What.
    pub answer: Answer,
    /// User id.
    pub by: String,
}

/// `joint-order.box-arrived`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxCame {
    /// Container visit id.
    pub container: String,
    /// When.
    pub at: Timestamp,
}

/// `joint-order.opened`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxOpened {
    /// Container visit id.
    pub container: String,
    /// Which authority, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.part-recorded`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecorded {
    /// Whose, organisation id.
    pub organisation: String,
    /// What was found.
    pub part: Part,
}

/// `joint-order.left`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Who, organisation id.
    pub organisation: String,
    /// Which instruction.
    pub instruction: String,
    /// How.
    pub how: Leaving,
    /// Roles from now on; none when nobody is left.
    #[serde(default)]
    pub roles: Option<Roles>,
}

/// `joint-order.concluded`; also the command: the shared result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concluded {
    /// Disposition code ([`crate::DISPOSITIONS`]).
    pub disposition: String,
    /// Report, for everybody.
    pub findings: String,
    /// New seals of the boxes that were opened.
    pub seals: BTreeMap<String, String>,
    /// Lead that gave it, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.followed-up`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    /// What was done.
    pub note: String,
    /// By which authority, organisation id.
    #[serde(default)]
    pub organisation: String,
    /// What it had found is settled.
    #[serde(default)]
    pub settled: bool,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.closed`; also the command: the follow-up ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Disposition code with which it ends.
    pub disposition: String,
    /// What was done.
    pub note: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.cancelled`: nobody is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointCancelled {
    /// The last that left, organisation id.
    pub last: String,
}

/// `joint-order.no-presence-agreed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoPresenceAgreed {
    /// Who, organisation id.
    pub organisation: String,
    /// User id.
    pub by: String,
}

/// `joint-order.fees-exempted`: nothing was found, hoisting, shifting and storage for the inspection cost the trader nothing (FEE-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeesExempted {
    /// Boxes.
    pub boxes: Vec<String>,
    /// Enterprise, credit code; when known.
    #[serde(default)]
    pub enterprise: Option<String>,
    /// Grade looked at.
    #[serde(default)]
    pub grade: Option<String>,
}

ledger::domain_events! {
    /// What happens to a joint order.
    pub enum JointOrderEvent for "joint-order" {
        /// Proposed.
        Proposed(Proposed) = "joint-order.proposed",
        /// An authority takes part.
        Joined(Joined) = "joint-order.joined",
        /// A time is proposed.
        Scheduled(Scheduled) = "joint-order.scheduled",
        /// A participant answers.
        Answered(Answered) = "joint-order.answered",
        /// The consignee need not be there.
        NoPresenceAgreed(NoPresenceAgreed) = "joint-order.no-presence-agreed",
        /// A box came to the site.
        BoxArrived(BoxCame) = "joint-order.box-arrived",
        /// A box was opened.
        Opened(BoxOpened) = "joint-order.opened",
        /// An authority has written down its part.
        PartRecorded(PartRecorded) = "joint-order.part-recorded",
        /// An authority left.
        Left(Left) = "joint-order.left",
        /// The shared result.
        Concluded(Concluded) = "joint-order.concluded",
        /// A step of the follow-up.
        FollowedUp(FollowedUp) = "joint-order.followed-up",
        /// The follow-up ended.
        Closed(Closed) = "joint-order.closed",
        /// Nobody is left.
        Cancelled(JointCancelled) = "joint-order.cancelled",
        /// The inspection costs the trader nothing.
        FeesExempted(FeesExempted) = "joint-order.fees-exempted",
    }
}
