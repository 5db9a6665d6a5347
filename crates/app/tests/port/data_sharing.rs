//! Data sharing on a real store: what is delivered under an agreement, files on a schedule through the consumer's channel, and the figures.

use app::data_sharing::{ApproveSharing, DataResource, EndSharing, RequestSharing, SuspendSharing, TakeData, csv_cell};
use app::inbox::{MarkDelivered, MessageState};
use app::reading::ListQuery;
use ledger::Timestamp;
use logistics::Direction;
use sharing::{DataDelivery, FileFormat, FileOrder, Grant, SharingAgreement};

use crate::support::Port;

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
        file,
    }
}

/// An agreement in force for border inspection.
async fn agreed(port: &Port, resource: DataResource, file: Option<FileOrder>) -> String {
    let id = port.ok("border", &request(port, resource, file)).await;
    let provider = port.state::<SharingAgreement>(&id).await.terms.provider;
    let provider: &'static str = ["customs-port", "port-office", "terminal-east", "port-authority"]
        .into_iter()
        .find(|one| *one == provider)
        .expect("a provider of the tests");
    port.ok(provider, &ApproveSharing { id: id.clone() }).await;
    if provider == "port-office" {
        // The same person is refused; another one of the office approves.
        assert_eq!(port.no("port-office", &ApproveSharing { id: id.clone() }).await, "sharing-same-person");
        let mut ctx = port.ctx("port-office");
        ctx.principal.id = "port-office.second".into();
        port.app.execute(&ctx, &ApproveSharing { id: id.clone() }).await.expect("approved");
    } else {
        port.ok("port-office", &ApproveSharing { id: id.clone() }).await;
    }
    assert_eq!(port.status::<SharingAgreement>(&id).await, "in-force");
    id
}

/// A box that left through the gate.
async fn collected(port: &Port, bill: &str) {
    let container = port.ready(bill).await;
    for direction in [Direction::In, Direction::Out] {
        assert!(port.gate(direction, &container).await.reasons.is_empty());
    }
}

fn take(agreement: &str, limit: u32) -> TakeData {
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
