//! Who may do what: every action against every role, on own and on foreign objects; and that every access leaves a trace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use app::Role;
use app::UseCase;
use app::declarations::{DraftDeclaration, EditDeclaration, PassDocuments, SubmitDeclaration, WithdrawDeclaration};
use app::duty::PayDuty;
use app::gate::DecideGate;
use app::reading::ListQuery;
use app::rights::{POLICIES, Rights};
use app::work_orders::{CancelDischarge, CancelLoading, ExplainDischarge, ExplainLoading, OrderDischarge, OrderLoading};
use clearance::{Declaration, DutyNotice};
use logistics::{Booking, Container, Direction};
use store::AuditQuery;

use crate::support::{PORT, Port, code_of};

/// What a role needs to be to an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Among its parties.
    Party,
    /// Of its customs district.
    District,
    /// Nothing.
    Any,
}
use Need::{Any, District, Party};
use Role::{
    Admin, Agent, Border, Customs, Maritime, MarketSupervision, National, PortAuthority, PortOffice, Public, Terminal, Trader, Trucker,
};

const EVERYBODY: &[(Role, Need)] = &[
    (Trader, Any),
    (Agent, Any),
    (Terminal, Any),
    (Trucker, Any),
    (Customs, Any),
    (Maritime, Any),
    (Border, Any),
    (PortAuthority, Any),
    (MarketSupervision, Any),
    (PortOffice, Any),
    (Admin, Any),
    (National, Any),
    (Public, Any),
];
const SESSIONS: &[(Role, Need)] = &[
    (Trader, Any),
    (Agent, Any),
    (Terminal, Any),
    (Trucker, Any),
    (Customs, Any),
    (Maritime, Any),
    (Border, Any),
    (PortAuthority, Any),
    (MarketSupervision, Any),
    (PortOffice, Any),
    (Admin, Any),
    (National, Any),
];
const CASE: &[(Role, Need)] =
    &[(Trader, Party), (Agent, Party), (Terminal, Party), (Trucker, Party), (Customs, District), (PortOffice, Any)];
const CASE_AND_AUTHORITIES: &[(Role, Need)] = &[
    (Trader, Party),
    (Agent, Party),
    (Terminal, Party),
    (Trucker, Party),
    (Customs, District),
    (Maritime, Party),
    (Border, Party),
    (PortAuthority, Party),
    (MarketSupervision, Party),
    (PortOffice, Any),
];
const PLANS: &[(Role, Need)] = &[
    (Trader, Any),
    (Agent, Any),
    (Terminal, Any),
    (Trucker, Any),
    (Customs, Any),
    (Maritime, Any),
    (Border, Any),
    (PortAuthority, Any),
    (MarketSupervision, Any),
    (PortOffice, Any),
];
const AUTHORITIES: &[(Role, Need)] =
    &[(Customs, District), (Maritime, Party), (Border, Party), (PortAuthority, Party), (MarketSupervision, Party)];
