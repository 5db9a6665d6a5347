//! Documents to print: what the wire types show, set as PDF.

use std::sync::Arc;

use app::AppError;
use app::inbox::sha256_hex;
use app::reading::Seen;
use axum::response::Response;
use clearance::{Case, DutyNotice, NoticePhase, ReleasedBy};
use documents::{
    AgencyAgreementDoc, AgencySignature, AgencyStanding, Amount, ChargeState, CustomsState, DeliveryContainer, DeliveryOrderDoc,
    DeliveryOrderUse, DocumentError, DocumentHead, DutyLine, DutyNoticeDoc, DutyState, EquipmentReceiptDoc, Fonts, GoodsLine, GrossMass,
    HeadSignature, Lang, LedgerReceiptDoc, LedgerReference, LoadState, Operation, Party, PayeeAccount, PortZone, ReceiptObject,
    ReleaseBasis, ReleaseNoticeDoc, ReleasedContainer, ReleasedGoods, Standing, TwoStageAccess, Verification,
};
use ledger::receipt::Receipt;
use ledger::{Actor, Event, ObjectRef, Timestamp};
use logistics::{Container, DeliveryOrder, Direction, Eir, GateTransaction, OrderPhase, container_id, container_number};
use manifest::Bill;
use port_call::ShipCall;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::body::file;
use crate::context::Asker;
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;
use crate::wire::booking::masked_name;
use crate::wire::order::{issued_at, verify_url};

/// Events of an object looked through for the one that issued a document.
const EVENTS_MAX: u32 = 500;

/// In which language a document is printed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct LangQuery {
    /// `zh` (default) or `en`.
    lang: Option<String>,
}

impl LangQuery {
    pub(super) fn lang(&self) -> Lang {
        match self.lang.as_deref() {
            Some("en") => Lang::En,
            Some(_) | None => Lang::Zh,
        }
    }
}

pub(super) async fn pdf<F>(api: &Api, name: String, make: F) -> Result<Response, Problem>
where
    F: FnOnce(&Fonts) -> Result<Vec<u8>, DocumentError> + Send + 'static,
{
    let fonts: Arc<Fonts> = api.fonts().await?;
    let _turn = api.prints.acquire().await.map_err(|e| Problem::internal(&e))?;
    let bytes = tokio::task::spawn_blocking(move || make(&fonts)).await.map_err(|e| Problem::internal(&e))??;
    Ok(file("application/pdf", &name, bytes))
}

pub(super) struct Issue {
    number: String,
    issuer: String,
    at: Timestamp,
    code: String,
    url: String,
}

impl Api {
    fn standing(&self) -> Standing {
        if self.app.port().demo { Standing::Demonstration } else { Standing::Effective }
    }

    fn zone(&self) -> PortZone {
        PortZone { offset_minutes: self.app.port().utc_offset_minutes }
    }

    /// The head of a document, with the place on the ledger of the event that issued it.
    pub(super) async fn document_head(&self, issue: Issue, object: ObjectRef, kind: &str) -> Result<DocumentHead, AppError> {
        let events = self.app.store().events_of(&self.app.port().code, &object, None, EVENTS_MAX).await?;
        let event = events.iter().find(|stored| stored.event.kind == kind);
        Ok(DocumentHead {
            number: issue.number,
            issuer: issue.issuer,
            issued_at: issue.at,
            zone: self.zone(),
            verification: Verification { code: issue.code, url: issue.url },
            ledger: event.map(|stored| LedgerReference { event_id: stored.event.id.to_string(), leaf_index: Some(stored.position) }),
            standing: self.standing(),
        })
    }

    /// A document without a code of its own is verified by the ledger: the page takes the number.
    pub(super) fn ledger_issue(&self, number: &str, issuer: String, at: Timestamp) -> Issue {
        let code = sha256_hex(format!("{}/{number}", self.app.port().code).as_bytes())[..16].to_uppercase();
        let url = format!("{}/track", self.app.port().public_url.trim_end_matches('/'));
        Issue { number: number.to_owned(), issuer, at, code, url }
    }

