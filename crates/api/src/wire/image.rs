//! Images of boxes (机检图像) and their review (审像).

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use clearance::Declaration;
use inspection::{
    ImagePhase, ImageTask as State, Mark as MarkState, Region as RegionState, ReviewCode, Scan as ScanState, ScanPhase, Stage,
};
use ledger::Aggregate;
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inspection::Officer;
use super::{Finding, Instant, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A rectangle of an image, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImageRegion {
    /// Left edge, from the left.
    pub x: u32,
    /// Upper edge, from the top.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl From<RegionState> for ImageRegion {
    fn from(region: RegionState) -> Self {
        let RegionState { x, y, width, height } = region;
        Self { x, y, width, height }
    }
}

impl From<ImageRegion> for RegionState {
    fn from(region: ImageRegion) -> Self {
        let ImageRegion { x, y, width, height } = region;
        Self { x, y, width, height }
    }
}

/// A mark on an image (标注).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImageMark {
    /// Image.
    pub scan: String,
    /// Where.
    pub region: ImageRegion,
    /// What is there; at most 200 characters.
    #[serde(default)]
    pub note: String,
}

/// A place at which a model hints.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HintSpot {
    /// Where.
    pub region: ImageRegion,
    /// How sure, thousandths; comparable within one model only.
    pub score_per_mille: u16,
}

/// What a model says to an image. It decides nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ImageHint {
    /// Model.
    pub model: String,
    /// Its version.
    pub version: String,
    /// Places, the surest first.
    pub spots: Vec<HintSpot>,
    /// Why there is none, when the model gave none: `hint-kind`, `hint-unreadable` or `hint-away`.
    pub fault: Option<String>,
    /// The same in words.
    pub fault_text: Option<Text>,
}

/// The same image as that of another box.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OtherBox {
    /// Image id.
    pub scan: String,
    /// Container number, as sent.
    pub container: String,
}

/// The truth of a synthetic image.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxTruth {
    /// Where something is hidden; null when nothing is.
    pub hidden: Option<ImageRegion>,
}

/// Why an image was set aside.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SetAside {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Officer,
    /// When.
    pub at: Instant,
}

/// An image of a box (机检图像).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Scan {
    /// Id.
    pub id: String,
    /// Container number as it was sent.
    pub container: String,
    /// Visit of the box, when it is known here.
    pub container_id: Option<String>,
    /// Inspection order that was named with it.
    pub order: Option<String>,
    /// Number of the scanner.
    pub equipment: String,
    /// Name of the scanner, when it is registered.
    pub equipment_name: Option<Text>,
    /// Synthetic, from the sandbox scanner.
    pub sandbox: bool,
    /// Truth of a synthetic image; once its task is concluded.
    pub truth: Option<SandboxTruth>,
    /// When it was taken, by the scanner's clock.
    pub taken_at: Instant,
    /// When it came.
    pub received_at: Instant,
    /// SHA-256 of the file, hex; on the ledger.
    pub sha256: String,
    /// Media type.
    pub media_type: String,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// Width, pixels, when the file says it.
    pub width: Option<u32>,
    /// Height, pixels.
    pub height: Option<u32>,
    /// Size of a pixel, micrometres, when the scanner is registered with it.
    pub pixel_um: Option<u32>,
    /// Who sent it: user or key id.
    pub by: String,
    /// Officer at the scanner, when named.
    pub operator: Option<String>,
    /// How often the same bytes came again.
    pub repeated: u32,
    /// The same bytes came as the image of these other boxes: of one of them it is not.
    pub also_of: Vec<OtherBox>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
    /// Hint of the model.
    pub hint: Option<ImageHint>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Task to which it belongs.
    pub task: Option<String>,
    /// Why it was set aside.
    pub set_aside: Option<SetAside>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// An image as it was taken in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedScan {
    /// The image: the one that came first, when the same bytes came again.
    pub scan: Scan,
    /// The same bytes of the same box were there already.
    pub repeated: bool,
    /// What is odd about it, also that it is repeated.
    pub findings: Vec<Finding>,
}

