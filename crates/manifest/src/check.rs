//! What is wrong with a manifest before it is taken in: everything at once, each fault at its field (MFT-01).

use std::collections::{BTreeMap, BTreeSet};

use codes::{ContainerNumber, Date, Finding, HsCode, Mass, SizeType, TableId, Text, UnLocode, Uscc, table};
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BILL_REUSE_DAYS, BillContent, ManifestFunction};

/// Most bills in one manifest.
pub const MANIFEST_BILLS_MAX: usize = 5_000;
/// Most containers on one bill; 200 fit one declaration.
pub const BILL_CONTAINERS_MAX: usize = 200;
/// Most lines of goods on one bill.
pub const BILL_GOODS_MAX: usize = 999;
/// Longest bill number: field BillNo 提运单号 is C32.
pub const BILL_NUMBER_LENGTH_MAX: usize = 32;
/// Hours before loading at the foreign port by which a container ship's main data are due (舱单申报传输时限, annex 6).
pub const MANIFEST_LEAD_HOURS: i64 = 24;

/// Longest party or carrier name, characters (C100 fields of the national format).
pub(crate) const NAME_LENGTH_MAX: usize = 100;
/// Longest description of goods, characters.
pub(crate) const DESCRIPTION_LENGTH_MAX: usize = 512;

/// A bill as sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillForm {
    /// Bill number (提运单号).
    pub number: String,
    /// What it says.
    #[serde(flatten)]
    pub content: BillContent,
}

/// A manifest as sent: by message or by form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestForm {
    /// Ship call id.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Message it came in.
    #[serde(default)]
    pub message: Option<String>,
    /// What the transmission does.
    #[serde(default)]
    pub function: ManifestFunction,
    /// Ship name as the sender wrote it; compared with the call when given.
    #[serde(default)]
    pub ship_name: Option<String>,
    /// Voyage as the sender wrote it; compared with the call when given.
    #[serde(default)]
    pub voyage: Option<String>,
    /// When loading at the foreign port begins, if told; the time limit is measured against it.
    #[serde(default)]
    pub loading_at: Option<Timestamp>,
    /// Bills.
    pub bills: Vec<BillForm>,
}

/// The call that a manifest names, as `port_call` knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFacts {
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Departed or cancelled.
    pub closed: bool,
}

/// What the check needs from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct ManifestFacts {
    /// The call; `None` when there is none with this id.
    pub call: Option<CallFacts>,
    /// For each bill number of the form that is in use: when it was manifested. A replacement leaves out the bills that it replaces.
    pub numbers_in_use: BTreeMap<String, Timestamp>,
}

/// Checks a manifest. Pointers are those of [`ManifestForm`] as JSON.
pub fn check_manifest(form: &ManifestForm, facts: &ManifestFacts, at: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    check_call(form, facts, &mut found);
    if form.bills.is_empty() {
        found.push(Finding::error(
            "manifest-no-bills",
            "/bills",
            Text::new("舱单没有提运单。", "The manifest lists no bill."),
            Text::new("至少填写一份提运单。", "List at least one bill."),
        ));
    }
    if form.bills.len() > MANIFEST_BILLS_MAX {
        found.push(Finding::error(
            "manifest-too-many-bills",
            "/bills",
            Text::new(
                format!("提运单 {} 份，上限 {MANIFEST_BILLS_MAX} 份。", form.bills.len()),
                format!("{} bills; at most {MANIFEST_BILLS_MAX}.", form.bills.len()),
            ),
            Text::new("拆分为多份舱单传输。", "Split the manifest into several."),
        ));
        return found;
    }
    if form.loading_at.is_some_and(|loading| at > loading.plus_hours(-MANIFEST_LEAD_HOURS)) {
        found.push(Finding::warning(
            "manifest-late",
            "/loading_at",
            Text::new("舱单主要数据应在境外装货港装货前 24 小时传输。", "Main data are due 24 hours before loading at the foreign port."),
            Text::new("向海关说明迟报原因；舱单可能转人工审核。", "Tell customs why it is late; it may be reviewed by hand."),
        ));
    }
    let mut seen = BTreeSet::new();
    for (index, bill) in form.bills.iter().enumerate() {
        check_number(index, bill, facts, at, &mut seen, &mut found);
        let pointer = format!("/bills/{index}");
        found.extend(
            check_bill(&bill.content, at)
                .into_iter()
                .map(|finding| Finding { pointer: format!("{pointer}{}", finding.pointer), ..finding }),
        );
    }
    found
}

