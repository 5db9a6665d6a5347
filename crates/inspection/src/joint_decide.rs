//! What may be done with a joint order, and why not.

use std::collections::BTreeSet;

use ledger::{Aggregate, Refusal, Timestamp};

use crate::authority::{Authority, JointRules, SubjectKind};
use crate::disposition::{Disposition, disposition};
use crate::inspection::{FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, OFFICERS_MIN, SLOT_HOURS_MAX};
use crate::instruction::Window;
use crate::joint_event::{
    Answered, BoxCame, BoxOpened, Closed, Concluded, FollowedUp, Joined, Joining, JointCancelled, JointOrderEvent, Left, NoPresenceAgreed,
    PartRecorded, Proposed, Roles, Scheduled,
};
use crate::joint_order::{Answer, JointOrder, JointPhase, Leaving, Participant};

/// Most steps of a follow-up.
pub const FOLLOW_UPS_MAX: usize = 100;
/// Most instructions of one order.
pub const INSTRUCTIONS_MAX: usize = 50;
/// Most officers of one part.
pub const PART_OFFICERS_MAX: usize = 20;
/// Most instructions of one authority in one order: nobody fills it for the others.
pub const INSTRUCTIONS_OF_ONE_MAX: usize = 10;
/// With less than this left of everybody's time it counts as over, hours: no inspection is shorter.
pub const TIME_LEFT_MIN_HOURS: i64 = 2;
/// Longest new seal, characters.
pub const SEAL_LENGTH_MAX: usize = 64;

type Events = Result<Vec<JointOrderEvent>, Refusal>;

/// Who leads, who is first, in which order: by the rules, of those who take part.
pub fn roles<'a>(rules: &JointRules, subject: SubjectKind, of: impl Iterator<Item = (&'a String, Authority)>) -> Option<Roles> {
    let mut ranked: Vec<(usize, &String, Authority)> = of.map(|(id, authority)| (rules.rank(subject, authority), id, authority)).collect();
    ranked.sort();
    let lead = (*ranked.first()?.1).clone();
    let first = rules.first(subject).and_then(|first| ranked.iter().find(|(_, _, authority)| *authority == first));
    let first = first.map(|(_, id, _)| (*id).clone());
    let mut steps: Vec<String> = first.iter().cloned().collect();
    steps.extend(ranked.iter().map(|(_, id, _)| (*id).clone()).filter(|id| first.as_ref() != Some(id)));
    Some(Roles { lead, first, steps })
}

/// Proposes an order for one instruction; others meet it.
///
/// # Errors
/// `joint-order-exists`; `joint-order-boxes` for goods without boxes, with too many, or with one twice.
pub fn decide_propose(state: Option<&JointOrder>, command: Proposed) -> Events {
    const ATTEMPT: &str = "joint-order.propose";
    if let Some(order) = state {
        return Err(Refusal::new("joint-order-exists", ATTEMPT, order.status(), "该编号已存在。", "An order with this id exists already."));
    }
    let distinct = command.boxes.iter().collect::<BTreeSet<_>>().len();
    let goods = command.subject == SubjectKind::Goods;
    if goods == command.boxes.is_empty() || distinct != command.boxes.len() || distinct > INSPECTION_CONTAINERS_MAX {
        return Err(Refusal::new(
            "joint-order-boxes",
            ATTEMPT,
            "nothing",
            format!("货物查验须列明 1 至 {INSPECTION_CONTAINERS_MAX} 个不重复的集装箱。"),
            format!("An order about goods lists 1 to {INSPECTION_CONTAINERS_MAX} different boxes."),
        ));
    }
    Ok(vec![command.into()])
}

