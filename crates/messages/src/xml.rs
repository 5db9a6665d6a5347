//! XML as messages use it: a bounded tree, no document type.
//!
//! Payment messages have one namespace and their elements in a fixed order ([`parse`], [`Fields`]); files of the national single window are
//! taken by name in any order and namespace ([`tree`]), since their schema is not verified. A DOCTYPE is refused outright: no message has one,
//! and entity tricks need one. Writing escapes everything and drops what XML 1.0 forbids.

use ledger::Timestamp;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// Largest document read, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most elements in a document.
pub const ELEMENTS_MAX: usize = 100_000;
/// Deepest nesting.
pub const DEPTH_MAX: usize = 24;

/// Why bytes are not the expected document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    /// More bytes, elements or levels than allowed.
    #[error("the document exceeds the limit of {limit} {unit}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// Not well-formed.
    #[error("the document is not well-formed near byte {offset}: {reason}")]
    Malformed {
        /// Byte offset.
        offset: u64,
        /// The reader's own words.
        reason: String,
    },
    /// A document type declaration, which no message has.
    #[error("the document declares a document type")]
    DocumentType,
    /// Another namespace, hence another message or version.
    #[error("expected namespace {expected}, found {found}")]
    Namespace {
        /// The namespace wanted.
        expected: &'static str,
        /// The one found.
        found: String,
    },
    /// A required element is missing.
    #[error("{path} is missing")]
    Missing {
        /// Path from the root.
        path: String,
    },
    /// An element where the schema has none, or in the wrong order.
    #[error("{path} is not expected here")]
    Unexpected {
        /// Path from the root.
        path: String,
    },
    /// A value that does not have its type.
    #[error("{path} is {found:?}, expected {expected}")]
    Value {
        /// Path from the root.
        path: String,
        /// The value found, shortened.
        found: String,
        /// The type wanted.
        expected: &'static str,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    number: u64,
    offset: u64,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// How to treat elements that the reader has no use for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unused {
    /// Refuse them: the sender is to be told.
    Refused,
    /// Pass over them: a bank may use more of the schema than is needed here.
    Passed,
}

/// Parses a document of one namespace; returns the child of `Document`.
pub(crate) fn parse(bytes: &[u8], namespace: &'static str) -> Result<Element, XmlFault> {
    let document = tree(bytes, Some(namespace))?;
    if document.name != "Document" {
        return Err(XmlFault::Unexpected { path: document.name });
    }
    let mut children = document.children;
    match (children.pop(), children.is_empty()) {
        (Some(message), true) => Ok(message),
        (Some(second), false) => Err(XmlFault::Unexpected { path: format!("Document/{}", second.name) }),
        (None, _) => Err(XmlFault::Missing { path: "Document/*".to_owned() }),
    }
}

/// Parses a document: its root. `None` takes elements of every namespace, and of none.
pub(crate) fn tree(bytes: &[u8], namespace: Option<&'static str>) -> Result<Element, XmlFault> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(XmlFault::TooLarge { limit: DOCUMENT_BYTES_MAX, unit: "bytes" });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlFault::NotUtf8)?;
    let plain = text.trim_start_matches('\u{feff}');
    let marks = (text.len() - plain.len()) as u64;
    let mut reader = NsReader::from_str(plain);
    let mut stack: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0;
    loop {
        let offset = reader.buffer_position();
        let malformed = |reason: String| XmlFault::Malformed { offset, reason };
        let (resolved, event) = reader.read_resolved_event().map_err(|e| malformed(e.to_string()))?;
        match event {
            Event::Start(start) | Event::Empty(start) if root.is_some() && stack.is_empty() => {
                return Err(malformed(format!("second root element {}", start.local_name().as_ref())));
            }
            Event::Start(start) => {
                check_namespace(&resolved, namespace)?;
                count += 1;
                if count > ELEMENTS_MAX || stack.len() >= DEPTH_MAX {
                    let (limit, unit) = if count > ELEMENTS_MAX { (ELEMENTS_MAX, "elements") } else { (DEPTH_MAX, "levels") };
                    return Err(XmlFault::TooLarge { limit, unit });
                }
                stack.push(Element { number: count as u64, offset: marks + offset, ..element(&start).map_err(malformed)? });
            }
            Event::Empty(start) => {
                check_namespace(&resolved, namespace)?;
                count += 1;
                if count > ELEMENTS_MAX {
                    return Err(XmlFault::TooLarge { limit: ELEMENTS_MAX, unit: "elements" });
                }
                let made = Element { number: count as u64, offset: marks + offset, ..element(&start).map_err(malformed)? };
                place(made, &mut stack, &mut root);
            }
            Event::End(_) => {
                let Some(done) = stack.pop() else { return Err(malformed("an end without a start".to_owned())) };
                place(done, &mut stack, &mut root);
            }
            Event::Text(content) => add_text(&mut stack, &content.xml10_content()).map_err(malformed)?,
            Event::CData(content) => add_text(&mut stack, &content.xml10_content()).map_err(malformed)?,
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().map_err(|e| malformed(e.to_string()))? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(reference.as_ref())
                        .ok_or_else(|| malformed(format!("unknown entity {}", reference.as_ref())))?
                        .to_owned(),
                };
                add_text(&mut stack, &text).map_err(malformed)?;
            }
            Event::DocType(_) => return Err(XmlFault::DocumentType),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let end = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match root {
        Some(root) if stack.is_empty() => Ok(root),
        _ => Err(XmlFault::Malformed { offset: end, reason: "the document ends early".to_owned() }),
    }
}

