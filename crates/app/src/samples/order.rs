//! What is to be sampled is ordered, waived, and sampled at the site.

use async_trait::async_trait;
use clearance::Declaration;
use inspection::{Inspection, KeeperPart, LineSampled, Sample, SampleTaken, SamplingOrdered, SamplingWaived};
use ledger::{Refusal, Timestamp};
use logistics::container_number;
use serde::Serialize;

use super::person;
use crate::calls::plausible;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, limits};

/// Orders that a goods line of an inspection is sampled (下达取样).
#[derive(Clone, Debug, Serialize)]
pub struct OrderSampling {
    /// Inspection id.
    pub id: String,
    /// Goods line of the declaration, from 1.
    pub line: u32,
    /// Codes of the test items.
    pub items: Vec<String>,
    /// Subject to inspection by law (法检).
    pub statutory: bool,
    /// Tested before others (取样直通车).
    pub through_train: bool,
    /// Why, for officers.
    pub reason: String,
}

#[async_trait]
impl UseCase for OrderSampling {
    const NAME: &'static str = "sample.order";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let by = person(unit, Self::NAME)?;
        let why = reason(&self.reason)?;
        limits::rows(self.items.len(), inspection::TEST_ITEMS_MAX, "/items")?;
        let rules = &unit.app.port().sampling;
        if let Some(index) = self.items.iter().position(|item| rules.item(item).is_none()) {
            return Err(AppError::invalid("sample-item", format!("/items/{index}"), "没有此检测项目", "no such test item"));
        }
        let declaration = unit.get::<Declaration>(&state.declaration).await?;
        let index = usize::try_from(self.line).ok().and_then(|line| line.checked_sub(1));
        let Some(goods) = index.and_then(|index| declaration.form().goods.get(index)) else {
            return Err(AppError::invalid("sample-line", "/line", "报关单没有该项商品", "the declaration has no such line"));
        };
        let command = SamplingOrdered {
            line: self.line,
            hs_code: goods.code_ts.trim().to_owned(),
            goods: goods.g_name.trim().to_owned(),
            items: self.items.clone(),
            statutory: self.statutory,
            through_train: self.through_train,
            why,
            by,
        };
        let events = inspection::decide_order_sampling(&state, command)?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An officer other than the one who ordered it decides that a line need not be answered (免除取样).
#[derive(Clone, Debug, Serialize)]
pub struct WaiveSampling {
    /// Inspection id.
    pub id: String,
    /// Goods line.
    pub line: u32,
    /// Why, for officers.
    pub reason: String,
}

#[async_trait]
impl UseCase for WaiveSampling {
    const NAME: &'static str = "sample.waive";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let waived = SamplingWaived { line: self.line, why: reason(&self.reason)?, by: person(unit, Self::NAME)? };
        let events = inspection::decide_waive_sampling(&state, waived)?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// A drawn officer takes a sample at the site (取样).
#[derive(Clone, Debug, Serialize)]
pub struct TakeSample {
    /// Inspection id.
    pub inspection: String,
    /// Goods line that is to be sampled.
    pub line: u32,
    /// Container number or visit.
    pub container: String,
    /// Quantity that is tested.
    pub quantity: String,
    /// Unit of the quantities.
    pub unit: String,
    /// Seal of the part that is tested.
    pub seal: String,
    /// Part that is kept.
    pub keeper: Option<KeeperPart>,
    /// SHA-256 of a photo that was uploaded before.
    pub photo: Option<String>,
    /// Laboratory.
    pub laboratory: String,
    /// When, by the device's clock.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for TakeSample {
    const NAME: &'static str = "sample.take";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.inspection).await?;
        let by = person(unit, Self::NAME)?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let asked = container_number(self.container.trim()).to_uppercase();
        let container = state.containers.iter().find(|id| **id == self.container.trim() || container_number(id) == asked).cloned();
        let Some(container) = container else {
            return Err(AppError::invalid("sample-container", "/container", "该箱不在此查验指令内", "the order does not name this box"));
        };
        inspection::check_sample(&state, self.line, &container, &by)?;
        if let Some(photo) = &self.photo {
            limits::text(photo, "/photo", limits::SHORT_TEXT_MAX)?;
            if !unit.app.uploaded(photo, &unit.ctx.principal.organisation).await? {
                return Err(AppError::invalid("sample-photo", "/photo", "照片尚未上传", "the photo is uploaded first"));
            }
        }
        let Some(ordered) = state.sampling_of(self.line).map(|one| one.ordered.clone()) else {
            return Err(AppError::Internal("a line that may be sampled is ordered".into()));
        };
        let rules = &unit.app.port().sampling;
        let Some(laboratory) = rules.laboratory(&self.laboratory).cloned() else {
            return Err(AppError::invalid("sample-laboratory", "/laboratory", "没有此实验室", "no such laboratory"));
        };
        if let Some(missing) = ordered.items.iter().find(|item| !laboratory.items.contains(item)) {
            return Err(AppError::Refused(Refusal::new(
                "sample-laboratory-items",
                Self::NAME,
                "nothing",
                format!("该实验室不能检测 {missing}。"),
                format!("The laboratory cannot test {missing}."),
            )));
        }
        let id = unit.app.next_id('Y', unit.at()).await?;
        let taken = SampleTaken {
            inspection: self.inspection.clone(),
            declaration: state.declaration.clone(),
            bill: state.bill.clone(),
            container: container.clone(),
            line: self.line,
            hs_code: ordered.hs_code,
            goods: ordered.goods,
            quantity: self.quantity.trim().to_owned(),
            unit: self.unit.trim().to_owned(),
            seal: self.seal.trim().to_uppercase(),
            keeper: self
                .keeper
                .as_ref()
                .map(|keeper| KeeperPart { quantity: keeper.quantity.trim().into(), seal: keeper.seal.trim().to_uppercase() }),
            photo: self.photo.clone(),
            promised_hours: rules.promised_hours(&ordered.items, ordered.through_train),
            items: ordered.items,
            statutory: ordered.statutory,
            through_train: ordered.through_train,
            laboratory_organisation: laboratory.organisation,
            laboratory: laboratory.id,
            district: state.district.clone(),
            broker: state.broker.clone(),
            trader: state.trader.clone(),
            by: by.clone(),
        };
        let events = inspection::decide_take(unit.load::<Sample>(&id).await?.as_ref(), taken)?;
        unit.record::<Sample>(&id, events, at).await?;
        let sampled = LineSampled { line: self.line, sample: id.clone() };
        let events = inspection::decide_line_sampled(&state, sampled, &container, &by)?;
        unit.record::<Inspection>(&self.inspection, events, unit.at()).await?;
        Ok(id)
    }
}
