//! The tally report of a box (理货报告, MT5101): due with the discharge, not after (MFT-02).
//!
//! A clock runs from the discharge of each box to its tally report. The report may come with the discharge, before it or after it; a report
//! that comes again corrects the earlier one and does not move the clock. What was counted is compared with what the manifest says.
//!
//! Deliberately does not know how the time limit came about: it is given in minutes with the discharge.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::tally_smart::{contradicts, reasons_after};
use crate::{Recognised, ReviewReason, TallyReview, TallyReviewed, TallySender, review_reasons};

/// What a tally report says of one box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// When it was tallied (理货时间).
    pub at: Timestamp,
    /// Packages counted (件数), when counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Seal seen (封志号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// Damage noted (残损).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
    /// Tally company (理货公司).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally_company: Option<String>,
    /// Tally clerk (理货员).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tallied_by: Option<String>,
    /// What a device recognised (智能理货), when one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognised>,
}

/// What the manifest says of the box, to compare with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Packages.
    pub packages: u32,
    /// Seals; none when the manifest names none.
    pub seals: Vec<String>,
}

/// A field in which the tally and the manifest differ (理货差异).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyDifference {
    /// `packages` or `seal`.
    pub field: String,
    /// What the manifest says.
    pub manifested: String,
    /// What was found.
    pub tallied: String,
}

/// Which box a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalliedBox {
    /// Container number.
    pub number: String,
    /// Ship call id.
    pub call: String,
    /// Bill number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<String>,
    /// Terminal, organisation id: it owes the report.
    pub terminal: String,
    /// Organisations concerned.
    pub parties: Vec<String>,
}

/// The tally report of one box of one call. Its id is that of the box's visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyReport {
    /// Which box.
    #[serde(flatten)]
    pub of: TalliedBox,
    /// When the box was discharged; `None` while only its tally is known.
    pub discharged_at: Option<Timestamp>,
    /// By when the report is due.
    pub due_at: Option<Timestamp>,
    /// What the newest report says.
    pub counted: Option<Counted>,
    /// When the first report came in.
    pub received_at: Option<Timestamp>,
    /// Who sent the newest report, organisation id.
    pub by: Option<String>,
    /// Reports after the first one.
    pub corrections: u32,
    /// Where the newest report and the manifest differ.
    pub differences: Vec<TallyDifference>,
    /// Why a person has to look at the newest report, which came from a device (人工复核).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<ReviewReason>,
    /// Who looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<TallyReview>,
    /// When the platform learned of the discharge or the tally.
    pub opened_at: Timestamp,
}

/// `tally-report.due`; also the command: the box is ashore, the clock runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyDue {
    /// Which box.
    #[serde(flatten)]
    pub of: TalliedBox,
    /// When it was discharged.
    pub discharged_at: Timestamp,
    /// Time allowed from the discharge, minutes.
    pub limit_minutes: u32,
}

/// `tally-report.received`: the report came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyReceived {
    /// Which box.
    #[serde(flatten)]
    pub of: TalliedBox,
    /// What it says.
    pub counted: Counted,
    /// When it came in.
    pub received_at: Timestamp,
    /// Who sent it, organisation id.
    pub by: String,
    /// Where it differs from the manifest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<TallyDifference>,
    /// Why a person has to look at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<ReviewReason>,
}

ledger::domain_events! {
    /// What happens to the tally report of a box.
    pub enum TallyReportEvent for "tally-report" {
        /// The box is ashore: the report is due.
        Due(TallyDue) = "tally-report.due",
        /// The report came in, or a correction of it.
        Received(TallyReceived) = "tally-report.received",
        /// A person stands for what a device said.
        Reviewed(TallyReviewed) = "tally-report.reviewed",
    }
}

/// A tally report as it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveTally {
    /// Which box.
    pub of: TalliedBox,
    /// What it says.
    pub counted: Counted,
    /// When it came in.
    pub received_at: Timestamp,
    /// Who sent it, organisation id.
    pub by: String,
    /// As what it comes: a person's word, a system's, or part of a discharge report.
    pub sender: TallySender,
    /// What the manifest says of the box, where it is on one.
    pub listed: Option<Listed>,
    /// How sure a device must be, thousandths, for nobody to have to look.
    pub confidence_min_per_mille: u16,
}

