//! What the platform knows about the subject of a clue at one moment: its credit, and its movements. Read with the rights of whoever asks, and
//! every object that is read leaves an access record that names the clue and the purpose.

use std::collections::{BTreeMap, BTreeSet};

use clearance::Declaration;
use credit::Enterprise;
use inspection::ClueAbout;
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{Container, Direction, GateOutcome, GateTransaction, container_number};
use manifest::Bill;
use port_call::ShipCall;
use serde::{Deserialize, Serialize};

use super::file::ClueSubject;
use crate::reading::{ListQuery, Seen};
use crate::{App, AppError, Context, Happens};

/// Most facts of one look-up; the newest are kept.
pub const CLUE_FACTS_MAX: usize = 60;
/// Most rows of one question.
const ROWS_MAX: u32 = 30;
/// Most boxes, bills or enterprises that are followed.
const FOLLOWED_MAX: usize = 20;

/// What one object said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum FactSaid {
    /// Credit of an enterprise (企业信用), as customs gave it.
    Credit {
        /// Name of the enterprise.
        name: String,
        /// Grade in force, while there is one.
        grade: Option<String>,
        /// Rule that gave it.
        rule_version: Option<String>,
        /// Since when it holds.
        since: Option<Timestamp>,
    },
    /// A passage of the gate, or a refusal of it (进出闸).
    Passage {
        /// Into the terminal rather than out of it.
        inward: bool,
        /// Plate.
        plate: String,
        /// Container number.
        container: Option<String>,
        /// The gate opened.
        passed: bool,
    },
    /// A ship's call (航次).
    Call {
        /// Name of the ship.
        ship: String,
        /// Voyage.
        voyage: String,
        /// State of the call.
        status: String,
    },
    /// A declaration (报关单).
    Declaration {
        /// Its number, once it is accepted.
        entry_id: Option<String>,
        /// Bill number.
        bill: String,
        /// State of the declaration.
        status: String,
    },
}

impl FactSaid {
    /// Stable code of the source.
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Credit { .. } => "credit",
            Self::Passage { .. } => "passage",
            Self::Call { .. } => "call",
            Self::Declaration { .. } => "declaration",
        }
    }
}

/// A fact, with the object that said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueFact {
    /// Kind of the object.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When it happened; when it was registered, for an enterprise.
    pub at: Timestamp,
    /// What it said.
    #[serde(flatten)]
    pub said: FactSaid,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Facts, the newest first.
    pub facts: Vec<ClueFact>,
    /// Sources that the asker may not read.
    pub withheld: BTreeSet<&'static str>,
    /// There is more than was looked through or kept.
    pub more: bool,
    /// Every object that was read, also on the way to another one.
    pub read: BTreeSet<ObjectRef>,
}

impl Found {
    /// Facts by their source.
    pub fn counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for fact in &self.facts {
            *counts.entry(fact.said.source().to_owned()).or_insert(0) += 1;
        }
        counts
    }
}

/// A look-up under way.
struct Looking<'a> {
    app: &'a App,
    ctx: &'a Context,
    found: BTreeMap<(&'static str, String), ClueFact>,
    withheld: BTreeSet<&'static str>,
    more: bool,
    read: BTreeSet<ObjectRef>,
    enterprises: BTreeSet<String>,
    boxes: BTreeSet<String>,
    bills: BTreeSet<String>,
    calls: BTreeSet<String>,
}

/// Looks everything up.
pub(super) async fn about(app: &App, ctx: &Context, subject: &ClueSubject) -> Result<Found, AppError> {
    let mut looking = Looking {
        app,
        ctx,
        found: BTreeMap::new(),
        withheld: BTreeSet::new(),
        more: false,
        read: BTreeSet::new(),
        enterprises: BTreeSet::new(),
        boxes: BTreeSet::new(),
        bills: BTreeSet::new(),
        calls: BTreeSet::new(),
    };
    let value = subject.value.clone();
    match subject.about {
        ClueAbout::Enterprise => {
            looking.enterprises.insert(value.clone());
            looking.declarations(&value).await?;
            looking.bills_of(&value).await?;
        }
        ClueAbout::Container => {
            looking.boxes.insert(value.clone());
            looking.declarations(&value).await?;
            looking.visits_of(&value).await?;
        }
        ClueAbout::Bill => {
            looking.bills.insert(value.clone());
            looking.declarations(&value).await?;
            looking.bills_of(&value).await?;
        }
        ClueAbout::Ship => looking.calls_of(&value).await?,
        ClueAbout::Plate => {
            looking.passages(&value).await?;
            for number in looking.followed_boxes() {
                looking.declarations(&number).await?;
            }
        }
    }
    if subject.about != ClueAbout::Plate {
        for number in looking.followed_boxes() {
            looking.passages(&number).await?;
        }
    }
    looking.named_calls().await?;
    looking.credit().await?;
    let mut facts: Vec<ClueFact> = looking.found.into_values().collect();
    // The grades first: they are few, and no movement may push them out.
    facts.sort_by(|a, b| (a.said.source() != "credit", b.at, &b.id).cmp(&(b.said.source() != "credit", a.at, &a.id)));
    let followed = [&looking.boxes, &looking.calls, &looking.enterprises].into_iter().any(|all| all.len() > FOLLOWED_MAX);
    let more = looking.more || followed || facts.len() > CLUE_FACTS_MAX;
    facts.truncate(CLUE_FACTS_MAX);
    Ok(Found { facts, withheld: looking.withheld, more, read: looking.read })
}

