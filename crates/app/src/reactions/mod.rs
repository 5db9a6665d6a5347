//! What follows from what: the process of the port, one sentence each. The only way from one room to another.
//!
//! A reaction runs in the unit of work of the event it answers, so that cause and effect are recorded together or not at all.

mod sailings;
mod ships;

use self::sailings::{
    a_departure_decides_for_inspected_boxes, a_loaded_box_made_its_ship_or_another, a_ship_that_does_not_come_is_held_against_no_box,
    an_inspected_box_is_held_to_the_ship_planned_for_it,
};
use self::ships::{
    Changed, a_call_that_is_over_takes_nothing_more_on, a_change_that_may_happen_is_carried_out,
    a_changed_paper_or_box_is_compared_for_transhipment, a_departure_closes_the_orders_of_its_work, a_discharged_box_lands_on_its_bill,
    a_discharged_box_starts_the_clock_of_its_tally, a_late_manifest_is_confirmed_at_once, a_manifested_bill_announces_its_boxes,
    a_ship_arrival_confirms_its_manifests, a_transhipment_tells_its_box_whether_it_may_be_loaded, an_ended_transhipment_frees_its_box,
    an_order_of_work_is_told_to_the_terminal, another_terminal_loads_what_is_listed, another_terminal_may_not_have_what_was_to_go_on,
    another_terminal_takes_the_orders_of_its_work_back,
};
use crate::conveyances::{a_released_waybill_is_told_to_its_yard, accepted_papers_let_the_train_be_loaded};
use crate::duty::Charged;
use crate::exchange::Outgoing;
use crate::happened::Happened;
use crate::statuses::News;
use crate::{AppError, Unit, calls, duty, images, inbox, inspections, joint_effects, national, orders, risk, samples};
use clearance::{
    Declaration, DeclarationEvent, DutyCharged, DutyNotice, DutyNoticeEvent, DutySettled, InspectionCleared, InspectionFailed,
    InspectionOrdered, Landed, Payment, PaymentEvent, PaymentFailed, PaymentPurpose, Restored, SettledHow,
};
use inspection::{ImageTaskEvent, Inspection, InspectionEvent, JointOrderEvent, Outcome, Resulted, SampleEvent, ThirdPartyEvent};
use ledger::{Aggregate, ObjectRef};
use logistics::{
    ChargesPaid, Container, ContainerEvent, DeliveryOrder, DeliveryOrderEvent, Discharge, DischargeOrderEvent, FreePeriodBegan, Held,
    HoldLifted, Loading, LoadingOrderEvent, OrderEnded, OrderIssued, Place, Released, container_id, container_number,
};
use manifest::{
    Bill, BillEvent, BillPhase, ConveyanceEvent, DeclarationEnd, DeclarationEnded, Declared, ManifestChangeEvent, ManifestEvent, Tally,
    TranshipmentEvent, WaybillEvent,
};
use port_call::{ShipCall, ShipCallEvent};

/// Longest chain of reactions to one command.
const STEPS_MAX: usize = 100_000;

/// Answers everything that happened in a unit of work, and what the answers caused, until nothing is left.
pub(crate) async fn settle(unit: &mut Unit<'_>) -> Result<(), AppError> {
    let mut news = News::default();
    for _ in 0..STEPS_MAX {
        let Some(happened) = unit.next_happened() else {
            if news.tell(unit).await? {
                continue;
            }
            return Ok(());
        };
        news.note(&happened, unit);
        // These come by the thousand and nothing follows from them; whoever lets something follow takes them out here.
        if matches!(happened, Happened::Container(_, ContainerEvent::Moved(_) | ContainerEvent::Announced(_))) {
            continue;
        }
        Box::pin(react(unit, happened)).await?;
    }
    Err(AppError::Internal("reactions do not come to an end".into()))
}

