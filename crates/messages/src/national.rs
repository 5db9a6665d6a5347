//! Files of the national single window (国际贸易单一窗口标准版): the declaration `DecMessage` upward, the receipt `DecImportResponse` downward, each
//! in an envelope `DxpMsg` with a detached signature (SW-02).
//!
//! **The schema is not verified.** Names of elements are those of public interface packs, their spelling errors kept (`GrossWet`,
//! `EdocRealation`, `PromiseItmes`). How they are arranged, the namespace of the envelope, the time format and what the signature covers are
//! ours until the official schema is at hand: [`SCHEMA`] says so in every file, and everything of it stands in this module.
//!
//! ```text
//! DxpMsg
//!   TransInfo  CopMsgId SenderId ReceiverIds CreatTime MsgType
//!   Data       base64 of DecMessage or DecImportResponse
//!   AddInfo    DecSign  OperType ClientSeqNo Sign SignDate Certificate DomainId
//! DecMessage         DecHead  DecLists/DecList  DecContainers/Container  EdocRealation
//! DecImportResponse  ResponseCode ErrorMessage ClientSeqNo SeqNo EntryId  Items/Item  No FieldCode FieldName
//! ```
//!
//! Read with limits: size, elements and depth of [`crate::iso20022`], no document type, no entities but the five of XML.

use app::exchange::{Content, DeclarationOut, Envelope, Interpretation, Mentions, MessageFinding, MessageRead, ReceiptRead};
use app::national::NATIONAL_FORMAT;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clearance::{Receipt, ReceiptFault, official_json};
use codes::{DeclarationNumber, Finding, Text};
use ledger::Timestamp;
use ledger::head::{PublicKey, SigningKey};

use crate::xml::{self, Element, Plain};

/// Type of a declaration; also the root of its data.
pub const DECLARATION: &str = "DecMessage";
/// Type of a receipt; also the root of its data.
pub const RECEIPT: &str = "DecImportResponse";
/// Namespace of the envelope: says that it is not the official one.
pub const SCHEMA: &str = "urn:fairway:national:unverified:1";
/// Most faults that one receipt may name.
pub const FAULTS_MAX: usize = 100;
/// Longest text taken from a receipt, characters.
const TEXT_MAX: usize = 500;
/// Longest number taken from a receipt, characters.
const NUMBER_MAX: usize = 64;

/// Whose signature is made, and whose is expected.
#[derive(Clone, Debug)]
pub struct NationalKeys {
    /// Signs what we send.
    pub own: SigningKey,
    /// Checks what comes.
    pub other: PublicKey,
}

/// The frame of a file (信封).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DxpEnvelope {
    /// CopMsgId 报文编号.
    pub id: String,
    /// SenderId 发送方.
    pub sender: String,
    /// ReceiverIds 接收方.
    pub receiver: String,
    /// CreatTime 生成时间 (official spelling): `yyyyMMddHHmmssSSS` of the port's clock.
    pub created: String,
    /// MsgType 报文类型.
    pub kind: String,
}

impl DxpEnvelope {
    /// What is signed: the frame, a line each, and then the data. A receipt cannot be put into another frame.
    fn signed(&self, data: &[u8]) -> Vec<u8> {
        let mut text =
            [&self.id, &self.sender, &self.receiver, &self.created, &self.kind].map(|part| format!("{part}\n")).concat().into_bytes();
        text.extend_from_slice(data);
        text
    }
}

/// A file taken apart.
pub(crate) struct Opened {
    pub envelope: DxpEnvelope,
    pub data: Vec<u8>,
    pub root: Element,
    /// Sign of DecSign; empty when there is none.
    pub signature: String,
}

impl Opened {
    /// Is it signed by this key?
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(&self.envelope.signed(&self.data), &self.signature).is_ok()
    }
}

/// `yyyyMMddHHmmssSSS` on a clock.
pub(crate) fn written_time(at: Timestamp, offset_minutes: i32) -> String {
    let (year, month, day, hour, minute, second, milli) = at.civil(offset_minutes);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{milli:03}")
}

