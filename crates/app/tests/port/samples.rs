//! Samples: taken under seal, tested blind, reported by one and released by another; what passes goes on by itself, what fails is held; and
//! reports of accepted bodies in place of a sample (CLR-14, CLR-15).

use std::sync::Arc;

use app::declarations::KeepAttachment;
use app::directory::{Officer, Organisation, User, WriteOrganisation, WriteUser};
use app::inspections::{PresentBox, RecordResult};
use app::reading::ListQuery;
use app::samples::{
    AcceptReport, AuditReport, BeginTest, DecideBody, DecideChain, Eyes, HandOverSample, OrderSampling, ProposeBody, RefuseReport,
    ReleaseReport, ReportTest, RequestRetest, ReturnReport, SampleQuery, SubmitReport, TakeSample, WaiveSampling,
};
use app::settings::PortSettings;
use app::{Context, Principal, Role, UseCase};
use clearance::Declaration;
use credit::Grade;
use inspection::{
    BodyStep, Conclusion, CustodyAct, Holder, HolderKind, Inspection, KeeperPart, Laboratory, Method, Outcome, Resulted, Sample,
    SamplePart, SamplingRules, SamplingStanding, TestResult, TestingBody, ThirdPartyReport,
};
use ledger::Bilingual;

use crate::support::{OFFICERS, PORT, Port, code_of};

const LAB: &str = "LAB-1";

fn settings(audit_bp: u32) -> PortSettings {
    let laboratory = Laboratory {
        id: LAB.into(),
        name: Bilingual::new("一号实验室", "Laboratory One"),
        organisation: "lab-one".into(),
        items: vec!["pesticide".into(), "microbe".into()],
    };
    let sampling = SamplingRules { laboratories: vec![laboratory], audit_bp, ..SamplingRules::default() };
    PortSettings { code: PORT.into(), sampling, ..PortSettings::default() }
}

/// A port with a laboratory of two people, an organisation of its own without a district.
async fn port_with(audit_bp: u32) -> Port {
    let port = Port::open_with(settings(audit_bp)).await;
    let organisation = Organisation {
        id: "lab-one".into(),
        name: Bilingual::new("一号实验室", "Laboratory One"),
        role: Role::Customs,
        uscc: None,
        district: None,
        edi_id: None,
    };
    port.ok("admin-desk", &WriteOrganisation { organisation, expected_version: 0 }).await;
    for name in ["li", "mo", "guest"] {
        let competences = if name == "guest" { Vec::new() } else { vec!["laboratory".to_owned()] };
        let user = User {
            id: format!("lab-one.{name}"),
            name: Bilingual::new("检验员", name),
            organisation: "lab-one".into(),
            password: None,
            disabled: false,
            officer: Some(Officer { conflicts: Vec::new(), competences, on_duty: true }),
        };
        port.ok("admin-desk", &WriteUser { user, expected_version: 0 }).await;
    }
    port
}

fn lab_ctx(port: &Port, person: &str) -> Context {
    let principal =
        Principal { id: format!("lab-one.{person}"), organisation: "lab-one".into(), role: Role::Customs, district: None, system: false };
    Context { principal, ..port.ctx("customs-port") }
}

async fn lab<U: UseCase>(port: &Port, person: &str, command: &U) -> Result<U::Outcome, String> {
    let done = port.app.execute(&lab_ctx(port, person), command).await;
    done.map(|done| done.outcome).map_err(|error| code_of(&error))
}

/// A drawn inspection with its box at the site: inspection, declaration, box, the two drawn officers, an officer who was not drawn.
struct Site {
    inspection: String,
    declaration: String,
    container: String,
    drawn: Vec<String>,
    other: String,
}

