//! From records to content: each value goes where its meaning says, into the bill, line of goods or container that was begun last.

use std::collections::HashMap;

use app::agreement::Agreement;
use app::exchange::{BillRead, CallClue, Content, Interpretation, Mentions, MessageFinding, MessageRead};
use codes::{Finding, Mass, Severity, Text};
use manifest::{BillContent, BillForm, Consignee, ManifestContainer, ManifestGoods, Party};

use super::catalogue;
use super::description::{Becomes, Field, Kind, Meaning, Opens, Record, RecordFormat};
use super::read::{FLAT_RECORDS_MAX, RECORD_BYTES_MAX, RawRecord, Records};
use crate::catalogue::CodeInfo;
use crate::report::Report;

/// What a flat file says.
#[derive(Clone, Debug, Default)]
pub struct FlatFile {
    /// Id of the description it was read by.
    pub format: String,
    /// Type under which it is kept, such as `IFCSUM`.
    pub kind: String,
    /// Who sent it, as the file says.
    pub sender: Option<String>,
    /// For whom.
    pub receiver: Option<String>,
    /// Its reference.
    pub reference: Option<String>,
    /// Number of the document.
    pub document: Option<String>,
    /// Records in it.
    pub records: u64,
    /// The call it names.
    pub call: CallClue,
    /// It replaces an earlier one.
    pub replaces: bool,
    /// It is a manifest that may be acted upon: nothing in it is an error.
    pub manifest: bool,
    /// Its bills.
    pub bills: Vec<BillRead>,
    /// Bill numbers named, each once.
    pub bill_numbers: Vec<String>,
    /// Container numbers named, each once.
    pub container_numbers: Vec<String>,
    /// Everything that is wrong with it.
    pub findings: Vec<MessageFinding>,
}

impl FlatFile {
    /// The same as the application takes it.
    pub(crate) fn interpretation(self, bytes: &[u8]) -> Interpretation {
        let mentions = Mentions {
            call: self.call.clone(),
            bills: self.bill_numbers,
            containers: self.container_numbers,
            references: self.document.iter().cloned().collect(),
        };
        let content = if self.manifest {
            Some(Content::Manifest { call: self.call, replaces: self.replaces, bills: self.bills })
        } else {
            // A manifest with errors is not acted upon; a list orders nothing.
            (!self.findings.iter().any(|found| found.finding.is_error())).then_some(Content::Other)
        };
        let message = MessageRead {
            kind: self.kind,
            reference: self.reference.clone().unwrap_or_default(),
            document: self.document,
            version: String::new(),
            segments: self.records,
            mentions,
            digest: app::inbox::digest_of([bytes]),
            content,
        };
        Interpretation {
            messages: vec![message],
            findings: self.findings,
            sender: self.sender,
            sender_qualifier: None,
            other_senders: Vec::new(),
            other_receivers: Vec::new(),
            test: false,
            receiver: self.receiver,
            receiver_qualifier: None,
            control_reference: self.reference,
            record_format: Some(self.format),
        }
    }
}

struct Gathering<'f> {
    format: &'f RecordFormat,
    file: FlatFile,
    report: Report,
    errors: usize,
    /// How often each kind of record was met.
    met: HashMap<&'f str, usize>,
    /// What was begun and not ended by another.
    open: Vec<Opens>,
    /// Bill number → the record that began it.
    numbers: HashMap<String, u64>,
    told_count: Option<(u64, RawPlace)>,
}

/// Where something stands.
#[derive(Clone)]
struct RawPlace {
    number: u64,
    offset: usize,
    id: String,
    field: Option<String>,
}

impl RawPlace {
    fn of(record: &RawRecord<'_>, id: &str) -> Self {
        Self { number: record.number, offset: record.offset, id: id.to_owned(), field: None }
    }

    fn pointer(&self) -> String {
        let field = self.field.as_ref().map_or(String::new(), |field| format!("/fields/{field}"));
        format!("/records/{}{field}", self.number)
    }
}

/// Reads a file by a description.
pub(super) fn gather(format: &RecordFormat, bytes: &[u8], _utc_offset_minutes: i32) -> FlatFile {
    let file = FlatFile { format: format.0.id.clone(), kind: format.0.message.clone(), ..FlatFile::default() };
    let mut gathering = Gathering {
        format,
        file,
        report: Report::new(&Agreement::default()),
        errors: 0,
        met: HashMap::new(),
        open: Vec::new(),
        numbers: HashMap::new(),
        told_count: None,
    };
    for record in Records::new(&format.0.layout, bytes) {
        if record.number > FLAT_RECORDS_MAX {
            let place = RawPlace { field: None, ..RawPlace::of(&record, "") };
            let text = (format!("只读取前 {FLAT_RECORDS_MAX} 条记录"), format!("only the first {FLAT_RECORDS_MAX} records are read"));
            gathering.fault(&catalogue::TOO_MANY, Some(&place), text);
            break;
        }
        gathering.file.records = record.number;
        gathering.record(&record);
    }
    gathering.finish()
}

