//! Declarations (报关单): drafts, submission, and what officers do with them.

use async_trait::async_trait;
use clearance::{
    AcceptFacts, AgencyAct, AgencyFacts, BillContainerFacts, BillFacts, BrokerFacts, CheckFacts, DOCUMENTS_MAX, Declaration,
    DeclarationForm, DocumentsPassed, DocumentsRequested, DocumentsSupplied, Drafted, DrawOverridden, DutyNotice, Edited, FormContainer,
    FormDocument, Held, HoldLifted, Parties, Rejected, Track, Waived, Withdrawn, check,
};
use codes::{Finding, Mass, has_errors};
use credit::Enterprise;
use ledger::{Aggregate, Refusal};
use manifest::{Bill, BillPhase};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};

use crate::agency::{self, Standing};
use crate::orders::reason;
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, draw, duty, inspections, limits};

/// Register of who uploaded which bytes; the id of a record is `{sha256}/{organisation}`.
const ATTACHMENTS: &str = "attachment";

/// Begins a draft, prefilled from a bill or copied from an earlier declaration.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DraftDeclaration {
    /// Bill number.
    pub bill: Option<String>,
    /// Declaration to copy.
    pub copy_of: Option<String>,
}

#[async_trait]
impl UseCase for DraftDeclaration {
    const NAME: &'static str = "declaration.draft";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("declaration"))?;
        let mut form = match &self.copy_of {
            Some(id) => {
                let copied = unit.authorised::<Declaration>("declaration.read", id).await?;
                DeclarationForm { bill_no: String::new(), containers: Vec::new(), documents: Vec::new(), ..copied.form().clone() }
            }
            None => blank(unit.app),
        };
        let own = unit.app.organisation(&unit.ctx.principal.organisation).await?;
        if let Some(own) = &own {
            form.agent_code_scc = own.uscc.clone().unwrap_or_default();
            form.agent_name.clone_from(&own.name.zh);
        }
        let mut trader = None;
        if let Some(number) = self.bill.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
            trader = prefill(unit, number, &mut form).await?;
        }
        let id = unit.app.next_id('D', unit.at()).await?;
        let broker = unit.ctx.principal.organisation.clone();
        let events = clearance::decide_draft(None, Drafted { parties: Parties { broker, trader }, form })?;
        unit.record::<Declaration>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// What every import by sea of this port has in common.
fn blank(app: &App) -> DeclarationForm {
    let port = app.port();
    DeclarationForm {
        ie_flag: "I".into(),
        custom_master: port.customs_district.clone(),
        ie_port: port.customs_district.clone(),
        enty_port_code: port.entry_port.clone(),
        traf_mode: "2".into(),
        trade_mode: "0110".into(),
        cut_mode: "101".into(),
        trans_mode: "1".into(),
        promise_items: "00000".into(),
        ..DeclarationForm::default()
    }
}

/// Fills in what the manifest says, for the consignee of the bill and for whoever holds its agreement. Everybody else gets the same draft as
/// for a number that no manifest has: the draft names it, and tells nothing.
async fn prefill(unit: &mut Unit<'_>, number: &str, form: &mut DeclarationForm) -> Result<Option<String>, AppError> {
    limits::text(number, "/bill", manifest::BILL_NUMBER_LENGTH_MAX)?;
    number.clone_into(&mut form.bill_no);
    let Some(bill) = unit.load::<Bill>(number).await? else { return Ok(None) };
    if agency::standing(unit, AgencyAct::Declaration, number, &bill).await? == Standing::Stranger {
        return Ok(None);
    }
    let content = &bill.content;
    if let Some(call) = unit.load::<ShipCall>(&bill.call).await? {
        form.traf_name.clone_from(&call.ship_name);
        form.voy_no.clone_from(&call.voyage_in);
    }
    form.pack_no = content.packages().to_string();
    let gross = gross_of(&bill);
    form.gross_wt = gross.to_string();
    form.containers = content
        .containers
        .iter()
        .map(|c| FormContainer {
            container_id: c.number.clone(),
            container_md: c.size_type.clone(),
            goods_no: "1".into(),
            lcl_flag: "0".into(),
        })
        .collect();
    if let Some(uscc) = &content.consignee.uscc {
        form.trade_co_scc.clone_from(uscc);
        form.owner_code_scc.clone_from(uscc);
    }
    form.trade_name.clone_from(&content.consignee.name);
    form.owner_name.clone_from(&content.consignee.name);
    form.overseas_consignor_name.clone_from(&content.shipper.name);
    Ok(content.consignee.org.clone())
}

