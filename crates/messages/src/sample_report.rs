//! Sample reports (DAT-02): one of every type that is read, for tests, demonstrations and the format register. What the writer says, the
//! reader understands; a test holds both to it.

use app::exchange::Envelope;
use codes::Mass;
use ledger::Timestamp;

use crate::sample::{PlainTexts, Sample, SampleCall};
use crate::write::local_203;

/// A box as sample reports tell it. Each type takes what it has a place for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleBox<'s> {
    /// Container number.
    pub container: &'s str,
    /// Size and type.
    pub size_type: &'s str,
    /// Bill number.
    pub bill: &'s str,
    /// Booking, release or order reference.
    pub reference: &'s str,
    /// When.
    pub at: Timestamp,
    /// Position in the yard, or place of the event.
    pub place: &'s str,
    /// Cell on board.
    pub cell: &'s str,
    /// Port of discharge, UN/LOCODE.
    pub discharge: &'s str,
    /// Plate of the truck.
    pub plate: &'s str,
    /// Status code.
    pub status: &'s str,
    /// Verified gross mass.
    pub mass: Mass,
    /// UN number and class of dangerous goods.
    pub dangerous: Option<(&'s str, &'s str)>,
}

/// A person on board, as a sample crew or passenger list names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamplePerson<'s> {
    /// Made-up name.
    pub name: &'s str,
    /// Crew, or passenger.
    pub crew: bool,
}

/// What a sample report is about.
#[derive(Clone, Debug)]
pub struct SampleReport<'s> {
    /// Document number (BGM 1004).
    pub document: &'s str,
    /// The call.
    pub call: SampleCall<'s>,
    /// Berth asked for.
    pub berth: &'s str,
    /// Terminal, as its identification for messages.
    pub terminal: &'s str,
    /// Boxes.
    pub boxes: Vec<SampleBox<'s>>,
    /// Persons on board.
    pub persons: Vec<SamplePerson<'s>>,
}

/// A kind of sample report: message type and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SampleKind {
    /// CODECO, gate-in (进闸).
    GateIn,
    /// CODECO, gate-out (出闸).
    GateOut,
    /// COARRI, loading (装船).
    Loaded,
    /// COPRAR, discharge order (卸船指令).
    DischargeOrder,
    /// COPRAR, loading order (装船指令).
    LoadingOrder,
    /// COPARN, release or pre-advice (放箱、预录).
    Announcement,
    /// COREOR, release of the carrier (放货).
    Release,
    /// COEDOR, stock (在场).
    Stock,
    /// VERMAS, verified gross mass (核实总重).
    VerifiedMass,
    /// IFTSTA, status (状态).
    Status,
    /// BAPLIE, stowage (配载图).
    Stowage,
    /// IFTMIN, transport instruction (运输委托).
    Transport,
    /// IFTDGN, dangerous goods (危险货物).
    Dangerous,
    /// PAXLST, crew and passengers (船员旅客名单).
    Persons,
    /// CUSREP, estimated arrival (船舶预报).
    Expected,
    /// BERMAN, berth request (泊位申请).
    Berth,
}

impl SampleKind {
    /// All.
    pub const ALL: [Self; 16] = [
        Self::GateIn,
        Self::GateOut,
        Self::Loaded,
        Self::DischargeOrder,
        Self::LoadingOrder,
        Self::Announcement,
        Self::Release,
        Self::Stock,
        Self::VerifiedMass,
        Self::Status,
        Self::Stowage,
        Self::Transport,
        Self::Dangerous,
        Self::Persons,
        Self::Expected,
        Self::Berth,
    ];

