//! Images of a box: what is odd about one, who may review it, and what two reviews come to.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use inspection::{
    HintSpot, ImageOrdered, ImageTask, ImagingRules, Inspection, MARK_NOTE_MAX, MARKS_MAX, Mark, NamedOrder, OpeningCause, Ordered,
    Outcome, REVIEW_MINUTES, REVIEW_NOTE_MAX, Region, ReviewCode, ReviewCommand, SCAN_CODES, Scan, ScanEvent, ScanFacts, ScanHinted,
    ScanMatched, ScanReceived, ScanSetAside, ScanTaken, Scanner, SecondDraw, Stage, TASK_SCANS_MAX, decide_box_scanned,
    decide_cancel_image, decide_join_order, decide_machine_passed, decide_match_scan, decide_order, decide_order_image,
    decide_order_machine, decide_order_opening, decide_receive_scan, decide_review, decide_scan_repeated, decide_set_aside,
    decide_take_scan,
};
use ledger::{Aggregate, Bilingual, Refusal};
use object::{Object, minute};

const BOX: &str = "ZZZU0000015-C1";

fn rules() -> ImagingRules {
    let scanner = Scanner { id: "S1".into(), name: Bilingual::new("一号", "One"), pixel_um: Some(5_000), sandbox: false };
    ImagingRules { scanners: vec![scanner], ..ImagingRules::default() }
}

fn sent() -> ScanReceived {
    ScanReceived {
        container: "ZZZU0000015".into(),
        order: None,
        equipment: "S1".into(),
        taken_at: minute(0),
        sha256: "ab".repeat(32),
        media_type: "image/png".into(),
        bytes: 1_000,
        size: Some((960, 336)),
        pixel_um: Some(5_000),
        district: "3104".into(),
        by: "scanner".into(),
        operator: Some("o9".into()),
        visit: Some(BOX.into()),
        sandbox: None,
        findings: Vec::new(),
    }
}

fn fitting() -> ScanFacts<'static> {
    ScanFacts { number_sound: true, order: NamedOrder::None, task: Some(("I1-1", 0)), bytes_of_another_box: false }
}

/// Codes of the findings, and whether the image goes to the task by itself.
fn taken_in(sent: ScanReceived, facts: &ScanFacts<'_>) -> (Vec<String>, bool) {
    let mut scan = Object::<Scan>::new();
    let events = decide_receive_scan(sent, facts, &rules(), minute(10));
    let matched = events.iter().any(|event| matches!(event, ScanEvent::Matched(_)));
    scan.take(Ok(events), minute(10)).expect("taken in");
    scan.check();
    assert_eq!(scan.get().task(), matched.then_some("I1-1"));
    let row = scan.get().work_row("V1");
    assert_eq!((row.action.as_deref(), row.closed_at.is_some()), (if matched { None } else { Some("match-scan") }, matched));
    (scan.get().received.findings.iter().map(|finding| finding.code.to_string()).collect(), matched)
}

