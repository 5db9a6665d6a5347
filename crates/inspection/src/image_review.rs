//! What may happen to an image task: images, reviews, the end.

use ledger::{Aggregate, Refusal};

use crate::image_task::{
    ImageCancelled, ImageOrdered, ImageTask, ImageTaskEvent, Mark, ReviewCode, Reviewed, ScanTaken, SecondDraw, Stage, TaskScanDoubted,
};

/// Most images of one task.
pub const TASK_SCANS_MAX: usize = 20;
/// Most marks of one review.
pub const MARKS_MAX: usize = 50;
/// Longest note of a mark, characters.
pub const MARK_NOTE_MAX: usize = 200;
/// Longest note of a review, characters.
pub const REVIEW_NOTE_MAX: usize = 2_000;

const REVIEW: &str = "image-task.review";

/// Orders the image of a box.
///
/// # Errors
/// `image-task-exists`.
pub fn decide_order_image(state: Option<&ImageTask>, command: ImageOrdered) -> Result<Vec<ImageTaskEvent>, Refusal> {
    match state {
        None => Ok(vec![command.into()]),
        Some(task) => Err(Refusal::new(
            "image-task-exists",
            "image-task.order",
            task.status(),
            "该审像任务已存在。",
            "The image task exists already.",
        )),
    }
}

/// Gives an image to the task.
///
/// # Errors
/// `image-task-closed`; `image-scans-many` beyond [`TASK_SCANS_MAX`].
pub fn decide_take_scan(state: &ImageTask, command: ScanTaken) -> Result<Vec<ImageTaskEvent>, Refusal> {
    const ATTEMPT: &str = "image-task.take-scan";
    if !state.is_open() {
        return Err(closed(state, ATTEMPT));
    }
    if state.scans.len() >= TASK_SCANS_MAX {
        return Err(Refusal::new(
            "image-scans-many",
            ATTEMPT,
            state.status(),
            format!("一个任务最多 {TASK_SCANS_MAX} 幅图像。"),
            format!("A task takes at most {TASK_SCANS_MAX} images."),
        ));
    }
    Ok(vec![command.into()])
}

/// Notes that an image of the task came as that of another box; nothing once the task has ended, or when it is noted.
pub fn decide_doubt_image(state: &ImageTask, command: TaskScanDoubted) -> Vec<ImageTaskEvent> {
    let of_it = state.scans.iter().any(|taken| taken.scan == command.scan);
    if state.is_open() && of_it && !state.doubted.contains(&command.scan) { vec![command.into()] } else { Vec::new() }
}

/// Ends the task without a review; nothing when it has ended.
pub fn decide_cancel_image(state: &ImageTask, why: &str) -> Vec<ImageTaskEvent> {
    if state.is_open() { vec![ImageCancelled { why: why.to_owned() }.into()] } else { Vec::new() }
}

/// What a reviewer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewCommand {
    /// The review that it is meant to be; another one is refused, so that two who review at once are not taken for first and second.
    pub stage: Stage,
    /// Conclusion.
    pub code: ReviewCode,
    /// What was seen.
    pub note: String,
    /// Marks.
    pub marks: Vec<Mark>,
    /// Officer, user id.
    pub by: String,
    /// The officer has the competence to decide.
    pub senior: bool,
}

/// May this officer give the next review, and with this content?
///
/// # Errors
/// `image-no-scan`; `image-task-closed`; `image-stage` when somebody else was faster; `image-own-scan` when the officer took or sent the image;
/// `image-same-reviewer` when the officer reviewed it before; `image-not-senior`; `image-decision-unclear`; `image-note` when neither note nor mark
/// says what is suspect or unclear; `image-doubted` for a clean review when every image also came as that of another box; `image-marks` with too many, outside of their image, or on another task's image; `image-note-length`.
pub fn check_review(state: &ImageTask, command: &ReviewCommand) -> Result<(), Refusal> {
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, REVIEW, state.status(), zh, en));
    let Some(stage) = state.stage() else {
        return if state.is_open() {
            refuse("image-no-scan", "尚未收到图像。", "There is no image yet.")
        } else {
            Err(closed(state, REVIEW))
        };
    };
    if stage != command.stage {
        return refuse("image-stage", "该任务已由他人审看，请刷新。", "Somebody else has reviewed it meanwhile; read it again.");
    }
    may_review(state, &command.by)?;
    match stage {
        Stage::Decision if !command.senior => {
            return refuse(
                "image-not-senior",
                "裁定须由具备裁定资质的关员作出。",
                "Only an officer with the competence to decide does so.",
            );
        }
        Stage::Decision if command.code == ReviewCode::Unclear => {
            return refuse("image-decision-unclear", "裁定须为未见异常或有嫌疑。", "The decision is clean or suspect.");
        }
        Stage::First | Stage::Second | Stage::Decision => {}
    }
    if !command.code.opens() && !state.has_undoubted_image() {
        return refuse(
            "image-doubted",
            "同一图像曾以另一箱号传来，不能据此认定未见异常；请重新扫描，或移送开箱。",
            "The same image came as that of another box, so that it says nothing of this one: scan the box again, or have it opened.",
        );
    }
    content(state, command)
}

