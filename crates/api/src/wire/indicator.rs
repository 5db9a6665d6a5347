//! Inspection indicators.

use app::indicators::{InspectionIndicators as Found, StepTimes};
use ledger::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Text;
use super::insight::Days;
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;

/// Days when none are asked for.
const DAYS: i64 = 30;
/// Fewest inspections of which a share or a time says anything.
const FEW_MIN: u64 = 10;

/// Which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct IndicatorQuery {
    /// First day of the port's clock, `YYYY-MM-DD`; 30 days when left out.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
}

impl IndicatorQuery {
    /// First and last day, as their first instants.
    pub fn period(&self, now: Timestamp, offset: i32) -> Result<(Timestamp, Timestamp), Problem> {
        let day = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
            Some(day) => paging::day_start(day, offset).map(Some),
            None => Ok(None),
        };
        let to = day(&self.to)?.unwrap_or_else(|| now.day_start(offset));
        Ok((day(&self.from)?.unwrap_or_else(|| to.plus_days(1 - DAYS)), to))
    }
}

/// An indicator with its formula.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Indicator {
    /// `inspection-rate`, `hit-rate`, `order-to-site`, `site-to-result`.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Formula.
    pub formula: Text,
    /// `per-mille` or `hours`.
    pub unit: String,
    /// The value: thousandths, or hours of the median; null without a case.
    pub value: Option<u64>,
    /// Of times, what nine of ten stay below, hours.
    pub p90: Option<u64>,
    /// Counted, where it is a share.
    pub counted: Option<u64>,
    /// Of so many.
    pub of: u64,
    /// Too few cases to say anything.
    pub few: bool,
    /// States of the inspections behind it, for the list of inspections; empty where all of them are.
    pub status: String,
}

/// Inspection indicators.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InspectionIndicators {
    /// Days.
    pub period: Days,
    /// What is counted, and what is not.
    pub definition: Text,
    /// Indicators.
    pub items: Vec<Indicator>,
}

fn share(code: &str, name: Text, formula: Text, counted: u64, of: u64, status: &str) -> Indicator {
    Indicator {
        code: code.to_owned(),
        name,
        formula,
        unit: "per-mille".into(),
        value: (counted * 1_000 + of / 2).checked_div(of),
        p90: None,
        counted: Some(counted),
        of,
        few: of < FEW_MIN,
        status: status.to_owned(),
    }
}

fn times(code: &str, name: Text, formula: Text, found: &StepTimes) -> Indicator {
    Indicator {
        code: code.to_owned(),
        name,
        formula,
        unit: "hours".into(),
        value: found.within(500).map(u64::from),
        p90: found.within(900).map(u64::from),
        counted: None,
        of: found.count(),
        few: found.count() < FEW_MIN,
        status: "passed,failed".into(),
    }
}

impl Api {
    pub fn inspection_indicators(&self, found: &Found, from: Timestamp, to: Timestamp) -> InspectionIndicators {
        let offset = self.app.port().utc_offset_minutes;
        InspectionIndicators {
            period: Days { from: from.day(offset), to: to.day(offset) },
            definition: Text::new(
                "只计海关自行下达的查验，不含其他单位的联合查验；关员计本关区，口岸办计全港。时间按整小时统计，显示值为所在小时的上限。开箱开始时间未单独记录，到场至结果不再细分；查验完毕即虚拟归位，结果至归位为零。",
                "Customs' own inspections alone, without joint orders of other authorities; officers see their district, the port office all. Times are counted by whole hours and told by the end of the hour. When opening began is not recorded apart, so that the time from arrival to result is one figure; with the result boxes count as returned, so that result to return is zero.",
            ),
            items: vec![
                share(
                    "inspection-rate",
                    Text::new("查验率", "Inspection rate"),
                    Text::new("下达查验数 ÷ 受理报关单数（均按发生日）", "inspections ordered ÷ declarations accepted, each by its day"),
                    found.ordered,
                    found.declarations,
                    "",
                ),
                share(
                    "hit-rate",
                    Text::new("查获率", "Hit rate"),
                    Text::new(
                        "结果为不通过的查验数 ÷ 有结果的查验数（按下达日）",
                        "inspections not passed ÷ inspections with a result, by the day of the order",
                    ),
                    found.hits,
                    found.results,
                    "failed",
                ),
                times(
                    "order-to-site",
                    Text::new("指令至到场", "Order to arrival"),
                    Text::new(
                        "查验指令下达至首箱到场的中位时间（按下达日，有结果的查验）",
                        "median from the order to the first box at the site, of inspections with a result by the day of the order",
                    ),
                    &found.to_site,
                ),
                times(
                    "site-to-result",
                    Text::new("到场至结果", "Arrival to result"),
                    Text::new("首箱到场至结果复核的中位时间", "median from the first box at the site to the confirmed result"),
                    &found.to_result,
                ),
            ],
        }
    }
}
