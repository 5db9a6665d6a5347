//! Cargo manifests (舱单): the original manifest of a call, its bills of lading, and what was landed of them.
//!
//! Invariants: a bill number is not reused within two years (舱单数据模型代码集, receipt 19001); a bill carries at most one open declaration
//! (one bill per declaration, Announcement 60/2018); a container lands once; a cancelled bill changes no more; a bill that goes on by another
//! ship is neither declared nor ordered for import.
//!
//! Trains and flights ([`Conveyance`]) with their [`Waybill`]s stand beside the ship's calls: they have no bills of lading, and their goods
//! are not discharged at a terminal of the port (ADR 0019).
//!
//! Deliberately does not know who inspects, what duty is due, or where a box stands in the yard.
#![forbid(unsafe_code)]

mod bill;
mod change;
mod check;
mod conveyance;
mod conveyance_apply;
mod findings;
mod original;
mod outbound;
mod sheet;
mod tally;
mod tally_smart;
mod transhipment;
mod transhipment_match;
mod waybill;
mod waybill_check;

pub use bill::{
    Amended, BILL_REUSE_DAYS, Bill, BillContent, BillEvent, BillPhase, Cancelled, Consignee, ContainerLanded, DeclarationEnd,
    DeclarationEnded, Declared, ManifestContainer, ManifestGoods, Manifested, OrderEnded, Ordered, Party, REPORTED_KINDS_MAX, Reported,
    Tally, decide_amend, decide_amend_approved, decide_cancel, decide_declaration_ended, decide_declare, decide_landed,
    decide_manifest_bill, decide_order_ended, decide_ordered, decide_report,
};
pub use change::{
    Applied as ChangeApplied, ApplyForChange, ChangeApproved, ChangePhase, ChangeRefused, ChangeWithdrawn, EVIDENCE_MAX, Evidence,
    FIELDS_MAX, FieldChange, ManifestChange, ManifestChangeEvent, REASON_OTHER, Wanted, decide_apply, decide_approve, decide_refuse,
    decide_withdraw, differences, is_reason_code,
};
pub use check::{
    BILL_CONTAINERS_MAX, BILL_GOODS_MAX, BILL_NUMBER_LENGTH_MAX, BillForm, CallFacts, MANIFEST_BILLS_MAX, MANIFEST_LEAD_HOURS,
    ManifestFacts, ManifestForm, check_bill, check_manifest,
};
pub use conveyance::{
    ATTACHED_MAX, AttachedKind, CONVEYANCE_WAYBILLS_MAX, Conveyance, ConveyanceArrived, ConveyanceCancelled, ConveyanceDeparted,
    ConveyanceEvent, ConveyanceManifested, ConveyancePhase, ConveyancePlan, ConveyancePlanned, Paper, PaperAttached, PaperKind,
    PaperStanding, PapersAccepted, PapersReturned, PapersSubmitted, Review, SheetDeleted, SheetReported, decide_accept_papers,
    decide_arrive_conveyance, decide_attach_paper, decide_cancel_conveyance, decide_delete_sheet, decide_depart_conveyance,
    decide_manifest_conveyance, decide_plan_conveyance, decide_report_sheet, decide_return_papers, decide_submit_papers, papers_of,
};
pub use findings::{CODES, FindingCode};
pub use original::{
    Accepted, Confirmed, FINDINGS_KEPT_MAX, Manifest, ManifestEvent, ManifestFunction, ManifestPhase, Rejected, decide_confirm,
    decide_manifest,
};
pub use outbound::{
    OutboundAmended, OutboundBill, OutboundBillEvent, OutboundCancelled, OutboundListed, OutboundMoved, OutboundPhase,
    decide_outbound_cancelled, decide_outbound_listed, decide_outbound_moved, outbound_bill_id,
};
pub use sheet::{CargoUnit, DifferenceKind, LineKey, SHEET_LINES_MAX, Sheet, SheetDifference, SheetKind, SheetLine, sheet_differences};
pub use tally::{
    Counted, Listed, ReceiveTally, TalliedBox, TallyDifference, TallyDue, TallyReceived, TallyReport, TallyReportEvent, decide_tally_due,
    decide_tally_received, tally_differences,
};
pub use tally_smart::{
    Recognised, ReviewReason, TALLY_PICTURES_MAX, TallyReview, TallyReviewed, TallySender, decide_tally_reviewed, review_reasons,
};
pub use transhipment::{
    OnwardRelease, Transhipment, TranshipmentEvent, TranshipmentLeftBehind, TranshipmentLoaded, TranshipmentPhase, TranshipmentPlanned,
    TranshipmentRefused, TranshipmentReleased, TranshipmentWithdrawn, decide_compared, decide_left_behind, decide_loaded,
    decide_plan_transhipment, decide_refuse_transhipment, decide_release_by_hand, decide_withdraw_transhipment,
};
pub use transhipment_match::{
    Agreement, Awaited, Comparison, InboundSide, MatchFacts, MatchField, MatchParty, Mismatch, OnwardCall, OutboundSide, TransferPlan,
    YardSide, compare,
};
pub use waybill::{
    AirStatus, CARRIAGES_MAX, Carriage, HOUSES_MAX, HouseWaybill, HousesListed, ReleaseMode, STATUSES_MAX, TransportMode, Waybill,
    WaybillArrivalWithdrawn, WaybillArrived, WaybillContent, WaybillDescribed, WaybillEvent, WaybillManifested, WaybillRelease,
    WaybillReleaseRevoked, WaybillTakenOff, decide_arrival_withdrawn, decide_describe, decide_houses, decide_manifest_waybill,
    decide_release_waybill, decide_revoke_waybill_release, decide_status, decide_take_off, decide_waybill_arrived,
};
pub use waybill_check::{WAYBILL_UNITS_MAX, WaybillForm, check_waybill, check_waybills, waybill_totals};
