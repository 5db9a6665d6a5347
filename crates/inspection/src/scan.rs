//! An image of a box from a scanner (机检图像): kept as it came, whether or not it fits anything, with everything that is odd about it.

use codes::Finding;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Hours after which an image that fits nothing should have been looked at. An assumption; no public rule was found.
pub const UNMATCHED_HOURS: i64 = 4;

/// Most images of the same bytes that are noted on one.
pub const SCAN_DOUBTS_MAX: usize = 20;

/// A rectangle of an image, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What is known of a synthetic image (沙箱真值).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxTruth {
    /// Where something is hidden; `None` when nothing is.
    pub hidden: Option<Region>,
}

/// `scan.received`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanReceived {
    /// Container number as it was sent.
    pub container: String,
    /// Inspection order that was named with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Number of the scanner.
    pub equipment: String,
    /// When it was taken, by the scanner's clock.
    pub taken_at: Timestamp,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Media type.
    pub media_type: String,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// Width and height, pixels; `None` when the file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// Size of a pixel, micrometres, when the scanner is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_um: Option<u32>,
    /// Customs district, 4 digits.
    pub district: String,
    /// Who sent it: user or key id.
    pub by: String,
    /// Officer at the scanner, user id, when named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Visit of the box, container id, when the box is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<String>,
    /// A synthetic image with its truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<SandboxTruth>,
    /// What is odd about it.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// `scan.repeated`: the same bytes came once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRepeated {
    /// Who sent it.
    pub by: String,
    /// Inspection order that was named this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Officer at the scanner who was named this time, user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

/// `scan.doubted`: the same bytes came under another container number, so that one of the two is not of its box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanDoubted {
    /// The other image.
    pub other: String,
    /// Its container number, as sent.
    pub container: String,
}

/// `scan.matched`: it belongs to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanMatched {
    /// Image task.
    pub task: String,
    /// Visit of the box.
    pub visit: String,
    /// Officer who said so; `None` when it fitted by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// `scan.set-aside`: it fits nothing and is kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanSetAside {
    /// Why.
    pub why: String,
    /// Officer, user id.
    pub by: String,
}

/// A place at which a model hints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HintSpot {
    /// Where.
    pub region: Region,
    /// How sure, thousandths; comparable within one model only.
    pub score_per_mille: u16,
}

/// `scan.hinted`: what a model says to it. A hint never decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanHinted {
    /// Model.
    pub model: String,
    /// Version of the model.
    pub version: String,
    /// Places, the surest first.
    pub spots: Vec<HintSpot>,
    /// Why there is no hint, when the model could not give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

ledger::domain_events! {
    /// What happens to an image.
    pub enum ScanEvent for "scan" {
        /// Received.
        Received(ScanReceived) = "scan.received",
        /// The same bytes came again.
        Repeated(ScanRepeated) = "scan.repeated",
        /// The same bytes came under another number.
        Doubted(ScanDoubted) = "scan.doubted",
        /// Belongs to a task.
        Matched(ScanMatched) = "scan.matched",
        /// Kept without a task.
        SetAside(ScanSetAside) = "scan.set-aside",
        /// A model's hint.
        Hinted(ScanHinted) = "scan.hinted",
    }
}

/// Where an image belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ScanPhase {
    /// It fits nothing yet (待匹配).
    Unmatched,
    /// It belongs to a task (已匹配).
    Matched {
        /// Image task.
        task: String,
        /// When.
        at: Timestamp,
    },
    /// It fits nothing, and an officer has seen it (已搁置).
    SetAside {
        /// Why.
        why: String,
        /// Officer.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// An image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// What came.
    pub received: ScanReceived,
    /// When it came.
    pub at: Timestamp,
    /// How often the same bytes came again.
    pub repeated: u32,
    /// Images of the same bytes under other container numbers, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<ScanDoubted>,
    /// The newest hint.
    pub hint: Option<ScanHinted>,
    /// Where it belongs.
    pub phase: ScanPhase,
}

impl Scan {
    /// The task to which it belongs.
    pub fn task(&self) -> Option<&str> {
        match &self.phase {
            ScanPhase::Matched { task, .. } => Some(task),
            ScanPhase::Unmatched | ScanPhase::SetAside { .. } => None,
        }
    }

    /// Is this person the one who took or sent it?
    pub fn is_of(&self, person: &str) -> bool {
        self.received.by == person || self.received.operator.as_deref() == Some(person)
    }
}

/// Says that the same bytes of the same box came again. An image that fitted nothing before goes to the task that it fits now: its order was
/// mistyped the first time, or is there only now.
pub fn decide_scan_repeated(state: &Scan, command: ScanRepeated, fits: Option<ScanMatched>) -> Vec<ScanEvent> {
    let matched = match state.phase {
        ScanPhase::Unmatched => fits,
        ScanPhase::Matched { .. } | ScanPhase::SetAside { .. } => None,
    };
    std::iter::once(ScanEvent::from(command)).chain(matched.map(ScanEvent::from)).collect()
}

/// Says that the same bytes came under another container number; at most [`SCAN_DOUBTS_MAX`] times.
pub fn decide_doubt_scan(state: &Scan, command: ScanDoubted) -> Vec<ScanEvent> {
    if state.doubts.len() < SCAN_DOUBTS_MAX { vec![command.into()] } else { Vec::new() }
}

