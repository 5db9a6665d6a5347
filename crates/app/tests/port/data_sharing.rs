//! Data sharing on a real store: what is delivered under an agreement, files on a schedule through the consumer's channel, and the figures.

use std::sync::Arc;

use app::data_sharing::{ApproveSharing, DataResource, EndSharing, REQUESTS_OPEN_MAX, RequestSharing, SuspendSharing, TakeData, csv_cell};
use app::inbox::{MarkDelivered, MessageState};
use app::reading::ListQuery;
use ledger::Timestamp;
use logistics::{Direction, container_number};
use sharing::{DataDelivery, FileFormat, FileOrder, Grant, SharingAgreement};
use store::{Commit, Milestone, MilestoneMark};

use crate::support::{PORT, Port, at_once};

fn all_fields(resource: DataResource) -> Vec<Grant> {
    resource.fields().iter().map(|field| Grant { field: field.name.into(), masked: false }).collect()
}

fn request(port: &Port, resource: DataResource, file: Option<FileOrder>) -> RequestSharing {
    RequestSharing {
        resource: resource.about().id.into(),
        provider: (resource == DataResource::GateEvents).then(|| "terminal-east".to_owned()),
        fields: all_fields(resource),
        purpose: "联合查验的依据".into(),
        valid_from: port.now(),
        valid_to: port.now().plus_days(30),
        // Files begin with the term; what is looked at by the interface may have happened before it.
        data_from: file.is_none().then(|| port.now().plus_days(-40)),
        file,
    }
}

/// An agreement in force for border inspection.
pub(crate) async fn agreed(port: &Port, resource: DataResource, file: Option<FileOrder>) -> String {
    in_force(port, &request(port, resource, file)).await
}

async fn in_force(port: &Port, request: &RequestSharing) -> String {
    let id = port.ok("border", request).await;
    let provider = port.state::<SharingAgreement>(&id).await.terms.provider;
    let provider: &'static str =
        ["customs-port", "terminal-east", "port-authority"].into_iter().find(|one| *one == provider).expect("a provider of the tests");
    port.ok(provider, &ApproveSharing { id: id.clone() }).await;
    port.ok("port-office", &ApproveSharing { id: id.clone() }).await;
    assert_eq!(port.status::<SharingAgreement>(&id).await, "in-force");
    id
}

/// A box that left through the gate.
pub(crate) async fn collected(port: &Port, bill: &str) -> String {
    let container = port.ready(bill).await;
    through_the_gate(port, &container).await;
    container
}

async fn through_the_gate(port: &Port, container: &str) {
    for direction in [Direction::In, Direction::Out] {
        assert!(port.gate(direction, container).await.reasons.is_empty());
    }
}

