//! Rule tables, their versions, their trials.

use std::collections::BTreeSet;

use app::reading::Seen;
use app::rights::Resource;
use app::rule_tables::VersionSeen;
use app::{AppError, Context};
use ledger::Aggregate;
use rulebook::{Point, Release as ReleaseState, RuleTable as State, Stage, Version as VersionState, release_statement};
use rules::{DecisionTable, Difference as DifferenceState, DifferenceKind, InputKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inspection::Officer;
use super::trial::{TrialSummary, summary};
use super::{Finding, Instant, Severity, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A fact that the platform gives to a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleFact {
    /// Name.
    pub name: String,
    /// `text`, `number`, `day` or `flag`.
    pub kind: String,
    /// Title.
    pub title: Text,
    /// Code table that names its values.
    pub codes: Option<String>,
}

/// A rule table (规则表).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleTable {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Customs district that owns it.
    pub authority: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Number of the version in force today.
    pub in_force: Option<u32>,
    /// Facts that a table may look at.
    pub facts: Vec<RuleFact>,
    /// Versions, newest first.
    pub versions: Vec<RuleVersion>,
    /// What the asker may do: `rule-table.draft`.
    pub actions: Vec<String>,
}

/// What was said when a version was submitted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleSubmission {
    /// By whom.
    pub by: Officer,
    /// When.
    pub at: Instant,
    /// Why it is needed.
    pub note: String,
    /// Findings of weight warning.
    pub warnings: u32,
    /// Findings of weight info.
    pub infos: u32,
}

/// How a version was released.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleRelease {
    /// When.
    pub at: Instant,
    /// Who countersigned; null for what came with the platform.
    pub by: Option<Officer>,
    /// Where it comes from, for what came with the platform.
    pub origin: Option<Text>,
    /// The text that was signed.
    pub statement: Option<String>,
    /// `ed25519` or `sm2-sm3`.
    pub algorithm: Option<String>,
    /// Id of the key that signed.
    pub key_id: Option<String>,
    /// Signature over `statement`, base64.
    pub signature: Option<String>,
}

/// Who said so, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleReason {
    /// Who.
    pub by: Officer,
    /// Why.
    pub why: String,
}

/// A version of a rule table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleVersion {
    /// Number.
    pub number: u32,
    /// `draft`, `submitted`, `released` or `withdrawn`.
    pub stage: String,
    /// In words; a released one says whether it acts.
    pub stage_text: Text,
    /// In force today.
    pub in_force: bool,
    /// SHA-256 of its text.
    pub fingerprint: String,
    /// Rules in it.
    pub rows: u32,
    /// First day in force.
    pub effective_from: String,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// When it was begun.
    pub opened_at: Instant,
    /// Version from which it was copied.
    pub based_on: Option<u32>,
    /// Officers who wrote at it, the author first.
    pub writers: Vec<Officer>,
    /// Newest finished trial.
    pub tried: Option<TrialSummary>,
    /// Why it came back.
    pub returned: Option<RuleReason>,
    /// How it was submitted, while it waits.
    pub submitted: Option<RuleSubmission>,
    /// How it was released.
    pub released: Option<RuleRelease>,
    /// Who wants it to end.
    pub withdrawal: Option<RuleReason>,
    /// Who let it end.
    pub withdrawn: Option<RuleReason>,
    /// What the asker may do with it.
    pub actions: Vec<String>,
}

/// A version with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleVersionText {
    /// The version.
    pub version: RuleVersion,
    /// Its text: a decision table.
    #[schema(value_type = Object)]
    pub table: DecisionTable,
    /// What the check finds in it.
    pub findings: Vec<Finding>,
}

/// Begins a version.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RuleDraftForm {
    /// Version that is copied.
    pub based_on: u32,
}

/// Writes a draft.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RuleTextForm {
    /// Fingerprint of the text that was read.
    pub read: String,
    /// The text.
    #[schema(value_type = Object)]
    pub table: DecisionTable,
}

/// A text read from a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleTextRead {
    /// The text, with the columns, identity and author of the version it was read onto.
    #[schema(value_type = Object)]
    pub table: DecisionTable,
}

/// As which file.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct FileQuery {
    /// `xlsx` (default) or `dmn`.
    pub format: Option<String>,
}

/// Asks for the countersignature.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RuleSubmitForm {
    /// Why the version is needed.
    pub note: String,
}

