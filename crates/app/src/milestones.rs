//! Which event marks which milestone of the containers it concerns (TIM-01).

use ledger::{ObjectLink, Timestamp};
use store::{Milestone, MilestoneMark};

/// The milestone that an event kind marks on every container it names.
pub const fn of(kind: &str) -> Option<Milestone> {
    Some(match kind.as_bytes() {
        b"container.discharged" => Milestone::Discharged,
        b"declaration.accepted" => Milestone::Declared,
        b"declaration.decided" => Milestone::Decided,
        b"inspection.ordered" => Milestone::InspectionOrdered,
        b"inspection.resulted" => Milestone::Inspected,
        b"duty-notice.issued" => Milestone::DutyIssued,
        b"duty-notice.paid" | b"duty-notice.guaranteed" => Milestone::DutySettled,
        b"declaration.released" => Milestone::Released,
        b"delivery-order.requested" => Milestone::DeliveryOrderRequested,
        b"delivery-order.issued" => Milestone::DeliveryOrderIssued,
        b"booking.made" => Milestone::Booked,
        b"container.gated-in" => Milestone::GatedIn,
        b"container.gated-out" => Milestone::GatedOut,
        _ => return None,
    })
}

pub(crate) fn mark(marks: &mut Vec<MilestoneMark>, kind: &str, objects: &[ObjectLink], at: Timestamp) {
    let Some(milestone) = of(kind) else { return };
    for link in objects.iter().filter(|link| link.object.kind == "container") {
        marks.push(MilestoneMark { container: link.object.id.clone(), milestone, at, terminal: None });
    }
}
