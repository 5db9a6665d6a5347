//! The envelope: interchange (UNB–UNZ), functional group (UNG–UNE), message (UNH–UNT), and every way in which they fail to fit.
//!
//! Source: ISO 9735-1:2002 §§7–9 (batch EDI). Interactive EDI (UIB…) and packages (UNO) are not interpreted.

use crate::build::{Build, Closed, GroupIndex, InterchangeIndex, MessageIndex, Open, quoted};
use crate::catalogue as code;
use crate::charset::Charset;
use crate::contrl::{GroupHead, InterchangeHead, MessageHead};
use crate::scan::Flow;
use crate::view::Segment;

/// Mandatory elements of a service segment as (element, component), and how many elements it may have.
/// Source: ISO 9735:1988 annex B and ISO 9735-1:2002 annex; the larger maximum of the two.
fn service_rule(tag: &[u8]) -> Option<(&'static [(u16, u16)], usize)> {
    Some(match tag {
        b"UNB" => (&[(1, 1), (1, 2), (2, 1), (3, 1), (4, 1), (4, 2), (5, 1)], 11),
        b"UNG" => (&[(5, 1)], 8),
        b"UNH" => (&[(1, 1), (2, 1), (2, 2), (2, 3), (2, 4)], 7),
        b"UNT" | b"UNE" | b"UNZ" => (&[(1, 1), (2, 1)], 2),
        _ => return None,
    })
}

/// A control count (0036, 0060, 0074): digits, leading zeros allowed.
fn count(raw: &[u8]) -> Option<u32> {
    std::str::from_utf8(raw).ok()?.trim().parse().ok()
}

/// Stands for a sender, recipient and reference in the list of interchanges seen: unambiguous, since lengths are part of it.
fn identity(unb: &Segment<'_>) -> Vec<u8> {
    let mut identity = Vec::new();
    for (element, component) in [(2, 1), (2, 2), (3, 1), (3, 2), (5, 1)] {
        let part = unb.raw(element, component).unwrap_or_default();
        identity.extend_from_slice(&part.len().to_le_bytes());
        identity.extend_from_slice(part);
    }
    identity
}

impl Build {
    /// A segment that belongs to the envelope or stands outside every message.
    pub fn envelope_segment(&mut self, bytes: &[u8]) -> Flow {
        let number = self.last();
        let tag: [u8; 3] = self.segment(bytes, number).tag_bytes().try_into().unwrap_or(*b"???");
        match &tag {
            b"UNB" => {
                self.close_interchange(bytes, number);
                return self.open_interchange(bytes, Some(number));
            }
            b"UNG" => return self.on_ung(bytes, number),
            b"UNH" => return self.on_unh(bytes, number),
            b"UNT" => self.on_unt(bytes, number),
            b"UNE" => self.on_une(bytes, number),
            b"UNZ" => {
                self.on_unz(bytes, number);
                return Flow::Rescan(self.segment(bytes, number).end() + 1);
            }
            _ => self.on_other(bytes, number),
        }
        Flow::Next
    }

    /// Too many of something: the rest is not read.
    fn too_many(&mut self, bytes: &[u8], code: &'static str, number: u32, limit: usize, (zh, en): (&str, &str)) -> Flow {
        self.report(bytes, code, number, (0, 0), || {
            (format!("文件超过 {limit} 个{zh}，其余部分未读取。"), format!("The file has more than {limit} {en}; the rest was not read."))
        });
        Flow::Stop
    }

