//! By which rules images are taken and read (机检规则): the scanners, how often a clean review is reviewed again, who decides in the end.
//!
//! How often central review is repeated, and how many officers a result by image needs, is not published: the shipped values are assumptions, so
//! that all of it is configuration and says so.

use ledger::Bilingual;
use serde::{Deserialize, Serialize};

/// Most scanners of one port.
pub const SCANNERS_MAX: usize = 200;

/// A scanner (机检设备).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// Number of the equipment, as it names itself.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Size of a pixel of its images, micrometres; without it nothing is measured.
    #[serde(default)]
    pub pixel_um: Option<u32>,
    /// Keys and persons that send its images (发送方): ids. Nobody else does, but officers with [`ImagingRules::operator_competence`].
    #[serde(default)]
    pub senders: Vec<String>,
    /// It makes synthetic images (沙箱设备).
    #[serde(default)]
    pub sandbox: bool,
}

impl Scanner {
    /// Whether a key or person sends its images.
    pub fn is_sent_by(&self, id: &str) -> bool {
        // A sandbox scanner has no key: the platform speaks for it under its own number.
        self.senders.iter().any(|sender| sender == id) || (self.sandbox && self.id == id)
    }
}

/// Rules of machine inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImagingRules {
    /// The scanners of the port.
    pub scanners: Vec<Scanner>,
    /// Drawn inspections go by machine first (机检优先), without an officer asking for it.
    pub machine_first: bool,
    /// Of how many clean reviews a second is drawn, hundredths of a per cent. 10,000: every image is read by two officers.
    pub second_review_bp: u32,
    /// Competence of the officers who decide when two differ.
    pub senior_competence: String,
    /// Competence of the officers who work at the scanners (机检操作) and may send images by hand.
    pub operator_competence: String,
    /// Minutes by which a scanner's clock may be ahead of the platform's.
    pub clock_ahead_minutes_max: u32,
    /// Hours after which an image is late.
    pub late_hours: u32,
}

impl Default for ImagingRules {
    fn default() -> Self {
        Self {
            scanners: Vec::new(),
            machine_first: false,
            second_review_bp: 1_000,
            senior_competence: "image-senior".into(),
            operator_competence: "scanner-operator".into(),
            clock_ahead_minutes_max: 5,
            late_hours: 24,
        }
    }
}

impl ImagingRules {
    /// Whether a key or person is a sender of any scanner.
    pub fn sends(&self, id: &str) -> bool {
        self.scanners.iter().take(SCANNERS_MAX).any(|scanner| scanner.is_sent_by(id))
    }

    /// A scanner by its number.
    pub fn scanner(&self, id: &str) -> Option<&Scanner> {
        self.scanners.iter().take(SCANNERS_MAX).find(|scanner| scanner.id == id)
    }
}
