//! What can be wrong with a code, in words a clerk can act on.

use crate::{Finding, Text};
use std::fmt;

/// The kind of value that was being read. Names the field in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// Container number (集装箱号), ISO 6346.
    ContainerNumber,
    /// Container size and type (集装箱尺寸类型).
    SizeType,
    /// Unified social credit code (统一社会信用代码), GB 32100.
    Uscc,
    /// Organisation code (组织机构代码), GB 11714.
    OrganisationCode,
    /// Customs registration code (海关注册编码).
    CustomsRegistration,
    /// IMO ship number (IMO船舶识别号).
    ImoNumber,
    /// UN/LOCODE (联合国口岸及地点代码).
    UnLocode,
    /// Customs district code (关区代码).
    CustomsDistrict,
    /// Supervised place code (监管场所代码).
    SupervisedPlace,
    /// Goods code (商品编号).
    HsCode,
    /// Declaration number (报关单编号).
    DeclarationNumber,
    /// Bill of lading or waybill number (提运单号).
    BillNumber,
    /// Air waybill number (航空运单号).
    AirWaybillNumber,
    /// Country code (国家代码).
    CountryCode,
    /// Currency code (币制代码).
    CurrencyCode,
    /// Quantity (数量).
    Quantity,
    /// Mass (重量).
    Mass,
    /// Amount of money (金额).
    Amount,
    /// Rate of exchange (汇率).
    ExchangeRate,
    /// Vehicle plate (车牌号).
    PlateNumber,
    /// Seal (封志).
    Seal,
    /// Calendar date (日期).
    Date,
}

impl CodeKind {
    /// English and Chinese name.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ContainerNumber => ("container number", "集装箱号"),
            Self::SizeType => ("container size and type", "集装箱尺寸类型"),
            Self::Uscc => ("unified social credit code", "统一社会信用代码"),
            Self::OrganisationCode => ("organisation code", "组织机构代码"),
            Self::CustomsRegistration => ("customs registration code", "海关注册编码"),
            Self::ImoNumber => ("IMO number", "IMO船舶识别号"),
            Self::UnLocode => ("UN/LOCODE", "联合国口岸代码"),
            Self::CustomsDistrict => ("customs district code", "关区代码"),
            Self::SupervisedPlace => ("supervised place code", "监管场所代码"),
            Self::HsCode => ("goods code", "商品编号"),
            Self::DeclarationNumber => ("declaration number", "报关单编号"),
            Self::BillNumber => ("bill number", "提运单号"),
            Self::AirWaybillNumber => ("air waybill number", "航空运单号"),
            Self::CountryCode => ("country code", "国家（地区）代码"),
            Self::CurrencyCode => ("currency code", "币制代码"),
            Self::Quantity => ("quantity", "数量"),
            Self::Mass => ("mass", "重量"),
            Self::Amount => ("amount", "金额"),
            Self::ExchangeRate => ("exchange rate", "汇率"),
            Self::PlateNumber => ("plate number", "车牌号"),
            Self::Seal => ("seal", "封志"),
            Self::Date => ("date", "日期"),
        }
    }

    /// Name in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.names().0
    }

    /// Name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.names().1
    }
}

impl fmt::Display for CodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