/// Lets an instruction become part of the order.
///
/// # Errors
/// `joint-order-closed` once it has a result; `joint-order-apart`; `joint-order-window` when the times do not meet; `joint-order-part-recorded`
/// when its authority has written down its part already; `joint-order-boxes` or `joint-order-full` past the limits,
/// `joint-order-full-of-own` past those of one authority.
pub fn decide_join(state: &JointOrder, rules: &JointRules, joining: Joining, boxes: &[String], window: Window) -> Events {
    const ATTEMPT: &str = "joint-order.join";
    open(state, ATTEMPT)?;
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if state.apart {
        return refuse("joint-order-apart", "该指令已单独办理。".into(), "The order is one authority's alone.".into());
    }
    let Some(window) = state.window.meet(window) else {
        return refuse("joint-order-window", "有效期不重合。".into(), "The times do not meet.".into());
    };
    if state.participants.get(&joining.organisation).is_some_and(|one| one.part.is_some()) {
        return refuse(
            "joint-order-part-recorded",
            "本单位已录入查验情况，请待结果作出后再下达指令。".into(),
            "Your part is written down already; place the instruction once the result stands.".into(),
        );
    }
    let added: Vec<String> = boxes.iter().filter(|id| !state.boxes.contains(id)).cloned().collect();
    if state.boxes.len() + added.len() > INSPECTION_CONTAINERS_MAX {
        return refuse(
            "joint-order-boxes",
            format!("一次联合查验最多 {INSPECTION_CONTAINERS_MAX} 个集装箱。"),
            format!("An order has at most {INSPECTION_CONTAINERS_MAX} boxes."),
        );
    }
    let instructions: usize = state.participants.values().map(|one| one.instructions.len()).sum();
    if instructions >= INSTRUCTIONS_MAX {
        return refuse(
            "joint-order-full",
            format!("一次联合查验最多 {INSTRUCTIONS_MAX} 条指令。"),
            format!("An order has at most {INSTRUCTIONS_MAX} instructions."),
        );
    }
    let own = state.participants.get(&joining.organisation).map_or(0, |one| one.instructions.len());
    if own >= INSTRUCTIONS_OF_ONE_MAX {
        return refuse(
            "joint-order-full-of-own",
            format!("本单位在该联合查验中已有 {own} 条指令，请先撤回不再需要的。"),
            format!("Your authority has {own} instructions in this order; withdraw what is not needed any more."),
        );
    }
    let kept = Roles { lead: state.lead.clone(), first: state.first.clone(), steps: state.steps.clone() };
    let others = state.participants.iter().filter(|(_, one)| one.gone_at.is_none()).map(|(id, one)| (id, one.authority));
    let joined = others.chain(std::iter::once((&joining.organisation, joining.authority)));
    let mut roles = roles(rules, state.subject, unique(joined).into_iter()).unwrap_or_else(|| kept.clone());
    // Who leads what has begun goes on leading it.
    if state.is_under_way() {
        roles = Roles { steps: roles.steps, ..kept };
    }
    let late = !state.arrived.is_empty();
    Ok(vec![Joined { joining, boxes: added, window, roles, late }.into()])
}

fn unique<'a>(of: impl Iterator<Item = (&'a String, Authority)>) -> BTreeSet<(&'a String, Authority)> {
    of.collect()
}

/// Proposes the time; everybody else is asked. `organisation` is the lead, or the customs whose inspection was booked by the trader. Once
/// everybody's time is over, any time to come may be proposed: an order that nobody could keep does not stay for ever.
///
/// # Errors
/// `joint-order-not-lead`; `joint-order-slot` when it has passed, lies outside everybody's time, or is longer than [`SLOT_HOURS_MAX`];
/// `joint-order-under-way`; `joint-order-closed`.
pub fn decide_schedule(state: &JointOrder, command: Scheduled, at: Timestamp) -> Events {
    const ATTEMPT: &str = "joint-order.schedule";
    open(state, ATTEMPT)?;
    not_under_way(state, ATTEMPT)?;
    let drawn = state.participants.get(&command.organisation).is_some_and(|one| one.inspection.is_some());
    if !drawn {
        leads(state, ATTEMPT, &command.organisation)?;
    }
    let (start, end) = (command.slot_start, command.slot_end);
    let fits = start < end && end > at && end <= start.plus_hours(SLOT_HOURS_MAX);
    let over = state.window.to < at.plus_hours(TIME_LEFT_MIN_HOURS);
    if !fits || (!over && (start < state.window.from || end > state.window.to)) {
        return Err(Refusal::new(
            "joint-order-slot",
            ATTEMPT,
            state.status(),
            "时段不符：须在将来、在各单位指令的共同有效期内，且不超过 24 小时。",
            "The time must lie ahead and within what every instruction allows, and last at most 24 hours.",
        ));
    }
    Ok(vec![command.into()])
}

