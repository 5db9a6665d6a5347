//! Customs clearance of import cargo (通关): the declaration (报关单) with its checks, the duty notice (税单), the guarantee (担保), the
//! payment (支付), the agreement by which a broker acts for a trader (电子代理委托), and the transmission of a declaration to the national
//! single window (报关单上报).
//!
//! Invariants: a declaration is released only when its goods are landed, the risk decision is given, documents, inspection and duty are
//! each not needed or done, and no hold stands; a released, rejected or withdrawn declaration changes no more (a rejected one may be
//! corrected and sent again); a duty notice is settled once; what a guarantee has occupied never exceeds its limit, and each notice
//! occupies it once; a payment settles once.
//!
//! Deliberately does not know inspection yards, boxes in the yard, or how the risk decision was made: only what was decided.
#![forbid(unsafe_code)]

mod agency;
mod check;
mod check_goods;
mod daily_report;
mod declaration;
mod declaration_apply;
mod declaration_decide;
mod duty;
mod duty_notice;
mod fields;
mod findings;
mod form;
mod guarantee;
mod payment;
mod transmission;
mod wire;

pub use agency::{
    AGENCY_BILL_LENGTH_MAX, AGENCY_DAYS_MAX, AgencyAccepted, AgencyAct, AgencyAgreement, AgencyDeclined, AgencyEvent, AgencyPhase,
    AgencyProposed, AgencyRevoked, AgencySide, Signature, decide_accept_agency, decide_decline_agency, decide_propose_agency,
    decide_revoke_agency,
};
pub use check::{AgencyFacts, BillContainerFacts, BillFacts, BrokerFacts, CheckFacts, DECLARATION_DAYS, check};
pub use daily_report::{
    CARRIED_CASES_MAX, CARRIED_GROUPS_MAX, CARRIED_NOTE_LENGTH_MAX, CARRY_REASONS, CASE_REASONS_MAX, CLOSES_WITHIN_DAYS, CarriedCase,
    CarriedGroup, CarryReason, CaseGroup, CloseDay, DailyReport, DailyReportEvent, DayClosed, DayFacts, DayFigures, OpenCase, Why,
    carry_reason, decide_close_day, usual_reason,
};
pub use declaration::{
    Accepted, Blocker, Case, Decided, DecidedLine, Declaration, DeclarationEvent, DocumentsPassed, DocumentsRequested, DocumentsSupplied,
    Draft, Drafted, DrawOverridden, DrawRecord, DutyCharged, DutySettled, EarlierDraw, Edited, GradeUsed, Held, Hold, HoldLifted,
    InspectionCleared, InspectionFailed, InspectionOrdered, Landed, Override, Parties, Rejected, Rejection, Released, ReleasedBy,
    RiskDecision, SettledHow, TableRef, Track, Withdrawn,
};
pub use declaration_decide::{
    AcceptFacts, decide_accept, decide_decision, decide_documents_passed, decide_documents_requested, decide_documents_supplied,
    decide_draft, decide_draw_override, decide_duty_charged, decide_duty_settled, decide_edit, decide_hold, decide_inspection_cleared,
    decide_inspection_failed, decide_inspection_ordered, decide_landed, decide_lift_hold, decide_officer_release, decide_progress,
    decide_reject, decide_withdraw,
};
pub use duty::{
    DUTY_ROUNDING, DutyError, DutyFacts, DutyLine, DutyStep, DutyTotal, ExchangeTable, RoundingName, StepKind, TariffRate, assess,
};
pub use duty_notice::{
    DUTY_DAYS, DutyNotice, DutyNoticeEvent, Guaranteed, Issued, NoticePhase, Paid, PaymentFailed, PaymentOrdered, Waived,
    decide_guarantee_notice, decide_issue_notice, decide_notice_paid, decide_notice_payment_failed, decide_order_notice_payment,
    decide_waive_notice,
};
pub use fields::{FieldRule, GOODS_FIELDS, HEADER_FIELDS};
pub use findings::{CODES, FindingCode};
pub use form::{
    CONTAINERS_MAX, Charge, DOCUMENT_BYTES_MAX, DOCUMENTS_MAX, DeclarationForm, FormContainer, FormDocument, GOODS_MAX, GoodsItem,
};
pub use guarantee::{
    Guarantee, GuaranteeEvent, GuaranteeKind, Occupation, Occupied, Registered, Restored, decide_occupy, decide_register_guarantee,
    decide_restore,
};
pub use payment::{
    Failed, Ordered, Payment, PaymentEvent, PaymentPhase, PaymentPurpose, Sent, Settled, decide_order_payment, decide_payment_failed,
    decide_payment_sent, decide_payment_settled,
};
pub use transmission::{
    RECEIPTS_MAX, Receipt, ReceiptCame, ReceiptFault, ReceiptMeaning, Transmission, TransmissionEvent, TransmissionPrepared,
    TransmissionSent, TransmissionUndelivered, Travel, decide_receipt, decide_transmission_sent, decide_transmission_undelivered,
    decide_transmit, transmission_under_way,
};
pub use wire::{OfficialForm, official_json};