const ATTACHING: &[(Role, Need)] = &[
    (Trader, Party),
    (Agent, Party),
    (Terminal, Party),
    (Customs, District),
    (Maritime, Party),
    (Border, Party),
    (PortAuthority, Party),
    (MarketSupervision, Party),
];
const TRADER: &[(Role, Need)] = &[(Trader, Party)];
const AGENT: &[(Role, Need)] = &[(Agent, Party)];
const TERMINAL: &[(Role, Need)] = &[(Terminal, Party)];
const LABORATORY: &[(Role, Need)] = &[(Customs, Party)];
const CUSTOMS: &[(Role, Need)] = &[(Customs, District)];
const ADMIN: &[(Role, Need)] = &[(Admin, Any)];
const TRADER_AND_CUSTOMS: &[(Role, Need)] = &[(Trader, Party), (Customs, District)];
const PARTNERS: &[(Role, Need)] = &[(Agent, Party), (Terminal, Party)];
const RECEIVERS: &[(Role, Need)] = &[(Agent, Party), (Terminal, Party), (Trader, Party), (Trucker, Party)];
const RECEIVERS_AND_ADMIN: &[(Role, Need)] = &[(Agent, Party), (Terminal, Party), (Trader, Party), (Trucker, Party), (Admin, Any)];
const DESK: &[(Role, Need)] = &[(Agent, Party), (Terminal, Party), (PortOffice, Any)];
const HAULAGE: &[(Role, Need)] = &[(Trader, Party), (Trucker, Party)];
const SHARERS: &[(Role, Need)] = &[
    (Trader, Party),
    (Agent, Party),
    (Terminal, Party),
    (Trucker, Party),
    (Customs, Party),
    (Maritime, Party),
    (Border, Party),
    (PortAuthority, Party),
    (MarketSupervision, Party),
    (PortOffice, Party),
];
const SHARERS_AND_OFFICE: &[(Role, Need)] = &[
    (Trader, Party),
    (Agent, Party),
    (Terminal, Party),
    (Trucker, Party),
    (Customs, Party),
    (Maritime, Party),
    (Border, Party),
    (PortAuthority, Party),
    (MarketSupervision, Party),
    (PortOffice, Any),
];
const MACHINES: &[(Role, Need)] = &[(Terminal, Party), (PortOffice, Any), (PortAuthority, Any)];
const ALARMS: &[(Role, Need)] = &[
    (Trader, Party),
    (Agent, Party),
    (Terminal, Party),
    (Trucker, Party),
    (Customs, District),
    (Maritime, Party),
    (Border, Party),
    (PortAuthority, Party),
    (MarketSupervision, Party),
    (PortOffice, Any),
];
const LIBRARY: &[(Role, Need)] = &[
    (Trader, Any),
    (Agent, Any),
    (Terminal, Any),
    (Trucker, Any),
    (Customs, Any),
    (Maritime, Any),
    (Border, Any),
    (PortAuthority, Any),
    (MarketSupervision, Any),
    (PortOffice, Any),
];
const NOBODY: &[(Role, Need)] = &[];

