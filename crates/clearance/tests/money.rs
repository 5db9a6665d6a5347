//! Duty notices, guarantees and payments: each settled once, never beyond its limit.

mod form;
#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use clearance::{
    DutyNotice, Failed, Guarantee, GuaranteeKind, Guaranteed, Issued, Occupied, Ordered, Paid, Payment, PaymentFailed, PaymentOrdered,
    PaymentPurpose, Registered, Restored, Settled, Waived, assess, decide_guarantee_notice, decide_issue_notice, decide_notice_paid,
    decide_notice_payment_failed, decide_occupy, decide_order_notice_payment, decide_order_payment, decide_payment_failed,
    decide_payment_sent, decide_payment_settled, decide_register_guarantee, decide_restore, decide_waive_notice,
};
use codes::{CurrencyCode, Money};
use ledger::Aggregate;
use object::{Object, minute};
use proptest::prelude::*;

macro_rules! take {
    ($object:expr, $at:expr, $decide:path, $command:expr) => {{
        let decided = $decide($object.get(), $command);
        $object.take(decided, minute($at))
    }};
}

fn issued() -> Issued {
    let form = form::form();
    Issued {
        declaration: "D1".into(),
        entry_id: "310420261000000001".into(),
        district: "3104".into(),
        payer: "trader-green".into(),
        broker: "broker-red".into(),
        assessment: assess(&form, &form::duty_facts(&form)).expect("assessed"),
    }
}

fn notice() -> Object<DutyNotice> {
    let mut notice = Object::new();
    notice.take(decide_issue_notice(None, issued()), minute(0)).expect("issued");
    notice
}

fn order(id: &str) -> PaymentOrdered {
    PaymentOrdered { payment: id.into(), bank: "sandbox".into() }
}

fn paid(id: &str, amount: Money) -> Paid {
    Paid { payment: id.into(), bank_reference: "BR1".into(), at: minute(9), amount }
}

#[test]
fn a_notice_is_due_in_fifteen_days_and_paid_once() {
    let mut notice = notice();
    let total = notice.get().total();
    let row = notice.get().work_row("T1");
    assert_eq!(
        (row.owner.as_deref(), row.action.as_deref(), row.due_at),
        (Some("trader-green"), Some("pay-duty"), Some(minute(15 * 24 * 60)))
    );
    take!(notice, 1, decide_order_notice_payment, order("P1")).expect("ordered");
    assert_eq!(take!(notice, 2, decide_order_notice_payment, order("P2")), Err("notice-paying"));
    assert_eq!(take!(notice, 2, decide_guarantee_notice, Guaranteed { guarantee: "G1".into() }), Err("notice-paying"));
    assert_eq!(take!(notice, 3, decide_notice_paid, paid("P9", total)), Err("notice-payment-differs"));
    assert_eq!(take!(notice, 3, decide_notice_paid, paid("P1", Money::cny(1))), Err("notice-amount-differs"));
    take!(notice, 4, decide_notice_payment_failed, PaymentFailed { payment: "P1".into(), reason: "no funds".into() }).expect("failed");
    assert_eq!(notice.get().status(), "due");
    take!(notice, 5, decide_order_notice_payment, order("P2")).expect("again");
    take!(notice, 9, decide_notice_paid, paid("P2", total)).expect("paid");
    assert_eq!(notice.get().work_row("T1").closed_at, Some(minute(9)));
    assert_eq!(take!(notice, 10, decide_notice_paid, paid("P2", total)), Err("notice-settled"));
    assert_eq!(take!(notice, 10, decide_waive_notice, Waived { reason: "x".into(), officer: "o".into() }), Err("notice-settled"));
    notice.check();
}

#[test]
fn a_guaranteed_notice_is_still_paid_later() {
    let mut notice = notice();
    let total = notice.get().total();
    take!(notice, 1, decide_guarantee_notice, Guaranteed { guarantee: "G1".into() }).expect("guaranteed");
    assert_eq!(take!(notice, 2, decide_guarantee_notice, Guaranteed { guarantee: "G2".into() }), Err("notice-settled"));
    take!(notice, 2, decide_order_notice_payment, order("P1")).expect("ordered");
    assert_eq!(notice.get().status(), "guaranteed");
    take!(notice, 3, decide_notice_payment_failed, PaymentFailed { payment: "P1".into(), reason: "x".into() }).expect("failed");
    take!(notice, 4, decide_order_notice_payment, order("P2")).expect("ordered");
    take!(notice, 9, decide_notice_paid, paid("P2", total)).expect("paid");
    assert_eq!(notice.get().status(), "paid");
    notice.check();
}

