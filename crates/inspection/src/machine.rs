//! An inspection by machine first (机检优先): ordered, each box scanned, and either ended by clean images or sent to be opened (开箱).

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::inspection::{Inspection, InspectionEvent, InspectionPhase, Method, Outcome, Resulted, closed, to_confirm};

/// Disposition of an inspection whose images are all clean: inspected, normal (查验正常).
pub const CLEAN_DISPOSITION: &str = "18";

/// `inspection.machine-ordered`; also the command. Why is told by the image tasks, which are for officers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineOrdered {
    /// Who: officer, or `platform` by the rules of the port.
    pub by: String,
    /// Image task of each container visit.
    pub tasks: BTreeMap<String, String>,
}

/// `inspection.box-scanned`: a box has its first image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxScanned {
    /// Container visit id.
    pub container: String,
}

/// `inspection.opening-ordered`: the boxes are opened after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningOrdered {
    /// What led to it.
    pub cause: OpeningCause,
    /// Officer, or `platform`.
    pub by: String,
}

/// What leads from the machine to opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpeningCause {
    /// An image is suspect, or does not tell (图像有嫌疑).
    Image,
    /// An officer decided so (关员决定).
    Officer,
    /// Several authorities inspect together (联合查验).
    JointOrder,
}

/// The machine part of an inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Who ordered it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Image task of each container visit.
    pub tasks: BTreeMap<String, String>,
    /// Boxes scanned, since when.
    pub scanned: BTreeMap<String, Timestamp>,
    /// What led to opening, if it came to that.
    pub opening: Option<OpeningCause>,
}

impl Inspection {
    /// The machine part, while its images decide.
    pub fn by_machine(&self) -> Option<&Machine> {
        self.machine.as_ref().filter(|machine| machine.opening.is_none())
    }
}

/// Orders the machine first.
///
/// # Errors
/// `inspection-machine-ordered` the second time; `inspection-sampling-open` when something is to be sampled; `inspection-joined` in a joint order, which opens the box once for everybody;
/// `inspection-containers` when the tasks are not those of its boxes; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_order_machine(state: &Inspection, command: MachineOrdered) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.order-machine";
    open(state, ATTEMPT)?;
    // Whatever is sampled is opened.
    if !state.sampling.is_empty() {
        return Err(Refusal::new(
            "inspection-sampling-open",
            ATTEMPT,
            state.status(),
            "该查验须取样，必须开箱。",
            "Something is to be sampled: the boxes are opened.",
        ));
    }
    if state.machine.is_some() {
        return Err(Refusal::new(
            "inspection-machine-ordered",
            ATTEMPT,
            state.status(),
            "该查验已下达过机检。",
            "The machine was ordered for this inspection already.",
        ));
    }
    if state.joint.is_some() {
        return Err(Refusal::new(
            "inspection-joined",
            ATTEMPT,
            state.status(),
            "该查验在联合查验中，由各单位一次开箱。",
            "The inspection is part of a joint order, which opens the box once for everybody.",
        ));
    }
    let boxes: BTreeSet<&String> = state.containers.iter().collect();
    if command.tasks.keys().collect::<BTreeSet<_>>() != boxes {
        return Err(Refusal::new(
            "inspection-containers",
            ATTEMPT,
            state.status(),
            "每个集装箱须有一个审像任务。",
            "Each box of the inspection has one image task.",
        ));
    }
    Ok(vec![command.into()])
}

/// Records that a box has its first image; nothing when it had one, or is opened anyway.
pub fn decide_box_scanned(state: &Inspection, command: BoxScanned) -> Vec<InspectionEvent> {
    let news = state.is_open()
        && state.recorded().is_none()
        && state
            .by_machine()
            .is_some_and(|machine| machine.tasks.contains_key(&command.container) && !machine.scanned.contains_key(&command.container));
    if news { vec![command.into()] } else { Vec::new() }
}

/// Sends the boxes to be opened.
///
/// # Errors
/// `inspection-not-by-machine` when it is opened anyway; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_order_opening(state: &Inspection, command: OpeningOrdered) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.order-opening";
    open(state, ATTEMPT)?;
    if state.by_machine().is_none() {
        return Err(Refusal::new(
            "inspection-not-by-machine",
            ATTEMPT,
            state.status(),
            "该查验不在机检中。",
            "The inspection is not by machine.",
        ));
    }
    Ok(vec![command.into()])
}

/// Ends the inspection by its images, all of them clean.
///
/// # Errors
/// `inspection-not-by-machine`; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_machine_passed(state: &Inspection, officers: Vec<String>, findings: String) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.pass-by-machine";
    open(state, ATTEMPT)?;
    if state.by_machine().is_none() {
        return Err(Refusal::new(
            "inspection-not-by-machine",
            ATTEMPT,
            state.status(),
            "该查验不在机检中。",
            "The inspection is not by machine.",
        ));
    }
    let disposition = CLEAN_DISPOSITION.to_owned();
    Ok(vec![Resulted { result: Outcome::Pass, disposition, findings, method: Method::Machine, seal_new: None, officers }.into()])
}

/// While images decide, nobody writes a result beside them.
pub(crate) fn not_while_images_decide(state: &Inspection, attempted: &'static str) -> Result<(), Refusal> {
    if state.by_machine().is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        "inspection-machine-first",
        attempted,
        state.status(),
        "该查验在机检中；如须开箱，请先下达开箱。",
        "Its images decide first; order the opening before you write a result.",
    ))
}

fn open(state: &Inspection, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } => Ok(()),
        InspectionPhase::Recorded { .. } => Err(to_confirm(state, attempted)),
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => {
            Err(closed(state, attempted))
        }
    }
}
