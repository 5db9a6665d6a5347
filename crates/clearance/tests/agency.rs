//! An agency agreement is signed by both sides, covers what it says for as long as it says, and ends when one side wants.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use clearance::{
    AGENCY_BILL_LENGTH_MAX, AGENCY_DAYS_MAX, AgencyAccepted, AgencyAct, AgencyAgreement, AgencyDeclined, AgencyProposed, AgencyRevoked,
    AgencySide, decide_accept_agency, decide_decline_agency, decide_propose_agency, decide_revoke_agency,
};
use ledger::Aggregate;
use object::{Object, minute};
use proptest::prelude::*;

const DAY: i64 = 24 * 60;

fn proposal(bill: Option<&str>) -> AgencyProposed {
    AgencyProposed {
        principal: "trader-gold".into(),
        agent: "broker-green".into(),
        acts: [AgencyAct::Declaration].into(),
        bill: bill.map(str::to_owned),
        valid_from: minute(0),
        valid_to: minute(30 * DAY),
        side: AgencySide::Agent,
        by: "li".into(),
    }
}

fn proposed(bill: Option<&str>) -> Object<AgencyAgreement> {
    let mut agreement = Object::new();
    agreement.take(decide_propose_agency(None, proposal(bill), minute(0)), minute(0)).expect("proposed");
    agreement
}

fn accept(side: AgencySide) -> AgencyAccepted {
    AgencyAccepted { side, by: "wang".into() }
}

fn decline(side: AgencySide) -> AgencyDeclined {
    AgencyDeclined { side, by: "wang".into(), reason: "not ours".into() }
}

fn revoke(side: AgencySide) -> AgencyRevoked {
    AgencyRevoked { side, by: "wang".into(), reason: "no longer".into() }
}

fn accepted(bill: Option<&str>) -> Object<AgencyAgreement> {
    let mut agreement = proposed(bill);
    let decided = decide_accept_agency(agreement.get(), accept(AgencySide::Principal), minute(5));
    agreement.take(decided, minute(5)).expect("accepted");
    agreement
}

#[test]
fn it_covers_what_both_sides_signed_and_nothing_else() {
    let act = AgencyAct::Declaration;
    assert!(!proposed(None).get().covers(act, "B1", minute(6)), "one signature is none");
    let all = accepted(None);
    for (covers, asked, bill, at) in [
        (true, act, "B1", minute(6)),
        (true, act, "B2", minute(30 * DAY)),
        (false, act, "B1", minute(30 * DAY + 1)),
        (false, act, "B1", minute(-1)),
        (false, AgencyAct::DeliveryOrder, "B1", minute(6)),
    ] {
        assert_eq!(all.get().covers(asked, bill, at), covers, "{asked:?} {bill} {at}");
    }
    let one = accepted(Some("B1"));
    assert!(one.get().covers(act, "B1", minute(6)));
    assert!(one.get().covers(act, "b1", minute(6)), "a bill number is the same in small letters");
    assert!(!one.get().covers(act, "B10", minute(6)), "another bill, however alike");
    let mut revoked = accepted(None);
    let decided = decide_revoke_agency(revoked.get(), revoke(AgencySide::Agent));
    revoked.take(decided, minute(9)).expect("revoked");
    assert!(!revoked.get().covers(act, "B1", minute(9)));
    revoked.check();
}

