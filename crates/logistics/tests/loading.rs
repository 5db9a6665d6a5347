//! The loading order by itself: what was loaded is a fact, whatever was ordered; its bounds, and what may follow what.

use ledger::{Aggregate, Timestamp};
use logistics::{
    LOADED_MAX, ListedBox, LoadingOrder, LoadingOrderEvent, OrderBoxes, UNLISTED_MAX, Worked, WorkedBox, decide_cancel_work,
    decide_close_loading, decide_loaded_against, decide_order_work, decide_report_loaded, decide_withdraw_loaded,
};
use proptest::prelude::*;

fn at(minute: i64) -> Timestamp {
    "2026-11-24T02:00:00Z".parse::<Timestamp>().expect("instant").plus_minutes(minute)
}

fn number(n: usize) -> String {
    format!("ZZZU{n:07}")
}

fn order_of(boxes: impl Iterator<Item = usize>) -> OrderBoxes {
    let listed = |n| ListedBox { number: number(n), size_type: "22G1".into(), gross_kg: None, bill: None, cell: None };
    OrderBoxes {
        call: "C2611-0001".into(),
        agent: "agent".into(),
        terminal: "terminal".into(),
        boxes: boxes.map(listed).collect(),
        message: None,
    }
}

fn told(boxes: impl Iterator<Item = usize>, minute: i64) -> Worked {
    let one = |n| WorkedBox { number: number(n), at: at(minute), cell: None, doubtful: false };
    Worked { call: "C2611-0001".into(), agent: "agent".into(), terminal: "terminal".into(), boxes: boxes.map(one).collect() }
}

fn after(state: Option<LoadingOrder>, events: Vec<LoadingOrderEvent>) -> Option<LoadingOrder> {
    events.iter().fold(state, |state, event| Some(LoadingOrder::apply(state, event, at(0)).expect("it follows")))
}

/// A loading report as the application takes it.
fn load(state: Option<LoadingOrder>, told: Worked, departed: Option<Timestamp>) -> Option<LoadingOrder> {
    let state = after(state.clone(), decide_report_loaded(state.as_ref(), told, departed));
    let against = state.as_ref().map(decide_loaded_against).unwrap_or_default();
    after(state, against)
}

fn ordered(state: Option<LoadingOrder>, boxes: impl Iterator<Item = usize>) -> Option<LoadingOrder> {
    let state = after(state.clone(), decide_order_work(state.as_ref(), order_of(boxes)).expect("ordered"));
    let against = state.as_ref().map(decide_loaded_against).unwrap_or_default();
    after(state, against)
}

#[test]
fn as_many_boxes_are_kept_as_an_order_may_list_and_miss() {
    let state = load(None, told(0..LOADED_MAX + 1, 0), None).expect("kept");
    assert_eq!((state.worked.len(), state.status()), (LOADED_MAX, "unordered"));
    assert!(decide_report_loaded(Some(&state), told(0..LOADED_MAX + 1, 0), None).is_empty(), "nothing new is in it");
    assert_eq!(load(Some(state.clone()), told(0..1, 5), None).expect("kept").worked[&number(0)].at, at(5), "a known box may be corrected");
    let state = ordered(Some(state), 0..1).expect("ordered");
    assert_eq!(state.unlisted.len(), UNLISTED_MAX);
    let bytes = serde_json::to_vec(&state).expect("JSON").len();
    assert!(bytes < 1 << 20, "{bytes} bytes of state");
}

#[test]
fn what_is_dated_after_the_departure_is_doubtful_and_takes_nothing_back() {
    let state = load(ordered(None, 0..3), told(0..1, 10), None);
    // It was told before the departure was, and lies after it.
    let state = load(state, told(1..2, 70), None);
    let state = after(state.clone(), decide_close_loading(state.as_ref().expect("open"), at(60))).expect("closed");
    assert_eq!((state.missing.as_slice(), state.status()), (&[number(1), number(2)][..], "differs"));
    assert!(state.worked[&number(1)].doubtful && !state.worked[&number(0)].doubtful);
    let state = load(Some(state), told(0..3, 80), Some(at(60))).expect("kept");
    assert!(!state.worked[&number(0)].doubtful && state.worked[&number(2)].doubtful);
    assert_eq!(state.missing.len(), 2);
    let state = load(Some(state), told(1..3, 60), Some(at(60))).expect("kept");
    assert_eq!((state.missing.len(), state.status()), (0, "completed"), "at the very minute it may have been");
}

#[derive(Clone, Debug)]
enum Step {
    Order(Vec<usize>),
    Load(Vec<usize>, i64),
    Withdraw(Vec<usize>),
    Cancel,
    Depart,
}

fn step() -> impl Strategy<Value = Step> {
    let boxes = || prop::collection::btree_set(0usize..6, 1..5).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    prop_oneof![
        boxes().prop_map(Step::Order),
        (boxes(), 0i64..100).prop_map(|(boxes, minute)| Step::Load(boxes, minute)),
        boxes().prop_map(Step::Withdraw),
        Just(Step::Cancel),
        Just(Step::Depart),
    ]
}

proptest! {
    /// In whatever order things come: a box is missing exactly when it is listed by an order that stands and not believed loaded, and
    /// unlisted exactly when it was believed loaded and such an order does not list it.
    #[test]
    fn no_order_of_commands_makes_a_loaded_box_missing(steps in prop::collection::vec(step(), 1..25)) {
        let departed_at = at(50);
        let (mut state, mut departed): (Option<LoadingOrder>, Option<Timestamp>) = (None, None);
        for step in steps {
            state = match (step, state) {
                (Step::Order(boxes), state) if departed.is_none() => {
                    match decide_order_work(state.as_ref(), order_of(boxes.iter().copied())) {
                        Ok(_) => ordered(state, boxes.into_iter()),
                        Err(_) => state,
                    }
                }
                (Step::Load(boxes, minute), state) => load(state, told(boxes.into_iter(), minute), departed),
                (Step::Withdraw(boxes), Some(state)) => {
                    let numbers: Vec<String> = boxes.into_iter().map(number).collect();
                    let events = decide_withdraw_loaded(&state, numbers.iter().map(String::as_str));
                    let state = after(Some(state), events);
                    prop_assert!(numbers.iter().all(|number| state.as_ref().is_some_and(|state| !state.worked.contains_key(number))));
                    state
                }
                (Step::Cancel, Some(state)) => {
                    let events = decide_cancel_work(&state, "reason".into(), None).unwrap_or_default();
                    after(Some(state), events)
                }
                (Step::Depart, Some(state)) if departed.is_none() => {
                    departed = Some(departed_at);
                    let events = decide_close_loading(&state, departed_at);
                    after(Some(state), events)
                }
                (_, state) => state,
            };
            let Some(state) = &state else { continue };
            let stands = matches!(state.status(), "ordered" | "differs" | "completed");
            for n in 0..6 {
                let (number, believed) = (number(n), state.is_worked(&number(n)));
                let listed = state.lists(&number);
                prop_assert_eq!(state.missing.contains(&number), departed.is_some() && stands && listed && !believed, "{} of {:?}", number, state);
                if stands {
                    prop_assert_eq!(state.unlisted.iter().any(|one| one.number == number), believed && !listed, "{} of {:?}", number, state);
                }
            }
        }
    }
}
