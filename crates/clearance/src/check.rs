//! Everything that is wrong with a declaration, at once, each fault at its field with a way to put it right (CLR-01).
//!
//! Sources: the national declaration format and the filling rules (填制规范, Announcement 60/2018), the Customs Law, Announcement 74/2014 on
//! advance declaration. What a public source did not confirm is a warning, never an error.

use codes::{CodeEntry, ContainerNumber, Date, Finding, Mass, SizeType, TableId, Text, UnLocode, Uscc, table};
use ledger::Timestamp;

use crate::check_goods::check_goods;
use crate::{CONTAINERS_MAX, Charge, DOCUMENT_BYTES_MAX, DOCUMENTS_MAX, DeclarationForm, FieldRule, FormContainer, HEADER_FIELDS};

/// Days within which goods are declared, from the day the conveyance declared entry (Customs Law, Art. 24).
pub const DECLARATION_DAYS: i64 = 14;

/// A container of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillContainerFacts {
    /// Container number.
    pub number: String,
    /// Size and type, ISO 6346.
    pub size_type: String,
}

/// The bill that a declaration names, as the manifest and the call know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillFacts {
    /// Bill number.
    pub number: String,
    /// Taken off the manifest.
    pub cancelled: bool,
    /// Declaration that holds it, other than the one checked.
    pub declaration: Option<String>,
    /// Agreement under which the organisation that submits declares it; none when it is the consignee itself.
    pub agreement: Option<String>,
    /// Consignee's credit code on the manifest.
    pub consignee_uscc: Option<String>,
    /// Packages on the manifest.
    pub packages: u64,
    /// Gross mass on the manifest.
    pub gross_kg: Mass,
    /// Containers on the manifest.
    pub containers: Vec<BillContainerFacts>,
    /// Ship name of the call.
    pub ship_name: String,
    /// Inbound voyage of the call.
    pub voyage: String,
    /// When the conveyance declared entry, once it has.
    pub entry_declared_at: Option<Timestamp>,
    /// When the last container was landed, once they are.
    pub landed_at: Option<Timestamp>,
}

/// The organisation that submits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerFacts {
    /// Its credit code, when registered.
    pub uscc: Option<String>,
    /// Its name.
    pub name: String,
}

/// Whether the organisation that submits may speak for the consignee that the form names (代理委托).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgencyFacts {
    /// The consignee is the organisation itself, the one that the bill names, or nobody on the platform.
    #[default]
    NotNeeded,
    /// It holds an accepted agreement of that consignee.
    Agreed,
    /// It holds none.
    Missing,
}

/// What the check needs from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckFacts {
    /// Bill named by the form; `None` when there is no manifest data for it that the organisation may declare. Whoever is neither the
    /// consignee nor its agent is given the same as for a bill that does not exist: a number alone tells nothing.
    pub bill: Option<BillFacts>,
    /// Organisation that submits.
    pub broker: BrokerFacts,
    /// Whether it may speak for the consignee of the form.
    pub agency: AgencyFacts,
    /// Credit grade of the consignee, when registered.
    pub grade: Option<String>,
}

/// Checks a declaration. Pointers are those of [`DeclarationForm`] as JSON; the order is that of the form. `at` picks the valid rows of the
/// code tables and measures the limit to declare.
pub fn check(form: &DeclarationForm, facts: &CheckFacts, at: Timestamp) -> Vec<Finding> {
    let day = Date::in_china(at.millis());
    let mut found = Vec::new();
    check_fields("", form, HEADER_FIELDS, day, &mut found);
    check_kind(form, facts, &mut found);
    check_codes(form, facts, &mut found);
    check_bill(form, facts, day, &mut found);
    check_weights(form, facts, &mut found);
    check_ports(form, day, &mut found);
    check_charges(form, day, &mut found);
    check_goods(form, day, &mut found);
    check_containers(form, facts, &mut found);
    check_documents(form, day, &mut found);
    found
}

