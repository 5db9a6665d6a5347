//! Manifests and bills.

use std::collections::HashMap;

use app::AppError;
use app::reading::Seen;
use clearance::Declaration;
use codes::Mass;
use ledger::{Aggregate, Timestamp};
use logistics::{DeliveryOrder, container_id};
use manifest::{Bill as BillState, Manifest as ManifestState, ManifestPhase};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::{Finding, Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// Whether a manifest is sent first or replaces what was sent.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ManifestFunction {
    /// First transmission.
    #[default]
    Original,
    /// Replaces.
    Replace,
}

/// A manifest as typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ManifestForm {
    /// Ship call id.
    pub call: String,
    /// Function.
    #[serde(default)]
    pub function: ManifestFunction,
    /// Bills.
    pub bills: Vec<BillForm>,
}

/// Who ships.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Shipper {
    /// Name.
    pub name: String,
    /// Code, where there is one.
    #[serde(default)]
    pub code: Option<String>,
}

/// Who receives.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Consignee {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    #[serde(default)]
    pub uscc: Option<String>,
}

/// Who is notified.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Notify {
    /// Name.
    pub name: String,
}

/// A container of a bill.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BillContainer {
    /// Container number.
    pub number: String,
    /// Size and type.
    pub size_type: String,
    /// Seal.
    #[serde(default)]
    pub seal: Option<String>,
    /// Gross mass in kg.
    #[schema(value_type = String)]
    pub gross_kg: Mass,
    /// Packages.
    pub packages: u32,
    /// Id of its visit; only in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Goods of a bill.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BillGoods {
    /// Description.
    pub description: String,
    /// HS code.
    #[serde(default)]
    pub hs_code: Option<String>,
    /// Packages.
    pub packages: u32,
    /// Kind of packages.
    #[serde(default)]
    pub package_kind: Option<String>,
    /// Gross mass in kg.
    #[schema(value_type = String)]
    pub gross_kg: Mass,
    /// UN number of dangerous goods.
    #[serde(default)]
    pub un_number: Option<String>,
}

/// A bill as typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct BillForm {
    /// Bill number.
    pub number: String,
    /// Carrier; the agent itself when left out.
    #[serde(default)]
    pub carrier: Option<String>,
    /// Shipper.
    pub shipper: Shipper,
    /// Consignee.
    pub consignee: Consignee,
    /// Notify party.
    #[serde(default)]
    pub notify: Option<Notify>,
    /// Port of loading, UN/LOCODE.
    pub loading_port: String,
    /// Port of discharge, UN/LOCODE.
    pub discharge_port: String,
    /// Place of delivery.
    #[serde(default)]
    pub delivery_place: Option<String>,
    /// Next port to which the goods go on by another ship, UN/LOCODE; marks the bill as transhipment.
    #[serde(default)]
    pub onward_port: Option<String>,
    /// Containers.
    pub containers: Vec<BillContainer>,
    /// Goods.
    pub goods: Vec<BillGoods>,
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

impl BillForm {
    pub(crate) fn into_domain(self, carrier: &str) -> manifest::BillForm {
        let party = |name: String, address| manifest::Party { name, address };
        manifest::BillForm {
            number: self.number.trim().to_uppercase(),
            content: manifest::BillContent {
                carrier: filled(self.carrier).unwrap_or_else(|| carrier.to_owned()),
                shipper: party(self.shipper.name, None),
                consignee: manifest::Consignee { uscc: filled(self.consignee.uscc), name: self.consignee.name, org: None },
                notify: self.notify.filter(|n| !n.name.trim().is_empty()).map(|n| party(n.name, None)),
                loading: self.loading_port.trim().to_uppercase(),
                discharge: self.discharge_port.trim().to_uppercase(),
                delivery: filled(self.delivery_place),
                onward: filled(self.onward_port).map(|port| port.to_uppercase()),
                containers: self
                    .containers
                    .into_iter()
                    .map(|c| manifest::ManifestContainer {
                        number: c.number.trim().to_uppercase(),
                        size_type: c.size_type.trim().to_uppercase(),
                        seals: filled(c.seal).into_iter().collect(),
                        gross_kg: c.gross_kg,
                        packages: c.packages,
                    })
                    .collect(),
                goods: self
                    .goods
                    .into_iter()
                    .map(|g| manifest::ManifestGoods {
                        description: g.description,
                        hs_code: filled(g.hs_code),
                        packages: g.packages,
                        package_kind: filled(g.package_kind),
                        gross_kg: g.gross_kg,
                        un_no: filled(g.un_number),
                    })
                    .collect(),
            },
        }
    }
}

