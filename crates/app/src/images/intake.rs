//! Images come in (图像接收): kept by their hash whatever is odd about them, and given to the task that waits for them.

use async_trait::async_trait;
use codes::ContainerNumber;
use inspection::{
    ImageTask, Inspection, NamedOrder, SandboxTruth, Scan, ScanDoubted, ScanEvent, ScanFacts, ScanMatched, ScanReceived, ScanRepeated,
    ScanSetAside, TaskScanDoubted,
};
use ledger::{Aggregate as _, Refusal, Timestamp};
use logistics::{Container, Place, container_number};
use serde::{Deserialize, Serialize};

use super::{give, hold_images, operator_known, rows_of, take};
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, gate, limits};

/// Largest image file, bytes.
pub const SCAN_BYTES_MAX: usize = 20 * 1024 * 1024;

/// Media type, and width and height where the file tells them.
type ImageFile = (&'static str, Option<(u32, u32)>);

/// An image as it was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Image id.
    pub scan: String,
    /// The same bytes of the same box were there already: this is the image that came first.
    pub repeated: bool,
}

/// A scanner sends an image of a box.
#[derive(Clone, Debug)]
pub struct ReceiveScan {
    /// Container number.
    pub container: String,
    /// Inspection order, when the scanner knows it.
    pub order: Option<String>,
    /// Number of the scanner.
    pub equipment: String,
    /// When it was taken, by the scanner's clock.
    pub taken_at: Timestamp,
    /// Officer at the scanner, user id.
    pub operator: Option<String>,
    /// The file: PNG or JPEG.
    pub bytes: Vec<u8>,
    /// The truth of a synthetic image.
    pub sandbox: Option<SandboxTruth>,
}

impl Serialize for ReceiveScan {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sha256 = crate::inbox::sha256_hex(&self.bytes);
        (&self.container, &self.order, &self.equipment, self.taken_at, &self.operator, sha256).serialize(serializer)
    }
}

#[async_trait]
impl UseCase for ReceiveScan {
    const NAME: &'static str = "scan.receive";
    type Outcome = Taken;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Taken, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port(Scan::KIND, &unit.ctx.principal))?;
        let of_its_sender = may_send(unit, self.equipment.trim()).await?;
        let (media_type, size) = self.file()?;
        let container = self.container.trim().to_uppercase();
        let order = self.order.as_ref().map(|order| order.trim().to_owned()).filter(|order| !order.is_empty());
        for (value, pointer) in [(Some(&container), "/container"), (order.as_ref(), "/order"), (Some(&self.equipment), "/equipment")] {
            limits::optional(value, pointer, limits::SHORT_TEXT_MAX)?;
        }
        limits::optional(self.operator.as_ref(), "/operator", limits::SHORT_TEXT_MAX)?;
        let sha256 = crate::inbox::sha256_hex(&self.bytes);
        let by = unit.ctx.principal.id.clone();
        // What is found by a list is held: an order that comes at the same moment sees this image, or this image sees the order.
        hold_images(unit, &container).await?;
        hold_images(unit, &sha256).await?;
        let same_bytes = same_bytes(unit, &sha256).await?;
        let number_sound = container.parse::<ContainerNumber>().is_ok();
        let (named, waiting) = task_of(unit, order.as_deref(), &container).await?;
        let visit = match &waiting {
            Some((_, task)) => Some(task.ordered.container.clone()),
            None if number_sound => visit_of(unit, &container).await?,
            None => None,
        };
        let rules = &unit.app.port().imaging;
        let named_operator = self.operator.as_ref().map(|operator| operator.trim().to_owned()).filter(|operator| !operator.is_empty());
        // Whoever sends by hand is at the scanner, unless they name another.
        let operator = named_operator.or_else(|| (!unit.ctx.principal.system).then(|| by.clone()));
        let mut facts = ScanFacts {
            number_sound,
            order: named,
            task: waiting.as_ref().map(|(id, task)| (id.as_str(), task.scans.len())),
            bytes_of_another_box: same_bytes.iter().any(|(_, scan)| scan.received.container != container),
            of_its_sender,
            operator_known: operator_known(unit, operator.as_deref()).await?,
        };
        if let Some((id, known)) = same_bytes.iter().find(|(_, scan)| scan.received.container == container) {
            facts.bytes_of_another_box |= !known.doubts.is_empty();
            let again = ScanRepeated { by, order, operator };
            return came_again(unit, id, known, again, &facts, visit).await;
        }
        let received = ScanReceived {
            pixel_um: rules.scanner(self.equipment.trim()).and_then(|scanner| scanner.pixel_um),
            container,
            order,
            equipment: self.equipment.trim().to_owned(),
            taken_at: self.taken_at,
            sha256: sha256.clone(),
            media_type: media_type.to_owned(),
            bytes: self.bytes.len() as u64,
            size,
            district: unit.app.port().customs_district.clone(),
            by,
            operator,
            visit,
            sandbox: self.sandbox,
            findings: Vec::new(),
        };
        let events = inspection::decide_receive_scan(received, &facts, rules, unit.at());
        let id = unit.app.next_id('V', unit.at()).await?;
        unit.keep(store::Blob { sha256, media_type: media_type.to_owned(), bytes: self.bytes.clone() });
        let matched = events.iter().any(|event| matches!(event, ScanEvent::Matched(_)));
        unit.record::<Scan>(&id, events, unit.at()).await?;
        if let Some((task, _)) = waiting.filter(|_| matched) {
            let scan = unit.get::<Scan>(&id).await?;
            take(unit, &task, &id, &scan, None).await?;
        }
        let number = unit.get::<Scan>(&id).await?.received.container;
        for (earlier, scan) in &same_bytes {
            doubt(unit, earlier, scan, ScanDoubted { other: id.clone(), container: number.clone() }).await?;
        }
        Ok(Taken { scan: id, repeated: false })
    }
}

