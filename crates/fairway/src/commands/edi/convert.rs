//! `fairway edi convert`: EDIFACT to JSON and back, without losing a byte.
//!
//! The JSON is made to be read and edited: `{"segments":[{"tag":"LOC","elements":[["9"],["CNNGB","139","6"]]}, …]}`. An element is a list
//! of components, a repeated one a list of such lists. What the elements cannot say stands beside them, and only where it is needed:
//!
//! * `{"una":":+.? '"}` among the segments: the service characters that hold from there;
//! * `before`: what stood before the segment (line ends, a byte order mark, text around interchanges);
//! * `sent`: the segment as sent, where writing its elements would give other bytes (needless releases, bytes outside the character
//!   set). It is used as long as the elements still say the same; whoever edits them need not touch it;
//! * `end`: the terminator where it is another than usual, empty where the file broke off; `after`: what followed the last segment.
//!
//! Bytes that are not UTF-8 are `{"hex":"…"}` instead of text.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use edifact::{Charset, Reading, Segment, ServiceChars};
use serde_json::{Map, Value, json};

use crate::commands::{Outcome, say};

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub enum Form {
    Json,
    Edifact,
}

pub fn run(bytes: &[u8], to: Form) -> Result<Outcome> {
    let looks_like_json = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    if looks_like_json {
        let document: Value = serde_json::from_slice(bytes).context("the file is not JSON")?;
        let written = from_json(&document)?;
        match to {
            Form::Edifact => write(&written),
            Form::Json => say(document),
        }
        return Ok(Outcome::Fine);
    }
    ensure!(bytes.len() <= edifact::MAX_BYTES, "the file is larger than 128 MiB");
    let reading = edifact::read(bytes);
    if reading.segment_count() == 0 {
        bail!("the file holds no EDIFACT segment");
    }
    match to {
        Form::Json => say(to_json(&reading)),
        Form::Edifact => write(&edifact::write(&reading)),
    }
    Ok(if reading.has_errors() { Outcome::Findings } else { Outcome::Fine })
}

/// Bytes to standard output as they are, without a line end; a closed pipe ends the program quietly.
fn write(bytes: &[u8]) {
    if std::io::stdout().write_all(bytes).is_err() {
        std::process::exit(0);
    }
}

/// How segments are written from their elements.
#[derive(Clone, Copy)]
struct Style {
    service: ServiceChars,
    /// The fifth character of UNA, which repeats only in syntax version 4.
    repetition: Option<u8>,
    charset: Charset,
    /// Whether UNA stands directly before.
    announced: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { service: ServiceChars::default(), repetition: Some(b'*'), charset: Charset::UnoB, announced: false }
    }
}

impl Style {
    /// What holds from a UNA on; `None` if its characters cannot work.
    fn of_una(chars: &[u8]) -> Option<Self> {
        let service = ServiceChars::from_una(&[b"UNA", chars].concat())?;
        let before_unb = ServiceChars { repetition: None, ..service };
        Some(Self { service: before_unb, repetition: service.repetition, charset: Charset::UnoB, announced: true })
    }

    /// A UNB begins: without UNA the usual characters hold.
    fn begin(&mut self) {
        if !self.announced {
            *self = Self::default();
        }
    }

    /// Repertoire and version of a UNB, which hold for itself too.
    fn at_unb(&mut self, elements: &[Vec<Vec<String>>]) {
        let part = |component: usize| elements.first().and_then(|e| e.first()).and_then(|r| r.get(component)).map_or("", String::as_str);
        self.charset = Charset::from_syntax_id(part(0).as_bytes()).unwrap_or(Charset::UnoB);
        self.service.repetition = self.repetition.filter(|_| part(1) == "4");
    }

    /// A segment ends; UNZ ends what UNA and UNB said.
    fn pass(&mut self, tag: &str) {
        self.announced = false;
        if tag == "UNZ" {
            *self = Self::default();
        }
    }

