//! Elements and components of a segment against their definition: too many, missing, too long, wrong characters, unknown code.
//!
//! One scan serves both purposes: it stops at the first fault to find clean segments fast, and tells every fault of the others.

use std::ops::ControlFlow;

use crate::codelist::{self, CodeList};
use crate::segments::{Characters, Representation, SegmentShape};
use crate::service::ServiceChars;
use crate::view::Separators;

/// Most components of an element that are told apart; no definition has more than ten.
const COMPONENTS_MAX: usize = 16;

/// What is wrong with an element or component.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// More elements or components than defined.
    Extra,
    /// A mandatory element or component is empty.
    Missing,
    /// Longer than its representation, as far as bytes tell.
    Long(Representation),
    /// Shorter than its fixed length.
    Short(Representation),
    /// Letters in a number, digits in a word.
    Type(Representation),
    /// The code is not in its list.
    Code(&'static CodeList),
}

/// Where it is: element and component from 1 (component 0: the whole element), repetition from 0, byte range in the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub element: usize,
    pub component: usize,
    pub repetition: usize,
    pub from: usize,
    pub to: usize,
}

/// How the elements of a segment lie, in flat lists.
pub(crate) struct Layout {
    elements: Vec<ElementLayout>,
    components: Vec<ComponentLayout>,
    /// Elements up to the last mandatory one.
    needed: usize,
}

struct ElementLayout {
    first: usize,
    count: usize,
    mandatory: bool,
    composite: bool,
    /// Components that must be there when the element is used, as bits.
    must: u32,
    /// Components that have a whole code list, as bits.
    coded: u32,
}

struct ComponentLayout {
    representation: Representation,
    list: Option<&'static CodeList>,
    /// Components that may name another code list (1131) or its agency (3055), as bits.
    elsewhere: u32,
}

impl Layout {
    pub fn new(shape: &SegmentShape) -> Self {
        let mut layout = Self { elements: Vec::new(), components: Vec::new(), needed: 0 };
        for (number, element) in shape.elements.iter().enumerate() {
            let parts = &element.components[..element.components.len().min(COMPONENTS_MAX)];
            let bits = |wanted: &dyn Fn(usize) -> bool| (0..parts.len()).filter(|&i| wanted(i)).fold(0, |bits, i| bits | 1 << i);
            let list = |i: usize| codelist::code_list(parts[i].id).filter(|list| list.whole);
            layout.elements.push(ElementLayout {
                first: layout.components.len(),
                count: parts.len(),
                mandatory: element.mandatory,
                composite: element.is_composite(),
                must: bits(&|i| parts[i].mandatory || !element.is_composite()),
                coded: bits(&|i| list(i).is_some()),
            });
            for (i, part) in parts.iter().enumerate() {
                let next = (i + 1..parts.len()).take_while(|&n| matches!(parts[n].id, "1131" | "3055"));
                let elsewhere = next.fold(0, |bits, n| bits | 1 << n);
                layout.components.push(ComponentLayout { representation: part.representation, list: list(i), elsewhere });
            }
            if element.mandatory {
                layout.needed = number + 1;
            }
        }
        layout
    }

    /// Whether nothing is wrong with a segment, as far as bytes tell.
    pub fn is_clean(&self, raw: &[u8], base: usize, marks: Separators<'_>, service: ServiceChars) -> bool {
        self.scan(raw, base, marks, service, |_, _| ControlFlow::Break(())).is_continue()
    }

