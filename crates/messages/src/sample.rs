//! Sample messages (DAT-02): what a partner would send for a given ship and its bills.
//!
//! They are made with the same writer as real answers and hold only what the caller gives. Demonstrations and documentation use them;
//! the data must be synthetic (owner codes `ZZZ` and before, made-up companies).

use app::exchange::Envelope;
use edifact::{Party, Unb, Usage, Writer};
use ledger::Timestamp;
use manifest::{BillContent, BillForm};

use crate::write::{clean, local_203, prepared, repertoire};

/// The ship's call that a sample is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCall<'s> {
    /// Ship name.
    pub ship_name: &'s str,
    /// IMO number.
    pub imo: &'s str,
    /// Voyage.
    pub voyage: &'s str,
    /// Carrier: name or code.
    pub carrier: &'s str,
    /// Port of discharge, UN/LOCODE.
    pub port: &'s str,
    /// Estimated or actual arrival.
    pub arrival: Timestamp,
}

/// A container as a sample discharge report tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleLanded<'s> {
    /// Container number.
    pub container: &'s str,
    /// Size and type.
    pub size_type: &'s str,
    /// Bill number.
    pub bill: &'s str,
    /// When it was discharged.
    pub at: Timestamp,
    /// Position in the yard.
    pub position: &'s str,
    /// Seal, if any.
    pub seal: Option<&'s str>,
    /// Damage in words, if any.
    pub damage: Option<&'s str>,
}

/// An original manifest (原始舱单) as CUSCAR D.95B, one message for all bills. `document` is the number of the manifest (BGM 1004).
pub fn sample_cuscar(envelope: &Envelope, document: &str, call: &SampleCall<'_>, bills: &[BillForm]) -> Vec<u8> {
    let mut out = Sample::begin(envelope, &["CUSCAR", "D", "95B", "UN"], ManifestTexts { call, bills });
    out.put("BGM", &[&["785"], &[document], &["9"]]);
    out.put("DTM", &[&["137", &out.now(envelope), "203"]]);
    out.transport(call, envelope);
    let boxes = bills.iter().flat_map(|bill| &bill.content.containers);
    let mut described = std::collections::BTreeSet::new();
    for container in boxes.filter(|container| described.insert(container.number.as_str())) {
        out.put("EQD", &[&["CN"], &[&container.number], &[&container.size_type, "102", "5"], &[], &[], &["5"]]);
        let gross = shared_gross(bills, &container.number);
        out.put("MEA", &[&["AAE"], &["G"], &["KGM", &gross]]);
        for seal in &container.seals {
            out.put("SEL", &[&[seal], &["CA"]]);
        }
    }
    for (index, bill) in bills.iter().enumerate() {
        out.put("CNI", &[&[&(index + 1).to_string()]]);
        out.bill(bill);
    }
    out.finish()
}

/// A discharge report (卸船报告) as COARRI D.95B, which has no time of its own (no DTM after BGM, unlike D.97A): the envelope tells it.
pub fn sample_coarri(envelope: &Envelope, document: &str, call: &SampleCall<'_>, landed: &[SampleLanded<'_>]) -> Vec<u8> {
    let texts = landed.iter().flat_map(|one| [one.container, one.bill, one.position, one.seal.unwrap_or(""), one.damage.unwrap_or("")]);
    let texts = texts.chain([document, call.ship_name, call.voyage, call.carrier]).collect::<Vec<_>>();
    let mut out = Sample::begin(envelope, &["COARRI", "D", "95B", "UN"], PlainTexts(texts));
    out.put("BGM", &[&["44"], &[document], &["9"]]);
    out.transport(call, envelope);
    out.put("NAD", &[&["CA"], &[call.carrier, "172", "20"]]);
    for one in landed {
        out.put("EQD", &[&["CN"], &[one.container], &[one.size_type, "102", "5"], &[], &["3"], &["5"]]);
        out.put("RFF", &[&["BM", one.bill]]);
        out.put("DTM", &[&["203", &local_203(one.at, envelope.utc_offset_minutes), "203"]]);
        out.put("LOC", &[&["14"], &[one.position]]);
        out.put("LOC", &[&["11"], &[call.port, "139", "6"]]);
        if let Some(seal) = one.seal {
            out.put("SEL", &[&[seal], &["CA"]]);
        }
        if let Some(damage) = one.damage {
            out.put("DAM", &[&["1"], &["", "", "", damage]]);
        }
    }
    out.put("CNT", &[&["16", &landed.len().to_string()]]);
    out.finish()
}

/// Mass of the goods in a container over all bills that share it.
fn shared_gross(bills: &[BillForm], number: &str) -> String {
    let masses = bills.iter().flat_map(|bill| &bill.content.containers).filter(|container| container.number == number);
    codes::Mass::sum(masses.map(|container| container.gross_kg)).unwrap_or_default().to_string()
}

pub(crate) trait Texts {
    fn texts(&self) -> Vec<&str>;
}

pub(crate) struct PlainTexts<'s>(pub(crate) Vec<&'s str>);

impl Texts for PlainTexts<'_> {
    fn texts(&self) -> Vec<&str> {
        self.0.clone()
    }
}

struct ManifestTexts<'s> {
    call: &'s SampleCall<'s>,
    bills: &'s [BillForm],
}

