//! Files of the national single window: what is written, what is refused, and the sandbox that answers.

use std::sync::Arc;

use app::agreement::Agreement;
use app::exchange::{Content, DeclarationOut, Envelope, Interpretation, Interpreter, Outgoing};
use clearance::{DeclarationForm, FormContainer, GoodsItem, ReceiptMeaning};
use ledger::Timestamp;
use ledger::head::{Algorithm, SigningKey};
use messages::EdiInterpreter;
use messages::national::{NationalKeys, SCHEMA};
use messages::sandbox_national::SandboxNational;

fn at() -> Timestamp {
    "2026-11-20T00:00:00.123Z".parse().expect("an instant")
}

fn ends(algorithm: Algorithm) -> (EdiInterpreter, SandboxNational) {
    let key = |seed| SigningKey::generate(algorithm, [seed; 32]).expect("a key");
    let (ours, theirs) = (key(1), key(2));
    let platform = NationalKeys { own: ours.clone(), other: theirs.public() };
    let window = NationalKeys { own: theirs, other: ours.public() };
    (EdiInterpreter::default().with_national(Arc::new(platform)), SandboxNational::new(window, 480))
}

fn form() -> DeclarationForm {
    let text = |value: &str| value.to_owned();
    DeclarationForm {
        ie_flag: text("I"),
        custom_master: text("3104"),
        ie_port: text("3104"),
        trade_mode: text("0110"),
        traf_mode: text("2"),
        trade_country: text("USA"),
        distinate_port: text("CHN360"),
        desp_port_code: text("USA000"),
        enty_port_code: text("380001"),
        trans_mode: text("1"),
        pack_no: text("10"),
        wrap_type: text("22"),
        gross_wt: text("1000"),
        net_wt: text("900"),
        trade_name: text("示例 <贸易> & \"Co\""),
        goods: vec![GoodsItem {
            g_no: text("1"),
            code_ts: text("8471300000999"),
            g_name: text("示例"),
            decl_total: text("100"),
            trade_curr: text("USD"),
            ..GoodsItem::default()
        }],
        containers: vec![FormContainer { container_id: text("ZZZU0001017"), container_md: text("11"), ..FormContainer::default() }],
        ..DeclarationForm::default()
    }
}

fn written(platform: &EdiInterpreter, form: DeclarationForm) -> Vec<u8> {
    let envelope =
        Envelope { sender: "FAIRWAY".into(), receiver: "SW".into(), reference: "000000001".into(), at: at(), utc_offset_minutes: 480 };
    let out = Outgoing::Declaration(Box::new(DeclarationOut { number: "S2611-000001".into(), form }));
    let (kind, bytes) = platform.write(&envelope, &Agreement::default(), &out);
    assert_eq!(kind, "DecMessage");
    bytes
}

fn read(platform: &EdiInterpreter, bytes: &[u8]) -> Interpretation {
    platform.read(bytes, &Agreement::default(), 480)
}

fn codes(reading: &Interpretation) -> Vec<String> {
    reading.findings.iter().map(|f| f.finding.code.to_string()).collect()
}

#[test]
fn a_declaration_has_its_official_names_and_says_that_its_schema_is_not_verified() {
    use base64::Engine as _;
    let (platform, _) = ends(Algorithm::Sm2Sm3);
    let file = String::from_utf8(written(&platform, form())).expect("UTF-8");
    assert!(file.contains(SCHEMA) && SCHEMA.contains("unverified"));
    assert!(file.contains("<dxp:CreatTime>20261120080000123</dxp:CreatTime>"), "{file}");
    let data = file.split_once("<dxp:Data>").and_then(|(_, rest)| rest.split_once("</dxp:Data>")).expect("data").0;
    let data = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
    let data = String::from_utf8(data).expect("UTF-8");
    for part in [
        "<DecMessage><DecHead>",
        "<GrossWet>1000</GrossWet>",
        "<DistinatePort>CHN360</DistinatePort>",
        "<TradeName>示例 &lt;贸易&gt; &amp; &quot;Co&quot;</TradeName>",
        "<DecLists><DecList>",
        "<CodeTS>8471300000999</CodeTS>",
        "<DecContainers><Container>",
        "<ContainerId>ZZZU0001017</ContainerId>",
    ] {
        assert!(data.replace('\n', "").contains(part), "{part} in {data}");
    }
}

