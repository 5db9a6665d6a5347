//! Ship calls.

use app::AppError;
use app::reading::Seen;
use ledger::{Aggregate, Timestamp};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, Text, instant};
use crate::state::Api;
use crate::texts;

/// Boxes of a call by how far they have come.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct CallContainers {
    /// On its manifests.
    pub expected: u64,
    /// Landed.
    pub discharged: u64,
    /// Released by customs.
    pub released: u64,
    /// Left through the gate.
    pub gone: u64,
}

/// One visit of one ship (船舶航次).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Call {
    /// Id.
    pub id: String,
    /// Ship name.
    pub ship_name: String,
    /// IMO number.
    pub imo: String,
    /// Flag state, ISO 3166-1 alpha-2.
    pub flag: Option<String>,
    /// Inbound voyage.
    pub voyage_in: String,
    /// Outbound voyage.
    pub voyage_out: Option<String>,
    /// Ship agent.
    pub agent: Org,
    /// Terminal.
    pub terminal: Org,
    /// Berth.
    pub berth: Option<String>,
    /// Estimated arrival.
    pub eta: Instant,
    /// Actual arrival.
    pub ata: Option<Instant>,
    /// Actual departure.
    pub atd: Option<Instant>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Boxes.
    pub containers: CallContainers,
    /// Version, for edits.
    pub version: u64,
}

/// Announces a call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CallForm {
    /// Ship name.
    pub ship_name: String,
    /// IMO number.
    pub imo: String,
    /// Flag state.
    #[serde(default)]
    pub flag: Option<String>,
    /// Inbound voyage.
    pub voyage_in: String,
    /// Outbound voyage.
    #[serde(default)]
    pub voyage_out: Option<String>,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Berth.
    #[serde(default)]
    pub berth: Option<String>,
    /// Estimated arrival.
    #[schema(value_type = String, format = DateTime)]
    pub eta: Timestamp,
}

/// Changes a call.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct CallEdit {
    /// New estimate.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub eta: Option<Timestamp>,
    /// New berth.
    pub berth: Option<String>,
    /// Outbound voyage.
    pub voyage_out: Option<String>,
}

/// When something happened.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(crate) struct AtForm {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl Api {
    pub async fn call(&self, seen: Seen<ShipCall>, now: Timestamp) -> Result<Call, AppError> {
        let call = seen.state;
        Ok(Call {
            containers: self.call_containers(&seen.id, call.status(), now).await?,
            ata: instant(call.ata()),
            atd: instant(call.atd()),
            status: call.status().to_owned(),
            status_text: texts::status(ShipCall::KIND, call.status()),
            id: seen.id,
            agent: self.org(&call.agent).await?,
            terminal: self.org(&call.terminal).await?,
            ship_name: call.ship_name,
            imo: call.imo,
            flag: call.flag,
            voyage_in: call.voyage_in,
            voyage_out: call.voyage_out,
            berth: call.berth,
            eta: call.eta.into(),
            version: seen.version,
        })
    }
}

/// A person on board (船员、旅客), as the ship agent's list tells of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// Crew, otherwise passenger.
    pub crew: bool,
    /// Name.
    pub name: String,
    /// Rank or rating.
    pub rank: Option<String>,
    /// Sex, as coded.
    pub sex: Option<String>,
    /// Date of birth, as sent.
    pub birth: Option<String>,
    /// Nationality, as coded.
    pub nationality: Option<String>,
    /// Kind of the travel document, as coded.
    pub document_kind: Option<String>,
    /// Number of the travel document.
    pub document_number: Option<String>,
}

impl From<app::exchange::PersonRead> for Person {
    fn from(read: app::exchange::PersonRead) -> Self {
        let (document_kind, document_number) = read.document.unzip();
        Self {
            crew: read.crew,
            name: read.name,
            rank: read.rank,
            sex: read.sex,
            birth: read.birth,
            nationality: read.nationality,
            document_kind,
            document_number,
        }
    }
}

/// Which persons are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct PersonQuery {
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}
