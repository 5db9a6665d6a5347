//! Writing profiles: the administrator all of it, the partner what is its own business.

use async_trait::async_trait;
use codes::{Finding, Text};
use ledger::ObjectRef;
use serde::{Deserialize, Serialize};

use super::{Answers, Contact, DeliverBy, PARTNERS, Profile, check, read};
use crate::rights::Resource;
use crate::{App, AppError, Unit, UseCase};

/// Register of the secrets with which pushed messages are signed, by organisation.
pub const PUSH_SECRETS: &str = "partner-push-secret";

fn resource<'a>(unit: &Unit<'_>, organisation: &'a str) -> Resource<'a> {
    let party = unit.ctx.principal.organisation == organisation;
    Resource { kind: "partner", id: organisation, party, district: false }
}

/// Asks the rights about a partner. A stranger is told that it does not exist.
fn authorise(unit: &mut Unit<'_>, action: &'static str, organisation: &str) -> Result<(), AppError> {
    let resource = resource(unit, organisation);
    unit.authorise(action, &resource).map_err(|error| hidden(error, &resource))
}

fn hidden(error: AppError, resource: &Resource<'_>) -> AppError {
    match error {
        AppError::Forbidden { .. } if !resource.party => AppError::NotFound { kind: "partner", id: resource.id.to_owned() },
        other => other,
    }
}

impl App {
    /// Tries every channel of a partner without sending or taking anything: (channel, what is wrong with it).
    ///
    /// # Errors
    /// [`AppError::NotFound`] for strangers, [`AppError::Forbidden`], or the store's fault.
    pub async fn test_partner(&self, ctx: &crate::Context, organisation: &str) -> Result<Vec<(DeliverBy, Result<(), String>)>, AppError> {
        let allowed = self.may_about_partner(&ctx.principal, "partner.test", organisation);
        let outcome = if allowed.is_ok() { "allowed" } else { "refused" };
        self.store().audit(&self.port().code, self.access(ctx, "partner.test", Some(ObjectRef::new("partner", organisation)), outcome, ""));
        allowed?;
        let (_, profile) =
            self.partner(organisation).await?.ok_or_else(|| AppError::NotFound { kind: "partner", id: organisation.to_owned() })?;
        Ok(self.couriers().test(self, &profile).await)
    }

    /// A partner's profile with its version, if the asker may see it. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for strangers, [`AppError::Forbidden`], or the store's fault.
    pub async fn view_partner(&self, ctx: &crate::Context, organisation: &str) -> Result<(u64, Profile), AppError> {
        let allowed = self.may_about_partner(&ctx.principal, "partner.read", organisation);
        let outcome = if allowed.is_ok() { "allowed" } else { "refused" };
        self.store().audit(&self.port().code, self.access(ctx, "partner.read", Some(ObjectRef::new("partner", organisation)), outcome, ""));
        allowed?;
        self.partner(organisation).await?.ok_or_else(|| AppError::NotFound { kind: "partner", id: organisation.to_owned() })
    }

    fn may_about_partner(&self, principal: &crate::Principal, action: &'static str, organisation: &str) -> Result<(), AppError> {
        let resource = Resource { kind: "partner", id: organisation, party: principal.organisation == organisation, district: false };
        self.rights().require(principal, action, &resource).map_err(|error| hidden(error, &resource))
    }
}

/// The stored profile with its version; 0 and the standard while nothing was agreed.
async fn stored(unit: &Unit<'_>, organisation: &str) -> Result<(u64, Profile), AppError> {
    let (version, body) = unit.record_versioned(PARTNERS, organisation).await?;
    match body {
        Some(body) => Ok((version, read(organisation, &body)?)),
        None => {
            let known = unit.app.organisation(organisation).await?;
            let known = known.ok_or_else(|| AppError::NotFound { kind: "partner", id: organisation.to_owned() })?;
            Ok((0, Profile::standard(&known)))
        }
    }
}

fn unchanged(expected: u64, found: u64) -> Result<(), AppError> {
    if expected == found { Ok(()) } else { Err(AppError::Stale { expected, found }) }
}

