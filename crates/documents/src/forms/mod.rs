//! The documents themselves, one file each.

pub(crate) mod agency_agreement;
pub(crate) mod daily_report;
pub(crate) mod delivery_order;
pub(crate) mod duty_notice;
pub(crate) mod equipment_receipt;
pub(crate) mod ledger_receipt;
pub(crate) mod rail_sheet;
pub(crate) mod release_notice;
pub(crate) mod sample_label;
