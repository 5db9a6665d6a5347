//! Figures that cost the store much and may be a little old: remembered for a while, by question.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;

/// Most questions whose answers are remembered at once; one more, and all are forgotten.
const QUESTIONS_MAX: usize = 1_000;

/// Answers with the instant at which they were found, ms.
pub(crate) struct Remembered<Question, Answer>(Mutex<HashMap<Question, (i64, Answer)>>);

impl<Question, Answer> Default for Remembered<Question, Answer> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Question: Eq + Hash, Answer: Clone> Remembered<Question, Answer> {
    /// The answer, if it was found less than `for_ms` from now.
    pub fn get(&self, question: &Question, now_ms: i64, for_ms: i64) -> Option<Answer> {
        self.0.lock().get(question).filter(|(at, _)| now_ms.saturating_sub(*at).abs() < for_ms).map(|(_, answer)| answer.clone())
    }

    /// Remembers an answer found now.
    pub fn put(&self, question: Question, now_ms: i64, answer: Answer) {
        let mut known = self.0.lock();
        if known.len() >= QUESTIONS_MAX {
            known.clear();
        }
        known.insert(question, (now_ms, answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_remembered_for_a_while_and_not_without_bound() {
        let known: Remembered<usize, &str> = Remembered::default();
        known.put(1, 1_000, "one");
        assert_eq!((known.get(&1, 1_099, 100), known.get(&1, 1_100, 100), known.get(&2, 1_000, 100)), (Some("one"), None, None));
        for question in 2..=QUESTIONS_MAX + 1 {
            known.put(question, 1_000, "more");
        }
        assert_eq!((known.get(&1, 1_000, 100), known.get(&(QUESTIONS_MAX + 1), 1_000, 100)), (None, Some("more")));
    }
}
