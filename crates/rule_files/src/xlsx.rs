//! XLSX (ECMA-376): the few parts of a workbook that a table needs, written and read within bounds.

use rules::{Day, DecisionTable, Finding, HitPolicy, InputKind, Row, Text, limits};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;

use crate::xml::{self, Element, escaped};
use crate::{FILE_BYTES_MAX, Fault, Findings, fault, notation, too_large};

/// Sheet with a rule in each line.
const RULES: &str = "Rules";
/// Sheet with the head of the table.
const HEAD: &str = "Head";
/// Largest part of a workbook once unpacked, bytes.
const PART_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Most text in the cells of a sheet, bytes: a text that cells share counts once for each.
const CELL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Lines above the first rule: titles for people, names for the machine.
const HEADINGS: usize = 2;
/// Serial number of 1970-01-01 in a workbook.
const SERIAL_1970: i64 = 25_569;

/// Writes a table as a workbook.
///
/// # Errors
/// The text of the fault when the file cannot be packed.
pub fn write_xlsx(table: &DecisionTable) -> Result<Vec<u8>, String> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("xl/workbook.xml", WORKBOOK.to_owned()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS.to_owned()),
        ("xl/styles.xml", STYLES.to_owned()),
        ("xl/worksheets/sheet1.xml", sheet(&rule_lines(table), HEADINGS)),
        ("xl/worksheets/sheet2.xml", sheet(&head_lines(table), 0)),
    ];
    for (name, content) in parts {
        file.start_file(name, options).map_err(|e| e.to_string())?;
        file.write_all(content.as_bytes()).map_err(|e| e.to_string())?;
    }
    Ok(file.finish().map_err(|e| e.to_string())?.into_inner())
}

fn rule_lines(table: &DecisionTable) -> Vec<Vec<String>> {
    let mut titles = vec!["编号 id".to_owned()];
    let mut names = vec!["id".to_owned()];
    for column in &table.inputs {
        titles.push(format!("{} {}", column.zh, column.en));
        names.push(format!("when.{}", column.name));
    }
    for column in &table.outputs {
        titles.push(format!("{} {}", column.zh, column.en));
        names.push(format!("then.{}", column.name));
    }
    titles.extend(["优先级 priority", "说明（中文） note, Chinese", "说明（英文） note, English"].map(str::to_owned));
    names.extend(["priority", "note.zh", "note.en"].map(str::to_owned));
    let rule = |row: &Row| {
        let mut line = vec![row.id.to_string()];
        line.extend(
            table
                .inputs
                .iter()
                .map(|column| row.when.get(&column.name).map_or_else(String::new, |cell| notation::write_cell(column, cell))),
        );
        line.extend(table.outputs.iter().map(|column| row.then.get(&column.name).map_or_else(String::new, notation::write_value)));
        line.extend([row.priority.to_string(), row.note.zh.to_string(), row.note.en.to_string()]);
        line
    };
    [titles, names].into_iter().chain(table.rows.iter().map(rule)).collect()
}

fn head_lines(table: &DecisionTable) -> Vec<Vec<String>> {
    let nothing = Text::default();
    let notice = table.notice.as_ref().unwrap_or(&nothing);
    let policy = match table.hit_policy {
        HitPolicy::Unique => "unique",
        HitPolicy::First => "first",
        HitPolicy::Any => "any",
        HitPolicy::Priority => "priority",
        HitPolicy::Collect => "collect",
    };
    [
        ("id", table.id.to_string()),
        ("version", table.version.to_string()),
        ("author", table.author.to_string()),
        ("title.zh", table.title.zh.to_string()),
        ("title.en", table.title.en.to_string()),
        ("basis.zh", table.basis.zh.to_string()),
        ("basis.en", table.basis.en.to_string()),
        ("notice.zh", notice.zh.to_string()),
        ("notice.en", notice.en.to_string()),
        ("effective_from", table.effective_from.to_string()),
        ("effective_to", table.effective_to.map_or_else(String::new, |day| day.to_string())),
        ("hit_policy", policy.to_owned()),
    ]
    .map(|(name, value)| vec![name.to_owned(), value])
    .to_vec()
}