fn gross_of(bill: &Bill) -> Mass {
    Mass::sum(bill.content.goods.iter().map(|g| g.gross_kg)).unwrap_or_default()
}

/// Saves a draft.
#[derive(Clone, Debug, Serialize)]
pub struct EditDeclaration {
    /// Declaration id.
    pub id: String,
    /// Whole content.
    pub form: DeclarationForm,
    /// Version the editor saw.
    pub expected_version: Option<u64>,
}

#[async_trait]
impl UseCase for EditDeclaration {
    const NAME: &'static str = "declaration.edit";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        limits::form(&self.form)?;
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        // What was sent back goes on as its declarant's draft; the consignee sees it, and does not write in it.
        if state.parties().broker != unit.ctx.principal.organisation && unit.ctx.principal.role != Role::Platform {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        let found = unit.version::<Declaration>(&self.id).await?;
        if let Some(expected) = self.expected_version
            && expected != found
        {
            return Err(AppError::Stale { expected, found });
        }
        let trader = unit.app.organisation_by_uscc(self.form.trade_co_scc.trim()).await?.map(|o| o.id);
        let events = clearance::decide_edit(&state, Edited { form: self.form.clone(), trader })?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Submits a declaration (申报). Submitting an accepted one again is answered with the same acceptance.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitDeclaration {
    /// Declaration id.
    pub id: String,
}

/// What acceptance gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Acceptance {
    /// Declaration id.
    pub id: String,
    /// Number given (海关编号).
    pub entry_id: String,
    /// Findings that did not stand in the way.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for SubmitDeclaration {
    const NAME: &'static str = "declaration.submit";
    type Outcome = Acceptance;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Acceptance, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        if let (Declaration::Accepted { .. } | Declaration::Released { .. }, Some(entry_id)) = (&state, state.entry_id()) {
            return Ok(Acceptance { id: self.id.clone(), entry_id: entry_id.to_owned(), findings: Vec::new() });
        }
        let (facts, findings) = findings_of(unit, state.form()).await?;
        if has_errors(&findings) {
            return Err(AppError::Findings(findings));
        }
        let entry_id = entry_number(unit, state.form()).await?;
        let events = clearance::decide_accept(&state, &AcceptFacts { entry_id: &entry_id, check: &facts }, unit.at())?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(Acceptance { id: self.id.clone(), entry_id, findings })
    }
}

/// Everything wrong with a form, and the facts it was measured against.
async fn findings_of(unit: &mut Unit<'_>, form: &DeclarationForm) -> Result<(CheckFacts, Vec<Finding>), AppError> {
    let facts = check_facts(unit, form).await?;
    let mut findings = check(form, &facts, unit.at());
    if !has_errors(&findings) {
        findings.extend(duty::not_assessable(unit, form).await?);
    }
    Ok((facts, findings))
}

/// 18 digits: customs, year, 1 for import, serial (填制规范, Announcement 60/2018).
async fn entry_number(unit: &Unit<'_>, form: &DeclarationForm) -> Result<String, AppError> {
    let district = form.custom_master.trim();
    let (year, ..) = unit.at().civil(unit.app.port().utc_offset_minutes);
    let serial = unit.app.next_number(&format!("entry-{district}-{year}")).await?;
    Ok(format!("{district}{year:04}1{serial:09}"))
}

pub(crate) async fn check_facts(unit: &mut Unit<'_>, form: &DeclarationForm) -> Result<CheckFacts, AppError> {
    let own = unit.app.organisation(&unit.ctx.principal.organisation).await?;
    let broker = own.map_or_else(BrokerFacts::default, |o| BrokerFacts { uscc: o.uscc, name: o.name.zh });
    let grade = unit.load::<Enterprise>(form.trade_co_scc.trim()).await?.and_then(|e| e.grading().map(|g| g.grade.code().to_owned()));
    let bill = bill_facts(unit, form.bill_no.trim()).await?;
    let agency = agency_facts(unit, form, bill.as_ref()).await?;
    Ok(CheckFacts { bill, broker, agency, grade })
}

