//! Data resources, sharing agreements and deliveries.

use app::data_sharing::{DataResource as Source, Delivered, SharingFigures};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use sharing::{FileFormat, FileOrder, Grant, SharingAgreement as State, SharingPhase, SharingSide, Signed};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, Role, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A field of a data resource (数据项).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DataField {
    /// Name, as delivered.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// `text`, `code`, `time`, `day` or `number`. Text alone can be masked.
    pub kind: String,
    /// `open`, `internal`, `trade-secret` or `personal`.
    pub sensitivity: String,
    /// In words.
    pub sensitivity_text: Text,
}

/// A data resource of the catalogue (数据资源): generated from the definition that serves it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DataResource {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// What it is.
    pub text: Text,
    /// Part that its providers play.
    pub provider_role: Role,
    /// Who provides it.
    pub providers: Vec<Org>,
    /// Fields.
    pub fields: Vec<DataField>,
    /// How current it is.
    pub current: Text,
    /// Which rows a period selects.
    pub period: Text,
    /// Use cases whose events make it, by the names of the rights.
    pub made_by: Vec<String>,
    /// Forms in which it is delivered: `api`, `csv`, `json`.
    pub forms: Vec<String>,
}

/// A field that is asked for or agreed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DataFieldGrant {
    /// Name of the field.
    pub field: String,
    /// Its middle is made unreadable (脱敏).
    #[serde(default)]
    pub masked: bool,
}

impl From<&Grant> for DataFieldGrant {
    fn from(grant: &Grant) -> Self {
        Self { field: grant.field.clone(), masked: grant.masked }
    }
}

/// Files on a schedule.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DataFileOrder {
    /// `csv` or `json`.
    pub format: DataFileFormat,
    /// Hours between two files, 1 to 168.
    pub every_hours: u32,
}

/// Form of a file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DataFileFormat {
    /// CSV, UTF-8 with byte order mark.
    Csv,
    /// JSON.
    Json,
}

/// Asks for data. One's own organisation is the consumer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SharingForm {
    /// Data resource.
    pub resource: String,
    /// Who provides, organisation id; may be left out where there is one.
    #[serde(default)]
    pub provider: Option<String>,
    /// Fields.
    pub fields: Vec<DataFieldGrant>,
    /// What for, 5 to 500 characters.
    pub purpose: String,
    /// First day, YYYY-MM-DD of the port's clock.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// First day of the data, when they reach back before `valid_from`: up to ten years. Left out, the data begin with the term.
    #[serde(default)]
    pub data_from: Option<String>,
    /// Files, when they are wanted besides the interface.
    #[serde(default)]
    pub file: Option<DataFileOrder>,
}

impl From<DataFileOrder> for FileOrder {
    fn from(order: DataFileOrder) -> Self {
        let format = match order.format {
            DataFileFormat::Csv => FileFormat::Csv,
            DataFileFormat::Json => FileFormat::Json,
        };
        Self { format, every_hours: order.every_hours }
    }
}

impl From<DataFieldGrant> for Grant {
    fn from(grant: DataFieldGrant) -> Self {
        Self { field: grant.field, masked: grant.masked }
    }
}

/// Who signed, and when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SharingSignature {
    /// `requested`, `provider-approved`, `approved`, `suspended`, `refused` or `ended`.
    pub act: String,
    /// For which organisation.
    pub organisation: Org,
    /// Person, user id.
    pub person: String,
    /// Name of the person.
    pub name: Text,
    /// When.
    pub at: Instant,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// A file that could not be made; it is tried again when the next one is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DataFileFault {
    /// When it was tried.
    pub at: Instant,
    /// Code of the fault.
    pub code: String,
    /// The fault in words.
    pub text: Text,
}

