//! Milestones read per second on one core: summary with exact percentiles per stage, and the directly-follows graph.
//!
//! `cargo run --release -p insight --example speed [journeys]`
// A measurement reads the clock and prints.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::time::Instant;

use insight::{Journey, daily_series, directly_follows, summarise};

fn main() {
    let journeys = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let port = synthetic(journeys);
    let events = summarise(&port[..port.len().min(1_000)]).events * u64::try_from(port.len()).unwrap_or(0) / 1_000;
    time("summary", events, || {
        let summary = summarise(&port);
        summary.clearance.p90_ms
    });
    time("directly-follows", events, || i64::try_from(directly_follows(&port).edges.len()).unwrap_or(0));
    time("summary and graph", events, || {
        summarise(&port).clearance.p90_ms + i64::try_from(directly_follows(&port).edges.len()).unwrap_or(0)
    });
    time("daily series", events, || i64::try_from(daily_series(&port, 480).len()).unwrap_or(0));
}

fn time(name: &str, events: u64, mut run: impl FnMut() -> i64) {
    let mut best = f64::MAX;
    let mut kept = 0;
    for _ in 0..5 {
        let start = Instant::now();
        kept = run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name}: {:.1} million milestones/s ({events} in {:.0} ms, result {kept})", events as f64 / best / 1e6, best * 1e3);
}

/// Journeys of a synthetic port from a fixed seed (SplitMix64).
fn synthetic(count: usize) -> Vec<Journey> {
    let mut seed = 7u64;
    let mut draw = move |below: i64| {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) >> 1).unwrap_or(0) % below
    };
    (0..count)
        .map(|_| {
            let arrived = 1_790_000_000_000 + draw(60 * 86_400_000);
            let declared = arrived - 86_400_000 + draw(3 * 86_400_000);
            let discharged = arrived + draw(20 * 3_600_000);
            let decided = declared + draw(5_000);
            let inspect = draw(100) < 5;
            let inspected = decided + draw(2 * 86_400_000);
            let issued = discharged.max(decided);
            let settled = issued + draw(2 * 86_400_000);
            let released = settled.max(if inspect { inspected } else { 0 }) + draw(60_000);
            let requested = declared + draw(86_400_000);
            let ordered = requested + draw(86_400_000);
            let out = released.max(ordered) + draw(4 * 86_400_000);
            [
                Some(arrived),
                Some(discharged),
                Some(declared),
                Some(decided),
                inspect.then_some(decided),
                inspect.then_some(inspected),
                Some(issued),
                Some(settled),
                Some(released),
                Some(requested),
                Some(ordered),
                Some(out - 7_200_000),
                Some(out - 1_800_000),
                Some(out),
            ]
        })
        .collect()
}
