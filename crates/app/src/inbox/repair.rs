//! Repair (修复重放): a corrected message takes the place of a rejected one.
//!
//! The bytes that came stay as they are. A repair keeps new bytes under their own hash, linked to what they repair, and is read in the
//! name of the partner that sent the original: its rights, its ships. What of the original was acted upon is not acted upon again.
//! See ADR 0017.

use std::collections::HashMap;

use async_trait::async_trait;
use codes::{Finding, Severity, Text};
use ledger::Refusal;
use serde::{Deserialize, Serialize};
use store::Blob;

use super::{
    Closed, Direction, MESSAGE_BYTES_MAX, MessageOutcome, MessagePhase, MessageState, OUTCOMES_MAX, OutcomeKind, Received, Repaired,
    sha256_hex, whole,
};
use crate::exchange::{Interpreter, MessageFinding, MessageRead, SegmentPlace};
use crate::{App, AppError, Context, Principal, Role, Unit, UseCase, limits};

/// Most edits of one repair. Whoever changes more sends a new message.
pub const EDITS_MAX: usize = 500;
/// Longest text of one edit that the trail keeps in words, characters; the bytes are kept whole in any case.
pub const EDIT_TEXT_KEPT_MAX: usize = 300;
/// Most repairs in a row of one message.
pub const GENERATIONS_MAX: u32 = 20;

/// Types that hold trade secrets or persons and are met most. They are named to people; what is plain is [`PLAIN_TYPES`] alone.
pub const CONFIDENTIAL_TYPES: [&str; 9] = ["CUSCAR", "IFCSUM", "IFTMIN", "IFTMCS", "CUSDEC", "CUSRES", "PAXLST", "INVOIC", "APERAK"];
/// Types without trade secrets: the port's EDI desk sees all of them. Every other type, known or not, shows it the frame only.
pub const PLAIN_TYPES: [&str; 12] =
    ["COARRI", "CODECO", "COPRAR", "COPARN", "COEDOR", "COREOR", "BAPLIE", "VERMAS", "IFTSTA", "CUSREP", "BERMAN", "CONTRL"];
/// Types that hold trade secrets, and of persons no more than who answers for the goods. Every other type that is not plain may list persons.
const WITHOUT_PERSONS: [&str; 8] = ["CUSCAR", "IFCSUM", "IFTMIN", "IFTMCS", "CUSDEC", "CUSRES", "INVOIC", "APERAK"];
/// Times of the ship and its message (DTM 2005), which the desk sees of a list of persons: not their births, nor how long their papers hold.
const TIMES_OF_SHIPS: [&str; 9] = ["132", "133", "136", "137", "178", "186", "189", "232", "234"];
/// Places of the ship (LOC 3227), which the desk sees of a list of persons: not where they were born, live and embarked.
const PLACES_OF_SHIPS: [&str; 12] = ["5", "8", "9", "11", "60", "61", "87", "92", "94", "125", "130", "153"];
/// The frame of a confidential message: segments that the desk sees. Every other tag, known or damaged, is masked.
pub const FRAME_SEGMENTS: [&str; 18] =
    ["UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "BGM", "DTM", "TDT", "LOC", "EQD", "SEL", "CNT", "SGP", "CNI", "MEA", "EQN"];
/// Segments of such messages whose tag and qualifier the desk sees, and no more: parties, goods, amounts, marks, persons, documents.
pub const CONFIDENTIAL_SEGMENTS: [&str; 17] =
    ["NAD", "FTX", "MOA", "PCI", "CTA", "COM", "DOC", "CST", "GID", "IMD", "PNA", "ADR", "NAT", "ATT", "RFF", "ERC", "TCC"];
/// Segments that say what a message is and how it is written: on a confidential message they are its sender's.
const ENVELOPE_HEADS: [&str; 4] = ["UNA", "UNB", "UNG", "UNH"];

/// A change of bytes: `length` bytes at `offset` give way to a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Offset in the bytes before the repair, from 0.
    pub offset: u64,
    /// How many bytes go; 0 inserts.
    pub length: u64,
    /// What comes in their place; empty deletes.
    pub text: String,
}

/// An edit as the trail keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditMade {
    /// Offset in the bytes before the repair.
    pub offset: u64,
    /// Bytes that went.
    pub length: u64,
    /// What stood there, as far as kept in words.
    pub before: String,
    /// What stands there now, as far as kept in words.
    pub after: String,
}

