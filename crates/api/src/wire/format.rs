//! Message formats.

use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// A message type in a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Format {
    /// Message type, such as `COARRI`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name.
    pub name: Text,
    /// Version, such as `D.95B`.
    pub version: String,
    /// Releases for which the table holds.
    pub releases: Vec<String>,
    /// `published`: compared with the publication; `transcribed`: from a public transcription; `recalled`: from memory.
    pub provenance: String,
    /// Where the table comes from.
    pub source: String,
    /// When it was taken from there.
    pub date: String,
    /// Whether there is a sample message.
    pub has_sample: bool,
}

/// A format with its segment table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatTable {
    #[serde(flatten)]
    pub format: Format,
    /// Segments and groups in order.
    pub rows: Vec<FormatRow>,
    /// The segments used, by tag.
    pub segments: Vec<FormatSegment>,
    /// A sample message with synthetic data.
    pub sample: Option<String>,
}

/// A position of a segment table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatRow {
    /// How many groups stand around it.
    pub depth: u32,
    /// Tag of the segment, or name of the group, such as `SG3`.
    pub name: String,
    /// Name of the segment, or of the group's first segment.
    pub title: Text,
    /// Whether this is a group.
    pub group: bool,
    /// Whether it must occur.
    pub mandatory: bool,
    /// How often it may occur in a row.
    pub max: u32,
}

/// A segment as defined for a format.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatSegment {
    /// Tag.
    pub tag: String,
    /// Name.
    pub name: Text,
    /// Elements in order.
    pub elements: Vec<FormatElement>,
}

/// An element of a segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatElement {
    /// Position in the segment, from 1.
    pub position: u32,
    /// Number in the directory, such as `C517`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Whether it must be there.
    pub mandatory: bool,
    /// Its components; one with the same number for a standalone element.
    pub parts: Vec<FormatPart>,
}

/// A component of an element.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FormatPart {
    /// Number in the directory, such as `3225`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Whether it must be there when the element is used.
    pub mandatory: bool,
    /// Representation, such as `an..35`.
    pub representation: String,
    /// How many codes its list has; 0 when it is not coded.
    pub codes: u32,
}

impl From<messages::Format> for Format {
    fn from(format: messages::Format) -> Self {
        Self {
            kind: format.kind,
            name: format.name.into(),
            version: format.version,
            releases: format.releases,
            provenance: format.provenance.to_owned(),
            source: format.source,
            date: format.date,
            has_sample: format.has_sample,
        }
    }
}

impl From<messages::FormatTable> for FormatTable {
    fn from(table: messages::FormatTable) -> Self {
        Self {
            format: table.format.into(),
            rows: table.rows.into_iter().map(FormatRow::from).collect(),
            segments: table.segments.into_iter().map(FormatSegment::from).collect(),
            sample: table.sample,
        }
    }
}

impl From<messages::FormatRow> for FormatRow {
    fn from(row: messages::FormatRow) -> Self {
        Self { depth: row.depth, name: row.name, title: row.title.into(), group: row.group, mandatory: row.mandatory, max: row.max }
    }
}

impl From<messages::FormatSegment> for FormatSegment {
    fn from(segment: messages::FormatSegment) -> Self {
        let elements = segment.elements.into_iter().map(FormatElement::from).collect();
        Self { tag: segment.tag, name: segment.name.into(), elements }
    }
}

impl From<messages::FormatElement> for FormatElement {
    fn from(element: messages::FormatElement) -> Self {
        Self {
            position: element.position,
            id: element.id.to_owned(),
            name: element.name.into(),
            mandatory: element.mandatory,
            parts: element.parts.into_iter().map(FormatPart::from).collect(),
        }
    }
}

impl From<messages::FormatPart> for FormatPart {
    fn from(part: messages::FormatPart) -> Self {
        Self {
            id: part.id.to_owned(),
            name: part.name.into(),
            mandatory: part.mandatory,
            representation: part.representation,
            codes: part.codes,
        }
    }
}
