//! A complete declaration for a bill, as a broker types it.

use clearance::{DeclarationForm, FormContainer, FormDocument, GoodsItem};
use codes::{HsCode, tariff};
use manifest::Bill;

use crate::cargo::country_of;

/// Kilograms per unit of quantity, by statutory unit: kilogram, cubic metre, litre, pair, and pieces of any sort.
fn kg_per_unit(unit: &str) -> u64 {
    match unit {
        "035" | "095" => 1,
        "033" => 600,
        "025" => 2,
        _ => 9,
    }
}

/// Fills what the prefilled draft leaves open.
pub(crate) fn fill(
    draft: DeclarationForm,
    bill: &Bill,
    terminal_name: &str,
    documents: Vec<FormDocument>,
    price_cents: u64,
) -> DeclarationForm {
    let content = &bill.content;
    let country = country_of(&content.loading);
    let gross: u64 = content.goods.iter().map(|line| whole_kg(&line.gross_kg.to_string())).sum();
    // Packing weighs some percent.
    let net = (gross * 96 / 100).max(1);
    let goods = content.goods.iter().enumerate().map(|(index, line)| {
        let net = (whole_kg(&line.gross_kg.to_string()) * 96 / 100).max(1);
        goods_item(index, line.hs_code.as_deref().unwrap_or("3901100001"), net, country, price_cents)
    });
    let goods: Vec<GoodsItem> = goods.collect();
    let containers = content.containers.iter().map(|container| FormContainer {
        container_id: container.number.clone(),
        container_md: national_size(&container.size_type).to_owned(),
        goods_no: "1".into(),
        lcl_flag: "0".into(),
    });
    DeclarationForm {
        trade_country: country.into(),
        trade_area_code: country.into(),
        distinate_port: content.loading.clone(),
        desp_port_code: content.loading.clone(),
        goods_place: terminal_name.to_owned(),
        wrap_type: "22".into(),
        net_wt: net.to_string(),
        contr_no: format!("DEMO-{}", draft.bill_no),
        mark_no: "N/M".into(),
        note_s: "示范数据 synthetic".into(),
        promise_items: "00000".into(),
        containers: containers.collect(),
        goods,
        documents,
        ..draft
    }
}

fn goods_item(index: usize, code: &str, net: u64, country: &str, price_cents: u64) -> GoodsItem {
    let line = code.parse::<HsCode>().ok().and_then(|code| tariff::line(&code));
    let (unit, second, name) = line.map_or(("035", None, "货物"), |line| (line.unit1, line.unit2, line.zh));
    let quantity = (net / kg_per_unit(unit)).max(1);
    let price = price_cents * kg_per_unit(unit);
    let total = price * quantity;
    let second_quantity = second.map(|unit| (net / kg_per_unit(unit)).max(1).to_string()).unwrap_or_default();
    GoodsItem {
        g_no: (index + 1).to_string(),
        code_ts: code.to_owned(),
        g_name: name.to_owned(),
        g_model: "0|3|示范品牌|示范型号".into(),
        g_qty: quantity.to_string(),
        g_unit: unit.to_owned(),
        first_qty: quantity.to_string(),
        first_unit: unit.to_owned(),
        second_qty: second_quantity,
        second_unit: second.unwrap_or_default().to_owned(),
        decl_price: decimal(price),
        decl_total: decimal(total),
        trade_curr: "USD".into(),
        duty_mode: "1".into(),
        origin_country: country.to_owned(),
        destination_country: "CHN".into(),
        district_code: "33029".into(),
        goods_attr: String::new(),
    }
}

fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn whole_kg(mass: &str) -> u64 {
    mass.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(1)
}

/// First digit 1: forty feet, 2: twenty feet; second digit 1 dry, 2 reefer, 3 tank.
fn national_size(size_type: &str) -> &'static str {
    let reefer = size_type.contains('R');
    match (size_type.starts_with('2'), reefer) {
        (true, false) => "21",
        (true, true) => "22",
        (false, false) => "11",
        (false, true) => "12",
    }
}