    fn segment(&self, tag: &str, elements: &[Vec<Vec<String>>]) -> Result<Vec<u8>> {
        let mut out = self.text(tag)?;
        for element in elements {
            out.push(self.service.element);
            for (i, repetition) in element.iter().enumerate() {
                if i > 0 {
                    out.push(self.service.repetition.context("only syntax version 4 repeats elements")?);
                }
                for (i, component) in repetition.iter().enumerate() {
                    if i > 0 {
                        out.push(self.service.component);
                    }
                    out.extend(self.text(component)?);
                }
            }
        }
        Ok(out)
    }

    fn text(&self, text: &str) -> Result<Vec<u8>> {
        let bytes = match self.charset {
            // Small letters and UTF-8 under UNOA are common; they are kept as they came.
            Charset::UnoA | Charset::UnoB => text.as_bytes().into(),
            charset => charset.encode(text).map_err(|c| anyhow::anyhow!("{c:?} cannot be written in {}", charset.syntax_id()))?,
        };
        let mut out = Vec::with_capacity(bytes.len());
        for &byte in bytes.iter() {
            if self.service.is_special(byte) {
                out.push(self.service.release.with_context(|| format!("{text:?} holds a service character, and none releases it"))?);
            }
            out.push(byte);
        }
        Ok(out)
    }

    /// The elements of a segment as sent.
    fn elements(&self, sent: &[u8]) -> (String, Vec<Vec<Vec<String>>>) {
        let mut parts: Vec<Vec<Vec<Vec<u8>>>> = vec![vec![vec![Vec::new()]]];
        let mut bytes = sent.iter();
        while let Some(&byte) = bytes.next() {
            let Some(element) = parts.last_mut() else { break };
            if byte == self.service.element {
                parts.push(vec![vec![Vec::new()]]);
            } else if Some(byte) == self.service.repetition {
                element.push(vec![Vec::new()]);
            } else if let Some(repetition) = element.last_mut() {
                if byte == self.service.component {
                    repetition.push(Vec::new());
                } else if let Some(component) = repetition.last_mut() {
                    component.extend(if Some(byte) == self.service.release { bytes.next() } else { Some(&byte) });
                }
            }
        }
        let text = |bytes: Vec<u8>| self.charset.decode(bytes.into()).into_owned();
        let mut elements = parts.into_iter().map(|e| e.into_iter().map(|r| r.into_iter().map(text).collect()).collect());
        let tag: Option<Vec<Vec<String>>> = elements.next();
        let tag = tag.and_then(|tag| tag.into_iter().flatten().next()).unwrap_or_default();
        (tag, elements.collect())
    }
}

/// Text if it is UTF-8, hexadecimal digits if not.
fn exact(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({ "hex": hex::encode(bytes) }),
    }
}

fn exact_bytes(value: &Value) -> Result<Vec<u8>> {
    if let Some(text) = value.as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let digits = value.get("hex").and_then(Value::as_str).context("neither text nor hex")?;
    hex::decode(digits).context("hex has other characters than hexadecimal digits")
}

fn to_json(reading: &Reading<'_>) -> Value {
    let bytes = reading.bytes();
    let (mut rows, mut style, mut from) = (Vec::new(), Style::default(), 0);
    let unas: Vec<usize> = reading.interchanges().filter_map(|interchange| interchange.una_offset()).collect();
    let mut unas = unas.into_iter().peekable();
    for segment in reading.segments() {
        if let Some(una) = unas.next_if(|&una| una < segment.offset()) {
            let end = una + edifact::UNA_LEN;
            let chars = bytes.get(una + 3..end).filter(|_| end <= segment.offset());
            if let Some((made, chars)) = chars.and_then(|chars| Some((Style::of_una(chars)?, std::str::from_utf8(chars).ok()?))) {
                let mut row = Map::new();
                before(&mut row, &bytes[from..una]);
                row.insert("una".into(), json!(chars));
                rows.push(Value::Object(row));
                (style, from) = (made, end);
            }
        }
        let end = bytes.len().min(segment.end() + 1);
        rows.push(row(&segment, &bytes[from..segment.offset()], &bytes[segment.end()..end], &mut style));
        from = end;
    }
    let mut document = Map::new();
    document.insert("segments".into(), Value::Array(rows));
    if from < bytes.len() {
        document.insert("after".into(), exact(&bytes[from..]));
    }
    Value::Object(document)
}