async fn react(unit: &mut Unit<'_>, happened: Happened) -> Result<(), AppError> {
    match happened {
        Happened::Call(id, ShipCallEvent::Arrived(data)) => {
            calls::hold_members(unit, &id).await?;
            a_ship_arrival_confirms_its_manifests(unit, &id, data.at).await
        }
        Happened::Call(id, ShipCallEvent::Departed(data)) => {
            calls::hold_members(unit, &id).await?;
            a_departure_closes_the_orders_of_its_work(unit, &id, data.at).await?;
            a_departure_decides_for_inspected_boxes(unit, &id, data.at).await?;
            a_call_that_is_over_takes_nothing_more_on(unit, &id).await
        }
        Happened::Call(id, ShipCallEvent::Changed(data)) if data.terminal.is_some() => {
            calls::hold_members(unit, &id).await?;
            another_terminal_takes_the_orders_of_its_work_back(unit, &id).await?;
            another_terminal_loads_what_is_listed(unit, &id).await?;
            another_terminal_may_not_have_what_was_to_go_on(unit, &id).await
        }
        Happened::Call(id, ShipCallEvent::Cancelled(_)) => {
            calls::hold_members(unit, &id).await?;
            a_ship_that_does_not_come_is_held_against_no_box(unit, &id).await?;
            a_call_that_is_over_takes_nothing_more_on(unit, &id).await
        }
        Happened::Discharge(id, DischargeOrderEvent::Ordered(_) | DischargeOrderEvent::Cancelled(_)) => {
            an_order_of_work_is_told_to_the_terminal::<Discharge>(unit, &id).await
        }
        Happened::Loading(id, LoadingOrderEvent::Ordered(_) | LoadingOrderEvent::Cancelled(_)) => {
            an_order_of_work_is_told_to_the_terminal::<Loading>(unit, &id).await
        }
        Happened::Bill(number, BillEvent::Manifested(_)) => a_manifested_bill_announces_its_boxes(unit, &number).await,
        Happened::ManifestChange(id, ManifestChangeEvent::Applied(data)) if data.because.is_empty() => {
            a_change_that_may_happen_is_carried_out(unit, &id).await
        }
        Happened::ManifestChange(id, ManifestChangeEvent::Approved(_)) => a_change_that_may_happen_is_carried_out(unit, &id).await,
        Happened::Bill(number, BillEvent::Amended(_)) => {
            a_manifested_bill_announces_its_boxes(unit, &number).await?;
            // A change that takes off the boxes that never came lands the bill as the last box would.
            a_landed_bill_tells_its_declaration(unit, &number).await?;
            a_landed_bill_begins_the_free_period_of_its_order(unit, &number).await?;
            a_changed_paper_or_box_is_compared_for_transhipment(unit, Changed::Bill(&number)).await
        }
        Happened::Bill(number, BillEvent::Cancelled(_) | BillEvent::Declared(_) | BillEvent::DeclarationEnded(_)) => {
            a_changed_paper_or_box_is_compared_for_transhipment(unit, Changed::Bill(&number)).await
        }
        Happened::Container(id, ContainerEvent::Discharged(data)) => {
            let tally = Tally { at: data.at, damage: data.tally.damage.clone(), packages: data.tally.packages };
            a_discharged_box_lands_on_its_bill(unit, &id, tally).await?;
            a_discharged_box_starts_the_clock_of_its_tally(unit, &id, &data).await?;
            a_changed_paper_or_box_is_compared_for_transhipment(unit, Changed::Box(&id)).await
        }
        Happened::Container(
            id,
            ContainerEvent::Held(_) | ContainerEvent::HoldLifted(_) | ContainerEvent::Instructed(_) | ContainerEvent::InstructionEnded(_),
        ) => a_changed_paper_or_box_is_compared_for_transhipment(unit, Changed::Box(&id)).await,
        Happened::Container(id, ContainerEvent::MovedToInspection(_) | ContainerEvent::OnwardPlanned(_)) => {
            an_inspected_box_is_held_to_the_ship_planned_for_it(unit, &id).await
        }
        Happened::Container(id, ContainerEvent::Shipped(data)) => {
            a_loaded_box_made_its_ship_or_another(unit, &id, &data.call, data.at).await
        }
        Happened::Transhipment(id, TranshipmentEvent::Released(_) | TranshipmentEvent::Compared(_) | TranshipmentEvent::LeftBehind(_)) => {
            a_transhipment_tells_its_box_whether_it_may_be_loaded(unit, &id).await
        }
        Happened::Transhipment(id, TranshipmentEvent::Refused(_) | TranshipmentEvent::Withdrawn(_)) => {
            an_ended_transhipment_frees_its_box(unit, &id).await
        }
        Happened::Bill(number, BillEvent::ContainerLanded(_)) => {
            a_landed_bill_tells_its_declaration(unit, &number).await?;
            a_landed_bill_begins_the_free_period_of_its_order(unit, &number).await
        }
        Happened::Declaration(id, event) => Box::pin(react_to_declaration(unit, &id, event)).await,
        Happened::Manifest(id, ManifestEvent::Accepted(data)) => a_late_manifest_is_confirmed_at_once(unit, &id, &data.call).await,
        Happened::Inspection(id, InspectionEvent::Appointed(_)) => joint_effects::a_booked_inspection_books_its_order(unit, &id).await,
        Happened::Inspection(id, InspectionEvent::BoxArrived(data)) => {
            joint_effects::a_box_at_the_site_is_there_for_the_order(unit, &id, &data.container).await
        }
        Happened::Inspection(id, InspectionEvent::Cancelled(_)) => {
            images::images_are_not_needed_any_more(unit, &id, "inspection-ended").await?;
            samples::a_cancelled_inspection_ends_its_samples(unit, &id).await?;
            a_cancelled_inspection_frees_its_boxes(unit, &id).await
        }
        Happened::Inspection(id, InspectionEvent::Resulted(data)) => an_inspection_result_is_told(unit, &id, &data).await,
        Happened::Inspection(id, InspectionEvent::OpeningOrdered(_)) => images::images_are_not_needed_any_more(unit, &id, "opening").await,
        Happened::Inspection(id, InspectionEvent::SamplingSettled(data)) => {
            samples::a_failed_line_holds_its_declaration(unit, &id, &data).await?;
            samples::an_answered_inspection_tells_its_declaration(unit, &id).await
        }
        Happened::Inspection(id, InspectionEvent::SamplingWaived(_)) => {
            samples::an_answered_inspection_tells_its_declaration(unit, &id).await
        }
        Happened::Sample(id, SampleEvent::Released(_)) => samples::a_released_report_settles_its_line(unit, &id).await,
        Happened::Sample(id, SampleEvent::ChainDecided(data)) if !data.usable => {
            samples::an_unusable_sample_leaves_its_line_open(unit, &id).await
        }
        Happened::ThirdParty(id, ThirdPartyEvent::Accepted(_)) => samples::an_accepted_report_settles_its_line(unit, &id).await,
        Happened::ImageTask(id, ImageTaskEvent::ScanTaken(_)) => images::a_scanned_box_is_told_to_its_inspection(unit, &id).await,
        Happened::ImageTask(id, ImageTaskEvent::Reviewed(data)) => {
            images::a_concluded_image_ends_or_opens_its_inspection(unit, &id, &data.by).await
        }
        Happened::Joint(id, event) => Box::pin(react_to_joint_order(unit, &id, event)).await,
        Happened::DutyNotice(id, DutyNoticeEvent::Paid(_)) => a_paid_notice_frees_its_guarantee_and_settles_duty(unit, &id).await,
        Happened::DutyNotice(id, DutyNoticeEvent::Guaranteed(_)) => a_settled_notice_settles_duty(unit, &id, SettledHow::Guaranteed).await,
        Happened::DutyNotice(id, DutyNoticeEvent::Waived(_)) => a_settled_notice_settles_duty(unit, &id, SettledHow::Waived).await,
        Happened::Payment(id, PaymentEvent::Settled(_)) => a_settled_payment_settles_what_it_pays(unit, &id).await,
        Happened::Payment(id, PaymentEvent::Failed(data)) => a_failed_payment_leaves_it_due(unit, &id, &data.reason).await,
        Happened::Order(
            id,
            DeliveryOrderEvent::Issued(_) | DeliveryOrderEvent::Transferred(_) | DeliveryOrderEvent::FreePeriodBegan(_),
        ) => an_issued_order_covers_its_boxes(unit, &id).await,
        Happened::Order(id, DeliveryOrderEvent::Cancelled(_)) => a_cancelled_order_frees_its_bill_and_boxes(unit, &id).await,
        Happened::Waybill(number, WaybillEvent::Released(_) | WaybillEvent::ReleaseRevoked(_)) => {
            a_released_waybill_is_told_to_its_yard(unit, &number).await
        }
        Happened::Conveyance(id, ConveyanceEvent::PapersAccepted(_)) => accepted_papers_let_the_train_be_loaded(unit, &id).await,
        Happened::Message(id, event) => {
            inbox::a_file_passed_on_tells_its_sender(unit, &id, &event).await?;
            national::a_travelling_file_tells_its_transmission(unit, &id, &event).await
        }
        Happened::Call(..)
        | Happened::Manifest(..)
        | Happened::ManifestChange(..)
        | Happened::Bill(..)
        | Happened::TallyReport(..)
        | Happened::OutboundBill(..)
        | Happened::Transhipment(..)
        | Happened::Conveyance(..)
        | Happened::Waybill(..)
        | Happened::Container(..)
        | Happened::DutyNotice(..)
        | Happened::Guarantee(..)
        | Happened::Agency(..)
        | Happened::DailyReport(..)
        | Happened::Payment(..)
        | Happened::Transmission(..)
        | Happened::Inspection(..)
        | Happened::Sailing(..)
        | Happened::Roster(..)
        | Happened::ImageTask(..)
        | Happened::Scan(..)
        | Happened::Sample(..)
        | Happened::TestingBody(..)
        | Happened::ThirdParty(..)
        | Happened::Instruction(..)
        | Happened::SiteRule(..)
        | Happened::Clue(..)
        | Happened::Field(..)
        | Happened::Order(..)
        | Happened::Discharge(..)
        | Happened::Loading(..)
        | Happened::Slot(..)
        | Happened::Booking(..)
        | Happened::Gate(..)
        | Happened::Eir(..)
        | Happened::Machine(..)
        | Happened::MachineAlarm(..)
        | Happened::CaseAlarm(..)
        | Happened::AlarmRule(..)
        | Happened::RollOut(..)
        | Happened::Sharing(..)
        | Happened::DataDelivery(..)
        | Happened::Enterprise(..)
        | Happened::MessageAlarm(..)
        | Happened::RuleTable(..)
        | Happened::Draw(..) => Ok(()),
    }
}

