//! The day of a verifiable draw (双随机抽查日): its seed is committed on the ledger before it is used and revealed after the day.

mod second;

pub use second::{HolderDay, HolderFault, Part, Purpose, Question, SecondHolder};
pub(crate) use second::{Lot, lot};

use async_trait::async_trait;
use clearance::{Declaration, DeclarationEvent};
use inspection::{ImageTask, ImageTaskEvent, ThirdPartyEvent, ThirdPartyReport};
use ledger::{Aggregate, Bilingual, DomainEvent, ObjectRef, Related, ReplayError, StoredEvent, Timestamp, WorkRow};
use rules::DaySeed;
use serde::{Deserialize, Serialize};
use store::{Page, Store};

use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase};

/// Register of secret seeds. Not part of the ledger until revealed.
const SEEDS: &str = "draw-seed";

/// A day on which draws are made. Its id is the day `YYYY-MM-DD` of the port's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawDay {
    /// SHA-256 commitment to day and seed, hex.
    pub commitment: String,
    /// When it was committed.
    pub committed_at: Timestamp,
    /// The seed, once revealed, hex.
    pub seed: Option<String>,
    /// When it was revealed.
    pub revealed_at: Option<Timestamp>,
    /// What officers decided in place of its draws.
    #[serde(default, skip_serializing_if = "Overrides::none")]
    pub overrides: Overrides,
    /// The second holder, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Second>,
}

/// What the second holder of a day has said (第二持有人).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// The office.
    pub holder: Bilingual,
    /// Commitment to its seed, hex.
    pub commitment: String,
    /// Its seed, once revealed, hex.
    pub seed: Option<String>,
    /// Cases for which it was asked; more than were drawn when an answer led to no draw.
    pub asked: Option<u64>,
}

/// How often officers decided in place of the draws of a day (人工改变抽查结果次数), then or later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    /// Times an officer ordered an inspection.
    pub ordered: u64,
    /// Times an officer called one off.
    pub spared: u64,
}

/// `draw.committed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Commitment, hex.
    pub commitment: String,
}

/// `draw.revealed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// Seed, hex.
    pub seed: String,
}

/// `draw.second-committed`: before the first draw of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondCommitted {
    /// The office.
    pub holder: Bilingual,
    /// Commitment to its seed, hex.
    pub commitment: String,
}

/// `draw.second-revealed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondRevealed {
    /// Its seed, hex.
    pub seed: String,
    /// Cases for which it was asked.
    pub asked: u64,
}

impl Overrides {
    fn none(&self) -> bool {
        *self == Self::default()
    }
}

/// `draw.overridden`: an officer decided in place of a draw of the day. Of which one, its declaration says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// To be inspected though not drawn, or spared though drawn.
    pub inspect: bool,
}

ledger::domain_events! {
    /// What happens to a draw day.
    pub enum DrawDayEvent for "draw-day" {
        /// The seed was fixed.
        Committed(Committed) = "draw.committed",
        /// The seed was published.
        Revealed(Revealed) = "draw.revealed",
        /// A draw was overridden.
        Overridden(Overridden) = "draw.overridden",
        /// The second holder's seed was fixed.
        SecondCommitted(SecondCommitted) = "draw.second-committed",
        /// The second holder's seed was published.
        SecondRevealed(SecondRevealed) = "draw.second-revealed",
    }
}

impl Aggregate for DrawDay {
    const KIND: &'static str = "draw-day";
    type Event = DrawDayEvent;

    fn apply(state: Option<Self>, event: &DrawDayEvent, at: Timestamp) -> Result<Self, ReplayError> {
        match (state, event) {
            (None, DrawDayEvent::Committed(data)) => Ok(Self {
                commitment: data.commitment.clone(),
                committed_at: at,
                seed: None,
                revealed_at: None,
                overrides: Overrides::default(),
                second: None,
            }),
            (Some(day), DrawDayEvent::Revealed(data)) if day.seed.is_none() => {
                Ok(Self { seed: Some(data.seed.clone()), revealed_at: Some(at), ..day })
            }
            (Some(mut day), DrawDayEvent::Overridden(data)) => {
                let count = if data.inspect { &mut day.overrides.ordered } else { &mut day.overrides.spared };
                *count += 1;
                Ok(day)
            }
            (Some(day), DrawDayEvent::SecondCommitted(data)) if day.second.is_none() => {
                let second = Second { holder: data.holder.clone(), commitment: data.commitment.clone(), seed: None, asked: None };
                Ok(Self { second: Some(second), ..day })
            }
            (Some(mut day), DrawDayEvent::SecondRevealed(data)) if day.second.as_ref().is_some_and(|second| second.seed.is_none()) => {
                if let Some(second) = &mut day.second {
                    second.seed = Some(data.seed.clone());
                    second.asked = Some(data.asked);
                }
                Ok(day)
            }
            (Some(day), event @ (DrawDayEvent::SecondCommitted(_) | DrawDayEvent::SecondRevealed(_))) => {
                Err(ReplayError::OutOfOrder { kind: event.kind(), state: day.status().into() })
            }
            (Some(day), DrawDayEvent::Committed(_)) => Err(ReplayError::OutOfOrder { kind: "draw.committed", state: day.status().into() }),
            (Some(day), DrawDayEvent::Revealed(_)) => Err(ReplayError::OutOfOrder { kind: "draw.revealed", state: day.status().into() }),
            (None, event) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() }),
        }
    }

    fn related(&self, _event: &DrawDayEvent) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        if self.seed.is_some() { "revealed" } else { "committed" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: id.to_owned(),
            status: self.status().into(),
            keys: vec![id.to_owned()],
            opened_at: self.committed_at,
            closed_at: self.revealed_at,
            ..WorkRow::default()
        }
    }
}

