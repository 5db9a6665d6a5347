//! The inspection site (查验场): which inspections come first and which need no appointment, who waits in which place, who is being inspected
//! (INS-08, INS-10).

use async_trait::async_trait;
use clearance::Case;
use credit::Grade;
use inspection::{
    Begun, Classified, Inspection, InspectionPhase, Method, PriorityClass, SiteRule, SiteRuleApproved, SiteRuleProposed, SiteRuleRefused,
};
use ledger::{Aggregate, Timestamp};
use serde::Serialize;
use store::{Visibility, WorkOrder, WorkQuery};

use crate::inspections;
use crate::joint_orders::person;
use crate::orders::reason;
use crate::reading::PAGE_MAX;
use crate::{App, AppError, Context, Role, Unit, UseCase, risk};

/// Most open inspections that a look at the site takes in.
pub const SITE_OPEN_MAX: usize = 2_000;
/// Days ahead that a version may begin.
const VALID_FROM_DAYS_MAX: i64 = 366;

/// Gives an inspection that was just ordered its class, by the rule in force.
pub(crate) async fn classify(unit: &mut Unit<'_>, id: &str, case: &Case) -> Result<(), AppError> {
    let at = unit.at();
    let district = unit.app.port().customs_district.clone();
    let Some(version) = unit.load::<SiteRule>(&district).await?.and_then(|rule| rule.in_force(at).cloned()) else { return Ok(()) };
    let goods: Vec<String> = case.form.goods.iter().map(|line| line.code_ts.trim().to_owned()).collect();
    let grade = risk::grade_of(unit, &case.form.trade_co_scc).await?.value;
    let Some((rank, class)) = inspection::class_of(&version.proposed.classes, &goods, &grade) else { return Ok(()) };
    let classified =
        Classified { rule: version.number, class: class.id.clone(), name: class.name.clone(), rank, on_arrival: class.on_arrival };
    let events = inspection::decide_classify(&unit.get::<Inspection>(id).await?, classified);
    unit.record::<Inspection>(id, events, at).await
}

/// Writes a version of the rule of the site.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeSiteRule {
    /// Classes, the first before all others.
    pub classes: Vec<PriorityClass>,
    /// From when it shall be in force; from the approval on when that is later.
    pub valid_from: Timestamp,
    /// Why it is as it is.
    pub note: String,
}

#[async_trait]
impl UseCase for ProposeSiteRule {
    const NAME: &'static str = "site-rule.propose";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port(SiteRule::KIND, &unit.ctx.principal))?;
        person(unit, Self::NAME)?;
        if let Some(unknown) = self.classes.iter().flat_map(|class| &class.grades).find(|code| Grade::from_code(code).is_none()) {
            return Err(AppError::invalid(
                "site-rule-grade",
                "/classes",
                format!("没有信用等级 {unknown}"),
                format!("there is no credit grade {unknown}"),
            ));
        }
        if self.valid_from > unit.at().plus_days(VALID_FROM_DAYS_MAX) {
            return Err(AppError::invalid("site-rule-from", "/valid_from", "生效时间最多提前一年", "at most a year ahead"));
        }
        let district = unit.app.port().customs_district.clone();
        let state = unit.load::<SiteRule>(&district).await?;
        let proposed = SiteRuleProposed {
            district: district.clone(),
            classes: self.classes.clone(),
            valid_from: self.valid_from,
            note: self.note.trim().to_owned(),
            by: unit.ctx.principal.id.clone(),
        };
        let events = inspection::decide_propose_site_rule(state.as_ref(), proposed)?;
        unit.record::<SiteRule>(&district, events, unit.at()).await?;
        Ok(district)
    }
}

/// Another officer puts a version into force.
#[derive(Clone, Debug, Serialize)]
pub struct ApproveSiteRule {
    /// Number of the version.
    pub number: u32,
}

#[async_trait]
impl UseCase for ApproveSiteRule {
    const NAME: &'static str = "site-rule.approve";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let district = unit.app.port().customs_district.clone();
        let state = unit.authorised::<SiteRule>(Self::NAME, &district).await?;
        person(unit, Self::NAME)?;
        let by = unit.ctx.principal.id.clone();
        let events = inspection::decide_approve_site_rule(&state, SiteRuleApproved { number: self.number, by })?;
        unit.record::<SiteRule>(&district, events, unit.at()).await?;
        Ok(district)
    }
}