/// May the asker speak for the consignee that the form names, where it is not the one of the bill?
async fn agency_facts(unit: &Unit<'_>, form: &DeclarationForm, bill: Option<&BillFacts>) -> Result<AgencyFacts, AppError> {
    let uscc = form.trade_co_scc.trim();
    let of_bill = bill.and_then(|bill| bill.consignee_uscc.as_ref()).is_some_and(|known| known.trim().eq_ignore_ascii_case(uscc));
    let Some(consignee) = unit.app.organisation_by_uscc(uscc).await? else { return Ok(AgencyFacts::NotNeeded) };
    if of_bill || consignee.id == unit.ctx.principal.organisation {
        return Ok(AgencyFacts::NotNeeded);
    }
    let agreed = agency::agreement(unit, AgencyAct::Declaration, &consignee.id, form.bill_no.trim()).await?;
    Ok(if agreed.is_some() { AgencyFacts::Agreed } else { AgencyFacts::Missing })
}

async fn bill_facts(unit: &mut Unit<'_>, number: &str) -> Result<Option<BillFacts>, AppError> {
    if number.is_empty() {
        return Ok(None);
    }
    let Some(bill) = unit.load::<Bill>(number).await? else { return Ok(None) };
    let agreement = match agency::standing(unit, AgencyAct::Declaration, number, &bill).await? {
        Standing::Consignee => None,
        Standing::Agent(agreement) => Some(agreement),
        Standing::Stranger => return Ok(None),
    };
    let call = unit.load::<ShipCall>(&bill.call).await?;
    Ok(Some(BillFacts {
        agreement,
        number: number.to_owned(),
        cancelled: matches!(bill.phase, BillPhase::Cancelled { .. }),
        declaration: bill.declaration.clone(),
        consignee_uscc: bill.content.consignee.uscc.clone(),
        packages: bill.content.packages(),
        gross_kg: gross_of(&bill),
        containers: bill
            .content
            .containers
            .iter()
            .map(|c| BillContainerFacts { number: c.number.clone(), size_type: c.size_type.clone() })
            .collect(),
        ship_name: call.as_ref().map(|c| c.ship_name.clone()).unwrap_or_default(),
        voyage: call.as_ref().map(|c| c.voyage_in.clone()).unwrap_or_default(),
        entry_declared_at: call.as_ref().and_then(ShipCall::entry_declared_at),
        landed_at: bill.landed_at(),
    }))
}

/// Throws a draft away.
#[derive(Clone, Debug, Serialize)]
pub struct DiscardDeclaration {
    /// Declaration id.
    pub id: String,
}

