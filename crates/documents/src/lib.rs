//! Printable, verifiable documents of the port as PDF files with a QR code.
//!
//! Each document is one pure function from a typed description to bytes: the same description and the same font give
//! the same file, byte for byte, so that a stored fingerprint stays true when a document is printed again.
//!
//! | Document | Description | Function |
//! |---|---|---|
//! | Delivery order 提货单 | [`DeliveryOrderDoc`] | [`delivery_order`] |
//! | Equipment interchange receipt 设备交接单 | [`EquipmentReceiptDoc`] | [`equipment_receipt`] |
//! | Ledger receipt 存证收据 | [`LedgerReceiptDoc`] | [`ledger_receipt`] |
//! | Customs release notice 放行通知书 | [`ReleaseNoticeDoc`] | [`release_notice`] |
//! | Duty notice 税款缴款通知 | [`DutyNoticeDoc`] | [`duty_notice`] |
//! | Closing report of a day 日清报告 | [`DailyReportDoc`] | [`daily_report`] |
//! | Entry tally sheet of a train 进场理货单 | [`RailSheetDoc`] | [`rail_sheet`] |
//! | Label of a sample 样品标签 | [`SampleLabelDoc`] | [`sample_label`] |
//! | Agency agreement 代理委托书 | [`AgencyAgreementDoc`] | [`agency_agreement`] |
//!
//! The files are PDF/A-2b (ISO 19005-2) with every glyph embedded, because what a port issues is kept for years.
//!
//! This crate deliberately does not know who may see a document, where its facts come from, or what a person may know
//! about another: names and telephone numbers arrive already masked. The layout is written in code, not in templates;
//! `docs/adr/0005-pdf.md` says why and what would change that.
#![forbid(unsafe_code)]

mod amount;
mod error;
mod font;
mod forms;
mod head;
mod label;
mod layout;

pub use amount::{Amount, GrossMass, Volume, rmb_capitals};
pub use error::{
    CONTAINERS_MAX, DAMAGES_MAX, DUTY_LINES_MAX, DocumentError, GOODS_LINES_MAX, NOTES_MAX, OBJECTS_MAX, PAGES_MAX, PROOF_STEPS_MAX,
    QR_BYTES_MAX, SHEET_LINES_MAX, SIGNATURES_MAX, TEXT_CHARS_MAX,
};
pub use font::{FONT_BYTES_MAX, FontSource, Fonts};
pub use forms::agency_agreement::{AgencyAgreementDoc, AgencySignature, AgencyStanding, agency_agreement};
pub use forms::daily_report::{DAILY_CASES_MAX, DailyReportDoc, DailyReportLine, daily_report};
pub use forms::delivery_order::{
    ChargeState, CustomsState, DeliveryContainer, DeliveryOrderDoc, DeliveryOrderUse, GoodsLine, delivery_order,
};
pub use forms::duty_notice::{DutyLine, DutyNoticeDoc, DutyState, PayeeAccount, duty_notice};
pub use forms::equipment_receipt::{
    Damage, DamageType, EquipmentReceiptDoc, Handover, LoadState, Operation, Panel, PanelCondition, PanelReport, Reefer, Repair,
    equipment_receipt,
};
pub use forms::ledger_receipt::{HeadSignature, LedgerReceiptDoc, ReceiptObject, ledger_receipt};
pub use forms::rail_sheet::{RailSheetDoc, RailSheetLine, rail_sheet};
pub use forms::release_notice::{ReleaseBasis, ReleaseNoticeDoc, ReleasedContainer, ReleasedGoods, TwoStageAccess, release_notice};
pub use forms::sample_label::{SampleLabelDoc, SampleLabelPart, sample_label};
pub use head::{DocumentHead, LedgerReference, Party, PortZone, Standing, Verification};
pub use label::Lang;
