//! The national single window of the sandbox (沙箱单一窗口): the counterpart that answers declarations where the real one cannot be reached.
//!
//! It reads the same bytes, checks the signature and the fields that the national format wants filled, and answers with signed receipts. Every
//! one is labelled `SANDBOX`; nothing reaches customs. Nothing is kept: numbers follow from what is sent, so that a file sent again is answered
//! as before.
//!
//! | Rule | Receipts |
//! |---|---|
//! | signature missing or wrong | `8` refused |
//! | a mandatory field is empty | `8` refused, each field named |
//! | NoteS holds [`REFUSE`] | `7` received, `E` sent back by customs |
//! | NoteS holds [`KEEP_SILENT`] | none |
//! | everything else | `7` received with SeqNo, `L` stored with an 18-digit number, `P` released |

use std::io;
use std::path::{Path, PathBuf};

use clearance::{Receipt, ReceiptFault};
use codes::{DeclarationNumber, Flow};
use ledger::Timestamp;

use crate::national::{DECLARATION, DxpEnvelope, NationalKeys, Opened, RECEIPT, open, write_receipt, written_time};
use crate::sandbox_bank::fnv1a;
use crate::xml::Element;

/// How it names itself in every answer.
pub const NAME: &str = "SANDBOX national single window (nothing reaches customs) 沙箱单一窗口";
/// In NoteS: customs is to send the declaration back.
pub const REFUSE: &str = "SANDBOX-REFUSE";
/// In NoteS: nothing is to be answered.
pub const KEEP_SILENT: &str = "SANDBOX-SILENT";
/// How it calls itself in envelopes.
pub const SENDER: &str = "SANDBOX-SW";
/// Most files taken in one round.
pub const FILES_PER_ROUND_MAX: usize = 200;
/// Header fields that must be filled in (`domain` M of the national format).
const HEAD_WANTED: [&str; 13] = [
    "IEFlag",
    "CustomMaster",
    "IEPort",
    "TradeMode",
    "TrafMode",
    "TradeCountry",
    "DespPortCode",
    "EntyPortCode",
    "TransMode",
    "PackNo",
    "WrapType",
    "GrossWet",
    "NetWt",
];
/// Fields of goods that must be filled in.
const GOODS_WANTED: [&str; 5] = ["GNo", "CodeTS", "GName", "DeclTotal", "TradeCurr"];

/// The counterpart of one platform.
#[derive(Clone, Debug)]
pub struct SandboxNational {
    keys: NationalKeys,
    offset_minutes: i32,
}

/// A file that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Name of the file: the same whenever the same is answered.
    pub name: String,
    /// The receipt in its envelope.
    pub bytes: Vec<u8>,
}

impl SandboxNational {
    /// A counterpart with its own key and the one by which it knows the platform.
    pub const fn new(keys: NationalKeys, offset_minutes: i32) -> Self {
        Self { keys, offset_minutes }
    }

    /// Answers a file: the receipts, in order.
    ///
    /// # Errors
    /// Why it cannot be answered at all: nothing in it says to whom.
    pub fn answer(&self, file: &[u8], at: Timestamp) -> Result<Vec<Answer>, String> {
        let opened = open(file)?;
        if opened.envelope.kind != DECLARATION {
            return Err(format!("{} is not taken", opened.envelope.kind));
        }
        let number = number_of(file).ok_or("the file has no ClientSeqNo")?;
        let head = opened.root.child("DecHead").ok_or("DecMessage/DecHead is missing")?;
        let receipts = self.receipts(&opened, head, &number, at);
        let DxpEnvelope { id, sender, .. } = &opened.envelope;
        Ok(receipts.iter().map(|receipt| self.tell(&format!("{SENDER}-{id}-{}", receipt.code), sender, &number, receipt)).collect())
    }

    fn receipts(&self, opened: &Opened, head: &Element, number: &str, at: Timestamp) -> Vec<Receipt> {
        let told = |code: &str, text: &str| Receipt {
            code: code.to_owned(),
            told_at: at,
            seq_no: None,
            entry_id: None,
            text: format!("SANDBOX {text}").trim_end().to_owned(),
            faults: Vec::new(),
            message: String::new(),
        };
        if !opened.is_signed_by(&self.keys.other) {
            return vec![told("8", "signature wrong 验签失败")];
        }
        let faults = missing(&opened.root, head);
        if !faults.is_empty() {
            return vec![Receipt { faults, ..told("8", "fields missing 必填项为空") }];
        }
        let note = head.value("NoteS");
        if note.contains(KEEP_SILENT) {
            return Vec::new();
        }
        let seq_no = Some(format!("S{:017}", fnv1a(number) % 100_000_000_000_000_000));
        let received = Receipt { seq_no: seq_no.clone(), ..told("7", "") };
        if note.contains(REFUSE) {
            return vec![received, Receipt { seq_no, ..told("E", "sent back as asked by NoteS 按备注要求退单") }];
        }
        let entry_id = self.entry_id(head, number, at);
        let numbered = |code: &str| Receipt { seq_no: seq_no.clone(), entry_id: entry_id.clone(), ..told(code, "") };
        vec![received, numbered("L"), numbered("P")]
    }

