//! The register of message formats (报文格式登记, DAT-02): which messages are known in which version, from where, and what they consist of.

use app::exchange::Envelope;
use codes::{Mass, Text};
use edifact::{Directory, Node, Provenance};
use ledger::Timestamp;

use crate::names;
use crate::sample::SampleCall;
use crate::sample_report::{SampleBox, SampleKind, SamplePerson, SampleReport, sample_report};

/// A message type in a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// Message type (0065), for example `COARRI`.
    pub kind: String,
    /// Name.
    pub name: Text,
    /// Version and release that the table was made from, for example `D.95B`.
    pub version: String,
    /// All releases for which it holds, for example `95B`.
    pub releases: Vec<String>,
    /// How far the table can be trusted: `published`, `transcribed` or `recalled`.
    pub provenance: &'static str,
    /// Where it comes from.
    pub source: String,
    /// When it was taken from there, `YYYY-MM-DD`.
    pub date: String,
    /// Whether there is a sample message.
    pub has_sample: bool,
}

/// A format with its segment table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatTable {
    /// The format.
    pub format: Format,
    /// Segments and groups in order.
    pub rows: Vec<FormatRow>,
    /// The segments used, by tag.
    pub segments: Vec<FormatSegment>,
    /// A sample message with synthetic data.
    pub sample: Option<String>,
}

/// A position of a segment table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatRow {
    /// How many groups stand around it.
    pub depth: u32,
    /// Tag of the segment, or name of the group, for example `SG3`.
    pub name: String,
    /// What it is: the segment's name, or that of the group's first segment.
    pub title: Text,
    /// Whether this is a group.
    pub group: bool,
    /// Whether it must occur.
    pub mandatory: bool,
    /// How often it may occur in a row.
    pub max: u32,
}

/// A segment as defined for a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSegment {
    /// Tag.
    pub tag: String,
    /// Name.
    pub name: Text,
    /// Elements in order.
    pub elements: Vec<FormatElement>,
}

/// An element of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatElement {
    /// Position in the segment, from 1.
    pub position: u32,
    /// Number in the directory.
    pub id: &'static str,
    /// Name.
    pub name: Text,
    /// Whether it must be there.
    pub mandatory: bool,
    /// Its components; one with the same number for a standalone element.
    pub parts: Vec<FormatPart>,
}

/// A component of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatPart {
    /// Number in the directory.
    pub id: &'static str,
    /// Name.
    pub name: Text,
    /// Whether it must be there when the element is used.
    pub mandatory: bool,
    /// Representation, for example `an..35`.
    pub representation: String,
    /// How many codes its list has here; 0 if it is not coded.
    pub codes: u32,
}

/// Samples that the platform comes with: type, release, text. Those of the other types are written when they are asked for.
const SAMPLES: [(&str, &str, &str); 2] = [
    ("COARRI", "95B", include_str!("../../../docs/samples/discharge-coarri.edi")),
    ("CUSCAR", "95B", include_str!("../../../docs/samples/manifest-cuscar.edi")),
];

/// The kind of sample report that is written for a table.
fn sample_kind(table: &Directory) -> Option<SampleKind> {
    SampleKind::ALL.into_iter().find(|kind| match kind.identifier() {
        [kind, version, release, ..] => table.message_type == *kind && table.covers(version, release),
        _ => false,
    })
}

fn has_sample(table: &Directory) -> bool {
    kept_sample(table).is_some() || sample_kind(table).is_some()
}

fn kept_sample(table: &Directory) -> Option<&'static str> {
    let fits = |(kind, release, _): &&(&str, &str, &str)| table.message_type == *kind && table.covers("D", release);
    SAMPLES.iter().find(fits).map(|(_, _, text)| *text)
}

fn sample(table: &Directory) -> Option<String> {
    kept_sample(table).map(str::to_owned).or_else(|| {
        let bytes = sample_report(sample_kind(table)?, &envelope(), &told());
        Some(String::from_utf8_lossy(&bytes).into_owned())
    })
}

/// 2026-11-24 06:00 UTC, the moment of every sample.
const SAMPLE_AT: Timestamp = Timestamp::from_millis(1_795_500_000_000);

fn envelope() -> Envelope {
    Envelope {
        sender: "SAMPLEPARTNER".into(),
        receiver: "FAIRWAY".into(),
        reference: "SAMPLE0001".into(),
        at: SAMPLE_AT,
        utc_offset_minutes: 480,
    }
}

