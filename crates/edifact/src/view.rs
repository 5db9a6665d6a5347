//! Cursors over the index: interchange, group, message, segment, element. All borrow; none allocates except to resolve releases.

use std::borrow::Cow;

use crate::catalogue;
use crate::charset::Charset;
use crate::finding::{Finding, Place, Pos, Severity};
use crate::reading::Reading;
use crate::scan::SegmentIndex;
use crate::service::ServiceChars;

/// A segment (段): tag, data elements, components.
///
/// Elements and components are counted from 1 as in the UN directories: in `LOC+11+CNSHA:139:6'`, element 1 is `11` and
/// `comp(2, 1)` is `CNSHA`. Element 0 is the tag. An empty element or component is the same as an absent one.
#[derive(Clone, Copy)]
pub struct Segment<'r> {
    bytes: &'r [u8],
    bits: &'r [u64],
    start: u32,
    end: u32,
    number: u32,
    message: u32,
    first_of_message: u32,
    service: ServiceChars,
    charset: Charset,
}

/// Byte range of an element.
#[derive(Clone, Copy)]
struct Bounds {
    start: usize,
    end: usize,
}

/// Offsets of the separators in a byte range, in order.
#[derive(Clone)]
pub(crate) struct Separators<'r> {
    bits: &'r [u64],
    /// What is left of the current word of the bitmap.
    word: u64,
    at: usize,
    end: usize,
}

impl<'r> Separators<'r> {
    fn new(bits: &'r [u64], from: usize, end: usize) -> Self {
        let at = from / 64;
        let word = bits.get(at).map_or(0, |word| word & (!0 << (from % 64)));
        Self { bits, word, at, end }
    }
}

impl Iterator for Separators<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.at += 1;
            if self.at * 64 >= self.end {
                return None;
            }
            self.word = *self.bits.get(self.at)?;
        }
        let mark = self.at * 64 + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        (mark < self.end).then_some(mark)
    }
}

impl<'r> Segment<'r> {
    pub(crate) fn new(bytes: &'r [u8], bits: &'r [u64], index: SegmentIndex, number: u32, service: ServiceChars, charset: Charset) -> Self {
        Self { bytes, bits, start: index.start, end: index.end, number, message: 0, first_of_message: 0, service, charset }
    }

    pub(crate) fn in_message(mut self, message: u32, first_of_message: u32) -> Self {
        self.message = message;
        self.first_of_message = first_of_message;
        self
    }