    /// Customs 4, year 4, flag 1, serial 9: the serial follows from our number.
    fn entry_id(&self, head: &Element, number: &str, at: Timestamp) -> Option<String> {
        let flow = if head.value("IEFlag") == "E" { Flow::Export } else { Flow::Import };
        let year = u16::try_from(at.civil(self.offset_minutes).0).ok()?;
        let serial = u32::try_from(fnv1a(number) % 999_999_999).ok()? + 1;
        let number = DeclarationNumber::build(head.value("CustomMaster").parse().ok()?, year, flow, serial).ok()?;
        Some(number.as_str().to_owned())
    }

    /// A receipt in its envelope, signed: `id` names the file, `platform` whom it is for, `number` what it is about.
    pub fn tell(&self, id: &str, platform: &str, number: &str, receipt: &Receipt) -> Answer {
        let envelope = DxpEnvelope {
            id: id.to_owned(),
            sender: SENDER.to_owned(),
            receiver: platform.to_owned(),
            created: written_time(receipt.told_at, self.offset_minutes),
            kind: RECEIPT.to_owned(),
        };
        let plain: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        Answer { name: format!("{plain}.xml"), bytes: write_receipt(&envelope, number, receipt, &self.keys.own) }
    }

    /// Answers what lies in `out/` of a partner's folder, into its `in/`; what was taken moves to `sandbox-taken/` or `sandbox-refused/`. Returns
    /// how many files were taken.
    ///
    /// # Errors
    /// The file system's fault; what was not moved is answered again, under the same names.
    pub fn round(&self, folder: &Path, at: Timestamp) -> io::Result<usize> {
        let out = folder.join("out");
        if !out.is_dir() {
            return Ok(0);
        }
        let mut waiting: Vec<PathBuf> = std::fs::read_dir(&out)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        waiting.retain(|path| path.extension().is_some_and(|end| end == "xml") && path.is_file());
        waiting.sort();
        let mut taken = 0;
        for path in waiting.into_iter().take(FILES_PER_ROUND_MAX) {
            let answered = self.answer(&std::fs::read(&path)?, at);
            let target = folder.join(if answered.is_ok() { "sandbox-taken" } else { "sandbox-refused" });
            for answer in answered.iter().flatten() {
                put(&folder.join("in"), answer)?;
            }
            std::fs::create_dir_all(&target)?;
            std::fs::rename(&path, target.join(path.file_name().unwrap_or_default()))?;
            taken += 1;
        }
        Ok(taken)
    }
}

/// Whole under its name, or not at all.
fn put(folder: &Path, answer: &Answer) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let temporary = folder.join(format!(".{}.tmp", answer.name));
    std::fs::write(&temporary, &answer.bytes)?;
    std::fs::rename(&temporary, folder.join(&answer.name))
}

/// ClientSeqNo of DecSign.
fn number_of(file: &[u8]) -> Option<String> {
    let root = crate::xml::tree(file, None).ok()?;
    let number = root.child("AddInfo")?.child("DecSign")?.value("ClientSeqNo");
    Some(number.to_owned()).filter(|number| !number.is_empty())
}

fn missing(root: &Element, head: &Element) -> Vec<ReceiptFault> {
    let fault = |name: &str, place: &str| ReceiptFault { field: name.to_owned(), text: format!("SANDBOX {place}{name} 为空 is empty") };
    let mut found: Vec<ReceiptFault> =
        HEAD_WANTED.iter().filter(|name| head.value(name).is_empty()).map(|name| fault(name, "DecHead/")).collect();
    let goods = root.child("DecLists").map_or(&[][..], Element::children);
    if goods.is_empty() {
        found.push(fault("DecLists", ""));
    }
    for (item, n) in goods.iter().zip(1_u32..) {
        found.extend(GOODS_WANTED.iter().filter(|name| item.value(name).is_empty()).map(|name| fault(name, &format!("DecList {n}/"))));
    }
    found.truncate(crate::national::FAULTS_MAX);
    found
}