/// A review.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ImageReview {
    /// `first`, `second` or `decision`.
    pub stage: String,
    /// In words.
    pub stage_text: Text,
    /// `clean`, `suspect` or `unclear`.
    pub code: String,
    /// In words.
    pub code_text: Text,
    /// What was seen.
    pub note: String,
    /// Marks.
    pub marks: Vec<ImageMark>,
    /// Officer.
    pub by: Officer,
    /// When.
    pub at: Instant,
}

/// The draw of a second review (复审抽取); it can be checked once the day's seed is published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SecondDraw {
    /// Draw day.
    pub day: String,
    /// Rate, hundredths of a per cent.
    pub rate_bp: u32,
    /// Number drawn, hundredths of a per cent.
    pub number: u32,
    /// A second review was drawn.
    pub selected: bool,
}

/// Goods as they are declared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeclaredGoods {
    /// HS code.
    pub hs_code: String,
    /// Name.
    pub name: String,
    /// Specification.
    pub model: String,
    /// Quantity.
    pub quantity: String,
    /// Unit code.
    pub unit: String,
}

/// An image task (机检任务): one box of an inspection by machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ImageTask {
    /// Id.
    pub id: String,
    /// Inspection.
    pub inspection: String,
    /// Declaration.
    pub declaration: String,
    /// Bill number.
    pub bill_no: String,
    /// Container number.
    pub container: String,
    /// Container visit.
    pub container_id: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Review that comes next: `first`, `second` or `decision`.
    pub stage: Option<String>,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// Who ordered it.
    pub ordered_by: Officer,
    /// Why.
    pub reason: String,
    /// When the next step is due.
    pub due_at: Option<Instant>,
    /// Images, oldest first.
    pub number_of_scans: usize,
    /// Images with everything known of them; on the task itself, not in lists.
    pub scans: Vec<Scan>,
    /// Goods as they are declared; on the task itself, not in lists.
    pub goods: Vec<DeclaredGoods>,
    /// Reviews, oldest first.
    pub reviews: Vec<ImageReview>,
    /// A second review is due and must be independent: the first is shown to its own officer alone until then.
    pub reviews_hidden: bool,
    /// Draw of the second review.
    pub draw: Option<SecondDraw>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Why this user may not give the review that is due.
    pub not_yours: Option<Text>,
    /// Version.
    pub version: u64,
}

/// Gives a review.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ReviewForm {
    /// The review that it is meant to be: `first`, `second` or `decision`.
    #[schema(value_type = String)]
    pub stage: Stage,
    /// `clean`, `suspect` or `unclear`.
    #[schema(value_type = String)]
    pub code: ReviewCode,
    /// What was seen; at most 2,000 characters.
    #[serde(default)]
    pub note: String,
    /// At most 50.
    #[serde(default)]
    pub marks: Vec<ImageMark>,
}

impl ReviewForm {
    pub fn marks(&self) -> Vec<MarkState> {
        let mark = |mark: &ImageMark| MarkState { scan: mark.scan.clone(), region: mark.region.into(), note: mark.note.trim().to_owned() };
        self.marks.iter().map(mark).collect()
    }
}

/// Gives an image to a task.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MatchForm {
    /// Image task.
    pub task: String,
}

/// What an image is of.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ScanQuery {
    /// Container number.
    pub container: String,
    /// Number of the scanner.
    pub equipment: String,
    /// When it was taken, by the scanner's clock: RFC 3339.
    pub taken_at: String,
    /// Inspection order, when the scanner knows it.
    pub order: Option<String>,
    /// Officer at the scanner, user id.
    pub operator: Option<String>,
}

