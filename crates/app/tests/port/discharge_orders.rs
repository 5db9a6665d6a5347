//! Discharge orders: compared before they are sent, passed on to the terminal, replaced, taken back, and closed against what was landed.

use app::calls::DepartCall;
use app::exchange::Envelope;
use app::inbox::{MessageState, ReceiveMessage};
use app::partners::{Document, WritePartner};
use app::work_orders::{BoxQuery, CancelDischarge, ExplainDischarge, OrderDischarge, Wanted};
use codes::Mass;
use ledger::{Aggregate, ObjectRef};
use logistics::{DischargeOrder, ListedBox, container_id, container_number};
use messages::{SampleBox, SampleCall, SampleKind, SampleReport, sample_report};
use store::OutboxQuery;

use crate::support::steps::{IMO, PLATE, SHIP, VOYAGE};
use crate::support::{PORT, Port};

fn all() -> Wanted {
    Wanted::default()
}

fn listed(number: &str) -> ListedBox {
    ListedBox { number: number.into(), size_type: String::new(), gross_kg: None, bill: None, cell: None }
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

/// A message of the agent about the first voyage; what it led to and was answered.
async fn send(port: &Port, kind: SampleKind, boxes: Vec<SampleBox<'_>>, change: impl FnOnce(String) -> String) -> MessageState {
    let told = SampleReport {
        document: "DOC-1",
        call: SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) },
        berth: "B07",
        terminal: "TERMEAST",
        boxes,
        persons: Vec::new(),
    };
    let reference = format!("R{}", port.size().await);
    let envelope = Envelope { sender: "AGENTBLUE".into(), receiver: "FAIRWAY".into(), reference, at: port.now(), utc_offset_minutes: 480 };
    let bytes = change(String::from_utf8(sample_report(kind, &envelope, &told)).expect("text")).into_bytes();
    let id = port.ok("agent-blue", &ReceiveMessage { bytes, channel: "api".into() }).await;
    port.app.process_message(&port.ctx("agent-blue"), &id).await.expect("processed");
    port.state::<MessageState>(&id).await
}

fn codes(findings: &[codes::Finding]) -> Vec<&str> {
    findings.iter().map(|found| found.code.as_ref()).collect()
}

