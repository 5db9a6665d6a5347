//! What is refused about instructions and joint orders, and what happens when several people want the same at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::declarations::OverrideDraw;
use app::inspections::{AppointInspection, RecordResult};
use app::joint_orders::{AgreeNoPresence, AnswerJointOrder, OpenBox, PresentJointBox, ScheduleJointOrder};
use app::matching::{PlaceInstruction, SplitInstruction, SubjectForm, WithdrawInstruction};
use app::settings::PortSettings;
use credit::Grade;
use inspection::{Answer, Inspection, Instruction, JointOrder, Method, Outcome, Resulted};

use crate::support::{OFFICERS, PORT, Port, at_once};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_with_its_code() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-BAD", 1).await;
    let container = boxes[0].clone();
    let good = |who: &str| port.instruction(who, SubjectForm::Container(container.clone()));
    for stranger in ["trader-gold", "terminal-east", "agent-blue", "port-office", "admin-desk", "customs-far"] {
        assert_eq!(port.no(stranger, &good(stranger)).await, "forbidden", "{stranger}");
    }
    assert_eq!(port.no("border", &PlaceInstruction { reason: "x".into(), ..good("border") }).await, "reason");
    assert_eq!(port.no("border", &PlaceInstruction { to: port.now(), ..good("border") }).await, "instruction-window");
    assert_eq!(port.no("border", &PlaceInstruction { to: port.now().plus_days(61), ..good("border") }).await, "instruction-window");
    for unknown in
        [SubjectForm::Container("ZZZU9999999".into()), SubjectForm::Bill("NO-BILL".into()), SubjectForm::ShipCall("C0000-0".into())]
    {
        assert_eq!(port.no("border", &port.instruction("border", unknown)).await, "not-found");
    }
    for document in ["", "abc", "E1234 567", "№12345"] {
        let about = port.instruction("border", SubjectForm::Person(document.into()));
        assert_eq!(port.no("border", &about).await, "instruction-document", "{document:?}");
    }
    let (id, order) = port.instructed("border", &container).await;
    for unknown in ["J2611-999999", "nonsense"] {
        let conclusion = app::joint_orders::ConcludeJointOrder { id: unknown.into(), ..port.conclusion(&order, "18").await };
        assert_eq!(port.no("border", &conclusion).await, "not-found", "a result for an unknown order");
    }
    assert_eq!(port.no("market", &WithdrawInstruction { id: id.clone(), reason: "not mine".into() }).await, "not-found");
    assert_eq!(port.no("market", &SplitInstruction { id: id.clone() }).await, "not-found");
    assert_eq!(port.no("border", &SplitInstruction { id: id.clone() }).await, "joint-order-alone");
    assert_eq!(port.no("market", &ScheduleJointOrder { id: order.clone(), slot_start: port.site_slot() }).await, "not-found");
    assert_eq!(
        port.no("border", &ScheduleJointOrder { id: order.clone(), slot_start: port.site_slot().plus_hours(1) }).await,
        "inspection-slot"
    );
    assert_eq!(
        port.no("border", &ScheduleJointOrder { id: order.clone(), slot_start: port.site_slot().plus_days(20) }).await,
        "joint-order-slot"
    );
    assert_eq!(port.no("border", &AnswerJointOrder { id: order.clone(), answer: Answer::Confirmed }).await, "joint-order-no-time");
    port.scheduled("border", &order).await;
    assert_eq!(port.no("trader-grey", &AgreeNoPresence { id: order.clone() }).await, "not-found");
    // The box is not at the site.
    let part = port.part_of("border", &order, true).await;
    assert_eq!(port.no("border", &part).await, "joint-order-box-not-at-site");
    assert_eq!(port.no("border", &OpenBox { id: order.clone(), container: container.clone() }).await, "joint-order-box-not-at-site");
    let other = PresentJointBox { id: order.clone(), container: "ZZZU9999999".into(), at: port.now() };
    assert_eq!(port.no("terminal-east", &other).await, "joint-order-container-differs");
    assert_eq!(port.no("terminal-west", &other).await, "not-found");
    port.presented(&order, &container).await;
    // Somebody who is not of the authority, and nobody at all.
    let foreign = app::joint_orders::RecordPart { officers: vec!["border.person".into(), "officer-an".into()], ..part.clone() };
    assert_eq!(port.no("border", &foreign).await, "joint-order-officers");
    assert_eq!(port.no("border", &app::joint_orders::RecordPart { officers: Vec::new(), ..part.clone() }).await, "joint-order-officers");
    port.ok("border", &part).await;
    assert_eq!(port.no("border", &part).await, "joint-order-part-recorded");
    let conclusion = port.conclusion(&order, "18").await;
    port.ok("border", &conclusion).await;
    // Two results, and a result for a closed order.
    assert_eq!(port.no("border", &conclusion).await, "joint-order-result-exists");
    assert_eq!(port.no("border", &part).await, "joint-order-closed");
    assert_eq!(port.no("border", &WithdrawInstruction { id, reason: "too late".into() }).await, "instruction-closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_without_the_competence_writes_down_nothing() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-COMP", 1).await;
    let (_, order) = port.instructed("maritime", &boxes[0]).await;
    port.scheduled("maritime", &order).await;
    port.presented(&order, &boxes[0]).await;
    let part = port.part_of("maritime", &order, true).await;
    assert_eq!(port.no("maritime", &part).await, "joint-order-competence");
    port.competent("maritime", "dangerous-goods").await;
    // What a process remembers of a person is looked up again after a while.
    port.pass_minutes(1);
    port.ok("maritime", &part).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawn_inspection_waits_for_the_others_and_ends_with_the_draw() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-WAIT", 1).await;
    let declaration = port.declared("B-WAIT").await;
    let inspection = port.drawn(&declaration).await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    let officers = port.state::<Inspection>(&inspection).await.draw.expect("draw").chosen;
    let result = Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: String::new(),
        method: Method::Documents,
        seal_new: None,
        officers: officers.clone(),
    };
    let early = RecordResult { id: inspection.clone(), result };
    assert_eq!(port.no(&officers[0], &early).await, "joint-order-not-confirmed");
    let drawn = port.state::<JointOrder>(&order).await.participants["customs-port"].instructions[0].clone();
    assert_eq!(port.no("customs-port", &WithdrawInstruction { id: drawn.clone(), reason: "never mind".into() }).await, "instruction-drawn");
    assert_eq!(port.no("customs-port", &SplitInstruction { id: drawn }).await, "joint-order-drawn");
    port.scheduled("customs-port", &order).await;
    let part = port.part_of("customs-port", &order, true).await;
    assert_eq!(port.no("customs-port", &AnswerJointOrder { id: order.clone(), answer: Answer::Declined }).await, "joint-order-lead");
    port.confirms("border", &order).await;
    port.presented(&order, &boxes[0]).await;
    assert_eq!(port.no("customs-port", &part).await, "joint-order-part-by-inspection");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officers_word_in_place_of_the_draw_moves_customs_out_of_the_order_and_in_again() {
    let port = Port::open().await;
    let word = |declaration: &str, inspect| OverrideDraw { id: declaration.into(), inspect, reason: "an officer's reason".into() };
    // Not drawn, and ordered by an officer: it joins what the others have agreed on.
    let (_, boxes) = port.landed("B-IN", 1).await;
    let declaration = port.declared("B-IN").await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    port.scheduled("border", &order).await;
    port.ok("officer-an", &word(&declaration, true)).await;
    let joint = port.state::<JointOrder>(&order).await;
    assert!(joint.participants["customs-port"].inspection.is_some());
    assert_eq!((joint.lead.as_str(), joint.slot.is_some()), ("customs-port", true));

    // Drawn, and spared by an officer: the others go on, with the place at the site.
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-OUT", 1).await;
    let declaration = port.declared("B-OUT").await;
    let inspection = port.drawn(&declaration).await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    let slot_start = port.site_slot().plus_hours(4);
    port.ok("customs-port", &ScheduleJointOrder { id: order.clone(), slot_start }).await;
    let chosen = port.state::<Inspection>(&inspection).await.draw.expect("draw").chosen;
    let other = OFFICERS.into_iter().find(|officer| !chosen.iter().any(|one| one == officer)).expect("another");
    port.ok(other, &word(&declaration, false)).await;
    assert_eq!(port.status::<Inspection>(&inspection).await, "cancelled");
    let joint = port.state::<JointOrder>(&order).await;
    assert_eq!((joint.lead.as_str(), joint.participants.len(), joint.slot.map(|slot| slot.from)), ("border", 1, Some(slot_start)));
    let slots = port.app.inspection_slots(&port.ctx("border"), slot_start.day_start(480)).await.expect("slots");
    assert_eq!(slots.iter().find(|slot| slot.start == slot_start).map(|slot| slot.taken), Some(1));
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_place_at_the_site_is_booked_once() {
    let settings = PortSettings { code: PORT.into(), inspection_capacity: 1, ..PortSettings::default() };
    let port = Arc::new(Port::open_with(settings).await);
    port.graded(Grade::SeriouslyDishonest).await;
    let mut orders = Vec::new();
    for number in 0..6 {
        let (_, boxes) = port.landed(&format!("B-SLOT{number}"), 1).await;
        orders.push(port.instructed("border", &boxes[0]).await.1);
    }
    let slot_start = port.site_slot();
    let commands = orders.iter().map(|id| ("border", ScheduleJointOrder { id: id.clone(), slot_start })).collect();
    let outcomes = at_once(&port, commands).await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().filter_map(|one| one.as_ref().err()).all(|code| code == "slot-full"), "{outcomes:?}");
    // A trader's booking competes for the same places.
    port.landed("B-SLOT9", 1).await;
    let declaration = port.declared("B-SLOT9").await;
    let inspection = port.drawn(&declaration).await;
    assert_eq!(port.no("broker-green", &AppointInspection { id: inspection, slot_start }).await, "slot-full");
    let slots = port.app.inspection_slots(&port.ctx("border"), slot_start.day_start(480)).await.expect("slots");
    assert_eq!(slots.iter().map(|slot| slot.taken).max(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instructions_that_come_at_once_meet_in_one_order() {
    let port = Arc::new(Port::open().await);
    let (_, boxes) = port.landed("B-ONCE", 4).await;
    let authorities = ["border", "market", "port-authority", "maritime", "customs-port"];
    let mut commands = Vec::new();
    for (index, who) in authorities.into_iter().cycle().take(20).enumerate() {
        commands.push((who, port.instruction(who, SubjectForm::Container(boxes[index % boxes.len()].clone()))));
    }
    let mut orders = BTreeSet::new();
    for outcome in at_once(&port, commands).await {
        let id = outcome.expect("placed");
        orders.insert(port.state::<Instruction>(&id).await.order().expect("matched").to_owned());
    }
    assert_eq!(orders.len(), 1, "one consignment, one order: {orders:?}");
    let state = port.state::<JointOrder>(orders.first().expect("one")).await;
    assert_eq!((state.participants.len(), state.boxes.len()), (5, 4));
    assert_eq!(state.participants.values().map(|one| one.instructions.len()).sum::<usize>(), 20);
}
