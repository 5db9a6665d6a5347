//! What rail supervision messages and air cargo messages become, and how they are answered.

use codes::{Finding, Severity, Text};
use ledger::{ObjectRef, Timestamp};
use manifest::{ConveyancePlan, LineKey, TransportMode, WaybillForm};

use super::act::refused;
use super::act_reports::part;
use super::whole;
use crate::conveyances::{DeleteSheet, DescribeWaybill, ListHouses, ReportSheet, SheetOutcome, SubmitFlight, TellStatus};
use crate::exchange::{
    AirAnswer, AirRead, AirStatusRead, Content, FlightRead, MessageFinding, MessageRead, RailAnswer, RailFunction, RailRead, RailReceipt,
};
use crate::{App, AppError, Context};

/// Longest reason told in a receipt, characters.
const NOTE_MAX: usize = 200;
/// Most reasons told in an answer to an air message.
const REASONS_MAX: usize = 20;
/// Days by which a date without a year may lie ahead of the message: flights are manifested shortly before.
const AHEAD_DAYS_MAX: i64 = 180;

/// `/lines/3/waybill` → 3, for the given list.
fn index_of(pointer: &str, list: &str) -> Option<usize> {
    pointer.strip_prefix(list)?.strip_prefix('/')?.split('/').next()?.parse().ok()
}

impl App {
    pub(super) async fn act_rail(
        &self,
        ctx: &Context,
        read: &RailRead,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let done = match read.function {
            RailFunction::Report => {
                let command = ReportSheet {
                    sheet: read.sheet,
                    conveyance: None,
                    lines: read.lines.iter().map(|line| line.line.clone()).collect(),
                    place: read.place.clone(),
                    began_at: read.began_at,
                    ended_at: read.ended_at,
                };
                self.execute(ctx, &command).await.map(|done| done.outcome)
            }
            RailFunction::Delete => {
                let key = |line: &crate::exchange::RailLine| LineKey {
                    waybill: line.line.waybill.clone(),
                    unit: line.line.unit.name().to_owned(),
                };
                let command = DeleteSheet { sheet: read.sheet, conveyance: None, lines: read.lines.iter().map(key).collect() };
                self.execute(ctx, &command).await.map(|done| done.outcome)
            }
        };
        let outcome: SheetOutcome = match done {
            Ok(outcome) => outcome,
            Err(error) => return refused(error, reference, findings),
        };
        objects.extend(outcome.conveyances.into_iter().map(|id| ObjectRef::new("conveyance", id)));
        findings.extend(outcome.findings.into_iter().map(|finding| {
            let place = index_of(&finding.pointer, "/lines").and_then(|n| read.lines.get(n));
            MessageFinding {
                segment: place.map(|line| line.segment),
                offset: place.map(|line| line.offset),
                message_reference: Some(reference.to_owned()),
                ..whole(finding)
            }
        }));
        Ok(outcome.accepted > 0)
    }