    /// A document that leads to its own page.
    pub(super) fn page_issue(&self, number: &str, issuer: String, at: Timestamp, path: &str) -> Issue {
        let url = format!("{}{path}", self.app.port().public_url.trim_end_matches('/'));
        Issue { url, ..self.ledger_issue(number, issuer, at) }
    }

    pub(super) async fn party(&self, id: &str) -> Result<Party, AppError> {
        Ok(match self.app.organisation(id).await? {
            Some(o) => Party { name: o.name.zh, code: o.uscc },
            None => Party { name: id.to_owned(), code: None },
        })
    }
}

/// Grams of a mass in kilograms with decimals.
fn grams(kilograms: &str) -> Option<GrossMass> {
    let (whole, fraction) = kilograms.trim().split_once('.').unwrap_or((kilograms.trim(), ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let grams = whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(fraction.parse().ok()?)?;
    Some(GrossMass { grams })
}

fn amount(money: codes::Money) -> Amount {
    Amount {
        minor_units: money.minor,
        decimals: if money.currency.to_string() == "JPY" { 0 } else { 2 },
        currency: money.currency.to_string(),
    }
}

pub(super) async fn release_notice(
    asker: &Asker,
    query: LangQuery,
    id: &str,
    case: &Case,
    released_at: Timestamp,
    how: &ReleasedBy,
) -> Result<Response, Problem> {
    let api = &asker.api;
    let form = &case.form;
    let district = form.custom_master.trim();
    let office = api.org(district).await?.name.zh;
    let issue = api.ledger_issue(&case.entry_id, office.clone(), released_at);
    let head = api.document_head(issue, ObjectRef::new("declaration", id), "declaration.released").await?;
    let bill = api.app.peek::<Bill>(form.bill_no.trim()).await?;
    let inspected = matches!(case.inspection, clearance::Track::Done { .. });
    let settled = api.app.peek::<DutyNotice>(track_reference(&case.duty).unwrap_or_default()).await?;
    let guaranteed = settled.is_some_and(|notice| matches!(notice.phase, NoticePhase::Guaranteed { .. }));
    let conditions = match how {
        ReleasedBy::Automatic => Vec::new(),
        ReleasedBy::Officer { note, .. } => vec![format!("人工放行：{note}")],
    };
    let doc = ReleaseNoticeDoc {
        head,
        customs_office: office,
        declaration_number: case.entry_id.clone(),
        supervision_mode: form.trade_mode.clone(),
        declarant: Party { name: form.agent_name.clone(), code: Some(form.agent_code_scc.clone()) },
        consignee: Party { name: form.trade_name.clone(), code: Some(form.trade_co_scc.clone()) },
        vessel: form.traf_name.clone(),
        voyage: form.voy_no.clone(),
        bill_number: form.bill_no.clone(),
        place: if form.goods_place.trim().is_empty() { api.app.port().name.zh.clone() } else { form.goods_place.clone() },
        packages: form.pack_no.trim().parse().ok(),
        gross: grams(&form.gross_wt),
        containers: match &bill {
            Some(bill) => bill
                .content
                .containers
                .iter()
                .map(|c| ReleasedContainer { number: c.number.clone(), size_type: c.size_type.clone() })
                .collect(),
            None => form
                .containers
                .iter()
                .map(|c| ReleasedContainer { number: c.container_id.clone(), size_type: c.container_md.clone() })
                .collect(),
        },
        goods: form
            .goods
            .iter()
            .enumerate()
            .map(|(index, goods)| ReleasedGoods {
                item: goods.g_no.trim().parse().unwrap_or(u32::try_from(index + 1).unwrap_or(0)),
                hs_code: goods.code_ts.clone(),
                name: goods.g_name.clone(),
                quantity: format!("{} {}", goods.g_qty.trim(), unit(&goods.g_unit)),
                origin: country(&goods.origin_country),
            })
            .collect(),
        released_at,
        basis: if guaranteed {
            ReleaseBasis::OnGuarantee
        } else if inspected {
            ReleaseBasis::AfterInspection
        } else {
            ReleaseBasis::Paperless
        },
        access: TwoStageAccess::LeaveAndUse,
        conditions,
    };
    let lang = query.lang();
    pdf(api, format!("release-{}.pdf", case.entry_id), move |fonts| documents::release_notice(&doc, lang, fonts)).await
}

/// An agency agreement with its signatures.
pub(super) async fn agency_agreement(asker: &Asker, query: LangQuery, seen: Seen<clearance::AgencyAgreement>) -> Result<Response, Problem> {
    let api = &asker.api;
    let (id, at) = (seen.id.clone(), seen.state.proposed.at);
    let (principal, agent) = (api.party(&seen.state.principal).await?, api.party(&seen.state.agent).await?);
    let issue = api.ledger_issue(&id, api.app.port().name.zh.clone(), at);
    let object = ObjectRef::new(<clearance::AgencyAgreement as ledger::Aggregate>::KIND, id.clone());
    let head = api.document_head(issue, object, "agency-agreement.proposed").await?;
    let view = api.agency_agreement(&asker.ctx, seen, true).await?;
    let lang = query.lang();
    let words = |text: &crate::wire::Text| match lang {
        Lang::Zh => text.zh.clone(),
        Lang::En => text.en.clone(),
    };
    let doc = AgencyAgreementDoc {
        head,
        principal,
        agent,
        acts: view.acts.iter().map(|act| words(&act.text)).collect(),
        bill: view.bill_no,
        valid_from: view.valid_from,
        valid_to: view.valid_to,
        standing: match view.status.as_str() {
            "proposed" => AgencyStanding::Proposed,
            "accepted" => AgencyStanding::Accepted,
            "expired" => AgencyStanding::Expired,
            _ => AgencyStanding::Ended,
        },
        signatures: view
            .signatures
            .iter()
            .map(|s| AgencySignature {
                organisation: words(&s.organisation.name),
                person: words(&s.name),
                act: words(&s.act_text),
                at: s.at.0,
                event: s.event.clone().unwrap_or_default(),
            })
            .collect(),
        reason: view.reason,
    };
    pdf(api, format!("agreement-{id}.pdf"), move |fonts| documents::agency_agreement(&doc, lang, fonts)).await
}

fn track_reference(track: &clearance::Track) -> Option<&str> {
    match track {
        clearance::Track::Open { reference, .. } => reference.as_deref(),
        clearance::Track::Done { reference, .. } => Some(reference),
        clearance::Track::Unknown | clearance::Track::NotNeeded | clearance::Track::Failed { .. } => None,
    }
}

fn meaning(table: codes::TableId, code: &str) -> String {
    codes::table(table).get(code.trim()).map_or_else(|| code.trim().to_owned(), |entry| entry.zh.to_owned())
}

fn unit(code: &str) -> String {
    meaning(codes::TableId::Unit, code)
}

fn country(code: &str) -> String {
    meaning(codes::TableId::Country, code)
}

pub(super) async fn duty_notice(asker: &Asker, query: LangQuery, seen: &Seen<DutyNotice>) -> Result<Response, Problem> {
    let api = &asker.api;
    let view = api.duty_notice(&asker.ctx, Seen { id: seen.id.clone(), state: seen.state.clone(), version: seen.version }).await?;
    let notice = &seen.state;
    let office = api.org(&notice.district).await?.name.zh;
    let issue = api.ledger_issue(&seen.id, office.clone(), notice.issued_at);
    let head = api.document_head(issue, ObjectRef::new("duty-notice", seen.id.clone()), "duty-notice.issued").await?;
    let declaration = api.app.peek::<clearance::Declaration>(&notice.declaration).await?;
    let rate = |bp: u32| format!("{}.{:02}%", bp / 100, bp % 100);
    let mut lines = Vec::new();
    for (line, shown) in notice.assessment.lines.iter().zip(&view.lines) {
        let item = line.g_no.trim().parse().unwrap_or(0);
        let of = |tax: &str, base: codes::Money, bp: u32, due: codes::Money| DutyLine {
            tax: tax.to_owned(),
            item,
            hs_code: line.code_ts.clone(),
            name: shown.name.clone(),
            base: amount(base),
            rate: rate(bp),
            amount: amount(due),
        };
        lines.push(of("进口关税", line.base, line.duty_rate_bp, line.duty));
        let base = codes::Money::new(line.base.minor.saturating_add(line.duty.minor), line.base.currency);
        lines.push(of("进口增值税", base, line.vat_rate_bp, line.vat));
    }
    let state = match &notice.phase {
        NoticePhase::Due { .. } | NoticePhase::Paying { .. } => DutyState::Due,
        NoticePhase::Paid { bank_reference, at, .. } => DutyState::Paid { at: *at, reference: bank_reference.clone() },
        NoticePhase::Guaranteed { guarantee, .. } => DutyState::Secured { guarantee: guarantee.clone() },
        NoticePhase::Waived { at, .. } => DutyState::Withdrawn { at: *at },
    };
    let doc = DutyNoticeDoc {
        head,
        customs_office: office,
        declaration_number: notice.entry_id.clone(),
        payer: api.party(&notice.payer).await?,
        bill_number: declaration.map(|d| d.form().bill_no.clone()).unwrap_or_default(),
        lines,
        total_fen: notice.total().minor,
        due_at: notice.due_at,
        payee: PayeeAccount { name: "国库 Treasury".into(), bank: api.app.bank().name().to_owned(), account: "—".into() },
        state,
        notes: vec![view.exchange_label.zh, view.tariff_label.zh],
    };
    let lang = query.lang();
    pdf(api, format!("duty-{}.pdf", seen.id), move |fonts| documents::duty_notice(&doc, lang, fonts)).await
}

pub(super) async fn delivery_order(asker: &Asker, query: LangQuery, seen: &Seen<DeliveryOrder>) -> Result<Response, Problem> {
    let api = &asker.api;
    let order = &seen.state;
    let row = ledger::Aggregate::work_row(order, &seen.id);
    let party =
        app::rights::Resource::of("delivery-order", &seen.id, &row, &asker.ctx.principal, &asker.api.app.port().customs_district).party;
    let (Some(code), Some(issued), true) = (order.code(), issued_at(order), party) else {
        return Err(Problem::from(AppError::Refused(ledger::Refusal::new(
            "order-not-issued",
            "delivery-order.print",
            ledger::Aggregate::status(order),
            "提货单尚未签发，或只有当事各方可以打印。",
            "The order is not issued, or only its parties may print it.",
        ))));
    };
    let bill = api.seen::<Bill>(&order.bill).await?.state;
    let call = api.seen::<ShipCall>(&bill.call).await?.state;
    let boxes = api.app.peek_many::<Container>(order.containers.iter().cloned()).await?;
    let agent = api.party(&order.carrier_agent).await?;
    let issue =
        Issue { number: seen.id.clone(), issuer: agent.name.clone(), at: issued, code: code.to_owned(), url: verify_url(api, code) };
    let head = api.document_head(issue, ObjectRef::new("delivery-order", seen.id.clone()), "delivery-order.issued").await?;
    let released = order.containers.iter().find_map(|id| boxes.get(id).and_then(|b| b.release().cloned()));
    let customs = match released {
        Some(release) => CustomsState::Released {
            at: release.at,
            declaration_number: match api.app.peek::<clearance::Declaration>(&release.declaration).await? {
                Some(declaration) => declaration.entry_id().unwrap_or_default().to_owned(),
                None => release.declaration,
            },
        },
        None => CustomsState::Pending,
    };
    let charges = match &order.charge_state {
        logistics::ChargeState::NotCharged | logistics::ChargeState::Waived { .. } => ChargeState::NoneDue,
        logistics::ChargeState::Unpaid => ChargeState::Outstanding { amount: amount(order.charges) },
        logistics::ChargeState::Paid { payment, at } => {
            ChargeState::Paid { amount: amount(order.charges), at: *at, reference: payment.clone() }
        }
    };
    let usage = match &order.phase {
        OrderPhase::Redeemed { at, .. } => DeliveryOrderUse::Redeemed { at: *at },
        OrderPhase::Cancelled { at, .. } => DeliveryOrderUse::Revoked { at: *at },
        OrderPhase::Requested | OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } => DeliveryOrderUse::Open,
    };
    let port_name = |code: &str| match codes::table(codes::TableId::Port).get(code) {
        Some(entry) => format!("{} {code}", entry.zh),
        None => code.to_owned(),
    };
    let doc = DeliveryOrderDoc {
        head,
        carrier: Party { name: bill.content.carrier.clone(), code: None },
        vessel: call.ship_name.clone(),
        imo_number: Some(call.imo.clone()),
        voyage: call.voyage_in.clone(),
        bill_number: order.bill.clone(),
        port_of_loading: port_name(&bill.content.loading),
        port_of_discharge: port_name(&bill.content.discharge),
        arrived_at: call.ata(),
        consignee: Party { name: bill.content.consignee.name.clone(), code: bill.content.consignee.uscc.clone() },
        holder: api.party(&order.holder).await?,
        terminal: api.party(&call.terminal).await?.name,
        containers: bill
            .content
            .containers
            .iter()
            .filter(|c| order.containers.contains(&container_id(&c.number, &bill.call)))
            .map(|c| DeliveryContainer {
                number: c.number.clone(),
                size_type: c.size_type.clone(),
                seals: c.seals.clone(),
                packages: Some(u64::from(c.packages)),
                gross: grams(&c.gross_kg.to_string()),
                free_until: order.free_until,
                free_days: order.free_days,
            })
            .collect(),
        goods: bill
            .content
            .goods
            .iter()
            .map(|g| GoodsLine {
                marks: String::new(),
                description: g.description.clone(),
                packages: Some(u64::from(g.packages)),
                package_unit: g.package_kind.clone().unwrap_or_default(),
                gross: grams(&g.gross_kg.to_string()),
                volume: None,
            })
            .collect(),
        charges,
        customs,
        usage,
        notes: Vec::new(),
    };
    let lang = query.lang();
    pdf(api, format!("delivery-order-{}.pdf", seen.id), move |fonts| documents::delivery_order(&doc, lang, fonts)).await
}

const fn panel(panel: logistics::Panel) -> documents::Panel {
    match panel {
        logistics::Panel::Front => documents::Panel::Front,
        logistics::Panel::Rear => documents::Panel::Rear,
        logistics::Panel::Top => documents::Panel::Top,
        logistics::Panel::Left => documents::Panel::Left,
        logistics::Panel::Right => documents::Panel::Right,
        logistics::Panel::Bottom => documents::Panel::Bottom,
        logistics::Panel::Door => documents::Panel::Door,
        logistics::Panel::Floor => documents::Panel::Floor,
        logistics::Panel::Interior => documents::Panel::Interior,
    }
}

pub(super) async fn equipment_receipt(asker: &Asker, query: LangQuery, seen: Seen<Eir>) -> Result<Response, Problem> {
    let api = &asker.api;
    let id = seen.id.clone();
    let eir = seen.state.clone();
    let call = api.app.peek::<ShipCall>(&eir.call).await?;
    let gate = api.app.peek::<GateTransaction>(&eir.gate_transaction).await?;
    let terminal = api.party(&eir.terminal).await?.name;
    let issue = Issue { number: id.clone(), issuer: terminal.clone(), at: eir.at, code: eir.code.clone(), url: verify_url(api, &eir.code) };
    let head = api.document_head(issue, ObjectRef::new("eir", id.clone()), "eir.issued").await?;
    let doc = EquipmentReceiptDoc {
        head,
        operation: match eir.direction {
            Direction::Out => Operation::PickUpLaden,
            Direction::In => Operation::ReturnLaden,
        },
        container_number: container_number(&eir.container).to_owned(),
        size_type: eir.size_type.clone(),
        load: LoadState::Laden,
        operator: terminal.clone(),
        seals: eir.seal.iter().cloned().collect(),
        tare: None,
        gross_max: None,
        reefer: None,
        bill_or_booking: eir.bill.clone().unwrap_or_default(),
        vessel: call.as_ref().map(|c| c.ship_name.clone()),
        voyage: call.map(|c| c.voyage_in),
        trucker: api.party(&eir.trucker).await?,
        plate: eir.plate.clone(),
        driver_masked: masked_name(&eir.driver),
        driver_phone_masked: None,
        place: terminal,
        lane: gate.map(|g| g.record.lane).unwrap_or_default(),
        gate_at: eir.at,
        panels: eir
            .condition
            .iter()
            .map(|c| documents::PanelReport {
                panel: panel(c.panel),
                condition: if c.sound { documents::PanelCondition::Sound } else { documents::PanelCondition::Damaged },
            })
            .collect(),
        damages: eir
            .damages
            .iter()
            .filter_map(|d| {
                Some(documents::Damage {
                    panel: panel(d.location),
                    location: None,
                    component: d.component.clone(),
                    kind: documents::DamageType::from_code(&d.cedex)?,
                    repair: None,
                    responsible: d.responsible.clone(),
                    note: String::new(),
                    photos: 0,
                })
            })
            .collect(),
        signatures: Vec::new(),
        // The photos themselves are kept with the electronic receipt; the paper says which they are.
        notes: eir.photos.iter().enumerate().map(|(at, sha256)| format!("照片 Photo {}: SHA-256 {sha256}", at + 1)).collect(),
    };
    let lang = query.lang();
    pdf(api, format!("eir-{id}.pdf"), move |fonts| documents::equipment_receipt(&doc, lang, fonts)).await
}

pub(super) async fn ledger_receipt(asker: &Asker, query: LangQuery, receipt: &Receipt, event: &Event) -> Result<Response, Problem> {
    let api = &asker.api;
    let lang = query.lang();
    let title = texts::event(&event.kind);
    let actor = match &event.actor {
        Actor::Person { organisation, .. } | Actor::System { organisation, .. } => {
            let org = api.org(organisation).await?;
            if lang == Lang::En { org.name.en } else { org.name.zh }
        }
        Actor::Platform => "平台 Platform".to_owned(),
    };
    let url = format!("{}/ledger", api.app.port().public_url.trim_end_matches('/'));
    let head = DocumentHead {
        number: format!("L{}", receipt.position),
        issuer: api.app.port().name.zh.clone(),
        issued_at: asker.ctx.at,
        zone: api.zone(),
        verification: Verification { code: receipt.leaf.chars().take(16).collect(), url },
        ledger: Some(LedgerReference { event_id: event.id.to_string(), leaf_index: Some(receipt.position) }),
        standing: api.standing(),
    };
    let doc = LedgerReceiptDoc {
        head,
        event_id: event.id.to_string(),
        event_kind: event.kind.to_string(),
        event_title: if lang == Lang::En { title.en } else { title.zh },
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor,
        objects: event
            .objects
            .iter()
            .take(documents::OBJECTS_MAX)
            .map(|link| ReceiptObject { kind: link.object.kind.to_string(), id: link.object.id.clone(), role: link.role.to_string() })
            .collect(),
        leaf_hash: receipt.leaf.clone(),
        leaf_index: receipt.position,
        tree_size: receipt.size,
        root_hash: receipt.root.clone(),
        hash_algorithm: "SHA-256 (RFC 6962)".into(),
        signature: HeadSignature {
            algorithm: receipt.head.algorithm.clone(),
            key_id: receipt.head.key_id.clone(),
            signature: receipt.head.signature.clone(),
            signed_at: receipt.head.at,
        },
        path: receipt.proof.clone(),
        verify_command: None,
    };
    pdf(api, format!("receipt-{}.pdf", receipt.position), move |fonts| documents::ledger_receipt(&doc, lang, fonts)).await
}
