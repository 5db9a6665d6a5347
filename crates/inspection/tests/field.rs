//! What a phone brings from the site is kept, taken or not, with every reason at once; its clock is corrected and told.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use std::collections::BTreeMap;

use inspection::{
    CLOCK_SKEW_MINUTES_MAX, Checked, FIELD_CHECKS_MAX, FIELD_PHOTOS_MAX, FINDINGS_LENGTH_MAX, FieldDraft, FieldOrderKind, FieldRecord,
    FieldResult, FieldSettled, Method, OrderAtSite, Outcome, SETTLEMENT_LENGTH_MAX, decide_field_record, decide_settle_field_record,
};
use ledger::{Aggregate, Refusal, Timestamp};
use object::{Object, minute};
use proptest::prelude::*;

const BOX: &str = "ZZZU0000015-C1";
const OTHER: &str = "ZZZU0000020-C1";

fn draft() -> FieldDraft {
    FieldDraft {
        order_kind: FieldOrderKind::Inspection,
        order: "I2611-000001".into(),
        container: Some("ZZZU0000015".into()),
        checks: vec![Checked { code: "seal".into(), ok: true }],
        note: "seal agrees".into(),
        photos: vec!["a".repeat(64)],
        signature: Some("b".repeat(64)),
        result: None,
        organisation: "customs-demo".into(),
        district: Some("3104".into()),
        by: "o1".into(),
        phone_at: minute(60),
        sent_at: minute(90),
        content: "c1".into(),
    }
}

fn result() -> FieldResult {
    FieldResult::Inspection {
        outcome: Outcome::Pass,
        disposition: "18".into(),
        method: Method::Open,
        seal_new: Some("S1".into()),
        officers: vec!["o1".into(), "o2".into()],
    }
}

struct Site {
    boxes: Vec<String>,
    arrived: BTreeMap<String, Timestamp>,
}

impl Site {
    fn new() -> Self {
        Self { boxes: vec![BOX.into(), OTHER.into()], arrived: BTreeMap::from([(BOX.to_owned(), minute(30))]) }
    }

    fn order(&self) -> OrderAtSite<'_> {
        OrderAtSite {
            status: "at-site",
            open: true,
            resulted: false,
            boxes: &self.boxes,
            arrived: &self.arrived,
            officer: true,
            ordered_at: minute(0),
            checklist: &[],
        }
    }
}

fn record(draft: FieldDraft, order: Option<OrderAtSite<'_>>, refused: Option<&Refusal>, received: Timestamp) -> Object<FieldRecord> {
    let mut object = Object::new();
    object.take(decide_field_record(None, draft, order, refused, received), received).expect("it is kept");
    object.check();
    object
}

/// Codes of what is wrong, in order.
fn codes(object: &Object<FieldRecord>) -> Vec<&str> {
    object.get().recorded.findings.iter().map(|finding| finding.code.as_ref()).collect()
}

#[test]
fn what_nothing_stands_against_is_taken() {
    let site = Site::new();
    let kept = record(draft(), Some(site.order()), None, minute(90));
    assert_eq!((kept.get().status(), codes(&kept)), ("taken", vec![]));
    assert_eq!(kept.get().recorded.container.as_deref(), Some(BOX), "the visit that the order means");
    assert_eq!(kept.get().recorded.at, minute(60));
    let row = kept.get().work_row("0");
    assert_eq!((row.action, row.closed_at), (None, Some(minute(90))));
}

