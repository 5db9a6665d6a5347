//! Who may declare and exchange a bill: its consignee, and whoever the consignee has agreed with. A bill number alone tells nothing.

use app::AppError;
use app::agency::{AcceptAgreement, DeclineAgreement, PROPOSALS_OPEN_MAX, ProposeAgreement, RevokeAgreement};
use app::declarations::{DraftDeclaration, EditDeclaration, SubmitDeclaration};
use app::directory::{Organisation, WriteOrganisation};
use app::duty::PayDuty;
use app::manifests::NameConsignee;
use app::orders::RequestOrder;
use app::reading::ListQuery;
use clearance::{AgencyAct, AgencyAgreement, Declaration, DeclarationForm, DutyNotice, Payment};
use logistics::{Container, DeliveryOrder};
use manifest::Bill;

use crate::support::{BROKER_USCC, Port, TRADER_USCC, papers};

/// A trader without any agreement.
const STRANGER: &str = "trader-grey";
const STRANGER_USCC: &str = "91330200TEAT000747";

/// Error codes and pointers of a form, as somebody checks it.
async fn faults(port: &Port, who: &str, form: &DeclarationForm) -> Vec<(String, String)> {
    let found = port.app.check_declaration(&port.ctx(who), form).await.expect("checked");
    found.into_iter().filter(codes::Finding::is_error).map(|f| (f.code.into_owned(), f.pointer)).collect()
}

/// Gives an organisation of the cast a credit code.
async fn with_code(port: &Port, id: &str, uscc: &str) {
    let (expected_version, known) = port.app.organisation_to_edit(id).await.expect("store").expect("organisation");
    let organisation = Organisation { uscc: Some(uscc.into()), ..known };
    port.ok("admin-desk", &WriteOrganisation { organisation, expected_version }).await;
}

