//! What everybody may see without login (公众查询).

use std::sync::Arc;

use app::draw::{DayDraw, DrawDay as DrawDayState, Overrides, draws_of};
use app::orders::PublicDocument;
use app::reading::{ListQuery, Seen};
use app::{AppError, Context};
use clearance::Declaration;
use ledger::receipt::{Receipt, verify_receipt};
use ledger::{Aggregate, Timestamp};
use logistics::{Container, container_id, container_number};
use manifest::Bill;
use port_call::ShipCall;
use store::{JourneyRow, Milestone, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::insights::{days, definition};
use crate::body::{Input, ok};
use crate::context::{Id, Visitor};
use crate::paging::{self, Asked};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::texts;
use crate::wire::case::hours;
use crate::wire::ledger_view::{Head, ReceiptCheck};
use crate::wire::order::issued_at;
use crate::wire::public::{
    ClearanceFigure, DocumentCheck, DrawDay, DrawHolder, DrawRow, DrawsQuery, PublicDay, PublicStage, PublicSummary, PublicToday,
    RedeemedBox, TrackQuery, TrackResult, TrackStep,
};
use crate::wire::{Text, instant};

/// Days of the published series.
const DAYS: i64 = 30;
/// How long the summary is shown again.
const REMEMBER_MS: i64 = 5_000;
/// Characters of the check.
const CHECK_LENGTH: usize = 4;
/// Most draws of a page.
const DRAWS_MAX: u32 = 2_000;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_public_summary))
        .routes(routes!(track))
        .routes(routes!(check_document))
        .routes(routes!(get_head))
        .routes(routes!(get_draws))
        .routes(routes!(verify))
}

/// The port at a glance.
#[utoipa::path(get, path = "/public/summary", tag = "public", responses((status = 200, body = PublicSummary)))]
async fn get_public_summary(visitor: Visitor) -> Answer {
    let api = &visitor.api;
    let now = visitor.ctx.at;
    let known = api.summary.lock().clone().filter(|(at, _)| now.since_millis(*at).abs() < REMEMBER_MS);
    let summary = match known {
        Some((_, summary)) => summary,
        None => {
            let made = Arc::new(summary(api, now).await?);
            *api.summary.lock() = Some((now, Arc::clone(&made)));
            made
        }
    };
    Ok(ok(&*summary))
}

async fn summary(api: &Api, now: Timestamp) -> Result<PublicSummary, AppError> {
    let offset = api.app.port().utc_offset_minutes;
    let found = api.app.public_clearance(DAYS).await?;
    let total = &found.summary.clearance;
    let clearance = (total.count > 0).then(|| ClearanceFigure {
        definition: definition("clearance-time").unwrap_or_default(),
        period: days(&found.period, offset),
        unit: "hours".into(),
        count: total.count,
        mean: hours(total.mean_ms),
        median: hours(total.p50_ms),
        p90: hours(total.p90_ms),
        target: None,
    });
    Ok(PublicSummary {
        as_of: now.into(),
        today: PublicToday {
            ships: ships_today(api, now).await?,
            discharged: api.app.today(Milestone::Discharged).await?,
            released: api.app.today(Milestone::Released).await?,
            gated_out: api.app.today(Milestone::GatedOut).await?,
        },
        clearance,
        series: found
            .series
            .iter()
            .map(|p| PublicDay {
                day: p.day.clone(),
                count: p.clearance.count,
                median: hours(p.clearance.p50_ms),
                p90: hours(p.clearance.p90_ms),
            })
            .collect(),
        stages: found
            .summary
            .stages
            .iter()
            .map(|s| PublicStage {
                stage: s.stage.to_owned(),
                name: Text::from(&s.name),
                median_hours: hours(s.lasted.p50_ms),
                share: f64::from(s.share_bp) / 10_000.0,
            })
            .collect(),
    })
}

