//! The risk decision (布控): a decision table gives rate and documents, a verifiable draw decides, officers are drawn for what is drawn.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use clearance::{Case, Decided, Declaration, DrawRecord, GradeUsed, RiskDecision, TableRef};
use credit::Enterprise;
use ledger::Timestamp;
use rules::{CompiledTable, DecisionTable, Facts, TableSet};
use serde::Serialize;

use crate::rights::Resource;
use crate::{App, AppError, Role, Unit, UseCase, draw};

/// Register of decision tables; the id of a record is `{table}@{version}`.
pub const TABLES: &str = "decision-table";
/// The table that gives the inspection rate of imports.
pub const INSPECTION_RATE: &str = "import-inspection-rate";
/// Grade of an enterprise that nobody has graded (常规企业).
const UNGRADED: &str = "regular";

impl App {
    /// Every version of every decision table that is stored; the shipped demonstration table when there is none.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn decision_tables(&self) -> Result<Vec<DecisionTable>, AppError> {
        let records = self.store().records(&self.port().code, TABLES, None, 200).await?;
        if records.is_empty() {
            return Ok(vec![rules::demonstration::import_inspection_rate()]);
        }
        records
            .iter()
            .map(|r| serde_json::from_slice(&r.body).map_err(|e| AppError::Internal(format!("decision table {}: {e}", r.id))))
            .collect()
    }

    async fn table_in_force(&self, id: &str, at: Timestamp) -> Result<Arc<CompiledTable>, AppError> {
        if let Some(known) = self.known_tables(at) {
            return in_force(&known, id, at);
        }
        let mut set = TableSet::new();
        for table in self.decision_tables().await? {
            if table.approved_by.is_some() {
                set.insert(&table).map_err(|faults| AppError::Internal(format!("decision table {}: {} faults", table.id, faults.len())))?;
            }
        }
        // Until a published table comes into force, the shipped one decides: nobody is kept waiting because a table was published for later.
        if set.in_force_at(id, at.millis()).is_none() {
            let shipped = rules::demonstration::import_inspection_rate();
            set.insert(&shipped).map_err(|faults| AppError::Internal(format!("shipped table: {} faults", faults.len())))?;
        }
        let set = Arc::new(set);
        self.remember_tables(at, Arc::clone(&set));
        in_force(&set, id, at)
    }
}

fn in_force(set: &TableSet, id: &str, at: Timestamp) -> Result<Arc<CompiledTable>, AppError> {
    set.in_force_at(id, at.millis())
        .cloned()
        .ok_or_else(|| AppError::Internal(format!("no version of the decision table {id} is in force")))
}

/// Publishes a version of a decision table.
#[derive(Clone, Debug, Serialize)]
pub struct PublishTable {
    /// The version.
    pub table: DecisionTable,
}

#[async_trait]
impl UseCase for PublishTable {
    const NAME: &'static str = "table.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("decision-table"))?;
        let faults: Vec<codes::Finding> = self
            .table
            .validate()
            .into_iter()
            .filter(rules::Finding::is_error)
            .map(|f| {
                codes::Finding::error(
                    f.code.to_string(),
                    f.pointer.to_string(),
                    codes::Text::new(f.zh.to_string(), f.en.to_string()),
                    codes::Text::new("更正后重新发布。", "Correct and publish again."),
                )
            })
            .collect();
        if !faults.is_empty() {
            return Err(AppError::Findings(faults));
        }
        let id = format!("{}@{}", self.table.id, self.table.version);
        if unit.record_body(TABLES, &id).await?.is_some() {
            return Err(AppError::invalid(
                "table-version-exists",
                "/version",
                format!("版本 {id} 已发布"),
                format!("version {id} is published already"),
            ));
        }
        unit.write_record(TABLES, &id, Some(0), &self.table)?;
        Ok(id)
    }
}

struct Weighed {
    rate_bp: u32,
    rows: Vec<String>,
    documents: BTreeSet<String>,
    reasons: Vec<codes::Text>,
    note: codes::Text,
    table: TableRef,
}

