//! The equipment interchange receipt (设备交接单, EIR): the state in which a box changed hands at the gate. One event, never changed.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::{Direction, VERIFICATION_CODE_LENGTH, container_number};

/// Most damages on one receipt.
pub const DAMAGES_MAX: usize = 50;
/// Most photos of one receipt (domain facts §5).
pub const PHOTOS_MAX: usize = 6;

/// A side of the box (箱体部位).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Panel {
    /// Front (前).
    Front,
    /// Rear (后).
    Rear,
    /// Top (顶).
    Top,
    /// Left side (左).
    Left,
    /// Right side (右).
    Right,
    /// Underside (底架).
    Bottom,
    /// Doors (门).
    Door,
    /// Floor (地板).
    Floor,
    /// Interior (内部).
    Interior,
}

impl Panel {
    /// All, in the order of the printed form.
    pub const ALL: [Self; 9] =
        [Self::Front, Self::Rear, Self::Top, Self::Left, Self::Right, Self::Bottom, Self::Door, Self::Floor, Self::Interior];
}

/// State of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelCondition {
    /// Which side.
    pub panel: Panel,
    /// Sound (完好).
    pub sound: bool,
}

/// One damage (残损).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// Where.
    pub location: Panel,
    /// Component, CEDEX code or words.
    pub component: String,
    /// CEDEX damage type: DT dent, HO hole, CR crack, RU rust, SC scratch, CU cut, BE bend, PH puncture, BR broken, DL delaminated,
    /// MS missing, SE stuck, DY aged, CO contaminated.
    pub cedex: String,
    /// Who answers for it, when known.
    #[serde(default)]
    pub responsible: Option<String>,
}

const CEDEX: [&str; 14] = ["DT", "HO", "CR", "RU", "SC", "CU", "BE", "PH", "BR", "DL", "MS", "SE", "DY", "CO"];

/// `eir.issued`; also the command and the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Container visit id.
    pub container: String,
    /// Size and type.
    pub size_type: String,
    /// Which way the box went.
    pub direction: Direction,
    /// Operation (作业类型): 提重 laden out.
    pub operation: String,
    /// Plate.
    pub plate: String,
    /// Driver's name: personal data.
    pub driver: String,
    /// Trucker, organisation id.
    pub trucker: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Bill number.
    pub bill: Option<String>,
    /// Ship call id.
    pub call: String,
    /// Gate transaction.
    pub gate_transaction: String,
    /// Seal seen.
    pub seal: Option<String>,
    /// State of each side.
    pub condition: Vec<PanelCondition>,
    /// Damages.
    pub damages: Vec<Damage>,
    /// Photos (照片) by their SHA-256 in lower-case hex; the bytes are kept under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Verification code, base 32.
    pub code: String,
}

/// An interchange receipt.
pub type Eir = Issued;

ledger::domain_events! {
    /// What happens to an interchange receipt.
    pub enum EirEvent for "eir" {
        /// Issued.
        Issued(Issued) = "eir.issued",
    }
}

/// Issues a receipt.
///
/// # Errors
/// `eir-exists`; `eir-damage` when there are too many damages, a type is not CEDEX, or a damaged side is called sound; `eir-photos` when
/// there are too many, one stands twice, or one is no hash; `eir-code-malformed`.
pub fn decide_issue_eir(state: Option<&Eir>, command: Issued) -> Result<Vec<EirEvent>, Refusal> {
    const ATTEMPT: &str = "eir.issue";
    if let Some(eir) = state {
        return Err(Refusal::new(
            "eir-exists",
            ATTEMPT,
            eir.status(),
            "该设备交接单编号已存在。",
            "A receipt with this id exists already.",
        ));
    }
    let contradicts = |damage: &Damage| command.condition.iter().any(|side| side.panel == damage.location && side.sound);
    let malformed = |damage: &Damage| !CEDEX.contains(&damage.cedex.as_str());
    if command.damages.len() > DAMAGES_MAX || command.damages.iter().any(|damage| malformed(damage) || contradicts(damage)) {
        return Err(Refusal::new(
            "eir-damage",
            ATTEMPT,
            "nothing",
            format!("残损记录不符：最多 {DAMAGES_MAX} 项，类型须为 CEDEX 代码，且该部位不得标为完好。"),
            format!("The damages do not fit: at most {DAMAGES_MAX}, of a CEDEX type, on a side not called sound."),
        ));
    }
    let hash = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let twice = |at: usize, photo: &String| command.photos[..at].contains(photo);
    let unfit = command.photos.iter().enumerate().any(|(at, photo)| !hash(photo) || twice(at, photo));
    if command.photos.len() > PHOTOS_MAX || unfit {
        return Err(Refusal::new(
            "eir-photos",
            ATTEMPT,
            "nothing",
            format!("照片最多 {PHOTOS_MAX} 张，以 SHA-256 标识且不得重复。"),
            format!("At most {PHOTOS_MAX} photos, each by its SHA-256 and none twice."),
        ));
    }
    if command.code.len() != VERIFICATION_CODE_LENGTH {
        return Err(Refusal::new("eir-code-malformed", ATTEMPT, "nothing", "验证码格式不符。", "The verification code is malformed."));
    }
    Ok(vec![command.into()])
}

impl Aggregate for Eir {
    const KIND: &'static str = "eir";
    type Event = EirEvent;

    fn apply(state: Option<Self>, event: &EirEvent, _at: Timestamp) -> Result<Self, ReplayError> {
        match (state, event) {
            (None, EirEvent::Issued(data)) => Ok(data.clone()),
            (Some(eir), EirEvent::Issued(_)) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: eir.status().to_owned() }),
        }
    }

    fn related(&self, event: &EirEvent) -> Vec<Related> {
        match event {
            EirEvent::Issued(data) => vec![
                (ObjectRef::new("container", data.container.clone()), "container"),
                (ObjectRef::new("gate-transaction", data.gate_transaction.clone()), "gate-transaction"),
            ],
        }
    }

    fn status(&self) -> &'static str {
        "issued"
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let number = container_number(&self.container);
        let mut keys = [id, number, &self.plate].map(str::to_uppercase).to_vec();
        keys.extend(self.bill.iter().map(|bill| bill.to_uppercase()));
        keys.push(self.code.clone());
        WorkRow {
            title: format!("{number} {}", self.plate),
            status: self.status().to_owned(),
            parties: vec![self.terminal.clone(), self.trucker.clone()],
            keys,
            opened_at: self.at,
            closed_at: Some(self.at),
            ..WorkRow::default()
        }
    }
}