    /// The tag as sent, for example `LOC`; empty if it is not text.
    pub fn tag(&self) -> &'r str {
        std::str::from_utf8(self.tag_bytes()).unwrap_or_default()
    }

    /// The bytes of the tag, up to the first separator.
    pub fn tag_bytes(&self) -> &'r [u8] {
        let start = self.start as usize;
        let end = self.separators().next().unwrap_or(self.end());
        &self.bytes[start..end]
    }

    /// Number of the segment in the file, from 1; service segments counted, UNA not.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Number of the segment in its message, UNH being 1; `None` outside messages.
    pub fn number_in_message(&self) -> Option<u32> {
        (self.message > 0).then(|| self.number - self.first_of_message)
    }

    /// Offset of the first byte of the tag.
    pub fn offset(&self) -> usize {
        self.start as usize
    }

    /// Offset of the terminator; the length of the file if the last segment has none.
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// The segment as sent, without its terminator.
    pub fn raw_bytes(&self) -> &'r [u8] {
        &self.bytes[self.start as usize..self.end()]
    }

    /// The segment as sent, without its terminator, as text; releases are not resolved.
    pub fn sent(&self) -> Cow<'r, str> {
        self.charset.decode(Cow::Borrowed(self.raw_bytes()))
    }

    /// The byte that ends the segment; `None` if the file breaks off in it.
    pub fn terminator(&self) -> Option<u8> {
        self.bytes.get(self.end()).copied()
    }

    /// The place of the whole segment.
    pub fn pos(&self) -> Pos {
        Pos { segment: self.number, element: 0, component: 0, offset: self.start as usize }
    }

    /// The place of an element (`component` 0) or component; for an absent one, the offset where the segment or element ends.
    pub fn pos_at(&self, element: usize, component: usize) -> Pos {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let offset = match (element, self.bounds(element)) {
            (0, _) => self.start as usize,
            (_, None) => self.end(),
            (_, Some(bounds)) if component < 2 => bounds.start,
            (_, Some(bounds)) => self.in_element(bounds, 0, component).map_or(bounds.end, |(from, _)| from),
        };
        Pos { segment: self.number, element: small(element), component: small(component), offset }
    }

    /// Element and component in which a byte of this segment stands.
    pub fn pos_of_offset(&self, offset: usize) -> Pos {
        let (mut element, mut component, mut composite) = (0u16, 1u16, false);
        for mark in self.separators() {
            let kind = self.bytes.get(mark).copied();
            if mark >= offset {
                composite |= kind == Some(self.service.component);
                break;
            }
            if kind == Some(self.service.component) {
                component = component.saturating_add(1);
                composite = true;
            } else if kind == Some(self.service.element) {
                (element, component, composite) = (element.saturating_add(1), 1, false);
            } else {
                component = 1;
            }
        }
        let component = if composite && element > 0 { component } else { 0 };
        Pos { segment: self.number, element, component, offset }
    }

    #[inline]
    fn bounds(&self, element: usize) -> Option<Bounds> {
        let (mut left, mut start) = (element, self.start as usize);
        for mark in self.separators() {
            if self.bytes[mark] == self.service.element {
                if left == 0 {
                    return Some(Bounds { start, end: mark });
                }
                (left, start) = (left - 1, mark + 1);
            }
        }
        (left == 0).then(|| Bounds { start, end: self.end() })
    }

    /// Range of a component (from 1) in a repetition (from 0) of an element.
    #[inline]
    fn in_element(&self, bounds: Bounds, repetition: usize, component: usize) -> Option<(usize, usize)> {
        let (mut current, mut part, mut start) = (0, 1, bounds.start);
        for mark in Separators::new(self.bits, bounds.start, bounds.end) {
            if current == repetition && part == component {
                return Some((start, mark));
            }
            start = mark + 1;
            if self.service.repetition.is_some_and(|repetition| self.bytes[mark] == repetition) {
                (current, part) = (current + 1, 1);
            } else {
                part += 1;
            }
        }
        (current == repetition && part == component).then_some((start, bounds.end))
    }

    /// Byte range of a component, not empty.
    pub(crate) fn raw_range(&self, element: usize, component: usize) -> Option<(usize, usize)> {
        let bounds = self.bounds(element)?;
        self.in_element(bounds, 0, component.max(1)).filter(|(from, to)| from < to)
    }

    /// A component as sent, releases not resolved; `None` if absent or empty. Component 0 is the same as 1.
    pub fn raw(&self, element: usize, component: usize) -> Option<&'r [u8]> {
        self.raw_range(element, component).map(|(from, to)| &self.bytes[from..to])
    }

    /// Text of a component with releases resolved; `None` if absent or empty.
    pub fn comp(&self, element: usize, component: usize) -> Option<Cow<'r, str>> {
        self.raw(element, component).map(|raw| self.text(raw))
    }

    /// Text of a component in a later repetition (from 0) of an element, as syntax version 4 allows.
    pub fn repeated_comp(&self, element: usize, repetition: usize, component: usize) -> Option<Cow<'r, str>> {
        let bounds = self.bounds(element)?;
        let (from, to) = self.in_element(bounds, repetition, component.max(1))?;
        (from < to).then(|| self.text(&self.bytes[from..to]))
    }

    fn text(&self, raw: &'r [u8]) -> Cow<'r, str> {
        self.charset.decode(resolve(raw, self.service.release))
    }

    /// A data element; `None` if the segment ends before it. See [`Element`].
    pub fn el(&self, element: usize) -> Option<Element<'r>> {
        self.bounds(element).map(|_| Element { segment: *self, element })
    }

    /// All data elements in order, the tag not included.
    pub fn elements(&self) -> impl Iterator<Item = Element<'r>> + use<'r> {
        let segment = *self;
        (1..=self.element_count()).map(move |element| Element { segment, element })
    }

    /// How many data elements follow the tag, empty ones included.
    pub fn element_count(&self) -> usize {
        self.separators().filter(|&mark| self.bytes[mark] == self.service.element).count()
    }

    /// How many components an element has, empty ones included; all repetitions together. 0 if absent.
    pub fn component_count(&self, element: usize) -> usize {
        self.bounds(element).map_or(0, |bounds| Separators::new(self.bits, bounds.start, bounds.end).count() + 1)
    }

    /// How often an element is repeated: 1 unless syntax version 4 repeats it, 0 if absent.
    pub fn repetitions(&self, element: usize) -> usize {
        self.bounds(element).map_or(0, |bounds| {
            let marks = Separators::new(self.bits, bounds.start, bounds.end);
            1 + marks.filter(|&mark| Some(self.bytes[mark]) == self.service.repetition).count()
        })
    }

    /// A finding about this segment, element or component (0: the whole), for crates that interpret messages.
    pub fn finding(&self, code: &'static str, severity: Severity, element: usize, component: usize, zh: String, en: String) -> Finding {
        let pos = self.pos_at(element, component);
        let place = Place {
            offset: pos.offset,
            message: (self.message > 0).then_some(self.message),
            segment: Some(self.number),
            segment_in_message: self.number_in_message(),
            segment_tag: Some(self.tag().to_owned()),
            element: (pos.element > 0).then_some(pos.element),
            component: (pos.component > 0).then_some(pos.component),
            ..Place::default()
        };
        Finding { severity, ..place.finding(code, (zh, en)) }
    }

    /// The same with a code of this crate and its usual severity.
    pub(crate) fn own_finding(&self, code: &'static str, element: usize, text: (String, String)) -> Finding {
        let severity = catalogue::info(code).map_or(Severity::Error, |info| info.severity);
        self.finding(code, severity, element, 0, text.0, text.1)
    }

    /// Offsets of all separators, the terminator not included.
    #[inline]
    pub(crate) fn separators(&self) -> Separators<'r> {
        Separators::new(self.bits, self.start as usize, self.end as usize)
    }
}