fn read_time(text: &str, offset_minutes: i32) -> Option<Timestamp> {
    if text.len() != 17 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let date = (i64::from(part(0..4)?), part(4..6)?, part(6..8)?);
    let at = Timestamp::from_civil(date, (part(8..10)?, part(10..12)?, part(12..14)?), offset_minutes)?;
    Some(at.plus_millis(i64::from(part(14..17)?)))
}

/// Puts data into its frame, signed.
pub(crate) fn seal(envelope: &DxpEnvelope, number: &str, data: &[u8], key: Option<&SigningKey>) -> Vec<u8> {
    let mut doc = Plain::new();
    doc.element(&format!("dxp:DxpMsg xmlns:dxp=\"{SCHEMA}\""), |doc| {
        doc.element("dxp:TransInfo", |doc| {
            doc.leaf("dxp:CopMsgId", &envelope.id);
            doc.leaf("dxp:SenderId", &envelope.sender);
            doc.leaf("dxp:ReceiverIds", &envelope.receiver);
            doc.leaf("dxp:CreatTime", &envelope.created);
            doc.leaf("dxp:MsgType", &envelope.kind);
        });
        doc.leaf("dxp:Data", &BASE64.encode(data));
        // No signature for a text that has none (never seen): the other end refuses the file.
        let signed = key.and_then(|key| Some((key.sign(&envelope.signed(data)).ok()?, key.public().id())));
        if let Some((sign, certificate)) = signed {
            doc.element("dxp:AddInfo", |doc| {
                doc.element("DecSign", |doc| {
                    if envelope.kind == DECLARATION {
                        doc.leaf("OperType", "C");
                    }
                    doc.leaf("ClientSeqNo", number);
                    doc.leaf("Sign", &sign);
                    doc.leaf("SignDate", &envelope.created);
                    doc.leaf("Certificate", &certificate);
                    if envelope.kind == DECLARATION {
                        doc.leaf("DomainId", "2");
                    }
                });
            });
        }
    });
    doc.finish()
}

/// Takes a file apart: its frame, its data, its signature.
pub(crate) fn open(bytes: &[u8]) -> Result<Opened, String> {
    let root = xml::tree(bytes, None).map_err(|fault| fault.to_string())?;
    if root.name() != "DxpMsg" {
        return Err(format!("the root is {}, expected DxpMsg", shorten(root.name(), NUMBER_MAX)));
    }
    let info = root.child("TransInfo").ok_or("DxpMsg/TransInfo is missing")?;
    let [id, sender, receiver, created, kind] =
        ["CopMsgId", "SenderId", "ReceiverIds", "CreatTime", "MsgType"].map(|name| info.value(name));
    if let Some((name, _)) = [("CopMsgId", id), ("MsgType", kind), ("CreatTime", created)].into_iter().find(|(_, value)| value.is_empty()) {
        return Err(format!("DxpMsg/TransInfo/{name} is missing"));
    }
    if [id, sender, receiver, created, kind].iter().any(|value| value.chars().count() > NUMBER_MAX) {
        return Err(format!("a value in DxpMsg/TransInfo has more than {NUMBER_MAX} characters"));
    }
    let text: String = root.value("Data").split_whitespace().collect();
    let data = BASE64.decode(text).map_err(|_| "DxpMsg/Data is not base64")?;
    let inner = xml::tree(&data, None).map_err(|fault| format!("Data: {fault}"))?;
    if inner.name() != kind {
        return Err(format!("MsgType is {kind}, the data is {}", shorten(inner.name(), NUMBER_MAX)));
    }
    let signature = root.child("AddInfo").and_then(|info| info.child("DecSign")).map_or("", |sign| sign.value("Sign")).to_owned();
    let [id, sender, receiver, created, kind] = [id, sender, receiver, created, kind].map(str::to_owned);
    Ok(Opened { envelope: DxpEnvelope { id, sender, receiver, created, kind }, data, root: inner, signature })
}

