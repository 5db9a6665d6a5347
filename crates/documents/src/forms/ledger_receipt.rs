//! Ledger receipt 存证收据: proof on paper that an event stands in the signed log, and how anybody checks it.

use ledger::Timestamp;

use crate::amount::grouped;
use crate::error::{DocumentError, OBJECTS_MAX, PROOF_STEPS_MAX, at_most};
use crate::font::Fonts;
use crate::head::DocumentHead;
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// An object that the event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptObject {
    /// Type, as printed.
    pub kind: String,
    /// Id or number.
    pub id: String,
    /// Its role in the event.
    pub role: String,
}

/// The signature on the tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadSignature {
    /// Algorithm, such as `Ed25519` or `SM2`.
    pub algorithm: String,
    /// Fingerprint of the public key.
    pub key_id: String,
    /// The signature, in hexadecimal or base64.
    pub signature: String,
    /// When the head was signed.
    pub signed_at: Timestamp,
}

/// Description of a ledger receipt 存证收据.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerReceiptDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// Event id.
    pub event_id: String,
    /// Kind, such as `container.gated-out`.
    pub event_kind: String,
    /// Kind in words.
    pub event_title: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who caused it, as far as the reader may know.
    pub actor: String,
    /// What it is about.
    pub objects: Vec<ReceiptObject>,
    /// Leaf hash in hexadecimal.
    pub leaf_hash: String,
    /// Index of the leaf, from 0.
    pub leaf_index: u64,
    /// Leaves under the signed head.
    pub tree_size: u64,
    /// Root hash in hexadecimal.
    pub root_hash: String,
    /// Hash algorithm, such as `SHA-256`.
    pub hash_algorithm: String,
    /// Signature of the head.
    pub signature: HeadSignature,
    /// Inclusion path in hexadecimal, from the leaf upwards (RFC 9162 §2.1.3).
    pub path: Vec<String>,
    /// Command that checks the machine-readable receipt, where one exists.
    pub verify_command: Option<String>,
}

const TITLE: Label = Label::new("存证收据", "Ledger receipt");
const OBJECT_COLUMNS: [Column; 3] = [
    Column::new(Label::new("对象", "Object"), 1.6, Align::Left),
    Column::new(Label::new("编号", "Id"), 3.4, Align::Code),
    Column::new(Label::new("角色", "Role"), 1.4, Align::Left),
];
const PATH_COLUMNS: [Column; 2] =
    [Column::new(Label::new("层", "Step"), 0.5, Align::Fine), Column::new(Label::new("兄弟节点哈希", "Sibling hash"), 9.0, Align::Fine)];

/// Prints a ledger receipt 存证收据.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn ledger_receipt(doc: &LedgerReceiptDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("objects", doc.objects.len(), OBJECTS_MAX)?;
    at_most("proof steps", doc.path.len(), PROOF_STEPS_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    sheet.masthead(Label::new("已存证", "Recorded"), Tone::Good)?;
    event(&mut sheet, doc);
    proof(&mut sheet, doc);
    sheet.notes(Label::new("如何核验", "How to verify"), &instructions(doc, lang))?;
    sheet.finish()
}

fn event(sheet: &mut Sheet<'_>, doc: &LedgerReceiptDoc) {
    let zone = doc.head.zone;
    sheet.section(Label::new("事件", "Event"));
    sheet.row(vec![
        Cell::new(Label::new("事项", "What happened"), 5, doc.event_title.clone()).strong(),
        Cell::new(Label::new("类型", "Kind"), 3, doc.event_kind.clone()).mono(),
        Cell::new(Label::new("行为方", "Actor"), 4, doc.actor.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("发生时间", "Occurred"), 3, zone.minute(doc.occurred_at)).mono(),
        Cell::new(Label::new("记录时间", "Recorded"), 3, zone.minute(doc.recorded_at)).mono(),
        Cell::new(Label::new("事件编号", "Event id"), 6, doc.event_id.clone()).mono(),
    ]);
    if !doc.objects.is_empty() {
        sheet.skip(6.0);
        let rows: Vec<Vec<String>> =
            doc.objects.iter().map(|object| vec![object.kind.clone(), object.id.clone(), object.role.clone()]).collect();
        sheet.table(&OBJECT_COLUMNS, &rows);
    }
}

fn proof(sheet: &mut Sheet<'_>, doc: &LedgerReceiptDoc) {
    sheet.section(Label::new("账本证明", "Proof in the ledger"));
    sheet.row(vec![
        Cell::new(Label::new("叶序号", "Leaf index"), 3, grouped(doc.leaf_index)).mono().strong(),
        Cell::new(Label::new("树大小", "Tree size"), 3, grouped(doc.tree_size)).mono().strong(),
        Cell::new(Label::new("哈希算法", "Hash"), 2, doc.hash_algorithm.clone()),
        Cell::new(Label::new("签名时间", "Head signed at"), 4, doc.head.zone.minute(doc.signature.signed_at)).mono(),
    ]);
    sheet.row(vec![Cell::new(Label::new("叶哈希", "Leaf hash"), 12, doc.leaf_hash.clone()).mono()]);
    sheet.row(vec![Cell::new(Label::new("根哈希", "Root hash"), 12, doc.root_hash.clone()).mono()]);
    sheet.row(vec![
        Cell::new(Label::new("签名算法", "Signature algorithm"), 3, doc.signature.algorithm.clone()),
        Cell::new(Label::new("公钥指纹", "Key fingerprint"), 9, doc.signature.key_id.clone()).fine(),
    ]);
    sheet.row(vec![Cell::new(Label::new("树头签名", "Signature of the head"), 12, doc.signature.signature.clone()).fine()]);
    if !doc.path.is_empty() {
        sheet.skip(6.0);
        let rows: Vec<Vec<String>> = doc.path.iter().enumerate().map(|(at, hash)| vec![(at + 1).to_string(), hash.clone()]).collect();
        sheet.table(&PATH_COLUMNS, &rows);
    }
}

fn instructions(doc: &LedgerReceiptDoc, lang: Lang) -> Vec<String> {
    let mut steps: Vec<String> = match lang {
        Lang::Zh => vec![
            "扫描二维码，或在公开核验页输入核验码，对照事件、时间与本页哈希。".to_owned(),
            format!("离线核验：下载电子收据，按 RFC 9162 第 2.1.3 节由叶哈希与上表逐层计算（{}），结果应等于根哈希。", doc.hash_algorithm),
            format!("用平台公布的公钥核对树头签名（{}），公钥指纹应与本页一致。", doc.signature.algorithm),
            "任何两个树头之间的一致性证明可证明账本未被改写。".to_owned(),
        ],
        Lang::En => vec![
            "Scan the QR code, or enter the verification code on the public page, and compare event, times and hashes with this page."
                .to_owned(),
            format!(
                "Offline: download the electronic receipt and compute upwards from the leaf hash with the path above (RFC 9162, 2.1.3; {}); the result equals the root hash.",
                doc.hash_algorithm
            ),
            format!(
                "Check the signature of the head ({}) with the published public key; its fingerprint is the one above.",
                doc.signature.algorithm
            ),
            "A consistency proof between any two heads shows that nothing was rewritten in between.".to_owned(),
        ],
    };
    if let Some(command) = &doc.verify_command {
        steps.push(match lang {
            Lang::Zh => format!("命令：{command}"),
            Lang::En => format!("Command: {command}"),
        });
    }
    steps
}
