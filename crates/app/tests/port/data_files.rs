//! Files of shared data: more rows than a file holds, a file that cannot be made, and a file that is sent again.

use app::data_sharing::{DataResource, FILE_ROWS_MAX, SuspendSharing};
use app::directory::WriteOrganisation;
use app::inbox::{MarkDelivered, ResendMessage};
use app::reading::ListQuery;
use ledger::{Aggregate as _, ObjectRef};
use port_call::ShipCall;
use sharing::{DataDelivery, FileFormat, FileOrder, SharingAgreement};
use store::{Commit, ObjectWrite, WorkWrite};

use crate::data_sharing::{agreed, collected, take};
use crate::support::{PORT, Port};

async fn kept(port: &Port) -> usize {
    port.app.keep_sharing(&port.ctx("platform")).await.expect("kept")
}

/// The entries of the usage log about an agreement, oldest first.
async fn log(port: &Port, agreement: &str) -> Vec<(String, DataDelivery)> {
    let query = ListQuery { keys: vec![agreement.to_owned()], ..ListQuery::default() };
    let found = port.app.list::<DataDelivery>(&port.ctx("port-office"), "data-delivery.read", query).await.expect("log").items;
    let mut entries: Vec<(String, DataDelivery)> = found.into_iter().map(|(seen, _)| (seen.id, seen.state)).collect();
    entries.sort_by_key(|(id, entry)| (entry.at, id.clone()));
    entries
}

async fn text_of(port: &Port, entry: &DataDelivery) -> String {
    let (_, bytes) = port.store.blob(PORT, &entry.made.sha256).await.expect("store").expect("the bytes of the file");
    String::from_utf8(bytes).expect("UTF-8")
}

