//! A sample (样品) from its taking over the laboratory to a released report, and at most one retest.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::custody::{Custody, CustodyAct, HandOver, HandedOver, Holder, HolderKind, SamplePart};
use crate::sampling::Conclusion;

/// Hours after its taking by which a sample should be on its way: an assumption of this platform, not a rule.
pub const SEND_HOURS: i64 = 12;

/// The part that is kept for a retest (留样).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeeperPart {
    /// Quantity, in the unit of the sample.
    pub quantity: String,
    /// Its seal.
    pub seal: String,
}

/// `sample.taken`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleTaken {
    /// Inspection id.
    pub inspection: String,
    /// Declaration id.
    pub declaration: String,
    /// Bill number.
    pub bill: String,
    /// Container visit id.
    pub container: String,
    /// Goods line of the declaration, from 1.
    pub line: u32,
    /// HS code as declared.
    pub hs_code: String,
    /// Name as declared.
    pub goods: String,
    /// Quantity that is tested.
    pub quantity: String,
    /// Unit of the quantities.
    pub unit: String,
    /// Seal of the part that is tested.
    pub seal: String,
    /// Part that is kept.
    #[serde(default)]
    pub keeper: Option<KeeperPart>,
    /// SHA-256 of a photo, hex.
    #[serde(default)]
    pub photo: Option<String>,
    /// Codes of the test items.
    pub items: Vec<String>,
    /// Subject to inspection by law (法检).
    pub statutory: bool,
    /// Tested before others (取样直通车).
    pub through_train: bool,
    /// Laboratory.
    pub laboratory: String,
    /// Organisation of the laboratory.
    pub laboratory_organisation: String,
    /// Hours promised from receipt to report.
    pub promised_hours: u32,
    /// Customs district, 4 digits.
    pub district: String,
    /// Broker, organisation id.
    pub broker: String,
    /// Trader, organisation id.
    #[serde(default)]
    pub trader: Option<String>,
    /// Officer, user id.
    pub by: String,
}

/// `sample.chain-decided`; also the command: an officer says whether a sample with a fault in its chain may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainDecided {
    /// It may be used.
    pub usable: bool,
    /// Why.
    pub why: String,
    /// Officer, user id.
    pub by: String,
}

/// `sample.testing-began`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestingBegan {
    /// Who, user id.
    pub by: String,
}

/// The result of one test item (检测结果).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Code of the item.
    pub item: String,
    /// Method or standard (检测方法).
    pub method: String,
    /// Limit, with its unit (限量).
    pub limit: String,
    /// What was found, with its unit.
    pub result: String,
    /// It meets the limit.
    pub meets: bool,
}

/// `sample.reported`; also the command: the report as one person of the laboratory wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Results.
    pub results: Vec<TestResult>,
    /// Conclusion.
    pub conclusion: Conclusion,
    /// Remark.
    #[serde(default)]
    pub note: String,
    /// Who wrote it, user id.
    pub by: String,
}

/// `sample.report-returned`; also the command: another person does not release it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleReportReturned {
    /// Why.
    pub why: String,
    /// Who, user id.
    pub by: String,
}

/// `sample.released`; also the command: another person of the laboratory releases the report (签发).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReleased {
    /// Conclusion of the report.
    pub conclusion: Conclusion,
    /// Disposition code that a failed test leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// Month of the port's clock in which it was released, `YYYY-MM`: figures lead to the samples behind them by it.
    pub month: String,
    /// Who, user id.
    pub by: String,
}

/// `sample.retest-requested`; also the command (申请复检).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetestRequested {
    /// Why.
    pub why: String,
    /// Who: organisation or user id.
    pub by: String,
}

/// `sample.cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCancelled {
    /// Why, as a code: `inspection-cancelled`.
    pub why: String,
}

ledger::domain_events! {
    /// What happens to a sample.
    pub enum SampleEvent for "sample" {
        /// Taken.
        Taken(SampleTaken) = "sample.taken",
        /// Handed over.
        HandedOver(HandOver) = "sample.handed-over",
        /// A fault in its chain was decided on.
        ChainDecided(ChainDecided) = "sample.chain-decided",
        /// The test began.
        TestingBegan(TestingBegan) = "sample.testing-began",
        /// Report written.
        Reported(Reported) = "sample.reported",
        /// Report given back.
        ReportReturned(SampleReportReturned) = "sample.report-returned",
        /// Report released.
        Released(ReportReleased) = "sample.released",
        /// To be tested again.
        RetestRequested(RetestRequested) = "sample.retest-requested",
        /// Not needed any more.
        Cancelled(SampleCancelled) = "sample.cancelled",
    }
}