async fn react_to_declaration(unit: &mut Unit<'_>, id: &str, event: DeclarationEvent) -> Result<(), AppError> {
    match event {
        DeclarationEvent::Accepted(_) => {
            an_accepted_declaration_marks_its_bill(unit, id).await?;
            an_accepted_declaration_is_decided_and_drawn(unit, id).await?;
            landed_goods_are_charged(unit, id).await?;
            national::an_accepted_declaration_goes_on_to_the_national_window(unit, id).await?;
            what_is_clear_is_released(unit, id).await
        }
        DeclarationEvent::Landed(_) => {
            landed_goods_are_charged(unit, id).await?;
            what_is_clear_is_released(unit, id).await
        }
        DeclarationEvent::DrawOverridden(data) if data.inspect => an_inspection_is_ordered(unit, id).await,
        DeclarationEvent::DocumentsPassed(_)
        | DeclarationEvent::DrawOverridden(_)
        | DeclarationEvent::InspectionCleared(_)
        | DeclarationEvent::DutyCharged(_)
        | DeclarationEvent::DutySettled(_) => what_is_clear_is_released(unit, id).await,
        DeclarationEvent::HoldLifted(data) => {
            a_lifted_hold_frees_the_boxes(unit, id, &data.officer).await?;
            a_hold_is_told_to_the_terminal(unit, id, None).await?;
            landed_goods_are_charged(unit, id).await?;
            what_is_clear_is_released(unit, id).await
        }
        DeclarationEvent::Held(data) => {
            a_held_declaration_holds_its_boxes(unit, id, &data.reason, &data.officer).await?;
            a_hold_is_told_to_the_terminal(unit, id, Some(&data.reason)).await
        }
        DeclarationEvent::Released(_) => a_released_declaration_releases_its_boxes_and_tells_the_terminal(unit, id).await,
        DeclarationEvent::Rejected(data) => {
            a_lifted_hold_frees_the_boxes(unit, id, &data.officer).await?;
            an_ended_declaration_frees_its_bill(unit, id, DeclarationEnd::Rejected).await
        }
        DeclarationEvent::Withdrawn(_) => {
            a_lifted_hold_frees_the_boxes(unit, id, "declaration").await?;
            an_ended_declaration_frees_its_bill(unit, id, DeclarationEnd::Withdrawn).await
        }
        DeclarationEvent::Drafted(_)
        | DeclarationEvent::Edited(_)
        | DeclarationEvent::Decided(_)
        | DeclarationEvent::DocumentsRequested(_)
        | DeclarationEvent::DocumentsSupplied(_)
        | DeclarationEvent::InspectionOrdered(_)
        | DeclarationEvent::InspectionFailed(_) => Ok(()),
    }
}

