//! Transhipment: three papers of one box that meet, whichever comes last; released, decided by hand, loaded, never through the gate (MFT-04).

use app::calls::{AnnounceCall, ChangeCall, DepartCall};
use app::discharge::DischargeReport;
use app::gate::DecideGate;
use app::manifest_changes::{ApplyChange, ApproveChange};
use app::orders::RequestOrder;
use app::outbound::{CancelOutbound, SubmitOutbound};
use app::partners::{Document, WritePartner};
use app::reading::ListQuery;
use app::transhipments::{LoadTranshipment, PlanTranshipment, RefuseTranshipment, ReleaseTranshipment, WithdrawTranshipment};
use codes::Mass;
use logistics::{Container, Direction, Place, container_id, container_number};
use manifest::{Bill, BillForm, MatchField, OutboundBill, TransferPlan, Transhipment};
use port_call::ChangeCall as Change;
use store::OutboxQuery;

use crate::support::{PORT, Port, papers};

/// An inbound call with a marked bill of one box, and an outbound call of the other agent at the same terminal.
pub struct Ships {
    pub port: Port,
    pub inbound: String,
    pub outbound: String,
    pub container: String,
}

fn marked(bill: &str, number: &str) -> BillForm {
    let mut form = papers::bill(bill, &[number.to_owned()]);
    form.content.onward = Some("KRPUS".into());
    form
}

fn out(bill: &str, number: &str) -> BillForm {
    let mut form = papers::bill(bill, &[number.to_owned()]);
    form.content.loading = "CNNGB".into();
    form.content.discharge = "KRPUS".into();
    form
}

impl Ships {
    pub async fn meet() -> Self {
        let port = Port::open().await;
        let inbound = port.announce().await;
        let number = port.fresh_box();
        let outcome = port.ok("agent-blue", &port.manifest_of(&inbound, vec![marked("B-IN", &number)])).await;
        assert!(outcome.accepted, "{:#?}", outcome.findings);
        let mut call = port.call_of("EXAMPLE MOON", "9321483", "101W");
        call.agent = "agent-red".into();
        let outbound = port.ok("agent-red", &AnnounceCall { call }).await;
        let container = container_id(&number, &inbound);
        Self { port, inbound, outbound, container }
    }

    pub fn plan(&self) -> PlanTranshipment {
        let plan = TransferPlan { next_port: "KRPUS".into(), size_type: Some("22G1".into()), seal: None, gross_kg: None };
        PlanTranshipment { container: self.container.clone(), onward_call: self.outbound.clone(), plan, note: None }
    }

    pub fn listing(&self, change: impl FnOnce(&mut BillForm)) -> SubmitOutbound {
        let mut form = out("B-OUT", container_number(&self.container));
        change(&mut form);
        SubmitOutbound { call: self.outbound.clone(), bills: vec![form] }
    }

    pub async fn land(&self) {
        self.port.arrive(&self.inbound).await;
        self.port.pass_minutes(20);
        assert_eq!(self.port.discharge(std::slice::from_ref(&self.container)).await.findings, []);
    }

    pub async fn leave(&self) {
        self.port.ok("agent-red", &app::calls::ArriveCall { id: self.outbound.clone(), at: self.port.now() }).await;
        self.port.pass_minutes(5);
        self.port.ok("agent-red", &DepartCall { id: self.outbound.clone(), at: self.port.now() }).await;
    }

    pub async fn version(&self, id: &str) -> u64 {
        self.port.app.view::<Transhipment>(&self.port.ctx("customs-port"), "transhipment.read", id).await.expect("its authority").version
    }

    pub async fn status(&self, id: &str) -> String {
        self.port.status::<Transhipment>(id).await
    }

    pub async fn fields(&self, id: &str) -> Vec<MatchField> {
        self.port.state::<Transhipment>(id).await.comparison.mismatches.into_iter().map(|m| m.field).collect()
    }