/// What a message repairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The message whose place it takes.
    pub of: String,
    /// The message that the partner sent.
    pub root: String,
    /// 1 for the first repair.
    pub generation: u32,
    /// Why.
    pub reason: String,
    /// What was changed; empty when it is replayed as it was.
    pub edits: Vec<EditMade>,
    /// What it repairs, or what that repaired, holds trade secrets: so does this, whatever it says of itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidential: bool,
    /// What it repairs, or what that repaired, may list persons: so may this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub persons: bool,
}

/// How much of a message somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Every character.
    Plain,
    /// The frame; what the other segments say is masked.
    Frame,
    /// The frame of a list of persons (人员名单): without times and places that are theirs.
    Persons,
    /// No text at all: a flat file has no frame that could be told from its content.
    Masked,
}

impl Sight {
    /// Is a segment shown as it stands? One that swallowed a confidential segment, for want of a terminator, is not.
    pub fn shows(self, tag: &str, text: &str) -> bool {
        match self {
            Self::Plain => true,
            Self::Frame => FRAME_SEGMENTS.contains(&tag) && !swallows(text),
            Self::Persons => {
                FRAME_SEGMENTS.contains(&tag)
                    && tag != "MEA"
                    && !swallows(text)
                    && !begins_within(text, &OF_PERSONS)
                    && is_of_the_ship(tag, text)
            }
            Self::Masked => false,
        }
    }
}

/// On a list of persons: does a segment speak of the ship and the message, and of nobody on board?
fn is_of_the_ship(tag: &str, text: &str) -> bool {
    let known: &[&str] = match tag {
        "DTM" => &TIMES_OF_SHIPS,
        "LOC" => &PLACES_OF_SHIPS,
        _ => return true,
    };
    let after = text.get(tag.len()..).and_then(|rest| rest.char_indices().nth(1).map(|(at, _)| &rest[at..])).unwrap_or("");
    let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    known.contains(&&after[..end])
}

/// Segments that may speak of a person on a list of persons, beside those that are confidential everywhere.
const OF_PERSONS: [&str; 6] = ["DTM", "LOC", "EMP", "GEI", "MEA", "GRP"];

/// Does a confidential segment begin within this text?
fn swallows(text: &str) -> bool {
    begins_within(text, &CONFIDENTIAL_SEGMENTS)
}

fn begins_within(text: &str, tags: &[&str]) -> bool {
    let begins = |tag: &&str| {
        text.match_indices(*tag)
            .any(|(at, _)| at > 0 && text[at + tag.len()..].starts_with(|c: char| !c.is_alphanumeric() && !c.is_whitespace()))
    };
    tags.iter().any(begins)
}

/// What somebody sees of a message: its own partner everything, the port's EDI desk the frame of those that may hold trade secrets.
pub fn sight_of(principal: &Principal, state: &MessageState) -> Sight {
    if principal.role == Role::Platform || principal.organisation == state.partner || !confidential(state) {
        Sight::Plain
    } else if state.flat {
        Sight::Masked
    } else if may_list_persons(state) {
        Sight::Persons
    } else {
        Sight::Frame
    }
}

/// May somebody see every character of a message?
pub fn plain_to(principal: &Principal, state: &MessageState) -> bool {
    sight_of(principal, state) == Sight::Plain
}

/// May it hold trade secrets? What is not known may be anything: a type that is not listed, an unread file, one whose messages are not
/// kept one by one, and whatever repairs such a message.
fn confidential(state: &MessageState) -> bool {
    state.flat
        || is_untold(state)
        || state.repair.as_ref().is_some_and(|repair| repair.confidential)
        || !state.kinds().iter().all(|kind| PLAIN_TYPES.contains(kind))
}

/// May it list persons? A type that is not known may, and so may a file of which nothing is told.
fn may_list_persons(state: &MessageState) -> bool {
    is_untold(state)
        || state.repair.as_ref().is_some_and(|repair| repair.persons)
        || !state.kinds().iter().all(|kind| PLAIN_TYPES.contains(kind) || WITHOUT_PERSONS.contains(kind))
}

fn is_untold(state: &MessageState) -> bool {
    state.direction == Direction::In && (state.outcomes.is_empty() || state.outcomes.len() >= OUTCOMES_MAX)
}