#[async_trait]
impl UseCase for DiscardDeclaration {
    const NAME: &'static str = "declaration.discard";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        if !matches!(state, Declaration::Draft { .. }) {
            return Err(AppError::invalid(
                "declaration-not-draft",
                "/id",
                "只能删除草稿；已受理的请申请撤单",
                "only drafts are discarded; withdraw an accepted one",
            ));
        }
        let events = clearance::decide_withdraw(&state, Withdrawn { reason: "草稿删除 draft discarded".into() })?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Withdraws a declaration (撤单).
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawDeclaration {
    /// Declaration id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for WithdrawDeclaration {
    const NAME: &'static str = "declaration.withdraw";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        let reason = reason(&self.reason)?;
        let events = clearance::decide_withdraw(&state, Withdrawn { reason: reason.clone() })?;
        wind_up(unit, Self::NAME, &state, &reason).await?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Ends what hangs on an accepted declaration before it is withdrawn or sent back: the inspection is cancelled, the duty notice waived.
///
/// # Errors
/// `declaration-duty-settled` once money was paid or guaranteed, `notice-paying` while the bank may still move it: what was paid must be
/// refunded first, and refunds are not part of the platform yet.
async fn wind_up(unit: &mut Unit<'_>, action: &'static str, state: &Declaration, reason: &str) -> Result<(), AppError> {
    let Declaration::Accepted { case } = state else { return Ok(()) };
    match &case.duty {
        Track::Unknown | Track::NotNeeded | Track::Failed { .. } | Track::Open { reference: None, .. } => {}
        Track::Done { .. } => {
            return Err(AppError::Refused(Refusal::new(
                "declaration-duty-settled",
                action,
                state.status(),
                "税费已缴纳或担保，须先办理退税或解除担保。",
                "Duty is paid or guaranteed: it has to be refunded first.",
            )));
        }
        Track::Open { reference: Some(notice), .. } => {
            let known = unit.get::<DutyNotice>(notice).await?;
            let waived = Waived { reason: reason.to_owned(), officer: unit.ctx.principal.id.clone() };
            let events = clearance::decide_waive_notice(&known, waived)?;
            unit.record::<DutyNotice>(notice, events, unit.at()).await?;
        }
    }
    let Track::Open { reference: Some(id), .. } = &case.inspection else { return Ok(()) };
    // One that has passed and waits for a sample's report is no longer cancelled: its samples end.
    if unit.get::<inspection::Inspection>(id).await?.is_open() {
        inspections::cancel(unit, id, reason).await
    } else {
        crate::samples::a_cancelled_inspection_ends_its_samples(unit, id).await
    }
}

/// Adds documents that customs asked for.
#[derive(Clone, Debug, Serialize)]
pub struct AttachDocuments {
    /// Declaration id.
    pub id: String,
    /// Documents.
    pub documents: Vec<FormDocument>,
}

#[async_trait]
impl UseCase for AttachDocuments {
    const NAME: &'static str = "declaration.attach";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        limits::rows(self.documents.len(), DOCUMENTS_MAX, "/documents")?;
        for (index, document) in self.documents.iter().enumerate() {
            limits::text(&document.name, &format!("/documents/{index}/name"), limits::SHORT_TEXT_MAX * 4)?;
            limits::text(&document.edoc_code, &format!("/documents/{index}/edoc_code"), limits::SHORT_TEXT_MAX)?;
            if !unit.app.uploaded(&document.sha256, &unit.ctx.principal.organisation).await? {
                return Err(AppError::invalid(
                    "attachment-unknown",
                    format!("/documents/{index}/sha256"),
                    "没有这个附件，请先上传",
                    "no such attachment; upload it first",
                ));
            }
        }
        let events = clearance::decide_documents_supplied(&state, DocumentsSupplied { documents: self.documents.clone() })?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Keeps the bytes of an attachment; a declaration names it by its hash.
#[derive(Clone, Debug)]
pub struct KeepAttachment {
    /// Media type found in the bytes.
    pub media_type: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

impl Serialize for KeepAttachment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::inbox::sha256_hex(&self.bytes))
    }
}

#[async_trait]
impl UseCase for KeepAttachment {
    const NAME: &'static str = "attachment.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("attachment"))?;
        if self.bytes.is_empty() || self.bytes.len() > limits::ATTACHMENT_BYTES_MAX {
            return Err(AppError::invalid("attachment-size", "", "附件须为 1 字节至 20 MiB", "an attachment has 1 byte to 20 MiB"));
        }
        limits::text(&self.media_type, "", limits::SHORT_TEXT_MAX)?;
        let sha256 = crate::inbox::sha256_hex(&self.bytes);
        unit.keep(store::Blob { sha256: sha256.clone(), media_type: self.media_type.clone(), bytes: self.bytes.clone() });
        // Who uploaded it may read it before any declaration names it.
        unit.write_record(ATTACHMENTS, &format!("{sha256}/{}", unit.ctx.principal.organisation), None, &unit.at())?;
        Ok(sha256)
    }
}

macro_rules! officer_use_case {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty),* } = $action:literal, |$this:ident, $state:ident, $officer:ident| $decide:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name {
            /// Declaration id.
            pub id: String,
            $($(#[$fmeta])* pub $field: $type),*
        }

        #[async_trait]
        impl UseCase for $name {
            const NAME: &'static str = $action;
            type Outcome = String;

            async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
                let $this = self;
                let $state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
                let $officer = unit.ctx.principal.id.clone();
                let events = $decide?;
                unit.record::<Declaration>(&self.id, events, unit.at()).await?;
                Ok(self.id.clone())
            }
        }
    };
}

