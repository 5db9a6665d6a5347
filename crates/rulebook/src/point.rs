//! Where the platform asks a table (决策点): the facts it gives and the answers it needs.

use rules::{Cell, Combine, DecisionTable, Finding, HitPolicy, InputColumn, InputKind, OutputKind, Severity, Value};

/// A fact that is given to the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: InputKind,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Code table with the names of its values, as the platform's register of codes calls it.
    pub codes: Option<&'static str>,
    /// All its values, when they are few and settled; a table may limit its column to these and to nothing less.
    pub values: &'static [&'static str],
}

/// An answer that is read from the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: OutputKind,
    /// Least and greatest number, both included.
    pub range: Option<(i64, i64)>,
    /// Whether a table must have it.
    pub needed: bool,
}

/// A place at which the platform asks a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Id of the table that is asked.
    pub table: &'static str,
    /// Facts given, for each line of goods.
    pub facts: &'static [Fact],
    /// Answers read.
    pub outputs: &'static [Output],
}

const fn fact(name: &'static str, kind: InputKind, zh: &'static str, en: &'static str, codes: Option<&'static str>) -> Fact {
    Fact { name, kind, zh, en, codes, values: &[] }
}

/// Credit grades (信用等级) as the platform gives them.
const GRADES: &[&str] = &["seriously-dishonest", "dishonest", "regular", "certified", "advanced-certified"];

/// The inspection rate of imports (进口查验率): asked for each line of goods of an accepted declaration (INS-13, INS-14).
pub const IMPORT_INSPECTION: Point = Point {
    table: "import-inspection-rate",
    facts: &[
        Fact { values: GRADES, ..fact("credit_grade", InputKind::Text, "信用等级", "credit grade", None) },
        fact("hs_code", InputKind::Text, "商品编号", "goods code", None),
        fact("customs_place", InputKind::Text, "关区代码", "customs district", Some("customs-district")),
        fact("origin_country", InputKind::Text, "原产国（地区）", "country of origin", Some("country")),
        fact("supervision_mode", InputKind::Text, "监管方式", "supervision mode", Some("supervision-mode")),
        fact("advance", InputKind::Flag, "提前申报", "declared in advance", None),
        fact("declared_on", InputKind::Day, "申报日期", "day of declaration", None),
        fact("goods_lines", InputKind::Number, "商品项数", "lines of goods", None),
    ],
    outputs: &[
        Output { name: "inspection_rate_bp", kind: OutputKind::Number, range: Some((0, 10_000)), needed: true },
        Output { name: "documents", kind: OutputKind::List, range: None, needed: false },
        Output { name: "trader_note_zh", kind: OutputKind::Text, range: None, needed: false },
        Output { name: "trader_note_en", kind: OutputKind::Text, range: None, needed: false },
    ],
};

/// Every place.
pub const POINTS: &[Point] = &[IMPORT_INSPECTION];

impl Fact {
    /// Whether the choices of a column leave out nothing that is given.
    fn values_are_among(&self, column: &InputColumn) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| column.choices.iter().any(|choice| *choice.value == **value))
    }
}

