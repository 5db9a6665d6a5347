//! Reports, expected ships and releases of carriers: what a message tells becomes records, announcements and delivery orders.

use codes::{Finding, Text};
use ledger::{ObjectRef, Timestamp};
use logistics::{ListedBox, Said, WorkOrder};
use manifest::Bill;
use port_call::{AnnounceCall as Announce, CallPhase, ChangeCall as Change, ShipCall};

use super::act::{made_at, refused};
use super::whole;
use crate::calls::{AnnounceCall, ChangeCall, Way};
use crate::exchange::{BoxRead, CallClue, MessageFinding, MessageRead, ReportsRead};
use crate::orders::IssueOrder;
use crate::reports::{BILLS_AT_ONCE, BOXES_AT_ONCE, RecordReports};
use crate::work_orders::{self, CancelWork, OrderWork, OrderedWork, Wanted};
use crate::{App, AppError, Context, Happens, IdempotencyKey, Role};

/// A further use case of the same message under a key of its own, so that it, too, is done once.
pub(super) fn part(ctx: &Context, name: impl std::fmt::Display) -> Context {
    let idempotency = ctx.idempotency.as_ref().map(|key| IdempotencyKey { key: format!("{}/{name}", key.key) });
    Context { idempotency, ..ctx.clone() }
}

/// A ship that is expected, as a message tells it.
pub(super) struct Expected<'m> {
    pub(super) call: &'m CallClue,
    pub(super) eta: Option<Timestamp>,
    pub(super) berth: Option<&'m str>,
    pub(super) terminal: Option<&'m str>,
}

