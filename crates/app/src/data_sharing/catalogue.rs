//! The catalogue of data resources (数据资源目录): what there is, whose, which fields, how sensitive, how current, from what use.
//!
//! A resource is a table of columns. Each column is a field together with the function that reads it from a row, and the rows come from the
//! query below the table: what is described and what is delivered are the same lines of code.

use std::collections::BTreeSet;

use clearance::Declaration;
use ledger::{Aggregate as _, ObjectRef, Timestamp};
use logistics::{Container, Customs, Direction, GateOutcome, GateTransaction, container_number};
use port_call::ShipCall;
use serde_json::Value;
use sharing::{Field, FieldKind, Sensitivity};
use store::{JourneyQuery, JourneyRow, Milestone, Visibility, WorkOrder, WorkQuery};

use crate::counters::{day_of, day_start};
use crate::directory::Organisation;
use crate::{App, AppError, Role};

/// Ship calls announced within so many days before the end of the period are told.
const CALL_DAYS: i64 = 60;
/// How long figures of a day that is over are not counted anew, ms: five minutes.
const DAY_REMEMBERED_MS: i64 = 300_000;
/// Longest container id in a cursor, bytes.
const CURSOR_ID_MAX: usize = 64;

/// Which rows are wanted.
#[derive(Clone, Debug)]
pub struct Window {
    /// From (inclusive).
    pub from: Timestamp,
    /// To (exclusive).
    pub to: Timestamp,
    /// Who provides: a terminal's resource holds its own rows alone.
    pub provider: String,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Rows wanted.
    pub limit: u32,
}

/// Rows of a resource, each a value per field in the order of [`DataResource::fields`].
#[derive(Clone, Debug, Default)]
pub struct RowPage {
    /// Rows.
    pub rows: Vec<Vec<Value>>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// What the catalogue says about a resource besides its fields.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Id.
    pub id: &'static str,
    /// Name (zh, en).
    pub name: (&'static str, &'static str),
    /// What it is (zh, en).
    pub text: (&'static str, &'static str),
    /// Who provides it: organisations with this role. Of customs, the office whose district is the port's.
    pub provider: Role,
    /// How current (zh, en).
    pub current: (&'static str, &'static str),
    /// Which rows a period selects (zh, en).
    pub period: (&'static str, &'static str),
    /// Use cases whose events make it, by name.
    pub made_by: &'static [&'static str],
}

/// A data resource that the platform serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataResource {
    /// Release status of boxes (集装箱放行状态).
    ReleaseStatus,
    /// Clearance-time milestones (通关时间节点).
    ClearanceMilestones,
    /// Gate events (闸口进出记录).
    GateEvents,
    /// Ship calls (船舶动态).
    ShipCalls,
    /// Inspection figures (查验统计).
    InspectionFigures,
}

/// A field, and how it is read.
struct Column<R: 'static> {
    field: Field,
    read: fn(&R) -> Value,
}

const fn column<R>(
    name: &'static str,
    kind: FieldKind,
    sensitivity: Sensitivity,
    (zh, en): (&'static str, &'static str),
    read: fn(&R) -> Value,
) -> Column<R> {
    Column { field: Field { name, zh, en, kind, sensitivity }, read }
}

use FieldKind::{Code, Day, Number, Text, Time};
use Sensitivity::{Internal, Open, Personal, TradeSecret};

fn text(value: impl Into<String>) -> Value {
    Value::String(value.into())
}
fn some(value: Option<&String>) -> Value {
    value.map_or(Value::Null, text)
}
fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| text(at.to_string()))
}

type Released = (JourneyRow, Container);

