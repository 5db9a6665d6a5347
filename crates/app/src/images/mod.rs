//! Inspection by machine (机检): ordered, scanned, reviewed; what follows for the inspection (INS-05, INS-06).

mod hints;
mod intake;
mod sandbox;
pub mod share;

use std::collections::BTreeMap;

use async_trait::async_trait;
use inspection::{
    BoxScanned, ImageOrdered, ImagePhase, ImageTask, Inspection, MachineOrdered, Mark, OpeningCause, OpeningOrdered, ReviewCode,
    ReviewCommand, Scan, ScanMatched, ScanTaken, SecondDraw, Stage,
};
use ledger::{Aggregate as _, Refusal};
use serde::Serialize;
use store::{Visibility, WorkOrder, WorkQuery};

pub use hints::{Baseline, HintFault, HintFigures, HintModel, ImageHint, RecordHint};
pub use intake::{MatchScan, ReceiveScan, SCAN_BYTES_MAX, SetScanAside, Taken};

use crate::inspections::free_place;
use crate::orders::reason;
use crate::{App, AppError, Unit, UseCase, limits, risk};

/// Most images that are looked at when an order comes after them.
const WAITING_SCANS_MAX: u32 = 20;

/// Objects of a kind that carry a key, open or of a status; in the whole port.
pub(crate) fn rows_of(app: &App, kind: &str, keys: Vec<String>, statuses: Vec<String>, open: Option<bool>) -> WorkQuery {
    WorkQuery {
        port: app.port().code.clone(),
        visibility: Visibility::Port,
        kinds: vec![kind.to_owned()],
        statuses,
        owner: None,
        actions: Vec::new(),
        open,
        key_prefix: None,
        keys,
        opened_from: None,
        opened_to: None,
        due_before: None,
        order: WorkOrder::Newest,
        cursor: None,
        limit: WAITING_SCANS_MAX,
    }
}

/// Asks for images first (下达机检).
#[derive(Clone, Debug, Serialize)]
pub struct OrderMachine {
    /// Inspection id.
    pub id: String,
    /// Why, for officers.
    pub reason: String,
}

#[async_trait]
impl UseCase for OrderMachine {
    const NAME: &'static str = "inspection.order-machine";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let why = reason(&self.reason)?;
        let by = unit.ctx.principal.id.clone();
        stays_away(unit, Self::NAME, &state, &by).await?;
        // Whoever was drawn to open the boxes does not spare themselves the work.
        if inspection::drawn_ever(&state).contains(by.as_str()) {
            return Err(AppError::Refused(Refusal::new(
                "image-drawn",
                Self::NAME,
                state.status(),
                "被抽取的查验人员不能自行改为机检，请由其他关员下达。",
                "An officer who was drawn for the inspection does not ask for images instead; another one does.",
            )));
        }
        order_machine(unit, &self.id, by, why).await?;
        Ok(self.id.clone())
    }
}

/// Orders the machine for an inspection: one image task for each box. Images that came before the order are taken up.
pub(crate) async fn order_machine(unit: &mut Unit<'_>, id: &str, by: String, why: String) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let tasks: BTreeMap<String, String> =
        state.containers.iter().enumerate().map(|(at, container)| (container.clone(), format!("{id}-{}", at + 1))).collect();
    let events = inspection::decide_order_machine(&state, MachineOrdered { by: by.clone(), tasks: tasks.clone() })?;
    unit.record::<Inspection>(id, events, unit.at()).await?;
    for (container, task) in tasks {
        let ordered = ImageOrdered {
            inspection: id.to_owned(),
            declaration: state.declaration.clone(),
            bill: state.bill.clone(),
            container: container.clone(),
            district: state.district.clone(),
            by: by.clone(),
            why: why.clone(),
        };
        let events = inspection::decide_order_image(unit.load::<ImageTask>(&task).await?.as_ref(), ordered)?;
        unit.record::<ImageTask>(&task, events, unit.at()).await?;
        waiting_images_are_taken_up(unit, &task, &container).await?;
    }
    Ok(())
}