/// Why a text is not a value of the wanted kind.
///
/// `Display` is English, [`CodeError::zh`] is Chinese, [`CodeError::code`] is stable for interfaces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Nothing was given.
    #[error("{kind} is empty")]
    Empty {
        /// What was being read.
        kind: CodeKind,
    },
    /// The number of characters is wrong.
    #[error("{kind} must have {expected} characters, found {found}")]
    Length {
        /// What was being read.
        kind: CodeKind,
        /// The allowed length or lengths.
        expected: &'static str,
        /// The number of characters found.
        found: usize,
    },
    /// A character is not allowed at its position.
    #[error("{kind}: character {position} is {found:?}, allowed here: {allowed}")]
    Character {
        /// What was being read.
        kind: CodeKind,
        /// Position counted from 1.
        position: usize,
        /// The character found.
        found: char,
        /// What would be allowed, in a short form such as `A-Z`.
        allowed: &'static str,
    },
    /// The check digit does not fit the rest.
    #[error("{kind}: check digit is {found}, computed {expected}")]
    CheckDigit {
        /// What was being read.
        kind: CodeKind,
        /// The digit that the rest asks for.
        expected: char,
        /// The digit found.
        found: char,
    },
    /// The value has the right shape but its list does not hold it.
    #[error("{kind} {found} is not in the code list")]
    Unknown {
        /// What was being read.
        kind: CodeKind,
        /// The value found.
        found: String,
    },
    /// A part is outside its range.
    #[error("{kind}: {part} is outside {allowed}")]
    Range {
        /// What was being read.
        kind: CodeKind,
        /// The part concerned.
        part: &'static str,
        /// The allowed range.
        allowed: &'static str,
    },
}

impl CodeError {
    /// What was being read.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        match self {
            Self::Empty { kind }
            | Self::Length { kind, .. }
            | Self::Character { kind, .. }
            | Self::CheckDigit { kind, .. }
            | Self::Unknown { kind, .. }
            | Self::Range { kind, .. } => *kind,
        }
    }

    /// Stable code of the fault, for findings and problem documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "code.empty",
            Self::Length { .. } => "code.length",
            Self::Character { .. } => "code.character",
            Self::CheckDigit { .. } => "code.check-digit",
            Self::Unknown { .. } => "code.unknown",
            Self::Range { .. } => "code.range",
        }
    }

    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let name = self.kind().zh();
        match self {
            Self::Empty { .. } => format!("{name}为空"),
            Self::Length { expected, found, .. } => {
                format!("{name}长度应为 {} 位，实为 {found} 位", expected.replace("or", "或").replace("to", "至"))
            }
            Self::Character { position, found, allowed, .. } => {
                format!("{name}第 {position} 位为“{found}”，此处允许：{allowed}")
            }
            Self::CheckDigit { expected, found, .. } => {
                format!("{name}校验位为 {found}，按规则应为 {expected}")
            }
            Self::Unknown { found, .. } => format!("{name} {found} 不在代码表中"),
            Self::Range { allowed, .. } => format!("{name}超出允许范围：{allowed}"),
        }
    }
}

impl CodeError {
    /// The fault as a finding at a field of a checked document, with a hint how to put it right.
    #[must_use]
    pub fn to_finding(&self, pointer: impl Into<String>) -> Finding {
        let (hint_zh, hint_en) = match self {
            Self::Empty { .. } => ("请填写该项".to_owned(), "fill in the field".to_owned()),
            Self::Length { .. } => ("请核对位数".to_owned(), "check the number of characters".to_owned()),
            Self::Character { position, .. } => (format!("请核对第 {position} 位"), format!("check character {position}")),
            Self::CheckDigit { .. } => (
                "请对照原始单证核对号码，校验位只是提示".to_owned(),
                "compare the whole number with its source; any character may be the wrong one".to_owned(),
            ),
            Self::Unknown { .. } => ("请从代码表中选择".to_owned(), "choose a code of the list".to_owned()),
            Self::Range { .. } => ("请填写允许范围内的值".to_owned(), "give a value inside the range".to_owned()),
        };
        Finding::error(self.code(), pointer, Text::new(self.zh(), self.to_string()), Text::new(hint_zh, hint_en))
    }
}

#[cfg(test)]
mod tests {
    use crate::Uscc;

    #[test]
    fn a_fault_becomes_a_finding_at_its_field() {
        let fault = "91330200TEAT000155".parse::<Uscc>().unwrap_err();
        let finding = fault.to_finding("/trade_co_scc");
        assert_eq!((finding.code.as_ref(), finding.pointer.as_str()), ("code.check-digit", "/trade_co_scc"));
        assert!(finding.is_error());
        assert!(finding.message.zh.contains("应为 4") && finding.message.en.contains("computed 4"));
        assert!(!finding.hint.zh.is_empty() && !finding.hint.en.is_empty());
    }
}