const RELEASE_STATUS: &[Column<Released>] = &[
    column("container_no", Text, Internal, ("箱号", "Container number"), |(_, c)| text(&c.number)),
    column("size_type", Code, Open, ("箱型尺寸", "Size and type"), |(_, c)| text(&c.size_type)),
    column("bill_no", Text, TradeSecret, ("提运单号", "Bill number"), |(_, c)| some(c.bill.as_ref())),
    column("call", Text, Internal, ("航次编号", "Ship call"), |(_, c)| text(&c.call)),
    column("terminal", Code, Open, ("码头", "Terminal"), |(_, c)| text(&c.terminal)),
    column("released_at", Time, Internal, ("放行时间", "Released at"), |(j, _)| time(j.at[Milestone::Released.index()])),
    column("customs_status", Code, Internal, ("交付时海关状态", "Customs status at delivery"), |(_, c)| {
        text(match c.customs {
            Customs::NotReleased => "not-released",
            Customs::Released { .. } => "released",
            Customs::Held { .. } => "held",
        })
    }),
    column("declaration", Text, TradeSecret, ("报关单编号", "Declaration"), |(_, c)| some(declaration_of(c).as_ref())),
    column("left_at", Time, Internal, ("出闸时间", "Left the gate at"), |(j, _)| time(j.at[Milestone::GatedOut.index()])),
];

const CLEARANCE_MILESTONES: &[Column<JourneyRow>] = &[
    column("container_no", Text, Internal, ("箱号", "Container number"), |j| text(container_number(&j.container))),
    column("terminal", Code, Open, ("码头", "Terminal"), |j| some(j.terminal.as_ref())),
    column("ship_arrived_at", Time, Internal, ("船舶抵港", "Ship arrived"), |j| time(j.at[Milestone::ShipArrived.index()])),
    column("discharged_at", Time, Internal, ("卸船", "Discharged"), |j| time(j.at[Milestone::Discharged.index()])),
    column("declared_at", Time, Internal, ("申报受理", "Declaration accepted"), |j| time(j.at[Milestone::Declared.index()])),
    column("decided_at", Time, Internal, ("布控答复", "Risk decision"), |j| time(j.at[Milestone::Decided.index()])),
    column("inspection_ordered_at", Time, Internal, ("查验指令", "Inspection ordered"), |j| {
        time(j.at[Milestone::InspectionOrdered.index()])
    }),
    column("inspected_at", Time, Internal, ("查验完毕", "Inspected"), |j| time(j.at[Milestone::Inspected.index()])),
    column("duty_issued_at", Time, Internal, ("税单签发", "Duty notice issued"), |j| time(j.at[Milestone::DutyIssued.index()])),
    column("duty_settled_at", Time, TradeSecret, ("税费缴纳或担保", "Duty paid or secured"), |j| {
        time(j.at[Milestone::DutySettled.index()])
    }),
    column("released_at", Time, Internal, ("放行", "Released"), |j| time(j.at[Milestone::Released.index()])),
    column("order_requested_at", Time, Internal, ("申请换单", "Delivery order requested"), |j| {
        time(j.at[Milestone::DeliveryOrderRequested.index()])
    }),
    column("order_issued_at", Time, Internal, ("换单完成", "Delivery order issued"), |j| {
        time(j.at[Milestone::DeliveryOrderIssued.index()])
    }),
    column("booked_at", Time, Internal, ("预约提箱", "Pick-up booked"), |j| time(j.at[Milestone::Booked.index()])),
    column("gated_in_at", Time, Internal, ("提箱进闸", "Truck entered"), |j| time(j.at[Milestone::GatedIn.index()])),
    column("gated_out_at", Time, Internal, ("提箱出闸", "Box left"), |j| time(j.at[Milestone::GatedOut.index()])),
];

const GATE_EVENTS: &[Column<GateTransaction>] = &[
    column("at", Time, Internal, ("时间", "When"), |g| time(Some(g.record.at))),
    column("terminal", Code, Open, ("码头", "Terminal"), |g| text(&g.record.terminal)),
    column("lane", Code, Open, ("闸道", "Lane"), |g| text(&g.record.lane)),
    column("direction", Code, Open, ("方向", "Direction"), |g| {
        text(match g.record.direction {
            Direction::In => "in",
            Direction::Out => "out",
        })
    }),
    column("plate", Text, Personal, ("车牌号", "Plate"), |g| text(&g.record.plate)),
    column("container_no", Text, Internal, ("箱号", "Container number"), |g| {
        g.record.container.as_deref().map_or(Value::Null, |id| text(container_number(id)))
    }),
    column("trucker", Code, Internal, ("车队", "Haulier"), |g| some(g.record.trucker.as_ref())),
    column("outcome", Code, Internal, ("结果", "Outcome"), |g| text(g.status())),
    column("reasons", Code, Internal, ("拒绝原因代码", "Codes of the reasons of a refusal"), |g| match &g.outcome {
        GateOutcome::Passed { .. } => Value::Null,
        GateOutcome::Refused { reasons } => text(reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" ")),
    }),
];