/// A draw as it was recorded when a declaration was accepted, the first review of an image was clean, or a third party's report was accepted
/// (抽查记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayDraw {
    /// Position of its event on the ledger.
    pub position: u64,
    /// What was drawn for: a declaration id, `…#2` when it was drawn again for other goods; an image task; or a third party's report.
    pub subject: String,
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
    /// The second holder's part, hex.
    pub part: Option<String>,
}

/// A page of the draws of a day, in the order of the ledger; `after` is the cursor of the page before.
///
/// # Errors
/// The store's fault.
pub async fn draws_of(store: &dyn Store, port: &str, day: &str, after: Option<u64>, limit: u32) -> Result<Page<DayDraw>, AppError> {
    let object = ObjectRef::new(DrawDay::KIND, day);
    let mut items = Vec::new();
    let mut after = after;
    // The day's events tell of other things as well, so that some pages of them hold fewer draws.
    loop {
        let wanted = limit.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        if wanted == 0 {
            return Ok(Page { items, next: after.map(|position| position.to_string()) });
        }
        let events = store.events_of(port, &object, after, wanted).await?;
        let ended = events.len() < wanted as usize;
        after = events.last().map(|stored| stored.position).or(after);
        for draw in events.iter().filter_map(day_draw) {
            // What a first review said is not told before the task has ended.
            let task = store.object(port, &ObjectRef::new(ImageTask::KIND, &*draw.subject)).await?;
            let open = task.and_then(|record| serde_json::from_slice::<ImageTask>(&record.state).ok()).is_some_and(|task| task.is_open());
            if !open {
                items.push(draw);
            }
        }
        if ended {
            return Ok(Page { items, next: None });
        }
    }
}

/// The draw that an event tells, if it is one.
fn day_draw(stored: &StoredEvent) -> Option<DayDraw> {
    let subject = stored.event.subject().ok()?;
    if subject.kind == ImageTask::KIND {
        let event = <ImageTaskEvent as DomainEvent>::parse(&stored.event.kind, &stored.event.payload);
        let Ok(ImageTaskEvent::Reviewed(data)) = event else { return None };
        let inspection::SecondDraw { head_size, head_root, rate_bp, number, selected, part, .. } = data.draw?;
        return Some(DayDraw {
            position: stored.position,
            subject: subject.id.clone(),
            head_size,
            head_root,
            rate_bp,
            number,
            selected,
            part,
        });
    }
    if subject.kind == ThirdPartyReport::KIND {
        let event = <ThirdPartyEvent as DomainEvent>::parse(&stored.event.kind, &stored.event.payload);
        let Ok(ThirdPartyEvent::Accepted(data)) = event else { return None };
        let inspection::SecondDraw { head_size, head_root, rate_bp, number, selected, part, .. } = data.draw;
        return Some(DayDraw {
            position: stored.position,
            subject: subject.id.clone(),
            head_size,
            head_root,
            rate_bp,
            number,
            selected,
            part,
        });
    }
    if subject.kind != Declaration::KIND {
        return None;
    }
    let event = <DeclarationEvent as DomainEvent>::parse(&stored.event.kind, &stored.event.payload);
    let Ok(DeclarationEvent::Decided(data)) = event else { return None };
    let draw = data.decision.draw?;
    Some(DayDraw {
        position: stored.position,
        subject: draw.subject.unwrap_or_else(|| subject.id.clone()),
        head_size: draw.head_size,
        head_root: draw.head_root,
        rate_bp: data.decision.rate_bp,
        number: draw.number,
        selected: draw.selected,
        part: draw.part,
    })
}

/// Fixes the seed of a day, if it is not fixed yet.
#[derive(Clone, Debug, Serialize)]
pub struct CommitDay {
    /// Day `YYYY-MM-DD`.
    pub day: String,
}

