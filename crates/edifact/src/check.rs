//! Comparing a message with its segment table and its segments with their definitions: order, groups, repetitions, elements, lengths,
//! characters, codes.
//!
//! What does not fit is reported and skipped, so that one misplaced segment costs one finding. A segment that is in order costs two
//! look-ups and one pass over its separators; everything else happens only when there is something to report.

use std::ops::ControlFlow;

use crate::catalogue as code;
use crate::directory::{self, Directory, Node, Provenance};
use crate::elements::{At, Fault};
use crate::finding::{Finding, Severity};
use crate::limits::{MAX_FINDINGS_PER_CODE, SHOWN_VALUE_CHARS};
use crate::plan::{Plan, Standing};
use crate::segments;
use crate::view::{Message, Segment};

/// Checks a message against the table of its type and release, or the nearest release. For an unknown type the only answer is
/// `EDI-DIR-UNKNOWN`.
pub fn check_message(message: &Message<'_>) -> Vec<Finding> {
    let kind = message.message_type().unwrap_or_default();
    let (version, release) = (message.version().unwrap_or_default(), message.release().unwrap_or_default());
    match directory::find(&kind, &version, &release) {
        Some(known) => run(message, known.plan(segments::set_number(&kind, &release))),
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
    let (kind, release) = (message.message_type().unwrap_or_default(), message.release().unwrap_or_default());
    run(message, &Plan::new(directory, segments::set_number(&kind, &release)))
}

fn run(message: &Message<'_>, plan: &Plan<'_>) -> Vec<Finding> {
    let mut walk = Walk::new(message, plan);
    let service = message.interchange().service_chars();
    for segment in message.segments() {
        let Ok(tag) = segment.tag_bytes().try_into() else { continue };
        let number = plan.tag(tag);
        // A damaged tag is the reader's finding.
        if number.is_none() && !crate::scan::is_tag(&tag) {
            continue;
        }
        if !number.is_some_and(|number| plan.advance(&mut walk.standing, number)) {
            walk.report_step(&segment, tag);
        }
        if let Some(layout) = number.and_then(|number| plan.layout(number)) {
            let (raw, base, marks) = (segment.raw_bytes(), segment.offset(), segment.separators());
            if !layout.is_clean(raw, base, marks.clone(), service) {
                let _ = layout.scan(raw, base, marks, service, |fault, at| {
                    walk.report_fault(&segment, fault, at);
                    ControlFlow::Continue(())
                });
            }
        }
    }
    walk.end(message);
    complete(message, walk.findings)
}

fn tag_of(segment: &Segment<'_>) -> Option<[u8; 3]> {
    segment.tag_bytes().try_into().ok().filter(|tag: &[u8; 3]| crate::scan::is_tag(tag))
}

/// Adds what only the message knows.
fn complete(message: &Message<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().map(|finding| message.attach(finding)).collect()
}

/// Where a segment stands in its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Innermost group around it, for example `SG3`; `None` at the level of the message, and for a segment that has no place.
    pub group: Option<&'static str>,
    /// How many groups stand around it.
    pub depth: usize,
    /// Whether a new occurrence of the group begins with it.
    pub opens: bool,
}

/// The place of every segment of a message, UNH first. Segments of an unknown message type have none.
pub fn placements(message: &Message<'_>) -> impl Iterator<Item = Placement> {
    let kind = message.message_type().unwrap_or_default();
    let (version, release) = (message.version().unwrap_or_default(), message.release().unwrap_or_default());
    let plan = directory::find(&kind, &version, &release).map(|known| known.plan(segments::set_number(&kind, &release)));
    let mut standing = Standing::start();
    message.segments().map(move |segment| {
        let (Some(plan), Some(tag)) = (plan, tag_of(&segment)) else { return Placement::default() };
        let advanced = plan.tag(tag).is_some_and(|number| plan.advance(&mut standing, number));
        if !advanced && plan.step(&mut standing, tag).is_none() {
            return Placement { depth: plan.group(&standing).1, ..Placement::default() };
        }
        let (group, depth, opens) = plan.group(&standing);
        Placement { group, depth, opens }
    })
}

