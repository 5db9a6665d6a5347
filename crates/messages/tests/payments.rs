//! Payment messages and the sandbox bank: a real order, really checked, really answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::exchange::{Bank, BankAnswer, PaymentOrder};
use ledger::Timestamp;
use messages::iso20022::{
    AccountHolder, Amount, CreditNotification, CreditTransfer, CustomerCreditTransfer, GroupStatus, PaymentInstruction,
    PaymentStatusReport, TransactionState, XmlFault,
};
use messages::{HttpBank, SandboxBank, sandbox_bank};

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

const NOON: &str = "2026-11-24T04:00:00Z";

fn holder(name: &str, account: &str) -> AccountHolder {
    AccountHolder { name: name.into(), account: account.into(), bank: "SNDBZZZZ".into() }
}

fn transfer(end_to_end_id: &str, fen: i64) -> CreditTransfer {
    CreditTransfer {
        instruction_id: format!("I-{end_to_end_id}"),
        end_to_end_id: end_to_end_id.into(),
        amount: Amount { minor: fen, currency: "CNY".into() },
        creditor: holder("示范金库 Demo Treasury", "TEST900000001"),
        remittance: Some("duty T2611-000001 <税款> & VAT".into()),
    }
}

fn order(transfers: Vec<CreditTransfer>) -> CustomerCreditTransfer {
    CustomerCreditTransfer {
        message_id: "FW-1".into(),
        created_at: at(NOON),
        initiating_party: "SANDBOX Fairway".into(),
        payments: vec![PaymentInstruction {
            id: "P2611-000001".into(),
            execution_date: "2026-11-24".into(),
            debtor: holder("示范进口商 Demo Importer", "TEST100000001"),
            transfers,
        }],
    }
}

fn ask(bytes: &[u8], seen: &BTreeMap<String, String>) -> (PaymentStatusReport, Vec<CreditNotification>, Vec<(String, String)>) {
    let answer = sandbox_bank::answer(bytes, at(NOON), seen);
    let report = PaymentStatusReport::read(&answer.pain002).expect("pain.002");
    let credits = answer.camt054.iter().map(|bytes| CreditNotification::read(bytes).expect("camt.054")).collect();
    (report, credits, answer.settled)
}

/// Reason code of the only transfer, or of the group.
fn reason(bytes: &[u8]) -> String {
    let (report, credits, settled) = ask(bytes, &BTreeMap::new());
    assert_eq!(report.group, GroupStatus::Rejected);
    assert!(credits.is_empty() && settled.is_empty(), "nothing is credited for a refused order");
    let reason = report.group_reason.or_else(|| report.transactions.into_iter().next().and_then(|status| status.reason));
    reason.expect("a reason").code
}

#[test]
fn an_order_reads_back_as_written_with_right_namespace_and_totals() {
    let order = order(vec![transfer("E1", 123_450), transfer("E2", 5)]);
    let bytes = order.write();
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    for part in [
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">",
        "<NbOfTxs>2</NbOfTxs>",
        "<CtrlSum>1234.55</CtrlSum>",
        "<InstdAmt Ccy=\"CNY\">1234.50</InstdAmt>",
        "<InstdAmt Ccy=\"CNY\">0.05</InstdAmt>",
        "&lt;税款&gt; &amp; VAT",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let read = CustomerCreditTransfer::read(&bytes).expect("reads back");
    assert_eq!(read.initiation, order);
    assert_eq!((read.totals.transactions, read.totals.sum_minor), (2, Some(123_455)));
}

#[test]
fn the_order_is_read_strictly() {
    let good = String::from_utf8(order(vec![transfer("E1", 100)]).write()).expect("UTF-8");
    let fault = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        CustomerCreditTransfer::read(good.replacen(from, to, 1).as_bytes()).expect_err(to)
    };
    assert!(matches!(fault("pain.001.001.09", "pain.001.001.03"), XmlFault::Namespace { .. }));
    assert!(matches!(fault("<MsgId>FW-1</MsgId>", ""), XmlFault::Missing { path } if path == "CstmrCdtTrfInitn/GrpHdr/MsgId"));
    assert!(matches!(fault("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>CHK</PmtMtd>"), XmlFault::Value { .. }));
    assert!(matches!(fault("<Dbtr>", "<Purp/><Dbtr>"), XmlFault::Missing { .. } | XmlFault::Unexpected { .. }));
    assert!(matches!(fault("</CdtTrfTxInf>", "<Purp/></CdtTrfTxInf>"), XmlFault::Unexpected { path } if path.ends_with("/Purp")));
    assert!(matches!(fault(">1.00</InstdAmt>", ">1.001</InstdAmt>"), XmlFault::Value { .. }));
    assert!(matches!(fault(">1.00</InstdAmt>", ">-1.00</InstdAmt>"), XmlFault::Value { .. }));
    assert!(matches!(fault("<BICFI>SNDBZZZZ", "<BICFI>SNDB"), XmlFault::Value { .. }));
    assert!(matches!(fault("<Dt>2026-11-24", "<Dt>2026-11-31"), XmlFault::Value { .. }));
    assert!(matches!(fault("<Document", "<!DOCTYPE x [<!ENTITY a 'b'>]><Document"), XmlFault::DocumentType));
    assert!(matches!(fault("</Document>", ""), XmlFault::Malformed { .. }));
    assert!(matches!(CustomerCreditTransfer::read(b"\xff\xfe"), Err(XmlFault::NotUtf8)));
    let deep = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">".to_owned() + &"<a>".repeat(100);
    assert!(matches!(CustomerCreditTransfer::read(deep.as_bytes()), Err(XmlFault::TooLarge { unit: "levels", .. })));
    let prefixed = good.replace("<Document xmlns=", "<Document xmlns:x=\"urn:other\" xmlns=");
    assert!(CustomerCreditTransfer::read(prefixed.as_bytes()).is_ok(), "an unused namespace does no harm");
}