    pub(super) async fn act_air(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        read: &AirRead,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let told = |found: Vec<Finding>| {
            found.into_iter().map(|finding| MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) })
        };
        let done = match read {
            AirRead::Flight(flight) => return self.act_flight(ctx, received_at, flight, reference, findings, objects).await,
            AirRead::Waybill { number, content } => {
                self.execute(ctx, &DescribeWaybill { number: number.clone(), content: content.clone() }).await
            }
            AirRead::Houses { number, houses } => self.execute(ctx, &ListHouses { number: number.clone(), houses: houses.clone() }).await,
            AirRead::Statuses { number, statuses } => {
                return self.act_statuses(ctx, received_at, (number, statuses), reference, findings, objects).await;
            }
        };
        match done {
            Ok(done) => {
                objects.push(ObjectRef::new("waybill", done.outcome.number));
                findings.extend(told(done.outcome.findings));
                Ok(true)
            }
            Err(error) => refused(error, reference, findings),
        }
    }

    async fn act_statuses(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        (number, statuses): (&str, &[AirStatusRead]),
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let mut any = false;
        for (index, read) in statuses.iter().enumerate() {
            let at = read.told.and_then(|(day, month, hour, minute)| self.dated((day, month), (hour, minute), received_at));
            let status = manifest::AirStatus { at, ..read.status.clone() };
            let before = findings.len();
            match self.execute(&part(ctx, index), &TellStatus { number: number.to_owned(), status }).await {
                Ok(_) => any = true,
                // Told again is no fault.
                Err(AppError::Refused(refusal)) if refusal.code == "waybill-unchanged" => any = true,
                Err(error) => {
                    refused(error, reference, findings)?;
                }
            }
            for found in &mut findings[before..] {
                (found.segment, found.offset) = (Some(read.segment), Some(read.offset));
            }
        }
        if any {
            objects.push(ObjectRef::new("waybill", number));
        }
        Ok(any)
    }

    async fn act_flight(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        read: &FlightRead,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let told = |finding| MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) };
        let airport = self.port().airport.clone();
        let flow = self.air_flow(&read.loading);
        let here = |place: &str| flow == codes::Flow::Export || place.eq_ignore_ascii_case(&airport);
        let own: Vec<_> = read.waybills.iter().filter(|one| here(&one.unloading)).collect();
        if !read.unloading.iter().any(|place| here(place)) || own.is_empty() {
            findings.push(told(Finding::error(
                "air-flight-elsewhere",
                "/flight",
                Text::new(format!("航班没有在 {airport} 装卸的货物。"), format!("The flight loads and unloads nothing at {airport}.")),
                Text::new("核对装卸机场，或联系口岸核对机场代码配置。", "Check the airports, or ask the port about its airport code."),
            )));
            return Ok(false);
        }
        let Some(departs) = self.dated(read.departs, read.departs_at.unwrap_or((0, 0)), received_at) else {
            findings.push(told(Finding::error(
                "air-flight-date",
                "/flight",
                Text::new("航班日期不存在。", "There is no such date."),
                Text::new("更正为两位日和三位月份，如 27NOV。", "Give two digits and a month of three letters, such as 27NOV."),
            )));
            return Ok(false);
        };
        let (year, month, day, ..) = departs.civil(self.port().utc_offset_minutes);
        let destination = own.first().map_or_else(|| airport.clone(), |one| one.unloading.clone());
        let plan = ConveyancePlan {
            mode: TransportMode::Air,
            flow,
            number: read.flight.clone(),
            day: format!("{year:04}-{month:02}-{day:02}"),
            origin: read.loading.clone(),
            destination,
            border: None,
            place: None,
            expected_at: departs,
        };
        let waybills: Vec<WaybillForm> = own.iter().map(|one| one.form.clone()).collect();
        let command = SubmitFlight { plan, waybills, complete: read.complete };
        let place = |found: &mut MessageFinding| {
            if let Some(one) = index_of(&found.finding.pointer, "/waybills").and_then(|n| own.get(n)) {
                (found.segment, found.offset) = (Some(one.segment), Some(one.offset));
            }
        };
        let before = findings.len();
        let acted = match self.execute(ctx, &command).await {
            Ok(done) => {
                objects.push(ObjectRef::new("conveyance", done.outcome.id));
                objects.extend(own.iter().map(|one| ObjectRef::new("waybill", one.form.number.clone())));
                findings.extend(done.outcome.findings.into_iter().map(told));
                Ok(true)
            }
            Err(error) => refused(error, reference, findings),
        };
        findings[before..].iter_mut().for_each(place);
        acted
    }

    /// The instant of a day and month without a year: the one nearest to when the message came, at most half a year ahead of it.
    fn dated(&self, (day, month): (u32, u32), (hour, minute): (u32, u32), near: Timestamp) -> Option<Timestamp> {
        let offset = self.port().utc_offset_minutes;
        let (year, ..) = near.civil(offset);
        let in_year = |year| Timestamp::from_civil((year, month, day), (hour, minute, 0), offset);
        let fits = |at: &Timestamp| *at <= near.plus_days(AHEAD_DAYS_MAX) && *at >= near.plus_days(AHEAD_DAYS_MAX - 366);
        [year + 1, year, year - 1].into_iter().filter_map(in_year).find(fits)
    }
}

/// The receipt of a rail supervision message; none for one that could not be read as such.
pub(super) fn rail_receipt(message: &MessageRead, accepted: bool, findings: &[MessageFinding]) -> Option<RailReceipt> {
    let errors = || findings.iter().filter(|found| found.finding.severity == Severity::Error);
    let said = |found: &MessageFinding| {
        let text = format!("{} {}", found.finding.code, found.finding.message.zh);
        text.chars().take(NOTE_MAX).collect::<String>()
    };
    let mut answers: Vec<RailAnswer> = Vec::new();
    if let Some(Content::Rail(read)) = &message.content {
        for (index, line) in read.lines.iter().enumerate() {
            let fault = errors().find(|found| index_of(&found.finding.pointer, "/lines") == Some(index));
            let number = &line.line.waybill;
            let known = answers.iter_mut().find(|answer| answer.number == *number);
            let answer = match known {
                Some(answer) => answer,
                None => {
                    let wagon = line.line.unit.wagon.clone();
                    answers.push(RailAnswer { number: number.clone(), wagon, accepted, note: String::new() });
                    answers.last_mut()?
                }
            };
            if let Some(fault) = fault {
                answer.accepted = false;
                if answer.note.is_empty() {
                    answer.note = said(fault);
                }
            }
        }
    }
    let note = errors().next().filter(|_| !accepted).map(said).unwrap_or_default();
    let message_id = message.reference.clone();
    Some(RailReceipt { answered: message.kind.clone(), message_id, accepted, note, answers })
}

/// The answer to an air cargo message.
pub(super) fn air_answer(accepted: bool, findings: &[MessageFinding]) -> AirAnswer {
    let of = |severity: Severity| findings.iter().filter(move |found| found.finding.severity == severity);
    let told = of(Severity::Error).chain(of(Severity::Warning));
    let reasons = told.take(REASONS_MAX).map(|found| {
        let line = found.segment.map(|line| format!(" LINE {line}")).unwrap_or_default();
        format!("{}{line} {}", found.finding.code, found.finding.message.en)
    });
    AirAnswer { accepted, reasons: reasons.collect(), received: Vec::new() }
}