#[test]
fn whatever_is_odd_about_an_image_is_found_and_the_image_is_kept() {
    let odd = |change: fn(&mut ScanReceived), facts: ScanFacts<'_>| {
        let mut received = sent();
        change(&mut received);
        taken_in(received, &facts)
    };
    assert_eq!(taken_in(sent(), &fitting()), (vec![], true));
    // What keeps it from its task.
    let no_task = || ScanFacts { task: None, ..fitting() };
    let one = |code: &str| (vec![code.to_owned()], false);
    assert_eq!(odd(|_| {}, ScanFacts { number_sound: false, ..no_task() }).0[0], "scan-container-number");
    assert_eq!(odd(|sent| sent.visit = None, no_task()), one("scan-box-unknown"));
    assert_eq!(odd(|_| {}, no_task()), one("scan-no-order"));
    for (order, code) in [
        (NamedOrder::Unknown, "scan-order-unknown"),
        (NamedOrder::Closed, "scan-order-closed"),
        (NamedOrder::WithoutBox, "scan-order-without-box"),
        (NamedOrder::NotByMachine, "scan-order-not-by-machine"),
    ] {
        assert_eq!(odd(|_| {}, ScanFacts { order, ..no_task() }), one(code));
    }
    assert_eq!(odd(|_| {}, ScanFacts { bytes_of_another_box: true, ..fitting() }), one("scan-of-another-box"));
    assert_eq!(odd(|sent| sent.size = None, fitting()), one("scan-unreadable"));
    assert!(!odd(|_| {}, ScanFacts { task: Some(("I1-1", TASK_SCANS_MAX)), ..fitting() }).1, "one past the limit is kept beside the task");
    assert!(odd(|_| {}, ScanFacts { task: Some(("I1-1", TASK_SCANS_MAX - 1)), ..fitting() }).1);
    // What an officer should know, though it goes to its task: at the limit nothing, one past it a remark.
    let kept = |code: &str| (vec![code.to_owned()], true);
    assert_eq!(odd(|sent| sent.taken_at = minute(15), fitting()), (vec![], true));
    assert_eq!(odd(|sent| sent.taken_at = minute(15).plus_millis(1), fitting()), kept("scan-clock-ahead"));
    assert_eq!(odd(|sent| sent.taken_at = minute(10).plus_hours(-24), fitting()), (vec![], true));
    assert_eq!(odd(|sent| sent.taken_at = minute(10).plus_hours(-24).plus_millis(-1), fitting()), kept("scan-late"));
    assert_eq!(odd(|sent| sent.equipment = "S9".into(), fitting()), kept("scan-equipment-unknown"));
    assert_eq!(odd(|_| {}, ScanFacts { task: Some(("I1-1", 1)), ..fitting() }), kept("scan-second"));
    // All at once.
    let all = odd(
        |sent| {
            sent.visit = None;
            sent.size = None;
            sent.equipment = "S9".into();
        },
        ScanFacts { number_sound: false, order: NamedOrder::Unknown, ..no_task() },
    );
    assert_eq!(all.0, ["scan-container-number", "scan-order-unknown", "scan-unreadable", "scan-equipment-unknown"]);
    let mut codes: Vec<&str> = SCAN_CODES.iter().map(|row| row.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), SCAN_CODES.len(), "a code stands for one fault");
}

#[test]
fn an_image_that_fits_nothing_is_matched_or_set_aside_by_an_officer_and_hinted_at_any_time() {
    let mut scan = Object::<Scan>::new();
    scan.take(Ok(decide_receive_scan(sent(), &ScanFacts { task: None, ..fitting() }, &rules(), minute(1))), minute(1)).expect("kept");
    let aside = || ScanSetAside { why: "a test image".into(), by: "o1".into() };
    let decided = decide_set_aside(scan.get(), aside());
    scan.take(decided, minute(2)).expect("set aside");
    assert_eq!(decide_set_aside(scan.get(), aside()).map_err(|r| r.code), Err("scan-set-aside"));
    scan.take(Ok(decide_scan_repeated("scanner")), minute(3)).expect("came again");
    let hint = ScanHinted {
        model: "m".into(),
        version: "1".into(),
        spots: vec![HintSpot { region: Region { x: 1, y: 1, width: 2, height: 2 }, score_per_mille: 900 }],
        fault: None,
    };
    scan.take(Ok(vec![hint.into()]), minute(3)).expect("hinted");
    let matched = || ScanMatched { task: "I1-1".into(), visit: BOX.into(), by: Some("o1".into()) };
    let other = ScanMatched { visit: "ZZZU0000020-C1".into(), ..matched() };
    assert_eq!(decide_match_scan(scan.get(), other).map_err(|r| r.code), Err("scan-of-another-visit"));
    let decided = decide_match_scan(scan.get(), matched());
    scan.take(decided, minute(4)).expect("it was an image of this box after all");
    assert_eq!((scan.get().status(), scan.get().repeated), ("matched", 1));
    for decided in [decide_match_scan(scan.get(), matched()), decide_set_aside(scan.get(), aside())] {
        assert_eq!(decided.map_err(|r| r.code), Err("scan-matched"));
    }
    scan.check();
}

fn task() -> Object<ImageTask> {
    let ordered = ImageOrdered {
        inspection: "I1".into(),
        declaration: "D1".into(),
        bill: "B1".into(),
        container: BOX.into(),
        district: "3104".into(),
        by: "o5".into(),
        why: "drawn".into(),
    };
    let mut task = Object::new();
    task.take(decide_order_image(None, ordered.clone()), minute(0)).expect("ordered");
    assert_eq!(decide_order_image(task.state.as_ref(), ordered).map_err(|r| r.code), Err("image-task-exists"));
    task
}

fn image(scan: &str) -> ScanTaken {
    ScanTaken { scan: scan.into(), by: "scanner".into(), operator: Some("o9".into()), matched_by: None, size: Some((960, 336)) }
}