impl Point {
    /// The place that asks a table.
    #[must_use]
    pub fn of(table: &str) -> Option<&'static Self> {
        POINTS.iter().find(|point| point.table == table)
    }

    /// All findings about a table that shall answer here: those of the table itself, and what does not fit the place. Cases without an
    /// answer are an error here, whatever the table by itself: declarations would wait for nobody.
    #[must_use]
    pub fn check(&self, table: &DecisionTable) -> Vec<Finding> {
        let mut findings = table.validate();
        // A rule that asks nothing leaves no gap; without one, what was not searched to the end may have one.
        let whole = table.rows.iter().any(|row| row.when.values().all(|cell| *cell == Cell::Any));
        let alone = matches!(table.hit_policy, HitPolicy::Unique | HitPolicy::Any);
        for finding in &mut findings {
            let stops = match finding.code {
                "rules-gap" => true,
                "rules-cover-unknown" => !whole,
                // Two rules that meet where one may match leave the case without an answer.
                "rules-overlap-unknown" => alone,
                _ => false,
            };
            if stops {
                finding.severity = Severity::Error;
            }
        }
        self.check_inputs(table, &mut findings);
        self.check_outputs(table, &mut findings);
        findings
    }

    fn check_inputs(&self, table: &DecisionTable, findings: &mut Vec<Finding>) {
        for (index, column) in table.inputs.iter().enumerate() {
            let pointer = format!("/inputs/{index}");
            let (code, zh, en) = match self.facts.iter().find(|fact| fact.name == &*column.name) {
                None => {
                    let given: Vec<&str> = self.facts.iter().map(|fact| fact.name).collect();
                    let zh = format!("平台不提供事实“{}”；可用：{}", column.name, given.join("、"));
                    ("rules-fact-unknown", zh, format!("nobody gives the fact {:?}; there are {}", &*column.name, given.join(", ")))
                }
                Some(fact) if fact.kind != column.kind => {
                    ("rules-fact-type", format!("事实“{}”的类型不符", fact.zh), format!("the fact {:?} has another type", fact.name))
                }
                // A value that the column does not permit is refused by the table: the declaration would wait for nobody.
                Some(fact) if !column.choices.is_empty() && !fact.values_are_among(column) => {
                    let zh = format!("“{}”列的限定取值未包括平台可能提供的全部取值", fact.zh);
                    ("rules-choices-narrow", zh, format!("the choices of {:?} leave out values that the platform gives", fact.name))
                }
                Some(_) => continue,
            };
            findings.push(Finding::new(Severity::Error, code, pointer, zh, en));
        }
    }

    fn check_outputs(&self, table: &DecisionTable, findings: &mut Vec<Finding>) {
        for output in self.outputs {
            let Some((index, column)) = table.outputs.iter().enumerate().find(|(_, column)| *column.name == *output.name) else {
                if output.needed {
                    let (zh, en) = (format!("缺少输出列“{}”", output.name), format!("there is no output column {:?}", output.name));
                    findings.push(Finding::new(Severity::Error, "rules-output-needed", "/outputs".into(), zh, en));
                }
                continue;
            };
            if column.kind != output.kind || (output.needed && column.optional) {
                let (zh, en) = (format!("输出列“{}”的类型不符", column.zh), format!("the output {:?} has another type", output.name));
                findings.push(Finding::new(Severity::Error, "rules-output-kind", format!("/outputs/{index}"), zh, en));
            }
            let Some((least, greatest)) = output.range else { continue };
            if table.hit_policy == HitPolicy::Collect && matches!(column.combine, Combine::Sum | Combine::Count) {
                let zh = format!("输出列“{}”有界，不能求和或计数", column.zh);
                let en = format!("the output {:?} has bounds and is neither a sum nor a count", output.name);
                findings.push(Finding::new(Severity::Error, "rules-output-combine", format!("/outputs/{index}/combine"), zh, en));
            }
            for (row, value) in table.rows.iter().enumerate().filter_map(|(row, each)| Some((row, each.then.get(&column.name)?))) {
                if let Value::Number(number) = value
                    && !(least..=greatest).contains(number)
                {
                    let (zh, en) =
                        (format!("{number} 不在 {least} 至 {greatest} 之间"), format!("{number} is not between {least} and {greatest}"));
                    let pointer = format!("/rows/{row}/then/{}", output.name);
                    findings.push(Finding::new(Severity::Error, "rules-output-range", pointer, zh, en));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::{Choice, Row, demonstration};

    #[test]
    fn the_shipped_table_fits_and_others_are_told_at_their_place() {
        let shipped = demonstration::import_inspection_rate();
        assert!(!IMPORT_INSPECTION.check(&shipped).iter().any(Finding::is_error));
        let mut table = shipped.clone();
        table.rows.truncate(2);
        table.rows[0].then.insert("inspection_rate_bp".into(), 10_001i64.into());
        table.inputs.push(InputColumn {
            name: "weather".into(),
            zh: "天气".into(),
            en: "weather".into(),
            kind: InputKind::Text,
            optional: true,
            choices: Vec::new(),
        });
        let errors: Vec<(&str, String)> =
            IMPORT_INSPECTION.check(&table).into_iter().filter(Finding::is_error).map(|f| (f.code, f.pointer)).collect();
        let expected =
            [("rules-gap", "/rows"), ("rules-fact-unknown", "/inputs/3"), ("rules-output-range", "/rows/0/then/inspection_rate_bp")];
        assert_eq!(errors, expected.map(|(code, pointer)| (code, pointer.to_owned())));
        table = shipped;
        table.outputs.remove(0);
        table.rows.iter_mut().for_each(|row| drop(row.then.remove("inspection_rate_bp")));
        assert!(IMPORT_INSPECTION.check(&table).iter().any(|f| f.code == "rules-output-needed"));
    }

    fn errors(table: &DecisionTable) -> Vec<&'static str> {
        IMPORT_INSPECTION.check(table).into_iter().filter(Finding::is_error).map(|finding| finding.code).collect()
    }

    #[test]
    fn what_would_leave_a_declaration_without_an_answer_is_an_error() {
        let shipped = demonstration::import_inspection_rate();
        // A grade that the column does not permit, and a column of goods that permits a few.
        let mut table = shipped.clone();
        table.rows.retain(|row| *row.id != *"seriously-dishonest");
        table.inputs[0].choices.retain(|choice| *choice.value != *"seriously-dishonest");
        assert_eq!(errors(&table), ["rules-choices-narrow"]);
        table = shipped.clone();
        let goods = table.inputs.iter().position(|column| *column.name == *"hs_code").expect("a column of goods");
        let named: Vec<std::sync::Arc<str>> = table
            .rows
            .iter()
            .flat_map(|row| match row.when.get("hs_code") {
                Some(Cell::OneOf(values)) => values.clone(),
                _ => Vec::new(),
            })
            .chain(["8471300000".into()])
            .collect();
        table.inputs[goods].choices = named.into_iter().map(|value| Choice { zh: value.clone(), en: value.clone(), value }).collect();
        assert!(errors(&table).contains(&"rules-choices-narrow"));
        // A sum of rates may pass the whole.
        table = shipped.clone();
        table.hit_policy = HitPolicy::Collect;
        let rate = table.outputs.iter().position(|column| *column.name == *"inspection_rate_bp").expect("a rate");
        table.outputs[rate].combine = Combine::Max;
        assert_eq!(errors(&table), [""; 0]);
        table.outputs[rate].combine = Combine::Sum;
        assert_eq!(errors(&table), ["rules-output-combine"]);
        // A note that the decision would carry along.
        table = shipped;
        table.rows[0].note.zh = "说".repeat(501).into();
        assert_eq!(errors(&table), ["rules-note-length"]);
    }

    #[test]
    fn what_could_not_be_checked_counts_as_a_fault_where_it_may_be_one() {
        let mut table = demonstration::import_inspection_rate();
        let rule = |n: usize| Row {
            id: format!("goods-{n}").into(),
            when: [("hs_code".into(), Cell::OneOf(vec![format!("{n:010}").into()]))].into(),
            ..table.rows[0].clone()
        };
        let mut rows: Vec<Row> = (0..1_024).map(rule).collect();
        rows.push(Row { id: "all".into(), when: [].into(), ..table.rows[0].clone() });
        table.rows = rows;
        assert_eq!(errors(&table), [""; 0]);
        table.hit_policy = HitPolicy::Unique;
        assert_eq!(errors(&table), ["rules-overlap-unknown"]);
    }
}
