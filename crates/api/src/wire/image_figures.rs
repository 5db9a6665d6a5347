//! Figures of images: how good the model is, and how often boxes need not be opened.

use app::images::HintModel as Model;
use app::images::share::MethodFigures;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Text;

/// The model that hints, and how good it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HintModel {
    /// It answers; otherwise nothing is known of it now.
    pub available: bool,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Measured by this platform on its sandbox scanner's images; otherwise its supplier says so.
    pub measured_here: bool,
    /// Images measured.
    pub images: Option<u64>,
    /// Hidden objects in them.
    pub objects: Option<u64>,
    /// Places hinted at.
    pub hints: Option<u64>,
    /// Of these, on a hidden object.
    pub right: Option<u64>,
    /// Right hints among all hints, thousandths.
    pub precision_per_mille: Option<u64>,
    /// Objects found among all hidden objects, thousandths.
    pub recall_per_mille: Option<u64>,
    /// What was measured, and how.
    pub definition: Text,
}

impl From<Option<Model>> for HintModel {
    fn from(model: Option<Model>) -> Self {
        let Some(model) = model else {
            return Self {
                available: false,
                name: String::new(),
                version: String::new(),
                measured_here: false,
                images: None,
                objects: None,
                hints: None,
                right: None,
                precision_per_mille: None,
                recall_per_mille: None,
                definition: Text::new("模型没有应答。", "The model does not answer."),
            };
        };
        let figures = model.figures;
        let definition = if model.measured_here {
            Text::new(
                "在本平台沙箱扫描设备的合成图像上测得；提示框与隐藏物交并比不小于 0.3 计为命中。真实图像上的表现未经测量。",
                "Measured on synthetic images of this platform's sandbox scanner; a hint is right from an overlap (IoU) of 0.3. Nothing is measured on real images.",
            )
        } else {
            Text::new("由模型提供方自述，本平台未测量。", "As its supplier says; not measured by this platform.")
        };
        Self {
            available: true,
            name: model.name,
            version: model.version,
            measured_here: model.measured_here,
            images: figures.as_ref().map(|f| f.images),
            objects: figures.as_ref().map(|f| f.objects),
            hints: figures.as_ref().map(|f| f.hints),
            right: figures.as_ref().map(|f| f.right),
            precision_per_mille: figures.as_ref().and_then(|f| f.precision_per_mille()),
            recall_per_mille: figures.as_ref().and_then(|f| f.recall_per_mille()),
            definition,
        }
    }
}

/// How often boxes need not be opened, in one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NonIntrusiveMonth {
    /// Month, YYYY-MM.
    pub month: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
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
    /// Inspections of documents alone; not in the share.
    pub documents: u64,
    /// Ended by images alone among those that ended by images or by opening, thousandths.
    pub share_per_mille: Option<u64>,
    /// The same of boxes.
    pub box_share_per_mille: Option<u64>,
}

impl NonIntrusiveMonth {
    pub fn of(month: String, figures: MethodFigures) -> Self {
        Self {
            from: format!("{month}-01"),
            to: format!("{month}-{:02}", days_in(&month)),
            month,
            machine: figures.machine,
            machine_boxes: figures.machine_boxes,
            open: figures.open,
            open_boxes: figures.open_boxes,
            scanned_first: figures.scanned_first,
            documents: figures.documents,
            share_per_mille: figures.share_per_mille(),
            box_share_per_mille: figures.box_share_per_mille(),
        }
    }
}

/// Days of a month, `YYYY-MM`.
pub(super) fn days_in(month: &str) -> u32 {
    let mut parts = month.split('-').map(|part| part.parse::<u32>().unwrap_or(0));
    let (year, month) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// How often boxes need not be opened (非侵入式检查比例), by month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NonIntrusiveShare {
    /// What is counted.
    pub definition: Text,
    /// Unit of the counts.
    pub unit: Text,
    /// Port code.
    pub port: String,
    /// Name of the port.
    pub port_name: Text,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Months, oldest first.
    pub items: Vec<NonIntrusiveMonth>,
}

/// From day to day.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ShareQuery {
    /// First day, YYYY-MM-DD; a year ago when left out.
    pub from: Option<String>,
    /// Last day, YYYY-MM-DD; today when left out.
    pub to: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::days_in;

    #[test]
    fn months_end_on_their_last_day() {
        for (month, days) in [("2026-01", 31), ("2026-02", 28), ("2028-02", 29), ("2100-02", 28), ("2026-11", 30)] {
            assert_eq!(days_in(month), days, "{month}");
        }
    }
}