/// Starts the clock of a box that was discharged.
///
/// # Errors
/// `tally-already-due` when its clock was started before.
pub fn decide_tally_due(state: Option<&TallyReport>, command: TallyDue) -> Result<Vec<TallyReportEvent>, Refusal> {
    match state.filter(|report| report.discharged_at.is_some()) {
        Some(report) => Err(Refusal::new(
            "tally-already-due",
            "tally-report.await",
            report.status(),
            "该箱的理货时限已开始计算。",
            "The clock of this box's tally report is running already.",
        )),
        None => Ok(vec![command.into()]),
    }
}

/// Takes in a tally report, or a correction of an earlier one.
///
/// While a device's report waits for a person, only a person's own count takes its place. What a system sends keeps the reasons and what the
/// device read. A discharge report never replaces a device's report: where it says something else, that is one more reason to look.
///
/// # Errors
/// `tally-repeated` when the newest report says the same.
pub fn decide_tally_received(state: Option<&TallyReport>, command: ReceiveTally) -> Result<Vec<TallyReportEvent>, Refusal> {
    let ReceiveTally { of, mut counted, received_at, by, sender, listed, confidence_min_per_mille } = command;
    let of_device = state.and_then(|report| report.counted.as_ref()).filter(|known| known.recognised.is_some());
    let by_device = counted.recognised.is_some();
    let mut reasons = Vec::new();
    match (sender, of_device) {
        (TallySender::Discharge, Some(device)) => {
            reasons.extend(contradicts(&counted, device).then_some(ReviewReason::DischargeDiffers));
            counted = device.clone();
        }
        (TallySender::System, Some(device)) if state.is_some_and(TallyReport::waits_for_review) && !by_device => {
            counted.recognised.clone_from(&device.recognised);
        }
        (TallySender::Person | TallySender::System | TallySender::Discharge, _) => {}
    }
    let differences = listed.as_ref().map(|listed| tally_differences(listed, &counted)).unwrap_or_default();
    if by_device {
        reasons.extend(review_reasons(counted.recognised.as_ref(), &of.number, &differences, confidence_min_per_mille));
    }
    let known = state.filter(|report| report.counted.as_ref() == Some(&counted));
    if let Some(report) = known.filter(|report| reasons.iter().all(|reason| report.review.contains(reason))) {
        return Err(Refusal::new(
            "tally-repeated",
            "tally-report.send",
            report.status(),
            "该箱的理货报告已登记，内容相同，未重复登记。",
            "The same tally report is recorded already; nothing is recorded twice.",
        ));
    }
    let review = reasons_after(state, sender, by_device, reasons);
    Ok(vec![TallyReceived { of, counted, received_at, by, differences, review }.into()])
}

/// Where a tally differs from what the manifest says of the box. What was not counted or not looked at differs in nothing.
pub fn tally_differences(listed: &Listed, counted: &Counted) -> Vec<TallyDifference> {
    let packages = counted.packages.filter(|found| *found != listed.packages).map(|found| TallyDifference {
        field: "packages".into(),
        manifested: listed.packages.to_string(),
        tallied: found.to_string(),
    });
    let known = |seal: &str| listed.seals.iter().any(|one| crate::transhipment_match::same_code(one, seal));
    let seal = counted.seal.as_deref().filter(|seal| !listed.seals.is_empty() && !known(seal)).map(|seal| TallyDifference {
        field: "seal".into(),
        manifested: listed.seals.join(" "),
        tallied: seal.to_owned(),
    });
    packages.into_iter().chain(seal).collect()
}

impl TallyReport {
    /// Did the first report come in time? `None` while the box or its report is still to come.
    pub fn was_on_time(&self) -> Option<bool> {
        Some(self.received_at? <= self.due_at?)
    }