fn before(row: &mut Map<String, Value>, gap: &[u8]) {
    if !gap.is_empty() {
        row.insert("before".into(), exact(gap));
    }
}

fn row(segment: &Segment<'_>, gap: &[u8], end: &[u8], style: &mut Style) -> Value {
    let mut row = Map::new();
    before(&mut row, gap);
    let sent = segment.raw_bytes();
    if segment.tag_bytes() == b"UNB" {
        style.begin();
        let (_, elements) = style.elements(sent);
        style.at_unb(&elements);
    }
    let (tag, elements) = style.elements(sent);
    let plain: Vec<Value> = elements.iter().map(|e| if let [only] = &e[..] { json!(only) } else { json!(e) }).collect();
    row.insert("tag".into(), json!(tag));
    row.insert("elements".into(), Value::Array(plain));
    if !style.segment(&tag, &elements).is_ok_and(|written| written == sent) {
        row.insert("sent".into(), exact(sent));
    }
    if end != [style.service.terminator] {
        row.insert("end".into(), exact(end));
    }
    style.pass(&tag);
    Value::Object(row)
}

fn from_json(document: &Value) -> Result<Vec<u8>> {
    let rows = document.get("segments").and_then(Value::as_array).context("\"segments\" is missing")?;
    let (mut out, mut style) = (Vec::new(), Style::default());
    for (number, row) in rows.iter().enumerate() {
        write_row(row, &mut style, &mut out).with_context(|| format!("entry {} of \"segments\"", number + 1))?;
    }
    if let Some(after) = document.get("after") {
        out.extend(exact_bytes(after).context("\"after\"")?);
    }
    Ok(out)
}

fn write_row(row: &Value, style: &mut Style, out: &mut Vec<u8>) -> Result<()> {
    if let Some(gap) = row.get("before") {
        out.extend(exact_bytes(gap).context("\"before\"")?);
    }
    if let Some(una) = row.get("una") {
        let chars = una.as_str().context("\"una\" is no text")?;
        *style = Style::of_una(chars.as_bytes()).context("\"una\" does not name six usable characters")?;
        out.extend_from_slice(b"UNA");
        out.extend_from_slice(chars.as_bytes());
        return Ok(());
    }
    let tag = row.get("tag").and_then(Value::as_str).context("there is no \"tag\"")?;
    let elements = row.get("elements").and_then(Value::as_array).context("there are no \"elements\"")?;
    let elements: Vec<Vec<Vec<String>>> = elements.iter().map(element).collect::<Result<_>>()?;
    if tag == "UNB" {
        style.begin();
        style.at_unb(&elements);
    }
    let sent = row.get("sent").map(exact_bytes).transpose().context("\"sent\"")?;
    // Elements that were edited count for more than what was sent once.
    match sent.filter(|sent| style.elements(sent) == (tag.to_owned(), elements.clone())) {
        Some(sent) => out.extend(sent),
        None => out.extend(style.segment(tag, &elements)?),
    }
    match row.get("end") {
        Some(end) => out.extend(exact_bytes(end).context("\"end\"")?),
        None => out.push(style.service.terminator),
    }
    style.pass(tag);
    Ok(())
}