#[test]
fn the_other_side_answers() {
    let agreement = proposed(None);
    let row = agreement.get().work_row("A1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("trader-gold"), Some("answer-agency")));
    assert_eq!(row.authority, None, "it is nobody's but its two sides'");
    assert_eq!(row.parties, ["trader-gold", "broker-green"]);
    let code = |decided: Result<Vec<clearance::AgencyEvent>, ledger::Refusal>| decided.map(|_| ()).map_err(|r| r.code);
    let own = AgencySide::Agent;
    assert_eq!(code(decide_accept_agency(agreement.get(), accept(own), minute(5))), Err("agency-own-proposal"));
    assert_eq!(code(decide_decline_agency(agreement.get(), decline(own))), Err("agency-own-proposal"));
    assert_eq!(code(decide_revoke_agency(agreement.get(), revoke(AgencySide::Principal))), Err("agency-not-own"));
    assert_eq!(code(decide_revoke_agency(agreement.get(), revoke(own))), Ok(()), "a proposal is taken back by who made it");
    let late = minute(30 * DAY + 1);
    assert_eq!(code(decide_accept_agency(agreement.get(), accept(AgencySide::Principal), late)), Err("agency-term"));
    assert_eq!(agreement.get().status_at(late), "expired");

    let accepted = accepted(None);
    assert_eq!(accepted.get().work_row("A1").action, None);
    assert_eq!(code(decide_accept_agency(accepted.get(), accept(AgencySide::Principal), minute(6))), Err("agency-not-proposed"));
    assert_eq!(code(decide_decline_agency(accepted.get(), decline(AgencySide::Principal))), Err("agency-not-proposed"));
    let mut declined = proposed(None);
    let decided = decide_decline_agency(declined.get(), decline(AgencySide::Principal));
    declined.take(decided, minute(7)).expect("declined");
    assert_eq!((declined.get().status(), declined.get().work_row("A1").closed_at), ("declined", Some(minute(7))));
    assert_eq!(code(decide_revoke_agency(declined.get(), revoke(own))), Err("agency-closed"));
}

#[test]
fn a_proposal_is_bounded() {
    let with = |change: &dyn Fn(&mut AgencyProposed)| {
        let mut command = proposal(Some("B1"));
        change(&mut command);
        decide_propose_agency(None, command, minute(0)).map(|_| ()).map_err(|r| r.code)
    };
    assert_eq!(with(&|_| {}), Ok(()));
    assert_eq!(with(&|c| c.agent = c.principal.clone()), Err("agency-parties"));
    assert_eq!(with(&|c| c.agent = String::new()), Err("agency-parties"));
    assert_eq!(with(&|c| c.acts.clear()), Err("agency-scope"));
    assert_eq!(with(&|c| c.bill = Some(String::new())), Err("agency-scope"));
    assert_eq!(with(&|c| c.bill = Some("B".repeat(AGENCY_BILL_LENGTH_MAX))), Ok(()));
    assert_eq!(with(&|c| c.bill = Some("B".repeat(AGENCY_BILL_LENGTH_MAX + 1))), Err("agency-scope"));
    assert_eq!(with(&|c| c.valid_to = c.valid_from), Err("agency-term"));
    assert_eq!(with(&|c| (c.valid_from, c.valid_to) = (minute(-9), minute(0))), Err("agency-term"), "over before it is signed");
    assert_eq!(with(&|c| c.valid_to = c.valid_from.plus_days(AGENCY_DAYS_MAX)), Ok(()));
    assert_eq!(with(&|c| c.valid_to = c.valid_from.plus_days(AGENCY_DAYS_MAX).plus_millis(1)), Err("agency-term"));
    let known = proposed(None);
    assert_eq!(decide_propose_agency(known.state.as_ref(), proposal(None), minute(0)).map_err(|r| r.code), Err("agency-exists"));
}

proptest! {
    #[test]
    fn no_order_of_answers_lets_one_side_bind_the_other(commands in prop::collection::vec((0u8..3, any::<bool>()), 0..12)) {
        let mut agreement = proposed(None);
        let mut other_accepted = false;
        for (at, (command, principal)) in (1..).zip(commands) {
            let side = if principal { AgencySide::Principal } else { AgencySide::Agent };
            let state = agreement.get();
            let decided = match command {
                0 => decide_accept_agency(state, accept(side), minute(at)),
                1 => decide_decline_agency(state, decline(side)),
                _ => decide_revoke_agency(state, revoke(side)),
            };
            if agreement.take(decided, minute(at)).is_ok() {
                other_accepted = command == 0 && principal;
            }
            prop_assert_eq!(agreement.get().covers(AgencyAct::Declaration, "B1", minute(at)), other_accepted);
        }
        agreement.check();
    }
}
