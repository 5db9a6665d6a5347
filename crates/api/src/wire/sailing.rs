//! On-schedule rate of inspected boxes.

use app::AppError;
use app::reading::{ListQuery, Seen};
use app::sailings::{OnSchedule, RANKED_MIN, SailingFigure, SailingGroup};
use inspection::{InspectedSailing as State, SailingPhase};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::insight::Days;
use super::{Instant, Org, Text, instant};
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// Days of the rate when none are asked for.
const DAYS: i64 = 90;

/// Which boxes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SailingQuery {
    /// First day on which planned ships left, `YYYY-MM-DD`; 90 days when left out.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// `terminal` (default), `district` or `site`.
    pub by: Option<String>,
    /// One terminal, organisation id; of the list.
    pub terminal: Option<String>,
    /// One inspection site; of the list.
    pub site: Option<String>,
    /// `planned`, `on-schedule`, `missed`, `dropped`, separated by commas; of the list.
    pub status: Option<String>,
    /// Beginning of an identifier, 3 characters or more; of the list.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

impl SailingQuery {
    /// First and last day, as their first instants.
    pub fn period(&self, now: Timestamp, offset: i32) -> Result<(Timestamp, Timestamp), Problem> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let to = match filled(&self.to) {
            Some(day) => paging::day_start(&day, offset)?,
            None => now.day_start(offset),
        };
        let from = match filled(&self.from) {
            Some(day) => paging::day_start(&day, offset)?,
            None => to.plus_days(1 - DAYS),
        };
        Ok((from, to))
    }

    pub fn group(&self) -> Result<SailingGroup, Problem> {
        match self.by.as_deref() {
            None | Some("" | "terminal") => Ok(SailingGroup::Terminal),
            Some("district") => Ok(SailingGroup::District),
            Some("site") => Ok(SailingGroup::Site),
            Some(_) => Err(paging::invalid("by 须为 terminal、district 或 site。", "by is terminal, district or site.")),
        }
    }

    pub fn list(&self, offset: i32) -> Result<ListQuery, Problem> {
        let day = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
            Some(day) => paging::day_start(day, offset).map(Some),
            None => Ok(None),
        };
        let key =
            |name: &str, value: &Option<String>| value.as_deref().filter(|text| !text.is_empty()).map(|text| format!("{name}:{text}"));
        Ok(ListQuery {
            statuses: paging::codes(self.status.as_deref())?,
            keys: key("TERMINAL", &self.terminal).into_iter().chain(key("SITE", &self.site)).collect(),
            key_prefix: paging::prefix(self.q.as_deref())?,
            opened_from: day(&self.from)?,
            opened_to: day(&self.to)?.map(|at| at.plus_days(1)),
            cursor: self.cursor.clone(),
            limit: paging::limit(self.limit)?,
            ..ListQuery::default()
        })
    }
}

/// Inspected boxes of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SailingFigureView {
    /// Terminal, district or site; empty for all.
    pub key: String,
    /// Its name.
    pub name: Text,
    /// Left on the planned ship.
    pub on_schedule: u64,
    /// Of so many whose planned ship left.
    pub planned: u64,
    /// The rate, thousandths; null without a box.
    pub rate_per_mille: Option<u64>,
    /// Place in the ranking; null with too few boxes.
    pub rank: Option<u32>,
}

/// The rate of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SailingDay {
    /// Day on which ships left.
    pub day: String,
    /// Left on the planned ship.
    pub on_schedule: u64,
    /// Of so many.
    pub planned: u64,
}

/// On-schedule rate of inspected boxes (当班船出运率).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OnScheduleRate {
    /// What is counted, with its limits.
    pub definition: Text,
    /// The formula.
    pub formula: Text,
    /// Unit.
    pub unit: Text,
    /// Days.
    pub period: Days,
    /// Fewest boxes for a place in the ranking.
    pub ranked_min: u64,
    /// All of them.
    pub total: SailingFigureView,
    /// By group, ranked first.
    pub groups: Vec<SailingFigureView>,
    /// By day, days with a ship only.
    pub days: Vec<SailingDay>,
}