/// Answers the proposed time.
///
/// # Errors
/// `joint-order-not-participant`; `joint-order-no-time` when none is proposed; `joint-order-lead` when the lead declines;
/// `joint-order-drawn` when an inspection that was drawn is declined; `joint-order-slot` when the other time lies outside everybody's;
/// `joint-order-under-way`; `joint-order-closed`.
pub fn decide_answer(state: &JointOrder, command: Answered) -> Events {
    const ATTEMPT: &str = "joint-order.answer";
    open(state, ATTEMPT)?;
    not_under_way(state, ATTEMPT)?;
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    let Some(one) = state.participants.get(&command.organisation) else {
        return Err(not_participant(state, ATTEMPT));
    };
    match &command.answer {
        Answer::Awaited => refuse("joint-order-answer", "请答复确认、不派员或改期。", "Confirm, decline, or ask for another time."),
        Answer::Confirmed if state.slot.is_none() => {
            refuse("joint-order-no-time", "牵头单位尚未提出时间。", "The lead has proposed no time yet.")
        }
        Answer::Declined if state.lead == command.organisation => refuse(
            "joint-order-lead",
            "牵头单位不能不派员；如不再需要，请撤回指令。",
            "The lead comes; withdraw the instruction if it is not needed.",
        ),
        Answer::Declined if one.inspection.is_some() => {
            refuse("joint-order-drawn", "随机抽中的查验不能不派员。", "An inspection that was drawn is carried out.")
        }
        // What is proposed after everybody's time is answered with a time after it.
        Answer::OtherTime { start }
            if *start < state.window.from || (*start >= state.window.to && state.slot.is_none_or(|slot| slot.to <= state.window.to)) =>
        {
            refuse(
                "joint-order-slot",
                "改期须在各单位指令的共同有效期内。",
                "The other time must lie within what every instruction allows.",
            )
        }
        Answer::Confirmed | Answer::Declined | Answer::OtherTime { .. } => Ok(vec![command.into()]),
    }
}

/// The consignee agrees that the boxes are inspected without it (无需到场).
///
/// # Errors
/// `joint-order-not-trader` when somebody else agrees; `joint-order-closed`.
pub fn decide_no_presence(state: &JointOrder, command: NoPresenceAgreed) -> Events {
    const ATTEMPT: &str = "joint-order.agree-no-presence";
    open(state, ATTEMPT)?;
    if !state.traders.contains(&command.organisation) {
        return Err(Refusal::new(
            "joint-order-not-trader",
            ATTEMPT,
            state.status(),
            "须由收货人或其代理人同意。",
            "The consignee or its agent must agree.",
        ));
    }
    if state.no_presence.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![command.into()])
}

/// Records that a box came to the site. It may come before everybody has answered.
///
/// # Errors
/// `joint-order-container-differs`; `joint-order-box-arrived` the second time; `joint-order-closed`.
pub fn decide_box_came(state: &JointOrder, command: BoxCame) -> Events {
    const ATTEMPT: &str = "joint-order.present-box";
    open(state, ATTEMPT)?;
    if !state.boxes.contains(&command.container) {
        return Err(differs(state, ATTEMPT));
    }
    if state.arrived.contains_key(&command.container) {
        return Err(Refusal::new("joint-order-box-arrived", ATTEMPT, state.status(), "该箱已到场。", "The box is already at the site."));
    }
    Ok(vec![command.into()])
}