/// A version is given up.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseSiteRule {
    /// Number of the version.
    pub number: u32,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RefuseSiteRule {
    const NAME: &'static str = "site-rule.refuse";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let district = unit.app.port().customs_district.clone();
        let state = unit.authorised::<SiteRule>(Self::NAME, &district).await?;
        person(unit, Self::NAME)?;
        let refused = SiteRuleRefused { number: self.number, by: unit.ctx.principal.id.clone(), why: reason(&self.reason)? };
        let events = inspection::decide_refuse_site_rule(&state, refused)?;
        unit.record::<SiteRule>(&district, events, unit.at()).await?;
        Ok(district)
    }
}

/// A drawn officer takes an inspection up at the site (开始查验).
#[derive(Clone, Debug, Serialize)]
pub struct BeginInspection {
    /// Inspection id.
    pub id: String,
}

#[async_trait]
impl UseCase for BeginInspection {
    const NAME: &'static str = "inspection.begin";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        let events = inspection::decide_begin(&state, Begun { by: unit.ctx.principal.id.clone() })?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Draws the officers of an inspection whose box came when the pool was too small; the clock asks again and again, so that nobody chooses when.
#[derive(Clone, Debug, Serialize)]
pub struct DrawAtSite {
    /// Inspection id.
    pub id: String,
}

#[async_trait]
impl UseCase for DrawAtSite {
    const NAME: &'static str = "inspection.draw-at-site";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        inspections::draw_officers(unit, &self.id).await?;
        Ok(self.id.clone())
    }
}

/// Where an inspection is on the board of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteLane {
    /// Its boxes are to come today: by appointment, or without one.
    Expected,
    /// A box is there and waits.
    Waiting,
    /// Taken up, or written down and to be confirmed.
    UnderWay,
    /// It ended today.
    Done,
}

/// An inspection on the board.
#[derive(Clone, Debug)]
pub struct SiteEntry {
    /// Id.
    pub id: String,
    /// State.
    pub state: Inspection,
    /// Where it is.
    pub lane: SiteLane,
    /// Its place among those that wait, from 1.
    pub position: Option<u32>,
}

/// Everything at the site today.
#[derive(Clone, Debug)]
pub struct SiteBoard {
    /// Day of the port's clock.
    pub day: String,
    /// Inspections: expected ones by their time, waiting ones in their order, those under way, those done.
    pub entries: Vec<SiteEntry>,
    /// There is more than was looked through.
    pub truncated: bool,
}

/// The place of one inspection among those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// Its place, from 1; `None` while it does not wait.
    pub position: Option<u32>,
    /// How many wait.
    pub waiting: u32,
}

