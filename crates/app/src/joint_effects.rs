//! What follows from a joint order: who must act, what the drawn inspection and the declaration are told, which boxes may go on, what it costs,
//! and what the enterprise's record says.

use credit::{Enterprise, FindingNoted, Grade};
use inspection::{
    BoxOpened, Concluded, FeesExempted, Inspection, Instruction, JointOrder, JointPhase, Method, Outcome, Part, PartFacts, PartRecorded,
    Resulted, Settled, Tasked,
};
use ledger::Aggregate;
use logistics::{Container, Instructed, InstructionEnded, Place, Returned};

use crate::inspections::{self, free_place};
use crate::joint_orders::{OnRefusal, scheduled_by_inspection};
use crate::{AppError, Unit, matching};

/// Where a box stands after its inspection, until the terminal says where.
const RETURNED_TO: &str = "查验返回区";

/// When an order moves on, each of its authorities is told what it must do next.
pub(crate) async fn an_order_that_moved_tells_its_authorities(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let order = unit.get::<JointOrder>(id).await?;
    let due = order.slot.map(|slot| slot.from);
    for (organisation, one) in &order.participants {
        let task = order.task_of(organisation);
        for (index, instruction) in one.instructions.iter().enumerate() {
            let state = unit.get::<Instruction>(instruction).await?;
            // One task stands in one row, however many instructions an authority has placed.
            let told = Tasked { task: task.filter(|_| index == 0), due: due.filter(|_| task.is_some() && index == 0) };
            let events = inspection::decide_tasked(&state, told);
            unit.record::<Instruction>(instruction, events, unit.at()).await?;
        }
    }
    Ok(())
}

/// When the drawn inspection is booked, that is the time of its joint order; everybody else is asked.
pub(crate) async fn a_booked_inspection_books_its_order(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let (Some(order), Some(appointment)) = (&state.joint, state.appointment()) else { return Ok(()) };
    scheduled_by_inspection(unit, order, id, appointment.start, appointment.end, OnRefusal::Refuse).await
}

/// When a box of the drawn inspection comes to the site, it is there for everybody.
pub(crate) async fn a_box_at_the_site_is_there_for_the_order(unit: &mut Unit<'_>, id: &str, container: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let (Some(order), Some(at)) = (&state.joint, state.arrived.get(container)) else { return Ok(()) };
    let joint = unit.get::<JointOrder>(order).await?;
    if let Ok(events) = inspection::decide_box_came(&joint, inspection::BoxCame { container: container.to_owned(), at: *at }) {
        unit.record::<JointOrder>(order, events, *at).await?;
    }
    Ok(())
}

/// When the drawn inspection has its confirmed result, that is customs' part of the shared one; a box that it opened is open for everybody.
pub(crate) async fn an_inspection_result_is_customs_part(
    unit: &mut Unit<'_>,
    id: &str,
    order: &str,
    data: &Resulted,
) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let joint = unit.get::<JointOrder>(order).await?;
    let Some((organisation, _)) = joint.of_inspection(id) else { return Ok(()) };
    let organisation = organisation.clone();
    let confirmer = unit.ctx.principal.id.clone();
    let by = if data.officers.contains(&confirmer) { confirmer } else { data.officers.first().cloned().unwrap_or_default() };
    if data.method == Method::Open {
        for container in &state.containers {
            let joint = unit.get::<JointOrder>(order).await?;
            if joint.openings.contains_key(container) {
                continue;
            }
            let opened = BoxOpened { container: container.clone(), organisation: organisation.clone(), by: by.clone() };
            let events = inspection::decide_open(&joint, opened)?;
            unit.record::<JointOrder>(order, events, unit.at()).await?;
        }
    }
    let clean = data.result == Outcome::Pass && inspection::disposition(&data.disposition).is_some_and(|row| row.consequence.is_clean());
    let part = Part { checks: Vec::new(), clean, note: data.findings.clone(), officers: data.officers.clone(), by, at: unit.at() };
    let facts = PartFacts { from_inspection: true, ..PartFacts::default() };
    let joint = unit.get::<JointOrder>(order).await?;
    let events = inspection::decide_part(&joint, PartRecorded { organisation, part }, &facts)?;
    unit.record::<JointOrder>(order, events, unit.at()).await
}