/// Takes the risk decision of an accepted declaration and records it. Returns whether it is to be inspected.
pub(crate) async fn decide(unit: &mut Unit<'_>, id: &str, case: &Case) -> Result<RiskDecision, AppError> {
    let at = unit.at();
    let grade = grade_of(unit, &case.form.trade_co_scc).await?;
    let table = unit.app.table_in_force(INSPECTION_RATE, at).await?;
    let weighed = weigh(&table, &grade.value, case)?;
    let day = at.day(unit.app.port().utc_offset_minutes);
    let (seed, commitment) = draw::ensure(unit, &day).await?;
    // The newest signed head is fixed only now, so that whoever knows the seed cannot choose the outcome beforehand.
    let (head_size, head_root) = match unit.app.head().await? {
        Some(head) => (head.size, head.root_bytes().unwrap_or_default()),
        None => (0, [0; 32]),
    };
    let outcome =
        rules::draw(&seed, draw::parsed(&day)?, id, &head_root, weighed.rate_bp).map_err(|e| AppError::Internal(e.to_string()))?;
    let decision = RiskDecision {
        table: weighed.table,
        rows: weighed.rows,
        rate_bp: weighed.rate_bp,
        grade,
        draw: Some(DrawRecord {
            day,
            commitment,
            head_size,
            head_root: hex::encode(head_root),
            number: outcome.number,
            selected: outcome.selected,
        }),
        documents: weighed.documents.into_iter().collect(),
        inspect: outcome.selected,
        reasons: weighed.reasons,
        trader_note: weighed.note,
    };
    let state = unit.get::<Declaration>(id).await?;
    let events = clearance::decide_decision(&state, Decided { decision: decision.clone() })?;
    unit.record::<Declaration>(id, events, at).await?;
    Ok(decision)
}

/// The highest rate of any line of goods, the documents of all.
fn weigh(table: &CompiledTable, grade: &str, case: &Case) -> Result<Weighed, AppError> {
    let source = table.source();
    let mut weighed = Weighed {
        rate_bp: 0,
        rows: Vec::new(),
        documents: BTreeSet::new(),
        reasons: Vec::new(),
        note: codes::Text::new("", ""),
        table: TableRef { id: source.id.to_string(), version: source.version.to_string() },
    };
    let mut highest = None;
    for goods in &case.form.goods {
        let facts = Facts::new()
            .with("credit_grade", grade)
            .with("hs_code", goods.code_ts.trim())
            .with("customs_place", case.form.custom_master.trim());
        let decision = table.decide(&facts).map_err(|e| AppError::Internal(format!("decision table {}: {e}", source.id)))?;
        let rate = decision.number("inspection_rate_bp").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        weighed.rows.extend(decision.rows.iter().map(ToString::to_string));
        weighed.documents.extend(decision.list("documents").iter().map(ToString::to_string));
        for reason in &decision.explanation {
            let text = codes::Text::new(reason.zh.to_string(), reason.en.to_string());
            if !weighed.reasons.contains(&text) {
                weighed.reasons.push(text);
            }
        }
        if highest.is_none_or(|known| rate > known) {
            highest = Some(rate);
            let note = |name| decision.text(name).unwrap_or_default().to_owned();
            weighed.note = codes::Text::new(note("trader_note_zh"), note("trader_note_en"));
        }
    }
    weighed.rows.sort();
    weighed.rows.dedup();
    weighed.rate_bp = highest.unwrap_or(0);
    Ok(weighed)
}

async fn grade_of(unit: &mut Unit<'_>, uscc: &str) -> Result<GradeUsed, AppError> {
    Ok(match unit.load::<Enterprise>(uscc.trim()).await?.and_then(|e| e.grading_at(unit.at()).cloned()) {
        Some(grading) => GradeUsed { value: grading.grade.code().to_owned(), rule_version: grading.rule_version },
        None => GradeUsed { value: UNGRADED.into(), rule_version: "ungraded".into() },
    })
}

/// Officers of a customs district who are on duty, as a pool for drawing: nobody is sent to a box that lies in another district.
pub(crate) async fn officer_pool(app: &App, district: &str) -> Result<Vec<rules::Officer>, AppError> {
    let mut pool = Vec::new();
    for user in app.users().await? {
        let Some(officer) = user.officer.filter(|o| o.on_duty && !user.disabled) else { continue };
        let organisation = app.organisation(&user.organisation).await?;
        if organisation.is_some_and(|o| o.role == Role::Customs && o.district.as_deref() == Some(district)) {
            pool.push(rules::Officer {
                id: user.id,
                conflicts: officer.conflicts.into_iter().collect(),
                competences: officer.competences.into_iter().collect(),
            });
        }
    }
    Ok(pool)
}
