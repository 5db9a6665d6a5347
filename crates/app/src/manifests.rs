//! Original manifests (原始舱单) and their bills.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use codes::{Finding, Text, has_errors};
use ledger::{Aggregate, ObjectRef, Refusal, Timestamp};
use logistics::{Container, container_id};
use manifest::{
    BILL_CONTAINERS_MAX, Bill, BillPhase, CallFacts, MANIFEST_BILLS_MAX, Manifest, ManifestFacts, ManifestForm, ManifestFunction,
    Manifested, check_manifest,
};
use port_call::{CallPhase, ShipCall};
use serde::{Deserialize, Serialize};

use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, calls};

/// Most findings in one answer.
pub const FINDINGS_MAX: usize = 1_000;

/// Submits an original manifest, by form or from a message.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitManifest {
    /// The manifest.
    pub form: ManifestForm,
    /// A faulty manifest is recorded as rejected (from a message) rather than refused (from a form).
    pub keep_rejected: bool,
}

/// What became of a manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ManifestOutcome {
    /// Manifest id.
    pub id: String,
    /// Taken in?
    pub accepted: bool,
    /// What was found.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for SubmitManifest {
    const NAME: &'static str = "manifest.submit";
    type Outcome = ManifestOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<ManifestOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own("manifest"))?;
        let mut form = self.form.clone();
        form.agent.clone_from(&unit.ctx.principal.organisation);
        form.message.clone_from(&unit.ctx.message);
        let facts = facts(unit, &form).await?;
        let mut findings = check_manifest(&form, &facts, unit.at());
        findings.extend(shared_boxes(unit, &form).await?);
        if has_errors(&findings) && !self.keep_rejected {
            return Err(AppError::Findings(findings));
        }
        for bill in &mut form.bills {
            if let Some(uscc) = &bill.content.consignee.uscc {
                bill.content.consignee.org = unit.app.organisation_by_uscc(uscc).await?.map(|o| o.id);
            }
        }
        if facts.call.is_some() {
            calls::hold_members(unit, &form.call).await?;
        }
        let id = unit.app.next_id('M', unit.at()).await?;
        let state = unit.load::<Manifest>(&id).await?;
        let events = manifest::decide_manifest(state.as_ref(), &form, &facts, unit.at())?;
        unit.record::<Manifest>(&id, events, unit.at()).await?;
        let accepted = !has_errors(&findings);
        if accepted {
            let replaces = form.function == ManifestFunction::Replace;
            for bill in form.bills {
                record_bill(unit, &id, &form.call, &form.agent, bill, replaces).await?;
            }
        }
        bound(&mut findings);
        Ok(ManifestOutcome { id, accepted, findings })
    }
}

/// An answer names the first thousand faults; a sender corrects those first.
fn bound(findings: &mut Vec<Finding>) {
    if findings.len() > FINDINGS_MAX {
        let more = findings.len() - FINDINGS_MAX;
        findings.truncate(FINDINGS_MAX);
        findings.push(Finding::info(
            "manifest-more-findings",
            "",
            Text::new(format!("另有 {more} 条未列出。"), format!("{more} more are not listed.")),
            Text::new("先更正已列出的问题。", "Correct those listed first."),
        ));
    }
}

async fn record_bill(
    unit: &mut Unit<'_>,
    manifest_id: &str,
    call: &str,
    agent: &str,
    bill: manifest::BillForm,
    replaces: bool,
) -> Result<(), AppError> {
    let state = unit.load::<Bill>(&bill.number).await?;
    let events = match &state {
        Some(known) if replaces && known.call == call && known.agent == agent && !matches!(known.phase, BillPhase::Cancelled { .. }) => {
            refuse_other_boxes_than_ordered(known, &bill)?;
            manifest::decide_amend(known, manifest::Amended { content: bill.content, reason: "999".into() })?
        }
        Some(_) | None => {
            let command =
                Manifested { call: call.to_owned(), manifest: manifest_id.to_owned(), agent: agent.to_owned(), content: bill.content };
            manifest::decide_manifest_bill(state.as_ref(), command, unit.at())?
        }
    };
    unit.record::<Bill>(&bill.number, events, unit.at()).await
}