/// Mandatory fields, lengths and code tables, from the field rules.
pub(crate) fn check_fields<T>(base: &str, form: &T, rules: &[FieldRule<T>], day: Date, found: &mut Vec<Finding>) {
    for rule in rules {
        let value = (rule.get)(form).trim();
        let pointer = || format!("{base}/{}", rule.name);
        if value.is_empty() {
            if rule.mandatory {
                found.push(missing(pointer(), rule.zh, rule.en));
            }
            continue;
        }
        let length = value.chars().count();
        if length > rule.length_max {
            found.push(Finding::error(
                "declaration-field-length",
                pointer(),
                Text::new(
                    format!("{}有 {length} 个字符，上限 {}。", rule.zh, rule.length_max),
                    format!("{} has {length} characters; at most {}.", rule.en, rule.length_max),
                ),
                Text::new("缩短内容。", "Shorten it."),
            ));
        } else if let Some(id) = rule.table {
            check_code(pointer(), rule.zh, rule.en, value, id, day, found);
        }
    }
}

fn check_code(pointer: String, zh: &str, en: &str, value: &str, id: TableId, day: Date, found: &mut Vec<Finding>) {
    let codes = table(id);
    match codes.get(value) {
        None => found.push(Finding::error(
            "declaration-code-unknown",
            pointer,
            Text::new(
                format!("{zh}“{value}”不在“{}”中。", codes.title_zh),
                format!("{en}: {value} is not in the table \"{}\".", codes.title_en),
            ),
            Text::new("从代码表中选择。", "Choose a code from the table."),
        )),
        Some(entry) if !entry.is_valid_on(day) => {
            found.push(Finding::error(
                "declaration-code-expired",
                pointer,
                Text::new(
                    format!("{zh}“{value}”在 {day} 不在有效期内{}。", term(entry, "，有效期 ")),
                    format!("{en}: {value} is not valid on {day}{}.", term(entry, "; valid ")),
                ),
                Text::new("选择当日有效的代码。", "Choose a code that is valid on that day."),
            ));
        }
        Some(_) => {}
    }
}

fn term(entry: &CodeEntry, lead: &str) -> String {
    let end = |date: Option<Date>| date.map_or_else(|| "…".to_owned(), |date| date.to_string());
    format!("{lead}{} – {}", end(entry.valid_from), end(entry.valid_to))
}

pub(crate) fn missing(pointer: String, zh: &str, en: &str) -> Finding {
    Finding::error(
        "declaration-field-missing",
        pointer,
        Text::new(format!("{zh}必填。"), format!("{en} is mandatory.")),
        Text::new("填写该项。", "Fill it in."),
    )
}

fn check_kind(form: &DeclarationForm, facts: &CheckFacts, found: &mut Vec<Finding>) {
    let flag = form.ie_flag.trim();
    if !flag.is_empty() && flag != "I" {
        found.push(Finding::error(
            "declaration-not-import",
            "/ie_flag",
            Text::new("本服务目前只受理进口报关单（I）。", "Only import declarations (I) are taken so far."),
            Text::new("填写 I。", "Write I."),
        ));
    }
    let kind: Vec<char> = form.decl_type.chars().collect();
    let lead: String = kind.iter().take(2).collect();
    let lead_known = lead.trim().is_empty() || table(TableId::DeclarationType).get(lead.trim()).is_some();
    let step = kind.get(2).copied().unwrap_or(' ');
    if !lead_known || !matches!(step, ' ' | '0' | '5' | '6') {
        found.push(Finding::error(
            "declaration-type",
            "/type",
            Text::new(
                "单据类型不符：第 1–2 位为类型代码，第 3 位为空、0、5（概要）或 6（完整）。",
                "Positions 1 and 2 are a kind from the table; position 3 is blank, 0, 5 (summary) or 6 (complete).",
            ),
            Text::new("普通报关单留空。", "Leave it empty for a normal declaration."),
        ));
    }
    // Two-step declaration: general credit or better (Announcement 127/2019). Collective taxation: all but dishonest (Announcement 45/2017).
    let dishonest = facts.grade.as_deref().is_some_and(|grade| grade.ends_with("dishonest"));
    if dishonest && (matches!(step, '5' | '6') || lead == "CL") {
        found.push(Finding::error(
            "declaration-grade-mode",
            "/type",
            Text::new(
                "失信企业不适用两步申报和汇总征税。",
                "A dishonest enterprise may use neither two-step declaration nor collective taxation.",
            ),
            Text::new("改为普通报关单。", "Use a normal declaration."),
        ));
    }
    let promises: Vec<char> = form.promise_items.trim().chars().collect();
    if !promises.is_empty() && (promises.len() != 5 || !promises.iter().all(|flag| matches!(flag, '0' | '1' | '9'))) {
        found.push(Finding::error(
            "declaration-promise-items",
            "/promise_items",
            Text::new("价格说明须为 5 位，每位为 0（否）、1（是）或 9（空）。", "Five flags, each 0 (no), 1 (yes) or 9 (blank)."),
            Text::new(
                "依次填写：特殊关系、价格影响、特许权使用费、公式定价、暂定价格。",
                "In order: special relation, price influence, royalty, formula price, provisional price.",
            ),
        ));
    }
    if !matches!(form.chk_surety.trim(), "" | "0" | "1") {
        found.push(Finding::error(
            "declaration-surety-flag",
            "/chk_surety",
            Text::new("担保验放填 1 或 0。", "Release on guarantee is 1 or 0."),
            Text::new("填写 1 或 0。", "Write 1 or 0."),
        ));
    }
}

