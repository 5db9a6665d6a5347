//! How much was delivered (共享统计): kept as counters with every delivery.
//!
//! A delivery is one page of the interface or one file, a file that is sent again once more; its rows are those handed over, whoever asked for them
//! before. Both are counted by the day of the delivery on the port's clock.

use std::collections::BTreeMap;

use ledger::{Aggregate as _, Timestamp};
use sharing::{DataDelivery, DataDeliveryEvent, DeliveryHow};
use store::{TallyMark, TallyQuery};

use crate::counters::{CountedByDay, DAYS_MAX, day_of};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role};

/// Series of counters: `{resource}|{provider}|{consumer}|{api or file}|{deliveries or rows}`.
pub const SERIES: &str = "data-delivery";

/// What was delivered of one resource by one provider to one consumer in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFigures {
    /// Deliveries.
    pub deliveries: u64,
    /// Rows.
    pub rows: u64,
}

/// By resource, provider, consumer, and `api` or `file`.
pub type SharingFigures = BTreeMap<[String; 4], DeliveryFigures>;

impl CountedByDay for DataDelivery {
    const SERIES: &'static [&'static str] = &[SERIES];

    fn marks(&self, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let made = &self.made;
        let day = day_of(at, offset_minutes);
        let base = format!("{}|{}|{}|{}", made.resource, made.provider, made.consumer, made.how.code());
        let mark = |what: &str, by: i64| TallyMark { series: SERIES, day, key: format!("{base}|{what}"), by };
        match event {
            "data-delivery.made" | "data-delivery.resent" => {
                let rows = (made.rows > 0).then(|| mark("rows", i64::from(made.rows)));
                std::iter::once(mark("deliveries", 1)).chain(rows).collect()
            }
            _ => Vec::new(),
        }
    }

    // What data were used for moves no counter.
    fn is_passed_over(event: &DataDeliveryEvent) -> bool {
        matches!(event, DataDeliveryEvent::Used(_))
    }

    // A file may be sent again; what was taken by the interface is done.
    fn counts_on(&self) -> bool {
        self.made.how == DeliveryHow::File
    }
}

impl App {
    /// What was delivered between two days (both included): the port office sees all, others what they provide or receive.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn sharing_statistics(&self, ctx: &Context, from: Timestamp, to: Timestamp) -> Result<SharingFigures, AppError> {
        self.rights().require(&ctx.principal, "data-delivery.statistics", &Resource::own(DataDelivery::KIND))?;
        let offset = self.port().utc_offset_minutes;
        let (from_day, to_day) = (day_of(from, offset), day_of(to, offset));
        if to_day < from_day || to_day - from_day >= DAYS_MAX {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 至 400 天", "a period is 1 to 400 days"));
        }
        let all = matches!(ctx.principal.role, Role::PortOffice | Role::Platform);
        let own = &ctx.principal.organisation;
        let query = TallyQuery { port: self.port().code.clone(), series: SERIES.into(), from_day, to_day: to_day + 1 };
        let mut figures = SharingFigures::new();
        for row in self.store().tallies(&query).await? {
            let parts: Vec<&str> = row.key.split('|').collect();
            let [resource, provider, consumer, how, what] = parts[..] else { continue };
            if !all && provider != own && consumer != own {
                continue;
            }
            let count = u64::try_from(row.count).unwrap_or(0);
            let found = figures.entry([resource, provider, consumer, how].map(str::to_owned)).or_default();
            match what {
                "deliveries" => found.deliveries += count,
                "rows" => found.rows += count,
                _ => {}
            }
        }
        Ok(figures)
    }
}
