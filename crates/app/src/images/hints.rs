//! Hints (智能审图提示): what a model says to an image. A hint never decides, and its model says how good it is.

use async_trait::async_trait;
use inspection::{HintSpot, Region, Scan, ScanHinted};
use ledger::{Aggregate as _, Timestamp};
use serde::Serialize;

use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase, limits};

/// Most places of one hint.
pub const HINT_SPOTS_MAX: usize = 20;
/// Tasks, and images, looked at again in one round of housekeeping, the oldest first.
const ROUND: u32 = 50;
const ROUND_HINTS: usize = 4;
/// For how long what a model says of itself is remembered.
const MODEL_KNOWN_MS: i64 = 60_000;

/// How good a model was on images whose truth is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HintFigures {
    /// Images.
    pub images: u64,
    /// Hidden objects in them.
    pub objects: u64,
    /// Places hinted at.
    pub hints: u64,
    /// Of these, on a hidden object.
    pub right: u64,
}

impl HintFigures {
    /// Right hints among all hints, thousandths (精确率); `None` without any.
    pub const fn precision_per_mille(&self) -> Option<u64> {
        share(self.right, self.hints)
    }

    /// Objects found among all hidden objects, thousandths (召回率); `None` without any.
    pub const fn recall_per_mille(&self) -> Option<u64> {
        share(self.right, self.objects)
    }

    /// Can it be so? No more right hints than hints, nor than there was to be found.
    pub const fn is_consistent(&self) -> bool {
        self.right <= self.hints && self.right <= self.objects
    }
}

const fn share(part: u64, whole: u64) -> Option<u64> {
    match part.checked_mul(1_000) {
        Some(thousandfold) => thousandfold.checked_div(whole),
        None => None,
    }
}

/// A model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HintModel {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Measured figures, when there are any.
    pub figures: Option<HintFigures>,
    /// Measured by this platform on its sandbox images; otherwise its supplier says so.
    pub measured_here: bool,
}

/// Why a model gave no hint.
#[derive(Debug, thiserror::Error)]
pub enum HintFault {
    /// It does not read this kind of image.
    #[error("the model does not read {0}")]
    Kind(String),
    /// The image cannot be read.
    #[error("the image cannot be read")]
    Unreadable,
    /// It did not answer, or not as agreed.
    #[error("{0}")]
    Away(String),
}

impl HintFault {
    /// Stable code, as it is recorded: what exactly went wrong may name addresses of the port's own network, and stays in the log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Kind(_) => "hint-kind",
            Self::Unreadable => "hint-unreadable",
            Self::Away(_) => "hint-away",
        }
    }
}

/// Something that looks at images and hints.
#[async_trait]
pub trait ImageHint: Send + Sync {
    /// What it is, and how good.
    ///
    /// # Errors
    /// [`HintFault::Away`] when it does not say.
    async fn model(&self) -> Result<HintModel, HintFault>;
    /// Where it would look.
    ///
    /// # Errors
    /// [`HintFault`].
    async fn analyse(&self, media_type: &str, bytes: Vec<u8>) -> Result<Vec<HintSpot>, HintFault>;
}

/// The baseline that is shipped: places that differ from their row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Baseline;

#[async_trait]
impl ImageHint for Baseline {
    async fn model(&self) -> Result<HintModel, HintFault> {
        let measured = imaging::measured();
        let figures = HintFigures { images: measured.images, objects: measured.objects, hints: measured.hints, right: measured.right };
        let (name, version) = (imaging::MODEL_NAME.to_owned(), imaging::MODEL_VERSION.to_owned());
        Ok(HintModel { name, version, figures: Some(figures), measured_here: true })
    }

    async fn analyse(&self, media_type: &str, bytes: Vec<u8>) -> Result<Vec<HintSpot>, HintFault> {
        if media_type != imaging::FileKind::Png.media_type() {
            return Err(HintFault::Kind(media_type.to_owned()));
        }
        let read = move || imaging::Picture::from_png(&bytes).map(|picture| imaging::analyse(&picture));
        let spots = tokio::task::spawn_blocking(read).await.map_err(|e| HintFault::Away(e.to_string()))?;
        Ok(spots.map_err(|_| HintFault::Unreadable)?.into_iter().map(spot).collect())
    }
}

fn spot(spot: imaging::Spot) -> HintSpot {
    let imaging::Area { x, y, width, height } = spot.area;
    // The score is 0 to 1.
    HintSpot { region: Region { x, y, width, height }, score_per_mille: (spot.score * 1_000.0) as u16 }
}