#[async_trait]
impl UseCase for CommitDay {
    const NAME: &'static str = "draw.commit";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("draw-day"))?;
        ensure(unit, &self.day).await?;
        // A day that has begun may have been drawn on.
        let today = unit.at().day(unit.app.port().utc_offset_minutes);
        if self.day > today && unit.get::<DrawDay>(&self.day).await?.second.is_none() {
            second_commits(unit, &self.day).await?;
        }
        Ok(self.day.clone())
    }
}

/// Publishes the seed of a day that is over.
#[derive(Clone, Debug, Serialize)]
pub struct RevealDay {
    /// Day.
    pub day: String,
}

#[async_trait]
impl UseCase for RevealDay {
    const NAME: &'static str = "draw.reveal";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("draw-day"))?;
        let today = unit.at().day(unit.app.port().utc_offset_minutes);
        if self.day >= today {
            return Err(AppError::invalid("draw-day-not-over", "/day", "当日尚未结束，不能公布种子", "the day is not over"));
        }
        let day = unit.get::<DrawDay>(&self.day).await?;
        if day.seed.is_none() {
            let seed = seed_of(unit, &self.day).await?;
            unit.record::<DrawDay>(&self.day, vec![Revealed { seed: hex::encode(seed) }.into()], unit.at()).await?;
        }
        let Some(Second { commitment, seed: None, .. }) = &day.second else { return Ok(self.day.clone()) };
        let told = unit.app.holder_day(&self.day).await.map(|(_, told)| told);
        if let Some(HolderDay { seed: Some(seed), asked, .. }) = told {
            if DaySeed::new(seed).commitment(parsed(&self.day)?).to_string() == *commitment {
                let revealed = SecondRevealed { seed: hex::encode(seed), asked };
                unit.record::<DrawDay>(&self.day, vec![revealed.into()], unit.at()).await?;
            } else {
                tracing::error!(day = self.day, "the second holder's seed does not fit its commitment");
            }
        }
        Ok(self.day.clone())
    }
}

/// The seed and commitment of a day; fixes them when that has not happened yet.
pub(crate) async fn ensure(unit: &mut Unit<'_>, day: &str) -> Result<(DaySeed, String), AppError> {
    if let Some(known) = unit.load::<DrawDay>(day).await? {
        return Ok((DaySeed::new(seed_of(unit, day).await?), known.commitment));
    }
    let bytes: [u8; 32] = unit.app.random();
    let seed = DaySeed::new(bytes);
    let commitment = seed.commitment(parsed(day)?).to_string();
    unit.write_record(SEEDS, day, Some(0), &hex::encode(bytes))?;
    unit.record::<DrawDay>(day, vec![Committed { commitment: commitment.clone() }.into()], unit.at()).await?;
    second_commits(unit, day).await?;
    Ok((seed, commitment))
}

/// Records the second holder's commitment, where there is a holder that answers. Only before the first draw of the day.
async fn second_commits(unit: &mut Unit<'_>, day: &str) -> Result<(), AppError> {
    let Some((holder, told)) = unit.app.holder_day(day).await else { return Ok(()) };
    let committed = SecondCommitted { holder, commitment: hex::encode(told.commitment) };
    unit.record::<DrawDay>(day, vec![committed.into()], unit.at()).await
}

pub(crate) fn parsed(day: &str) -> Result<rules::Day, AppError> {
    day.parse().map_err(|_| AppError::invalid("day", "/day", "日期格式须为 YYYY-MM-DD", "days are written YYYY-MM-DD"))
}

async fn seed_of(unit: &Unit<'_>, day: &str) -> Result<[u8; 32], AppError> {
    let lost = || AppError::Internal(format!("the seed of {day} is lost"));
    let body = unit.record_body(SEEDS, day).await?.ok_or_else(lost)?;
    let text: String = serde_json::from_slice(&body).map_err(|_| lost())?;
    hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(lost)
}

impl App {
    /// Work that the calendar asks for: fixes the seeds of today and tomorrow, publishes those of the last seven days.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn keep_draw_days(&self, ctx: &Context) -> Result<(), AppError> {
        let offset = self.port().utc_offset_minutes;
        for ahead in 0..=1 {
            self.execute(ctx, &CommitDay { day: ctx.at.plus_days(ahead).day(offset) }).await?;
        }
        for back in 1..=7 {
            let day = ctx.at.plus_days(-back).day(offset);
            let sealed = |d: &DrawDay| d.seed.is_none() || d.second.as_ref().is_some_and(|second| second.seed.is_none());
            if self.peek::<DrawDay>(&day).await?.is_some_and(|d| sealed(&d)) {
                self.execute(ctx, &RevealDay { day }).await?;
            }
        }
        Ok(())
    }
}