/// How far a sample has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum SamplePhase {
    /// Taken, to be sent (待送检).
    Taken,
    /// On its way (送检中).
    Sent,
    /// With the laboratory, to be tested (待检).
    Received {
        /// Since when.
        since: Timestamp,
    },
    /// Tested (检验中).
    Testing {
        /// When the laboratory received it.
        received_at: Timestamp,
        /// Who began, user id.
        by: String,
    },
    /// Reported by one person, to be released by another (待签发).
    Reported {
        /// When the laboratory received it.
        received_at: Timestamp,
        /// The report.
        report: Reported,
    },
    /// Its report is released (已出报告).
    Released {
        /// When.
        at: Timestamp,
    },
    /// Its chain was broken; it cannot be used (作废).
    Unusable {
        /// When.
        at: Timestamp,
    },
    /// Not needed any more (撤销).
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// A report that was released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    /// The report.
    pub report: Reported,
    /// Who released it, and what a failure leads to.
    pub released: ReportReleased,
    /// When the laboratory received the part tested.
    pub received_at: Timestamp,
    /// When it was released.
    pub at: Timestamp,
}

/// A sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What was taken.
    pub taken: SampleTaken,
    /// When.
    pub taken_at: Timestamp,
    /// Where its parts are.
    pub parts: BTreeMap<SamplePart, Custody>,
    /// Every hand-over, oldest first.
    pub chain: Vec<HandedOver>,
    /// A fault of the chain waits for a decision.
    pub undecided: bool,
    /// Decisions on faults, oldest first.
    pub decisions: Vec<(ChainDecided, Timestamp)>,
    /// Released reports: of the first test, and of the retest.
    pub reports: Vec<TestReport>,
    /// Why it is tested again.
    #[serde(default)]
    pub retest: Option<(RetestRequested, Timestamp)>,
    /// How far it has come.
    pub phase: SamplePhase,
}

impl Sample {
    /// Somebody must still act on it.
    pub fn is_open(&self) -> bool {
        match self.phase {
            SamplePhase::Taken
            | SamplePhase::Sent
            | SamplePhase::Received { .. }
            | SamplePhase::Testing { .. }
            | SamplePhase::Reported { .. } => true,
            SamplePhase::Released { .. } | SamplePhase::Unusable { .. } | SamplePhase::Cancelled { .. } => false,
        }
    }

    /// The part that is tested now: the kept one in a retest.
    pub fn tested_part(&self) -> SamplePart {
        if self.retest.is_some() { SamplePart::Keeper } else { SamplePart::Test }
    }

    /// What the last released report says.
    pub fn conclusion(&self) -> Option<Conclusion> {
        self.reports.last().map(|report| report.released.conclusion)
    }

    /// By when its report was promised.
    pub fn promised_at(&self) -> Option<Timestamp> {
        let hours = i64::from(self.taken.promised_hours);
        match &self.phase {
            SamplePhase::Received { since } => Some(since.plus_hours(hours)),
            SamplePhase::Testing { received_at, .. } | SamplePhase::Reported { received_at, .. } => Some(received_at.plus_hours(hours)),
            SamplePhase::Taken
            | SamplePhase::Sent
            | SamplePhase::Released { .. }
            | SamplePhase::Unusable { .. }
            | SamplePhase::Cancelled { .. } => None,
        }
    }

    /// Was a released report later than promised?
    pub fn was_late(&self, report: &TestReport) -> bool {
        report.at > report.received_at.plus_hours(i64::from(self.taken.promised_hours))
    }

    /// Key by which the samples of a laboratory and a month of release are found.
    pub fn figures_key(laboratory: &str, month: &str) -> String {
        format!("{}:{month}", laboratory.to_uppercase())
    }

    fn hand_over(&mut self, data: &HandOver, at: Timestamp) {
        if let Some(custody) = self.parts.get_mut(&data.part) {
            custody.holder = data.took.clone();
            custody.gone = matches!(data.act, CustodyAct::Return | CustodyAct::Destroy);
        }
        self.undecided |= !data.faults.is_empty();
        if data.part == self.tested_part() {
            match (&self.phase, data.act) {
                (SamplePhase::Taken, CustodyAct::Send) => self.phase = SamplePhase::Sent,
                (SamplePhase::Taken | SamplePhase::Sent, CustodyAct::Receive) => self.phase = SamplePhase::Received { since: at },
                _ => {}
            }
        }
        self.chain.push(HandedOver { hand_over: data.clone(), at });
    }
}

impl Aggregate for Sample {
    const KIND: &'static str = "sample";
    type Event = SampleEvent;