officer_use_case! {
    /// An officer has checked the documents (单证审核通过).
    PassDocuments { /** Note. */ note: String } = "declaration.pass-documents", |this, state, officer| {
        limits::text(&this.note, "/note", limits::NOTE_MAX)?;
        clearance::decide_documents_passed(&state, DocumentsPassed { officer })
    }
}

officer_use_case! {
    /// An officer asks for documents.
    RequestDocuments { /** Kinds (EdocCode). */ codes: Vec<String>, /** Note. */ note: String } = "declaration.request-documents", |this, state, officer| {
        limits::rows(this.codes.len(), limits::DOCUMENT_KINDS_MAX, "/codes")?;
        limits::text(&this.note, "/note", limits::NOTE_MAX)?;
        for code in &this.codes {
            limits::text(code, "/codes", limits::SHORT_TEXT_MAX)?;
        }
        clearance::decide_documents_requested(&state, DocumentsRequested { codes: this.codes.clone(), note: this.note.clone(), officer })
    }
}

officer_use_case! {
    /// An officer suspends the declaration (挂起).
    HoldDeclaration { /** Why. */ reason: String } = "declaration.hold", |this, state, officer| {
        clearance::decide_hold(&state, Held { reason: reason(&this.reason)?, officer })
    }
}

officer_use_case! {
    /// An officer lifts the suspension.
    LiftHold { /** Note. */ note: String } = "declaration.lift", |this, state, officer| {
        limits::text(&this.note, "/note", limits::NOTE_MAX)?;
        clearance::decide_lift_hold(&state, HoldLifted { officer })
    }
}

