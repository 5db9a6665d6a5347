//! An agreement from its request to its end: asked for by the consumer, approved by the provider and the port office, suspended, resumed, ended.

use async_trait::async_trait;
use ledger::{Aggregate, Refusal, Timestamp};
use serde::Serialize;
use sharing::{
    ConsumerKind, FileOrder, Grant, SharingAgreement, SharingApproved, SharingRequested, SharingResumed, SharingSide, SharingSuspended,
    SharingTerms, check_terms, decide_approve, decide_end, decide_expire, decide_refuse, decide_request, decide_resume, decide_suspend,
};
use store::{Visibility, WorkOrder, WorkQuery};

use super::DataResource;
use crate::orders::reason;
use crate::rights::Resource;
use crate::{AppError, Role, Unit, UseCase, limits};

/// Most requests of one consumer that wait for an answer.
pub const REQUESTS_OPEN_MAX: usize = 50;

/// Asks for data; the asker's organisation is the consumer.
#[derive(Clone, Debug, Serialize)]
pub struct RequestSharing {
    /// Data resource, id of the catalogue.
    pub resource: String,
    /// Who provides, organisation id; may be left out where there is one.
    pub provider: Option<String>,
    /// Fields.
    pub fields: Vec<Grant>,
    /// What for.
    pub purpose: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
    /// From when the data are, when they reach back before `valid_from`.
    pub data_from: Option<Timestamp>,
    /// Files, when they are wanted.
    pub file: Option<FileOrder>,
}

