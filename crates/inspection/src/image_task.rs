//! An image task (机检任务): one box of an inspection by machine, from the order over its images and their reviews to clean or suspect.

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::inspection::ORDER_TO_SITE_HOURS;
use crate::scan::Region;

/// Minutes within which an image should be reviewed. Tianjin reported 8.8 minutes per case and 14 from scan to release (2019); half an hour is an
/// assumption of this platform, not a rule.
pub const REVIEW_MINUTES: i64 = 30;

/// What a reviewer says of the images of a box (审像结论).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewCode {
    /// Nothing to be seen that is not declared (未见异常).
    Clean,
    /// Something is to be seen (有嫌疑).
    Suspect,
    /// The images do not tell (无法判明).
    Unclear,
}

impl ReviewCode {
    /// Does it ask for the box to be opened?
    pub const fn opens(self) -> bool {
        match self {
            Self::Clean => false,
            Self::Suspect | Self::Unclear => true,
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Suspect => "suspect",
            Self::Unclear => "unclear",
        }
    }
}

/// Which review it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// First (初审).
    First,
    /// Second, by another officer (复审).
    Second,
    /// By a senior officer, when two differ (裁定).
    Decision,
}

impl Stage {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Decision => "decision",
        }
    }
}

/// A mark on an image (标注).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Image.
    pub scan: String,
    /// Where.
    pub region: Region,
    /// What is there.
    pub note: String,
}

/// The draw of a second review (复审抽取), with everything needed to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondDraw {
    /// Draw day, `YYYY-MM-DD`.
    pub day: String,
    /// Commitment to the day's seed, hex.
    pub commitment: String,
    /// Size of the ledger head mixed in.
    pub head_size: u64,
    /// Root of the ledger head mixed in, hex.
    pub head_root: String,
    /// Rate in basis points.
    pub rate_bp: u32,
    /// Number drawn, in ten-thousandths.
    pub number: u32,
    /// Below the rate.
    pub selected: bool,
    /// The second holder's part, hex; absent when it was drawn by the platform's seed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// `image-task.reviewed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Which review.
    pub stage: Stage,
    /// Conclusion.
    pub code: ReviewCode,
    /// What was seen.
    pub note: String,
    /// Marks.
    pub marks: Vec<Mark>,
    /// Images looked at.
    pub scans: Vec<String>,
    /// Officer, user id.
    pub by: String,
    /// Whether a second review is drawn; asked of a clean first review only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<SecondDraw>,
}

/// A review with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was said.
    pub said: Reviewed,
    /// When.
    pub at: Timestamp,
}

/// `image-task.ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageOrdered {
    /// Inspection id.
    pub inspection: String,
    /// Declaration id.
    pub declaration: String,
    /// Bill number.
    pub bill: String,
    /// Container visit id.
    pub container: String,
    /// Customs district, 4 digits.
    pub district: String,
    /// Who ordered it: officer, or `platform` by the rules of the port.
    pub by: String,
    /// Why, for officers.
    pub why: String,
}

/// `image-task.scan-received`: an image belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanTaken {
    /// Image.
    pub scan: String,
    /// Who sent it.
    pub by: String,
    /// Officer at the scanner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Officer who gave it to the task by hand, user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<String>,
    /// Width and height, pixels, where the file tells them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
}

/// `image-task.cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCancelled {
    /// Why, as a code: `opening`, `inspection-ended`.
    pub why: String,
}

ledger::domain_events! {
    /// What happens to an image task.
    pub enum ImageTaskEvent for "image-task" {
        /// Ordered.
        Ordered(ImageOrdered) = "image-task.ordered",
        /// An image came.
        ScanTaken(ScanTaken) = "image-task.scan-received",
        /// Reviewed.
        Reviewed(Reviewed) = "image-task.reviewed",
        /// Not needed any more.
        Cancelled(ImageCancelled) = "image-task.cancelled",
    }
}

/// How far a task has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ImagePhase {
    /// No image yet (待扫描).
    AwaitingScan,
    /// To be reviewed (待初审).
    FirstReview {
        /// Since when.
        since: Timestamp,
    },
    /// To be reviewed by another officer (待复审).
    SecondReview {
        /// Since when.
        since: Timestamp,
    },
    /// Two differ (待裁定).
    Decision {
        /// Since when.
        since: Timestamp,
    },
    /// Nothing to be seen (机检通过).
    Clean {
        /// When.
        at: Timestamp,
    },
    /// To be opened (移送开箱).
    Suspect {
        /// When.
        at: Timestamp,
    },
    /// Not needed any more (撤销).
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// An image task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageTask {
    /// What was ordered.
    pub ordered: ImageOrdered,
    /// When.
    pub ordered_at: Timestamp,
    /// Images, oldest first.
    pub scans: Vec<ScanTaken>,
    /// Reviews, oldest first.
    pub reviews: Vec<Review>,
    /// How far it has come.
    pub phase: ImagePhase,
}

impl ImageTask {
    /// It takes images: it is neither concluded nor cancelled.
    pub fn is_open(&self) -> bool {
        match self.phase {
            ImagePhase::AwaitingScan | ImagePhase::FirstReview { .. } | ImagePhase::SecondReview { .. } | ImagePhase::Decision { .. } => {
                true
            }
            ImagePhase::Clean { .. } | ImagePhase::Suspect { .. } | ImagePhase::Cancelled { .. } => false,
        }
    }

