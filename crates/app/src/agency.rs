//! Agency agreements (电子代理委托): proposed, accepted, declined, revoked; and for whom somebody may act.

use std::collections::BTreeSet;

use async_trait::async_trait;
use clearance::{
    AgencyAccepted, AgencyAct, AgencyAgreement, AgencyDeclined, AgencyProposed, AgencyRevoked, AgencySide, decide_accept_agency,
    decide_decline_agency, decide_propose_agency, decide_revoke_agency,
};
use ledger::{Aggregate, Refusal, Timestamp};
use manifest::Bill;
use serde::Serialize;
use store::{Visibility, WorkOrder, WorkQuery};

use crate::orders::reason;
use crate::rights::Resource;
use crate::{App, AppError, Role, Unit, UseCase, limits};

/// Most proposals of one pair of organisations that wait for an answer: nobody's worklist is filled by another.
pub const PROPOSALS_OPEN_MAX: usize = 20;

/// Proposes an agreement; the asker's organisation is one of its two sides and signs for it.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeAgreement {
    /// Who is represented (委托方), organisation id.
    pub principal: String,
    /// Who represents (受托方), organisation id.
    pub agent: String,
    /// What for.
    pub acts: BTreeSet<AgencyAct>,
    /// The bill it is for; all bills when none is named.
    pub bill: Option<String>,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
}

#[async_trait]
impl UseCase for ProposeAgreement {
    const NAME: &'static str = "agency.propose";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(AgencyAgreement::KIND))?;
        let own = unit.ctx.principal.organisation.clone();
        let side = match (own == self.principal, own == self.agent) {
            (true, false) => AgencySide::Principal,
            (false, true) => AgencySide::Agent,
            (true, true) | (false, false) => {
                return Err(AppError::invalid(
                    "agency-parties",
                    "/principal",
                    "本企业须为委托方或受托方之一，对方为另一单位",
                    "your organisation is one of the two sides, and another organisation is the other",
                ));
            }
        };
        for (id, pointer) in [(&self.principal, "/principal"), (&self.agent, "/agent")] {
            limits::text(id, pointer, limits::SHORT_TEXT_MAX)?;
            match unit.app.organisation(id).await? {
                Some(known) if known.role == Role::Trader => {}
                Some(_) | None => {
                    return Err(AppError::invalid(
                        "agency-organisation",
                        pointer,
                        "没有这个货主、报关或货代企业",
                        "no such trader, broker or forwarder",
                    ));
                }
            }
        }
        let bill = self.bill.as_deref().map(str::trim).filter(|bill| !bill.is_empty()).map(str::to_owned);
        let waiting = open_between(unit.app, &self.principal, &self.agent, "proposed").await?;
        if waiting.len() >= PROPOSALS_OPEN_MAX {
            return Err(AppError::Refused(Refusal::new(
                "agency-proposals-open",
                Self::NAME,
                "proposed",
                format!("双方已有 {PROPOSALS_OPEN_MAX} 份委托待答复。"),
                format!("{PROPOSALS_OPEN_MAX} proposals between the two wait for an answer already."),
            )));
        }
        let id = unit.app.next_id('A', unit.at()).await?;
        let command = AgencyProposed {
            principal: self.principal.clone(),
            agent: self.agent.clone(),
            acts: self.acts.clone(),
            bill,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            side,
            by: unit.ctx.principal.id.clone(),
        };
        let events = decide_propose_agency(None, command, unit.at())?;
        unit.record::<AgencyAgreement>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// The other side accepts what was proposed: from now on the agreement holds within its term.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptAgreement {
    /// Agreement id.
    pub id: String,
}

