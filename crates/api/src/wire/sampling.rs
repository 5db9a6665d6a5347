//! What of an inspection is to be sampled (取样要求), line by line.

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context, Role};
use clearance::Declaration;
use inspection::{Inspection, Sampling, SamplingStanding, SamplingWaived};
use ledger::Aggregate;
use logistics::container_number;
use serde::Serialize;
use utoipa::ToSchema;

use super::inspection::Officer;
use super::sample::{Named, conclusion_text};
use super::{Instant, Text, allowed};
use crate::state::Api;

/// A goods line that may be sampled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SamplingGoods {
    /// Line, from 1.
    pub line: u32,
    /// HS code.
    pub hs_code: String,
    /// Name.
    pub name: String,
    /// Quantity with its unit code.
    pub quantity: String,
}

/// A line of an inspection that is to be sampled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SamplingLine {
    /// Line, from 1.
    pub line: u32,
    /// HS code.
    pub hs_code: String,
    /// Name.
    pub goods: String,
    /// Test items.
    pub items: Vec<Named>,
    /// Subject to inspection by law (法检).
    pub statutory: bool,
    /// By through-train (取样直通车).
    pub through_train: bool,
    /// `wanted`, `awaiting`, `met` or `failed`.
    pub standing: String,
    /// In words.
    pub standing_text: Text,
    /// Its sample.
    pub sample: Option<String>,
    /// The third party's report that answered it.
    pub third_party_report: Option<String>,
    /// `pass`, `fail` or `inconclusive`.
    pub conclusion: Option<String>,
    /// In words.
    pub conclusion_text: Option<Text>,
    /// Disposition code of a failed test.
    pub disposition: Option<String>,
    /// In words.
    pub disposition_text: Option<Text>,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// Who ordered it; for officers.
    pub ordered_by: Option<Officer>,
    /// Why; for officers.
    pub reason: Option<String>,
    /// Why it was waived; for officers.
    pub waived: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
}

/// What of an inspection is to be sampled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InspectionSampling {
    /// Inspection.
    pub inspection: String,
    /// Bill number.
    pub bill_no: String,
    /// Boxes at the site, from which samples may be taken.
    pub containers: Vec<String>,
    /// Lines that are to be sampled.
    pub lines: Vec<SamplingLine>,
    /// Lines that might be; for officers.
    pub goods: Vec<SamplingGoods>,
    /// What this user may do now.
    pub actions: Vec<String>,
}

fn standing_text(standing: SamplingStanding) -> Text {
    match standing {
        SamplingStanding::Wanted => Text::new("待取样或采信", "To be sampled or answered by a report"),
        SamplingStanding::Awaiting => Text::new("待检验结论", "Waits for the conclusion"),
        SamplingStanding::Met => Text::new("已满足", "Answered"),
        SamplingStanding::Failed => Text::new("不合格", "Failed"),
    }
}

impl Api {
    /// What of an inspection is to be sampled; nothing of it for those whose goods they are not.
    pub async fn sampling(&self, ctx: &Context, seen: Seen<Inspection>) -> Result<InspectionSampling, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(Inspection::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let officer = ctx.principal.role == Role::Customs;
        let shown = officer || ctx.principal.role == Role::Trader;
        let mut lines = Vec::new();
        for one in state.sampling.iter().filter(|_| shown) {
            lines.push(self.sampling_line(ctx, &resource, &state, one).await?);
        }
        let mut goods = Vec::new();
        if let Some(declaration) = self.app.peek::<Declaration>(&state.declaration).await?.filter(|_| officer) {
            let of = |(index, item): (usize, &clearance::GoodsItem)| SamplingGoods {
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                hs_code: item.code_ts.clone(),
                name: item.g_name.clone(),
                quantity: format!("{} {}", item.g_qty, item.g_unit),
            };
            goods = declaration.form().goods.iter().enumerate().map(of).collect();
        }
        let orders = match state.phase {
            inspection::InspectionPhase::Ordered
            | inspection::InspectionPhase::Appointed { .. }
            | inspection::InspectionPhase::AtSite { .. } => state.by_machine().is_none(),
            inspection::InspectionPhase::Recorded { .. }
            | inspection::InspectionPhase::Passed { .. }
            | inspection::InspectionPhase::Failed { .. }
            | inspection::InspectionPhase::Cancelled { .. } => false,
        };
        let fitting: &[&'static str] = if orders { &["sample.order"] } else { &[] };
        Ok(InspectionSampling {
            inspection: seen.id.clone(),
            bill_no: state.bill.clone(),
            containers: state.arrived.keys().filter(|_| officer).map(|id| container_number(id).to_owned()).collect(),
            lines,
            goods,
            actions: allowed(self, &ctx.principal, &resource, fitting),
        })
    }

    async fn sampling_line(
        &self,
        ctx: &Context,
        resource: &Resource<'_>,
        state: &Inspection,
        one: &Sampling,
    ) -> Result<SamplingLine, AppError> {
        let officer = ctx.principal.role == Role::Customs;
        let person = ctx.principal.id.as_str();
        let standing = one.standing();
        let somewhere = state.arrived.keys().next().map_or("", String::as_str);
        let waived = SamplingWaived { line: one.ordered.line, why: String::new(), by: person.to_owned() };
        let wanted = standing == SamplingStanding::Wanted && state.is_open();
        let fitting: Vec<&'static str> = [
            ("sample.take", inspection::check_sample(state, one.ordered.line, somewhere, person).is_ok()),
            ("sample.waive", inspection::decide_waive_sampling(state, waived).is_ok()),
            ("third-party-report.submit", wanted),
        ]
        .into_iter()
        .filter(|(_, fits)| *fits)
        .map(|(action, _)| action)
        .collect();
        let settled = one.settled.as_ref();
        let disposition = settled.and_then(|settled| settled.disposition.clone());
        Ok(SamplingLine {
            line: one.ordered.line,
            hs_code: one.ordered.hs_code.clone(),
            goods: one.ordered.goods.clone(),
            items: self.named_items(&one.ordered.items),
            statutory: one.ordered.statutory,
            through_train: one.ordered.through_train,
            standing: standing.code().to_owned(),
            standing_text: standing_text(standing),
            sample: one.sample.clone(),
            third_party_report: settled.and_then(|settled| match &settled.evidence {
                inspection::Evidence::ThirdParty { id } => Some(id.clone()),
                inspection::Evidence::Sample { .. } => None,
            }),
            conclusion: settled.map(|settled| settled.conclusion.code().to_owned()),
            conclusion_text: settled.map(|settled| conclusion_text(settled.conclusion)),
            disposition_text: disposition.as_ref().and_then(|code| inspection::disposition(code)).map(|row| row.text().into()),
            disposition,
            ordered_at: one.at.into(),
            ordered_by: if officer { Some(self.officer(&one.ordered.by).await?) } else { None },
            reason: officer.then(|| one.ordered.why.clone()),
            waived: one.waived.as_ref().filter(|_| officer).map(|waived| waived.why.clone()),
            actions: allowed(self, &ctx.principal, resource, &fitting),
        })
    }
}