/// When the last box of a bill is landed, an advance declaration of it continues by itself (CLR-03).
async fn a_landed_bill_tells_its_declaration(unit: &mut Unit<'_>, number: &str) -> Result<(), AppError> {
    let bill = unit.get::<Bill>(number).await?;
    let (Some(at), Some(id)) = (bill.landed_at(), &bill.declaration) else { return Ok(()) };
    let declaration = unit.get::<Declaration>(id).await?;
    if declaration.case().is_some_and(|case| case.landed_at.is_none()) && matches!(declaration, Declaration::Accepted { .. }) {
        let events = clearance::decide_landed(&declaration, Landed { at })?;
        unit.record::<Declaration>(id, events, at).await?;
    }
    Ok(())
}

/// When the last box of a bill is landed, the free days of an order that was issued before begin to count.
async fn a_landed_bill_begins_the_free_period_of_its_order(unit: &mut Unit<'_>, number: &str) -> Result<(), AppError> {
    let bill = unit.get::<Bill>(number).await?;
    let (Some(at), Some(id)) = (bill.landed_at(), &bill.delivery_order) else { return Ok(()) };
    let order = unit.get::<DeliveryOrder>(id).await?;
    let Some(days) = order.free_days.filter(|_| order.is_live() && order.free_until.is_none()) else { return Ok(()) };
    let events = logistics::decide_free_period(&order, FreePeriodBegan { free_until: orders::free_until(at, days) })?;
    unit.record::<DeliveryOrder>(id, events, at).await
}

