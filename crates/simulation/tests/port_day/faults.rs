//! What goes wrong at a port, and what must come of it: nothing is done twice, nothing is done out of order, nobody does another's work.

use std::collections::BTreeMap;

use app::bookings::MakeBooking;
use app::calls::{AnnounceCall, ArriveCall};
use app::declarations::{PassDocuments, SubmitDeclaration};
use app::discharge::{DischargeReport, ReportDischarge};
use app::duty::PayDuty;
use app::exchange::Envelope;
use app::gate::DecideGate;
use app::inbox::{MessageState, ReceiveMessage};
use app::orders::RequestOrder;
use app::reading::ListQuery;
use app::{AppError, Clock as _, Context, Happens, IdempotencyKey, Role};
use clearance::{Declaration, DutyNotice};
use ledger::Timestamp;
use logistics::{Container, Direction, Place};
use manifest::Bill;
use messages::{SampleBox, SampleCall, SampleKind, SampleReport, sample_report};
use port_call::{CallPhase, ShipCall};

use super::port::{Port, context};

type Tried = Result<bool, String>;

/// How many do the same at once.
const AT_ONCE: usize = 6;

/// Causes faults in turn and remembers which were tried.
pub struct Faults {
    turn: u64,
    tried: BTreeMap<&'static str, u64>,
}

const KINDS: [&str; 14] = [
    "same message twice",
    "same discharge twice",
    "same key twice",
    "discharge before arrival",
    "arrival twice",
    "gate before release",
    "truncated message",
    "wrong segment count",
    "wrong container number",
    "wrong role",
    "reports late and twice",
    "notice paid by many at once",
    "box booked by many at once",
    "declaration submitted by many at once",
];

impl Faults {
    pub fn new(seed: u64) -> Self {
        Self { turn: seed, tried: BTreeMap::new() }
    }

    /// Every fault found something to go wrong with.
    pub fn all_were_tried(&self) -> Result<(), String> {
        match KINDS.iter().find(|kind| !self.tried.contains_key(*kind)) {
            Some(kind) => Err(format!("nothing to try this fault on: {kind}")),
            None => Ok(()),
        }
    }

    /// What was tried, and how often.
    pub fn report(&self) -> Vec<String> {
        self.tried.iter().map(|(kind, times)| format!("{kind}: {times}")).collect()
    }

    /// Causes the next fault.
    pub async fn cause(&mut self, port: &Port) -> Result<(), String> {
        self.turn += 1;
        let kind = KINDS[usize::try_from(self.turn).unwrap_or(0) % KINDS.len()];
        let size = size(port).await?;
        let tried = match kind {
            "same message twice" => same_message_twice(port).await,
            "same discharge twice" => same_discharge_twice(port).await,
            "same key twice" => same_key_twice(port, self.turn).await,
            "discharge before arrival" => discharge_before_arrival(port).await,
            "arrival twice" => arrival_twice(port).await,
            "gate before release" => gate_before_release(port).await,
            "truncated message" => broken_message(port, |bytes| bytes.truncate(bytes.len() * 2 / 3)).await,
            "wrong segment count" => broken_message(port, wrong_count).await,
            "wrong container number" => broken_message(port, wrong_container).await,
            "wrong role" => wrong_role(port).await,
            "reports late and twice" => reports_late_and_twice(port, self.turn).await,
            "notice paid by many at once" => paid_by_many(port).await,
            "box booked by many at once" => booked_by_many(port).await,
            _ => submitted_by_many(port).await,
        };
        if tried.map_err(|fault| format!("{kind}: {fault}"))? {
            *self.tried.entry(kind).or_default() += 1;
        } else if size != self::size(port).await? {
            return Err(format!("{kind}: a fault that found nothing to try changed the ledger"));
        }
        Ok(())
    }
}

async fn size(port: &Port) -> Result<u64, String> {
    Ok(port.app.head().await.map_err(|e| e.to_string())?.map_or(0, |head| head.size))
}

