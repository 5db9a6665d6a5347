//! Clues of an authority (线索), as its own people and those it shares them with see them.

use app::clues::facts::{ClueFact as StateFact, FactSaid};
use app::clues::figures::ClueMonth as MonthFigures;
use app::clues::{ClueContents, ClueView, RegisterClue};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context, Role};
use inspection::{Clue as State, CluePhase, CluePlace as StatePlace};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::image_figures::days_in;
use super::inspection::Officer;
use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// Codes that stand in the wire as they stand in the room.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident of $domain:ty { $($(#[$vmeta:meta])* $variant:ident),+ $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "kebab-case")]
            pub(crate) enum $name { $($(#[$vmeta])* $variant),+ }

            impl From<$domain> for $name {
                fn from(code: $domain) -> Self {
                    match code { $(<$domain>::$variant => Self::$variant),+ }
                }
            }

            impl From<$name> for $domain {
                fn from(code: $name) -> Self {
                    match code { $($name::$variant => Self::$variant),+ }
                }
            }
        )+
    };
}

codes! {
    /// Where a clue comes from.
    ClueSource of inspection::ClueSource {
        /// The public told it.
        PublicReport,
        /// A patrol saw it.
        Patrol,
        /// Another authority handed it over.
        Transferred,
        /// Data showed it.
        Data,
        /// An inspection came upon it.
        Inspection,
        /// Anything else.
        Other,
    }
    /// What kind of thing a clue is about.
    ClueAbout of inspection::ClueAbout {
        /// Enterprise, by its unified social credit code.
        Enterprise,
        /// Box, by its number.
        Container,
        /// Bill, by its number.
        Bill,
        /// Ship, by its IMO number.
        Ship,
        /// Vehicle, by its plate.
        Plate,
    }
    /// How much a clue weighs.
    ClueSeverity of inspection::ClueSeverity {
        /// Little.
        Low,
        /// Some.
        Medium,
        /// Much.
        High,
    }
    /// What checking a clue came to.
    ClueFinding of inspection::ClueFinding {
        /// It is so.
        Confirmed,
        /// It is not so.
        NotConfirmed,
        /// It cannot be told yet.
        NeedsMore,
    }
    /// Why facts are looked up.
    CluePurpose of inspection::CluePurpose {
        /// To judge the clue.
        Assess,
        /// To check it.
        Check,
        /// To review the answer.
        Review,
    }
    /// What another authority sees.
    ClueScope of inspection::ClueScope {
        /// What it is about and its text.
        Clue,
        /// That, the facts and what was found.
        All,
    }
}

/// Where it is about.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct CluePlace {
    /// County, six digits of GB/T 2260.
    #[serde(default)]
    pub county: Option<String>,
    /// Name of the place, at most 60 characters.
    #[serde(default)]
    pub name: String,
}

/// An assignment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueAssignment {
    /// To whom.
    pub officer: Officer,
    /// By whom.
    pub by: Officer,
    /// Until when it is to be checked.
    pub due: Instant,
    /// When it was assigned.
    pub at: Instant,
}

/// An answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueAnswer {
    /// By whom.
    pub by: Officer,
    /// What it came to.
    pub finding: ClueFinding,
    /// What was found; null once the file is destroyed.
    pub text: Option<String>,
    /// When.
    pub at: Instant,
}

/// A fact that was looked up, with the object that says it. What does not belong to its source is null.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueFact {
    /// `credit`, `passage`, `call` or `declaration`.
    pub source: String,
    /// Kind of the object.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When it happened; when it was registered, for an enterprise.
    pub at: Instant,
    /// Name of the enterprise or ship, plate, or declaration number.
    pub name: Option<String>,
    /// Voyage, container or bill number.
    pub number: Option<String>,
    /// State of the call or declaration, in words; whether the gate opened, and which way.
    pub status: Option<Text>,
    /// Grade of the enterprise in force when it was looked up.
    pub grade: Option<String>,
    /// The grade in words.
    pub grade_text: Option<Text>,
    /// Rule that gave the grade.
    pub rule_version: Option<String>,
    /// Since when the grade holds.
    pub since: Option<Instant>,
}

/// A look-up of facts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueReading {
    /// Who looked.
    pub by: Officer,
    /// What for.
    pub purpose: CluePurpose,
    /// When.
    pub at: Instant,
    /// Sources that this authority may not read.
    pub withheld: Vec<String>,
    /// There is more than was looked through or kept.
    pub more: bool,
    /// What was found, grades first, then the newest; empty once the file is destroyed.
    pub facts: Vec<ClueFact>,
}

/// Another authority that sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueShare {
    /// With whom.
    pub with: Org,
    /// What it sees.
    pub scope: ClueScope,
    /// By whom.
    pub by: Officer,
    /// Why; null once the file is destroyed.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
}