/// When a declaration is accepted, its bill carries it; a second one on the same bill is refused.
async fn an_accepted_declaration_marks_its_bill(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let number = declaration.form().bill_no.trim().to_owned();
    let bill = unit.get::<Bill>(&number).await?;
    let broker = declaration.parties().broker.clone();
    let events = manifest::decide_declare(&bill, Declared { declaration: id.to_owned(), broker })?;
    unit.record::<Bill>(&number, events, unit.at()).await
}

/// When a declaration is accepted, the risk decision is given at once (CLR-24); what is drawn is ordered for inspection.
async fn an_accepted_declaration_is_decided_and_drawn(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let Some(case) = declaration.case().cloned() else { return Ok(()) };
    if case.decision.is_some() {
        return Ok(());
    }
    if risk::decide(unit, id, &case).await?.inspect {
        an_inspection_is_ordered(unit, id).await?;
    }
    Ok(())
}

/// What is drawn, or what an officer decided in place of the draw, is ordered for inspection.
async fn an_inspection_is_ordered(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let Some(case) = declaration.case() else { return Ok(()) };
    let inspection = inspections::order(unit, id, case).await?;
    let state = unit.get::<Declaration>(id).await?;
    let events = clearance::decide_inspection_ordered(&state, InspectionOrdered { inspection })?;
    unit.record::<Declaration>(id, events, unit.at()).await
}

/// When declared goods are landed, duty is assessed at the rates of the day the conveyance declared entry (Tariff Law, Art. 20).
async fn landed_goods_are_charged(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let Some(case) = declaration.case() else { return Ok(()) };
    if case.landed_at.is_none() || case.duty != clearance::Track::Unknown {
        return Ok(());
    }
    let bill = unit.get::<Bill>(case.form.bill_no.trim()).await?;
    let call = unit.get::<ShipCall>(&bill.call).await?;
    let entry = call.entry_declared_at().unwrap_or_else(|| unit.at());
    let charged = duty::charge(unit, id, entry).await?;
    let state = unit.get::<Declaration>(id).await?;
    let events = match charged {
        Charged::Notice(notice) => clearance::decide_duty_charged(&state, DutyCharged { notice: Some(notice) })?,
        Charged::Nothing => clearance::decide_duty_charged(&state, DutyCharged { notice: None })?,
        // A rate that is missing today must not keep a whole ship's discharge report from being recorded: an officer sees to it.
        Charged::NotAssessable(_) if case.hold.is_some() => return Ok(()),
        Charged::NotAssessable(error) => {
            let reason = format!("不能核定税费 duty cannot be assessed: {error}");
            clearance::decide_hold(&state, clearance::Held { reason, officer: "platform".into() })?
        }
    };
    unit.record::<Declaration>(id, events, unit.at()).await
}

/// When nothing stands in the way any more, the declaration is released.
async fn what_is_clear_is_released(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let events = clearance::decide_progress(&declaration);
    unit.record::<Declaration>(id, events, unit.at()).await
}