fn check_call(form: &ManifestForm, facts: &ManifestFacts, found: &mut Vec<Finding>) {
    let Some(call) = &facts.call else {
        found.push(Finding::error(
            "manifest-call-unknown",
            "/call",
            Text::new(format!("没有航次 {}。", form.call), format!("There is no ship call {}.", form.call)),
            Text::new("先传输船舶预报，或更正航次。", "Announce the ship first, or correct the call."),
        ));
        return;
    };
    if call.closed {
        found.push(Finding::error(
            "manifest-call-closed",
            "/call",
            Text::new("该航次已离港或取消。", "The call has departed or was cancelled."),
            Text::new("选择有效航次。", "Choose a call that is open."),
        ));
    }
    for (pointer, told, known) in
        [("/ship_name", form.ship_name.as_deref(), call.ship_name.as_str()), ("/voyage", form.voyage.as_deref(), call.voyage.as_str())]
    {
        if told.is_some_and(|told| folded(told) != folded(known)) {
            found.push(Finding::error(
                "manifest-voyage-differs",
                pointer,
                Text::new(format!("与船舶预报“{known}”不一致。"), format!("Differs from the announced call: {known}.")),
                Text::new("按船舶预报更正。", "Use the name and voyage of the announced call."),
            ));
        }
    }
}

fn check_number(
    index: usize,
    bill: &BillForm,
    facts: &ManifestFacts,
    at: Timestamp,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<Finding>,
) {
    let pointer = format!("/bills/{index}/number");
    let length = bill.number.trim().chars().count();
    if length == 0 || length > BILL_NUMBER_LENGTH_MAX {
        found.push(Finding::error(
            "bill-number-length",
            pointer,
            Text::new(
                format!("提运单号须为 1 至 {BILL_NUMBER_LENGTH_MAX} 个字符。"),
                format!("A bill number has 1 to {BILL_NUMBER_LENGTH_MAX} characters."),
            ),
            Text::new("更正提运单号。", "Correct the bill number."),
        ));
        return;
    }
    // Signs that do not show (control, zero width) would let two numbers look the same.
    if bill.number.chars().any(|c| !c.is_alphanumeric() && !c.is_ascii_graphic() && c != ' ') {
        found.push(Finding::error(
            "bill-number-characters",
            pointer.clone(),
            Text::new("提运单号含有不可见或不允许的字符。", "The bill number holds characters that do not show or are not allowed."),
            Text::new("只用字母、数字和常用符号。", "Use letters, digits and common signs."),
        ));
    }
    if !seen.insert(bill.number.trim().to_uppercase()) {
        found.push(Finding::error(
            "manifest-bill-twice",
            pointer.clone(),
            Text::new(
                format!("提运单号 {} 在本舱单中重复。", bill.number),
                format!("Bill {} appears twice in this manifest.", bill.number),
            ),
            Text::new("合并或更正重复的提运单。", "Merge or correct the duplicate."),
        ));
    }
    if facts.numbers_in_use.get(&bill.number).is_some_and(|since| at < since.plus_days(BILL_REUSE_DAYS)) {
        found.push(Finding::error(
            "bill-number-reused",
            pointer,
            Text::new(
                format!("提运单号 {} 两年内已使用。", bill.number),
                format!("Bill number {} was used within two years.", bill.number),
            ),
            Text::new(
                "使用新的提运单号；如为更正，请使用舱单变更。",
                "Use a new number, or amend the earlier bill if this is a correction.",
            ),
        ));
    }
}

/// Checks the content of one bill. Pointers are those of [`BillContent`] as JSON. `at` picks the rows of the code tables.
pub fn check_bill(content: &BillContent, at: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    let day = Date::in_china(at.millis());
    text_field(&content.carrier, "/carrier", NAME_LENGTH_MAX, &mut found);
    text_field(&content.shipper.name, "/shipper/name", NAME_LENGTH_MAX, &mut found);
    text_field(&content.consignee.name, "/consignee/name", NAME_LENGTH_MAX, &mut found);
    if let Some(notify) = &content.notify {
        text_field(&notify.name, "/notify/name", NAME_LENGTH_MAX, &mut found);
    }
    consignee_code(content.consignee.uscc.as_deref(), &mut found);
    port(&content.loading, "/loading", day, &mut found);
    port(&content.discharge, "/discharge", day, &mut found);
    if let Some(delivery) = &content.delivery {
        port(delivery, "/delivery", day, &mut found);
    }
    if let Some(onward) = &content.onward {
        port(onward, "/onward", day, &mut found);
        if onward == &content.discharge {
            found.push(Finding::error(
                "bill-onward-here",
                "/onward",
                Text::new("中转目的港不能与卸货港相同。", "Goods cannot go on to the port where they are discharged."),
                Text::new("填写下一港；非中转货物请留空。", "Name the next port; leave it empty when the goods are not transhipped."),
            ));
        }
    }
    check_containers(content, day, &mut found);
    check_goods(content, day, &mut found);
    check_totals(content, &mut found);
    found
}