#[test]
fn no_notice_over_nothing() {
    let mut nothing = issued();
    nothing.assessment.total = Money::cny(0);
    assert_eq!(decide_issue_notice(None, nothing).map_err(|r| r.code), Err("notice-nothing-due"));
    assert_eq!(decide_issue_notice(notice().state.as_ref(), issued()).map_err(|r| r.code), Err("notice-exists"));
}

fn registered() -> Registered {
    Registered {
        principal: "trader-green".into(),
        guarantor: "示例银行".into(),
        kind: GuaranteeKind::BankLetter,
        limit: Money::cny(1_000),
        valid_from: minute(0),
        valid_to: minute(1_000),
    }
}

fn guarantee() -> Object<Guarantee> {
    let mut guarantee = Object::new();
    guarantee.take(decide_register_guarantee(None, registered()), minute(0)).expect("registered");
    guarantee
}

fn occupy(guarantee: &mut Object<Guarantee>, notice: &str, fen: i64, at: i64) -> Result<(), &'static str> {
    let command = Occupied { notice: notice.into(), payer: "trader-green".into(), amount: Money::cny(fen) };
    let decided = decide_occupy(guarantee.get(), command, minute(at));
    guarantee.take(decided, minute(at))
}

#[test]
fn a_guarantee_is_occupied_up_to_its_limit_and_once_per_notice() {
    let mut guarantee = guarantee();
    occupy(&mut guarantee, "T1", 600, 1).expect("within");
    assert_eq!(occupy(&mut guarantee, "T1", 1, 2), Err("guarantee-notice-known"));
    assert_eq!(occupy(&mut guarantee, "T2", 401, 2), Err("guarantee-limit"));
    occupy(&mut guarantee, "T2", 400, 2).expect("to the limit");
    assert_eq!((guarantee.get().status(), guarantee.get().left()), ("exhausted", Money::cny(0)));
    take!(guarantee, 3, decide_restore, Restored { notice: "T1".into() }).expect("restored");
    assert_eq!(guarantee.get().left(), Money::cny(600));
    assert_eq!(take!(guarantee, 3, decide_restore, Restored { notice: "T1".into() }), Err("guarantee-notice-unknown"));
    assert_eq!(occupy(&mut guarantee, "T1", 1, 4), Err("guarantee-notice-known"), "not even after it was given back");
    guarantee.check();
}

#[test]
fn a_guarantee_holds_for_its_principal_and_its_term() {
    let mut guarantee = guarantee();
    assert_eq!(occupy(&mut guarantee, "T1", 1, 1_001), Err("guarantee-not-valid"));
    assert_eq!(occupy(&mut guarantee, "T1", 1, -1), Err("guarantee-not-valid"));
    assert_eq!(occupy(&mut guarantee, "T1", 0, 1), Err("guarantee-amount"));
    assert_eq!(guarantee.get().status_at(minute(1_001)), "expired");
    let decide = |payer: &str, amount| {
        decide_occupy(guarantee.get(), Occupied { notice: "T1".into(), payer: payer.into(), amount }, minute(1)).map_err(|r| r.code)
    };
    assert_eq!(decide("trader-other", Money::cny(1)), Err("guarantee-not-principal"));
    assert_eq!(decide("trader-green", Money::new(1, CurrencyCode::USD)), Err("guarantee-currency"));
    let register = |command| decide_register_guarantee(None, command).map_err(|r| r.code);
    assert_eq!(register(Registered { limit: Money::cny(0), ..registered() }), Err("guarantee-terms"));
    assert_eq!(register(Registered { valid_to: minute(0), ..registered() }), Err("guarantee-terms"));
    assert_eq!(decide_register_guarantee(guarantee.state.as_ref(), registered()).map_err(|r| r.code), Err("guarantee-exists"));
}

fn ordering() -> Ordered {
    Ordered {
        purpose: PaymentPurpose::DutyNotice("T1".into()),
        payer: "trader-green".into(),
        amount: Money::cny(500),
        bank: "sandbox".into(),
        end_to_end_id: "P2611-000001".into(),
        district: Some("3104".into()),
    }
}

fn payment() -> Object<Payment> {
    let mut payment = Object::new();
    payment.take(decide_order_payment(None, ordering()), minute(0)).expect("ordered");
    payment
}

fn settle(fen: i64) -> Settled {
    Settled { bank_reference: "BR".into(), at: minute(5), amount: Money::cny(fen) }
}