impl Texts for ManifestTexts<'_> {
    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.call.ship_name, self.call.voyage, self.call.carrier];
        for BillForm { number, content } in self.bills {
            texts.extend([number.as_str(), &content.carrier, &content.shipper.name, &content.consignee.name]);
            texts.extend([&content.shipper.address, &content.consignee.uscc].into_iter().flatten().map(String::as_str));
            if let Some(notify) = &content.notify {
                texts.push(&notify.name);
                texts.extend(notify.address.as_deref());
            }
            texts.extend(content.goods.iter().map(|line| line.description.as_str()));
            texts.extend(content.containers.iter().flat_map(|container| &container.seals).map(String::as_str));
        }
        texts
    }
}

pub(crate) struct Sample(Writer);

impl Sample {
    pub(crate) fn begin(envelope: &Envelope, identifier: &[&str], texts: impl Texts) -> Self {
        let own = [envelope.sender.as_str(), &envelope.receiver, &envelope.reference];
        let mut writer = Writer::new(repertoire(texts.texts().into_iter().chain(own)));
        writer.begin_interchange(&Unb {
            sender: Party::new(clean(&envelope.sender)),
            recipient: Party::new(clean(&envelope.receiver)),
            prepared: prepared(envelope),
            control_reference: clean(&envelope.reference),
            application_reference: identifier.first().copied().unwrap_or_default().to_owned(),
            usage: Usage::Production,
        });
        writer.begin_message("1", identifier);
        Self(writer)
    }

    pub(crate) fn now(&self, envelope: &Envelope) -> String {
        local_203(envelope.at, envelope.utc_offset_minutes)
    }

    pub(crate) fn put(&mut self, tag: &str, elements: &[&[&str]]) {
        let clean: Vec<Vec<String>> = elements.iter().map(|element| element.iter().map(|text| clean(text)).collect()).collect();
        let borrowed: Vec<Vec<&str>> = clean.iter().map(|element| element.iter().map(String::as_str).collect()).collect();
        let slices: Vec<&[&str]> = borrowed.iter().map(Vec::as_slice).collect();
        self.0.segment(tag, &slices);
    }

    pub(crate) fn transport(&mut self, call: &SampleCall<'_>, envelope: &Envelope) {
        self.put(
            "TDT",
            &[&["20"], &[call.voyage], &["1"], &[], &[call.carrier, "172", "20"], &[], &[], &[call.imo, "146", "11", call.ship_name]],
        );
        self.put("LOC", &[&["11"], &[call.port, "139", "6"]]);
        self.put("DTM", &[&["132", &local_203(call.arrival, envelope.utc_offset_minutes), "203"]]);
    }

    fn bill(&mut self, bill: &BillForm) {
        let content = &bill.content;
        self.put("RFF", &[&["BM", &bill.number]]);
        self.put("LOC", &[&["9"], &[&content.loading, "139", "6"]]);
        self.put("LOC", &[&["11"], &[&content.discharge, "139", "6"]]);
        if let Some(delivery) = &content.delivery {
            self.put("LOC", &[&["7"], &[delivery, "139", "6"]]);
        }
        self.party("CZ", "", &content.shipper.name, content.shipper.address.as_deref());
        self.party("CN", content.consignee.uscc.as_deref().unwrap_or(""), &content.consignee.name, None);
        if let Some(notify) = &content.notify {
            self.party("NI", "", &notify.name, notify.address.as_deref());
        }
        self.party("CA", "", &content.carrier, None);
        self.goods(content);
    }

    fn party(&mut self, role: &str, id: &str, name: &str, address: Option<&str>) {
        let id: &[&str] = if id.is_empty() { &[] } else { &[id, "160", "ZZZ"] };
        self.put("NAD", &[&[role], id, &[], &[name], &[address.unwrap_or("")]]);
    }

    /// Goods in order. A container's packages stand with the first line that still has room for them, so that the sums hold.
    fn goods(&mut self, content: &BillContent) {
        let mut waiting: Vec<(&str, u32)> =
            content.containers.iter().map(|container| (container.number.as_str(), container.packages)).collect();
        for (index, line) in content.goods.iter().enumerate() {
            let last = index + 1 == content.goods.len();
            self.put("GID", &[&[&(index + 1).to_string()], &[&line.packages.to_string(), line.package_kind.as_deref().unwrap_or("PK")]]);
            self.put("FTX", &[&["AAA"], &[], &[], &[&line.description]]);
            self.put("MEA", &[&["AAE"], &["G"], &["KGM", &line.gross_kg.to_string()]]);
            let mut room = line.packages;
            for (number, packages) in &mut waiting {
                let here = if last { *packages } else { (*packages).min(room) };
                if here > 0 {
                    self.put("SGP", &[&[number], &[&here.to_string()]]);
                    *packages -= here;
                    room = room.saturating_sub(here);
                }
            }
            if let Some(number) = &line.un_no {
                self.put("DGS", &[&["IMD"], &[], &[number]]);
            }
            if let Some(code) = &line.hs_code {
                self.put("CST", &[&[], &[code, "122"]]);
            }
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.end_message().end_interchange();
        // Nothing here can fail: calls are in order and the repertoire holds every text.
        self.0.finish().unwrap_or_default()
    }
}