async fn ships_today(api: &Api, now: Timestamp) -> Result<u64, AppError> {
    let start = now.day_start(api.app.port().utc_offset_minutes);
    let platform = Context::platform(now, "public-summary");
    let query = ListQuery { statuses: vec!["arrived".into(), "departed".into()], limit: 200, ..ListQuery::default() };
    let page = api.app.list::<ShipCall>(&platform, "call.read", query).await?;
    Ok(page.items.iter().filter(|(seen, _)| seen.state.ata().is_some_and(|at| at >= start)).count() as u64)
}

/// Look something up with its number and a second piece of knowledge. Whatever does not fit is answered alike.
#[utoipa::path(get, path = "/public/track", tag = "public", params(TrackQuery), responses((status = 200, body = TrackResult)))]
async fn track(visitor: Visitor, query: Asked<TrackQuery>) -> Answer {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let (number, check) = (plain(&query.0.number), plain(&query.0.check));
    if number.chars().count() < CHECK_LENGTH || number.len() > 64 || check.chars().count() != CHECK_LENGTH {
        return Err(Problem::not_found());
    }
    let found = look_up(&visitor.api, visitor.ctx.at, &number, &check).await?;
    Ok(ok(&found.ok_or_else(Problem::not_found)?))
}

fn ends_with(text: &str, check: &str) -> bool {
    text.to_uppercase().ends_with(check)
}

async fn look_up(api: &Api, now: Timestamp, number: &str, check: &str) -> Result<Option<TrackResult>, AppError> {
    // Newest visit first: a box comes back many times.
    for seen in api.app.visits_of(number, now).await? {
        if seen.state.bill.as_deref().is_some_and(|bill| ends_with(bill, check)) {
            return Ok(Some(of_container(api, seen).await?));
        }
    }
    if let Some(bill) = api.app.peek::<Bill>(number).await? {
        let fits = bill.content.containers.iter().any(|c| ends_with(&c.number, check));
        return if fits { Ok(Some(of_bill(api, number, &bill).await?)) } else { Ok(None) };
    }
    if number.len() == 18 && number.bytes().all(|b| b.is_ascii_digit()) {
        let platform = Context::platform(now, "public-track");
        let query = ListQuery { key_prefix: Some(number.to_owned()), limit: 5, ..ListQuery::default() };
        for (seen, _) in api.app.list::<Declaration>(&platform, "declaration.read", query).await?.items {
            if seen.state.entry_id() == Some(number) && ends_with(seen.state.form().bill_no.trim(), check) {
                return Ok(Some(of_declaration(number, &seen.state)));
            }
        }
    }
    Ok(None)
}

/// (code, Chinese, English, milestone)
const WAY: [(&str, &str, &str, Milestone); 6] = [
    ("arrived", "船舶抵港", "Ship arrived", Milestone::ShipArrived),
    ("discharged", "卸船", "Discharged", Milestone::Discharged),
    ("declared", "申报受理", "Declared", Milestone::Declared),
    ("released", "海关放行", "Customs release", Milestone::Released),
    ("order-issued", "换单完成", "Delivery order issued", Milestone::DeliveryOrderIssued),
    ("gated-out", "提箱出闸", "Gated out", Milestone::GatedOut),
];

fn way(journey: Option<&JourneyRow>) -> (Vec<TrackStep>, Option<Timestamp>) {
    let reached = |milestone: Milestone| journey.and_then(|j| j.at[milestone.index()]);
    let mut steps: Vec<TrackStep> = WAY
        .iter()
        .map(|(code, zh, en, milestone)| {
            let at = reached(*milestone);
            TrackStep {
                code: (*code).into(),
                name: Text::new(*zh, *en),
                at: instant(at),
                state: if at.is_some() { "done".into() } else { "todo".into() },
            }
        })
        .collect();
    if let Some(first) = steps.iter_mut().find(|step| step.at.is_none()) {
        first.state = "current".into();
    }
    (steps, WAY.iter().filter_map(|(.., milestone)| reached(*milestone)).max())
}