/// Every action and who may do it. The platform may do all.
const TABLE: &[(&str, &[(Role, Need)])] = &[
    ("agency.accept", TRADER),
    ("agency.decline", TRADER),
    ("agency.propose", TRADER),
    ("agency.read", TRADER),
    ("agency.revoke", TRADER),
    ("alarm-rule.change", &[(Customs, District), (PortOffice, Any)]),
    ("alarm-rule.read", LIBRARY),
    ("api-key.read", ADMIN),
    ("api-key.write", ADMIN),
    ("attachment.read", &[(Trader, Party), (Agent, Party), (Terminal, Party), (Customs, District)]),
    ("attachment.write", ATTACHING),
    ("audit.read", ADMIN),
    ("bill.name-consignee", AGENT),
    ("bill.read", CASE_AND_AUTHORITIES),
    ("booking.cancel", HAULAGE),
    ("booking.make", HAULAGE),
    ("booking.miss", NOBODY),
    ("booking.read", &[(Trader, Party), (Agent, Party), (Terminal, Party), (Trucker, Party), (Customs, District)]),
    ("call.announce", AGENT),
    ("call.arrive", PARTNERS),
    ("call.change", AGENT),
    ("call.depart", PARTNERS),
    ("call.read", PLANS),
    ("case-alarm.acknowledge", ALARMS),
    ("case-alarm.read", ALARMS),
    ("case-alarm.settle", NOBODY),
    ("case.read", CASE_AND_AUTHORITIES),
    ("clue.assign", AUTHORITIES),
    ("clue.attach-facts", AUTHORITIES),
    ("clue.close", AUTHORITIES),
    ("clue.feedback", AUTHORITIES),
    (
        "clue.read",
        &[(Customs, District), (Customs, Party), (Maritime, Party), (Border, Party), (PortAuthority, Party), (MarketSupervision, Party)],
    ),
    ("clue.register", AUTHORITIES),
    ("clue.share", AUTHORITIES),
    ("clue.statistics", AUTHORITIES),
    ("connector.read", &[(PortOffice, Any), (Admin, Any)]),
    ("connector.write", ADMIN),
    ("container.read", CASE_AND_AUTHORITIES),
    ("container.review-alarm", CUSTOMS),
    ("conveyance.accept-papers", CUSTOMS),
    ("conveyance.arrive", PARTNERS),
    ("conveyance.attach-paper", PARTNERS),
    ("conveyance.cancel", AGENT),
    ("conveyance.delete-sheet", TERMINAL),
    ("conveyance.depart", PARTNERS),
    ("conveyance.manifest", AGENT),
    ("conveyance.manifest-flight", AGENT),
    ("conveyance.plan", AGENT),
    ("conveyance.read", &[(Agent, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("conveyance.report-sheet", TERMINAL),
    ("conveyance.return-papers", CUSTOMS),
    ("conveyance.submit-papers", AGENT),
    ("daily-report.close", CUSTOMS),
    ("daily-report.read", &[(Customs, District), (PortOffice, Any)]),
    ("daily.read", &[(Customs, District), (PortOffice, Any)]),
    ("data-delivery.fail", NOBODY),
    ("data-delivery.read", SHARERS_AND_OFFICE),
    ("data-delivery.send", NOBODY),
    ("data-delivery.statistics", SHARERS_AND_OFFICE),
    ("data-delivery.take", SHARERS),
    ("data-delivery.use", SHARERS),
    ("data-resource.read", SESSIONS),
    ("declaration.attach", TRADER),
    ("declaration.check", TRADER),
    ("declaration.discard", TRADER),
    ("declaration.draft", TRADER),
    ("declaration.edit", TRADER),
    ("declaration.hold", CUSTOMS),
    ("declaration.lift", CUSTOMS),
    ("declaration.override-draw", CUSTOMS),
    ("declaration.pass-documents", CUSTOMS),
    ("declaration.read", TRADER_AND_CUSTOMS),
    ("declaration.reject", CUSTOMS),
    ("declaration.release", CUSTOMS),
    ("declaration.request-documents", CUSTOMS),
    ("declaration.submit", TRADER),
    ("declaration.transmit", TRADER),
    ("declaration.withdraw", TRADER),
    ("delivery-order.cancel", &[(Trader, Party), (Agent, Party)]),
    ("delivery-order.issue", AGENT),
    ("delivery-order.pay", TRADER),
    ("delivery-order.read", CASE),
    ("delivery-order.request", TRADER),
    ("delivery-order.transfer", HAULAGE),
    ("delivery-order.waive", AGENT),
    ("discharge-order.cancel", AGENT),
    ("discharge-order.check", AGENT),
    ("discharge-order.explain", AGENT),
    ("discharge-order.order", AGENT),
    ("discharge-order.read", &[(Agent, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("discharge.report", TERMINAL),
    ("draw.commit", NOBODY),
    ("draw.reveal", NOBODY),
    ("duty-notice.guarantee", TRADER),
    ("duty-notice.pay", TRADER),
    ("duty-notice.read", TRADER_AND_CUSTOMS),
    ("eir.read", &[(Trader, Party), (Agent, Party), (Terminal, Party), (Trucker, Party), (Customs, District)]),
    ("enterprise.grade", CUSTOMS),
    ("enterprise.write", CUSTOMS),
    ("equipment-alarm.close", TERMINAL),
    ("equipment-alarm.read", MACHINES),
    ("equipment.read", MACHINES),
    ("equipment.register", TERMINAL),
    ("equipment.retire", TERMINAL),
    ("event.read", CASE_AND_AUTHORITIES),
    ("field-order.read", AUTHORITIES),
    ("field-record.read", AUTHORITIES),
    ("field-record.settle", AUTHORITIES),
    ("field-record.write", AUTHORITIES),
    ("gate-transaction.read", CASE),
    ("gate.decide", TERMINAL),
    ("guarantee.read", TRADER_AND_CUSTOMS),
    ("guarantee.register", CUSTOMS),
    ("image-task.read", CUSTOMS),
    ("image-task.review", CUSTOMS),
    ("insight.read", &[(Customs, Any), (PortOffice, Any), (Admin, Any)]),
    ("inspected-sailing.read", &[(Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("inspection-site.read", &[(Terminal, Party), (Customs, District)]),
    ("inspection.appoint", TRADER_AND_CUSTOMS),
    ("inspection.begin", CUSTOMS),
    ("inspection.confirm", CUSTOMS),
    ("inspection.draw-at-site", NOBODY),
    ("inspection.indicators", &[(Customs, Any), (PortOffice, Any)]),
    ("inspection.order-machine", CUSTOMS),
    ("inspection.order-opening", CUSTOMS),
    ("inspection.present", TERMINAL),
    ("inspection.read", &[(Trader, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("inspection.replace-officer", CUSTOMS),
    ("inspection.result", CUSTOMS),
    ("inspection.return-result", CUSTOMS),
    ("instruction.lift", AUTHORITIES),
    ("instruction.place", AUTHORITIES),
    ("instruction.read", AUTHORITIES),
    ("instruction.split", AUTHORITIES),
    ("instruction.withdraw", AUTHORITIES),
    ("joint-order.agree-no-presence", &[(Trader, Party), (Agent, Party)]),
    ("joint-order.answer", AUTHORITIES),
    ("joint-order.close", AUTHORITIES),
    ("joint-order.conclude", AUTHORITIES),
    ("joint-order.follow-up", AUTHORITIES),
    ("joint-order.open", AUTHORITIES),
    ("joint-order.present", TERMINAL),
    (
        "joint-order.read",
        &[
            (Trader, Party),
            (Agent, Party),
            (Terminal, Party),
            (Customs, District),
            (Maritime, Party),
            (Border, Party),
            (PortAuthority, Party),
            (MarketSupervision, Party),
            (PortOffice, Any),
        ],
    ),
    ("joint-order.record", AUTHORITIES),
    ("joint-order.schedule", AUTHORITIES),
    ("laboratory.read", &[(Customs, Any), (Trader, Any)]),
    ("ledger.head", SESSIONS),
    ("loading-order.cancel", AGENT),
    ("loading-order.check", AGENT),
    ("loading-order.explain", AGENT),
    ("loading-order.order", AGENT),
    ("loading-order.read", &[(Agent, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("loading.report", TERMINAL),
    (
        "mailbox.read",
        &[
            (Agent, Party),
            (Terminal, Party),
            (Trader, Party),
            (Trucker, Party),
            (National, Party),
            (Customs, Party),
            (Maritime, Party),
            (Border, Party),
            (PortAuthority, Party),
            (MarketSupervision, Party),
            (PortOffice, Party),
        ],
    ),
    ("manifest-change.apply", AGENT),
    ("manifest-change.approve", CUSTOMS),
    ("manifest-change.read", &[(Agent, Party), (Customs, District), (PortOffice, Any)]),
    ("manifest-change.refuse", CUSTOMS),
    ("manifest-change.withdraw", AGENT),
    ("manifest.check", AGENT),
    ("manifest.read", &[(Agent, Party), (Customs, District), (PortOffice, Any)]),
    ("manifest.submit", AGENT),
    ("message-alarm.acknowledge", DESK),
    ("message-alarm.read", DESK),
    ("message-alarm.settle", NOBODY),
    ("message.answer", PARTNERS),
    ("message.check", DESK),
    ("message.close", DESK),
    ("message.deliver", NOBODY),
    ("message.process", NOBODY),
    ("message.read", &[(Agent, Party), (Terminal, Party), (Trader, Party), (Trucker, Party), (PortOffice, Any)]),
    ("message.repair", DESK),
    ("message.resend", RECEIVERS_AND_ADMIN),
    ("message.send", &[(Agent, Party), (Terminal, Party), (National, Party)]),
    ("national.reconcile", &[(PortOffice, Any), (Admin, Any)]),
    ("organisation.list", SESSIONS),
    ("organisation.write", ADMIN),
    ("outbound-bill.cancel", AGENT),
    ("outbound-bill.read", &[(Agent, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("outbound-bill.submit", AGENT),
    ("outbox.read", ADMIN),
    ("outbox.retry", ADMIN),
    ("partner.make-secret", ADMIN),
    ("partner.read", RECEIVERS_AND_ADMIN),
    ("partner.test", RECEIVERS_AND_ADMIN),
    ("partner.write", ADMIN),
    ("partner.write-own", RECEIVERS),
    ("payment.read", TRADER_AND_CUSTOMS),
    ("payment.record-reply", NOBODY),
    ("persons.read", CUSTOMS),
    ("report.record", PARTNERS),
    ("roll-out.claim", &[(PortOffice, Any)]),
    ("roll-out.read", &[(PortOffice, Any), (PortAuthority, Any)]),
    ("roster.assign", CUSTOMS),
    ("roster.change", CUSTOMS),
    ("roster.copy", CUSTOMS),
    ("roster.read", CUSTOMS),
    ("route.delete", ADMIN),
    ("route.read", ADMIN),
    ("route.write", ADMIN),
    ("rule-table.check", CUSTOMS),
    ("rule-table.confirm-withdrawal", CUSTOMS),
    ("rule-table.countersign", CUSTOMS),
    ("rule-table.draft", CUSTOMS),
    ("rule-table.edit", CUSTOMS),
    ("rule-table.give-up", CUSTOMS),
    ("rule-table.install", NOBODY),
    ("rule-table.keep", CUSTOMS),
    ("rule-table.read", &[(Customs, Any), (PortOffice, Any), (Admin, Any)]),
    ("rule-table.read-trial", CUSTOMS),
    ("rule-table.record-trial", NOBODY),
    ("rule-table.return", CUSTOMS),
    ("rule-table.stop-trial", CUSTOMS),
    ("rule-table.submit", CUSTOMS),
    ("rule-table.try", CUSTOMS),
    ("rule-table.withdraw", CUSTOMS),
    ("sample.decide-chain", CUSTOMS),
    ("sample.examine", LABORATORY),
    ("sample.follow", TRADER),
    ("sample.hand-over", &[(Customs, Party), (Customs, District)]),
    ("sample.order", CUSTOMS),
    ("sample.read", CUSTOMS),
    ("sample.release", LABORATORY),
    ("sample.report", LABORATORY),
    ("sample.retest", TRADER_AND_CUSTOMS),
    ("sample.return-report", LABORATORY),
    ("sample.statistics", CUSTOMS),
    ("sample.take", CUSTOMS),
    ("sample.test", LABORATORY),
    ("sample.waive", CUSTOMS),
    ("scan.hint", &[]),
    ("scan.match", CUSTOMS),
    ("scan.read", CUSTOMS),
    ("scan.receive", CUSTOMS),
    ("scan.set-aside", CUSTOMS),
    ("session.open", EVERYBODY),
    ("session.read", SESSIONS),
    ("sharing-agreement.approve", SHARERS),
    ("sharing-agreement.end", SHARERS),
    ("sharing-agreement.expire", NOBODY),
    ("sharing-agreement.read", SHARERS_AND_OFFICE),
    ("sharing-agreement.refuse", SHARERS),
    ("sharing-agreement.request", SHARERS),
    ("sharing-agreement.resume", SHARERS),
    ("sharing-agreement.suspend", SHARERS),
    ("site-rule.approve", CUSTOMS),
    ("site-rule.propose", CUSTOMS),
    ("site-rule.read", CUSTOMS),
    ("site-rule.refuse", CUSTOMS),
    ("slot.open", TERMINAL),
    ("slot.read", PLANS),
    ("status.report", TERMINAL),
    ("stream.read", SESSIONS),
    ("tally-report.read", CASE),
    ("tally-report.review", TERMINAL),
    ("tally-report.send", TERMINAL),
    ("tally-report.statistics", &[(Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("telemetry.close-hour", NOBODY),
    ("telemetry.send", TERMINAL),
    ("testing-body.decide", CUSTOMS),
    ("testing-body.look-up", TRADER),
    ("testing-body.propose", CUSTOMS),
    ("testing-body.read", CUSTOMS),
    ("third-party-report.accept", CUSTOMS),
    ("third-party-report.audit", CUSTOMS),
    ("third-party-report.read", TRADER_AND_CUSTOMS),
    ("third-party-report.refuse", CUSTOMS),
    ("third-party-report.submit", TRADER),
    ("transhipment.load", TERMINAL),
    ("transhipment.plan", PARTNERS),
    ("transhipment.read", CASE),
    ("transhipment.refuse", CUSTOMS),
    ("transhipment.release", CUSTOMS),
    ("transhipment.withdraw", PARTNERS),
    ("transmission.read", &[(Trader, Party), (Customs, District), (PortOffice, Any)]),
    ("transmission.record-receipt", &[(National, Party)]),
    ("user.read", ADMIN),
    ("user.write", ADMIN),
    ("waybill.describe", AGENT),
    ("waybill.list-houses", AGENT),
    ("waybill.read", &[(Trader, Party), (Agent, Party), (Terminal, Party), (Customs, District), (PortOffice, Any)]),
    ("waybill.release", CUSTOMS),
    ("waybill.revoke-release", CUSTOMS),
    ("waybill.tell-status", PARTNERS),
    ("worklist.read", SESSIONS),
    ("workload.read", &[(Customs, District), (PortOffice, Any)]),
];

#[test]
fn every_action_is_allowed_to_exactly_these_roles() {
    let rights = Rights::new(POLICIES).expect("policies");
    let mut wrong = Vec::new();
    for (action, allowed) in TABLE {
        for role in Role::PEOPLE.into_iter().chain([Role::National, Role::Public, Role::Platform]) {
            for (party, district) in [(false, false), (true, false), (false, true), (true, true)] {
                let expected = role == Role::Platform
                    || allowed.iter().any(|(who, need)| {
                        *who == role
                            && match need {
                                Party => party,
                                District => district,
                                Any => true,
                            }
                    });
                if rights.allows(role, action, party, district) != expected {
                    wrong.push(format!("{} {action} party={party} district={district}: expected {expected}", role.code()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_and_the_policies_name_the_same_actions() {
    let rights = Rights::new(POLICIES).expect("policies");
    let table: BTreeSet<String> = TABLE.iter().map(|(action, _)| (*action).to_owned()).collect();
    assert_eq!(table, *rights.actions());
    assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, each once");
}

fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("text"));
        }
    }
    texts
}

#[test]
fn every_use_case_has_a_policy_and_every_policy_is_asked() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates");
    let app = sources(&crates.join("app/src"));
    let rights = Rights::new(POLICIES).expect("policies");
    let mut names = BTreeSet::new();
    for text in &app {
        for part in text.split("const NAME: &'static str = \"").skip(1) {
            names.insert(part.split('"').next().expect("name").to_owned());
        }
        // The officers' use cases are made by one macro that takes the name after its fields.
        for part in text.split("officer_use_case! {").skip(1) {
            let name = part.split("} = \"").nth(1).and_then(|rest| rest.split('"').next());
            names.extend(name.map(str::to_owned));
        }
    }
    // Those of work orders take theirs from the work.
    let generic = [
        OrderDischarge::NAME,
        CancelDischarge::NAME,
        ExplainDischarge::NAME,
        OrderLoading::NAME,
        CancelLoading::NAME,
        ExplainLoading::NAME,
    ];
    names.extend(generic.map(str::to_owned));
    assert!(names.len() > 40, "{names:?}");
    let without: Vec<_> = names.iter().filter(|name| !rights.actions().contains(*name)).collect();
    assert!(without.is_empty(), "use cases that no policy names: {without:?}");

    let api = sources(&crates.join("api/src"));
    let asked = |action: &str| app.iter().chain(&api).any(|text| text.contains(&format!("\"{action}\"")));
    let unused: Vec<_> = rights.actions().iter().filter(|action| !names.contains(*action) && !asked(action)).collect();
    assert!(unused.is_empty(), "policies for what nobody asks: {unused:?}");
}

/// The access log as (action, who's organisation, outcome) → how often.
async fn log(store: &dyn store::Store) -> BTreeMap<(String, String, String), usize> {
    let mut found = BTreeMap::new();
    let mut cursor = None;
    loop {
        let page = store.audit_log(PORT, &AuditQuery { cursor, limit: 200, ..AuditQuery::default() }).await.expect("log");
        for (_, row) in page.items {
            *found.entry((row.action, row.organisation.unwrap_or_default(), row.outcome)).or_default() += 1;
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_objects_are_acted_upon_foreign_ones_do_not_exist() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-OWN", 1).await;
    let draft = port.drafted("B-OWN").await;
    let form = port.state::<Declaration>(&draft).await.form().clone();
    let edit = EditDeclaration { id: draft.clone(), form: form.clone(), expected_version: None };
    assert_eq!(port.no("trader-grey", &edit).await, "not-found");
    assert_eq!(port.no("customs-port", &edit).await, "not-found", "a draft is its maker's alone");
    assert_eq!(port.no("customs-far", &edit).await, "not-found");
    assert_eq!(port.no("trader-grey", &SubmitDeclaration { id: draft.clone() }).await, "not-found");
    assert_eq!(port.no("trader-grey", &DraftDeclaration { bill: None, copy_of: Some(draft.clone()) }).await, "not-found");
    assert_eq!(port.no("agent-blue", &DraftDeclaration::default()).await, "forbidden");
    port.ok("broker-green", &SubmitDeclaration { id: draft.clone() }).await;
    assert_eq!(port.no("customs-far", &PassDocuments { id: draft.clone(), note: String::new() }).await, "not-found");
    let may_not = PassDocuments { id: draft.clone(), note: String::new() };
    assert_eq!(port.no("trader-gold", &may_not).await, "forbidden", "whoever may see it is told that it may not");
    assert_eq!(port.no("trader-grey", &WithdrawDeclaration { id: draft.clone(), reason: "not mine".into() }).await, "not-found");
    let notice = port.notice_of(&draft).await;
    assert_eq!(port.no("trader-grey", &PayDuty { id: notice.clone() }).await, "not-found");
    assert_eq!(port.no("customs-port", &PayDuty { id: notice.clone() }).await, "forbidden");
    assert_eq!(port.no("trucker-fast", &port.gate_of(Direction::In, &boxes[0])).await, "forbidden");
    assert_eq!(port.no("public", &DecideGate { ..port.gate_of(Direction::In, &boxes[0]) }).await, "forbidden");

    // The same answer for what does not exist and for what may not be known.
    for id in [notice.as_str(), "T2611-999999"] {
        let error = port.app.view::<DutyNotice>(&port.ctx("trader-grey"), "duty-notice.read", id).await.expect_err("stranger");
        assert_eq!(error.to_string(), format!("duty-notice {id} not found"));
    }
    // Lists show one's own.
    let count = |who: &'static str| {
        let port = &port;
        async move { port.app.list::<Container>(&port.ctx(who), "container.read", ListQuery::default()).await.map(|page| page.items.len()) }
    };
    for (who, expected) in [
        ("agent-blue", 1),
        ("terminal-east", 1),
        ("trader-gold", 1),
        ("trader-grey", 0),
        ("terminal-west", 0),
        ("customs-port", 1),
        ("customs-far", 0),
        ("port-office", 1),
    ] {
        assert_eq!(count(who).await.expect(who), expected, "{who}");
    }
    assert_eq!(count("admin-desk").await.map_err(|e| code_of(&e)), Err("forbidden".into()));
    let bookings = port.app.list::<Booking>(&port.ctx("port-office"), "booking.read", ListQuery::default()).await;
    assert_eq!(bookings.map(|_| ()).map_err(|e| code_of(&e)), Err("forbidden".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_use_case_and_every_read_leaves_a_trace_in_the_access_log() {
    let port = Port::open().await;
    let container = port.ready("B-LOG").await;
    port.app.case(&port.ctx("customs-port"), &container).await.expect("case");
    port.app.timeline(&port.ctx("trader-gold"), &container).await.expect("timeline");
    let _ = port.app.case(&port.ctx("trader-grey"), &container).await;
    let bill = port.state::<manifest::Bill>("B-LOG").await;
    let declaration = bill.declaration.expect("declared");
    let _ = port.app.view::<Declaration>(&port.ctx("trucker-fast"), "declaration.read", &declaration).await;
    let refused = PassDocuments { id: declaration.clone(), note: String::new() };
    assert_eq!(port.no("trader-gold", &refused).await, "forbidden");
    assert_eq!(port.no("broker-green", &SubmitDeclaration { id: "D2611-999999".into() }).await, "not-found");
    port.store.close().await;

    let log = {
        // Access records of reads are written behind; closing the store has written them all.
        let path = port.directory.path().join("port.sqlite");
        let options = storage::SqliteOptions { access: storage::Access::Inspect, ..storage::SqliteOptions::default() };
        let store = storage::SqliteStore::open(&path, PORT, crate::support::sealer(), options).expect("inspect");
        log(&store).await
    };
    let at_least = |action: &str, organisation: &str, outcome: &str| {
        let count = log.get(&(action.to_owned(), organisation.to_owned(), outcome.to_owned())).copied().unwrap_or(0);
        assert!(count > 0, "no record of {action} by {organisation} as {outcome} in {log:#?}");
    };
    for (action, organisation) in [
        ("call.announce", "agent-blue"),
        ("manifest.submit", "agent-blue"),
        ("call.arrive", "agent-blue"),
        ("discharge.report", "terminal-east"),
        ("declaration.draft", "broker-green"),
        ("declaration.edit", "broker-green"),
        ("declaration.submit", "broker-green"),
        ("duty-notice.pay", "trader-gold"),
        ("payment.record-reply", ""),
        ("delivery-order.request", "trader-gold"),
        ("delivery-order.pay", "trader-gold"),
        ("delivery-order.issue", "agent-blue"),
        ("delivery-order.transfer", "trader-gold"),
        ("booking.make", "trucker-fast"),
        ("organisation.write", "admin-desk"),
        ("user.write", "admin-desk"),
        ("rule-table.install", ""),
        ("draw.commit", ""),
        ("case.read", "customs-port"),
        ("case.read", "trader-gold"),
    ] {
        at_least(action, organisation, "allowed");
    }
    at_least("case.read", "trader-grey", "refused");
    at_least("declaration.read", "trucker-fast", "refused");
    at_least("declaration.pass-documents", "trader-gold", "refused");
    at_least("declaration.submit", "broker-green", "failed");
}