/// A sharing agreement (数据共享协议).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SharingAgreement {
    /// Id.
    pub id: String,
    /// Data resource, id.
    pub resource: String,
    /// Name of the resource.
    pub resource_name: Text,
    /// Who provides (提供方).
    pub provider: Org,
    /// Who receives (使用方).
    pub consumer: Org,
    /// The port office that approves.
    pub office: Org,
    /// Fields agreed.
    pub fields: Vec<DataFieldGrant>,
    /// What for.
    pub purpose: String,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// First day of the data; what happened before it is not delivered.
    pub data_from: String,
    /// Files on a schedule.
    pub file: Option<DataFileOrder>,
    /// When the next file is due.
    pub next_file_at: Option<Instant>,
    /// Files sent so far.
    pub files: u64,
    /// Why the last file could not be made; null once one was sent.
    pub file_fault: Option<DataFileFault>,
    /// `requested`, `provider-approved`, `in-force`, `suspended`, `refused`, `ended` or `expired`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Who signed what, oldest first.
    pub signatures: Vec<SharingSignature>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Which rows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TakeQuery {
    /// From, RFC 3339; a week before `to`, or where the agreed data begin, when left out.
    #[param(value_type = Option<String>)]
    pub from: Option<Timestamp>,
    /// To (exclusive), RFC 3339; now when left out. At most 31 days after `from`.
    #[param(value_type = Option<String>)]
    pub to: Option<Timestamp>,
    /// Cursor of the page before; with the same `from` and `to`.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// A page of rows, delivered under an agreement and written down in the usage log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DataPage {
    /// Entry in the usage log.
    pub delivery: String,
    /// Agreement.
    pub agreement: String,
    /// Data resource.
    pub resource: String,
    /// From.
    pub from: Instant,
    /// To.
    pub to: Instant,
    /// Fields delivered.
    pub fields: Vec<DataFieldGrant>,
    /// Rows: values by field.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<serde_json::Map<String, serde_json::Value>>,
    /// SHA-256 of `rows` as sent: JSON without blanks.
    pub sha256: String,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
}

impl DataPage {
    pub fn of(agreement: String, done: Delivered) -> Self {
        Self {
            delivery: done.delivery,
            agreement,
            resource: done.resource,
            from: done.from.into(),
            to: done.to.into(),
            fields: done.fields.iter().map(Into::into).collect(),
            rows: done.rows,
            sha256: done.sha256,
            next: done.next,
        }
    }
}

/// Which agreements.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SharingQuery {
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// One data resource.
    pub resource: Option<String>,
    /// Beginning of an agreement's id.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// Which deliveries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DeliveryQuery {
    /// One agreement.
    pub agreement: Option<String>,
    /// One data resource.
    pub resource: Option<String>,
    /// One consumer, organisation id.
    pub consumer: Option<String>,
    /// `delivered`, `used`.
    pub status: Option<String>,
    /// First day, YYYY-MM-DD of the port's clock.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// One entry of the usage log (数据使用日志).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DataDelivery {
    /// Id.
    pub id: String,
    /// Agreement.
    pub agreement: String,
    /// Data resource, id.
    pub resource: String,
    /// Name of the resource.
    pub resource_name: Text,
    /// Who provided.
    pub provider: Org,
    /// Who received.
    pub consumer: Org,
    /// `api` or `file`.
    pub how: String,
    /// Fields delivered.
    pub fields: Vec<DataFieldGrant>,
    /// From when the rows are.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// Rows.
    pub rows: u32,
    /// More rows of this period are on the next page, or in the next file.
    pub more: bool,
    /// SHA-256 of what was delivered.
    pub sha256: String,
    /// Person or key that asked; `platform` for files.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The message that carries the file.
    pub message: Option<String>,
    /// `delivered` or `used`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// How often the file was sent again.
    pub resent: u32,
    /// When it was sent again last.
    pub resent_at: Option<Instant>,
    /// What the consumer says it was used for.
    pub used: Option<String>,
    /// When it said so.
    pub used_at: Option<Instant>,
    /// What this user may do now.
    pub actions: Vec<String>,
}

/// What a delivery was used for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct UseForm {
    /// 2 to 500 characters.
    pub note: String,
}

/// Which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SharingPeriod {
    /// First day, YYYY-MM-DD; 29 days before `to` when left out.
    pub from: Option<String>,
    /// Last day, YYYY-MM-DD; today when left out.
    pub to: Option<String>,
}

/// What one consumer received of one resource in one way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SharingFigure {
    /// Data resource, id.
    pub resource: String,
    /// Name of the resource.
    pub resource_name: Text,
    /// Who provided.
    pub provider: Org,
    /// Who received.
    pub consumer: Org,
    /// `api` or `file`.
    pub how: String,
    /// Deliveries.
    pub deliveries: u64,
    /// Rows.
    pub rows: u64,
}