/// May this officer review the task at all: not their own image, and not a second time?
///
/// # Errors
/// `image-own-scan`; `image-same-reviewer`.
pub fn may_review(state: &ImageTask, officer: &str) -> Result<(), Refusal> {
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, REVIEW, state.status(), zh, en));
    let own =
        |scan: &ScanTaken| scan.by == officer || scan.operator.as_deref() == Some(officer) || scan.matched_by.as_deref() == Some(officer);
    if state.scans.iter().any(own) {
        return refuse(
            "image-own-scan",
            "扫描人员和手工归入图像的关员不能审看该图像。",
            "Whoever took an image, or gave it to the task by hand, does not review it.",
        );
    }
    if state.reviewers().contains(&officer) {
        return refuse("image-same-reviewer", "复审和裁定须由其他关员作出。", "Another officer gives the next review.");
    }
    Ok(())
}

fn content(state: &ImageTask, command: &ReviewCommand) -> Result<(), Refusal> {
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, REVIEW, state.status(), zh, en));
    if command.code.opens() && command.note.trim().is_empty() && command.marks.is_empty() {
        return refuse(
            "image-note",
            "请说明或标注嫌疑之处、无法判明的原因。".into(),
            "Say or mark what is suspect, or why the images do not tell.".into(),
        );
    }
    let long = |text: &str, max: usize| text.chars().count() > max;
    if long(&command.note, REVIEW_NOTE_MAX) || command.marks.iter().any(|mark| long(&mark.note, MARK_NOTE_MAX)) {
        return refuse(
            "image-note-length",
            format!("说明最多 {REVIEW_NOTE_MAX} 个字符，标注最多 {MARK_NOTE_MAX} 个字符。"),
            format!("A note has at most {REVIEW_NOTE_MAX} characters, that of a mark at most {MARK_NOTE_MAX}."),
        );
    }
    let sound = |mark: &Mark| {
        let image = state.scans.iter().find(|scan| scan.scan == mark.scan);
        let region = mark.region;
        image.is_some_and(|scan| {
            let (width, height) = scan.size.unwrap_or((u32::MAX, u32::MAX));
            let right = region.x.checked_add(region.width);
            let bottom = region.y.checked_add(region.height);
            region.width > 0 && region.height > 0 && right.is_some_and(|x| x <= width) && bottom.is_some_and(|y| y <= height)
        })
    };
    if command.marks.len() > MARKS_MAX || !command.marks.iter().all(sound) {
        return refuse(
            "image-marks",
            format!("最多 {MARKS_MAX} 个标注，须位于本任务的图像之内。"),
            format!("At most {MARKS_MAX} marks, each inside an image of this task."),
        );
    }
    Ok(())
}

/// Records a review. `draw` says whether a second one is drawn; it is asked for a clean first review only.
///
/// # Errors
/// As [`check_review`].
pub fn decide_review(state: &ImageTask, command: ReviewCommand, draw: Option<SecondDraw>) -> Result<Vec<ImageTaskEvent>, Refusal> {
    check_review(state, &command)?;
    let draw = draw.filter(|_| command.stage == Stage::First && !command.code.opens());
    let ReviewCommand { stage, code, note, marks, by, senior: _ } = command;
    let scans = state.scans.iter().map(|scan| scan.scan.clone()).collect();
    Ok(vec![Reviewed { stage, code, note: note.trim().to_owned(), marks, scans, by, draw }.into()])
}

fn closed(state: &ImageTask, attempted: &'static str) -> Refusal {
    Refusal::new("image-task-closed", attempted, state.status(), "该审像任务已结束。", "The image task has ended.")
}
