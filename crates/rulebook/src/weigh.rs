//! How the answers of a table for the lines of a declaration become one: the highest rate, the documents of all, every reason once.

use std::collections::BTreeSet;

use codes::Text;
use rules::{CompiledTable, DecideError, Facts};

/// What a table answered for one line of goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Rate in basis points.
    pub rate_bp: u32,
    /// Rules that count.
    pub rows: Vec<String>,
}

/// What a table answers for a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The highest rate of any line, in basis points.
    pub rate_bp: u32,
    /// Rules that count for any line, in order of their ids.
    pub rows: Vec<String>,
    /// Documents to check, by kind.
    pub documents: BTreeSet<String>,
    /// Why, one sentence for each rule.
    pub reasons: Vec<Text>,
    /// What the trader may know, from the line with the highest rate.
    pub note: Text,
    /// The lines.
    pub lines: Vec<Line>,
}

/// Asks a table about every line of a declaration.
///
/// # Errors
/// The table cannot answer for one of them.
pub fn weigh(table: &CompiledTable, facts: &[Facts]) -> Result<Weighed, DecideError> {
    let mut weighed = Weighed {
        rate_bp: 0,
        rows: Vec::new(),
        documents: BTreeSet::new(),
        reasons: Vec::new(),
        note: Text::new("", ""),
        lines: Vec::new(),
    };
    let mut highest = None;
    for facts in facts {
        let decision = table.decide(facts)?;
        let rate_bp = decision.number("inspection_rate_bp").and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let rows: Vec<String> = decision.rows.iter().map(ToString::to_string).collect();
        weighed.rows.extend(rows.iter().cloned());
        weighed.documents.extend(decision.list("documents").iter().map(ToString::to_string));
        for reason in &decision.explanation {
            let text = Text::new(reason.zh.to_string(), reason.en.to_string());
            if !weighed.reasons.contains(&text) {
                weighed.reasons.push(text);
            }
        }
        if highest.is_none_or(|known| rate_bp > known) {
            highest = Some(rate_bp);
            let note = |name| decision.text(name).unwrap_or_default().to_owned();
            weighed.note = Text::new(note("trader_note_zh"), note("trader_note_en"));
        }
        weighed.lines.push(Line { rate_bp, rows });
    }
    weighed.rows.sort();
    weighed.rows.dedup();
    weighed.rate_bp = highest.unwrap_or(0);
    Ok(weighed)
}