async fn at_site(port: &Port, bill: &str) -> Site {
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed(bill, 1).await;
    let declaration = port.declared(bill).await;
    let inspection = port.drawn(&declaration).await;
    let container = boxes[0].clone();
    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: container.clone(), at: port.now() }).await;
    let drawn = port.state::<Inspection>(&inspection).await.draw.expect("a draw").chosen;
    let other = OFFICERS.iter().find(|one| !drawn.contains(&(**one).to_owned())).expect("somebody was not drawn");
    Site { inspection, declaration, container, drawn, other: (*other).to_owned() }
}

impl Site {
    fn order(&self, through_train: bool) -> OrderSampling {
        OrderSampling {
            id: self.inspection.clone(),
            line: 1,
            items: vec!["pesticide".into()],
            statutory: true,
            through_train,
            reason: "fresh fruit".into(),
        }
    }

    fn take(&self, port: &Port) -> TakeSample {
        TakeSample {
            inspection: self.inspection.clone(),
            line: 1,
            container: self.container.clone(),
            quantity: "1.5".into(),
            unit: "kg".into(),
            seal: "s-1".into(),
            keeper: Some(KeeperPart { quantity: "1.5".into(), seal: "S-2".into() }),
            photo: None,
            laboratory: LAB.into(),
            at: port.now(),
        }
    }

    /// Ordered and taken.
    async fn sampled(&self, port: &Port, through_train: bool) -> String {
        port.ok(&self.other, &self.order(through_train)).await;
        port.ok(&self.drawn[0], &self.take(port)).await
    }

    async fn passed(&self, port: &Port) {
        port.drawn_result(&self.inspection, Outcome::Pass, "18").await;
    }

    async fn standing(&self, port: &Port) -> SamplingStanding {
        port.state::<Inspection>(&self.inspection).await.sampling_of(1).expect("a line").standing()
    }
}

fn hand(port: &Port, id: &str, act: CustodyAct, took: Option<Holder>) -> HandOverSample {
    HandOverSample {
        id: id.into(),
        part: SamplePart::Test,
        act,
        gave: None,
        took,
        seal: "S-1".into(),
        seal_whole: true,
        note: String::new(),
        at: port.now(),
    }
}

fn courier() -> Option<Holder> {
    Some(Holder::new(HolderKind::Carrier, "Courier 7"))
}

fn report(id: &str, meets: bool) -> ReportTest {
    let result = TestResult {
        item: "pesticide".into(),
        method: "GB 23200.121".into(),
        limit: "0.05 mg/kg".into(),
        result: if meets { "< 0.01 mg/kg".into() } else { "0.20 mg/kg".into() },
        meets,
    };
    let conclusion = if meets { Conclusion::Pass } else { Conclusion::Fail };
    ReportTest { id: id.into(), results: vec![result], conclusion, note: String::new() }
}

/// Sent, received, begun.
async fn in_test(port: &Port, site: &Site, id: &str) {
    port.ok(&site.drawn[0], &hand(port, id, CustodyAct::Send, courier())).await;
    port.pass_minutes(60);
    lab(port, "li", &hand(port, id, CustodyAct::Receive, None)).await.expect("received");
    lab(port, "li", &BeginTest { id: id.into() }).await.expect("begun");
}