fn sheet(lines: &[Vec<String>], headings: usize) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView workbookViewId=\"0\">",
    );
    if headings > 0 {
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "<pane xSplit=\"1\" ySplit=\"{headings}\" topLeftCell=\"B{}\" activePane=\"bottomRight\" state=\"frozen\"/>",
            headings + 1
        );
    }
    let width = lines.first().map_or(1, Vec::len);
    let _ = write!(
        out,
        "</sheetView></sheetViews><cols><col min=\"1\" max=\"{width}\" width=\"28\" style=\"1\" customWidth=\"1\"/></cols><sheetData>"
    );
    for (row, line) in lines.iter().enumerate() {
        let _ = write!(out, "<row r=\"{}\">", row + 1);
        for (column, text) in line.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let style = usize::from(row < headings) + 1;
            let _ = write!(
                out,
                "<c r=\"{}{}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                letters(column),
                row + 1,
                escaped(text)
            );
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData></worksheet>");
    out
}

/// Name of a column: A, B, …, Z, AA, ….
fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + u8::try_from(column % 26).unwrap_or(0));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    name.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// Reads a workbook onto the columns of `base`, whose identity, version and author stay.
///
/// # Errors
/// Everything that cannot be read, each at its cell, such as `Rules!C5`.
pub fn read_xlsx(bytes: &[u8], base: &DecisionTable) -> Result<DecisionTable, Vec<Finding>> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    let mut findings = Findings::default();
    let book = Book::open(bytes).and_then(|mut book| Ok((book.lines(RULES)?, book.lines(HEAD)?)));
    let (rules, head) = match book {
        Ok((Some(rules), head)) => (rules, head),
        Ok((None, _)) => {
            findings.add(
                "rules-xlsx-no-sheet",
                RULES,
                fault(format!("工作簿中没有工作表“{RULES}”"), format!("the workbook has no sheet {RULES:?}")),
            );
            return Err(findings.0);
        }
        Err(fault) => {
            findings.add("rules-xlsx-file", "", fault);
            return Err(findings.0);
        }
    };
    let mut table = base.clone();
    read_head(&head.unwrap_or_default(), &mut table, &mut findings);
    table.rows = read_rules(&rules, base, &mut findings);
    if findings.0.is_empty() { Ok(table) } else { Err(findings.0) }
}

/// A cell that is not empty.
#[derive(Clone, Debug, Default)]
struct Filled {
    text: Arc<str>,
    /// A number of the workbook, which may stand for a day.
    number: bool,
    /// Why it holds nothing that can be read, in Chinese and English.
    unreadable: Option<(&'static str, &'static str)>,
}

/// Lines by number from 0, cells by column from 0.
type Lines = BTreeMap<usize, BTreeMap<usize, Filled>>;

fn cell_fault(findings: &mut Findings, sheet: &str, line: usize, column: usize, (zh, en): Fault) {
    let place = format!("{sheet}!{}{}", letters(column), line + 1);
    findings.add("rules-xlsx-cell", place.clone(), fault(format!("单元格 {place}：{zh}"), format!("cell {place}: {en}")));
}