    /// Opens an interchange at UNB, or without one when a message comes bare.
    fn open_interchange(&mut self, bytes: &[u8], unb: Option<u32>) -> Flow {
        let first = self.last();
        if self.interchange_count as usize >= self.limits.interchanges {
            return self.too_many(bytes, code::SIZE_INTERCHANGES, first, self.limits.interchanges, ("交换", "interchanges"));
        }
        self.message_references.clear();
        self.group_references.clear();
        self.outside = false;
        let index = InterchangeIndex {
            service: self.service,
            charset: self.charset,
            una: self.una.take(),
            unb,
            unz: None,
            segments: (first, first),
            groups: (self.group_count, self.group_count),
            messages: (self.message_count, self.message_count),
        };
        self.open_interchange = Some(Open { number: self.interchange_count, index });
        self.interchange_count += 1;
        self.interchange_reference.clear();
        let Some(unb) = unb else {
            if self.streaming {
                self.heads.interchanges.push(InterchangeHead::bare(self.interchange_count));
            }
            self.report(bytes, code::UNB_MISSING, first, (0, 0), || {
                (
                    "报文没有交换头 UNB，按单独报文读取。".into(),
                    "There is no interchange header UNB; the message is read on its own.".into(),
                )
            });
            return Flow::Next;
        };
        self.on_unb(bytes, unb);
        Flow::Next
    }

    fn on_unb(&mut self, bytes: &[u8], unb: u32) {
        let header = self.segment(bytes, unb);
        let head = self.streaming.then(|| InterchangeHead::of(self.interchange_count, &header));
        let (id, version) = (header.raw(1, 1).unwrap_or_default().to_vec(), header.raw(1, 2).unwrap_or_default().to_vec());
        let reference = header.raw(5, 1).unwrap_or_default().to_vec();
        let identity = identity(&header);
        self.heads.interchanges.extend(head);
        if Charset::from_syntax_id(&id).is_none() && !id.is_empty() {
            let shown = quoted(&id);
            self.report(bytes, code::SYNTAX_ID, unb, (1, 1), || {
                (format!("未知的语法标识“{shown}”，按 UNOB 读取。"), format!("Unknown syntax identifier \"{shown}\"; read as UNOB."))
            });
        }
        if !version.is_empty() && !matches!(&version[..], b"1" | b"2" | b"3" | b"4") {
            let shown = quoted(&version);
            self.report(bytes, code::SYNTAX_VERSION, unb, (1, 2), || {
                (format!("未知的语法版本“{shown}”（应为 1 至 4）。"), format!("Unknown syntax version \"{shown}\" (1 to 4 are known)."))
            });
        }
        self.check_service(bytes, unb);
        if !reference.is_empty()
            && let Some(before) = self.interchange_references.note(&identity, unb)
        {
            let (shown, before) = (quoted(&reference), before + 1);
            self.report(bytes, code::UNB_DUPLICATE, unb, (5, 0), || {
                (
                    format!("同一收发方的交换参考号“{shown}”重复，第 {before} 段已使用。"),
                    format!("Interchange reference \"{shown}\" of the same sender and recipient was already used in segment {before}."),
                )
            });
        }
        self.interchange_reference = reference;
    }

    fn on_ung(&mut self, bytes: &[u8], number: u32) -> Flow {
        self.close_message(bytes, number);
        self.close_group(bytes);
        if self.group_count as usize >= self.limits.interchanges {
            return self.too_many(bytes, code::SIZE_INTERCHANGES, number, self.limits.interchanges, ("功能组", "groups"));
        }
        if self.open_interchange.is_none() && self.open_interchange(bytes, None) == Flow::Stop {
            return Flow::Stop;
        }
        self.message_references.clear();
        let mixed = self
            .open_interchange
            .as_ref()
            .is_some_and(|open| open.index.groups.0 == self.group_count && open.index.messages.0 < self.message_count);
        if mixed {
            self.report_mixed(bytes, number);
        }
        let index = GroupIndex { ung: number, une: None, messages: (self.message_count, self.message_count) };
        self.open_group = Some(Open { number: self.group_count, index });
        self.group_count += 1;
        self.outside = false;
        self.check_service(bytes, number);
        let header = self.segment(bytes, number);
        let reference = header.raw(5, 1).unwrap_or_default().to_vec();
        if self.streaming {
            let head = GroupHead::of(self.interchange_count, self.group_count, &header);
            self.heads.groups.push(head);
        }
        if !reference.is_empty()
            && let Some(before) = self.group_references.note(&reference, number)
        {
            self.report_duplicate(bytes, code::UNG_DUPLICATE, number, 5, before, ("功能组", "Group"), &reference);
        }
        self.group_reference = reference;
        Flow::Next
    }

