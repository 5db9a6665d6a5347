//! Characters: whether the bytes of a segment are in the repertoire of their interchange.
//!
//! The kernels mark the bytes that may not be; only segments with such bytes come here.

use crate::build::Build;
use crate::catalogue as code;
use crate::charset::{ByteClass, Charset};
use crate::service::ServiceChars;

/// What each byte is in a repertoire with certain service characters. Made once for a run of segments.
#[derive(Debug)]
pub(crate) struct Classes {
    service: ServiceChars,
    charset: Charset,
    of_byte: Box<[ByteClass; 256]>,
}

impl Classes {
    fn new(service: ServiceChars, charset: Charset) -> Self {
        let mut of_byte = Box::new([ByteClass::Allowed; 256]);
        for (byte, class) in (0..=u8::MAX).zip(of_byte.iter_mut()) {
            if !service.is_special(byte) {
                *class = charset.class(byte);
            }
        }
        Self { service, charset, of_byte }
    }
}

impl Build {
    /// Checks the segment that was just read; its interchange may have ended with it. Segments outside interchanges have no repertoire.
    pub fn check_characters(&mut self, bytes: &[u8], number: u32) {
        let ended = self.ended_interchange.is_some_and(|(_, end)| end == number + 1);
        if self.open_interchange.is_none() && !ended {
            return;
        }
        let (service, charset) = (self.service, self.charset);
        let classes = match self.classes.take() {
            Some(classes) if classes.service == service && classes.charset == charset => classes,
            Some(_) | None => Classes::new(service, charset),
        };
        let segment = self.segment(bytes, number);
        let (start, raw) = (segment.offset(), segment.raw_bytes());
        let first = |wanted: ByteClass| raw.iter().position(|&b| classes.of_byte[usize::from(b)] == wanted);
        let (mut lower, mut outside, mut foreign) = (None, None, None);
        if raw.iter().any(|&b| classes.of_byte[usize::from(b)] != ByteClass::Allowed) {
            lower = first(ByteClass::LowerCase).map(|at| (code::CHAR_LOWER, at));
            outside = first(ByteClass::NotInRepertoire).map(|at| (code::CHAR_SET, at));
            foreign = first(ByteClass::NotAscii).map(|at| {
                let utf8 = std::str::from_utf8(raw).is_ok();
                (if utf8 { code::CHARSET_UTF8 } else { code::CHARSET_BYTES }, at)
            });
        } else if let Some(at) = charset.invalid_at(raw) {
            foreign = Some((code::CHARSET_BYTES, at));
        }
        self.classes = Some(classes);
        for (finding, at) in [lower, outside, foreign].into_iter().flatten() {
            self.report_byte(bytes, finding, number, start + at);
        }
    }

    fn report_byte(&mut self, bytes: &[u8], finding: &'static str, number: u32, at: usize) {
        let ended = self.ended_message.filter(|(_, index)| index.segments.1 == number + 1);
        let message = self.open_message.as_ref().map(|open| open.number + 1).or(ended.map(|(number, _)| number + 1));
        let interchange =
            self.open_interchange.as_ref().map(|open| open.number + 1).or(self.ended_interchange.map(|(number, _)| number + 1));
        if !self.findings.admit(finding, message, interchange) {
            return;
        }
        let place = self.place_in(bytes, number, at);
        let byte = bytes.get(at).copied().unwrap_or_default();
        let shown = if byte.is_ascii_graphic() { format!("“{}”", char::from(byte)) } else { format!("0x{byte:02X}") };
        let plain = shown.replace(['“', '”'], "\"");
        let declared = self.charset.syntax_id();
        let text = if finding == code::CHAR_LOWER {
            (
                format!("语法标识 {declared} 不允许小写字母 {shown}。"),
                format!("Syntax identifier {declared} does not allow the small letter {plain}."),
            )
        } else if finding == code::CHAR_SET {
            (format!("字符 {shown} 不在 {declared} 的字符集内。"), format!("Character {plain} is not in the repertoire of {declared}."))
        } else if finding == code::CHARSET_UTF8 {
            (
                format!("声明为 {declared}，但内容为 UTF-8，已按 UTF-8 读取。"),
                format!("{declared} is declared, but the text is UTF-8; it was read as UTF-8."),
            )
        } else {
            (
                format!("字节 {shown} 在声明的字符集（{declared}）中无效；若为 GB18030 请在伙伴档案中指定。"),
                format!(
                    "Byte {plain} is not valid in the declared character set ({declared}); if it is GB18030, say so in the partner profile."
                ),
            )
        };
        self.findings.keep_admitted(place.finding(finding, text));
    }
}