    /// The review that comes next.
    pub fn stage(&self) -> Option<Stage> {
        match self.phase {
            ImagePhase::FirstReview { .. } => Some(Stage::First),
            ImagePhase::SecondReview { .. } => Some(Stage::Second),
            ImagePhase::Decision { .. } => Some(Stage::Decision),
            ImagePhase::AwaitingScan | ImagePhase::Clean { .. } | ImagePhase::Suspect { .. } | ImagePhase::Cancelled { .. } => None,
        }
    }

    /// Those who reviewed it, oldest first.
    pub fn reviewers(&self) -> Vec<&str> {
        self.reviews.iter().map(|review| review.said.by.as_str()).collect()
    }

    /// Where it stands after a review.
    fn after(&self, said: &Reviewed, at: Timestamp) -> ImagePhase {
        let first = self.reviews.first().map(|review| review.said.code);
        match said.stage {
            Stage::First if said.code.opens() || said.draw.as_ref().is_some_and(|draw| draw.selected) => {
                ImagePhase::SecondReview { since: at }
            }
            Stage::First => ImagePhase::Clean { at },
            // Suspect and unclear both ask for the box to be opened: that is no difference.
            Stage::Second if first.is_some_and(|first| first.opens() != said.code.opens()) => ImagePhase::Decision { since: at },
            Stage::Second | Stage::Decision if said.code.opens() => ImagePhase::Suspect { at },
            Stage::Second | Stage::Decision => ImagePhase::Clean { at },
        }
    }
}

impl Aggregate for ImageTask {
    const KIND: &'static str = "image-task";
    type Event = ImageTaskEvent;

    fn apply(state: Option<Self>, event: &ImageTaskEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use ImageTaskEvent as E;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut task) = state else {
            return match event {
                E::Ordered(data) => Ok(Self {
                    ordered: data.clone(),
                    ordered_at: at,
                    scans: Vec::new(),
                    reviews: Vec::new(),
                    phase: ImagePhase::AwaitingScan,
                }),
                E::ScanTaken(_) | E::Reviewed(_) | E::Cancelled(_) => Err(misplaced("nothing")),
            };
        };
        if !task.is_open() {
            return Err(misplaced(task.status()));
        }
        match event {
            E::Ordered(_) => return Err(misplaced(task.status())),
            E::ScanTaken(data) => {
                task.scans.push(data.clone());
                if task.phase == ImagePhase::AwaitingScan {
                    task.phase = ImagePhase::FirstReview { since: at };
                }
            }
            E::Reviewed(data) => {
                if task.stage() != Some(data.stage) {
                    return Err(misplaced(task.status()));
                }
                task.phase = task.after(data, at);
                task.reviews.push(Review { said: data.clone(), at });
            }
            E::Cancelled(_) => task.phase = ImagePhase::Cancelled { at },
        }
        Ok(task)
    }

    fn related(&self, event: &ImageTaskEvent) -> Vec<Related> {
        use ImageTaskEvent as E;
        let inspection = (ObjectRef::new("inspection", self.ordered.inspection.clone()), "inspection");
        let container = (ObjectRef::new("container", self.ordered.container.clone()), "container");
        match event {
            E::Ordered(_) | E::Cancelled(_) => vec![inspection, container],
            E::ScanTaken(data) => vec![(ObjectRef::new("scan", data.scan.clone()), "scan"), container],
            E::Reviewed(data) => {
                let day = data.draw.iter().map(|draw| (ObjectRef::new("draw-day", draw.day.clone()), "draw-day"));
                [inspection, container].into_iter().chain(day).collect()
            }
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            ImagePhase::AwaitingScan => "awaiting-scan",
            ImagePhase::FirstReview { .. } => "first-review",
            ImagePhase::SecondReview { .. } => "second-review",
            ImagePhase::Decision { .. } => "decision",
            ImagePhase::Clean { .. } => "clean",
            ImagePhase::Suspect { .. } => "suspect",
            ImagePhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let review = |since: Timestamp| Some(since.plus_minutes(REVIEW_MINUTES));
        let (action, due_at, closed_at) = match &self.phase {
            ImagePhase::AwaitingScan => (Some("scan-box"), Some(self.ordered_at.plus_hours(ORDER_TO_SITE_HOURS)), None),
            ImagePhase::FirstReview { since } => (Some("review-image"), review(*since), None),
            ImagePhase::SecondReview { since } => (Some("review-image-again"), review(*since), None),
            ImagePhase::Decision { since } => (Some("decide-image"), review(*since), None),
            ImagePhase::Clean { at } | ImagePhase::Suspect { at } | ImagePhase::Cancelled { at } => (None, None, Some(*at)),
        };
        let number = self.ordered.container.split('-').next().unwrap_or_default();
        WorkRow {
            title: format!("{id} {number}"),
            status: self.status().to_owned(),
            owner: None,
            action: action.map(str::to_owned),
            authority: Some(self.ordered.district.clone()),
            parties: Vec::new(),
            keys: [id, &self.ordered.inspection, &self.ordered.bill, number].map(str::to_uppercase).to_vec(),
            opened_at: self.ordered_at,
            due_at,
            closed_at,
        }
    }
}
