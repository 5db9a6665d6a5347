//! Shared data of the synthetic port: agreements in every state, systems that take what was agreed, and files that come by night.

use app::data_sharing::{ApproveSharing, DataResource, RequestSharing, StateUse, SuspendSharing, TakeData};
use app::reading::ListQuery;
use app::{App, Context};
use sharing::{FieldKind, FileFormat, FileOrder, Grant, Sensitivity, SharingAgreement};

use crate::SimulationError;
use crate::cast::{Part, of};
use crate::world::World;

/// How far an agreement of the demonstration has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Come {
    Requested,
    ProviderApproved,
    InForce,
    Suspended,
}

/// An agreement of the demonstration.
struct Agreed {
    consumer: &'static str,
    provider: &'static str,
    resource: DataResource,
    purpose: &'static str,
    file: Option<FileOrder>,
    come: Come,
}

const fn agreed(
    consumer: &'static str,
    provider: &'static str,
    resource: DataResource,
    purpose: &'static str,
    file: Option<FileOrder>,
    come: Come,
) -> Agreed {
    Agreed { consumer, provider, resource, purpose, file, come }
}

const DAILY_CSV: Option<FileOrder> = Some(FileOrder { format: FileFormat::Csv, every_hours: 24 });

const AGREEMENTS: [Agreed; 6] = [
    agreed("border-demo", "terminal-east", DataResource::GateEvents, "核对进出口岸限定区域的车辆", DAILY_CSV, Come::InForce),
    agreed("market-demo", "customs-demo", DataResource::InspectionFigures, "进口商品抽检计划", None, Come::InForce),
    agreed("port-authority", "customs-demo", DataResource::ClearanceMilestones, "港口作业效率评估", None, Come::InForce),
    agreed("maritime-demo", "port-authority", DataResource::ShipCalls, "安排船舶安全检查", None, Come::ProviderApproved),
    agreed("trader-aurora", "customs-demo", DataResource::ReleaseStatus, "安排仓库收货", None, Come::Requested),
    agreed("terminal-west", "customs-demo", DataResource::ReleaseStatus, "安排提箱作业", None, Come::Suspended),
];

/// The fields that are asked for: what is no trade secret, personal ones masked.
fn fields(resource: DataResource) -> Vec<Grant> {
    resource
        .fields()
        .iter()
        .filter(|field| field.sensitivity != Sensitivity::TradeSecret)
        .map(|field| Grant {
            field: field.name.to_owned(),
            masked: field.sensitivity == Sensitivity::Personal && field.kind == FieldKind::Text,
        })
        .collect()
}

fn person(app: &App, ctx: &Context, part: &Part, index: usize) -> Context {
    let id =
        part.people.get(index).or_else(|| part.people.first()).map_or_else(|| part.person(), |(name, ..)| format!("{}.{name}", part.id));
    Context { principal: part.principal(app, id, false), ..ctx.clone() }
}

/// Makes the agreements, unless there are some.
pub(crate) async fn install(app: &App, ctx: &Context) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    let Some(office) = of("port-office") else { return Ok(()) };
    let known = ListQuery { limit: 1, ..ListQuery::default() };
    if !app.list::<SharingAgreement>(ctx, "sharing-agreement.read", known).await.map_err(&fault)?.items.is_empty() {
        return Ok(());
    }
    for one in AGREEMENTS {
        let (Some(consumer), Some(provider)) = (of(one.consumer), of(one.provider)) else { continue };
        let request = RequestSharing {
            resource: one.resource.about().id.to_owned(),
            provider: Some(one.provider.to_owned()),
            fields: fields(one.resource),
            purpose: one.purpose.to_owned(),
            valid_from: ctx.at,
            valid_to: ctx.at.plus_days(400),
            data_from: None,
            file: one.file,
        };
        let id = app.execute(&person(app, ctx, consumer, 0), &request).await.map_err(&fault)?.outcome;
        if one.come == Come::Requested {
            continue;
        }
        app.execute(&person(app, ctx, provider, 0), &ApproveSharing { id: id.clone() }).await.map_err(&fault)?;
        if one.come == Come::ProviderApproved {
            continue;
        }
        app.execute(&person(app, ctx, office, 1), &ApproveSharing { id: id.clone() }).await.map_err(&fault)?;
        if one.come == Come::Suspended {
            let suspend = SuspendSharing { id, reason: "系统维护，暂停提供".into() };
            app.execute(&person(app, ctx, provider, 0), &suspend).await.map_err(&fault)?;
        }
    }
    Ok(())
}

impl World {
    /// Systems take what was agreed, once a day; one of them says what it was for.
    pub async fn take_shared(&mut self) -> Result<(), SimulationError> {
        let query = ListQuery { statuses: vec!["in-force".into()], limit: 50, ..ListQuery::default() };
        let listed = self.app.list::<SharingAgreement>(&self.platform(), "sharing-agreement.read", query).await;
        for (seen, _) in listed.map_err(SimulationError::platform("sharing-agreement.read"))?.items {
            let began = seen.state.terms.data_period().0;
            let consumer = seen.state.terms.consumer;
            if of(&consumer).is_none() {
                continue;
            }
            let who = self.system(&consumer);
            let (from, to) = (self.now().plus_days(-1).max(began), self.now());
            if from >= to {
                continue;
            }
            let take = TakeData { agreement: seen.id, from: Some(from), to: Some(to), cursor: None, limit: 50 };
            let taken = self.act(who.clone(), &take).await?;
            if let Some(taken) = taken.filter(|taken| consumer == "market-demo" && !taken.rows.is_empty()) {
                self.act(who, &StateUse { id: taken.delivery, note: "已用于当日抽检安排".into() }).await?;
            }
        }
        Ok(())
    }
}