impl Element {
    /// Its name without a prefix.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its number in the document, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Byte offset of its tag.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children, in order.
    pub(crate) fn children(&self) -> &[Element] {
        &self.children
    }

    /// Its text without blanks around it; empty when it has none.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Text of the first child of this name; empty when there is none.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.child(name).map_or("", Element::text)
    }
}

fn check_namespace(resolved: &ResolveResult<'_>, expected: Option<&'static str>) -> Result<(), XmlFault> {
    let Some(expected) = expected else {
        return match resolved {
            ResolveResult::Bound(_) | ResolveResult::Unbound => Ok(()),
            ResolveResult::Unknown(prefix) => {
                Err(XmlFault::Namespace { expected: "a declared prefix", found: format!("undeclared prefix {}", shorten(prefix)) })
            }
        };
    };
    match resolved {
        ResolveResult::Bound(Namespace(found)) if *found == expected => Ok(()),
        ResolveResult::Bound(Namespace(found)) => Err(XmlFault::Namespace { expected, found: shorten(found) }),
        ResolveResult::Unbound => Err(XmlFault::Namespace { expected, found: "none".to_owned() }),
        ResolveResult::Unknown(prefix) => Err(XmlFault::Namespace { expected, found: format!("undeclared prefix {}", shorten(prefix)) }),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name: start.local_name().as_ref().to_owned(), attributes, ..Element::default() })
}

fn place(done: Element, stack: &mut [Element], root: &mut Option<Element>) {
    match stack.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}

fn add_text(stack: &mut [Element], text: &str) -> Result<(), String> {
    match stack.last_mut() {
        Some(parent) => parent.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("text outside the root element".to_owned()),
    }
    Ok(())
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Takes the children of an element in schema order.
pub(crate) struct Fields<'a> {
    element: &'a Element,
    path: String,
    next: usize,
    unused: Unused,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(element: &'a Element, unused: Unused) -> Self {
        Self { element, path: element.name.clone(), next: 0, unused }
    }

    pub(crate) fn named(self, name: &str) -> Result<Self, XmlFault> {
        if self.element.name == name { Ok(self) } else { Err(XmlFault::Unexpected { path: self.path }) }
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn find(&self, name: &str) -> Option<usize> {
        let rest = self.element.children.get(self.next..)?;
        let found = match self.unused {
            Unused::Refused => rest.first().filter(|child| child.name == name).map(|_| 0),
            Unused::Passed => rest.iter().position(|child| child.name == name),
        };
        found.map(|n| self.next + n)
    }

    pub(crate) fn optional(&mut self, name: &str) -> Option<Fields<'a>> {
        let at = self.find(name)?;
        self.next = at + 1;
        Some(Fields { element: self.element.children.get(at)?, path: self.path_of(name), next: 0, unused: self.unused })
    }

    pub(crate) fn required(&mut self, name: &str) -> Result<Fields<'a>, XmlFault> {
        let path = self.path_of(name);
        self.optional(name).ok_or(XmlFault::Missing { path })
    }

    /// Descends through required elements, each the only use of its parent.
    pub(crate) fn required_path(&mut self, names: &[&str]) -> Result<Fields<'a>, XmlFault> {
        let (first, rest) = names.split_first().ok_or_else(|| XmlFault::Missing { path: self.path.clone() })?;
        let mut at = self.required(first)?;
        for name in rest {
            let child = at.required(name)?;
            at.end()?;
            at = child;
        }
        Ok(at)
    }

    pub(crate) fn repeated(&mut self, name: &str) -> Vec<Fields<'a>> {
        let mut all = Vec::new();
        while let Some(one) = self.optional(name) {
            all.push(one);
        }
        all
    }

    /// Ends the element: strict reading refuses what is left.
    pub(crate) fn end(&self) -> Result<(), XmlFault> {
        match (self.unused, self.element.children.get(self.next)) {
            (Unused::Refused, Some(left)) => Err(XmlFault::Unexpected { path: self.path_of(&left.name) }),
            (Unused::Refused, None) | (Unused::Passed, _) => Ok(()),
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Result<&'a str, XmlFault> {
        let found = self.element.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(|| XmlFault::Missing { path: format!("{}/@{name}", self.path) })
    }

    pub(crate) fn fault(&self, expected: &'static str) -> XmlFault {
        XmlFault::Value { path: self.path.clone(), found: shorten(&self.element.text), expected }
    }

    /// Text of 1 to `max` characters (`MaxNText`).
    pub(crate) fn text(&self, max: usize) -> Result<String, XmlFault> {
        self.end()?;
        let text = self.element.text.trim();
        let length = text.chars().count();
        if length == 0 || length > max {
            return Err(self.fault(match max {
                35 => "text of 1 to 35 characters",
                140 => "text of 1 to 140 characters",
                _ => "text within its length",
            }));
        }
        Ok(text.to_owned())
    }

    pub(crate) fn instant(&self) -> Result<Timestamp, XmlFault> {
        self.text(40)?.parse().map_err(|_| self.fault("a date and time with its zone"))
    }

    pub(crate) fn count(&self) -> Result<u64, XmlFault> {
        let text = self.text(15)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| self.fault("a number of 1 to 15 digits"))
    }

    /// Decimal with at most two fraction digits, in minor units.
    pub(crate) fn minor_units(&self) -> Result<i64, XmlFault> {
        parse_minor(&self.text(20)?).ok_or_else(|| self.fault("an amount with at most two decimals"))
    }
}