impl App {
    /// The board of the site: customs of the district sees all of it, a terminal its own inspections with their places among all.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn site_board(&self, ctx: &Context) -> Result<SiteBoard, AppError> {
        self.rights().require(&ctx.principal, "inspection-site.read", &self.at_the_port("inspection-site", &ctx.principal))?;
        let offset = self.port().utc_offset_minutes;
        let (mut open, mut truncated) = self.site_inspections(None, Some(true), SITE_OPEN_MAX).await?;
        let ended = vec!["passed".to_owned(), "failed".to_owned()];
        let (closed, more_closed) = self.site_inspections(Some(ended), None, PAGE_MAX as usize).await?;
        let today = ctx.at.day_start(offset);
        // Of those that ended, the newest orders are looked through: an older one may have ended today as well.
        truncated |= more_closed;
        open.extend(closed);
        let mut entries = Vec::new();
        let places = places(&open);
        for (id, state) in open {
            let Some(lane) = lane(&state, today) else { continue };
            let own = ctx.principal.role != Role::Terminal || state.terminal == ctx.principal.organisation;
            if own {
                let position = places.iter().position(|one| *one == id).and_then(|index| u32::try_from(index + 1).ok());
                entries.push(SiteEntry { id, state, lane, position });
            }
        }
        let time = |entry: &SiteEntry| match entry.lane {
            SiteLane::Expected => entry.state.appointment().map(|appointment| appointment.start),
            SiteLane::Waiting | SiteLane::UnderWay => entry.state.waits_since(),
            SiteLane::Done => ended_at(&entry.state),
        };
        entries.sort_by(|a, b| (a.lane, a.position, time(a), &a.id).cmp(&(b.lane, b.position, time(b), &b.id)));
        Ok(SiteBoard { day: ctx.at.day(offset), entries, truncated })
    }

    /// The place of an inspection among those that wait at the site, for everybody who may see the inspection.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn queue_place(&self, ctx: &Context, id: &str) -> Result<QueuePlace, AppError> {
        self.view::<Inspection>(ctx, "inspection.read", id).await?;
        let (waiting, _) = self.site_inspections(Some(vec!["at-site".into()]), Some(true), SITE_OPEN_MAX).await?;
        let places = places(&waiting);
        let position = places.iter().position(|one| one == id).and_then(|index| u32::try_from(index + 1).ok());
        Ok(QueuePlace { position, waiting: u32::try_from(places.len()).unwrap_or(u32::MAX) })
    }

    /// Draws the officers of those that wait at the site without any.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn keep_site(&self, ctx: &Context) -> Result<(), AppError> {
        let (waiting, _) = self.site_inspections(Some(vec!["at-site".into()]), Some(true), SITE_OPEN_MAX).await?;
        for (id, state) in waiting {
            // Without a pool nothing is drawn and nothing is recorded.
            if state.draw.is_none() && risk::officer_pool(self, &state.district).await?.len() >= inspection::OFFICERS_MIN {
                self.execute(ctx, &DrawAtSite { id }).await?;
            }
        }
        Ok(())
    }

    /// The rule of the site with its versions; `None` while there is none.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn site_rule(&self, ctx: &Context) -> Result<Option<SiteRule>, AppError> {
        self.rights().require(&ctx.principal, "site-rule.read", &self.at_the_port(SiteRule::KIND, &ctx.principal))?;
        self.peek::<SiteRule>(&self.port().customs_district).await
    }

    /// Inspections of the port's district, newest order first; and whether there are more.
    async fn site_inspections(
        &self,
        statuses: Option<Vec<String>>,
        open: Option<bool>,
        most: usize,
    ) -> Result<(Vec<(String, Inspection)>, bool), AppError> {
        let mut query = WorkQuery {
            port: self.port().code.clone(),
            visibility: Visibility::Port,
            kinds: vec![Inspection::KIND.to_owned()],
            statuses: statuses.unwrap_or_default(),
            owner: None,
            actions: Vec::new(),
            open,
            key_prefix: None,
            keys: Vec::new(),
            opened_from: None,
            opened_to: None,
            due_before: None,
            order: WorkOrder::Newest,
            cursor: None,
            limit: PAGE_MAX,
        };
        let mut found = Vec::new();
        loop {
            let page = self.store().work(&query).await?;
            let states = self.peek_many::<Inspection>(page.items.iter().map(|item| item.object.id.clone())).await?;
            for item in page.items {
                if let Some(state) = states.get(&item.object.id).filter(|state| state.district == self.port().customs_district) {
                    found.push((item.object.id, state.clone()));
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() || found.len() >= most {
                return Ok((found, query.cursor.is_some()));
            }
        }
    }
}

/// Those that wait, in their order.
fn places(all: &[(String, Inspection)]) -> Vec<String> {
    let mut waiting: Vec<&(String, Inspection)> = all.iter().filter(|(_, state)| state.waits_at_site()).collect();
    waiting.sort_by(|(a, one), (b, other)| one.turn(a).cmp(&other.turn(b)));
    waiting.into_iter().map(|(id, _)| id.clone()).collect()
}

fn ended_at(state: &Inspection) -> Option<Timestamp> {
    match state.phase {
        InspectionPhase::Passed { at, .. } | InspectionPhase::Failed { at, .. } => Some(at),
        InspectionPhase::Ordered
        | InspectionPhase::Appointed { .. }
        | InspectionPhase::AtSite { .. }
        | InspectionPhase::Recorded { .. }
        | InspectionPhase::Cancelled { .. } => None,
    }
}

/// Where it is today; `None` when it has no business at the site today.
fn lane(state: &Inspection, today: Timestamp) -> Option<SiteLane> {
    if state.waits_at_site() {
        return Some(SiteLane::Waiting);
    }
    match &state.phase {
        // Images decide first: no officer waits for its boxes.
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } if state.by_machine().is_some() => {
            None
        }
        InspectionPhase::Ordered => state.on_arrival().then_some(SiteLane::Expected),
        InspectionPhase::Appointed { appointment } => (appointment.start < today.plus_days(1)).then_some(SiteLane::Expected),
        InspectionPhase::AtSite { .. } | InspectionPhase::Recorded { .. } => Some(SiteLane::UnderWay),
        // What passed by its images was never at the site for an officer.
        InspectionPhase::Passed { result, at } | InspectionPhase::Failed { result, at } => {
            (*at >= today && result.method != Method::Machine).then_some(SiteLane::Done)
        }
        InspectionPhase::Cancelled { .. } => None,
    }
}
