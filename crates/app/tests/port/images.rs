//! Inspection by machine: ordered, scanned, reviewed by others than those who scanned; clean ends it, suspect opens it (INS-05, INS-06).

use std::collections::BTreeSet;
use std::sync::Arc;

use app::images::{
    Baseline, HintFault, ImageHint, MatchScan, OrderMachine, OrderOpening, ReceiveScan, ReviewImage, SCAN_BYTES_MAX, SetScanAside, Taken,
};
use app::inspections::RecordResult;
use app::reading::ListQuery;
use app::settings::PortSettings;
use clearance::Declaration;
use credit::Grade;
use inspection::{
    ImageTask, ImagingRules, Inspection, Mark, Method, OpeningCause, Outcome, Region, Resulted, ReviewCode, Scan, ScanPhase, Scanner, Stage,
};
use ledger::Bilingual;
use logistics::{Place, container_number};

use crate::support::{PORT, Port};

fn settings(second_review_bp: u32) -> PortSettings {
    let senders = || vec!["scanner-1".to_owned()];
    let scanner =
        |id: &str, sandbox| Scanner { id: id.into(), name: Bilingual::new(id, id), pixel_um: Some(13_850), senders: senders(), sandbox };
    let imaging =
        ImagingRules { scanners: vec![scanner("SANDBOX-1", true), scanner("S1", false)], second_review_bp, ..ImagingRules::default() };
    PortSettings { code: PORT.into(), demo: true, imaging, ..PortSettings::default() }
}

/// An inspection of some boxes that waits, with its declaration.
async fn drawn(port: &Port, bill: &str, boxes: usize) -> (String, String, Vec<String>) {
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed(bill, boxes).await;
    let declaration = port.declared(bill).await;
    (port.drawn(&declaration).await, declaration, boxes)
}

async fn by_machine(port: &Port, bill: &str, boxes: usize) -> (String, String, Vec<String>) {
    let (inspection, declaration, boxes) = drawn(port, bill, boxes).await;
    port.ok("customs-port", &OrderMachine { id: inspection.clone(), reason: "machine first".into() }).await;
    (inspection, declaration, boxes)
}

/// A picture of the sandbox scanner.
fn picture(seed: u64) -> Vec<u8> {
    imaging::scan(seed).picture.to_png().expect("a PNG")
}

fn scan_of(port: &Port, container: &str, seed: u64) -> ReceiveScan {
    ReceiveScan {
        container: container_number(container).to_owned(),
        order: None,
        equipment: "S1".into(),
        taken_at: port.now(),
        operator: Some("officer-ce".into()),
        bytes: picture(seed),
        sandbox: None,
    }
}

/// The scanner sends it, by its key.
async fn sent(port: &Port, command: &ReceiveScan) -> Result<Taken, String> {
    let mut ctx = port.ctx("customs-port");
    (ctx.principal.id, ctx.principal.system) = ("scanner-1".into(), true);
    let done = port.app.execute(&ctx, command).await;
    done.map(|done| done.outcome).map_err(|error| crate::support::code_of(&error))
}

async fn received(port: &Port, command: &ReceiveScan) -> (String, Scan) {
    let taken = sent(port, command).await.expect("taken in");
    (taken.scan.clone(), port.state::<Scan>(&taken.scan).await)
}

fn review(task: &str, stage: Stage, code: ReviewCode) -> ReviewImage {
    let note = if code.opens() { "something dark".into() } else { String::new() };
    ReviewImage { task: task.into(), expected_version: None, stage, code, note, marks: Vec::new() }
}