impl<'f> Gathering<'f> {
    fn fault(&mut self, info: &CodeInfo, place: Option<&RawPlace>, (zh, en): (String, String)) {
        if info.severity == Severity::Error {
            self.errors += 1;
        }
        let finding = Finding {
            code: info.code.into(),
            severity: info.severity,
            pointer: place.map_or_else(String::new, RawPlace::pointer),
            message: Text::new(zh, en),
            hint: Text::new(info.fix_zh, info.fix),
        };
        self.report.keep(MessageFinding {
            finding,
            segment: place.map(|place| place.number),
            offset: place.and_then(|place| u64::try_from(place.offset).ok()),
            segment_tag: place.map(|place| place.id.clone()),
            message_reference: None,
        });
    }

    fn record(&mut self, raw: &RawRecord<'_>) {
        let layout = &self.format.0.layout;
        let id = raw.id(layout);
        let shown: String = String::from_utf8_lossy(&id[..id.len().min(16)]).into_owned();
        let place = RawPlace::of(raw, &shown);
        if !raw.ended {
            self.fault(
                &catalogue::CUT,
                Some(&place),
                (format!("第 {} 条记录没有结束符", raw.number), format!("record {} has no terminator", raw.number)),
            );
        }
        if raw.bytes.len() > RECORD_BYTES_MAX {
            let text = (
                format!("记录长 {} 字节，上限 {RECORD_BYTES_MAX}", raw.bytes.len()),
                format!("{} bytes; at most {RECORD_BYTES_MAX}", raw.bytes.len()),
            );
            return self.fault(&catalogue::LONG, Some(&place), text);
        }
        let format: &'f RecordFormat = self.format;
        let Some(described) = format.0.records.iter().find(|record| record.id.as_bytes() == id) else {
            return self.fault(&catalogue::UNKNOWN, Some(&place), (format!("未知记录 {shown}"), format!("unknown record {shown}")));
        };
        let met = self.met.entry(&described.id).or_default();
        *met += 1;
        if described.at_most.is_some_and(|most| *met > most) {
            let text = (format!("记录 {shown} 出现过多"), format!("record {shown} stands too often"));
            self.fault(&catalogue::REPEATED, Some(&place), text);
        }
        if let Some(opens) = described.opens {
            self.begin(opens, described, raw, &place);
        }
        let split = raw.split(layout);
        for field in &described.fields {
            self.field(described, field, raw, &split, &place);
        }
    }

    /// Something begins: what was begun within the same thing before is ended.
    fn begin(&mut self, opens: Opens, described: &Record, raw: &RawRecord<'_>, place: &RawPlace) {
        let offset = u64::try_from(raw.offset).unwrap_or(u64::MAX);
        match opens {
            Opens::Bill => {
                self.open.clear();
                self.file.bills.push(BillRead { form: empty_bill(), segment: raw.number, offset });
            }
            Opens::Goods | Opens::Container => {
                self.open.retain(|open| *open == Opens::Bill);
                // In a list a container may stand alone, or name its bill itself.
                let own = described.fields.iter().any(|field| field.means == Meaning::BillNumber);
                if self.format.0.becomes == Becomes::List && (own || self.open.is_empty()) {
                    self.file.bills.push(BillRead { form: empty_bill(), segment: raw.number, offset });
                    self.open = vec![Opens::Bill];
                }
                if let Some(bill) = self.open.first().and(self.file.bills.last_mut()) {
                    let content = &mut bill.form.content;
                    match opens {
                        Opens::Goods => content.goods.push(empty_goods()),
                        Opens::Container | Opens::Bill => content.containers.push(empty_container()),
                    }
                } else {
                    let text = ("该记录之前没有提运单".to_owned(), "no bill was begun before this record".to_owned());
                    return self.fault(&catalogue::ORDER, Some(place), text);
                }
            }
        }
        self.open.push(opens);
    }

