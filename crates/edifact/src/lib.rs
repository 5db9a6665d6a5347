//! edifact
