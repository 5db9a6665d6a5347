//! Enterprise credit (企业信用): who an enterprise is and which grade customs gave it, under which rule.
//!
//! Invariants: every grade names the rule that gave it, and only a grade of that rule is taken; what held on a day can be read from the
//! history. The platform records grades and never makes them.
//!
//! Deliberately does not know how a room uses a grade.
#![forbid(unsafe_code)]

mod enterprise;
mod grade;

pub use enterprise::{
    Enterprise, EnterpriseEvent, FINDINGS_MAX, FindingNoted, Graded, Grading, HISTORY_MAX, NAME_LENGTH_MAX, Registered, decide_grade,
    decide_note_finding, decide_register,
};
pub use grade::{Grade, RULES, RuleVersion};