/// Countersigns.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RuleCountersignForm {
    /// Fingerprint of the text that was looked at.
    pub fingerprint: String,
}

/// With which version to compare.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DifferenceQuery {
    /// Number of the earlier version; that from which it was copied when left out.
    pub from: Option<u32>,
}

/// A difference between two versions, in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleDifference {
    /// `added`, `removed`, `changed` or `moved`.
    pub kind: String,
    /// JSON pointer into the later version.
    pub pointer: String,
    /// Rule, when it is about one.
    pub row: Option<String>,
    /// In words.
    pub text: Text,
}

impl From<DifferenceState> for RuleDifference {
    fn from(state: DifferenceState) -> Self {
        let kind = match state.kind {
            DifferenceKind::Added => "added",
            DifferenceKind::Removed => "removed",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Moved => "moved",
        };
        Self { kind: kind.into(), pointer: state.pointer, row: state.row.map(|row| row.to_string()), text: Text::new(state.zh, state.en) }
    }
}

/// A finding about a table as the wire tells it.
pub(crate) fn finding(found: rules::Finding) -> Finding {
    let severity = match found.severity {
        rules::Severity::Error => Severity::Error,
        rules::Severity::Warning => Severity::Warning,
        rules::Severity::Info => Severity::Info,
    };
    let mut told = Finding::at(found.code, found.pointer, Text::new(found.zh, found.en));
    told.severity = severity;
    told.hint = Text::default();
    told
}

const fn input_kind(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Text => "text",
        InputKind::Number => "number",
        InputKind::Day => "day",
        InputKind::Flag => "flag",
    }
}

impl Api {
    async fn reason(&self, by: &str, why: &str) -> Result<RuleReason, AppError> {
        Ok(RuleReason { by: self.officer(by).await?, why: why.to_owned() })
    }

    /// A rule table as somebody sees it.
    pub async fn rule_table(&self, ctx: &Context, seen: Seen<State>) -> Result<RuleTable, AppError> {
        let state = &seen.state;
        let resource = self.rule_resource(ctx, &seen.id, state);
        let mut versions = Vec::with_capacity(state.versions.len());
        for version in state.versions.iter().rev() {
            versions.push(self.rule_version(ctx, &seen.id, state, version).await?);
        }
        let facts = Point::of(&seen.id).map_or(&[][..], |point| point.facts);
        let today = ctx.at.day(self.app.port().utc_offset_minutes);
        Ok(RuleTable {
            title: Text::from(&state.title),
            authority: state.authority.clone(),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            in_force: state.in_force_on(&today).map(|version| version.number),
            facts: facts
                .iter()
                .map(|fact| RuleFact {
                    name: fact.name.to_owned(),
                    kind: input_kind(fact.kind).to_owned(),
                    title: Text::new(fact.zh, fact.en),
                    codes: fact.codes.map(str::to_owned),
                })
                .collect(),
            versions,
            actions: allowed(self, &ctx.principal, &resource, &["rule-table.draft"]),
            id: seen.id,
        })
    }

