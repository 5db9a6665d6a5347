//! The description of a file format: its shape as TOML, and the checks that make it usable.

use std::collections::{BTreeMap, BTreeSet};

use codes::Text;
use edifact::Charset;
use serde::Deserialize;

/// Bytes of a description.
pub const DESCRIPTION_BYTES_MAX: usize = 256 * 1024;
/// Kinds of records of a description.
pub const RECORD_KINDS_MAX: usize = 200;
/// Fields of a record.
pub const FIELDS_MAX: usize = 100;
/// Codes of a field.
const CODES_MAX: usize = 1_000;
/// Highest position of a field in a fixed-width record.
const POSITION_MAX: usize = super::read::RECORD_BYTES_MAX;

/// What is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct DescriptionFault {
    /// Where: file, record, field.
    pub place: String,
    /// What, in English.
    pub what: String,
}

impl DescriptionFault {
    pub(super) fn of_file(file: &str, what: String) -> Self {
        Self { place: file.to_owned(), what }
    }

    pub(super) fn in_file(self, file: &str) -> Self {
        Self { place: format!("{file}, {}", self.place), what: self.what }
    }
}

/// A file format that can be read.
#[derive(Clone, Debug)]
pub struct RecordFormat(pub(super) Description);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Stable name.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Was it compared with what the port published?
    pub verified: bool,
    /// Where it was learned.
    pub source: String,
    /// When, `YYYY-MM-DD`.
    pub source_date: String,
    /// What it is not sure of.
    #[serde(default)]
    pub note: String,
    /// Type under which the message is kept, such as `IFCSUM`.
    pub message: String,
    /// What it becomes.
    pub becomes: Becomes,
    pub charset: FlatCharset,
    /// A file begins with one of these.
    pub begins_with: Vec<String>,
    pub layout: Layout,
    pub records: Vec<Record>,
}