/// An image that came before the order, and of which nothing else is odd, waits for this task.
async fn waiting_images_are_taken_up(unit: &mut Unit<'_>, task: &str, container: &str) -> Result<(), AppError> {
    let number = logistics::container_number(container).to_uppercase();
    hold_images(unit, &number).await?;
    let query = rows_of(unit.app, Scan::KIND, vec![number.clone()], vec!["unmatched".into()], Some(true));
    let found = unit.app.store().work(&query).await?.items;
    for item in found {
        let scan = unit.get::<Scan>(&item.object.id).await?;
        let only_early = scan.received.findings.iter().filter(|finding| finding.is_error()).all(|finding| finding.code == "scan-no-order");
        if scan.received.visit.as_deref() == Some(container) && only_early && is_still_of_the_box(unit, &scan, &number).await? {
            give(unit, &item.object.id, &scan, ScanMatched { task: task.to_owned(), visit: container.to_owned(), by: None }).await?;
        }
    }
    Ok(())
}

/// Is what an early image shows still in the box: taken lately by a clock that can be trusted, and the box not opened since? Otherwise an officer
/// looks at it.
async fn is_still_of_the_box(unit: &mut Unit<'_>, scan: &Scan, number: &str) -> Result<bool, AppError> {
    let taken_at = scan.received.taken_at;
    let oldest = unit.at().plus_hours(-i64::from(unit.app.port().imaging.late_hours));
    let clock_doubtful = |finding: &codes::Finding| matches!(finding.code.as_ref(), "scan-clock-ahead" | "scan-late");
    if taken_at < oldest || scan.received.findings.iter().any(clock_doubtful) {
        return Ok(false);
    }
    let query = rows_of(unit.app, Inspection::KIND, vec![number.to_owned()], Vec::new(), Some(false));
    for item in unit.app.store().work(&query).await?.items {
        let ended_since = item.row.closed_at.is_some_and(|at| at > taken_at);
        let state = unit.get::<Inspection>(&item.object.id).await?;
        if ended_since && state.result().is_some_and(|result| result.method == inspection::Method::Open) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Register of what images are found by: container numbers and hashes, by their first digits, so that it does not grow with the images.
const IMAGES_HELD: &str = "images-held";
/// Digits of the hash of what is held.
const HELD_DIGITS: usize = 4;

/// Holds on to the images of a number or hash, as they are found by lists.
async fn hold_images(unit: &mut Unit<'_>, by: &str) -> Result<(), AppError> {
    let hash = crate::inbox::sha256_hex(by.as_bytes());
    unit.record_held::<()>(IMAGES_HELD, hash.get(..HELD_DIGITS).unwrap_or_default()).await
}

/// Is this the id of a person of the district?
async fn operator_known(unit: &Unit<'_>, operator: Option<&str>) -> Result<bool, AppError> {
    let Some(user) = (match operator {
        Some(operator) => unit.app.user(operator).await?,
        None => None,
    }) else {
        return Ok(false);
    };
    let organisation = unit.app.organisation(&user.organisation).await?;
    Ok(organisation.and_then(|organisation| organisation.district).is_some_and(|district| district == unit.app.port().customs_district))
}

/// Gives an image to a task.
async fn give(unit: &mut Unit<'_>, id: &str, scan: &Scan, matched: ScanMatched) -> Result<(), AppError> {
    let (task, by) = (matched.task.clone(), matched.by.clone());
    let events = inspection::decide_match_scan(scan, matched)?;
    unit.record::<Scan>(id, events, unit.at()).await?;
    take(unit, &task, id, scan, by).await
}

/// The task has an image more.
async fn take(unit: &mut Unit<'_>, task: &str, id: &str, scan: &Scan, matched_by: Option<String>) -> Result<(), AppError> {
    let state = unit.get::<ImageTask>(task).await?;
    let received = &scan.received;
    let taken =
        ScanTaken { scan: id.to_owned(), by: received.by.clone(), operator: received.operator.clone(), matched_by, size: received.size };
    let events = inspection::decide_take_scan(&state, taken)?;
    unit.record::<ImageTask>(task, events, unit.at()).await
}

/// Has the boxes opened after all (转开箱): an officer's decision.
#[derive(Clone, Debug, Serialize)]
pub struct OrderOpening {
    /// Inspection id.
    pub id: String,
}

#[async_trait]
impl UseCase for OrderOpening {
    const NAME: &'static str = "inspection.order-opening";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let by = unit.ctx.principal.id.clone();
        let events = inspection::decide_order_opening(&state, OpeningOrdered { cause: OpeningCause::Officer, by })?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An officer says what the images of a box show (审像).
#[derive(Clone, Debug, Serialize)]
pub struct ReviewImage {
    /// Image task id.
    pub task: String,
    /// Version of the task that the reviewer saw; any when left out.
    pub expected_version: Option<u64>,
    /// The review that it is meant to be.
    pub stage: Stage,
    /// Conclusion.
    pub code: ReviewCode,
    /// What was seen.
    pub note: String,
    /// Marks.
    pub marks: Vec<Mark>,
}

#[async_trait]
impl UseCase for ReviewImage {
    const NAME: &'static str = "image-task.review";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ImageTask>(Self::NAME, &self.task).await?;
        let principal = &unit.ctx.principal;
        // A key acts for an office, not for a person: nobody would answer for what was seen.
        if principal.system {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        limits::rows(self.marks.len(), inspection::MARKS_MAX, "/marks")?;
        let by = principal.id.clone();
        // What the reviewer looked at must be what is there: another image may have come meanwhile.
        let found = unit.version::<ImageTask>(&self.task).await?;
        if let Some(expected) = self.expected_version.filter(|expected| *expected != found) {
            return Err(AppError::Stale { expected, found });
        }
        let inspection = unit.get::<Inspection>(&state.ordered.inspection).await?;
        stays_away(unit, Self::NAME, &inspection, &by).await?;
        let senior = unit.app.decides_images(&by).await?;
        let (stage, code, note, marks) = (self.stage, self.code, self.note.clone(), self.marks.clone());
        let command = ReviewCommand { stage, code, note, marks, by, senior };
        inspection::check_review(&state, &command)?;
        let draw = match (stage, code) {
            (Stage::First, ReviewCode::Clean) => {
                let always = state.ordered.by == command.by || is_unattended(unit, &state).await?;
                Some(second_review(unit, &self.task, always).await?)
            }
            (Stage::First | Stage::Second | Stage::Decision, ReviewCode::Clean | ReviewCode::Suspect | ReviewCode::Unclear) => None,
        };
        let events = inspection::decide_review(&state, command, draw)?;
        unit.record::<ImageTask>(&self.task, events, unit.at()).await?;
        Ok(self.task.clone())
    }
}

/// Whether an officer has a conflict of interest with a party of the inspection (回避): by the draw, or by what is known of the officer.
pub(crate) async fn conflicted(unit: &Unit<'_>, state: &Inspection, officer: &str) -> Result<bool, AppError> {
    let conflict = |excluded: &inspection::Excluded| excluded.officer == officer && excluded.reason.starts_with("conflict");
    let excluded = state.draw.as_ref().is_some_and(|draw| draw.excluded.iter().any(conflict));
    let conflicts = unit.app.user(officer).await?.and_then(|user| user.officer).map(|officer| officer.conflicts).unwrap_or_default();
    let party = |id: &String| *id == state.broker || *id == state.terminal || state.trader.as_ref() == Some(id);
    Ok(excluded || conflicts.iter().any(party))
}

/// Whoever has a conflict of interest with a party of the inspection (回避) has no part in its images.
async fn stays_away(unit: &Unit<'_>, attempted: &'static str, state: &Inspection, officer: &str) -> Result<(), AppError> {
    if !conflicted(unit, state, officer).await? {
        return Ok(());
    }
    Err(AppError::Refused(Refusal::new(
        "image-conflict",
        attempted,
        state.status(),
        "与该查验当事人有利害关系，须回避。",
        "An officer with a conflict of interest in the inspection has no part in its images.",
    )))
}

/// Is there an image of which nobody can say who took it? The officer at the scanner may be the reviewer then.
async fn is_unattended(unit: &mut Unit<'_>, task: &ImageTask) -> Result<bool, AppError> {
    for taken in &task.scans {
        let scan = unit.get::<Scan>(&taken.scan).await?;
        if scan.received.sandbox.is_none() && !operator_known(unit, taken.operator.as_deref()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Draws whether a clean review is reviewed again. Nobody can know before the first review is given. It always is where one officer could have ended
/// the inspection alone: the one who asked for the image, or who may have taken it.
async fn second_review(unit: &mut Unit<'_>, task: &str, always: bool) -> Result<SecondDraw, AppError> {
    let rate_bp = if always { 10_000 } else { unit.app.port().imaging.second_review_bp.min(10_000) };
    let drawn = risk::drawn(unit, task, None, rate_bp).await?;
    Ok(SecondDraw {
        day: drawn.day,
        commitment: drawn.commitment,
        head_size: drawn.head_size,
        head_root: drawn.head_root,
        rate_bp,
        number: drawn.number,
        selected: drawn.selected,
        part: drawn.part,
    })
}

impl App {
    /// May this person decide when two reviews differ?
    ///
    /// # Errors
    /// The store's fault.
    pub async fn decides_images(&self, person: &str) -> Result<bool, AppError> {
        let competence = &self.port().imaging.senior_competence;
        let officer = self.user(person).await?.and_then(|user| user.officer);
        Ok(officer.is_some_and(|officer| officer.competences.contains(competence)))
    }
}

/// When a box has its first image, its inspection knows.
pub(crate) async fn a_scanned_box_is_told_to_its_inspection(unit: &mut Unit<'_>, task: &str) -> Result<(), AppError> {
    let ordered = unit.get::<ImageTask>(task).await?.ordered;
    let state = unit.get::<Inspection>(&ordered.inspection).await?;
    let events = inspection::decide_box_scanned(&state, BoxScanned { container: ordered.container });
    unit.record::<Inspection>(&ordered.inspection, events, unit.at()).await
}

/// When the last box of an inspection is clean, it has passed without being opened; when one is suspect, the boxes are opened.
pub(crate) async fn a_concluded_image_ends_or_opens_its_inspection(unit: &mut Unit<'_>, task: &str, by: &str) -> Result<(), AppError> {
    let task = unit.get::<ImageTask>(task).await?;
    let id = task.ordered.inspection.clone();
    let state = unit.get::<Inspection>(&id).await?;
    let Some(machine) = state.by_machine().cloned() else { return Ok(()) };
    match task.phase {
        ImagePhase::Suspect { .. } => {
            let command = OpeningOrdered { cause: OpeningCause::Image, by: by.to_owned() };
            let events = inspection::decide_order_opening(&state, command)?;
            unit.record::<Inspection>(&id, events, unit.at()).await
        }
        ImagePhase::Clean { .. } => {
            let (mut images, mut officers) = (0, Vec::new());
            for other in machine.tasks.values() {
                let other = unit.get::<ImageTask>(other).await?;
                if !matches!(other.phase, ImagePhase::Clean { .. }) {
                    return Ok(());
                }
                images += other.scans.len();
                officers.extend(other.reviewers().into_iter().map(str::to_owned));
            }
            // Nobody comes to the site any more.
            let start = state.appointment().map(|appointment| appointment.start);
            free_place(unit, &state.district, start, &[&id]).await?;
            officers.sort();
            officers.dedup();
            let findings = format!("机检图像 {images} 幅，未见异常。{images} image(s), nothing to be seen.");
            let events = inspection::decide_machine_passed(&state, officers, findings)?;
            unit.record::<Inspection>(&id, events, unit.at()).await
        }
        ImagePhase::AwaitingScan
        | ImagePhase::FirstReview { .. }
        | ImagePhase::SecondReview { .. }
        | ImagePhase::Decision { .. }
        | ImagePhase::Cancelled { .. } => Ok(()),
    }
}

/// When an inspection is opened after all, or ends, nobody need look at its images any more.
pub(crate) async fn images_are_not_needed_any_more(unit: &mut Unit<'_>, id: &str, why: &str) -> Result<(), AppError> {
    let Some(machine) = unit.get::<Inspection>(id).await?.machine else { return Ok(()) };
    for task in machine.tasks.values() {
        let state = unit.get::<ImageTask>(task).await?;
        let events = inspection::decide_cancel_image(&state, why);
        unit.record::<ImageTask>(task, events, unit.at()).await?;
    }
    Ok(())
}