fn read_head(lines: &Lines, table: &mut DecisionTable, findings: &mut Findings) {
    let mut notice = Text::default();
    let mut seen_notice = false;
    for (line, cells) in lines {
        let value = cells.get(&1).cloned().unwrap_or(Filled::default());
        for (column, (zh, en)) in cells.iter().filter_map(|(column, cell)| Some((*column, cell.unreadable?))) {
            cell_fault(findings, HEAD, *line, column, fault(zh, en));
        }
        let text: Arc<str> = value.text.trim().into();
        match cells.get(&0).map_or("", |name| name.text.trim()) {
            "title.zh" => table.title.zh = text,
            "title.en" => table.title.en = text,
            "basis.zh" => table.basis.zh = text,
            "basis.en" => table.basis.en = text,
            "notice.zh" => (notice.zh, seen_notice) = (text, true),
            "notice.en" => (notice.en, seen_notice) = (text, true),
            "effective_from" => match day(&value) {
                Ok(day) => table.effective_from = day,
                Err(fault) => cell_fault(findings, HEAD, *line, 1, fault),
            },
            "effective_to" if text.is_empty() => table.effective_to = None,
            "effective_to" => match day(&value) {
                Ok(day) => table.effective_to = Some(day),
                Err(fault) => cell_fault(findings, HEAD, *line, 1, fault),
            },
            "hit_policy" => match &*text {
                "unique" => table.hit_policy = HitPolicy::Unique,
                "first" => table.hit_policy = HitPolicy::First,
                "any" => table.hit_policy = HitPolicy::Any,
                "priority" => table.hit_policy = HitPolicy::Priority,
                "collect" => table.hit_policy = HitPolicy::Collect,
                _ => cell_fault(
                    findings,
                    HEAD,
                    *line,
                    1,
                    fault(
                        "命中方式须为 unique、first、any、priority 或 collect",
                        "the hit policy is unique, first, any, priority or collect",
                    ),
                ),
            },
            // Identity, version and author are the platform's.
            "" | "id" | "version" | "author" => {}
            other => cell_fault(findings, HEAD, *line, 0, fault(format!("未知项目“{other}”"), format!("unknown entry {other:?}"))),
        }
    }
    if seen_notice {
        table.notice = (!notice.zh.is_empty() || !notice.en.is_empty()).then_some(notice);
    }
}

fn day(value: &Filled) -> Result<Day, Fault> {
    let wrong = || fault(format!("“{}”不是日期 YYYY-MM-DD", value.text), format!("{:?} is not a day YYYY-MM-DD", value.text));
    if value.number {
        let serial: i64 = value.text.split('.').next().and_then(|whole| whole.parse().ok()).ok_or_else(wrong)?;
        if !(1..=2_958_465).contains(&serial) {
            return Err(wrong());
        }
        return Ok(Day::in_china((serial - SERIAL_1970) * 86_400_000));
    }
    value.text.trim().parse().map_err(|_| wrong())
}

/// What a column of the sheet holds.
#[derive(Clone, Copy)]
enum Holds {
    Id,
    Priority,
    NoteZh,
    NoteEn,
    Input(usize),
    Output(usize),
}

fn columns(lines: &Lines, base: &DecisionTable, findings: &mut Findings) -> BTreeMap<usize, Holds> {
    let mut found = BTreeMap::new();
    let mut seen = HashSet::new();
    for (column, name) in lines.get(&(HEADINGS - 1)).into_iter().flatten() {
        let name = name.text.trim();
        let holds = match name {
            "id" => Some(Holds::Id),
            "priority" => Some(Holds::Priority),
            "note.zh" => Some(Holds::NoteZh),
            "note.en" => Some(Holds::NoteEn),
            other => {
                other.strip_prefix("when.").and_then(|name| base.inputs.iter().position(|c| *c.name == *name).map(Holds::Input)).or_else(
                    || other.strip_prefix("then.").and_then(|name| base.outputs.iter().position(|c| *c.name == *name).map(Holds::Output)),
                )
            }
        };
        match holds {
            Some(holds) if seen.insert(name.to_owned()) => drop(found.insert(*column, holds)),
            Some(_) => cell_fault(
                findings,
                RULES,
                HEADINGS - 1,
                *column,
                fault(format!("列“{name}”重复"), format!("the column {name:?} is there twice")),
            ),
            None => cell_fault(
                findings,
                RULES,
                HEADINGS - 1,
                *column,
                fault(format!("表中没有列“{name}”"), format!("the table has no column {name:?}")),
            ),
        }
    }
    let needed = ["id".to_owned()].into_iter().chain(base.inputs.iter().map(|c| format!("when.{}", c.name)));
    for name in needed.chain(base.outputs.iter().filter(|c| !c.optional).map(|c| format!("then.{}", c.name))) {
        if !seen.contains(&name) {
            cell_fault(findings, RULES, HEADINGS - 1, 0, fault(format!("缺少列“{name}”"), format!("the column {name:?} is missing")));
        }
    }
    found
}