/// Applies edits. They are in ascending order and do not overlap.
///
/// # Errors
/// `message-edit-place` for edits out of order or out of the file, `message-edit-character` for what the character set lacks.
pub fn apply_edits(bytes: &[u8], edits: &[Edit], encode: impl Fn(&str) -> Result<Vec<u8>, char>) -> Result<Vec<u8>, AppError> {
    limits::rows(edits.len(), EDITS_MAX, "/edits")?;
    let place = |index: usize| {
        AppError::invalid(
            "message-edit-place",
            format!("/edits/{index}/offset"),
            "修改的位置须在报文之内、按顺序且互不重叠",
            "edits lie within the message, in order, and do not overlap",
        )
    };
    let mut made = Vec::with_capacity(bytes.len());
    let mut at = 0_usize;
    for (index, edit) in edits.iter().enumerate() {
        let from = usize::try_from(edit.offset).map_err(|_| place(index))?;
        let to = usize::try_from(edit.length).ok().and_then(|length| from.checked_add(length)).ok_or_else(|| place(index))?;
        if from < at || to > bytes.len() {
            return Err(place(index));
        }
        made.extend_from_slice(&bytes[at..from]);
        let text = encode(&edit.text).map_err(|character| {
            AppError::invalid(
                "message-edit-character",
                format!("/edits/{index}/text"),
                format!("报文的字符集没有“{character}”"),
                format!("the message's character set has no “{character}”"),
            )
        })?;
        made.extend_from_slice(&text);
        at = to;
    }
    made.extend_from_slice(&bytes[at..]);
    if made.is_empty() {
        return Err(AppError::invalid("message-empty", "/edits", "报文为空", "the message is empty"));
    }
    if made.len() > MESSAGE_BYTES_MAX {
        return Err(AppError::invalid("message-too-large", "/edits", "报文超过 32 MiB", "the message exceeds 32 MiB"));
    }
    Ok(made)
}

/// Applies edits of somebody who may not see all of a message, and refuses those of what is masked.
///
/// # Errors
/// As [`apply_edits`]; `message-confidential` for an edit that touches, moves into or out of sight, adds or removes a masked segment, or
/// that changes what the message says it is.
pub fn apply_edits_within(sight: Sight, bytes: &[u8], edits: &[Edit], interpreter: &dyn Interpreter) -> Result<Vec<u8>, AppError> {
    let places = || interpreter.places(bytes);
    if sight != Sight::Plain && !edits.is_empty() {
        unseen(sight, bytes, edits, &places())?;
    }
    let made = apply_edits(bytes, edits, |text| interpreter.encode(bytes, text))?;
    // An edit beside a masked segment may still swallow it, with a release character before the terminator.
    if sight != Sight::Plain
        && !edits.is_empty()
        && kept_whole(sight, bytes, &places()) != kept_whole(sight, &made, &interpreter.places(&made))
    {
        return Err(confidential_place("/edits".into(), ""));
    }
    Ok(made)
}

fn bytes_between(bytes: &[u8], from: u64, to: u64) -> &[u8] {
    let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    bytes.get(at(from)..at(to)).unwrap_or_default()
}

/// Is a segment its sender's alone?
fn is_kept(sight: Sight, bytes: &[u8], place: &SegmentPlace) -> bool {
    ENVELOPE_HEADS.contains(&place.tag.as_str())
        || !sight.shows(&place.tag, &String::from_utf8_lossy(bytes_between(bytes, place.offset, place.end)))
}

/// What such edits leave as it is, in order: what stands before the first segment, the heads of the envelope, every masked segment.
fn kept_whole<'b>(sight: Sight, bytes: &'b [u8], places: &[SegmentPlace]) -> Vec<&'b [u8]> {
    let head = places.first().map_or(bytes, |first| bytes_between(bytes, 0, first.offset));
    let kept = places.iter().filter(|place| is_kept(sight, bytes, place)).map(|place| bytes_between(bytes, place.offset, place.end));
    std::iter::once(head).chain(kept).collect()
}

/// Refuses edits of what the asker does not see, from the terminator before a masked segment to its own.
fn unseen(sight: Sight, bytes: &[u8], edits: &[Edit], places: &[SegmentPlace]) -> Result<(), AppError> {
    let head = places.first().map_or(u64::MAX, |first| first.offset);
    for (index, edit) in edits.iter().enumerate() {
        let (from, to) = (edit.offset, edit.offset.saturating_add(edit.length));
        let touches = |start: u64, end: u64| from <= end && (to > start || edit.length == 0 && from >= start);
        if from < head {
            return Err(confidential_place(format!("/edits/{index}"), "UNA"));
        }
        let mut before = 0;
        for place in places {
            if touches(before, place.end) && is_kept(sight, bytes, place) {
                return Err(confidential_place(format!("/edits/{index}"), &place.tag));
            }
            before = place.end;
        }
    }
    Ok(())
}

