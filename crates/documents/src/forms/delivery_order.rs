//! Delivery order 提货单: the right to pick goods up from the terminal, good for one pick-up (LOG-02).

use ledger::Timestamp;

use crate::amount::{Amount, GrossMass, Volume, grouped};
use crate::error::{CONTAINERS_MAX, DocumentError, GOODS_LINES_MAX, at_most};
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// Whether the order can still be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOrderUse {
    /// In force.
    Open,
    /// Used, at this time: a print made afterwards says so.
    Redeemed {
        /// When the last container was picked up.
        at: Timestamp,
    },
    /// Withdrawn by the carrier.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// What the carrier's charges (换单费、滞箱费…) stand at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeState {
    /// Nothing is charged.
    NoneDue,
    /// Paid.
    Paid {
        /// How much.
        amount: Amount,
        /// When.
        at: Timestamp,
        /// Payment reference.
        reference: String,
    },
    /// Settled monthly or secured.
    OnAccount {
        /// Agreement or guarantee.
        reference: String,
    },
    /// Not paid yet.
    Outstanding {
        /// How much.
        amount: Amount,
    },
}

/// What customs has decided about the goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomsState {
    /// Not released yet: the gate will refuse.
    Pending,
    /// Released 已放行.
    Released {
        /// When.
        at: Timestamp,
        /// Customs declaration number 报关单号.
        declaration_number: String,
    },
}

/// A container on the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryContainer {
    /// ISO 6346 number.
    pub number: String,
    /// ISO 6346 size and type, such as `22G1`.
    pub size_type: String,
    /// Seal numbers 铅封号.
    pub seals: Vec<String>,
    /// Packages in it.
    pub packages: Option<u64>,
    /// Gross mass of the goods in it.
    pub gross: Option<GrossMass>,
    /// Last day of free storage and use 免费期至.
    pub free_until: Option<Timestamp>,
    /// Days of free storage 免堆期天数, printed while the box is still to be landed and its last day not known.
    pub free_days: Option<u32>,
}

/// Goods as the bill describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsLine {
    /// Marks and numbers 唛头.
    pub marks: String,
    /// Description 货名.
    pub description: String,
    /// Packages.
    pub packages: Option<u64>,
    /// Kind of package, as printed (`纸箱 CT`).
    pub package_unit: String,
    /// Gross mass.
    pub gross: Option<GrossMass>,
    /// Volume.
    pub volume: Option<Volume>,
}

/// Description of a delivery order 提货单.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryOrderDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// Carrier 承运人.
    pub carrier: Party,
    /// Vessel name 船名.
    pub vessel: String,
    /// IMO ship number.
    pub imo_number: Option<String>,
    /// Voyage 航次.
    pub voyage: String,
    /// Bill of lading number 提单号.
    pub bill_number: String,
    /// Port of loading 装货港.
    pub port_of_loading: String,
    /// Port of discharge 卸货港.
    pub port_of_discharge: String,
    /// Arrival of the ship.
    pub arrived_at: Option<Timestamp>,
    /// Consignee 收货人.
    pub consignee: Party,
    /// Who holds the right to pick up now 提货权持有人.
    pub holder: Party,
    /// Terminal to pick up from 提货码头.
    pub terminal: String,
    /// Containers.
    pub containers: Vec<DeliveryContainer>,
    /// Goods.
    pub goods: Vec<GoodsLine>,
    /// Carrier's charges.
    pub charges: ChargeState,
    /// Customs release.
    pub customs: CustomsState,
    /// Whether it can still be used.
    pub usage: DeliveryOrderUse,
    /// Remarks.
    pub notes: Vec<String>,
}

const TITLE: Label = Label::new("提货单", "Delivery order");
const SINGLE_USE: Label = Label::new(
    "本单仅限提货一次，提货后自动失效。纸面仅供核对，以扫码核验的电子状态为准；凭海关放行、有效提货单与有效预约方可出闸。",
    "Single use: void after pick-up. The paper is for reference; the state shown by the QR code prevails. The gate opens on customs release, a valid order and a valid booking.",
);
const CONTAINER_COLUMNS: [Column; 7] = [
    Column::new(Label::new("序", "#"), 0.5, Align::Right),
    Column::new(Label::new("箱号", "Container"), 1.9, Align::Code),
    Column::new(Label::new("箱型", "Type"), 0.9, Align::Code),
    Column::new(Label::new("铅封号", "Seals"), 2.3, Align::Code),
    Column::new(Label::new("件数", "Packages"), 1.1, Align::Right),
    Column::new(Label::new("毛重 kg", "Gross kg"), 1.3, Align::Right),
    Column::new(Label::new("免费期至", "Free until"), 2.0, Align::Code),
];
const GOODS_COLUMNS: [Column; 5] = [
    Column::new(Label::new("唛头", "Marks"), 2.2, Align::Left),
    Column::new(Label::new("货名", "Description"), 4.2, Align::Left),
    Column::new(Label::new("件数", "Packages"), 1.5, Align::Right),
    Column::new(Label::new("毛重 kg", "Gross kg"), 1.3, Align::Right),
    Column::new(Label::new("体积 m³", "Volume m³"), 1.0, Align::Right),
];

