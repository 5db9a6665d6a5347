//! Cargo manifests (舱单): the original manifest of a call, its bills of lading, and what was landed of them.
//!
//! Invariants: a bill number is not reused within two years (舱单数据模型代码集, receipt 19001); a bill carries at most one open declaration
//! (one bill per declaration, Announcement 60/2018); a container lands once; a cancelled bill changes no more.
//!
//! Deliberately does not know who inspects, what duty is due, or where a box stands in the yard.
#![forbid(unsafe_code)]

mod bill;
mod change;
mod check;
mod findings;
mod original;

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
pub use findings::{CODES, FindingCode};
pub use original::{
    Accepted, Confirmed, FINDINGS_KEPT_MAX, Manifest, ManifestEvent, ManifestFunction, ManifestPhase, Rejected, decide_confirm,
    decide_manifest,
};