const SHIP_CALLS: &[Column<(String, ShipCall)>] = &[
    column("call", Text, Open, ("航次编号", "Ship call"), |(id, _)| text(id)),
    column("ship_name", Text, Open, ("船名", "Ship"), |(_, c)| text(&c.ship_name)),
    column("imo", Text, Open, ("IMO 船舶识别号", "IMO number"), |(_, c)| text(&c.imo)),
    column("flag", Code, Open, ("船旗国", "Flag"), |(_, c)| some(c.flag.as_ref())),
    column("voyage_in", Text, Open, ("进口航次", "Inbound voyage"), |(_, c)| text(&c.voyage_in)),
    column("voyage_out", Text, Open, ("出口航次", "Outbound voyage"), |(_, c)| some(c.voyage_out.as_ref())),
    column("agent", Code, Internal, ("船代", "Ship agent"), |(_, c)| text(&c.agent)),
    column("terminal", Code, Open, ("码头", "Terminal"), |(_, c)| text(&c.terminal)),
    column("berth", Text, Open, ("泊位", "Berth"), |(_, c)| some(c.berth.as_ref())),
    column("eta", Time, Open, ("预计抵港", "Expected"), |(_, c)| time(Some(c.eta))),
    column("ata", Time, Open, ("实际抵港", "Arrived"), |(_, c)| time(c.ata())),
    column("entry_declared_at", Time, Internal, ("申报进境", "Entry declared"), |(_, c)| time(c.entry_declared_at())),
    column("atd", Time, Open, ("实际离港", "Left"), |(_, c)| match c.phase {
        port_call::CallPhase::Departed { atd, .. } => time(Some(atd)),
        port_call::CallPhase::Announced | port_call::CallPhase::Arrived { .. } | port_call::CallPhase::Cancelled { .. } => Value::Null,
    }),
    column("status", Code, Open, ("状态", "Status"), |(_, c)| text(c.status())),
];

/// Boxes of a day.
struct DayFigures {
    day: String,
    declared: u64,
    ordered: u64,
    declared_ordered: u64,
    inspected: u64,
    released: u64,
}

const INSPECTION_FIGURES: &[Column<DayFigures>] = &[
    column("day", Day, Open, ("日期", "Day"), |d| text(&d.day)),
    column("declared", Number, Open, ("申报受理箱数", "Boxes declared"), |d| d.declared.into()),
    column("inspection_ordered", Number, Open, ("布控查验箱数", "Boxes ordered for inspection"), |d| d.ordered.into()),
    column("inspected", Number, Open, ("查验完毕箱数", "Boxes inspected"), |d| d.inspected.into()),
    column("released", Number, Open, ("放行箱数", "Boxes released"), |d| d.released.into()),
    column(
        "declared_ordered",
        Number,
        Open,
        ("当日申报箱中至交付时已布控查验", "Of the boxes declared that day, ordered for inspection so far"),
        |d| d.declared_ordered.into(),
    ),
    column(
        "inspection_per_mille",
        Number,
        Open,
        ("查验率（当日申报箱，千分之）", "Of a thousand boxes declared that day, ordered for inspection so far"),
        |d| (d.declared_ordered * 1_000).checked_div(d.declared).map_or(Value::Null, Value::from),
    ),
];

fn fields_of<R>(columns: &[Column<R>]) -> Vec<Field> {
    columns.iter().map(|column| column.field).collect()
}