fn check_codes(form: &DeclarationForm, facts: &CheckFacts, found: &mut Vec<Finding>) {
    for (pointer, value) in
        [("/trade_co_scc", &form.trade_co_scc), ("/owner_code_scc", &form.owner_code_scc), ("/agent_code_scc", &form.agent_code_scc)]
    {
        if let Some(Err(fault)) = Some(value.trim()).filter(|value| !value.is_empty()).map(str::parse::<Uscc>) {
            found.push(fault.to_finding(pointer));
        }
    }
    let agent = form.agent_code_scc.trim();
    if let Some(own) = facts.broker.uscc.as_ref().filter(|own| !agent.is_empty() && !own.eq_ignore_ascii_case(agent)) {
        found.push(Finding::error(
            "declaration-agent-differs",
            "/agent_code_scc",
            Text::new(
                format!("申报单位应为本企业 {own}（{}）。", facts.broker.name),
                format!("The declarant must be your own organisation: {own} ({}).", facts.broker.name),
            ),
            Text::new("填写本企业的统一社会信用代码。", "Write the credit code of your organisation."),
        ));
    }
}

fn check_bill(form: &DeclarationForm, facts: &CheckFacts, day: Date, found: &mut Vec<Finding>) {
    if form.bill_no.trim().is_empty() {
        return;
    }
    let Some(bill) = &facts.bill else {
        found.push(Finding::error(
            "declaration-bill-unknown",
            "/bill_no",
            Text::new(
                format!("提运单 {} 没有本企业可申报的舱单数据；提前申报也须先有舱单数据（公告 2014 年第 74 号）。", form.bill_no.trim()),
                format!(
                    "There is no manifest data for bill {} that you may declare; even an advance declaration needs it (Announcement 74/2014).",
                    form.bill_no.trim()
                ),
            ),
            Text::new("核对提运单号，或请船代先传输舱单。", "Check the bill number, or ask the ship agent to send the manifest first."),
        ));
        found.push(agency_missing(
            "/bill_no",
            Text::new(
                "本企业不是该提运单的收货人，或没有收货人接受的有效代理委托（海关法第十条）。",
                "You are not known as the consignee of this bill, and hold no valid agency agreement that its consignee accepted (Customs Law, Art. 10).",
            ),
        ));
        return;
    };
    if bill.cancelled {
        found.push(Finding::error(
            "declaration-bill-cancelled",
            "/bill_no",
            Text::new("该提运单已从舱单中取消。", "The bill was taken off the manifest."),
            Text::new("核对提运单号。", "Check the bill number."),
        ));
    }
    if let Some(other) = &bill.declaration {
        found.push(Finding::error(
            "declaration-bill-declared",
            "/bill_no",
            Text::new(format!("该提运单已由报关单 {other} 申报。"), format!("The bill is already declared by {other}.")),
            Text::new(
                "一票提运单对应一份报关单；如需更正，请先撤单。",
                "One bill has one declaration; withdraw the other first if this one corrects it.",
            ),
        ));
    }
    differs(&form.traf_name, &bill.ship_name, "declaration-ship-differs", "/traf_name", ("运输工具名称", "The ship"), found);
    differs(&form.voy_no, &bill.voyage, "declaration-voyage-differs", "/voy_no", ("航次号", "The voyage"), found);
    let trader = form.trade_co_scc.trim();
    if bill.consignee_uscc.as_ref().is_some_and(|known| !trader.is_empty() && !known.eq_ignore_ascii_case(trader)) {
        found.push(Finding::warning(
            "declaration-consignee-differs",
            "/trade_co_scc",
            Text::new("境内收货人与舱单收货人不一致。", "The consignee differs from the one on the manifest."),
            Text::new(
                "核对收货人；如舱单有误，请船代变更舱单。",
                "Check the consignee; if the manifest is wrong, ask the ship agent to amend it.",
            ),
        ));
    }
    if facts.agency == AgencyFacts::Missing {
        found.push(agency_missing(
            "/trade_co_scc",
            Text::new(
                "境内收货人没有委托本企业申报（海关法第十条）。",
                "The consignee named here has not agreed that you declare for it (Customs Law, Art. 10).",
            ),
        ));
    }
    check_time(bill, day, found);
}

