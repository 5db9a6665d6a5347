//! What a port sets for itself: its name, its clock, its customs, its gate.

use ledger::Bilingual;
use serde::{Deserialize, Serialize};

use crate::national::NationalCounterpart;

/// Settings of one port (口岸). Given at start; the same for every process of the port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortSettings {
    /// Port code; every stored row carries it. UN/LOCODE where there is one.
    pub code: String,
    /// UN/LOCODE used in declarations and messages.
    pub unlocode: String,
    /// Domestic port of entry (入境口岸), six digits.
    pub entry_port: String,
    /// Name.
    pub name: Bilingual,
    /// IANA zone, for browsers.
    pub zone: String,
    /// Offset of the port's clock from UTC in minutes, for documents and day boundaries.
    pub utc_offset_minutes: i32,
    /// Customs district of entry (进境关别), four digits.
    pub customs_district: String,
    /// How this platform calls itself in EDI envelopes.
    pub edi_id: String,
    /// Public address of this platform, for QR codes.
    pub public_url: String,
    /// This is a demonstration with synthetic data.
    pub demo: bool,
    /// Carrier's delivery-order charge per container in fen (换单费). Set by the carrier; the shipped value is a placeholder.
    pub delivery_order_charge_fen: i64,
    /// Trucks per terminal and hour that may book a pick-up.
    pub slot_capacity: u32,
    /// Inspections per site and two-hour slot.
    pub inspection_capacity: u32,
    /// Officers drawn for one inspection. At least two (GACC Decree 138).
    pub officers_per_inspection: u32,
    /// Place where boxes are inspected (查验场地).
    pub inspection_site: String,
    /// Posts besides the inspection site to which officers are rostered (岗位).
    pub duty_posts: Vec<String>,
    /// Who leads joint inspections, who checks what: defaults that are not verified with the authorities.
    pub joint: inspection::JointRules,
    /// Scanners, and by which rules images are read (机检).
    pub imaging: inspection::ImagingRules,
    /// How long the files of clues (线索) are kept.
    pub clues: inspection::ClueRules,
    /// Laboratories, test items and accepted reports of third parties.
    pub sampling: inspection::SamplingRules,
    /// Minutes from the discharge of a box within which its tally report (理货报告) is due. No public rule was found; six hours is an assumption
    /// that the port replaces by its own.
    pub tally_limit_minutes: u32,
    /// From which minute of the port's day its closing report (日清报告) can be closed: one closed in the morning would leave out most of the day. An
    /// assumption; each port sets its own. Yesterday's can be closed at any time.
    pub daily_close_from_minutes: u32,
    /// How sure a device must be of a tally (智能理货置信度), thousandths, for no person to have to look. An assumption that each port replaces.
    pub tally_confidence_min_per_mille: u16,
    /// By how much the gross mass of a box in transhipment may differ between its papers, thousandths (中转重量允差). An assumption: each customs
    /// district sets its own.
    pub transhipment_mass_tolerance_per_mille: u32,
    /// IATA code of the airport (机场三字码) whose cargo is handled here: decides whether a flight comes in or goes out.
    pub airport: String,
    /// Organisation that handles air cargo (航空货站); the first registered terminal when left out.
    pub air_terminal: Option<String>,
    /// Free days in the yard after discharge (免堆期). Each terminal publishes its own; the shipped value is a placeholder.
    pub free_days: u32,
    /// The national single window, where one is connected. Given by the part `[national]` of the configuration.
    #[serde(skip)]
    pub national: Option<NationalCounterpart>,
}

impl Default for PortSettings {
    fn default() -> Self {
        Self {
            code: "ZZFWY".into(),
            unlocode: "CNNGB".into(),
            entry_port: "380001".into(),
            name: Bilingual::new("通衢示范港", "Fairway Demonstration Port"),
            zone: "Asia/Shanghai".into(),
            utc_offset_minutes: 480,
            customs_district: "3104".into(),
            edi_id: "FAIRWAY".into(),
            public_url: "http://localhost:8080".into(),
            demo: false,
            delivery_order_charge_fen: 20_000,
            slot_capacity: 30,
            inspection_capacity: 8,
            officers_per_inspection: 2,
            inspection_site: "H1 查验场".into(),
            duty_posts: vec!["集中审像室".into(), "卡口".into()],
            joint: inspection::JointRules::default(),
            imaging: inspection::ImagingRules::default(),
            clues: inspection::ClueRules::default(),
            sampling: inspection::SamplingRules::default(),
            tally_limit_minutes: 360,
            daily_close_from_minutes: 16 * 60,
            tally_confidence_min_per_mille: 950,
            transhipment_mass_tolerance_per_mille: 30,
            airport: "NGB".into(),
            air_terminal: None,
            free_days: 4,
            national: None,
        }
    }
}
