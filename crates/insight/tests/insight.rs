//! Where the time goes: stages, summaries, series, flow, next steps.

use insight::{
    DEFINITIONS, DocumentsStand, InspectionStand, Journey, MILESTONE_CODES, MILESTONES, OrderStand, Role, SEA_IMPORT, StatusFacts,
    bottlenecks, clearance_ms, daily_series, definition, directly_follows, mark, next_steps, stage_durations, summarise,
};
use ledger::Timestamp;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;

/// A journey from pairs of milestone and hour.
fn journey(marks: &[(usize, i64)]) -> Journey {
    let mut journey = [None; MILESTONES];
    for (at, hour) in marks {
        journey[*at] = Some(hour * HOUR);
    }
    journey
}

fn hour(n: i64) -> Timestamp {
    Timestamp::from_millis(n * HOUR)
}

/// Inspected, paid, collected.
fn full() -> Journey {
    journey(&[
        (mark::SHIP_ARRIVED, 100),
        (mark::DISCHARGED, 110),
        (mark::DECLARED, 90),
        (mark::DECIDED, 91),
        (mark::INSPECTION_ORDERED, 91),
        (mark::INSPECTED, 130),
        (mark::DUTY_ISSUED, 110),
        (mark::DUTY_SETTLED, 120),
        (mark::RELEASED, 131),
        (mark::ORDER_REQUESTED, 95),
        (mark::ORDER_ISSUED, 105),
        (mark::BOOKED, 135),
        (mark::GATED_IN, 150),
        (mark::GATED_OUT, 151),
    ])
}

fn lasted(journey: &Journey, now: i64) -> Vec<(&'static str, Option<i64>, bool)> {
    stage_durations(journey, hour(now)).into_iter().map(|stage| (stage.stage, stage.lasted_ms.map(|ms| ms / HOUR), stage.waiting)).collect()
}

#[test]
fn every_stage_of_a_journey_has_its_time_and_its_owner() {
    assert_eq!(
        lasted(&full(), 999),
        [
            ("discharge", Some(10), false),
            // Declared before arrival: no time lost.
            ("declare", Some(0), false),
            ("decide", Some(1), false),
            ("inspect", Some(39), false),
            ("pay", Some(10), false),
            // The inspection was the last condition.
            ("release", Some(1), false),
            ("order", Some(10), false),
            ("collect", Some(20), false),
        ]
    );
    let owners: Vec<Role> = stage_durations(&full(), hour(0)).into_iter().map(|stage| stage.owner_role).collect();
    assert_eq!(owners[..3], [Role::Terminal, Role::Broker, Role::Customs]);
    assert_eq!(clearance_ms(&full()), Some(31 * HOUR));
    let declare = &stage_durations(&full(), hour(0))[1];
    assert_eq!((declare.started, declare.ended), (Some(hour(90)), Some(hour(90))));
    assert_eq!(declare.standard, Some(14 * 24 * 60));
}

#[test]
fn a_running_stage_counts_until_now_and_one_that_cannot_start_does_not() {
    let running = journey(&[
        (mark::SHIP_ARRIVED, 100),
        (mark::DISCHARGED, 110),
        (mark::DECLARED, 112),
        (mark::DECIDED, 113),
        (mark::INSPECTION_ORDERED, 113),
    ]);
    let stages = lasted(&running, 120);
    assert!(stages.contains(&("inspect", Some(7), true)));
    assert!(stages.contains(&("release", None, false)), "the release waits for the inspection");
    assert!(stages.contains(&("pay", None, false)) && stages.contains(&("collect", None, false)));
    let mut without = running;
    without[mark::INSPECTION_ORDERED] = None;
    assert!(lasted(&without, 120).contains(&("release", Some(7), true)), "nothing else is waited for");
}

#[test]
fn a_lost_message_does_not_hide_a_stage_that_ended() {
    let mut lost = full();
    lost[mark::INSPECTED] = None;
    assert!(lasted(&lost, 999).contains(&("release", Some(11), false)), "counted from the last condition known");
}