fn read_rules(lines: &Lines, base: &DecisionTable, findings: &mut Findings) -> Vec<Row> {
    let columns = columns(lines, base, findings);
    let mut rows = Vec::new();
    for (line, cells) in lines.range(HEADINGS..) {
        if cells.values().all(|cell| cell.text.trim().is_empty() && cell.unreadable.is_none()) {
            continue;
        }
        if rows.len() >= limits::ROWS_MAX {
            cell_fault(
                findings,
                RULES,
                *line,
                0,
                fault(format!("规则超过 {} 条", limits::ROWS_MAX), format!("more than {} rules", limits::ROWS_MAX)),
            );
            break;
        }
        let mut row = Row { id: "".into(), priority: 0, note: Text::default(), when: BTreeMap::new(), then: BTreeMap::new() };
        for (column, holds) in &columns {
            let empty = Filled::default();
            let cell = cells.get(column).unwrap_or(&empty);
            if let Err(fault) = place(*holds, cell, base, &mut row) {
                cell_fault(findings, RULES, *line, *column, fault);
            }
        }
        rows.push(row);
    }
    rows
}

fn place(holds: Holds, cell: &Filled, base: &DecisionTable, row: &mut Row) -> Result<(), Fault> {
    if let Some((zh, en)) = cell.unreadable {
        return Err(fault(zh, en));
    }
    match holds {
        Holds::Id => row.id = cell.text.trim().into(),
        Holds::NoteZh => row.note.zh = cell.text.clone(),
        Holds::NoteEn => row.note.en = cell.text.clone(),
        Holds::Priority if cell.text.trim().is_empty() => {}
        Holds::Priority => {
            let wrong = |_| fault("优先级须为非负整数", "a priority is a whole number from 0 up");
            row.priority = cell.text.trim().parse().map_err(wrong)?;
        }
        Holds::Input(index) => {
            let column = &base.inputs[index];
            let condition = if column.kind == InputKind::Day && cell.number {
                let day = day(cell)?;
                rules::Cell::Days { from: Some(day), to: Some(day) }
            } else {
                notation::read_cell(column, &cell.text)?
            };
            if condition != rules::Cell::Any {
                row.when.insert(column.name.clone(), condition);
            }
        }
        Holds::Output(index) => {
            let column = &base.outputs[index];
            if let Some(value) = notation::read_value(column, &cell.text)? {
                row.then.insert(column.name.clone(), value);
            }
        }
    }
    Ok(())
}

/// An opened workbook.
struct Book<'b> {
    archive: zip::ZipArchive<Cursor<&'b [u8]>>,
    shared: Option<Vec<Arc<str>>>,
}