impl ManifestForm {
    pub fn into_domain(self, agent: &str, carrier: &str) -> manifest::ManifestForm {
        manifest::ManifestForm {
            call: self.call,
            agent: agent.to_owned(),
            message: None,
            function: match self.function {
                ManifestFunction::Original => manifest::ManifestFunction::Original,
                ManifestFunction::Replace => manifest::ManifestFunction::Replace,
            },
            ship_name: None,
            voyage: None,
            loading_at: None,
            bills: self.bills.into_iter().map(|bill| bill.into_domain(carrier)).collect(),
        }
    }
}

/// A bill of lading in short (提运单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BillSummary {
    /// Bill number.
    pub number: String,
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Consignee.
    pub consignee: String,
    /// Container numbers.
    pub containers: Vec<String>,
    /// Goods in words.
    pub goods: String,
    /// Gross mass in kg.
    pub gross_kg: String,
    /// Packages.
    pub packages: u64,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Declaration.
    pub declaration: Option<String>,
    /// Its state.
    pub declaration_status: Option<String>,
    /// Delivery order.
    pub delivery_order: Option<String>,
    /// Its state.
    pub delivery_order_status: Option<String>,
}

/// The ports of a bill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BillPorts {
    /// Loading.
    pub loading: String,
    /// Discharge.
    pub discharge: String,
    /// Delivery.
    pub delivery: Option<String>,
    /// Next port by another ship, when the goods are transhipped here.
    pub onward: Option<String>,
}

/// Tally of one container.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BillTally {
    /// Container number.
    pub container: String,
    /// When it was landed.
    pub at: Instant,
    /// Damage noted.
    pub damage: Option<String>,
    /// Packages counted.
    pub packages: Option<u32>,
}

/// A bill of lading in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Bill {
    #[serde(flatten)]
    pub summary: BillSummary,
    /// Carrier.
    pub carrier: String,
    /// Shipper.
    pub shipper: Shipper,
    /// Consignee in full.
    pub consignee_full: Consignee,
    /// Notify party.
    pub notify: Option<Notify>,
    /// Ports.
    pub ports: BillPorts,
    /// Containers in full.
    pub containers_full: Vec<BillContainer>,
    /// Goods in full.
    pub goods_full: Vec<BillGoods>,
    /// Tally.
    pub tally: Vec<BillTally>,
    /// Version.
    pub version: u64,
}

/// Names the consignee of a bill.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ConsigneeForm {
    /// Consignee, organisation id.
    pub organisation: String,
}

/// An original manifest (原始舱单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Manifest {
    /// Id.
    pub id: String,
    /// Ship call; null when a rejected message named none that exists.
    pub call: Option<Call>,
    /// Sender.
    pub agent: Org,
    /// Function.
    pub function: ManifestFunction,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Bills, at most the first 200.
    pub bills: Vec<BillSummary>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Message it came in.
    pub message: Option<String>,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// Version.
    pub version: u64,
}

/// A manifest in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ManifestSummary {
    /// Id.
    pub id: String,
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Number of bills.
    pub bills: usize,
    /// Number of containers.
    pub containers: usize,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
}

/// Which bills are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct BillQuery {
    /// State codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// `declaration` or `delivery-order`: bills for which one can be made.
    pub open_for: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// What several bills share: their calls and the states of their papers.
#[derive(Default)]
pub(crate) struct BillNames {
    calls: HashMap<String, ShipCall>,
    declarations: HashMap<String, Declaration>,
    orders: HashMap<String, DeliveryOrder>,
}

impl Api {
    /// Reads what the bills refer to, in three questions for all of them.
    pub async fn bill_names(&self, bills: &[&BillState]) -> Result<BillNames, AppError> {
        Ok(BillNames {
            calls: self.app.peek_many(bills.iter().map(|b| b.call.clone())).await?,
            declarations: self.app.peek_many(bills.iter().filter_map(|b| b.declaration.clone())).await?,
            orders: self.app.peek_many(bills.iter().filter_map(|b| b.delivery_order.clone())).await?,
        })
    }

    pub async fn bill_summary(&self, number: &str, bill: &BillState) -> Result<BillSummary, AppError> {
        Ok(self.bill_names(&[bill]).await?.summary(number, bill))
    }