/// How it was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueEnd {
    /// By whom.
    pub by: Officer,
    /// Why; null once the file is destroyed.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
    /// Until when its file is kept.
    pub keep_until: Instant,
    /// The file is destroyed: text, facts and answers are gone.
    pub destroyed: bool,
}

/// How long the file of a clue is kept after it was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Retention {
    /// Label.
    pub label: String,
    /// Name.
    pub name: Text,
    /// Days after the clue was closed; null for a label that the rules do not have any more.
    pub days: Option<u32>,
}

/// A clue (线索). Only its authority, and those with which it shared it, read it; nothing follows from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Clue {
    /// Id.
    pub id: String,
    /// Authority.
    pub organisation: Org,
    /// It is the asker's authority's own; otherwise it was shared.
    pub own: bool,
    /// Where it comes from.
    pub source: ClueSource,
    /// What kind of thing it is about.
    pub about: ClueAbout,
    /// Its code or number; null once the file is destroyed.
    pub value: Option<String>,
    /// How much it weighs.
    pub severity: ClueSeverity,
    /// Where.
    pub place: CluePlace,
    /// What was heard; null once the file is destroyed.
    pub text: Option<String>,
    /// What the ledger keeps of it: SHA-256 with a salt, hex.
    pub seal: String,
    /// How long it is kept.
    pub retention: Retention,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What is to be done next, as an action code of the worklist.
    pub task: Option<String>,
    /// In words.
    pub task_text: Option<Text>,
    /// Who is to do it, while somebody checks it.
    pub officer: Option<Officer>,
    /// Until when.
    pub due: Option<Instant>,
    /// What it came to so far.
    pub finding: Option<ClueFinding>,
    /// When it was registered.
    pub registered_at: Instant,
    /// By whom.
    pub registered_by: Officer,
    /// Assignments, oldest first.
    pub assignments: Vec<ClueAssignment>,
    /// Answers, oldest first.
    pub answers: Vec<ClueAnswer>,
    /// Look-ups of facts, oldest first.
    pub readings: Vec<ClueReading>,
    /// Other authorities that see it; for another authority, its own share.
    pub shares: Vec<ClueShare>,
    /// How it was closed.
    pub end: Option<ClueEnd>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Registers a clue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ClueForm {
    /// Where it comes from.
    pub source: ClueSource,
    /// What kind of thing it is about.
    pub about: ClueAbout,
    /// Its code or number.
    pub value: String,
    /// How much it weighs.
    pub severity: ClueSeverity,
    /// Where.
    #[serde(default)]
    pub place: CluePlace,
    /// Label of its retention; the usual one when left out.
    #[serde(default)]
    pub retention: Option<String>,
    /// What was heard, 2 to 4,000 characters; for this authority alone.
    pub text: String,
}

impl From<ClueForm> for RegisterClue {
    fn from(form: ClueForm) -> Self {
        Self {
            source: form.source.into(),
            about: form.about.into(),
            value: form.value,
            severity: form.severity.into(),
            place: StatePlace { county: form.place.county, name: form.place.name },
            retention: form.retention,
            text: form.text,
        }
    }
}

/// Looks facts up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ClueFactsForm {
    /// What for; every object that is read is recorded with it.
    pub purpose: CluePurpose,
}

/// Assigns a clue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ClueAssignmentForm {
    /// To whom, user id of the own authority.
    pub officer: String,
    /// Until when it is to be checked, at most 366 days from now.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
}

/// Answers a clue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ClueFeedbackForm {
    /// What it came to.
    pub finding: ClueFinding,
    /// What was found, 2 to 4,000 characters.
    pub text: String,
}

/// Shares a clue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ClueSharingForm {
    /// Authority, organisation id.
    pub with: String,
    /// What it sees.
    pub scope: ClueScope,
    /// Why, 2 to 500 characters; it is told to that authority.
    pub reason: String,
}

/// Which clues are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ClueQuery {
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of a clue's number or of a county's code.
    pub q: Option<String>,
    /// Kind of the thing it is about: `enterprise`, `container`, `bill`, `ship` or `plate`; with `value`.
    pub about: Option<ClueAbout>,
    /// Code or number of the thing, whole; with `about`.
    pub value: Option<String>,
    /// What the last answer came to.
    pub finding: Option<ClueFinding>,
    /// `own` (the default) or `shared`: those of other authorities.
    pub whose: Option<String>,
    /// Only those that the asker is to check.
    pub mine: Option<bool>,
    /// Registered on or after this day, YYYY-MM-DD.
    pub from: Option<String>,
    /// Registered on or before this day, YYYY-MM-DD.
    pub to: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// What can be chosen in the forms of a clue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueChoices {
    /// Periods of retention, the usual one first.
    pub retention: Vec<Retention>,
    /// People of the own authority.
    pub officers: Vec<Officer>,
    /// Authorities with which a clue can be shared.
    pub authorities: Vec<Org>,
}

