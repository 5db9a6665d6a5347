//! Release matching of a transhipment (水水中转核放比对, MFT-04): do the inbound bill, the box as it was landed, the transfer plan and the
//! outbound bill speak of the same box, goods and way?
//!
//! Everything is told at once: what agrees, what differs with every value and who must act, and what is still to come. A field that a
//! paper does not tell is not compared with it.

use std::collections::BTreeSet;

use codes::Mass;
use serde::{Deserialize, Serialize};

use crate::{ManifestContainer, ManifestGoods};

/// A field that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchField {
    /// The inbound bill is marked as transhipment (中转标识).
    Marking,
    /// The inbound bill stands, and lists the box (进境舱单).
    Container,
    /// Nobody declared the goods for import (未作进口申报).
    Declaration,
    /// Size and type (箱型尺寸).
    SizeType,
    /// Seal (封志号).
    Seal,
    /// Gross mass of the goods in the box (毛重).
    GrossMass,
    /// Packages in the box (件数).
    Packages,
    /// Goods (货物).
    Goods,
    /// Dangerous goods (危险货物), UN numbers.
    DangerousGoods,
    /// Next port (下一港).
    NextPort,
    /// Both calls are at the terminal where the box stands (码头).
    Terminal,
    /// The outbound call can still be loaded (出境航次).
    OutboundCall,
    /// The box is not held (布控扣留).
    Hold,
}

impl MatchField {
    /// All, in the order in which they are compared.
    pub const ALL: [Self; 13] = [
        Self::Marking,
        Self::Container,
        Self::Declaration,
        Self::SizeType,
        Self::Seal,
        Self::GrossMass,
        Self::Packages,
        Self::Goods,
        Self::DangerousGoods,
        Self::NextPort,
        Self::Terminal,
        Self::OutboundCall,
        Self::Hold,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Marking => "marking",
            Self::Container => "container",
            Self::Declaration => "declaration",
            Self::SizeType => "size-type",
            Self::Seal => "seal",
            Self::GrossMass => "gross-mass",
            Self::Packages => "packages",
            Self::Goods => "goods",
            Self::DangerousGoods => "dangerous-goods",
            Self::NextPort => "next-port",
            Self::Terminal => "terminal",
            Self::OutboundCall => "outbound-call",
            Self::Hold => "hold",
        }
    }
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchParty {
    /// The sender of the inbound manifest (进境船代).
    InboundAgent,
    /// Who made the transfer plan (转运申请人).
    Planner,
    /// The agent of the outbound ship (出境船代).
    OutboundAgent,
    /// The terminal (码头).
    Terminal,
    /// Customs (海关).
    Customs,
}

/// A field on which the papers agree, with what they say: a reason of the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Field.
    pub field: MatchField,
    /// What they say.
    pub value: String,
}

/// A field on which the papers differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Field.
    pub field: MatchField,
    /// What the inbound bill says, or the box as it was landed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<String>,
    /// What the plan says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What the outbound bill or call says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound: Option<String>,
    /// Who must act.
    pub who: MatchParty,
    /// That organisation, or customs district.
    pub by: String,
}

/// What is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The box is not landed (未运抵): its discharge is its arrival report.
    Arrival,
    /// No outbound bill lists the box (缺预配舱单).
    OutboundBill,
}

impl Awaited {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::OutboundBill => "outbound-bill",
        }
    }
}

/// The inbound side: the bill of the original manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundSide {
    /// Sender, organisation id.
    pub agent: String,
    /// Next port by which the bill is marked as transhipment.
    pub onward: Option<String>,
    /// The box as the bill lists it; `None` when the bill does not, or is cancelled.
    pub container: Option<ManifestContainer>,
    /// Goods of the bill.
    pub goods: Vec<ManifestGoods>,
    /// Declaration of the bill, when it has one.
    pub declaration: Option<String>,
}

/// The box in the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YardSide {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Landed?
    pub landed: bool,
    /// Size and type.
    pub size_type: String,
    /// Seal as last seen.
    pub seal: Option<String>,
    /// Customs holds it. Why is customs' own.
    pub held: bool,
}

