//! The clearance time of many journeys, and where it goes.

use codes::Text;
use serde::Serialize;

use crate::distribution::{Distribution, distribution};
use crate::{Journey, Role, SEA_IMPORT, mark};

/// One stage over many journeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageSummary {
    /// Stage code.
    pub stage: &'static str,
    /// Stage name.
    pub name: Text,
    /// Who owns it.
    pub owner_role: Role,
    /// How long it lasted.
    pub lasted: Distribution,
    /// Its share of the time of all stages, basis points.
    pub share_bp: u32,
    /// Journeys that wait in it now.
    pub waiting: u64,
    /// Ended stages that took longer than the standard, where there is one.
    pub over_standard: Option<u64>,
}

/// A stage as a bottleneck: the ranking by share of the total time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bottleneck {
    /// Rank from 1.
    pub rank: usize,
    /// Stage code.
    pub stage: &'static str,
    /// Stage name.
    pub name: Text,
    /// Who owns it.
    pub owner_role: Role,
    /// Its share of the time of all stages, basis points.
    pub share_bp: u32,
    /// 90th percentile, milliseconds.
    pub p90_ms: i64,
}

/// The clearance time of a set of journeys. Meanings of the figures: [`crate::DEFINITIONS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClearanceSummary {
    /// Journeys read.
    pub journeys: u64,
    /// Milestones read.
    pub events: u64,
    /// Clearance time: ship arrival to release.
    pub clearance: Distribution,
    /// Ship arrival to gate-out.
    pub stay: Distribution,
    /// Declared before the ship arrived, basis points of the declared.
    pub advance_bp: u32,
    /// Inspection ordered, basis points of the decided.
    pub inspection_bp: u32,
    /// Released journeys with every mark that a release needs, basis points.
    pub complete_bp: u32,
    /// By stage, in the order of the template.
    pub stages: Vec<StageSummary>,
}

/// Clearance time of one journey: ship arrival to release, zero when released before arrival.
#[inline]
pub fn clearance_ms(journey: &Journey) -> Option<i64> {
    between(journey, mark::SHIP_ARRIVED, mark::RELEASED)
}

#[inline]
fn between(journey: &Journey, from: usize, to: usize) -> Option<i64> {
    Some((journey[to]? - journey[from]?).max(0))
}

/// Summarises journeys of the sea import.
pub fn summarise(journeys: &[Journey]) -> ClearanceSummary {
    let mut columns: Vec<Vec<i64>> = SEA_IMPORT.iter().map(|_| Vec::with_capacity(journeys.len())).collect();
    let mut clearance = Vec::with_capacity(journeys.len());
    let mut stay = Vec::with_capacity(journeys.len());
    let mut waiting = vec![0u64; SEA_IMPORT.len()];
    let mut counts = Counts::default();
    for journey in journeys {
        counts.add(journey);
        clearance.extend(clearance_ms(journey));
        stay.extend(between(journey, mark::SHIP_ARRIVED, mark::GATED_OUT));
        for ((stage, column), waiting) in SEA_IMPORT.iter().zip(&mut columns).zip(&mut waiting) {
            match stage.lasted_ms(journey) {
                Some(lasted) => column.push(lasted),
                None => *waiting += u64::from(journey[stage.end].is_none() && stage.started(journey).is_some()),
            }
        }
    }
    let totals: Vec<i128> = columns.iter().map(|column| column.iter().map(|ms| i128::from(*ms)).sum()).collect();
    let whole: i128 = totals.iter().sum();
    let stages = SEA_IMPORT.iter().zip(columns).zip(totals).zip(waiting).map(|(((stage, mut column), total), waiting)| StageSummary {
        stage: stage.code,
        name: stage.text(),
        owner_role: stage.owner,
        over_standard: stage.standard.map(|standard| count(column.iter().filter(|ms| **ms > standard.minutes * 60_000).count())),
        lasted: distribution(&mut column),
        share_bp: share(total, whole),
        waiting,
    });
    ClearanceSummary {
        journeys: count(journeys.len()),
        events: counts.events,
        clearance: distribution(&mut clearance),
        stay: distribution(&mut stay),
        advance_bp: share(counts.advance.into(), counts.declared.into()),
        inspection_bp: share(counts.inspected.into(), counts.decided.into()),
        complete_bp: share(counts.complete.into(), counts.released.into()),
        stages: stages.collect(),
    }
}

/// The stages that took time, the greatest share first; equal shares keep the order of the template.
pub fn bottlenecks(summary: &ClearanceSummary) -> Vec<Bottleneck> {
    let mut stages: Vec<&StageSummary> = summary.stages.iter().filter(|stage| stage.share_bp > 0).collect();
    stages.sort_by_key(|stage| std::cmp::Reverse(stage.lasted.total_ms));
    stages
        .into_iter()
        .zip(1..)
        .map(|(stage, rank)| Bottleneck {
            rank,
            stage: stage.stage,
            name: stage.name.clone(),
            owner_role: stage.owner_role,
            share_bp: stage.share_bp,
            p90_ms: stage.lasted.p90_ms,
        })
        .collect()
}

#[derive(Default)]
struct Counts {
    events: u64,
    declared: u64,
    advance: u64,
    decided: u64,
    inspected: u64,
    released: u64,
    complete: u64,
}

impl Counts {
    #[inline]
    fn add(&mut self, journey: &Journey) {
        let has = |at: usize| journey[at].is_some();
        self.events += journey.iter().map(|at| u64::from(at.is_some())).sum::<u64>();
        self.declared += u64::from(has(mark::DECLARED));
        let early = match (journey[mark::DECLARED], journey[mark::SHIP_ARRIVED]) {
            (Some(declared), Some(arrived)) => declared < arrived,
            (Some(_), None) => true,
            (None, _) => false,
        };
        self.advance += u64::from(early);
        self.decided += u64::from(has(mark::DECIDED));
        self.inspected += u64::from(has(mark::INSPECTION_ORDERED));
        if has(mark::RELEASED) {
            self.released += 1;
            let needed = [mark::SHIP_ARRIVED, mark::DISCHARGED, mark::DECLARED, mark::DECIDED];
            let pairs = [(mark::INSPECTION_ORDERED, mark::INSPECTED), (mark::DUTY_ISSUED, mark::DUTY_SETTLED)];
            let complete = needed.iter().all(|at| has(*at)) && pairs.iter().all(|(from, to)| has(*from) == has(*to));
            self.complete += u64::from(complete);
        }
    }
}

fn share(part: i128, whole: i128) -> u32 {
    if whole <= 0 { 0 } else { u32::try_from(part * 10_000 / whole).unwrap_or(10_000) }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