/// Clues registered in one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueMonth {
    /// Month, YYYY-MM of the port's clock.
    pub month: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Registered.
    pub registered: u64,
    /// Answered at least once.
    pub answered: u64,
    /// The last answer: it is so.
    pub confirmed: u64,
    /// The last answer: it is not so.
    pub not_confirmed: u64,
    /// The last answer: more is needed.
    pub needs_more: u64,
    /// Closed.
    pub closed: u64,
    /// To be checked and past their time now.
    pub overdue: u64,
    /// Confirmed ÷ (confirmed + not confirmed), thousandths.
    pub confirmed_per_mille: Option<u64>,
    /// Median time from the registration to the first answer, milliseconds.
    pub answer_p50_ms: Option<i64>,
    /// 90th percentile of it, milliseconds.
    pub answer_p90_ms: Option<i64>,
}

impl ClueMonth {
    pub fn of(month: String, figures: &MonthFigures) -> Self {
        let time = Some(figures.answer_time).filter(|time| time.count > 0);
        Self {
            from: format!("{month}-01"),
            to: format!("{month}-{:02}", days_in(&month)),
            month,
            registered: figures.registered,
            answered: figures.answered,
            confirmed: figures.confirmed,
            not_confirmed: figures.not_confirmed,
            needs_more: figures.needs_more,
            closed: figures.closed,
            overdue: figures.overdue,
            confirmed_per_mille: figures.confirmed_per_mille(),
            answer_p50_ms: time.map(|time| time.p50_ms),
            answer_p90_ms: time.map(|time| time.p90_ms),
        }
    }
}

/// Figures of the own clues.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClueFigures {
    /// What is counted, and how.
    pub definition: Text,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// There are more clues than were counted: the newest are.
    pub truncated: bool,
    /// Months, oldest first.
    pub items: Vec<ClueMonth>,
}

fn fitting(state: &State) -> Vec<&'static str> {
    match state.phase {
        CluePhase::Registered => vec!["clue.attach-facts", "clue.assign", "clue.share"],
        CluePhase::Assigned => vec!["clue.attach-facts", "clue.assign", "clue.feedback", "clue.share"],
        CluePhase::Checked { .. } => vec!["clue.attach-facts", "clue.assign", "clue.close", "clue.share"],
        CluePhase::Closed { .. } => vec!["clue.share"],
    }
}

fn fact(fact: &StateFact) -> ClueFact {
    let blank = ClueFact {
        source: fact.said.source().to_owned(),
        kind: fact.kind.clone(),
        id: fact.id.clone(),
        at: fact.at.into(),
        name: None,
        number: None,
        status: None,
        grade: None,
        grade_text: None,
        rule_version: None,
        since: None,
    };
    match fact.said.clone() {
        FactSaid::Credit { name, grade, rule_version, since } => ClueFact {
            name: Some(name),
            grade_text: grade.as_deref().and_then(credit::Grade::from_code).map(|grade| grade.text().into()),
            grade,
            rule_version,
            since: since.map(Into::into),
            ..blank
        },
        FactSaid::Passage { inward, plate, container, passed } => {
            let status = match (inward, passed) {
                (true, true) => Text::new("进闸放行", "Let in"),
                (true, false) => Text::new("进闸被拒", "Not let in"),
                (false, true) => Text::new("出闸放行", "Let out"),
                (false, false) => Text::new("出闸被拒", "Not let out"),
            };
            ClueFact { name: Some(plate), number: container, status: Some(status), ..blank }
        }
        FactSaid::Call { ship, voyage, status } => {
            ClueFact { name: Some(ship), number: Some(voyage), status: Some(texts::status("ship-call", &status)), ..blank }
        }
        FactSaid::Declaration { entry_id, bill, status } => {
            ClueFact { name: entry_id, number: Some(bill), status: Some(texts::status("declaration", &status)), ..blank }
        }
    }
}

impl Api {
    async fn clue_officer(&self, id: &str) -> Result<Officer, AppError> {
        Ok(Officer { id: id.to_owned(), name: self.person(id).await? })
    }

    fn clue_retention(&self, label: &str) -> Retention {
        let known = self.app.port().clues.period(label);
        Retention {
            label: label.to_owned(),
            name: known.map_or_else(|| Text::new(label, label), |one| one.name.clone().into()),
            days: known.map(|one| one.days),
        }
    }