/// When the drawn inspection is cancelled, the joint order goes on without it.
pub(crate) async fn a_cancelled_inspection_leaves_its_order(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let Some(order) = state.joint.clone() else { return Ok(()) };
    let joint = unit.get::<JointOrder>(&order).await?;
    let drawn = joint.of_inspection(id).map(|(_, one)| one.instructions.clone()).unwrap_or_default();
    for instruction in drawn {
        let known = unit.get::<Instruction>(&instruction).await?;
        if known.placed.inspection.as_deref() == Some(id) {
            matching::withdraw(unit, &instruction, &known, None).await?;
        }
    }
    let events = inspection::decide_part_order(&state, &order);
    unit.record::<Inspection>(id, events, unit.at()).await?;
    keep_place(unit, &order).await
}

/// What the inspection had booked went with it: the order takes the place for itself. Should the slot have begun, the lead proposes another.
async fn keep_place(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let order = unit.get::<JointOrder>(id).await?;
    let Some(slot) = order.slot.filter(|_| order.is_open() && !order.boxes.is_empty() && !order.apart) else { return Ok(()) };
    let district = unit.app.port().customs_district.clone();
    inspections::keep_place(unit, &district, slot.from, id).await
}

/// When nobody is left in an order, its place at the site is free and its boxes go back.
pub(crate) async fn a_cancelled_order_gives_its_place_back(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let order = unit.get::<JointOrder>(id).await?;
    let district = unit.app.port().customs_district.clone();
    free_place(unit, &district, order.slot.map(|slot| slot.from), &[id]).await?;
    // One that was split off came to the boxes of another; and only what came to the site for this one goes back with it.
    if order.apart {
        return Ok(());
    }
    let came: Vec<String> = order.boxes.iter().filter(|id| order.arrived.contains_key(*id)).cloned().collect();
    go_back(unit, &came).await
}

/// Boxes at an inspection site go back to the yard (虚拟归位: they count as back at once, so that nothing waits for the crane).
pub(crate) async fn go_back(unit: &mut Unit<'_>, boxes: &[String]) -> Result<(), AppError> {
    for container in boxes {
        if let Some(state) = unit.load::<Container>(container).await?
            && matches!(state.place, Place::InspectionSite { .. })
        {
            let events = logistics::decide_return(&state, Returned { position: RETURNED_TO.into() })?;
            unit.record::<Container>(container, events, unit.at()).await?;
        }
    }
    Ok(())
}

/// When the shared result is given, it answers everybody at once: instructions, boxes, the drawn inspection's declaration, fees and credit.
pub(crate) async fn a_shared_result_answers_everybody(unit: &mut Unit<'_>, id: &str, data: &Concluded) -> Result<(), AppError> {
    let order = unit.get::<JointOrder>(id).await?;
    let released = matches!(order.phase, JointPhase::Released { .. });
    if released {
        settle(unit, &order, &data.disposition, true).await?;
    } else {
        bar(unit, &order).await?;
    }
    for one in order.participants.values() {
        let (Some(inspection), Some(part)) = (&one.inspection, &one.part) else { continue };
        // What customs found is told at once. What another authority found holds the boxes, and customs' answer waits for the end.
        if released {
            crate::reactions::tell_declaration(unit, inspection, Outcome::Pass, &data.disposition).await?;
        } else if !part.clean {
            crate::reactions::tell_declaration(unit, inspection, Outcome::Fail, &data.disposition).await?;
        }
    }
    let clean = inspection::disposition(&data.disposition).is_some_and(|row| row.consequence.is_clean());
    let enterprise = enterprise_of(unit, &order.traders).await?;
    if !clean {
        return note_finding(unit, enterprise, JointOrder::KIND, id, &data.disposition).await;
    }
    if let Some(exempted) = exemption(unit, order.boxes.clone(), enterprise).await? {
        unit.record::<JointOrder>(id, vec![exempted.into()], unit.at()).await?;
    }
    Ok(())
}

/// When a follow-up ends, the goods go on, or stay barred for ever.
pub(crate) async fn an_ended_follow_up_answers_everybody(unit: &mut Unit<'_>, id: &str, disposition: &str) -> Result<(), AppError> {
    let order = unit.get::<JointOrder>(id).await?;
    let released = inspection::disposition(disposition).is_some_and(|row| row.consequence.releases());
    settle(unit, &order, disposition, released).await?;
    for one in order.participants.values() {
        // Where customs found something itself, its officer decides about the declaration by hand.
        if let (Some(inspection), Some(Part { clean: true, .. })) = (&one.inspection, &one.part) {
            let outcome = if released { Outcome::Pass } else { Outcome::Fail };
            crate::reactions::tell_declaration(unit, inspection, outcome, disposition).await?;
        }
    }
    Ok(())
}