    /// Message identifier: type, version, release, agency, and the association's code where there is one.
    pub const fn identifier(self) -> &'static [&'static str] {
        match self {
            Self::GateIn | Self::GateOut => &["CODECO", "D", "95B", "UN"],
            Self::Loaded => &["COARRI", "D", "95B", "UN"],
            Self::DischargeOrder | Self::LoadingOrder => &["COPRAR", "D", "95B", "UN"],
            Self::Announcement => &["COPARN", "D", "00B", "UN"],
            Self::Release => &["COREOR", "D", "95B", "UN"],
            Self::Stock => &["COEDOR", "D", "00B", "UN"],
            Self::VerifiedMass => &["VERMAS", "D", "16A", "UN"],
            Self::Status => &["IFTSTA", "D", "00B", "UN"],
            Self::Stowage => &["BAPLIE", "D", "95B", "UN", "SMDG20"],
            Self::Transport => &["IFTMIN", "D", "00B", "UN"],
            Self::Dangerous => &["IFTDGN", "D", "00B", "UN"],
            Self::Persons => &["PAXLST", "D", "05B", "UN"],
            Self::Expected => &["CUSREP", "D", "00B", "UN"],
            Self::Berth => &["BERMAN", "D", "00B", "UN"],
        }
    }

    /// Message type.
    pub fn message_type(self) -> &'static str {
        self.identifier().first().copied().unwrap_or_default()
    }
}

/// Writes a sample report in an interchange of its own.
pub fn sample_report(kind: SampleKind, envelope: &Envelope, told: &SampleReport<'_>) -> Vec<u8> {
    let mut texts = vec![told.document, told.call.ship_name, told.call.voyage, told.call.carrier, told.berth, told.terminal];
    for one in &told.boxes {
        texts.extend([one.container, one.bill, one.reference, one.place, one.cell, one.plate, one.status]);
    }
    texts.extend(told.persons.iter().map(|person| person.name));
    let mut out = Sample::begin(envelope, kind.identifier(), PlainTexts(texts));
    let now = out.now(envelope);
    let time = |at: Timestamp| local_203(at, envelope.utc_offset_minutes);
    match kind {
        SampleKind::GateIn => out.gate("109", told, time),
        SampleKind::GateOut => out.gate("111", told, time),
        SampleKind::Loaded => out.work("122", "2", told, envelope),
        SampleKind::DischargeOrder => out.work("118", "3", told, envelope),
        SampleKind::LoadingOrder => out.work("121", "2", told, envelope),
        SampleKind::Announcement => out.announcement(told, &now, envelope),
        SampleKind::Release => out.release(told, envelope),
        SampleKind::Stock => out.stock(told, &now, time),
        SampleKind::VerifiedMass => out.verified_mass(told, &now, time),
        SampleKind::Status => out.status(told, &now, time),
        SampleKind::Stowage => out.stowage(told, &now, envelope),
        SampleKind::Transport => out.transport_order(told, &now),
        SampleKind::Dangerous => out.dangerous(told, &now),
        SampleKind::Persons => out.persons(told, &now, time),
        SampleKind::Expected | SampleKind::Berth => out.expected(kind, told, &now, time),
    }
    out.finish()
}

impl Sample {
    fn head(&mut self, name: &str, document: &str, now: &str) {
        self.begin_document(name, document);
        self.put("DTM", &[&["137", now, "203"]]);
    }

    /// BGM alone: COARRI, CODECO, COREOR and COPRAR of D.95B have no time of their own.
    fn begin_document(&mut self, name: &str, document: &str) {
        self.put("BGM", &[&[name], &[document], &["9"]]);
    }

    fn ship(&mut self, call: &SampleCall<'_>) {
        self.put(
            "TDT",
            &[&["20"], &[call.voyage], &["1"], &[], &[call.carrier, "172", "20"], &[], &[], &[call.imo, "146", "11", call.ship_name]],
        );
    }

    fn count(&mut self, told: &SampleReport<'_>) {
        self.put("CNT", &[&["16", &told.boxes.len().to_string()]]);
    }

    /// EQD: 8249 way (2 export, 3 import), 8169 laden.
    fn equipment(&mut self, one: &SampleBox<'_>, way: &str) {
        self.put("EQD", &[&["CN"], &[one.container], &[one.size_type, "102", "5"], &[], &[way], &["5"]]);
    }

    fn gate(&mut self, name: &str, told: &SampleReport<'_>, time: impl Fn(Timestamp) -> String) {
        self.begin_document(name, told.document);
        self.put("NAD", &[&["CF"], &[told.call.carrier, "160", "20"]]);
        for one in &told.boxes {
            self.equipment(one, "3");
            self.put("RFF", &[&["BM", one.bill]]);
            self.put("DTM", &[&["7", &time(one.at), "203"]]);
            self.put("LOC", &[&["165"], &[told.call.port, "139", "6"], &[one.place, "TER", "ZZZ"]]);
            self.put("TDT", &[&["1"], &[], &["3"], &[], &[], &[], &[], &[one.plate, "146"]]);
        }
        self.count(told);
    }

