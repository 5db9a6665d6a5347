//! DMN 1.3 (OMG formal/2021-02-01): the decision table of a model.

use rules::{Cell, Combine, DecisionTable, Finding, HitPolicy, InputColumn, InputKind, OutputColumn, OutputKind, Row, Text, limits};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::xml::{self, Element, escaped};
use crate::{FILE_BYTES_MAX, Fault, Findings, fault, feel, too_large};

const NAMESPACE: &str = "https://www.omg.org/spec/DMN/20191111/MODEL/";
/// Namespace of what DMN has no place for.
const OWN: &str = "urn:fairway:rules:1";

/// Writes a table as a DMN 1.3 model.
///
/// A table by priority becomes one by order, sorted; the priorities stand beside, so that reading it again gives the same table.
#[must_use]
pub fn write_dmn(table: &DecisionTable) -> String {
    let mut out = String::new();
    let id = escaped(&table.id);
    let policy = standard_policy(table.hit_policy);
    let aggregation = match (table.hit_policy, table.outputs.as_slice()) {
        (HitPolicy::Collect, [only]) => match only.combine {
            Combine::Sum => " aggregation=\"SUM\"",
            Combine::Min => " aggregation=\"MIN\"",
            Combine::Max => " aggregation=\"MAX\"",
            Combine::Count => " aggregation=\"COUNT\"",
            Combine::First | Combine::Union => "",
        },
        _ => "",
    };
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions xmlns=\"{NAMESPACE}\" xmlns:fw=\"{OWN}\" id=\"{id}-model\" name=\"{0}\" namespace=\"urn:fairway:rules\">\n",
        escaped(&table.title.en)
    );
    for column in &table.inputs {
        let name = escaped(&column.name);
        let _ = writeln!(
            out,
            "  <inputData id=\"input-{name}\" name=\"{name}\"><variable name=\"{name}\" typeRef=\"{}\"/></inputData>",
            input_type(column.kind)
        );
    }
    let _ = writeln!(
        out,
        "  <decision id=\"{id}\" name=\"{}\" fw:version=\"{}\" fw:author=\"{}\" fw:title.zh=\"{}\" fw:title.en=\"{}\" fw:basis.zh=\"{}\" fw:basis.en=\"{}\"{} fw:effective_from=\"{}\"{}>",
        escaped(&table.title.en),
        escaped(&table.version),
        escaped(&table.author),
        escaped(&table.title.zh),
        escaped(&table.title.en),
        escaped(&table.basis.zh),
        escaped(&table.basis.en),
        table.notice.as_ref().map_or_else(String::new, |n| format!(
            " fw:notice.zh=\"{}\" fw:notice.en=\"{}\"",
            escaped(&n.zh),
            escaped(&n.en)
        )),
        table.effective_from,
        table.effective_to.map_or_else(String::new, |to| format!(" fw:effective_to=\"{to}\"")),
    );
    for column in &table.inputs {
        let _ = writeln!(
            out,
            "    <informationRequirement><requiredInput href=\"#input-{}\"/></informationRequirement>",
            escaped(&column.name)
        );
    }
    let _ = writeln!(
        out,
        "    <decisionTable id=\"{id}-table\" hitPolicy=\"{policy}\"{aggregation} fw:hit_policy=\"{}\">",
        policy_name(table.hit_policy)
    );
    write_columns(table, &mut out);
    let mut order: Vec<&Row> = table.rows.iter().collect();
    if table.hit_policy == HitPolicy::Priority {
        order.sort_by_key(|row| std::cmp::Reverse(row.priority));
    }
    for row in order {
        let line = table.rows.iter().position(|other| other.id == row.id).unwrap_or(0);
        write_rule(table, row, line, &mut out);
    }
    out.push_str("    </decisionTable>\n  </decision>\n</definitions>\n");
    out
}

