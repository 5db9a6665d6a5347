//! Loading orders: compared before they are sent, passed on to the terminal, held against what is reported loaded, and closed when the ship
//! leaves.

use app::calls::{AnnounceCall, ArriveCall, ChangeCall, DepartCall};
use app::exchange::Envelope;
use app::inbox::{MessageState, ReceiveMessage};
use app::outbound::SubmitOutbound;
use app::partners::{Document, WritePartner};
use app::reading::ListQuery;
use app::work_orders::{BoxQuery, CancelLoading, ExplainLoading, LoadedReport, OrderLoading, ReportLoading, Wanted};
use codes::Mass;
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{Alarm, Container, ListedBox, Loading, LoadingOrder, Place, container_number};
use manifest::{OutboundBill, Transhipment};
use messages::{SampleBox, SampleCall, SampleKind, SampleReport, sample_report};
use store::OutboxQuery;

use crate::support::steps::PLATE;
use crate::support::{PORT, Port, papers};
use crate::transhipments::Ships;

const SHIP: &str = "EXAMPLE MOON";
const IMO: &str = "9321483";
const VOYAGE_OUT: &str = "102W";

fn listed(number: &str) -> ListedBox {
    ListedBox { number: number.into(), size_type: String::new(), gross_kg: None, bill: None, cell: None }
}

/// A call of the red agent at the eastern terminal whose outbound bills list some export boxes.
async fn outbound(port: &Port, boxes: usize) -> (String, Vec<String>) {
    let mut call = port.call_of(SHIP, IMO, "101E");
    (call.agent, call.voyage_out) = ("agent-red".into(), Some(VOYAGE_OUT.into()));
    let call = port.ok("agent-red", &AnnounceCall { call }).await;
    let mut numbers: Vec<String> = (0..boxes).map(|_| port.fresh_box()).collect();
    numbers.sort();
    let mut bill = papers::bill("B-EXP", &numbers);
    (bill.content.loading, bill.content.discharge) = ("CNNGB".into(), "KRPUS".into());
    port.ok("agent-red", &SubmitOutbound { call: call.clone(), bills: vec![bill] }).await;
    (call, numbers)
}

fn one<'s>(container: &'s str, at: Timestamp) -> SampleBox<'s> {
    SampleBox {
        container,
        size_type: "22G1",
        bill: "B-EXP",
        reference: "BK-1",
        at,
        place: "A09",
        cell: "0010182",
        discharge: "KRPUS",
        plate: PLATE,
        status: "24",
        mass: Mass::from_kg(12_000).expect("mass"),
        dangerous: None,
    }
}