#[test]
fn a_good_order_is_settled_and_credited() {
    let (report, credits, settled) = ask(&order(vec![transfer("E1", 123_450)]).write(), &BTreeMap::new());
    assert_eq!((report.group, report.original_message_id.as_str()), (GroupStatus::Settled, "FW-1"));
    assert!(report.initiating_party.starts_with("SANDBOX"));
    assert_eq!((report.transactions[0].state, report.transactions[0].end_to_end_id.as_str()), (TransactionState::Settled, "E1"));
    let credit = &credits[0];
    assert!(credit.remark.as_deref().is_some_and(|remark| remark.starts_with("SANDBOX")));
    assert_eq!(credit.account, "TEST900000001");
    let entry = &credit.entries[0];
    assert_eq!((entry.amount.minor, entry.end_to_end_id.as_str(), entry.booked_at), (123_450, "E1", at(NOON)));
    assert_eq!(Some(&entry.bank_reference), report.transactions[0].bank_reference.as_ref());
    assert_eq!(settled, [("E1".to_owned(), entry.bank_reference.clone())]);
}

#[test]
fn refusals_carry_the_reason_code() {
    let changed = |from: &str, to: &str| {
        String::from_utf8(order(vec![transfer("E1", 100)]).write()).expect("UTF-8").replacen(from, to, 1).into_bytes()
    };
    assert_eq!(reason(b"<nonsense/>"), "FF01");
    assert_eq!(reason(&changed("<NbOfTxs>1<", "<NbOfTxs>2<")), "AM18");
    assert_eq!(reason(&changed("<CtrlSum>1.00<", "<CtrlSum>1.01<")), "AM10");
    assert_eq!(reason(&changed("Ccy=\"CNY\"", "Ccy=\"USD\"")), "AM03");
    assert_eq!(reason(&order(vec![transfer("E1", 0)]).write()), "AM09");
    assert_eq!(reason(&changed("TEST100000001", "1000000010000001")), "AC01");
    assert_eq!(reason(&changed("TEST900000001", "9000000010000001")), "AC03");
    assert_eq!(reason(&changed("TEST100000001", "TEST100000000")), "AM04");
}

#[test]
fn an_order_sent_again_is_answered_the_same_and_another_under_its_name_is_refused() {
    let first = ask(&order(vec![transfer("E1", 100)]).write(), &BTreeMap::new());
    let seen: BTreeMap<_, _> = first.2.iter().cloned().collect();
    let again = ask(&order(vec![transfer("E1", 100)]).write(), &seen);
    assert_eq!(again.1[0].entries, first.1[0].entries);
    let (report, credits, _) = ask(&order(vec![transfer("E1", 200)]).write(), &seen);
    assert_eq!(report.transactions[0].reason.as_ref().map(|reason| reason.code.as_str()), Some("AM05"));
    assert!(credits.is_empty());
    // Twice in one message with different amounts: the first is settled, the second refused.
    let (report, _, settled) = ask(&order(vec![transfer("E9", 100), transfer("E9", 300)]).write(), &BTreeMap::new());
    assert_eq!((report.group, settled.len()), (GroupStatus::Partly, 1));
}