fn confidential_place(pointer: String, tag: &str) -> AppError {
    // A damaged tag may be anything, and is not told.
    let tag = [&FRAME_SEGMENTS[..], &CONFIDENTIAL_SEGMENTS[..]].concat().into_iter().find(|known| *known == tag).unwrap_or("?");
    AppError::invalid(
        "message-confidential",
        pointer,
        format!("{tag} 段含商业秘密或决定报文性质，只能由发送方修改"),
        format!("segment {tag} holds trade secrets or says what the message is: only its sender may change it"),
    )
}

/// Puts a corrected message in the place of one that was rejected, wholly or in part; without edits it is replayed as it was.
#[derive(Clone, Debug, Serialize)]
pub struct RepairMessage {
    /// The message to be repaired.
    pub id: String,
    /// Version the clerk looked at.
    pub expected_version: Option<u64>,
    /// What to change, in ascending order.
    pub edits: Vec<Edit>,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RepairMessage {
    const NAME: &'static str = "message.repair";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<MessageState>(Self::NAME, &self.id).await?;
        current(unit, &self.id, self.expected_version).await?;
        let reason = reason_of(&self.reason)?;
        let generation = decide_repair(&state)?;
        let (_, bytes) = unit
            .app
            .store()
            .blob(&unit.app.port().code, &state.sha256)
            .await?
            .ok_or_else(|| AppError::Internal(format!("bytes of {} are lost", self.id)))?;
        let interpreter = unit.app.interpreter();
        let made = apply_edits_within(sight_of(&unit.ctx.principal, &state), &bytes, &self.edits, interpreter.as_ref())?;
        let kept = |text: String| text.chars().take(EDIT_TEXT_KEPT_MAX).collect::<String>();
        let edits = self
            .edits
            .iter()
            .map(|edit| {
                let from = usize::try_from(edit.offset).unwrap_or(0);
                let to = from + usize::try_from(edit.length).unwrap_or(0);
                EditMade {
                    offset: edit.offset,
                    length: edit.length,
                    before: kept(interpreter.decode(&bytes, &bytes[from..to])),
                    after: kept(edit.text.clone()),
                }
            })
            .collect();
        let id = format!("G{}", unit.app.new_id(unit.at()).simple());
        let sha256 = sha256_hex(&made);
        let received = Received {
            partner: state.partner.clone(),
            channel: if self.edits.is_empty() { "replay".into() } else { "repair".into() },
            sha256: sha256.clone(),
            bytes: made.len() as u64,
            repair: Some(Repair {
                of: self.id.clone(),
                root: state.root(&self.id).to_owned(),
                generation,
                reason: reason.to_owned(),
                edits,
                confidential: confidential(&state),
                persons: may_list_persons(&state),
            }),
        };
        unit.keep(Blob { sha256, media_type: "application/edifact".into(), bytes: made });
        let repaired = Repaired { by: id.clone(), reason: reason.to_owned() };
        unit.record::<MessageState>(&self.id, vec![repaired.into()], unit.at()).await?;
        unit.record::<MessageState>(&id, vec![received.into()], unit.at()).await?;
        Ok(id)
    }
}

/// Closes a message that is not to be processed.
#[derive(Clone, Debug, Serialize)]
pub struct CloseMessage {
    /// Which.
    pub id: String,
    /// Version the clerk looked at.
    pub expected_version: Option<u64>,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CloseMessage {
    const NAME: &'static str = "message.close";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<MessageState>(Self::NAME, &self.id).await?;
        current(unit, &self.id, self.expected_version).await?;
        let reason = reason_of(&self.reason)?;
        open_to_change(&state, "message.close")?;
        unit.record::<MessageState>(&self.id, vec![Closed { reason: reason.to_owned() }.into()], unit.at()).await?;
        Ok(self.id.clone())
    }
}

async fn current(unit: &mut Unit<'_>, id: &str, expected: Option<u64>) -> Result<(), AppError> {
    let found = unit.version::<MessageState>(id).await?;
    match expected {
        Some(expected) if expected != found => Err(AppError::Stale { expected, found }),
        Some(_) | None => Ok(()),
    }
}

fn reason_of(reason: &str) -> Result<&str, AppError> {
    limits::text(reason, "/reason", limits::NOTE_MAX)?;
    match reason.trim() {
        "" => Err(AppError::invalid("message-reason", "/reason", "须写明原因", "a reason is required")),
        reason => Ok(reason),
    }
}