impl Looking<'_> {
    fn followed_boxes(&self) -> Vec<String> {
        self.boxes.iter().take(FOLLOWED_MAX).cloned().collect()
    }

    /// Objects that carry a key and that the asker may see; a kind that it may not read at all is named as withheld.
    async fn carrying<A: Happens>(&mut self, action: &'static str, source: &'static str, key: &str) -> Result<Vec<Seen<A>>, AppError> {
        let query = ListQuery { keys: vec![key.to_owned()], limit: ROWS_MAX, ..ListQuery::default() };
        match self.app.list::<A>(self.ctx, action, query).await {
            Ok(page) => {
                self.more |= page.next.is_some();
                self.read.extend(page.items.iter().map(|(seen, _)| ObjectRef::new(A::KIND, seen.id.clone())));
                Ok(page.items.into_iter().map(|(seen, _)| seen).collect())
            }
            Err(AppError::Forbidden { .. }) => {
                self.withheld.insert(source);
                Ok(Vec::new())
            }
            Err(other) => Err(other),
        }
    }

    fn put(&mut self, kind: &'static str, id: String, at: Timestamp, said: FactSaid) {
        let fact = ClueFact { kind: kind.to_owned(), id: id.clone(), at, said };
        self.found.insert((kind, id), fact);
    }

    async fn declarations(&mut self, key: &str) -> Result<(), AppError> {
        for seen in self.carrying::<Declaration>("declaration.read", "declaration", key).await? {
            let form = seen.state.form();
            let bill = form.bill_no.trim().to_uppercase();
            if self.enterprises.len() <= FOLLOWED_MAX && !form.trade_co_scc.trim().is_empty() {
                self.enterprises.insert(form.trade_co_scc.trim().to_uppercase());
            }
            self.boxes.extend(form.containers.iter().map(|one| one.container_id.trim().to_uppercase()));
            let entry_id = seen.state.entry_id().map(str::to_owned);
            let (at, status) = (seen.state.work_row(&seen.id).opened_at, seen.state.status().to_owned());
            self.put(Declaration::KIND, seen.id, at, FactSaid::Declaration { entry_id, bill, status });
        }
        Ok(())
    }

    async fn bills_of(&mut self, key: &str) -> Result<(), AppError> {
        for seen in self.carrying::<Bill>("bill.read", "call", key).await? {
            self.calls.insert(seen.state.call.clone());
            self.boxes.extend(seen.state.content.containers.iter().map(|one| one.number.to_uppercase()));
        }
        Ok(())
    }

    async fn visits_of(&mut self, number: &str) -> Result<(), AppError> {
        for seen in self.carrying::<Container>("container.read", "call", number).await? {
            self.calls.insert(seen.state.call);
        }
        Ok(())
    }

    async fn passages(&mut self, key: &str) -> Result<(), AppError> {
        for seen in self.carrying::<GateTransaction>("gate-transaction.read", "passage", key).await? {
            let record = seen.state.record;
            let container = record.container.as_deref().map(|id| container_number(id).to_owned());
            self.boxes.extend(container.clone());
            let said = FactSaid::Passage {
                inward: record.direction == Direction::In,
                plate: record.plate,
                container,
                passed: matches!(seen.state.outcome, GateOutcome::Passed { .. }),
            };
            self.put(GateTransaction::KIND, seen.id, record.at, said);
        }
        Ok(())
    }

    async fn calls_of(&mut self, imo: &str) -> Result<(), AppError> {
        for seen in self.carrying::<ShipCall>("call.read", "call", imo).await? {
            self.put_call(seen);
        }
        Ok(())
    }

    /// The calls that bills and boxes named: plans that every operator sees.
    async fn named_calls(&mut self) -> Result<(), AppError> {
        let ids: Vec<String> = self.calls.iter().take(FOLLOWED_MAX).cloned().collect();
        for id in ids {
            for seen in self.carrying::<ShipCall>("call.read", "call", &id).await? {
                self.put_call(seen);
            }
        }
        Ok(())
    }

    fn put_call(&mut self, seen: Seen<ShipCall>) {
        let status = seen.state.status().to_owned();
        let at = seen.state.ata().unwrap_or(seen.state.eta);
        self.put(ShipCall::KIND, seen.id, at, FactSaid::Call { ship: seen.state.ship_name, voyage: seen.state.voyage_in, status });
    }

    /// The grade in force now. Who may look up facts may see it: customs publishes the grades of enterprises (信用公示).
    async fn credit(&mut self) -> Result<(), AppError> {
        let ids: Vec<String> = self.enterprises.iter().take(FOLLOWED_MAX).cloned().collect();
        for (id, state) in self.app.peek_many::<Enterprise>(ids).await? {
            self.read.insert(ObjectRef::new(Enterprise::KIND, id.clone()));
            let grading = state.grading_at(self.ctx.at).cloned();
            let said = FactSaid::Credit {
                name: state.name,
                grade: grading.as_ref().map(|one| one.grade.code().to_owned()),
                rule_version: grading.as_ref().map(|one| one.rule_version.clone()),
                since: grading.as_ref().map(|one| one.since),
            };
            self.put(Enterprise::KIND, id, state.registered_at, said);
        }
        Ok(())
    }
}