/// `1234.5` → 123450. No sign, no exponent, at most 16 digits before and two after the point.
pub(crate) fn parse_minor(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 16 || fraction.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{fraction:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

/// 123450 → `1234.50`.
pub(crate) fn format_minor(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// A document being written.
pub(crate) struct Document {
    text: String,
    open: Vec<&'static str>,
}

impl Document {
    pub(crate) fn new(namespace: &str) -> Self {
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{namespace}\">\n");
        Self { text, open: vec!["Document"] }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    /// An element whose children `inside` writes.
    pub(crate) fn element(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.indent();
        self.text.push_str(&format!("<{name}>\n"));
        self.open.push(name);
        inside(self);
        self.open.pop();
        self.indent();
        self.text.push_str(&format!("</{name}>\n"));
    }

    pub(crate) fn leaf(&mut self, name: &'static str, value: &str) {
        self.indent();
        let value = escaped(value);
        self.text.push_str(&format!("<{name}>{value}</{name}>\n"));
    }

    /// A leaf cut to the length its type allows.
    pub(crate) fn short(&mut self, name: &'static str, value: &str, max: usize) {
        let value: String = value.chars().take(max).collect();
        self.leaf(name, &value);
    }

    pub(crate) fn amount(&mut self, name: &'static str, minor: i64, currency: &str) {
        self.indent();
        let (currency, value) = (escaped(currency), format_minor(minor));
        self.text.push_str(&format!("<{name} Ccy=\"{currency}\">{value}</{name}>\n"));
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.text.push_str("</Document>\n");
        self.text.into_bytes()
    }
}

/// A document written without a fixed namespace.
pub(crate) struct Plain {
    text: String,
}

impl Plain {
    pub(crate) fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned() }
    }

    /// An element whose children `inside` writes; `head` is its name, with attributes where it has some.
    pub(crate) fn element(&mut self, head: &str, inside: impl FnOnce(&mut Self)) {
        let name = head.split(' ').next().unwrap_or(head);
        self.text.push_str(&format!("<{head}>"));
        inside(self);
        self.text.push_str(&format!("</{name}>\n"));
    }

    pub(crate) fn leaf(&mut self, name: &str, value: &str) {
        let value = escaped(value);
        self.text.push_str(&format!("<{name}>{value}</{name}>\n"));
    }

    /// A leaf that is left out when it is empty.
    pub(crate) fn filled(&mut self, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.leaf(name, value);
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// Escaped, without the control characters that XML 1.0 has no way to write.
fn escaped(value: &str) -> String {
    let clean: String = value.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect();
    quick_xml::escape::escape(clean.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_count_towards_the_limit_as_others_do() {
        let document = |children: usize, child: &str| format!("<a>{}</a>", child.repeat(children)).into_bytes();
        for child in ["<b/>", "<b></b>"] {
            assert!(tree(&document(ELEMENTS_MAX - 1, child), None).is_ok(), "{child}");
            let limit = XmlFault::TooLarge { limit: ELEMENTS_MAX, unit: "elements" };
            assert_eq!(tree(&document(ELEMENTS_MAX, child), None).err(), Some(limit), "{child}");
        }
    }
}
