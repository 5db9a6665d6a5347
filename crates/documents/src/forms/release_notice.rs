//! Customs release notice 放行通知书: customs has let the goods go, under which conditions (CLR-01).

use ledger::Timestamp;

use crate::amount::{GrossMass, grouped};
use crate::error::{CONTAINERS_MAX, DocumentError, GOODS_LINES_MAX, at_most};
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// What the release rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseBasis {
    /// On the documents alone, without paper 无纸放行.
    Paperless,
    /// After an inspection without objection 查验放行.
    AfterInspection,
    /// On a guarantee for duties or documents still due 担保放行.
    OnGuarantee,
}

impl ReleaseBasis {
    const fn label(self) -> Label {
        match self {
            Self::Paperless => Label::new("无纸放行", "Paperless release"),
            Self::AfterInspection => Label::new("查验放行", "Released after inspection"),
            Self::OnGuarantee => Label::new("担保放行", "Released on guarantee"),
        }
    }
}

/// What the goods may do now. China decides twice (两段准入): about leaving the port, and about use or sale (CLR-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwoStageAccess {
    /// May leave the port and may be used or sold 准予提离、准予销售使用.
    LeaveAndUse,
    /// May leave the port; use or sale waits for an inspection at the destination 附条件提离.
    LeaveOnly,
}

/// A container released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedContainer {
    /// ISO 6346 number.
    pub number: String,
    /// ISO 6346 size and type.
    pub size_type: String,
}

/// An item of the declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedGoods {
    /// Item number 项号.
    pub item: u32,
    /// Commodity code 商品编号.
    pub hs_code: String,
    /// Name 商品名称.
    pub name: String,
    /// Quantity with unit, as declared.
    pub quantity: String,
    /// Country of origin 原产国, as printed.
    pub origin: String,
}

/// Description of a customs release notice 放行通知书.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseNoticeDoc {
    /// Number, issuer (the customs office), time, verification.
    pub head: DocumentHead,
    /// Customs office with its district code 关别, as printed.
    pub customs_office: String,
    /// Declaration number 报关单号.
    pub declaration_number: String,
    /// Supervision mode 监管方式, as printed.
    pub supervision_mode: String,
    /// Declaring agent 申报单位.
    pub declarant: Party,
    /// Consignee 境内收货人.
    pub consignee: Party,
    /// Vessel 船名.
    pub vessel: String,
    /// Voyage 航次.
    pub voyage: String,
    /// Bill number 提运单号.
    pub bill_number: String,
    /// Place the goods lie at 货物存放地点.
    pub place: String,
    /// Packages 件数.
    pub packages: Option<u64>,
    /// Gross mass 毛重.
    pub gross: Option<GrossMass>,
    /// Containers.
    pub containers: Vec<ReleasedContainer>,
    /// Items.
    pub goods: Vec<ReleasedGoods>,
    /// When it was released 放行时间.
    pub released_at: Timestamp,
    /// What the release rests on.
    pub basis: ReleaseBasis,
    /// What the goods may do now.
    pub access: TwoStageAccess,
    /// Conditions attached.
    pub conditions: Vec<String>,
}

const TITLE: Label = Label::new("海关放行通知书", "Customs release notice");
const GOODS_COLUMNS: [Column; 5] = [
    Column::new(Label::new("项", "#"), 0.5, Align::Right),
    Column::new(Label::new("商品编号", "HS code"), 1.5, Align::Code),
    Column::new(Label::new("商品名称", "Name"), 4.4, Align::Left),
    Column::new(Label::new("数量", "Quantity"), 1.9, Align::Right),
    Column::new(Label::new("原产国", "Origin"), 1.7, Align::Left),
];
const CONTAINERS_A_ROW: usize = 4;
const CONTAINER_COLUMNS: [Column; CONTAINERS_A_ROW] =
    [Column::new(Label::new("箱号 / 箱型", "Container / type"), 1.0, Align::Code); CONTAINERS_A_ROW];

/// Prints a customs release notice 放行通知书.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn release_notice(doc: &ReleaseNoticeDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("containers", doc.containers.len(), CONTAINERS_MAX)?;
    at_most("goods", doc.goods.len(), GOODS_LINES_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let tone = match doc.access {
        TwoStageAccess::LeaveAndUse => Tone::Good,
        TwoStageAccess::LeaveOnly => Tone::Waiting,
    };
    sheet.masthead(doc.basis.label(), tone)?;
    declaration(&mut sheet, doc);
    sheet.section(Label::new("商品", "Goods"));
    let goods: Vec<Vec<String>> = doc
        .goods
        .iter()
        .map(|item| vec![item.item.to_string(), item.hs_code.clone(), item.name.clone(), item.quantity.clone(), item.origin.clone()])
        .collect();
    sheet.table(&GOODS_COLUMNS, &goods);
    if !doc.containers.is_empty() {
        sheet.section(Label::new("放行的集装箱", "Containers released"));
        sheet.table(&CONTAINER_COLUMNS, &container_rows(doc));
    }
    match doc.access {
        TwoStageAccess::LeaveAndUse => sheet.statement(
            Label::new("上述货物准予提离口岸，准予销售使用。", "The goods above may leave the port and may be sold or used."),
            Tone::Good,
        ),
        TwoStageAccess::LeaveOnly => sheet.statement(
            Label::new(
                "上述货物准予提离口岸（附条件提离）；目的地检查合格前不得销售、使用。",
                "The goods above may leave the port on condition; they must not be sold or used before the inspection at destination has passed.",
            ),
            Tone::Waiting,
        ),
    }
    sheet.notes(Label::new("条件", "Conditions"), &doc.conditions)?;
    sheet.finish()
}

fn declaration(sheet: &mut Sheet<'_>, doc: &ReleaseNoticeDoc) {
    sheet.section(Label::new("报关单", "Declaration"));
    sheet.row(vec![
        Cell::new(Label::new("报关单号", "Declaration no."), 5, doc.declaration_number.clone()).mono().strong(),
        Cell::new(Label::new("放行时间", "Released at"), 3, doc.head.zone.minute(doc.released_at)).mono().tone(Tone::Good),
        Cell::new(Label::new("关别", "Customs office"), 4, doc.customs_office.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("境内收货人", "Consignee"), 6, doc.consignee.printed()),
        Cell::new(Label::new("申报单位", "Declarant"), 6, doc.declarant.printed()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("船名", "Vessel"), 4, doc.vessel.clone()),
        Cell::new(Label::new("航次", "Voyage"), 2, doc.voyage.clone()).mono(),
        Cell::new(Label::new("提运单号", "Bill"), 3, doc.bill_number.clone()).mono(),
        Cell::new(Label::new("监管方式", "Supervision mode"), 3, doc.supervision_mode.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("货物存放地点", "Place of the goods"), 6, doc.place.clone()),
        Cell::maybe(Label::new("件数", "Packages"), 3, doc.packages.map(grouped)),
        Cell::maybe(Label::new("毛重 kg", "Gross kg"), 3, doc.gross.map(GrossMass::kilograms)),
    ]);
}

fn container_rows(doc: &ReleaseNoticeDoc) -> Vec<Vec<String>> {
    doc.containers
        .chunks(CONTAINERS_A_ROW)
        .map(|row| {
            let mut cells: Vec<String> = row.iter().map(|container| format!("{} {}", container.number, container.size_type)).collect();
            cells.resize(CONTAINERS_A_ROW, String::new());
            cells
        })
        .collect()
}
