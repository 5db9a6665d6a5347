//! Comparing a message with its segment table: order, groups, repetitions, mandatory elements.
//!
//! The walk is the usual one for EDIFACT: a segment is looked for from the current position on, first in the innermost open group,
//! then outwards; finding a group's first segment opens it again. What does not fit is reported and skipped, so that one
//! misplaced segment costs one finding.

use crate::catalogue as code;
use crate::directory::{Directory, Node, Provenance};
use crate::finding::{Finding, Severity};
use crate::limits::MAX_FINDINGS_PER_CODE;
use crate::view::{Message, Segment};

/// Checks a message against the table of its type and release, or the nearest release. For an unknown type the only answer is
/// `EDI-DIR-UNKNOWN`.
pub fn check_message(message: &Message<'_>) -> Vec<Finding> {
    let kind = message.message_type().unwrap_or_default();
    match Directory::find(&kind, &message.version().unwrap_or_default(), &message.release().unwrap_or_default()) {
        Some(directory) => check(message, directory),
        None => {
            let text = (
                format!("没有报文类型“{kind}”的目录，未校验结构。"),
                format!("There is no directory for message type \"{kind}\"; its structure was not checked."),
            );
            complete(message, vec![message.unh().own_finding(code::DIR_UNKNOWN, 2, text)])
        }
    }
}

/// Checks a message against a segment table. Differences are errors only if the table is verified and made for the message's release.
pub fn check(message: &Message<'_>, directory: &Directory) -> Vec<Finding> {
    let mut walk = Walk::new(message, directory);
    for segment in message.segments() {
        // A damaged tag is the reader's finding.
        let tag: Option<[u8; 3]> = segment.tag_bytes().try_into().ok();
        if let Some(tag) = tag.filter(|tag| crate::scan::is_tag(tag)) {
            walk.step(&segment, tag);
        }
    }
    walk.end(message);
    complete(message, walk.findings)
}

/// Adds what only the message knows.
fn complete(message: &Message<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().map(|finding| message.attach(finding)).collect()
}

/// A list of positions being walked: the table itself or an open group.
struct Frame<'d> {
    nodes: &'d [Node],
    at: usize,
    count: u32,
}

impl<'d> Frame<'d> {
    /// Mandatory positions between the current one and `until`.
    fn missing(&self, until: usize) -> impl Iterator<Item = &'d Node> + use<'d> {
        let (nodes, at, count) = (self.nodes, self.at, self.count);
        (at..until).filter(move |&i| nodes[i].mandatory && (i > at || count == 0)).map(move |i| &nodes[i])
    }
}

/// Whether a position that is already full may take one more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fullness {
    Respected,
    Ignored,
}

struct Walk<'d> {
    directory: &'d Directory,
    stack: Vec<Frame<'d>>,
    findings: Vec<Finding>,
    exact: bool,
}

impl<'d> Walk<'d> {
    fn new(message: &Message<'_>, directory: &'d Directory) -> Self {
        let (version, release) = (message.version().unwrap_or_default(), message.release().unwrap_or_default());
        let exact = directory.covers(&version, &release);
        let mut walk = Self { directory, stack: vec![Frame { nodes: &directory.nodes, at: 0, count: 0 }], findings: Vec::new(), exact };
        let used = format!("{}.{}", directory.version, directory.releases[0]);
        if !exact {
            let text = (
                format!("没有 {version}.{release} 版目录，按最接近的 {used} 版校验，差异仅为警告。"),
                format!("There is no directory for {version}.{release}; {used} was used, and differences are warnings."),
            );
            walk.findings.push(message.unh().own_finding(code::DIR_NEAREST, 2, text));
        }
        if directory.provenance != Provenance::Published {
            let source = &directory.source;
            let text = (
                format!("{used} 版目录未与发布文本逐行核对（{source}）。"),
                format!("The {used} table was not compared line by line with the publication ({source})."),
            );
            walk.findings.push(message.unh().own_finding(code::DIR_RECALLED, 2, text));
        }
        walk
    }

    fn report(&mut self, code: &'static str, segment: &Segment<'_>, text: (String, String)) {
        if self.findings.iter().filter(|finding| finding.code == code).count() >= MAX_FINDINGS_PER_CODE {
            return;
        }
        let about_status = code == code::DIR_MISSING_GROUP || code == code::DIR_MISSING_SEGMENT;
        let certain = match self.directory.provenance {
            Provenance::Published => true,
            Provenance::Transcribed => !about_status,
            Provenance::Recalled => false,
        };
        let mut finding = segment.own_finding(code, 0, text);
        if !(certain && self.exact) && finding.severity == Severity::Error {
            finding.severity = Severity::Warning;
        }
        self.findings.push(finding);
    }

