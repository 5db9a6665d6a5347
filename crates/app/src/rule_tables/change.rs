//! Use cases: a version is drafted, written, submitted, countersigned, sent back, withdrawn.

use async_trait::async_trait;
use codes::Text;
use ledger::Timestamp;
use rulebook::{
    Checked, Content, Drafted, Edited, Installed, Kept, Released, Returned, RuleTable, Submitted, WithdrawalAsked, Withdrawn,
    release_statement,
};
use rules::{DecisionTable, Finding, Severity};
use serde::Serialize;
use store::Blob;

use super::{TEXT_BYTES_MAX, TEXT_TYPE, check, checked};
use crate::rights::Resource;
use crate::{AppError, Unit, UseCase, draw, limits};

/// Installs the first version of a table, which came with the platform.
#[derive(Clone, Debug, Serialize)]
pub struct InstallTable {
    /// Its text; the platform gives it the version 1.
    pub table: DecisionTable,
    /// Where it comes from, shown with it.
    pub origin: Text,
}

#[async_trait]
impl UseCase for InstallTable {
    const NAME: &'static str = "rule-table.install";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("rule-table"))?;
        install(unit, &self.table, &self.origin).await?;
        Ok(self.table.id.to_string())
    }
}

pub(super) async fn install(unit: &mut Unit<'_>, table: &DecisionTable, origin: &Text) -> Result<(), AppError> {
    let id = table.id.to_string();
    let text = DecisionTable { version: "1".into(), ..table.clone() };
    if let Some(fault) = check(&id, &text).into_iter().find(Finding::is_error) {
        return Err(AppError::Internal(format!("the rule table {id} that came with the platform: {} at {}", fault.code, fault.pointer)));
    }
    let state = unit.load::<RuleTable>(&id).await?;
    let installed = Installed {
        authority: unit.app.port().customs_district.clone(),
        title: Text::new(text.title.zh.to_string(), text.title.en.to_string()),
        content: keep(unit, &text)?,
        origin: origin.clone(),
    };
    let events = rulebook::decide_install(state.as_ref(), installed)?;
    unit.record::<RuleTable>(&id, events, unit.at()).await
}

/// Keeps a text among the raw bytes and names it.
fn keep(unit: &mut Unit<'_>, text: &DecisionTable) -> Result<Content, AppError> {
    let bytes = serde_json::to_vec(text).map_err(|e| AppError::Internal(e.to_string()))?;
    if bytes.len() > TEXT_BYTES_MAX {
        let (zh, en) = (
            format!("规则表内容 {} 字节，上限 {TEXT_BYTES_MAX} 字节", bytes.len()),
            format!("the text has {} bytes; at most {TEXT_BYTES_MAX}", bytes.len()),
        );
        return Err(AppError::invalid("rules-too-large", "", zh, en));
    }
    let content = Content {
        fingerprint: text.fingerprint().to_string(),
        rows: u32::try_from(text.rows.len()).unwrap_or(u32::MAX),
        effective_from: text.effective_from.to_string(),
        effective_to: text.effective_to.map(|day| day.to_string()),
    };
    unit.keep(Blob { sha256: content.fingerprint.clone(), media_type: TEXT_TYPE.into(), bytes });
    Ok(content)
}

/// The officer who takes a step. A key acts for an office, not for a person: with one, a single officer would be two pairs of eyes.
fn officer(unit: &Unit<'_>, action: &'static str) -> Result<String, AppError> {
    if unit.ctx.principal.system {
        return Err(AppError::Forbidden { action });
    }
    Ok(unit.ctx.principal.id.clone())
}

fn today(unit: &Unit<'_>) -> String {
    unit.at().day(unit.app.port().utc_offset_minutes)
}

/// Begins a version as a copy of another. It would act from tomorrow, until its author says another day. Outcome: its number.
#[derive(Clone, Debug, Serialize)]
pub struct DraftVersion {
    /// Table.
    pub table: String,
    /// Version that is copied.
    pub based_on: u32,
}

#[async_trait]
impl UseCase for DraftVersion {
    const NAME: &'static str = "rule-table.draft";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let number = state.next_number();
        let source = state.version(self.based_on).ok_or_else(|| super::unknown(&self.table, self.based_on))?;
        let mut text = unit.app.text_of(&source.content.fingerprint).await?;
        let by = officer(unit, Self::NAME)?;
        text.version = number.to_string().into();
        text.author = by.clone().into();
        text.effective_from = draw::parsed(&unit.at().plus_days(1).day(unit.app.port().utc_offset_minutes))?;
        if text.effective_to.is_some_and(|to| to < text.effective_from) {
            text.effective_to = None;
        }
        let content = keep(unit, &text)?;
        let events = rulebook::decide_draft(&state, Drafted { by, content, based_on: self.based_on })?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await?;
        Ok(number)
    }
}

/// Writes the text of a draft. A draft keeps whatever can be read as a table; the check tells its faults.
#[derive(Clone, Debug, Serialize)]
pub struct SaveVersion {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Fingerprint of the text that the writer read.
    pub read: String,
    /// The text. Identity, version and author stay as they are.
    pub text: DecisionTable,
}

