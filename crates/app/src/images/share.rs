//! How often boxes need not be opened (非侵入式检查比例), by port and month (INS-06).
//!
//! Counted are inspections by customs that have a result, in the month in which they were ordered. Share = those that ended by images alone ÷ those
//! that ended by images or by opening. Checks of documents alone touch no box; they are shown beside the share and are not in it.
//!
//! | Series | Key | Counts |
//! |---|---|---|
//! | `inspection-method` | method | inspections by the day on which they were ordered |
//! | | method`-boxes` | their boxes |
//! | | `scanned-first` | inspections that ended by opening after images had been asked for |

use std::collections::BTreeMap;

use inspection::{Inspection, InspectionEvent, Method};
use ledger::Timestamp;
use store::{TallyMark, TallyQuery};

use crate::counters::{CountedByDay, day_of, day_start};
use crate::rights::Resource;
use crate::{App, AppError, Context, indicators};

/// Series of the counters.
pub(crate) const SERIES: &str = "inspection-method";
/// Most months of one question.
pub const MONTHS_MAX: i64 = 36;

impl CountedByDay for Inspection {
    const SERIES: &'static [&'static str] = &[SERIES, indicators::SERIES];

    fn marks(&self, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let mut marks = indicators::marks_of(self, event, at, offset_minutes);
        let Some(result) = self.result().filter(|_| event == "inspection.resulted") else { return marks };
        let day = day_of(self.ordered_at, offset_minutes);
        let mark = |key: String, by: usize| TallyMark { series: SERIES, day, key, by: i64::try_from(by).unwrap_or(i64::MAX) };
        // A result that was written down as scanned, without any image here, is no share of images.
        if result.method == Method::Machine && self.machine.is_none() {
            return marks;
        }
        let method = result.method.code();
        marks.extend([mark(method.to_owned(), 1), mark(format!("{method}-boxes"), self.containers.len())]);
        if result.method == Method::Open && self.machine.is_some() {
            marks.push(mark("scanned-first".into(), 1));
        }
        marks
    }

    fn is_passed_over(_: &InspectionEvent) -> bool {
        false
    }

    // What still happens to one that has ended (it costs nothing, it leaves its joint order) follows on its state.
    fn counts_on(&self) -> bool {
        true
    }
}

/// One month of the port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MethodFigures {
    /// Inspections that ended by images alone.
    pub machine: u64,
    /// Their boxes.
    pub machine_boxes: u64,
    /// Inspections that ended by opening.
    pub open: u64,
    /// Their boxes.
    pub open_boxes: u64,
    /// Of these inspections, those of which images had been asked for first.
    pub scanned_first: u64,
    /// Inspections of documents alone.
    pub documents: u64,
}

impl MethodFigures {
    /// Ended by images alone among those that ended by images or by opening, thousandths; `None` without any.
    pub const fn share_per_mille(&self) -> Option<u64> {
        (self.machine * 1_000).checked_div(self.machine + self.open)
    }

    /// The same of boxes.
    pub const fn box_share_per_mille(&self) -> Option<u64> {
        (self.machine_boxes * 1_000).checked_div(self.machine_boxes + self.open_boxes)
    }

    fn count(&mut self, key: &str, count: u64) {
        match key {
            "machine" => self.machine += count,
            "machine-boxes" => self.machine_boxes += count,
            "open" => self.open += count,
            "open-boxes" => self.open_boxes += count,
            "scanned-first" => self.scanned_first += count,
            "documents" => self.documents += count,
            _ => {}
        }
    }
}

impl App {
    /// Figures of the months between two days (both included), oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn non_intrusive_share(
        &self,
        ctx: &Context,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeMap<String, MethodFigures>, AppError> {
        self.rights().require(&ctx.principal, "insight.read", &Resource::own("insight"))?;
        let offset = self.port().utc_offset_minutes;
        let (from_day, to_day) = (day_of(from, offset), day_of(to, offset));
        if to_day < from_day || i64::from(to_day - from_day) >= MONTHS_MAX * 31 {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 至 36 个月", "a period is 1 to 36 months"));
        }
        let query = TallyQuery { port: self.port().code.clone(), series: SERIES.into(), from_day, to_day: to_day + 1 };
        let mut months: BTreeMap<String, MethodFigures> = BTreeMap::new();
        for row in self.store().tallies(&query).await? {
            let (year, month, ..) = day_start(row.day, offset).civil(offset);
            months.entry(format!("{year:04}-{month:02}")).or_default().count(&row.key, u64::try_from(row.count).unwrap_or(0));
        }
        Ok(months)
    }
}