/// One text whatever is missing: whether the bill exists is told to nobody who may not declare it.
fn agency_missing(pointer: &str, message: Text) -> Finding {
    Finding::error(
        "declaration-agency-missing",
        pointer,
        message,
        Text::new(
            "代理申报：在“代理委托”中提出委托，收货人接受后再申报；收货人自行申报：请船代核对舱单收货人的统一社会信用代码。",
            "As an agent: propose an agreement under \"Agency agreements\", and declare once the consignee has accepted it. As the consignee: ask the ship agent to check your credit code on the manifest.",
        ),
    )
}

fn check_time(bill: &BillFacts, day: Date, found: &mut Vec<Finding>) {
    match bill.entry_declared_at {
        Some(entry) => {
            let days = day.days_since(Date::in_china(entry.millis()));
            if days > DECLARATION_DAYS {
                found.push(Finding::warning(
                    "declaration-late",
                    "",
                    Text::new(
                        format!("自运输工具申报进境之日起已 {days} 日，超过 14 日期限（海关法第二十四条），将按日征收滞报金。"),
                        format!("{days} days since the conveyance declared entry; the limit is 14 (Customs Law, Art. 24). A late-declaration fee is levied per day."),
                    ),
                    Text::new("尽快申报。", "Declare without further delay."),
                ));
            }
        }
        None => found.push(Finding::info(
            "declaration-advance",
            "",
            Text::new(
                "船舶尚未抵港，按提前申报受理（公告 2014 年第 74 号）。",
                "The ship has not arrived: taken as an advance declaration (Announcement 74/2014).",
            ),
            Text::new("货物卸船后自动继续办理。", "It continues by itself once the goods are landed."),
        )),
    }
}

/// Names are compared without case and spaces (filling rules: they must equal the manifest).
fn differs(given: &str, known: &str, code: &'static str, pointer: &str, (zh, en): (&str, &str), found: &mut Vec<Finding>) {
    let folded = |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect::<String>();
    if !given.trim().is_empty() && folded(given) != folded(known) {
        found.push(Finding::error(
            code,
            pointer,
            Text::new(format!("{zh}须与舱单一致：{known}。"), format!("{en} must equal the manifest: {known}.")),
            Text::new(format!("改为 {known}。"), format!("Write {known}.")),
        ));
    }
}

