//! The risk decision (布控): a decision table gives rate and documents, a verifiable draw decides, officers are drawn for what is drawn.

use clearance::{Case, Decided, DecidedLine, Declaration, DrawRecord, EarlierDraw, GradeUsed, RiskDecision, TableRef};
use credit::Enterprise;
use manifest::Bill;
use rulebook::IMPORT_INSPECTION;
use rules::{Day, Facts};

use crate::draw::{Lot, Purpose};
use crate::{App, AppError, Role, Unit, draw, rule_tables};

/// Grade of an enterprise that nobody has graded (常规企业).
const UNGRADED: &str = "regular";

/// Takes the risk decision of an accepted declaration and records it. Returns whether it is to be inspected.
pub(crate) async fn decide(unit: &mut Unit<'_>, id: &str, case: &Case) -> Result<RiskDecision, AppError> {
    let at = unit.at();
    let grade = grade_of(unit, &case.form.trade_co_scc).await?;
    let table = rule_tables::in_force(unit, IMPORT_INSPECTION.table).await?;
    let source = table.source();
    let facts = facts_of(case, &grade.value, draw::parsed(&at.day(unit.app.port().utc_offset_minutes))?);
    let weighed = rulebook::weigh(&table, &facts).map_err(|e| AppError::Internal(format!("decision table {}: {e}", source.id)))?;
    let earlier = earlier_draw(unit, id, case).await?;
    let stays = earlier.as_ref().is_some_and(|earlier| earlier.inspect);
    let kept = earlier.filter(|earlier| earlier.consignee == case.form.trade_co_scc.trim() && weighed.rate_bp <= earlier.rate_bp);
    let draw = match kept {
        Some(EarlierDraw { draw, .. }) => DrawRecord { selected: draw.number < weighed.rate_bp, ..draw },
        // Of another consignee, or to be inspected more often than what was drawn: drawn for themselves, whatever is known of the first draw.
        None => drawn(unit, id, drawn_again(id, case), weighed.rate_bp).await?,
    };
    let mut reasons = weighed.reasons;
    if stays && !draw.selected {
        reasons.push(codes::Text::new(
            "该货物此前申报时已确定查验，重新申报后仍须查验。",
            "The goods were to be inspected when they were declared before; they still are.",
        ));
    }
    let decision = RiskDecision {
        table: TableRef { id: source.id.to_string(), version: source.version.to_string() },
        rows: weighed.rows,
        rate_bp: weighed.rate_bp,
        grade,
        inspect: draw.selected || stays,
        draw: Some(draw),
        documents: weighed.documents.into_iter().collect(),
        reasons,
        trader_note: weighed.note,
        fingerprint: table.fingerprint().to_string(),
        lines: facts
            .into_iter()
            .zip(weighed.lines)
            .map(|(facts, line)| DecidedLine { facts, rows: line.rows, rate_bp: line.rate_bp })
            .collect(),
    };
    let state = unit.get::<Declaration>(id).await?;
    let events = clearance::decide_decision(&state, Decided { decision: decision.clone() })?;
    unit.record::<Declaration>(id, events, at).await?;
    Ok(decision)
}

/// The draw of these goods from an earlier declaration: of this one, before it was sent back, or of another one of their bill.
async fn earlier_draw(unit: &mut Unit<'_>, id: &str, case: &Case) -> Result<Option<EarlierDraw>, AppError> {
    if let Some(earlier) = &case.earlier_draw {
        return Ok(Some(earlier.clone()));
    }
    let number = case.form.bill_no.trim();
    let Some(before) = unit.look::<Bill>(number).await?.and_then(|bill| bill.declared_before.clone()).filter(|before| before != id) else {
        return Ok(None);
    };
    let earlier = unit.look::<Declaration>(&before).await?.and_then(Declaration::earlier_draw).filter(|earlier| earlier.bill == number);
    Ok(earlier.map(|mut earlier| {
        earlier.draw.subject.get_or_insert(before);
        earlier
    }))
}

/// What is drawn for when a declaration is drawn once more.
fn drawn_again(id: &str, case: &Case) -> Option<String> {
    let last = &case.earlier_draw.as_ref()?.draw.subject;
    let times = last.as_deref().and_then(|last| last.strip_prefix(id)?.strip_prefix('#')?.parse().ok()).unwrap_or(1_u32);
    Some(format!("{id}#{}", times.saturating_add(1)))
}

/// A draw, for the declaration itself or for another subject.
pub(crate) async fn drawn(unit: &mut Unit<'_>, id: &str, subject: Option<String>, rate_bp: u32) -> Result<DrawRecord, AppError> {
    let lot = draw::lot(unit, Purpose::Case, subject.as_deref().unwrap_or(id)).await?;
    let outcome = rules::draw(&lot.seed, lot.day, subject.as_deref().unwrap_or(id), &lot.head_root, rate_bp)
        .map_err(|e| AppError::Internal(e.to_string()))?;
    let (number, selected) = (outcome.number, outcome.selected);
    let Lot { day_text: day, commitment, head_size, head_root, part, .. } = lot;
    Ok(DrawRecord { day, commitment, head_size, head_root: hex::encode(head_root), number, selected, subject, part })
}

/// The facts of each line of goods, in the order of [`IMPORT_INSPECTION`].
fn facts_of(case: &Case, grade: &str, today: Day) -> Vec<Facts> {
    let form = &case.form;
    let text = |text: &str| text.trim().to_owned();
    let lines = i64::try_from(form.goods.len()).unwrap_or(i64::MAX);
    let facts = |goods: &clearance::GoodsItem| {
        Facts::new()
            .with("credit_grade", grade.to_owned())
            .with("hs_code", text(&goods.code_ts))
            .with("customs_place", text(&form.custom_master))
            .with("origin_country", text(&goods.origin_country))
            .with("supervision_mode", text(&form.trade_mode))
            .with("advance", case.advance)
            .with("declared_on", today)
            .with("goods_lines", lines)
    };
    form.goods.iter().map(facts).collect()
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