fn scanned() -> Object<ImageTask> {
    let mut task = task();
    let decided = decide_take_scan(task.get(), image("V1"));
    task.take(decided, minute(5)).expect("an image");
    task
}

fn says(stage: Stage, code: ReviewCode, by: &str) -> ReviewCommand {
    let note = if code.opens() { "a dark block at the door".into() } else { String::new() };
    ReviewCommand { stage, code, note, marks: Vec::new(), by: by.into(), senior: false }
}

fn draw(selected: bool) -> SecondDraw {
    let (day, commitment, head_root) = ("2026-11-20".into(), "ab".into(), "cd".into());
    SecondDraw { day, commitment, head_size: 3, head_root, rate_bp: 1_000, number: if selected { 10 } else { 5_000 }, selected, part: None }
}

fn review(task: &mut Object<ImageTask>, command: ReviewCommand, drawn: bool) -> Result<(), &'static str> {
    let decided = decide_review(task.get(), command, Some(draw(drawn)));
    task.take(decided, minute(9))
}

fn stands(task: &Object<ImageTask>) -> (String, Option<String>) {
    let row = task.get().work_row("I1-1");
    assert_eq!((row.authority.as_deref(), row.owner), (Some("3104"), None));
    (row.status, row.action)
}

fn expect(status: &str, action: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), action.map(str::to_owned))
}

#[test]
fn a_clean_image_ends_with_one_review_unless_a_second_is_drawn() {
    let mut task = scanned();
    assert_eq!(stands(&task), expect("first-review", Some("review-image")));
    assert_eq!(task.get().work_row("I1-1").due_at, Some(minute(5 + REVIEW_MINUTES)));
    review(&mut task, says(Stage::First, ReviewCode::Clean, "o1"), false).expect("clean");
    assert_eq!(stands(&task), expect("clean", None));
    task.check();

    let mut drawn = scanned();
    review(&mut drawn, says(Stage::First, ReviewCode::Clean, "o1"), true).expect("clean");
    assert_eq!(stands(&drawn), expect("second-review", Some("review-image-again")));
    review(&mut drawn, says(Stage::Second, ReviewCode::Clean, "o2"), false).expect("clean again");
    assert_eq!(stands(&drawn), expect("clean", None));
    assert_eq!(drawn.get().reviewers(), ["o1", "o2"]);
    assert!(drawn.get().reviews[1].said.draw.is_none(), "only a first review is drawn for");
    drawn.check();
}

#[test]
fn what_two_reviews_come_to() {
    use ReviewCode::{Clean, Suspect, Unclear};
    for (first, second, status) in [
        (Suspect, Suspect, "suspect"),
        (Suspect, Unclear, "suspect"),
        (Unclear, Suspect, "suspect"),
        (Unclear, Unclear, "suspect"),
        (Suspect, Clean, "decision"),
        (Unclear, Clean, "decision"),
        (Clean, Suspect, "decision"),
        (Clean, Unclear, "decision"),
        (Clean, Clean, "clean"),
    ] {
        let mut task = scanned();
        review(&mut task, says(Stage::First, first, "o1"), true).expect("first");
        review(&mut task, says(Stage::Second, second, "o2"), true).expect("second");
        assert_eq!(task.get().status(), status, "{first:?} {second:?}");
        task.check();
    }
}

#[test]
fn who_differs_is_decided_between_by_a_senior_third_officer() {
    let mut task = scanned();
    review(&mut task, says(Stage::First, ReviewCode::Suspect, "o1"), false).expect("first");
    assert_eq!(review(&mut task, says(Stage::Second, ReviewCode::Clean, "o1"), false), Err("image-same-reviewer"));
    assert_eq!(review(&mut task, says(Stage::First, ReviewCode::Clean, "o2"), false), Err("image-stage"), "two who review at once");
    review(&mut task, says(Stage::Second, ReviewCode::Clean, "o2"), false).expect("second");
    assert_eq!(stands(&task), expect("decision", Some("decide-image")));
    let decides = |code, by, senior| ReviewCommand { senior, ..says(Stage::Decision, code, by) };
    assert_eq!(review(&mut task, decides(ReviewCode::Clean, "o3", false), false), Err("image-not-senior"));
    assert_eq!(review(&mut task, decides(ReviewCode::Clean, "o2", true), false), Err("image-same-reviewer"));
    assert_eq!(review(&mut task, decides(ReviewCode::Unclear, "o3", true), false), Err("image-decision-unclear"));
    review(&mut task, decides(ReviewCode::Suspect, "o3", true), false).expect("decided");
    assert_eq!(stands(&task), expect("suspect", None));
    assert_eq!(review(&mut task, decides(ReviewCode::Clean, "o4", true), false), Err("image-task-closed"));
    assert_eq!(decide_take_scan(task.get(), image("V2")).map_err(|r| r.code), Err("image-task-closed"));
    assert_eq!(decide_cancel_image(task.get(), "opening"), []);
    task.check();
}

