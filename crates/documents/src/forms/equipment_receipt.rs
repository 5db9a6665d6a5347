//! Equipment interchange receipt 设备交接单: who handed a container to whom, when, and in what condition (LOG-03).

use ledger::Timestamp;

use crate::amount::GrossMass;
use crate::error::{DAMAGES_MAX, DocumentError, SIGNATURES_MAX, at_most};
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::paint::{Area, Mark, Style};
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};
use crate::layout::{CONTENT_WIDTH, INK, MARGIN, MUTED, RULE, Tone};

/// What happens at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Empty container out 提空.
    PickUpEmpty,
    /// Laden container out 提重.
    PickUpLaden,
    /// Empty container back 还空.
    ReturnEmpty,
    /// Laden container in 还重.
    ReturnLaden,
}

impl Operation {
    const fn label(self) -> Label {
        match self {
            Self::PickUpEmpty => Label::new("提空", "Empty out"),
            Self::PickUpLaden => Label::new("提重", "Laden out"),
            Self::ReturnEmpty => Label::new("还空", "Empty in"),
            Self::ReturnLaden => Label::new("还重", "Laden in"),
        }
    }

    const fn direction(self) -> Label {
        match self {
            Self::PickUpEmpty | Self::PickUpLaden => Label::new("出场", "Out"),
            Self::ReturnEmpty | Self::ReturnLaden => Label::new("进场", "In"),
        }
    }
}

/// Whether the container carries goods at the moment of handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadState {
    /// Empty 空箱.
    Empty,
    /// Laden 重箱.
    Laden,
}

/// A side of the container that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Front 前端.
    Front,
    /// Rear 后端.
    Rear,
    /// Top 箱顶.
    Top,
    /// Left 左侧.
    Left,
    /// Right 右侧.
    Right,
    /// Underside 底架.
    Bottom,
    /// Doors 箱门.
    Door,
    /// Floor 箱底板.
    Floor,
    /// Inside 箱内.
    Interior,
}

impl Panel {
    const ALL: [Self; 9] =
        [Self::Front, Self::Rear, Self::Top, Self::Left, Self::Right, Self::Bottom, Self::Door, Self::Floor, Self::Interior];

    const fn label(self) -> Label {
        match self {
            Self::Front => Label::new("前端", "Front"),
            Self::Rear => Label::new("后端", "Rear"),
            Self::Top => Label::new("箱顶", "Top"),
            Self::Left => Label::new("左侧", "Left"),
            Self::Right => Label::new("右侧", "Right"),
            Self::Bottom => Label::new("底架", "Bottom"),
            Self::Door => Label::new("箱门", "Door"),
            Self::Floor => Label::new("地板", "Floor"),
            Self::Interior => Label::new("箱内", "Interior"),
        }
    }
}

/// What was found on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelCondition {
    /// Sound 完好.
    Sound,
    /// Damaged 残损: see the list of damages.
    Damaged,
    /// Not looked at (the inside of a sealed container).
    NotInspected,
}

/// The condition of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelReport {
    /// Which.
    pub panel: Panel,
    /// What was found.
    pub condition: PanelCondition,
}

/// Kind of damage, with the CEDEX letters used on Chinese receipts (field list: `domain.md` §5, read in a public form).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its own English word; the Chinese one is in `label`")]
pub enum DamageType {
    Dent,
    Hole,
    Crack,
    Rust,
    Scratch,
    Cut,
    Bend,
    Puncture,
    Broken,
    Delaminated,
    Missing,
    Stuck,
    Aged,
    Contaminated,
}