/// Is there something left to be done with it?
fn open_to_change(state: &MessageState, attempted: &'static str) -> Result<(), Refusal> {
    if state.unfinished() {
        return Ok(());
    }
    let found = super::Aggregate::status(state);
    let refuse = |code, zh, en| Err(Refusal::new(code, attempted, found, zh, en));
    match &state.phase {
        MessagePhase::Repaired { by, .. } => Err(Refusal::new(
            "message-already-repaired",
            attempted,
            found,
            format!("已由报文 {by} 修复，请处理该报文。"),
            format!("Message {by} took its place: deal with that one."),
        )),
        MessagePhase::Closed { .. } => refuse("message-closed", "该报文已标记为不再处理。", "The message was closed."),
        MessagePhase::Received => refuse("message-unread", "该报文尚未读取。", "The message is not read yet."),
        MessagePhase::Prepared | MessagePhase::Delivered { .. } | MessagePhase::Undelivered { .. } => {
            refuse("message-outgoing", "这是本平台发出的报文。", "This is a message of the platform itself.")
        }
        MessagePhase::Processed { .. } | MessagePhase::Rejected { .. } => refuse(
            "message-nothing-left",
            "其内容已全部处理，不会重复处理；如需更正，请发送新的报文。",
            "All of it was acted upon and is not acted upon twice; to correct something, send a new message.",
        ),
    }
}

/// The generation of the repair.
fn decide_repair(state: &MessageState) -> Result<u32, Refusal> {
    open_to_change(state, "message.repair")?;
    let generation = state.repair.as_ref().map_or(0, |repair| repair.generation) + 1;
    let refuse = |code, zh, en| Err(Refusal::new(code, "message.repair", super::Aggregate::status(state), zh, en));
    if generation > GENERATIONS_MAX {
        return refuse("message-repairs-many", "该报文修复次数过多，请重新发送。", "It was repaired too many times: send it anew.");
    }
    if state.outcomes.len() >= OUTCOMES_MAX && matches!(state.phase, MessagePhase::Processed { .. }) {
        return refuse(
            "message-repair-large",
            "交换中的报文过多，请将被拒的报文单独重发。",
            "The interchange holds too many messages: send the rejected ones by themselves.",
        );
    }
    Ok(generation)
}

/// A message that was acted upon before a repair.
#[derive(Debug)]
struct Done {
    /// With which.
    id: String,
    /// Its place in that file, from 0.
    index: usize,
    /// No other message of that file had its type and reference.
    alone: bool,
    outcome: MessageOutcome,
}

/// Does a message acted upon before stand for the one at a place?
type Same<'p> = dyn Fn(&Done, usize, &MessageRead) -> bool + 'p;

/// What the messages before a repair brought in already.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    chain: Vec<String>,
    done: Vec<Done>,
    partly: bool,
}

impl Earlier {
    /// Is this message of the chain of repairs?
    pub(super) fn is_of_chain(&self, id: &str) -> bool {
        self.chain.iter().any(|known| known == id)
    }