fn cells<R>(columns: &[Column<R>], rows: &[R], next: Option<String>) -> RowPage {
    RowPage { rows: rows.iter().map(|row| columns.iter().map(|column| (column.read)(row)).collect()).collect(), next }
}

impl DataResource {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::ReleaseStatus, Self::ClearanceMilestones, Self::GateEvents, Self::ShipCalls, Self::InspectionFigures];

    /// The resource with an id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.about().id == id)
    }

    /// What the catalogue says.
    pub const fn about(self) -> About {
        match self {
            Self::ReleaseStatus => About {
                id: "release-status",
                name: ("集装箱放行状态", "Release status of boxes"),
                text: ("海关放行的集装箱及其在交付时的状态。", "Boxes that customs released, with their status at the moment of delivery."),
                provider: Role::Customs,
                current: ("放行后即可取得。", "Available as soon as a box is released."),
                period: ("按放行时间选取。", "By the time of release."),
                made_by: &["declaration.release", "declaration.submit", "declaration.hold"],
            },
            Self::ClearanceMilestones => About {
                id: "clearance-milestones",
                name: ("通关时间节点", "Clearance-time milestones"),
                text: (
                    "本关区放行且已出闸集装箱的全部节点时间，与通关时效统计同源。",
                    "Every milestone of the boxes that left the gate and were released by this district: the very times that the clearance-time figures are made from.",
                ),
                provider: Role::Customs,
                current: ("出闸后即可取得。", "Available as soon as a box has left."),
                period: ("按出闸时间选取。", "By the time at which the box left the gate."),
                made_by: &[
                    "discharge.report",
                    "declaration.submit",
                    "inspection.result",
                    "duty-notice.pay",
                    "delivery-order.issue",
                    "gate.decide",
                ],
            },
            Self::GateEvents => About {
                id: "gate-events",
                name: ("闸口进出记录", "Gate events"),
                text: ("一个码头闸口的每次放行与拒绝。", "Every passage and every refusal at the gate of one terminal."),
                provider: Role::Terminal,
                current: ("发生后即可取得。", "Available as soon as it has happened."),
                period: ("按发生时间选取。", "By the time at which it happened."),
                made_by: &["gate.decide"],
            },
            Self::ShipCalls => About {
                id: "ship-calls",
                name: ("船舶动态", "Ship calls"),
                text: (
                    "预报的船舶航次：预计与实际抵离港、泊位、船代，为交付时的现状。",
                    "Announced calls with expected and actual times, berth and agent, as they stand at the moment of delivery.",
                ),
                provider: Role::PortAuthority,
                current: ("每次交付为当时现状。", "Each delivery is the state of that moment."),
                period: (
                    "期末前 60 天内预报的航次，不论状态，也不论数据起始日。",
                    "Calls announced within the 60 days before the end of the period, whatever their state and wherever the agreed data begin.",
                ),
                made_by: &["call.announce", "call.change", "call.arrive", "call.depart"],
            },
            Self::InspectionFigures => About {
                id: "inspection-figures",
                name: ("查验统计", "Inspection figures"),
                text: (
                    "每日申报、布控查验、查验完毕和放行的箱数，口岸全部关区合计；查验率为当日申报箱中至交付时已布控查验的比例，此后仍可能上升。",
                    "Boxes declared, ordered for inspection, inspected and released, by day, of all districts at the port; the rate is that of the boxes declared that day and ordered for inspection up to the delivery, and may still rise.",
                ),
                provider: Role::Customs,
                current: ("一日结束后可取得。", "Available when a day is over."),
                period: ("期内结束的各日，按口岸当地时间。", "Days that end within the period, on the port's clock."),
                made_by: &["declaration.submit", "inspection.result", "declaration.release"],
            },
        }
    }

    /// Its fields, in the order of the values of a row.
    pub fn fields(self) -> Vec<Field> {
        match self {
            Self::ReleaseStatus => fields_of(RELEASE_STATUS),
            Self::ClearanceMilestones => fields_of(CLEARANCE_MILESTONES),
            Self::GateEvents => fields_of(GATE_EVENTS),
            Self::ShipCalls => fields_of(SHIP_CALLS),
            Self::InspectionFigures => fields_of(INSPECTION_FIGURES),
        }
    }
}

