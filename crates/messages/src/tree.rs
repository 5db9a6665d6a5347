//! A file segment by segment, for people: names, groups, elements and what their codes mean.

use codes::Text;
use edifact::{ElementShape, Reading, Segment};

use crate::{names, tree_plain};

/// Most segments in one page.
pub const SEGMENTS_PER_PAGE_MAX: usize = 1_000;

/// A stretch of the segments of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPage {
    /// Number of the first segment of the stretch, from 1; one past the end if there is nothing.
    pub from: u64,
    /// Segments in the whole file.
    pub total: u64,
    /// The segments.
    pub items: Vec<SegmentView>,
}

/// A segment (段) as the message centre shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentView {
    /// Number of the segment in the file, from 1; UNA not counted.
    pub index: u64,
    /// Byte offset of the tag.
    pub offset: u64,
    /// Bytes up to the terminator, which is not counted.
    pub length: u64,
    /// Tag as sent.
    pub tag: String,
    /// Name of the segment; its tag where the list here does not know it.
    pub name: Text,
    /// Innermost segment group that holds it, such as `SG3`; none at the level of the message and where the table has no place for it.
    pub group: Option<String>,
    /// Whether it is the first of its group, so that a new occurrence of the group begins here.
    pub opens: bool,
    /// How many groups stand around it.
    pub depth: u32,
    /// The segment as sent, without its terminator.
    pub text: String,
    /// Elements as far as they were sent, empty ones included.
    pub elements: Vec<ElementView>,
}

/// A data element (数据元) of a segment, standalone or composite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementView {
    /// Position in the segment, from 1.
    pub position: u32,
    /// Number in the directory, such as `C517` or `3227`.
    pub id: Option<String>,
    /// Name.
    pub name: Option<Text>,
    /// Components; a standalone element has one.
    pub components: Vec<ComponentView>,
}

/// A component (成分) of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentView {
    /// Position in the element, from 1.
    pub position: u32,
    /// Number in the directory, such as `3225`.
    pub id: Option<String>,
    /// Name.
    pub name: Option<Text>,
    /// Value, releases resolved; empty if nothing was sent.
    pub value: String,
    /// What the code means, where it is a code that is known.
    pub meaning: Option<Text>,
    /// Byte offset of the value as sent.
    pub offset: u64,
    /// Bytes as sent, releases included.
    pub length: u64,
}

/// Which stretch is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// From this segment on, from 1.
    From(u64),
    /// With this segment in the middle.
    Around(u64),
}

/// At most `limit` segments of a file, never more than [`SEGMENTS_PER_PAGE_MAX`], with names and meanings.
pub fn segment_tree(bytes: &[u8], stretch: Stretch, limit: usize) -> SegmentPage {
    let limit = limit.clamp(1, SEGMENTS_PER_PAGE_MAX);
    if let Some(rows) = tree_plain::rows(bytes) {
        let total = rows.len();
        let from = beginning(stretch, limit, total);
        return SegmentPage { from: from as u64, total: total as u64, items: rows.into_iter().skip(from - 1).take(limit).collect() };
    }
    let reading = edifact::read(bytes);
    let total = reading.segment_count();
    let from = beginning(stretch, limit, total);
    let items = placed(&reading, from, limit).into_iter().filter_map(|place| Some(view(&reading.segment(place.number)?, &place)));
    SegmentPage { from: from as u64, total: total as u64, items: items.collect() }
}

/// The number of the first segment of a page.
fn beginning(stretch: Stretch, limit: usize, total: usize) -> usize {
    let small = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let from = match stretch {
        Stretch::From(first) => small(first).max(1),
        Stretch::Around(middle) => small(middle).saturating_sub(limit / 2).min((total + 1).saturating_sub(limit)).max(1),
    };
    from.min(total + 1)
}

/// A segment of the page with what its message says about it.
struct Placed {
    number: u32,
    placement: edifact::Placement,
    release: String,
}

/// The segments of a page, in order. Only messages that reach into the page are walked.
fn placed(reading: &Reading<'_>, from: usize, limit: usize) -> Vec<Placed> {
    let end = (from + limit).min(reading.segment_count() + 1);
    let outside = |number: usize| Placed { number: number as u32, placement: edifact::Placement::default(), release: String::new() };
    let mut page: Vec<Placed> = (from..end).map(outside).collect();
    for message in reading.messages() {
        let first = message.unh().number() as usize;
        if first + message.segment_count() <= from || first >= end {
            continue;
        }
        let release = message.release().unwrap_or_default();
        for (number, placement) in (first..end).zip(edifact::placements(&message)).skip_while(|(number, _)| *number < from) {
            let place = &mut page[number - from];
            (place.placement, place.release) = (placement, release.clone().into_owned());
        }
    }
    page
}

fn view(segment: &Segment<'_>, place: &Placed) -> SegmentView {
    let tag = segment.tag();
    let shape = edifact::segment_shape(&place.release, tag);
    SegmentView {
        index: u64::from(segment.number()),
        offset: segment.offset() as u64,
        length: segment.raw_bytes().len() as u64,
        tag: tag.to_owned(),
        name: names::segment_name(tag),
        group: place.placement.group.map(str::to_owned),
        opens: place.placement.opens,
        depth: u32::try_from(place.placement.depth).unwrap_or(u32::MAX),
        text: segment.sent().into_owned(),
        elements: segment
            .elements()
            .map(|element| element_view(segment, element.number(), shape.and_then(|shape| shape.elements.get(element.number() - 1))))
            .collect(),
    }
}

fn element_view(segment: &Segment<'_>, position: usize, shape: Option<&ElementShape>) -> ElementView {
    let count = segment.component_count(position);
    let value = |component: usize| segment.comp(position, component).map(|text| text.into_owned()).unwrap_or_default();
    let components = (1..=count).map(|component| {
        let id = shape.and_then(|shape| shape.components.get(component - 1)).map(|part| part.id);
        let value = value(component);
        let meaning = id.filter(|_| !listed_elsewhere(segment, position, component, shape)).and_then(|id| names::code_meaning(id, &value));
        ComponentView {
            position: u32::try_from(component).unwrap_or(u32::MAX),
            id: id.map(str::to_owned),
            name: id.and_then(names::element_name),
            value,
            meaning,
            offset: segment.pos_at(position, component).offset as u64,
            length: segment.raw(position, component).map_or(0, |raw| raw.len() as u64),
        }
    });
    ElementView {
        position: u32::try_from(position).unwrap_or(u32::MAX),
        id: shape.map(|shape| shape.id.to_owned()),
        name: shape.and_then(|shape| names::element_name(shape.id)),
        components: components.collect(),
    }
}

/// Whether the qualifiers after a coded component (1131, 3055) name the list of another agency. 3055 = 5 and 6 are ISO and UN/ECE,
/// whose lists the names come from.
fn listed_elsewhere(segment: &Segment<'_>, position: usize, component: usize, shape: Option<&ElementShape>) -> bool {
    let Some(shape) = shape else { return false };
    let agency = (component..shape.components.len()).take_while(|&n| matches!(shape.components[n].id, "1131" | "3055"));
    agency.filter(|&n| shape.components[n].id == "3055").any(|n| {
        let value = segment.comp(position, n + 1).unwrap_or_default();
        !matches!(value.as_ref(), "" | "5" | "6")
    })
}