#[test]
fn nobody_reviews_their_own_image_or_without_saying_what_is_seen() {
    let mut task = task();
    assert_eq!(review(&mut task, says(Stage::First, ReviewCode::Clean, "o1"), false), Err("image-no-scan"));
    let decided = decide_take_scan(task.get(), image("V1"));
    task.take(decided, minute(5)).expect("an image");
    for own in ["scanner", "o9"] {
        assert_eq!(review(&mut task, says(Stage::First, ReviewCode::Clean, own), false), Err("image-own-scan"), "{own}");
    }
    let silent = ReviewCommand { note: " ".into(), ..says(Stage::First, ReviewCode::Unclear, "o1") };
    assert_eq!(review(&mut task, silent.clone(), false), Err("image-note"));
    let at = |x, y, width, height| Mark { scan: "V1".into(), region: Region { x, y, width, height }, note: String::new() };
    let marked = |marks: Vec<Mark>| ReviewCommand { marks, ..silent.clone() };
    for (bad, what) in [
        (at(900, 0, 61, 10), "beyond the right edge"),
        (at(0, 300, 10, 37), "beyond the lower edge"),
        (at(0, 0, 0, 10), "without width"),
        (at(u32::MAX, 0, 2, 2), "far outside"),
        (Mark { scan: "V9".into(), ..at(0, 0, 1, 1) }, "on another image"),
    ] {
        assert_eq!(review(&mut task, marked(vec![bad]), false), Err("image-marks"), "{what}");
    }
    assert_eq!(review(&mut task, marked(vec![at(0, 0, 1, 1); MARKS_MAX + 1]), false), Err("image-marks"));
    let long = Mark { note: "x".repeat(MARK_NOTE_MAX + 1), ..at(0, 0, 1, 1) };
    assert_eq!(review(&mut task, marked(vec![long]), false), Err("image-note-length"));
    let long = ReviewCommand { note: "字".repeat(REVIEW_NOTE_MAX + 1), ..silent.clone() };
    assert_eq!(review(&mut task, long, false), Err("image-note-length"));
    review(&mut task, marked(vec![at(900, 300, 60, 36); MARKS_MAX]), false).expect("at the limits");
    task.check();
}

#[test]
fn a_task_takes_images_up_to_its_limit_and_none_once_cancelled() {
    let mut task = task();
    for n in 0..TASK_SCANS_MAX {
        let decided = decide_take_scan(task.get(), image(&format!("V{n}")));
        task.take(decided, minute(5)).expect("an image");
    }
    assert_eq!(decide_take_scan(task.get(), image("V99")).map_err(|r| r.code), Err("image-scans-many"));
    let events = decide_cancel_image(task.get(), "opening");
    task.take(Ok(events), minute(6)).expect("cancelled");
    assert_eq!(stands(&task), expect("cancelled", None));
    assert_eq!(review(&mut task, says(Stage::First, ReviewCode::Clean, "o1"), false), Err("image-task-closed"));
    task.check();
}

fn inspection() -> Object<Inspection> {
    let order = Ordered {
        declaration: "D1".into(),
        entry_id: "310420261000000001".into(),
        bill: "B1".into(),
        containers: vec![BOX.into()],
        district: "3104".into(),
        site: "S1".into(),
        terminal: "terminal-east".into(),
        broker: "broker-red".into(),
        trader: None,
        reasons: vec!["random".into()],
    };
    let mut inspection = Object::new();
    inspection.take(decide_order(None, order), minute(0)).expect("ordered");
    inspection
}

fn machine(containers: &[&str]) -> inspection::MachineOrdered {
    let tasks = containers.iter().map(|id| ((*id).to_owned(), "I1-1".to_owned())).collect();
    inspection::MachineOrdered { by: "o5".into(), tasks }
}