fn write_columns(table: &DecisionTable, out: &mut String) {
    for column in &table.inputs {
        let name = escaped(&column.name);
        let _ = write!(
            out,
            "      <input id=\"in-{name}\" label=\"{}\" fw:zh=\"{}\" fw:en=\"{}\" fw:optional=\"{}\"><inputExpression id=\"ex-{name}\" typeRef=\"{}\"><text>{name}</text></inputExpression>",
            escaped(&column.en),
            escaped(&column.zh),
            escaped(&column.en),
            column.optional,
            input_type(column.kind)
        );
        if !column.choices.is_empty() {
            let _ = write!(
                out,
                "<inputValues><text>{}</text></inputValues>",
                escaped(&feel::write_test(&Cell::OneOf(column.choices.iter().map(|c| c.value.clone()).collect())))
            );
        }
        out.push_str("</input>\n");
    }
    for column in &table.outputs {
        let name = escaped(&column.name);
        let _ = writeln!(
            out,
            "      <output id=\"out-{name}\" name=\"{name}\" label=\"{}\" typeRef=\"{}\" fw:zh=\"{}\" fw:en=\"{}\" fw:optional=\"{}\" fw:combine=\"{}\"/>",
            escaped(&column.en),
            output_type(column.kind),
            escaped(&column.zh),
            escaped(&column.en),
            column.optional,
            combine_name(column.combine)
        );
    }
    out.push_str("      <annotation name=\"note.zh\"/>\n      <annotation name=\"note.en\"/>\n");
}

fn write_rule(table: &DecisionTable, row: &Row, line: usize, out: &mut String) {
    let _ = write!(out, "      <rule id=\"rule-{}\" fw:id=\"{}\" fw:priority=\"{}\">", line + 1, escaped(&row.id), row.priority);
    for column in &table.inputs {
        let test = feel::write_test(row.when.get(&column.name).unwrap_or(&Cell::Any));
        let _ = write!(out, "<inputEntry><text>{}</text></inputEntry>", escaped(&test));
    }
    for column in &table.outputs {
        let value = row.then.get(&column.name).map_or_else(String::new, feel::write_value);
        let _ = write!(out, "<outputEntry><text>{}</text></outputEntry>", escaped(&value));
    }
    for note in [&row.note.zh, &row.note.en] {
        let _ = write!(out, "<annotationEntry><text>{}</text></annotationEntry>", escaped(note));
    }
    out.push_str("</rule>\n");
}

const fn input_type(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Text => "string",
        InputKind::Number => "number",
        InputKind::Day => "date",
        InputKind::Flag => "boolean",
    }
}

const fn output_type(kind: OutputKind) -> &'static str {
    match kind {
        OutputKind::Text => "string",
        OutputKind::Number => "number",
        OutputKind::Flag => "boolean",
        OutputKind::List => "Any",
    }
}

const POLICIES: [(HitPolicy, &str); 5] = [
    (HitPolicy::Unique, "unique"),
    (HitPolicy::First, "first"),
    (HitPolicy::Any, "any"),
    (HitPolicy::Priority, "priority"),
    (HitPolicy::Collect, "collect"),
];
const COMBINES: [(Combine, &str); 6] = [
    (Combine::First, "first"),
    (Combine::Max, "max"),
    (Combine::Min, "min"),
    (Combine::Sum, "sum"),
    (Combine::Count, "count"),
    (Combine::Union, "union"),
];

fn policy_name(policy: HitPolicy) -> &'static str {
    POLICIES.iter().find(|(known, _)| *known == policy).map_or("first", |(_, name)| name)
}

/// The policy as the standard names it.
const fn standard_policy(policy: HitPolicy) -> &'static str {
    match policy {
        HitPolicy::Unique => "UNIQUE",
        HitPolicy::First | HitPolicy::Priority => "FIRST",
        HitPolicy::Any => "ANY",
        HitPolicy::Collect => "COLLECT",
    }
}

fn combine_name(combine: Combine) -> &'static str {
    COMBINES.iter().find(|(known, _)| *known == combine).map_or("first", |(_, name)| name)
}