impl App {
    pub(super) async fn act_reports(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        message: &MessageRead,
        read: &ReportsRead,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let reference = message.reference.as_str();
        let loads = |told: &BoxRead| matches!(told.said, Said::Loaded { .. } | Said::LoadingOrdered { .. });
        let way = if read.boxes.iter().any(loads) { Way::Out } else { Way::In };
        let call = self.find_call(&read.call, way, &ctx.principal.organisation).await?.map(|(id, _)| id);
        let ship = read.ship.clone().map(|said| self.for_this_port(said, &read.boxes));
        let (mut recorded, mut unknown, mut repeated) = (0, 0, 0);
        let parts = read.boxes.len().div_ceil(BOXES_AT_ONCE).max(read.bills.len().div_ceil(BILLS_AT_ONCE)).max(1);
        for number in 0..parts {
            let boxes = slice(&read.boxes, number, BOXES_AT_ONCE);
            let command = RecordReports {
                kind: message.kind.clone(),
                document: message.document.clone(),
                function: read.function.clone(),
                call: call.clone(),
                // Not now: a message that is read again after a crash must say the same.
                at: made_at(read.at, received_at),
                boxes: boxes.to_vec(),
                bills: slice(&read.bills, number, BILLS_AT_ONCE).to_vec(),
                ship: ship.clone().filter(|_| number == 0),
            };
            match self.execute(&part(ctx, number), &command).await {
                Ok(done) => {
                    recorded += done.outcome.objects.len();
                    unknown += done.outcome.unknown;
                    repeated += done.outcome.repeated;
                    objects.extend(done.outcome.objects);
                    findings.extend(done.outcome.findings.into_iter().map(|finding| at_its_box(finding, boxes, reference)));
                }
                Err(error) => return refused(error, reference, findings),
            }
        }
        findings.extend(
            summary(recorded, unknown, repeated)
                .map(|finding| MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) }),
        );
        Ok(true)
    }

    /// A discharge or loading order (COPRAR) of the call's own agent is taken over and passed on to the terminal; of others it is recorded only.
    pub(super) async fn act_work_order<W: OrderedWork>(
        &self,
        ctx: &Context,
        read: &ReportsRead,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        let way = if W::KIND == "loading-order" { Way::Out } else { Way::In };
        let Some((call, state)) = self.find_call(&read.call, way, &ctx.principal.organisation).await? else { return Ok(false) };
        if state.agent != ctx.principal.organisation {
            return Ok(false);
        }
        let done = match read.function.as_deref() {
            None | Some("9" | "5") => {
                let boxes = read.boxes.iter().filter_map(listed);
                let wanted = Wanted { boxes: Some(boxes.collect()), ..Wanted::default() };
                self.execute(ctx, &OrderWork::<W>::new(&call, wanted)).await.map(|done| done.outcome.findings)
            }
            Some("1" | "3") => self.execute(ctx, &CancelWork::<W>::new(&call, format!("COPRAR {reference}"))).await.map(|_| Vec::new()),
            Some(other) => {
                findings.push(remark(
                    reference,
                    W::FUNCTION,
                    format!("报文功能 {other} 的{}仅作登记；请以 9、5 或 1 发送完整指令。", W::WORDS.zh),
                    format!("An order with function {other} is recorded only: send the whole order with 9, 5 or 1."),
                ));
                return Ok(false);
            }
        };
        match done {
            Ok(found) => {
                findings.extend(found.into_iter().map(|finding| of_its_number(finding, &read.boxes, reference)));
                objects.push(work_orders::order_ref::<W>(&call));
                Ok(true)
            }
            // The same order once more changes nothing, and is no fault.
            Err(AppError::Refused(refusal)) if refusal.code == W::WORDS.unchanged => {
                findings.push(remark(reference, refusal.code, refusal.text.zh, refusal.text.en));
                Ok(true)
            }
            Err(error) => refused(error, reference, findings),
        }
    }

    /// The carrier's release (COREOR) issues the delivery order that was asked for on its bill.
    pub(super) async fn act_release_order(
        &self,
        ctx: &Context,
        number: &str,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let own = |bill: &Bill| bill.agent == ctx.principal.organisation;
        let Some(order) = self.peek::<Bill>(number).await?.filter(own).and_then(|bill| bill.delivery_order) else {
            findings.push(remark(
                reference,
                "message-order-not-requested",
                format!("提运单 {number} 尚无换单申请；放货通知已登记，待货主申请。"),
                format!("No delivery order was asked for on bill {number}; the release is recorded until one is."),
            ));
            return Ok(false);
        };
        match self.execute(ctx, &IssueOrder { id: order.clone(), free_days: None }).await {
            Ok(_) => {
                objects.push(ObjectRef::new("delivery-order", order));
                Ok(true)
            }
            Err(error) => refused(error, reference, findings),
        }
    }

    /// A ship that is known gets its estimate and berth; one that is not is announced, when enough is told.
    pub(super) async fn act_expected(
        &self,
        ctx: &Context,
        said: &Expected<'_>,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let done = match self.find_call(said.call, Way::In, &ctx.principal.organisation).await? {
            Some((id, call)) => {
                let Some(change) = news(&call, said) else {
                    objects.push(ObjectRef::new("ship-call", id));
                    return Ok(true);
                };
                self.execute(ctx, &ChangeCall { id, change, expected_version: None }).await
            }
            None => match self.announcement(ctx, said).await? {
                Some(call) => self.execute(ctx, &AnnounceCall { call }).await,
                None => {
                    findings.push(remark(
                        reference,
                        "message-call-not-announced",
                        "没有相符的航次，且报文未同时给出船名、IMO 编号、航次、预抵时间和码头，未能代为预报。".to_owned(),
                        "No call matches, and ship name, IMO number, voyage, estimated arrival and terminal are not all told; \
                         none was announced."
                            .to_owned(),
                    ));
                    return Ok(false);
                }
            },
        };
        match done {
            Ok(done) => {
                objects.push(ObjectRef::new("ship-call", done.outcome));
                Ok(true)
            }
            Err(error) => refused(error, reference, findings),
        }
    }

    /// How many of the boxes on board are for this port, the message does not know.
    fn for_this_port(&self, said: port_call::Said, boxes: &[BoxRead]) -> port_call::Said {
        let port_call::Said::Stowage { aboard, .. } = said else { return said };
        let own = self.port().unlocode.as_str();
        let ashore = boxes.iter().filter(|told| matches!(&told.said, logistics::Said::Stowed { discharge: Some(port), .. } if port == own));
        port_call::Said::Stowage { aboard, here: u32::try_from(ashore.count()).unwrap_or(u32::MAX) }
    }

    async fn announcement(&self, ctx: &Context, said: &Expected<'_>) -> Result<Option<Announce>, AppError> {
        let (Some(ship_name), Some(imo), Some(voyage), Some(eta), Some(terminal)) =
            (&said.call.ship_name, &said.call.imo, &said.call.voyage, said.eta, said.terminal)
        else {
            return Ok(None);
        };
        let by_edi = self.organisation_by_edi_id(terminal).await?;
        let known = match by_edi {
            Some(known) => Some(known),
            None => self.organisation(&terminal.to_lowercase()).await?,
        };
        let Some(terminal) = known.filter(|organisation| organisation.role == Role::Terminal) else { return Ok(None) };
        Ok(Some(Announce {
            ship_name: ship_name.clone(),
            imo: imo.clone(),
            voyage_in: voyage.clone(),
            voyage_out: None,
            flag: None,
            agent: ctx.principal.organisation.clone(),
            terminal: terminal.id,
            berth: said.berth.map(str::to_owned),
            eta,
        }))
    }
}