/// A delivery order lists the boxes of its bill; while one stands, they do not change.
pub(crate) fn refuse_other_boxes_than_ordered(known: &Bill, bill: &manifest::BillForm) -> Result<(), AppError> {
    let numbers = |content: &manifest::BillContent| content.containers.iter().map(|c| c.number.clone()).collect::<BTreeSet<_>>();
    match &known.delivery_order {
        Some(order) if numbers(&known.content) != numbers(&bill.content) => Err(AppError::Refused(Refusal::new(
            "bill-already-ordered",
            "bill.amend",
            known.status(),
            format!("提运单 {} 已换单（{order}），不能增减集装箱。", bill.number),
            format!("Bill {} has delivery order {order}; its containers can no longer change.", bill.number),
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Boxes that another bill of the call already lists (拼箱): their landing counts for the bill that named them first.
async fn shared_boxes(unit: &mut Unit<'_>, form: &ManifestForm) -> Result<Vec<Finding>, AppError> {
    if form.bills.len() > MANIFEST_BILLS_MAX || form.bills.iter().any(|bill| bill.content.containers.len() > BILL_CONTAINERS_MAX) {
        return Ok(Vec::new());
    }
    let boxes = form
        .bills
        .iter()
        .flat_map(|bill| &bill.content.containers)
        .map(|c| ObjectRef::new("container", container_id(&c.number, &form.call)));
    unit.preload(boxes.collect()).await?;
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, bill) in form.bills.iter().enumerate() {
        for (place, listed) in bill.content.containers.iter().enumerate() {
            let stored = unit.look::<Container>(&container_id(&listed.number, &form.call)).await?.and_then(|c| c.bill.clone());
            let other = stored.or_else(|| first.get(listed.number.as_str()).map(|b| (*b).to_owned())).filter(|other| *other != bill.number);
            first.entry(&listed.number).or_insert(&bill.number);
            if let Some(other) = other {
                found.push(Finding::warning(
                    "manifest-container-shared",
                    format!("/bills/{index}/containers/{place}/number"),
                    Text::new(
                        format!("集装箱 {} 已列入提运单 {other}；卸船理货只计入该提运单。", listed.number),
                        format!("Container {} is on bill {other} already; its landing counts for that bill.", listed.number),
                    ),
                    Text::new("拼箱货物请由拆箱分提单处理，或更正箱号。", "Handle shared boxes by unpacking, or correct the number."),
                ));
            }
        }
    }
    Ok(found)
}

async fn facts(unit: &mut Unit<'_>, form: &ManifestForm) -> Result<ManifestFacts, AppError> {
    let call = unit.load::<ShipCall>(&form.call).await?.map(|call| CallFacts {
        closed: matches!(call.phase, CallPhase::Departed { .. } | CallPhase::Cancelled { .. }),
        ship_name: call.ship_name,
        voyage: call.voyage_in,
    });
    unit.preload(form.bills.iter().map(|bill| ObjectRef::new("bill", bill.number.clone())).collect()).await?;
    let mut numbers_in_use: BTreeMap<String, Timestamp> = BTreeMap::new();
    for form_bill in &form.bills {
        if let Some(known) = unit.look::<Bill>(&form_bill.number).await? {
            let replaced = form.function == ManifestFunction::Replace && known.call == form.call && known.agent == form.agent;
            if !replaced && !matches!(known.phase, BillPhase::Cancelled { .. }) {
                numbers_in_use.insert(form_bill.number.clone(), known.opened_at);
            }
        }
    }
    Ok(ManifestFacts { call, numbers_in_use })
}

/// The ship agent names the consignee of a bill whose manifest tells no credit code: whoever showed the original bill (正本提单). From then on
/// that organisation may declare it or have it declared.
#[derive(Clone, Debug, Serialize)]
pub struct NameConsignee {
    /// Bill number.
    pub bill: String,
    /// Consignee, organisation id.
    pub organisation: String,
}

#[async_trait]
impl UseCase for NameConsignee {
    const NAME: &'static str = "bill.name-consignee";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Bill>(Self::NAME, &self.bill).await?;
        if let Some(uscc) = &state.content.consignee.uscc {
            return Err(AppError::Refused(Refusal::new(
                "bill-consignee-known",
                Self::NAME,
                state.status(),
                format!("舱单已列明收货人 {uscc}；如有误，请变更舱单。"),
                format!("The manifest names the consignee {uscc}; if it is wrong, amend the manifest."),
            )));
        }
        let organisation = match unit.app.organisation(&self.organisation).await? {
            Some(known) if known.role == Role::Trader => known,
            Some(_) | None => {
                return Err(AppError::invalid(
                    "consignee-organisation",
                    "/organisation",
                    "没有这个货主、报关或货代企业",
                    "no such trader, broker or forwarder",
                ));
            }
        };
        let mut content = state.content.clone();
        content.consignee.uscc.clone_from(&organisation.uscc);
        content.consignee.org = Some(organisation.id);
        let events = manifest::decide_amend(&state, manifest::Amended { content, reason: "999".into() })?;
        unit.record::<Bill>(&self.bill, events, unit.at()).await?;
        Ok(self.bill.clone())
    }
}

impl App {
    /// Everything wrong with a manifest that has not been sent yet.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn check_manifest(&self, ctx: &Context, form: &ManifestForm) -> Result<Vec<Finding>, AppError> {
        self.rights().require(&ctx.principal, "manifest.check", &Resource::own("manifest"))?;
        let mut unit = Unit::new(self, ctx, "manifest.check");
        let facts = facts(&mut unit, form).await?;
        let mut findings = check_manifest(form, &facts, ctx.at);
        findings.extend(shared_boxes(&mut unit, form).await?);
        Ok(findings)
    }
}