/// Deliveries of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SharingStatistics {
    /// What is counted.
    pub definition: Text,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// By resource, provider, consumer and way.
    pub items: Vec<SharingFigure>,
}

fn resource_name(id: &str) -> Text {
    Source::of(id).map_or_else(|| Text::new(id, id), |found| found.about().name.into())
}

fn fitting(state: &State, organisation: &str, at: Timestamp) -> Vec<&'static str> {
    let Some(side) = state.side_of(organisation) else { return Vec::new() };
    let running = at <= state.terms.valid_to;
    let mut actions = Vec::new();
    match (&state.phase, side) {
        (SharingPhase::Requested, SharingSide::Provider) | (SharingPhase::ProviderApproved, SharingSide::Office) => {
            actions.extend(running.then_some("sharing-agreement.approve"));
            actions.push("sharing-agreement.refuse");
        }
        (SharingPhase::Requested | SharingPhase::ProviderApproved, SharingSide::Consumer) => actions.push("sharing-agreement.end"),
        (SharingPhase::InForce, _) if running => {
            actions.extend((side != SharingSide::Consumer).then_some("sharing-agreement.suspend"));
            actions.push("sharing-agreement.end");
        }
        (SharingPhase::Suspended { side: by, .. }, _) if running => {
            actions.extend((side == *by).then_some("sharing-agreement.resume"));
            actions.push("sharing-agreement.end");
        }
        (
            SharingPhase::Requested
            | SharingPhase::ProviderApproved
            | SharingPhase::InForce
            | SharingPhase::Suspended { .. }
            | SharingPhase::Refused { .. }
            | SharingPhase::Ended { .. }
            | SharingPhase::Expired { .. },
            _,
        ) => {}
    }
    let takes = organisation == state.terms.consumer && sharing::decide_deliver(state, at).is_ok();
    actions.extend(takes.then_some("data-delivery.take"));
    actions
}

impl Api {
    /// A resource of the catalogue.
    pub async fn data_resource(&self, source: Source) -> Result<DataResource, AppError> {
        let about = source.about();
        let mut providers = Vec::new();
        for one in self.app.providers(source).await? {
            providers.push(Org { id: one.id, name: one.name.into(), role: one.role.into() });
        }
        let fields = source.fields().into_iter().map(|field| DataField {
            name: field.name.to_owned(),
            title: Text::new(field.zh, field.en),
            kind: field.kind.code().to_owned(),
            sensitivity: field.sensitivity.code().to_owned(),
            sensitivity_text: texts::sensitivity(field.sensitivity),
        });
        Ok(DataResource {
            id: about.id.to_owned(),
            name: about.name.into(),
            text: about.text.into(),
            provider_role: about.provider.into(),
            providers,
            fields: fields.collect(),
            current: about.current.into(),
            period: about.period.into(),
            made_by: about.made_by.iter().map(|name| (*name).to_owned()).collect(),
            forms: ["api", "csv", "json"].map(str::to_owned).to_vec(),
        })
    }