async fn listed<A: Happens>(port: &Port, statuses: &[&str]) -> Result<Vec<(String, A)>, String> {
    let ctx = Context::platform(port.clock.now(), "fault");
    let query = ListQuery { statuses: statuses.iter().map(|s| (*s).to_owned()).collect(), limit: 60, ..ListQuery::default() };
    let page = port.app.list::<A>(&ctx, "case.read", query).await.map_err(|e| e.to_string())?;
    Ok(page.items.into_iter().map(|(seen, _)| (seen.id, seen.state)).collect())
}

/// The newest manifest message that was acted upon: sender and bytes.
async fn manifest_message(port: &Port) -> Result<Option<(String, Vec<u8>)>, String> {
    for (_, state) in listed::<MessageState>(port, &["processed", "processed-with-findings"]).await? {
        if matches!(state.kind.as_str(), "CUSCAR" | "IFCSUM") {
            let blob = port.app.store().blob(&port.app.port().code, &state.sha256).await.map_err(|e| e.to_string())?;
            return Ok(blob.map(|(_, bytes)| (state.partner, bytes)));
        }
    }
    Ok(None)
}

async fn sent(port: &Port, sender: &str, bytes: Vec<u8>) -> Result<MessageState, String> {
    sent_as(port, sender, Role::Agent, bytes).await
}

async fn sent_as(port: &Port, sender: &str, role: Role, bytes: Vec<u8>) -> Result<MessageState, String> {
    let ctx = context(port, sender, role);
    let done = port.app.execute(&ctx, &ReceiveMessage { bytes: bytes.clone(), channel: "api".into() }).await.map_err(|e| e.to_string())?;
    port.app.process_message(&ctx, &done.outcome).await.map_err(|e| e.to_string())?;
    // Reading it once more, as after a crash, changes nothing.
    let before = size(port).await?;
    port.app.process_message(&ctx, &done.outcome).await.map_err(|e| e.to_string())?;
    if size(port).await? != before {
        return Err("a message that was read already was acted upon again".into());
    }
    let state = port.app.peek::<MessageState>(&done.outcome).await.map_err(|e| e.to_string())?.ok_or("the message is not kept")?;
    let kept = port.app.store().blob(&port.app.port().code, &state.sha256).await.map_err(|e| e.to_string())?;
    if kept.is_none_or(|(_, kept)| kept != bytes) {
        return Err("the raw message is not kept as it came".into());
    }
    Ok(state)
}

/// Gate, mass and status of a box, the newer first and everything twice: the newest stands, nothing is recorded twice, the box stays
/// where it is.
async fn reports_late_and_twice(port: &Port, turn: u64) -> Tried {
    let boxes = listed::<Container>(port, &["in-yard", "released"]).await?;
    let fresh = |state: &Container| state.booking.is_none() && state.reports.is_empty();
    let Some((id, before)) = boxes.into_iter().find(|(_, state)| fresh(state)) else { return Ok(false) };
    let kinds = [SampleKind::GateIn, SampleKind::VerifiedMass, SampleKind::Status];
    let now = port.clock.now();
    let call = SampleCall { ship_name: "", imo: "", voyage: "", carrier: "DEMO LINE", port: "CNNGB", arrival: now };
    for (round, minutes) in [(0, 2), (1, 2), (2, 7), (3, 7)] {
        for (place, kind) in kinds.into_iter().enumerate() {
            let reference = format!("LATE{turn}X{round}X{place}");
            let envelope = Envelope {
                sender: "TESTPARTNER".into(),
                receiver: port.app.port().edi_id.clone(),
                reference: reference.clone(),
                at: now,
                utc_offset_minutes: port.app.port().utc_offset_minutes,
            };
            let kg = codes::Mass::sum([before.gross_kg, codes::Mass::from_kg(2_000 + minutes).ok_or("mass")?]).ok_or("mass")?;
            let one = SampleBox {
                container: &before.number,
                size_type: &before.size_type,
                bill: before.bill.as_deref().unwrap_or("NONE"),
                reference: "BK",
                at: now.plus_minutes(-i64::try_from(minutes).unwrap_or(0)),
                place: "A01",
                plate: "TEST001",
                status: "24",
                mass: kg,
                ..SampleBox::default()
            };
            let told =
                SampleReport { document: &reference, call: call.clone(), berth: "", terminal: "", boxes: vec![one], persons: Vec::new() };
            let state = sent_as(port, &before.terminal, Role::Terminal, sample_report(kind, &envelope, &told)).await?;
            if !ledger::Aggregate::status(&state).starts_with("processed") {
                return Err(format!("{kind:?} was not recorded: {:?}", state.findings));
            }
        }
    }
    let after = port.app.peek::<Container>(&id).await.map_err(|e| e.to_string())?.ok_or("the box is gone")?;
    if after.place != before.place || after.customs != before.customs || !after.reports.alarms.is_empty() {
        return Err("reports changed what the platform decided".into());
    }
    let recorded = port
        .app
        .store()
        .events_of(&port.app.port().code, &ledger::ObjectRef::new("container", id), None, 500)
        .await
        .map_err(|e| e.to_string())?
        .iter()
        .filter(|stored| stored.event.kind == "container.reported")
        .count();
    if recorded != 6 {
        return Err(format!("{recorded} reports are recorded of 3 kinds at 2 times"));
    }
    let newest = now.plus_minutes(-2);
    let minute = |at: Timestamp| at.millis() / 60_000;
    if after.reports.latest.len() != 3 || after.reports.latest.values().any(|told| minute(told.at) != minute(newest)) {
        return Err("an older report stands in place of a newer one".into());
    }
    Ok(true)
}