fn check_weights(form: &DeclarationForm, facts: &CheckFacts, found: &mut Vec<Finding>) {
    let packages = form.pack_no.trim();
    if !packages.is_empty() {
        match packages.parse::<u64>() {
            Ok(count) if count > 0 => {
                if let Some(bill) = facts.bill.as_ref().filter(|bill| bill.packages != count) {
                    found.push(Finding::warning(
                        "declaration-packages-differ",
                        "/pack_no",
                        Text::new(format!("舱单件数为 {}。", bill.packages), format!("The manifest has {} packages.", bill.packages)),
                        Text::new("核对件数。", "Check the number of packages."),
                    ));
                }
            }
            Ok(_) | Err(_) => found.push(Finding::error(
                "declaration-packages",
                "/pack_no",
                Text::new("件数须为大于 0 的整数。", "Packages are a whole number, never zero."),
                Text::new("裸装或散装填 1。", "Write 1 for bare or bulk cargo."),
            )),
        }
    }
    let gross = weight(&form.gross_wt, "/gross_wt", ("毛重", "Gross weight"), found);
    let net = weight(&form.net_wt, "/net_wt", ("净重", "Net weight"), found);
    if let (Some(gross), Some(net)) = (gross, net)
        && net > gross
    {
        found.push(Finding::error(
            "declaration-net-above-gross",
            "/net_wt",
            Text::new(format!("净重 {net} 大于毛重 {gross}。"), format!("Net weight {net} is above gross weight {gross}.")),
            Text::new("核对两项重量。", "Check both weights."),
        ));
    }
    if let (Some(gross), Some(bill)) = (gross, &facts.bill)
        && gross.declared() != bill.gross_kg.declared()
    {
        found.push(Finding::warning(
            "declaration-gross-differs",
            "/gross_wt",
            Text::new(format!("舱单毛重为 {} 千克。", bill.gross_kg), format!("The manifest has {} kg gross.", bill.gross_kg)),
            Text::new("核对毛重。", "Check the gross weight."),
        ));
    }
}

fn weight(value: &str, pointer: &str, (zh, en): (&str, &str), found: &mut Vec<Finding>) -> Option<Mass> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    match value.parse::<Mass>() {
        Ok(mass) if !mass.is_zero() => {
            if mass.declared() != mass {
                found.push(Finding::error(
                    "declaration-weight-below-one",
                    pointer,
                    Text::new(format!("{zh}不足 1 千克，应填 1。"), format!("{en} below 1 kg is written 1.")),
                    Text::new("填写 1。", "Write 1."),
                ));
            }
            Some(mass)
        }
        Ok(_) | Err(_) => {
            found.push(Finding::error(
                "declaration-weight",
                pointer,
                Text::new(
                    format!("{zh}须为大于 0 的数字，最多 5 位小数。"),
                    format!("{en} is a figure above zero with at most five decimals."),
                ),
                Text::new("按千克填写，不带单位和千分位。", "Kilograms, without unit or thousands separator."),
            ));
            None
        }
    }
}

/// A port is a UN/LOCODE or the national form of three letters and three digits (`CHN360`); the latter's table is not loaded, so it is not
/// looked up.
fn check_ports(form: &DeclarationForm, day: Date, found: &mut Vec<Finding>) {
    for (pointer, value) in [("/distinate_port", form.distinate_port.trim()), ("/desp_port_code", form.desp_port_code.trim())] {
        let bytes = value.as_bytes();
        let national = bytes.len() == 6 && bytes[..3].iter().all(u8::is_ascii_uppercase) && bytes[3..].iter().all(u8::is_ascii_digit);
        if value.is_empty() || national {
            continue;
        }
        match value.parse::<UnLocode>() {
            Ok(port) if table(TableId::Port).is_valid_on(port.as_str(), day) => {}
            Ok(port) => found.push(Finding::warning(
                "declaration-port-unlisted",
                pointer,
                Text::new(format!("港口 {port} 不在代码表中。"), format!("Port {port} is not in the code list.")),
                Text::new("核对港口代码。", "Check the port code."),
            )),
            Err(_) => found.push(Finding::error(
                "declaration-port",
                pointer,
                Text::new("港口代码格式不符。", "The port code is malformed."),
                Text::new(
                    "使用 5 位联合国口岸代码或 3 位字母加 3 位数字。",
                    "Use a UN/LOCODE of five characters, or three letters and three digits.",
                ),
            )),
        }
    }
}

fn check_charges(form: &DeclarationForm, day: Date, found: &mut Vec<Finding>) {
    let (freight, insurance) = match form.trans_mode.trim() {
        "2" => (false, true),
        "3" | "7" => (true, true),
        "4" => (true, false),
        _ => (false, false),
    };
    for (name, charge, asked, zh, en) in [
        ("fee", &form.fee, freight, "运费", "freight"),
        ("insur", &form.insur, insurance, "保费", "insurance"),
        ("other", &form.other, false, "杂费", "other charges"),
    ] {
        if charge.is_empty() {
            if asked {
                found.push(Finding::error(
                    "declaration-charge-missing",
                    format!("/{name}/rate"),
                    Text::new(format!("该成交方式须填写{zh}。"), format!("The terms of delivery ask for {en}.")),
                    Text::new("填写标志、数值和币制。", "Give mark, figure and currency."),
                ));
            }
            continue;
        }
        check_charge(name, charge, zh, en, day, found);
    }
}