#[async_trait]
impl UseCase for AcceptAgreement {
    const NAME: &'static str = "agency.accept";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_accept_agency(&state, AgencyAccepted { side, by }, unit.at())?;
        unit.record::<AgencyAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The other side declines what was proposed.
#[derive(Clone, Debug, Serialize)]
pub struct DeclineAgreement {
    /// Agreement id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for DeclineAgreement {
    const NAME: &'static str = "agency.decline";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_decline_agency(&state, AgencyDeclined { side, by, reason: reason(&self.reason)? })?;
        unit.record::<AgencyAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// One side ends the agreement, or takes its own proposal back.
#[derive(Clone, Debug, Serialize)]
pub struct RevokeAgreement {
    /// Agreement id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RevokeAgreement {
    const NAME: &'static str = "agency.revoke";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (state, side, by) = signing(unit, Self::NAME, &self.id).await?;
        let events = decide_revoke_agency(&state, AgencyRevoked { side, by, reason: reason(&self.reason)? })?;
        unit.record::<AgencyAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An agreement with the side that the asker signs for.
async fn signing(unit: &mut Unit<'_>, action: &'static str, id: &str) -> Result<(AgencyAgreement, AgencySide, String), AppError> {
    let state = unit.authorised::<AgencyAgreement>(action, id).await?;
    let side = state.side_of(&unit.ctx.principal.organisation).ok_or(AppError::Forbidden { action })?;
    Ok((state, side, unit.ctx.principal.id.clone()))
}

/// In what right an organisation acts on a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As its consignee.
    Consignee,
    /// As the agent of its consignee, by this agreement.
    Agent(String),
    /// In none.
    Stranger,
}

/// In what right the asker may do something on a bill. Who the consignee is, the manifest says: by credit code, or as the ship agent named it.
pub(crate) async fn standing(unit: &Unit<'_>, act: AgencyAct, number: &str, bill: &Bill) -> Result<Standing, AppError> {
    let own = &unit.ctx.principal.organisation;
    let consignee = &bill.content.consignee;
    let own_code = unit.app.organisation(own).await?.and_then(|o| o.uscc);
    if own_code.zip(consignee.uscc.as_ref()).is_some_and(|(own, known)| own.eq_ignore_ascii_case(known.trim())) {
        return Ok(Standing::Consignee);
    }
    let known = match &consignee.uscc {
        Some(uscc) => unit.app.organisation_by_uscc(uscc.trim()).await?.map(|o| o.id),
        None => consignee.org.clone(),
    };
    // A code that nobody on the platform has names a consignee who is not here: nobody can speak for it.
    let Some(principal) = known else { return Ok(Standing::Stranger) };
    if principal == *own {
        return Ok(Standing::Consignee);
    }
    Ok(agreement(unit, act, &principal, number).await?.map_or(Standing::Stranger, Standing::Agent))
}

/// The agreement, if there is one, by which the asker may do something on a bill for this principal now.
pub(crate) async fn agreement(unit: &Unit<'_>, act: AgencyAct, principal: &str, bill: &str) -> Result<Option<String>, AppError> {
    let own = &unit.ctx.principal.organisation;
    for named in [Some(bill), None] {
        let key = AgencyAgreement::key(principal, own, named);
        let found = unit.app.agreements(&key, "accepted").await?;
        let fits = found.into_iter().find(|(_, a)| a.principal == *principal && a.agent == *own && a.covers(act, bill, unit.at()));
        if let Some((id, _)) = fits {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

async fn open_between(app: &App, principal: &str, agent: &str, status: &str) -> Result<Vec<String>, AppError> {
    let key = format!("{principal}>{agent}>").to_uppercase();
    Ok(app.agreements(&key, status).await?.into_iter().map(|(id, _)| id).collect())
}

impl App {
    /// Open agreements whose key begins so, in one state, newest first.
    async fn agreements(&self, key: &str, status: &str) -> Result<Vec<(String, AgencyAgreement)>, AppError> {
        let mut query = WorkQuery {
            port: self.port().code.clone(),
            visibility: Visibility::Port,
            kinds: vec![AgencyAgreement::KIND.to_owned()],
            statuses: vec![status.to_owned()],
            owner: None,
            actions: Vec::new(),
            open: Some(true),
            key_prefix: Some(key.to_owned()),
            keys: Vec::new(),
            opened_from: None,
            opened_to: None,
            due_before: None,
            order: WorkOrder::Newest,
            cursor: None,
            limit: crate::reading::PAGE_MAX,
        };
        let mut found = Vec::new();
        loop {
            let page = self.store().work(&query).await?;
            let ids: Vec<String> = page.items.into_iter().map(|item| item.object.id).collect();
            let mut states = self.peek_many::<AgencyAgreement>(ids.iter().cloned()).await?;
            found.extend(ids.into_iter().filter_map(|id| states.remove(&id).map(|state| (id, state))));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(found),
            }
        }
    }
}
