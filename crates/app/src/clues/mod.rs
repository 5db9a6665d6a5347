//! The register of clues (线索登记): registered, facts looked up, assigned, checked, shared, closed (INS-20). Nothing else follows from a clue: no use
//! case here changes any other object.

pub mod facts;
pub mod figures;
mod file;

use async_trait::async_trait;
use credit::Enterprise;
use inspection::{
    Authority, Clue, ClueAbout, ClueAssigned, ClueChecked, ClueClosed, ClueFactsAttached, ClueFinding, CluePlace, CluePurpose,
    ClueRegistered, ClueScope, ClueSeverity, ClueShared, ClueSource, Conflict,
};
use ledger::{Aggregate, Timestamp};
use serde::Serialize;

pub use file::{ClueContents, ClueSubject, ClueView, owns, view_of};

use crate::matching::authority_of;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, limits};

/// Longest text of a clue or of an answer, characters.
pub const CLUE_TEXT_MAX: usize = 4_000;
/// Days that a file is kept when the rules name no period.
const DAYS_USUAL: u32 = 1_095;
/// Longest name of a place, characters.
pub const CLUE_PLACE_MAX: usize = 60;

/// Registers a clue (登记线索).
#[derive(Clone, Debug, Serialize)]
pub struct RegisterClue {
    /// Where it comes from.
    pub source: ClueSource,
    /// What kind of thing it is about.
    pub about: ClueAbout,
    /// Its code or number.
    pub value: String,
    /// How much it weighs.
    pub severity: ClueSeverity,
    /// Where.
    pub place: CluePlace,
    /// Label of its retention; the usual one when left out.
    pub retention: Option<String>,
    /// What was heard.
    pub text: String,
}

#[async_trait]
impl UseCase for RegisterClue {
    const NAME: &'static str = "clue.register";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port(Clue::KIND, &unit.ctx.principal))?;
        let principal = unit.ctx.principal.clone();
        let Some(authority) = authority_of(principal.role) else { return Err(AppError::Forbidden { action: Self::NAME }) };
        let subject = ClueSubject::of(self.about, &self.value)?;
        let text = long_text(&self.text)?;
        let place = checked_place(&self.place)?;
        let rules = &unit.app.port().clues;
        let retention = match &self.retention {
            Some(label) => rules.period(label),
            None => rules.retention.first(),
        };
        let retention = retention
            .map(|one| one.label.clone())
            .ok_or_else(|| AppError::invalid("clue-retention", "/retention", "没有该保管期限", "there is no such period of retention"))?;
        let id = unit.app.next_id('Q', unit.at()).await?;
        let fingerprint = subject.fingerprint(unit).await?;
        let seal = file::begin(unit, &id, subject, text)?;
        let registered = ClueRegistered {
            authority,
            organisation: principal.organisation,
            district: principal.district.filter(|_| authority == Authority::Customs),
            by: principal.id,
            source: self.source,
            about: self.about,
            fingerprint,
            severity: self.severity,
            place,
            retention,
            seal,
        };
        let events = inspection::decide_register_clue(unit.load::<Clue>(&id).await?.as_ref(), registered)?;
        unit.record::<Clue>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

fn checked_place(place: &CluePlace) -> Result<CluePlace, AppError> {
    let county = place.county.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned);
    if county.as_ref().is_some_and(|code| code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit())) {
        return Err(AppError::invalid("clue-county", "/place/county", "县区代码为 6 位数字", "a county's code has six digits"));
    }
    let name = place.name.trim().to_owned();
    limits::text(&name, "/place/name", CLUE_PLACE_MAX)?;
    Ok(CluePlace { county, name })
}

fn long_text(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if (2..=CLUE_TEXT_MAX).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(AppError::invalid(
            "clue-text",
            "/text",
            format!("内容须为 2 至 {CLUE_TEXT_MAX} 字"),
            format!("write 2 to {CLUE_TEXT_MAX} characters"),
        ))
    }
}

/// A clue of the asker's own authority, for a person of it: whoever it is shared with reads it and does nothing with it, and nobody would answer
/// for what a key does.
async fn own(unit: &mut Unit<'_>, action: &'static str, id: &str) -> Result<Clue, AppError> {
    let state = unit.authorised::<Clue>(action, id).await?;
    if unit.ctx.principal.system || !owns(&unit.ctx.principal, &state) {
        return Err(AppError::Forbidden { action });
    }
    Ok(state)
}

/// Looks up what credit and movements say of its subject now, and puts it into the file.
#[derive(Clone, Debug, Serialize)]
pub struct AttachFacts {
    /// Clue id.
    pub id: String,
    /// What for.
    pub purpose: CluePurpose,
}