fn check_charge(name: &str, charge: &Charge, zh: &str, en: &str, day: Date, found: &mut Vec<Finding>) {
    let mut fault = |part: &str, say_zh: &str, say_en: &str| {
        found.push(Finding::error(
            "declaration-charge",
            format!("/{name}/{part}"),
            Text::new(format!("{zh}{say_zh}"), format!("{say_en} ({en}).")),
            Text::new("标志：1 费率（%）、2 单价（每吨）、3 总价。", "Mark: 1 rate in percent, 2 price per tonne, 3 total."),
        ));
    };
    let mark = charge.mark.trim();
    if !matches!(mark, "1" | "2" | "3") {
        fault("mark", "标志须为 1、2 或 3。", "The mark is 1, 2 or 3");
    }
    let figure = charge.rate.trim().parse::<codes::Quantity>().is_ok_and(|rate| !rate.is_zero());
    if !figure {
        fault("rate", "须为大于 0 的数字。", "The figure must be above zero");
    }
    match mark {
        "1" if !charge.curr.trim().is_empty() => fault("curr", "费率不填币制。", "A rate has no currency"),
        "2" | "3" if !table(TableId::Currency).is_valid_on(charge.curr.trim(), day) => {
            fault("curr", "币制不在代码表中。", "The currency is not in the code list")
        }
        _ => {}
    }
    if matches!(mark, "2" | "3")
        && figure
        && let Ok(currency) = charge.curr.trim().parse::<codes::CurrencyCode>()
        && codes::Money::parse(charge.rate.trim(), currency).is_err()
    {
        fault("rate", "小数位数超过币制的最小单位。", "It has more decimals than the currency");
    }
}