/// What a file becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Becomes {
    /// An original manifest (原始舱单).
    Manifest,
    /// Kept and found by what it names: bills and containers.
    List,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum FlatCharset {
    #[serde(rename = "ASCII")]
    Ascii,
    #[serde(rename = "UTF-8")]
    Utf8,
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl FlatCharset {
    /// The text of bytes; `None` when they are none.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Ascii => bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned()),
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Gb18030 => Some(Charset::Gb18030.decode(bytes.into()).into_owned()).filter(|text| !text.contains('\u{fffd}')),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Layout {
    /// Records end with a mark, fields are separated by one; field 0 is the record's id.
    Delimited {
        /// Ends a record.
        record_end: char,
        /// Stands between fields.
        separator: char,
        /// Takes the next character as it is.
        release: Option<char>,
    },
    /// Records are lines, fields stand at byte positions from 1; the id at the first ones.
    Fixed {
        /// Last position of the id.
        id_to: usize,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub id: String,
    pub name: Text,
    /// The file must have one.
    #[serde(default)]
    pub required: bool,
    /// The file has no more of it.
    pub at_most: Option<usize>,
    /// What begins with it.
    pub opens: Option<Opens>,
    #[serde(default)]
    pub fields: Vec<Field>,
}

/// What begins with a record; what follows belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Opens {
    Bill,
    Goods,
    Container,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    /// Index of the field, the id being 0; for delimited records.
    pub at: Option<usize>,
    /// First position, from 1; for fixed-width records.
    pub from: Option<usize>,
    /// Last position, counted with it.
    pub to: Option<usize>,
    pub means: Meaning,
    #[serde(default, rename = "type")]
    pub kind: Kind,
    #[serde(default)]
    pub required: bool,
    /// Characters at most.
    pub longest: Option<usize>,
    /// What codes stand for; without them the value stands for itself.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

/// Type of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Any text.
    #[default]
    Text,
    /// Capital letters, digits and hyphens.
    Code,
    /// Digits.
    Number,
    /// Kilograms with at most three decimals.
    Mass,
}

macro_rules! meanings {
    ($($name:ident = $path:literal),+ $(,)?) => {
        /// Where a value goes: a path into the content.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        pub(super) enum Meaning { $(#[serde(rename = $path)] $name),+ }

        impl Meaning {
            /// The path as descriptions write it.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

meanings! {
    Function = "message.function",
    Sender = "message.sender",
    Receiver = "message.receiver",
    Reference = "message.reference",
    Document = "message.document",
    RecordCount = "message.record-count",
    ShipName = "call.ship-name",
    Imo = "call.imo",
    CallSign = "call.call-sign",
    Voyage = "call.voyage",
    BillNumber = "bill.number",
    Carrier = "bill.carrier",
    Loading = "bill.loading",
    Discharge = "bill.discharge",
    Delivery = "bill.delivery",
    ShipperName = "bill.shipper.name",
    ShipperAddress = "bill.shipper.address",
    ConsigneeName = "bill.consignee.name",
    ConsigneeUscc = "bill.consignee.uscc",
    NotifyName = "bill.notify.name",
    NotifyAddress = "bill.notify.address",
    GoodsDescription = "goods.description",
    GoodsHsCode = "goods.hs-code",
    GoodsPackages = "goods.packages",
    GoodsPackageKind = "goods.package-kind",
    GoodsMass = "goods.gross-kg",
    GoodsUnNumber = "goods.un-number",
    ContainerNumber = "container.number",
    ContainerSizeType = "container.size-type",
    ContainerSeal = "container.seal",
    ContainerPackages = "container.packages",
    ContainerMass = "container.gross-kg",
}

impl Meaning {
    /// What must have begun for this to have a place.
    pub fn belongs_to(self) -> Option<Opens> {
        match self.path().split('.').next() {
            Some("bill") => Some(Opens::Bill),
            Some("goods") => Some(Opens::Goods),
            Some("container") => Some(Opens::Container),
            Some(_) | None => None,
        }
    }

    /// The type that its values need; `None` when any text will do.
    fn needs(self) -> Option<Kind> {
        match self {
            Self::RecordCount | Self::GoodsPackages | Self::ContainerPackages => Some(Kind::Number),
            Self::GoodsMass | Self::ContainerMass => Some(Kind::Mass),
            _ => None,
        }
    }
}

impl RecordFormat {
    /// Reads and checks a description.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<DescriptionFault>> {
        let whole = |what: String| vec![DescriptionFault { place: "description".into(), what }];
        if text.len() > DESCRIPTION_BYTES_MAX {
            return Err(whole(format!("{} bytes; at most {DESCRIPTION_BYTES_MAX}", text.len())));
        }
        let description: Description = toml::from_str(text).map_err(|fault| whole(fault.to_string()))?;
        let faults = description.faults();
        if faults.is_empty() { Ok(Self(description)) } else { Err(faults) }
    }

    /// Stable name.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What people call it.
    pub fn title(&self) -> &Text {
        &self.0.title
    }

    /// Was it compared with what the port published?
    pub fn verified(&self) -> bool {
        self.0.verified
    }

    /// Where it was learned, and when.
    pub fn source(&self) -> (&str, &str) {
        (&self.0.source, &self.0.source_date)
    }

    pub(super) fn begins(&self, bytes: &[u8]) -> bool {
        self.0.begins_with.iter().any(|mark| bytes.starts_with(mark.as_bytes()))
    }
}

/// Collects faults with their places.
struct Faults(Vec<DescriptionFault>);

impl Faults {
    fn say(&mut self, holds: bool, place: &str, what: impl Into<String>) {
        if !holds {
            self.0.push(DescriptionFault { place: place.to_owned(), what: what.into() });
        }
    }
}

impl Description {
    fn faults(&self) -> Vec<DescriptionFault> {
        let mut faults = Faults(Vec::new());
        self.head(&mut faults);
        let mut ids = BTreeSet::new();
        faults.say((1..=RECORD_KINDS_MAX).contains(&self.records.len()), "records", format!("1 to {RECORD_KINDS_MAX} kinds of records"));
        for record in &self.records {
            let place = format!("record {}", record.id);
            faults.say(ids.insert(&record.id), &place, "stands twice");
            self.record(record, &place, &mut faults);
        }
        self.whole(&mut faults);
        faults.0
    }

    fn head(&self, faults: &mut Faults) {
        let name =
            |text: &str| (2..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        faults.say(name(&self.id), "id", "2 to 40 lower-case letters, digits and hyphens");
        faults.say(
            (1..=14).contains(&self.message.len()) && self.message.bytes().all(|b| b.is_ascii_alphanumeric()),
            "message",
            "1 to 14 letters and digits",
        );
        faults.say(!self.title.zh.is_empty() && !self.title.en.is_empty(), "title", "a title in both languages");
        faults.say(!self.source.is_empty(), "source", "say where the format was learned");
        faults.say(self.source_date.parse::<codes::Date>().is_ok(), "source_date", "a day, YYYY-MM-DD");
        // Three bytes tell formats apart from each other and from EDIFACT, which begins with UNA, UNB or UNH.
        faults.say(!self.begins_with.is_empty(), "begins_with", "say with what a file begins");
        for mark in &self.begins_with {
            faults.say(mark.len() >= 3, "begins_with", format!("{mark:?} is shorter than 3 bytes"));
            faults.say(!mark.starts_with("UN"), "begins_with", format!("{mark:?} is the beginning of an EDIFACT file"));
        }
        match &self.layout {
            Layout::Delimited { record_end, separator, release } => {
                let marks = [Some(*record_end), Some(*separator), *release];
                let marks: Vec<char> = marks.into_iter().flatten().collect();
                let distinct: BTreeSet<&char> = marks.iter().collect();
                faults.say(distinct.len() == marks.len(), "layout", "the marks must differ");
                faults.say(
                    marks.iter().all(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && *c != ' '),
                    "layout",
                    "marks are ASCII, no letters, digits or blanks",
                );
            }
            Layout::Fixed { id_to } => faults.say((1..=10).contains(id_to), "layout", "the id takes 1 to 10 positions"),
        }
    }

    fn record(&self, record: &Record, place: &str, faults: &mut Faults) {
        faults.say(!record.id.is_empty() && record.id.is_ascii(), place, "an id of ASCII characters");
        if let Layout::Fixed { id_to } = self.layout {
            faults.say(record.id.len() == id_to, place, format!("the id takes {id_to} positions"));
        }
        faults.say(record.at_most != Some(0), place, "at_most is 1 or more");
        faults.say(record.fields.len() <= FIELDS_MAX, place, format!("at most {FIELDS_MAX} fields"));
        for field in &record.fields {
            let place = format!("{place}, {}", field.means.path());
            match (&self.layout, field.at, field.from, field.to) {
                (Layout::Delimited { .. }, Some(at), None, None) => {
                    faults.say((1..=FIELDS_MAX).contains(&at), &place, format!("`at` is 1 to {FIELDS_MAX}"))
                }
                (Layout::Delimited { .. }, ..) => {
                    faults.say(false, &place, "needs `at`, the index of the field, and neither `from` nor `to`")
                }
                (Layout::Fixed { id_to }, None, Some(from), Some(to)) => {
                    faults.say(
                        *id_to < from && from <= to && to <= POSITION_MAX,
                        &place,
                        format!("positions behind the id, in order, up to {POSITION_MAX}"),
                    );
                }
                (Layout::Fixed { .. }, ..) => faults.say(false, &place, "needs `from` and `to`, positions from 1, and no `at`"),
            }
            if let Some(needed) = field.means.needs() {
                faults.say(field.kind == needed, &place, format!("its type must be {needed:?}").to_lowercase());
            }
            faults.say(field.longest != Some(0), &place, "longest is 1 or more");
            faults.say(field.codes.len() <= CODES_MAX, &place, format!("at most {CODES_MAX} codes"));
            if field.means == Meaning::Function {
                let known = field.codes.values().all(|value| matches!(value.as_str(), "original" | "replace"));
                faults.say(known && !field.codes.is_empty(), &place, "needs codes that stand for original or replace");
            }
        }
        if let Some(opens) = record.opens.filter(|opens| *opens != Opens::Goods) {
            let number = if opens == Opens::Bill { Meaning::BillNumber } else { Meaning::ContainerNumber };
            let named = self.becomes == Becomes::List || record.fields.iter().any(|field| field.means == number && field.required);
            faults.say(named, place, format!("what it begins needs {} as a required field", number.path()));
        }
    }

    fn whole(&self, faults: &mut Faults) {
        let opened: Vec<Opens> = self.records.iter().filter_map(|record| record.opens).collect();
        let used = self.records.iter().flat_map(|record| &record.fields).map(|field| field.means);
        for meaning in used.clone().collect::<BTreeSet<_>>() {
            if let Some(of) = meaning.belongs_to() {
                // In a list a container may name its bill itself.
                if of == Opens::Bill && self.becomes == Becomes::List && opened.contains(&Opens::Container) {
                    continue;
                }
                faults.say(
                    opened.contains(&of),
                    "records",
                    format!("{} has no place: no record opens its {of:?}", meaning.path()).to_lowercase(),
                );
            }
        }
        if self.becomes == Becomes::Manifest {
            for needed in [Meaning::Voyage, Meaning::BillNumber, Meaning::ContainerNumber] {
                faults.say(used.clone().any(|meaning| meaning == needed), "records", format!("a manifest needs {}", needed.path()));
            }
        }
    }
}