async fn same_message_twice(port: &Port) -> Tried {
    let Some((sender, bytes)) = manifest_message(port).await? else { return Ok(false) };
    let state = sent(port, &sender, bytes).await?;
    let told = state.findings.iter().any(|found| found.finding.code == "message-duplicate");
    if told && state.objects.is_empty() { Ok(true) } else { Err(format!("a repeated message was acted upon: {:?}", state.objects)) }
}

async fn broken_message(port: &Port, breaks: fn(&mut Vec<u8>)) -> Tried {
    let Some((sender, mut bytes)) = manifest_message(port).await? else { return Ok(false) };
    let whole = bytes.clone();
    breaks(&mut bytes);
    if bytes == whole {
        return Err("the message was not broken".into());
    }
    let state = sent(port, &sender, bytes).await?;
    if state.findings.is_empty() || state.answers.is_empty() {
        return Err("a broken message came back without finding or answer".into());
    }
    if state.objects.iter().any(|object| object.kind == "bill") { Err("bills of a broken message were taken in".into()) } else { Ok(true) }
}

/// One segment more than there are.
fn wrong_count(bytes: &mut Vec<u8>) {
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    let changed = text.replace("UNT+", "UNT+9");
    *bytes = changed.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
}

/// The first container loses its last character.
fn wrong_container(bytes: &mut Vec<u8>) {
    if let Some(at) = bytes.windows(7).position(|w| w == b"EQD+CN+") {
        bytes.remove(at + 7 + 10);
    }
}

fn report(container: &Container, at: Timestamp) -> ReportDischarge {
    ReportDischarge {
        reports: vec![DischargeReport {
            container: container.number.clone(),
            call: container.call.clone(),
            at,
            position: Some("X01".into()),
            seal: None,
            packages: None,
            damage: None,
            tally_company: None,
        }],
    }
}

async fn same_discharge_twice(port: &Port) -> Tried {
    let Some((id, container)) = listed::<Container>(port, &["in-yard", "released"]).await?.into_iter().next() else { return Ok(false) };
    let ctx = context(port, &container.terminal, Role::Terminal);
    let done = port.app.execute(&ctx, &report(&container, port.clock.now())).await.map_err(|e| e.to_string())?;
    let told = done.outcome.findings.iter().any(|found| found.code == "container-already-discharged");
    let after = port.app.peek::<Container>(&id).await.map_err(|e| e.to_string())?;
    if told && after.as_ref() == Some(&container) { Ok(true) } else { Err(format!("{id}: {:?}", done.outcome)) }
}