    pub async fn bill(&self, seen: Seen<BillState>) -> Result<Bill, AppError> {
        let summary = self.bill_summary(&seen.id, &seen.state).await?;
        let bill = seen.state;
        let content = bill.content;
        Ok(Bill {
            summary,
            carrier: content.carrier,
            shipper: Shipper { name: content.shipper.name, code: None },
            consignee_full: Consignee { name: content.consignee.name, uscc: content.consignee.uscc },
            notify: content.notify.map(|n| Notify { name: n.name }),
            ports: BillPorts { loading: content.loading, discharge: content.discharge, delivery: content.delivery, onward: content.onward },
            containers_full: content
                .containers
                .into_iter()
                .map(|c| BillContainer {
                    id: Some(container_id(&c.number, &bill.call)),
                    number: c.number,
                    size_type: c.size_type,
                    seal: c.seals.into_iter().next(),
                    gross_kg: c.gross_kg,
                    packages: c.packages,
                })
                .collect(),
            goods_full: content
                .goods
                .into_iter()
                .map(|g| BillGoods {
                    description: g.description,
                    hs_code: g.hs_code,
                    packages: g.packages,
                    package_kind: g.package_kind,
                    gross_kg: g.gross_kg,
                    un_number: g.un_no,
                })
                .collect(),
            tally: bill
                .tally
                .into_iter()
                .map(|(container, t)| BillTally { container, at: t.at.into(), damage: t.damage, packages: t.packages })
                .collect(),
            version: seen.version,
        })
    }

    /// A manifest with its first bills.
    pub async fn manifest(&self, seen: Seen<ManifestState>, now: Timestamp) -> Result<Manifest, AppError> {
        let state = seen.state;
        let call = match self.seen::<ShipCall>(&state.call).await {
            Ok(call) => Some(self.call(call, now).await?),
            Err(AppError::NotFound { .. }) => None,
            Err(other) => return Err(other),
        };
        let numbers: Vec<&String> = state.bills.iter().take(200).collect();
        let bills: HashMap<String, BillState> = self.app.peek_many(numbers.iter().map(|n| (*n).clone())).await?;
        let names = self.bill_names(&bills.values().collect::<Vec<_>>()).await?;
        let findings = match &state.phase {
            ManifestPhase::Rejected { findings, .. } => findings,
            ManifestPhase::Accepted | ManifestPhase::Confirmed { .. } => &state.warnings,
        };
        Ok(Manifest {
            call,
            agent: self.org(&state.agent).await?,
            function: match state.function {
                manifest::ManifestFunction::Original => ManifestFunction::Original,
                manifest::ManifestFunction::Replace => ManifestFunction::Replace,
            },
            status: state.status().to_owned(),
            status_text: texts::status(ManifestState::KIND, state.status()),
            bills: numbers.iter().filter_map(|n| bills.get(*n).map(|bill| names.summary(n, bill))).collect(),
            findings: findings.iter().cloned().map(Finding::from).collect(),
            message: state.message.clone(),
            accepted_at: accepted_at(&state),
            id: seen.id,
            version: seen.version,
        })
    }
}

/// When a manifest was accepted, unless it was rejected.
pub(crate) fn accepted_at(state: &ManifestState) -> Option<Instant> {
    match state.phase {
        ManifestPhase::Rejected { .. } => None,
        ManifestPhase::Accepted | ManifestPhase::Confirmed { .. } => Some(state.received_at.into()),
    }
}

impl BillNames {
    pub fn summary(&self, number: &str, bill: &BillState) -> BillSummary {
        let call = self.calls.get(&bill.call);
        let content = &bill.content;
        let gross = Mass::sum(content.goods.iter().map(|g| g.gross_kg)).unwrap_or_default();
        BillSummary {
            number: number.to_owned(),
            call: bill.call.clone(),
            ship_name: call.map(|c| c.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|c| c.voyage_in.clone()).unwrap_or_default(),
            consignee: content.consignee.name.clone(),
            containers: content.containers.iter().map(|c| c.number.clone()).collect(),
            goods: content.goods.first().map(|g| g.description.clone()).unwrap_or_default(),
            gross_kg: gross.to_string(),
            packages: content.packages(),
            status: bill.status().to_owned(),
            status_text: texts::status(BillState::KIND, bill.status()),
            declaration_status: bill.declaration.as_ref().and_then(|id| self.declarations.get(id)).map(|d| d.status().to_owned()),
            declaration: bill.declaration.clone(),
            delivery_order_status: bill.delivery_order.as_ref().and_then(|id| self.orders.get(id)).map(|o| o.status().to_owned()),
            delivery_order: bill.delivery_order.clone(),
        }
    }
}
