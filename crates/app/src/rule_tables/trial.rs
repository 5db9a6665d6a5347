//! The trial run of a version over past decisions (试算): a long job that can be watched from every process and stopped.
//!
//! The run itself is a register record that its worker refreshes; a run whose worker died shows as interrupted. Its report is kept among the
//! raw bytes, its summary on the ledger, when it comes to its end.

use std::sync::Arc;

use async_trait::async_trait;
use ledger::Timestamp;
use rulebook::{RuleTable, Trial, TrialReport, TrialSummary, Tried};
use serde::{Deserialize, Serialize};
use store::{Blob, Commit, RecordWrite, StoreError};

use super::past::Reader;
use super::{TEXT_TYPE, checked, unknown};
use crate::{App, AppError, Context, Unit, UseCase};

/// Longest period that is looked back, days.
pub const TRIAL_DAYS_MAX: u32 = 92;
/// Register of runs; the id of a record is `{table}@{version}`: one run at a time for a version.
const RUNS: &str = "rule-trial";
/// Register of the last run that was begun, by table.
const STARTS: &str = "rule-trial-start";
/// Most versions of a table that are tried at once.
const RUNNING_MAX: usize = 2;
/// Register of runs that shall stop, by the id of the run.
const STOPS: &str = "rule-trial-stop";
/// A worker that was silent for so long is gone.
const SILENT_MS_MAX: i64 = 60_000;
/// How often a worker tells how far it is, milliseconds.
const BEAT_MS: i64 = 500;
/// How long a run can be looked at, hours. Its report stays.
const KEPT_HOURS: i64 = 48;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialState {
    /// Under way (试算中).
    Running,
    /// Came to its end (已完成).
    Finished,
    /// Stopped by an officer (已停止).
    Cancelled,
    /// The version was changed meanwhile (已过时): its result is not kept.
    Outdated,
    /// Could not go on (失败).
    Failed,
    /// Its process ended meanwhile (已中断).
    Interrupted,
}

/// A trial run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialRun {
    /// Id.
    pub id: String,
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Fingerprint of the text tried.
    pub fingerprint: String,
    /// Days looked back.
    pub days: u32,
    /// Officer who began it, user id.
    pub by: String,
    /// Since when.
    pub started_at: Timestamp,
    /// When its worker was last heard of.
    pub heard_at: Timestamp,
    /// How far.
    pub state: TrialState,
    /// Share of the period that has been read, 0 to 1.
    pub share: f64,
    /// Cases compared so far.
    pub cases: u64,
    /// Decisions left out because their facts were not kept.
    pub without_facts: u64,
}

fn key(table: &str, version: u32) -> String {
    format!("{table}@{version}")
}

/// Begins a trial run. The caller carries it out with [`App::carry_out_trial`].
#[derive(Clone, Debug, Serialize)]
pub struct StartTrial {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Days to look back, 1 to [`TRIAL_DAYS_MAX`].
    pub days: u32,
}