impl ReceiveScan {
    /// Media type and size of the file.
    fn file(&self) -> Result<ImageFile, AppError> {
        if self.bytes.len() > SCAN_BYTES_MAX {
            return Err(AppError::invalid("scan-bytes", "", "图像文件不超过 20 MiB", "an image file has at most 20 MiB"));
        }
        let Some(described) = imaging::describe(&self.bytes) else {
            return Err(AppError::invalid(
                "scan-kind",
                "",
                "图像须为 PNG 或 JPEG（按内容识别）",
                "an image is PNG or JPEG; the content decides",
            ));
        };
        let large = |(width, height): (u32, u32)| {
            width > imaging::SIDE_MAX || height > imaging::SIDE_MAX || u64::from(width) * u64::from(height) > imaging::PIXELS_MAX
        };
        if described.size.is_some_and(large) {
            return Err(AppError::invalid(
                "scan-pixels",
                "",
                format!("图像不超过 {} 万像素、每边 {} 像素", imaging::PIXELS_MAX / 10_000, imaging::SIDE_MAX),
                format!("an image has at most {} pixels and {} on a side", imaging::PIXELS_MAX, imaging::SIDE_MAX),
            ));
        }
        Ok((described.kind.media_type(), described.size))
    }
}

/// May the asker send an image, and does it send for this scanner? A key or person that is a sender of the scanner, or an officer who works at the
/// scanners (机检操作); nobody else, whatever role they have.
async fn may_send(unit: &Unit<'_>, equipment: &str) -> Result<bool, AppError> {
    let (principal, rules) = (&unit.ctx.principal, &unit.app.port().imaging);
    if rules.scanner(equipment).is_some_and(|scanner| scanner.is_sent_by(&principal.id)) {
        return Ok(true);
    }
    let officer = if principal.system { None } else { unit.app.user(&principal.id).await?.and_then(|user| user.officer) };
    if officer.is_some_and(|officer| officer.competences.contains(&rules.operator_competence)) {
        return Ok(true);
    }
    if rules.sends(&principal.id) {
        return Ok(false);
    }
    Err(AppError::Refused(Refusal::new(
        "scan-not-sender",
        ReceiveScan::NAME,
        "none",
        "只有登记为设备发送方的密钥或人员，以及具备机检操作资质的关员可以发送图像。",
        "Images are sent by the keys and persons that are registered as senders of a scanner, and by officers with the competence to work at one.",
    )))
}

/// The same bytes of the same box once more: the first stands, and goes to its task if it fits one now.
async fn came_again(
    unit: &mut Unit<'_>,
    id: &str,
    known: &Scan,
    again: ScanRepeated,
    facts: &ScanFacts<'_>,
    visit: Option<String>,
) -> Result<Taken, AppError> {
    let candidate = ScanReceived { visit: visit.clone(), order: again.order.clone(), ..known.received.clone() };
    let fits = facts.task.zip(visit).and_then(|((task, _), visit)| {
        let matched = ScanMatched { task: task.to_owned(), visit, by: None };
        inspection::fits_now(&candidate, facts, &unit.app.port().imaging, matched)
    });
    let sender = again.by.clone();
    let events = inspection::decide_scan_repeated(known, again, fits.clone());
    let matched = events.iter().any(|event| matches!(event, ScanEvent::Matched(_)));
    unit.record::<Scan>(id, events, unit.at()).await?;
    if let Some(fits) = fits.filter(|_| matched) {
        let scan = unit.get::<Scan>(id).await?;
        // Whoever sent it this time had a hand in it as well.
        let sender = Some(sender).filter(|sender| *sender != scan.received.by);
        take(unit, &fits.task, id, &scan, sender).await?;
    }
    Ok(Taken { scan: id.to_owned(), repeated: true })
}