async fn discharge_before_arrival(port: &Port) -> Tried {
    for (id, container) in listed::<Container>(port, &["expected"]).await? {
        let call = port.app.peek::<ShipCall>(&container.call).await.map_err(|e| e.to_string())?;
        if call.is_some_and(|call| call.phase == CallPhase::Announced) {
            let ctx = context(port, &container.terminal, Role::Terminal);
            let done = port.app.execute(&ctx, &report(&container, port.clock.now())).await.map_err(|e| e.to_string())?;
            let told = done.outcome.findings.iter().any(|found| found.code == "call-not-arrived");
            return if told && done.outcome.accepted == 0 { Ok(true) } else { Err(format!("{id} was discharged from a ship at sea")) };
        }
    }
    Ok(false)
}

async fn arrival_twice(port: &Port) -> Tried {
    let Some((id, call)) = listed::<ShipCall>(port, &["arrived"]).await?.into_iter().next() else { return Ok(false) };
    let ctx = context(port, &call.terminal, Role::Terminal);
    match port.app.execute(&ctx, &ArriveCall { id, at: port.clock.now() }).await {
        Err(AppError::Refused(refusal)) if refusal.code == "call-already-arrived" => Ok(true),
        other => Err(format!("{other:?}")),
    }
}

async fn gate_before_release(port: &Port) -> Tried {
    let yard = listed::<Container>(port, &["in-yard"]).await?;
    let Some((id, container)) = yard.into_iter().find(|(_, c)| c.release().is_none() && matches!(c.place, Place::Yard { .. })) else {
        return Ok(false);
    };
    let ctx = context(port, &container.terminal, Role::Terminal);
    for direction in [Direction::In, Direction::Out] {
        let decide = DecideGate {
            direction,
            lane: "I1".into(),
            plate: "浙B00000".into(),
            container: container.number.clone(),
            seal: None,
            damages: Vec::new(),
            photos: Vec::new(),
            at: None,
        };
        let done = port.app.execute(&ctx, &decide).await.map_err(|e| e.to_string())?;
        if done.outcome.reasons.is_empty() {
            return Err(format!("{id} passed the gate without release"));
        }
    }
    let after = port.app.peek::<Container>(&id).await.map_err(|e| e.to_string())?;
    if after.as_ref() == Some(&container) { Ok(true) } else { Err(format!("{id} was changed by a refusal")) }
}

/// The same key with the same request is answered with the first answer; with another request it is refused.
async fn same_key_twice(port: &Port, turn: u64) -> Tried {
    let Some((_, known)) = listed::<ShipCall>(port, &[]).await?.into_iter().next() else { return Ok(false) };
    let announce = |voyage: String| AnnounceCall {
        call: port_call::AnnounceCall {
            ship_name: "DEMO TWICE".into(),
            imo: known.imo.clone(),
            voyage_in: voyage,
            voyage_out: None,
            flag: None,
            agent: "agent-blue".into(),
            terminal: "terminal-east".into(),
            berth: None,
            eta: port.clock.now().plus_days(9),
        },
    };
    let ctx = Context { idempotency: Some(IdempotencyKey { key: format!("fault-{turn}") }), ..context(port, "agent-blue", Role::Agent) };
    let first = port.app.execute(&ctx, &announce(format!("F{turn}"))).await.map_err(|e| e.to_string())?;
    let after = size(port).await?;
    let again = port.app.execute(&ctx, &announce(format!("F{turn}"))).await.map_err(|e| e.to_string())?;
    if !again.replayed || again.outcome != first.outcome || size(port).await? != after {
        return Err(format!("{} and {}", first.outcome, again.outcome));
    }
    match port.app.execute(&ctx, &announce(format!("G{turn}"))).await {
        Err(AppError::KeyReused) => Ok(true),
        other => Err(format!("{other:?}")),
    }
}

async fn wrong_role(port: &Port) -> Tried {
    let Some((id, state)) = listed::<Declaration>(port, &[]).await?.into_iter().find(|(_, d)| d.case().is_some()) else { return Ok(false) };
    let before = size(port).await?;
    let bill = state.form().bill_no.trim().to_owned();
    let stranger = if state.parties().broker == "trader-ember" { "trader-aurora" } else { "trader-ember" };
    let trader = context(port, stranger, Role::Trader);
    let outcomes = [
        refused(port.app.execute(&trader, &SubmitDeclaration { id: id.clone() }).await),
        refused(port.app.execute(&trader, &RequestOrder { bill }).await),
        refused(port.app.execute(&trader, &PassDocuments { id: id.clone(), note: "mine".into() }).await),
        refused(port.app.execute(&context(port, "trucker-oak", Role::Trucker), &PassDocuments { id, note: "mine".into() }).await),
    ];
    if outcomes.iter().all(|no| *no) && size(port).await? == before {
        Ok(true)
    } else {
        Err(format!("somebody else's work was done: {outcomes:?}"))
    }
}