fn fail() -> Failed {
    Failed { code: "AM04".into(), reason: "insufficient funds".into() }
}

#[test]
fn a_payment_settles_once_with_the_amount_ordered() {
    let mut payment = payment();
    let decided = decide_payment_sent(payment.get());
    payment.take(decided, minute(1)).expect("sent");
    assert_eq!(decide_payment_sent(payment.get()).map_err(|r| r.code), Err("payment-not-ordered"));
    assert_eq!(take!(payment, 2, decide_payment_settled, settle(499)), Err("payment-amount-differs"));
    take!(payment, 5, decide_payment_settled, settle(500)).expect("settled");
    assert_eq!(take!(payment, 6, decide_payment_settled, settle(500)), Err("payment-already-settled"));
    assert_eq!(take!(payment, 6, decide_payment_failed, fail()), Err("payment-already-settled"));
    payment.check();
}

#[test]
fn a_payment_that_failed_stays_failed() {
    let mut payment = payment();
    take!(payment, 1, decide_payment_failed, fail()).expect("failed");
    assert_eq!(take!(payment, 2, decide_payment_settled, settle(500)), Err("payment-failed"));
    payment.check();
}

#[test]
fn a_payment_has_an_amount_and_a_reference_of_iso_20022() {
    let order = |command| decide_order_payment(None, command).map_err(|r| r.code);
    assert_eq!(order(Ordered { amount: Money::cny(0), ..ordering() }), Err("payment-amount"));
    assert!(order(Ordered { end_to_end_id: "x".repeat(35), ..ordering() }).is_ok());
    assert_eq!(order(Ordered { end_to_end_id: "x".repeat(36), ..ordering() }), Err("payment-reference"));
    assert_eq!(order(Ordered { end_to_end_id: String::new(), ..ordering() }), Err("payment-reference"));
    assert_eq!(decide_order_payment(payment().state.as_ref(), ordering()).map_err(|r| r.code), Err("payment-exists"));
    let json = serde_json::to_string(&PaymentPurpose::DeliveryOrder("O1".into())).expect("json");
    assert_eq!(json, r#"{"kind":"delivery-order","id":"O1"}"#);
}

proptest! {
    #[test]
    fn no_order_of_commands_passes_the_limit(commands in prop::collection::vec((any::<bool>(), 0u8..6, 1i64..700), 0..50)) {
        let mut guarantee = guarantee();
        let mut seen = std::collections::BTreeSet::new();
        for (at, (restore, n, fen)) in (1..).zip(commands) {
            let notice = format!("T{n}");
            if restore {
                let _ = take!(guarantee, at, decide_restore, Restored { notice });
            } else if occupy(&mut guarantee, &notice, fen, at).is_ok() {
                prop_assert!(seen.insert(notice), "each notice once");
            }
            let occupied = guarantee.get().occupied_minor();
            prop_assert!((0..=1_000).contains(&occupied));
        }
        guarantee.check();
    }

    #[test]
    fn no_order_of_commands_settles_twice(commands in prop::collection::vec((0u8..6, 0u8..2), 0..30)) {
        let (mut notice, mut payment) = (notice(), payment());
        let total = notice.get().total();
        let (mut settled_notice, mut settled_payment) = (0, 0);
        for (at, (command, n)) in (1..).zip(commands) {
            let id = format!("P{n}");
            let state = notice.get();
            let decided = match command {
                0 => decide_order_notice_payment(state, order(&id)),
                1 => decide_notice_payment_failed(state, PaymentFailed { payment: id, reason: "x".into() }),
                2 => decide_notice_paid(state, paid(&id, total)),
                3 => decide_guarantee_notice(state, Guaranteed { guarantee: id }),
                4 => decide_waive_notice(state, Waived { reason: "x".into(), officer: "o".into() }),
                _ => decide_issue_notice(notice.state.as_ref(), issued()),
            };
            let ends = matches!(command, 2 | 4);
            settled_notice += i32::from(notice.take(decided, minute(at)).is_ok() && ends);
            let of_payment = match command {
                0 | 1 => decide_payment_sent(payment.get()),
                2 | 3 => decide_payment_settled(payment.get(), settle(500)),
                _ => decide_payment_failed(payment.get(), fail()),
            };
            settled_payment += i32::from(payment.take(of_payment, minute(at)).is_ok() && matches!(command, 2 | 3));
            prop_assert!(settled_notice <= 1 && settled_payment <= 1);
        }
        notice.check();
        payment.check();
    }
}