impl std::fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Segment {} at {}: {}", self.number, self.start, String::from_utf8_lossy(self.raw_bytes()))
    }
}

/// Takes release characters out. Borrows if there are none.
pub(crate) fn resolve(raw: &[u8], release: Option<u8>) -> Cow<'_, [u8]> {
    let Some(release) = release.filter(|r| raw.contains(r)) else { return Cow::Borrowed(raw) };
    let mut plain = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&byte) = bytes.next() {
        match (byte == release).then(|| bytes.next()) {
            None => plain.push(byte),
            Some(Some(&released)) => plain.push(released),
            Some(None) => {}
        }
    }
    Cow::Owned(plain)
}

/// A data element (数据元), standalone or composite.
#[derive(Clone, Copy, Debug)]
pub struct Element<'r> {
    segment: Segment<'r>,
    element: usize,
}

impl<'r> Element<'r> {
    /// Text of a component, from 1; `None` if absent or empty.
    pub fn comp(&self, component: usize) -> Option<Cow<'r, str>> {
        self.segment.comp(self.element, component)
    }

    /// Text of a standalone element or of the first component.
    pub fn value(&self) -> Option<Cow<'r, str>> {
        self.comp(1)
    }

    /// How many components there are, empty ones included.
    pub fn component_count(&self) -> usize {
        self.segment.component_count(self.element)
    }

    /// Number of the element in its segment, from 1.
    pub fn number(&self) -> usize {
        self.element
    }

    /// The place of the element.
    pub fn pos(&self) -> Pos {
        self.segment.pos_at(self.element, 0)
    }
}

/// A message (报文) from UNH to UNT.
#[derive(Clone, Copy)]
pub struct Message<'r> {
    reading: &'r Reading<'r>,
    index: u32,
}

impl<'r> Message<'r> {
    pub(crate) fn new(reading: &'r Reading<'_>, index: u32) -> Self {
        Self { reading, index }
    }

    fn range(&self) -> (u32, u32) {
        self.reading.messages[self.index as usize].segments
    }

    /// Number of the message in the file, from 1.
    pub fn number(&self) -> u32 {
        self.index + 1
    }