/// An officer sends the declaration back (退单).
#[derive(Clone, Debug, Serialize)]
pub struct RejectDeclaration {
    /// Declaration id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RejectDeclaration {
    const NAME: &'static str = "declaration.reject";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        let reason = reason(&self.reason)?;
        let events = clearance::decide_reject(&state, Rejected { reason: reason.clone(), officer: unit.ctx.principal.id.clone() })?;
        wind_up(unit, Self::NAME, &state, &reason).await?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// What an inspection that was called off says to those who have a part in it; why stays with customs.
const SPARED: &str = "海关决定不再查验 / called off by customs";

/// An officer decides in place of the draw (人工改变抽查结果): has inspected what was not drawn, or spares what was.
#[derive(Clone, Debug, Serialize)]
pub struct OverrideDraw {
    /// Declaration id.
    pub id: String,
    /// To be inspected though not drawn, or spared though drawn.
    pub inspect: bool,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for OverrideDraw {
    const NAME: &'static str = "declaration.override-draw";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        let reason = reason(&self.reason)?;
        // A key acts for an office, not for a person: nobody would answer for the choice.
        if unit.ctx.principal.system {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        let officer = unit.ctx.principal.id.clone();
        let overridden = DrawOverridden { inspect: self.inspect, reason, officer: officer.clone() };
        let events = clearance::decide_draw_override(&state, overridden)?;
        let case = state.case();
        if let Some(Track::Open { reference: Some(inspection), .. }) = case.map(|case| &case.inspection) {
            let ordered = unit.get::<inspection::Inspection>(inspection).await?;
            // Whoever was drawn to inspect it does not spare himself the work, and whoever may not inspect this party does not spare it.
            // What is inspected on arrival has no draw yet that would name them.
            let concerned = crate::images::conflicted(unit, &ordered, &officer).await?;
            if concerned || inspection::drawn_ever(&ordered).contains(officer.as_str()) {
                return Err(AppError::Refused(Refusal::new(
                    "draw-override-own",
                    Self::NAME,
                    state.status(),
                    "抽中的或须回避的查验人员本人不能取消查验，请由其他关员办理。",
                    "An officer who was drawn for this inspection or has a conflict of interest does not call it off; another one does.",
                )));
            }
            if ordered.recorded().is_some() {
                return Err(AppError::Refused(Refusal::new(
                    "inspection-result-recorded",
                    Self::NAME,
                    state.status(),
                    "查验结果已录入，待复核，不能取消查验。",
                    "A result is written down and waits to be confirmed; the inspection is not called off.",
                )));
            }
            inspections::cancel(unit, inspection, SPARED).await?;
        }
        if let Some(draw) = case.and_then(|case| case.decision.as_ref()).and_then(|decision| decision.draw.as_ref()) {
            let counted = vec![draw::Overridden { inspect: self.inspect }.into()];
            unit.record::<draw::DrawDay>(&draw.day, counted, unit.at()).await?;
        }
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An officer releases what rules alone would not (人工放行), after a failed check was put right. What was to be sampled is answered all the same.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseDeclaration {
    /// Declaration id.
    pub id: String,
    /// Why.
    pub note: String,
}

#[async_trait]
impl UseCase for ReleaseDeclaration {
    const NAME: &'static str = "declaration.release";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        let officer = unit.ctx.principal.id.clone();
        let events = clearance::decide_officer_release(&state, &officer, &reason(&self.note)?)?;
        crate::samples::nothing_is_left_to_sample(unit, Self::NAME, &self.id).await?;
        unit.record::<Declaration>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl App {
    /// Everything wrong with a declaration, at once.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn check_declaration(&self, ctx: &Context, form: &DeclarationForm) -> Result<Vec<Finding>, AppError> {
        self.rights().require(&ctx.principal, "declaration.check", &Resource::own("declaration"))?;
        let mut unit = Unit::new(self, ctx, "declaration.check");
        Ok(findings_of(&mut unit, form).await?.1)
    }

    /// May the asker read an attachment? Its uploader, and whoever may read a declaration, an application to change a manifest, or a train,
    /// that names it.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn attachment(
        &self,
        ctx: &Context,
        sha256: &str,
        declaration: Option<&str>,
        change: Option<&str>,
        conveyance: Option<&str>,
    ) -> Result<(String, Vec<u8>), AppError> {
        let not_found = || AppError::NotFound { kind: "attachment", id: sha256.chars().take(64).collect() };
        self.rights().require(&ctx.principal, "attachment.read", &Resource::own("attachment"))?;
        let mut allowed = self.uploaded(sha256, &ctx.principal.organisation).await?;
        if let Some(id) = declaration {
            let seen = self.view::<Declaration>(ctx, "declaration.read", id).await?;
            // A form may name any hash that somebody typed: it opens only what its own parties uploaded.
            if seen.state.form().documents.iter().any(|d| d.sha256 == sha256) {
                let parties = seen.state.parties();
                for party in std::iter::once(&parties.broker).chain(&parties.trader) {
                    allowed |= self.uploaded(sha256, party).await?;
                }
            }
        }
        if let Some(id) = change {
            let seen = self.view::<manifest::ManifestChange>(ctx, "manifest-change.read", id).await?;
            if seen.state.evidence.iter().any(|piece| piece.sha256 == sha256) {
                allowed |= self.uploaded(sha256, &seen.state.agent).await?;
            }
        }
        if let Some(id) = conveyance {
            let seen = self.view::<manifest::Conveyance>(ctx, "conveyance.read", id).await?;
            let own = &ctx.principal.organisation;
            // What goods cost is none of the yard's business.
            let shown = |paper: &&manifest::PaperAttached| {
                ctx.principal.role != Role::Terminal
                    || paper.by == *own
                    || matches!(paper.kind, manifest::AttachedKind::Waybill | manifest::AttachedKind::PackingList)
            };
            for paper in seen.state.attached.iter().filter(|paper| paper.file.sha256 == sha256).filter(shown) {
                allowed |= self.uploaded(sha256, &paper.by).await?;
            }
        }
        let outcome = if allowed { "allowed" } else { "refused" };
        self.store().audit(&self.port().code, self.access(ctx, "attachment.read", None, outcome, sha256));
        if !allowed {
            return Err(not_found());
        }
        self.store().blob(&self.port().code, sha256).await?.ok_or_else(not_found)
    }

    /// Did this organisation upload these bytes?
    pub(crate) async fn uploaded(&self, sha256: &str, organisation: &str) -> Result<bool, AppError> {
        Ok(self.store().record(&self.port().code, ATTACHMENTS, &format!("{sha256}/{organisation}")).await?.is_some())
    }
}