#[test]
fn what_is_not_taken_is_kept_with_every_reason_and_waits_for_somebody() {
    let site = Site::new();
    let bare = |draft: FieldDraft| FieldDraft { checks: Vec::new(), ..draft };
    let all = FieldDraft { checks: Vec::new(), container: Some("ZZZU0000036".into()), result: Some(result()), signature: None, ..draft() };
    let order = OrderAtSite { open: false, resulted: true, officer: false, ..site.order() };
    let closed = Refusal::new("inspection-closed", "inspection.record-result", "cancelled", "已结束", "ended");
    let kept = record(all, Some(order), Some(&closed), minute(90));
    assert_eq!(
        codes(&kept),
        ["field-officer-not-of-order", "field-order-closed", "field-result-exists", "field-container-differs", "field-signature-missing"]
    );
    let row = kept.get().work_row("0");
    assert_eq!((row.status.as_str(), row.action.as_deref(), row.closed_at), ("not-taken", Some("review-field-record"), None));

    // Each by itself.
    let away = FieldDraft { container: Some(OTHER.into()), ..draft() };
    assert_eq!(codes(&record(away, Some(site.order()), None, minute(90))), ["field-box-not-at-site"]);
    let unknown = record(draft(), None, None, minute(90));
    assert_eq!(codes(&unknown), ["field-order-unknown"]);
    assert!(
        unknown.get().related(&inspection::FieldRecordEvent::Settled(FieldSettled { note: String::new(), by: String::new() })).is_empty()
    );

    // What the order's rules say is told in the terms of the record, once.
    for (rule, code) in [
        ("inspection-result-recorded", "field-result-exists"),
        ("inspection-already-resulted", "field-result-exists"),
        ("joint-order-part-recorded", "field-result-exists"),
        ("inspection-closed", "field-order-closed"),
        ("joint-order-closed", "field-order-closed"),
        ("inspection-officer-not-drawn", "field-officer-not-of-order"),
        ("joint-order-not-participant", "field-officer-not-of-order"),
        ("joint-order-declined", "field-officer-not-of-order"),
        ("joint-order-part-by-inspection", "field-officer-not-of-order"),
        ("inspection-box-not-at-site", "field-box-not-at-site"),
        ("joint-order-box-not-at-site", "field-box-not-at-site"),
        ("inspection-seal", "field-result-refused"),
        ("joint-order-competence", "field-result-refused"),
    ] {
        let refusal = Refusal::new(rule, "x", "y", "中文", "English");
        let kept = record(bare(FieldDraft { result: Some(result()), ..draft() }), Some(site.order()), Some(&refusal), minute(90));
        assert_eq!(codes(&kept), [code], "{rule}");
        assert!(kept.get().recorded.findings[0].hint.en.contains(rule));
    }
}