    /// The message header.
    pub fn unh(&self) -> Segment<'r> {
        self.at(self.range().0)
    }

    /// The message trailer; `None` if it is missing.
    pub fn unt(&self) -> Option<Segment<'r>> {
        let message = &self.reading.messages[self.index as usize];
        message.unt.then(|| self.at(message.segments.1 - 1))
    }

    fn at(&self, number: u32) -> Segment<'r> {
        let message = &self.reading.messages[self.index as usize];
        self.reading.segment_of(number, Some(message.interchange)).in_message(self.number(), message.segments.0)
    }

    /// All segments, UNH and UNT included.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Segment<'r>> + ExactSizeIterator + use<'r> {
        let (message, (first, end)) = (*self, self.range());
        (first as usize..end as usize).map(move |number| message.at(number as u32))
    }

    /// The segments between UNH and UNT.
    pub fn body(&self) -> impl Iterator<Item = Segment<'r>> + use<'r> {
        let (message, (first, end)) = (*self, self.range());
        let end = if self.reading.messages[self.index as usize].unt { end - 1 } else { end };
        (first + 1..end).map(move |number| message.at(number))
    }

    /// How many segments there are, UNH and UNT included.
    pub fn segment_count(&self) -> usize {
        let (first, end) = self.range();
        (end - first) as usize
    }

    /// Message reference number (0062).
    pub fn reference(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(1, 1)
    }

    /// Message type (0065), for example `CUSCAR`.
    pub fn message_type(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(2, 1)
    }

    /// Message version (0052), for example `D`.
    pub fn version(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(2, 2)
    }

    /// Message release (0054), for example `95B`.
    pub fn release(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(2, 3)
    }

    /// Controlling agency (0051), usually `UN`.
    pub fn agency(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(2, 4)
    }

    /// Association assigned code (0057), for example `SMDG20`.
    pub fn association(&self) -> Option<Cow<'r, str>> {
        self.unh().comp(2, 5)
    }

    /// The interchange that holds the message.
    pub fn interchange(&self) -> Interchange<'r> {
        Interchange::new(self.reading, self.reading.messages[self.index as usize].interchange)
    }

    /// The functional group that holds the message, if any.
    pub fn group(&self) -> Option<Group<'r>> {
        self.reading.messages[self.index as usize].group.map(|index| Group { reading: self.reading, index })
    }

    /// The bytes from UNH to the end of the last segment, its terminator included.
    pub fn raw_bytes(&self) -> &'r [u8] {
        let (first, end) = self.range();
        let end = self.at(end - 1).end();
        let bytes = self.reading.bytes();
        &bytes[self.at(first).offset()..bytes.len().min(end + 1)]
    }

    /// Adds interchange, message number and reference to a finding made with [`Segment::finding`].
    pub fn attach(&self, finding: Finding) -> Finding {
        Finding {
            interchange: Some(self.interchange().number()),
            message: Some(self.number()),
            message_ref: self.reference().map(|reference| reference.into_owned()),
            ..finding
        }
    }

    /// The findings of the reading that are about this message.
    pub fn findings(&self) -> impl Iterator<Item = &'r Finding> + use<'r> {
        let number = self.number();
        self.reading.findings().iter().filter(move |finding| finding.message == Some(number))
    }
}

/// A functional group (功能组) from UNG to UNE.
#[derive(Clone, Copy)]
pub struct Group<'r> {
    reading: &'r Reading<'r>,
    index: u32,
}

impl<'r> Group<'r> {
    pub(crate) fn new(reading: &'r Reading<'_>, index: u32) -> Self {
        Self { reading, index }
    }

    /// The group header.
    pub fn ung(&self) -> Segment<'r> {
        self.reading.segment_at(self.reading.groups[self.index as usize].ung)
    }

    /// The group trailer; `None` if it is missing.
    pub fn une(&self) -> Option<Segment<'r>> {
        self.reading.groups[self.index as usize].une.map(|number| self.reading.segment_at(number))
    }

    /// Group reference number (0048).
    pub fn reference(&self) -> Option<Cow<'r, str>> {
        self.ung().comp(5, 1)
    }

    /// The messages of the group.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = Message<'r>> + use<'r> {
        let (reading, (first, end)) = (self.reading, self.reading.groups[self.index as usize].messages);
        (first as usize..end as usize).map(move |index| Message::new(reading, index as u32))
    }
}

