//! XML as files of tables use it: a bounded tree by local names, no document type. Writing escapes and drops what XML 1.0 forbids.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::{Fault, fault};

/// Most elements in a document: 4,096 rules of 48 cells, with their texts, twice over.
const ELEMENTS_MAX: usize = 1_000_000;
/// Most attributes in a document.
const ATTRIBUTES_MAX: usize = 2_000_000;
/// Most attributes of one element; that none is there twice is found by comparing each with each.
const ATTRIBUTES_EACH_MAX: usize = 64;
/// Deepest nesting.
const DEPTH_MAX: usize = 32;

/// An element with the local names of itself and its attributes.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element of a name, at any depth.
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name { Some(self) } else { self.children.iter().find_map(|child| child.find(name)) }
    }

    /// The text of the child `text`.
    pub fn inner(&self) -> &str {
        self.child("text").map_or("", |child| child.text.trim())
    }

    /// All text within, in order.
    pub fn whole_text(&self, into: &mut String) {
        into.push_str(&self.text);
        self.children.iter().for_each(|child| child.whole_text(into));
    }
}

/// What a document may still hold.
#[derive(Default)]
struct Budget {
    elements: usize,
    attributes: usize,
}

impl Budget {
    fn spend(&mut self, made: Element) -> Result<Element, Fault> {
        self.elements += 1;
        self.attributes += made.attributes.len();
        if self.elements > ELEMENTS_MAX || self.attributes > ATTRIBUTES_MAX { Err(too_large()) } else { Ok(made) }
    }
}

fn too_large() -> Fault {
    fault("XML 过大或嵌套过深", "the XML is too large or too deep")
}

/// Parses a document.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| fault("文件不是 UTF-8", "the file is not UTF-8"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut stack: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut budget = Budget::default();
    loop {
        let offset = reader.buffer_position();
        let malformed =
            |reason: String| fault(format!("XML 在第 {offset} 字节附近有误：{reason}"), format!("XML near byte {offset}: {reason}"));
        match reader.read_event().map_err(|e| malformed(e.to_string()))? {
            Event::Start(start) => {
                if stack.len() >= DEPTH_MAX {
                    return Err(too_large());
                }
                if stack.is_empty() && root.is_some() {
                    return Err(malformed("a second root".into()));
                }
                stack.push(budget.spend(element(&start).map_err(malformed)?)?);
            }
            Event::Empty(start) => {
                let made = budget.spend(element(&start).map_err(malformed)?)?;
                match stack.last_mut() {
                    Some(parent) => parent.children.push(made),
                    None if root.is_none() => root = Some(made),
                    None => return Err(malformed("a second root".into())),
                }
            }
            Event::End(_) => {
                let Some(done) = stack.pop() else { return Err(malformed("an end without a start".into())) };
                match stack.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => root = Some(done),
                }
            }
            Event::Text(content) => add(&mut stack, &content.xml10_content()),
            Event::CData(content) => add(&mut stack, &content.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|e| malformed(e.to_string()))? {
                Some(character) => add(&mut stack, &character.to_string()),
                None => {
                    let known = quick_xml::escape::resolve_predefined_entity(reference.as_ref());
                    add(&mut stack, known.ok_or_else(|| malformed("unknown entity".into()))?);
                }
            },
            Event::DocType(_) => return Err(fault("文件含有文档类型声明", "the file declares a document type")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match root {
        Some(root) if stack.is_empty() => Ok(root),
        _ => Err(fault("XML 不完整", "the XML is not complete")),
    }
}

fn add(stack: &mut [Element], text: &str) {
    if let Some(element) = stack.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut made = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        if made.attributes.len() >= ATTRIBUTES_EACH_MAX {
            return Err(format!("more than {ATTRIBUTES_EACH_MAX} attributes"));
        }
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        made.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(made)
}

/// A text as XML, for content and attributes.
pub(crate) fn escaped(text: &str) -> String {
    let clean: String =
        text.chars().filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)).collect();
    quick_xml::escape::escape(clean.as_str()).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}
