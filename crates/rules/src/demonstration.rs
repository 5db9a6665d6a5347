//! The tables that come with the platform. Their values are for demonstration and carry a label that says so.

use crate::DecisionTable;

/// JSON of the inspection rate of imports (进口查验率): credit grade × goods code × customs district.
///
/// Real control rates are internal to customs; an authority sets its own before use.
pub const IMPORT_INSPECTION_RATE_JSON: &str = include_str!("../data/import-inspection-rate.json");

/// The table of [`IMPORT_INSPECTION_RATE_JSON`].
///
/// # Panics
/// The compiled-in file is malformed. A test reads it, so this cannot happen in a released build.
#[must_use]
pub fn import_inspection_rate() -> DecisionTable {
    match DecisionTable::from_json(IMPORT_INSPECTION_RATE_JSON) {
        Ok(table) => table,
        Err(fault) => panic!("import-inspection-rate.json: {fault}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facts;

    #[test]
    fn the_table_is_without_faults_and_labelled() {
        let table = import_inspection_rate();
        // Crossing rows are told as information: which of them comes first is meant so.
        let findings = table.validate();
        assert!(findings.iter().all(|f| f.code == "rules-overlap" && f.severity == crate::Severity::Info), "{findings:#?}");
        let notice = table.notice.clone().unwrap();
        assert_eq!(&*notice.en, "demonstration values set by the demo authority; real control rates are internal to customs");
        assert_eq!(&*table.basis.en, "GACC Decree 282, from 2026-04-01");
        for row in &table.rows {
            let Some(crate::Value::Number(rate)) = row.then.get("inspection_rate_bp") else { panic!("{}", row.id) };
            assert!((0..=10_000).contains(rate), "{}", row.id);
        }
    }

    #[test]
    fn grade_goods_and_place_decide_together() {
        let table = import_inspection_rate().compile().unwrap();
        let check = |grade: &str, goods: &str, place: &str, row: &str, rate: i64| {
            let facts = Facts::new().with("credit_grade", grade).with("hs_code", goods).with("customs_place", place);
            let decision = table.decide(&facts).unwrap();
            assert_eq!((&*decision.rows[0], decision.number("inspection_rate_bp")), (row, Some(rate)), "{grade} {goods} {place}");
            assert!(decision.text("trader_note_zh").is_some() && decision.text("trader_note_en").is_some());
        };
        check("seriously-dishonest", "8471300000", "3104", "seriously-dishonest", 10_000);
        check("advanced-certified", "8471300000", "3104", "advanced-certified", 60);
        check("regular", "8471300000", "3104", "regular", 300);
        check("regular", "7204490090", "3104", "scrap", 10_000);
        check("advanced-certified", "7204490090", "3104", "scrap", 10_000);
        check("dishonest", "8471300000", "2301", "dishonest", 8_500);
        check("regular", "8471300000", "9999", "unlisted-place", 500);
        let unknown = Facts::new().with("credit_grade", "AA").with("hs_code", "84").with("customs_place", "3104");
        assert!(table.decide(&unknown).is_err(), "a grade of an older decree is not silently taken for another");
    }
}