    fn apply(state: Option<Self>, event: &SampleEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use SampleEvent as E;
        use SamplePhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut sample) = state else {
            return match event {
                E::Taken(data) => Ok(taken(data, at)),
                E::HandedOver(_)
                | E::ChainDecided(_)
                | E::TestingBegan(_)
                | E::Reported(_)
                | E::ReportReturned(_)
                | E::Released(_)
                | E::RetestRequested(_)
                | E::Cancelled(_) => Err(misplaced("nothing")),
            };
        };
        match (sample.phase.clone(), event) {
            (_, E::HandedOver(data)) => sample.hand_over(data, at),
            (_, E::ChainDecided(data)) if sample.undecided => {
                sample.undecided = false;
                if !data.usable {
                    sample.phase = P::Unusable { at };
                }
                sample.decisions.push((data.clone(), at));
            }
            (P::Received { since }, E::TestingBegan(data)) => {
                let part = sample.tested_part();
                if let Some(custody) = sample.parts.get_mut(&part) {
                    custody.opened = true;
                }
                sample.phase = P::Testing { received_at: since, by: data.by.clone() };
            }
            (P::Testing { received_at, .. }, E::Reported(data)) => sample.phase = P::Reported { received_at, report: data.clone() },
            (P::Reported { received_at, report }, E::ReportReturned(_)) => sample.phase = P::Testing { received_at, by: report.by },
            (P::Reported { received_at, report }, E::Released(data)) => {
                sample.reports.push(TestReport { report, released: data.clone(), received_at, at });
                sample.phase = P::Released { at };
            }
            (P::Released { .. }, E::RetestRequested(data)) if sample.retest.is_none() => {
                sample.retest = Some((data.clone(), at));
                let there = sample.parts.get(&SamplePart::Keeper).is_some_and(|part| part.holder.kind == HolderKind::Laboratory);
                sample.phase = if there { P::Received { since: at } } else { P::Taken };
            }
            (P::Taken | P::Sent | P::Received { .. } | P::Testing { .. } | P::Reported { .. }, E::Cancelled(_)) => {
                sample.phase = P::Cancelled { at };
            }
            _ => return Err(misplaced(sample.status())),
        }
        Ok(sample)
    }

    /// The inspection alone: that a box was sampled is no part of the box's own story.
    fn related(&self, _event: &SampleEvent) -> Vec<Related> {
        vec![(ObjectRef::new("inspection", self.taken.inspection.clone()), "inspection")]
    }

    fn status(&self) -> &'static str {
        match self.phase {
            SamplePhase::Taken => "taken",
            SamplePhase::Sent => "sent",
            SamplePhase::Received { .. } => "received",
            SamplePhase::Testing { .. } => "testing",
            SamplePhase::Reported { .. } => "reported",
            SamplePhase::Released { .. } => "released",
            SamplePhase::Unusable { .. } => "unusable",
            SamplePhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let lab = Some(self.taken.laboratory_organisation.clone());
        let since = self.retest.as_ref().map_or(self.taken_at, |(_, at)| *at);
        let (owner, action, due_at, closed_at) = match &self.phase {
            SamplePhase::Taken => (None, Some("send-sample"), Some(since.plus_hours(SEND_HOURS)), None),
            SamplePhase::Sent => (lab, Some("receive-sample"), Some(since.plus_hours(2 * SEND_HOURS)), None),
            SamplePhase::Received { .. } | SamplePhase::Testing { .. } => (lab, Some("test-sample"), self.promised_at(), None),
            SamplePhase::Reported { .. } => (lab, Some("release-report"), self.promised_at(), None),
            SamplePhase::Released { at } | SamplePhase::Unusable { at } | SamplePhase::Cancelled { at } => (None, None, None, Some(*at)),
        };
        let (owner, action) = if self.undecided && closed_at.is_none() { (None, Some("decide-chain")) } else { (owner, action) };
        let taken = &self.taken;
        let number = taken.container.split('-').next().unwrap_or_default();
        let mut keys = [id, &taken.inspection, &taken.bill, number].map(str::to_uppercase).to_vec();
        keys.push(format!("LAB:{}", taken.laboratory.to_uppercase()));
        keys.push(if taken.through_train { "PRIORITY:THROUGH-TRAIN".into() } else { "PRIORITY:ORDINARY".into() });
        // By month of release figures lead to the samples behind them.
        keys.extend(self.reports.iter().map(|report| Self::figures_key(&taken.laboratory, &report.released.month)));
        keys.sort();
        keys.dedup();
        let mut parties = vec![taken.broker.clone(), taken.laboratory_organisation.clone()];
        parties.extend(taken.trader.clone());
        parties.sort();
        parties.dedup();
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: Some(taken.district.clone()),
            parties,
            keys,
            opened_at: self.taken_at,
            due_at,
            closed_at,
        }
    }
}

fn taken(data: &SampleTaken, at: Timestamp) -> Sample {
    let holder = Holder::new(HolderKind::Officer, data.by.clone());
    let part = |seal: &String, quantity: &String| Custody {
        seal: seal.clone(),
        quantity: quantity.clone(),
        holder: holder.clone(),
        opened: false,
        gone: false,
    };
    let mut parts = BTreeMap::from([(SamplePart::Test, part(&data.seal, &data.quantity))]);
    if let Some(keeper) = &data.keeper {
        parts.insert(SamplePart::Keeper, part(&keeper.seal, &keeper.quantity));
    }
    Sample {
        taken: data.clone(),
        taken_at: at,
        parts,
        chain: Vec::new(),
        undecided: false,
        decisions: Vec::new(),
        reports: Vec::new(),
        retest: None,
        phase: SamplePhase::Taken,
    }
}