/// An element is a list of components, or a list of such lists.
fn element(value: &Value) -> Result<Vec<Vec<String>>> {
    let list = value.as_array().context("an element is no list")?;
    let component = |value: &Value| value.as_str().map(str::to_owned).context("a component is no text");
    if list.iter().any(Value::is_array) {
        let repetition = |value: &Value| value.as_array().context("a repetition is no list")?.iter().map(component).collect();
        return list.iter().map(repetition).collect();
    }
    let components: Vec<String> = list.iter().map(component).collect::<Result<_>>()?;
    Ok(vec![if components.is_empty() { vec![String::new()] } else { components }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn returns(bytes: &[u8]) -> Value {
        let document = to_json(&edifact::read(bytes));
        let text = document.to_string();
        let back = from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(String::from_utf8_lossy(&back), String::from_utf8_lossy(bytes), "{text}");
        document
    }

    const FILE: &str = "UNB+UNOA:2+A:ZZZ+B:ZZZ+261122:0830+1'UNH+1+CUSCAR:D:95B:UN'FTX+AAA+++50?+50?'S??:NEXT+:'UNT+3+1'UNZ+1+1'";

    #[test]
    fn every_dress_comes_back_byte_for_byte() {
        returns(FILE.as_bytes());
        returns(FILE.replace('\'', "'\r\n").as_bytes());
        returns(format!("\u{feff}{FILE}\r\n").as_bytes());
        returns(format!("UNA:+.? '\r\n{FILE}").as_bytes());
        returns(format!("UNA:+.? '{FILE}UNA:+.? '{}", FILE.replace("0830+1", "0830+2")).as_bytes());
        returns(format!("mail header\n\n{FILE}trailing junk").as_bytes());
        returns(&FILE.as_bytes()[..FILE.len() - 20]);
        returns(FILE.replace("NEXT", "N?EXT").as_bytes());
        returns(FILE.replace("NEXT", "next 箱").as_bytes());
        returns(FILE.replace("UNOA:2", "UNOW:4").replace("NEXT", "箱*号?*").as_bytes());
        let levels = FILE.replace("?+", "").replace("?'", "").replace("??", "").replace('+', "\u{1d}").replace(':', "\u{1f}");
        returns(levels.replace('\'', "\u{1c}").as_bytes());
        let mut latin = FILE.replace("UNOA", "UNOC").into_bytes();
        latin[90] = 0xe9;
        returns(&latin);
        let mut foreign = FILE.as_bytes().to_vec();
        foreign[90] = 0xe9;
        returns(&foreign);
        returns(b"UNH+638+COPRAR:D:95B:UN'\nBGM+45'\nUNT+56+638'");
        returns(b"UNA|^,! ~UNB^UNOA|3^A^B^261122|0830^1~UNH^1^CUSCAR|D|95B|UN~FTX^A!^B~UNT^3^1~UNZ^1^1~");
        returns(b"UNA+++? 'UNB+UNOA:2+A+B+261122:0830+1''UNH+1+X:D:1:UN'x'UNT+3+1'UNZ+1+1'LOC+9'");
    }

    #[test]
    fn every_cut_and_every_damaged_byte_comes_back() {
        for end in 0..FILE.len() {
            let cut = &FILE.as_bytes()[..end];
            if edifact::read(cut).segment_count() > 0 {
                returns(cut);
            }
            for byte in [b'\'', b'+', b':', b'?', b'\n', 0, 0xff] {
                let mut damaged = FILE.as_bytes().to_vec();
                damaged[end] = byte;
                returns(&damaged);
            }
        }
    }

    #[test]
    fn plain_files_give_plain_json() {
        let document = returns(FILE.as_bytes());
        assert_eq!(document["segments"][2], json!({ "tag": "FTX", "elements": [["AAA"], [""], [""], ["50+50'S?", "NEXT"], ["", ""]] }));
        assert_eq!(document.as_object().unwrap().len(), 1);
    }

    #[test]
    fn edited_elements_count_for_more_than_what_was_sent() {
        let mut document = returns(FILE.replace("NEXT", "N?EXT").as_bytes());
        assert_eq!(document["segments"][2]["sent"], "FTX+AAA+++50?+50?'S??:N?EXT+:");
        document["segments"][2]["elements"][3][1] = json!("A+B");
        let written = String::from_utf8(from_json(&document).unwrap()).unwrap();
        assert!(written.contains("FTX+AAA+++50?+50?'S??:A?+B+:'"), "{written}");
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        for (text, place) in [
            ("{}", "segments"),
            ("{\"segments\":[{\"tag\":\"BGM\"}]}", "entry 1"),
            ("{\"segments\":[{\"tag\":\"BGM\",\"elements\":[7]}]}", "no list"),
            ("{\"segments\":[{\"una\":\"+++\"}]}", "six usable"),
            ("{\"segments\":[{\"tag\":\"BGM\",\"elements\":[[[\"1\"],[\"2\"]]]}]}", "version 4"),
        ] {
            let error = format!("{:#}", from_json(&serde_json::from_str(text).unwrap()).unwrap_err());
            assert!(error.contains(place), "{error}");
        }
    }
}
