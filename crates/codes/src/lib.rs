//! The language of the platform: checked value types and code tables.
//!
//! Raw text becomes one of these types once, at the edge, through [`FromStr`](std::str::FromStr); nobody
//! checks it again. Every type is small, `Copy`, ordered, hashable and travels in serde as a plain string
//! (only [`Money`] is an object of minor units and currency). Faults are [`CodeError`]s that say what was
//! expected and found, in English ([`Display`](std::fmt::Display)) and Chinese ([`CodeError::zh`]).
//!
//! | Concern | Types |
//! |---|---|
//! | Container 集装箱 | [`ContainerNumber`], [`SizeType`], [`Seal`], [`SealParty`] |
//! | Enterprise 企业 | [`Uscc`], [`OrganisationCode`], [`CustomsRegistration`] |
//! | Conveyance 运输工具 | [`ImoNumber`], [`PlateNumber`] |
//! | Place 地点 | [`UnLocode`], [`CustomsDistrict`], [`SupervisedPlace`], [`CountryCode`] |
//! | Document 单证 | [`DeclarationNumber`], [`BillNumber`], [`AirWaybillNumber`] |
//! | Goods 货物 | [`HsCode`], [`Quantity`], [`Mass`] |
//! | Money 金额 | [`Money`], [`CurrencyCode`], [`ExchangeRate`], [`Rounding`] |
//! | Calendar 日期 | [`Date`], [`calendar`] (working days) |
//! | Findings 检查结果 | [`Finding`], [`Severity`], [`Text`] |
//! | Code lists 代码表 | [`table`], [`TableId`], [`CodeTable`], [`tariff`] |
//!
//! Deliberately not known here: anything that changes with time beyond the validity of a code, any document,
//! any state, any permission. There is no clock, randomness or floating-point number in this crate.
#![forbid(unsafe_code)]

mod awb;
mod bill;
pub mod calendar;
mod container;
mod date;
mod declaration;
mod enterprise;
mod error;
mod finding;
mod goods;
mod inline;
mod money;
mod place;
mod plate;
mod quantity;
mod seal;
mod table;
pub mod tariff;
mod vessel;

pub use awb::AirWaybillNumber;
pub use bill::BillNumber;
pub use container::{CheckDigitError, ContainerNumber, SizeType};
pub use date::Date;
pub use declaration::{DeclarationNumber, Flow};
pub use enterprise::{CustomsRegistration, OrganisationCode, Uscc};
pub use error::{CodeError, CodeKind};
pub use finding::{Finding, FindingCode, Severity, Text, finding_code, has_errors};
pub use goods::HsCode;
pub use money::{CurrencyCode, ExchangeRate, Money, MoneyError, Rounding};
pub use place::{CountryCode, CustomsDistrict, SupervisedPlace, UnLocode};
pub use plate::PlateNumber;
pub use quantity::{Mass, Quantity};
pub use seal::{Seal, SealKind, SealParty};
pub use table::{CodeEntry, CodeTable, SEARCH_RESULTS_MAX, TableError, TableId, table};
pub use vessel::ImoNumber;