/// Prints a delivery order 提货单.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn delivery_order(doc: &DeliveryOrderDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("containers", doc.containers.len(), CONTAINERS_MAX)?;
    at_most("goods", doc.goods.len(), GOODS_LINES_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let (state, tone) = match doc.usage {
        DeliveryOrderUse::Open => (Label::new("有效", "In force"), Tone::Good),
        DeliveryOrderUse::Redeemed { .. } => (Label::new("已提货", "Redeemed"), Tone::Bad),
        DeliveryOrderUse::Revoked { .. } => (Label::new("已撤销", "Revoked"), Tone::Bad),
    };
    sheet.masthead(state, tone)?;
    carriage(&mut sheet, doc);
    sheet.section(Label::new("集装箱", "Containers"));
    sheet.table(&CONTAINER_COLUMNS, &container_rows(doc, lang));
    sheet.section(Label::new("货物", "Goods"));
    sheet.table(&GOODS_COLUMNS, &goods_rows(doc));
    release(&mut sheet, doc);
    sheet.statement(SINGLE_USE, Tone::Bad);
    sheet.notes(Label::new("备注", "Remarks"), &doc.notes)?;
    sheet.finish()
}

fn carriage(sheet: &mut Sheet<'_>, doc: &DeliveryOrderDoc) {
    let zone = doc.head.zone;
    sheet.section(Label::new("承运与航次", "Carriage"));
    sheet.row(vec![
        Cell::new(Label::new("提单号", "Bill of lading"), 4, doc.bill_number.clone()).mono().strong(),
        Cell::new(Label::new("承运人", "Carrier"), 8, doc.carrier.printed()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("船名", "Vessel"), 5, doc.vessel.clone()),
        Cell::maybe(Label::new("IMO 编号", "IMO no."), 2, doc.imo_number.clone()).mono(),
        Cell::new(Label::new("航次", "Voyage"), 2, doc.voyage.clone()).mono(),
        Cell::maybe(Label::new("到港时间", "Arrived"), 3, doc.arrived_at.map(|at| zone.minute(at))).mono(),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("装货港", "Port of loading"), 6, doc.port_of_loading.clone()),
        Cell::new(Label::new("卸货港", "Port of discharge"), 6, doc.port_of_discharge.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("收货人", "Consignee"), 6, doc.consignee.printed()),
        Cell::new(Label::new("提货权持有人", "Holder of the order"), 6, doc.holder.printed()),
    ]);
    let used = match &doc.usage {
        DeliveryOrderUse::Open => Cell::new(Label::new("使用", "Use"), 4, Label::new("未使用", "not used").both(sheet.lang)),
        DeliveryOrderUse::Redeemed { at } => Cell::new(Label::new("提货时间", "Redeemed at"), 4, zone.minute(*at)).tone(Tone::Bad),
        DeliveryOrderUse::Revoked { at } => Cell::new(Label::new("撤销时间", "Revoked at"), 4, zone.minute(*at)).tone(Tone::Bad),
    };
    sheet.row(vec![Cell::new(Label::new("提货码头", "Terminal"), 8, doc.terminal.clone()).strong(), used]);
}

fn container_rows(doc: &DeliveryOrderDoc, lang: Lang) -> Vec<Vec<String>> {
    let dash = || "—".to_owned();
    let free = |container: &DeliveryContainer| match (container.free_until, container.free_days) {
        (Some(until), _) => doc.head.zone.minute(until),
        (None, Some(days)) => Label::new("卸船后天数", "days from landing").both(lang) + &format!(" {days}"),
        (None, None) => dash(),
    };
    doc.containers
        .iter()
        .enumerate()
        .map(|(at, container)| {
            vec![
                (at + 1).to_string(),
                container.number.clone(),
                container.size_type.clone(),
                if container.seals.is_empty() { dash() } else { container.seals.join(", ") },
                container.packages.map_or_else(dash, grouped),
                container.gross.map_or_else(dash, GrossMass::kilograms),
                free(container),
            ]
        })
        .collect()
}

fn goods_rows(doc: &DeliveryOrderDoc) -> Vec<Vec<String>> {
    let dash = || "—".to_owned();
    doc.goods
        .iter()
        .map(|line| {
            vec![
                line.marks.clone(),
                line.description.clone(),
                line.packages.map_or_else(dash, |count| format!("{} {}", grouped(count), line.package_unit)),
                line.gross.map_or_else(dash, GrossMass::kilograms),
                line.volume.map_or_else(dash, Volume::cubic_metres),
            ]
        })
        .collect()
}

fn release(sheet: &mut Sheet<'_>, doc: &DeliveryOrderDoc) {
    let (zone, lang) = (doc.head.zone, sheet.lang);
    sheet.section(Label::new("放行与费用", "Release and charges"));
    let customs = Label::new("海关放行", "Customs release");
    let customs = match &doc.customs {
        CustomsState::Pending => Cell::new(customs, 6, Label::new("未放行", "not released").both(lang)).tone(Tone::Waiting),
        CustomsState::Released { at, declaration_number } => {
            let text = format!("{} {}\n{declaration_number}", Label::new("已放行", "released").both(lang), zone.minute(*at));
            Cell::new(customs, 6, text).tone(Tone::Good)
        }
    };
    let charges = Label::new("换单费用", "Carrier's charges");
    let charges = match &doc.charges {
        ChargeState::NoneDue => Cell::new(charges, 6, Label::new("无应付费用", "nothing due").both(lang)),
        ChargeState::Paid { amount, at, reference } => {
            let text = format!("{} {} {}\n{reference}", Label::new("已付", "paid").both(lang), amount.printed(), zone.minute(*at));
            Cell::new(charges, 6, text).tone(Tone::Good)
        }
        ChargeState::OnAccount { reference } => {
            Cell::new(charges, 6, format!("{}\n{reference}", Label::new("月结或担保", "on account or secured").both(lang))).tone(Tone::Good)
        }
        ChargeState::Outstanding { amount } => {
            Cell::new(charges, 6, format!("{} {}", Label::new("未付", "outstanding").both(lang), amount.printed())).tone(Tone::Bad)
        }
    };
    sheet.row(vec![customs, charges]);
}