    fn work(&mut self, name: &str, way: &str, told: &SampleReport<'_>, envelope: &Envelope) {
        self.begin_document(name, told.document);
        if name != "122" {
            // A work order (COPRAR D.95B) has a reference.
            self.put("RFF", &[&["VON", told.call.voyage]]);
        }
        self.transport(&told.call, envelope);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for one in &told.boxes {
            self.equipment(one, way);
            self.put("RFF", &[&["BM", one.bill]]);
            if name == "122" {
                self.put("DTM", &[&["203", &local_203(one.at, envelope.utc_offset_minutes), "203"]]);
            }
            self.put("LOC", &[&["11"], &[one.discharge, "139", "6"]]);
            self.put("LOC", &[&["147"], &[one.cell, "139", "5"]]);
        }
        self.count(told);
    }

    fn announcement(&mut self, told: &SampleReport<'_>, now: &str, envelope: &Envelope) {
        self.head("126", told.document, now);
        self.put("RFF", &[&["BN", told.boxes.first().map_or("", |one| one.reference)]]);
        self.transport(&told.call, envelope);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for one in &told.boxes {
            self.equipment(one, "3");
        }
        self.count(told);
    }

    /// COREOR D.95B wants a reference for each box: its bill.
    fn release(&mut self, told: &SampleReport<'_>, envelope: &Envelope) {
        self.begin_document("129", told.document);
        let first = told.boxes.first();
        self.put("RFF", &[&["BN", first.map_or("", |one| one.reference)]]);
        self.put("RFF", &[&["BM", first.map_or("", |one| one.bill)]]);
        self.transport(&told.call, envelope);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for one in &told.boxes {
            self.equipment(one, "3");
            self.put("RFF", &[&["BM", one.bill]]);
        }
        self.count(told);
    }

    fn stock(&mut self, told: &SampleReport<'_>, now: &str, time: impl Fn(Timestamp) -> String) {
        self.head("128", told.document, now);
        self.put("NAD", &[&["CF"], &[told.call.carrier, "160", "20"]]);
        for one in &told.boxes {
            self.equipment(one, "3");
            self.put("DTM", &[&["7", &time(one.at), "203"]]);
            self.put("LOC", &[&["14"], &[one.place]]);
        }
        self.count(told);
    }

    fn verified_mass(&mut self, told: &SampleReport<'_>, now: &str, time: impl Fn(Timestamp) -> String) {
        self.head("749", told.document, now);
        for one in &told.boxes {
            self.put("EQD", &[&["CN"], &[one.container, "6346", "5"], &[one.size_type, "6346", "5"]]);
            self.put("RFF", &[&["BN", one.reference]]);
            self.put("MEA", &[&["AAE"], &["VGM"], &["KGM", &one.mass.to_string()]]);
            self.put("DTM", &[&["798", &time(one.at), "203"]]);
            self.put("DOC", &[&["SM1", "VGM", "306"]]);
            self.put("NAD", &[&["SPC"], &[], &[], &[told.call.carrier]]);
        }
    }

    fn status(&mut self, told: &SampleReport<'_>, now: &str, time: impl Fn(Timestamp) -> String) {
        self.head("77", told.document, now);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for (index, one) in told.boxes.iter().enumerate() {
            self.put("CNI", &[&[&(index + 1).to_string()], &[one.bill]]);
            self.put("STS", &[&["1"], &[one.status]]);
            self.put("DTM", &[&["334", &time(one.at), "203"]]);
            self.put("LOC", &[&["5"], &[one.place]]);
            self.put("EQD", &[&["CN"], &[one.container], &[one.size_type, "102", "5"]]);
        }
    }