impl DamageType {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Dent,
        Self::Hole,
        Self::Crack,
        Self::Rust,
        Self::Scratch,
        Self::Cut,
        Self::Bend,
        Self::Puncture,
        Self::Broken,
        Self::Delaminated,
        Self::Missing,
        Self::Stuck,
        Self::Aged,
        Self::Contaminated,
    ];

    /// The kind that the CEDEX letters stand for.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// CEDEX letters.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dent => "DT",
            Self::Hole => "HO",
            Self::Crack => "CR",
            Self::Rust => "RU",
            Self::Scratch => "SC",
            Self::Cut => "CU",
            Self::Bend => "BE",
            Self::Puncture => "PH",
            Self::Broken => "BR",
            Self::Delaminated => "DL",
            Self::Missing => "MS",
            Self::Stuck => "SE",
            Self::Aged => "DY",
            Self::Contaminated => "CO",
        }
    }

    const fn label(self) -> Label {
        match self {
            Self::Dent => Label::new("凹陷", "dent"),
            Self::Hole => Label::new("破洞", "hole"),
            Self::Crack => Label::new("裂纹", "crack"),
            Self::Rust => Label::new("锈蚀", "rust"),
            Self::Scratch => Label::new("擦伤", "scratch"),
            Self::Cut => Label::new("割伤", "cut"),
            Self::Bend => Label::new("弯曲", "bend"),
            Self::Puncture => Label::new("刺穿", "puncture"),
            Self::Broken => Label::new("断裂", "broken"),
            Self::Delaminated => Label::new("脱层", "delaminated"),
            Self::Missing => Label::new("缺失", "missing"),
            Self::Stuck => Label::new("卡滞", "stuck"),
            Self::Aged => Label::new("老化", "aged"),
            Self::Contaminated => Label::new("污染", "contaminated"),
        }
    }
}

/// Repair proposed, with its CEDEX letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Straighten 整形.
    Straighten,
    /// Patch 挖补.
    Patch,
    /// Replace 更换.
    Replace,
    /// Weld 焊接.
    Weld,
    /// Clean 清洗.
    Clean,
}

impl Repair {
    const fn printed(self) -> &'static str {
        match self {
            Self::Straighten => "ST 整形",
            Self::Patch => "RP 挖补",
            Self::Replace => "RE 更换",
            Self::Weld => "WE 焊接",
            Self::Clean => "CL 清洗",
        }
    }
}

/// One damage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Side.
    pub panel: Panel,
    /// CEDEX location, such as `LT2N`, where it was noted.
    pub location: Option<String>,
    /// CEDEX component, such as `PAA`.
    pub component: String,
    /// Kind.
    pub kind: DamageType,
    /// Repair proposed.
    pub repair: Option<Repair>,
    /// Who answers for it, if agreed.
    pub responsible: Option<String>,
    /// Size or remark, such as `30 × 20 cm`.
    pub note: String,
    /// Photographs kept with the electronic receipt.
    pub photos: u8,
}

/// Settings of a refrigerated container 冷藏箱.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reefer {
    /// Temperature set, in tenths of a degree Celsius.
    pub set_tenths_celsius: i16,
    /// Ventilation as set, such as `25 %` or `closed`.
    pub ventilation: String,
}

/// An electronic signature under the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// In what role, as printed (`交箱方 Delivered by`).
    pub role: String,
    /// Who, masked.
    pub name_masked: String,
    /// When.
    pub at: Timestamp,
    /// How, as printed (`闸口确认 gate terminal`).
    pub method: String,
}

/// Description of an equipment interchange receipt 设备交接单.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquipmentReceiptDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// What happens.
    pub operation: Operation,
    /// ISO 6346 number.
    pub container_number: String,
    /// ISO 6346 size and type.
    pub size_type: String,
    /// Empty or laden.
    pub load: LoadState,
    /// Owner or operator of the container 箱主.
    pub operator: String,
    /// Seals 铅封号.
    pub seals: Vec<String>,
    /// Tare 自重.
    pub tare: Option<GrossMass>,
    /// Maximum gross mass 最大总重.
    pub gross_max: Option<GrossMass>,
    /// Settings, for a refrigerated container.
    pub reefer: Option<Reefer>,
    /// Bill of lading or booking number 提单号/订舱号.
    pub bill_or_booking: String,
    /// Vessel 船名.
    pub vessel: Option<String>,
    /// Voyage 航次.
    pub voyage: Option<String>,
    /// Haulier 承运车队.
    pub trucker: Party,
    /// Number plate 车牌号.
    pub plate: String,
    /// Driver, masked by the caller.
    pub driver_masked: String,
    /// Driver's telephone, masked by the caller.
    pub driver_phone_masked: Option<String>,
    /// Terminal or depot 场站.
    pub place: String,
    /// Gate and lane.
    pub lane: String,
    /// When it passed the gate.
    pub gate_at: Timestamp,
    /// Condition per side; a side not mentioned counts as not looked at.
    pub panels: Vec<PanelReport>,
    /// Damages.
    pub damages: Vec<Damage>,
    /// Signatures.
    pub signatures: Vec<Handover>,
    /// Remarks.
    pub notes: Vec<String>,
}