/// A box that a message orders to be discharged or loaded.
fn listed(told: &BoxRead) -> Option<ListedBox> {
    let (Said::DischargeOrdered { cell } | Said::LoadingOrdered { cell }) = &told.said else { return None };
    Some(ListedBox {
        number: told.container.clone(),
        size_type: told.size_type.clone().unwrap_or_default(),
        gross_kg: told.gross,
        bill: None,
        cell: cell.clone(),
    })
}

/// What a message tells of a call that is not known yet; `None` when nothing is new or may still change.
fn news(call: &ShipCall, said: &Expected<'_>) -> Option<Change> {
    let eta = said.eta.filter(|eta| *eta != call.eta && call.phase == CallPhase::Announced);
    let berth = said.berth.map(str::to_owned).filter(|berth| Some(berth) != call.berth.as_ref());
    (eta.is_some() || berth.is_some()).then(|| Change { eta, berth, ..Change::default() })
}

fn slice<T>(all: &[T], number: usize, size: usize) -> &[T] {
    all.chunks(size).nth(number).unwrap_or_default()
}

fn at_its_box(finding: Finding, boxes: &[BoxRead], reference: &str) -> MessageFinding {
    let index = finding.pointer.strip_prefix("/boxes/").and_then(|n| n.parse::<usize>().ok());
    let place = index.and_then(|n| boxes.get(n));
    MessageFinding {
        segment: place.map(|told| told.segment),
        offset: place.map(|told| told.offset),
        segment_tag: place.map(|_| "EQD".into()),
        message_reference: Some(reference.to_owned()),
        finding,
    }
}

/// A difference of an order, at the segment of its box where the message has it.
fn of_its_number(finding: Finding, boxes: &[BoxRead], reference: &str) -> MessageFinding {
    let number = finding.pointer.strip_prefix("/boxes/");
    let index = number.and_then(|number| boxes.iter().position(|told| told.container == number));
    match index {
        Some(index) => at_its_box(Finding { pointer: format!("/boxes/{index}"), ..finding }, boxes, reference),
        None => MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) },
    }
}

fn remark(reference: &str, code: &'static str, zh: String, en: String) -> MessageFinding {
    let hint = Text::new("无需重发；如有误请更正后重发。", "Nothing has to be sent again unless something is wrong.");
    MessageFinding { message_reference: Some(reference.to_owned()), ..whole(Finding::info(code, "", Text::new(zh, en), hint)) }
}

/// One remark for everything that is not known here, and one for what was told before.
fn summary(recorded: usize, unknown: u64, repeated: u64) -> impl Iterator<Item = Finding> {
    let hint =
        || Text::new("无需处理；报文可按箱号、提单号和船名查到。", "Nothing to do: the message is found by its boxes, bills and ship.");
    let not_known = (unknown > 0).then(|| {
        Finding::info(
            "report-objects-unknown",
            "",
            Text::new(
                format!("已登记 {recorded} 项；另有 {unknown} 项箱或提运单在本平台没有记录，或与贵单位无关，仅随报文保存。"),
                format!(
                    "{recorded} recorded; {unknown} boxes or bills are not known here or do not concern you, and are kept with the message."
                ),
            ),
            hint(),
        )
    });
    let told_before = (repeated > 0).then(|| {
        Finding::info(
            "report-repeated",
            "",
            Text::new(
                format!("{repeated} 项内容已登记过，未重复登记。"),
                format!("{repeated} were told before and are not recorded twice."),
            ),
            hint(),
        )
    });
    not_known.into_iter().chain(told_before)
}