    fn field(&mut self, described: &Record, field: &Field, raw: &RawRecord<'_>, split: &[(usize, &[u8])], place: &RawPlace) {
        let (offset, bytes) = raw.field(&self.format.0.layout, split, field);
        let path = field.means.path();
        let place = RawPlace { offset, field: Some(path.to_owned()), ..place.clone() };
        let Some(text) = self.format.0.charset.decode(&bytes) else {
            let told = (format!("{path} 不是约定字符集的文本"), format!("{path} is no text of the agreed character set"));
            return self.fault(&catalogue::CHARSET, Some(&place), told);
        };
        let text = text.trim();
        if text.is_empty() {
            if field.required {
                let told = (
                    format!("记录 {}（{}）缺少 {path}", described.id, described.name.zh),
                    format!("record {} ({}) lacks {path}", described.id, described.name.en),
                );
                self.fault(&catalogue::FIELD_MISSING, Some(&place), told);
            }
            return;
        }
        if field.longest.is_some_and(|longest| text.chars().count() > longest) {
            let longest = field.longest.unwrap_or_default();
            self.fault(
                &catalogue::FIELD_LONG,
                Some(&place),
                (format!("{path} 超过 {longest} 个字符"), format!("{path} has more than {longest} characters")),
            );
        }
        if !fits(field.kind, text) {
            let told = (format!("{path} 不正确：{}", brief(text)), format!("{path} is not valid: {}", brief(text)));
            return self.fault(&catalogue::FIELD_VALUE, Some(&place), told);
        }
        let value = match field.codes.get(text) {
            Some(stands_for) => stands_for.as_str(),
            None if field.codes.is_empty() => text,
            None => {
                let told = (format!("{path} 的代码 {} 未知", brief(text)), format!("{path} has the unknown code {}", brief(text)));
                return self.fault(&catalogue::FIELD_CODE, Some(&place), told);
            }
        };
        self.put(field.means, value, &place);
    }

    /// Puts a value where it belongs.
    fn put(&mut self, means: Meaning, value: &str, place: &RawPlace) {
        let text = || Some(value.to_owned());
        match means {
            Meaning::Function => self.file.replaces = value == "replace",
            Meaning::Sender => self.file.sender = text(),
            Meaning::Receiver => self.file.receiver = text(),
            Meaning::Reference => self.file.reference = text(),
            Meaning::Document => self.file.document = text(),
            Meaning::RecordCount => self.told_count = value.parse().ok().map(|count| (count, place.clone())),
            Meaning::ShipName => self.file.call.ship_name = text(),
            Meaning::Imo => self.file.call.imo = text(),
            Meaning::CallSign => self.file.call.call_sign = text(),
            Meaning::Voyage => self.file.call.voyage = text(),
            _ => {
                let needed = means.belongs_to();
                if needed.is_some_and(|needed| !self.open.contains(&needed)) {
                    // A container or line that found no bill was told of when it began.
                    if self.open.contains(&Opens::Bill) || needed == Some(Opens::Bill) {
                        let told =
                            (format!("{} 没有所属对象", means.path()), format!("nothing was begun to which {} belongs", means.path()));
                        self.fault(&catalogue::ORDER, Some(place), told);
                    }
                    return;
                }
                if means == Meaning::BillNumber {
                    self.bill_number(value, place);
                } else if means == Meaning::ContainerNumber {
                    // Spelled in one way: lists put blanks or hyphens between the parts.
                    let number: String = value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
                    if let Some(container) = self.container() {
                        container.number = number;
                    }
                } else if let Some(bill) = self.file.bills.last_mut() {
                    set(&mut bill.form.content, means, value);
                }
            }
        }
    }

    fn container(&mut self) -> Option<&mut ManifestContainer> {
        self.file.bills.last_mut()?.form.content.containers.last_mut()
    }

    fn bill_number(&mut self, value: &str, place: &RawPlace) {
        if let Some(former) = self.numbers.insert(value.to_owned(), place.number)
            && self.format.0.becomes == Becomes::Manifest
        {
            let told = (format!("提运单号 {value} 已在第 {former} 条记录出现"), format!("bill {value} stands in record {former} already"));
            self.fault(&catalogue::DUPLICATE, Some(place), told);
        }
        if let Some(bill) = self.file.bills.last_mut() {
            value.clone_into(&mut bill.form.number);
        }
    }

