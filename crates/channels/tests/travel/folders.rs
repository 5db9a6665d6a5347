//! Watched folders: complete files only, each once, whatever dies.

use std::io::Write as _;

use app::inbox::MESSAGE_BYTES_MAX;
use app::partners::{DeliverBy, Direction, FolderChannel, Profile};

use crate::support::{Site, interchange, names};

fn watched(profile: &mut Profile) {
    profile.channels.folder = Some(FolderChannel { name: "blue".into(), receive: true });
}

async fn site() -> Site {
    let site = Site::open(|_| {}).await;
    site.agree("agent-blue", watched).await;
    site
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_complete_file_is_kept_acknowledged_and_moved_with_its_report() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    std::fs::write(site.root.join("blue/in/invoice.edi"), interchange("AGENTBLUE", "REF1")).expect("a file");
    exchange.fetch_once().await;
    assert_eq!(site.messages("INVOIC").await.len(), 0, "seen once, it may still grow");
    exchange.fetch_once().await;
    let messages = site.messages("INVOIC").await;
    let [(id, message)] = messages.as_slice() else { panic!("{messages:#?}") };
    assert_eq!((message.partner.as_str(), message.channel.as_str(), message.reference.as_str()), ("agent-blue", "folder", "REF1"));
    assert_eq!(names(&site.root.join("blue/in")), Vec::<String>::new());
    let done = names(&site.root.join("blue/done"));
    assert!(done.len() == 2 && done[0].ends_with("~invoice.edi") && done[1].ends_with("~invoice.edi.report.json"), "{done:?}");
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(site.root.join("blue/done").join(&done[1])).expect("a report")).expect("JSON");
    assert_eq!(
        (report["message"].as_str(), report["status"].as_str(), report["errors"].as_u64()),
        (Some(id.as_str()), Some("processed"), Some(0))
    );
    let state = site.app.channel_state("agent-blue", DeliverBy::Folder, Direction::In).await.expect("store").expect("used");
    assert!(state.last_success_at.is_some() && state.failing_since.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_grows_is_never_read_in_part() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    let whole = interchange("AGENTBLUE", "REF2");
    let path = site.root.join("blue/in/slow.edi");
    let mut file = std::fs::File::create(&path).expect("a file");
    for part in whole.chunks(10) {
        file.write_all(part).expect("written");
        exchange.fetch_once().await;
        assert!(path.exists(), "it was touched since the last look");
    }
    // Under a name that says so, it is left alone however long it lies there.
    std::fs::write(site.root.join("blue/in/upload.part"), &whole).expect("a file");
    for _ in 0..3 {
        exchange.fetch_once().await;
    }
    let messages = site.messages("INVOIC").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].1.bytes, whole.len() as u64);
    assert_eq!(names(&site.root.join("blue/in")), ["upload.part"]);
    std::fs::rename(site.root.join("blue/in/upload.part"), site.root.join("blue/in/upload.edi")).expect("renamed in");
    for _ in 0..2 {
        exchange.fetch_once().await;
    }
    assert_eq!(names(&site.root.join("blue/in")), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_died_after_keeping_leaves_a_claim_that_leads_to_the_same_message() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    std::fs::write(site.root.join("blue/in/once.edi"), interchange("AGENTBLUE", "REF3")).expect("a file");
    for _ in 0..2 {
        exchange.fetch_once().await;
    }
    let before = site.messages("INVOIC").await;
    // As a process leaves it that died between the store and the move.
    let done = names(&site.root.join("blue/done"));
    std::fs::rename(site.root.join("blue/done").join(&done[0]), site.root.join("blue/in/.taken").join(&done[0])).expect("back");
    std::fs::remove_file(site.root.join("blue/done").join(&done[1])).expect("no report yet");
    site.exchange().fetch_once().await;
    assert_eq!(site.messages("INVOIC").await, before, "no second message, nothing acted upon twice");
    assert_eq!(names(&site.root.join("blue/done")), done);
    // As a process leaves it that died between the claim and the store.
    let claim = "0123456789abcdef0123456789abcdef~early.edi";
    std::fs::write(site.root.join("blue/in/.taken").join(claim), interchange("AGENTBLUE", "REF4")).expect("a claim");
    site.exchange().fetch_once().await;
    assert_eq!(site.messages("INVOIC").await.len(), 2);
    assert!(names(&site.root.join("blue/done")).contains(&claim.to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_on_one_folder_take_each_file_once() {
    let site = site().await;
    let processes = [site.exchange(), site.exchange(), site.exchange()];
    for process in &processes {
        process.fetch_once().await;
    }
    for n in 0..60 {
        std::fs::write(site.root.join(format!("blue/in/{n:02}.edi")), interchange("AGENTBLUE", &format!("R{n}"))).expect("a file");
    }
    for _ in 0..3 {
        tokio::join!(processes[0].fetch_once(), processes[1].fetch_once(), processes[2].fetch_once());
    }
    let mut references: Vec<String> = site.messages("INVOIC").await.into_iter().map(|(_, state)| state.reference).collect();
    references.sort();
    let mut expected: Vec<String> = (0..60).map(|n| format!("R{n}")).collect();
    expected.sort();
    assert_eq!(references, expected);
    assert_eq!(names(&site.root.join("blue/done")).len(), 120, "each file and its report");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_acted_upon_goes_to_failed_and_says_why() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    let inside = site.root.join("blue/in");
    std::fs::write(inside.join("a-broken.edi"), b"no EDIFACT").expect("a file");
    std::fs::write(inside.join("b-empty.edi"), b"").expect("a file");
    for (name, bytes) in [("c-limit.edi", MESSAGE_BYTES_MAX as u64), ("d-larger.edi", MESSAGE_BYTES_MAX as u64 + 1)] {
        std::fs::File::create(inside.join(name)).and_then(|file| file.set_len(bytes)).expect("a file");
    }
    for _ in 0..2 {
        exchange.fetch_once().await;
    }
    let failed = names(&site.root.join("blue/failed"));
    let report = |ending: &str| -> serde_json::Value {
        let name =
            failed.iter().find(|name| name.ends_with(&format!("{ending}.report.json"))).unwrap_or_else(|| panic!("{ending}: {failed:?}"));
        serde_json::from_slice(&std::fs::read(site.root.join("blue/failed").join(name)).expect("a report")).expect("JSON")
    };
    assert_eq!(report("a-broken.edi")["status"], "rejected");
    assert!(report("a-broken.edi")["codes"].as_array().is_some_and(|codes| codes.iter().any(|code| code == "EDI-NOT-EDIFACT")));
    assert_eq!(report("b-empty.edi")["status"], "refused");
    assert_eq!(report("c-limit.edi")["status"], "rejected", "at the limit it is kept");
    assert_eq!((report("d-larger.edi")["status"].as_str(), report("d-larger.edi")["message"].as_str()), (Some("refused"), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_outside_the_folder_is_read_or_written() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    let secret = site.home.path().join("secret.edi");
    std::fs::write(&secret, interchange("AGENTBLUE", "SECRET")).expect("a file");
    std::os::unix::fs::symlink(&secret, site.root.join("blue/in/link.edi")).expect("a link");
    std::fs::hard_link(&secret, site.root.join("blue/in/hard.edi")).expect("a link");
    for _ in 0..3 {
        exchange.fetch_once().await;
    }
    assert_eq!(site.messages("INVOIC").await.len(), 0);
    // A folder that was replaced by a link to elsewhere is refused, and the partner's channel says so.
    std::fs::remove_dir_all(site.root.join("blue/done")).expect("removed");
    std::os::unix::fs::symlink(site.home.path(), site.root.join("blue/done")).expect("a link");
    std::fs::write(site.root.join("blue/in/plain.edi"), interchange("AGENTBLUE", "PLAIN")).expect("a file");
    for _ in 0..3 {
        exchange.fetch_once().await;
    }
    assert_eq!(site.messages("INVOIC").await.len(), 0);
    let state = site.app.channel_state("agent-blue", DeliverBy::Folder, Direction::In).await.expect("store").expect("used");
    assert!(state.fault.as_deref().is_some_and(|fault| fault.contains("outside")), "{state:?}");
    assert!(site.root.join("blue/in/plain.edi").exists(), "it waits until the folder is mended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_laid_where_the_service_writes_is_never_written_through() {
    let site = site().await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    let ours = site.home.path().join("ours");
    std::fs::write(&ours, b"precious").expect("a file");
    let blue = site.root.join("blue");
    std::os::unix::fs::symlink(&ours, blue.join("out/.probe.tmp")).expect("a link");
    let claim = "0123456789abcdef0123456789abcdef~early.edi";
    std::os::unix::fs::symlink(&ours, blue.join(format!("done/.{claim}.report.json.tmp"))).expect("a link");
    std::fs::write(blue.join("in/.taken").join(claim), interchange("AGENTBLUE", "LINKED")).expect("a claim");
    site.app.test_partner(&site.platform(), "agent-blue").await.expect("the folder can be written");
    site.exchange().fetch_once().await;
    assert!(names(&blue.join("done")).contains(&format!("{claim}.report.json")), "it was taken all the same");
    assert_eq!(std::fs::read(&ours).expect("a file"), b"precious");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_files_are_removed_when_the_store_has_them_and_otherwise_stay() {
    let site = Site::open(|settings| settings.keep_days = 0).await;
    site.agree("agent-blue", watched).await;
    let exchange = site.exchange();
    exchange.fetch_once().await;
    let blue = site.root.join("blue");
    std::fs::write(blue.join("in/kept.edi"), interchange("AGENTBLUE", "KEPT")).expect("a file");
    std::fs::write(blue.join("in/empty.edi"), b"").expect("a file");
    for _ in 0..2 {
        exchange.fetch_once().await;
    }
    assert_eq!((names(&blue.join("done")).len(), names(&blue.join("failed")).len()), (2, 2));
    // A process that was started anew removes what is old.
    site.exchange().fetch_once().await;
    assert_eq!(names(&blue.join("done")).len(), 0, "the store has it");
    assert_eq!(names(&blue.join("failed")).len(), 2, "it was refused and is nowhere else");
}
