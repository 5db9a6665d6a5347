//! Code tables: compiled-in data files with source and date, read once.
//!
//! A file is tab separated. Header lines start with `#` and give `title_zh`, `title_en`, `source`, `as_of` and
//! the `columns`; the first five columns are always code, zh, en, valid_from, valid_to.

use crate::Date;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Most rows that [`CodeTable::search`] returns.
pub const SEARCH_RESULTS_MAX: usize = 50;
const FIXED_COLUMNS: usize = 5;

macro_rules! tables {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $file:literal;)*) => {
        /// The code tables that are compiled in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum TableId {
            $($(#[$meta])* $variant,)*
        }

        impl TableId {
            /// All tables.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in interfaces, such as `supervision-mode`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            const fn text(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../data/", $file)),)* }
            }
        }
    };
}

tables! {
    /// Supervision mode (监管方式).
    SupervisionMode = "supervision-mode", "supervision_mode.tsv";
    /// Nature of duty levy or exemption (征免性质).
    DutyNature = "duty-nature", "duty_nature.tsv";
    /// Mode of transport (运输方式).
    TransportMode = "transport-mode", "transport_mode.tsv";
    /// Terms of delivery (成交方式).
    TermsOfDelivery = "terms-of-delivery", "terms_of_delivery.tsv";
    /// Manner of duty levy or exemption (征免方式).
    DutyExemption = "duty-exemption", "duty_exemption.tsv";
    /// Kind of packages (包装种类).
    PackageKind = "package-kind", "package_kind.tsv";
    /// Licence or control document (监管证件).
    LicenceDocument = "licence-document", "licence_document.tsv";
    /// Unit of quantity (计量单位), a subset.
    Unit = "unit", "unit.tsv";
    /// Country or region (国家和地区), ISO 3166-1 alpha-3, complete.
    Country = "country", "country.tsv";
    /// Currency (币制), ISO 4217, a subset.
    Currency = "currency", "currency.tsv";
    /// Port (港口), UN/LOCODE, a small subset.
    Port = "port", "port.tsv";
    /// Domestic port (国内口岸), a subset.
    DomesticPort = "domestic-port", "domestic_port.tsv";
    /// Customs district (关区), a subset.
    CustomsDistrict = "customs-district", "customs_district.tsv";
    /// Container size and type (集装箱尺寸类型), the frequent ones.
    ContainerSizeType = "container-size-type", "container_size_type.tsv";
    /// Kind of declaration (单据类型), positions 1 and 2 of the field `Type`.
    DeclarationType = "declaration-type", "declaration_type.tsv";
    /// Kind of attached document (随附单据类型).
    EdocCode = "edoc-code", "edoc_code.tsv";
    /// Receipt state of a declaration (回执状态).
    ReceiptState = "receipt-state", "receipt_state.tsv";
    /// Party that affixes a seal (封志施加方).
    SealParty = "seal-party", "seal_party.tsv";
    /// Sample tariff with synthetic rates (示例税则), see [`tariff`](crate::tariff).
    HsSample = "hs-sample", "hs_sample.tsv";
}

impl std::str::FromStr for TableId {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, TableError> {
        Self::ALL.iter().copied().find(|id| id.as_str() == text).ok_or_else(|| TableError::UnknownTable { name: text.to_owned() })
    }
}

impl std::fmt::Display for TableId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a code table could not be found or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is no table of that name.
    #[error("there is no code table {name:?}")]
    UnknownTable {
        /// The name asked for.
        name: String,
    },
    /// A header line is missing.
    #[error("the header {header:?} is missing")]
    Header {
        /// Its name.
        header: &'static str,
    },
    /// A row is malformed.
    #[error("line {line}: {reason}")]
    Row {
        /// Line counted from 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeEntry {
    /// The code as written on the wire. Upper and lower case differ.
    pub code: &'static str,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// First day of validity; open when `None`.
    pub valid_from: Option<Date>,
    /// Last day of validity; open when `None`.
    pub valid_to: Option<Date>,
    extras: Vec<(&'static str, &'static str)>,
}

impl CodeEntry {
    /// Whether the code holds on that day.
    #[must_use]
    pub fn is_valid_on(&self, date: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }

    /// A further column of the table, when it has it and the cell is filled.
    #[must_use]
    pub fn extra(&self, column: &str) -> Option<&'static str> {
        self.extras.iter().find(|(name, _)| *name == column).map(|(_, value)| *value).filter(|v| !v.is_empty())
    }
}

/// A code table with its source and date.
#[derive(Debug)]
pub struct CodeTable {
    /// Which table.
    pub id: TableId,
    /// Title in Chinese.
    pub title_zh: &'static str,
    /// Title in English.
    pub title_en: &'static str,
    /// Where the rows come from and how far they can be trusted. Shown to whoever edits or relies on them.
    pub source: &'static str,
    /// The day at which the file was put together.
    pub as_of: Date,
    entries: Vec<CodeEntry>,
    index: HashMap<&'static str, usize>,
}