const TITLE: Label = Label::new("设备交接单", "Equipment interchange receipt");
const DAMAGE_COLUMNS: [Column; 7] = [
    Column::new(Label::new("部位", "Side"), 1.0, Align::Left),
    Column::new(Label::new("位置", "Location"), 1.0, Align::Code),
    Column::new(Label::new("部件", "Part"), 0.9, Align::Code),
    Column::new(Label::new("残损", "Damage"), 1.7, Align::Left),
    Column::new(Label::new("修理", "Repair"), 1.2, Align::Left),
    Column::new(Label::new("责任方", "Answers for it"), 1.9, Align::Left),
    Column::new(Label::new("说明", "Remark"), 2.6, Align::Left),
];

/// Prints an equipment interchange receipt 设备交接单.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn equipment_receipt(doc: &EquipmentReceiptDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("damages", doc.damages.len(), DAMAGES_MAX)?;
    at_most("signatures", doc.signatures.len(), SIGNATURES_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let tone = if doc.damages.is_empty() { Tone::Good } else { Tone::Waiting };
    sheet.masthead(doc.operation.label(), tone)?;
    container(&mut sheet, doc);
    transport(&mut sheet, doc);
    condition(&mut sheet, doc);
    sign(&mut sheet, doc);
    sheet.notes(Label::new("备注", "Remarks"), &doc.notes)?;
    sheet.finish()
}