    /// What can be chosen in the forms of a clue, for somebody who may register one.
    pub async fn clue_choices(&self, ctx: &Context) -> Result<ClueChoices, AppError> {
        let own = &ctx.principal.organisation;
        let users = self.app.users().await?.into_iter().filter(|user| user.organisation == *own && !user.disabled);
        let mut authorities = Vec::new();
        for one in self.app.organisations().await? {
            let authority =
                matches!(one.role, Role::Customs | Role::Maritime | Role::Border | Role::PortAuthority | Role::MarketSupervision);
            if authority && one.id != *own {
                authorities.push(Org { id: one.id, name: one.name.into(), role: one.role.into() });
            }
        }
        Ok(ClueChoices {
            retention: self.app.port().clues.retention.iter().map(|one| self.clue_retention(&one.label)).collect(),
            officers: users.map(|user| Officer { id: user.id, name: user.name.into() }).collect(),
            authorities,
        })
    }

    /// A clue that the asker has been allowed to read.
    pub async fn clue(&self, ctx: &Context, seen: Seen<State>) -> Result<Clue, AppError> {
        let state = seen.state;
        let contents = self.app.clue_contents(ctx, &seen.id, &state).await?;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let own = contents.view == ClueView::Own;
        let mut actions = Vec::new();
        if own && !ctx.principal.system {
            actions = allowed(self, &ctx.principal, &resource, &fitting(&state));
            let me = ctx.principal.id.as_str();
            let mine = state.open_assignment().is_some_and(|one| one.assigned.officer == me);
            let answered = state.answers.last().is_some_and(|answer| answer.checked.by == me);
            actions.retain(|action| (action != "clue.feedback" || mine) && (action != "clue.close" || !answered));
        }
        let all = contents.view.sees_all();
        let mut shown = Clue {
            organisation: self.org(&state.registered.organisation).await?,
            own,
            source: state.registered.source.into(),
            about: state.registered.about.into(),
            value: contents.subject.as_ref().map(|subject| subject.value.clone()),
            severity: state.registered.severity.into(),
            place: CluePlace { county: state.registered.place.county.clone(), name: state.registered.place.name.clone() },
            text: contents.text(&state.registered.seal).map(str::to_owned),
            seal: state.registered.seal.clone(),
            retention: self.clue_retention(&state.registered.retention),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            task_text: row.action.as_deref().filter(|_| own).map(texts::action),
            task: row.action.filter(|_| own),
            officer: None,
            due: row.due_at.filter(|_| all).map(Into::into),
            finding: state.finding().filter(|_| all).map(Into::into),
            registered_at: state.registered_at.into(),
            registered_by: self.clue_officer(&state.registered.by).await?,
            assignments: Vec::new(),
            answers: Vec::new(),
            readings: Vec::new(),
            shares: self.clue_shares(ctx, &state, &contents).await?,
            end: None,
            actions,
            id: seen.id,
            version: seen.version,
        };
        if !all {
            // How far it has come tells what was found.
            shown.status = "shared".to_owned();
            shown.status_text = texts::status(State::KIND, "shared");
            return Ok(shown);
        }
        if let Some(one) = state.open_assignment() {
            shown.officer = Some(self.clue_officer(&one.assigned.officer).await?);
        }
        for one in &state.assignments {
            shown.assignments.push(ClueAssignment {
                officer: self.clue_officer(&one.assigned.officer).await?,
                by: self.clue_officer(&one.assigned.by).await?,
                due: one.assigned.due.into(),
                at: one.at.into(),
            });
        }
        for one in &state.answers {
            shown.answers.push(ClueAnswer {
                by: self.clue_officer(&one.checked.by).await?,
                finding: one.checked.finding.into(),
                text: contents.text(&one.checked.seal).map(str::to_owned),
                at: one.at.into(),
            });
        }
        for one in &state.readings {
            shown.readings.push(ClueReading {
                by: self.clue_officer(&one.facts.by).await?,
                purpose: one.facts.purpose.into(),
                at: one.at.into(),
                withheld: one.facts.withheld.clone(),
                more: one.facts.more,
                facts: contents.facts(&one.facts.seal).iter().map(fact).collect(),
            });
        }
        if let CluePhase::Closed { by, seal, at, keep_until, .. } = &state.phase {
            shown.end = Some(ClueEnd {
                by: self.clue_officer(by).await?,
                reason: contents.text(seal).map(str::to_owned),
                at: (*at).into(),
                keep_until: (*keep_until).into(),
                destroyed: contents.subject.is_none(),
            });
        }
        Ok(shown)
    }

    async fn clue_shares(&self, ctx: &Context, state: &State, contents: &ClueContents) -> Result<Vec<ClueShare>, AppError> {
        let mut shares = Vec::new();
        for one in &state.shares {
            if contents.view == ClueView::Own || one.shared.with == ctx.principal.organisation {
                shares.push(ClueShare {
                    with: self.org(&one.shared.with).await?,
                    scope: one.shared.scope.into(),
                    by: self.clue_officer(&one.shared.by).await?,
                    reason: contents.text(&one.shared.seal).map(str::to_owned),
                    at: one.at.into(),
                });
            }
        }
        Ok(shares)
    }
}