/// The declaration by which a box was released.
fn declaration_of(container: &Container) -> Option<String> {
    match &container.customs {
        Customs::Released { release } | Customs::Held { release: Some(release), .. } => Some(release.declaration.clone()),
        Customs::NotReleased | Customs::Held { release: None, .. } => None,
    }
}

impl App {
    /// Organisations that provide a resource.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn providers(&self, resource: DataResource) -> Result<Vec<Organisation>, AppError> {
        let mut all = self.organisations().await?;
        all.retain(|one| self.provides(resource, one));
        Ok(all)
    }

    /// Does an organisation provide a resource?
    pub(super) fn provides(&self, resource: DataResource, one: &Organisation) -> bool {
        let role = resource.about().provider;
        one.role == role && (role != Role::Customs || one.district.as_ref() == Some(&self.port().customs_district))
    }

    /// Rows of a resource. Whether they may be handed over is decided before.
    pub(super) async fn resource_rows(&self, resource: DataResource, window: &Window) -> Result<RowPage, AppError> {
        match resource {
            DataResource::ReleaseStatus => {
                let (journeys, next) = self.journey_page(Milestone::Released, window).await?;
                Ok(cells(RELEASE_STATUS, &self.of_home_district(journeys).await?, next))
            }
            DataResource::ClearanceMilestones => {
                let (journeys, next) = self.journey_page(Milestone::GatedOut, window).await?;
                let rows: Vec<JourneyRow> = self.of_home_district(journeys).await?.into_iter().map(|(row, _)| row).collect();
                Ok(cells(CLEARANCE_MILESTONES, &rows, next))
            }
            DataResource::GateEvents => {
                let seen_by = Visibility::Organisation(window.provider.clone());
                let query = self.work_window(GateTransaction::KIND, seen_by, window.from, window);
                let page = self.store().work(&query).await?;
                let mut found = self.peek_many::<GateTransaction>(page.items.iter().map(|item| item.object.id.clone())).await?;
                let rows: Vec<GateTransaction> = page.items.iter().filter_map(|item| found.remove(&item.object.id)).collect();
                Ok(cells(GATE_EVENTS, &rows, page.next))
            }
            DataResource::ShipCalls => {
                let from = window.to.plus_days(-CALL_DAYS);
                let page = self.store().work(&self.work_window(ShipCall::KIND, Visibility::Port, from, window)).await?;
                let mut found = self.peek_many::<ShipCall>(page.items.iter().map(|item| item.object.id.clone())).await?;
                let ids = page.items.into_iter().map(|item| item.object).map(|ObjectRef { id, .. }| id);
                let rows: Vec<(String, ShipCall)> = ids.filter_map(|id| found.remove(&id).map(|call| (id, call))).collect();
                Ok(cells(SHIP_CALLS, &rows, page.next))
            }
            DataResource::InspectionFigures => {
                let (rows, next) = self.day_page(window).await?;
                Ok(cells(INSPECTION_FIGURES, &rows, next))
            }
        }
    }

    /// Journeys with their boxes, without those of another district: what it released is its own to share.
    async fn of_home_district(&self, journeys: Vec<JourneyRow>) -> Result<Vec<Released>, AppError> {
        let boxes = self.peek_many::<Container>(journeys.iter().map(|row| row.container.clone())).await?;
        let mut rows: Vec<Released> =
            journeys.into_iter().filter_map(|row| boxes.get(&row.container).cloned().map(|found| (row, found))).collect();
        let ids: BTreeSet<String> = rows.iter().filter_map(|(_, found)| declaration_of(found)).collect();
        let declarations = self.peek_many::<Declaration>(ids).await?;
        let home = Some(&self.port().customs_district);
        rows.retain(|(_, found)| {
            let of = declaration_of(found).and_then(|id| declarations.get(&id).map(|state| (id, state)));
            of.is_none_or(|(id, state)| state.work_row(&id).authority.as_ref() == home)
        });
        Ok(rows)
    }

    fn work_window(&self, kind: &str, visibility: Visibility, from: Timestamp, window: &Window) -> WorkQuery {
        WorkQuery {
            port: self.port().code.clone(),
            visibility,
            kinds: vec![kind.to_owned()],
            statuses: Vec::new(),
            owner: None,
            actions: Vec::new(),
            open: None,
            key_prefix: None,
            keys: Vec::new(),
            opened_from: Some(from),
            opened_to: Some(window.to),
            due_before: None,
            order: WorkOrder::Newest,
            cursor: window.cursor.clone(),
            limit: window.limit,
        }
    }

    /// Journeys by the time of a milestone, newest first. A page goes on behind the last row of the one before.
    async fn journey_page(&self, by: Milestone, window: &Window) -> Result<(Vec<JourneyRow>, Option<String>), AppError> {
        let after = window.cursor.as_deref().map(|cursor| position(cursor, window)).transpose()?;
        let query = JourneyQuery {
            port: self.port().code.clone(),
            by,
            from: window.from,
            to: window.to,
            terminal: None,
            after,
            limit: window.limit.saturating_add(1),
        };
        let mut rows = self.store().journeys(&query).await?;
        let wanted = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let last = rows.last().filter(|_| more);
        let next = last.and_then(|row| row.at[by.index()].map(|at| format!("{}@{}", at.millis(), row.container)));
        Ok((rows, next))
    }

    /// Figures of whole days, newest first. A cursor is the day that was told last.
    async fn day_page(&self, window: &Window) -> Result<(Vec<DayFigures>, Option<String>), AppError> {
        let offset = self.port().utc_offset_minutes;
        // A day counts when it ends after `from` and not after `to`: of two periods that meet, one holds it.
        let (first, end) = (day_of(window.from, offset), day_of(window.to, offset));
        let told = match window.cursor.as_deref().map(str::parse::<i32>) {
            None => end,
            Some(Ok(told)) if first < told && told < end => told,
            Some(_) => return Err(bad_cursor()),
        };
        let wanted = i32::try_from(window.limit).unwrap_or(i32::MAX);
        let last = told.saturating_sub(wanted).max(first);
        let mut rows = Vec::new();
        for day in (last..told).rev() {
            rows.push(self.day_figures(day_start(day, offset), day_start(day + 1, offset)).await?);
        }
        Ok((rows, (last > first).then(|| last.to_string())))
    }

    async fn day_figures(&self, from: Timestamp, to: Timestamp) -> Result<DayFigures, AppError> {
        let now = self.now().millis();
        let [declared, ordered, declared_ordered, inspected, released] =
            match self.days_counted().get(&from.millis(), now, DAY_REMEMBERED_MS) {
                Some(known) => known,
                None => {
                    let count = async |by, reached| self.journey_count(by, reached, from, to).await;
                    let counted = [
                        count(Milestone::Declared, None).await?,
                        count(Milestone::InspectionOrdered, None).await?,
                        count(Milestone::Declared, Some(Milestone::InspectionOrdered)).await?,
                        count(Milestone::Inspected, None).await?,
                        count(Milestone::Released, None).await?,
                    ];
                    self.days_counted().put(from.millis(), now, counted);
                    counted
                }
            };
        Ok(DayFigures { day: from.day(self.port().utc_offset_minutes), declared, ordered, declared_ordered, inspected, released })
    }
}

fn bad_cursor() -> AppError {
    AppError::Store(store::StoreError::Cursor)
}

/// The last row of the page before: its instant, within the period that is asked for, and its container.
fn position(cursor: &str, window: &Window) -> Result<(Timestamp, String), AppError> {
    let (at, container) = cursor.split_once('@').ok_or_else(bad_cursor)?;
    let at = Timestamp::from_millis(at.parse().map_err(|_| bad_cursor())?);
    if at < window.from || at >= window.to || container.is_empty() || container.len() > CURSOR_ID_MAX {
        return Err(bad_cursor());
    }
    Ok((at, container.to_owned()))
}