/// Writes a partner's profile.
#[derive(Clone, Debug, Serialize)]
pub struct WritePartner {
    /// The profile.
    pub profile: Profile,
    /// Version it was read at; 0 when nothing was agreed yet.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WritePartner {
    const NAME: &'static str = "partner.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let id = self.profile.organisation.as_str();
        authorise(unit, Self::NAME, id)?;
        let (version, _) = stored(unit, id).await?;
        unchanged(self.expected_version, version)?;
        let mut found = check::check(&self.profile);
        found.extend(taken(unit.app, &self.profile).await?);
        found.extend(unit.app.couriers().refuse(&self.profile.channels));
        if !found.is_empty() {
            return Err(AppError::Findings(found));
        }
        unit.write_record(PARTNERS, id, Some(version), &self.profile)?;
        Ok(id.to_owned())
    }
}

/// What another organisation has already: two that share an identification or a folder would receive and send in each other's name.
async fn taken(app: &App, profile: &Profile) -> Result<Vec<Finding>, AppError> {
    let mut found = Vec::new();
    let hint = || Text::new("请核对后更换。", "Check it and choose another.");
    for (n, own) in profile.identifiers.iter().enumerate() {
        let other = app.partner_called(&own.id, own.qualifier.as_deref()).await?;
        if let Some(other) = other.filter(|other| *other != profile.organisation) {
            found.push(Finding::error(
                "partner-identifier-taken",
                format!("/identifiers/{n}/id"),
                Text::new(format!("标识“{}”已属于 {other}。", own.id), format!("The identification “{}” belongs to {other}.", own.id)),
                hint(),
            ));
        }
    }
    if let Some(folder) = &profile.channels.folder {
        let all = app.partners().await?;
        let same = |other: &Profile| {
            other.organisation != profile.organisation && other.channels.folder.as_ref().is_some_and(|f| f.name == folder.name)
        };
        if let Some((_, other)) = all.iter().find(|(_, other)| same(other)) {
            let other = &other.organisation;
            found.push(Finding::error(
                "partner-folder-taken",
                "/channels/folder/name",
                Text::new(format!("文件夹已属于 {other}。"), format!("The folder belongs to {other}.")),
                hint(),
            ));
        }
    }
    Ok(found)
}

/// A partner changes what is its own business: whom to call, the silence alarm, the answers it wants.
#[derive(Clone, Debug, Serialize)]
pub struct WriteOwnPartner {
    /// Organisation.
    pub organisation: String,
    /// Whom to call.
    pub contact: Contact,
    /// Silence alarm, hours.
    pub silence_hours: Option<u32>,
    /// Answers wanted.
    pub answers: Answers,
    /// Version it was read at.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WriteOwnPartner {
    const NAME: &'static str = "partner.write-own";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        authorise(unit, Self::NAME, &self.organisation)?;
        let (version, former) = stored(unit, &self.organisation).await?;
        unchanged(self.expected_version, version)?;
        let profile = Profile { contact: self.contact.clone(), silence_hours: self.silence_hours, answers: self.answers, ..former };
        let found = check::check(&profile);
        if !found.is_empty() {
            return Err(AppError::Findings(found));
        }
        unit.write_record(PARTNERS, &self.organisation, Some(version), &profile)?;
        Ok(self.organisation.clone())
    }
}

/// A secret as stored.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PushSecret {
    /// Hex.
    pub secret: String,
}

/// Makes the secret with which messages pushed to a partner are signed; the former one ends.
#[derive(Clone)]
pub struct MakePushSecret {
    /// Organisation.
    pub organisation: String,
    /// The secret, hex.
    pub secret: String,
}

impl Serialize for MakePushSecret {
    // What is hashed for idempotency names no secret.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.organisation)
    }
}

#[async_trait]
impl UseCase for MakePushSecret {
    const NAME: &'static str = "partner.make-secret";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        authorise(unit, Self::NAME, &self.organisation)?;
        stored(unit, &self.organisation).await?;
        unit.write_record(PUSH_SECRETS, &self.organisation, None, &PushSecret { secret: self.secret.clone() })?;
        Ok(self.organisation.clone())
    }
}

impl App {
    /// The secret with which messages pushed to a partner are signed.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn push_secret(&self, organisation: &str) -> Result<Option<String>, AppError> {
        let Some(record) = self.store().record(&self.port().code, PUSH_SECRETS, organisation).await? else { return Ok(None) };
        let secret: PushSecret =
            serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(format!("push secret of {organisation}: {e}")))?;
        Ok(Some(secret.secret))
    }
}