#[test]
fn the_sandbox_answers_and_its_receipts_are_read_back() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Sm2Sm3] {
        let (platform, window) = ends(algorithm);
        let answers = window.answer(&written(&platform, form()), at()).expect("answered");
        let mut meanings = Vec::new();
        for answer in &answers {
            let reading = read(&platform, &answer.bytes);
            assert_eq!(codes(&reading), Vec::<String>::new());
            let Some(Content::Receipt(receipt)) = &reading.messages[0].content else { panic!("{reading:?}") };
            assert_eq!((receipt.number.as_str(), receipt.receipt.told_at), ("S2611-000001", at()));
            meanings.push(receipt.receipt.meaning());
        }
        assert_eq!(meanings, [ReceiptMeaning::Received, ReceiptMeaning::Stored, ReceiptMeaning::Released]);
    }
}

#[test]
fn a_missing_field_is_named_by_its_official_name() {
    let (platform, window) = ends(Algorithm::Ed25519);
    let faulty = DeclarationForm { gross_wt: String::new(), goods: Vec::new(), ..form() };
    let answers = window.answer(&written(&platform, faulty), at()).expect("answered");
    let [answer] = answers.as_slice() else { panic!("{answers:?}") };
    let reading = read(&platform, &answer.bytes);
    let Some(Content::Receipt(read)) = &reading.messages[0].content else { panic!("{reading:?}") };
    assert_eq!(read.receipt.meaning(), ReceiptMeaning::Refused);
    assert_eq!(read.receipt.faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["GrossWet", "DecLists"]);
}

#[test]
fn what_is_no_file_of_the_window_is_refused_within_its_limits() {
    let (platform, window) = ends(Algorithm::Ed25519);
    let deep = format!("{}{}", "<a>".repeat(30), "</a>".repeat(30));
    let wide = format!("<a>{}</a>", "<b/>".repeat(100_001));
    let large = format!("<a>{}</a>", "x".repeat(4 * 1024 * 1024));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>";
    for bytes in [deep.as_str(), &wide, &large, bomb, outside, "<x>&unknown;</x>", "<x>", "<DxpMsg/>", "<dxp:DxpMsg/>", "<?xml"] {
        let reading = read(&platform, bytes.as_bytes());
        assert_eq!(codes(&reading), ["national-xml"], "{}", &bytes[..bytes.len().min(60)]);
        assert!(reading.messages.is_empty());
        assert!(window.answer(bytes.as_bytes(), at()).is_err());
    }
    // The limits hold for the data inside, too.
    let file = String::from_utf8(written(&platform, form())).expect("UTF-8");
    let (head, rest) = file.split_once("<dxp:Data>").expect("data");
    let inside = format!("{head}<dxp:Data>PCFET0NUWVBFIHg+PHgvPg=={}", &rest[rest.find("</dxp:Data>").expect("its end")..]);
    assert_eq!(codes(&read(&platform, inside.as_bytes())), ["national-xml"]);
    // What we send ourselves is not for us.
    assert!(codes(&read(&platform, file.as_bytes())).contains(&"national-type".to_owned()));
    // Without keys nothing is believed.
    let answer = window.answer(file.as_bytes(), at()).expect("answered").remove(0);
    let reading = read(&EdiInterpreter::default(), &answer.bytes);
    assert_eq!((codes(&reading), reading.messages[0].content.is_none()), (vec!["national-keys".to_owned()], true));
}