/// Reads the first decision table of a DMN model. Columns that `base` has too keep its titles and choices; identity, version and author are
/// those of `base`.
///
/// # Errors
/// Everything that cannot be read, each at its rule and column.
pub fn read_dmn(bytes: &[u8], base: &DecisionTable) -> Result<DecisionTable, Vec<Finding>> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    let mut findings = Findings::default();
    let root = match xml::parse(bytes) {
        Ok(root) => root,
        Err(fault) => {
            findings.add("rules-dmn-xml", "", fault);
            return Err(findings.0);
        }
    };
    let decision = root.find("decision");
    let Some((decision, table)) = decision.and_then(|decision| Some((decision, decision.child("decisionTable")?))) else {
        findings.add("rules-dmn-no-table", "", fault("文件中没有决策表（decisionTable）", "the file has no decisionTable"));
        return Err(findings.0);
    };
    let mut read = read_head(decision, table, base, &mut findings);
    read.inputs = table.all("input").map(|input| read_input(input, base)).collect();
    read.outputs = table.all("output").map(|output| read_output(output, table, base)).collect();
    let rules: Vec<&Element> = table.all("rule").collect();
    if rules.len() > limits::ROWS_MAX || read.inputs.len() > limits::INPUTS_MAX || read.outputs.len() > limits::OUTPUTS_MAX {
        findings.add("rules-dmn-too-many", "", fault("规则或列过多", "there are too many rules or columns"));
        return Err(findings.0);
    }
    for (line, rule) in rules.iter().enumerate() {
        read.rows.push(read_rule(rule, line, &read, &mut findings));
    }
    if findings.0.is_empty() { Ok(read) } else { Err(findings.0) }
}

fn read_head(decision: &Element, table: &Element, base: &DecisionTable, findings: &mut Findings) -> DecisionTable {
    let text = |name: &str, otherwise: &Text| match (decision.attribute(&format!("{name}.zh")), decision.attribute(&format!("{name}.en"))) {
        (None, None) => otherwise.clone(),
        (zh, en) => Text { zh: zh.unwrap_or_default().into(), en: en.unwrap_or_default().into() },
    };
    let mut day = |name: &str, otherwise| match decision.attribute(name).map(str::parse) {
        None => otherwise,
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            findings.add("rules-dmn-day", name, fault("日期格式须为 YYYY-MM-DD", "days are written YYYY-MM-DD"));
            otherwise
        }
    };
    let own = table.attribute("hit_policy").and_then(|name| POLICIES.iter().find(|(_, known)| *known == name));
    // Another editor knows the standard's attribute alone: what it says counts where the two differ.
    let own = own.filter(|(policy, _)| standard_policy(*policy) == table.attribute("hitPolicy").unwrap_or("UNIQUE"));
    let effective_from = day("effective_from", Some(base.effective_from)).unwrap_or(base.effective_from);
    let effective_to = day("effective_to", None);
    let hit_policy = match (own, table.attribute("hitPolicy")) {
        (Some((policy, _)), _) => *policy,
        // The standard's default.
        (None, None | Some("UNIQUE")) => HitPolicy::Unique,
        (None, Some("FIRST")) => HitPolicy::First,
        (None, Some("ANY")) => HitPolicy::Any,
        (None, Some("COLLECT")) => HitPolicy::Collect,
        (None, Some(other)) => {
            let (zh, en) = (format!("不支持命中方式 {other}"), format!("the hit policy {other} is not supported"));
            findings.add("rules-dmn-hit-policy", "hitPolicy", (zh, en));
            HitPolicy::First
        }
    };
    let notice =
        (decision.attribute("notice.zh").is_some() || decision.attribute("notice.en").is_some()).then(|| text("notice", &Text::default()));
    DecisionTable {
        title: text("title", &base.title),
        basis: text("basis", &base.basis),
        notice,
        effective_from,
        effective_to,
        hit_policy,
        inputs: Vec::new(),
        outputs: Vec::new(),
        rows: Vec::new(),
        ..base.clone()
    }
}

fn titles(element: &Element, name: &str) -> (std::sync::Arc<str>, std::sync::Arc<str>) {
    let label = element.attribute("label").filter(|label| !label.is_empty()).unwrap_or(name);
    (element.attribute("zh").unwrap_or(label).into(), element.attribute("en").unwrap_or(label).into())
}