    /// Tells every fault of a segment: its bytes without terminator, their offset in the file, the separators.
    pub fn scan(
        &self,
        raw: &[u8],
        base: usize,
        mut marks: Separators<'_>,
        service: ServiceChars,
        mut tell: impl FnMut(Fault, At) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let end = raw.len();
        let mut ranges = [(0u32, 0u32); COMPONENTS_MAX];
        let mut element = 0;
        let tag_end = marks.next();
        let mut from = tag_end.map_or(end, |mark| mark - base) + 1;
        let mut more = tag_end.is_some();
        // A colon after the tag, an explicit indication of nesting, is not used by any of these messages.
        while more {
            let Some(layout) = self.elements.get(element) else {
                // Separators alone say nothing.
                if raw[from.min(end)..].iter().any(|&byte| byte != service.element && byte != service.component) {
                    tell(Fault::Extra, At { element: element + 1, component: 0, repetition: 0, from, to: end })?;
                }
                return ControlFlow::Continue(());
            };
            let (mut component, mut filled, mut repetition, mut begin) = (0, 0u32, 0, from);
            loop {
                let next = marks.next();
                let to = next.map_or(end, |mark| mark - base);
                more = next.is_some();
                if to > from {
                    let at = At { element: element + 1, component: component + 1, repetition, from, to };
                    if component < layout.count {
                        filled |= 1 << component;
                        ranges[component] = (from as u32, to as u32);
                        let representation = self.components[layout.first + component].representation;
                        if let Some(fault) = breach(representation, &raw[from..to], service.release) {
                            tell(fault, at)?;
                        }
                    } else {
                        tell(Fault::Extra, at)?;
                        filled |= 1 << 31;
                    }
                }
                from = to + 1;
                let separator = raw.get(to).copied();
                if separator == Some(service.component) && more {
                    component += 1;
                    continue;
                }
                let whole = At { element: element + 1, component: 0, repetition, from: begin, to };
                self.finish(layout, filled, raw, &ranges, whole, &mut tell)?;
                if separator.is_some() && separator == service.repetition && more {
                    (component, filled, repetition, begin) = (0, 0, repetition + 1, from);
                    continue;
                }
                break;
            }
            element += 1;
        }
        for number in element..self.needed {
            if self.elements[number].mandatory {
                tell(Fault::Missing, At { element: number + 1, component: 0, repetition: 0, from: end, to: end })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// What can be said of an element when all its components were seen.
    fn finish(
        &self,
        layout: &ElementLayout,
        filled: u32,
        raw: &[u8],
        ranges: &[(u32, u32); COMPONENTS_MAX],
        whole: At,
        tell: &mut impl FnMut(Fault, At) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if filled == 0 {
            return if layout.mandatory { tell(Fault::Missing, whole) } else { ControlFlow::Continue(()) };
        }
        let mut absent = layout.must & !filled;
        while absent != 0 {
            let component = absent.trailing_zeros() as usize;
            absent &= absent - 1;
            let component = if layout.composite { component + 1 } else { 0 };
            tell(Fault::Missing, At { component, ..whole })?;
        }
        let mut coded = layout.coded & filled;
        while coded != 0 {
            let component = coded.trailing_zeros() as usize;
            coded &= coded - 1;
            let definition = &self.components[layout.first + component];
            let (from, to) = (ranges[component].0 as usize, ranges[component].1 as usize);
            if let Some(list) = definition.list.filter(|list| definition.elsewhere & filled == 0 && !list.has(&raw[from..to])) {
                tell(Fault::Code(list), At { component: component + 1, from, to, ..whole })?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// What bytes break of a representation. Release characters and characters of several bytes make a value look longer than it is.
fn breach(representation: Representation, value: &[u8], release: Option<u8>) -> Option<Fault> {
    let longest = usize::from(representation.longest);
    match representation.characters {
        Characters::Any => {}
        Characters::Numeric => return number_breach(representation, value),
        Characters::Alphabetic if value.iter().any(u8::is_ascii_digit) => return Some(Fault::Type(representation)),
        Characters::Alphabetic => {}
    }
    if value.len() > longest {
        return Some(Fault::Long(representation));
    }
    let shortest = usize::from(representation.shortest);
    let released = |value: &[u8]| release.is_some_and(|release| value.contains(&release));
    (shortest > 0 && (value.len() < shortest || released(value))).then_some(Fault::Short(representation))
}

fn number_breach(representation: Representation, value: &[u8]) -> Option<Fault> {
    // Most numbers are digits and nothing else.
    let plain = value.iter().all(u8::is_ascii_digit);
    if plain && value.len() <= usize::from(representation.longest) && value.len() >= usize::from(representation.shortest) {
        return None;
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let unsigned = value.strip_prefix(b"-").unwrap_or(value);
    let marks = unsigned.iter().filter(|byte| matches!(byte, b'.' | b',')).count();
    if digits == 0 || marks > 1 || digits + marks != unsigned.len() {
        return Some(Fault::Type(representation));
    }
    if digits > usize::from(representation.longest) {
        return Some(Fault::Long(representation));
    }
    // A sign or a decimal mark fills a place in practice, as in a temperature of -18 degrees (n3).
    (value.len() < usize::from(representation.shortest)).then_some(Fault::Short(representation))
}
