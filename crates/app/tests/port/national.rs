//! The gateway to the national single window: declarations go up, receipts come down, over real files and real HTTP, to a sandbox that speaks
//! the same messages.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use app::declarations::SubmitDeclaration;
use app::directory::{Organisation, WriteOrganisation};
use app::inbox::repair::CloseMessage;
use app::inbox::{MarkDelivered, MessageState, ReceiveMessage, ResendMessage};
use app::national::{Connector, ConnectorStatus, NationalCounterpart, NationalDay, TransmitDeclaration, WriteConnector};
use app::partners::{AnswerWanted, Answers, DeliverBy, FolderChannel, Identifier, MakePushSecret, PushChannel, WritePartner};
use app::reading::ListQuery;
use app::settings::PortSettings;
use app::{Context, Principal, Role};
use channels::{Carriers, Exchange, Settings};
use clearance::{Declaration, Receipt, Transmission};
use ledger::head::{Algorithm, SigningKey};
use ledger::{Aggregate, Bilingual, Timestamp};
use messages::EdiInterpreter;
use messages::national::NationalKeys;
use messages::sandbox_national::{KEEP_SILENT, REFUSE, SENDER, SandboxNational};

use crate::support::{PORT, Port, code_of, principal_of};

const NATIONAL: &str = "national-sandbox";

/// A port that is connected to the sandbox by a folder, and the keys of both.
struct Window {
    port: Port,
    sandbox: SandboxNational,
    settings: Settings,
    exchange: Arc<Exchange>,
    folder: PathBuf,
    _root: tempfile::TempDir,
}

fn key(algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::generate(algorithm, [seed; 32]).expect("a key")
}

fn sandbox_with(own: SigningKey, platform: &SigningKey) -> SandboxNational {
    SandboxNational::new(NationalKeys { own, other: platform.public() }, 480)
}

impl Window {
    async fn open() -> Self {
        Self::open_with(Algorithm::Ed25519, |_| {}, |_| {}).await
    }

    async fn open_with(algorithm: Algorithm, change: impl FnOnce(&mut NationalCounterpart), allow: impl FnOnce(&mut Settings)) -> Self {
        let (ours, theirs) = (key(algorithm, 3), key(algorithm, 4));
        let mut counterpart = NationalCounterpart {
            organisation: NATIONAL.into(),
            name: Bilingual::new("沙箱单一窗口", "SANDBOX national window"),
            sandbox: true,
            automatic: false,
            receipt_hours: 24,
        };
        change(&mut counterpart);
        let settings = PortSettings { code: PORT.into(), slot_capacity: 3, national: Some(counterpart), ..PortSettings::default() };
        let keys = NationalKeys { own: ours.clone(), other: theirs.public() };
        let port = Port::open_reading(settings, EdiInterpreter::default().with_national(Arc::new(keys))).await;
        let root = tempfile::tempdir().expect("a folder");
        let folders = root.path().canonicalize().expect("its path");
        let mut settings = Settings { folders: Some(folders.clone()), stable_seconds: 0, timeout_seconds: 5, ..Settings::default() };
        allow(&mut settings);
        let carriers = Carriers::new(settings.clone());
        port.app.employ(Arc::new(carriers.clone()));
        let exchange = Exchange::new(Arc::clone(&port.app), carriers);
        let window = Self { port, sandbox: sandbox_with(theirs, &ours), settings, exchange, folder: folders.join("window"), _root: root };
        let organisation = Organisation {
            id: NATIONAL.into(),
            name: Bilingual::new("沙箱", "SANDBOX"),
            role: Role::National,
            uscc: None,
            district: None,
            edi_id: Some(SENDER.into()),
        };
        window.port.ok("admin-desk", &WriteOrganisation { organisation, expected_version: 0 }).await;
        window
            .agree(|profile| {
                profile.channels.folder = Some(FolderChannel { name: "window".into(), receive: true });
                profile.channels.deliver_by = DeliverBy::Folder;
            })
            .await;
        window
    }