fn read_input(input: &Element, base: &DecisionTable) -> InputColumn {
    let expression = input.child("inputExpression");
    let name = expression.map_or("", Element::inner).to_owned();
    if let Some(known) = base.inputs.iter().find(|column| *column.name == *name) {
        return known.clone();
    }
    let kind = match expression.and_then(|e| e.attribute("typeRef")) {
        Some("number" | "integer" | "long") => InputKind::Number,
        Some("date") => InputKind::Day,
        Some("boolean") => InputKind::Flag,
        Some(_) | None => InputKind::Text,
    };
    let (zh, en) = titles(input, &name);
    InputColumn { name: name.into(), zh, en, kind, optional: input.attribute("optional") == Some("true"), choices: Vec::new() }
}

fn read_output(output: &Element, table: &Element, base: &DecisionTable) -> OutputColumn {
    let name = output.attribute("name").unwrap_or_default().to_owned();
    let own = output.attribute("combine").and_then(|name| COMBINES.iter().find(|(_, known)| *known == name)).map(|(combine, _)| *combine);
    let standard = match table.attribute("aggregation") {
        Some("SUM") => Some(Combine::Sum),
        Some("MIN") => Some(Combine::Min),
        Some("MAX") => Some(Combine::Max),
        Some("COUNT") => Some(Combine::Count),
        Some(_) | None => None,
    };
    // What the standard says counts where the two differ.
    let said = standard.or(own);
    if let Some(known) = base.outputs.iter().find(|column| *column.name == *name) {
        return OutputColumn { combine: said.unwrap_or(known.combine), ..known.clone() };
    }
    let combine = said.unwrap_or_default();
    let kind = match output.attribute("typeRef") {
        Some("number" | "integer" | "long") => OutputKind::Number,
        Some("boolean") => OutputKind::Flag,
        Some("Any") => OutputKind::List,
        Some(_) | None => OutputKind::Text,
    };
    let (zh, en) = titles(output, &name);
    OutputColumn { name: name.into(), zh, en, kind, optional: output.attribute("optional") == Some("true"), combine }
}

fn read_rule(rule: &Element, line: usize, table: &DecisionTable, findings: &mut Findings) -> Row {
    let place = |column: &str| format!("rule {} {column}", line + 1);
    let mut told = |column: &str, (zh, en): Fault| {
        let fault = (format!("第 {} 条规则“{column}”：{zh}", line + 1), format!("rule {}, {column}: {en}", line + 1));
        findings.add("rules-dmn-expression", place(column), fault);
    };
    let tests: Vec<&str> = rule.all("inputEntry").map(Element::inner).collect();
    let values: Vec<&str> = rule.all("outputEntry").map(Element::inner).collect();
    if tests.len() != table.inputs.len() || values.len() != table.outputs.len() {
        told("", fault("条件或输出的个数与列数不符", "the number of entries is not that of the columns"));
    }
    let mut when = BTreeMap::new();
    for (column, test) in table.inputs.iter().zip(tests) {
        match feel::read_test(column.kind, test) {
            Ok(Cell::Any) => {}
            Ok(cell) => drop(when.insert(column.name.clone(), cell)),
            Err(fault) => told(&column.name, fault),
        }
    }
    let mut then = BTreeMap::new();
    for (column, value) in table.outputs.iter().zip(values) {
        if value.is_empty() && column.optional {
            continue;
        }
        match feel::read_value(column.kind, value) {
            Ok(value) => drop(then.insert(column.name.clone(), value)),
            Err(fault) => told(&column.name, fault),
        }
    }
    let mut notes = rule.all("annotationEntry").map(|entry| entry.child("text").map_or("", |text| text.text.as_str()));
    let id = rule.attributes.iter().rev().find(|(name, _)| name == "id").map_or_else(|| format!("r{}", line + 1), |(_, id)| id.clone());
    let zh = notes.next().unwrap_or_default();
    let note = Text { zh: zh.into(), en: notes.next().unwrap_or(zh).into() };
    let priority = rule.attribute("priority").and_then(|priority| priority.parse().ok()).unwrap_or(0);
    Row { id: id.into(), priority, note, when, then }
}