pub(crate) fn text_field(text: &str, pointer: &str, length_max: usize, found: &mut Vec<Finding>) {
    let length = text.trim().chars().count();
    if length == 0 {
        found.push(Finding::error(
            "bill-text-missing",
            pointer,
            Text::new("该项必填。", "This field is mandatory."),
            Text::new("按提单填写。", "Fill it in as on the bill."),
        ));
    } else if length > length_max {
        found.push(Finding::error(
            "bill-text-length",
            pointer,
            Text::new(format!("{length} 个字符，上限 {length_max}。"), format!("{length} characters; at most {length_max}.")),
            Text::new("缩短文本。", "Shorten the text."),
        ));
    }
}

pub(crate) fn consignee_code(uscc: Option<&str>, found: &mut Vec<Finding>) {
    match uscc.map(str::parse::<Uscc>) {
        Some(Ok(_)) => {}
        Some(Err(fault)) => found.push(Finding::error(
            "bill-consignee-code",
            "/consignee/uscc",
            Text::new(fault.zh(), fault.to_string()),
            Text::new("核对统一社会信用代码（18 位）。", "Check the 18 characters of the unified social credit code."),
        )),
        None => found.push(Finding::warning(
            "bill-consignee-code-missing",
            "/consignee/uscc",
            Text::new("缺少收货人代码（公告 2017 年第 56 号）。", "The consignee's code is missing (Announcement 56/2017)."),
            Text::new("补充统一社会信用代码。", "Add the unified social credit code."),
        )),
    }
}

fn port(code: &str, pointer: &str, day: Date, found: &mut Vec<Finding>) {
    match code.parse::<UnLocode>() {
        Err(fault) => found.push(Finding::error(
            "bill-port-malformed",
            pointer,
            Text::new(fault.zh(), fault.to_string()),
            Text::new("使用 5 位联合国口岸代码，如 CNNGB。", "Use a UN/LOCODE of five characters, such as CNNGB."),
        )),
        // The table is a subset of UN/LOCODE, so an unlisted port is kept and flagged, never refused.
        Ok(code) if !table(TableId::Port).is_valid_on(code.as_str(), day) => found.push(Finding::warning(
            "bill-port-unknown",
            pointer,
            Text::new(format!("港口 {code} 不在代码表中。"), format!("Port {code} is not in the code list.")),
            Text::new("核对港口代码。", "Check the port code."),
        )),
        Ok(_) => {}
    }
}

fn check_containers(content: &BillContent, day: Date, found: &mut Vec<Finding>) {
    if content.containers.is_empty() {
        found.push(Finding::error(
            "bill-no-containers",
            "/containers",
            Text::new("提单没有集装箱。", "The bill lists no container."),
            Text::new("填写集装箱。", "List the containers."),
        ));
    }
    if content.containers.len() > BILL_CONTAINERS_MAX {
        found.push(Finding::error(
            "bill-too-many-containers",
            "/containers",
            Text::new(
                format!("集装箱 {} 个，上限 {BILL_CONTAINERS_MAX}。", content.containers.len()),
                format!("{} containers; at most {BILL_CONTAINERS_MAX}.", content.containers.len()),
            ),
            Text::new("拆分提单。", "Split the bill."),
        ));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, container) in content.containers.iter().enumerate() {
        let at = |field: &str| format!("/containers/{index}/{field}");
        let hint =
            || Text::new("核对箱号（4 位字母、6 位数字、1 位校验位）。", "Check the number: four letters, six digits, one check digit.");
        match ContainerNumber::parse_lenient(&container.number) {
            Ok((_, None)) => {}
            // Shipper-owned boxes with wrong digits do travel; the number is kept as received.
            Ok((_, Some(fault))) => {
                found.push(Finding::warning("bill-container-number", at("number"), Text::new(fault.zh(), fault.to_string()), hint()));
            }
            Err(fault) => {
                found.push(Finding::error("bill-container-number", at("number"), Text::new(fault.zh(), fault.to_string()), hint()))
            }
        }
        if !seen.insert(container.number.to_uppercase()) {
            found.push(Finding::error(
                "bill-container-twice",
                at("number"),
                Text::new(format!("箱号 {} 重复。", container.number), format!("Container {} appears twice.", container.number)),
                Text::new("删除重复的集装箱。", "Remove the duplicate."),
            ));
        }
        let listed =
            container.size_type.parse::<SizeType>().is_ok() && table(TableId::ContainerSizeType).is_valid_on(&container.size_type, day);
        if !listed {
            found.push(Finding::warning(
                "bill-size-type-unknown",
                at("size_type"),
                Text::new(
                    format!("箱型尺寸 {} 不在代码表中。", container.size_type),
                    format!("Size and type {} is not in the code list.", container.size_type),
                ),
                Text::new("使用 ISO 6346 代码，如 22G1、45G1。", "Use an ISO 6346 code such as 22G1 or 45G1."),
            ));
        }
        amounts(container.packages, container.gross_kg, &at("packages"), &at("gross_kg"), found);
    }
}

