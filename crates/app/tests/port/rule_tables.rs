//! Rules as data: an officer changes a rate table, tries it on past cases, another countersigns, and the next declaration is decided by it.

use app::rule_tables::{
    AskWithdrawal, CancelTrial, ConfirmWithdrawal, CountersignVersion, DraftVersion, KeepVersion, ReturnVersion, SaveVersion, StartTrial,
    SubmitVersion, TrialState, WithdrawVersion,
};
use clearance::Declaration;
use credit::Grade;
use ledger::Aggregate as _;
use rulebook::{RuleTable, Stage, release_statement};
use rules::{Cell, DecisionTable, Value};
use std::sync::Arc;

use crate::support::Port;

const TABLE: &str = "import-inspection-rate";
/// Writes and countersigns.
const AN: &str = "officer-an";
const BO: &str = "officer-bo";

async fn text(port: &Port, version: u32) -> (String, DecisionTable) {
    let seen = port.app.rule_version(&port.ctx(AN), TABLE, version).await.expect("seen");
    (seen.version.content.fingerprint, seen.text)
}

/// Writes a draft in which everybody who met the last rule is inspected, from a day on.
async fn drafted(port: &Port, from: &str) -> u32 {
    let number = port.ok(AN, &DraftVersion { table: TABLE.into(), based_on: 1 }).await;
    save(port, AN, number, |table| {
        table.effective_from = from.parse().expect("day");
        table.rows[2].then.insert("inspection_rate_bp".into(), Value::from(10_000i64));
    })
    .await;
    number
}

async fn save(port: &Port, who: &str, number: u32, change: impl FnOnce(&mut DecisionTable)) {
    let (read, mut table) = text(port, number).await;
    change(&mut table);
    port.ok(who, &SaveVersion { table: TABLE.into(), version: number, read, text: table }).await;
}

async fn tried(port: &Port, version: u32) -> app::rule_tables::TrialRun {
    let run = port.ok(AN, &StartTrial { table: TABLE.into(), version, days: 30 }).await;
    Arc::clone(&port.app).carry_out_trial(run).await;
    port.app.trial_run(TABLE, version).await.expect("store").expect("a run")
}

fn submit(version: u32) -> SubmitVersion {
    SubmitVersion { table: TABLE.into(), version, note: "本月查获率下降".into() }
}

async fn countersign(port: &Port, version: u32) -> CountersignVersion {
    CountersignVersion { table: TABLE.into(), version, fingerprint: text(port, version).await.0 }
}