fn payment(debtor: &str) -> PaymentOrder {
    PaymentOrder {
        payment: "P2611-000007".into(),
        amount_fen: 98_765,
        debtor: debtor.into(),
        creditor: "示范金库 Demo Treasury".into(),
        purpose: "T2611-000007".into(),
        at: at(NOON),
    }
}

fn sandbox() -> SandboxBank {
    SandboxBank::new("SANDBOX 沙箱银行".into(), Arc::new(|| at(NOON))).with_empty_accounts(vec!["Poor".into()])
}

#[tokio::test]
async fn the_sandbox_settles_an_order_once_however_often_it_is_sent() {
    let bank = sandbox();
    assert!(bank.is_sandbox());
    let bytes = bank.write(&payment("示范进口商 Demo Importer"));
    assert!(String::from_utf8_lossy(&bytes).contains("<InitgPty>"));
    let reply = bank.send(&bytes).await.expect("an answer");
    assert_eq!(reply.messages.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["pain.002", "camt.054"]);
    let BankAnswer::Settled { reference, amount_fen, at: when } = &reply.answer else { panic!("{:?}", reply.answer) };
    assert_eq!((*amount_fen, *when), (98_765, at(NOON)));
    assert!(reference.starts_with("SANDBOX"));
    assert_eq!(bank.send(&bytes).await.expect("an answer").answer, reply.answer);
    // A bank that forgot everything still gives the same reference.
    assert_eq!(sandbox().send(&bytes).await.expect("an answer").answer, reply.answer);
}

#[tokio::test]
async fn a_payer_without_money_is_refused_with_its_reason() {
    let bank = sandbox();
    let reply = bank.send(&bank.write(&payment("Poor"))).await.expect("an answer");
    assert!(matches!(reply.answer, BankAnswer::Rejected { ref code, .. } if code == "AM04"), "{:?}", reply.answer);
}

/// A gateway that answers once with these bytes.
async fn gateway(body: Vec<u8>) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("port");
    let url = format!("http://{}/pain001", listener.local_addr().expect("address"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("connection");
        let mut request = Vec::new();
        let mut buffer = [0u8; 4096];
        while !request.windows(11).any(|window| window == b"</Document>") {
            let count = stream.read(&mut buffer).expect("request");
            if count == 0 {
                break;
            }
            request.extend_from_slice(&buffer[..count]);
        }
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).expect("head");
        stream.write_all(&body).expect("body");
    });
    url
}

#[tokio::test]
async fn a_bank_behind_a_gateway_is_asked_by_http() {
    let sandbox = sandbox();
    let bytes = sandbox.write(&payment("Demo Importer"));
    let answer = sandbox_bank::answer(&bytes, at(NOON), &BTreeMap::new());
    let both = [answer.pain002.clone(), answer.camt054[0].clone()].concat();
    let settled = HttpBank::new(gateway(both).await, "Demo bank".into()).send(&bytes).await.expect("an answer");
    assert!(matches!(settled.answer, BankAnswer::Settled { amount_fen: 98_765, .. }), "{:?}", settled.answer);
    // Settled by word alone, without the credit: not paid yet.
    let word = HttpBank::new(gateway(answer.pain002).await, "Demo bank".into()).send(&bytes).await.expect("an answer");
    assert_eq!(word.answer, BankAnswer::Pending);
    let garbage = HttpBank::new(gateway(b"busy".to_vec()).await, "Demo bank".into()).send(&bytes).await;
    assert!(garbage.is_err_and(|fault| fault.0.contains("pain.002")));
    let nobody = HttpBank::new("http://127.0.0.1:9/".into(), "Demo bank".into()).send(&bytes).await;
    assert!(nobody.is_err());
}

#[test]
fn a_notification_that_is_no_booked_credit_is_refused() {
    let answer = sandbox_bank::answer(&order(vec![transfer("E1", 100)]).write(), at(NOON), &BTreeMap::new());
    let good = String::from_utf8(answer.camt054[0].clone()).expect("UTF-8");
    for (from, to) in [("<CdtDbtInd>CRDT", "<CdtDbtInd>DBIT"), ("<Cd>BOOK", "<Cd>PDNG")] {
        assert!(matches!(CreditNotification::read(good.replacen(from, to, 1).as_bytes()), Err(XmlFault::Value { .. })), "{to}");
    }
    // A bank may use more of the schema: elements that are not needed are passed over.
    let more = good.replacen("<CdtDbtInd>", "<AnythingElse><X/></AnythingElse><CdtDbtInd>", 1);
    assert!(CreditNotification::read(more.as_bytes()).is_ok());
}