    /// An agreement for the page.
    pub async fn sharing_agreement(&self, ctx: &Context, seen: Seen<State>) -> Result<SharingAgreement, AppError> {
        let state = seen.state;
        let port = self.app.port();
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &port.customs_district);
        let status = state.status_at(ctx.at).to_owned();
        let actions = allowed(self, &ctx.principal, &resource, &fitting(&state, &ctx.principal.organisation, ctx.at));
        let file = state.terms.file.map(|file| DataFileOrder {
            format: match file.format {
                FileFormat::Csv => DataFileFormat::Csv,
                FileFormat::Json => DataFileFormat::Json,
            },
            every_hours: file.every_hours,
        });
        Ok(SharingAgreement {
            resource_name: resource_name(&state.terms.resource),
            resource: state.terms.resource.clone(),
            provider: self.org(&state.terms.provider).await?,
            consumer: self.org(&state.terms.consumer).await?,
            office: self.org(&state.terms.office).await?,
            fields: state.terms.grants.iter().map(Into::into).collect(),
            purpose: state.terms.purpose.clone(),
            valid_from: state.terms.valid_from.day(port.utc_offset_minutes),
            valid_to: state.terms.valid_to.day(port.utc_offset_minutes),
            data_from: state.terms.data_period().0.day(port.utc_offset_minutes),
            file,
            next_file_at: state.next_file_at().map(Instant::from),
            files: state.files,
            file_fault: state.fault.as_ref().map(|fault| DataFileFault {
                at: fault.at.into(),
                code: fault.code.clone(),
                text: texts::file_fault(&fault.code),
            }),
            status_text: texts::status(State::KIND, &status),
            status,
            signatures: self.sharing_signatures(&state).await?,
            actions,
            id: seen.id,
            version: seen.version,
        })
    }

    async fn sharing_signatures(&self, state: &State) -> Result<Vec<SharingSignature>, AppError> {
        let terms = &state.terms;
        let of = |side: SharingSide| match side {
            SharingSide::Consumer => &terms.consumer,
            SharingSide::Provider => &terms.provider,
            SharingSide::Office => &terms.office,
        };
        type Signature<'s> = (&'static str, &'s String, &'s Signed, Option<&'s String>);
        let mut signed: Vec<Signature<'_>> = vec![("requested", &terms.consumer, &state.requested, None)];
        signed.extend(state.provider_approval.as_ref().map(|by| ("provider-approved", &terms.provider, by, None)));
        signed.extend(state.office_approval.as_ref().map(|by| ("approved", &terms.office, by, None)));
        match &state.phase {
            SharingPhase::Suspended { side, signed: by, reason } => signed.push(("suspended", of(*side), by, Some(reason))),
            SharingPhase::Refused { side, signed: by, reason } => signed.push(("refused", of(*side), by, Some(reason))),
            SharingPhase::Ended { side, signed: by, reason } => signed.push(("ended", of(*side), by, Some(reason))),
            SharingPhase::Requested | SharingPhase::ProviderApproved | SharingPhase::InForce | SharingPhase::Expired { .. } => {}
        }
        let mut all = Vec::with_capacity(signed.len());
        for (act, organisation, by, reason) in signed {
            all.push(SharingSignature {
                act: act.to_owned(),
                organisation: self.org(organisation).await?,
                person: by.by.clone(),
                name: self.person(&by.by).await?,
                at: by.at.into(),
                reason: reason.cloned(),
            });
        }
        Ok(all)
    }

    /// An entry of the usage log.
    pub async fn data_delivery(&self, ctx: &Context, seen: Seen<sharing::DataDelivery>) -> Result<DataDelivery, AppError> {
        let status = seen.state.status();
        let row = seen.state.work_row(&seen.id);
        let resource = Resource::of(sharing::DataDelivery::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let states_use = seen.state.used.is_none() && seen.state.made.consumer == ctx.principal.organisation;
        let fitting: &[&'static str] = if states_use { &["data-delivery.use"] } else { &[] };
        let actions = allowed(self, &ctx.principal, &resource, fitting);
        let made = seen.state.made;
        Ok(DataDelivery {
            id: seen.id,
            resource_name: resource_name(&made.resource),
            provider: self.org(&made.provider).await?,
            consumer: self.org(&made.consumer).await?,
            how: made.how.code().to_owned(),
            fields: made.fields.iter().map(Into::into).collect(),
            from: made.from.into(),
            to: made.to.into(),
            rows: made.rows,
            more: made.more,
            resent: seen.state.resent,
            resent_at: seen.state.resent_at.map(Instant::from),
            sha256: made.sha256,
            by: made.by,
            at: seen.state.at.into(),
            message: made.message,
            status: status.to_owned(),
            status_text: texts::status(sharing::DataDelivery::KIND, status),
            used_at: seen.state.used.as_ref().map(|used| used.at.into()),
            used: seen.state.used.map(|used| used.note),
            actions,
            agreement: made.agreement,
            resource: made.resource,
        })
    }

    /// Figures with names.
    pub async fn sharing_figures(&self, found: SharingFigures) -> Result<Vec<SharingFigure>, AppError> {
        let mut items = Vec::with_capacity(found.len());
        for ([resource, provider, consumer, how], figures) in found {
            items.push(SharingFigure {
                resource_name: resource_name(&resource),
                resource,
                provider: self.org(&provider).await?,
                consumer: self.org(&consumer).await?,
                how,
                deliveries: figures.deliveries,
                rows: figures.rows,
            });
        }
        Ok(items)
    }
}