/// A made-up ship with two boxes and three persons.
fn told() -> SampleReport<'static> {
    let one = |container, bill, place, cell| SampleBox {
        container,
        size_type: "22G1",
        bill,
        reference: "SAMPLEREF1",
        at: SAMPLE_AT,
        place,
        cell,
        discharge: "CNNGB",
        plate: "B00001",
        status: "24",
        mass: Mass::from_kg(21_400).unwrap_or_default(),
        dangerous: Some(("1263", "3")),
    };
    let call = SampleCall { ship_name: "SAMPLE SHIP", imo: "0000426", voyage: "026W", carrier: "ZZEX", port: "CNNGB", arrival: SAMPLE_AT };
    SampleReport {
        document: "SAMPLE-0001",
        call,
        berth: "B03",
        terminal: "SAMPLETERMINAL",
        boxes: vec![one("ZZZU0001017", "ZZZB1", "A0312", "0010182"), one("ZZZU0001022", "ZZZB2", "A0313", "0010184")],
        persons: vec![
            SamplePerson { name: "SYNTHETIC MASTER", crew: true },
            SamplePerson { name: "SYNTHETIC MATE", crew: true },
            SamplePerson { name: "SYNTHETIC GUEST", crew: false },
        ],
    }
}

fn format(table: &Directory) -> Format {
    Format {
        kind: table.message_type.clone(),
        name: names::message_type_name(&table.message_type).unwrap_or_else(|| own(&table.message_type)),
        version: version(table),
        releases: table.releases.clone(),
        provenance: match table.provenance {
            Provenance::Published => "published",
            Provenance::Transcribed => "transcribed",
            Provenance::Recalled => "recalled",
        },
        source: table.source.clone(),
        date: table.date.clone(),
        has_sample: has_sample(table),
    }
}

fn version(table: &Directory) -> String {
    format!("{}.{}", table.version, table.releases[0])
}

fn own(text: &str) -> Text {
    Text::new(text.to_owned(), text.to_owned())
}

/// All formats, by type and in time.
pub fn formats() -> Vec<Format> {
    edifact::directories().map(format).collect()
}

/// A format with its segment table; `version` is as in [`Format::version`]. `None` if it is not known.
pub fn format_table(kind: &str, wanted: &str) -> Option<FormatTable> {
    let table = edifact::directories().find(|table| table.message_type == kind && version(table) == wanted)?;
    let mut rows = Vec::new();
    describe(&table.nodes, 0, &mut rows);
    let mut tags: Vec<&str> = rows.iter().filter(|row| !row.group).flat_map(|row| row.name.split('|')).collect();
    tags.sort_unstable();
    tags.dedup();
    let segments = tags.into_iter().filter_map(|tag| segment(&table.releases[0], tag)).collect();
    Some(FormatTable { format: format(table), segments, sample: sample(table), rows })
}

fn describe(nodes: &[Node], depth: u32, rows: &mut Vec<FormatRow>) {
    for node in nodes {
        let first = node.children.first().unwrap_or(node);
        let title = names::segment_name(first.name.split('|').next().unwrap_or_default());
        let (name, group, mandatory) = (node.name.clone(), node.is_group(), node.mandatory);
        rows.push(FormatRow { depth, name, title, group, mandatory, max: node.max });
        describe(&node.children, depth + 1, rows);
    }
}

fn segment(release: &str, tag: &str) -> Option<FormatSegment> {
    let shape = edifact::segment_shape(release, tag)?;
    let name = |id: &str| names::element_name(id).unwrap_or_else(|| own(id));
    let elements = shape.elements.iter().zip(1..).map(|(element, position)| FormatElement {
        position,
        id: element.id,
        name: name(element.id),
        mandatory: element.mandatory,
        parts: element
            .components
            .iter()
            .map(|part| FormatPart {
                id: part.id,
                name: name(part.id),
                mandatory: part.mandatory,
                representation: part.representation.to_string(),
                codes: edifact::code_list(part.id).map_or(0, |list| u32::try_from(list.entries().len()).unwrap_or(u32::MAX)),
            })
            .collect(),
    });
    Some(FormatSegment { tag: tag.to_owned(), name: names::segment_name(tag), elements: elements.collect() })
}

/// What a tag, element or code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The subject as it was asked for, for example `LOC` or `3227=9`.
    pub subject: String,
    /// Its name.
    pub name: Text,
    /// What it consists of, line by line: a number or code, and its name.
    pub lines: Vec<(String, Text)>,
}