/// An inspected box and the ship planned for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InspectedSailing {
    /// Id: that of the container's visit.
    pub id: String,
    /// Container number.
    pub number: String,
    /// Planned ship call.
    pub call: String,
    /// Planned ship and voyage.
    pub ship: String,
    /// Terminal.
    pub terminal: Org,
    /// Inspection site.
    pub site: String,
    /// When the box came to the site.
    pub at_site_at: Instant,
    /// When the planned ship left.
    pub left_at: Option<Instant>,
    /// Ship call onto which it was loaded.
    pub loaded_call: Option<String>,
    /// When.
    pub loaded_at: Option<Instant>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
}

impl Api {
    pub async fn on_schedule(&self, found: OnSchedule, by: SailingGroup, period: Days) -> Result<OnScheduleRate, AppError> {
        let offset = self.app.port().utc_offset_minutes;
        let mut groups = Vec::with_capacity(found.groups.len());
        let mut rank = 0;
        for figure in found.groups {
            let name = match by {
                SailingGroup::Terminal | SailingGroup::District => self.org(&figure.key).await?.name,
                SailingGroup::Site => Text::new(figure.key.clone(), figure.key.clone()),
            };
            rank += u32::from(figure.is_ranked());
            let place = figure.is_ranked().then_some(rank);
            groups.push(figure_view(figure, name, place));
        }
        Ok(OnScheduleRate {
            definition: Text::new(
                "已到查验场地、且有计划出境船舶的箱，按计划船舶实际离港日计；查验期间首次计划的船舶为当班船，改配后续船舶不算当班船出运；改办进口或船舶取消的不计。平台上既查验又计划船舶的只有水水中转箱，一般出口箱不在内。",
                "Boxes that came to the inspection site and were planned for an outbound ship, by the day on which that ship left. The ship planned first while the box was inspected is the planned one; leaving by a later ship is not on schedule; boxes that go on by no ship, or whose ship does not come, count neither way. Boxes in transhipment alone are both inspected and planned onto a ship here: other export boxes are not in it.",
            ),
            formula: Text::new(
                "当班船出运率 = 当班船实际装运的查验箱 ÷ 计划当班船出运的查验箱",
                "rate = inspected boxes on board their planned ship ÷ inspected boxes planned for a ship that left",
            ),
            unit: Text::new("%（箱）", "% of boxes"),
            period,
            ranked_min: RANKED_MIN,
            total: figure_view(found.total, Text::new("合计", "All"), None),
            groups,
            days: found
                .days
                .into_iter()
                .map(|(day, figure)| SailingDay {
                    day: app::counters::day_start(day, offset).day(offset),
                    on_schedule: figure.on_schedule,
                    planned: figure.planned,
                })
                .collect(),
        })
    }

    pub async fn inspected_sailing(&self, seen: Seen<State>) -> Result<InspectedSailing, AppError> {
        let status = seen.state.status();
        let left_at = match seen.state.phase {
            SailingPhase::OnSchedule { left_at } | SailingPhase::Missed { left_at } => Some(left_at),
            SailingPhase::Planned | SailingPhase::Dropped { .. } => None,
        };
        let of = seen.state.planned;
        Ok(InspectedSailing {
            id: seen.id,
            number: of.number,
            call: of.call,
            ship: of.ship,
            terminal: self.org(&of.terminal).await?,
            site: of.site,
            at_site_at: of.at_site_at.into(),
            left_at: instant(left_at),
            loaded_at: instant(seen.state.loaded.as_ref().map(|loaded| loaded.at)),
            loaded_call: seen.state.loaded.map(|loaded| loaded.call),
            status: status.to_owned(),
            status_text: texts::status(State::KIND, status),
        })
    }
}

fn figure_view(figure: SailingFigure, name: Text, rank: Option<u32>) -> SailingFigureView {
    let rate_per_mille = figure.per_mille();
    SailingFigureView { key: figure.key, name, on_schedule: figure.on_schedule, planned: figure.planned, rate_per_mille, rank }
}