struct Walk<'p, 'd> {
    plan: &'p Plan<'d>,
    standing: Standing,
    findings: Vec<Finding>,
    counts: Vec<(&'static str, usize)>,
    /// Whether the table was made for the release of the message.
    exact: bool,
    /// Whether the definitions of segments were.
    defined: bool,
}

impl<'p, 'd> Walk<'p, 'd> {
    fn new(message: &Message<'_>, plan: &'p Plan<'d>) -> Self {
        let (version, release) = (message.version().unwrap_or_default(), message.release().unwrap_or_default());
        let directory = plan.directory;
        let exact = directory.covers(&version, &release);
        let defined = plan.set.covers(&release);
        let mut walk = Self { plan, standing: Standing::start(), findings: Vec::new(), counts: Vec::new(), exact, defined };
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

    /// Whether a breach is certain enough to be an error.
    fn certain(&self, code: &str) -> bool {
        let provenance = self.plan.directory.provenance;
        match code {
            code::DIR_MISSING_GROUP | code::DIR_MISSING_SEGMENT => self.exact && provenance == Provenance::Published,
            code::DIR_ELEMENT => self.exact && self.defined && provenance != Provenance::Recalled,
            code::DIR_LONG | code::DIR_SHORT | code::DIR_TYPE | code::DIR_EXTRA => {
                self.exact && self.defined && self.plan.set.provenance == Provenance::Published
            }
            _ => self.exact && provenance != Provenance::Recalled,
        }
    }

    /// Keeps a finding unless there are enough of its code.
    fn report(&mut self, code: &'static str, finding: impl FnOnce() -> Finding) {
        let at = self.counts.iter().position(|(known, _)| *known == code).unwrap_or_else(|| {
            self.counts.push((code, 0));
            self.counts.len() - 1
        });
        self.counts[at].1 += 1;
        if self.counts[at].1 > MAX_FINDINGS_PER_CODE {
            return;
        }
        let mut finding = finding();
        if finding.severity == Severity::Error && !self.certain(code) {
            finding.severity = Severity::Warning;
        }
        // Lengths grew from release to release: what a neighbour forbids may well be allowed.
        if !self.defined && matches!(code, code::DIR_LONG | code::DIR_SHORT | code::DIR_TYPE | code::DIR_EXTRA) {
            finding.severity = Severity::Info;
        }
        self.findings.push(finding);
    }

    fn report_step(&mut self, segment: &Segment<'_>, tag: [u8; 3]) {
        match self.plan.step(&mut self.standing, tag) {
            Some(step) => {
                for node in step.missing {
                    self.report_missing(segment, node);
                }
                if step.count > step.node.max {
                    self.report_repeat(segment, step.node, step.count);
                }
            }
            None if self.plan.tag(tag).is_some() => self.report(code::DIR_ORDER, || {
                let tag = segment.tag();
                let text = (
                    format!("段 {tag} 在此处不允许（顺序错误或缺少段组首段）。"),
                    format!("Segment {tag} is not allowed here (wrong order, or the first segment of its group is missing)."),
                );
                segment.own_finding(code::DIR_ORDER, 0, text)
            }),
            None => {
                let kind = &self.plan.directory.message_type;
                self.report(code::DIR_UNEXPECTED, || {
                    let tag = segment.tag();
                    let text = (format!("报文 {kind} 中没有段 {tag}。"), format!("Message type {kind} has no segment {tag}."));
                    segment.own_finding(code::DIR_UNEXPECTED, 0, text)
                });
            }
        }
    }

    fn report_repeat(&mut self, segment: &Segment<'_>, node: &Node, count: u32) {
        let code = if node.is_group() { code::DIR_GROUP_REPEAT } else { code::DIR_REPEAT };
        self.report(code, || {
            let (name, max) = (&node.name, node.max);
            let text =
                (format!("{name} 第 {count} 次出现，最多允许 {max} 次。"), format!("{name} occurs {count} times; {max} are allowed."));
            segment.own_finding(code, 0, text)
        });
    }

    fn report_missing(&mut self, segment: &Segment<'_>, node: &Node) {
        let name = &node.name;
        if node.is_group() {
            self.report(code::DIR_MISSING_GROUP, || {
                let first = node.children[0].name.as_str();
                let text = (
                    format!("此处之前缺少必备段组 {name}（首段 {first}）。"),
                    format!("Mandatory group {name} (first segment {first}) is missing before this segment."),
                );
                segment.own_finding(code::DIR_MISSING_GROUP, 0, text)
            });
        } else {
            self.report(code::DIR_MISSING_SEGMENT, || {
                let text = (format!("此处之前缺少必备段 {name}。"), format!("Mandatory segment {name} is missing before this segment."));
                segment.own_finding(code::DIR_MISSING_SEGMENT, 0, text)
            });
        }
    }

    fn report_fault(&mut self, segment: &Segment<'_>, fault: Fault, at: At) {
        let tag = segment.tag();
        let value = || segment.repeated_comp(at.element, at.repetition, at.component).unwrap_or_default();
        let id = self.element_id(tag, at);
        let place = if id.is_empty() { format!("{tag} {}", at.element) } else { format!("{tag} {} ({id})", at.element) };
        let (code, text) = match fault {
            Fault::Missing => (
                code::DIR_ELEMENT,
                (
                    format!("{place} 缺少必填数据元（成分 {}）。", at.component.max(1)),
                    format!("{place}: the mandatory element is missing (component {}).", at.component.max(1)),
                ),
            ),
            Fault::Extra if at.component == 0 => (
                code::DIR_EXTRA,
                (
                    format!("段 {tag} 只有 {} 个数据元，多余部分未使用。", at.element - 1),
                    format!("Segment {tag} has {} elements; what follows them is surplus.", at.element - 1),
                ),
            ),
            Fault::Extra => (
                code::DIR_EXTRA,
                (
                    format!("{tag} 的数据元 {} 没有第 {} 个成分。", at.element, at.component),
                    format!("Element {} of {tag} has no component {}.", at.element, at.component),
                ),
            ),
            Fault::Long(representation) => {
                let length = counted(&value(), representation.characters);
                if length <= usize::from(representation.longest) {
                    return;
                }
                let text = (
                    format!("{place} 长 {length} 个字符，最多允许 {}（{representation}）。", representation.longest),
                    format!("{place} has {length} characters; {} are allowed ({representation}).", representation.longest),
                );
                (code::DIR_LONG, text)
            }
            Fault::Short(representation) => {
                let length = value().chars().count();
                if length >= usize::from(representation.shortest) {
                    return;
                }
                let text = (
                    format!("{place} 长 {length} 个字符，应为 {}（{representation}）。", representation.shortest),
                    format!("{place} has {length} characters instead of {} ({representation}).", representation.shortest),
                );
                (code::DIR_SHORT, text)
            }
            Fault::Type(representation) => {
                let value = shown(&value());
                let text = (
                    format!("{place} 的值“{value}”不符合 {representation}。"),
                    format!("{place}: \"{value}\" is not of the kind {representation}."),
                );
                (code::DIR_TYPE, text)
            }
            Fault::Code(list) => {
                let (value, name, element) = (shown(&value()), list.name, list.element);
                let text = (
                    format!("{place} 的代码“{value}”不在代码表 {element} 中。"),
                    format!("{place}: code \"{value}\" is not in code list {element} ({name})."),
                );
                (code::DIR_CODE, text)
            }
        };
        // What is missing stands where it ought to; what is wrong, where it is.
        let missing = matches!(fault, Fault::Missing) && at.repetition == 0;
        let offset = if missing { segment.pos_at(at.element, at.component).offset } else { segment.offset() + at.from };
        self.report(code, || Finding {
            offset,
            element: u16::try_from(at.element).ok(),
            component: u16::try_from(at.component).ok().filter(|&component| component > 0),
            ..segment.own_finding(code, 0, text)
        });
    }

    /// Number of the element or component in the directory; empty if it has none.
    fn element_id(&self, tag: &str, at: At) -> &'static str {
        let shape = segments::segment_shape(self.plan.set.releases[0], tag);
        let Some(element) = shape.and_then(|shape| shape.elements.get(at.element - 1)) else { return "" };
        match at.component.checked_sub(1) {
            None => element.id,
            Some(component) => element.components.get(component).map_or("", |component| component.id),
        }
    }

    /// What is still missing when the message ends. A missing UNT is the reader's finding.
    fn end(&mut self, message: &Message<'_>) {
        let Some(last) = message.segments().next_back() else { return };
        for node in self.plan.rest(&self.standing).into_iter().filter(|node| node.name != "UNT") {
            self.report_missing(&last, node);
        }
    }
}

/// Length of a value as ISO 9735 counts it: without sign and decimal mark in a number.
fn counted(value: &str, characters: segments::Characters) -> usize {
    match characters {
        segments::Characters::Numeric => value.chars().filter(|c| !matches!(c, '-' | '.' | ',')).count(),
        segments::Characters::Alphabetic | segments::Characters::Any => value.chars().count(),
    }
}

/// A value as a finding quotes it.
fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