    fn report_mixed(&mut self, bytes: &[u8], number: u32) {
        self.report(bytes, code::GROUP_MIXED, number, (0, 0), || {
            ("同一交换中既有功能组又有组外报文。".into(), "The interchange mixes functional groups with messages outside of them.".into())
        });
    }

    #[expect(clippy::too_many_arguments, reason = "a place, a code and the words of one sentence")]
    fn report_duplicate(
        &mut self,
        bytes: &[u8],
        code: &'static str,
        number: u32,
        element: u16,
        before: u32,
        (zh, en): (&str, &str),
        reference: &[u8],
    ) {
        let (before, shown) = (before + 1, quoted(reference));
        self.report(bytes, code, number, (element, 0), || {
            (
                format!("{zh}参考号“{shown}”重复，第 {before} 段已使用。"),
                format!("{en} reference \"{shown}\" was already used in segment {before}."),
            )
        });
    }

    fn on_unh(&mut self, bytes: &[u8], number: u32) -> Flow {
        if self.message_count as usize >= self.limits.messages {
            return self.too_many(bytes, code::SIZE_MESSAGES, number, self.limits.messages, ("报文", "messages"));
        }
        self.close_message(bytes, number);
        if self.open_interchange.is_none() && self.open_interchange(bytes, None) == Flow::Stop {
            return Flow::Stop;
        }
        let group = self.open_group.as_ref().map(|open| open.number);
        let index = MessageIndex { segments: (number, number + 1), unt: false, interchange: self.interchange_count - 1, group };
        self.open_message = Some(Open { number: self.message_count, index });
        self.message_count += 1;
        self.outside = false;
        self.message_reference.clear();
        // Read again, so that the segment borrows neither.
        let range = self.segment(bytes, number).raw_range(1, 1);
        if let Some((from, to)) = range {
            self.message_reference.extend_from_slice(&bytes[from..to]);
        }
        if self.streaming {
            let header = self.segment(bytes, number);
            let (head, offset) = (MessageHead::of(self.message_count, self.interchange_count, group, &header), header.offset());
            self.heads.message = head;
            self.heads.message_offset = self.window + offset;
        }
        let grouped = self.open_interchange.as_ref().is_some_and(|open| open.index.groups.0 < self.group_count);
        if group.is_none() && grouped {
            self.report_mixed(bytes, number);
        }
        self.check_service(bytes, number);
        if let Some((from, to)) = range
            && let Some(before) = self.message_references.note(&bytes[from..to], number)
        {
            self.report_duplicate(bytes, code::UNH_DUPLICATE, number, 1, before, ("报文", "Message"), &bytes[from..to]);
        }
        Flow::Next
    }

    fn on_unt(&mut self, bytes: &[u8], number: u32) {
        let Some(first) = self.open_message.as_ref().map(|open| open.index.segments.0) else {
            self.orphan(bytes, code::UNT_ORPHAN, number, ("UNT", "UNH"));
            return;
        };
        let actual = number - first + 1;
        self.check_service(bytes, number);
        self.check_count(bytes, code::UNT_COUNT, number, actual, ("段数（含 UNH 和 UNT）", "segments, UNH and UNT included"));
        let opened = std::mem::take(&mut self.message_reference);
        self.check_reference(bytes, code::UNT_REFERENCE, number, &opened, "UNH");
        self.message_reference = opened;
        self.end_message(number + 1, true);
    }

    fn on_une(&mut self, bytes: &[u8], number: u32) {
        self.close_message(bytes, number);
        let Some(before) = self.open_group.as_ref().map(|open| open.index.messages.0) else {
            self.orphan(bytes, code::UNE_ORPHAN, number, ("UNE", "UNG"));
            return;
        };
        self.check_service(bytes, number);
        let actual = self.message_count - before;
        self.check_count(bytes, code::UNE_COUNT, number, actual, ("报文数", "messages"));
        let opened = std::mem::take(&mut self.group_reference);
        self.check_reference(bytes, code::UNE_REFERENCE, number, &opened, "UNG");
        self.end_group(Some(number));
        self.message_references.clear();
    }

