//! What partners report by message: recorded against boxes, bills and calls, whatever the order and however often it comes.

use app::declarations::{HoldDeclaration, LiftHold};
use app::exchange::Envelope;
use app::inbox::{MessageState, ReceiveMessage};
use app::orders::RequestOrder;
use app::payments::PayOrderCharges;
use app::reading::ListQuery;
use app::reports::ReviewAlarms;
use codes::Mass;
use ledger::{Aggregate, Timestamp};
use logistics::{Alarm, Booking, Container, DeliveryOrder, Direction, Place, container_number};
use manifest::Bill;
use messages::{SampleBox, SampleCall, SampleKind, SamplePerson, SampleReport, sample_report};
use port_call::ShipCall;

use crate::support::steps::{IMO, PLATE, SHIP, VOYAGE};
use crate::support::{ORGANISATIONS, PORT, Port};

/// A report that begins with what most have in common.
fn told<'s>(port: &Port, boxes: Vec<SampleBox<'s>>) -> SampleReport<'s> {
    SampleReport {
        document: "DOC-1",
        call: SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) },
        berth: "B07",
        terminal: "TERMEAST",
        boxes,
        persons: vec![SamplePerson { name: "SYNTHETIC MASTER", crew: true }, SamplePerson { name: "SYNTHETIC GUEST", crew: false }],
    }
}

fn one<'s>(port: &Port, container: &'s str, bill: &'s str) -> SampleBox<'s> {
    SampleBox {
        container,
        size_type: "22G1",
        bill,
        reference: "BK-1",
        at: port.now(),
        place: "A09",
        cell: "0010182",
        discharge: "CNNGB",
        plate: PLATE,
        status: "24",
        mass: Mass::from_kg(12_000).expect("mass"),
        dangerous: None,
    }
}

fn bytes(port: &Port, sender: &str, reference: &str, kind: SampleKind, told: &SampleReport<'_>) -> Vec<u8> {
    // A partner calls itself by its identification for messages.
    let edi = ORGANISATIONS.iter().find(|(id, ..)| *id == sender).and_then(|(.., edi)| *edi).expect("a partner");
    let envelope =
        Envelope { sender: edi.into(), receiver: "FAIRWAY".into(), reference: reference.into(), at: port.now(), utc_offset_minutes: 480 };
    sample_report(kind, &envelope, told)
}

