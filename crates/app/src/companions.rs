//! The boxes that an event about papers concerns: a declaration names its bill, and the bill knows its boxes.

use std::any::Any;

use clearance::{Declaration, DutyNotice, Payment, PaymentPurpose};
use ledger::{Aggregate, ObjectRef};
use logistics::{Container, container_id};
use manifest::Bill;

use crate::{AppError, Unit};

/// Is this a kind of object that [`of`] knows companions of? Boxes, moved by the thousand, are spared the question.
pub(crate) fn may_have<A: Aggregate>() -> bool {
    [Declaration::KIND, DutyNotice::KIND, Payment::KIND].contains(&A::KIND)
}

/// The container objects that an event of this object concerns besides those its room names.
pub(crate) async fn of<A: Aggregate + Any>(unit: &mut Unit<'_>, state: &A) -> Result<Vec<ObjectRef>, AppError> {
    let state: &dyn Any = state;
    if let Some(declaration) = state.downcast_ref::<Declaration>() {
        return of_bill(unit, declaration).await;
    }
    if let Some(notice) = state.downcast_ref::<DutyNotice>() {
        return of_declaration(unit, notice.declaration.clone()).await;
    }
    if let Some(payment) = state.downcast_ref::<Payment>()
        && let PaymentPurpose::DutyNotice(notice) = &payment.purpose
        && let Some(notice) = Box::pin(unit.load::<DutyNotice>(notice)).await?
    {
        return of_declaration(unit, notice.declaration).await;
    }
    Ok(Vec::new())
}

async fn of_declaration(unit: &mut Unit<'_>, id: String) -> Result<Vec<ObjectRef>, AppError> {
    match unit.load::<Declaration>(&id).await? {
        Some(declaration) => of_bill(unit, &declaration).await,
        None => Ok(Vec::new()),
    }
}

/// A draft concerns no box yet: whoever types a bill number has declared nothing.
async fn of_bill(unit: &mut Unit<'_>, declaration: &Declaration) -> Result<Vec<ObjectRef>, AppError> {
    if declaration.case().is_none() {
        return Ok(Vec::new());
    }
    let number = declaration.form().bill_no.trim().to_owned();
    let Some(bill) = unit.load::<Bill>(&number).await? else { return Ok(Vec::new()) };
    Ok(bill.content.containers.iter().map(|c| ObjectRef::new(Container::KIND, container_id(&c.number, &bill.call))).collect())
}