    fn on_unz(&mut self, bytes: &[u8], number: u32) {
        self.close_message(bytes, number);
        self.close_group(bytes);
        let opened = self.open_interchange.as_ref().filter(|open| open.index.unb.is_some());
        let Some((groups_before, messages_before)) = opened.map(|open| (open.index.groups.0, open.index.messages.0)) else {
            self.orphan(bytes, code::UNZ_ORPHAN, number, ("UNZ", "UNB"));
            self.close_interchange(bytes, number);
            return;
        };
        self.check_service(bytes, number);
        let (groups, messages) = (self.group_count - groups_before, self.message_count - messages_before);
        let (actual, words) = if groups > 0 { (groups, ("功能组数", "groups")) } else { (messages, ("报文数", "messages")) };
        self.check_count(bytes, code::UNZ_COUNT, number, actual, words);
        let opened = std::mem::take(&mut self.interchange_reference);
        self.check_reference(bytes, code::UNZ_REFERENCE, number, &opened, "UNB");
        if messages == 0 {
            self.report(bytes, code::INTERCHANGE_EMPTY, number, (0, 0), || {
                ("交换中没有报文。".into(), "The interchange holds no message.".into())
            });
        }
        self.end_interchange(number + 1, Some(number));
    }

    fn on_other(&mut self, bytes: &[u8], number: u32) {
        if self.open_message.is_some() || std::mem::replace(&mut self.outside, true) {
            return;
        }
        let shown = quoted(self.segment(bytes, number).tag_bytes());
        self.report(bytes, code::SEGMENT_OUTSIDE, number, (0, 0), || {
            (
                format!("段“{shown}”在任何报文之外（UNT 与下一个 UNH 之间，或缺少 UNH）。"),
                format!("Segment \"{shown}\" stands outside every message (between UNT and the next UNH, or UNH is missing)."),
            )
        });
    }

    fn orphan(&mut self, bytes: &[u8], finding: &'static str, number: u32, (tag, header): (&str, &str)) {
        self.report(bytes, finding, number, (0, 0), || {
            (format!("{tag} 没有对应的 {header}。"), format!("{tag} has no {header} that it could close."))
        });
    }

    fn close_message(&mut self, bytes: &[u8], before: u32) {
        if self.open_message.is_some() {
            let shown = quoted(&self.message_reference);
            self.missing(bytes, code::UNT_MISSING, "UNT", (&format!("报文“{shown}”"), &format!("message \"{shown}\"")));
            self.end_message(before, false);
        }
    }

    fn close_group(&mut self, bytes: &[u8]) {
        if self.open_group.is_some() {
            let shown = quoted(&self.group_reference);
            self.missing(bytes, code::UNE_MISSING, "UNE", (&format!("功能组“{shown}”"), &format!("group \"{shown}\"")));
            self.end_group(None);
        }
    }

    /// Closes an interchange whose trailer is missing, and what is open in it.
    pub fn close_interchange(&mut self, bytes: &[u8], before: u32) {
        self.close_message(bytes, before);
        self.close_group(bytes);
        let Some(open) = &self.open_interchange else { return };
        if open.index.unb.is_some() {
            let shown = quoted(&self.interchange_reference);
            self.missing(bytes, code::UNZ_MISSING, "UNZ", (&format!("交换“{shown}”"), &format!("interchange \"{shown}\"")));
        }
        self.end_interchange(before, None);
    }

    fn end_message(&mut self, end: u32, unt: bool) {
        let Some(mut open) = self.open_message.take() else { return };
        open.index.segments.1 = end;
        open.index.unt = unt;
        self.ended_message = Some((open.number, open.index));
        if !self.streaming {
            self.messages.push(open.index);
            return;
        }
        let (service, charset) =
            self.open_interchange.as_ref().map_or((self.service, self.charset), |open| (open.index.service, open.index.charset));
        let head = std::mem::take(&mut self.heads.message);
        self.closed = Some(Closed { index: open.index, head, offset: self.heads.message_offset, service, charset });
    }

