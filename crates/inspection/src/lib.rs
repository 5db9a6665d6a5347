//! Inspection of goods (查验): the order, the appointment, the officers drawn, the box at the site, the result.
//!
//! Invariants: a result is written down by one drawn officer and confirmed by another (Decree 138: at least two; double random, State Council
//! 2015); who is replaced is replaced by lot, at the order of somebody who was not drawn; a box that is opened or scanned is at the site first;
//! there is one result; a closed inspection changes no more.
//!
//! Instructions of several authorities about one thing meet in a joint order: one opening of a box, one shared result, one release; why an
//! authority wants something checked is sealed to it.
//!
//! What an officer wrote down at the site with a phone is kept whether it is taken or not.
//!
//! Deliberately does not know duty, declarations' contents, or how the draw works: it records what was drawn so that anybody can check it.
#![forbid(unsafe_code)]

mod authority;
mod disposition;
mod field_record;
mod inspection;
mod instruction;
mod joint_apply;
mod joint_decide;
mod joint_event;
mod joint_order;
mod result;

pub use authority::{Authority, CheckItem, Checklist, JointRules, Precedence, SubjectKind};
pub use disposition::{Consequence, DISPOSITIONS, Disposition, disposition};
pub use field_record::{
    CLOCK_SKEW_MINUTES_MAX, FIELD_CHECKS_MAX, FIELD_PHOTOS_MAX, FieldDraft, FieldOrderKind, FieldPhase, FieldRecord, FieldRecordEvent,
    FieldRecorded, FieldResult, FieldSettled, OrderAtSite, SETTLEMENT_LENGTH_MAX, decide_field_record, decide_settle_field_record,
};
pub use inspection::{
    Appointed, Appointment, BoxArrived, Cancelled, Excluded, FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, Inspection, InspectionEvent,
    InspectionPhase, JoinedOrder, Method, OFFICERS_MIN, ORDER_TO_SITE_HOURS, OfficerDraw, Ordered, Outcome, PartedOrder, Resulted,
    SLOT_HOURS_MAX, decide_appoint, decide_box_arrived, decide_cancel, decide_exempt_fees, decide_join_order, decide_officers,
    decide_order, decide_part_order, eligible_officers,
};
pub use instruction::{
    Instruction, InstructionEvent, InstructionPhase, Lifted, Matched, Placed, SealedReason, Settled, Subject, Task, Tasked,
    WINDOW_DAYS_MAX, Window, Withdrawn, decide_lift, decide_matched, decide_place, decide_settled, decide_tasked, decide_withdraw,
};
pub use joint_decide::{
    FOLLOW_UPS_MAX, INSTRUCTIONS_MAX, INSTRUCTIONS_OF_ONE_MAX, PART_OFFICERS_MAX, PartFacts, SEAL_LENGTH_MAX, decide_answer,
    decide_box_came, decide_close, decide_conclude, decide_follow_up, decide_join, decide_leave, decide_no_presence, decide_open,
    decide_part, decide_propose, decide_schedule, roles,
};
pub use joint_event::{
    Answered, BoxCame, BoxOpened, Closed, Concluded, FeesExempted, FollowedUp, Joined, Joining, JointCancelled, JointOrderEvent, Left,
    NoPresenceAgreed, PartRecorded, Proposed, Roles, Scheduled,
};
pub use joint_order::{Answer, Checked, Departure, FollowUp, JointOrder, JointPhase, Leaving, NoPresence, Opening, Part, Participant};
pub use result::{
    OfficerReplaced, Recorded, ResultReturned, check_replacement, decide_confirm, decide_record, decide_replace_officer,
    decide_return_result, drawn_ever,
};
