//! Custody of a sample (样品交接): who holds which part, under which seal, and what is wrong with its chain.

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

/// Which part of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplePart {
    /// The part that is tested (检样).
    Test,
    /// The part that is kept for a retest (留样).
    Keeper,
}

impl SamplePart {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Keeper => "keeper",
        }
    }
}

/// What kind of holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderKind {
    /// An officer, user id (关员).
    Officer,
    /// A carrier or courier, by name (承运人).
    Carrier,
    /// A laboratory, by its number (实验室).
    Laboratory,
    /// A store of samples, by name (样品库).
    Store,
    /// Its owner or the owner's agent, by name (货主).
    Owner,
    /// Nobody: it is destroyed (已销毁).
    Nobody,
}

impl HolderKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Carrier => "carrier",
            Self::Laboratory => "laboratory",
            Self::Store => "store",
            Self::Owner => "owner",
            Self::Nobody => "nobody",
        }
    }
}

/// Who holds a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What kind.
    pub kind: HolderKind,
    /// Who: user id, number or name.
    pub name: String,
}

impl Holder {
    /// A holder.
    pub fn new(kind: HolderKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

/// What happens to a part at a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustodyAct {
    /// Sent (送检).
    Send,
    /// Received by the laboratory (收样).
    Receive,
    /// Put away (留存).
    Keep,
    /// Given back (退样).
    Return,
    /// Destroyed (销毁).
    Destroy,
}

impl CustodyAct {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Keep => "keep",
            Self::Return => "return",
            Self::Destroy => "destroy",
        }
    }

    /// Does this kind of holder take a part by this act?
    pub const fn fits(self, kind: HolderKind) -> bool {
        match self {
            Self::Send => matches!(kind, HolderKind::Carrier | HolderKind::Officer),
            Self::Receive => matches!(kind, HolderKind::Laboratory),
            Self::Keep => matches!(kind, HolderKind::Store | HolderKind::Laboratory),
            Self::Return => matches!(kind, HolderKind::Owner),
            Self::Destroy => matches!(kind, HolderKind::Nobody),
        }
    }
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainFault {
    /// Whoever gave it did not hold it (链条断档).
    Gap,
    /// The seal found is another (封识不符).
    SealDiffers,
    /// The seal was broken (封识破损).
    SealBroken,
}

/// The faults a chain may have, by code, with message and hint in both languages.
pub const CHAIN_CODES: &[codes::FindingCode] = &[
    codes::finding_code(
        "sample-chain-gap",
        "交样人不是登记的持有人，交接链断档。",
        "Whoever gave it did not hold it: the chain has a gap.",
    ),
    codes::finding_code("sample-seal-differs", "封识号与登记不符。", "The seal found is another than the one recorded."),
    codes::finding_code("sample-seal-broken", "封识破损。", "The seal was broken."),
];

impl ChainFault {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gap => "sample-chain-gap",
            Self::SealDiffers => "sample-seal-differs",
            Self::SealBroken => "sample-seal-broken",
        }
    }

    /// Its message.
    pub fn text(self) -> codes::Text {
        let row = CHAIN_CODES.iter().find(|row| row.code == self.code());
        row.map_or_else(|| codes::Text::new(self.code(), self.code()), |row| codes::Text::new(row.zh, row.en))
    }
}

/// `sample.handed-over`; also the command, before its faults are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Which part.
    pub part: SamplePart,
    /// What happens to it.
    pub act: CustodyAct,
    /// Who gave.
    pub gave: Holder,
    /// Who took.
    pub took: Holder,
    /// Seal found on it.
    pub seal: String,
    /// The seal was whole.
    pub seal_whole: bool,
    /// Remark.
    #[serde(default)]
    pub note: String,
    /// Who wrote it down, user id.
    pub by: String,
    /// What is wrong, as found when it was written down.
    #[serde(default)]
    pub faults: Vec<ChainFault>,
}

/// A hand-over with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// What happened.
    pub hand_over: HandOver,
    /// When.
    pub at: Timestamp,
}

/// Where a part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// Its seal.
    pub seal: String,
    /// Quantity, in the unit of the sample.
    pub quantity: String,
    /// Who holds it.
    pub holder: Holder,
    /// Its seal was opened for the test.
    pub opened: bool,
    /// It was given back or destroyed.
    pub gone: bool,
}

impl Custody {
    /// What is wrong with a hand-over of this part.
    pub fn faults(&self, hand_over: &HandOver) -> Vec<ChainFault> {
        let mut faults = Vec::new();
        if self.holder != hand_over.gave {
            faults.push(ChainFault::Gap);
        }
        if !self.opened {
            if self.seal != hand_over.seal {
                faults.push(ChainFault::SealDiffers);
            }
            if !hand_over.seal_whole {
                faults.push(ChainFault::SealBroken);
            }
        }
        faults
    }
}