    /// For each message of a repair the remark on what was acted upon before, if it was: known by its content, or, had that been changed,
    /// by its reference, or, where several have that, by its place. What was acted upon once covers one message.
    pub(super) fn covers(mut self, messages: &[MessageRead]) -> Vec<Option<MessageFinding>> {
        let mut remarks: Vec<Option<MessageFinding>> = messages.iter().map(|_| None).collect();
        let same_content = |d: &Done, m: &MessageRead| d.outcome.kind == m.kind && d.outcome.digest == m.digest;
        let same_name = |d: &Done, m: &MessageRead| d.outcome.kind == m.kind && d.outcome.reference == m.reference;
        let passes: [&Same<'_>; 3] =
            [&|d, index, m| same_content(d, m) && d.index == index, &|d, _, m| same_content(d, m), &|d, index, m| {
                same_name(d, m) && (d.alone || d.index == index)
            }];
        for same in passes {
            for (index, message) in messages.iter().enumerate() {
                if remarks[index].is_none()
                    && let Some(found) = self.done.iter().position(|done| same(done, index, message))
                {
                    let done = self.done.remove(found);
                    remarks[index] = Some(Self::remark(message, &done.id, &done.outcome));
                }
            }
        }
        remarks
    }

    fn remark(message: &MessageRead, id: &str, outcome: &MessageOutcome) -> MessageFinding {
        let reference = &message.reference;
        let finding = if outcome.digest == message.digest {
            Finding::info(
                "message-earlier",
                "",
                Text::new(
                    format!("报文 {reference} 已随 {id} 处理，未重复处理。"),
                    format!("Message {reference} was acted upon with {id}; not again."),
                ),
                Text::new("无需操作。", "Nothing to do."),
            )
        } else {
            Finding::warning(
                "message-earlier-changed",
                "",
                Text::new(
                    format!("报文 {reference} 已随 {id} 处理，对它的修改未被采用。"),
                    format!("Message {reference} was acted upon with {id}; its changes were not taken over."),
                ),
                Text::new("如需更正，请发送新的报文。", "To correct it, send a new message."),
            )
        };
        MessageFinding { message_reference: Some(reference.clone()), ..whole(finding) }
    }

    /// Was a message of the chain acted upon in part?
    pub(super) fn partly(&self) -> bool {
        self.partly
    }

    /// A row that a message brought in before the repair is no fault of the repair.
    pub(super) fn soften(partly: bool, findings: &mut [MessageFinding]) {
        if partly {
            for found in findings.iter_mut().filter(|f| f.finding.code == "container-already-discharged") {
                found.finding.severity = Severity::Info;
            }
        }
    }
}

/// What became of a message, given what acting upon it added to the findings.
pub(super) fn outcome_of(message: &MessageRead, acted: bool, added: &[MessageFinding]) -> MessageOutcome {
    let outcome = match (acted, added.iter().any(|f| f.finding.is_error())) {
        (true, false) => OutcomeKind::Acted,
        (true, true) => OutcomeKind::Partly,
        (false, _) => OutcomeKind::Refused,
    };
    MessageOutcome {
        kind: message.kind.clone(),
        reference: message.reference.clone(),
        document: message.document.clone(),
        digest: message.digest.clone(),
        outcome,
    }
}

impl App {
    /// What the chain of repairs before a message brought in.
    pub(super) async fn earlier_of(&self, state: &MessageState) -> Result<Earlier, AppError> {
        let mut earlier = Earlier::default();
        let mut next = state.repair.as_ref().map(|repair| repair.of.clone());
        while let Some(id) = next {
            let Some(before) = self.peek::<MessageState>(&id).await? else { break };
            earlier.partly |= before.outcomes.iter().any(|o| o.outcome == OutcomeKind::Partly);
            let mut met: HashMap<(&str, &str), usize> = HashMap::new();
            for outcome in &before.outcomes {
                *met.entry((outcome.kind.as_str(), outcome.reference.as_str())).or_default() += 1;
            }
            let done = before.outcomes.iter().enumerate().filter(|(_, o)| o.outcome == OutcomeKind::Acted);
            earlier.done.extend(done.map(|(index, outcome)| Done {
                id: id.clone(),
                index,
                alone: met.get(&(outcome.kind.as_str(), outcome.reference.as_str())) == Some(&1),
                outcome: outcome.clone(),
            }));
            next = before.repair.as_ref().map(|repair| repair.of.clone());
            earlier.chain.push(id);
        }
        Ok(earlier)
    }

    /// Reads a repaired message in the name of the partner that sent the original.
    ///
    /// # Errors
    /// As [`App::process_message`].
    pub async fn process_for_sender(&self, ctx: &Context, id: &str) -> Result<(), AppError> {
        let Some(state) = self.peek::<MessageState>(id).await? else { return Ok(()) };
        let Some(organisation) = self.organisation(&state.partner).await? else { return Ok(()) };
        let principal = Principal {
            // Who repaired it stands in `message.repaired`; what follows is the sender's.
            id: "repaired".into(),
            organisation: organisation.id.clone(),
            role: organisation.role,
            district: organisation.district.clone(),
            system: true,
        };
        let ctx = Context { principal, idempotency: None, message: Some(id.to_owned()), ..ctx.clone() };
        self.process_message(&ctx, id).await
    }
}

impl MessageState {
    /// The actions that fit its state.
    pub fn fitting(&self) -> &'static [&'static str] {
        match self.phase {
            MessagePhase::Delivered { .. } | MessagePhase::Undelivered { .. } => &["message.resend"],
            _ if self.unfinished() && self.direction == Direction::In => &["message.repair", "message.close"],
            MessagePhase::Received
            | MessagePhase::Processed { .. }
            | MessagePhase::Rejected { .. }
            | MessagePhase::Prepared
            | MessagePhase::Repaired { .. }
            | MessagePhase::Closed { .. } => &[],
        }
    }
}