    fn step(&mut self, segment: &Segment<'_>, tag: [u8; 3]) {
        let found = self.find(tag, Fullness::Respected).or_else(|| self.find(tag, Fullness::Ignored));
        match found {
            Some((depth, position)) => {
                let node = self.move_to(segment, depth, position);
                self.check_elements(segment, node.elements);
            }
            None if self.directory.nodes.iter().any(|node| node.contains(tag)) => {
                let tag = segment.tag();
                let text = (
                    format!("段 {tag} 在此处不允许（顺序错误或缺少段组首段）。"),
                    format!("Segment {tag} is not allowed here (wrong order, or the first segment of its group is missing)."),
                );
                self.report(code::DIR_ORDER, segment, text);
            }
            None => {
                let (kind, tag) = (&self.directory.message_type, segment.tag());
                let text = (format!("报文 {kind} 中没有段 {tag}。"), format!("Message type {kind} has no segment {tag}."));
                self.report(code::DIR_UNEXPECTED, segment, text);
            }
        }
    }

    /// The position a tag stands for, from the innermost open group outwards.
    fn find(&self, tag: [u8; 3], fullness: Fullness) -> Option<(usize, usize)> {
        for (depth, frame) in self.stack.iter().enumerate().rev() {
            for (position, node) in frame.nodes.iter().enumerate().skip(frame.at) {
                if !node.matches(tag) {
                    continue;
                }
                // The trigger again means the group again, which the frame outside sees.
                let trigger = depth > 0 && position == 0;
                let full = position == frame.at && frame.count >= node.max;
                if !trigger && (!full || fullness == Fullness::Ignored) {
                    return Some((depth, position));
                }
            }
        }
        None
    }

    fn move_to(&mut self, segment: &Segment<'_>, depth: usize, position: usize) -> &'d Node {
        let mut missing: Vec<&Node> = Vec::new();
        for frame in self.stack.drain(depth + 1..) {
            missing.extend(frame.missing(frame.nodes.len()));
        }
        let frame = &mut self.stack[depth];
        missing.extend(frame.missing(position));
        if position == frame.at {
            frame.count += 1;
        } else {
            (frame.at, frame.count) = (position, 1);
        }
        let (nodes, count) = (frame.nodes, frame.count);
        let node = &nodes[position];
        if node.is_group() {
            self.stack.push(Frame { nodes: &node.children, at: 0, count: 1 });
        }
        for node in missing {
            self.report_missing(segment, node);
        }
        if count > node.max {
            let (name, max) = (&node.name, node.max);
            let finding = if node.is_group() { code::DIR_GROUP_REPEAT } else { code::DIR_REPEAT };
            let text = (
                format!("{name} 第 {count} 次出现，最多允许 {max} 次。"),
                format!("{name} occurs for the {count}. time; {max} are allowed."),
            );
            self.report(finding, segment, text);
        }
        node
    }

    fn report_missing(&mut self, segment: &Segment<'_>, node: &Node) {
        let name = &node.name;
        if node.is_group() {
            let first = node.children[0].name.as_str();
            let text = (
                format!("此处之前缺少必备段组 {name}（首段 {first}）。"),
                format!("Mandatory group {name} (first segment {first}) is missing before this segment."),
            );
            self.report(code::DIR_MISSING_GROUP, segment, text);
        } else {
            let text = (format!("此处之前缺少必备段 {name}。"), format!("Mandatory segment {name} is missing before this segment."));
            self.report(code::DIR_MISSING_SEGMENT, segment, text);
        }
    }

    fn check_elements(&mut self, segment: &Segment<'_>, mandatory: &[(usize, usize)]) {
        for &(element, component) in mandatory {
            if segment.raw(element, component).is_some() {
                continue;
            }
            let tag = segment.tag();
            let text = (
                format!("{tag} 缺少必填数据元 {element}（成分 {}）。", component.max(1)),
                format!("{tag} lacks its mandatory element {element} (component {}).", component.max(1)),
            );
            let before = self.findings.len();
            self.report(code::DIR_ELEMENT, segment, text);
            if let Some(finding) = self.findings.get_mut(before) {
                let pos = segment.pos_at(element, component);
                finding.offset = pos.offset;
                finding.element = Some(pos.element);
                finding.component = (component > 0).then_some(pos.component);
            }
        }
    }

    /// What is still missing when the message ends. A missing UNT is the reader's finding.
    fn end(&mut self, message: &Message<'_>) {
        let Some(last) = message.segments().next_back() else { return };
        let frames: Vec<Frame<'d>> = self.stack.drain(..).rev().collect();
        for frame in frames {
            for node in frame.missing(frame.nodes.len()).filter(|node| node.name != "UNT") {
                self.report_missing(&last, node);
            }
        }
    }
}