fn check_containers(form: &DeclarationForm, facts: &CheckFacts, found: &mut Vec<Finding>) {
    if form.containers.len() > CONTAINERS_MAX {
        found.push(Finding::error(
            "declaration-too-many-containers",
            "/containers",
            Text::new(
                format!("集装箱 {} 个，上限 {CONTAINERS_MAX}。", form.containers.len()),
                format!("{} containers; at most {CONTAINERS_MAX}.", form.containers.len()),
            ),
            Text::new("拆分报关单。", "Split the declaration."),
        ));
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for (index, container) in form.containers.iter().enumerate() {
        let number = container.container_id.trim().to_uppercase();
        let at = |field: &str| format!("/containers/{index}/{field}");
        if number.is_empty() {
            found.push(missing(at("container_id"), "集装箱号", "The container number"));
            continue;
        }
        if let Err(fault) = number.parse::<ContainerNumber>() {
            found.push(fault.to_finding(at("container_id")));
        }
        if !seen.insert(number.clone()) {
            found.push(Finding::error(
                "declaration-container-twice",
                at("container_id"),
                Text::new(format!("集装箱 {number} 重复。"), format!("Container {number} appears twice.")),
                Text::new("删除重复项。", "Remove the duplicate."),
            ));
        }
        if let Some(bill) = &facts.bill {
            check_container_on_bill(&number, container, bill, index, found);
        }
        check_container_flags(form, container, index, found);
    }
    let undeclared = facts.bill.iter().flat_map(|bill| &bill.containers).filter(|known| !seen.contains(&known.number.to_uppercase()));
    for known in undeclared {
        found.push(Finding::warning(
            "declaration-container-missing",
            "/containers",
            Text::new(
                format!("提运单内的集装箱 {} 未申报。", known.number),
                format!("Container {} of the bill is not declared.", known.number),
            ),
            Text::new("列明提运单的全部集装箱。", "List every container of the bill."),
        ));
    }
}

fn check_container_on_bill(number: &str, container: &FormContainer, bill: &BillFacts, index: usize, found: &mut Vec<Finding>) {
    let Some(known) = bill.containers.iter().find(|known| known.number.eq_ignore_ascii_case(number)) else {
        found.push(Finding::error(
            "declaration-container-not-on-bill",
            format!("/containers/{index}/container_id"),
            Text::new(
                format!("集装箱 {number} 不在提运单 {} 内。", bill.number),
                format!("Container {number} is not on bill {}.", bill.number),
            ),
            Text::new("核对箱号，或请船代变更舱单。", "Check the number, or ask the ship agent to amend the manifest."),
        ));
        return;
    };
    // First digit 1: forty feet, 2: twenty feet; second digit 1 dry, 2 reefer, 3 tank. From general knowledge of the national table and
    // not verified, hence a warning.
    let expected = known.size_type.parse::<SizeType>().ok().and_then(|size| {
        let length = match size.length_feet()? {
            20 => '2',
            40 | 45 => '1',
            _ => return None,
        };
        let kind = if size.is_reefer() {
            '2'
        } else if size.is_tank() {
            '3'
        } else {
            '1'
        };
        Some(format!("{length}{kind}"))
    });
    let given = container.container_md.trim();
    if let Some(expected) = expected.filter(|expected| matches!(given, "11" | "12" | "13" | "21" | "22" | "23") && given != expected) {
        found.push(Finding::warning(
            "declaration-container-size",
            format!("/containers/{index}/container_md"),
            Text::new(
                format!("舱单箱型为 {}，规格应为 {expected}。", known.size_type),
                format!("The manifest has {}; the code would be {expected}.", known.size_type),
            ),
            Text::new("核对集装箱规格。", "Check the container size code."),
        ));
    }
}

fn check_container_flags(form: &DeclarationForm, container: &FormContainer, index: usize, found: &mut Vec<Finding>) {
    let at = |field: &str| format!("/containers/{index}/{field}");
    if container.container_md.trim().is_empty() {
        found.push(missing(at("container_md"), "集装箱规格", "The container size code"));
    }
    let items = container.goods_no.split(',').map(str::trim).filter(|item| !item.is_empty());
    let unknown: Vec<&str> = items.filter(|item| form.goods.iter().all(|line| line.g_no.trim() != *item)).collect();
    if !unknown.is_empty() {
        found.push(Finding::error(
            "declaration-container-goods",
            at("goods_no"),
            Text::new(format!("商品项号 {} 不存在。", unknown.join(",")), format!("There are no items {}.", unknown.join(","))),
            Text::new("填写已申报的商品序号，以逗号分隔。", "Give numbers of declared items, joined by commas."),
        ));
    }
    if !matches!(container.lcl_flag.trim(), "" | "0" | "1") {
        found.push(Finding::error(
            "declaration-lcl-flag",
            at("lcl_flag"),
            Text::new("拼箱标识填 1 或 0。", "The flag of part loads is 1 or 0."),
            Text::new("填写 1 或 0。", "Write 1 or 0."),
        ));
    }
}

fn check_documents(form: &DeclarationForm, day: Date, found: &mut Vec<Finding>) {
    if form.documents.len() > DOCUMENTS_MAX {
        found.push(Finding::error(
            "declaration-too-many-documents",
            "/documents",
            Text::new(
                format!("随附单据 {} 份，上限 {DOCUMENTS_MAX}。", form.documents.len()),
                format!("{} documents; at most {DOCUMENTS_MAX}.", form.documents.len()),
            ),
            Text::new("合并文件。", "Merge files."),
        ));
        return;
    }
    for (index, document) in form.documents.iter().enumerate() {
        let at = |field: &str| format!("/documents/{index}/{field}");
        check_code(at("edoc_code"), "随附单据类型", "Kind of document", document.edoc_code.trim(), TableId::EdocCode, day, found);
        let hashed = document.sha256.len() == 64 && document.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if document.name.trim().is_empty() || !hashed {
            found.push(Finding::error(
                "declaration-document",
                at("sha256"),
                Text::new("随附单据缺少文件名或摘要。", "The document lacks its name or digest."),
                Text::new("重新上传文件。", "Upload the file again."),
            ));
        }
        if document.size == 0 || document.size > DOCUMENT_BYTES_MAX {
            found.push(Finding::error(
                "declaration-document-size",
                at("size"),
                Text::new(
                    format!("文件大小须在 1 至 {DOCUMENT_BYTES_MAX} 字节之间。"),
                    format!("A file has 1 to {DOCUMENT_BYTES_MAX} bytes."),
                ),
                Text::new("压缩或拆分文件。", "Compress or split the file."),
            ));
        }
    }
}