    fn stowage(&mut self, told: &SampleReport<'_>, now: &str, envelope: &Envelope) {
        self.put("BGM", &[&[], &[told.document], &["9"]]);
        self.put("DTM", &[&["137", now, "203"]]);
        self.ship(&told.call);
        self.put("LOC", &[&["5"], &["SGSIN", "139", "6"]]);
        self.put("LOC", &[&["61"], &[told.call.port, "139", "6"]]);
        self.put("DTM", &[&["132", &local_203(told.call.arrival, envelope.utc_offset_minutes), "203"]]);
        self.put("RFF", &[&["VON", told.call.voyage]]);
        for one in &told.boxes {
            self.put("LOC", &[&["147"], &[one.cell, "", "5"]]);
            self.put("MEA", &[&["WT"], &[], &["KGM", &one.mass.to_string()]]);
            self.put("LOC", &[&["9"], &["SGSIN", "139", "6"]]);
            self.put("LOC", &[&["11"], &[one.discharge, "139", "6"]]);
            self.put("RFF", &[&["BM", one.bill]]);
            self.put("EQD", &[&["CN"], &[one.container], &[one.size_type], &[], &[], &["5"]]);
            if let Some((un_no, class)) = one.dangerous {
                self.put("DGS", &[&["IMD"], &[class], &[un_no]]);
            }
        }
    }

    fn transport_order(&mut self, told: &SampleReport<'_>, now: &str) {
        self.head("340", told.document, now);
        self.put("CNT", &[&["16", &told.boxes.len().to_string()]]);
        for one in told.boxes.iter().take(1) {
            self.put("RFF", &[&["BN", one.reference]]);
            self.put("RFF", &[&["BM", one.bill]]);
        }
        self.ship(&told.call);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for (index, one) in told.boxes.iter().enumerate() {
            self.put("GID", &[&[&(index + 1).to_string()], &["1", "PK"]]);
            self.put("SGP", &[&[one.container], &["1"]]);
        }
        for one in &told.boxes {
            self.put("EQD", &[&["CN"], &[one.container], &[one.size_type, "102", "5"], &[], &[], &["5"]]);
        }
    }

    fn dangerous(&mut self, told: &SampleReport<'_>, now: &str) {
        self.head("890", told.document, now);
        self.ship(&told.call);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        for (index, one) in told.boxes.iter().enumerate() {
            let (un_no, class) = one.dangerous.unwrap_or_default();
            let number = (index + 1).to_string();
            self.put("CNI", &[&[&number], &[one.bill]]);
            self.put("GID", &[&[&number], &["1", "PK"]]);
            self.put("DGS", &[&["IMD"], &[class], &[un_no]]);
            self.put("FTX", &[&["AAD"], &[], &[], &["SYNTHETIC DANGEROUS GOODS"]]);
            self.put("MEA", &[&["AAE"], &["AAL"], &["KGM", "100"]]);
            self.put("SGP", &[&[one.container], &["1"]]);
        }
    }

    /// 250 crew list when nobody is a passenger, otherwise 745 passenger list; FM crew, FL passengers.
    fn persons(&mut self, told: &SampleReport<'_>, now: &str, time: impl Fn(Timestamp) -> String) {
        let name = if told.persons.iter().all(|person| person.crew) { "250" } else { "745" };
        self.put("BGM", &[&[name], &[told.document], &["9"]]);
        self.put("DTM", &[&["137", now, "203"]]);
        self.put("NAD", &[&["MS"], &[], &[], &[told.call.carrier]]);
        self.ship(&told.call);
        self.put("DTM", &[&["132", &time(told.call.arrival), "203"]]);
        for person in &told.persons {
            self.put("NAD", &[&[if person.crew { "FM" } else { "FL" }], &[], &[], &[person.name]]);
        }
    }

    fn expected(&mut self, kind: SampleKind, told: &SampleReport<'_>, now: &str, time: impl Fn(Timestamp) -> String) {
        self.head(if kind == SampleKind::Berth { "22" } else { "185" }, told.document, now);
        self.put("NAD", &[&["CA"], &[told.call.carrier, "172", "20"]]);
        self.put("NAD", &[&["TR"], &[told.terminal, "160", "ZZZ"]]);
        self.ship(&told.call);
        self.put("DTM", &[&["132", &time(told.call.arrival), "203"]]);
        if kind == SampleKind::Berth {
            self.put("LOC", &[&["164"], &[told.berth]]);
        }
    }
}