/// Opens a box: once, by the lead.
///
/// # Errors
/// `joint-order-opened` the second time; `joint-order-no-opening` for an order that split off; `joint-order-not-lead`;
/// `joint-order-box-not-at-site`; `joint-order-not-confirmed` while somebody has not answered; `joint-order-container-differs`;
/// `joint-order-closed`.
pub fn decide_open(state: &JointOrder, command: BoxOpened) -> Events {
    const ATTEMPT: &str = "joint-order.open";
    open(state, ATTEMPT)?;
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if state.apart {
        return refuse("joint-order-no-opening", "单独办理的指令不再开箱。", "What was split off opens no box.");
    }
    if !state.boxes.contains(&command.container) {
        return Err(differs(state, ATTEMPT));
    }
    if state.openings.contains_key(&command.container) {
        return refuse("joint-order-opened", "该箱已开箱，一次联合查验只开箱一次。", "The box is open already: it is opened once.");
    }
    // A drawn inspection has officers of its own, who open what they inspect.
    let drawn = state.participants.get(&command.organisation).is_some_and(|one| one.inspection.is_some());
    if !drawn {
        leads(state, ATTEMPT, &command.organisation)?;
    }
    confirmed(state, ATTEMPT)?;
    if !state.arrived.contains_key(&command.container) {
        return refuse("joint-order-box-not-at-site", "该箱未到查验场地。", "The box is not at the site.");
    }
    Ok(vec![command.into()])
}

/// What the room must know to take a part.
#[derive(Clone, Debug, Default)]
pub struct PartFacts {
    /// Competences of the officers who were there.
    pub competences: BTreeSet<String>,
    /// The ship is in port.
    pub ship_in_port: bool,
    /// It comes from the confirmed result of the drawn inspection.
    pub from_inspection: bool,
}

/// Takes an authority's part of the result.
///
/// # Errors
/// `joint-order-not-participant`; `joint-order-declined`; `joint-order-part-recorded` the second time; `joint-order-part-by-inspection` when
/// its drawn inspection tells it; `joint-order-box-not-at-site`, `joint-order-ship-not-in-port`; `joint-order-first` before the one who works
/// first; `joint-order-checks` when the items differ or contradict the finding; `joint-order-officers`; `joint-order-competence`;
/// `joint-order-report-length`; `joint-order-not-confirmed`; `joint-order-closed`.
pub fn decide_part(state: &JointOrder, command: PartRecorded, facts: &PartFacts) -> Events {
    const ATTEMPT: &str = "joint-order.record-part";
    open(state, ATTEMPT)?;
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    let Some(one) = state.participants.get(&command.organisation).filter(|one| one.gone_at.is_none()) else {
        return Err(not_participant(state, ATTEMPT));
    };
    if one.answer == Answer::Declined {
        return refuse("joint-order-declined", "本单位已不派员。".into(), "Your authority has declined to come.".into());
    }
    if one.part.is_some() {
        return refuse("joint-order-part-recorded", "本单位已录入查验情况。".into(), "Your part is written down already.".into());
    }
    if one.inspection.is_some() && !facts.from_inspection {
        return refuse(
            "joint-order-part-by-inspection",
            "海关部分由抽中的查验人员录入并复核。".into(),
            "Customs' part is the result that the drawn officers write down and confirm.".into(),
        );
    }
    confirmed(state, ATTEMPT)?;
    let missing: Vec<&str> = state.boxes.iter().filter(|id| !state.arrived.contains_key(*id)).map(String::as_str).collect();
    // The drawn inspection has looked at what must be there for how it was done, documents alone perhaps.
    if !missing.is_empty() && !state.apart && !facts.from_inspection {
        return refuse(
            "joint-order-box-not-at-site",
            format!("集装箱未到查验场地：{}。", missing.join("、")),
            format!("Not at the site yet: {}.", missing.join(", ")),
        );
    }
    if state.subject == SubjectKind::Ship && !facts.ship_in_port {
        return refuse("joint-order-ship-not-in-port", "船舶未在港。".into(), "The ship is not in port.".into());
    }
    let first = state.first.as_ref().filter(|first| **first != command.organisation).and_then(|first| state.participants.get(first));
    if first.is_some_and(|first| first.is_needed() && first.part.is_none()) {
        return refuse("joint-order-first", "须由卫生检疫先行登临。".into(), "Quarantine boards first.".into());
    }
    let part = &command.part;
    if !facts.from_inspection {
        let wanted: Vec<&str> = one.checklist.iter().map(|item| item.code.as_str()).collect();
        let told: Vec<&str> = part.checks.iter().map(|checked| checked.code.as_str()).collect();
        if wanted != told || part.checks.iter().any(|checked| !checked.ok) == part.clean {
            return refuse(
                "joint-order-checks",
                "检查项目须逐项填写；有不合格项目的须记为有异常。".into(),
                "Every item must be told, in order; what is not in order is a finding.".into(),
            );
        }
    }
    let distinct = part.officers.iter().collect::<BTreeSet<_>>().len();
    // Customs inspects goods with two officers (Decree 138).
    let least = if one.authority == Authority::Customs && state.subject == SubjectKind::Goods { OFFICERS_MIN } else { 1 };
    if distinct < least || distinct != part.officers.len() || distinct > PART_OFFICERS_MAX || !part.officers.contains(&part.by) {
        return refuse(
            "joint-order-officers",
            format!("须列明 {least} 至 {PART_OFFICERS_MAX} 名到场人员，录入人须在其中。"),
            format!("{least} to {PART_OFFICERS_MAX} officers were there, whoever writes among them."),
        );
    }
    if let Some(needed) = one.competence.as_ref().filter(|needed| !facts.from_inspection && !facts.competences.contains(*needed)) {
        return refuse(
            "joint-order-competence",
            format!("到场人员均不具备所需资质：{needed}。"),
            format!("None of the officers has the competence {needed}."),
        );
    }
    length(state, ATTEMPT, &part.note)?;
    Ok(vec![command.into()])
}