    async fn agree(&self, change: impl FnOnce(&mut app::partners::Profile)) {
        let (expected_version, mut profile) = self.port.app.partner(NATIONAL).await.expect("store").expect("known");
        profile.identifiers = vec![Identifier { id: SENDER.into(), qualifier: None }];
        profile.answers = Answers { contrl: AnswerWanted::Never, aperak: AnswerWanted::Never };
        change(&mut profile);
        self.port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
    }

    async fn declared_with(&self, bill: &str, note: &str) -> String {
        self.port.landed(bill, 1).await;
        let id = self.port.drafted_with(bill, |form| form.note_s = note.into()).await;
        self.port.ok("broker-green", &SubmitDeclaration { id: id.clone() }).await;
        id
    }

    async fn transmit(&self, declaration: &str) -> String {
        self.port.ok("broker-green", &TransmitDeclaration { id: declaration.into() }).await
    }

    /// A process of its own: it has forgotten that a lane waits.
    async fn deliver(&self) -> usize {
        Exchange::new(Arc::clone(&self.port.app), Carriers::new(self.settings.clone())).deliver_once().await
    }

    /// Two looks see that a file is complete.
    async fn fetch(&self) {
        for _ in 0..3 {
            self.exchange.fetch_once().await;
        }
    }

    /// Down, answered, and up again.
    async fn travel(&self) {
        self.deliver().await;
        self.sandbox.round(&self.folder, self.port.now()).expect("the folder");
        self.fetch().await;
    }

    async fn transmission(&self, id: &str) -> Transmission {
        self.port.state::<Transmission>(id).await
    }

    fn national(&self) -> Context {
        let principal =
            Principal { id: format!("{NATIONAL}.key"), organisation: NATIONAL.into(), role: Role::National, district: None, system: true };
        Context { principal, ..self.port.ctx("platform") }
    }

    /// A file comes by HTTP: kept, then read. (status, codes found)
    async fn receive(&self, ctx: &Context, bytes: Vec<u8>) -> (String, Vec<String>, String) {
        let kept = self.port.app.execute(ctx, &ReceiveMessage { bytes, channel: "api".into() }).await.expect("kept").outcome;
        self.port.app.process_message(ctx, &kept).await.expect("read");
        let state = self.port.state::<MessageState>(&kept).await;
        assert_eq!(state.answers, Vec::<String>::new(), "a receipt is never answered");
        (state.status().to_owned(), state.findings.iter().map(|f| f.finding.code.to_string()).collect(), kept)
    }

    async fn today(&self) -> NationalDay {
        let (from, offset) = (self.port.now().day_start(480), 480);
        let (days, cut) = self.port.app.national_days(from, from.plus_days(1)).await.expect("counts");
        assert!(!cut);
        days[&from.day(offset)].clone()
    }
}

fn told(code: &str, at: Timestamp) -> Receipt {
    Receipt {
        code: code.into(),
        told_at: at,
        seq_no: None,
        entry_id: None,
        text: String::new(),
        faults: Vec::new(),
        message: String::new(),
    }
}