#[test]
fn a_summary_of_journeys() {
    let mut waiting = full();
    waiting[mark::RELEASED] = None;
    waiting[mark::GATED_OUT] = None;
    let plain =
        journey(&[(mark::SHIP_ARRIVED, 100), (mark::DISCHARGED, 102), (mark::DECLARED, 104), (mark::DECIDED, 104), (mark::RELEASED, 104)]);
    let summary = summarise(&[full(), waiting, plain]);
    assert_eq!((summary.journeys, summary.events), (3, 14 + 12 + 5));
    assert_eq!((summary.clearance.count, summary.clearance.p50_ms, summary.clearance.p90_ms), (2, 4 * HOUR, 31 * HOUR));
    assert_eq!(summary.clearance.mean_ms, 35 * HOUR / 2);
    assert_eq!((summary.advance_bp, summary.inspection_bp, summary.complete_bp), (6_666, 6_666, 10_000));
    let release = summary.stages.iter().find(|stage| stage.stage == "release").expect("release");
    assert_eq!((release.waiting, release.lasted.count), (1, 2));
    assert_eq!(release.lasted.total_ms, HOUR);
    let declare = summary.stages.iter().find(|stage| stage.stage == "declare").expect("declare");
    assert_eq!(declare.over_standard, Some(0));
    assert_eq!(summarise(&[]).clearance.count, 0);
}

#[test]
fn bottlenecks_are_ranked_by_share_of_time() {
    let ranking = bottlenecks(&summarise(&[full(), full()]));
    let order: Vec<&str> = ranking.iter().map(|one| one.stage).collect();
    assert_eq!(order, ["inspect", "collect", "discharge", "pay", "order", "decide", "release"]);
    assert_eq!((ranking[0].rank, ranking[0].share_bp), (1, 39 * 10_000 / 91));
    assert_eq!(ranking[0].p90_ms, 39 * HOUR);
}

#[test]
fn the_series_follows_the_port_day_of_the_release() {
    // Released at 15:00 and 17:00 UTC on the same UTC day: two days in China.
    let one = journey(&[(mark::SHIP_ARRIVED, 0), (mark::RELEASED, 15)]);
    let two = journey(&[(mark::SHIP_ARRIVED, 0), (mark::RELEASED, 17)]);
    let open = journey(&[(mark::SHIP_ARRIVED, 0)]);
    let days =
        |offset| daily_series(&[two, one, open], offset).into_iter().map(|point| (point.day, point.clearance.count)).collect::<Vec<_>>();
    assert_eq!(days(480), [("1970-01-01".to_owned(), 1), ("1970-01-02".to_owned(), 1)]);
    assert_eq!(days(0), [("1970-01-01".to_owned(), 2)]);
}

#[test]
fn the_flow_counts_what_directly_followed() {
    let plain = journey(&[(mark::SHIP_ARRIVED, 100), (mark::DISCHARGED, 102), (mark::DECLARED, 104)]);
    let advance = journey(&[(mark::SHIP_ARRIVED, 100), (mark::DISCHARGED, 103), (mark::DECLARED, 90)]);
    let flow = directly_follows(&[plain, plain, advance]);
    let edge = |from: &str, to: &str| {
        flow.edges.iter().find(|edge| edge.from == from && edge.to == to).map(|edge| (edge.count, edge.total_ms / HOUR))
    };
    assert_eq!(edge("ship-arrived", "discharged"), Some((3, 7)));
    assert_eq!(edge("discharged", "declared"), Some((2, 4)));
    assert_eq!(edge("declared", "ship-arrived"), Some((1, 10)));
    assert_eq!(flow.edges.len(), 3);
    assert_eq!(flow.edges[0].mean_ms(), 7 * HOUR / 3);
    assert_eq!((flow.first[mark::SHIP_ARRIVED], flow.first[mark::DECLARED], flow.last[mark::DECLARED]), (2, 1, 2));
}

fn actions(facts: &StatusFacts) -> Vec<&'static str> {
    next_steps(facts).into_iter().map(|step| step.action).collect()
}