fn check_goods(content: &BillContent, day: Date, found: &mut Vec<Finding>) {
    if content.goods.is_empty() {
        found.push(Finding::error(
            "bill-no-goods",
            "/goods",
            Text::new("提单没有货物。", "The bill lists no goods."),
            Text::new("填写货物。", "List the goods."),
        ));
    }
    if content.goods.len() > BILL_GOODS_MAX {
        found.push(Finding::error(
            "bill-too-many-goods",
            "/goods",
            Text::new(
                format!("货物 {} 行，上限 {BILL_GOODS_MAX}。", content.goods.len()),
                format!("{} lines of goods; at most {BILL_GOODS_MAX}.", content.goods.len()),
            ),
            Text::new("合并货物行。", "Merge lines."),
        ));
        return;
    }
    for (index, line) in content.goods.iter().enumerate() {
        let at = |field: &str| format!("/goods/{index}/{field}");
        text_field(&line.description, &at("description"), DESCRIPTION_LENGTH_MAX, found);
        amounts(line.packages, line.gross_kg, &at("packages"), &at("gross_kg"), found);
        if let Some(kind) = line.package_kind.as_ref().filter(|kind| !table(TableId::PackageKind).is_valid_on(kind, day)) {
            found.push(Finding::warning(
                "bill-package-kind-unknown",
                at("package_kind"),
                Text::new(format!("包装种类 {kind} 不在代码表中。"), format!("Kind of packages {kind} is not in the code list.")),
                Text::new("使用包装种类代码，如 22 纸箱。", "Use a code such as 22, paper box."),
            ));
        }
        if let Some(code) = line.hs_code.as_ref().filter(|code| !hs_shaped(code)) {
            found.push(Finding::error(
                "bill-hs-malformed",
                at("hs_code"),
                Text::new(format!("商品编码“{code}”格式不符。"), format!("HS code {code} is malformed.")),
                Text::new("使用 4、6、8、10 或 13 位数字。", "Use 4, 6, 8, 10 or 13 digits."),
            ));
        }
        if let Some(un) = line.un_no.as_ref().filter(|un| un.len() != 4 || !un.bytes().all(|b| b.is_ascii_digit())) {
            found.push(Finding::error(
                "bill-un-number",
                at("un_no"),
                Text::new(format!("联合国编号“{un}”应为 4 位数字。"), format!("UN number {un} must have four digits.")),
                Text::new("按危险货物清单更正。", "Correct it from the dangerous goods list."),
            ));
        }
    }
}

fn check_totals(content: &BillContent, found: &mut Vec<Finding>) {
    let boxed: u64 = content.containers.iter().map(|c| u64::from(c.packages)).sum();
    if !content.containers.is_empty() && !content.goods.is_empty() && boxed != content.packages() {
        found.push(Finding::warning(
            "bill-packages-differ",
            "/goods",
            Text::new(
                format!("集装箱合计 {boxed} 件，货物合计 {} 件。", content.packages()),
                format!("Containers hold {boxed} packages, the goods list {}.", content.packages()),
            ),
            Text::new("核对件数。", "Check the number of packages."),
        ));
    }
    let boxes = Mass::sum(content.containers.iter().map(|c| c.gross_kg));
    let goods = Mass::sum(content.goods.iter().map(|line| line.gross_kg));
    if !content.containers.is_empty() && !content.goods.is_empty() && boxes != goods {
        found.push(Finding::warning(
            "bill-gross-differs",
            "/goods",
            Text::new("集装箱与货物毛重合计不一致。", "The gross mass of containers and goods differs."),
            Text::new("核对毛重（千克，不含箱体自重）。", "Check the gross mass in kilograms, without the tare of the box."),
        ));
    }
}

pub(crate) fn amounts(packages: u32, gross: Mass, packages_at: &str, gross_at: &str, found: &mut Vec<Finding>) {
    if packages == 0 {
        found.push(Finding::error(
            "bill-packages-zero",
            packages_at,
            Text::new("件数不能为 0。", "Packages are never zero."),
            Text::new("裸装或散装填 1。", "Write 1 for bare or bulk cargo."),
        ));
    }
    if gross.is_zero() {
        found.push(Finding::error(
            "bill-gross-zero",
            gross_at,
            Text::new("毛重不能为 0。", "Gross mass is never zero."),
            Text::new("按千克填写毛重。", "Give the gross mass in kilograms."),
        ));
    }
}

pub(crate) fn hs_shaped(code: &str) -> bool {
    match code.len() {
        4 | 6 => code.bytes().all(|b| b.is_ascii_digit()),
        _ => code.parse::<HsCode>().is_ok(),
    }
}

/// Names are compared without case and spaces: agents type both freely.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}
