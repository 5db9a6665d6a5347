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
//! Images come first where they are asked for: each box of an inspection by machine has one image task; an officer who did not take the image reviews
//! it, another one reviews it again when it is suspect, unclear or drawn, and a third decides between two. An image is kept whatever is odd about it.
//! Samples keep a chain of who gave and who took them under which seal; a fault of the chain is decided on by an officer who had no part in it, a
//! report is released by another than who wrote it, and a report of a third party stands for a sample only while its body is accepted.
//!
//! A clue accuses nobody: nothing follows from it, and who it is about is not on the ledger.
//!
//! Deliberately does not know duty, declarations' contents, or how the draw works: it records what was drawn so that anybody can check it.
#![forbid(unsafe_code)]

mod arrival;
mod authority;
mod clue;
mod clue_decide;
mod custody;
mod disposition;
mod field_record;
mod image_review;
mod image_rules;
mod image_task;
mod inspection;
mod inspection_apply;
mod instruction;
mod joint_apply;
mod joint_decide;
mod joint_event;
mod joint_order;
mod machine;
mod result;
mod roster;
mod sailing;
mod sample;
mod sample_decide;
mod sampling;
mod sampling_rules;
mod scan;
mod scan_intake;
mod site_rule;
mod testing_body;
mod third_party_report;
pub mod workload;

