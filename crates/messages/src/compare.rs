//! Two files side by side (前后对照), segment by segment.

/// Most segments of the stretches that differ for which the shortest difference is sought; longer ones are shown one after the other.
const COMPARED_MAX: usize = 2_000;
/// Unchanged segments shown around a change.
const CONTEXT: usize = 2;
/// Most rows of a comparison.
pub const COMPARISON_ROWS_MAX: usize = 2_000;

/// A segment of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Segment number in its file.
    pub segment: u64,
    /// Tag.
    pub tag: String,
    /// As written.
    pub text: String,
}

/// One row of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparisonRow {
    /// On both sides the same.
    Same(Side, Side),
    /// Written differently.
    Changed(Side, Side),
    /// Only before.
    Removed(Side),
    /// Only after.
    Added(Side),
    /// So many unchanged segments are left out here.
    Skipped(u64),
}

/// What differs between two files, with a little of what stands around it.
pub fn compare(before: &[u8], after: &[u8]) -> Vec<ComparisonRow> {
    let (before, after) = (sides(before), sides(after));
    let same = |(a, b): &(&Side, &Side)| a.text == b.text;
    let head = before.iter().zip(&after).take_while(same).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(same).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    let mut rows: Vec<ComparisonRow> = Vec::new();
    rows.extend(before[..head].iter().zip(&after[..head]).map(|(a, b)| ComparisonRow::Same(a.clone(), b.clone())));
    rows.extend(differing(old, new));
    rows.extend(
        before[before.len() - tail..].iter().zip(&after[after.len() - tail..]).map(|(a, b)| ComparisonRow::Same(a.clone(), b.clone())),
    );
    let mut rows = shortened(rows);
    rows.truncate(COMPARISON_ROWS_MAX);
    rows
}

fn sides(bytes: &[u8]) -> Vec<Side> {
    let reading = edifact::read(bytes);
    let mut sides = Vec::new();
    for interchange in reading.interchanges() {
        let charset = interchange.charset();
        sides.extend(interchange.segments().map(|segment| Side {
            segment: u64::from(segment.number()),
            tag: segment.tag().to_owned(),
            text: charset.decode(segment.raw_bytes().into()).into_owned(),
        }));
    }
    sides
}

fn differing(old: &[Side], new: &[Side]) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    let (mut removed, mut added): (Vec<Side>, Vec<Side>) = (Vec::new(), Vec::new());
    if old.len().max(new.len()) > COMPARED_MAX {
        settle(&mut rows, &mut old.to_vec(), &mut new.to_vec());
        return rows;
    }
    let width = new.len() + 1;
    // Length of the longest common rest, from each pair of places.
    let mut rest = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            rest[i * width + j] = if old[i].text == new[j].text {
                rest[(i + 1) * width + j + 1] + 1
            } else {
                rest[(i + 1) * width + j].max(rest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i].text == new[j].text {
            settle(&mut rows, &mut removed, &mut added);
            rows.push(ComparisonRow::Same(old[i].clone(), new[j].clone()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && rest[(i + 1) * width + j] >= rest[i * width + j + 1] {
            removed.push(old[i].clone());
            i += 1;
        } else {
            added.push(new[j].clone());
            j += 1;
        }
    }
    settle(&mut rows, &mut removed, &mut added);
    rows
}

/// A segment that gave way to one with the same tag was changed.
fn settle(rows: &mut Vec<ComparisonRow>, removed: &mut Vec<Side>, added: &mut Vec<Side>) {
    let mut added = std::mem::take(added).into_iter().peekable();
    for old in std::mem::take(removed) {
        match added.next_if(|new| new.tag == old.tag) {
            Some(new) => rows.push(ComparisonRow::Changed(old, new)),
            None => rows.push(ComparisonRow::Removed(old)),
        }
    }
    rows.extend(added.map(ComparisonRow::Added));
}

fn shortened(rows: Vec<ComparisonRow>) -> Vec<ComparisonRow> {
    let same = |row: &ComparisonRow| matches!(row, ComparisonRow::Same(..));
    let mut near = vec![false; rows.len()];
    for at in (0..rows.len()).filter(|at| !same(&rows[*at])) {
        let to = (at + CONTEXT).min(rows.len() - 1);
        near[at.saturating_sub(CONTEXT)..=to].fill(true);
    }
    let mut shown = Vec::new();
    let mut left_out = 0;
    for (row, near) in rows.into_iter().zip(near) {
        if near {
            if left_out > 0 {
                shown.push(ComparisonRow::Skipped(left_out));
                left_out = 0;
            }
            shown.push(row);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        shown.push(ComparisonRow::Skipped(left_out));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> Vec<String> {
        compare(before.as_bytes(), after.as_bytes())
            .into_iter()
            .map(|row| match row {
                ComparisonRow::Same(a, _) => format!("  {}", a.text),
                ComparisonRow::Changed(a, b) => format!("~ {} | {}", a.text, b.text),
                ComparisonRow::Removed(a) => format!("- {}", a.text),
                ComparisonRow::Added(b) => format!("+ {}", b.text),
                ComparisonRow::Skipped(n) => format!("… {n}"),
            })
            .collect()
    }

    const FILE: &str = "UNB+UNOA:3+A+B+261126:0800+7'UNH+1+COARRI:D:95B:UN'BGM+44+D1+9'EQD+CN+A'EQD+CN+B'UNT+9+1'UNZ+1+7'";

    #[test]
    fn changes_are_shown_with_what_stands_around_them() {
        let fixed = FILE.replace("UNT+9", "UNT+5");
        assert_eq!(told(FILE, &fixed), ["… 3", "  EQD+CN+A", "  EQD+CN+B", "~ UNT+9+1 | UNT+5+1", "  UNZ+1+7"]);
        assert_eq!(told(FILE, FILE), ["… 7"]);
        let without = FILE.replace("EQD+CN+A'", "");
        assert_eq!(
            told(FILE, &without),
            ["… 1", "  UNH+1+COARRI:D:95B:UN", "  BGM+44+D1+9", "- EQD+CN+A", "  EQD+CN+B", "  UNT+9+1", "… 1"]
        );
        let more = FILE.replace("UNT+9", "TMP+1'UNT+9");
        assert!(told(FILE, &more).contains(&"+ TMP+1".to_owned()));
    }

    #[test]
    fn long_differences_stay_bounded() {
        let long = |letter: char| format!("UNB+UNOA:3+A+B+261126:0800+7'{}", format!("FTX+{letter}'").repeat(COMPARED_MAX + 1));
        let rows = compare(long('A').as_bytes(), long('B').as_bytes());
        assert_eq!(rows.len(), COMPARISON_ROWS_MAX);
    }
}