    fn rule_resource<'a>(&self, ctx: &Context, id: &'a str, state: &State) -> Resource<'a> {
        Resource::of(State::KIND, id, &state.work_row(id), &ctx.principal, &self.app.port().customs_district)
    }

    /// A version with its text.
    pub async fn rule_text(&self, ctx: &Context, id: &str, seen: VersionSeen) -> Result<RuleVersionText, AppError> {
        let version = self.rule_version(ctx, id, &seen.table, &seen.version).await?;
        Ok(RuleVersionText { version, table: seen.text, findings: seen.findings.into_iter().map(finding).collect() })
    }

    async fn rule_version(&self, ctx: &Context, id: &str, table: &State, state: &VersionState) -> Result<RuleVersion, AppError> {
        let today = ctx.at.day(self.app.port().utc_offset_minutes);
        let in_force = table.in_force_on(&today).is_some_and(|version| version.number == state.number);
        let mut writers = Vec::with_capacity(state.writers.len());
        for writer in &state.writers {
            writers.push(self.officer(&writer.officer).await?);
        }
        let fitting = fitting(state, &ctx.principal.id);
        let mut view = RuleVersion {
            number: state.number,
            stage: state.stage.code().to_owned(),
            stage_text: stage_text(state, in_force, &today),
            in_force,
            fingerprint: state.content.fingerprint.clone(),
            rows: state.content.rows,
            effective_from: state.content.effective_from.clone(),
            effective_to: state.content.effective_to.clone(),
            opened_at: state.opened_at.into(),
            based_on: state.based_on,
            writers,
            tried: state.tried.as_ref().map(|tried| summary(tried, &state.content.fingerprint)),
            returned: None,
            submitted: None,
            released: None,
            withdrawal: None,
            withdrawn: None,
            actions: allowed(self, &ctx.principal, &self.rule_resource(ctx, id, table), &fitting),
        };
        match &state.stage {
            Stage::Draft { returned } => {
                if let Some((why, by)) = returned {
                    view.returned = Some(self.reason(by, why).await?);
                }
            }
            Stage::Submitted { by, note, checked, at } => {
                let by = self.officer(by).await?;
                let (warnings, infos) = (checked.warnings, checked.infos);
                view.submitted = Some(RuleSubmission { by, at: (*at).into(), note: note.clone(), warnings, infos });
            }
            Stage::Released { release, withdrawal } => {
                view.released = Some(self.release(id, state, release).await?);
                if let Some(wish) = withdrawal {
                    view.withdrawal = Some(self.reason(&wish.by, &wish.why).await?);
                }
            }
            Stage::Withdrawn { by, why, release, .. } => {
                view.withdrawn = Some(self.reason(by, why).await?);
                if let Some(release) = release {
                    view.released = Some(self.release(id, state, release).await?);
                }
            }
        }
        Ok(view)
    }

    async fn release(&self, id: &str, state: &VersionState, release: &ReleaseState) -> Result<RuleRelease, AppError> {
        let nothing = RuleRelease {
            at: release.at().into(),
            by: None,
            origin: None,
            statement: None,
            algorithm: None,
            key_id: None,
            signature: None,
        };
        Ok(match release {
            ReleaseState::Shipped { origin, .. } => RuleRelease { origin: Some(Text::from(origin)), ..nothing },
            ReleaseState::Countersigned { by, at, signature } => RuleRelease {
                by: Some(self.officer(by).await?),
                statement: Some(release_statement(&self.app.port().code, id, state.number, &state.content, state.author(), by, *at)),
                algorithm: Some(signature.algorithm.clone()),
                key_id: Some(signature.key_id.clone()),
                signature: Some(signature.signature.clone()),
                ..nothing
            },
        })
    }
}

/// What fits the stage and the person; the rights are asked besides.
fn fitting(state: &VersionState, person: &str) -> Vec<&'static str> {
    let wrote: BTreeSet<&str> = state.writers.iter().map(|writer| writer.officer.as_str()).collect();
    match &state.stage {
        Stage::Draft { .. } => vec!["rule-table.edit", "rule-table.try", "rule-table.submit", "rule-table.give-up"],
        Stage::Submitted { by, .. } => {
            let mut list = vec!["rule-table.try", "rule-table.return", "rule-table.give-up"];
            if by != person && !wrote.contains(person) {
                list.push("rule-table.countersign");
            }
            list
        }
        Stage::Released { withdrawal: None, .. } => vec!["rule-table.withdraw"],
        Stage::Released { withdrawal: Some(wish), .. } if wish.by == person => vec!["rule-table.keep"],
        Stage::Released { withdrawal: Some(_), .. } => vec!["rule-table.keep", "rule-table.confirm-withdrawal"],
        Stage::Withdrawn { .. } => Vec::new(),
    }
}

fn stage_text(state: &VersionState, in_force: bool, today: &str) -> Text {
    let content = &state.content;
    match &state.stage {
        Stage::Draft { .. } => Text::new("编制中", "Draft"),
        Stage::Submitted { .. } => Text::new("待复核签发", "Awaiting countersignature"),
        Stage::Released { withdrawal: Some(_), .. } => Text::new("申请撤回", "Withdrawal asked for"),
        Stage::Released { .. } if in_force => Text::new("现行", "In force"),
        Stage::Released { .. } if content.effective_from.as_str() > today => Text::new("待生效", "Released, not in force yet"),
        Stage::Released { .. } => Text::new("已被取代", "Superseded"),
        Stage::Withdrawn { release: Some(_), .. } => Text::new("已撤回", "Withdrawn"),
        Stage::Withdrawn { release: None, .. } => Text::new("已放弃", "Given up"),
    }
}