    fn end_group(&mut self, une: Option<u32>) {
        let Some(mut open) = self.open_group.take() else { return };
        open.index.une = une;
        open.index.messages.1 = self.message_count;
        if !self.streaming {
            self.groups.push(open.index);
        } else if let Some(head) = self.heads.groups.last_mut() {
            head.une = une.map(|une| une + 1);
        }
    }

    fn end_interchange(&mut self, end: u32, unz: Option<u32>) {
        let Some(mut open) = self.open_interchange.take() else { return };
        open.index.segments.1 = end;
        open.index.groups.1 = self.group_count;
        open.index.messages.1 = self.message_count;
        open.index.unz = unz;
        self.ended_interchange = Some((open.number, end));
        self.outside = false;
        self.message_references.clear();
        if !self.streaming {
            self.interchanges.push(open.index);
        }
    }

    /// A trailer is missing: reported at the segment where it should have stood, or at the last one of the file.
    fn missing(&mut self, bytes: &[u8], finding: &'static str, tag: &str, (zh, en): (&str, &str)) {
        let number = self.last();
        self.report(bytes, finding, number, (0, 0), || {
            (format!("{zh}缺少结束段 {tag}。"), format!("The trailer {tag} of {en} is missing."))
        });
    }

    /// Compares a control count (0074, 0060, 0036) with what is there.
    fn check_count(&mut self, bytes: &[u8], finding: &'static str, number: u32, actual: u32, (zh, en): (&str, &str)) {
        let Some(raw) = self.segment(bytes, number).raw(1, 1) else { return };
        if count(raw) == Some(actual) {
            return;
        }
        let text = quoted(raw);
        self.report(bytes, finding, number, (1, 0), || {
            (
                format!("控制计数为“{text}”，实际{zh}为 {actual}。"),
                format!("The control count says \"{text}\", but there are {actual} {en}."),
            )
        });
    }

    /// Compares the reference in a trailer with the one in its header.
    fn check_reference(&mut self, bytes: &[u8], finding: &'static str, trailer: u32, opened: &[u8], tag: &str) {
        let Some(sent) = self.segment(bytes, trailer).raw(2, 1) else { return };
        if opened.is_empty() || sent == opened {
            return;
        }
        let (sent, opened) = (quoted(sent), quoted(opened));
        self.report(bytes, finding, trailer, (2, 0), || {
            (
                format!("控制参考号“{sent}”与 {tag} 中的“{opened}”不一致。"),
                format!("Control reference \"{sent}\" differs from \"{opened}\" in {tag}."),
            )
        });
    }

    /// Mandatory elements of a service segment, and too many of them.
    fn check_service(&mut self, bytes: &[u8], number: u32) {
        let segment = self.segment(bytes, number);
        let Some((mandatory, most)) = service_rule(segment.tag_bytes()) else { return };
        let missing: Vec<(u16, u16)> = mandatory.iter().copied().filter(|&(e, c)| segment.raw(e.into(), c.into()).is_none()).collect();
        let count = segment.element_count();
        if missing.is_empty() && count <= most {
            return;
        }
        let tag = quoted(segment.tag_bytes());
        for (element, component) in missing {
            self.report(bytes, code::SERVICE_ELEMENT, number, (element, component), || {
                (
                    format!("{tag} 缺少必填数据元 {element}（成分 {component}）。"),
                    format!("{tag} lacks its mandatory element {element} (component {component})."),
                )
            });
        }
        if count > most {
            let extra = u16::try_from(most + 1).unwrap_or(u16::MAX);
            self.report(bytes, code::SERVICE_EXTRA, number, (extra, 0), || {
                (format!("{tag} 有 {count} 个数据元，最多允许 {most} 个。"), format!("{tag} has {count} elements; {most} are allowed."))
            });
        }
    }
}