impl<'b> Book<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let archive = zip::ZipArchive::new(Cursor::new(bytes));
        let archive = archive.map_err(|e| fault(format!("不是 XLSX 文件：{e}"), format!("not an XLSX file: {e}")))?;
        Ok(Self { archive, shared: None })
    }

    fn part(&mut self, name: &str) -> Result<Option<Element>, Fault> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(e) => return Err(fault(format!("工作簿已损坏：{e}"), format!("the workbook is broken: {e}"))),
        };
        let mut bytes = Vec::new();
        file.take(PART_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| fault(format!("工作簿已损坏：{e}"), format!("the workbook is broken: {e}")))?;
        if bytes.len() as u64 > PART_BYTES_MAX {
            return Err(fault("工作簿解压后过大", "the workbook is too large once unpacked"));
        }
        xml::parse(&bytes).map(Some)
    }

    /// The lines of a sheet; `None` when there is none of that name.
    fn lines(&mut self, name: &str) -> Result<Option<Lines>, Fault> {
        let broken = || fault("工作簿不完整", "the workbook is not complete");
        let book = self.part("xl/workbook.xml")?.ok_or_else(broken)?;
        let Some(sheet) = book.find("sheets").and_then(|sheets| sheets.all("sheet").find(|sheet| sheet.attribute("name") == Some(name)))
        else {
            return Ok(None);
        };
        // `r:id`, whose local name is that of nothing else in a sheet.
        let id = sheet.attribute("id").ok_or_else(broken)?.to_owned();
        let relations = self.part("xl/_rels/workbook.xml.rels")?.ok_or_else(broken)?;
        let target = relations
            .all("Relationship")
            .find(|r| r.attribute("Id") == Some(&id))
            .and_then(|r| r.attribute("Target"))
            .ok_or_else(broken)?;
        let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        if self.shared.is_none() {
            self.shared = Some(self.part("xl/sharedStrings.xml")?.map_or_else(Vec::new, |part| {
                part.all("si")
                    .map(|item| {
                        let mut text = String::new();
                        item.whole_text(&mut text);
                        text.into()
                    })
                    .collect()
            }));
        }
        let sheet = self.part(&path)?.ok_or_else(broken)?;
        let shared = self.shared.as_deref().unwrap_or_default();
        let mut lines = Lines::new();
        let (mut line, mut width, mut bytes) = (0, 0, 0);
        for row in sheet.child("sheetData").into_iter().flat_map(|data| data.all("row")) {
            line = row.attribute("r").and_then(|r| r.parse::<usize>().ok()).and_then(|r| r.checked_sub(1)).unwrap_or(line);
            let mut cells = BTreeMap::new();
            let mut column = 0;
            for cell in row.all("c") {
                column = cell.attribute("r").and_then(column_of).unwrap_or(column);
                if let Some(filled) = content(cell, shared) {
                    width = width.max(column);
                    bytes += filled.text.len();
                    if bytes > CELL_BYTES_MAX {
                        return Err(fault("单元格文字过多", "the cells hold too much text"));
                    }
                    cells.insert(column, filled);
                }
                column += 1;
            }
            if !cells.is_empty() {
                lines.insert(line, cells);
            }
            line += 1;
        }
        if width > 16_384 {
            return Err(broken());
        }
        Ok(Some(lines))
    }
}

/// The column of a reference such as `C5`, from 0.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    letters.bytes().try_fold(0usize, |sum, byte| byte.is_ascii_uppercase().then(|| sum * 26 + usize::from(byte - b'A') + 1)).map(|n| n - 1)
}

fn content(cell: &Element, shared: &[Arc<str>]) -> Option<Filled> {
    let value = cell.child("v").map(|v| v.text.as_str());
    let text: Arc<str> = match cell.attribute("t") {
        Some("s") => match value?.trim().parse::<usize>().ok().and_then(|index| shared.get(index)) {
            Some(text) => text.clone(),
            None => {
                let unreadable = Some(("引用的共享文字不存在", "it refers to a shared text that is not there"));
                return Some(Filled { unreadable, ..Filled::default() });
            }
        },
        Some("e") => {
            let unreadable = Some(("单元格是公式错误", "it holds the error of a formula"));
            return Some(Filled { unreadable, ..Filled::default() });
        }
        Some("inlineStr") => {
            let mut text = String::new();
            cell.child("is")?.whole_text(&mut text);
            text.into()
        }
        Some("b") => (if value?.trim() == "1" { "是" } else { "否" }).into(),
        Some("str") => value?.into(),
        _ => return Some(Filled { text: value?.trim().into(), number: true, unreadable: None }),
    };
    Some(Filled { text, ..Filled::default() })
}

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const WORKBOOK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Rules\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Head\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>";
const WORKBOOK_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>";
/// Styles: 0 as it comes, 1 text that wraps, 2 bold text that wraps.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"3\"><xf/><xf numFmtId=\"49\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf><xf numFmtId=\"49\" fontId=\"1\" applyNumberFormat=\"1\" applyFont=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs></styleSheet>";