/// The transfer plan (转运计划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferPlan {
    /// Next port, UN/LOCODE.
    pub next_port: String,
    /// Size and type, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_type: Option<String>,
    /// Seal, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// Gross mass of the goods, kg, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Mass>,
}

/// The outbound side: the bill of the pre-loading manifest that lists the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundSide {
    /// Outbound bill id.
    pub bill: String,
    /// The box as it lists it.
    pub container: ManifestContainer,
    /// Goods of the bill.
    pub goods: Vec<ManifestGoods>,
    /// Port of discharge: the next port.
    pub next_port: String,
}

/// The outbound call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnwardCall {
    /// Agent, organisation id.
    pub agent: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// State of the call when it can no longer be loaded.
    pub closed: Option<String>,
}

/// Everything that is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchFacts {
    /// Who made the plan, organisation id.
    pub planner: String,
    /// Inbound bill.
    pub inbound: InboundSide,
    /// The box.
    pub yard: YardSide,
    /// Outbound call.
    pub call: OnwardCall,
    /// Outbound bill that lists the box, when there is one.
    pub outbound: Option<OutboundSide>,
    /// By how much the gross mass may differ, thousandths of the inbound one.
    pub tolerance_per_mille: u32,
    /// Customs district that decides.
    pub authority: String,
}

/// What came of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Outbound bill compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound: Option<String>,
    /// What agrees, in the order of [`MatchField::ALL`].
    pub agreed: Vec<Agreement>,
    /// What differs, in the same order.
    pub mismatches: Vec<Mismatch>,
    /// What is still to come.
    pub awaited: Vec<Awaited>,
}

impl Comparison {
    /// May the box go on without an officer?
    pub fn is_clean(&self) -> bool {
        self.mismatches.is_empty() && self.awaited.is_empty()
    }
}

/// Compares everything that is known.
pub fn compare(plan: &TransferPlan, facts: &MatchFacts) -> Comparison {
    let mut table = Table { facts, plan, made: Comparison::default() };
    table.made.outbound = facts.outbound.as_ref().map(|side| side.bill.clone());
    table.inbound_bill();
    table.size_type();
    table.seal();
    table.gross_mass();
    table.packages();
    table.goods();
    table.dangerous_goods();
    table.next_port();
    table.port();
    if !facts.yard.landed {
        table.made.awaited.push(Awaited::Arrival);
    }
    if facts.outbound.is_none() {
        table.made.awaited.push(Awaited::OutboundBill);
    }
    table.made
}

/// Seals and codes are compared without case and punctuation: carriers print them in many ways.
pub(crate) fn same_code(one: &str, other: &str) -> bool {
    let folded = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<String>();
    folded(one) == folded(other)
}

struct Table<'a> {
    facts: &'a MatchFacts,
    plan: &'a TransferPlan,
    made: Comparison,
}

