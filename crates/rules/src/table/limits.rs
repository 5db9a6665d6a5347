//! Bounds of a decision table. What goes past one is refused with a finding.

/// Rows in one table.
pub const ROWS_MAX: usize = 4_096;
/// Input columns in one table.
pub const INPUTS_MAX: usize = 16;
/// Output columns in one table.
pub const OUTPUTS_MAX: usize = 32;
/// Different values, prefixes or interval ends in one column.
pub const VALUES_PER_COLUMN_MAX: usize = 4_096;
/// Bytes of one text in a table.
pub const TEXT_BYTES_MAX: usize = 4_096;
/// Characters of the note of a row in one language.
pub const NOTE_CHARS_MAX: usize = 500;
/// Findings that one check reports; the last says that there are more.
pub const FINDINGS_MAX: usize = 200;
/// Rows up to which every pair is compared for overlaps.
pub const OVERLAP_ROWS_MAX: usize = 1_024;
/// Steps that the search for gaps and unreachable rows may take.
pub const COVER_STEPS_MAX: usize = 50_000;
/// Further matching rows that a decision names.
pub const ALSO_MATCHING_MAX: usize = 4;
/// Differences that a comparison of two versions tells; the rest is counted.
pub const DIFFERENCES_MAX: usize = 2_000;