/// Calls beside a real one, straight into the store: as many as a year of a great port has.
async fn calls(port: &Port, count: usize) {
    let id = port.announce().await;
    let state = port.state::<ShipCall>(&id).await;
    let (body, row) = (serde_json::to_vec(&state).expect("JSON"), state.work_row(&id));
    let ids: Vec<String> = (0..count).map(|n| format!("C9{n:06}")).collect();
    for part in ids.chunks(5_000) {
        let objects: Vec<ObjectRef> = part.iter().map(|id| ObjectRef::new(ShipCall::KIND, id.clone())).collect();
        let write = |object: &ObjectRef| ObjectWrite { object: object.clone(), expected_version: 0, state: body.clone() };
        let list = |object: &ObjectRef| WorkWrite { object: object.clone(), row: row.clone() };
        let commit = Commit {
            port: PORT.into(),
            objects: objects.iter().map(write).collect(),
            work: objects.iter().map(list).collect(),
            ..Commit::default()
        };
        port.store.commit(commit).await.expect("commit");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_calls_than_a_file_holds_come_in_two_at_once_each_call_in_one_of_them() {
    let port = Port::open().await;
    // One more than a file holds, with the one that was announced.
    calls(&port, FILE_ROWS_MAX).await;
    let file = FileOrder { format: FileFormat::Json, every_hours: 24 };
    let began = port.now();
    let id = agreed(&port, DataResource::ShipCalls, Some(file)).await;
    port.set_time(began.plus_hours(25));
    assert_eq!((kept(&port).await, kept(&port).await), (2, 0), "the rest is due at once, and then nothing is");
    let entries = log(&port, &id).await;
    let told: Vec<(u32, bool)> = entries.iter().map(|(_, entry)| (entry.made.rows, entry.made.more)).collect();
    assert_eq!(told, [(20_000, true), (1, false)]);
    let mut seen = std::collections::BTreeSet::new();
    for (part, (_, entry)) in (1_u32..).zip(&entries) {
        assert_eq!((entry.made.from, entry.made.to), (began, began.plus_hours(24)), "parts of one period");
        let file: serde_json::Value = serde_json::from_str(&text_of(&port, entry).await).expect("JSON");
        assert_eq!((&file["part"], &file["more"]), (&part.into(), &(part == 1).into()));
        for row in file["rows"].as_array().expect("rows") {
            assert!(seen.insert(row["call"].as_str().expect("a call").to_owned()), "{row} came twice");
        }
    }
    assert_eq!(seen.len(), FILE_ROWS_MAX + 1);
    let state = port.state::<SharingAgreement>(&id).await;
    assert_eq!((state.files, state.rest.as_ref(), state.next_file_at()), (2, None, Some(began.plus_hours(49))), "the schedule stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_made_is_told_and_comes_with_the_next_period() {
    let port = Port::open().await;
    let file = FileOrder { format: FileFormat::Csv, every_hours: 2 };
    let began = port.now();
    let id = agreed(&port, DataResource::ReleaseStatus, Some(file)).await;
    port.released("B-FAIL", 1).await;
    // Customs of the port is another office for a while: nobody provides what it approved.
    let (version, home) = port.app.organisation_to_edit("customs-port").await.expect("read").expect("an organisation");
    let away = app::directory::Organisation { district: Some("4600".into()), ..home.clone() };
    port.ok("admin-desk", &WriteOrganisation { organisation: away, expected_version: version }).await;
    port.set_time(began.plus_hours(3));
    assert_eq!((kept(&port).await, kept(&port).await), (0, 0));
    let events = port.events::<SharingAgreement>(&id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "sharing-agreement.file-failed").count(), 1, "once, not every minute: {events:?}");
    for who in ["border", "port-office"] {
        let seen = port.app.view::<SharingAgreement>(&port.ctx(who), "sharing-agreement.read", &id).await.expect("a party sees it");
        assert_eq!(seen.state.fault.map(|fault| fault.code).as_deref(), Some("sharing-resource-gone"), "{who}");
    }
    assert_eq!(log(&port, &id).await.len(), 0, "nothing was delivered");
    assert_eq!(port.no("border", &take(&id, 5)).await, "sharing-resource-gone");
    port.ok("admin-desk", &WriteOrganisation { organisation: home, expected_version: version + 1 }).await;
    port.set_time(began.plus_hours(4));
    assert_eq!(kept(&port).await, 0, "the next period has not come");
    port.set_time(began.plus_hours(5));
    assert_eq!(kept(&port).await, 1);
    let entries = log(&port, &id).await;
    assert_eq!((entries[0].1.made.from, entries[0].1.made.to, entries[0].1.made.rows), (began, began.plus_hours(4), 1), "nothing is lost");
    assert_eq!(port.state::<SharingAgreement>(&id).await.fault, None);
    // The provider is away again: what waits in the mailbox is not handed over.
    let (version, home) = port.app.organisation_to_edit("customs-port").await.expect("read").expect("an organisation");
    let away = app::directory::Organisation { district: Some("4600".into()), ..home };
    port.ok("admin-desk", &WriteOrganisation { organisation: away, expected_version: version }).await;
    let fetched = MarkDelivered { id: entries[0].1.made.message.clone().expect("a message") };
    assert_eq!(port.no("border", &fetched).await, "sharing-resource-gone");
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, [], "what is kept follows from the events");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_sent_again_is_in_the_log_and_in_the_figures() {
    let port = Port::open().await;
    let began = port.now();
    let id = agreed(&port, DataResource::GateEvents, Some(FileOrder { format: FileFormat::Csv, every_hours: 2 })).await;
    collected(&port, "B-AGAIN").await;
    port.set_time(began.plus_hours(3));
    assert_eq!(kept(&port).await, 1);
    let (delivery, entry) = log(&port, &id).await.remove(0);
    assert!(entry.made.rows > 0, "a passage");
    let message = entry.made.message.clone().expect("a message");
    let again = ResendMessage { id: message.clone() };
    assert_eq!(port.no("admin-desk", &again).await, "message-still-waiting");
    port.ok("border", &MarkDelivered { id: message.clone() }).await;
    let next_day = began.plus_hours(26);
    for at in [began.plus_hours(4), next_day] {
        port.set_time(at);
        port.ok("admin-desk", &again).await;
        port.ok("border", &MarkDelivered { id: message.clone() }).await;
    }
    let state = port.state::<DataDelivery>(&delivery).await;
    assert_eq!((state.resent, state.resent_at), (2, Some(next_day)));
    assert_eq!(port.events::<DataDelivery>(&delivery).await, ["data-delivery.made", "data-delivery.resent", "data-delivery.resent"]);
    let figures = async |day| {
        let found = port.app.sharing_statistics(&port.ctx("border"), day, day).await.expect("figures");
        found.into_values().map(|figures| (figures.deliveries, figures.rows)).collect::<Vec<_>>()
    };
    let rows = u64::from(entry.made.rows);
    assert_eq!((figures(began).await, figures(next_day).await), (vec![(2, 2 * rows)], vec![(1, rows)]), "on the day on which it was sent");
    assert_eq!(port.app.mend_statistics().await.expect("counted anew"), 0, "the counters are those of the ledger");
    // Suspended, it is not sent again, and nothing is written.
    port.ok("terminal-east", &SuspendSharing { id: id.clone(), reason: "核对中".into() }).await;
    assert_eq!(port.no("admin-desk", &again).await, "sharing-suspended");
    assert_eq!(port.state::<DataDelivery>(&delivery).await.resent, 2);
}
