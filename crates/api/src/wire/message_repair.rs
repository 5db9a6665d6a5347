//! Checking, repairing and comparing messages, and who did what with them.

use app::exchange::{Interpretation, MessageFinding};
use app::inbox::repair::{CONFIDENTIAL_SEGMENTS, Edit as AppEdit, EditMade, FRAME_SEGMENTS, Sight};
use app::{AppError, Context};
use ledger::{Actor, StoredEvent};
use messages::{ComparisonRow as Row, Side as AppSide, Suggestion as AppSuggestion};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// A change of bytes: `length` bytes at `offset` give way to a text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Edit {
    /// Byte offset before the change, from 0.
    pub offset: u64,
    /// Bytes that go; 0 inserts.
    pub length: u64,
    /// What comes in their place, written in the character set of the message; empty deletes.
    pub text: String,
}

impl From<Edit> for AppEdit {
    fn from(edit: Edit) -> Self {
        Self { offset: edit.offset, length: edit.length, text: edit.text }
    }
}

/// Edits to be checked.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageEdits {
    /// In ascending order, at most 500, not overlapping.
    pub edits: Vec<Edit>,
}

/// A repair (修复) or, without edits, a replay (重放).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageRepair {
    /// What to change, in ascending order, at most 500, not overlapping; nothing replays the message as it was.
    pub edits: Vec<Edit>,
    /// Why; 1 to 500 characters.
    pub reason: String,
}

/// Why a message is not to be processed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageClosing {
    /// Why; 1 to 500 characters.
    pub reason: String,
}

/// One message of a file, as a check sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckedMessage {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Reference (UNH).
    pub reference: String,
    /// Document number (BGM).
    pub document: Option<String>,
    /// Segments, UNH to UNT.
    pub segments: u64,
    /// Nothing in it forbids to act on it. Whether the ship, box or bill is known shows when it is sent.
    pub usable: bool,
}

/// A mechanical correction that the rest of the file suggests.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// Code of the finding that it answers.
    pub code: String,
    /// Segment number, from 1.
    pub segment: u64,
    /// The change.
    pub edit: Edit,
    /// In words.
    pub text: Text,
}

impl From<AppSuggestion> for Suggestion {
    fn from(found: AppSuggestion) -> Self {
        Self {
            code: found.code.into(),
            segment: found.segment,
            edit: Edit { offset: found.offset, length: found.length, text: found.text },
            text: found.says.into(),
        }
    }
}

/// What a check found. Nothing is stored, nothing is acted upon.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageCheck {
    /// Bytes checked.
    pub bytes: u64,
    /// Messages in it, at most 2,000.
    pub messages: Vec<CheckedMessage>,
    /// Everything found in it, at most 1,000.
    pub findings: Vec<Finding>,
    /// Mechanical corrections, places in the bytes that were checked.
    pub suggestions: Vec<Suggestion>,
}

impl MessageCheck {
    pub fn of(bytes: u64, read: Interpretation, suggestions: Vec<AppSuggestion>) -> Self {
        Self {
            bytes,
            messages: read
                .messages
                .into_iter()
                .take(app::inbox::OUTCOMES_MAX)
                .map(|m| CheckedMessage {
                    usable: m.content.is_some(),
                    kind: m.kind,
                    reference: m.reference,
                    document: m.document,
                    segments: m.segments,
                })
                .collect(),
            findings: read.findings.into_iter().map(Finding::from).collect(),
            suggestions: suggestions.into_iter().map(Suggestion::from).collect(),
        }
    }
}

/// An edit that was made, in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EditShown {
    /// Byte offset before the change.
    pub offset: u64,
    /// Bytes that went.
    pub length: u64,
    /// What stood there, at most 300 characters.
    pub before: String,
    /// What stands there now, at most 300 characters.
    pub after: String,
}

impl From<EditMade> for EditShown {
    fn from(made: EditMade) -> Self {
        Self { offset: made.offset, length: made.length, before: made.before, after: made.after }
    }
}

/// One step in the life of a message and of those that repair it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrailEntry {
    /// When.
    pub at: Instant,
    /// Event kind, such as `message.repaired`.
    pub kind: String,
    /// In words.
    pub text: Text,
    /// Message that it happened to.
    pub message: String,
    /// Organisation that did it; nobody when the platform did.
    pub organisation: Option<Org>,
    /// Person or system that did it.
    pub who: Option<Text>,
    /// Why.
    pub reason: Option<String>,
    /// What was changed.
    pub edits: Vec<EditShown>,
    /// Event id, for its proof.
    pub event_id: String,
}

