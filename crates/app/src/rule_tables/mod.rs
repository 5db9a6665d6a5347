//! Rule tables (规则表): the texts of their versions, the version in force, and what a person sees of them.
//!
//! The object of the ledger names a text by its fingerprint; the text lies beside it among the raw bytes, under that fingerprint.

mod change;
mod past;
mod trial;

use std::sync::Arc;

use codes::Text;
use ledger::Aggregate as _;
use rulebook::{POINTS, Point, RuleTable, Version};
use rules::{CompiledTable, Day, DecisionTable, Difference, Finding};

pub use change::{
    AskWithdrawal, ConfirmWithdrawal, CountersignVersion, DraftVersion, InstallTable, KeepVersion, ReturnVersion, SaveVersion,
    SubmitVersion, WithdrawVersion,
};
pub use trial::{CancelTrial, RecordTrial, StartTrial, TRIAL_DAYS_MAX, TrialRun, TrialState};

use crate::reading::Seen;
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit};

/// Largest text of a version, bytes of JSON.
pub const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Media type under which texts are kept.
const TEXT_TYPE: &str = "application/json";

/// A version with its text and what the check finds in it.
pub struct VersionSeen {
    /// The table.
    pub table: RuleTable,
    /// The version.
    pub version: Version,
    /// Its text.
    pub text: DecisionTable,
    /// Findings about the text.
    pub findings: Vec<Finding>,
}

impl App {
    /// The rule tables of the port. A fresh port has those that came with the platform, from its first decision or housekeeping on.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn rule_tables(&self, ctx: &Context) -> Result<Vec<Seen<RuleTable>>, AppError> {
        self.rights().require(&ctx.principal, "rule-table.read", &Resource::own(RuleTable::KIND))?;
        let mut found = Vec::new();
        for point in POINTS {
            match self.view::<RuleTable>(ctx, "rule-table.read", point.table).await {
                Ok(seen) => found.push(seen),
                Err(AppError::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(found)
    }

    /// A version with its text; the access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn rule_version(&self, ctx: &Context, table: &str, number: u32) -> Result<VersionSeen, AppError> {
        let seen = self.view::<RuleTable>(ctx, "rule-table.read", table).await?;
        let version = seen.state.version(number).cloned().ok_or_else(|| unknown(table, number))?;
        let (text, findings) = checked(table, self.text_of(&version.content.fingerprint).await?).await?;
        Ok(VersionSeen { table: seen.state, version, text, findings })
    }

    /// What a version changes in another, in words.
    ///
    /// # Errors
    /// As [`App::rule_version`].
    pub async fn rule_difference(&self, ctx: &Context, table: &str, from: u32, to: u32) -> Result<Vec<Difference>, AppError> {
        let after = self.rule_version(ctx, table, to).await?;
        let before = after.table.version(from).ok_or_else(|| unknown(table, from))?;
        Ok(self.text_of(&before.content.fingerprint).await?.difference(&after.text))
    }

    /// The findings of a text that is being written; nothing is kept.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`], or the store's fault.
    pub async fn check_rules(&self, ctx: &Context, table: &str, text: DecisionTable) -> Result<Vec<Finding>, AppError> {
        self.view::<RuleTable>(ctx, "rule-table.check", table).await?;
        Ok(checked(table, text).await?.1)
    }

    /// Installs the tables that came with the platform where there are none.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn keep_rule_tables(&self, ctx: &Context) -> Result<usize, AppError> {
        let mut installed = 0;
        for table in shipped() {
            if self.peek::<RuleTable>(&table.id).await?.is_none() {
                match self.execute(ctx, &InstallTable { table, origin: shipped_origin() }).await {
                    Ok(_) => installed += 1,
                    // Another process was first.
                    Err(AppError::Refused(_)) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(installed)
    }

    /// A text as it was kept under its fingerprint.
    async fn text_of(&self, fingerprint: &str) -> Result<DecisionTable, AppError> {
        let missing = || AppError::Internal(format!("the text {fingerprint} of a rule table is not kept"));
        let (_, bytes) = self.store().blob(&self.port().code, fingerprint).await?.ok_or_else(missing)?;
        let text: DecisionTable = serde_json::from_slice(&bytes).map_err(|e| AppError::Internal(format!("text of a rule table: {e}")))?;
        if text.fingerprint().to_string() != fingerprint {
            return Err(AppError::Internal(format!("the text {fingerprint} of a rule table was altered")));
        }
        Ok(text)
    }

    /// The text of a fingerprint, compiled. A text never changes, so that it is compiled once in a process.
    async fn compiled(&self, fingerprint: &str) -> Result<Arc<CompiledTable>, AppError> {
        if let Some(known) = self.compiled_tables().get(fingerprint) {
            return Ok(known);
        }
        let text = self.text_of(fingerprint).await?;
        let id = Arc::clone(&text.id);
        let work = tokio::task::spawn_blocking(move || text.compile());
        let compiled = work.await.map_err(|error| AppError::Internal(format!("compiling a rule table: {error}")))?;
        let compiled = compiled.map_err(|faults| AppError::Internal(format!("rule table {id}: {} faults", faults.len())))?;
        let compiled = Arc::new(compiled);
        self.compiled_tables().insert(fingerprint.to_owned(), Arc::clone(&compiled));
        Ok(compiled)
    }
}

/// The version of a table in force now. A port without the table gets the shipped one, on the ledger as version 1, in the same unit.
pub(crate) async fn in_force(unit: &mut Unit<'_>, id: &str) -> Result<Arc<CompiledTable>, AppError> {
    let missing = || AppError::Internal(format!("no version of the rule table {id} is in force"));
    let today = Day::in_china(unit.at().millis()).to_string();
    if let Some(table) = unit.look::<RuleTable>(id).await? {
        let fingerprint = table.in_force_on(&today).ok_or_else(missing)?.content.fingerprint.clone();
        return unit.app.compiled(&fingerprint).await;
    }
    let table = shipped().into_iter().find(|table| *table.id == *id).ok_or_else(missing)?;
    change::install(unit, &table, &shipped_origin()).await?;
    table.compile().map(Arc::new).map_err(|faults| AppError::Internal(format!("shipped rule table {id}: {} faults", faults.len())))
}

/// Tables that came with the platform.
fn shipped() -> Vec<DecisionTable> {
    vec![rules::demonstration::import_inspection_rate()]
}

fn shipped_origin() -> Text {
    Text::new("随平台提供的演示版本，未经任何关员签发", "came with the platform for demonstration; no officer released it")
}

fn unknown(table: &str, number: u32) -> AppError {
    AppError::NotFound { kind: "rule-version", id: format!("{table}@{number}") }
}

/// [`check`] away from the threads that answer others: a large table takes its time.
async fn checked(table: &str, text: DecisionTable) -> Result<(DecisionTable, Vec<Finding>), AppError> {
    let table = table.to_owned();
    let work = tokio::task::spawn_blocking(move || {
        let found = check(&table, &text);
        (text, found)
    });
    work.await.map_err(|error| AppError::Internal(format!("checking a rule table: {error}")))
}

/// Findings about a text as the place that asks the table sees it.
fn check(table: &str, text: &DecisionTable) -> Vec<Finding> {
    Point::of(table).map_or_else(|| text.validate(), |point| point.check(text))
}
