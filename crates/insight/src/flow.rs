//! The process as it was walked (直接后继图): which milestone followed which, how often, and how long it took.

use serde::Serialize;

use crate::{Journey, MILESTONE_CODES, MILESTONES};

/// An edge of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Earlier milestone.
    pub from: &'static str,
    /// The one that directly followed.
    pub to: &'static str,
    /// How often.
    pub count: u64,
    /// Sum of the times between, milliseconds.
    pub total_ms: i64,
}

impl Edge {
    /// Mean time between, milliseconds.
    pub fn mean_ms(&self) -> i64 {
        i64::try_from(self.count).ok().filter(|count| *count > 0).map_or(0, |count| self.total_ms / count)
    }
}

/// A directly-follows graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// How often each milestone was reached, by position.
    pub reached: [u64; MILESTONES],
    /// How often each milestone was the first of a journey, by position.
    pub first: [u64; MILESTONES],
    /// How often each milestone was the last of a journey, by position.
    pub last: [u64; MILESTONES],
    /// Edges that occurred, most frequent first.
    pub edges: Vec<Edge>,
}

/// The directly-follows graph of journeys. Milestones of the same instant follow each other in the usual order.
pub fn directly_follows(journeys: &[Journey]) -> Flow {
    let mut count = [[0u64; MILESTONES]; MILESTONES];
    let mut total = [[0i64; MILESTONES]; MILESTONES];
    let (mut reached, mut first, mut last) = ([0u64; MILESTONES], [0u64; MILESTONES], [0u64; MILESTONES]);
    for journey in journeys {
        let (steps, length) = ordered(journey);
        let steps = &steps[..length];
        for (_, at) in steps {
            reached[*at] += 1;
        }
        for pair in steps.windows(2) {
            let ((earlier, from), (later, to)) = (pair[0], pair[1]);
            count[from][to] += 1;
            total[from][to] = total[from][to].saturating_add(later - earlier);
        }
        if let (Some((_, start)), Some((_, end))) = (steps.first(), steps.last()) {
            first[*start] += 1;
            last[*end] += 1;
        }
    }
    let mut edges = Vec::new();
    for from in 0..MILESTONES {
        for to in 0..MILESTONES {
            if count[from][to] > 0 {
                edges.push(Edge {
                    from: MILESTONE_CODES[from],
                    to: MILESTONE_CODES[to],
                    count: count[from][to],
                    total_ms: total[from][to],
                });
            }
        }
    }
    edges.sort_by_key(|edge| std::cmp::Reverse(edge.count));
    Flow { reached, first, last, edges }
}

/// The milestones reached, in order of time. Journeys are nearly in the usual order already, so insertion sort takes hardly more than one pass.
#[inline]
fn ordered(journey: &Journey) -> ([(i64, usize); MILESTONES], usize) {
    let mut steps = [(0i64, 0usize); MILESTONES];
    let mut length = 0;
    for (at, reached) in journey.iter().enumerate() {
        let Some(when) = *reached else { continue };
        let mut place = length;
        while place > 0 && steps[place - 1].0 > when {
            steps[place] = steps[place - 1];
            place -= 1;
        }
        steps[place] = (when, at);
        length += 1;
    }
    (steps, length)
}