/// Texts of the orders that the terminal was told, in order.
async fn told(port: &Port) -> Vec<String> {
    let query = OutboxQuery { receiver: Some("terminal-east".into()), limit: 200, ..OutboxQuery::default() };
    let rows = port.store.outbox(PORT, &query).await.expect("outbox").items;
    rows.into_iter()
        .filter(|row| row.row.kind == "COPRAR")
        .map(|row| String::from_utf8(row.row.body).expect("text"))
        .filter(|text| text.contains("BGM+43+"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_compared_with_manifest_and_stowage_plan_before_it_is_sent() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-DIFF", 3).await;
    let numbers: Vec<String> = ids.iter().map(|id| container_number(id).to_owned()).collect();
    let plain = port.app.check_work::<logistics::Discharge>(&port.ctx("agent-blue"), &call, &all()).await.expect("its own call");
    assert_eq!((plain.boxes.len(), plain.manifested, plain.stowed, codes(&plain.findings)), (3, 3, None, Vec::<&str>::new()));

    // The plan: one as manifested, one for another port and of another size, one that is too light; the third is not in it, and an empty is.
    let (empty, elsewhere) = (port.fresh_box(), &numbers[1]);
    let plan = vec![
        SampleBox { mass: Mass::from_kg(1_000).expect("mass"), ..one(&port, &numbers[0], "B-DIFF") },
        SampleBox { discharge: "CNSHA", size_type: "45G1", ..one(&port, elsewhere, "B-DIFF") },
        one(&port, &empty, "B-NONE"),
    ];
    send(&port, SampleKind::Stowage, plan, |text| text).await;
    let stray = port.fresh_box();
    let wanted = Wanted { boxes: Some([&numbers[0], &numbers[1], &numbers[2], &stray].map(|n| listed(n)).into()), ..Wanted::default() };
    let plan = port.app.check_work::<logistics::Discharge>(&port.ctx("agent-blue"), &call, &wanted).await.expect("its own call");
    assert_eq!(plan.stowed, Some(2), "the two that it discharges here");
    let about = |number: &str| {
        let own = format!("/boxes/{number}");
        plan.findings.iter().filter(|found| found.pointer == own).map(|found| found.code.as_ref()).collect::<Vec<_>>()
    };
    assert_eq!(about(&numbers[0]), ["discharge-mass-differs"]);
    assert!(about(elsewhere).contains(&"discharge-stowed-elsewhere"), "{:?}", about(elsewhere));
    assert!(about(elsewhere).contains(&"discharge-size-differs"), "{:?}", about(elsewhere));
    assert_eq!(about(&numbers[2]), ["discharge-not-stowed"]);
    assert_eq!(about(&stray), ["discharge-not-manifested", "discharge-not-stowed"]);
    assert_eq!(about(&empty), ["discharge-stowed-not-ordered"]);
    // Differences are told, and do not forbid; the cell comes from the plan.
    let done = port.ok("agent-blue", &OrderDischarge::new(call.clone(), wanted)).await;
    assert_eq!(done.findings, plan.findings);
    let order = port.state::<DischargeOrder>(&call).await;
    let first = order.boxes.iter().find(|one| one.number == numbers[0]).expect("listed");
    assert_eq!((first.cell.as_deref(), first.bill.as_deref(), first.size_type.is_empty()), (Some("0010182"), Some("B-DIFF"), false));
    // A number that is none does.
    let wrong = Wanted { boxes: Some(vec![listed("NO BOX")]), ..Wanted::default() };
    assert_eq!(port.no("agent-blue", &OrderDischarge::new(call.clone(), wrong)).await, "container-number");
    // Only the agent of the call orders.
    for who in ["agent-red", "trader-gold"] {
        assert_eq!(port.no(who, &OrderDischarge::new(call.clone(), all())).await, "not-found", "{who}");
    }
    assert_eq!(port.no("terminal-east", &OrderDischarge::new(call.clone(), all())).await, "forbidden");
    assert_eq!(port.no("agent-blue", &OrderDischarge::new("C0000-0000", all())).await, "not-found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_order_replaces_the_one_before_and_the_terminal_is_told_each() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-REPL", 3).await;
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), all())).await;
    assert_eq!(port.no("agent-blue", &OrderDischarge::new(call.clone(), all())).await, "discharge-order-unchanged");
    let left_out = container_number(&ids[0]).to_lowercase();
    let fewer = Wanted { except: vec![left_out], ..all() };
    let done = port.ok("agent-blue", &OrderDischarge::new(call.clone(), fewer)).await;
    assert_eq!(codes(&done.findings), ["discharge-not-ordered"]);
    assert_eq!(port.no("terminal-east", &CancelDischarge::new(call.clone(), "wrong ship")).await, "forbidden");
    port.ok("agent-blue", &CancelDischarge::new(call.clone(), "wrong ship")).await;
    assert_eq!(port.status::<DischargeOrder>(&call).await, "cancelled");
    let again = CancelDischarge::new(call.clone(), "wrong ship");
    assert_eq!(port.no("agent-blue", &again).await, "discharge-order-not-standing");
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), all())).await;
    let told = told(&port).await;
    let heads = [("9", 1), ("5", 2), ("1", 3), ("9", 4)];
    assert_eq!(told.len(), heads.len());
    for (text, (function, number)) in told.iter().zip(heads) {
        assert!(text.contains(&format!("BGM+43+{call}-{number}+{function}'")), "{text}");
        assert_eq!(text.contains(&format!("RFF+ACW:{call}-{}'", number - 1)), function != "9", "{text}");
    }
    assert_eq!(told.iter().map(|text| text.matches("EQD+").count()).collect::<Vec<_>>(), [3, 2, 2, 3]);
    // A terminal that does not want orders by message sees them all the same.
    let (expected_version, mut profile) = port.app.partner("terminal-east").await.expect("store").expect("known");
    profile.wants.remove(&Document::DischargeOrder);
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
    let less = Wanted { except: vec![container_number(&ids[2]).to_owned()], ..all() };
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), less)).await;
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), all())).await;
    assert_eq!(self::told(&port).await.len(), heads.len());
    // The terminal sees it, searches it and turns its pages; others do not.
    let seen = port.app.work_order::<logistics::Discharge>(&port.ctx("terminal-east"), &call).await.expect("its own");
    let mut query = BoxQuery { limit: 2, ..BoxQuery::default() };
    let first = port.app.work_boxes(&seen.state, &query).await.expect("boxes");
    query.cursor = first.next.clone();
    let second = port.app.work_boxes(&seen.state, &query).await.expect("boxes");
    assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
    let found = BoxQuery { q: Some(container_number(&ids[1]).to_lowercase()), limit: 50, ..BoxQuery::default() };
    assert_eq!(port.app.work_boxes(&seen.state, &found).await.expect("boxes").items.len(), 1);
    for who in ["agent-red", "terminal-west", "trader-gold"] {
        assert!(port.app.work_order::<logistics::Discharge>(&port.ctx(who), &call).await.is_err(), "{who}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_discharged_as_ordered_waits_until_it_is_explained() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-SHORT", 3).await;
    let numbers: Vec<String> = ids.iter().map(|id| container_number(id).to_owned()).collect();
    let fewer = Wanted { except: vec![numbers[0].clone()], ..all() };
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), fewer)).await;
    port.arrive(&call).await;
    let done = port.discharge(&ids[..2]).await;
    assert_eq!((done.accepted, codes(&done.findings)), (2, vec!["discharge-unlisted"]));
    assert_eq!(done.findings[0].pointer, "/reports/0");
    // On no manifest and on no order: refused as ever, and noted with the order.
    let stray = container_id(&port.fresh_box(), &call);
    assert_eq!(codes(&port.discharge(std::slice::from_ref(&stray)).await.findings), ["container-not-manifested"]);
    let order = port.state::<DischargeOrder>(&call).await;
    assert_eq!(order.unlisted.iter().map(|one| one.manifested).collect::<Vec<_>>(), [true, false]);
    let explain = ExplainDischarge::new(call.clone(), "short shipped at the port of loading");
    assert_eq!(port.no("agent-blue", &explain).await, "discharge-order-as-ordered", "not before the ship has left");
    port.pass_minutes(60);
    port.ok("agent-blue", &DepartCall { id: call.clone(), at: port.now() }).await;
    let order = port.state::<DischargeOrder>(&call).await;
    assert_eq!((order.status(), order.missing.as_slice()), ("differs", &numbers[2..]));
    let row = port.store.work_row(PORT, &ObjectRef::new("discharge-order", call.clone())).await.expect("store").expect("a row").row;
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("agent-blue"), Some("explain-discharge")));
    assert_eq!(port.no("agent-blue", &OrderDischarge::new(call.clone(), all())).await, "discharge-call-closed");
    // Reported after all, late: it is missing no more.
    assert_eq!(port.discharge(&ids[2..]).await.findings, []);
    assert!(port.state::<DischargeOrder>(&call).await.missing.is_empty());
    assert_eq!(port.no("agent-red", &explain).await, "not-found");
    port.ok("agent-blue", &explain).await;
    assert_eq!(port.status::<DischargeOrder>(&call).await, "explained");
    assert_eq!(
        port.events::<DischargeOrder>(&call).await,
        [
            "discharge-order.ordered",
            "discharge-order.unlisted-discharged",
            "discharge-order.unlisted-discharged",
            "discharge-order.closed",
            "discharge-order.found",
            "discharge-order.explained"
        ]
    );
    let rows = port
        .app
        .work_boxes(&port.state::<DischargeOrder>(&call).await, &BoxQuery { limit: 50, ..BoxQuery::default() })
        .await
        .expect("boxes");
    let standing: Vec<&str> = rows.items.iter().map(|row| row.standing.code::<logistics::Discharge>()).collect();
    assert_eq!(standing, ["discharged", "discharged", "unlisted", "unlisted"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_discharged_as_ordered_closes_by_itself() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-ALL", 2).await;
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), all())).await;
    port.arrive(&call).await;
    assert_eq!(port.discharge(&ids).await.findings, []);
    port.pass_minutes(60);
    port.ok("terminal-east", &DepartCall { id: call.clone(), at: port.now() }).await;
    assert_eq!(port.status::<DischargeOrder>(&call).await, "completed");
    let row = port.store.work_row(PORT, &ObjectRef::new("discharge-order", call)).await.expect("store").expect("a row").row;
    assert!(row.closed_at.is_some() && row.action.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_the_agent_by_message_is_passed_on_and_its_differences_are_answered() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-EDI", 2).await;
    let (number, stray) = (container_number(&ids[0]).to_owned(), port.fresh_box());
    let boxes = || vec![one(&port, &number, "B-EDI"), one(&port, &stray, "B-EDI")];
    // By the name that terminals and carriers use; 45 is a loading order.
    let named = |name: &'static str| move |text: String| text.replace("BGM+118+", &format!("BGM+{name}+"));
    let loading = send(&port, SampleKind::DischargeOrder, boxes(), named("45")).await;
    assert!(port.app.peek::<DischargeOrder>(&call).await.expect("store").is_none(), "{:#?}", loading.findings);
    assert!(loading.objects.contains(&ObjectRef::new("loading-order", call.clone())), "{:?}", loading.objects);
    let state = send(&port, SampleKind::DischargeOrder, boxes(), named("43")).await;
    let found: Vec<(&str, Option<&str>)> = state
        .findings
        .iter()
        .filter(|f| f.finding.code.starts_with("discharge-"))
        .map(|f| (f.finding.code.as_ref(), f.segment_tag.as_deref()))
        .collect();
    assert!(found.contains(&("discharge-not-manifested", Some("EQD"))) && found.contains(&("discharge-not-ordered", None)), "{found:?}");
    assert!(state.objects.contains(&ObjectRef::new("discharge-order", call.clone())));
    let order = port.state::<DischargeOrder>(&call).await;
    assert_eq!((order.boxes.len(), order.message.is_some(), order.boxes[0].cell.as_deref()), (2, true, Some("0010182")));
    assert_eq!(told(&port).await.len(), 1);
    // Once more in another file: nothing is sent. An addition is recorded only; a cancellation takes it back.
    let again = send(&port, SampleKind::DischargeOrder, boxes(), |text| text).await;
    assert!(again.findings.iter().any(|f| f.finding.code == "discharge-order-unchanged"), "{:#?}", again.findings);
    let function = |code: &'static str| move |text: String| text.replace("+DOC-1+9'", &format!("+DOC-1+{code}'"));
    let added = send(&port, SampleKind::DischargeOrder, boxes(), function("2")).await;
    assert!(added.findings.iter().any(|f| f.finding.code == "discharge-order-function"), "{:#?}", added.findings);
    assert_eq!(told(&port).await.len(), 1);
    send(&port, SampleKind::DischargeOrder, boxes(), function("1")).await;
    assert_eq!(port.status::<DischargeOrder>(&call).await, "cancelled");
    assert_eq!(told(&port).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_landed_before_the_order_or_is_dropped_by_a_later_one_was_not_ordered() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-EARLY", 3).await;
    let numbers: Vec<String> = ids.iter().map(|id| container_number(id).to_owned()).collect();
    port.arrive(&call).await;
    assert_eq!(port.discharge(&ids[..2]).await.accepted, 2);
    let without = |left_out: &[String]| Wanted { except: left_out.to_vec(), ..all() };
    let unlisted = || async {
        let order = port.state::<DischargeOrder>(&call).await;
        order.unlisted.into_iter().map(|one| (one.number, one.manifested)).collect::<Vec<_>>()
    };
    let landed = |number: &String| (number.clone(), true);
    // The first was landed before the order came.
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), without(&numbers[..1]))).await;
    assert_eq!(unlisted().await, [landed(&numbers[0])]);
    // The second was landed by the first order, and a later one drops it; what is not landed is no difference.
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), without(&numbers[1..]))).await;
    assert_eq!(unlisted().await, [landed(&numbers[1])]);
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), all())).await;
    assert_eq!(unlisted().await, []);
    port.ok("agent-blue", &OrderDischarge::new(call.clone(), without(&numbers[1..]))).await;
    port.pass_minutes(60);
    port.ok("agent-blue", &DepartCall { id: call.clone(), at: port.now() }).await;
    assert_eq!((port.status::<DischargeOrder>(&call).await, unlisted().await), ("differs".to_owned(), vec![landed(&numbers[1])]));
}
