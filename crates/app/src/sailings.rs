//! On-schedule rate of inspected boxes (当班船出运率, INS-12): of the inspected boxes whose planned ship left, how many were on board.
//!
//! | Series | Day | Key | Counts |
//! |---|---|---|---|
//! | `inspected-sailing` | on which the planned ship left | terminal, district, site, result | inspected boxes |

use std::collections::BTreeMap;

use inspection::{InspectedSailing, SailingEvent, SailingResult};
use ledger::Timestamp;
use store::{TallyMark, TallyQuery};

use crate::counters::{CountedByDay, day_of};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role};

/// Counters of inspected boxes by how they left.
pub const SERIES: &str = "inspected-sailing";
/// Fewest boxes of which a rate is ranked.
pub const RANKED_MIN: u64 = 10;
/// Most days of one evaluation.
pub const DAYS_MAX: i64 = 400;

impl CountedByDay for InspectedSailing {
    const SERIES: &'static [&'static str] = &[SERIES];

    fn marks(&self, _: &str, _: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let result = self.result();
        if self.was == result.map(|(result, _)| result) {
            return Vec::new();
        }
        let part = |text: &str| text.replace('|', " ").chars().take(40).collect::<String>();
        let of = &self.planned;
        let mark = |result: SailingResult, at: Timestamp, by| TallyMark {
            series: SERIES,
            day: day_of(at, offset_minutes),
            key: format!("{}|{}|{}|{}", part(&of.terminal), part(&of.district), part(&of.site), result.code()),
            by,
        };
        let Some((now, left_at)) = result else { return Vec::new() };
        // Only how it came out changes, never when its ship left.
        let before = self.was.map(|was| mark(was, left_at, -1));
        before.into_iter().chain([mark(now, left_at, 1)]).collect()
    }

    fn is_passed_over(_: &SailingEvent) -> bool {
        false
    }

    fn counts_on(&self) -> bool {
        true
    }
}

/// By what boxes are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SailingGroup {
    /// Terminal.
    Terminal,
    /// Customs district.
    District,
    /// Inspection site.
    Site,
}

/// Inspected boxes of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SailingFigure {
    /// Terminal, district or site.
    pub key: String,
    /// Left on the planned ship.
    pub on_schedule: u64,
    /// Of so many whose planned ship left.
    pub planned: u64,
}

impl SailingFigure {
    /// The rate in thousandths; none without a box.
    pub fn per_mille(&self) -> Option<u64> {
        (self.on_schedule * 1_000 + self.planned / 2).checked_div(self.planned)
    }

    /// Are there enough boxes for a place in the ranking?
    pub const fn is_ranked(&self) -> bool {
        self.planned >= RANKED_MIN
    }
}

/// The rate over some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnSchedule {
    /// All of them.
    pub total: SailingFigure,
    /// By group: those with enough boxes first, the highest rate first.
    pub groups: Vec<SailingFigure>,
    /// By day on which ships left, days since 1970-01-01.
    pub days: BTreeMap<i32, SailingFigure>,
}

impl App {
    /// The on-schedule rate of the boxes that the asker may see, by the day on which the planned ship left. Reads counters alone.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], `sailing-period` for a period that is empty or too long, or the store's fault.
    pub async fn on_schedule(&self, ctx: &Context, from: Timestamp, to: Timestamp, by: SailingGroup) -> Result<OnSchedule, AppError> {
        self.rights().require(&ctx.principal, "inspected-sailing.read", &Resource::own("inspected-sailing"))?;
        if from > to || from.plus_days(DAYS_MAX) < to {
            let (zh, en) = ("起止日期不符：最多 400 天", "the period is empty or longer than 400 days");
            return Err(AppError::invalid("sailing-period", "/from", zh, en));
        }
        let offset = self.port().utc_offset_minutes;
        let asked = TallyQuery {
            port: self.port().code.clone(),
            series: SERIES.into(),
            from_day: day_of(from, offset),
            to_day: day_of(to, offset).saturating_add(1),
        };
        let mut found = OnSchedule::default();
        let mut groups: BTreeMap<String, SailingFigure> = BTreeMap::new();
        for row in self.store().tallies(&asked).await? {
            let parts: Vec<&str> = row.key.split('|').collect();
            let [terminal, district, site, result] = parts[..] else { continue };
            let seen = match ctx.principal.role {
                Role::PortOffice | Role::Platform => true,
                Role::Customs => ctx.principal.district.as_deref() == Some(district),
                _ => terminal == ctx.principal.organisation,
            };
            if !seen {
                continue;
            }
            let key = match by {
                SailingGroup::Terminal => terminal,
                SailingGroup::District => district,
                SailingGroup::Site => site,
            };
            let n = u64::try_from(row.count).unwrap_or(0);
            let group = groups.entry(key.to_owned()).or_insert_with(|| SailingFigure { key: key.to_owned(), ..SailingFigure::default() });
            for figure in [&mut found.total, group, found.days.entry(row.day).or_default()] {
                figure.planned += n;
                figure.on_schedule += if result == SailingResult::OnSchedule.code() { n } else { 0 };
            }
        }
        found.groups = groups.into_values().collect();
        found.groups.sort_by_key(|one| (!one.is_ranked(), std::cmp::Reverse(one.per_mille()), one.key.clone()));
        Ok(found)
    }
}