/// Writes a declaration for the national window.
pub(crate) fn write_declaration(envelope: &Envelope, out: &DeclarationOut, keys: Option<&NationalKeys>) -> Vec<u8> {
    let form = official_json(&out.form);
    let mut doc = Plain::new();
    doc.element(DECLARATION, |doc| {
        doc.element("DecHead", |doc| form.head.iter().for_each(|(name, value)| doc.leaf(name, value)));
        for (list, item, rows) in [("DecLists", "DecList", &form.lists), ("DecContainers", "Container", &form.containers)] {
            doc.element(list, |doc| {
                for row in rows {
                    doc.element(item, |doc| row.iter().for_each(|(name, value)| doc.leaf(name, value)));
                }
            });
        }
        for row in &form.edocs {
            doc.element("EdocRealation", |doc| row.iter().for_each(|(name, value)| doc.leaf(name, value)));
        }
    });
    let frame = DxpEnvelope {
        id: format!("{}{}", envelope.sender, envelope.reference),
        sender: envelope.sender.clone(),
        receiver: envelope.receiver.clone(),
        created: written_time(envelope.at, envelope.utc_offset_minutes),
        kind: DECLARATION.to_owned(),
    };
    seal(&frame, &out.number, &doc.finish(), keys.map(|keys| &keys.own))
}

/// Writes a receipt, as the counterpart does.
pub(crate) fn write_receipt(envelope: &DxpEnvelope, number: &str, receipt: &Receipt, key: &SigningKey) -> Vec<u8> {
    let mut doc = Plain::new();
    doc.element(RECEIPT, |doc| {
        doc.leaf("ResponseCode", &receipt.code);
        doc.filled("ErrorMessage", &receipt.text);
        doc.leaf("ClientSeqNo", number);
        doc.filled("SeqNo", receipt.seq_no.as_deref().unwrap_or(""));
        doc.filled("EntryId", receipt.entry_id.as_deref().unwrap_or(""));
        if !receipt.faults.is_empty() {
            doc.element("Items", |doc| {
                for (fault, n) in receipt.faults.iter().zip(1_u32..) {
                    doc.element("Item", |doc| {
                        doc.leaf("No", &n.to_string());
                        doc.leaf("FieldCode", &fault.field);
                        doc.filled("FieldName", &fault.text);
                    });
                }
            });
        }
    });
    seal(envelope, number, &doc.finish(), Some(key))
}

/// Reads what came from the national window: one receipt, or the reason why it is none.
pub(crate) fn read(bytes: &[u8], keys: Option<&NationalKeys>, offset_minutes: i32) -> Interpretation {
    let mut findings = Vec::new();
    let mut unread = |finding: Finding| findings.push(whole(finding));
    let opened = match open(bytes) {
        Ok(opened) => opened,
        Err(fault) => {
            unread(finding(
                "national-xml",
                "",
                &format!("不是国家单一窗口报文：{fault}"),
                &format!("No file of the national single window: {fault}."),
            ));
            return interpretation(None, Vec::new(), findings);
        }
    };
    match keys {
        None => unread(finding(
            "national-keys",
            "",
            "未配置国家单一窗口密钥，无法验签。",
            "No keys of the national single window are configured; the signature cannot be checked.",
        )),
        Some(_) if opened.signature.is_empty() => unread(finding(
            "national-signature-missing",
            "/DxpMsg/AddInfo/DecSign/Sign",
            "报文没有签名，未予执行。",
            "The file is not signed; not acted upon.",
        )),
        Some(keys) if !opened.is_signed_by(&keys.other) => unread(finding(
            "national-signature-wrong",
            "/DxpMsg/AddInfo/DecSign/Sign",
            "签名与内容不符，未予执行。",
            "The signature does not fit the content; not acted upon.",
        )),
        Some(_) => {}
    }
    let receipt = match opened.envelope.kind.as_str() {
        RECEIPT => receipt(&opened, offset_minutes, &mut unread),
        other => {
            unread(finding(
                "national-type",
                "/DxpMsg/TransInfo/MsgType",
                &format!("不接收 {other} 类型的报文。"),
                &format!("Files of type {other} are not taken."),
            ));
            None
        }
    };
    let content = receipt.filter(|_| !findings.iter().any(|found| found.finding.is_error()));
    let value = |name| Some(shorten(opened.root.value(name), NUMBER_MAX)).filter(|text| !text.is_empty());
    let references: Vec<String> = [value("ClientSeqNo"), value("SeqNo"), value("EntryId")].into_iter().flatten().collect();
    let message = MessageRead {
        kind: opened.envelope.kind.clone(),
        reference: opened.envelope.id.clone(),
        document: value("ClientSeqNo"),
        version: String::new(),
        segments: 0,
        mentions: Mentions { references, ..Mentions::default() },
        digest: app::inbox::digest_of([opened.data.as_slice()]),
        content: content.map(|read| Content::Receipt(Box::new(read))),
    };
    interpretation(Some(opened.envelope), vec![message], findings)
}

