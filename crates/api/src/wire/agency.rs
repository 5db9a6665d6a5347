//! Agency agreements.

use std::collections::BTreeSet;

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use clearance::{AgencyAct, AgencyAgreement as State, AgencyPhase, AgencySide, Signature};
use ledger::{Aggregate, ObjectRef, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// Something that the agent may do for the principal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Act {
    /// `declaration`, `delivery-order` or `duty`.
    pub code: String,
    /// In words.
    pub text: Text,
}

/// Who signed for one side: the act of a person who was logged in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgreementSignature {
    /// `principal` or `agent`.
    pub side: String,
    /// For which organisation.
    pub organisation: Org,
    /// Person, user id.
    pub person: String,
    /// Name of the person.
    pub name: Text,
    /// What was signed: `proposed`, `accepted`, `declined` or `revoked`.
    pub act: String,
    /// In words.
    pub act_text: Text,
    /// When.
    pub at: Instant,
    /// Event on the ledger, whose receipt proves it; left out in lists.
    pub event: Option<String>,
}

/// An agency agreement (电子代理委托).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgencyAgreement {
    /// Id.
    pub id: String,
    /// Who is represented (委托方).
    pub principal: Org,
    /// Who represents (受托方).
    pub agent: Org,
    /// What for.
    pub acts: Vec<Act>,
    /// The bill it is for; none for all bills.
    pub bill_no: Option<String>,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// `proposed`, `accepted`, `declined`, `revoked` or `expired`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Who signed what, oldest first.
    pub signatures: Vec<AgreementSignature>,
    /// Why it was declined or revoked.
    pub reason: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Proposes an agreement. One's own organisation is one of the two sides and signs with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AgencyForm {
    /// Who is represented, organisation id.
    pub principal: String,
    /// Who represents, organisation id.
    pub agent: String,
    /// `declaration`, `delivery-order`, `duty`.
    #[schema(value_type = Vec<String>)]
    pub acts: BTreeSet<AgencyAct>,
    /// The bill it is for; all bills when left out.
    #[serde(default)]
    pub bill_no: Option<String>,
    /// First day, YYYY-MM-DD of the port's clock.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
}

/// What an act is called.
pub(crate) fn act(act: AgencyAct) -> Act {
    let (code, zh, en) = match act {
        AgencyAct::Declaration => ("declaration", "代理报关", "Declare goods"),
        AgencyAct::DeliveryOrder => ("delivery-order", "代理换单", "Obtain delivery orders"),
        AgencyAct::Duty => ("duty", "代缴税费", "Have duty paid"),
    };
    Act { code: code.into(), text: Text::new(zh, en) }
}

fn fitting(state: &State, organisation: &str, at: Timestamp) -> &'static [&'static str] {
    let proposer = state.side_of(organisation) == Some(state.proposed.side);
    match state.phase {
        AgencyPhase::Proposed if proposer => &["agency.revoke"],
        AgencyPhase::Proposed if at <= state.valid_to => &["agency.accept", "agency.decline"],
        AgencyPhase::Proposed => &["agency.decline"],
        AgencyPhase::Accepted { .. } if at <= state.valid_to => &["agency.revoke"],
        AgencyPhase::Accepted { .. } | AgencyPhase::Declined { .. } | AgencyPhase::Revoked { .. } => &[],
    }
}

impl Api {
    /// An agreement for the page; `whole` with the events that prove the signatures.
    pub async fn agency_agreement(&self, ctx: &Context, seen: Seen<State>, whole: bool) -> Result<AgencyAgreement, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let port = self.app.port();
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &port.customs_district);
        let (act_signed, reason) = match &state.phase {
            AgencyPhase::Proposed => (None, None),
            AgencyPhase::Accepted { signature } => (Some(("accepted", signature)), None),
            AgencyPhase::Declined { signature, reason } => (Some(("declined", signature)), Some(reason.clone())),
            AgencyPhase::Revoked { signature, reason } => (Some(("revoked", signature)), Some(reason.clone())),
        };
        let mut signatures = Vec::new();
        for (act, signature) in std::iter::once(("proposed", &state.proposed)).chain(act_signed) {
            signatures.push(self.signature(&state, act, signature).await?);
        }
        if whole {
            let object = ObjectRef::new(State::KIND, seen.id.clone());
            let stored = self.app.store().events_of(&port.code, &object, None, 10).await?;
            for signature in &mut signatures {
                let kind = format!("agency-agreement.{}", signature.act);
                signature.event = stored.iter().find(|s| s.event.kind == kind).map(|s| s.event.id.to_string());
            }
        }
        let status = state.status_at(ctx.at).to_owned();
        Ok(AgencyAgreement {
            principal: self.org(&state.principal).await?,
            agent: self.org(&state.agent).await?,
            acts: state.acts.iter().copied().map(act).collect(),
            bill_no: state.bill.clone(),
            valid_from: state.valid_from.day(port.utc_offset_minutes),
            valid_to: state.valid_to.day(port.utc_offset_minutes),
            status_text: texts::status(State::KIND, &status),
            status,
            signatures,
            reason,
            actions: allowed(self, &ctx.principal, &resource, fitting(&state, &ctx.principal.organisation, ctx.at)),
            id: seen.id,
            version: seen.version,
        })
    }

    async fn signature(&self, state: &State, act: &str, signature: &Signature) -> Result<AgreementSignature, AppError> {
        let (side, organisation) = match signature.side {
            AgencySide::Principal => ("principal", &state.principal),
            AgencySide::Agent => ("agent", &state.agent),
        };
        Ok(AgreementSignature {
            side: side.into(),
            organisation: self.org(organisation).await?,
            person: signature.by.clone(),
            name: self.person(&signature.by).await?,
            act: act.to_owned(),
            act_text: texts::event(&format!("agency-agreement.{act}")),
            at: signature.at.into(),
            event: None,
        })
    }
}