    /// Does the newest report, which came from a device, wait for a person?
    pub fn waits_for_review(&self) -> bool {
        !self.review.is_empty() && self.reviewed.is_none()
    }

    fn of_box(of: &TalliedBox, at: Timestamp) -> Self {
        Self {
            of: of.clone(),
            discharged_at: None,
            due_at: None,
            counted: None,
            received_at: None,
            by: None,
            corrections: 0,
            differences: Vec::new(),
            review: Vec::new(),
            reviewed: None,
            opened_at: at,
        }
    }
}

impl Aggregate for TallyReport {
    const KIND: &'static str = "tally-report";
    type Event = TallyReportEvent;

    fn apply(state: Option<Self>, event: &TallyReportEvent, at: Timestamp) -> Result<Self, ReplayError> {
        match event {
            TallyReportEvent::Due(data) => {
                let mut report = state.unwrap_or_else(|| Self::of_box(&data.of, at));
                if report.discharged_at.is_some() {
                    return Err(ReplayError::OutOfOrder { kind: event.kind(), state: report.status().to_owned() });
                }
                report.discharged_at = Some(data.discharged_at);
                report.due_at = Some(data.discharged_at.plus_minutes(i64::from(data.limit_minutes)));
                Ok(report)
            }
            TallyReportEvent::Received(data) => {
                let mut report = state.unwrap_or_else(|| Self::of_box(&data.of, at));
                report.corrections += u32::from(report.received_at.is_some());
                report.received_at = report.received_at.or(Some(data.received_at));
                report.counted = Some(data.counted.clone());
                report.by = Some(data.by.clone());
                report.differences.clone_from(&data.differences);
                report.review.clone_from(&data.review);
                report.reviewed = None;
                Ok(report)
            }
            TallyReportEvent::Reviewed(data) => match state {
                Some(report) if report.waits_for_review() => {
                    let reviewed = Some(TallyReview { by: data.by.clone(), at, note: data.note.clone() });
                    Ok(Self { reviewed, ..report })
                }
                state => Err(ReplayError::OutOfOrder {
                    kind: event.kind(),
                    state: state.map_or_else(|| "nothing".to_owned(), |report| report.status().to_owned()),
                }),
            },
        }
    }

    fn related(&self, event: &TallyReportEvent) -> Vec<Related> {
        match event {
            TallyReportEvent::Due(_) | TallyReportEvent::Received(_) | TallyReportEvent::Reviewed(_) => {
                let container = ObjectRef::new("container", format!("{}-{}", self.of.number, self.of.call));
                let bill = self.of.bill.iter().map(|bill| (ObjectRef::new("bill", bill.clone()), "bill"));
                std::iter::once((container, "container")).chain(bill).collect()
            }
        }
    }

    fn status(&self) -> &'static str {
        match (self.discharged_at, self.was_on_time()) {
            (None, _) => "early",
            (Some(_), None) => "awaited",
            (Some(_), Some(true)) => "on-time",
            (Some(_), Some(false)) => "late",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let waits = self.discharged_at.is_some() && self.received_at.is_none();
        let mut keys = vec![id.to_uppercase(), self.of.number.to_uppercase(), self.of.call.to_uppercase()];
        keys.push(format!("TERMINAL:{}", self.of.terminal.to_uppercase()));
        keys.extend(self.of.bill.iter().map(|bill| bill.to_uppercase()));
        keys.extend((!self.differences.is_empty()).then(|| "TALLY:DIFFERS".to_owned()));
        keys.extend(self.waits_for_review().then(|| "TALLY:REVIEW".to_owned()));
        let action = if waits { Some("report-tally") } else { self.waits_for_review().then_some("review-tally") };
        WorkRow {
            title: self.of.number.clone(),
            status: self.status().to_owned(),
            owner: action.map(|_| self.of.terminal.clone()),
            action: action.map(str::to_owned),
            authority: None,
            parties: self.of.parties.clone(),
            keys,
            opened_at: self.opened_at,
            due_at: self.due_at,
            closed_at: self.received_at.filter(|_| self.discharged_at.is_some() && action.is_none()),
        }
    }
}