async fn react_to_joint_order(unit: &mut Unit<'_>, id: &str, event: JointOrderEvent) -> Result<(), AppError> {
    match event {
        JointOrderEvent::Concluded(data) => joint_effects::a_shared_result_answers_everybody(unit, id, &data).await?,
        JointOrderEvent::Closed(data) => joint_effects::an_ended_follow_up_answers_everybody(unit, id, &data.disposition).await?,
        JointOrderEvent::Cancelled(_) => joint_effects::a_cancelled_order_gives_its_place_back(unit, id).await?,
        JointOrderEvent::Proposed(_)
        | JointOrderEvent::Joined(_)
        | JointOrderEvent::Scheduled(_)
        | JointOrderEvent::Answered(_)
        | JointOrderEvent::NoPresenceAgreed(_)
        | JointOrderEvent::BoxArrived(_)
        | JointOrderEvent::Opened(_)
        | JointOrderEvent::PartRecorded(_)
        | JointOrderEvent::Left(_)
        | JointOrderEvent::FollowedUp(_) => {}
        JointOrderEvent::FeesExempted(_) => return Ok(()),
    }
    joint_effects::an_order_that_moved_tells_its_authorities(unit, id).await
}

/// When an inspection by customs alone ends, the boxes go back, the declaration learns the result, and fees and credit what it means for
/// them. In a joint order it is customs' part, and everybody waits for the shared result.
async fn an_inspection_result_is_told(unit: &mut Unit<'_>, id: &str, data: &Resulted) -> Result<(), AppError> {
    if let Some(order) = unit.get::<Inspection>(id).await?.joint {
        return joint_effects::an_inspection_result_is_customs_part(unit, id, &order, data).await;
    }
    inspected_boxes_go_back(unit, id).await?;
    tell_declaration(unit, id, data.result, &data.disposition).await?;
    joint_effects::a_result_counts_for_fees_and_credit(unit, id, data).await
}

/// When an inspection is cancelled, its boxes go back, unless a joint order still wants them.
async fn a_cancelled_inspection_frees_its_boxes(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    if unit.get::<Inspection>(id).await?.joint.is_some() {
        return joint_effects::a_cancelled_inspection_leaves_its_order(unit, id).await;
    }
    inspected_boxes_go_back(unit, id).await
}

/// The declaration learns how its inspection ended; that it has passed once what was sampled is answered.
pub(crate) async fn tell_declaration(unit: &mut Unit<'_>, id: &str, result: Outcome, disposition: &str) -> Result<(), AppError> {
    let inspection = unit.get::<Inspection>(id).await?;
    let declaration = unit.get::<Declaration>(&inspection.declaration).await?;
    if !matches!(declaration, Declaration::Accepted { .. }) || (result == Outcome::Pass && !inspection.sampling_met()) {
        return Ok(());
    }
    let events = match result {
        Outcome::Pass => clearance::decide_inspection_cleared(&declaration, InspectionCleared { inspection: id.to_owned() })?,
        Outcome::Fail => {
            let failed = InspectionFailed { inspection: id.to_owned(), disposition: disposition.to_owned() };
            clearance::decide_inspection_failed(&declaration, failed)?
        }
    };
    unit.record::<Declaration>(&inspection.declaration, events, unit.at()).await
}

/// When an inspection is over or cancelled, its boxes go back to the yard.
async fn inspected_boxes_go_back(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let boxes = unit.get::<Inspection>(id).await?.containers;
    joint_effects::go_back(unit, &boxes).await
}

/// When a notice under guarantee is paid, the guarantee is restored; otherwise the payment settles the duty of the declaration.
async fn a_paid_notice_frees_its_guarantee_and_settles_duty(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let notice = unit.get::<DutyNotice>(id).await?;
    if let clearance::NoticePhase::Paid { guarantee: Some(guarantee), .. } = &notice.phase {
        let state = unit.get::<clearance::Guarantee>(guarantee).await?;
        let events = clearance::decide_restore(&state, Restored { notice: id.to_owned() })?;
        return unit.record::<clearance::Guarantee>(guarantee, events, unit.at()).await;
    }
    a_settled_notice_settles_duty(unit, id, SettledHow::Paid).await
}

/// When a duty notice is paid or guaranteed, the duty of the declaration is settled.
async fn a_settled_notice_settles_duty(unit: &mut Unit<'_>, id: &str, how: SettledHow) -> Result<(), AppError> {
    let notice = unit.get::<DutyNotice>(id).await?;
    let declaration = unit.get::<Declaration>(&notice.declaration).await?;
    if !matches!(declaration, Declaration::Accepted { .. }) {
        return Ok(());
    }
    let events = clearance::decide_duty_settled(&declaration, DutySettled { notice: id.to_owned(), how })?;
    unit.record::<Declaration>(&notice.declaration, events, unit.at()).await
}