impl CodeTable {
    /// The row of a code, valid or not.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        self.index.get(code).and_then(|i| self.entries.get(*i))
    }

    /// Whether the code is listed and holds on that day.
    #[must_use]
    pub fn is_valid_on(&self, code: &str, date: Date) -> bool {
        self.get(code).is_some_and(|entry| entry.is_valid_on(date))
    }

    /// All rows in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &CodeEntry> {
        self.entries.iter()
    }

    /// Rows whose code starts with the text or whose Chinese or English name contains it, codes first, at most
    /// [`SEARCH_RESULTS_MAX`]. Letters of either case match. An empty text gives the first rows.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<&CodeEntry> {
        let wanted = text.trim().to_lowercase();
        let by_code = |e: &&CodeEntry| e.code.to_lowercase().starts_with(&wanted);
        let by_name = |e: &&CodeEntry| e.zh.to_lowercase().contains(&wanted) || e.en.to_lowercase().contains(&wanted);
        let named = self.entries.iter().filter(|e| !by_code(e)).filter(by_name);
        self.entries.iter().filter(by_code).chain(named).take(SEARCH_RESULTS_MAX).collect()
    }

    fn read(id: TableId) -> Result<Self, TableError> {
        let text = id.text();
        let columns: Vec<&'static str> = header(text, "columns")?.split('\t').collect();
        let as_of = header(text, "as_of")?.parse().map_err(|_| TableError::Header { header: "as_of" })?;
        let mut entries = Vec::new();
        let mut index = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let entry = row(line, &columns).map_err(|reason| TableError::Row { line: number, reason })?;
            if index.insert(entry.code, entries.len()).is_some() {
                return Err(TableError::Row { line: number, reason: "the code is there twice" });
            }
            entries.push(entry);
        }
        Ok(Self {
            id,
            title_zh: header(text, "title_zh")?,
            title_en: header(text, "title_en")?,
            source: header(text, "source")?,
            as_of,
            entries,
            index,
        })
    }
}

fn header(text: &'static str, name: &'static str) -> Result<&'static str, TableError> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
        .next()
        .ok_or(TableError::Header { header: name })
}

fn row(line: &'static str, columns: &[&'static str]) -> Result<CodeEntry, &'static str> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    if cells.len() != columns.len() || cells.len() < FIXED_COLUMNS {
        return Err("the number of cells differs from the header");
    }
    if cells[..3].iter().any(|cell| cell.trim().is_empty()) {
        return Err("code, zh and en must be filled");
    }
    let date = |cell: &str| match cell {
        "" => Ok(None),
        text => text.parse::<Date>().map(Some).map_err(|_| "not a date"),
    };
    let extras = columns.iter().copied().zip(cells.iter().copied()).skip(FIXED_COLUMNS).collect();
    Ok(CodeEntry { code: cells[0], zh: cells[1], en: cells[2], valid_from: date(cells[3])?, valid_to: date(cells[4])?, extras })
}

/// The table, read at first use.
///
/// # Panics
/// A compiled-in file is malformed. A test reads every one of them, so this cannot happen in a released build.
#[must_use]
pub fn table(id: TableId) -> &'static CodeTable {
    static TABLES: [OnceLock<CodeTable>; TableId::ALL.len()] = [const { OnceLock::new() }; TableId::ALL.len()];
    TABLES[id as usize].get_or_init(|| match CodeTable::read(id) {
        Ok(table) => table,
        Err(fault) => panic!("code table {id}: {fault}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_and_states_its_source() {
        for id in TableId::ALL {
            let table = CodeTable::read(*id).unwrap_or_else(|fault| panic!("{id}: {fault}"));
            assert!(table.iter().len() > 0, "{id} is empty");
            assert!(table.source.contains("erify") || table.source.contains("demonstration"), "{id} claims too much");
            assert_eq!(id.as_str().parse::<TableId>().unwrap(), *id);
            assert_eq!(serde_json::to_string(id).unwrap(), format!("\"{id}\""));
        }
        assert!("nothing".parse::<TableId>().is_err());
    }

    #[test]
    fn the_rows_that_everything_else_needs_are_there() {
        let check = |id, code, zh: &str| assert_eq!(table(id).get(code).map(|e| e.zh), Some(zh), "{id} {code}");
        check(TableId::SupervisionMode, "0110", "一般贸易");
        check(TableId::DutyNature, "101", "一般征税");
        check(TableId::TransportMode, "2", "水路运输");
        check(TableId::TermsOfDelivery, "1", "CIF");
        check(TableId::DutyExemption, "1", "照章征税");
        check(TableId::PackageKind, "22", "纸制或纤维板制盒/箱");
        check(TableId::LicenceDocument, "1", "进口许可证");
        check(TableId::Unit, "035", "千克");
        check(TableId::Country, "CHN", "中国");
        check(TableId::Currency, "CNY", "人民币");
        for port in ["CNNGB", "CNZOS", "CNLYG", "CNYNT"] {
            assert!(table(TableId::Port).get(port).is_some(), "{port}");
        }
        check(TableId::DomesticPort, "380101", "北仑");
        check(TableId::CustomsDistrict, "3104", "北仑海关");
        check(TableId::EdocCode, "00000001", "发票");
        check(TableId::ReceiptState, "P", "已放行");
        assert_eq!(table(TableId::Country).iter().len(), 249);
    }

    #[test]
    fn validity_counts_by_day() {
        let licences = table(TableId::LicenceDocument);
        assert!(licences.is_valid_on("P", "2020-12-31".parse().unwrap()));
        assert!(!licences.is_valid_on("P", "2021-01-01".parse().unwrap()));
        assert!(licences.is_valid_on("1", "2026-11-22".parse().unwrap()));
        assert!(!licences.is_valid_on("?", "2026-11-22".parse().unwrap()));
        // Upper and lower case are different documents.
        assert_ne!(licences.get("Y").map(|e| e.zh), licences.get("y").map(|e| e.zh));
    }

    #[test]
    fn search_finds_codes_first_and_is_bounded() {
        let ports = table(TableId::Port);
        assert_eq!(ports.search("cnn")[0].code, "CNNGB");
        assert_eq!(ports.search("鹿特丹")[0].code, "NLRTM");
        assert_eq!(ports.search("ROTTER")[0].code, "NLRTM");
        assert_eq!(table(TableId::Country).search("").len(), SEARCH_RESULTS_MAX);
        assert!(ports.search("nowhere at all").is_empty());
    }
}