pub(crate) fn take(agreement: &str, limit: u32) -> TakeData {
    TakeData { agreement: agreement.into(), from: None, to: None, cursor: None, limit }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_resource_serves_exactly_the_fields_it_describes() {
    let port = Port::open().await;
    collected(&port, "B-SHARED").await;
    port.pass_minutes(24 * 60);
    for resource in DataResource::ALL {
        let about = resource.about();
        let id = agreed(&port, resource, None).await;
        let done = port.ok("border", &take(&id, 200)).await;
        let names: Vec<&str> = resource.fields().iter().map(|field| field.name).collect();
        assert!(!done.rows.is_empty(), "{} has rows after a box was collected", about.id);
        for row in &done.rows {
            assert_eq!(row.len(), names.len(), "{}: {row:?}", about.id);
            assert!(names.iter().all(|name| row.contains_key(*name)), "{}: {row:?}", about.id);
        }
        // Each field is read from the platform: none is empty in every row for want of a source.
        let empty: Vec<&&str> = names.iter().filter(|name| done.rows.iter().all(|row| row[**name].is_null())).collect();
        let expected: &[&str] = match resource {
            DataResource::ReleaseStatus | DataResource::InspectionFigures => &[],
            DataResource::ClearanceMilestones => &["inspection_ordered_at", "inspected_at", "order_requested_at"],
            DataResource::GateEvents => &["reasons"],
            DataResource::ShipCalls => &["flag", "voyage_out", "berth", "atd"],
        };
        assert!(empty.iter().all(|name| expected.contains(*name)), "{}: {empty:?}", about.id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_meet_without_a_gap_though_many_boxes_share_an_instant() {
    let port = Port::open().await;
    for bill in ["B-ONE", "B-TWO"] {
        port.released(bill, 3).await;
    }
    let id = agreed(&port, DataResource::ReleaseStatus, None).await;
    // A period does not hold its end.
    port.pass_minutes(1);
    let whole = port.ok("border", &take(&id, 200)).await;
    assert_eq!((whole.rows.len(), whole.next.as_deref()), (6, None));
    for limit in [1, 2, 4, 5] {
        let mut command = TakeData { from: Some(whole.from), to: Some(whole.to), ..take(&id, limit) };
        let mut rows = Vec::new();
        loop {
            let page = port.ok("border", &command).await;
            rows.extend(page.rows);
            command.cursor = page.next;
            if command.cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows, whole.rows, "pages of {limit}");
    }
    assert!(port.no("border", &TakeData { cursor: Some("no cursor".into()), ..take(&id, 5) }).await.starts_with("store"));
}

/// A box that a declaration of another district released, gone through the gate.
async fn collected_far(port: &Port, bill: &str) -> String {
    let (_, boxes) = port.landed(bill, 1).await;
    let far = port.drafted_with(bill, |form| form.custom_master = "2301".into()).await;
    port.ok("broker-green", &app::declarations::SubmitDeclaration { id: far.clone() }).await;
    port.pay_duty(&far).await;
    port.bank_answers().await;
    port.ordered(bill).await;
    let container = boxes.into_iter().next().expect("a box");
    let booking = port.booking_of(&container);
    port.set_time(booking.slot_start.plus_minutes(-20));
    port.ok("trucker-fast", &booking).await;
    through_the_gate(port, &container).await;
    container
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn milestones_of_customs_are_given_by_customs_and_without_those_of_another_district() {
    let port = Port::open().await;
    let near = collected(&port, "B-NEAR").await;
    let far = collected_far(&port, "B-FAR").await;
    port.pass_minutes(1);
    for resource in [DataResource::ClearanceMilestones, DataResource::ReleaseStatus] {
        let providers: Vec<String> = port.app.providers(resource).await.expect("providers").into_iter().map(|one| one.id).collect();
        assert_eq!(providers, ["customs-port"], "neither the port office nor another district");
        let id = agreed(&port, resource, None).await;
        let rows = port.ok("border", &take(&id, 200)).await.rows;
        let told: Vec<&str> = rows.iter().filter_map(|row| row["container_no"].as_str()).collect();
        assert_eq!(told, [container_number(&near)], "not {far}");
    }
    // A trader gets no time of another's duty payment, masked or not.
    let asked = |masked| {
        let fields = vec![Grant { field: "duty_settled_at".into(), masked }];
        RequestSharing { fields, ..request(&port, DataResource::ClearanceMilestones, None) }
    };
    assert_eq!(port.no("trader-gold", &asked(false)).await, "sharing-field-secret");
    assert_eq!(port.no("trader-gold", &asked(true)).await, "sharing-field-mask");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agreement_is_about_the_data_of_its_period_and_of_no_other() {
    let port = Port::open().await;
    port.released("B-BEFORE", 1).await;
    port.pass_minutes(60);
    let began = port.now();
    let plain = RequestSharing { data_from: None, ..request(&port, DataResource::ReleaseStatus, None) };
    let short = in_force(&port, &plain).await;
    let late = RequestSharing { data_from: Some(began.plus_millis(1)), ..plain.clone() };
    assert_eq!(port.no("border", &late).await, "sharing-data-from");
    let back = in_force(&port, &RequestSharing { data_from: Some(began.plus_days(-1)), ..plain }).await;
    port.pass_minutes(60);
    port.released("B-WITHIN", 1).await;
    port.pass_minutes(1);
    let rows = async |command: &TakeData| port.ok("border", command).await.rows.len();
    assert_eq!((rows(&take(&short, 200)).await, rows(&take(&back, 200)).await), (1, 2));
    assert_eq!(port.ok("border", &take(&short, 200)).await.from, began, "filled in within the period");
    for (from, to) in [(began.plus_millis(-1), None), (began.plus_days(-1), Some(began))] {
        let outside = TakeData { from: Some(from), to, ..take(&short, 200) };
        assert_eq!(port.no("border", &outside).await, "sharing-outside-period");
        let both = if to.is_none() { "of the term" } else { "of before" };
        assert_eq!(rows(&TakeData { agreement: back.clone(), ..outside }).await, 1, "the box {both}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_requests_that_come_at_once_no_more_wait_than_may() {
    let port = Arc::new(Port::open().await);
    let one = request(&port, DataResource::GateEvents, None);
    for _ in 0..REQUESTS_OPEN_MAX - 5 {
        port.ok("border", &one).await;
    }
    let outcomes = at_once(&port, (0..20).map(|_| ("border", one.clone())).collect()).await;
    // Whoever lost too often against the others is told to try again, and then is one too many.
    let asked = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let mut refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.all(|code| code == "sharing-requests-open" || code == "busy"), "{outcomes:?}");
    for _ in asked..5 {
        port.ok("border", &one).await;
    }
    assert!(asked <= 5, "{outcomes:?}");
    assert_eq!(port.no("border", &one).await, "sharing-requests-open");
    // Another consumer is not held up, and what is answered makes room.
    port.ok("maritime", &one).await;
    let open = ListQuery { limit: 1, ..ListQuery::default() };
    let listed = port.app.list::<SharingAgreement>(&port.ctx("border"), "sharing-agreement.read", open).await.expect("list").items;
    port.ok("border", &EndSharing { id: listed[0].0.id.clone(), reason: "不再需要".into() }).await;
    port.ok("border", &one).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inspection_figures_are_those_of_each_day_and_the_rate_is_of_the_boxes_declared_on_it() {
    let port = Port::open().await;
    let day = port.now().day_start(port.app.port().utc_offset_minutes);
    // Of four declared on the first day one is ordered on it and two on the second; of two declared on the second, none.
    let hours = |n: i64| day.plus_hours(n);
    let mark = |n: u32, milestone, at| MilestoneMark { container: format!("TESU{n:07}.V1"), milestone, at, terminal: None };
    let mut milestones: Vec<MilestoneMark> = (0..4).map(|n| mark(n, Milestone::Declared, hours(i64::from(n)))).collect();
    milestones.extend([(4, 24), (5, 47)].map(|(n, at)| mark(n, Milestone::Declared, hours(at))));
    milestones.extend([(0, 23), (1, 24), (2, 30)].map(|(n, at)| mark(n, Milestone::InspectionOrdered, hours(at))));
    milestones.extend([(0, 25), (1, 26)].map(|(n, at)| mark(n, Milestone::Inspected, hours(at))));
    milestones.extend([(3, 5), (0, 27), (1, 49)].map(|(n, at)| mark(n, Milestone::Released, hours(at))));
    port.store.commit(Commit { port: PORT.into(), milestones, ..Commit::default() }).await.expect("commit");
    let id = agreed(&port, DataResource::InspectionFigures, None).await;
    port.set_time(hours(60));
    let command = TakeData { from: Some(day), to: Some(hours(90)), ..take(&id, 200) };
    let done = port.ok("border", &command).await;
    let counts: Vec<(String, Vec<u64>)> = done
        .rows
        .iter()
        .map(|row| {
            let names = ["declared", "inspection_ordered", "declared_ordered", "inspected", "released", "inspection_per_mille"];
            let values = names.iter().map(|name| row[*name].as_u64().unwrap_or(u64::MAX)).collect();
            (row["day"].as_str().expect("a day").to_owned(), values)
        })
        .collect();
    let offset = port.app.port().utc_offset_minutes;
    let expected = [(hours(24).day(offset), vec![2, 2, 0, 2, 1, 0]), (day.day(offset), vec![4, 1, 3, 0, 1, 750])];
    assert_eq!(counts, expected, "newest first; today is not over");
    // Page by page, and with cursors that this page never gave.
    let page = port.ok("border", &TakeData { limit: 1, ..command.clone() }).await;
    let cursor = page.next.expect("another day");
    let rest = port.ok("border", &TakeData { cursor: Some(cursor.clone()), limit: 1, ..command.clone() }).await;
    assert_eq!(([page.rows, rest.rows].concat(), rest.next), (done.rows, None));
    let told: i64 = cursor.parse().expect("a day");
    for wrong in [i64::from(i32::MIN), i64::from(i32::MAX), i64::MIN, -1, 0, told - 1, told + 1] {
        let refused = port.no("border", &TakeData { cursor: Some(wrong.to_string()), ..command.clone() }).await;
        assert!(refused.starts_with("store"), "{wrong}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_goes_on_behind_the_last_box_and_takes_no_cursor_on_trust() {
    let port = Port::open().await;
    let (_, boxes) = port.released("B-MANY", 4).await;
    let id = agreed(&port, DataResource::ReleaseStatus, None).await;
    port.pass_minutes(1);
    let command = take(&id, 2);
    let first = port.ok("border", &command).await;
    let command = TakeData { from: Some(first.from), to: Some(first.to), ..command };
    let next = first.next.clone().expect("more");
    let (at, last) = next.split_once('@').expect("an instant and a box");
    assert!(boxes.iter().any(|one| one == last), "{next}");
    // Another box of the same instant is recorded, which sorts before those that were told: the next page is not shifted by it.
    let at = Timestamp::from_millis(at.parse().expect("an instant"));
    let early = MilestoneMark { container: "AAAU0000001-V1".into(), milestone: Milestone::Released, at, terminal: None };
    port.store.commit(Commit { port: PORT.into(), milestones: vec![early], ..Commit::default() }).await.expect("commit");
    let second = port.ok("border", &TakeData { cursor: Some(next), ..command.clone() }).await;
    let told = [first.rows, second.rows].concat();
    let mut names: Vec<&str> = told.iter().filter_map(|row| row["container_no"].as_str()).collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = boxes.iter().map(|one| container_number(one)).collect();
    expected.sort_unstable();
    assert_eq!((names, second.next), (expected, None));
    let (from, to) = (first.from.millis(), first.to.millis());
    let long = format!("{}@{}", at.millis(), "X".repeat(65));
    for wrong in [
        format!("{}@X", from - 1),
        format!("{to}@X"),
        format!("{}@", at.millis()),
        format!("{}.4", at.millis()),
        format!("{}@X", i64::MAX),
        long,
    ] {
        let refused = port.no("border", &TakeData { cursor: Some(wrong.clone()), ..command.clone() }).await;
        assert!(refused.starts_with("store"), "{wrong}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_comes_on_schedule_through_the_consumers_mailbox_and_is_in_the_log() {
    let port = Port::open().await;
    let file = FileOrder { format: FileFormat::Csv, every_hours: 2 };
    let id = agreed(&port, DataResource::ReleaseStatus, Some(file)).await;
    assert_eq!(port.app.keep_sharing(&port.ctx("platform")).await.expect("kept"), 0, "nothing is due yet");
    let began = port.now();
    collected(&port, "B-FILE").await;
    port.set_time(began.plus_minutes(3 * 60));
    assert_eq!(port.app.keep_sharing(&port.ctx("platform")).await.expect("kept"), 1);
    assert_eq!(port.app.keep_sharing(&port.ctx("platform")).await.expect("kept"), 0, "once is once");
    let entry = only_file(&port, &id).await;
    assert_eq!((entry.made.from, entry.made.to, entry.made.by.as_str()), (began, began.plus_minutes(120), "platform"));

    // It waits in the mailbox of border inspection, and of nobody else.
    let waiting = ListQuery { party: Some("border".into()), ..ListQuery::default() };
    let mail = port.app.list::<MessageState>(&port.ctx("border"), "mailbox.read", waiting.clone()).await.expect("mail").items;
    assert_eq!(mail.iter().map(|(seen, _)| Some(seen.id.clone())).collect::<Vec<_>>(), std::slice::from_ref(&entry.made.message));
    let others = ListQuery { party: Some("customs-port".into()), ..ListQuery::default() };
    assert!(port.app.list::<MessageState>(&port.ctx("customs-port"), "mailbox.read", others).await.expect("mail").items.is_empty());
    let (media, bytes) = port.store.blob(crate::support::PORT, &entry.made.sha256).await.expect("store").expect("the bytes of the file");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let names: Vec<&str> = DataResource::ReleaseStatus.fields().iter().map(|field| field.name).collect();
    assert_eq!((media.as_str(), text.trim_start_matches('\u{feff}').lines().next()), ("text/csv", Some(names.join(",").as_str())));
    assert_eq!(text.lines().count(), usize::try_from(entry.made.rows).expect("few") + 1);
    assert_eq!(app::inbox::ending(text.as_bytes()), "csv");

    // Suspended, no file; when its term is over, the platform closes it.
    port.ok("customs-port", &SuspendSharing { id: id.clone(), reason: "核对中".into() }).await;
    let fetched = MarkDelivered { id: entry.made.message.clone().expect("a message") };
    assert_eq!(port.no("border", &fetched).await, "sharing-suspended", "what waits to be fetched waits on");
    port.pass_minutes(5 * 60);
    assert_eq!(port.app.keep_sharing(&port.ctx("platform")).await.expect("kept"), 0);
    port.pass_minutes(31 * 24 * 60);
    port.app.keep_sharing(&port.ctx("platform")).await.expect("kept");
    assert_eq!(port.status::<SharingAgreement>(&id).await, "expired");
    assert_eq!(port.no("border", &take(&id, 5)).await, "sharing-expired");
}

async fn only_file(port: &Port, agreement: &str) -> DataDelivery {
    let query = ListQuery { keys: vec![agreement.to_owned()], ..ListQuery::default() };
    let mut found = port.app.list::<DataDelivery>(&port.ctx("port-office"), "data-delivery.read", query).await.expect("log").items;
    assert_eq!(found.len(), 1, "one file");
    found.remove(0).0.state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_those_of_the_ledger_and_each_sees_its_own() {
    let port = Port::open().await;
    port.released("B-FIG", 2).await;
    let release = agreed(&port, DataResource::ReleaseStatus, None).await;
    let calls = agreed(&port, DataResource::ShipCalls, None).await;
    port.pass_minutes(1);
    for _ in 0..3 {
        port.ok("border", &take(&release, 1)).await;
    }
    port.ok("border", &take(&calls, 50)).await;
    let day: Timestamp = port.now();
    let figures = async |who: &str| {
        let found = port.app.sharing_statistics(&port.ctx(who), day, day).await.expect("figures");
        found.into_iter().map(|([resource, ..], figures)| (resource, figures.deliveries, figures.rows)).collect::<Vec<_>>()
    };
    let both = vec![("release-status".to_owned(), 3, 3), ("ship-calls".to_owned(), 1, 1)];
    assert_eq!(figures("border").await, both);
    assert_eq!(figures("port-office").await, both);
    assert_eq!(figures("customs-port").await, both[..1]);
    assert_eq!(figures("maritime").await, []);
    assert_eq!(port.app.mend_statistics().await.expect("counted anew"), 0, "the counters are those of the ledger");
    port.ok("border", &EndSharing { id: calls.clone(), reason: "不再需要".into() }).await;
    assert_eq!(port.no("border", &take(&calls, 50)).await, "sharing-ended");
    assert_eq!(port.no("maritime", &take(&release, 50)).await, "not-found");
    let differences = app::replay::check(port.store.as_ref(), crate::support::PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, [], "what is kept follows from the events");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customs_finds_what_waits_for_it_in_its_own_list() {
    let port = Port::open().await;
    let id = port.ok("border", &request(&port, DataResource::InspectionFigures, None)).await;
    let mine = ListQuery { mine: true, actions: vec!["answer-sharing".into()], ..ListQuery::default() };
    let waits = async |who: &str| {
        port.app.worklist(&port.ctx(who), &mine).await.expect("list").items.into_iter().map(|item| item.object.id).collect::<Vec<_>>()
    };
    assert_eq!((waits("customs-port").await, waits("customs-far").await), (vec![id.clone()], vec![]));
    port.ok("customs-port", &ApproveSharing { id: id.clone() }).await;
    assert_eq!((waits("customs-port").await, waits("port-office").await), (vec![], vec![id]));
    // A gate's provider has to be named, for there are two terminals; a resource that is none is refused.
    let nobody = RequestSharing { provider: None, ..request(&port, DataResource::GateEvents, None) };
    assert_eq!(port.no("border", &nobody).await, "sharing-provider");
    let nothing = RequestSharing { resource: "nothing".into(), ..request(&port, DataResource::GateEvents, None) };
    assert_eq!(port.no("border", &nothing).await, "sharing-resource");
    assert_eq!(csv_cell("=1"), "'=1");
}