#[async_trait]
impl UseCase for RequestSharing {
    const NAME: &'static str = "sharing-agreement.request";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(SharingAgreement::KIND))?;
        let by = person(unit, Self::NAME)?;
        limits::text(&self.resource, "/resource", limits::SHORT_TEXT_MAX)?;
        limits::rows(self.fields.len(), sharing::FIELDS_MAX, "/fields")?;
        let resource = DataResource::of(&self.resource).ok_or_else(|| {
            AppError::invalid("sharing-resource", "/resource", "目录中没有此数据资源", "no such resource in the catalogue")
        })?;
        let (provider, district) = provider(unit, resource, self.provider.as_deref()).await?;
        let terms = SharingTerms {
            resource: self.resource.clone(),
            provider,
            consumer: unit.ctx.principal.organisation.clone(),
            office: office(unit).await?,
            district,
            grants: self.fields.clone(),
            purpose: self.purpose.trim().to_owned(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            data_from: self.data_from,
            file: self.file,
        };
        let found = check_terms(&terms, &resource.fields(), consumer_kind(unit.ctx.principal.role), unit.at());
        if codes::has_errors(&found) {
            return Err(AppError::Findings(found));
        }
        bounded(unit, &terms.consumer).await?;
        let id = unit.app.next_id('H', unit.at()).await?;
        let events = decide_request(None, SharingRequested { terms, by })?;
        unit.record::<SharingAgreement>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

async fn provider(unit: &Unit<'_>, resource: DataResource, named: Option<&str>) -> Result<(String, Option<String>), AppError> {
    let all = unit.app.providers(resource).await?;
    let chosen = match named.filter(|id| !id.is_empty()) {
        Some(id) => all.iter().find(|one| one.id == id),
        None if all.len() == 1 => all.first(),
        None => None,
    };
    chosen.map(|one| (one.id.clone(), one.district.clone())).ok_or_else(|| {
        AppError::invalid("sharing-provider", "/provider", "请选择该资源的提供单位", "choose one of the providers of this resource")
    })
}

async fn office(unit: &Unit<'_>) -> Result<String, AppError> {
    let all = unit.app.organisations().await?;
    all.into_iter().find(|one| one.role == Role::PortOffice).map(|one| one.id).ok_or_else(|| {
        AppError::invalid("sharing-no-office", "", "本口岸尚未登记口岸办，无法审批", "no port office is registered that could approve")
    })
}

/// What kind of consumer a role is.
pub(super) const fn consumer_kind(role: Role) -> ConsumerKind {
    match role {
        Role::Customs | Role::Maritime | Role::Border | Role::PortAuthority | Role::MarketSupervision | Role::PortOffice => {
            ConsumerKind::Authority
        }
        Role::Trader | Role::Agent | Role::Terminal | Role::Trucker | Role::Admin | Role::National | Role::Platform | Role::Public => {
            ConsumerKind::Enterprise
        }
    }
}

/// Register in which whoever asks for data passes, by consumer.
const REQUESTS: &str = "sharing-requests";

/// Refuses one request too many. The list is not held, so that of requests that come at once each passes this record before it looks.
async fn bounded(unit: &mut Unit<'_>, consumer: &str) -> Result<(), AppError> {
    unit.record_held::<()>(REQUESTS, consumer).await?;
    let query = WorkQuery {
        statuses: vec!["requested".into(), "provider-approved".into()],
        keys: vec![format!("CONSUMER:{}", consumer.to_uppercase())],
        limit: u32::try_from(REQUESTS_OPEN_MAX).unwrap_or(50),
        ..agreements(&unit.app.port().code)
    };
    if unit.app.store().work(&query).await?.items.len() < REQUESTS_OPEN_MAX {
        return Ok(());
    }
    Err(AppError::Refused(Refusal::new(
        "sharing-requests-open",
        RequestSharing::NAME,
        "requested",
        format!("本单位已有 {REQUESTS_OPEN_MAX} 份申请待审批。"),
        format!("{REQUESTS_OPEN_MAX} requests of your organisation wait for an answer already."),
    )))
}

/// Every open agreement, earliest due first.
pub(super) fn agreements(port: &str) -> WorkQuery {
    WorkQuery {
        port: port.to_owned(),
        visibility: Visibility::Port,
        kinds: vec![SharingAgreement::KIND.to_owned()],
        statuses: Vec::new(),
        owner: None,
        actions: Vec::new(),
        open: Some(true),
        key_prefix: None,
        keys: Vec::new(),
        opened_from: None,
        opened_to: None,
        due_before: None,
        order: WorkOrder::Due,
        cursor: None,
        limit: crate::reading::PAGE_MAX,
    }
}

/// Who signs: a person. An agreement is no business of a machine.
fn person(unit: &Unit<'_>, action: &'static str) -> Result<String, AppError> {
    if unit.ctx.principal.system {
        return Err(AppError::Refused(Refusal::new(
            "sharing-person-only",
            action,
            "system",
            "数据共享协议须由登录的人员办理，系统密钥不能签署。",
            "Agreements are signed by people who are logged in, not by keys.",
        )));
    }
    Ok(unit.ctx.principal.id.clone())
}

/// An agreement, the side on which the asker acts, and who signs.
async fn signing(unit: &mut Unit<'_>, action: &'static str, id: &str) -> Result<(SharingAgreement, SharingSide, String), AppError> {
    let state = unit.authorised::<SharingAgreement>(action, id).await?;
    let by = person(unit, action)?;
    let side = state.side_of(&unit.ctx.principal.organisation).ok_or(AppError::Forbidden { action })?;
    Ok((state, side, by))
}

/// Approves: for the provider, then for the port office.
#[derive(Clone, Debug, Serialize)]
pub struct ApproveSharing {
    /// Agreement id.
    pub id: String,
}

#[async_trait]
impl UseCase for ApproveSharing {
    const NAME: &'static str = "sharing-agreement.approve";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_approve(&state, SharingApproved { side, by }, unit.at())?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Does not approve.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseSharing {
    /// Agreement id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RefuseSharing {
    const NAME: &'static str = "sharing-agreement.refuse";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_refuse(&state, side, by, reason(&self.reason)?)?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Suspends: nothing is delivered until the same side resumes.
#[derive(Clone, Debug, Serialize)]
pub struct SuspendSharing {
    /// Agreement id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for SuspendSharing {
    const NAME: &'static str = "sharing-agreement.suspend";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_suspend(&state, SharingSuspended { side, by, reason: reason(&self.reason)? })?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Resumes.
#[derive(Clone, Debug, Serialize)]
pub struct ResumeSharing {
    /// Agreement id.
    pub id: String,
}

#[async_trait]
impl UseCase for ResumeSharing {
    const NAME: &'static str = "sharing-agreement.resume";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_resume(&state, SharingResumed { side, by })?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Ends an agreement, or takes one's own request back.
#[derive(Clone, Debug, Serialize)]
pub struct EndSharing {
    /// Agreement id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for EndSharing {
    const NAME: &'static str = "sharing-agreement.end";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_end(&state, side, by, reason(&self.reason)?)?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Records that the term of an agreement has ended: the platform's own duty.
#[derive(Clone, Debug, Serialize)]
pub struct ExpireSharing {
    /// Agreement id.
    pub id: String,
}

#[async_trait]
impl UseCase for ExpireSharing {
    const NAME: &'static str = "sharing-agreement.expire";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(SharingAgreement::KIND))?;
        let state = unit.get::<SharingAgreement>(&self.id).await?;
        let events = decide_expire(&state, unit.at());
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