impl Api {
    /// One step of a trail. `plain`: edits may be shown.
    pub async fn trail_entry(&self, ctx: &Context, stored: &StoredEvent, plain: bool) -> Result<TrailEntry, AppError> {
        let event = &stored.event;
        let (organisation, who, person) = match &event.actor {
            Actor::Person { organisation, person } => (Some(organisation), Some(person), true),
            Actor::System { organisation, system } => (Some(organisation), Some(system), false),
            Actor::Platform => (None, None, false),
        };
        let own = organisation.is_some_and(|o| *o == ctx.principal.organisation);
        let desk = ctx.principal.role == app::Role::PortOffice;
        let who = match who {
            // Who repaired a message is part of its trail; other names stay within their organisation.
            Some(id) if person && (own || desk || event.kind == "message.repaired" || event.kind == "message.closed") => {
                Some(self.person(id).await?)
            }
            Some(id) if !person && own => Some(Text::new(id.clone(), id.clone())),
            Some(_) | None => None,
        };
        let payload: serde_json::Value = serde_json::from_str(event.payload.get()).unwrap_or_default();
        let repair = payload.get("repair").filter(|r| !r.is_null()).unwrap_or(&payload);
        let edits: Vec<EditMade> = repair.get("edits").cloned().and_then(|e| serde_json::from_value(e).ok()).unwrap_or_default();
        let hidden =
            |edit: EditShown| if plain { edit } else { EditShown { before: masked(&edit.before), after: masked(&edit.after), ..edit } };
        Ok(TrailEntry {
            at: event.occurred_at.into(),
            kind: event.kind.to_string(),
            text: texts::event(&event.kind),
            message: event.subject().map(|s| s.id.clone()).unwrap_or_default(),
            organisation: match organisation {
                Some(id) => Some(self.org(id).await?),
                None => None,
            },
            who,
            reason: repair.get("reason").and_then(|r| r.as_str()).map(str::to_owned),
            edits: edits.into_iter().map(EditShown::from).map(hidden).collect(),
            event_id: event.id.to_string(),
        })
    }
}

/// Which message it is compared with.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ComparisonQuery {
    /// The message before; when left out, the one that this message repairs.
    pub with: Option<String>,
}

/// A segment on one side of a comparison.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ComparedSegment {
    /// Segment number in its file.
    pub segment: u64,
    /// Tag.
    pub tag: String,
    /// As written.
    pub text: String,
}

/// A row of a comparison.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ComparedRow {
    /// `same`, `changed`, `removed`, `added` or `skipped`.
    pub kind: String,
    /// Before.
    pub before: Option<ComparedSegment>,
    /// After.
    pub after: Option<ComparedSegment>,
    /// Unchanged segments left out here.
    pub skipped: Option<u64>,
}

/// Two messages side by side (前后对照).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Comparison {
    /// The message before.
    pub before: String,
    /// The message after.
    pub after: String,
    /// Rows, at most 2,000.
    pub rows: Vec<ComparedRow>,
}

impl ComparedRow {
    pub fn of(row: Row, sight: Sight) -> Self {
        let side = |side: AppSide| {
            let text = hidden_segment(sight, &side.tag, &side.text);
            let tag = if sight == Sight::Plain { side.tag } else { hidden_tag(&side.tag) };
            Some(ComparedSegment { segment: side.segment, tag, text })
        };
        let (kind, before, after, skipped) = match row {
            Row::Same(before, after) => ("same", side(before), side(after), None),
            Row::Changed(before, after) => ("changed", side(before), side(after), None),
            Row::Removed(before) => ("removed", side(before), None, None),
            Row::Added(after) => ("added", None, side(after), None),
            Row::Skipped(n) => ("skipped", None, None, Some(n)),
        };
        Self { kind: kind.into(), before, after, skipped }
    }
}

/// Letters and digits as dots; what separates them stays, so that the structure can be read.
pub(crate) fn masked(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { '•' } else { c }).collect()
}

/// A tag as the desk sees it: one that is not known may be anything.
pub(crate) fn hidden_tag(tag: &str) -> String {
    if CONFIDENTIAL_SEGMENTS.contains(&tag) || FRAME_SEGMENTS.contains(&tag) { tag.to_owned() } else { masked(tag) }
}