/// Every instruction is answered, and the boxes go back; released ones carry none any more.
async fn settle(unit: &mut Unit<'_>, order: &JointOrder, disposition: &str, released: bool) -> Result<(), AppError> {
    for one in order.participants.values() {
        for instruction in &one.instructions {
            let state = unit.get::<Instruction>(instruction).await?;
            let settled = Settled { disposition: disposition.to_owned(), released };
            let events = inspection::decide_settled(&state, settled)?;
            unit.record::<Instruction>(instruction, events, unit.at()).await?;
            if released {
                matching::end_on_boxes(unit, instruction, &order.boxes).await?;
            }
        }
    }
    if order.apart { Ok(()) } else { go_back(unit, &order.boxes).await }
}

/// What was found keeps the boxes here, whether or not anybody had held them before.
async fn bar(unit: &mut Unit<'_>, order: &JointOrder) -> Result<(), AppError> {
    for (organisation, one) in &order.participants {
        for instruction in &one.instructions {
            for container in &order.boxes {
                let Some(state) = unit.load::<Container>(container).await? else { continue };
                if state.instructed.get(instruction).is_some_and(|known| known.hold) {
                    continue;
                }
                let ended = logistics::decide_instruction_ended(&state, InstructionEnded { instruction: instruction.clone() });
                unit.record::<Container>(container, ended, unit.at()).await?;
                let state = unit.get::<Container>(container).await?;
                let instructed = Instructed { instruction: instruction.clone(), by: organisation.clone(), hold: true };
                if let Ok(events) = logistics::decide_instructed(&state, instructed) {
                    unit.record::<Container>(container, events, unit.at()).await?;
                }
            }
        }
    }
    Ok(())
}

/// When an inspection by customs alone ends, a clean one costs the trader nothing, and a finding is noted for the enterprise.
pub(crate) async fn a_result_counts_for_fees_and_credit(unit: &mut Unit<'_>, id: &str, data: &Resulted) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let traders: Vec<String> = state.trader.iter().chain([&state.broker]).cloned().collect();
    let enterprise = enterprise_of(unit, &traders).await?;
    let clean = inspection::disposition(&data.disposition).is_some_and(|row| row.consequence.is_clean());
    if !clean {
        return note_finding(unit, enterprise, Inspection::KIND, id, &data.disposition).await;
    }
    if let Some(exempted) = exemption(unit, state.containers.clone(), enterprise).await? {
        let events = inspection::decide_exempt_fees(&state, exempted);
        unit.record::<Inspection>(id, events, unit.at()).await?;
    }
    Ok(())
}

/// The first of these organisations that is registered as an enterprise, by its credit code.
async fn enterprise_of(unit: &mut Unit<'_>, organisations: &[String]) -> Result<Option<String>, AppError> {
    for id in organisations {
        let Some(uscc) = unit.app.organisation(id).await?.and_then(|organisation| organisation.uscc) else { continue };
        if unit.look::<Enterprise>(&uscc).await?.is_some() {
            return Ok(Some(uscc));
        }
    }
    Ok(None)
}

/// That a clean inspection is free of charge; not for dishonest enterprises (FEE-12).
async fn exemption(unit: &mut Unit<'_>, boxes: Vec<String>, enterprise: Option<String>) -> Result<Option<FeesExempted>, AppError> {
    let at = unit.at();
    let grade = match &enterprise {
        Some(id) => unit.look::<Enterprise>(id).await?.and_then(|known| known.grading_at(at)).map(|grading| grading.grade),
        None => None,
    };
    if boxes.is_empty() || matches!(grade, Some(Grade::Dishonest | Grade::SeriouslyDishonest)) {
        return Ok(None);
    }
    Ok(Some(FeesExempted { boxes, enterprise, grade: grade.map(|grade| grade.code().to_owned()) }))
}

async fn note_finding(unit: &mut Unit<'_>, enterprise: Option<String>, source: &str, id: &str, disposition: &str) -> Result<(), AppError> {
    let Some(enterprise) = enterprise else { return Ok(()) };
    let state = unit.get::<Enterprise>(&enterprise).await?;
    let noted = FindingNoted { source: source.to_owned(), id: id.to_owned(), disposition: disposition.to_owned() };
    let events = credit::decide_note_finding(&state, noted);
    unit.record::<Enterprise>(&enterprise, events, unit.at()).await
}