/// Gives an image to a task.
///
/// # Errors
/// `scan-matched` when it belongs to one already; `scan-of-another-visit` when it is known to be of another box.
pub fn decide_match_scan(state: &Scan, command: ScanMatched) -> Result<Vec<ScanEvent>, Refusal> {
    const ATTEMPT: &str = "scan.match";
    match state.phase {
        ScanPhase::Unmatched | ScanPhase::SetAside { .. } => {}
        ScanPhase::Matched { .. } => return Err(matched(state, ATTEMPT)),
    }
    if state.received.visit.as_ref().is_some_and(|visit| *visit != command.visit) {
        return Err(Refusal::new(
            "scan-of-another-visit",
            ATTEMPT,
            state.status(),
            "该图像是另一个集装箱的。",
            "The image is of another box.",
        ));
    }
    Ok(vec![command.into()])
}

/// Sets an image aside that fits nothing.
///
/// # Errors
/// `scan-matched`; `scan-set-aside` the second time.
pub fn decide_set_aside(state: &Scan, command: ScanSetAside) -> Result<Vec<ScanEvent>, Refusal> {
    const ATTEMPT: &str = "scan.set-aside";
    match state.phase {
        ScanPhase::Unmatched => Ok(vec![command.into()]),
        ScanPhase::Matched { .. } => Err(matched(state, ATTEMPT)),
        ScanPhase::SetAside { .. } => {
            Err(Refusal::new("scan-set-aside", ATTEMPT, state.status(), "该图像已搁置。", "The image is set aside already."))
        }
    }
}

fn matched(state: &Scan, attempted: &'static str) -> Refusal {
    Refusal::new("scan-matched", attempted, state.status(), "该图像已归入审像任务。", "The image belongs to a task already.")
}

impl Aggregate for Scan {
    const KIND: &'static str = "scan";
    type Event = ScanEvent;

    fn apply(state: Option<Self>, event: &ScanEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use ScanEvent as E;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut scan) = state else {
            return match event {
                E::Received(data) => {
                    Ok(Self { received: data.clone(), at, repeated: 0, doubts: Vec::new(), hint: None, phase: ScanPhase::Unmatched })
                }
                E::Repeated(_) | E::Doubted(_) | E::Matched(_) | E::SetAside(_) | E::Hinted(_) => Err(misplaced("nothing")),
            };
        };
        match (&scan.phase, event) {
            (_, E::Repeated(_)) => scan.repeated = scan.repeated.saturating_add(1),
            (_, E::Doubted(data)) => scan.doubts.push(data.clone()),
            (_, E::Hinted(data)) => scan.hint = Some(data.clone()),
            (ScanPhase::Unmatched | ScanPhase::SetAside { .. }, E::Matched(data)) => {
                scan.received.visit = Some(data.visit.clone());
                scan.phase = ScanPhase::Matched { task: data.task.clone(), at };
            }
            (ScanPhase::Unmatched, E::SetAside(data)) => {
                scan.phase = ScanPhase::SetAside { why: data.why.clone(), by: data.by.clone(), at };
            }
            (ScanPhase::Unmatched | ScanPhase::Matched { .. } | ScanPhase::SetAside { .. }, E::Received(_))
            | (ScanPhase::Matched { .. }, E::Matched(_) | E::SetAside(_))
            | (ScanPhase::SetAside { .. }, E::SetAside(_)) => return Err(misplaced(scan.status())),
        }
        Ok(scan)
    }

    fn related(&self, event: &ScanEvent) -> Vec<Related> {
        use ScanEvent as E;
        let visit = || self.received.visit.iter().map(|id| (ObjectRef::new("container", id.clone()), "container"));
        match event {
            E::Received(_) | E::SetAside(_) => visit().collect(),
            E::Matched(data) => std::iter::once((ObjectRef::new("image-task", data.task.clone()), "image-task")).chain(visit()).collect(),
            E::Doubted(data) => vec![(ObjectRef::new("scan", data.other.clone()), "scan")],
            E::Repeated(_) | E::Hinted(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            ScanPhase::Unmatched => "unmatched",
            ScanPhase::Matched { .. } => "matched",
            ScanPhase::SetAside { .. } => "set-aside",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (action, due_at, closed_at) = match &self.phase {
            ScanPhase::Unmatched => (Some("match-scan"), Some(self.at.plus_hours(UNMATCHED_HOURS)), None),
            ScanPhase::Matched { at, .. } | ScanPhase::SetAside { at, .. } => (None, None, Some(*at)),
        };
        let mut keys = [id, &self.received.container, &self.received.sha256].map(str::to_uppercase).to_vec();
        keys.extend(self.received.order.iter().map(|order| order.to_uppercase()));
        keys.retain(|key| !key.is_empty());
        WorkRow {
            title: format!("{id} {}", self.received.container),
            status: self.status().to_owned(),
            owner: None,
            action: action.map(str::to_owned),
            authority: Some(self.received.district.clone()),
            parties: Vec::new(),
            keys,
            opened_at: self.at,
            due_at,
            closed_at,
        }
    }
}