#[async_trait]
impl UseCase for SaveVersion {
    const NAME: &'static str = "rule-table.edit";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let version = state.version(self.version).ok_or_else(|| super::unknown(&self.table, self.version))?;
        let mut text = self.text.clone();
        text.id = self.table.as_str().into();
        text.version = self.version.to_string().into();
        text.author = version.author().into();
        if version.content.fingerprint != self.read && version.content.fingerprint != text.fingerprint().to_string() {
            return Err(AppError::Refused(ledger::Refusal::new(
                "rule-other-text",
                Self::NAME,
                version.stage.code(),
                "该版本已被他人修改，请重新打开后再改。",
                "Somebody else has changed this version; open it again.",
            )));
        }
        let content = keep(unit, &text)?;
        let events = rulebook::decide_edit(&state, Edited { version: self.version, by: officer(unit, Self::NAME)?, content })?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await?;
        Ok(self.version)
    }
}

/// Asks for the countersignature of a draft.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitVersion {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Why it is needed.
    pub note: String,
}

#[async_trait]
impl UseCase for SubmitVersion {
    const NAME: &'static str = "rule-table.submit";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let version = state.version(self.version).ok_or_else(|| super::unknown(&self.table, self.version))?;
        let (_, findings) = checked(&self.table, unit.app.text_of(&version.content.fingerprint).await?).await?;
        let of = |severity| u32::try_from(findings.iter().filter(|finding| finding.severity == severity).count()).unwrap_or(u32::MAX);
        let checked = Checked { errors: of(Severity::Error), warnings: of(Severity::Warning), infos: of(Severity::Info) };
        let command = Submitted { version: self.version, by: officer(unit, Self::NAME)?, note: self.note.trim().to_owned(), checked };
        let events = rulebook::decide_submit(&state, command, &today(unit))?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await?;
        Ok(self.version)
    }
}

/// Countersigns a submitted version: it acts from its first day on.
#[derive(Clone, Debug, Serialize)]
pub struct CountersignVersion {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
    /// Fingerprint of the text that the officer looked at.
    pub fingerprint: String,
}

#[async_trait]
impl UseCase for CountersignVersion {
    const NAME: &'static str = "rule-table.countersign";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let version = state.version(self.version).ok_or_else(|| super::unknown(&self.table, self.version))?;
        let by = officer(unit, Self::NAME)?;
        let at: Timestamp = unit.at();
        let port = &unit.app.port().code;
        let statement = release_statement(port, &self.table, self.version, &version.content, version.author(), &by, at);
        let signature = unit.app.sign(&statement)?;
        let command = Released { version: self.version, by, fingerprint: self.fingerprint.clone(), signature };
        let events = rulebook::decide_release(&state, command, &today(unit))?;
        unit.record::<RuleTable>(&self.table, events, at).await?;
        Ok(self.version)
    }
}

macro_rules! with_reason {
    ($(#[$meta:meta])* $name:ident, $action:literal, |$state:ident, $command:ident, $by:ident, $unit:ident| $decide:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name {
            /// Table.
            pub table: String,
            /// Version.
            pub version: u32,
            /// Why.
            pub why: String,
        }

        #[async_trait]
        impl UseCase for $name {
            const NAME: &'static str = $action;
            type Outcome = u32;

            async fn run(&self, $unit: &mut Unit<'_>) -> Result<u32, AppError> {
                let $state = $unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
                limits::text(&self.why, "/reason", rulebook::NOTE_LENGTH_MAX)?;
                let ($command, $by) = (self, officer($unit, Self::NAME)?);
                let events = $decide?;
                $unit.record::<RuleTable>(&self.table, events, $unit.at()).await?;
                Ok(self.version)
            }
        }
    };
}

with_reason!(
    /// Sends a submitted version back to its author.
    ReturnVersion, "rule-table.return",
    |state, c, by, unit| rulebook::decide_return(&state, Returned { version: c.version, by, why: c.why.trim().to_owned() })
);
with_reason!(
    /// Gives up a draft or a submitted version.
    WithdrawVersion, "rule-table.give-up",
    |state, c, by, unit| rulebook::decide_withdraw_draft(&state, Withdrawn { version: c.version, by, why: c.why.trim().to_owned() })
);
with_reason!(
    /// Asks for the end of a released version.
    AskWithdrawal, "rule-table.withdraw",
    |state, c, by, unit| {
        let command = WithdrawalAsked { version: c.version, by, why: c.why.trim().to_owned() };
        rulebook::decide_ask_withdrawal(&state, command, &today(unit))
    }
);

/// Lets a released version end, as another officer asked.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmWithdrawal {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
}

#[async_trait]
impl UseCase for ConfirmWithdrawal {
    const NAME: &'static str = "rule-table.confirm-withdrawal";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let events = rulebook::decide_confirm_withdrawal(&state, self.version, &officer(unit, Self::NAME)?, &today(unit))?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await?;
        Ok(self.version)
    }
}

/// Drops the wish to withdraw a released version.
#[derive(Clone, Debug, Serialize)]
pub struct KeepVersion {
    /// Table.
    pub table: String,
    /// Version.
    pub version: u32,
}

#[async_trait]
impl UseCase for KeepVersion {
    const NAME: &'static str = "rule-table.keep";
    type Outcome = u32;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<u32, AppError> {
        let state = unit.authorised::<RuleTable>(Self::NAME, &self.table).await?;
        let events = rulebook::decide_keep(&state, Kept { version: self.version, by: officer(unit, Self::NAME)? })?;
        unit.record::<RuleTable>(&self.table, events, unit.at()).await?;
        Ok(self.version)
    }
}