/// Version and rule by which a new declaration is decided, and whether it is to be inspected.
async fn decided(port: &Port, bill: &str) -> (String, Vec<String>, bool) {
    port.landed(bill, 1).await;
    let id = port.declared(bill).await;
    let state = port.state::<Declaration>(&id).await;
    let decision = state.case().and_then(|case| case.decision.clone()).expect("decided");
    assert_eq!(decision.lines.len(), 1);
    assert_eq!(decision.lines[0].facts.get("hs_code"), Some(&Value::from("0803900000")), "the facts are kept with the decision");
    assert_eq!(decision.lines[0].rows, decision.rows);
    assert_eq!(decision.fingerprint, text(port, decision.table.version.parse().expect("number")).await.0);
    (decision.table.version, decision.rows, decision.inspect)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_rate_is_tried_countersigned_by_another_officer_and_decides_the_next_declaration() {
    let port = Port::open().await;
    assert_eq!(decided(&port, "B-BEFORE").await, ("1".into(), vec!["nothing".into()], false));
    port.pass_minutes(10);
    let today = port.now().day(480);
    let number = drafted(&port, &today).await;
    assert_eq!(number, 2);
    // Nothing is submitted that was not tried, and a trial of another text does not count.
    assert_eq!(port.no(AN, &submit(number)).await, "rule-trial-missing");
    let run = tried(&port, number).await;
    assert_eq!((run.state, run.cases, run.without_facts), (TrialState::Finished, 1, 0));
    let (summary, report) = port.app.trial_report(&port.ctx(AN), TABLE, number).await.expect("read").expect("a report");
    assert_eq!((summary.before, summary.after, summary.flips_in, report.by_grade[0].key.as_str()), (0, 1, 1, "regular"));
    assert_eq!((report.flips[0].before_bp, report.flips[0].after_bp, report.by_chapter[0].key.as_str()), (0, 10_000, "08"));
    save(&port, AN, number, |table| table.rows[1].note.en = "changed after the trial".into()).await;
    assert_eq!(port.no(AN, &submit(number)).await, "rule-trial-missing");
    tried(&port, number).await;
    port.ok(AN, &submit(number)).await;
    assert_eq!(port.status::<RuleTable>(TABLE).await, "awaiting-countersign");
    assert_eq!(port.state::<RuleTable>(TABLE).await.work_row(TABLE).action.as_deref(), Some("countersign-rules"));

    // A text is not carried into a version of which its writer is no longer named.
    assert_eq!(port.no(BO, &DraftVersion { table: TABLE.into(), based_on: number }).await, "rule-base-unreleased");
    // Four eyes: not the author, not another district, not the administrator.
    let sign = countersign(&port, number).await;
    assert_eq!(port.no(AN, &sign).await, "rule-own-version");
    assert_eq!(port.no("customs-far", &sign).await, "not-found");
    assert_eq!(port.no("admin-desk", &sign).await, "not-found");
    assert_eq!(port.no(BO, &CountersignVersion { fingerprint: "00".into(), ..sign.clone() }).await, "rule-other-text");
    assert_eq!(decided(&port, "B-WAITING").await.0, "1", "what is not countersigned does not act");
    port.ok(BO, &sign).await;
    assert_eq!(decided(&port, "B-AFTER").await, ("2".into(), vec!["nothing".into()], true));

    // Anybody with the public key can check what was signed by whom.
    let state = port.state::<RuleTable>(TABLE).await;
    let version = state.version(number).expect("version");
    let Stage::Released { release: rulebook::Release::Countersigned { by, at, signature }, .. } = &version.stage else {
        panic!("released")
    };
    let statement = release_statement("ZZTST", TABLE, number, &version.content, AN, by, *at);
    assert_eq!((by.as_str(), port.public_key.verify_text(&statement, signature)), (BO, Ok(())));
    assert!(port.public_key.verify_text(&statement.replace(BO, AN), signature).is_err());
    assert_eq!(port.no(AN, &submit(number)).await, "rule-version-not-draft");
    assert_eq!(
        port.events::<RuleTable>(TABLE).await,
        [
            "rule-table.installed",
            "rule-table.drafted",
            "rule-table.edited",
            "rule-table.tried",
            "rule-table.edited",
            "rule-table.tried",
            "rule-table.submitted",
            "rule-table.released"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_acts_from_its_day_and_never_on_the_past() {
    let port = Port::open().await;
    let tomorrow = port.now().plus_days(1).day(480);
    let number = drafted(&port, &tomorrow).await;
    tried(&port, number).await;
    port.ok(AN, &submit(number)).await;
    port.ok(BO, &countersign(&port, number).await).await;
    assert_eq!(decided(&port, "B-TODAY").await.0, "1");
    port.pass_minutes(24 * 60);
    assert_eq!(decided(&port, "B-TOMORROW").await.0, "2");

    let late = drafted(&port, &tomorrow).await;
    tried(&port, late).await;
    port.ok(AN, &submit(late)).await;
    port.pass_minutes(24 * 60);
    assert_eq!(port.no(BO, &countersign(&port, late).await).await, "rule-effective-past", "it lay about until its day was over");
    port.ok(BO, &ReturnVersion { table: TABLE.into(), version: late, why: "生效日期已过".into() }).await;
    assert_eq!(port.no(AN, &submit(late)).await, "rule-effective-past");
    let returned = port.state::<RuleTable>(TABLE).await.version(late).expect("version").stage.clone();
    assert_eq!(returned, Stage::Draft { returned: Some(("生效日期已过".into(), BO.into())) });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_kept_in_the_draft_and_stop_it_there() {
    let port = Port::open().await;
    let number = drafted(&port, "2026-12-01").await;
    save(&port, AN, number, |table| {
        table.rows.pop();
        table.rows[0].then.insert("inspection_rate_bp".into(), Value::from(10_001i64));
    })
    .await;
    let seen = port.app.rule_version(&port.ctx(BO), TABLE, number).await.expect("kept, whatever is wrong with it");
    let codes: Vec<(&str, &str)> = seen.findings.iter().filter(|f| f.is_error()).map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(codes, [("rules-gap", "/rows"), ("rules-output-range", "/rows/0/then/inspection_rate_bp")]);
    assert_eq!(port.no(AN, &StartTrial { table: TABLE.into(), version: number, days: 30 }).await, "rule-version-faulty");
    assert_eq!(port.no(AN, &submit(number)).await, "rule-version-faulty");
    // Unreachable rules are shown and do not stop it: an officer may mean it so.
    save(&port, AN, number, |table| {
        let mut all = table.rows[1].clone();
        (all.id, all.when) = ("all".into(), [].into());
        let mut dead = table.rows[1].clone();
        (dead.id, dead.when) = ("dead".into(), [("hs_code".into(), Cell::Prefix(vec!["84".into()]))].into());
        table.rows[0].then.insert("inspection_rate_bp".into(), Value::from(10_000i64));
        table.rows.extend([all, dead]);
    })
    .await;
    let seen = port.app.rule_version(&port.ctx(AN), TABLE, number).await.expect("seen");
    let told: Vec<(&str, &str)> = seen.findings.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(told, [("rules-row-unreachable", "/rows/3"), ("rules-overlap", "/rows/3")]);
    let (read, table) = text(&port, number).await;
    save(&port, BO, number, |table| table.rows[0].note.zh = "另一人".into()).await;
    let stale = SaveVersion {
        table: TABLE.into(),
        version: number,
        read,
        text: DecisionTable { effective_to: Some("2027-01-01".parse().expect("day")), ..table },
    };
    assert_eq!(port.no(AN, &stale).await, "rule-other-text", "somebody else wrote in between");
    tried(&port, number).await;
    port.ok(AN, &submit(number)).await;
    assert_eq!(port.no(BO, &countersign(&port, number).await).await, "rule-own-version", "whoever wrote at it does not countersign it");
    port.ok("officer-ce", &countersign(&port, number).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_released_version_ends_by_two_officers_and_the_one_before_acts_again() {
    let port = Port::open().await;
    let number = drafted(&port, &port.now().day(480)).await;
    tried(&port, number).await;
    port.ok(AN, &submit(number)).await;
    port.ok(BO, &countersign(&port, number).await).await;
    assert_eq!(decided(&port, "B-NEW").await.0, "2");
    let ask = |version| AskWithdrawal { table: TABLE.into(), version, why: "误将全部常规企业列入".into() };
    let confirm = ConfirmWithdrawal { table: TABLE.into(), version: number };
    assert_eq!(port.no(BO, &confirm).await, "rule-withdrawal-not-asked");
    assert_eq!(port.no(AN, &WithdrawVersion { table: TABLE.into(), version: number, why: "x".into() }).await, "rule-version-closed");
    port.ok(AN, &ask(number)).await;
    assert_eq!(port.no(BO, &ask(number)).await, "rule-withdrawal-asked");
    assert_eq!(port.no(AN, &confirm).await, "rule-own-withdrawal");
    assert_eq!(decided(&port, "B-STILL").await.0, "2");
    port.ok(AN, &KeepVersion { table: TABLE.into(), version: number }).await;
    port.ok(AN, &ask(number)).await;
    port.ok(BO, &confirm).await;
    assert_eq!(decided(&port, "B-OLD").await.0, "1");
    assert_eq!(port.no(AN, &ask(1)).await, "rule-last-version", "some version must decide");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_can_be_stopped_and_counts_what_would_be_missed() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (.., inspected) = decided(&port, "B-HIT").await;
    assert!(inspected);
    let number = port.ok(AN, &DraftVersion { table: TABLE.into(), based_on: 1 }).await;
    save(&port, AN, number, |table| drop(table.rows[0].then.insert("inspection_rate_bp".into(), Value::from(0i64)))).await;
    let run = port.ok(AN, &StartTrial { table: TABLE.into(), version: number, days: 92 }).await;
    assert_eq!(port.no(BO, &StartTrial { table: TABLE.into(), version: number, days: 1 }).await, "rule-trial-running");
    assert_eq!(port.no(AN, &StartTrial { table: TABLE.into(), version: number, days: 93 }).await, "rule-trial-days");
    port.ok(BO, &CancelTrial { table: TABLE.into(), version: number }).await;
    port.pass_minutes(0);
    // The worker looks at the wish to stop whenever it tells how far it is; the clock of the test stands still but for this second.
    let stopped = app::rule_tables::TrialRun { heard_at: run.heard_at.plus_minutes(-1), ..run.clone() };
    Arc::clone(&port.app).carry_out_trial(stopped).await;
    assert_eq!(port.app.trial_run(TABLE, number).await.expect("store").expect("run").state, TrialState::Cancelled);
    assert!(port.app.trial_report(&port.ctx(AN), TABLE, number).await.expect("read").is_none());
    let run = tried(&port, number).await;
    assert_eq!(run.state, TrialState::Finished);
    let (_, report) = port.app.trial_report(&port.ctx(AN), TABLE, number).await.expect("read").expect("report");
    assert_eq!((report.before.inspected, report.after.inspected, report.flips_out), (1, 0, 1));
    // A worker that is silent is gone; the run shows it and another one may begin.
    port.ok(AN, &StartTrial { table: TABLE.into(), version: number, days: 7 }).await;
    port.pass_minutes(2);
    assert_eq!(port.app.trial_run(TABLE, number).await.expect("store").expect("run").state, TrialState::Interrupted);
    assert_eq!(tried(&port, number).await.state, TrialState::Finished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_is_about_the_text_it_began_with_and_its_place_is_its_own() {
    let port = Port::open().await;
    decided(&port, "B-ONE").await;
    port.pass_minutes(10);
    let number = drafted(&port, &port.now().day(480)).await;
    let start = |version| StartTrial { table: TABLE.into(), version, days: 30 };
    let run = port.ok(AN, &start(number)).await;
    // Edited meanwhile: what was tried stands no more, and the run says so.
    save(&port, AN, number, |table| drop(table.rows[2].then.insert("inspection_rate_bp".into(), Value::from(0i64)))).await;
    Arc::clone(&port.app).carry_out_trial(run).await;
    assert_eq!(port.app.trial_run(TABLE, number).await.expect("store").expect("run").state, TrialState::Outdated);
    assert!(port.app.trial_report(&port.ctx(AN), TABLE, number).await.expect("read").is_none());
    assert_eq!(port.no(AN, &submit(number)).await, "rule-trial-missing");
    // A worker that comes back after another run was begun in its place leaves that one alone.
    let silent = port.ok(AN, &start(number)).await;
    port.pass_minutes(2);
    let newer = port.ok(BO, &start(number)).await;
    Arc::clone(&port.app).carry_out_trial(silent).await;
    let known = port.app.trial_run(TABLE, number).await.expect("store").expect("run");
    assert_eq!((known.id, known.state), (newer.id, TrialState::Running));
    // Two versions of a table are tried at once, and not three.
    let others = [drafted(&port, "2030-01-01").await, drafted(&port, "2030-01-02").await];
    port.ok(AN, &start(others[0])).await;
    assert_eq!(port.no(AN, &start(others[1])).await, "rule-trials-running");
    port.pass_minutes(2);
    port.ok(AN, &start(others[1])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_port_has_the_shipped_table_as_version_one_with_a_label() {
    let port = Port::open().await;
    // The port of the tests has a table of its own; the housekeeping finds it and installs nothing.
    assert_eq!(port.app.keep_rule_tables(&port.ctx("platform")).await.expect("kept"), 0);
    let first = port.state::<RuleTable>(TABLE).await.version(1).expect("version").clone();
    assert!(matches!(first.stage, Stage::Released { release: rulebook::Release::Shipped { .. }, .. }));
    assert_eq!(first.author(), "");
    let difference = {
        let number = drafted(&port, "2026-12-01").await;
        port.app.rule_difference(&port.ctx("port-office"), TABLE, 1, number).await.expect("read")
    };
    let told: Vec<&str> = difference.iter().map(|d| d.zh.as_str()).collect();
    assert_eq!(told, ["生效日期由 2026-05-01 改为 2026-12-01", "规则 nothing：查验率（万分之一） 由 0 改为 10000"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_the_office_takes_no_step_of_the_four_eyes() {
    let port = Port::open().await;
    let number = drafted(&port, &port.now().day(480)).await;
    tried(&port, number).await;
    let mut key = port.ctx(BO);
    key.principal = app::Principal { id: "customs-port.key".into(), system: true, ..key.principal };
    let table = || TABLE.to_owned();
    macro_rules! refused {
        ($($command:expr),+ $(,)?) => {$(
            let command = $command;
            let refused = port.app.execute(&key, &command).await.map(|_| ()).expect_err("a key is nobody");
            assert_eq!(crate::support::code_of(&refused), "forbidden", "{command:?}");
        )+};
    }
    let (read, written) = text(&port, number).await;
    refused!(
        DraftVersion { table: table(), based_on: 1 },
        SaveVersion { table: table(), version: number, read, text: DecisionTable { effective_to: None, ..written } },
        submit(number),
        WithdrawVersion { table: table(), version: number, why: "x".into() },
    );
    port.ok(AN, &submit(number)).await;
    let sign = countersign(&port, number).await;
    refused!(sign.clone(), ReturnVersion { table: table(), version: number, why: "x".into() });
    port.ok(BO, &sign).await;
    let ask = AskWithdrawal { table: table(), version: number, why: "x".into() };
    refused!(ask.clone());
    port.ok(AN, &ask).await;
    refused!(ConfirmWithdrawal { table: table(), version: number }, KeepVersion { table: table(), version: number });
    port.ok(BO, &ConfirmWithdrawal { table: table(), version: number }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_reads_the_declarations_of_its_own_district_alone() {
    let port = Port::open().await;
    port.landed("B-FAR", 1).await;
    let far = port.drafted_with("B-FAR", |form| form.custom_master = "2301".into()).await;
    port.ok("broker-green", &app::declarations::SubmitDeclaration { id: far.clone() }).await;
    assert!(port.state::<Declaration>(&far).await.case().is_some_and(|case| case.decision.is_some()), "decided as well");
    decided(&port, "B-NEAR").await;
    port.pass_minutes(1);
    let number = drafted(&port, &port.now().day(480)).await;
    let run = tried(&port, number).await;
    assert_eq!((run.state, run.cases, run.without_facts), (TrialState::Finished, 1, 0));
    let (_, report) = port.app.trial_report(&port.ctx(AN), TABLE, number).await.expect("read").expect("report");
    assert!(!report.flips.is_empty() && report.flips.iter().all(|flip| flip.declaration != far), "{:?}", report.flips);
}

#[test]
fn a_table_is_given_the_grades_of_the_platform() {
    let point = rulebook::Point::of(TABLE).expect("a place");
    let fact = point.facts.iter().find(|fact| fact.name == "credit_grade").expect("a grade");
    assert_eq!(fact.values, Grade::ALL.map(Grade::code));
}