async fn of_container(api: &Api, seen: Seen<Container>) -> Result<TrackResult, AppError> {
    let journey = api.app.store().journey(&api.app.port().code, &seen.id).await?;
    let (steps, last) = way(journey.as_ref());
    let status = seen.state.status();
    Ok(TrackResult {
        kind: "container".into(),
        number: seen.state.number.clone(),
        status: status.to_owned(),
        status_text: texts::status(Container::KIND, status),
        steps,
        updated_at: last.or(seen.state.milestones.announced_at).unwrap_or_default().into(),
    })
}

async fn of_bill(api: &Api, number: &str, bill: &Bill) -> Result<TrackResult, AppError> {
    // The bill stands where its first container stands; each container can be looked up by itself.
    let journey = match bill.content.containers.first() {
        Some(first) => api.app.store().journey(&api.app.port().code, &container_id(&first.number, &bill.call)).await?,
        None => None,
    };
    let (steps, last) = way(journey.as_ref());
    Ok(TrackResult {
        kind: "bill".into(),
        number: number.to_owned(),
        status: bill.status().to_owned(),
        status_text: texts::status(Bill::KIND, bill.status()),
        steps,
        updated_at: last.unwrap_or(bill.opened_at).into(),
    })
}

fn of_declaration(number: &str, declaration: &Declaration) -> TrackResult {
    let case = declaration.case();
    let released = match declaration {
        Declaration::Released { released_at, .. } => Some(*released_at),
        Declaration::Draft { .. } | Declaration::Accepted { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. } => None,
    };
    let marks = [
        ("declared", "申报受理", "Declared", case.map(|c| c.accepted_at)),
        ("decided", "布控答复", "Risk decision", case.and_then(|c| c.decided_at)),
        ("landed", "货物到港", "Goods landed", case.and_then(|c| c.landed_at)),
        ("released", "海关放行", "Customs release", released),
    ];
    let current = marks.iter().position(|(.., at)| at.is_none());
    let steps = marks
        .iter()
        .enumerate()
        .map(|(index, (code, zh, en, at))| TrackStep {
            code: (*code).into(),
            name: Text::new(*zh, *en),
            at: instant(*at),
            state: if at.is_some() {
                "done"
            } else if Some(index) == current {
                "current"
            } else {
                "todo"
            }
            .into(),
        })
        .collect();
    TrackResult {
        kind: "declaration".into(),
        number: number.to_owned(),
        status: declaration.status().to_owned(),
        status_text: texts::status(Declaration::KIND, declaration.status()),
        steps,
        updated_at: marks.iter().filter_map(|(.., at)| *at).max().unwrap_or_default().into(),
    }
}

/// Check a printed document by its code.
#[utoipa::path(get, path = "/public/documents/{code}", tag = "public", params(("code" = String, Path, description = "Verification code, 16 characters")), responses((status = 200, body = DocumentCheck)))]
async fn check_document(visitor: Visitor, code: Id) -> Answer {
    let api = &visitor.api;
    let plain: String = code.0.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let checked = match api.app.document_by_code(&plain, visitor.ctx.at).await? {
        PublicDocument::Order(id, order) => {
            let boxes = api.app.peek_many::<Container>(order.redeemed.keys().cloned()).await?;
            DocumentCheck {
                kind: "delivery-order".into(),
                valid: order.is_live(),
                status: order.status().to_owned(),
                status_text: texts::status("delivery-order", order.status()),
                number: id,
                issued_at: instant(issued_at(&order)),
                container_numbers: order.containers.iter().map(|id| container_number(id).to_owned()).collect(),
                carrier: api.org(&order.carrier_agent).await?.name,
                redeemed: order
                    .redeemed
                    .keys()
                    .map(|id| RedeemedBox {
                        container: container_number(id).to_owned(),
                        at: boxes.get(id).and_then(|b| instant(b.milestones.gated_out_at)),
                    })
                    .collect(),
            }
        }
        PublicDocument::Receipt(id, eir) => DocumentCheck {
            kind: "eir".into(),
            valid: true,
            status: eir.status().to_owned(),
            status_text: texts::status("eir", eir.status()),
            number: id,
            issued_at: Some(eir.at.into()),
            container_numbers: vec![container_number(&eir.container).to_owned()],
            carrier: api.org(&eir.terminal).await?.name,
            redeemed: Vec::new(),
        },
    };
    Ok(ok(&checked))
}