/// Code and words of a hint's fault. Earlier releases recorded words in place of the code.
fn hint_fault(fault: &str) -> (&'static str, Text) {
    match fault {
        "hint-kind" => ("hint-kind", Text::new("模型不读取这种图像文件", "the model does not read this kind of file")),
        "hint-unreadable" => ("hint-unreadable", Text::new("图像文件无法读取", "the image file cannot be read")),
        _ => ("hint-away", Text::new("模型没有应答", "the model did not answer")),
    }
}

fn stage_text(stage: Stage) -> Text {
    match stage {
        Stage::First => Text::new("初审", "First review"),
        Stage::Second => Text::new("复审", "Second review"),
        Stage::Decision => Text::new("裁定", "Decision"),
    }
}

fn code_text(code: ReviewCode) -> Text {
    match code {
        ReviewCode::Clean => Text::new("未见异常", "Clean"),
        ReviewCode::Suspect => Text::new("有嫌疑", "Suspect"),
        ReviewCode::Unclear => Text::new("无法判明", "Unclear"),
    }
}

impl Api {
    /// An image, for an officer. `told` says whether the truth of a synthetic one may be shown.
    async fn scan_view(&self, ctx: &Context, seen: Seen<ScanState>, told: bool) -> Result<Scan, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(ScanState::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let fitting: &[&'static str] = match &state.phase {
            ScanPhase::Unmatched => &["scan.match", "scan.set-aside"],
            ScanPhase::SetAside { .. } => &["scan.match"],
            ScanPhase::Matched { .. } => &[],
        };
        let set_aside = match &state.phase {
            ScanPhase::SetAside { why, by, at } => Some(SetAside { reason: why.clone(), by: self.officer(by).await?, at: (*at).into() }),
            ScanPhase::Unmatched | ScanPhase::Matched { .. } => None,
        };
        let received = state.received.clone();
        Ok(Scan {
            equipment_name: self.app.port().imaging.scanner(&received.equipment).map(|scanner| scanner.name.clone().into()),
            sandbox: received.sandbox.is_some(),
            truth: received.sandbox.filter(|_| told).map(|truth| SandboxTruth { hidden: truth.hidden.map(ImageRegion::from) }),
            hint: state.hint.as_ref().map(|hint| ImageHint {
                model: hint.model.clone(),
                version: hint.version.clone(),
                spots: hint
                    .spots
                    .iter()
                    .map(|spot| HintSpot { region: spot.region.into(), score_per_mille: spot.score_per_mille })
                    .collect(),
                fault: hint.fault.as_deref().map(|fault| hint_fault(fault).0.to_owned()),
                fault_text: hint.fault.as_deref().map(|fault| hint_fault(fault).1),
            }),
            status: state.status().to_owned(),
            status_text: texts::status(ScanState::KIND, state.status()),
            task: state.task().map(str::to_owned),
            set_aside,
            actions: allowed(self, &ctx.principal, &resource, fitting),
            id: seen.id,
            version: seen.version,
            repeated: state.repeated,
            received_at: state.at.into(),
            container: received.container,
            container_id: received.visit,
            order: received.order,
            equipment: received.equipment,
            taken_at: received.taken_at.into(),
            sha256: received.sha256,
            media_type: received.media_type,
            bytes: received.bytes,
            width: received.size.map(|(width, _)| width),
            height: received.size.map(|(_, height)| height),
            pixel_um: received.pixel_um,
            by: received.by,
            operator: received.operator,
            also_of: state.doubts.iter().map(|one| OtherBox { scan: one.other.clone(), container: one.container.clone() }).collect(),
            findings: received.findings.into_iter().map(Finding::from).collect(),
        })
    }

    pub async fn scan(&self, ctx: &Context, seen: Seen<ScanState>) -> Result<Scan, AppError> {
        let told = match seen.state.task() {
            Some(task) => self.app.peek::<State>(task).await?.is_some_and(|task| !task.is_open()),
            None => false,
        };
        self.scan_view(ctx, seen, told).await
    }