/// Takes an instruction out of the order. `how` tells whether it is withdrawn or goes its own way.
///
/// Before the inspection begins its authority is gone with its last instruction, and an order that nobody wants is cancelled. Once it has
/// begun the authority stays named, its part is not needed any more, and an open box is closed up by those who are left.
///
/// # Errors
/// `joint-order-not-participant`; `joint-order-part-recorded` when its part is written down; `joint-order-box-open` when nobody would be left
/// at an open box; `joint-order-alone`, `joint-order-under-way` and `joint-order-drawn` for what cannot split off; `joint-order-closed`.
pub fn decide_leave(state: &JointOrder, rules: &JointRules, instruction: &str, how: Leaving) -> Events {
    const ATTEMPT: &str = "joint-order.leave";
    open(state, ATTEMPT)?;
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    let Some((organisation, one)) = state.of_instruction(instruction) else {
        return Err(not_participant(state, ATTEMPT));
    };
    let last_of_it = one.instructions.len() == 1;
    let others = || state.participants.iter().filter(|(id, other)| *id != organisation && other.gone_at.is_none());
    if how == Leaving::SplitOff {
        not_under_way(state, ATTEMPT)?;
        if one.inspection.is_some() {
            return refuse("joint-order-drawn", "随机抽中的查验不能拆分。", "An inspection that was drawn does not split off.");
        }
        if others().next().is_none() {
            return refuse("joint-order-alone", "没有其他单位，无须拆分。", "Nobody else takes part.");
        }
    }
    if one.part.is_some() {
        return refuse("joint-order-part-recorded", "本单位已录入查验情况，不能撤回。", "Your part is written down; it stays.");
    }
    let alone = last_of_it && others().all(|(_, other)| !other.is_needed());
    if alone && state.is_under_way() {
        return refuse(
            "joint-order-box-open",
            "查验已开始且没有其他单位在场，须先录入结果。",
            "The inspection has begun and nobody else is there: write down the result.",
        );
    }
    let remaining: BTreeSet<(&String, Authority)> = if last_of_it {
        others().map(|(id, other)| (id, other.authority)).collect()
    } else {
        others().map(|(id, other)| (id, other.authority)).chain(std::iter::once((organisation, one.authority))).collect()
    };
    let mut roles = roles(rules, state.subject, remaining.into_iter());
    if state.is_under_way() && state.lead != *organisation {
        roles = roles.map(|roles| Roles { lead: state.lead.clone(), first: state.first.clone(), ..roles });
    }
    let cancelled = roles.is_none();
    let mut events = vec![Left { organisation: organisation.clone(), instruction: instruction.to_owned(), how, roles }.into()];
    if cancelled {
        events.push(JointCancelled { last: organisation.clone() }.into());
    }
    Ok(events)
}