/// The newest signed head of the ledger.
#[utoipa::path(get, path = "/public/ledger/head", tag = "public", responses((status = 200, body = Head)))]
async fn get_head(visitor: Visitor) -> Answer {
    let head = visitor.api.app.head().await?.ok_or_else(Problem::not_found)?;
    Ok(ok(&visitor.api.head(head)))
}

/// The draws of a day, checkable once the seed is published.
#[utoipa::path(get, path = "/public/draws/{day}", tag = "public", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD"), DrawsQuery), responses((status = 200, body = DrawDay)))]
async fn get_draws(visitor: Visitor, id: Id, query: Asked<DrawsQuery>) -> Answer {
    let app = &visitor.api.app;
    // Only to tell a day from something else.
    paging::day_start(&id.0, app.port().utc_offset_minutes)?;
    let limit = match query.0.limit {
        None => DRAWS_MAX,
        Some(n) if (1..=DRAWS_MAX).contains(&n) => n,
        Some(_) => return Err(paging::invalid("limit 须为 1 至 2000。", "limit must be 1 to 2,000.")),
    };
    let after = match query.0.cursor.as_deref() {
        None => None,
        Some(cursor) => Some(cursor.parse().map_err(|_| paging::invalid("游标不正确。", "The cursor is not valid."))?),
    };
    let day = app.peek::<DrawDayState>(&id.0).await?.ok_or_else(Problem::not_found)?;
    // Before the seed is published nobody could check a number, and who was drawn is the declarant's own matter.
    let page = match &day.seed {
        Some(_) => draws_of(app.store().as_ref(), &app.port().code, &id.0, after, limit).await?,
        None => Page { items: Vec::new(), next: None },
    };
    let row = |draw: DayDraw| DrawRow {
        subject: draw.subject,
        mix_size: draw.head_size,
        mix_root: draw.head_root,
        rate_bp: draw.rate_bp,
        number: draw.number,
        selected: draw.selected,
        part: draw.part,
    };
    let draws = page.items.into_iter().map(row).collect();
    let Overrides { ordered, spared } = day.overrides;
    Ok(ok(&DrawDay {
        day: id.0,
        commitment: day.commitment,
        revealed_seed: day.seed,
        second: day.second.map(|second| DrawHolder {
            name: Text::new(second.holder.zh, second.holder.en),
            commitment: second.commitment,
            revealed_seed: second.seed,
            asked: second.asked,
        }),
        ordered,
        spared,
        draws,
        from: query.0.cursor,
        next: page.next,
    }))
}

/// Check a receipt.
#[utoipa::path(post, path = "/public/receipts/verify", tag = "public", request_body = Object, responses((status = 200, body = ReceiptCheck)))]
async fn verify(visitor: Visitor, receipt: Input<serde_json::Value>) -> Answer {
    let mut faults = Vec::new();
    match serde_json::from_value::<Receipt>(receipt.0) {
        Err(e) => faults.push(Text::new("不是一份存证收据。", format!("This is not a receipt: {e}"))),
        Ok(receipt) => {
            if let Err(fault) = verify_receipt(&receipt) {
                faults.push(Text::new("收据核验不通过：内容、路径或签名不符。", format!("The receipt proves nothing: {fault}.")));
            } else if receipt.head.key_id != visitor.api.config.public_key.id() {
                faults
                    .push(Text::new("收据由另一密钥签名，不是本口岸平台所签。", "The receipt is signed by another key than this port's."));
            }
        }
    }
    Ok(ok(&ReceiptCheck { valid: faults.is_empty(), faults }))
}