pub use arrival::{Beginning, Begun, Classified, Queued, decide_begin, decide_classify, decide_queue};
pub use authority::{Authority, CheckItem, Checklist, JointRules, Precedence, SubjectKind};
pub use clue::{
    CLUE_ASSIGNMENTS_MAX, CLUE_DUE_DAYS_MAX, CLUE_READINGS_MAX, CLUE_SHARES_MAX, Clue, ClueAbout, ClueAnswer, ClueAssigned, ClueAssignment,
    ClueChecked, ClueClosed, ClueEvent, ClueFactsAttached, ClueFinding, CluePhase, CluePlace, CluePurpose, ClueReading, ClueRegistered,
    ClueRules, ClueScope, ClueSeverity, ClueShare, ClueShared, ClueSource, Retention, finding_key, officer_key, shared_key,
};
pub use clue_decide::{
    Conflict, decide_assign_clue, decide_attach_facts, decide_check_clue, decide_close_clue, decide_register_clue, decide_share_clue,
};
pub use custody::{CHAIN_CODES, ChainFault, Custody, CustodyAct, HandOver, HandedOver, Holder, HolderKind, SamplePart};
pub use disposition::{Consequence, DISPOSITIONS, Disposition, disposition};
pub use field_record::{
    CLOCK_SKEW_MINUTES_MAX, FIELD_CHECKS_MAX, FIELD_PHOTOS_MAX, FieldDraft, FieldOrderKind, FieldPhase, FieldRecord, FieldRecordEvent,
    FieldRecorded, FieldResult, FieldSettled, OrderAtSite, SETTLEMENT_LENGTH_MAX, decide_field_record, decide_settle_field_record,
};
pub use image_review::{
    MARK_NOTE_MAX, MARKS_MAX, REVIEW_NOTE_MAX, ReviewCommand, TASK_SCANS_MAX, check_review, decide_cancel_image, decide_doubt_image,
    decide_order_image, decide_review, decide_take_scan, may_review,
};
pub use image_rules::{ImagingRules, SCANNERS_MAX, Scanner};
pub use image_task::{
    ImageCancelled, ImageOrdered, ImagePhase, ImageTask, ImageTaskEvent, Mark, REVIEW_MINUTES, Review, ReviewCode, Reviewed, ScanTaken,
    SecondDraw, Stage, TaskScanDoubted,
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
pub use machine::{
    BoxScanned, CLEAN_DISPOSITION, Machine, MachineOrdered, OpeningCause, OpeningOrdered, decide_box_scanned, decide_machine_passed,
    decide_order_machine, decide_order_opening,
};
pub use result::{
    OfficerReplaced, Recorded, ResultReturned, check_replacement, decide_confirm, decide_record, decide_replace_officer,
    decide_return_result, drawn_ever,
};
pub use roster::{
    Absence, AbsenceLifted, AbsenceNoted, DAY_MINUTES, Overtime, OvertimeKind, Roster, RosterEvent, RosterPublished, SHIFT_HOURS_MAX,
    SHIFT_MINUTES_MIN, SHIFTS_MAX, Shift, ShiftAssigned, ShiftFacts, ShiftRemoved, ShiftWanted, decide_assign_shift, decide_lift_absence,
    decide_note_absence, decide_publish_roster, decide_remove_shift, roster_id,
};
pub use sailing::{
    InspectedSailing, SailingEvent, SailingLoaded, SailingPhase, SailingPlanned, SailingResult, SailingShipCancelled, SailingShipLeft,
    decide_sailing_loaded, decide_sailing_planned, decide_sailing_ship_cancelled, decide_sailing_ship_left,
};
pub use sample::{
    ChainDecided, KeeperPart, ReportReleased, Reported, RetestRequested, Sample, SampleCancelled, SampleEvent, SamplePhase,
    SampleReportReturned, SampleTaken, TestReport, TestResult, TestingBegan,
};
pub use sample_decide::{
    FAILED_DISPOSITION, HAND_OVERS_MAX, HOLDER_LENGTH_MAX, KEEP_DAYS, SAMPLE_NOTE_MAX, TEST_TEXT_MAX, decide_begin_test,
    decide_cancel_sample, decide_chain, decide_hand_over, decide_release, decide_report, decide_retest, decide_return_report, decide_take,
};
pub use sampling::{
    Conclusion, Evidence, LineSampled, SAMPLING_LINES_MAX, SampleLost, Sampling, SamplingOrdered, SamplingSettled, SamplingStanding,
    SamplingWaived, TEST_ITEM_LENGTH_MAX, TEST_ITEMS_MAX, check_sample, decide_line_sampled, decide_order_sampling, decide_sample_lost,
    decide_settle_sampling, decide_waive_sampling,
};
pub use sampling_rules::{LABORATORIES_MAX, Laboratory, SamplingRules, TestItem};
pub use scan::{
    HintSpot, Region, SCAN_DOUBTS_MAX, SandboxTruth, Scan, ScanDoubted, ScanEvent, ScanHinted, ScanMatched, ScanPhase, ScanReceived,
    ScanRepeated, ScanSetAside, UNMATCHED_HOURS, decide_doubt_scan, decide_match_scan, decide_scan_repeated, decide_set_aside,
};
pub use scan_intake::{NamedOrder, SCAN_CODES, ScanFacts, decide_receive_scan, fits_now, repeated_finding};
pub use site_rule::{
    CLASS_ID_MAX, CLASS_NAME_MAX, CLASSES_MAX, PREFIXES_MAX, PriorityClass, SITE_RULE_VERSIONS_MAX, SiteRule, SiteRuleApproved,
    SiteRuleEvent, SiteRuleProposed, SiteRuleRefused, SiteVersion, SiteVersionPhase, class_of, decide_approve_site_rule,
    decide_propose_site_rule, decide_refuse_site_rule,
};
pub use testing_body::{
    BODY_TEXT_MAX, BodyConfirmed, BodyDecided, BodyPhase, BodyProposed, BodyRefused, BodyResumed, BodyStep, BodySuspended, BodyWithdrawn,
    SCOPE_PREFIXES_MAX, TestingBody, TestingBodyEvent, decide_body, decide_propose_body,
};
pub use third_party_report::{
    REPORT_CODES, REPORT_NUMBER_MAX, ReportAccepted, ReportAudited, ReportFacts, ReportRefused, ReportSubmitted, ThirdPartyEvent,
    ThirdPartyPhase, ThirdPartyReport, VERIFIED_LENGTH_MAX, VERIFY_HOURS, check_report, decide_accept_report, decide_audit_report,
    decide_refuse_report, decide_submit_report,
};