#[test]
fn a_phone_whose_clock_is_wrong_is_corrected_and_told() {
    let site = Site::new();
    let at = |phone: i64, sent: i64, received: i64| {
        let told = FieldDraft { phone_at: minute(phone), sent_at: minute(sent), ..draft() };
        let kept = record(told, Some(site.order()), None, minute(received));
        assert_eq!(kept.get().status(), "taken", "a clock alone refuses nothing");
        (kept.get().recorded.at, codes(&kept).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let limit = CLOCK_SKEW_MINUTES_MAX;
    let none: Vec<String> = Vec::new();
    assert_eq!(at(60, 90, 90), (minute(60), none.clone()));
    assert_eq!(at(60, 90, 90 + limit), (minute(60), none.clone()), "at the limit nothing is corrected");
    assert_eq!(at(60, 90, 91 + limit), (minute(61 + limit), vec!["field-clock-skewed".to_owned()]), "behind");
    assert_eq!(at(460, 490, 90), (minute(60), vec!["field-clock-skewed".to_owned()]), "ahead");
    assert_eq!(at(90 + limit, 90, 90), (minute(90), none), "never later than it came");
    // Set between writing and sending: nobody knows when it was.
    assert_eq!(at(91 + limit, 90, 90), (minute(90), vec!["field-clock-changed".to_owned()]));
    assert_eq!(at(-100, 90, 90), (minute(90), vec!["field-clock-changed".to_owned()]), "before the order");
}

#[test]
fn a_record_that_comes_again_is_the_same_and_another_under_its_id_is_refused() {
    let site = Site::new();
    let kept = record(draft(), Some(site.order()), None, minute(90));
    let again =
        decide_field_record(Some(kept.get()), FieldDraft { sent_at: minute(200), ..draft() }, Some(site.order()), None, minute(200));
    assert_eq!(again.expect("the same"), []);
    // Also when the order has gone on: what was answered stays answered.
    let ended = OrderAtSite { open: false, ..site.order() };
    assert_eq!(decide_field_record(Some(kept.get()), draft(), Some(ended), None, minute(300)).expect("the same"), []);
    for other in [FieldDraft { content: "c2".into(), ..draft() }, FieldDraft { by: "o2".into(), ..draft() }] {
        let refused = decide_field_record(Some(kept.get()), other, Some(site.order()), None, minute(200)).expect_err("another");
        assert_eq!(refused.code, "field-record-exists");
    }
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let site = Site::new();
    let decide = |draft: FieldDraft| decide_field_record(None, draft, Some(site.order()), None, minute(90)).map_err(|refusal| refusal.code);
    let photos = |n: usize| FieldDraft { photos: (0..n).map(|i| format!("{i:064}")).collect(), ..draft() };
    let checks = |n: usize| FieldDraft { checks: (0..n).map(|i| Checked { code: i.to_string(), ok: true }).collect(), ..draft() };
    let note = |n: usize| FieldDraft { note: "记".repeat(n), ..draft() };
    assert!(
        decide(photos(FIELD_PHOTOS_MAX)).is_ok() && decide(checks(FIELD_CHECKS_MAX)).is_ok() && decide(note(FINDINGS_LENGTH_MAX)).is_ok()
    );
    assert_eq!(decide(photos(FIELD_PHOTOS_MAX + 1)), Err("field-photos"));
    assert_eq!(decide(checks(FIELD_CHECKS_MAX + 1)), Err("field-checks"));
    assert_eq!(decide(note(FINDINGS_LENGTH_MAX + 1)), Err("field-note-length"));
}

#[test]
fn somebody_says_what_became_of_what_was_not_taken_once() {
    let site = Site::new();
    let settled = |note: &str| FieldSettled { note: note.into(), by: "o2".into() };
    let taken = record(draft(), Some(site.order()), None, minute(90));
    assert_eq!(decide_settle_field_record(taken.get(), settled("looked at")).expect_err("taken").code, "field-record-not-open");
    let mut kept = record(draft(), None, None, minute(90));
    for bad in ["", " x ", &"长".repeat(SETTLEMENT_LENGTH_MAX + 1)] {
        assert_eq!(decide_settle_field_record(kept.get(), settled(bad)).expect_err("no note").code, "field-settlement");
    }
    let decided = decide_settle_field_record(kept.get(), settled(&"长".repeat(SETTLEMENT_LENGTH_MAX)));
    kept.take(decided, minute(95)).expect("settled");
    kept.check();
    assert_eq!((kept.get().status(), kept.get().work_row("0").closed_at), ("settled", Some(minute(95))));
    assert_eq!(decide_settle_field_record(kept.get(), settled("again")).expect_err("once").code, "field-record-not-open");
}

proptest! {
    /// Whatever a phone's clock shows, a record is kept, at a time that is no later than it came.
    #[test]
    fn no_clock_loses_a_record(phone in any::<i64>(), sent in any::<i64>(), received in -1_000_000_000_000_i64..4_000_000_000_000) {
        let site = Site::new();
        let told = FieldDraft { phone_at: Timestamp::from_millis(phone), sent_at: Timestamp::from_millis(sent), ..draft() };
        let received = Timestamp::from_millis(received);
        let events = decide_field_record(None, told, Some(site.order()), None, received).expect("kept");
        let [inspection::FieldRecordEvent::Recorded(data)] = events.as_slice() else { panic!("one event") };
        prop_assert!(data.at <= received);
        prop_assert!(data.is_taken());
    }
}