fn container(sheet: &mut Sheet<'_>, doc: &EquipmentReceiptDoc) {
    let lang = sheet.lang;
    sheet.section(Label::new("集装箱", "Container"));
    let load = match doc.load {
        LoadState::Empty => Label::new("空箱", "Empty"),
        LoadState::Laden => Label::new("重箱", "Laden"),
    };
    sheet.row(vec![
        Cell::new(Label::new("箱号", "Container no."), 4, doc.container_number.clone()).mono().strong(),
        Cell::new(Label::new("箱型", "Type"), 2, doc.size_type.clone()).mono(),
        Cell::new(Label::new("空重", "Load"), 2, load.both(lang)),
        Cell::new(Label::new("箱主", "Operator"), 4, doc.operator.clone()),
    ]);
    let seals = (!doc.seals.is_empty()).then(|| doc.seals.join(", "));
    sheet.row(vec![
        Cell::maybe(Label::new("铅封号", "Seals"), 6, seals).mono(),
        Cell::maybe(Label::new("自重 kg", "Tare kg"), 3, doc.tare.map(GrossMass::kilograms)),
        Cell::maybe(Label::new("最大总重 kg", "Max. gross kg"), 3, doc.gross_max.map(GrossMass::kilograms)),
    ]);
    if let Some(reefer) = &doc.reefer {
        let tenths = reefer.set_tenths_celsius;
        let sign = if tenths < 0 { "-" } else { "" };
        let set = format!("{sign}{}.{} °C", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
        sheet.row(vec![
            Cell::new(Label::new("设定温度", "Set temperature"), 6, set).strong(),
            Cell::new(Label::new("通风", "Ventilation"), 6, reefer.ventilation.clone()),
        ]);
    }
    sheet.row(vec![
        Cell::new(Label::new("提单号/订舱号", "Bill / booking"), 4, doc.bill_or_booking.clone()).mono(),
        Cell::maybe(Label::new("船名", "Vessel"), 5, doc.vessel.clone()),
        Cell::maybe(Label::new("航次", "Voyage"), 3, doc.voyage.clone()).mono(),
    ]);
}

fn transport(sheet: &mut Sheet<'_>, doc: &EquipmentReceiptDoc) {
    let lang = sheet.lang;
    sheet.section(Label::new("交接", "Handover"));
    sheet.row(vec![
        Cell::new(Label::new("进出场", "Direction"), 2, doc.operation.direction().both(lang)).strong(),
        Cell::new(Label::new("场站", "Terminal or depot"), 4, doc.place.clone()),
        Cell::new(Label::new("闸口", "Gate"), 2, doc.lane.clone()),
        Cell::new(Label::new("过闸时间", "Gate time"), 4, doc.head.zone.minute(doc.gate_at)).mono().strong(),
    ]);
    let driver = match &doc.driver_phone_masked {
        Some(phone) => format!("{}  {phone}", doc.driver_masked),
        None => doc.driver_masked.clone(),
    };
    sheet.row(vec![
        Cell::new(Label::new("承运车队", "Haulier"), 6, doc.trucker.printed()),
        Cell::new(Label::new("车牌号", "Plate"), 2, doc.plate.clone()).strong(),
        Cell::new(Label::new("司机", "Driver"), 4, driver),
    ]);
}

fn condition(sheet: &mut Sheet<'_>, doc: &EquipmentReceiptDoc) {
    let lang = sheet.lang;
    sheet.section(Label::new("箱体状况", "Condition"));
    sheet.ensure(36.0);
    let (y, height) = (sheet.y(), 36.0);
    let width = CONTENT_WIDTH / Panel::ALL.len() as f32;
    for (at, panel) in Panel::ALL.into_iter().enumerate() {
        let x = MARGIN + at as f32 * width;
        let found = doc.panels.iter().find(|report| report.panel == panel).map_or(PanelCondition::NotInspected, |report| report.condition);
        let codes: Vec<&str> = doc.damages.iter().filter(|damage| damage.panel == panel).map(|damage| damage.kind.code()).collect();
        let (text, colour) = match found {
            PanelCondition::Sound => (Label::new("完好", "sound").both(lang), Tone::Good.colour()),
            PanelCondition::Damaged => (format!("{} {}", Label::new("残损", "damaged").main(lang), codes.join(" ")), Tone::Bad.colour()),
            PanelCondition::NotInspected => (Label::new("未检", "not seen").both(lang), MUTED),
        };
        sheet.mark(Mark::Outline { area: Area { x, y, width, height }, colour: RULE, width: 0.5 });
        sheet.mark(Mark::Filled { area: Area { x: x + 0.5, y: y + height - 3.0, width: width - 1.0, height: 2.5 }, colour });
        let centre = x + width / 2.0;
        let label = panel.label();
        sheet.text_around(centre, y + 11.0, Style::sans(8.0, INK).bold(), label.main(lang));
        sheet.text_around(centre, y + 18.5, Style::sans(6.0, MUTED), label.small(lang));
        let style = Style::sans(7.6, colour).bold();
        let first = sheet.lines(style, &text, width - 4.0).into_iter().next().unwrap_or_default();
        sheet.text_around(centre, y + 29.0, style, first);
    }
    sheet.skip(height);
    if doc.damages.is_empty() {
        sheet.row(vec![Cell::new(Label::new("残损清单", "Damages"), 12, Label::new("无", "none").both(lang))]);
        return;
    }
    sheet.skip(6.0);
    let rows: Vec<Vec<String>> = doc
        .damages
        .iter()
        .map(|damage| {
            let photos = match damage.photos {
                0 => String::new(),
                count => format!("\n{} {count}", Label::new("照片", "photos").main(lang)),
            };
            vec![
                damage.panel.label().main(lang).to_owned(),
                damage.location.clone().unwrap_or_else(|| "—".to_owned()),
                damage.component.clone(),
                format!("{} {}", damage.kind.code(), damage.kind.label().both(lang)),
                damage.repair.map_or("—", Repair::printed).to_owned(),
                damage.responsible.clone().unwrap_or_else(|| "—".to_owned()),
                format!("{}{photos}", damage.note),
            ]
        })
        .collect();
    sheet.table(&DAMAGE_COLUMNS, &rows);
}

fn sign(sheet: &mut Sheet<'_>, doc: &EquipmentReceiptDoc) {
    if doc.signatures.is_empty() {
        return;
    }
    sheet.section(Label::new("电子签认", "Electronic signatures"));
    for pair in doc.signatures.chunks(2) {
        let cells = pair
            .iter()
            .map(|signature| {
                let text =
                    format!("{}\n{}  {}\n{}", signature.role, signature.name_masked, doc.head.zone.minute(signature.at), signature.method);
                Cell::new(Label::new("签认", "Signed"), if pair.len() == 1 { 12 } else { 6 }, text)
            })
            .collect();
        sheet.row(cells);
    }
}