impl Table<'_> {
    fn agrees(&mut self, field: MatchField, value: impl Into<String>) {
        self.made.agreed.push(Agreement { field, value: value.into() });
    }

    fn differs(&mut self, field: MatchField, values: [Option<String>; 3], who: MatchParty) {
        let facts = self.facts;
        let by = match who {
            MatchParty::InboundAgent => &facts.inbound.agent,
            MatchParty::Planner => &facts.planner,
            MatchParty::OutboundAgent => &facts.call.agent,
            MatchParty::Terminal => &facts.yard.terminal,
            MatchParty::Customs => &facts.authority,
        };
        let [inbound, plan, outbound] = values;
        self.made.mismatches.push(Mismatch { field, inbound, plan, outbound, who, by: by.clone() });
    }

    /// A field that several papers tell: who strays from the inbound manifest must act, the outbound agent first.
    fn row(
        &mut self,
        field: MatchField,
        inbound: String,
        plan: Option<String>,
        outbound: Option<String>,
        same: impl Fn(&str, &str) -> bool,
    ) {
        let strays = |told: &Option<String>| told.as_ref().is_some_and(|told| !same(&inbound, told));
        let who = match (strays(&outbound), strays(&plan)) {
            (true, _) => MatchParty::OutboundAgent,
            (false, true) => MatchParty::Planner,
            (false, false) => return self.agrees(field, inbound),
        };
        self.differs(field, [Some(inbound), plan, outbound], who);
    }

    fn inbound_bill(&mut self) {
        let inbound = &self.facts.inbound;
        match &inbound.onward {
            Some(port) => self.agrees(MatchField::Marking, port.clone()),
            None => self.differs(MatchField::Marking, [None, Some(self.plan.next_port.clone()), None], MatchParty::InboundAgent),
        }
        match &inbound.container {
            Some(listed) => self.agrees(MatchField::Container, listed.number.clone()),
            None => self.differs(MatchField::Container, [None, None, None], MatchParty::InboundAgent),
        }
        match &inbound.declaration {
            None => self.agrees(MatchField::Declaration, "–"),
            Some(id) => self.differs(MatchField::Declaration, [Some(id.clone()), None, None], MatchParty::Planner),
        }
    }

    fn size_type(&mut self) {
        let Some(listed) = &self.facts.inbound.container else { return };
        let outbound = self.facts.outbound.as_ref().map(|side| side.container.size_type.clone());
        self.row(MatchField::SizeType, listed.size_type.clone(), self.plan.size_type.clone(), outbound, same_code);
    }

    /// The seal seen at discharge goes before the one manifested; that those two differ is for customs to look at.
    fn seal(&mut self) {
        let Some(listed) = &self.facts.inbound.container else { return };
        let outbound_seals = self.facts.outbound.as_ref().map(|side| side.container.seals.join(" "));
        let seen = self.facts.yard.seal.clone().filter(|_| self.facts.yard.landed);
        let among = |seals: &[String], seal: &str| seals.iter().any(|known| same_code(known, seal));
        let manifested = (!listed.seals.is_empty()).then(|| listed.seals.join(" "));
        if let (Some(seen), Some(manifested)) = (&seen, &manifested)
            && !among(&listed.seals, seen)
        {
            let inbound = format!("{manifested} → {seen}");
            return self.differs(MatchField::Seal, [Some(inbound), self.plan.seal.clone(), outbound_seals], MatchParty::Customs);
        }
        let valid: Vec<String> = if listed.seals.is_empty() { seen.clone().into_iter().collect() } else { listed.seals.clone() };
        // A box that came without a seal is compared as one: who now names a seal names one that nobody saw.
        let fits = |seals: &[String]| seals.iter().all(|seal| among(&valid, seal)) && (valid.is_empty() || !seals.is_empty());
        let outbound = self.facts.outbound.as_ref().is_none_or(|side| fits(&side.container.seals));
        let plan = self.plan.seal.as_ref().is_none_or(|seal| fits(std::slice::from_ref(seal)));
        let inbound = if valid.is_empty() { "–".to_owned() } else { valid.join(" ") };
        match (outbound, plan) {
            (true, true) => self.agrees(MatchField::Seal, inbound),
            (false, _) => {
                self.differs(MatchField::Seal, [Some(inbound), self.plan.seal.clone(), outbound_seals], MatchParty::OutboundAgent);
            }
            (true, false) => self.differs(MatchField::Seal, [Some(inbound), self.plan.seal.clone(), outbound_seals], MatchParty::Planner),
        }
    }

    fn gross_mass(&mut self) {
        let Some(listed) = &self.facts.inbound.container else { return };
        let (base, tolerance) = (listed.gross_kg, self.facts.tolerance_per_mille);
        let kg = |mass: Mass| format!("{mass} kg");
        let near = |told: Mass| within(base, told, tolerance);
        let outbound = self.facts.outbound.as_ref().map(|side| side.container.gross_kg);
        let plan = self.plan.gross_kg;
        let values = [Some(kg(base)), plan.map(kg), outbound.map(kg)];
        match (outbound.is_none_or(near), plan.is_none_or(near)) {
            (true, true) => self.agrees(MatchField::GrossMass, kg(base)),
            (false, _) => self.differs(MatchField::GrossMass, values, MatchParty::OutboundAgent),
            (true, false) => self.differs(MatchField::GrossMass, values, MatchParty::Planner),
        }
    }

    fn packages(&mut self) {
        let Some(listed) = &self.facts.inbound.container else { return };
        let outbound = self.facts.outbound.as_ref().map(|side| side.container.packages.to_string());
        self.row(MatchField::Packages, listed.packages.to_string(), None, outbound, |one, other| one == other);
    }

    fn goods(&mut self) {
        let Some(side) = &self.facts.outbound else { return };
        let coded = |goods: &[ManifestGoods]| goods.iter().all(|line| line.hs_code.as_ref().is_some_and(|code| code.len() >= 6));
        let by_code = coded(&self.facts.inbound.goods) && coded(&side.goods);
        let what = |goods: &[ManifestGoods]| -> BTreeSet<String> {
            let name = |line: &ManifestGoods| match (&line.hs_code, by_code) {
                (Some(code), true) => code.chars().take(6).collect(),
                (Some(_) | None, _) => line.description.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase(),
            };
            goods.iter().map(name).collect()
        };
        let (inbound, outbound) = (what(&self.facts.inbound.goods), what(&side.goods));
        let text = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join("; ");
        if inbound == outbound {
            self.agrees(MatchField::Goods, text(&inbound));
        } else {
            self.differs(MatchField::Goods, [Some(text(&inbound)), None, Some(text(&outbound))], MatchParty::OutboundAgent);
        }
    }

    fn dangerous_goods(&mut self) {
        let Some(side) = &self.facts.outbound else { return };
        let numbers = |goods: &[ManifestGoods]| goods.iter().filter_map(|line| line.un_no.clone()).collect::<BTreeSet<_>>();
        let (inbound, outbound) = (numbers(&self.facts.inbound.goods), numbers(&side.goods));
        let text = |set: &BTreeSet<String>| {
            if set.is_empty() { "–".to_owned() } else { set.iter().map(|un| format!("UN {un}")).collect::<Vec<_>>().join("; ") }
        };
        if inbound == outbound {
            self.agrees(MatchField::DangerousGoods, text(&inbound));
        } else {
            self.differs(MatchField::DangerousGoods, [Some(text(&inbound)), None, Some(text(&outbound))], MatchParty::OutboundAgent);
        }
    }

    fn next_port(&mut self) {
        // Without a mark there is nothing to compare with but the plan; that the mark is missing is told already.
        let base = self.facts.inbound.onward.clone().unwrap_or_else(|| self.plan.next_port.clone());
        let outbound = self.facts.outbound.as_ref().map(|side| side.next_port.clone());
        self.row(MatchField::NextPort, base, Some(self.plan.next_port.clone()), outbound, same_code);
    }

    fn port(&mut self) {
        let (yard, call) = (&self.facts.yard, &self.facts.call);
        if yard.terminal == call.terminal {
            self.agrees(MatchField::Terminal, yard.terminal.clone());
        } else {
            self.differs(MatchField::Terminal, [Some(yard.terminal.clone()), None, Some(call.terminal.clone())], MatchParty::Planner);
        }
        match &call.closed {
            None => self.agrees(MatchField::OutboundCall, "–"),
            Some(state) => self.differs(MatchField::OutboundCall, [None, None, Some(state.clone())], MatchParty::Planner),
        }
        if yard.held {
            self.differs(MatchField::Hold, [Some("held".to_owned()), None, None], MatchParty::Customs);
        } else {
            self.agrees(MatchField::Hold, "–");
        }
    }
}

/// Whether two masses differ by at most so many thousandths of the first.
fn within(base: Mass, told: Mass, tolerance_per_mille: u32) -> bool {
    let (base, told) = (u128::from(base.grams()), u128::from(told.grams()));
    base.abs_diff(told) * 1_000 <= base * u128::from(tolerance_per_mille)
}