/// A segment as somebody sees it.
pub(crate) fn hidden_segment(sight: Sight, tag: &str, text: &str) -> String {
    if sight.shows(tag, text) {
        return text.to_owned();
    }
    let known = CONFIDENTIAL_SEGMENTS.contains(&tag) || (sight == Sight::Persons && FRAME_SEGMENTS.contains(&tag));
    if sight == Sight::Masked || !known {
        return masked(text);
    }
    // The tag and its qualifier stay.
    let kept = text.find(|c: char| !c.is_ascii_alphanumeric()).filter(|at| *at == tag.len()).map_or(0, |at| {
        // What separates is one character of ASCII; anything else is damage.
        let Some(rest) = text.get(at + 1..) else { return at };
        at + 1 + rest.find(|c: char| !c.is_ascii_alphanumeric()).filter(|to| *to <= 3).unwrap_or(0)
    });
    if kept == 0 && text == tag {
        return text.to_owned();
    }
    format!("{}{}", &text[..kept], masked(&text[kept..]))
}

/// A finding as somebody sees it: the desk where it is and what kind, not the value.
pub(crate) fn hidden_finding(found: MessageFinding, sight: Sight) -> Finding {
    let mut finding = Finding::from(found);
    if sight == Sight::Plain {
        return finding;
    }
    let seen = match &finding.segment_tag {
        Some(tag) => sight.shows(tag, ""),
        // Of the file as a whole, or of a message: its values stand in quotation marks. What the rooms find speaks of goods and parties.
        None => sight < Sight::Masked && (finding.code.starts_with("message-") || finding.code.starts_with("EDI-")),
    };
    finding.segment_tag = finding.segment_tag.map(|tag| hidden_tag(&tag));
    if seen {
        finding.message = Text::new(quoted_hidden(&finding.message.zh), quoted_hidden(&finding.message.en));
        finding.hint = Text::new(quoted_hidden(&finding.hint.zh), quoted_hidden(&finding.hint.en));
    } else {
        (finding.message, finding.hint) = (untold(), untold_hint());
    }
    finding
}

/// What is said in place of a finding that speaks of what is masked.
pub(crate) fn untold() -> Text {
    Text::new("此处内容已屏蔽；问题类别见代码。", "What stands here is masked; the code says what kind of fault it is.")
}

/// What is said in place of its hint.
pub(crate) fn untold_hint() -> Text {
    Text::new("请其发送方更正。", "Ask its sender to correct it.")
}

/// What stands in quotation marks is a value of the message.
pub(crate) fn quoted_hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '“' => inside = true,
            '”' => inside = false,
            '"' => inside = !inside,
            _ => {}
        }
        out.push(if inside && c.is_alphanumeric() { '•' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trade_secrets_are_masked_and_the_frame_stays() {
        assert_eq!(
            hidden_segment(Sight::Frame, "NAD", "NAD+CN+91330212MA2CJ0TC88:160:ZZZ++SYNTHETIC FOODS"),
            "NAD+CN+••••••••••••••••••:•••:•••++••••••••• •••••"
        );
        assert_eq!(hidden_segment(Sight::Frame, "UNT", "UNT+4+1"), "UNT+4+1");
        assert_eq!(hidden_segment(Sight::Frame, "FTX", "FTX+AAA+++FROZEN SHRIMPS"), "FTX+AAA+++•••••• •••••••");
        assert_eq!(hidden_segment(Sight::Frame, "NAD", "NAD"), "NAD");
        assert_eq!(hidden_segment(Sight::Frame, "NADX", "NADX+SECRET"), "••••+••••••", "a damaged tag is masked");
        assert_eq!(hidden_segment(Sight::Frame, "BGM", "BGM+785+M-1+9NAD+CN+++SECRET"), "•••+•••+•-•+••••+••+++••••••");
        assert_eq!(hidden_segment(Sight::Masked, "LOC", "LOC+9"), "•••+•");
        // Of a list of persons, times and places of the ship stay, and those of the persons go.
        assert_eq!(hidden_segment(Sight::Persons, "DTM", "DTM+132:202611240800:203"), "DTM+132:202611240800:203");
        assert_eq!(hidden_segment(Sight::Persons, "DTM", "DTM+329:19900412:102"), "DTM+329:••••••••:•••");
        assert_eq!(hidden_segment(Sight::Persons, "LOC", "LOC+180+:::DALIAN"), "LOC+180+:::••••••");
        assert_eq!(hidden_segment(Sight::Persons, "LOC", "LOC+92+CNNGB:139:6"), "LOC+92+CNNGB:139:6");
        assert_eq!(hidden_segment(Sight::Persons, "LOC", "LOC"), "LOC");
        assert_eq!(hidden_segment(Sight::Plain, "NAD", "NAD+CN+++A"), "NAD+CN+++A");
        assert_eq!(quoted_hidden("收货人“某某公司”没有代码"), "收货人“••••”没有代码");
    }
}