async fn send_bytes(port: &Port, who: &str, bytes: Vec<u8>) -> (String, MessageState) {
    let id = port.ok(who, &ReceiveMessage { bytes, channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    (id.clone(), port.state::<MessageState>(&id).await)
}

async fn send(port: &Port, who: &str, kind: SampleKind, told: &SampleReport<'_>) -> MessageState {
    let reference = format!("R{}", port.size().await);
    send_bytes(port, who, bytes(port, who, &reference, kind, told)).await.1
}

fn codes(state: &MessageState) -> Vec<&str> {
    let told = state.findings.iter().map(|f| f.finding.code.as_ref());
    told.filter(|code| !code.starts_with("EDI-DIR") && *code != "EDI-DTM-PREPARED").collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_of_the_terminal_in_order_is_a_pick_up() {
    let port = Port::open().await;
    let id = port.ready("B-GATE").await;
    let number = container_number(&id).to_owned();
    let entered = send(&port, "terminal-east", SampleKind::GateIn, &told(&port, vec![one(&port, &number, "B-GATE")])).await;
    assert_eq!(codes(&entered), Vec::<&str>::new());
    assert!(matches!(port.place(&id).await, Place::OnTruck { .. }));
    port.pass_minutes(20);
    let left = send(&port, "terminal-east", SampleKind::GateOut, &told(&port, vec![one(&port, &number, "B-GATE")])).await;
    assert_eq!(codes(&left), Vec::<&str>::new());
    let Place::Gone { eir, .. } = port.place(&id).await else { panic!("it left") };
    assert_eq!(port.status::<logistics::Eir>(&eir).await, "issued", "the receipt is issued as at the platform's own gate");
    let state = port.state::<Container>(&id).await;
    assert_eq!(port.status::<DeliveryOrder>(&state.order.expect("order").id).await, "redeemed");
    assert!(state.reports.alarms.is_empty());
    assert_eq!(state.reports.latest.keys().collect::<Vec<_>>(), ["gate-in", "gate-out"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gate_reports_in_the_wrong_order_end_in_the_same_state() {
    let port = Port::open().await;
    let id = port.ready("B-LATE").await;
    let number = container_number(&id).to_owned();
    let entered = told(&port, vec![one(&port, &number, "B-LATE")]);
    port.pass_minutes(20);
    let left = told(&port, vec![one(&port, &number, "B-LATE")]);
    let early = send(&port, "terminal-east", SampleKind::GateOut, &left).await;
    assert_eq!(codes(&early), ["report-gate-not-carried-out"], "it waits for the gate-in; nothing is alarming about it");
    assert!(matches!(port.place(&id).await, Place::Yard { .. }));
    let late = send(&port, "terminal-east", SampleKind::GateIn, &entered).await;
    assert_eq!(codes(&late), Vec::<&str>::new());
    let Place::Gone { at, .. } = port.place(&id).await else { panic!("both are carried out") };
    assert_eq!(at, left.boxes[0].at, "at the time at which it left");
    let booking = port.events::<Container>(&id).await;
    // Each told once more, by other messages: nothing happens twice.
    for (kind, report) in [(SampleKind::GateIn, &entered), (SampleKind::GateOut, &left)] {
        let again = SampleReport { document: "DOC-2", ..report.clone() };
        assert_eq!(codes(&send(&port, "terminal-east", kind, &again).await), ["report-repeated"]);
    }
    assert_eq!(port.events::<Container>(&id).await, booking);
    let ctx = port.ctx("terminal-east");
    let transactions =
        port.app.list::<logistics::GateTransaction>(&ctx, "gate-transaction.read", ListQuery::default()).await.expect("list");
    assert_eq!(transactions.items.len(), 2);
    let bookings = port.app.list::<Booking>(&port.ctx("terminal-east"), "booking.read", ListQuery::default()).await.expect("list");
    assert!(bookings.items.iter().all(|(seen, _)| seen.state.status() == "completed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_that_left_unreleased_is_a_fact_and_an_alarm_that_customs_reviews() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-GONE", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let state = send(&port, "terminal-east", SampleKind::GateOut, &told(&port, vec![one(&port, &number, "B-GONE")])).await;
    assert_eq!(codes(&state), ["container-left-unreleased", "container-left-without-order", "report-gate-not-carried-out"]);
    let finding = &state.findings.iter().find(|f| f.finding.code == "container-left-unreleased").expect("finding");
    assert_eq!((finding.segment_tag.as_deref(), finding.segment.is_some()), (Some("EQD"), true), "it points at the box");
    let container = port.state::<Container>(&ids[0]).await;
    assert!(matches!(container.place, Place::Yard { .. }), "no pick-up was carried out");
    let alarms: Vec<Alarm> = container.reports.alarms.iter().map(|open| open.alarm).collect();
    assert_eq!(alarms, [Alarm::LeftUnreleased, Alarm::LeftWithoutOrder]);
    // Customs of the port has it in its list, nobody else may close it, and once reviewed it is done.
    let query = || ListQuery { mine: true, actions: vec!["review-alarm".into()], ..ListQuery::default() };
    let listed = port.app.worklist(&port.ctx("customs-port"), &query()).await.expect("list").items;
    assert_eq!(listed.iter().map(|item| item.object.id.as_str()).collect::<Vec<_>>(), [ids[0].as_str()]);
    let review = ReviewAlarms { id: ids[0].clone(), note: "误报，箱仍在场 the box stands in the yard".into() };
    assert_eq!(port.no("terminal-east", &review).await, "forbidden");
    assert_eq!(port.no("customs-far", &review).await, "not-found");
    port.ok("customs-port", &review).await;
    assert_eq!(port.no("customs-port", &review).await, "container-no-alarm");
    assert!(port.app.worklist(&port.ctx("customs-port"), &query()).await.expect("list").items.is_empty());
    let events = port.events::<Container>(&ids[0]).await;
    assert_eq!(
        events[events.len() - 4..],
        ["container.reported", "container.alarm-raised", "container.alarm-raised", "container.alarms-reviewed"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mass_and_dangerous_goods_stand_on_the_box_the_newest_whatever_came_last() {
    let port = Port::open().await;
    let (_, ids) = port.manifested("B-VGM", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let older = told(&port, vec![SampleBox { mass: Mass::from_kg(11_000).expect("mass"), ..one(&port, &number, "B-VGM") }]);
    port.pass_minutes(60);
    let newer = told(&port, vec![one(&port, &number, "B-VGM")]);
    send(&port, "agent-blue", SampleKind::VerifiedMass, &newer).await;
    send(&port, "agent-blue", SampleKind::VerifiedMass, &older).await;
    let state = port.state::<Container>(&ids[0]).await;
    assert_eq!(state.reports.verified_mass(), Mass::from_kg(12_000));
    assert_eq!(
        port.events::<Container>(&ids[0]).await,
        ["container.announced", "container.reported", "container.reported"],
        "both are kept"
    );
    // Ten tonnes of goods cannot weigh nine with their box.
    port.pass_minutes(60);
    let light = told(&port, vec![SampleBox { mass: Mass::from_kg(9_000).expect("mass"), ..one(&port, &number, "B-VGM") }]);
    assert_eq!(codes(&send(&port, "agent-blue", SampleKind::VerifiedMass, &light).await), ["container-mass-below-goods"]);
    // Goods that the manifest does not name as dangerous.
    let goods = told(&port, vec![SampleBox { dangerous: Some(("1263", "3")), ..one(&port, &number, "B-VGM") }]);
    assert_eq!(codes(&send(&port, "agent-blue", SampleKind::Dangerous, &goods).await), ["container-dangerous-not-manifested"]);
    let state = port.state::<Container>(&ids[0]).await;
    assert_eq!(state.reports.dangerous()[0].un_no, "1263");
    assert_eq!(state.reports.alarms.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stowage_persons_and_orders_stand_on_the_call() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-STOW", 2).await;
    let numbers: Vec<&str> = ids.iter().map(|id| container_number(id)).collect();
    let stray = port.fresh_box();
    let elsewhere = SampleBox { discharge: "CNSHA", cell: "0030184", ..one(&port, &stray, "B-OTHER") };
    let plan = told(&port, vec![one(&port, numbers[0], "B-STOW"), one(&port, numbers[1], "B-STOW"), elsewhere]);
    let state = send(&port, "agent-blue", SampleKind::Stowage, &plan).await;
    assert_eq!(codes(&state), ["report-objects-unknown"], "the stray box and its bill are kept with the message");
    assert!(state.mentions.contains(&stray), "and it is found by them");
    send(&port, "agent-blue", SampleKind::Persons, &plan).await;
    send(&port, "agent-blue", SampleKind::DischargeOrder, &plan).await;
    let reports = port.state::<ShipCall>(&call).await.reports.latest;
    assert_eq!(reports["stowage"].said, port_call::Said::Stowage { aboard: 3, here: 2 });
    assert_eq!(reports["persons"].said, port_call::Said::Persons { crew: Some(1), passengers: Some(1) });
    assert_eq!(reports["discharge-ordered"].said, port_call::Said::DischargeOrdered { boxes: 3 });
    // Persons are counted; their names are nowhere but in the message.
    let object = ledger::ObjectRef::new("ship-call", call.clone());
    let events = port.store.events_of(PORT, &object, None, 100).await.expect("events");
    assert!(events.iter().all(|stored| !stored.event.payload.get().contains("SYNTHETIC")));
    let container = port.state::<Container>(&ids[0]).await;
    assert!(matches!(&container.reports.latest["stowed"].said, logistics::Said::Stowed { cell: Some(cell), .. } if cell == "0010182"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_moves_the_box_and_status_stands_in_its_timeline() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-STOCK", 1).await;
    let number = container_number(&ids[0]).to_owned();
    port.pass_minutes(10);
    send(&port, "terminal-east", SampleKind::Stock, &told(&port, vec![one(&port, &number, "B-STOCK")])).await;
    assert_eq!(port.place(&ids[0]).await, Place::Yard { position: "A09".into() });
    send(&port, "terminal-east", SampleKind::Status, &told(&port, vec![one(&port, &number, "B-STOCK")])).await;
    let timeline = port.app.timeline(&port.ctx("agent-blue"), &ids[0]).await.expect("timeline");
    let kinds: Vec<&str> = timeline.iter().map(|stored| stored.event.kind.as_ref()).collect();
    assert!(kinds.contains(&"container.reported") && kinds.contains(&"bill.reported"), "{kinds:?}");
    let bill = port.state::<Bill>("B-STOCK").await;
    assert_eq!(bill.reports["IFTSTA"].status.as_deref(), Some("24"));
    // Another terminal has no part in the box: nothing is recorded in its name.
    let before = port.events::<Container>(&ids[0]).await;
    let foreign = send(&port, "terminal-west", SampleKind::Stock, &told(&port, vec![one(&port, &number, "B-STOCK")])).await;
    assert_eq!(codes(&foreign), ["report-objects-unknown"]);
    assert_eq!(port.events::<Container>(&ids[0]).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_carriers_release_issues_the_order_that_was_asked_for() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-COREOR", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let release = told(&port, vec![one(&port, &number, "B-COREOR")]);
    let early = send(&port, "agent-blue", SampleKind::Release, &release).await;
    assert_eq!(codes(&early), ["message-order-not-requested"]);
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-COREOR".into() }).await;
    port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
    port.bank_answers().await;
    let again = SampleReport { document: "DOC-2", ..release.clone() };
    assert_eq!(codes(&send(&port, "agent-red", SampleKind::Release, &again).await)[0], "message-order-not-requested", "not its bill");
    port.pass_minutes(1);
    let again = SampleReport { document: "DOC-3", ..release };
    send(&port, "agent-blue", SampleKind::Release, &again).await;
    assert_eq!(port.status::<DeliveryOrder>(&order).await, "issued");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ship_is_announced_by_message_and_its_estimate_follows() {
    let port = Port::open().await;
    let first = told(&port, Vec::new());
    let state = send(&port, "agent-blue", SampleKind::Berth, &first).await;
    assert_eq!(codes(&state), Vec::<&str>::new());
    let id = state.objects.iter().find(|object| object.kind == "ship-call").expect("announced").id.clone();
    let call = port.state::<ShipCall>(&id).await;
    assert_eq!((call.agent.as_str(), call.terminal.as_str(), call.berth.as_deref()), ("agent-blue", "terminal-east", Some("B07")));
    port.pass_minutes(30);
    let later = SampleReport { document: "DOC-2", ..told(&port, Vec::new()) };
    send(&port, "agent-blue", SampleKind::Expected, &later).await;
    assert_eq!(port.state::<ShipCall>(&id).await.eta, later.call.arrival);
    assert_eq!(port.events::<ShipCall>(&id).await[..2], ["ship-call.announced", "ship-call.reported"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_type_nobody_knows_is_recorded_and_found() {
    let port = Port::open().await;
    let (_, ids) = port.manifested("B-ODD", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let text = format!(
        "UNB+UNOB:3+AGENTBLUE+FAIRWAY+261120:0800+77'UNH+1+ITRRPT:D:00B:UN'BGM+99+IT-5+9'RFF+BM:B-ODD'EQD+CN+{number}'UNT+5+1'UNZ+1+77'"
    );
    let (id, state) = send_bytes(&port, "agent-blue", text.into_bytes()).await;
    assert!(state.status().starts_with("processed"), "{:#?}", state.findings);
    assert_eq!(port.events::<Container>(&ids[0]).await, ["container.announced", "container.reported"]);
    assert_eq!(port.events::<Bill>("B-ODD").await, ["bill.manifested", "bill.reported"]);
    for key in [number.as_str(), "b-odd", "IT-5"] {
        let query = ListQuery { key_prefix: Some(key.into()), ..ListQuery::default() };
        let found = port.app.list::<MessageState>(&port.ctx("agent-blue"), "message.read", query).await.expect("list").items;
        assert!(found.iter().any(|(seen, _)| seen.id == id), "found by {key}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_that_were_recorded_but_not_answered_are_not_recorded_twice() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-CRASH", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let report = told(&port, vec![one(&port, &number, "B-CRASH")]);
    let raw = bytes(&port, "terminal-east", "77", SampleKind::Stock, &report);
    let id = port.ok("terminal-east", &ReceiveMessage { bytes: raw.clone(), channel: "api".into() }).await;
    // The process ended between the record and the answer: the record was committed under the message's own key.
    let content = port.app.interpreter().read(&raw, &app::agreement::Agreement::default(), 480).messages.remove(0).content;
    let Some(app::exchange::Content::Reports(read)) = content else { panic!("{content:?}") };
    let command = app::reports::RecordReports {
        kind: "COEDOR".into(),
        document: Some("DOC-1".into()),
        function: read.function.clone(),
        call: None,
        at: read.at.expect("DTM 137"),
        boxes: read.boxes.clone(),
        bills: read.bills.clone(),
        ship: None,
    };
    let key = app::IdempotencyKey { key: format!("{id}/0/0") };
    let ctx = app::Context { idempotency: Some(key), message: Some(id.clone()), ..port.ctx("terminal-east") };
    port.app.execute(&ctx, &command).await.expect("recorded");
    let before = port.events::<Container>(&ids[0]).await;
    port.pass_minutes(5);
    assert_eq!(port.app.resume_messages(port.now()).await.expect("resumed"), 1);
    assert_eq!(port.events::<Container>(&ids[0]).await, before);
    assert!(port.status::<MessageState>(&id).await.starts_with("processed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_the_future_is_recorded_at_the_time_of_its_message() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-CLOCK", 1).await;
    let number = container_number(&ids[0]).to_owned();
    let ahead: Timestamp = port.now().plus_hours(30);
    let state =
        send(&port, "terminal-east", SampleKind::GateIn, &told(&port, vec![SampleBox { at: ahead, ..one(&port, &number, "B-CLOCK") }]))
            .await;
    assert!(state.status().starts_with("processed"));
    let told = port.state::<Container>(&ids[0]).await.reports.latest["gate-in"].clone();
    assert!(told.at <= port.now());
    assert_eq!(
        port.gate_reasons(&port.gate_of(Direction::In, &ids[0])).await.first(),
        Some(&"gate-no-booking"),
        "the platform's gate asks as before"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_told_to_the_terminal_and_so_is_its_end() {
    let port = Port::open().await;
    port.landed("B-HOLD", 1).await;
    let declaration = port.declared("B-HOLD").await;
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "CONTROL ORDER 7".into() }).await;
    port.ok("customs-port", &LiftHold { id: declaration.clone(), note: String::new() }).await;
    let query = store::OutboxQuery { receiver: Some("terminal-east".into()), limit: 50, ..Default::default() };
    let told = port.store.outbox(PORT, &query).await.expect("outbox").items;
    let mut texts: Vec<String> =
        told.iter().filter(|item| item.row.kind == "CUSRES").map(|item| String::from_utf8_lossy(&item.row.body).into_owned()).collect();
    texts.sort();
    let says = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
    assert_eq!((says("GIS+7'"), says("CONTROL ORDER 7"), says("GIS+36'"), says("GIS+4'")), (1, 1, 1, 0), "{texts:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_report_that_is_cancelled_carries_nothing_out() {
    let port = Port::open().await;
    let id = port.ready("B-UNDO").await;
    let number = container_number(&id).to_owned();
    let entered = told(&port, vec![one(&port, &number, "B-UNDO")]);
    let text = String::from_utf8(bytes(&port, "terminal-east", "UNDO1", SampleKind::GateIn, &entered)).expect("ASCII");
    let cancelled = text.replace("DOC-1+9'", "DOC-1+1'");
    assert_ne!(text, cancelled);
    let (_, state) = send_bytes(&port, "terminal-east", cancelled.into_bytes()).await;
    assert_eq!(codes(&state), ["report-cancelled"]);
    assert!(matches!(port.place(&id).await, Place::Yard { .. }), "no truck came");
    let state = send(&port, "terminal-east", SampleKind::GateIn, &entered).await;
    assert_eq!(codes(&state), Vec::<&str>::new());
    assert!(matches!(port.place(&id).await, Place::OnTruck { .. }), "the same told as a fact is no repetition");
}