/// Gives the shared result: once, by the lead, when everybody's part is there.
///
/// # Errors
/// `joint-order-result-exists` the second time; `joint-order-closed` when cancelled; `joint-order-not-lead`; `joint-order-parts-open`;
/// `joint-order-disposition` when the code is unknown or contradicts the parts; `joint-order-seal` when a box was opened and no new seal is
/// named; `joint-order-report-length`.
pub fn decide_conclude(state: &JointOrder, command: Concluded) -> Events {
    const ATTEMPT: &str = "joint-order.conclude";
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if state.result().is_some() {
        return refuse("joint-order-result-exists", "已有查验结果。".into(), "There is a result already.".into());
    }
    open(state, ATTEMPT)?;
    leads(state, ATTEMPT, &command.organisation)?;
    let parts_open = state.parts_open();
    if !parts_open.is_empty() || !state.is_under_way() {
        let names: Vec<&str> = parts_open.into_iter().map(String::as_str).collect();
        return refuse(
            "joint-order-parts-open",
            format!("尚有单位未录入查验情况：{}。", names.join("、")),
            format!("Not written down yet: {}.", names.join(", ")),
        );
    }
    let unclean = |one: &&Participant| one.part.as_ref().is_some_and(|part| !part.clean);
    let found = state.participants.values().any(|one| unclean(&one));
    // What another authority, or officers who were drawn, found is not released over their heads: it goes on to the follow-up.
    let others = |(id, one): (&String, &Participant)| unclean(&one) && (*id != command.organisation || one.inspection.is_some());
    let over_heads = |row: &Disposition| row.consequence.releases() && state.participants.iter().any(others);
    if disposition(&command.disposition).is_none_or(|row| row.consequence.is_clean() == found || over_heads(row)) {
        return refuse(
            "joint-order-disposition",
            format!("处置代码 {} 不存在，或与各单位查验情况矛盾。", command.disposition),
            format!("Disposition {} is unknown or contradicts what the authorities found.", command.disposition),
        );
    }
    let sealed = state
        .openings
        .keys()
        .all(|id| command.seals.get(id).is_some_and(|seal| !seal.trim().is_empty() && seal.chars().count() <= SEAL_LENGTH_MAX));
    if !sealed || command.seals.keys().any(|id| !state.openings.contains_key(id)) {
        return refuse(
            "joint-order-seal",
            "开过的箱须逐箱施加新封志。".into(),
            "Every box that was opened, and no other, needs a new seal.".into(),
        );
    }
    length(state, ATTEMPT, &command.findings)?;
    Ok(vec![command.into()])
}

/// Records a step of the follow-up: by the lead, or by an authority that found something, which says with it when that is settled.
///
/// # Errors
/// `joint-order-no-follow-up`; `joint-order-not-lead`; `joint-order-report-length`; `joint-order-full` past [`FOLLOW_UPS_MAX`].
pub fn decide_follow_up(state: &JointOrder, command: FollowedUp) -> Events {
    const ATTEMPT: &str = "joint-order.follow-up";
    following_up(state, ATTEMPT)?;
    if !state.participants.get(&command.organisation).is_some_and(Participant::has_found) {
        leads(state, ATTEMPT, &command.organisation)?;
    }
    length(state, ATTEMPT, &command.note)?;
    if state.follow_ups.len() >= FOLLOW_UPS_MAX {
        return Err(Refusal::new(
            "joint-order-full",
            ATTEMPT,
            state.status(),
            format!("最多 {FOLLOW_UPS_MAX} 条后续处置。"),
            format!("At most {FOLLOW_UPS_MAX} steps of a follow-up."),
        ));
    }
    Ok(vec![command.into()])
}