/// A message about the outbound ship, under one of its voyages.
async fn send(
    port: &Port,
    (who, edi): (&str, &str),
    kind: SampleKind,
    voyage: &str,
    boxes: Vec<SampleBox<'_>>,
    change: impl FnOnce(String) -> String,
) -> MessageState {
    let told = SampleReport {
        document: "DOC-1",
        call: SampleCall { ship_name: SHIP, imo: IMO, voyage, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) },
        berth: "B07",
        terminal: "TERMEAST",
        boxes,
        persons: Vec::new(),
    };
    let reference = format!("R{}", port.size().await);
    let envelope = Envelope { sender: edi.into(), receiver: "FAIRWAY".into(), reference, at: port.now(), utc_offset_minutes: 480 };
    let bytes = change(String::from_utf8(sample_report(kind, &envelope, &told)).expect("text")).into_bytes();
    let id = port.ok(who, &ReceiveMessage { bytes, channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    port.state::<MessageState>(&id).await
}

const AGENT: (&str, &str) = ("agent-red", "AGENTRED");
const TERMINAL: (&str, &str) = ("terminal-east", "TERMEAST");

fn same(text: String) -> String {
    text
}

fn codes(findings: &[codes::Finding]) -> Vec<&str> {
    findings.iter().map(|found| found.code.as_ref()).collect()
}

/// What a message was told of its loading, with the segment where it stands.
fn told_of(state: &MessageState, prefix: &str) -> Vec<(String, Option<String>)> {
    let found = state.findings.iter().filter(|found| found.finding.code.starts_with(prefix));
    found.map(|found| (found.finding.code.to_string(), found.segment_tag.clone())).collect()
}

/// Texts of the orders that a terminal was told, in order.
async fn told(port: &Port, terminal: &str) -> Vec<String> {
    let query = OutboxQuery { receiver: Some(terminal.into()), limit: 200, ..OutboxQuery::default() };
    let rows = port.store.outbox(PORT, &query).await.expect("outbox").items;
    rows.into_iter().filter(|row| row.row.kind == "COPRAR").map(|row| String::from_utf8(row.row.body).expect("text")).collect()
}

async fn standing(port: &Port, call: &str) -> Vec<(String, &'static str)> {
    let order = port.state::<LoadingOrder>(call).await;
    let rows = port.app.work_boxes(&order, &BoxQuery { limit: 50, ..BoxQuery::default() }).await.expect("boxes");
    rows.items.into_iter().map(|row| (row.listed.number, row.standing.code::<Loading>())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_compared_with_bills_transhipments_and_stowage_plan_before_it_is_sent() {
    let ships = Ships::meet().await;
    let port = &ships.port;
    let transhipped = container_number(&ships.container).to_owned();
    let numbers: Vec<String> = (0..3).map(|_| port.fresh_box()).collect();
    let mut bill = papers::bill("B-EXP", &numbers);
    (bill.content.loading, bill.content.discharge) = ("CNNGB".into(), "KRPUS".into());
    port.ok("agent-red", &SubmitOutbound { call: ships.outbound.clone(), bills: vec![bill] }).await;
    let call = ships.outbound.as_str();
    let check =
        |wanted: Wanted| async move { port.app.check_work::<Loading>(&port.ctx("agent-red"), call, &wanted).await.expect("its own call") };
    let plain = check(Wanted::default()).await;
    assert_eq!((plain.boxes.len(), plain.manifested, plain.stowed, codes(&plain.findings)), (3, 3, None, Vec::<&str>::new()));

    // The transhipment is planned, listed on no bill yet, and so not released; the plan loads one ordered box here, of another size, and one
    // that nobody ordered; what it loads elsewhere does not concern this port.
    port.ok("agent-blue", &ships.plan()).await;
    let (extra, through, stray) = (port.fresh_box(), port.fresh_box(), port.fresh_box());
    let at = port.now();
    let sized = SampleBox { size_type: "45G1", mass: Mass::from_kg(10_500).expect("mass"), ..one(&numbers[0], at) };
    let stowed = vec![sized, one(&extra, at), one(&through, at)];
    let here = |text: String| text.replacen("LOC+9+SGSIN", "LOC+9+CNNGB", 2);
    send(port, AGENT, SampleKind::Stowage, "101W", stowed, here).await;
    let wanted = Wanted { boxes: Some([&numbers[0], &numbers[1], &stray, &transhipped].map(|n| listed(n)).into()), ..Wanted::default() };
    let plan = check(wanted.clone()).await;
    assert_eq!(plan.stowed, Some(2), "the two that it loads here");
    let about = |number: &str| {
        let own = format!("/boxes/{number}");
        plan.findings.iter().filter(|found| found.pointer == own).map(|found| found.code.as_ref()).collect::<Vec<_>>()
    };
    assert_eq!(about(&numbers[0]), ["loading-size-differs"]);
    assert_eq!(about(&numbers[1]), ["loading-not-stowed"]);
    assert_eq!(about(&numbers[2]), ["loading-not-ordered"]);
    assert_eq!(about(&stray), ["loading-not-on-bill", "loading-not-stowed"]);
    assert_eq!(about(&transhipped), ["loading-not-released", "loading-not-stowed"]);
    assert_eq!(about(&extra), ["loading-stowed-not-ordered"]);
    assert_eq!(about(&through), Vec::<&str>::new());
    // Differences are told, and do not forbid; cell and bill come from the papers.
    let done = port.ok("agent-red", &OrderLoading::new(&ships.outbound, wanted)).await;
    assert_eq!(done.findings, plan.findings);
    let order = port.state::<LoadingOrder>(&ships.outbound).await;
    let first = order.boxes.iter().find(|one| one.number == numbers[0]).expect("listed");
    assert_eq!((first.cell.as_deref(), first.bill.as_deref(), first.size_type.as_str()), (Some("0010182"), Some("B-EXP"), "22G1"));
    // Released and refused: the first is no difference any more, the second one again.
    ships.land().await;
    port.ok("agent-red", &ships.listing(|_| {})).await;
    let only = |number: &str| Wanted { boxes: Some(vec![listed(number)]), ..Wanted::default() };
    let of_it = |plan: app::work_orders::Plan| {
        let own = format!("/boxes/{transhipped}");
        plan.findings.into_iter().filter(|found| found.pointer == own).map(|found| found.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of_it(check(only(&transhipped)).await), ["loading-not-stowed"]);
    assert_eq!(of_it(check(only(&numbers[0])).await), ["loading-not-ordered"], "what is released is to be ordered");
    // Only the agent of the call orders.
    for who in ["agent-blue", "trader-gold"] {
        assert_eq!(port.no(who, &OrderLoading::new(&ships.inbound, Wanted::default())).await == "not-found", who == "trader-gold", "{who}");
    }
    assert_eq!(port.no("terminal-east", &OrderLoading::new(&ships.outbound, Wanted::default())).await, "forbidden");
    assert_eq!(port.no("agent-red", &OrderLoading::new(&ships.outbound, only("NO BOX"))).await, "container-number");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_by_page_or_message_is_told_to_the_terminal_replaced_and_taken_back() {
    let port = Port::open().await;
    let (call, numbers) = outbound(&port, 3).await;
    port.ok("agent-red", &OrderLoading::new(&call, Wanted::default())).await;
    assert_eq!(port.no("agent-red", &OrderLoading::new(&call, Wanted::default())).await, "loading-order-unchanged");
    // By message, under the outbound voyage, which the papers of an outbound ship name.
    let boxes = || numbers[..2].iter().map(|number| one(number, port.now())).collect::<Vec<_>>();
    let state = send(&port, AGENT, SampleKind::LoadingOrder, VOYAGE_OUT, boxes(), |text| text.replace("BGM+121+", "BGM+45+")).await;
    assert_eq!(told_of(&state, "loading-"), [("loading-not-ordered".into(), None)]);
    assert!(state.objects.contains(&ObjectRef::new("loading-order", call.clone())), "{:?}", state.objects);
    let again = send(&port, AGENT, SampleKind::LoadingOrder, VOYAGE_OUT, boxes(), same).await;
    assert_eq!(told_of(&again, "loading-order-unchanged").len(), 1, "{:#?}", again.findings);
    let function = |code: &'static str| move |text: String| text.replace("+DOC-1+9'", &format!("+DOC-1+{code}'"));
    let added = send(&port, AGENT, SampleKind::LoadingOrder, VOYAGE_OUT, boxes(), function("2")).await;
    assert_eq!(told_of(&added, "loading-order-function").len(), 1);
    // Of another agent it is recorded only.
    send(&port, ("agent-blue", "AGENTBLUE"), SampleKind::LoadingOrder, VOYAGE_OUT, boxes(), function("1")).await;
    assert_eq!(port.status::<LoadingOrder>(&call).await, "ordered");
    send(&port, AGENT, SampleKind::LoadingOrder, VOYAGE_OUT, boxes(), function("1")).await;
    assert_eq!(port.status::<LoadingOrder>(&call).await, "cancelled");
    assert_eq!(port.no("agent-red", &CancelLoading::new(&call, "once more")).await, "loading-order-not-standing");
    port.ok("agent-red", &OrderLoading::new(&call, Wanted::default())).await;
    let sent = told(&port, "terminal-east").await;
    // What follows a cancellation is a first order again.
    let heads = [("9", 1, 3), ("5", 2, 2), ("1", 3, 2), ("9", 4, 3)];
    assert_eq!(sent.len(), heads.len());
    for (text, (function, number, boxes)) in sent.iter().zip(heads) {
        assert!(text.contains(&format!("BGM+45+{call}-{number}+{function}'")), "{text}");
        assert!(text.contains(&format!("RFF+VON:{VOYAGE_OUT}'")) && text.contains("LOC+9+CNNGB"), "{text}");
        assert_eq!(text.contains(&format!("RFF+ACW:{call}-{}'", number - 1)), function != "9", "{text}");
        assert_eq!(text.matches("EQD+").count(), boxes);
    }
    // A call that goes to another terminal takes the order back from the first, which is told; the agent orders anew at the second.
    let change = port_call::ChangeCall { terminal: Some("terminal-west".into()), ..port_call::ChangeCall::default() };
    port.ok("agent-red", &ChangeCall { id: call.clone(), change, expected_version: None }).await;
    assert_eq!(port.status::<LoadingOrder>(&call).await, "cancelled");
    assert!(told(&port, "terminal-east").await.last().is_some_and(|text| text.contains(&format!("{call}-5+1'"))));
    port.ok("agent-red", &OrderLoading::new(&call, Wanted::default())).await;
    assert!(told(&port, "terminal-west").await.last().is_some_and(|text| text.contains(&format!("{call}-6+9'"))));
    assert!(port.app.work_order::<Loading>(&port.ctx("terminal-west"), &call).await.is_ok());
    let bills = port.app.list::<OutboundBill>(&port.ctx("terminal-west"), "outbound-bill.read", ListQuery::default()).await.expect("bills");
    assert!(!bills.items.is_empty() && bills.items.iter().all(|(seen, _)| seen.state.terminal == "terminal-west"));
    for who in ["agent-blue", "terminal-east", "trader-gold"] {
        assert!(port.app.work_order::<Loading>(&port.ctx(who), &call).await.is_err(), "{who}");
    }
    // A terminal that does not want orders by message sees them all the same.
    let (expected_version, mut profile) = port.app.partner("terminal-west").await.expect("store").expect("known");
    profile.wants.remove(&Document::LoadingOrder);
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
    let sent = told(&port, "terminal-west").await.len();
    port.ok("agent-red", &OrderLoading::new(&call, Wanted { except: vec![numbers[0].clone()], ..Wanted::default() })).await;
    assert_eq!(told(&port, "terminal-west").await.len(), sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reported_loaded_is_held_against_the_order_and_the_rest_is_missing_when_the_ship_leaves() {
    let port = Port::open().await;
    let (call, numbers) = outbound(&port, 4).await;
    port.ok("agent-red", &OrderLoading::new(&call, Wanted { except: vec![numbers[3].clone()], ..Wanted::default() })).await;
    port.ok("agent-red", &ArriveCall { id: call.clone(), at: port.now() }).await;
    port.pass_minutes(60);
    // Listed, and not listed: the boxes have no visit here, and are kept with the order all the same.
    let report = vec![one(&numbers[0], port.now()), one(&numbers[3], port.now())];
    let state = send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, report, |text| text.replace("BGM+122+", "BGM+46+")).await;
    assert_eq!(told_of(&state, "loading-"), [("loading-unlisted".into(), Some("EQD".into()))]);
    assert!(!state.findings.iter().any(|found| found.finding.code == "report-objects-unknown"), "{:#?}", state.findings);
    // Told again in another file, and by another terminal: nothing more is recorded.
    let events = port.events::<LoadingOrder>(&call).await.len();
    send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, vec![one(&numbers[0], port.now())], same).await;
    let west = ("terminal-west", "TERMWEST");
    send(&port, west, SampleKind::Loaded, VOYAGE_OUT, vec![one(&numbers[1], port.now())], same).await;
    assert_eq!(port.events::<LoadingOrder>(&call).await.len(), events);
    // By API, with a faulty row.
    let at = port.now();
    let row = |container: &str| LoadedReport { container: container.into(), at, cell: Some("0020284".into()) };
    let batch = ReportLoading { call: call.clone(), boxes: vec![row("NO BOX"), row(&numbers[1].to_lowercase())] };
    let done = port.ok("terminal-east", &batch).await;
    assert_eq!(
        (done.accepted, codes(&done.findings), done.findings[0].pointer.as_str()),
        (1, vec!["container-number"], "/boxes/0/container")
    );
    assert_eq!(port.no("agent-red", &batch).await, "forbidden");
    assert_eq!(port.no("terminal-west", &batch).await, "not-found");
    assert_eq!(port.no("agent-red", &ExplainLoading::new(&call, "cut run")).await, "loading-order-as-ordered", "the ship is in port");
    port.pass_minutes(30);
    port.ok("agent-red", &DepartCall { id: call.clone(), at: port.now() }).await;
    let order = port.state::<LoadingOrder>(&call).await;
    assert_eq!((order.status(), order.missing.as_slice()), ("differs", &numbers[2..3]));
    let row = port.store.work_row(PORT, &ObjectRef::new("loading-order", call.clone())).await.expect("store").expect("a row").row;
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("agent-red"), Some("explain-loading")));
    assert_eq!(port.no("agent-red", &OrderLoading::new(&call, Wanted::default())).await, "loading-call-closed");
    let named = |n: usize, code| (numbers[n].clone(), code);
    assert_eq!(standing(&port, &call).await, [named(0, "loaded"), named(1, "loaded"), named(2, "missing"), named(3, "unlisted")]);

    // Dated after the departure it is kept, told and not believed; with a time that can be true it is missing no more.
    port.pass_minutes(30);
    let late = send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, vec![one(&numbers[2], port.now())], same).await;
    assert_eq!(told_of(&late, "loading-"), [("loading-after-departure".into(), Some("EQD".into()))]);
    assert_eq!(standing(&port, &call).await[2], named(2, "doubtful"));
    assert_eq!(port.state::<LoadingOrder>(&call).await.missing, numbers[2..3]);
    let in_time = send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, vec![one(&numbers[2], at)], same).await;
    assert_eq!(told_of(&in_time, "loading-"), []);
    assert_eq!(standing(&port, &call).await[2], named(2, "loaded"));
    port.ok("agent-red", &ExplainLoading::new(&call, "loaded in place of another")).await;
    assert_eq!(port.status::<LoadingOrder>(&call).await, "explained");

    // A report that is taken back: what is listed is missing again, and asks to be explained; what is unlisted is gone.
    let function = |text: String| text.replace("+DOC-1+9'", "+DOC-1+1'");
    let back = vec![one(&numbers[2], at), one(&numbers[3], at), one("ZZZU0000012", at)];
    let taken = send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, back, function).await;
    assert_eq!(told_of(&taken, "loading-withdrawn").len(), 2, "{:#?}", taken.findings);
    assert_eq!(told_of(&taken, "report-objects-unknown").len(), 1);
    assert_eq!(standing(&port, &call).await, [named(0, "loaded"), named(1, "loaded"), named(2, "missing")]);
    assert_eq!(port.status::<LoadingOrder>(&call).await, "differs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_loaded_before_the_order_comes_counts_and_what_was_never_ordered_asks_nobody() {
    let port = Port::open().await;
    let (call, numbers) = outbound(&port, 2).await;
    let early = send(&port, TERMINAL, SampleKind::Loaded, VOYAGE_OUT, vec![one(&numbers[0], port.now())], same).await;
    assert_eq!(told_of(&early, "loading-"), [("loading-call-not-arrived".into(), None)]);
    assert_eq!(port.status::<LoadingOrder>(&call).await, "unordered");
    assert_eq!(standing(&port, &call).await, [(numbers[0].clone(), "loaded")]);
    assert_eq!(port.no("agent-red", &CancelLoading::new(&call, "nothing there")).await, "loading-order-not-standing");
    let only = |number: &str| Wanted { boxes: Some(vec![listed(number)]), ..Wanted::default() };
    port.ok("agent-red", &OrderLoading::new(&call, only(&numbers[1]))).await;
    let order = port.state::<LoadingOrder>(&call).await;
    assert_eq!((order.number, order.unlisted.len()), (1, 1), "it was loaded without being ordered");
    port.ok("agent-red", &OrderLoading::new(&call, Wanted::default())).await;
    assert_eq!(port.state::<LoadingOrder>(&call).await.unlisted, []);

    // Another ship, for which nobody orders anything here: its report is kept, and the departure asks nobody to explain.
    let mut other = port.call_of("EXAMPLE SUN", "9434761", "201E");
    other.agent = "agent-red".into();
    let other = port.ok("agent-red", &AnnounceCall { call: other }).await;
    port.ok("agent-red", &ArriveCall { id: other.clone(), at: port.now() }).await;
    port.pass_minutes(10);
    let boxes = vec![LoadedReport { container: numbers[0].clone(), at: port.now(), cell: None }];
    port.ok("terminal-east", &ReportLoading { call: other.clone(), boxes }).await;
    port.ok("agent-red", &DepartCall { id: other.clone(), at: port.now() }).await;
    let row = port.store.work_row(PORT, &ObjectRef::new("loading-order", other.clone())).await.expect("store").expect("a row").row;
    assert!(row.closed_at.is_some() && row.action.is_none() && row.status == "unordered", "{row:?}");

    // A ship whose loading is first told after it has left leaves nothing open either.
    let mut left = port.call_of("EXAMPLE MOON", "9074729", "301E");
    left.agent = "agent-red".into();
    let left = port.ok("agent-red", &AnnounceCall { call: left }).await;
    port.ok("agent-red", &ArriveCall { id: left.clone(), at: port.now() }).await;
    port.pass_minutes(10);
    let boxes = vec![LoadedReport { container: numbers[0].clone(), at: port.now(), cell: None }];
    port.pass_minutes(10);
    port.ok("agent-red", &DepartCall { id: left.clone(), at: port.now() }).await;
    port.ok("terminal-east", &ReportLoading { call: left.clone(), boxes }).await;
    assert_eq!(port.state::<LoadingOrder>(&left).await.phase, logistics::WorkPhase::Left { at: port.now() });
    let row = port.store.work_row(PORT, &ObjectRef::new("loading-order", left)).await.expect("store").expect("a row").row;
    assert!(row.closed_at.is_some() && row.action.is_none(), "{row:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transhipment_reported_loaded_after_the_departure_is_told_and_alarmed_and_one_in_time_is_loaded() {
    let ships = Ships::meet().await;
    let port = &ships.port;
    let number = container_number(&ships.container).to_owned();
    ships.land().await;
    let id = port.ok("agent-blue", &ships.plan()).await;
    port.ok("agent-red", &ships.listing(|_| {})).await;
    port.ok("agent-red", &OrderLoading::new(&ships.outbound, Wanted::default())).await;
    port.pass_minutes(10);
    let in_time = port.now();
    port.pass_minutes(10);
    ships.leave().await;
    assert_eq!(port.state::<LoadingOrder>(&ships.outbound).await.missing, std::slice::from_ref(&number));
    port.pass_minutes(10);
    let late = send(port, TERMINAL, SampleKind::Loaded, "101W", vec![one(&number, port.now())], same).await;
    let found: Vec<String> = late.findings.iter().map(|found| found.finding.code.to_string()).collect();
    for code in ["container-loaded-after-departure", "report-loading-not-carried-out", "loading-after-departure"] {
        assert!(found.iter().any(|known| known == code), "{code} in {found:?}");
    }
    let state = port.state::<Container>(&ships.container).await;
    assert_eq!(state.reports.alarms.iter().map(|open| open.alarm).collect::<Vec<_>>(), [Alarm::LoadedAfterDeparture]);
    assert!(state.reports.latest.contains_key("loaded") && matches!(state.place, Place::Yard { .. }));
    assert_eq!(port.status::<Transhipment>(&id).await, "left-behind");
    // The terminal corrects the time: the box was on board after all.
    let corrected = send(port, TERMINAL, SampleKind::Loaded, "101W", vec![one(&number, in_time)], same).await;
    assert!(!corrected.findings.iter().any(|found| found.finding.code.contains("load")), "{:#?}", corrected.findings);
    assert_eq!(port.status::<Transhipment>(&id).await, "loaded");
    assert!(matches!(port.place(&ships.container).await, Place::Shipped { call, .. } if call == ships.outbound));
    assert_eq!(port.status::<LoadingOrder>(&ships.outbound).await, "completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_landed_box_that_is_loaded_without_a_transhipment_raises_the_alarm() {
    let port = Port::open().await;
    let (outbound, _) = outbound(&port, 1).await;
    let (_, ids) = port.landed("B-IMPORT", 1).await;
    port.pass_minutes(10);
    let boxes = vec![LoadedReport { container: container_number(&ids[0]).into(), at: port.now(), cell: None }];
    let done = port.ok("terminal-east", &ReportLoading { call: outbound.clone(), boxes }).await;
    assert!(codes(&done.findings).contains(&"container-loaded-unreleased"), "{:?}", done.findings);
    let state = port.state::<Container>(&ids[0]).await;
    assert_eq!(state.reports.alarms.iter().map(|open| open.alarm).collect::<Vec<_>>(), [Alarm::LoadedUnreleased]);
    assert!(matches!(state.place, Place::Yard { .. }), "it stays where customs knows it");
    assert!(port.state::<LoadingOrder>(&outbound).await.is_worked(container_number(&ids[0])), "what the terminal reports is kept");
}