/// When a payment settles, what it pays for is settled.
async fn a_settled_payment_settles_what_it_pays(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let payment = unit.get::<Payment>(id).await?;
    let clearance::PaymentPhase::Settled { bank_reference, at } = payment.phase.clone() else { return Ok(()) };
    match &payment.purpose {
        PaymentPurpose::DutyNotice(notice_id) => {
            let notice = unit.get::<DutyNotice>(notice_id).await?;
            let paid = clearance::Paid { payment: id.to_owned(), bank_reference, at, amount: payment.amount };
            let events = clearance::decide_notice_paid(&notice, paid)?;
            unit.record::<DutyNotice>(notice_id, events, unit.at()).await
        }
        PaymentPurpose::DeliveryOrder(order_id) => {
            let order = unit.get::<DeliveryOrder>(order_id).await?;
            let events = logistics::decide_charges_paid(&order, ChargesPaid { payment: id.to_owned(), amount: payment.amount })?;
            unit.record::<DeliveryOrder>(order_id, events, unit.at()).await
        }
    }
}

/// When a payment fails, what it was for is due again, with the reason.
async fn a_failed_payment_leaves_it_due(unit: &mut Unit<'_>, id: &str, reason: &str) -> Result<(), AppError> {
    let payment = unit.get::<Payment>(id).await?;
    match &payment.purpose {
        PaymentPurpose::DutyNotice(notice_id) => {
            let notice = unit.get::<DutyNotice>(notice_id).await?;
            let events =
                clearance::decide_notice_payment_failed(&notice, PaymentFailed { payment: id.to_owned(), reason: reason.to_owned() })?;
            unit.record::<DutyNotice>(notice_id, events, unit.at()).await
        }
        // The charges of a delivery order were never anything but unpaid.
        PaymentPurpose::DeliveryOrder(_) => Ok(()),
    }
}

/// When a delivery order is issued or passed on, or its free period begins, its boxes carry it, its holder and the end of free storage.
async fn an_issued_order_covers_its_boxes(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let order = unit.get::<DeliveryOrder>(id).await?;
    for container in &order.containers {
        let state = unit.get::<Container>(container).await?;
        if matches!(state.place, Place::Gone { .. } | Place::Shipped { .. }) {
            continue;
        }
        let issued = OrderIssued { delivery_order: id.to_owned(), holder: order.holder.clone(), free_until: order.free_until };
        let events = logistics::decide_order_issued(&state, issued)?;
        unit.record::<Container>(container, events, unit.at()).await?;
    }
    Ok(())
}

/// When a delivery order is cancelled, its boxes carry it no more, and another may be asked for on its bill.
async fn a_cancelled_order_frees_its_bill_and_boxes(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let order = unit.get::<DeliveryOrder>(id).await?;
    for container in &order.containers {
        if let Some(state) = unit.load::<Container>(container).await?
            && state.order.as_ref().is_some_and(|on_box| on_box.id == id)
        {
            let events = logistics::decide_order_ended(&state, OrderEnded { delivery_order: id.to_owned() })?;
            unit.record::<Container>(container, events, unit.at()).await?;
        }
    }
    if let Some(bill) = unit.load::<Bill>(&order.bill).await?
        && bill.delivery_order.as_deref() == Some(id)
        && !matches!(bill.phase, BillPhase::Cancelled { .. })
    {
        let events = manifest::decide_order_ended(&bill, manifest::OrderEnded { delivery_order: id.to_owned() })?;
        unit.record::<Bill>(&order.bill, events, unit.at()).await?;
    }
    Ok(())
}

/// When a suspension is lifted, or the suspended declaration ends, its boxes are free of it.
async fn a_lifted_hold_frees_the_boxes(unit: &mut Unit<'_>, id: &str, by: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    // A draft, or one that ended before it was accepted, never held anything: another declaration may hold the boxes of this bill.
    let bill = unit.load::<Bill>(declaration.form().bill_no.trim()).await?;
    if bill.is_none_or(|bill| bill.declaration.as_deref() != Some(id)) {
        return Ok(());
    }
    for container in boxes_of(unit, id).await? {
        if let Some(state) = unit.load::<Container>(&container).await?
            && let Ok(events) = logistics::decide_lift_hold(&state, HoldLifted { by: by.to_owned() })
        {
            unit.record::<Container>(&container, events, unit.at()).await?;
        }
    }
    Ok(())
}

