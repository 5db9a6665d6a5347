//! The priority rule of the synthetic port's inspection site: what cannot wait comes first. The classes are an example and no authority's.

use app::site::{ApproveSiteRule, ProposeSiteRule};
use app::{App, Context};
use inspection::{PriorityClass, SiteRule};
use ledger::Bilingual;

use crate::SimulationError;
use crate::cast::of;

const CUSTOMS: &str = "customs-demo";

fn class(id: &str, zh: &str, en: &str, prefixes: &[&str], grades: &[&str], on_arrival: bool) -> PriorityClass {
    let texts = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    PriorityClass { id: id.to_owned(), name: Bilingual::new(zh, en), hs_prefixes: texts(prefixes), grades: texts(grades), on_arrival }
}

/// Writes and approves the rule, unless there is one.
pub(crate) async fn install(app: &App, ctx: &Context) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    let Some(customs) = of(CUSTOMS) else { return Ok(()) };
    if app.peek::<SiteRule>(&app.port().customs_district).await.map_err(&fault)?.is_some() {
        return Ok(());
    }
    let mut people = customs.people.iter().map(|(name, ..)| format!("{CUSTOMS}.{name}"));
    let (Some(first), Some(second)) = (people.next(), people.next()) else { return Ok(()) };
    let by = |id: String| Context { principal: customs.principal(app, id, false), ..ctx.clone() };
    let rule = ProposeSiteRule {
        classes: vec![
            class(
                "live-fresh",
                "鲜活易腐（示例）",
                "Live and perishable (example)",
                &["01", "02", "03", "04", "06", "07", "08"],
                &[],
                true,
            ),
            class("dangerous", "危险货物（示例）", "Dangerous goods (example)", &["28", "29", "36", "38"], &[], false),
            class("aeo", "高级认证企业（示例）", "Advanced certified enterprises (example)", &[], &["advanced-certified"], false),
        ],
        valid_from: ctx.at,
        note: "示范规则，非任何海关的规定 an example, no authority's rule".into(),
    };
    app.execute(&by(first), &rule).await.map_err(&fault)?;
    app.execute(&by(second), &ApproveSiteRule { number: 1 }).await.map_err(&fault)?;
    Ok(())
}