fn codes(scan: &Scan) -> BTreeSet<&str> {
    scan.received.findings.iter().map(|finding| finding.code.as_ref()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clean_images_of_every_box_end_the_inspection_without_opening() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, declaration, boxes) = by_machine(&port, "B-CLEAN", 2).await;
    let tasks: Vec<String> = port.state::<Inspection>(&inspection).await.machine.expect("by machine").tasks.into_values().collect();
    assert_eq!(tasks, [format!("{inspection}-1"), format!("{inspection}-2")]);
    assert_eq!(
        port.no("customs-port", &OrderMachine { id: inspection.clone(), reason: "again".into() }).await,
        "inspection-machine-ordered"
    );

    let (first, scan) = received(&port, &scan_of(&port, &boxes[0], 3)).await;
    assert_eq!((codes(&scan), scan.task()), (BTreeSet::new(), Some(tasks[0].as_str())));
    assert_eq!(scan.received.pixel_um, Some(13_850));
    let (media_type, bytes) = port.app.scan_file(&port.ctx("officer-an"), &first).await.expect("the file");
    assert_eq!((media_type.as_str(), bytes), ("image/png", picture(3)));
    port.ok("officer-an", &review(&tasks[0], Stage::First, ReviewCode::Clean)).await;
    assert_eq!(port.status::<Inspection>(&inspection).await, "ordered", "the other box has no image yet");

    received(&port, &scan_of(&port, &boxes[1], 4)).await;
    port.ok("officer-bo", &review(&tasks[1], Stage::First, ReviewCode::Clean)).await;
    let state = port.state::<Inspection>(&inspection).await;
    let result = state.result().expect("a result");
    assert_eq!(
        (result.result, result.method, &result.officers),
        (Outcome::Pass, Method::Machine, &vec!["officer-an".into(), "officer-bo".into()])
    );
    assert!(matches!(port.place(&boxes[0]).await, Place::Yard { .. }));
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);

    // The share, and the list behind it.
    let (from, to) = (port.now().plus_days(-3), port.now());
    let months = port.app.non_intrusive_share(&port.ctx("port-office"), from, to).await.expect("figures");
    let month = months.get("2026-11").expect("this month");
    assert_eq!((month.machine, month.machine_boxes, month.open, month.share_per_mille()), (1, 2, 0, Some(1_000)));
    let behind = ListQuery { keys: vec![Method::Machine.key().into()], ..ListQuery::default() };
    let behind = port.app.list::<Inspection>(&port.ctx("customs-port"), "inspection.read", behind).await.expect("a list");
    assert_eq!(behind.items.iter().map(|(seen, _)| seen.id.as_str()).collect::<Vec<_>>(), [inspection.as_str()]);
    assert_eq!(port.app.mend_statistics().await.expect("store"), 0, "what is counted is what the ledger says");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspect_image_opens_the_box_and_the_officers_go_on_as_always() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = by_machine(&port, "B-SUSPECT", 2).await;
    let (one, other) = (format!("{inspection}-1"), format!("{inspection}-2"));
    let (scan, _) = received(&port, &scan_of(&port, &boxes[0], 5)).await;
    let mark = Mark { scan: scan.clone(), region: Region { x: 480, y: 150, width: 70, height: 34 }, note: "dense".into() };
    port.ok("officer-an", &ReviewImage { marks: vec![mark.clone()], ..review(&one, Stage::First, ReviewCode::Suspect) }).await;
    assert_eq!(port.status::<ImageTask>(&one).await, "second-review");
    // What was seen is told to nobody outside customs, not even that the image is looked at once more.
    for stranger in ["terminal-east", "port-office"] {
        let case = port.app.case(&port.ctx(stranger), &boxes[0]).await.expect("a case");
        let kinds: BTreeSet<String> = case.objects.iter().chain(&case.next).map(|one| one.object.kind.to_string()).collect();
        assert!(kinds.contains("inspection") && !kinds.contains("image-task") && !kinds.contains("scan"), "{stranger}: {kinds:?}");
    }
    // Nobody confirms themselves, nobody reviews the image they took, and no key reviews at all.
    assert_eq!(port.no("officer-an", &review(&one, Stage::Second, ReviewCode::Suspect)).await, "image-same-reviewer");
    assert_eq!(port.no("officer-ce", &review(&one, Stage::Second, ReviewCode::Suspect)).await, "image-own-scan");
    let mut key = port.ctx("customs-port");
    key.principal.system = true;
    let by_key = port.app.execute(&key, &review(&one, Stage::Second, ReviewCode::Clean)).await;
    assert!(matches!(by_key, Err(app::AppError::Forbidden { .. })));
    port.ok("officer-bo", &review(&one, Stage::Second, ReviewCode::Unclear)).await;

    assert_eq!(port.status::<ImageTask>(&one).await, "suspect");
    assert_eq!(port.status::<ImageTask>(&other).await, "cancelled", "it is opened anyway");
    let state = port.state::<Inspection>(&inspection).await;
    assert_eq!(state.machine.as_ref().and_then(|machine| machine.opening), Some(OpeningCause::Image));
    assert_eq!(port.state::<ImageTask>(&one).await.reviews[0].said.marks, [mark]);
    for container in &boxes {
        let at = port.now();
        port.ok("terminal-east", &app::inspections::PresentBox { id: inspection.clone(), container: container.clone(), at }).await;
    }
    port.drawn_result(&inspection, Outcome::Fail, "32").await;
    let months = port.app.non_intrusive_share(&port.ctx("port-office"), port.now(), port.now()).await.expect("figures");
    let month = months.get("2026-11").expect("this month");
    assert_eq!((month.machine, month.open, month.scanned_first, month.share_per_mille()), (0, 1, 1, Some(0)));
    assert_eq!(port.app.mend_statistics().await.expect("store"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_differ_are_decided_between_by_a_third_and_a_second_review_is_drawn() {
    let port = Port::open_with(settings(10_000)).await;
    let (inspection, _, boxes) = by_machine(&port, "B-DIFFER", 1).await;
    let task = format!("{inspection}-1");
    received(&port, &scan_of(&port, &boxes[0], 6)).await;
    port.ok("officer-an", &review(&task, Stage::First, ReviewCode::Clean)).await;
    let draw = port.state::<ImageTask>(&task).await.reviews[0].said.draw.clone().expect("a draw");
    assert!(draw.selected, "at this rate every clean review is drawn");
    let of_task = || async {
        let draws = app::draw::draws_of(port.store.as_ref(), PORT, &draw.day, None, 100).await.expect("draws").items;
        draws.into_iter().find(|one| one.subject == task)
    };
    assert!(of_task().await.is_none(), "what the first review said is told to nobody yet");
    assert_eq!(port.no("officer-bo", &review(&task, Stage::First, ReviewCode::Clean)).await, "image-stage");
    port.ok("officer-bo", &review(&task, Stage::Second, ReviewCode::Suspect)).await;
    assert_eq!(port.no("officer-ce", &review(&task, Stage::Decision, ReviewCode::Clean)).await, "image-own-scan");
    assert_eq!(port.no("officer-di", &review(&task, Stage::Decision, ReviewCode::Clean)).await, "image-conflict");
    port.competent("customs-port", "image-senior").await;
    port.ok("customs-port", &review(&task, Stage::Decision, ReviewCode::Clean)).await;
    let result = port.state::<Inspection>(&inspection).await.result().cloned().expect("a result");
    assert_eq!(result.officers, ["customs-port.person", "officer-an", "officer-bo"]);
    let listed = of_task().await.expect("it is among the day's draws, to be checked by anybody");
    assert_eq!((listed.rate_bp, listed.number), (10_000, draw.number));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_image_is_kept_and_found_again() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = by_machine(&port, "B-BAD", 1).await;
    let task = format!("{inspection}-1");
    let (_, other_boxes) = port.landed("B-OTHER", 1).await;
    let good = scan_of(&port, &boxes[0], 10);
    let odd = |seed, change: &dyn Fn(&mut ReceiveScan)| {
        let mut command = ReceiveScan { bytes: picture(seed), ..good.clone() };
        change(&mut command);
        command
    };
    for (seed, command, code) in [
        (11, odd(11, &|c| c.container = "ZZZU0000019".into()), "scan-container-number"),
        (12, odd(12, &|c| c.container = port.fresh_box()), "scan-box-unknown"),
        (13, odd(13, &|c| c.container = container_number(&other_boxes[0]).into()), "scan-no-order"),
        (14, odd(14, &|c| c.order = Some("I-NONE".into())), "scan-order-unknown"),
        (
            15,
            odd(15, &|c| (c.order, c.container) = (Some(inspection.clone()), container_number(&other_boxes[0]).into())),
            "scan-order-without-box",
        ),
    ] {
        let (id, scan) = received(&port, &command).await;
        assert!(codes(&scan).contains(code), "{code}: {:?}", codes(&scan));
        assert_eq!(scan.phase, ScanPhase::Unmatched, "{code}");
        assert_eq!(port.app.scan_file(&port.ctx("officer-an"), &id).await.expect("kept").1, picture(seed), "{code}: nothing is lost");
    }
    let open = ListQuery { statuses: vec!["unmatched".into()], ..ListQuery::default() };
    let waiting = port.app.list::<Scan>(&port.ctx("officer-an"), "scan.read", open).await.expect("a list").items;
    assert_eq!(waiting.len(), 5);

    // A clock that is ahead: the image goes to its task, and says so.
    let (first, scan) = received(&port, &odd(16, &|c| c.taken_at = c.taken_at.plus_hours(2))).await;
    assert_eq!(codes(&scan), BTreeSet::from(["scan-clock-ahead"]));
    assert_eq!(scan.task(), Some(task.as_str()));
    // An unknown scanner is no scanner: its image goes nowhere by itself.
    let (_, scan) = received(&port, &odd(19, &|c| c.equipment = "S9".into())).await;
    assert!(codes(&scan).contains("scan-equipment-unknown") && scan.task().is_none());
    // A second image of the same box, the same bytes again, and the same bytes under another number.
    let (_, scan) = received(&port, &odd(17, &|_| {})).await;
    assert_eq!((codes(&scan), scan.task()), (BTreeSet::from(["scan-second"]), Some(task.as_str())));
    let again = sent(&port, &odd(16, &|c| c.taken_at = c.taken_at.plus_hours(2))).await;
    assert_eq!(again, Ok(Taken { scan: first, repeated: true }));
    let (stray, scan) = received(&port, &odd(17, &|c| c.container = container_number(&other_boxes[0]).into())).await;
    assert!(codes(&scan).contains("scan-of-another-box") && scan.task().is_none());

    // An officer gives one to the task, and sets another aside.
    let of_other_box = MatchScan { id: waiting[0].0.id.clone(), task: task.clone() };
    assert_eq!(port.no("officer-an", &of_other_box).await, "scan-of-another-visit");
    let id = waiting[4].0.id.clone();
    assert_eq!(port.no("customs-far", &MatchScan { id: id.clone(), task: task.clone() }).await, "not-found");
    port.ok("officer-an", &MatchScan { id: id.clone(), task: task.clone() }).await;
    assert_eq!(
        port.no("officer-an", &review(&task, Stage::First, ReviewCode::Clean)).await,
        "image-own-scan",
        "who gave it does not judge it"
    );
    let seen = ReviewImage { expected_version: Some(1), ..review(&task, Stage::First, ReviewCode::Clean) };
    assert_eq!(port.no("officer-bo", &seen).await, "stale", "images have come since");
    assert_eq!(port.no("officer-an", &SetScanAside { id, reason: "no".into() }).await, "scan-matched");
    port.ok("officer-an", &SetScanAside { id: stray, reason: "sent by mistake".into() }).await;
    assert_eq!(port.state::<ImageTask>(&task).await.scans.len(), 3);

    // Once the task has ended, an image for it is kept beside it. Whoever must stay away does not review.
    assert_eq!(port.no("officer-di", &review(&task, Stage::First, ReviewCode::Clean)).await, "image-conflict");
    port.ok("officer-bo", &review(&task, Stage::First, ReviewCode::Clean)).await;
    let (_, scan) = received(&port, &odd(18, &|c| c.order = Some(inspection.clone()))).await;
    assert!(codes(&scan).contains("scan-order-closed") && scan.task().is_none());
    // What is no image at all, or too large, is refused at the door.
    assert_eq!(sent(&port, &odd(1, &|c| c.bytes = b"%PDF-1.7".to_vec())).await, Err("scan-kind".into()));
    assert_eq!(sent(&port, &odd(1, &|c| c.bytes.resize(SCAN_BYTES_MAX + 1, 0))).await, Err("scan-bytes".into()));
    let huge = |c: &mut ReceiveScan| c.bytes[16..24].copy_from_slice(&[0, 0, 78, 33, 0, 0, 0, 1]);
    assert_eq!(sent(&port, &odd(1, &huge)).await, Err("scan-pixels".into()), "20,001 pixels wide");
    let mut cut = picture(1);
    cut.truncate(20);
    let (_, scan) = received(&port, &odd(1, &|c| (c.bytes, c.container) = (cut.clone(), port.fresh_box()))).await;
    assert!(codes(&scan).contains("scan-unreadable"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_came_before_its_order_is_taken_up_by_it() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = drawn(&port, "B-EARLY", 1).await;
    let (early, scan) = received(&port, &scan_of(&port, &boxes[0], 20)).await;
    assert_eq!(codes(&scan), BTreeSet::from(["scan-no-order"]));
    let (named, scan) = received(&port, &ReceiveScan { order: Some(inspection.clone()), ..scan_of(&port, &boxes[0], 21) }).await;
    assert_eq!(codes(&scan), BTreeSet::from(["scan-order-not-by-machine"]));
    port.ok("customs-port", &OrderMachine { id: inspection.clone(), reason: "machine first".into() }).await;
    assert_eq!(port.state::<Scan>(&early).await.task(), Some(format!("{inspection}-1").as_str()));
    assert_eq!(port.state::<Scan>(&named).await.task(), None, "of this one something else was odd");
    assert_eq!(port.status::<ImageTask>(&format!("{inspection}-1")).await, "first-review");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_may_have_the_box_opened_and_the_rules_may_ask_for_images_first() {
    let rules = settings(0);
    let imaging = ImagingRules { machine_first: true, ..rules.imaging };
    let port = Port::open_with(PortSettings { imaging, ..rules }).await;
    let (inspection, _, _) = drawn(&port, "B-FIRST", 1).await;
    let task = format!("{inspection}-1");
    assert_eq!(port.state::<ImageTask>(&task).await.ordered.by, "platform");
    let officers = port.state::<Inspection>(&inspection).await.draw.expect("draw").chosen;
    let (result, findings) = (Outcome::Pass, String::new());
    let result =
        Resulted { result, disposition: "18".into(), findings, method: Method::Documents, seal_new: None, officers: officers.clone() };
    let record = RecordResult { id: inspection.clone(), result };
    assert_eq!(port.no(&officers[0], &record).await, "inspection-machine-first");
    for stranger in ["broker-green", "terminal-east", "customs-far", "port-office", "maritime"] {
        let code = port.no(stranger, &OrderOpening { id: inspection.clone() }).await;
        assert!(["forbidden", "not-found"].contains(&code.as_str()), "{stranger}: {code}");
    }
    port.ok("officer-an", &OrderOpening { id: inspection.clone() }).await;
    assert_eq!(port.status::<ImageTask>(&task).await, "cancelled");
    port.ok(&officers[0], &record).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_scanner_sends_like_a_real_one_and_the_baseline_hints() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, _) = by_machine(&port, "B-SANDBOX", 1).await;
    let task = format!("{inspection}-1");
    let taken = port.app.sandbox_scan(&port.ctx("officer-an"), &task).await.expect("an image").outcome;
    let scan = port.state::<Scan>(&taken.scan).await;
    assert_eq!((scan.task(), scan.received.equipment.as_str(), scan.received.by.as_str()), (Some(task.as_str()), "SANDBOX-1", "SANDBOX-1"));
    assert!(scan.received.sandbox.is_some() && codes(&scan).is_empty());
    assert_eq!(port.app.hint_waiting_scans().await.expect("store"), 1);
    let hint = port.state::<Scan>(&taken.scan).await.hint.expect("a hint");
    assert_eq!((hint.model.as_str(), hint.fault), ("row-median", None));
    let (_, bytes) = port.app.scan_file(&port.ctx("officer-an"), &taken.scan).await.expect("the file");
    assert_eq!(hint.spots, Baseline.analyse("image/png", bytes).await.expect("the same"));
    assert_eq!(port.app.hint_waiting_scans().await.expect("store"), 0, "one hint is enough");
    // The figures are remembered, and say by which model they are.
    let model = port.app.hint_model(&port.ctx("officer-an")).await.expect("allowed").expect("it answers");
    assert_eq!((model.name.as_str(), model.measured_here), ("row-median", true));
    assert!(matches!(Baseline.analyse("image/jpeg", Vec::new()).await, Err(HintFault::Kind(_))));
    assert!(matches!(Baseline.analyse("image/png", b"\x89PNG".to_vec()).await, Err(HintFault::Unreadable)));
    // Whoever asked for the image did not take it, and may review it.
    port.ok("officer-an", &review(&task, Stage::First, ReviewCode::Clean)).await;
    let stranger = port.app.sandbox_scan(&port.ctx("broker-green"), &task).await;
    assert!(matches!(stranger, Err(app::AppError::NotFound { .. })));
    // Outside of a demonstration there is no sandbox.
    let real = Port::open_with(PortSettings { demo: false, ..settings(0) }).await;
    let (inspection, _, _) = by_machine(&real, "B-REAL", 1).await;
    let none = real.app.sandbox_scan(&real.ctx("officer-an"), &format!("{inspection}-1")).await;
    assert!(matches!(none, Err(app::AppError::Refused(refusal)) if refusal.code == "scan-no-sandbox"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images_come_from_the_senders_of_a_scanner_and_from_officers_who_work_at_one_and_from_nobody_else() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = by_machine(&port, "B-SENDER", 1).await;
    let task = format!("{inspection}-1");
    let scan = |seed| ReceiveScan { operator: None, ..scan_of(&port, &boxes[0], seed) };
    // An officer at a desk, another key of customs, and everybody else.
    assert_eq!(port.no("officer-an", &scan(30)).await, "scan-not-sender");
    let mut key = port.ctx("customs-port");
    (key.principal.id, key.principal.system) = ("declarations-key".into(), true);
    assert_eq!(crate::support::code_of(&port.app.execute(&key, &scan(30)).await.expect_err("no scanner")), "scan-not-sender");
    for stranger in ["terminal-east", "broker-green", "port-office", "customs-far"] {
        assert_eq!(port.no(stranger, &scan(30)).await, "forbidden", "{stranger}");
    }
    // A key without an operator's name: the image goes to its task, and one officer alone does not end it.
    let (_, kept) = received(&port, &scan(31)).await;
    assert_eq!((codes(&kept), kept.task()), (BTreeSet::from(["scan-operator-unknown"]), Some(task.as_str())));
    port.ok("officer-an", &review(&task, Stage::First, ReviewCode::Clean)).await;
    let state = port.state::<ImageTask>(&task).await;
    assert_eq!(
        (ledger::Aggregate::status(&state), state.reviews[0].said.draw.as_ref().map(|draw| draw.rate_bp)),
        ("second-review", Some(10_000))
    );
    port.ok("officer-bo", &review(&task, Stage::Second, ReviewCode::Clean)).await;

    // An officer with the competence sends by hand, is at the scanner, and does not review that image.
    let (inspection, _, boxes) = by_machine(&port, "B-BY-HAND", 1).await;
    let task = format!("{inspection}-1");
    port.competent("customs-port", "scanner-operator").await;
    let taken = port.ok("customs-port", &ReceiveScan { operator: None, ..scan_of(&port, &boxes[0], 32) }).await;
    let kept = port.state::<Scan>(&taken.scan).await;
    assert_eq!((codes(&kept), kept.received.operator.is_some(), kept.task()), (BTreeSet::new(), true, Some(task.as_str())));
    let person = kept.received.by.clone();
    let own = inspection::may_review(&port.state::<ImageTask>(&task).await, &person).expect_err("their own image");
    assert_eq!(own.code, "image-own-scan");
    port.ok("officer-an", &review(&task, Stage::First, ReviewCode::Clean)).await;
    assert_eq!(port.status::<ImageTask>(&task).await, "clean", "at a rate of nought nothing is drawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_image_for_two_boxes_is_clean_for_neither_and_a_corrected_one_finds_its_task() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = by_machine(&port, "B-TWO", 2).await;
    let (one, other) = (format!("{inspection}-1"), format!("{inspection}-2"));
    let (first, _) = received(&port, &scan_of(&port, &boxes[0], 40)).await;
    // It was of the other box: the first task learns of it, whoever has it open is told that it has changed.
    let before = port.app.view::<ImageTask>(&port.ctx("officer-an"), "image-task.read", &one).await.expect("seen").version;
    let (second, scan) = received(&port, &scan_of(&port, &boxes[1], 40)).await;
    assert!(codes(&scan).contains("scan-of-another-box") && scan.task().is_none());
    let doubts = port.state::<Scan>(&first).await.doubts;
    assert_eq!(
        doubts.iter().map(|one| (one.other.as_str(), one.container.as_str())).collect::<Vec<_>>(),
        [(second.as_str(), container_number(&boxes[1]))]
    );
    let stale = ReviewImage { expected_version: Some(before), ..review(&one, Stage::First, ReviewCode::Clean) };
    assert_eq!(port.no("officer-an", &stale).await, "stale");
    assert_eq!(port.no("officer-an", &review(&one, Stage::First, ReviewCode::Clean)).await, "image-doubted");
    // Given to the other task by hand it is no better there; a new image of each is.
    for (task, container, seed) in [(&one, &boxes[0], 41), (&other, &boxes[1], 42)] {
        received(&port, &scan_of(&port, container, seed)).await;
        port.ok("officer-bo", &review(task, Stage::First, ReviewCode::Clean)).await;
    }
    assert_eq!(port.status::<Inspection>(&inspection).await, "passed");

    // A mistyped order, and the right one the second time.
    let (inspection, _, boxes) = by_machine(&port, "B-TYPO", 1).await;
    let named = |order: &str| ReceiveScan { order: Some(order.into()), ..scan_of(&port, &boxes[0], 43) };
    let (wrong, scan) = received(&port, &named("I-NONE")).await;
    assert!(codes(&scan).contains("scan-order-unknown") && scan.task().is_none());
    assert_eq!(sent(&port, &named(&inspection)).await, Ok(Taken { scan: wrong.clone(), repeated: true }));
    assert_eq!(port.state::<Scan>(&wrong).await.task(), Some(format!("{inspection}-1").as_str()));
    assert_eq!(port.status::<ImageTask>(&format!("{inspection}-1")).await, "first-review");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_officers_who_review_at_once_one_is_first_and_two_last_boxes_end_the_inspection() {
    for _ in 0..6 {
        let port = Arc::new(Port::open_with(settings(0)).await);
        // One task, two officers.
        let (inspection, _, boxes) = by_machine(&port, "B-RACE", 2).await;
        let (one, other) = (format!("{inspection}-1"), format!("{inspection}-2"));
        for (at, container) in boxes.iter().enumerate() {
            received(&port, &scan_of(&port, container, 50 + at as u64)).await;
        }
        let both = vec![
            ("officer-an", review(&one, Stage::First, ReviewCode::Suspect)),
            ("officer-bo", review(&one, Stage::First, ReviewCode::Unclear)),
        ];
        let said = crate::support::at_once(&port, both).await;
        let refused: Vec<&String> = said.iter().filter_map(|one| one.as_ref().err()).collect();
        assert_eq!(refused, ["image-stage"], "nobody is taken for the second reviewer who meant to be the first");
        assert_eq!(port.state::<ImageTask>(&one).await.reviews.len(), 1);
        assert_eq!(port.status::<ImageTask>(&other).await, "first-review");

        // The last two boxes of an inspection, clean at the same moment: it ends, and ends once.
        let (inspection, _, boxes) = by_machine(&port, "B-LAST", 2).await;
        for (at, container) in boxes.iter().enumerate() {
            received(&port, &scan_of(&port, container, 60 + at as u64)).await;
        }
        let both = vec![
            ("officer-an", review(&format!("{inspection}-1"), Stage::First, ReviewCode::Clean)),
            ("officer-bo", review(&format!("{inspection}-2"), Stage::First, ReviewCode::Clean)),
        ];
        for said in crate::support::at_once(&port, both).await {
            said.expect("both are taken");
        }
        assert_eq!(port.status::<Inspection>(&inspection).await, "passed");
        let ends = port.events::<Inspection>(&inspection).await.into_iter().filter(|kind| kind == "inspection.resulted").count();
        assert_eq!(ends, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_comes_at_the_moment_of_its_order_finds_its_task_and_the_same_image_twice_at_once_is_one() {
    for _ in 0..6 {
        let port = Arc::new(Port::open_with(settings(0)).await);
        let (inspection, _, boxes) = drawn(&port, "B-MOMENT", 1).await;
        let scan = scan_of(&port, &boxes[0], 70);
        let order = OrderMachine { id: inspection.clone(), reason: "machine first".into() };
        let (image, ordered) = tokio::join!(
            {
                let (port, scan) = (Arc::clone(&port), scan.clone());
                tokio::spawn(async move { sent(&port, &scan).await })
            },
            {
                let port = Arc::clone(&port);
                tokio::spawn(async move { port.ok("customs-port", &order).await })
            }
        );
        ordered.expect("ordered");
        let taken = image.expect("task").expect("taken in");
        assert_eq!(port.state::<Scan>(&taken.scan).await.task(), Some(format!("{inspection}-1").as_str()), "whichever came first");
        assert_eq!(port.status::<ImageTask>(&format!("{inspection}-1")).await, "first-review");

        let stray = ReceiveScan { container: port.fresh_box(), ..scan_of(&port, &boxes[0], 71) };
        let again: Vec<_> = (0..4)
            .map(|_| {
                let (port, stray) = (Arc::clone(&port), stray.clone());
                tokio::spawn(async move { sent(&port, &stray).await.expect("taken in") })
            })
            .collect();
        let mut ids = BTreeSet::new();
        for one in again {
            ids.insert(one.await.expect("task").scan);
        }
        assert_eq!(ids.len(), 1, "{ids:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_image_that_is_old_or_from_before_the_box_was_opened_waits_for_an_officer() {
    let port = Port::open_with(settings(0)).await;
    let (inspection, _, boxes) = drawn(&port, "B-OLD", 1).await;
    let first = inspection.clone();
    let (old, _) = received(&port, &scan_of(&port, &boxes[0], 80)).await;
    port.pass_minutes(24 * 60 + 1);
    port.ok("customs-port", &OrderMachine { id: inspection.clone(), reason: "machine first".into() }).await;
    assert_eq!(port.state::<Scan>(&old).await.task(), None);
    assert_eq!(port.status::<ImageTask>(&format!("{inspection}-1")).await, "awaiting-scan");
    // So does one from before the box was opened: what it shows may have gone since.
    let (inspection, declaration, boxes) = drawn(&port, "B-OPENED", 1).await;
    let (before, _) = received(&port, &scan_of(&port, &boxes[0], 81)).await;
    port.pass_minutes(30);
    port.ok("terminal-east", &app::inspections::PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    port.drawn_result(&inspection, Outcome::Fail, "32").await;
    let reject = app::declarations::RejectDeclaration { id: declaration, reason: "papers contradict".into() };
    port.ok("customs-port", &reject).await;
    let again = port.declared("B-OPENED").await;
    let second = port.drawn(&again).await;
    let (after, _) = received(&port, &scan_of(&port, &boxes[0], 82)).await;
    port.ok("customs-port", &OrderMachine { id: second.clone(), reason: "machine first".into() }).await;
    assert_eq!(
        (port.state::<Scan>(&before).await.task(), port.state::<Scan>(&after).await.task()),
        (None, Some(format!("{second}-1").as_str()))
    );
    // An officer may give it to the task, and then does not judge it.
    let inspection = first;
    port.ok("officer-an", &MatchScan { id: old, task: format!("{inspection}-1") }).await;
    assert_eq!(port.no("officer-an", &review(&format!("{inspection}-1"), Stage::First, ReviewCode::Clean)).await, "image-own-scan");
}