const NUMBER: &str = "310420261000000042";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declaration_goes_up_signed_and_its_receipts_come_down() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Sm2Sm3] {
        let window = Window::open_with(algorithm, |_| {}, |_| {}).await;
        let declaration = window.declared_with("TSTBUP1", "").await;
        let before = window.port.status::<Declaration>(&declaration).await;
        let id = window.transmit(&declaration).await;
        assert_eq!(window.transmission(&id).await.status(), "prepared");
        assert_eq!(window.port.no("broker-green", &TransmitDeclaration { id: declaration.clone() }).await, "transmission-under-way");

        assert_eq!(window.deliver().await, 1);
        assert_eq!(window.transmission(&id).await.status(), "sent");
        let out: Vec<_> = std::fs::read_dir(window.folder.join("out")).expect("a folder").flatten().map(|entry| entry.path()).collect();
        let [file] = out.as_slice() else { panic!("{out:?}") };
        assert_eq!(file.extension().and_then(|end| end.to_str()), Some("xml"));
        let sent = std::fs::read(file).expect("the file");
        let state = window.port.state::<MessageState>(&window.transmission(&id).await.message).await;
        assert_eq!((state.kind.as_str(), state.sha256), ("DecMessage", app::inbox::sha256_hex(&sent)));

        assert_eq!(window.sandbox.round(&window.folder, window.port.now()).expect("answered"), 1);
        window.fetch().await;
        let found = window.transmission(&id).await;
        let mut codes: Vec<&str> = found.receipts.iter().map(|receipt| receipt.code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!((found.status(), codes), ("released", vec!["7", "L", "P"]), "{algorithm:?}");
        assert_eq!(found.entry_id().map(str::len), Some(18));
        assert!(found.seq_no().is_some_and(|number| number.len() == 18));
        assert!(found.receipts.iter().all(|receipt| receipt.text.starts_with("SANDBOX")), "labelled");
        for receipt in &found.receipts {
            let message = window.port.state::<MessageState>(&receipt.message).await;
            assert_eq!((message.status(), message.channel.as_str(), message.objects[0].id.as_str()), ("processed", "folder", id.as_str()));
        }
        assert_eq!(window.port.status::<Declaration>(&declaration).await, before, "what is said there moves nothing here");
        let day = window.today().await;
        assert_eq!((day.prepared, day.sent, day.receipted, day.numbered, day.released, day.files), (1, 1, 1, 1, 1, 3));
        assert!(day.agrees(), "{day:?}");
        assert_eq!(
            window.port.events::<Transmission>(&id).await,
            ["transmission.prepared", "transmission.sent", "transmission.receipt", "transmission.receipt", "transmission.receipt"]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_declaration_goes_on_by_itself_where_the_port_wants_that() {
    let window = Window::open_with(Algorithm::Ed25519, |counterpart| counterpart.automatic = true, |_| {}).await;
    let declaration = window.declared_with("TSTBAUTO", "").await;
    window.travel().await;
    let query = ListQuery { keys: vec![declaration], ..ListQuery::default() };
    let page = window.port.app.list::<Transmission>(&window.port.ctx("broker-green"), "transmission.read", query).await.expect("a list");
    assert_eq!(page.items.iter().map(|(seen, _)| seen.state.status()).collect::<Vec<_>>(), ["released"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_declaration_may_be_sent_again_and_a_draft_may_not_be_sent() {
    let window = Window::open().await;
    let draft = {
        window.port.landed("TSTBDRAFT", 1).await;
        window.port.drafted("TSTBDRAFT").await
    };
    assert_eq!(window.port.no("broker-green", &TransmitDeclaration { id: draft }).await, "declaration-not-accepted");
    let declaration = window.declared_with("TSTBREF", REFUSE).await;
    let first = window.transmit(&declaration).await;
    window.travel().await;
    let found = window.transmission(&first).await;
    assert_eq!((found.status(), found.entry_id()), ("refused", None));
    assert!(found.standing().is_some_and(|receipt| receipt.code == "E" && receipt.text.starts_with("SANDBOX")));
    let second = window.transmit(&declaration).await;
    assert_ne!(first, second);
    assert_eq!(window.today().await.refused, 1);
    for stranger in ["trader-grey", "agent-blue", "customs-far"] {
        let code = window.port.no(stranger, &TransmitDeclaration { id: declaration.clone() }).await;
        assert!(code == "not-found" || code == "forbidden", "{stranger}: {code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_may_come_twice_and_in_any_order() {
    let window = Window::open().await;
    let id = window.transmit(&window.declared_with("TSTBORD", KEEP_SILENT).await).await;
    window.travel().await;
    let (ctx, at) = (window.national(), window.port.now());
    let numbered = |code, minutes| Receipt { entry_id: Some(NUMBER.into()), ..told(code, at.plus_minutes(minutes)) };
    let file = |name: &str, receipt: &Receipt| window.sandbox.tell(name, "FAIRWAY", &id, receipt).bytes;
    // The release first, then what came before it.
    let released = file("R1", &numbered("P", 30));
    assert_eq!(window.receive(&ctx, released.clone()).await.0, "processed");
    assert_eq!(window.transmission(&id).await.status(), "released");
    assert_eq!(window.receive(&ctx, file("R2", &told("7", at.plus_minutes(1)))).await.0, "processed");
    assert_eq!(window.receive(&ctx, file("R3", &numbered("L", 10))).await.0, "processed");
    let found = window.transmission(&id).await;
    assert_eq!((found.status(), found.receipts.len()), ("released", 3), "the one made last counts, not the one that came last");
    // The same file, and the same said in another file.
    let (status, codes, _) = window.receive(&ctx, released).await;
    assert_eq!((status.as_str(), codes), ("rejected", vec!["message-duplicate".to_owned()]));
    let (status, codes, _) = window.receive(&ctx, file("R4", &numbered("P", 30))).await;
    assert_eq!((status.as_str(), codes), ("processed", vec!["national-receipt-repeated".to_owned()]));
    assert_eq!(window.transmission(&id).await.receipts.len(), 3);
    // Closing is a fact of its own; a code that nobody knows moves nothing.
    window.receive(&ctx, file("R5", &numbered("R", 60))).await;
    let (status, codes, _) = window.receive(&ctx, file("R6", &told("QQ", at.plus_minutes(90)))).await;
    assert_eq!((status.as_str(), codes), ("processed-with-findings", vec!["national-code-unknown".to_owned()]));
    assert_eq!(window.transmission(&id).await.status(), "closed");
    // Another number than before is for a person to look at.
    let other = Receipt { entry_id: Some("310420261000000043".into()), ..told("P", at.plus_minutes(95)) };
    let (status, codes, _) = window.receive(&ctx, file("R7", &other)).await;
    assert_eq!((status.as_str(), codes), ("rejected", vec!["receipt-entry-differs".to_owned()]));
    let odd = Receipt { entry_id: Some("3104-42".into()), ..told("P", at.plus_minutes(96)) };
    assert_eq!(window.receive(&ctx, file("R8", &odd)).await.1, ["national-entry-id"]);
    let day = window.today().await;
    assert_eq!((day.files, day.repeated, day.faulty, day.unknown, day.agrees()), (9, 2, 2, 0, false), "{day:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_signature_changes_nothing_either_way() {
    let window = Window::open().await;
    let id = window.transmit(&window.declared_with("TSTBSIG", KEEP_SILENT).await).await;
    window.travel().await;
    let (ctx, receipt) = (window.national(), told("P", window.port.now()));
    let stranger = sandbox_with(key(Algorithm::Ed25519, 9), &key(Algorithm::Ed25519, 3));
    let foreign = stranger.tell("W1", "FAIRWAY", &id, &receipt).bytes;
    assert_eq!(window.receive(&ctx, foreign).await.1, ["national-signature-wrong"]);
    // A line of the frame changed, the signature kept: the time would decide which receipt counts.
    let good = String::from_utf8(window.sandbox.tell("W2", "FAIRWAY", &id, &receipt).bytes).expect("text");
    let moved = good.replace("<dxp:CreatTime>2026", "<dxp:CreatTime>2027");
    assert_ne!(moved, good);
    assert_eq!(window.receive(&ctx, moved.into_bytes()).await.1, ["national-signature-wrong"]);
    let (head, rest) = good.split_once("<Sign>").expect("signed");
    let bare = format!("{head}<Sign></Sign>{}", rest.split_once("</Sign>").expect("signed").1);
    assert_eq!(window.receive(&ctx, bare.into_bytes()).await.1, ["national-signature-missing"]);
    // Well signed, and brought by somebody else: only the counterpart speaks for the window.
    let agent = Context { principal: principal_of("agent-blue"), ..window.port.ctx("agent-blue") };
    let kept = window.port.app.execute(&agent, &ReceiveMessage { bytes: good.into_bytes(), channel: "api".into() }).await.expect("kept");
    window.port.app.process_message(&agent, &kept.outcome).await.expect("read");
    let state = window.port.state::<MessageState>(&kept.outcome).await;
    assert_eq!(state.status(), "rejected");
    assert_eq!(window.transmission(&id).await.receipts, []);

    // The other way: the counterpart knows another key of ours.
    let elsewhere = sandbox_with(key(Algorithm::Ed25519, 4), &key(Algorithm::Ed25519, 8));
    let other = window.transmit(&window.declared_with("TSTBSIG2", "").await).await;
    window.deliver().await;
    elsewhere.round(&window.folder, window.port.now()).expect("answered");
    window.fetch().await;
    let found = window.transmission(&other).await;
    assert_eq!((found.status(), found.receipts[0].code.as_str()), ("refused", "8"));
}

/// The counterpart's address: keeps what is posted.
fn listen() -> (String, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let got: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let kept = Arc::clone(&got);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut bytes, mut chunk) = (Vec::new(), [0; 8_192]);
            let body = loop {
                let n = stream.read(&mut chunk).expect("a request");
                bytes.extend_from_slice(&chunk[..n]);
                let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
                let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
                assert!(head.contains("content-type: application/xml"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse::<usize>().ok());
                if bytes.len() >= end + 4 + length.expect("a length") {
                    break bytes[end + 4..].to_vec();
                }
            };
            kept.lock().expect("lock").push(body);
            let _ = write!(stream, "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (address, got)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counterpart_that_was_down_gets_it_when_it_is_back() {
    let away = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").to_string();
    let (back, got) = listen();
    let hosts = vec![away.clone(), back.clone()];
    let window = Window::open_with(
        Algorithm::Ed25519,
        |_| {},
        |settings| {
            settings.hosts = hosts;
            settings.attempts_max = 3;
        },
    )
    .await;
    let secret = MakePushSecret { organisation: NATIONAL.into(), secret: "a secret".into() };
    window.port.ok("admin-desk", &secret).await;
    let push = |address: &str| {
        let url = format!("http://{address}/in");
        move |profile: &mut app::partners::Profile| {
            profile.channels.push = Some(PushChannel { url });
            profile.channels.deliver_by = DeliverBy::Push;
        }
    };
    window.agree(push(&away)).await;
    let id = window.transmit(&window.declared_with("TSTBDOWN", "").await).await;
    for attempt in 1..=3 {
        assert_eq!(window.transmission(&id).await.status(), "prepared", "before attempt {attempt}");
        assert_eq!(window.deliver().await, 0);
        window.port.pass_minutes(40);
    }
    let found = window.transmission(&id).await;
    assert_eq!(found.status(), "undelivered");
    let day = window.today().await;
    assert_eq!((day.prepared, day.sent, day.undelivered, day.agrees()), (1, 0, 1, false));

    window.agree(push(&back)).await;
    window.port.ok("admin-desk", &ResendMessage { id: found.message.clone() }).await;
    assert_eq!(window.deliver().await, 1);
    assert_eq!(window.transmission(&id).await.status(), "sent");
    let posted = got.lock().expect("lock").clone();
    let ctx = window.national();
    for answer in window.sandbox.answer(&posted[0], window.port.now()).expect("answered") {
        assert_eq!(window.receive(&ctx, answer.bytes).await.0, "processed");
    }
    assert_eq!(window.transmission(&id).await.status(), "released");
    assert!(window.today().await.agrees());
    // Sent up twice, it is answered the same.
    assert_eq!(window.sandbox.answer(&posted[0], window.port.now()), window.sandbox.answer(&posted[0], window.port.now()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_that_disagree_are_named_until_somebody_puts_them_right() {
    let window = Window::open().await;
    let silent = window.transmit(&window.declared_with("TSTBCNT1", KEEP_SILENT).await).await;
    window.transmit(&window.declared_with("TSTBCNT2", "").await).await;
    window.travel().await;
    let ctx = window.national();
    let at = window.port.now();
    let lost = window.sandbox.tell("U1", "FAIRWAY", "S9901-000001", &told("P", at)).bytes;
    let (status, codes, unknown) = window.receive(&ctx, lost).await;
    assert_eq!((status.as_str(), codes), ("rejected", vec!["national-receipt-unknown".to_owned()]));
    let day = window.today().await;
    assert_eq!((day.prepared, day.sent, day.receipted, day.missing, day.overdue, day.unknown), (2, 2, 1, 1, 0, 1), "{day:?}");
    assert_eq!((day.missing_ids, day.unknown_ids), (vec![silent.clone()], vec![unknown.clone()]));
    // Too long without a receipt: it stands among what is overdue.
    let first = window.port.now();
    window.port.pass_minutes(25 * 60);
    let (days, _) = window.port.app.national_days(first.day_start(480), first.day_start(480).plus_days(2)).await.expect("counts");
    assert_eq!((days[&first.day(480)].overdue, days.len()), (1, 2));
    let query = ListQuery { due_before: Some(window.port.now()), open: Some(true), ..ListQuery::default() };
    let late = window.port.app.list::<Transmission>(&window.port.ctx("port-office"), "transmission.read", query).await.expect("a list");
    assert_eq!(late.items.iter().map(|(seen, _)| seen.id.as_str()).collect::<Vec<_>>(), [silent.as_str()]);
    // The receipt comes at last, and a person closes what belongs nowhere.
    let ctx = window.national();
    window.receive(&ctx, window.sandbox.tell("U2", "FAIRWAY", &silent, &told("7", at)).bytes).await;
    window.port.ok("port-office", &CloseMessage { id: unknown, expected_version: None, reason: "另一平台的回执".into() }).await;
    let (days, _) = window.port.app.national_days(first.day_start(480), first.day_start(480).plus_days(1)).await.expect("counts");
    assert!(days[&first.day(480)].agrees(), "{days:?}");
}

#[tokio::test]
async fn connectors_are_kept_and_a_sandbox_is_never_live() {
    let window = Window::open().await;
    let all = window.port.app.connectors().await.expect("connectors");
    let ids: Vec<&str> = all.iter().map(|(_, connector)| connector.id.as_str()).collect();
    assert_eq!(ids, ["air-manifest", "foreign-exchange", "goods-declaration", "licences", "rail-manifest", "tax"]);
    let (version, goods) = all.iter().find(|(_, connector)| connector.id == "goods-declaration").expect("it").clone();
    assert_eq!((version, goods.status, window.port.app.is_sandbox_connector(&goods)), (0, ConnectorStatus::Testing, true));
    assert!(all.iter().filter(|(_, c)| c.id != "goods-declaration").all(|(_, c)| c.status == ConnectorStatus::Planned));
    assert_eq!(window.port.app.last_exchange(&goods).await.expect("store"), None);
    let write = |connector: Connector, expected_version| WriteConnector { connector, expected_version };
    let live = Connector { status: ConnectorStatus::Live, ..goods.clone() };
    assert_eq!(window.port.no("admin-desk", &write(live, 0)).await, "connector-sandbox");
    let owned = Connector { owner: "EDI desk".into(), version: "2018-67".into(), ..goods };
    for stranger in ["port-office", "broker-green", "customs-port"] {
        assert_eq!(window.port.no(stranger, &write(owned.clone(), 0)).await, "forbidden", "{stranger}");
    }
    window.port.ok("admin-desk", &write(owned.clone(), 0)).await;
    assert_eq!(window.port.no("admin-desk", &write(owned.clone(), 0)).await, "stale");
    for (id, code) in [("Bad Id", "connector-id"), ("", "connector-id")] {
        assert_eq!(window.port.no("admin-desk", &write(Connector { id: id.into(), ..owned.clone() }, 0)).await, code);
    }
    let nobody = Connector { id: "new".into(), partner: Some("nobody".into()), ..owned };
    assert_eq!(window.port.no("admin-desk", &write(nobody, 0)).await, "connector-partner");
    window.transmit(&window.declared_with("TSTBCON", "").await).await;
    window.travel().await;
    let (_, goods) = window.port.app.connectors().await.expect("connectors").into_iter().find(|(v, _)| *v > 0).expect("it");
    assert!(window.port.app.last_exchange(&goods).await.expect("store").is_some());
}

#[tokio::test]
async fn without_a_counterpart_nothing_is_sent() {
    let port = Port::open().await;
    port.landed("TSTBNONE", 1).await;
    let declaration = port.declared("TSTBNONE").await;
    let refused = port.run("broker-green", &TransmitDeclaration { id: declaration }).await.expect_err("not connected");
    assert_eq!(code_of(&refused), "national-not-connected");
    assert!(port.app.connectors().await.expect("connectors").iter().all(|(_, c)| c.status == ConnectorStatus::Planned));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transmission_that_another_replaced_does_not_reach_the_window_beside_it() {
    let away = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").to_string();
    let hosts = vec![away.clone()];
    let window = Window::open_with(
        Algorithm::Ed25519,
        |_| {},
        |settings| {
            settings.hosts = hosts;
            settings.attempts_max = 1;
        },
    )
    .await;
    window.port.ok("admin-desk", &MakePushSecret { organisation: NATIONAL.into(), secret: "a secret".into() }).await;
    let push = |profile: &mut app::partners::Profile| {
        profile.channels.push = Some(PushChannel { url: format!("http://{away}/in") });
        profile.channels.deliver_by = DeliverBy::Push;
    };
    window.agree(push).await;
    let declaration = window.declared_with("TSTBTWICE", "").await;
    let first = window.transmit(&declaration).await;
    assert_eq!((window.deliver().await, window.transmission(&first).await.status()), (0, "undelivered"));
    let message = window.transmission(&first).await.message;
    // Sent again by hand, it may still arrive: nothing is sent in its place.
    window.port.ok("admin-desk", &ResendMessage { id: message.clone() }).await;
    let anew = TransmitDeclaration { id: declaration.clone() };
    assert_eq!(window.port.no("broker-green", &anew).await, "transmission-under-way");
    window.port.pass_minutes(40);
    assert_eq!((window.deliver().await, window.port.status::<MessageState>(&message).await.as_str()), (0, "undelivered"));
    assert!(!window.port.app.is_replaced(&window.port.state(&message).await).await.expect("store"));
    // Given up again, it is sent anew, and the former file goes nowhere any more.
    let second = window.transmit(&declaration).await;
    assert_ne!(first, second);
    assert_eq!(window.port.no("admin-desk", &ResendMessage { id: message.clone() }).await, "transmission-replaced");
    let fetched = window.port.app.execute(&window.national(), &MarkDelivered { id: message.clone() }).await.expect_err("replaced");
    assert_eq!(code_of(&fetched), "transmission-replaced");
    assert_eq!(window.transmission(&first).await.status(), "undelivered");
    assert!(window.port.app.is_replaced(&window.port.state(&message).await).await.expect("store"));
    // The newest one is fetched.
    let newest = window.transmission(&second).await.message;
    window.port.app.execute(&window.national(), &MarkDelivered { id: newest }).await.expect("fetched");
    assert_eq!(window.transmission(&second).await.status(), "sent");
}