fn opening(cause: OpeningCause) -> inspection::OpeningOrdered {
    inspection::OpeningOrdered { cause, by: "o5".into() }
}

fn code<T>(decided: Result<T, Refusal>) -> Result<T, &'static str> {
    decided.map_err(|refusal| refusal.code)
}

#[test]
fn an_inspection_by_machine_passes_by_its_images_alone() {
    let mut inspection = inspection();
    assert_eq!(code(decide_order_machine(inspection.get(), machine(&[]))), Err("inspection-containers"));
    assert_eq!(code(decide_order_opening(inspection.get(), opening(OpeningCause::Officer))), Err("inspection-not-by-machine"));
    assert_eq!(code(decide_machine_passed(inspection.get(), vec![], String::new())), Err("inspection-not-by-machine"));
    let decided = decide_order_machine(inspection.get(), machine(&[BOX]));
    inspection.take(decided, minute(1)).expect("by machine");
    assert_eq!(code(decide_order_machine(inspection.get(), machine(&[BOX]))), Err("inspection-machine-ordered"));
    let row = inspection.get().work_row("I1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("terminal-east"), Some("bring-to-scanner")));
    let scanned = |id: &str| inspection::BoxScanned { container: id.into() };
    assert_eq!(decide_box_scanned(inspection.get(), scanned("ZZZU0000020-C1")), []);
    let events = decide_box_scanned(inspection.get(), scanned(BOX));
    inspection.take(Ok(events), minute(2)).expect("scanned");
    assert_eq!(decide_box_scanned(inspection.get(), scanned(BOX)), [], "told once");
    assert_eq!(inspection.get().work_row("I1").action, None, "its image task says who must act");
    let decided = decide_machine_passed(inspection.get(), vec!["o1".into()], "nothing to be seen".into());
    inspection.take(decided, minute(3)).expect("passed");
    let result = inspection.get().result().expect("a result");
    assert_eq!((result.result, result.disposition.as_str(), &result.seal_new), (Outcome::Pass, "18", &None));
    assert!(inspection.get().work_row("I1").keys.contains(&"METHOD:MACHINE".to_owned()));
    assert_eq!(code(decide_order_machine(inspection.get(), machine(&[BOX]))), Err("inspection-closed"));
    inspection.check();
}

#[test]
fn images_decide_until_the_opening_is_ordered() {
    let mut inspection = inspection();
    let decided = decide_order_machine(inspection.get(), machine(&[BOX]));
    inspection.take(decided, minute(1)).expect("by machine");
    let result = inspection::Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: String::new(),
        method: inspection::Method::Open,
        seal_new: Some("S".into()),
        officers: vec!["o1".into(), "o2".into()],
    };
    let written = || inspection::Recorded { result: result.clone(), by: "o1".into() };
    assert_eq!(code(inspection::decide_record(inspection.get(), written())), Err("inspection-machine-first"));
    let decided = decide_order_opening(inspection.get(), opening(OpeningCause::Image));
    inspection.take(decided, minute(2)).expect("opened after all");
    assert_eq!(code(decide_order_opening(inspection.get(), opening(OpeningCause::Image))), Err("inspection-not-by-machine"));
    assert_eq!(code(inspection::decide_record(inspection.get(), written())), Err("inspection-officer-not-drawn"), "as any other");
    assert_eq!(inspection.get().work_row("I1").action.as_deref(), Some("book-inspection"));
    inspection.check();
}

#[test]
fn in_a_joint_order_the_box_is_opened_once_for_everybody() {
    let mut inspection = inspection();
    let decided = decide_order_machine(inspection.get(), machine(&[BOX]));
    inspection.take(decided, minute(1)).expect("by machine");
    let decided = decide_join_order(inspection.get(), inspection::JoinedOrder { order: "J1".into() });
    inspection.take(decided, minute(2)).expect("joined");
    assert!(inspection.get().by_machine().is_none());
    assert_eq!(inspection.get().machine.as_ref().and_then(|machine| machine.opening), Some(OpeningCause::JointOrder));
    inspection.check();

    let mut joined = self::inspection();
    let decided = decide_join_order(joined.get(), inspection::JoinedOrder { order: "J1".into() });
    joined.take(decided, minute(2)).expect("joined");
    assert_eq!(code(decide_order_machine(joined.get(), machine(&[BOX]))), Err("inspection-joined"));
}