#[async_trait]
impl UseCase for AttachFacts {
    const NAME: &'static str = "clue.attach-facts";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = own(unit, Self::NAME, &self.id).await?;
        let by = unit.ctx.principal.id.clone();
        let blank = ClueFactsAttached {
            by,
            purpose: self.purpose,
            found: Default::default(),
            withheld: Vec::new(),
            more: false,
            seal: String::new(),
        };
        // Nothing is read for a clue that takes no more.
        inspection::decide_attach_facts(&state, blank.clone())?;
        let subject = file::held(unit, &self.id).await?.subject().cloned();
        let subject = subject.ok_or_else(|| AppError::Internal(format!("clue {} has no file", self.id)))?;
        let found = facts::about(unit.app, unit.ctx, &subject).await?;
        for object in &found.read {
            // The administrator reads the access log: it says who looked and what for, and the file says for which clue.
            unit.note_access(Self::NAME, object.clone(), &format!("purpose {}", self.purpose.code()));
        }
        let attached = ClueFactsAttached {
            found: found.counts(),
            more: found.more,
            withheld: found.withheld.iter().map(|source| (*source).to_owned()).collect(),
            seal: file::put_facts(unit, &self.id, found.facts, found.read).await?,
            ..blank
        };
        let events = inspection::decide_attach_facts(&state, attached)?;
        unit.record::<Clue>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Assigns it to an officer of the authority (分派).
#[derive(Clone, Debug, Serialize)]
pub struct AssignClue {
    /// Clue id.
    pub id: String,
    /// To whom, user id.
    pub officer: String,
    /// Until when it is to be checked.
    pub due: Timestamp,
}

#[async_trait]
impl UseCase for AssignClue {
    const NAME: &'static str = "clue.assign";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = own(unit, Self::NAME, &self.id).await?;
        let user = unit.app.user(&self.officer).await?.filter(|user| !user.disabled && user.organisation == state.registered.organisation);
        let Some(user) = user else {
            return Err(AppError::invalid("clue-officer", "/officer", "本单位没有该人员", "there is no such person in this authority"));
        };
        let conflicts = user.officer.map(|officer| officer.conflicts).unwrap_or_default();
        let conflict = match party(unit, &self.id).await? {
            Some(organisation) if conflicts.contains(&organisation) => Conflict::WithSubject,
            Some(_) | None => Conflict::None,
        };
        let assigned = ClueAssigned { officer: user.id, by: unit.ctx.principal.id.clone(), due: self.due };
        let events = inspection::decide_assign_clue(&state, assigned, conflict, unit.at())?;
        unit.record::<Clue>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The organisation that a clue is about, when it is about an enterprise that has joined.
async fn party(unit: &mut Unit<'_>, id: &str) -> Result<Option<String>, AppError> {
    let subject = file::held(unit, id).await?.subject().cloned();
    let Some(subject) = subject.filter(|subject| subject.about == ClueAbout::Enterprise) else { return Ok(None) };
    if let Some(organisation) = unit.app.organisation_by_uscc(&subject.value).await? {
        return Ok(Some(organisation.id));
    }
    Ok(unit.app.peek::<Enterprise>(&subject.value).await?.and_then(|enterprise| enterprise.organisation))
}

/// The officer says what was found (反馈).
#[derive(Clone, Debug, Serialize)]
pub struct CheckClue {
    /// Clue id.
    pub id: String,
    /// What it came to.
    pub finding: ClueFinding,
    /// What was found.
    pub text: String,
}

#[async_trait]
impl UseCase for CheckClue {
    const NAME: &'static str = "clue.feedback";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = own(unit, Self::NAME, &self.id).await?;
        let text = long_text(&self.text)?;
        let seal = file::put_text(unit, &self.id, text).await?;
        let checked = ClueChecked { by: unit.ctx.principal.id.clone(), finding: self.finding, seal };
        let events = inspection::decide_check_clue(&state, checked)?;
        unit.record::<Clue>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Lets another authority see it, with a reason (共享).
#[derive(Clone, Debug, Serialize)]
pub struct ShareClue {
    /// Clue id.
    pub id: String,
    /// With whom, organisation id.
    pub with: String,
    /// What it sees.
    pub scope: ClueScope,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for ShareClue {
    const NAME: &'static str = "clue.share";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = own(unit, Self::NAME, &self.id).await?;
        let why = reason(&self.reason)?;
        let with = unit.app.organisation(&self.with).await?.filter(|one| authority_of(one.role).is_some());
        let Some(with) = with else {
            return Err(AppError::invalid("clue-share-with", "/with", "只能共享给监管单位", "a clue is shared with authorities alone"));
        };
        let seal = file::put_text(unit, &self.id, why).await?;
        let shared = ClueShared { with: with.id, scope: self.scope, by: unit.ctx.principal.id.clone(), seal };
        let events = inspection::decide_share_clue(&state, shared, unit.at())?;
        // What is added to a file that is to be destroyed is destroyed with it.
        if let Some(until) = state.keep_until() {
            file::keep_until(unit, &self.id, until).await?;
        }
        unit.record::<Clue>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Somebody who gave no answer closes it, with a reason (办结).
#[derive(Clone, Debug, Serialize)]
pub struct CloseClue {
    /// Clue id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CloseClue {
    const NAME: &'static str = "clue.close";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = own(unit, Self::NAME, &self.id).await?;
        let why = reason(&self.reason)?;
        let rules = &unit.app.port().clues;
        // A period that was taken out of the rules since is the usual one.
        let days = rules.period(&state.registered.retention).or(rules.retention.first()).map_or(DAYS_USUAL, |one| one.days.max(1));
        let keep_until = unit.at().plus_days(i64::from(days));
        let seal = file::put_text(unit, &self.id, why).await?;
        let events = inspection::decide_close_clue(&state, ClueClosed { by: unit.ctx.principal.id.clone(), seal, keep_until })?;
        file::keep_until(unit, &self.id, keep_until).await?;
        unit.record::<Clue>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