    /// A task as a list shows it.
    pub async fn image_task_row(&self, ctx: &Context, seen: Seen<State>) -> Result<ImageTask, AppError> {
        let state = &seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let person = &ctx.principal.id;
        let refused = match state.stage() {
            Some(Stage::Decision) if !self.app.decides_images(person).await? => {
                Some(Text::new("裁定须由具备裁定资质的关员作出。", "Only an officer with the competence to decide does so."))
            }
            Some(_) => inspection::may_review(state, person).err().map(|refusal| refusal.text.into()),
            None => None,
        };
        let due = state.stage().is_some() && refused.is_none();
        let sandbox = state.is_open() && self.app.port().demo && self.app.port().imaging.scanners.iter().any(|scanner| scanner.sandbox);
        let fitting: Vec<&'static str> = due.then_some("image-task.review").into_iter().chain(sandbox.then_some("scan.receive")).collect();
        let hidden = matches!(state.phase, ImagePhase::SecondReview { .. });
        let mut reviews = Vec::new();
        for review in state.reviews.iter().filter(|review| !hidden || review.said.by == *person) {
            let said = &review.said;
            reviews.push(ImageReview {
                stage: said.stage.code().to_owned(),
                stage_text: stage_text(said.stage),
                code: said.code.code().to_owned(),
                code_text: code_text(said.code),
                note: said.note.clone(),
                marks: said
                    .marks
                    .iter()
                    .map(|mark| ImageMark { scan: mark.scan.clone(), region: mark.region.into(), note: mark.note.clone() })
                    .collect(),
                by: self.officer(&said.by).await?,
                at: review.at.into(),
            });
        }
        let draw = state.reviews.iter().find_map(|review| review.said.draw.as_ref()).filter(|_| !hidden);
        Ok(ImageTask {
            inspection: state.ordered.inspection.clone(),
            declaration: state.ordered.declaration.clone(),
            bill_no: state.ordered.bill.clone(),
            container: container_number(&state.ordered.container).to_owned(),
            container_id: state.ordered.container.clone(),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            stage: state.stage().map(|stage| stage.code().to_owned()),
            ordered_at: state.ordered_at.into(),
            ordered_by: self.officer(&state.ordered.by).await?,
            reason: state.ordered.why.clone(),
            due_at: row.due_at.map(Instant::from),
            number_of_scans: state.scans.len(),
            scans: Vec::new(),
            goods: Vec::new(),
            reviews_hidden: hidden && state.reviews.iter().any(|review| review.said.by != *person),
            reviews,
            draw: draw.map(|draw| SecondDraw {
                day: draw.day.clone(),
                rate_bp: draw.rate_bp,
                number: draw.number,
                selected: draw.selected,
            }),
            actions: allowed(self, &ctx.principal, &resource, &fitting),
            not_yours: refused,
            id: seen.id,
            version: seen.version,
        })
    }

    /// A task with its images and the goods that were declared.
    pub async fn image_task(&self, ctx: &Context, seen: Seen<State>) -> Result<ImageTask, AppError> {
        let told = !seen.state.is_open();
        let scans: Vec<String> = seen.state.scans.iter().map(|scan| scan.scan.clone()).collect();
        let mut view = self.image_task_row(ctx, seen).await?;
        for id in scans {
            let scan = self.seen::<ScanState>(&id).await?;
            view.scans.push(self.scan_view(ctx, scan, told).await?);
        }
        if let Some(declaration) = self.app.peek::<Declaration>(&view.declaration).await? {
            let goods = |item: &clearance::GoodsItem| DeclaredGoods {
                hs_code: item.code_ts.clone(),
                name: item.g_name.clone(),
                model: item.g_model.clone(),
                quantity: item.g_qty.clone(),
                unit: item.g_unit.clone(),
            };
            view.goods = declaration.form().goods.iter().map(goods).collect();
        }
        Ok(view)
    }
}