fn synthetic(serial: u32) -> String {
    codes::Uscc::synthetic("330200", serial).expect("a code").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_number_tells_a_stranger_nothing() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-SECRET", 1).await;
    let plain = |mut form: DeclarationForm| {
        form.bill_no = "X".into();
        form
    };
    let mut drafts = Vec::new();
    for number in ["B-SECRET", "B-NOWHERE"] {
        let id = port.ok(STRANGER, &DraftDeclaration { bill: Some(number.into()), copy_of: None }).await;
        let state = port.state::<Declaration>(&id).await;
        assert_eq!(state.parties().trader, None, "{number}");
        drafts.push((id, state.form().clone()));
    }
    assert_eq!(plain(drafts[0].1.clone()), plain(drafts[1].1.clone()), "a known number fills in no more than an unknown one");

    // Filled in by guessing, checked and submitted: the answers differ in the number alone.
    let mut guessed = papers::filled(drafts[0].1.clone());
    guessed.trade_co_scc = TRADER_USCC.into();
    guessed.agent_code_scc = String::new();
    let mut answers = Vec::new();
    for (id, number) in [(&drafts[0].0, "B-SECRET"), (&drafts[1].0, "B-NOWHERE")] {
        let form = DeclarationForm { bill_no: number.into(), ..guessed.clone() };
        let checked = port.app.check_declaration(&port.ctx(STRANGER), &form).await.expect("checked");
        let texts: Vec<String> = checked.iter().map(|f| format!("{f:?}").replace(number, "X")).collect();
        port.ok(STRANGER, &EditDeclaration { id: id.clone(), form, expected_version: None }).await;
        let refused = port.run(STRANGER, &SubmitDeclaration { id: id.clone() }).await.expect_err("no right to declare it");
        let AppError::Findings(findings) = refused else { panic!("{refused}") };
        answers.push((texts, findings.iter().map(|f| format!("{f:?}").replace(number, "X")).collect::<Vec<_>>()));
    }
    assert_eq!(answers[0], answers[1]);
    let known = faults(&port, STRANGER, &DeclarationForm { bill_no: "B-SECRET".into(), ..guessed.clone() }).await;
    for code in ["declaration-bill-unknown", "declaration-agency-missing"] {
        assert!(known.contains(&(code.to_owned(), "/bill_no".to_owned())), "{known:?}");
    }
    // No other way in.
    for number in ["B-SECRET", "B-NOWHERE"] {
        assert_eq!(port.no(STRANGER, &RequestOrder { bill: number.into() }).await, "not-found");
    }
    assert!(port.app.case(&port.ctx(STRANGER), &boxes[0]).await.is_err());
    assert_eq!(port.state::<Bill>("B-SECRET").await.parties, ["agent-blue", "trader-gold"], "asking made nobody a party");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_agreement_lets_the_agent_declare_until_it_is_revoked_or_its_term_ends() {
    let port = Port::open().await;
    with_code(&port, STRANGER, STRANGER_USCC).await;
    for bill in ["B-A1", "B-A2", "B-A3", "B-A4"] {
        port.manifested(bill, 1).await;
    }
    let draft = |bill: &'static str| {
        let port = &port;
        async move {
            let id = port.ok(STRANGER, &DraftDeclaration { bill: Some(bill.into()), copy_of: None }).await;
            let form = papers::filled(port.state::<Declaration>(&id).await.form().clone());
            port.ok(STRANGER, &EditDeclaration { id: id.clone(), form, expected_version: None }).await;
            id
        }
    };
    let submit = |id: &str| SubmitDeclaration { id: id.into() };
    let for_one = ProposeAgreement { bill: Some("B-A1".into()), ..port.agreement_of("trader-gold", STRANGER) };
    let agreement = port.ok(STRANGER, &for_one).await;
    let early = draft("B-A1").await;
    assert_eq!(
        port.no(STRANGER, &submit(&early)).await,
        "declaration-field-missing",
        "a proposal alone prefills nothing and allows nothing"
    );
    assert_eq!(port.no(STRANGER, &AcceptAgreement { id: agreement.clone() }).await, "agency-own-proposal");
    port.ok("trader-gold", &AcceptAgreement { id: agreement.clone() }).await;
    let first = draft("B-A1").await;
    port.ok(STRANGER, &submit(&first)).await;
    let case = port.state::<Declaration>(&first).await.case().expect("case").clone();
    assert_eq!((case.agreement.as_ref(), case.parties.trader.as_deref()), (Some(&agreement), Some("trader-gold")));
    let other = draft("B-A2").await;
    assert_eq!(port.state::<Declaration>(&other).await.form().trade_co_scc, "", "another bill of the same consignee");

    let for_all = port.ok("trader-gold", &port.agreement_of("trader-gold", STRANGER)).await;
    port.ok(STRANGER, &AcceptAgreement { id: for_all.clone() }).await;
    let second = draft("B-A2").await;
    let third = draft("B-A3").await;
    port.ok(STRANGER, &submit(&second)).await;
    port.ok("trader-gold", &RevokeAgreement { id: for_all.clone(), reason: "another broker".into() }).await;
    assert_eq!(port.no(STRANGER, &submit(&third)).await, "declaration-bill-unknown", "prefilled while it held, submitted after it ended");
    assert_eq!(port.status::<Declaration>(&second).await, "awaiting-arrival", "what was declared stands");

    // The last instant of the term, and one past it.
    let short = ProposeAgreement { valid_to: port.now().plus_hours(1), ..port.agreement_of("trader-gold", STRANGER) };
    let short = port.ok("trader-gold", &short).await;
    port.ok(STRANGER, &AcceptAgreement { id: short }).await;
    port.pass_minutes(60);
    port.ok(STRANGER, &submit(&third)).await;
    let fourth = draft("B-A4").await;
    port.set_time(port.now().plus_millis(1));
    assert_eq!(port.no(STRANGER, &submit(&fourth)).await, "declaration-bill-unknown");

    // The consignee needs no agreement with itself.
    let own = port.ok("trader-gold", &DraftDeclaration { bill: Some("B-A4".into()), copy_of: None }).await;
    let form = papers::filled(port.state::<Declaration>(&own).await.form().clone());
    port.ok("trader-gold", &EditDeclaration { id: own.clone(), form, expected_version: None }).await;
    port.ok("trader-gold", &submit(&own)).await;
    assert_eq!(port.state::<Declaration>(&own).await.case().expect("case").agreement, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_made_a_consignee_without_having_agreed() {
    let port = Port::open().await;
    with_code(&port, STRANGER, STRANGER_USCC).await;
    port.manifested("B-NAMED", 1).await;
    let id = port.drafted_with("B-NAMED", |form| form.trade_co_scc = STRANGER_USCC.into()).await;
    let form = port.state::<Declaration>(&id).await.form().clone();
    let missing = ("declaration-agency-missing".to_owned(), "/trade_co_scc".to_owned());
    assert_eq!(faults(&port, "broker-green", &form).await, [missing], "a broker charges its own bill to somebody else");
    assert_eq!(port.no("broker-green", &SubmitDeclaration { id: id.clone() }).await, "declaration-agency-missing");
    let agreement = port.ok("broker-green", &port.agreement_of(STRANGER, "broker-green")).await;
    port.ok(STRANGER, &AcceptAgreement { id: agreement }).await;
    assert_eq!(faults(&port, "broker-green", &form).await, []);
    // Its own code, and one that nobody on the platform has, need no agreement.
    for code in [BROKER_USCC.to_owned(), synthetic(77)] {
        assert_eq!(faults(&port, "broker-green", &DeclarationForm { trade_co_scc: code, ..form.clone() }).await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agreement_is_seen_and_answered_by_its_two_sides_alone() {
    let port = Port::open().await;
    let proposal = port.agreement_of("trader-gold", STRANGER);
    assert_eq!(port.no("broker-green", &proposal).await, "agency-parties", "nobody binds two others");
    assert_eq!(port.no("trader-gold", &port.agreement_of("trader-gold", "trader-gold")).await, "agency-parties");
    assert_eq!(port.no("trader-gold", &port.agreement_of("trader-gold", "trucker-fast")).await, "agency-organisation");
    assert_eq!(port.no("trucker-fast", &port.agreement_of("trader-gold", "trucker-fast")).await, "forbidden");
    let id = port.ok(STRANGER, &proposal).await;
    for who in ["broker-green", "agent-blue", "customs-port", "port-office", "admin-desk"] {
        let seen = port.app.view::<AgencyAgreement>(&port.ctx(who), "agency.read", &id).await;
        assert!(matches!(seen, Err(AppError::NotFound { .. })), "{who}");
    }
    assert_eq!(port.no("broker-green", &AcceptAgreement { id: id.clone() }).await, "not-found");
    assert_eq!(port.no("broker-green", &RevokeAgreement { id: id.clone(), reason: "not mine".into() }).await, "not-found");
    // Whoever must act finds it in its list, with what to do.
    let todo = ListQuery { mine: true, kinds: vec!["agency-agreement".into()], ..ListQuery::default() };
    let waiting = |who: &'static str| {
        let (port, todo) = (&port, todo.clone());
        async move { port.app.worklist(&port.ctx(who), &todo).await.expect("list").items.into_iter().map(|i| i.object.id).collect::<Vec<_>>() }
    };
    assert_eq!((waiting("trader-gold").await, waiting(STRANGER).await), (vec![id.clone()], vec![]));
    port.ok("trader-gold", &DeclineAgreement { id: id.clone(), reason: "we have a broker".into() }).await;
    assert_eq!(waiting("trader-gold").await, Vec::<String>::new());
    assert_eq!(port.no("trader-gold", &AcceptAgreement { id }).await, "agency-not-proposed");
    // Nobody fills the list of another.
    for _ in 0..PROPOSALS_OPEN_MAX {
        port.ok(STRANGER, &proposal).await;
    }
    assert_eq!(port.no(STRANGER, &proposal).await, "agency-proposals-open");
    assert_eq!(port.no("trader-gold", &proposal).await, "agency-proposals-open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_delivery_order_is_asked_for_by_the_consignee_or_an_agent_for_just_that() {
    let port = Port::open().await;
    port.manifested("B-DO-1", 1).await;
    port.declared("B-DO-1").await;
    // The broker declared the bill and is a party of it; that is no right to the goods.
    assert_eq!(port.no("broker-green", &RequestOrder { bill: "B-DO-1".into() }).await, "order-agency-missing");
    assert_eq!(port.no(STRANGER, &RequestOrder { bill: "B-DO-1".into() }).await, "not-found");
    let acts = [AgencyAct::DeliveryOrder].into();
    let agreement = port.ok("trader-gold", &ProposeAgreement { acts, ..port.agreement_of("trader-gold", STRANGER) }).await;
    port.ok(STRANGER, &AcceptAgreement { id: agreement }).await;
    let order = port.ok(STRANGER, &RequestOrder { bill: "B-DO-1".into() }).await;
    assert_eq!(port.state::<DeliveryOrder>(&order).await.holder, STRANGER);
    // An agreement to exchange bills is none to declare them.
    port.manifested("B-DO-2", 1).await;
    let draft = port.ok(STRANGER, &DraftDeclaration { bill: Some("B-DO-2".into()), copy_of: None }).await;
    assert_eq!(port.state::<Declaration>(&draft).await.form().trade_co_scc, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duty_is_paid_from_nobodys_account_without_its_consent() {
    let port = Port::open().await;
    port.landed("B-PAY-1", 1).await;
    let declaration = port.declared("B-PAY-1").await;
    let notice = port.notice_of(&declaration).await;
    let pay = PayDuty { id: notice.clone() };
    assert_eq!(port.state::<DutyNotice>(&notice).await.payer, "trader-gold");
    assert_eq!(port.no("broker-green", &pay).await, "notice-not-payer", "to declare for somebody is not to spend its money");
    let acts = [AgencyAct::Duty].into();
    let agreement = port.ok("broker-green", &ProposeAgreement { acts, ..port.agreement_of("trader-gold", "broker-green") }).await;
    assert_eq!(port.no("broker-green", &pay).await, "notice-not-payer");
    port.ok("trader-gold", &AcceptAgreement { id: agreement }).await;
    let payment = port.ok("broker-green", &pay).await;
    assert_eq!(port.state::<Payment>(&payment).await.payer, "trader-gold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_back_is_corrected_by_its_declarant() {
    let port = Port::open().await;
    port.landed("B-BACK", 1).await;
    let id = port.declared("B-BACK").await;
    port.ok("customs-port", &app::declarations::RejectDeclaration { id: id.clone(), reason: "papers contradict".into() }).await;
    let form = port.state::<Declaration>(&id).await.form().clone();
    let edit = EditDeclaration { id: id.clone(), form: DeclarationForm { note_s: "x".into(), ..form }, expected_version: None };
    assert_eq!(port.no("trader-gold", &edit).await, "forbidden", "the consignee sees it, and does not write in it");
    port.ok("broker-green", &edit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ship_agent_names_the_consignee_of_a_bill_without_a_credit_code() {
    let port = Port::open().await;
    let call = port.announce().await;
    let number = port.fresh_box();
    let mut bill = papers::bill("B-TO-ORDER", std::slice::from_ref(&number));
    bill.content.consignee.uscc = None;
    port.ok("agent-blue", &port.manifest_of(&call, vec![bill])).await;
    let draft = DraftDeclaration { bill: Some("B-TO-ORDER".into()), copy_of: None };
    let blank = port.ok("trader-gold", &draft).await;
    assert_eq!(port.state::<Declaration>(&blank).await.form().traf_name, "", "nobody is its consignee yet");
    let name = |organisation: &str| NameConsignee { bill: "B-TO-ORDER".into(), organisation: organisation.into() };
    assert_eq!(port.no("agent-red", &name("trader-gold")).await, "not-found");
    assert_eq!(port.no("trader-gold", &name("trader-gold")).await, "not-found");
    assert_eq!(port.no("agent-blue", &name("trucker-fast")).await, "consignee-organisation");
    port.ok("agent-blue", &name("trader-gold")).await;
    assert_eq!(port.no("agent-blue", &name(STRANGER)).await, "bill-consignee-known", "once named, the manifest has to be amended");
    let container = logistics::container_id(&number, &call);
    assert!(port.state::<Container>(&container).await.parties.contains(&"trader-gold".to_owned()));
    assert!(port.app.case(&port.ctx("trader-gold"), &container).await.is_ok(), "the consignee follows its box");
    // The consignee declares; so does its broker.
    let filled = port.ok("trader-gold", &draft).await;
    assert_eq!(port.state::<Declaration>(&filled).await.form().trade_co_scc, TRADER_USCC);
    port.declared("B-TO-ORDER").await;
}