/// Ends the follow-up. What another authority found goes on only once that authority has said that it is settled.
///
/// # Errors
/// `joint-order-not-lead`; `joint-order-disposition` when the code ends nothing; `joint-order-finding-open`; otherwise as
/// [`decide_follow_up`].
pub fn decide_close(state: &JointOrder, organisation: &str, command: Closed) -> Events {
    const ATTEMPT: &str = "joint-order.close";
    following_up(state, ATTEMPT)?;
    leads(state, ATTEMPT, organisation)?;
    let found = disposition(&command.disposition);
    if found.is_some_and(|row| row.consequence.releases()) {
        let open: Vec<&str> = state.findings_open().into_iter().filter(|id| *id != organisation).map(String::as_str).collect();
        if !open.is_empty() {
            return Err(Refusal::new(
                "joint-order-finding-open",
                ATTEMPT,
                state.status(),
                format!("尚有单位未确认其发现的问题已解决：{}。", open.join("、")),
                format!("What they found is not settled yet, they say: {}.", open.join(", ")),
            ));
        }
    }
    if found.is_none_or(|row| !row.consequence.is_final()) {
        return Err(Refusal::new(
            "joint-order-disposition",
            ATTEMPT,
            state.status(),
            format!("处置代码 {} 不能办结。", command.disposition),
            format!("Nothing ends with disposition {}.", command.disposition),
        ));
    }
    length(state, ATTEMPT, &command.note)?;
    Ok(vec![command.into()])
}

fn open(state: &JointOrder, attempted: &'static str) -> Result<(), Refusal> {
    if state.is_open() {
        return Ok(());
    }
    Err(Refusal::new("joint-order-closed", attempted, state.status(), "该联合查验已有结果或已撤销。", "The joint order has ended."))
}

fn following_up(state: &JointOrder, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        JointPhase::FollowUp { .. } => Ok(()),
        JointPhase::Proposed
        | JointPhase::Confirmed
        | JointPhase::UnderWay
        | JointPhase::Released { .. }
        | JointPhase::Closed { .. }
        | JointPhase::Cancelled { .. } => Err(Refusal::new(
            "joint-order-no-follow-up",
            attempted,
            state.status(),
            "没有待办的后续处置。",
            "Nothing is to be followed up.",
        )),
    }
}

fn not_under_way(state: &JointOrder, attempted: &'static str) -> Result<(), Refusal> {
    if state.is_under_way() {
        return Err(Refusal::new("joint-order-under-way", attempted, state.status(), "查验已开始。", "The inspection has begun."));
    }
    Ok(())
}

fn confirmed(state: &JointOrder, attempted: &'static str) -> Result<(), Refusal> {
    if matches!(state.phase, JointPhase::Confirmed | JointPhase::UnderWay) {
        return Ok(());
    }
    Err(Refusal::new(
        "joint-order-not-confirmed",
        attempted,
        state.status(),
        "尚有单位未确认时间。",
        "Somebody has not confirmed the time.",
    ))
}

fn leads(state: &JointOrder, attempted: &'static str, organisation: &str) -> Result<(), Refusal> {
    if state.lead == organisation {
        return Ok(());
    }
    Err(Refusal::new("joint-order-not-lead", attempted, state.status(), "须由牵头单位办理。", "The lead does this."))
}

fn not_participant(state: &JointOrder, attempted: &'static str) -> Refusal {
    Refusal::new("joint-order-not-participant", attempted, state.status(), "本单位未参加该联合查验。", "Your authority takes no part.")
}

fn differs(state: &JointOrder, attempted: &'static str) -> Refusal {
    Refusal::new("joint-order-container-differs", attempted, state.status(), "该箱不在此联合查验内。", "The order does not name this box.")
}

fn length(state: &JointOrder, attempted: &'static str, text: &str) -> Result<(), Refusal> {
    if text.chars().count() <= FINDINGS_LENGTH_MAX {
        return Ok(());
    }
    Err(Refusal::new(
        "joint-order-report-length",
        attempted,
        state.status(),
        format!("查验记录最多 {FINDINGS_LENGTH_MAX} 个字符。"),
        format!("The report has at most {FINDINGS_LENGTH_MAX} characters."),
    ))
}