async fn tested(port: &Port, id: &str, meets: bool, by: (&str, &str)) {
    port.pass_minutes(120);
    lab(port, by.0, &report(id, meets)).await.expect("reported");
    lab(port, by.1, &ReleaseReport { id: id.into(), disposition: None }).await.expect("released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sample_that_passes_releases_its_goods_without_a_further_act() {
    let port = port_with(0).await;
    let site = at_site(&port, "B-PASS").await;
    port.ok(&site.other, &site.order(true)).await;
    assert_eq!(port.no(&site.other, &site.order(true)).await, "inspection-sampling-ordered");
    let officers = site.drawn.clone();
    let pass = Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: String::new(),
        method: Method::Open,
        seal_new: Some("N1".into()),
        officers,
    };
    let early = RecordResult { id: site.inspection.clone(), result: pass };
    assert_eq!(port.no(&site.drawn[0], &early).await, "inspection-sampling-open", "what is wanted is taken first");
    let id = port.ok(&site.drawn[0], &site.take(&port)).await;
    assert_eq!(port.no(&site.drawn[0], &site.take(&port)).await, "sampling-sample-taken");
    site.passed(&port).await;
    port.pay_duty(&site.declaration).await;
    assert_eq!(port.status::<Declaration>(&site.declaration).await, "awaiting-inspection", "the sample's report is awaited");

    in_test(&port, &site, &id).await;
    port.pass_minutes(120);
    lab(&port, "li", &report(&id, true)).await.expect("reported");
    assert_eq!(lab(&port, "mo", &report(&id, true)).await, Err("sample-not-testing".into()), "one report at a time");
    let release = ReleaseReport { id: id.clone(), disposition: None };
    assert_eq!(lab(&port, "li", &release).await, Err("sample-same-person".into()));
    lab(&port, "mo", &ReturnReport { id: id.clone(), reason: "unit is missing".into() }).await.expect("returned");
    lab(&port, "li", &report(&id, true)).await.expect("written anew");
    lab(&port, "mo", &release).await.expect("released");
    assert_eq!(site.standing(&port).await, SamplingStanding::Met);
    assert_eq!(port.status::<Declaration>(&site.declaration).await, "released", "nobody acted again");

    let retest = RequestRetest { id: id.clone(), reason: "for luck".into() };
    assert_eq!(port.no("trader-gold", &retest).await, "sample-no-retest");
    // What is left is given back, in order.
    let back = HandOverSample { seal: "X".into(), ..hand(&port, &id, CustodyAct::Return, Some(Holder::new(HolderKind::Owner, "owner"))) };
    lab(&port, "li", &back).await.expect("given back");
    assert!(port.state::<Sample>(&id).await.chain.iter().all(|one| one.hand_over.faults.is_empty()), "an opened seal is no fault");
    assert_eq!(lab(&port, "li", &back).await, Err("sample-no-part".into()));

    let (from, to) = (port.now().plus_days(-3), port.now());
    let figures = port.app.sample_times(&port.ctx("customs-port"), from, to).await.expect("figures");
    let month = figures.get(&("2026-11".to_owned(), LAB.to_owned())).expect("this month");
    assert_eq!((month.reports, month.pass, month.late, month.through_train), (1, 1, 0, 1));
    assert_eq!((month.once_per_mille(), month.turn_around.count), (Some(1_000), 1));
    let hours = month.turn_around.median_ms as f64 / 3_600_000.0;
    assert!((2.0..=2.25).contains(&hours), "{hours}: two hours from receipt, at most an eighth too long");
    let behind = SampleQuery { laboratory: Some(LAB.into()), month: Some("2026-11".into()), ..SampleQuery::default() };
    let (_, page) = port.app.samples(&port.ctx(&site.other), behind).await.expect("a list");
    assert_eq!(page.items.iter().map(|(seen, _)| seen.id.as_str()).collect::<Vec<_>>(), [id.as_str()], "figures lead to their samples");
    assert_eq!(port.app.mend_statistics().await.expect("store"), 0, "what is counted is what the ledger says");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_the_chain_keeps_a_sample_from_the_test_until_somebody_else_decides() {
    let port = port_with(0).await;
    let site = at_site(&port, "B-CHAIN").await;
    let id = site.sampled(&port, false).await;
    port.ok(&site.drawn[0], &hand(&port, &id, CustodyAct::Send, courier())).await;
    // Another gives it than took it, under another seal that is broken: everything is found, nothing is lost.
    let odd = HandOverSample {
        gave: Some(Holder::new(HolderKind::Carrier, "Courier 8")),
        seal: "S-9".into(),
        seal_whole: false,
        ..hand(&port, &id, CustodyAct::Receive, None)
    };
    lab(&port, "li", &odd).await.expect("received all the same");
    let faults: Vec<&str> = port.state::<Sample>(&id).await.chain[1].hand_over.faults.iter().map(|fault| fault.code()).collect();
    assert_eq!(faults, ["sample-chain-gap", "sample-seal-differs", "sample-seal-broken"]);
    assert_eq!(lab(&port, "li", &BeginTest { id: id.clone() }).await, Err("sample-chain-undecided".into()));
    let decide = |usable| DecideChain { id: id.clone(), usable, reason: "photos compared".into() };
    assert_eq!(port.no(&site.drawn[0], &decide(true)).await, "sample-same-person");
    assert_eq!(lab(&port, "mo", &decide(true)).await, Err("forbidden".into()), "it is customs that decides");
    port.ok(&site.other, &decide(true)).await;
    assert_eq!(port.no(&site.other, &decide(false)).await, "sample-chain-sound");
    lab(&port, "li", &BeginTest { id: id.clone() }).await.expect("begun");

    // Not usable: another sample is taken of the line.
    let site = at_site(&port, "B-LOST").await;
    let lost = site.sampled(&port, false).await;
    let broken = HandOverSample { seal_whole: false, ..hand(&port, &lost, CustodyAct::Send, courier()) };
    port.ok(&site.drawn[0], &broken).await;
    port.ok(&site.other, &DecideChain { id: lost.clone(), usable: false, reason: "it had been opened".into() }).await;
    assert_eq!((port.status::<Sample>(&lost).await.as_str(), site.standing(&port).await), ("unusable", SamplingStanding::Wanted));
    let second = port.ok(&site.drawn[1], &TakeSample { seal: "S-5".into(), ..site.take(&port) }).await;
    assert_ne!(second, lost);
    assert_eq!(site.standing(&port).await, SamplingStanding::Awaiting);
    // Whoever ordered it does not waive it; the report that comes later changes nothing any more.
    let waive = WaiveSampling { id: site.inspection.clone(), line: 1, reason: "the lot is known".into() };
    assert_eq!(port.no(&site.other, &waive).await, "inspection-same-officer");
    port.ok(&site.drawn[0], &waive).await;
    assert_eq!(site.standing(&port).await, SamplingStanding::Met);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sample_that_fails_holds_its_goods_and_is_tested_again_once() {
    let port = port_with(0).await;
    let site = at_site(&port, "B-FAIL").await;
    let id = site.sampled(&port, false).await;
    site.passed(&port).await;
    port.pay_duty(&site.declaration).await;
    in_test(&port, &site, &id).await;
    port.pass_minutes(80 * 60);
    lab(&port, "li", &report(&id, false)).await.expect("reported");
    let lenient = ReleaseReport { id: id.clone(), disposition: Some("18".into()) };
    assert_eq!(lab(&port, "mo", &lenient).await, Err("inspection-disposition".into()), "what fails is not passed by its code");
    lab(&port, "mo", &ReleaseReport { id: id.clone(), disposition: Some("32".into()) }).await.expect("released");
    let line = port.state::<Inspection>(&site.inspection).await.sampling_of(1).expect("a line").clone();
    assert_eq!(line.settled.expect("settled").disposition.as_deref(), Some("32"));
    let held = port.state::<Declaration>(&site.declaration).await.case().expect("a case").hold.clone();
    assert!(held.expect("held").reason.contains("32"));
    let figures = port.app.sample_times(&port.ctx("customs-port"), port.now().plus_days(-9), port.now()).await.expect("figures");
    let month = figures.values().next().expect("a month");
    assert_eq!((month.fail, month.late, month.once_per_mille()), (1, 1, Some(0)), "80 hours are more than the 72 promised");

    // The trader sees that it failed, and asks for a retest: of the part that was kept, by somebody else.
    let retest = RequestRetest { id: id.clone(), reason: "we do not agree".into() };
    assert_eq!(port.no("trader-grey", &retest).await, "not-found");
    port.ok("trader-gold", &retest).await;
    assert_eq!(port.no("trader-gold", &retest).await, "sample-retested");
    let keeper = |act, took| HandOverSample { part: SamplePart::Keeper, seal: "S-2".into(), ..hand(&port, &id, act, took) };
    let destroy = keeper(CustodyAct::Destroy, None);
    assert_eq!(port.no(&site.drawn[0], &destroy).await, "sample-in-use");
    lab(&port, "li", &keeper(CustodyAct::Receive, None)).await.expect("the kept part is received");
    lab(&port, "mo", &BeginTest { id: id.clone() }).await.expect("begun");
    assert_eq!(lab(&port, "li", &report(&id, true)).await, Err("sample-same-person".into()));
    tested(&port, &id, true, ("mo", "li")).await;
    assert_eq!(site.standing(&port).await, SamplingStanding::Met);
    assert_eq!(port.status::<Declaration>(&site.declaration).await, "held", "what was held an officer lets go");
    port.ok(&site.other, &app::declarations::LiftHold { id: site.declaration.clone(), note: "retest passed".into() }).await;
    assert_eq!(port.status::<Declaration>(&site.declaration).await, "released");
    assert_eq!(port.app.mend_statistics().await.expect("store"), 0);

    // A test that fails before there is a result keeps the result from being a pass.
    let site = at_site(&port, "B-FAIL2").await;
    let id = site.sampled(&port, false).await;
    in_test(&port, &site, &id).await;
    tested(&port, &id, false, ("li", "mo")).await;
    assert_eq!(site.standing(&port).await, SamplingStanding::Failed);
    let officers = site.drawn.clone();
    let pass = Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: String::new(),
        method: Method::Open,
        seal_new: Some("N1".into()),
        officers,
    };
    let record = RecordResult { id: site.inspection.clone(), result: pass };
    assert_eq!(port.no(&site.drawn[0], &record).await, "inspection-sample-failed");
    port.drawn_result(&site.inspection, Outcome::Fail, "40").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_refused_and_nobody_sees_more_than_theirs() {
    let port = port_with(0).await;
    let site = at_site(&port, "B-BAD").await;
    port.ok(&site.other, &site.order(false)).await;
    assert_eq!(port.no(&site.other, &OrderSampling { line: 9, ..site.order(false) }).await, "sample-line");
    assert_eq!(port.no(&site.other, &OrderSampling { items: vec!["magic".into()], line: 1, ..site.order(false) }).await, "sample-item");
    let take = || site.take(&port);
    assert_eq!(port.no(&site.other, &take()).await, "inspection-officer-not-drawn");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { line: 2, ..take() }).await, "inspection-sampling-none");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { at: port.now().plus_hours(2), ..take() }).await, "time-in-future");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { container: "ZZZU9999999".into(), ..take() }).await, "sample-container");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { laboratory: "LAB-9".into(), ..take() }).await, "sample-laboratory");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { quantity: "0".into(), ..take() }).await, "sample-quantity");
    let same_seal = TakeSample { keeper: Some(KeeperPart { quantity: "1".into(), seal: "s-1".into() }), ..take() };
    assert_eq!(port.no(&site.drawn[0], &same_seal).await, "sample-seal");
    assert_eq!(port.no(&site.drawn[0], &TakeSample { photo: Some("00".repeat(32)), ..take() }).await, "sample-photo");
    for (who, code) in
        [("customs-far", "not-found"), ("terminal-east", "forbidden"), ("trader-gold", "forbidden"), ("maritime", "not-found")]
    {
        assert_eq!(port.no(who, &take()).await, code, "{who}");
    }
    let id = port.ok(&site.drawn[0], &take()).await;
    let early = HandOverSample { at: port.now().plus_minutes(-30), ..hand(&port, &id, CustodyAct::Send, courier()) };
    assert_eq!(port.no(&site.drawn[0], &early).await, "sample-time-order");
    assert_eq!(port.no(&site.drawn[0], &hand(&port, &id, CustodyAct::Send, None)).await, "sample-hand-over", "somebody takes it");
    assert_eq!(port.no(&site.drawn[0], &hand(&port, &id, CustodyAct::Receive, None)).await, "forbidden", "its own people receive it");
    port.ok(&site.drawn[0], &hand(&port, &id, CustodyAct::Send, courier())).await;
    assert_eq!(lab(&port, "guest", &hand(&port, &id, CustodyAct::Receive, None)).await, Err("forbidden".into()));
    lab(&port, "li", &hand(&port, &id, CustodyAct::Receive, None)).await.expect("received");
    lab(&port, "li", &BeginTest { id: id.clone() }).await.expect("begun");
    let claims = ReportTest { conclusion: Conclusion::Pass, ..report(&id, false) };
    assert_eq!(lab(&port, "li", &claims).await, Err("sample-report".into()), "the conclusion agrees with the results");
    assert_eq!(lab(&port, "li", &ReportTest { results: Vec::new(), ..report(&id, true) }).await, Err("sample-report".into()));

    // Two report at once: one of them is second.
    let port = Arc::new(port);
    let both = ["li", "mo"].map(|person| {
        let (port, command) = (Arc::clone(&port), report(&id, true));
        tokio::spawn(async move { lab(&port, person, &command).await })
    });
    let mut outcomes = Vec::new();
    for one in both {
        outcomes.push(one.await.expect("task"));
    }
    outcomes.sort();
    assert_eq!(outcomes, [Ok(id.clone()), Err("sample-not-testing".into())]);

    // Who sees it, and how.
    for (who, eyes) in [(site.other.as_str(), Eyes::Officer), ("trader-gold", Eyes::Trader), ("broker-green", Eyes::Trader)] {
        let (with, seen) = port.app.sample(&port.ctx(who), &id).await.expect("seen");
        assert_eq!((with, seen.id.as_str()), (eyes, id.as_str()), "{who}");
    }
    assert_eq!(port.app.sample(&lab_ctx(&port, "li"), &id).await.expect("seen").0, Eyes::Laboratory);
    for stranger in ["trader-grey", "terminal-east", "customs-far", "maritime", "border", "port-office", "admin-desk", "public"] {
        assert!(port.app.sample(&port.ctx(stranger), &id).await.is_err(), "{stranger}");
        let rows = port.app.samples(&port.ctx(stranger), SampleQuery::default()).await.map(|(_, page)| page.items.len());
        assert!(matches!(rows, Err(_) | Ok(0)), "{stranger}: {rows:?}");
    }
    // The laboratory sees nothing but its samples.
    let blind = lab_ctx(&port, "li");
    assert!(port.app.view::<Inspection>(&blind, "inspection.read", &site.inspection).await.is_err());
    assert!(port.app.view::<Declaration>(&blind, "declaration.read", &site.declaration).await.is_err());
    assert!(port.app.view::<Sample>(&blind, "sample.read", &id).await.is_err(), "nor the events behind its own");
    assert!(port.app.sample_times(&blind, port.now().plus_days(-1), port.now()).await.is_err());
    // Cancelled with its order.
    let site = at_site(&port, "B-GONE").await;
    let gone = site.sampled(&port, false).await;
    let withdraw = app::declarations::RejectDeclaration { id: site.declaration.clone(), reason: "wrong goods".into() };
    port.ok(&site.other, &withdraw).await;
    assert_eq!(port.status::<Sample>(&gone).await, "cancelled");
    assert_eq!(port.no(&site.drawn[0], &site.take(&port)).await, "inspection-closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_has_the_through_train_first_and_goes_on_where_it_stopped() {
    let port = port_with(0).await;
    let mut wanted = Vec::new();
    for (bill, through_train) in [("B-Q1", false), ("B-Q2", true), ("B-Q3", false), ("B-Q4", true)] {
        let site = at_site(&port, bill).await;
        let id = site.sampled(&port, through_train).await;
        port.ok(&site.drawn[0], &hand(&port, &id, CustodyAct::Send, courier())).await;
        port.pass_minutes(10);
        lab(&port, "li", &hand(&port, &id, CustodyAct::Receive, None)).await.expect("received");
        wanted.push((!through_train, id));
    }
    wanted.sort();
    let wanted: Vec<String> = wanted.into_iter().map(|(_, id)| id).collect();
    for limit in [1, 2, 3, 50] {
        let (mut found, mut cursor) = (Vec::new(), None);
        for _ in 0..8 {
            let ctx = lab_ctx(&port, "mo");
            let (eyes, page) = port.app.laboratory_queue(&ctx, Some(LAB), cursor.as_deref(), limit).await.expect("a page");
            assert_eq!(eyes, Eyes::Laboratory);
            found.extend(page.items.into_iter().map(|(seen, _)| seen.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted, "pages of {limit}");
    }
    assert!(port.app.laboratory_queue(&lab_ctx(&port, "mo"), None, Some("nonsense"), 1).await.is_err());
    assert!(port.app.laboratory_queue(&port.ctx("trader-gold"), None, None, 1).await.is_err());
}

async fn body(port: &Port, officers: (&str, &str)) -> String {
    let propose = ProposeBody {
        name: Bilingual::new("示例检测", "Sample Testing"),
        number: "CNAS L0001".into(),
        hs_prefixes: vec!["08".into()],
        items: vec!["pesticide".into()],
        valid_from: "2026-01-01".into(),
        valid_to: "2026-12-31".into(),
        source: "示范公告 1 号".into(),
    };
    let id = port.ok(officers.0, &propose).await;
    let confirm = DecideBody { id: id.clone(), step: BodyStep::Confirm, reason: String::new() };
    assert_eq!(port.no(officers.0, &confirm).await, "testing-body-same-officer");
    port.ok(officers.1, &confirm).await;
    id
}

fn submit(site: &Site, body: &str, file: &str, bill: &str) -> SubmitReport {
    SubmitReport {
        inspection: site.inspection.clone(),
        line: 1,
        body: body.into(),
        number: "R-2026-1".into(),
        bill: bill.into(),
        sampled_on: "2026-11-10".into(),
        issued_on: "2026-11-15".into(),
        results: report("", true).results,
        conclusion: Conclusion::Pass,
        file: file.into(),
    }
}

async fn pdf(port: &Port, who: &str) -> String {
    let bytes = format!("%PDF-1.7 {who}").into_bytes();
    port.ok(who, &KeepAttachment { media_type: "application/pdf".into(), bytes }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_report_stands_for_a_sample_and_is_looked_at_again() {
    let port = port_with(10_000).await;
    let site = at_site(&port, "B-THIRD").await;
    port.ok(&site.other, &site.order(false)).await;
    let body = body(&port, ("officer-an", "officer-bo")).await;
    let file = pdf(&port, "broker-green").await;
    let sound = || submit(&site, &body, &file, "B-THIRD");

    // Every fault at once.
    let wrong = SubmitReport {
        body: "C0000-000000".into(),
        bill: "B-OTHER".into(),
        issued_on: "2027-01-01".into(),
        conclusion: Conclusion::Fail,
        file: "00".repeat(32),
        ..sound()
    };
    let Err(app::AppError::Findings(found)) = port.run("broker-green", &wrong).await else { panic!("found") };
    let codes: Vec<&str> = found.iter().map(|one| one.code.as_ref()).collect();
    let all = ["third-party-body-unknown", "third-party-bill-differs", "third-party-day", "third-party-results"];
    assert!(all.iter().all(|code| codes.contains(code)) && codes.contains(&"third-party-file"), "{codes:?}");
    for (change, code) in [
        (SubmitReport { issued_on: "2025-12-31".into(), sampled_on: "2025-12-30".into(), ..sound() }, "third-party-body-not-valid"),
        (SubmitReport { sampled_on: "2026-01-05".into(), ..sound() }, "third-party-too-old"),
        (SubmitReport { number: String::new(), ..sound() }, "third-party-number"),
        (SubmitReport { results: Vec::new(), ..sound() }, "third-party-item-missing"),
        (SubmitReport { line: 2, ..sound() }, "inspection-sampling-none"),
    ] {
        assert_eq!(port.no("broker-green", &change).await, code);
    }
    assert_eq!(port.no("trader-grey", &sound()).await, "not-found");
    let foreign = SubmitReport { file: pdf(&port, "trader-grey").await, ..sound() };
    assert_eq!(port.no("broker-green", &foreign).await, "third-party-file", "somebody else's file is none");

    let id = port.ok("broker-green", &sound()).await;
    assert_eq!(port.no("broker-green", &sound()).await, "third-party-waiting");
    let (media_type, bytes) = port.app.third_party_file(&port.ctx(&site.other), &id).await.expect("the file");
    assert_eq!((media_type.as_str(), bytes), ("application/pdf", b"%PDF-1.7 broker-green".to_vec()));
    port.ok(&site.other, &RefuseReport { id: id.clone(), reason: "page 2 is missing".into() }).await;
    let again = port.ok("broker-green", &sound()).await;
    assert_ne!(again, id, "of the same goods the same number may be sent in again");

    // Suspended since: accepted by nobody until another officer resumes it.
    let decide = |step| DecideBody { id: body.clone(), step, reason: "complaints".into() };
    let accept = AcceptReport { id: again.clone(), verified: "queried on the body's site".into() };
    port.ok("officer-an", &decide(BodyStep::Suspend)).await;
    assert_eq!(port.no(&site.other, &accept).await, "third-party-body-not-valid");
    assert_eq!(port.no("officer-an", &decide(BodyStep::Resume)).await, "testing-body-same-officer");
    port.ok("officer-bo", &decide(BodyStep::Resume)).await;
    assert_eq!(port.no(&site.other, &AcceptReport { verified: String::new(), ..accept.clone() }).await, "third-party-verified");
    port.ok(&site.other, &accept).await;
    assert_eq!(site.standing(&port).await, SamplingStanding::Met, "without a sample");
    site.passed(&port).await;
    port.pay_duty(&site.declaration).await;
    assert_eq!(port.status::<Declaration>(&site.declaration).await, "released");

    // Drawn, as every one is here: another officer looks at it again, and the draw can be found.
    let audit = AuditReport { id: again.clone(), confirmed: true, note: "the body confirms it".into() };
    assert_eq!(port.no(&site.other, &audit).await, "third-party-same-officer");
    let another = OFFICERS.iter().find(|one| **one != site.other).expect("another");
    port.ok(another, &audit).await;
    assert_eq!(port.no(another, &audit).await, "third-party-no-audit");
    assert!(!port.state::<ThirdPartyReport>(&again).await.audit_due());
    let draws = app::draw::draws_of(port.store.as_ref(), PORT, &port.now().day(480), None, 50).await.expect("draws");
    assert!(draws.items.iter().any(|draw| draw.subject == again && draw.selected), "{draws:?}");

    // The number is spent: other goods cannot use it.
    let other = at_site(&port, "B-THIRD2").await;
    port.ok(&other.other, &other.order(false)).await;
    assert_eq!(port.no("broker-green", &submit(&other, &body, &file, "B-THIRD2")).await, "third-party-number-used");
    port.ok("officer-an", &decide(BodyStep::Withdraw)).await;
    assert_eq!(port.no("officer-an", &decide(BodyStep::Suspend)).await, "testing-body-state");
    assert_eq!(port.status::<TestingBody>(&body).await, "withdrawn");
    let listed = port.app.testing_bodies(&port.ctx("broker-green"), ListQuery::default()).await.expect("a list").items.len();
    assert_eq!(listed, 0, "traders look up those that are accepted now");
    assert!(port.app.testing_bodies(&port.ctx("public"), ListQuery::default()).await.is_err());
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}