fn receipt(opened: &Opened, offset_minutes: i32, unread: &mut impl FnMut(Finding)) -> Option<ReceiptRead> {
    let root = &opened.root;
    let mut missing = |name: &str| {
        let (zh, en) = (format!("回执缺少 {name}。"), format!("The receipt has no {name}, or one that cannot be read."));
        unread(finding("national-field", &format!("/{RECEIPT}/{name}"), &zh, &en));
    };
    let [code, number] = ["ResponseCode", "ClientSeqNo"].map(|name| shorten(root.value(name), NUMBER_MAX));
    if code.is_empty() {
        missing("ResponseCode");
    }
    if number.is_empty() {
        missing("ClientSeqNo");
    }
    let told_at = read_time(&opened.envelope.created, offset_minutes);
    if told_at.is_none() {
        missing("CreatTime");
    }
    let entry_id = Some(root.value("EntryId").to_owned()).filter(|text| !text.is_empty());
    if let Some(text) = &entry_id
        && text.parse::<DeclarationNumber>().is_err()
    {
        let shown = shorten(text, NUMBER_MAX);
        let (zh, en) = (format!("海关编号“{shown}”不是 18 位报关单编号。"), format!("“{shown}” is no declaration number of 18 digits."));
        unread(finding("national-entry-id", &format!("/{RECEIPT}/EntryId"), &zh, &en));
    }
    let items = root.child("Items").map_or(&[][..], Element::children);
    let faults = items
        .iter()
        .take(FAULTS_MAX)
        .map(|item| ReceiptFault { field: shorten(item.value("FieldCode"), NUMBER_MAX), text: shorten(item.value("FieldName"), TEXT_MAX) });
    let seq_no = Some(shorten(root.value("SeqNo"), NUMBER_MAX)).filter(|text| !text.is_empty());
    let text = shorten(root.value("ErrorMessage"), TEXT_MAX);
    let receipt = Receipt { code, told_at: told_at?, seq_no, entry_id, text, faults: faults.collect(), message: String::new() };
    Some(ReceiptRead { number, receipt })
}

fn interpretation(envelope: Option<DxpEnvelope>, messages: Vec<MessageRead>, findings: Vec<MessageFinding>) -> Interpretation {
    let envelope = envelope.unwrap_or_default();
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Interpretation {
        messages,
        findings,
        sender: some(envelope.sender),
        receiver: some(envelope.receiver),
        control_reference: some(envelope.id),
        record_format: Some(NATIONAL_FORMAT.to_owned()),
        ..Interpretation::default()
    }
}

fn finding(code: &'static str, pointer: &str, zh: &str, en: &str) -> Finding {
    let hint =
        Text::new("请与国家单一窗口运维方核对；报文已原样保存。", "Ask the operator of the national window; the file is kept as it came.");
    Finding::error(code, pointer, Text::new(zh.to_owned(), en.to_owned()), hint)
}

fn whole(finding: Finding) -> MessageFinding {
    MessageFinding { finding, segment: None, offset: None, segment_tag: None, message_reference: None }
}

fn shorten(text: &str, max: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max).collect()
}