    fn finish(mut self) -> FlatFile {
        for record in self.format.0.records.iter().filter(|record| record.required) {
            if !self.met.contains_key(record.id.as_str()) {
                let told = (
                    format!("缺少记录 {}（{}）", record.id, record.name.zh),
                    format!("record {} ({}) is missing", record.id, record.name.en),
                );
                self.fault(&catalogue::MISSING, None, told);
            }
        }
        if let Some((count, place)) = self.told_count.clone()
            && count != self.file.records
        {
            let found = self.file.records;
            self.fault(
                &catalogue::COUNT,
                Some(&place),
                (format!("文件写明 {count} 条记录，实有 {found} 条"), format!("the file names {count} records and has {found}")),
            );
        }
        if !self.format.0.verified {
            let source = format!("{} {}", self.format.0.source, self.format.0.note);
            let source = source.trim();
            let told = (
                format!("格式说明 {} 未经核对（来源：{source}）", self.format.0.id),
                format!("the description {} is not verified (source: {source})", self.format.0.id),
            );
            self.fault(&catalogue::UNVERIFIED, None, told);
        }
        if self.format.0.becomes == Becomes::Manifest {
            let call = &self.file.call;
            if call.voyage.is_none() || (call.ship_name.is_none() && call.imo.is_none() && call.call_sign.is_none()) {
                let told = ("文件未说明船名与航次".to_owned(), "the file does not name ship and voyage".to_owned());
                self.fault(&catalogue::CALL, None, told);
            }
        }
        self.name_all();
        self.file.manifest = self.errors == 0 && self.format.0.becomes == Becomes::Manifest;
        self.file.findings = self.report.finish();
        self.file
    }

    fn name_all(&mut self) {
        let (mut bills, mut containers) = (Vec::new(), Vec::new());
        for bill in &self.file.bills {
            bills.push(bill.form.number.clone());
            containers.extend(bill.form.content.containers.iter().map(|container| container.number.clone()));
        }
        for (list, of) in [(bills, &mut self.file.bill_numbers), (containers, &mut self.file.container_numbers)] {
            let mut seen = std::collections::HashSet::new();
            of.extend(list.into_iter().filter(|number| !number.is_empty() && seen.insert(number.clone())));
        }
    }
}

fn set(content: &mut BillContent, means: Meaning, value: &str) {
    let text = value.to_owned();
    let count = || value.parse().unwrap_or(0);
    let mass = || value.parse().unwrap_or(Mass::ZERO);
    match means {
        Meaning::Carrier => content.carrier = text,
        Meaning::Loading => content.loading = text,
        Meaning::Discharge => content.discharge = text,
        Meaning::Delivery => content.delivery = Some(text),
        Meaning::ShipperName => content.shipper.name = text,
        Meaning::ShipperAddress => content.shipper.address = Some(text),
        Meaning::ConsigneeName => content.consignee.name = text,
        Meaning::ConsigneeUscc => content.consignee.uscc = Some(text),
        Meaning::NotifyName => content.notify.get_or_insert_default().name = text,
        Meaning::NotifyAddress => content.notify.get_or_insert_default().address = Some(text),
        _ => {
            if let Some(goods) = content.goods.last_mut() {
                match means {
                    // A description may go over several fields and records.
                    Meaning::GoodsDescription if goods.description.is_empty() => goods.description = text.clone(),
                    Meaning::GoodsDescription => {
                        goods.description.push(' ');
                        goods.description.push_str(&text);
                    }
                    Meaning::GoodsHsCode => goods.hs_code = Some(text.clone()),
                    Meaning::GoodsPackages => goods.packages = count(),
                    Meaning::GoodsPackageKind => goods.package_kind = Some(text.clone()),
                    Meaning::GoodsMass => goods.gross_kg = mass(),
                    Meaning::GoodsUnNumber => goods.un_no = Some(text.clone()),
                    _ => {}
                }
            }
            if let Some(container) = content.containers.last_mut() {
                match means {
                    Meaning::ContainerSizeType => container.size_type = text,
                    Meaning::ContainerSeal => container.seals.push(text),
                    Meaning::ContainerPackages => container.packages = count(),
                    Meaning::ContainerMass => container.gross_kg = mass(),
                    _ => {}
                }
            }
        }
    }
}

/// Is the value of this type?
fn fits(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Text => !text.chars().any(char::is_control),
        Kind::Code => text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'),
        Kind::Number => text.parse::<u32>().is_ok() && text.bytes().all(|b| b.is_ascii_digit()),
        Kind::Mass => text.parse::<Mass>().is_ok(),
    }
}

/// The beginning of a value, for a text.
fn brief(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn empty_bill() -> BillForm {
    let content = BillContent {
        carrier: String::new(),
        shipper: Party::default(),
        consignee: Consignee::default(),
        notify: None,
        loading: String::new(),
        discharge: String::new(),
        delivery: None,
        onward: None,
        containers: Vec::new(),
        goods: Vec::new(),
    };
    BillForm { number: String::new(), content }
}

fn empty_goods() -> ManifestGoods {
    ManifestGoods { description: String::new(), hs_code: None, packages: 0, package_kind: None, gross_kg: Mass::ZERO, un_no: None }
}

fn empty_container() -> ManifestContainer {
    ManifestContainer { number: String::new(), size_type: String::new(), seals: Vec::new(), gross_kg: Mass::ZERO, packages: 0 }
}