/// Records what a model says to an image.
#[derive(Clone, Debug, Serialize)]
pub struct RecordHint {
    /// Image id.
    pub scan: String,
    /// The hint.
    pub hint: ScanHinted,
}

#[async_trait]
impl UseCase for RecordHint {
    const NAME: &'static str = "scan.hint";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        // Two who asked at once: the first hint stands, and nobody's frames change while they look.
        if unit.authorised::<Scan>(Self::NAME, &self.scan).await?.hint.is_some() {
            return Ok(self.scan.clone());
        }
        limits::rows(self.hint.spots.len(), HINT_SPOTS_MAX, "/hint/spots")?;
        unit.record::<Scan>(&self.scan, vec![self.hint.clone().into()], unit.at()).await?;
        Ok(self.scan.clone())
    }
}

impl App {
    /// The model that hints, for officers; `None` while it does not answer. What it says is remembered for a minute. Figures that cannot be so are left
    /// out.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn hint_model(&self, ctx: &Context) -> Result<Option<HintModel>, AppError> {
        self.rights().require(&ctx.principal, "image-task.read", &Resource::own("image-task"))?;
        // Whoever opens a page while the model is asked waits for the one answer.
        let mut known = self.known_model().lock().await;
        let fresh = |asked_at: Timestamp| (0..MODEL_KNOWN_MS).contains(&ctx.at.since_millis(asked_at));
        if let Some((_, model)) = known.as_ref().filter(|(asked_at, _)| fresh(*asked_at)) {
            return Ok(model.clone());
        }
        let model = match self.adviser().model().await {
            Ok(model) => Some(HintModel { figures: model.figures.filter(HintFigures::is_consistent), ..model }),
            Err(fault) => {
                tracing::warn!(error = %fault, "the model that hints at images does not answer");
                None
            }
        };
        *known = Some((ctx.at, model.clone()));
        Ok(model)
    }

    /// Asks the model about an image that has no hint yet, and records what it says; also that it gave none, so that nobody waits for it.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn hint_scan(&self, id: &str) -> Result<(), AppError> {
        let Some(scan) = self.peek::<Scan>(id).await?.filter(|scan| scan.hint.is_none()) else { return Ok(()) };
        // One image at a time: each may take hundreds of megabytes while it is looked at.
        let _turn = self.hinting().acquire().await.map_err(|e| AppError::Internal(e.to_string()))?;
        let Some((media_type, bytes)) = self.store().blob(&self.port().code, &scan.received.sha256).await? else { return Ok(()) };
        let adviser = self.adviser();
        let model = adviser.model().await;
        let (name, version) = model.as_ref().map_or_else(|_| ("?".into(), "?".into()), |model| (model.name.clone(), model.version.clone()));
        let said = match model {
            Ok(_) => adviser.analyse(&media_type, bytes).await,
            Err(fault) => Err(fault),
        };
        let hint = match said {
            Ok(mut spots) => {
                spots.sort_by_key(|spot| std::cmp::Reverse(spot.score_per_mille));
                spots.truncate(HINT_SPOTS_MAX);
                ScanHinted { model: name, version, spots, fault: None }
            }
            Err(fault) => {
                tracing::warn!(scan = id, error = %fault, "no hint");
                ScanHinted { model: name, version, spots: Vec::new(), fault: Some(fault.code().to_owned()) }
            }
        };
        let ctx = Context::platform(self.now(), "image-hint");
        self.execute(&ctx, &RecordHint { scan: id.to_owned(), hint }).await?;
        Ok(())
    }

    /// Hints at images that were left without one: the process ended while the model looked.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn hint_waiting_scans(&self) -> Result<usize, AppError> {
        let mut query = super::rows_of(self, inspection::ImageTask::KIND, Vec::new(), vec!["first-review".into()], Some(true));
        query.limit = ROUND;
        query.order = store::WorkOrder::Due;
        let mut hinted = 0;
        for item in self.store().work(&query).await?.items {
            let Some(task) = self.peek::<inspection::ImageTask>(&item.object.id).await? else { continue };
            for scan in &task.scans {
                if hinted < ROUND_HINTS && self.peek::<Scan>(&scan.scan).await?.is_some_and(|scan| scan.hint.is_none()) {
                    self.hint_scan(&scan.scan).await?;
                    hinted += 1;
                }
            }
        }
        Ok(hinted)
    }
}