#[async_trait]
impl UseCase for StartTrial {
    const NAME: &'static str = "rule-table.try";
    type Outcome = TrialRun;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<TrialRun, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let version = state.version(self.version).ok_or_else(|| unknown(&self.table, self.version))?;
        if !(1..=TRIAL_DAYS_MAX).contains(&self.days) {
            let (zh, en) = (format!("试算期须为 1 至 {TRIAL_DAYS_MAX} 天"), format!("a trial looks back 1 to {TRIAL_DAYS_MAX} days"));
            return Err(AppError::invalid("rule-trial-days", "/days", zh, en));
        }
        if !matches!(version.stage, rulebook::Stage::Draft { .. } | rulebook::Stage::Submitted { .. }) {
            let (zh, en) = ("只有编制中或待复核的版本可以试算", "only a draft or submitted version can be tried");
            return Err(AppError::invalid("rule-version-closed", "", zh, en));
        }
        let (_, findings) = checked(&self.table, unit.app.text_of(&version.content.fingerprint).await?).await?;
        if findings.iter().any(rules::Finding::is_error) {
            let (zh, en) = ("该版本尚有错误，改正后才能试算", "the version has errors; correct them first");
            return Err(AppError::invalid("rule-version-faulty", "", zh, en));
        }
        // Read before the runs are looked at, and written: of two that begin at once, one looks again.
        let (starts, _) = unit.record_versioned(STARTS, &self.table).await?;
        let mut running = 0;
        for other in &state.versions {
            let tried = matches!(other.stage, rulebook::Stage::Draft { .. } | rulebook::Stage::Submitted { .. });
            if !tried || unit.app.trial_run(&self.table, other.number).await?.is_none_or(|run| run.state != TrialState::Running) {
                continue;
            }
            if other.number == self.version {
                let (zh, en) = ("该版本正在试算", "a trial of this version is under way");
                return Err(AppError::invalid("rule-trial-running", "", zh, en));
            }
            running += 1;
        }
        if running >= RUNNING_MAX {
            let zh = format!("该规则表已有 {running} 个版本正在试算，请等待其完成或停止其一");
            let en = format!("{running} versions of this table are being tried; wait until one has ended, or stop it");
            return Err(AppError::invalid("rule-trials-running", "", zh, en));
        }
        let run = TrialRun {
            id: unit.app.new_id(unit.at()).to_string(),
            table: self.table.clone(),
            version: self.version,
            fingerprint: version.content.fingerprint.clone(),
            days: self.days,
            by: unit.ctx.principal.id.clone(),
            started_at: unit.at(),
            heard_at: unit.at(),
            state: TrialState::Running,
            share: 0.0,
            cases: 0,
            without_facts: 0,
        };
        unit.write_record(STARTS, &self.table, Some(starts), &run.id)?;
        unit.write_record(RUNS, &key(&self.table, self.version), None, &run)?;
        Ok(run)
    }
}

/// Stops a trial run.
#[derive(Clone, Debug, Serialize)]
pub struct CancelTrial {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
}

#[async_trait]
impl UseCase for CancelTrial {
    const NAME: &'static str = "rule-table.stop-trial";
    type Outcome = ();

    async fn run(&self, unit: &mut Unit<'_>) -> Result<(), AppError> {
        unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        if let Some(run) = unit.app.trial_run(&self.table, self.version).await?.filter(|run| run.state == TrialState::Running) {
            unit.write_record(STOPS, &run.id, None, &unit.at())?;
        }
        Ok(())
    }
}

/// Keeps the result of a finished run: the report among the raw bytes, its summary on the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct RecordTrial {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Officer who began it, user id.
    pub by: String,
    /// Summary; its `report` and `at` are filled in.
    pub summary: TrialSummary,
    /// The report.
    #[serde(skip)]
    pub report: TrialReport,
}

#[async_trait]
impl UseCase for RecordTrial {
    const NAME: &'static str = "rule-table.record-trial";
    type Outcome = ();

    async fn run(&self, unit: &mut Unit<'_>) -> Result<(), AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let bytes = serde_json::to_vec(&self.report).map_err(|e| AppError::Internal(e.to_string()))?;
        let report = crate::inbox::sha256_hex(&bytes);
        unit.keep(Blob { sha256: report.clone(), media_type: TEXT_TYPE.into(), bytes });
        let trial = TrialSummary { report, at: unit.at(), ..self.summary.clone() };
        let events = rulebook::decide_tried(&state, Tried { version: self.version, by: self.by.clone(), trial })?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await
    }
}

