use super::*;
use proptest::prelude::*;
use rules::{
    Cell, Choice, Combine, DecisionTable, HitPolicy, InputColumn, InputKind, OutputColumn, OutputKind, Row, Text, Value, demonstration,
};
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

/// A table with every type of column.
fn table() -> DecisionTable {
    let mut table = demonstration::import_inspection_rate();
    let input =
        |name: &str, kind| InputColumn { name: name.into(), zh: name.into(), en: name.into(), kind, optional: false, choices: Vec::new() };
    table.inputs.extend([input("lines", InputKind::Number), input("on", InputKind::Day), input("advance", InputKind::Flag)]);
    let output = OutputColumn {
        name: "go".into(),
        zh: "走".into(),
        en: "go".into(),
        kind: OutputKind::Flag,
        optional: true,
        combine: Combine::First,
    };
    table.outputs.push(output);
    table
}

/// Texts with everything that a file could stumble over.
fn any_text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof!["[a-z0-9]{1,6}", "[ ;；\"*\\\\<&=\\n\\t.,查否?-]{1,8}", "[\\x20-\\x7e]{1,12}"]
        .prop_filter_map("not empty", |text: String| (!text.trim().is_empty()).then(|| Arc::from(text)))
}

fn any_row() -> impl Strategy<Value = Row> {
    let grade = prop_oneof![Just(Cell::Any), Just(Cell::OneOf(vec!["regular".into(), "dishonest".into()]))];
    let goods = prop_oneof![
        Just(Cell::Any),
        proptest::collection::vec(any_text(), 1..4).prop_map(Cell::OneOf),
        proptest::collection::vec(any_text(), 1..4).prop_map(Cell::Prefix)
    ];
    let end = proptest::option::of(-1_000i64..1_000);
    let number = (end.clone(), end.clone()).prop_map(|(min, max)| Cell::Number { min, max });
    let day = |n: Option<i64>| n.map(|n| rules::Day::in_china(n * 86_400_000));
    let days = (end.clone(), end).prop_map(move |(from, to)| Cell::Days { from: day(from), to: day(to) });
    let list = proptest::collection::vec(any_text(), 0..3).prop_map(|items| Value::List(items.into()));
    let outputs = (0i64..10_000, list, any_text(), proptest::option::of(any::<bool>()));
    (grade, goods, number, days, any::<Option<bool>>(), outputs, 0u32..9, any_text()).prop_map(
        |(grade, goods, number, days, flag, (rate, list, note, go), priority, words)| {
            let cells = [
                ("credit_grade", grade),
                ("hs_code", goods),
                ("lines", number),
                ("on", days),
                ("advance", flag.map_or(Cell::Any, Cell::Flag)),
            ];
            let mut then: BTreeMap<Arc<str>, Value> = BTreeMap::from([
                ("inspection_rate_bp".into(), rate.into()),
                ("documents".into(), list),
                ("trader_note_zh".into(), Value::Text(note.clone())),
                ("trader_note_en".into(), Value::Text(note)),
            ]);
            then.extend(go.map(|go| (Arc::from("go"), Value::Flag(go))));
            Row {
                id: "".into(),
                priority,
                note: Text { zh: words.clone(), en: words },
                when: cells.into_iter().filter(|(_, cell)| *cell != Cell::Any).map(|(name, cell)| (Arc::from(name), cell)).collect(),
                then,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_table_comes_back_from_both_files_as_it_went(rows in proptest::collection::vec(any_row(), 1..12), policy in 0usize..5) {
        let mut table = table();
        table.rows = rows.into_iter().enumerate().map(|(n, row)| Row { id: format!("r{n}").into(), ..row }).collect();
        table.hit_policy = [HitPolicy::Unique, HitPolicy::First, HitPolicy::Any, HitPolicy::Priority, HitPolicy::Collect][policy];
        let read = read_xlsx(&write_xlsx(&table).unwrap(), &table);
        prop_assert_eq!(read.as_ref(), Ok(&table));
        let mut sorted = table.clone();
        if table.hit_policy == HitPolicy::Priority {
            sorted.rows.sort_by_key(|row| std::cmp::Reverse(row.priority));
        }
        let read = read_dmn(write_dmn(&table).as_bytes(), &table);
        prop_assert_eq!(read.as_ref(), Ok(&sorted));
    }

    #[test]
    fn whatever_the_bytes_are_reading_answers(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read_xlsx(&bytes, &table()).is_err());
        prop_assert!(read_dmn(&bytes, &table()).is_err());
    }
}

/// A workbook with a sheet of rules as Excel would store it.
fn workbook(rows: &str) -> Vec<u8> {
    let mut packed = zip::ZipArchive::new(Cursor::new(write_xlsx(&table()).unwrap())).unwrap();
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = packed.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names {
        let mut content = String::new();
        std::io::Read::read_to_string(&mut packed.by_name(&name).unwrap(), &mut content).unwrap();
        if name.ends_with("sheet1.xml") {
            let kept = content.find("<row r=\"3\">").unwrap();
            content = format!("{}{rows}</sheetData></worksheet>", &content[..kept]);
        }
        file.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(content.as_bytes()).unwrap();
    }
    file.finish().unwrap().into_inner()
}

#[test]
fn every_faulty_cell_is_told_by_its_name() {
    let text = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = format!(
        "<row r=\"3\">{}{}{}<c r=\"E3\"><v>5</v></c><c r=\"F3\"><v>46000</v></c>{}<c r=\"H3\"><v>300</v></c>{}{}{}</row><row r=\"4\">{}{}{}{}</row>",
        text("A3", "good"),
        text("B3", "高级认证企业; certified"),
        text("C3", "84*; 85*"),
        text("G3", "是"),
        text("I3", "00000001"),
        text("J3", "说明"),
        text("K3", "note"),
        text("A4", "bad"),
        text("B4", "超级认证"),
        text("C4", "84*; 8501"),
        text("H4", "3 %"),
    );
    let faults = read_xlsx(&workbook(&row), &table()).unwrap_err();
    let told: Vec<(&str, &str)> = faults.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(told, [("rules-xlsx-cell", "Rules!B4"), ("rules-xlsx-cell", "Rules!C4"), ("rules-xlsx-cell", "Rules!H4")]);
    assert!(faults[0].zh.contains("单元格 Rules!B4：没有取值“超级认证”"), "{}", faults[0].zh);
    let good = row[..row.find("<row r=\"4\">").unwrap()].to_owned();
    let read = read_xlsx(&workbook(&good), &table()).unwrap();
    assert_eq!(read.rows[0].when["credit_grade"], Cell::OneOf(vec!["advanced-certified".into(), "certified".into()]));
    assert_eq!(read.rows[0].when["lines"], Cell::Number { min: Some(5), max: Some(5) });
    let day = "2025-12-09".parse().unwrap();
    assert_eq!(read.rows[0].when["on"], Cell::Days { from: Some(day), to: Some(day) }, "a date of the workbook is a number");
}

#[test]
fn bounds_hold_and_bombs_are_not_unpacked() {
    assert_eq!(read_xlsx(&vec![0; FILE_BYTES_MAX + 1], &table()).unwrap_err()[0].code, "rules-file-too-large");
    assert_eq!(read_dmn(&vec![b' '; FILE_BYTES_MAX + 1], &table()).unwrap_err()[0].code, "rules-file-too-large");
    let bomb = workbook(&format!("<row r=\"3\">{}</row>", " ".repeat(33 * 1024 * 1024)));
    assert!(bomb.len() < FILE_BYTES_MAX);
    assert_eq!(read_xlsx(&bomb, &table()).unwrap_err()[0].code, "rules-xlsx-file");
    assert_eq!(read_dmn(b"<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>", &table()).unwrap_err()[0].code, "rules-dmn-xml");
}

#[test]
fn small_files_that_unfold_are_refused() {
    // One shared text of half a megabyte in a hundred cells.
    let cells: String = (3..103).map(|line| format!("<row r=\"{line}\"><c r=\"A{line}\" t=\"s\"><v>0</v></c></row>")).collect();
    let small = with_part(&workbook(&cells), "xl/sharedStrings.xml", &format!("<sst><si><t>{}</t></si></sst>", "x".repeat(512 * 1024)));
    assert!(small.len() < 64 * 1024, "{}", small.len());
    let told = read_xlsx(&small, &table()).unwrap_err();
    assert_eq!((told[0].code, told[0].en.as_str()), ("rules-xlsx-file", "the cells hold too much text"));
    // The same text in a few cells is read.
    let cells = "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>0</v></c></row>";
    let few = with_part(&workbook(cells), "xl/sharedStrings.xml", "<sst><si><t>one</t></si></sst>");
    assert!(read_xlsx(&few, &table()).unwrap_err().iter().all(|fault| fault.code == "rules-xlsx-cell"));
    // Empty elements count like others, and one element does not hold any number of attributes.
    let empty = format!("<x>{}</x>", "<a/>".repeat(1_000_001));
    assert_eq!(read_dmn(empty.as_bytes(), &table()).unwrap_err()[0].en, "the XML is too large or too deep");
    let wide: String = (0..65).map(|n| format!(" a{n}=\"\"")).collect();
    assert_eq!(read_dmn(format!("<x{wide}/>").as_bytes(), &table()).unwrap_err()[0].code, "rules-dmn-xml");
}

#[test]
fn a_cell_that_holds_an_error_or_nothing_is_told_and_never_taken_for_any() {
    let row = "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>one</t></is></c><c r=\"B3\" t=\"s\"><v>7</v></c>\
               <c r=\"C3\" t=\"e\"><v>#N/A</v></c><c r=\"H3\"><v>300</v></c></row>";
    let faults = read_xlsx(&workbook(row), &table()).unwrap_err();
    let told: Vec<(&str, &str)> = faults.iter().map(|f| (f.code, f.pointer.as_str())).collect();
    assert_eq!(told, [("rules-xlsx-cell", "Rules!B3"), ("rules-xlsx-cell", "Rules!C3")]);
}

#[test]
fn what_another_editor_changed_in_a_model_counts() {
    let mut kept = table();
    kept.hit_policy = HitPolicy::Priority;
    let written = write_dmn(&kept);
    assert_eq!(read_dmn(written.as_bytes(), &kept).unwrap().hit_policy, HitPolicy::Priority);
    let changed = written.replacen("hitPolicy=\"FIRST\"", "hitPolicy=\"ANY\"", 1);
    assert_ne!(changed, written);
    assert_eq!(read_dmn(changed.as_bytes(), &kept).unwrap().hit_policy, HitPolicy::Any);
    let collected = written.replacen("hitPolicy=\"FIRST\"", "hitPolicy=\"COLLECT\" aggregation=\"MAX\"", 1);
    assert_eq!(read_dmn(collected.as_bytes(), &kept).unwrap().outputs[0].combine, Combine::Max);
}

/// The workbook with one more part.
fn with_part(book: &[u8], name: &str, content: &str) -> Vec<u8> {
    let mut file = zip::ZipWriter::new_append(Cursor::new(book.to_vec())).unwrap();
    file.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file.finish().unwrap().into_inner()
}

#[test]
fn a_model_of_another_engine_is_read_and_what_is_not_supported_is_told() {
    let model = |test: &str, policy: &str| {
        format!(
            "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"><decision id=\"d\"><decisionTable hitPolicy=\"{policy}\">\
             <input label=\"Grade\"><inputExpression typeRef=\"string\"><text>credit_grade</text></inputExpression></input>\
             <input label=\"Weight\"><inputExpression typeRef=\"number\"><text>weight</text></inputExpression></input>\
             <output name=\"inspection_rate_bp\" typeRef=\"number\"/>\
             <rule id=\"one\"><inputEntry><text>\"regular\", \"dishonest\"</text></inputEntry><inputEntry><text>{test}</text></inputEntry><outputEntry><text>300</text></outputEntry></rule>\
             </decisionTable></decision></definitions>"
        )
    };
    let read = read_dmn(model("]5..10[", "FIRST").as_bytes(), &table()).unwrap();
    assert_eq!((&*read.rows[0].id, read.hit_policy, read.inputs[0].choices.len()), ("one", HitPolicy::First, 5));
    assert_eq!(
        read.inputs[0].choices[0],
        Choice { value: "advanced-certified".into(), zh: "高级认证企业".into(), en: "advanced certified".into() }
    );
    assert_eq!(read.rows[0].when["weight"], Cell::Number { min: Some(6), max: Some(9) });
    let faults = read_dmn(model("sum(x) &gt; 5", "FIRST").as_bytes(), &table()).unwrap_err();
    assert_eq!((faults.len(), faults[0].code, faults[0].pointer.as_str()), (1, "rules-dmn-expression", "rule 1 weight"));
    assert_eq!(read_dmn(model("-", "OUTPUT ORDER").as_bytes(), &table()).unwrap_err()[0].code, "rules-dmn-hit-policy");
}