/// Notes on an image, and on the task that rests on it, that the same bytes came as the image of another box.
async fn doubt(unit: &mut Unit<'_>, id: &str, scan: &Scan, doubted: ScanDoubted) -> Result<(), AppError> {
    let other = doubted.other.clone();
    unit.record::<Scan>(id, inspection::decide_doubt_scan(scan, doubted), unit.at()).await?;
    let Some(task) = scan.task() else { return Ok(()) };
    let state = unit.get::<ImageTask>(task).await?;
    let events = inspection::decide_doubt_image(&state, TaskScanDoubted { scan: id.to_owned(), other });
    unit.record::<ImageTask>(task, events, unit.at()).await
}

/// Images with the same bytes.
async fn same_bytes(unit: &mut Unit<'_>, sha256: &str) -> Result<Vec<(String, Scan)>, AppError> {
    let query = rows_of(unit.app, Scan::KIND, vec![sha256.to_uppercase()], Vec::new(), None);
    let mut found = Vec::new();
    for item in unit.app.store().work(&query).await?.items {
        let scan = unit.get::<Scan>(&item.object.id).await?;
        found.push((item.object.id, scan));
    }
    Ok(found)
}

/// What the order that was named says, and the open task that takes images of the box.
async fn task_of(unit: &mut Unit<'_>, order: Option<&str>, number: &str) -> Result<(NamedOrder, Option<(String, ImageTask)>), AppError> {
    let Some(order) = order else {
        let query = rows_of(unit.app, ImageTask::KIND, vec![number.to_owned()], Vec::new(), Some(true));
        for item in unit.app.store().work(&query).await?.items {
            let task = unit.get::<ImageTask>(&item.object.id).await?;
            if task.is_open() && container_number(&task.ordered.container) == number {
                return Ok((NamedOrder::None, Some((item.object.id, task))));
            }
        }
        return Ok((NamedOrder::None, None));
    };
    let Some(inspection) = unit.load::<Inspection>(order).await? else { return Ok((NamedOrder::Unknown, None)) };
    let Some(container) = inspection.containers.iter().find(|id| container_number(id) == number) else {
        return Ok((NamedOrder::WithoutBox, None));
    };
    if !inspection.is_open() {
        return Ok((NamedOrder::Closed, None));
    }
    let Some(id) = inspection.machine.as_ref().and_then(|machine| machine.tasks.get(container)).cloned() else {
        return Ok((NamedOrder::NotByMachine, None));
    };
    let task = unit.get::<ImageTask>(&id).await?;
    if task.is_open() { Ok((NamedOrder::Fits, Some((id, task)))) } else { Ok((NamedOrder::Closed, None)) }
}

/// The visit of a box that is in port.
async fn visit_of(unit: &mut Unit<'_>, number: &str) -> Result<Option<String>, AppError> {
    let here = |container: &Container| !matches!(container.place, Place::Gone { .. } | Place::Shipped { .. });
    Ok(gate::find(unit.app, unit.ctx, number).await?.filter(|(_, container)| here(container)).map(|(id, _)| id))
}

/// An officer gives an image that fitted nothing to a task (人工匹配).
#[derive(Clone, Debug, Serialize)]
pub struct MatchScan {
    /// Image id.
    pub id: String,
    /// Image task id.
    pub task: String,
}

#[async_trait]
impl UseCase for MatchScan {
    const NAME: &'static str = "scan.match";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let scan = unit.authorised::<Scan>(Self::NAME, &self.id).await?;
        let task = unit.authorised::<ImageTask>(Self::NAME, &self.task).await?;
        let by = Some(unit.ctx.principal.id.clone());
        give(unit, &self.id, &scan, ScanMatched { task: self.task.clone(), visit: task.ordered.container, by }).await?;
        Ok(self.id.clone())
    }
}

/// An officer sets an image aside that fits nothing (搁置). It is kept.
#[derive(Clone, Debug, Serialize)]
pub struct SetScanAside {
    /// Image id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for SetScanAside {
    const NAME: &'static str = "scan.set-aside";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let scan = unit.authorised::<Scan>(Self::NAME, &self.id).await?;
        let why = reason(&self.reason)?;
        let by = unit.ctx.principal.id.clone();
        let events = inspection::decide_set_aside(&scan, ScanSetAside { why, by })?;
        unit.record::<Scan>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl crate::App {
    /// The file of an image, for whoever may read the image: media type and bytes. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, or it may not be read.
    pub async fn scan_file(&self, ctx: &crate::Context, id: &str) -> Result<(String, Vec<u8>), AppError> {
        let seen = self.view::<Scan>(ctx, "scan.read", id).await?;
        let not_found = || AppError::NotFound { kind: Scan::KIND, id: id.to_owned() };
        self.store().blob(&self.port().code, &seen.state.received.sha256).await?.ok_or_else(not_found)
    }
}