impl App {
    /// The newest run of a version, whose worker may be in another process; `None` when there was none lately. Asks no rights: for views that
    /// are allowed already.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn trial_run(&self, table: &str, version: u32) -> Result<Option<TrialRun>, AppError> {
        let Some(record) = self.store().record(&self.port().code, RUNS, &key(table, version)).await? else { return Ok(None) };
        let mut run: TrialRun = serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(format!("trial run: {e}")))?;
        if run.state == TrialState::Running && self.now().since_millis(run.heard_at) > SILENT_MS_MAX {
            run.state = TrialState::Interrupted;
        }
        Ok(Some(run))
    }

    /// The report of the newest finished trial of a version; the access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn trial_report(&self, ctx: &Context, table: &str, version: u32) -> Result<Option<(TrialSummary, TrialReport)>, AppError> {
        let seen = self.view::<RuleTable>(ctx, "rule-table.read-trial", table).await?;
        let version = seen.state.version(version).ok_or_else(|| unknown(table, version))?;
        let Some(summary) = version.tried.clone() else { return Ok(None) };
        let lost = || AppError::Internal(format!("the report {} of a trial is not kept", summary.report));
        let (_, bytes) = self.store().blob(&self.port().code, &summary.report).await?.ok_or_else(lost)?;
        let report = serde_json::from_slice(&bytes).map_err(|e| AppError::Internal(format!("report of a trial: {e}")))?;
        Ok(Some((summary, report)))
    }

    /// Carries out a run that was begun, until its end or until it is stopped.
    pub async fn carry_out_trial(self: Arc<Self>, mut run: TrialRun) {
        let ended = match self.compare(&mut run).await {
            Ok(Some(report)) => match self.keep_report(&run, report).await {
                Err(AppError::Refused(refusal)) if refusal.code == "rule-trial-other-text" => Ok(TrialState::Outdated),
                kept => kept.map(|()| TrialState::Finished),
            },
            Ok(None) => Ok(TrialState::Cancelled),
            Err(error) => Err(error),
        };
        run.state = ended.unwrap_or_else(|error| {
            tracing::warn!(table = run.table, version = run.version, error = %error, "a trial run could not go on");
            TrialState::Failed
        });
        if run.state == TrialState::Finished {
            run.share = 1.0;
        }
        if let Err(error) = self.tell(&mut run).await {
            tracing::warn!(table = run.table, version = run.version, error = %error, "the end of a trial run could not be told");
        }
    }

    /// `None` when it was stopped.
    async fn compare(&self, run: &mut TrialRun) -> Result<Option<TrialReport>, AppError> {
        let table = self.peek::<RuleTable>(&run.table).await?.ok_or_else(|| unknown(&run.table, run.version))?;
        // The text that was there at the start: a draft may be edited meanwhile, and the report is about what it names.
        let compiled = self.compiled(&run.fingerprint).await?;
        let to = run.started_at.plus_minutes(1);
        let mut reader = Reader::new(self, &table.authority, run.started_at.plus_days(-i64::from(run.days)), to);
        let mut trial = Trial::new(&compiled);
        while let Some(batch) = reader.next().await? {
            batch.cases.iter().for_each(|past| trial.add(past));
            run.cases += u64::try_from(batch.cases.len()).unwrap_or(0);
            run.without_facts += batch.without_facts;
            run.share = batch.share;
            let due = self.now().since_millis(run.heard_at) >= BEAT_MS;
            if due && (self.store().record(&self.port().code, STOPS, &run.id).await?.is_some() || !self.tell(run).await?) {
                return Ok(None);
            }
        }
        Ok(Some(trial.finish()))
    }

    async fn keep_report(&self, run: &TrialRun, report: TrialReport) -> Result<(), AppError> {
        let summary = TrialSummary {
            fingerprint: run.fingerprint.clone(),
            days: run.days,
            cases: report.cases,
            unanswered: report.unanswered,
            flips_in: report.flips_in,
            flips_out: report.flips_out,
            before: report.before.inspected,
            after: report.after.inspected,
            report: String::new(),
            at: run.started_at,
        };
        let command = RecordTrial { table: run.table.clone(), version: run.version, by: run.by.clone(), summary, report };
        self.execute(&Context::platform(self.now(), format!("trial {}", run.id)), &command).await.map(|_| ())
    }

    /// Tells how far a run has come. False when another has been begun in its place, because this one was silent for too long.
    async fn tell(&self, run: &mut TrialRun) -> Result<bool, AppError> {
        let id = key(&run.table, run.version);
        let Some(known) = self.store().record(&self.port().code, RUNS, &id).await? else { return Ok(false) };
        if serde_json::from_slice::<TrialRun>(&known.body).is_ok_and(|other| other.id != run.id) {
            return Ok(false);
        }
        run.heard_at = self.now();
        let write = RecordWrite {
            space: RUNS.into(),
            id,
            expected_version: Some(known.version),
            body: Some(serde_json::to_vec(run).map_err(|e| AppError::Internal(e.to_string()))?),
            expires_at: Some(run.heard_at.plus_hours(KEPT_HOURS)),
        };
        match self.store().commit(Commit { port: self.port().code.clone(), records: vec![write], ..Commit::default() }).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// The rights to look at the runs of a table.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn may_watch_trials(&self, ctx: &Context, table: &str) -> Result<(), AppError> {
        self.view::<RuleTable>(ctx, "rule-table.read-trial", table).await.map(|_| ())
    }
}