fn refused<T>(result: Result<app::Done<T>, AppError>) -> bool {
    matches!(result, Err(AppError::Forbidden { .. } | AppError::NotFound { .. }))
}

/// Runs the same command many times at once; every one of them is allowed to be refused, none to fail.
async fn at_once<U>(port: &Port, ctx: &Context, command: U) -> Result<Vec<U::Outcome>, String>
where
    U: app::UseCase + Clone + 'static,
    U::Outcome: 'static,
{
    let tasks = (0..AT_ONCE).map(|_| {
        let (app, ctx, command) = (std::sync::Arc::clone(&port.app), ctx.clone(), command.clone());
        tokio::spawn(async move { app.execute(&ctx, &command).await })
    });
    let mut done = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        match task.await.map_err(|e| e.to_string())? {
            Ok(one) => done.push(one.outcome),
            Err(AppError::Refused(_) | AppError::Invalid { .. } | AppError::Findings(_) | AppError::Busy) => {}
            Err(other) => return Err(other.to_string()),
        }
    }
    Ok(done)
}

async fn paid_by_many(port: &Port) -> Tried {
    let Some((id, notice)) = listed::<DutyNotice>(port, &["due"]).await?.into_iter().next() else { return Ok(false) };
    let ctx = context(port, &notice.payer, Role::Trader);
    let payments = at_once(port, &ctx, PayDuty { id: id.clone() }).await?;
    if payments.is_empty() || payments.iter().any(|payment| *payment != payments[0]) {
        return Err(format!("{id} is paid by {payments:?}"));
    }
    port.app.deliver_payments(&Context::platform(port.clock.now(), "fault")).await.map_err(|e| e.to_string())?;
    Ok(true)
}

async fn booked_by_many(port: &Port) -> Tried {
    let free = |c: &Container| c.booking.is_none() && c.release().is_some() && matches!(c.place, Place::Yard { .. });
    for (id, container) in listed::<Container>(port, &["released"]).await? {
        let Some(order) = container.order.clone().filter(|_| free(&container)) else { continue };
        let role = if order.holder.starts_with("trucker") { Role::Trucker } else { Role::Trader };
        let ctx = context(port, &order.holder, role);
        let hour = Timestamp::from_millis(port.clock.now().millis() / 3_600_000 * 3_600_000).plus_hours(2);
        let command = MakeBooking {
            container: id.clone(),
            slot_start: hour,
            trucker: Some("trucker-swift".into()),
            plate: "浙B12345".into(),
            driver_name: "示范司机".into(),
            driver_phone: "19900000000".into(),
        };
        let bookings = at_once(port, &ctx, command).await?;
        return if bookings.len() == 1 { Ok(true) } else { Err(format!("{id} was booked {} times", bookings.len())) };
    }
    Ok(false)
}

async fn submitted_by_many(port: &Port) -> Tried {
    for (id, draft) in listed::<Declaration>(port, &["draft"]).await? {
        let ctx = context(port, &draft.parties().broker, Role::Trader);
        let accepted = at_once(port, &ctx, SubmitDeclaration { id: id.clone() }).await?;
        if accepted.is_empty() {
            continue;
        }
        let bill = draft.form().bill_no.trim().to_owned();
        let of_bill = port.app.peek::<Bill>(&bill).await.map_err(|e| e.to_string())?.and_then(|bill| bill.declaration);
        let numbers: std::collections::BTreeSet<&str> = accepted.iter().map(|one| one.entry_id.as_str()).collect();
        return if numbers.len() == 1 && of_bill.as_deref() == Some(&id) {
            Ok(true)
        } else {
            Err(format!("{id}: {numbers:?}, bill {of_bill:?}"))
        };
    }
    Ok(false)
}
