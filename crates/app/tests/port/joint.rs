//! Instructions of several authorities become one joint order: one opening of a box, one result, one release (INS-01, INS-02, INS-04, SHP-05).

use app::inspections::AppointInspection;
use app::joint_orders::{AgreeNoPresence, AnswerJointOrder, CloseJointOrder, FollowUpJointOrder, ScheduleJointOrder};
use app::matching::{LiftInstruction, SplitInstruction, SubjectForm, WithdrawInstruction};
use app::reading::ListQuery;
use clearance::Declaration;
use credit::{Enterprise, Grade};
use inspection::{Answer, Inspection, Instruction, InstructionPhase, JointOrder, JointPhase, Outcome};
use ledger::ObjectRef;
use logistics::{Container, Direction, Place};

use crate::support::joint::SECRET;
use crate::support::{PORT, Port, TRADER_USCC};

/// Action codes of the open rows on which an organisation must act.
async fn todo(port: &Port, who: &str) -> Vec<String> {
    let query = ListQuery { mine: true, open: Some(true), ..ListQuery::default() };
    let rows = port.app.worklist(&port.ctx(who), &query).await.expect("list").items;
    rows.into_iter().filter_map(|item| item.row.action).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_authorities_open_one_box_once_and_release_it_together() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-JOINT", 1).await;
    let container = boxes[0].clone();
    let declaration = port.declared("B-JOINT").await;
    let inspection = port.drawn(&declaration).await;
    port.competent("maritime", "dangerous-goods").await;

    // Two instructions about the box, and the inspection that the draw has ordered: one order.
    let (of_maritime, order) = port.instructed("maritime", &container).await;
    let (of_border, same) = port.instructed("border", &container).await;
    assert_eq!(order, same);
    let state = port.state::<JointOrder>(&order).await;
    assert_eq!(state.participants.keys().collect::<Vec<_>>(), ["border", "customs-port", "maritime"]);
    assert_eq!((state.lead.as_str(), state.boxes.as_slice()), ("customs-port", boxes.as_slice()));
    assert_eq!(state.participants["customs-port"].inspection.as_deref(), Some(inspection.as_str()));
    assert_eq!(port.state::<Inspection>(&inspection).await.joint.as_deref(), Some(order.as_str()));

    // The trader books the inspection as always: that is the time for everybody.
    port.ok("broker-green", &AppointInspection { id: inspection.clone(), slot_start: port.site_slot() }).await;
    assert_eq!(port.state::<JointOrder>(&order).await.slot.expect("a time").from, port.site_slot());
    let slots = port.app.inspection_slots(&port.ctx("maritime"), port.site_slot().day_start(480)).await.expect("slots");
    assert_eq!(slots.iter().map(|slot| slot.taken).sum::<u32>(), 1, "one opening takes one place");
    assert_eq!(todo(&port, "maritime").await, ["answer-joint-order"]);
    assert_eq!(
        port.no("terminal-east", &app::joint_orders::PresentJointBox { id: order.clone(), container: container.clone(), at: port.now() })
            .await,
        "not-found",
        "who thinks of coming is nobody else's business"
    );
    port.confirms("maritime", &order).await;
    port.confirms("border", &order).await;
    assert!(matches!(port.state::<JointOrder>(&order).await.phase, JointPhase::Confirmed));
    assert_eq!(todo(&port, "border").await, ["record-part"]);
    assert!(todo(&port, "terminal-east").await.contains(&"present-box".to_owned()));

    // The box comes once, is opened once, and everybody looks into it.
    port.presented(&order, &container).await;
    assert_eq!(port.status::<Inspection>(&inspection).await, "at-site");
    port.opened("customs-port", &order, &container).await;
    port.recorded("maritime", &order, true).await;
    port.drawn_result(&inspection, Outcome::Pass, "18").await;
    let state = port.state::<JointOrder>(&order).await;
    assert_eq!(state.openings.len(), 1);
    assert!(state.participants["customs-port"].part.as_ref().is_some_and(|part| part.clean), "customs' part is its confirmed result");
    assert!(matches!(port.place(&container).await, Place::InspectionSite { .. }), "the box stays for the others");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-inspection", "one answer, when everybody has looked");
    let conclusion = port.conclusion(&order, "18").await;
    assert_eq!(port.no("customs-port", &conclusion).await, "joint-order-parts-open");
    port.recorded("border", &order, true).await;
    assert_eq!(todo(&port, "customs-port").await, ["conclude-joint-order"]);

    // One result answers trader, terminal and authorities at once.
    port.ok("customs-port", &conclusion).await;
    assert_eq!(port.status::<JointOrder>(&order).await, "released");
    assert!(matches!(port.place(&container).await, Place::Yard { .. }));
    assert!(port.state::<Container>(&container).await.instructed.is_empty());
    for id in [&of_maritime, &of_border] {
        assert!(matches!(port.state::<Instruction>(id).await.phase, InstructionPhase::Settled { released: true, .. }));
    }
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    let opened = port.events::<JointOrder>(&order).await.into_iter().filter(|kind| kind == "joint-order.opened").count();
    assert_eq!(opened, 1);
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_leaves_while_an_authoritys_hold_stands() {
    let port = Port::open().await;
    let container = port.ready("B-HOLD").await;
    let (instruction, order) = port.instructed("border", &container).await;
    assert_eq!(port.status::<Container>(&container).await, "held");
    assert_eq!(port.gate_reasons(&port.gate_of(Direction::In, &container)).await, ["gate-held"]);
    // One authority alone is its own lead; its result frees the box.
    port.scheduled("border", &order).await;
    port.presented(&order, &container).await;
    port.recorded("border", &order, true).await;
    let conclusion = port.conclusion(&order, "18").await;
    port.ok("border", &conclusion).await;
    assert!(matches!(port.state::<Instruction>(&instruction).await.phase, InstructionPhase::Settled { .. }));
    assert_eq!(port.gate_reasons(&port.gate_of(Direction::In, &container)).await, Vec::<&str>::new());
    // A hold that comes while the truck is inside keeps the box inside.
    let (again, _) = port.instructed("market", &container).await;
    assert_eq!(port.gate_reasons(&port.gate_of(Direction::Out, &container)).await, ["gate-held"]);
    port.ok("market", &WithdrawInstruction { id: again, reason: format!("{SECRET} was wrong") }).await;
    assert_eq!(port.gate_reasons(&port.gate_of(Direction::Out, &container)).await, Vec::<&str>::new());
    assert!(matches!(port.place(&container).await, Place::Gone { .. }));
    assert_eq!(port.no("border", &port.instruction("border", SubjectForm::Container(container))).await, "container-gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_is_read_by_its_authority_alone_and_is_nowhere_on_the_ledger() {
    let port = Port::open().await;
    let (call, boxes) = port.landed("B-SEAL", 1).await;
    let (of_maritime, order) = port.instructed("maritime", &boxes[0]).await;
    port.instructed("customs-port", &boxes[0]).await;
    let person = port.ok("border", &port.instruction("border", SubjectForm::Person("E12345678".into()))).await;
    port.scheduled("customs-port", &order).await;
    port.confirms("maritime", &order).await;
    port.ok("maritime", &WithdrawInstruction { id: of_maritime.clone(), reason: format!("{SECRET} was wrong") }).await;

    let own = port.app.instruction_reason(&port.ctx("maritime"), &of_maritime).await.expect("store");
    assert_eq!((own.placed.as_deref(), own.withdrawn.as_deref()), (Some("tip-off of maritime"), Some("tip-off was wrong")));
    let own = port.app.instruction_reason(&port.ctx("border"), &person).await.expect("store");
    assert_eq!(own.document.as_deref(), Some("E12345678"));
    let others = [
        "customs-port",
        "customs-far",
        "border",
        "port-authority",
        "market",
        "port-office",
        "trader-gold",
        "broker-green",
        "terminal-east",
        "admin-desk",
    ];
    for who in others {
        let ctx = port.ctx(who);
        let told = port.app.instruction_reason(&ctx, &of_maritime).await.expect("store");
        assert_eq!((told.placed, told.document, told.withdrawn), (None, None, None), "{who}");
        let seen = port.app.view::<Instruction>(&ctx, "instruction.read", &of_maritime).await;
        assert!(matches!(seen, Err(app::AppError::NotFound { .. } | app::AppError::Forbidden { .. })), "{who}");
        let rows = port.app.worklist(&ctx, &ListQuery::default()).await.expect("list").items;
        assert!(rows.iter().all(|item| item.object.id != of_maritime), "{who} does not even find it");
        let search = ListQuery { key_prefix: Some(of_maritime.clone()), ..ListQuery::default() };
        assert_eq!(port.app.worklist(&ctx, &search).await.expect("list").items, [], "{who}");
        if let Ok(events) = port.app.timeline(&ctx, &boxes[0]).await {
            let text = format!("{events:?}");
            assert!(!text.contains(SECRET), "{who}");
            assert!(events.iter().all(|stored| !stored.event.kind.starts_with("instruction.")), "{who}");
        }
    }
    // Everything that is exported comes from events and states.
    let mut after = None;
    let mut seen = 0;
    loop {
        let events = port.store.events_after(PORT, after, 500).await.expect("events");
        let Some(last) = events.last() else { break };
        after = Some(last.position);
        for stored in &events {
            assert!(!stored.event.payload.get().contains(SECRET), "{}", stored.event.kind);
            assert!(!stored.event.payload.get().contains("E12345678"), "{}", stored.event.kind);
            seen += 1;
        }
    }
    assert!(seen > 20);
    for (kind, id) in
        [("instruction", &of_maritime), ("instruction", &person), ("joint-order", &order), ("container", &boxes[0]), ("ship-call", &call)]
    {
        let record = port.store.object(PORT, &ObjectRef::new(kind, id.clone())).await.expect("store").expect("an object");
        let state = String::from_utf8(record.state).expect("JSON");
        assert!(!state.contains(SECRET) && !state.contains("E12345678"), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_instructed_before_the_declaration_meets_the_draw() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.manifested("B-EARLY", 2).await;
    // A bill and one of its boxes are one consignment.
    let of_bill = port.ok("market", &port.instruction("market", SubjectForm::Bill("B-EARLY".into()))).await;
    let order = port.state::<Instruction>(&of_bill).await.order().expect("matched").to_owned();
    let (_, same) = port.instructed("port-authority", &boxes[1]).await;
    assert_eq!(order, same);
    assert_eq!(port.state::<JointOrder>(&order).await.lead, "market");
    port.scheduled("market", &order).await;
    let declaration = port.declared("B-EARLY").await;
    let inspection = port.drawn(&declaration).await;
    let state = port.state::<JointOrder>(&order).await;
    assert_eq!((state.lead.as_str(), state.participants.len()), ("customs-port", 3));
    assert_eq!(port.state::<Inspection>(&inspection).await.appointment().expect("booked").start, port.site_slot());
    // The declaration is sent back: customs is out, the others go on.
    port.ok("customs-port", &app::declarations::RejectDeclaration { id: declaration, reason: "papers contradict".into() }).await;
    let state = port.state::<JointOrder>(&order).await;
    assert_eq!((state.lead.as_str(), state.participants.contains_key("customs-port")), ("market", false));
    assert_eq!(port.state::<Inspection>(&inspection).await.joint, None);
    let taken = |slots: Vec<app::bookings::SlotOffer>| slots.iter().map(|slot| slot.taken).sum::<u32>();
    let slots = port.app.inspection_slots(&port.ctx("market"), port.site_slot().day_start(480)).await.expect("slots");
    assert_eq!(taken(slots), 1, "the place at the site is the order's");

    // What the inspection had booked before anybody else came is kept for the others, too.
    let (_, boxes) = port.landed("B-LATER", 1).await;
    let declaration = port.declared("B-LATER").await;
    let inspection = port.drawn(&declaration).await;
    port.ok("broker-green", &AppointInspection { id: inspection, slot_start: port.site_slot() }).await;
    let (_, later) = port.instructed("border", &boxes[0]).await;
    assert_eq!(port.state::<JointOrder>(&later).await.slot.expect("a time").from, port.site_slot());
    port.ok("customs-port", &app::declarations::RejectDeclaration { id: declaration, reason: "papers contradict".into() }).await;
    let slots = port.app.inspection_slots(&port.ctx("border"), port.site_slot().day_start(480)).await.expect("slots");
    assert_eq!(taken(slots), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_splitting_and_withdrawing_each_have_their_result() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-MOVE", 1).await;
    let container = boxes[0].clone();
    let (of_border, order) = port.instructed("border", &container).await;
    let (of_market, _) = port.instructed("market", &container).await;
    let (of_port, _) = port.instructed("port-authority", &container).await;
    port.scheduled("market", &order).await;
    port.ok("port-authority", &AnswerJointOrder { id: order.clone(), answer: Answer::OtherTime { start: port.site_slot().plus_hours(2) } })
        .await;
    assert_eq!(todo(&port, "market").await, ["schedule-joint-order"]);
    port.ok("market", &ScheduleJointOrder { id: order.clone(), slot_start: port.site_slot().plus_hours(2) }).await;
    let slots = port.app.inspection_slots(&port.ctx("market"), port.site_slot().day_start(480)).await.expect("slots");
    assert_eq!(slots.iter().map(|slot| slot.taken).collect::<Vec<_>>()[..2], [0, 1], "the former place is free again");
    // The port authority goes its own way without opening; its hold stands in its own order.
    let apart = port.ok("port-authority", &SplitInstruction { id: of_port.clone() }).await;
    assert_ne!(apart, order);
    assert!(port.state::<JointOrder>(&apart).await.apart);
    port.ok("border", &AnswerJointOrder { id: order.clone(), answer: Answer::Declined }).await;
    assert_eq!(port.status::<JointOrder>(&order).await, "confirmed");
    port.presented(&order, &container).await;
    port.opened("market", &order, &container).await;
    // Somebody comes late, and leaves while the box is open.
    port.competent("maritime", "dangerous-goods").await;
    let (of_maritime, late) = port.instructed("maritime", &container).await;
    assert_eq!(late, order);
    assert!(port.state::<JointOrder>(&order).await.participants["maritime"].late);
    port.ok("maritime", &WithdrawInstruction { id: of_maritime.clone(), reason: "not needed any more".into() }).await;
    assert!(matches!(port.state::<Instruction>(&of_maritime).await.phase, InstructionPhase::Withdrawn { during_inspection: true, .. }));
    assert!(port.state::<JointOrder>(&order).await.departures.last().is_some_and(|left| left.during_inspection));
    assert_eq!(port.no("market", &WithdrawInstruction { id: of_market, reason: "never mind".into() }).await, "joint-order-box-open");
    port.recorded("market", &order, true).await;
    let conclusion = port.conclusion(&order, "10").await;
    port.ok("market", &conclusion).await;
    assert!(
        matches!(port.state::<Instruction>(&of_border).await.phase, InstructionPhase::Settled { released: true, .. }),
        "declined: the result is its own"
    );
    assert!(port.state::<Container>(&container).await.is_barred(), "who split off still holds it");
    port.ok("port-authority", &WithdrawInstruction { id: of_port, reason: "settled on paper".into() }).await;
    assert_eq!(port.status::<JointOrder>(&apart).await, "cancelled");
    assert!(!port.state::<Container>(&container).await.is_barred());
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finding_is_followed_up_noted_for_the_enterprise_and_keeps_the_box() {
    let port = Port::open().await;
    port.graded(Grade::Regular).await;
    let (declaration, boxes) = port.released("B-FIND", 1).await;
    let container = boxes[0].clone();
    // Nobody held the box; the finding does.
    let instruction =
        app::matching::PlaceInstruction { hold: false, ..port.instruction("market", SubjectForm::Container(container.clone())) };
    let id = port.ok("market", &instruction).await;
    assert!(!port.state::<Container>(&container).await.is_barred());
    let order = port.state::<Instruction>(&id).await.order().expect("matched").to_owned();
    port.scheduled("market", &order).await;
    port.presented(&order, &container).await;
    port.recorded("market", &order, false).await;
    let conclusion = port.conclusion(&order, "40").await;
    port.ok("market", &conclusion).await;
    assert_eq!(port.status::<JointOrder>(&order).await, "follow-up");
    assert!(port.state::<Container>(&container).await.is_barred());
    assert_eq!(todo(&port, "market").await, ["follow-up-joint-order"]);
    let enterprise = port.state::<Enterprise>(TRADER_USCC).await;
    assert_eq!((enterprise.findings.len(), enterprise.findings[0].id.as_str()), (1, order.as_str()));
    assert_eq!(enterprise.grading().expect("a grade").grade, Grade::Regular, "a finding changes no grade by itself");
    port.ok("market", &FollowUpJointOrder { id: order.clone(), note: "labels replaced".into(), settled: true }).await;
    port.ok("market", &CloseJointOrder { id: order.clone(), disposition: "30".into(), note: "in order now".into() }).await;
    assert_eq!(port.status::<JointOrder>(&order).await, "closed");
    assert!(!port.state::<Container>(&container).await.is_barred());
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    let kinds = port.events::<JointOrder>(&order).await;
    assert!(!kinds.contains(&"joint-order.fees-exempted".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_keeps_the_box_barred_until_its_authority_lifts_it() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-BACK", 1).await;
    let (id, order) = port.instructed("border", &boxes[0]).await;
    port.scheduled("border", &order).await;
    port.presented(&order, &boxes[0]).await;
    port.recorded("border", &order, false).await;
    let conclusion = port.conclusion(&order, "32").await;
    port.ok("border", &conclusion).await;
    port.ok("border", &CloseJointOrder { id: order, disposition: "32".into(), note: "goes back by the next ship".into() }).await;
    assert!(matches!(port.state::<Instruction>(&id).await.phase, InstructionPhase::Settled { released: false, .. }));
    assert!(port.state::<Container>(&boxes[0]).await.is_barred());
    // The return is dropped: whoever barred the box frees it, with a reason that nobody else reads.
    let lift = |reason: &str| LiftInstruction { id: id.clone(), reason: reason.into() };
    assert_eq!(port.no("market", &lift("not mine")).await, "not-found");
    assert_eq!(port.no("border", &lift("x")).await, "reason");
    port.ok("border", &lift("the court has decided")).await;
    assert!(!port.state::<Container>(&boxes[0]).await.is_barred());
    assert_eq!(port.no("border", &lift("once more")).await, "instruction-not-barred");
    let known = |who: &'static str| {
        let (port, id) = (&port, id.clone());
        async move { port.app.instruction_reason(&port.ctx(who), &id).await.expect("store").lifted }
    };
    assert_eq!(known("border").await.as_deref(), Some("the court has decided"));
    assert_eq!(known("market").await, None);
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_joining_that_takes_the_time_gives_the_place_back() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-LEAK", 1).await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    port.scheduled("border", &order).await;
    let taken = || async {
        let slots = port.app.inspection_slots(&port.ctx("border"), port.site_slot().day_start(480)).await.expect("slots");
        slots.iter().map(|slot| slot.taken).sum::<u32>()
    };
    assert_eq!(taken().await, 1);
    // What leaves no slot in common stays by itself; what leaves a later one moves the order.
    let apart = app::matching::PlaceInstruction {
        from: port.site_slot().plus_hours(-10),
        to: port.site_slot().plus_minutes(30),
        ..port.instruction("market", SubjectForm::Container(boxes[0].clone()))
    };
    assert_eq!(port.no("market", &apart).await, "instruction-window");
    let later = app::matching::PlaceInstruction {
        from: port.site_slot().plus_minutes(30),
        ..port.instruction("market", SubjectForm::Container(boxes[0].clone()))
    };
    let id = port.ok("market", &later).await;
    assert_eq!(port.state::<Instruction>(&id).await.order(), Some(order.as_str()));
    assert_eq!(port.state::<JointOrder>(&order).await.slot, None);
    assert_eq!(taken().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_result_exempts_from_fees_but_not_the_dishonest() {
    for (grade, exempted) in [(Grade::Regular, true), (Grade::Dishonest, false)] {
        let port = Port::open().await;
        port.graded(grade).await;
        let (_, boxes) = port.landed("B-FEE", 1).await;
        let (_, order) = port.instructed("market", &boxes[0]).await;
        port.scheduled("market", &order).await;
        port.ok("trader-gold", &AgreeNoPresence { id: order.clone() }).await;
        port.presented(&order, &boxes[0]).await;
        port.recorded("market", &order, true).await;
        let conclusion = port.conclusion(&order, "18").await;
        port.ok("market", &conclusion).await;
        let told = port.app.timeline(&port.ctx("trader-gold"), &boxes[0]).await.expect("timeline");
        let kinds: Vec<&str> = told.iter().map(|stored| stored.event.kind.as_ref()).collect();
        assert_eq!(kinds.contains(&"joint-order.fees-exempted"), exempted, "{grade:?}: {kinds:?}");
        assert!(kinds.contains(&"joint-order.no-presence-agreed") && kinds.contains(&"joint-order.concluded"));
    }
    // An inspection by customs alone counts in the same way.
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-ALONE", 1).await;
    let declaration = port.declared("B-ALONE").await;
    let inspection = port.drawn(&declaration).await;
    port.graded(Grade::Regular).await;
    port.ok("terminal-east", &app::inspections::PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    port.drawn_result(&inspection, Outcome::Pass, "18").await;
    assert!(port.events::<Inspection>(&inspection).await.contains(&"inspection.fees-exempted".to_owned()));
    assert_eq!(port.state::<Enterprise>(TRADER_USCC).await.findings, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ship_is_boarded_together_quarantine_first() {
    let port = Port::open().await;
    let call = port.announce().await;
    let on_call = |port: &Port, who: &str| port.instruction(who, SubjectForm::ShipCall(call.clone()));
    let of_maritime = port.ok("maritime", &on_call(&port, "maritime")).await;
    port.ok("border", &on_call(&port, "border")).await;
    port.ok("customs-port", &on_call(&port, "customs-port")).await;
    let order = port.state::<Instruction>(&of_maritime).await.order().expect("matched").to_owned();
    let state = port.state::<JointOrder>(&order).await;
    assert_eq!((state.lead.as_str(), state.first.as_deref()), ("maritime", Some("customs-port")));
    port.ok("maritime", &ScheduleJointOrder { id: order.clone(), slot_start: port.now().plus_hours(6) }).await;
    port.confirms("border", &order).await;
    port.confirms("customs-port", &order).await;
    let part = port.part_of("customs-port", &order, true).await;
    assert_eq!(port.no("customs-port", &part).await, "joint-order-ship-not-in-port");
    port.arrive(&call).await;
    let early = port.part_of("border", &order, true).await;
    assert_eq!(port.no("border", &early).await, "joint-order-first");
    for who in ["customs-port", "border", "maritime"] {
        port.recorded(who, &order, true).await;
    }
    let conclusion = port.conclusion(&order, "18").await;
    port.ok("maritime", &conclusion).await;
    assert_eq!(port.status::<JointOrder>(&order).await, "released");
    assert!(port.app.view::<JointOrder>(&port.ctx("agent-blue"), "joint-order.read", &order).await.is_ok(), "the agent is answered");
}