#[test]
fn what_happens_next_along_the_journey() {
    let mut facts = StatusFacts::default();
    let mut reach = |at: usize, change: fn(&mut StatusFacts), expect: &[&str]| {
        facts.journey[at] = Some(i64::try_from(at).expect("small"));
        change(&mut facts);
        assert_eq!(actions(&facts), expect, "after {}", MILESTONE_CODES[at]);
    };
    reach(mark::SHIP_ARRIVED, |_| {}, &["report-discharge", "submit-declaration"]);
    reach(mark::DISCHARGED, |_| {}, &["submit-declaration"]);
    reach(mark::DECLARED, |_| {}, &["decide", "request-delivery-order"]);
    reach(mark::DECIDED, |f| f.documents = DocumentsStand::Missing, &["upload-documents", "request-delivery-order"]);
    reach(mark::DECIDED, |f| f.documents = DocumentsStand::InReview, &["check-documents", "request-delivery-order"]);
    reach(mark::DECIDED, |f| f.documents = DocumentsStand::Settled, &["release", "request-delivery-order"]);
    reach(mark::INSPECTION_ORDERED, |f| f.inspection = InspectionStand::Ordered, &["book-inspection", "request-delivery-order"]);
    reach(mark::INSPECTION_ORDERED, |f| f.inspection = InspectionStand::Appointed, &["present-box", "request-delivery-order"]);
    reach(mark::INSPECTION_ORDERED, |f| f.inspection = InspectionStand::AtSite, &["record-result", "request-delivery-order"]);
    reach(mark::INSPECTED, |f| f.inspection = InspectionStand::Failed, &["release-manually", "request-delivery-order"]);
    reach(mark::INSPECTED, |f| f.inspection = InspectionStand::Settled, &["release", "request-delivery-order"]);
    reach(mark::DUTY_ISSUED, |_| {}, &["pay-duty", "request-delivery-order"]);
    reach(mark::ORDER_REQUESTED, |f| f.order = OrderStand::ChargesDue, &["pay-duty", "pay-charges"]);
    reach(mark::ORDER_REQUESTED, |f| f.order = OrderStand::ToIssue, &["pay-duty", "issue-delivery-order"]);
    reach(mark::ORDER_ISSUED, |f| f.order = OrderStand::Issued, &["pay-duty"]);
    reach(mark::DUTY_SETTLED, |_| {}, &["release"]);
    reach(mark::RELEASED, |_| {}, &["book-pickup"]);
    reach(mark::RELEASED, |f| f.held = true, &["release-manually"]);
    reach(mark::BOOKED, |f| f.held = false, &["collect"]);
    reach(mark::GATED_IN, |_| {}, &["collect"]);
    reach(mark::GATED_OUT, |_| {}, &[]);
}

#[test]
fn every_figure_has_a_definition_in_both_languages() {
    for code in SEA_IMPORT.iter().map(|stage| stage.code).chain([
        "clearance-time",
        "stay",
        "mean",
        "p50",
        "p90",
        "share",
        "waiting",
        "completeness",
    ]) {
        let found = definition(code).unwrap_or_else(|| panic!("{code} has a definition"));
        assert!(!found.name().zh.is_empty() && !found.meaning().zh.is_empty() && !found.meaning().en.is_empty());
    }
    assert!(
        definition("clearance-time")
            .is_some_and(|d| d.meaning_en.contains("no official text found") && d.meaning_zh.contains("未找到官方文本"))
    );
    let mut codes: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), DEFINITIONS.len());
}

fn any_journey() -> impl Strategy<Value = Journey> {
    prop::array::uniform14(prop::option::of(0i64..1_000_000_000))
}

proptest! {
    #[test]
    fn figures_are_consistent_for_any_journeys(journeys in prop::collection::vec(any_journey(), 0..60)) {
        let summary = summarise(&journeys);
        prop_assert!(summary.stages.iter().map(|stage| stage.share_bp).sum::<u32>() <= 10_000);
        for stage in &summary.stages {
            prop_assert!(0 <= stage.lasted.p50_ms && stage.lasted.p50_ms <= stage.lasted.p90_ms);
        }
        // The summary is the sum of the stages of each journey.
        for (at, stage) in summary.stages.iter().enumerate() {
            let ended: Vec<i64> = journeys.iter().map(|journey| stage_durations(journey, hour(0)).swap_remove(at)).filter(|one| one.ended.is_some()).filter_map(|one| one.lasted_ms).collect();
            prop_assert_eq!(stage.lasted.count, ended.len() as u64);
            prop_assert_eq!(stage.lasted.total_ms, ended.iter().sum::<i64>());
        }
        let series: u64 = daily_series(&journeys, 480).iter().map(|point| point.clearance.count).sum();
        prop_assert_eq!(series, summary.clearance.count);
    }

    #[test]
    fn the_flow_loses_nothing(journeys in prop::collection::vec(any_journey(), 0..40)) {
        let flow = directly_follows(&journeys);
        let events: u64 = journeys.iter().flatten().map(|at| u64::from(at.is_some())).sum();
        let started = journeys.iter().filter(|journey| journey.iter().any(Option::is_some)).count() as u64;
        prop_assert_eq!(flow.reached.iter().sum::<u64>(), events);
        prop_assert_eq!(flow.edges.iter().map(|edge| edge.count).sum::<u64>(), events - started);
        prop_assert_eq!(flow.first.iter().sum::<u64>(), started);
        prop_assert!(flow.edges.iter().all(|edge| edge.total_ms >= 0));
    }
}