/// An interchange (交换) from UNB to UNZ, or messages that came without one.
#[derive(Clone, Copy)]
pub struct Interchange<'r> {
    reading: &'r Reading<'r>,
    index: u32,
}

impl<'r> Interchange<'r> {
    pub(crate) fn new(reading: &'r Reading<'_>, index: u32) -> Self {
        Self { reading, index }
    }

    fn header(&self, element: usize, component: usize) -> Option<Cow<'r, str>> {
        self.unb()?.comp(element, component)
    }

    /// Number of the interchange in the file, from 1.
    pub fn number(&self) -> u32 {
        self.index + 1
    }

    /// The interchange header; `None` if the messages came bare.
    pub fn unb(&self) -> Option<Segment<'r>> {
        self.reading.interchanges[self.index as usize].unb.map(|number| self.reading.segment_at(number))
    }

    /// The interchange trailer; `None` if it is missing.
    pub fn unz(&self) -> Option<Segment<'r>> {
        self.reading.interchanges[self.index as usize].unz.map(|number| self.reading.segment_at(number))
    }

    /// The service characters in force.
    pub fn service_chars(&self) -> ServiceChars {
        self.reading.interchanges[self.index as usize].service
    }

    /// The repertoire in which text is read.
    pub fn charset(&self) -> Charset {
        self.reading.interchanges[self.index as usize].charset
    }

    /// Offset of the UNA that stood before this interchange.
    pub fn una_offset(&self) -> Option<usize> {
        self.reading.interchanges[self.index as usize].una
    }

    /// Syntax identifier (0001), for example `UNOA`.
    pub fn syntax_id(&self) -> Option<Cow<'r, str>> {
        self.header(1, 1)
    }

    /// Syntax version (0002), 1 to 4.
    pub fn syntax_version(&self) -> Option<Cow<'r, str>> {
        self.header(1, 2)
    }

    /// Sender identification (0004).
    pub fn sender(&self) -> Option<Cow<'r, str>> {
        self.header(2, 1)
    }

    /// Qualifier of the sender identification (0007), for example `14` for a GLN.
    pub fn sender_qualifier(&self) -> Option<Cow<'r, str>> {
        self.header(2, 2)
    }

    /// Recipient identification (0010).
    pub fn recipient(&self) -> Option<Cow<'r, str>> {
        self.header(3, 1)
    }

    /// Qualifier of the recipient identification (0007).
    pub fn recipient_qualifier(&self) -> Option<Cow<'r, str>> {
        self.header(3, 2)
    }

    /// Date of preparation (0017) as sent: YYMMDD, in version 4 CCYYMMDD.
    pub fn prepared_date(&self) -> Option<Cow<'r, str>> {
        self.header(4, 1)
    }

    /// Time of preparation (0019) as sent: HHMM.
    pub fn prepared_time(&self) -> Option<Cow<'r, str>> {
        self.header(4, 2)
    }

    /// Interchange control reference (0020).
    pub fn control_reference(&self) -> Option<Cow<'r, str>> {
        self.header(5, 1)
    }

    /// Application reference (0026), often the message type.
    pub fn application_reference(&self) -> Option<Cow<'r, str>> {
        self.header(7, 1)
    }

    /// Whether an acknowledgement is asked for (0031 = 1).
    pub fn wants_acknowledgement(&self) -> bool {
        self.header(9, 1).as_deref() == Some("1")
    }

    /// Whether the interchange is a test (0035 = 1).
    pub fn is_test(&self) -> bool {
        self.header(11, 1).as_deref() == Some("1")
    }

    /// The functional groups.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Group<'r>> + use<'r> {
        let (reading, (first, end)) = (self.reading, self.reading.interchanges[self.index as usize].groups);
        (first as usize..end as usize).map(move |index| Group::new(reading, index as u32))
    }

    /// All messages, in groups or not.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = Message<'r>> + use<'r> {
        let (reading, (first, end)) = (self.reading, self.reading.interchanges[self.index as usize].messages);
        (first as usize..end as usize).map(move |index| Message::new(reading, index as u32))
    }

    /// All segments, service segments included.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = Segment<'r>> + use<'r> {
        let (reading, (first, end)) = (self.reading, self.reading.interchanges[self.index as usize].segments);
        (first as usize..end as usize).map(move |number| reading.segment_at(number as u32))
    }
}
