//! Images first: customs asks for them in some inspections, the sandbox scanner takes them, officers review them. Some wait for visitors.

use app::images::{OrderMachine, ReceiveScan, ReviewImage};
use inspection::{ImageTask, Inspection, InspectionPhase, Mark, ReviewCode, Scan, Stage};

use crate::SimulationError;
use crate::cast;
use crate::chance::stable;
use crate::world::{Step, World};

/// Of how many inspections the machine is asked for, out of ten.
const MACHINE_OF_TEN: u64 = 6;
/// Of how many of those the images are left to visitors, out of ten.
const LEFT_OF_TEN: u64 = 4;
/// Days after which nobody waits for visitors any more.
const LEFT_DAYS: i64 = 3;
/// Of how many scans another one goes astray, out of twenty.
const ASTRAY_OF_TWENTY: u64 = 3;
/// How often a reviewer misses what is hidden, or sees what is not there.
const MISTAKEN: f64 = 0.06;
const CUSTOMS_ID: &str = "customs-demo";

impl World {
    /// An officer asks for images first, where there is a sandbox scanner.
    pub(crate) async fn asks_for_images(&mut self, id: &str, inspection: &Inspection) -> Result<bool, SimulationError> {
        let scanner = self.app.port().imaging.scanners.iter().any(|scanner| scanner.sandbox);
        let fits = matches!(inspection.phase, InspectionPhase::Ordered) && inspection.machine.is_none() && inspection.joint.is_none();
        if !scanner || !fits || stable(id) % 10 >= MACHINE_OF_TEN {
            return Ok(false);
        }
        let Some(customs) = cast::of(CUSTOMS_ID) else { return Ok(false) };
        let drawn = inspection::drawn_ever(inspection);
        let people: Vec<String> =
            customs.people.iter().map(|(name, ..)| format!("{CUSTOMS_ID}.{name}")).filter(|one| !drawn.contains(one.as_str())).collect();
        let who = customs.principal(&self.app, self.chance.pick(&people).clone(), false);
        Ok(self.act(who, &OrderMachine { id: id.to_owned(), reason: "示范：机检优先 images first".into() }).await?.is_some())
    }

    /// The next act of an inspection by machine: each box one step further, an image or a review.
    pub(crate) async fn examine(&mut self, number: &str, id: &str) -> Result<(), SimulationError> {
        let Some(machine) = self.look::<Inspection>(id).await?.and_then(|state| state.machine) else { return Ok(()) };
        let reserved = stable(id) / 10 % 10 < LEFT_OF_TEN && self.now() >= self.visitors_from;
        let left = reserved && self.now() < machine.at.plus_days(LEFT_DAYS);
        let mut under_way = false;
        for task in machine.tasks.values() {
            let Some(state) = self.look::<ImageTask>(task).await?.filter(ImageTask::is_open) else { continue };
            under_way = true;
            match state.stage() {
                None => self.scan(task, &state).await?,
                // Some wait for their first review, some for the second.
                Some(Stage::First) if left && stable(task).is_multiple_of(2) => self.review(task, &state, Stage::First).await?,
                Some(_) if left => {}
                Some(stage) => self.review(task, &state, stage).await?,
            }
        }
        let opened = self.look::<Inspection>(id).await?.is_some_and(|state| state.is_open() && state.by_machine().is_none());
        if left {
            self.at(machine.at.plus_days(LEFT_DAYS), Step::Inspect(number.to_owned()));
            return Ok(());
        }
        if under_way || opened {
            self.after(0.4, Step::Inspect(number.to_owned()));
            return Ok(());
        }
        self.follow(number).await
    }

    async fn scan(&mut self, task: &str, state: &ImageTask) -> Result<(), SimulationError> {
        let ctx = self.context(self.system(CUSTOMS_ID));
        let taken = self.app.sandbox_scan(&ctx, task).await.map_err(SimulationError::platform("scan.receive"))?.outcome;
        self.app.hint_scan(&taken.scan).await.map_err(SimulationError::platform("scan.hint"))?;
        let hash = stable(task) / 7;
        if hash % 20 >= ASTRAY_OF_TWENTY {
            return Ok(());
        }
        // The driver came to the scanner with another box, or its number was read wrongly.
        let Some(scan) = self.look::<Scan>(&taken.scan).await? else { return Ok(()) };
        let Some((_, bytes)) = self
            .app
            .store()
            .blob(&self.app.port().code, &scan.received.sha256)
            .await
            .map_err(|e| SimulationError::platform("scan.receive")(app::AppError::from(e)))?
        else {
            return Ok(());
        };
        let astray = ReceiveScan {
            container: codes::ContainerNumber::synthetic(900_000 + u32::try_from(hash % 1_000).unwrap_or(0)).to_string(),
            order: Some(state.ordered.inspection.clone()),
            equipment: scan.received.equipment,
            taken_at: self.now(),
            operator: None,
            bytes,
            sandbox: scan.received.sandbox,
        };
        self.act(self.system(CUSTOMS_ID), &astray).await?;
        Ok(())
    }

    /// An officer looks at the image and says what it shows, mostly rightly.
    async fn review(&mut self, task: &str, state: &ImageTask, stage: Stage) -> Result<(), SimulationError> {
        let Some(customs) = cast::of(CUSTOMS_ID) else { return Ok(()) };
        let seniors = ["geng", "an"];
        let people: Vec<String> = customs
            .people
            .iter()
            .filter(|(name, ..)| stage != Stage::Decision || seniors.contains(name))
            .map(|(name, ..)| format!("{CUSTOMS_ID}.{name}"))
            .filter(|person| inspection::may_review(state, person).is_ok())
            .collect();
        if people.is_empty() {
            return Ok(());
        }
        let person = self.chance.pick(&people).clone();
        let mut hidden = None;
        for taken in &state.scans {
            let scan = self.look::<Scan>(&taken.scan).await?;
            let region = scan.and_then(|scan| scan.received.sandbox).and_then(|truth| truth.hidden);
            hidden = hidden.or(region.map(|region| (taken.scan.clone(), region)));
        }
        let mistaken = self.chance.happens(MISTAKEN);
        let code = match (&hidden, mistaken) {
            (Some(_), false) => ReviewCode::Suspect,
            (None, true) => ReviewCode::Unclear,
            (Some(_), true) | (None, false) => ReviewCode::Clean,
        };
        let marks = match hidden.filter(|_| code == ReviewCode::Suspect) {
            Some((scan, region)) => vec![Mark { scan, region, note: "密度异常 density differs".into() }],
            None => Vec::new(),
        };
        let note = match code {
            ReviewCode::Clean => String::new(),
            ReviewCode::Suspect => "与申报货物不符，建议开箱 differs from what is declared; to be opened".into(),
            ReviewCode::Unclear => "箱门一侧重叠，无法判明 overlaps near the door; cannot tell".into(),
        };
        let review = ReviewImage { task: task.to_owned(), expected_version: None, stage, code, note, marks };
        self.act(customs.principal(&self.app, person, false), &review).await?;
        Ok(())
    }
}