    pub async fn may_load(&self) -> bool {
        self.port.state::<Container>(&self.container).await.onward.is_some_and(|onward| onward.released_at.is_some())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn papers_that_agree_release_the_box_whichever_comes_last_and_it_is_loaded() {
    for order in [["plan", "list", "land"], ["list", "land", "plan"], ["land", "plan", "list"], ["list", "plan", "land"]] {
        let ships = Ships::meet().await;
        let mut id = String::new();
        for (index, step) in order.iter().enumerate() {
            match *step {
                "plan" => id = ships.port.ok("agent-blue", &ships.plan()).await,
                "list" => drop(ships.port.ok("agent-red", &ships.listing(|_| {})).await),
                _ => ships.land().await,
            }
            if index < 2 {
                assert!(!ships.may_load().await, "{order:?} after {step}");
            }
        }
        assert_eq!(ships.status(&id).await, "released", "{order:?}: {:#?}", ships.port.state::<Transhipment>(&id).await.comparison);
        assert!(ships.may_load().await);
        let mine = ListQuery { mine: true, actions: vec!["load-onward".into()], ..ListQuery::default() };
        let rows = ships.port.app.worklist(&ships.port.ctx("terminal-east"), &mine).await.expect("list").items;
        assert_eq!(rows.iter().map(|item| item.object.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        let load = LoadTranshipment { id: id.clone(), at: ships.port.now() };
        assert_eq!(ships.port.no("terminal-west", &load).await, "not-found");
        assert_eq!(ships.port.no("agent-blue", &load).await, "forbidden");
        ships.port.ok("terminal-east", &load).await;
        assert_eq!(ships.status(&id).await, "loaded");
        assert!(matches!(ships.port.place(&ships.container).await, Place::Shipped { call, .. } if call == ships.outbound));
        assert_eq!(ships.port.no("terminal-east", &load).await, "transhipment-closed");
        let story = ships.port.events::<Transhipment>(&id).await;
        assert_eq!(
            (story.first().map(String::as_str), story.last().map(String::as_str)),
            (Some("transhipment.planned"), Some("transhipment.loaded"))
        );
        assert!(story.contains(&"transhipment.released".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_is_asked_of_who_must_act_and_a_correction_releases() {
    let ships = Ships::meet().await;
    ships.land().await;
    let id = ships.port.ok("agent-blue", &ships.plan()).await;
    assert_eq!(ships.status(&id).await, "waiting");
    let asked = |who: &'static str, action: &'static str| {
        let (port, id) = (&ships.port, id.clone());
        async move {
            let mine = ListQuery { mine: true, actions: vec![action.into()], ..ListQuery::default() };
            let rows = port.app.worklist(&port.ctx(who), &mine).await.expect("list").items;
            rows.iter().any(|item| item.object.id == id)
        }
    };
    assert!(asked("agent-red", "send-pre-manifest").await);
    let wrong = |form: &mut BillForm| {
        form.content.containers[0].seals = vec!["OTHER".into()];
        form.content.containers[0].gross_kg = Mass::from_kg(10_400).expect("mass");
        form.content.goods[0].gross_kg = Mass::from_kg(10_400).expect("mass");
    };
    ships.port.ok("agent-red", &ships.listing(wrong)).await;
    assert_eq!((ships.status(&id).await, ships.fields(&id).await), ("mismatched".into(), vec![MatchField::Seal, MatchField::GrossMass]));
    assert!(asked("agent-red", "correct-transhipment").await && !asked("agent-blue", "correct-transhipment").await);
    assert_eq!(
        ships.port.no("terminal-east", &LoadTranshipment { id: id.clone(), at: ships.port.now() }).await,
        "transhipment-not-released"
    );
    // The same transmission again says so; a corrected one releases.
    assert_eq!(ships.port.no("agent-red", &ships.listing(wrong)).await, "outbound-unchanged");
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    assert_eq!(ships.status(&id).await, "released");
    // A paper that changes after the release takes it back, also when it goes altogether.
    ships.port.ok("agent-red", &ships.listing(|form| form.content.discharge = "JPYOK".into())).await;
    assert_eq!((ships.fields(&id).await, ships.may_load().await), (vec![MatchField::NextPort], false));
    let bill = manifest::outbound_bill_id("B-OUT", &ships.outbound);
    let cancel = CancelOutbound { id: bill.clone(), reason: "not booked".into() };
    assert_eq!(ships.port.no("agent-blue", &cancel).await, "not-found");
    ships.port.ok("agent-red", &cancel).await;
    assert_eq!((ships.port.status::<OutboundBill>(&bill).await, ships.status(&id).await), ("cancelled".into(), "waiting".into()));
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("released".into(), true));
    // A ship that has left takes nothing on that was not released before.
    ships.port.ok("agent-red", &ships.listing(|form| form.content.discharge = "JPYOK".into())).await;
    ships.leave().await;
    assert!(ships.fields(&id).await.contains(&MatchField::OutboundCall) && !ships.may_load().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_loaded_in_time_is_recorded_after_the_departure_and_told_with_the_ship_it_left_by() {
    let ships = Ships::meet().await;
    let (expected_version, mut profile) = ships.port.app.partner("agent-blue").await.expect("store").expect("known");
    profile.wants = [Document::Status].into();
    ships.port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
    ships.land().await;
    let id = ships.port.ok("agent-blue", &ships.plan()).await;
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    ships.port.ok("agent-red", &app::calls::ArriveCall { id: ships.outbound.clone(), at: ships.port.now() }).await;
    ships.port.pass_minutes(5);
    let loaded_at = ships.port.now();
    ships.port.pass_minutes(5);
    ships.port.ok("agent-red", &DepartCall { id: ships.outbound.clone(), at: ships.port.now() }).await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("left-behind".into(), false), "nobody reported it loaded yet");
    ships.port.pass_minutes(5);
    let load = |at| LoadTranshipment { id: id.clone(), at };
    assert_eq!(ships.port.no("terminal-east", &load(ships.port.now())).await, "transhipment-ship-left");
    ships.port.ok("terminal-east", &load(loaded_at)).await;
    assert_eq!(ships.status(&id).await, "loaded");
    assert_eq!(ships.port.state::<Container>(&ships.container).await.reports.alarms, []);
    let query = OutboxQuery { receiver: Some("agent-blue".into()), limit: 200, ..OutboxQuery::default() };
    let rows = ships.port.store.outbox(PORT, &query).await.expect("outbox").items;
    let told = rows.into_iter().rfind(|row| row.row.kind == "IFTSTA").expect("told");
    let text = String::from_utf8(told.row.body).expect("text");
    assert!(text.contains("EXAMPLE MOON") && text.contains("9321483"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_decides_a_seal_that_differs_by_hand_with_a_reason() {
    let ships = Ships::meet().await;
    ships.port.arrive(&ships.inbound).await;
    ships.port.pass_minutes(20);
    let mut landed = ships.port.discharge_of(std::slice::from_ref(&ships.container));
    landed.reports[0] = DischargeReport { seal: Some("BROKEN9".into()), ..landed.reports[0].clone() };
    ships.port.ok("terminal-east", &landed).await;
    let id = ships.port.ok("agent-blue", &ships.plan()).await;
    let first = ships.version(&id).await;
    let of = |expected_version: u64, reason: &str| ReleaseTranshipment { id: id.clone(), reason: reason.into(), expected_version };
    assert_eq!(ships.port.no("customs-port", &of(first, "seal checked")).await, "transhipment-incomplete");
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    assert_eq!(ships.fields(&id).await, [MatchField::Seal]);
    assert_eq!(ships.port.no("customs-port", &of(first, "seal checked")).await, "stale", "he saw no outbound bill");
    let now = ships.version(&id).await;
    let release = |reason: &str| of(now, reason);
    let mine = ListQuery { mine: true, actions: vec!["decide-transhipment".into()], ..ListQuery::default() };
    let rows = ships.port.app.worklist(&ships.port.ctx("customs-port"), &mine).await.expect("list").items;
    assert_eq!(rows.len(), 1, "it waits in the authority's own list");
    assert_eq!(ships.port.no("agent-blue", &release("let it go")).await, "forbidden");
    assert_eq!(ships.port.no("customs-far", &release("not mine")).await, "not-found");
    assert_eq!(ships.port.no("customs-port", &release("x")).await, "reason");
    // What differs since without any paper having changed is shown to him before he releases it.
    let moved = |terminal: &str| ChangeCall {
        id: ships.outbound.clone(),
        change: Change { terminal: Some(terminal.into()), ..Change::default() },
        expected_version: None,
    };
    ships.port.ok("agent-red", &moved("terminal-west")).await;
    assert_eq!(ships.port.no("customs-port", &release("seal checked")).await, "stale", "another terminal is compared at once");
    assert!(ships.fields(&id).await.contains(&MatchField::Terminal) && !ships.may_load().await);
    ships.port.ok("agent-red", &moved("terminal-east")).await;
    let seen = ships.version(&id).await;
    assert!(ships.port.ok("customs-port", &of(seen, "封志已查验重施 seal replaced after a check")).await.released);
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("released".into(), true));
    ships.port.ok("customs-port", &RefuseTranshipment { id: id.clone(), reason: "new information".into() }).await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("refused".into(), false));
    // The box is free: another plan may be made, and taken back by who made it.
    let second = ships.port.ok("terminal-east", &ships.plan()).await;
    let back = |id: &str| WithdrawTranshipment { id: id.into(), reason: "another ship".into() };
    assert_eq!(ships.port.no("agent-blue", &back(&second)).await, "transhipment-not-planner");
    ships.port.ok("terminal-east", &back(&second)).await;
    assert_eq!(ships.status(&second).await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_in_transhipment_are_neither_declared_nor_ordered_and_do_not_leave_by_the_gate() {
    let ships = Ships::meet().await;
    ships.land().await;
    assert_eq!(ships.port.no("trader-gold", &RequestOrder { bill: "B-IN".into() }).await, "bill-transhipment");
    let draft = ships.port.drafted("B-IN").await;
    let submit = app::declarations::SubmitDeclaration { id: draft };
    assert_eq!(ships.port.no("broker-green", &submit).await, "bill-transhipment");
    let bill = ships.port.state::<Bill>("B-IN").await;
    let row = ledger::Aggregate::work_row(&bill, "B-IN");
    assert_eq!((row.action, row.closed_at.is_some()), (None, true), "nobody is asked to declare it");
    ships.port.ok("agent-blue", &ships.plan()).await;
    assert_eq!(ships.port.no("agent-blue", &ships.plan()).await, "container-onward-planned");
    let gate = DecideGate { ..ships.port.gate_of(Direction::In, &ships.container) };
    assert!(ships.port.gate_reasons(&gate).await.contains(&"gate-onward"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_that_is_not_marked_is_changed_by_its_agent_and_an_officer() {
    let port = Port::open().await;
    let (call, ids) = port.landed("B-PLAIN", 1).await;
    let outbound = port.ok("agent-blue", &AnnounceCall { call: port.call_of("EXAMPLE MOON", "9321483", "101W") }).await;
    let plan = TransferPlan { next_port: "KRPUS".into(), size_type: None, seal: None, gross_kg: None };
    let command = PlanTranshipment { container: ids[0].clone(), onward_call: outbound.clone(), plan, note: None };
    let same = PlanTranshipment { onward_call: call, ..command.clone() };
    assert_eq!(port.no("agent-blue", &same).await, "transhipment-same-call");
    assert_eq!(port.no("agent-red", &command).await, "not-found");
    assert_eq!(port.no("trader-gold", &command).await, "forbidden");
    let id = port.ok("agent-blue", &command).await;
    let listing = SubmitOutbound { call: outbound, bills: vec![out("B-OUT", container_number(&ids[0]))] };
    assert_eq!(port.no("agent-red", &listing).await, "call-not-own");
    port.ok("agent-blue", &listing).await;
    let fields: Vec<MatchField> = port.state::<Transhipment>(&id).await.comparison.mismatches.into_iter().map(|m| m.field).collect();
    assert_eq!(fields, [MatchField::Marking]);
    // After the arrival, customs relied on the manifest: an officer approves the mark, and the box is released by itself.
    let content = marked("B-PLAIN", container_number(&ids[0])).content;
    let change = ApplyChange { bill: "B-PLAIN".into(), content: Some(content), reason: "001".into(), note: None, evidence: Vec::new() };
    let asked = port.ok("agent-blue", &change).await;
    assert!(!asked.carried_out);
    port.ok("customs-port", &ApproveChange { id: asked.id }).await;
    assert_eq!(port.status::<Transhipment>(&id).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_and_a_listing_at_the_same_time_find_each_other() {
    let ships = Ships::meet().await;
    ships.land().await;
    let (plan, listing) = (ships.plan(), ships.listing(|_| {}));
    let (id, listed) = tokio::join!(ships.port.run("agent-blue", &plan), ships.port.run("agent-red", &listing));
    listed.expect("listed");
    assert_eq!(ships.status(&id.expect("planned")).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_pre_loading_manifest_is_refused_with_every_fault_at_its_field() {
    let ships = Ships::meet().await;
    let number = container_number(&ships.container).to_owned();
    let mut second = out("B-OUT", &number);
    second.content.discharge = "??".into();
    let command = SubmitOutbound { call: ships.outbound.clone(), bills: vec![out("B-OUT", &number), second] };
    let Err(app::AppError::Findings(found)) = ships.port.run("agent-red", &command).await else { panic!("it has faults") };
    let told: Vec<_> = found.iter().filter(|f| f.is_error()).map(|f| (f.code.as_ref(), f.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            ("manifest-bill-twice", "/bills/1/number"),
            ("outbound-container-twice", "/bills/1/containers/0/number"),
            ("bill-port-malformed", "/bills/1/discharge")
        ]
    );
    let none = SubmitOutbound { call: ships.outbound.clone(), bills: Vec::new() };
    assert_eq!(ships.port.no("agent-red", &none).await, "outbound-size");
    let unknown = SubmitOutbound { call: "C0000-0000".into(), ..ships.listing(|_| {}) };
    assert_eq!(ships.port.no("agent-red", &unknown).await, "call-unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_terminal_of_the_outbound_call_takes_the_release_back_and_the_first_one_gives_it_again() {
    let ships = Ships::meet().await;
    ships.land().await;
    let id = ships.port.ok("agent-blue", &ships.plan()).await;
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("released".into(), true));
    let moved = |terminal: &str| ChangeCall {
        id: ships.outbound.clone(),
        change: Change { terminal: Some(terminal.into()), ..Change::default() },
        expected_version: None,
    };
    ships.port.ok("agent-red", &moved("terminal-west")).await;
    assert_eq!((ships.fields(&id).await, ships.may_load().await), (vec![MatchField::Terminal], false));
    ships.port.ok("agent-red", &moved("terminal-east")).await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("released".into(), true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_ship_left_behind_leaves_the_terminals_list_and_is_its_planners_to_settle() {
    let ships = Ships::meet().await;
    ships.land().await;
    let id = ships.port.ok("agent-blue", &ships.plan()).await;
    ships.port.ok("agent-red", &ships.listing(|_| {})).await;
    let asked = |who: &'static str, action: &'static str| {
        let (port, id) = (&ships.port, id.clone());
        async move {
            let mine = ListQuery { mine: true, actions: vec![action.into()], ..ListQuery::default() };
            let rows = port.app.worklist(&port.ctx(who), &mine).await.expect("list").items;
            rows.iter().any(|item| item.object.id == id)
        }
    };
    assert!(asked("terminal-east", "load-onward").await);
    ships.leave().await;
    assert_eq!((ships.status(&id).await, ships.may_load().await), ("left-behind".into(), false));
    assert!(!asked("terminal-east", "load-onward").await, "there is no ship to load it onto");
    assert!(asked("agent-blue", "settle-left-behind").await);
    // Every party of it finds it so.
    for who in ["agent-blue", "agent-red", "terminal-east"] {
        let seen = ships.port.app.view::<Transhipment>(&ships.port.ctx(who), "transhipment.read", &id).await.expect("its party");
        assert!(seen.state.is_left_behind(), "{who}");
    }
    // It is planned anew by another ship: the old plan ends, and the box has the new one.
    let mut call = ships.port.call_of("EXAMPLE SUN", "9434761", "201W");
    call.agent = "agent-red".into();
    let next = ships.port.ok("agent-red", &AnnounceCall { call }).await;
    let again = ships.port.ok("agent-blue", &PlanTranshipment { onward_call: next.clone(), ..ships.plan() }).await;
    assert_eq!((ships.status(&id).await, ships.status(&again).await), ("withdrawn".into(), "waiting".into()));
    ships.port.ok("agent-red", &SubmitOutbound { call: next.clone(), ..ships.listing(|_| {}) }).await;
    assert_eq!(ships.status(&again).await, "released");
    let onward = ships.port.state::<Container>(&ships.container).await.onward.expect("planned");
    assert_eq!((onward.transhipment.as_str(), onward.call.as_str()), (again.as_str(), next.as_str()));
    assert!(!asked("agent-blue", "settle-left-behind").await);
    assert_eq!(
        ships.port.events::<Transhipment>(&id).await[2..],
        ["transhipment.released", "transhipment.left-behind", "transhipment.withdrawn"]
    );
}