/// When customs suspends a declaration, its boxes do not leave.
async fn a_held_declaration_holds_its_boxes(unit: &mut Unit<'_>, id: &str, reason: &str, officer: &str) -> Result<(), AppError> {
    for container in boxes_of(unit, id).await? {
        if let Some(state) = unit.load::<Container>(&container).await?
            && let Ok(events) = logistics::decide_hold(&state, Held { reason: reason.to_owned(), by: officer.to_owned() })
        {
            unit.record::<Container>(&container, events, unit.at()).await?;
        }
    }
    Ok(())
}

/// When customs suspends a declaration, or no longer, the terminal is told by message: what is held does not leave.
async fn a_hold_is_told_to_the_terminal(unit: &mut Unit<'_>, id: &str, reason: Option<&str>) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let number = declaration.form().bill_no.trim().to_owned();
    let Some(bill) = unit.load::<Bill>(&number).await?.filter(|bill| bill.declaration.as_deref() == Some(id)) else { return Ok(()) };
    let Some(call) = unit.load::<ShipCall>(&bill.call).await? else { return Ok(()) };
    let outgoing = Outgoing::Hold {
        bill: number,
        entry_id: declaration.entry_id().unwrap_or_default().to_owned(),
        containers: bill.content.containers.iter().map(|c| c.number.clone()).collect(),
        ship_name: call.ship_name,
        voyage: call.voyage_in,
        reason: reason.map(str::to_owned),
        at: unit.at(),
    };
    inbox::prepare(unit, &call.terminal, None, &outgoing, Some(ObjectRef::new(Declaration::KIND, id))).await?;
    Ok(())
}

/// When a declaration is released, its boxes are released, and the terminal is told by message.
async fn a_released_declaration_releases_its_boxes_and_tells_the_terminal(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let number = declaration.form().bill_no.trim().to_owned();
    let bill = unit.get::<Bill>(&number).await?;
    let call = unit.get::<ShipCall>(&bill.call).await?;
    for container in boxes_of(unit, id).await? {
        let mut state = unit.get::<Container>(&container).await?;
        if state.hold().is_some() {
            let lifted = logistics::decide_lift_hold(&state, HoldLifted { by: "declaration".into() })?;
            unit.record::<Container>(&container, lifted, unit.at()).await?;
            state = unit.get::<Container>(&container).await?;
        }
        let command = Released { declaration: id.to_owned(), broker: Some(declaration.parties().broker.clone()) };
        if let Ok(events) = logistics::decide_release(&state, command) {
            unit.record::<Container>(&container, events, unit.at()).await?;
        }
    }
    let outgoing = Outgoing::Release {
        bill: number,
        entry_id: declaration.entry_id().unwrap_or_default().to_owned(),
        containers: bill.content.containers.iter().map(|c| container_number(&c.number).to_owned()).collect(),
        ship_name: call.ship_name,
        voyage: call.voyage_in,
        at: unit.at(),
    };
    inbox::prepare(unit, &call.terminal, None, &outgoing, Some(ObjectRef::new(Declaration::KIND, id))).await?;
    Ok(())
}

/// When a declaration is withdrawn or sent back, its bill may be declared again.
async fn an_ended_declaration_frees_its_bill(unit: &mut Unit<'_>, id: &str, end: DeclarationEnd) -> Result<(), AppError> {
    let declaration = unit.get::<Declaration>(id).await?;
    let number = declaration.form().bill_no.trim().to_owned();
    if let Some(bill) = unit.load::<Bill>(&number).await?
        && bill.declaration.as_deref() == Some(id)
    {
        let events = manifest::decide_declaration_ended(&bill, DeclarationEnded { declaration: id.to_owned(), end })?;
        unit.record::<Bill>(&number, events, unit.at()).await?;
    }
    Ok(())
}

async fn boxes_of(unit: &mut Unit<'_>, declaration: &str) -> Result<Vec<String>, AppError> {
    let declaration = unit.get::<Declaration>(declaration).await?;
    let Some(bill) = unit.load::<Bill>(declaration.form().bill_no.trim()).await? else { return Ok(Vec::new()) };
    Ok(bill.content.containers.iter().map(|c| container_id(&c.number, &bill.call)).collect())
}