/// Explains a message type (`COARRI`), a segment (`LOC`), an element or composite (`3227`, `C517`) or a code (`3227=9`). `None` if it is
/// nothing that the directories here know.
pub fn explain(subject: &str) -> Option<Explanation> {
    let subject = subject.trim();
    let told = |name, lines| Some(Explanation { subject: subject.to_owned(), name, lines });
    if let Some((element, code)) = subject.split_once('=') {
        return told(names::code_meaning(element, code)?, Vec::new());
    }
    if let Some(name) = names::message_type_name(subject) {
        let known = formats().into_iter().filter(|format| format.kind == subject);
        return told(name, known.map(|format| (format.version, own(&format.source))).collect());
    }
    if let Some(name) = names::element_name(subject) {
        let codes = edifact::code_list(subject).map_or(&[][..], |list| list.entries());
        let mut lines: Vec<_> =
            codes.iter().filter_map(|(code, _)| Some(((*code).to_owned(), names::code_meaning(subject, code)?))).collect();
        let used = |set: &'static edifact::SegmentSet| set.segments().iter().flat_map(|segment| &segment.elements);
        let composite = edifact::segment_sets().flat_map(used).find(|element| element.id == subject && element.is_composite());
        for part in composite.map_or(&[][..], |element| &element.components) {
            lines.push((format!("{} {}", part.id, part.representation), names::element_name(part.id).unwrap_or_else(|| own(part.id))));
        }
        return told(name, lines);
    }
    let shape = segment("", subject).filter(|_| subject.len() == 3)?;
    let status = |mandatory: bool| if mandatory { "M" } else { "C" };
    let line = |element: FormatElement| (format!("{:02} {} {}", element.position, element.id, status(element.mandatory)), element.name);
    told(shape.name, shape.elements.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_table_and_says_where_it_is_from() {
        let list = formats();
        assert!(list.len() >= 38);
        for format in &list {
            let table = format_table(&format.kind, &format.version).unwrap();
            assert_eq!(&table.format, format);
            assert!(!format.source.is_empty() && format.date.len() == 10, "{format:?}");
            let named = |row: &FormatRow| row.group || row.name.split('|').all(|tag| table.segments.iter().any(|s| s.tag == tag));
            assert!(table.rows.iter().all(named), "{format:?}");
        }
        assert_eq!(format_table("COARRI", "D.99Z"), None);
        assert_eq!(format_table("ORDERS", "D.95B"), None);
    }

    /// The sample of a format breaks nothing of that very format; codes that carriers agreed on are told.
    #[test]
    fn samples_fit_their_format() {
        let with_sample: Vec<_> = formats().into_iter().filter(|format| format.has_sample).collect();
        assert!(with_sample.len() >= 15, "{with_sample:?}");
        for format in with_sample {
            let text = format_table(&format.kind, &format.version).and_then(|table| table.sample).unwrap();
            let reading = edifact::read(text.as_bytes());
            assert!(!reading.has_errors(), "{text}\n{:?}", reading.findings());
            let message = reading.messages().next().unwrap();
            assert_eq!(message.message_type().as_deref(), Some(format.kind.as_str()));
            let told = |f: &edifact::Finding| f.severity > edifact::Severity::Info && f.code != "EDI-DIR-CODE";
            let faults: Vec<_> = edifact::check_message(&message).into_iter().filter(told).collect();
            assert_eq!(faults, [], "{text}");
        }
    }

    /// The sample that is to be repaired has the one fault that it is about, and segments where they belong.
    #[test]
    fn the_broken_sample_has_a_wrong_count_and_nothing_else() {
        let reading = edifact::read(include_bytes!("../../../docs/samples/discharge-coarri-broken.edi"));
        assert_eq!(reading.findings().iter().map(|f| f.code).collect::<Vec<_>>(), ["EDI-UNT-COUNT"]);
        let message = reading.messages().next().unwrap();
        let faults: Vec<_> = edifact::check_message(&message).into_iter().filter(|f| f.severity > edifact::Severity::Info).collect();
        assert_eq!(faults, []);
    }

    #[test]
    fn tags_elements_and_codes_are_explained() {
        let told = |subject| explain(subject).unwrap();
        assert_eq!(told("3227=9").name.en, "Place of loading");
        assert_eq!(told("LOC").lines[1], ("02 C517 C".to_owned(), names::element_name("C517").unwrap()));
        assert_eq!(told("C517").lines[0].0, "3225 an..25");
        assert!(told("8169").lines.iter().any(|(code, name)| code == "4" && name.zh == "空箱"));
        assert_eq!(told("COPRAR").lines.len(), 2);
        for unknown in ["", "XYZ", "3227=???", "=", "99999", "EDI-UNT-COUNT"] {
            assert_eq!(explain(unknown), None, "{unknown}");
        }
    }
}
