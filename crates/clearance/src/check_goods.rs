//! The goods of a declaration: codes, quantities, units, prices, countries.

use std::collections::BTreeSet;

use codes::{CurrencyCode, Date, Finding, HsCode, Money, Quantity, Rounding, Text, tariff};

use crate::check::{check_fields, missing};
use crate::{DeclarationForm, GOODS_FIELDS, GOODS_MAX, GoodsItem};

pub(crate) fn check_goods(form: &DeclarationForm, day: Date, found: &mut Vec<Finding>) {
    if form.goods.is_empty() {
        found.push(Finding::error(
            "declaration-no-goods",
            "/goods",
            Text::new("没有商品。", "There are no goods."),
            Text::new("至少填写一项商品。", "Give at least one item."),
        ));
    }
    if form.goods.len() > GOODS_MAX {
        found.push(Finding::error(
            "declaration-too-many-goods",
            "/goods",
            Text::new(
                format!("商品 {} 项，上限 {GOODS_MAX} 项。", form.goods.len()),
                format!("{} items; at most {GOODS_MAX}.", form.goods.len()),
            ),
            Text::new("拆分为多份报关单。", "Split into several declarations."),
        ));
        return;
    }
    for (index, item) in form.goods.iter().enumerate() {
        check_fields(&format!("/goods/{index}"), item, GOODS_FIELDS, day, found);
        check_number(index, item, found);
        check_code(index, item, found);
        check_quantities(index, item, found);
        check_price(index, item, found);
        check_countries(form, index, item, found);
    }
    let currencies: BTreeSet<&str> = form.goods.iter().map(|item| item.trade_curr.trim()).filter(|currency| !currency.is_empty()).collect();
    if currencies.len() > 1 {
        let list = currencies.into_iter().collect::<Vec<_>>().join(", ");
        found.push(Finding::error(
            "declaration-currencies-differ",
            "/goods/0/trade_curr",
            Text::new(format!("各项商品币制不一致：{list}。"), format!("The items name different currencies: {list}.")),
            Text::new("使用同一币制。", "Use one currency."),
        ));
    }
}

fn check_number(index: usize, item: &GoodsItem, found: &mut Vec<Finding>) {
    let number = item.g_no.trim();
    if !number.is_empty() && number.parse::<usize>() != Ok(index + 1) {
        found.push(Finding::error(
            "declaration-goods-number",
            format!("/goods/{index}/g_no"),
            Text::new(format!("商品序号应为 {}。", index + 1), format!("The item number should be {}.", index + 1)),
            Text::new("从 1 起连续编号。", "Number the items from 1 without gaps."),
        ));
    }
}

fn check_code(index: usize, item: &GoodsItem, found: &mut Vec<Finding>) {
    let text = item.code_ts.trim();
    if text.is_empty() {
        return;
    }
    let at = |field: &str| format!("/goods/{index}/{field}");
    let code = match text.parse::<HsCode>() {
        Ok(code) if matches!(code.as_str().len(), 10 | 13) => code,
        Ok(_) | Err(_) => {
            found.push(Finding::error(
                "declaration-goods-code-length",
                at("code_ts"),
                Text::new(format!("商品编号“{text}”应为 13 位或 10 位数字。"), format!("Goods code {text} must have 13 or 10 digits.")),
                Text::new(
                    "8 位税号 + 2 位监管附加 + 3 位检验检疫附加。",
                    "8 digits of the tariff, 2 of supervision, 3 of inspection and quarantine.",
                ),
            ));
            return;
        }
    };
    let Some(line) = tariff::line(&code) else {
        found.push(Finding::error(
            "declaration-goods-code-unknown",
            at("code_ts"),
            Text::new(
                format!("已装载的税则（{}）没有 {code}。", tariff::LABEL_ZH),
                format!("The loaded tariff ({}) has no {code}.", tariff::LABEL_EN),
            ),
            Text::new("从税则中选择商品编号。", "Choose a code from the tariff."),
        ));
        return;
    };
    if item.g_model.trim().is_empty() {
        found.push(Finding::warning(
            "declaration-elements-missing",
            at("g_model"),
            Text::new("未填写规格型号（申报要素）。", "The declaration elements are empty."),
            Text::new("按税则要求填写，以“|”分隔。", "Give the elements that the tariff asks for, separated by \"|\"."),
        ));
    }
    let given = item.first_unit.trim();
    if !given.is_empty() && given != line.unit1 {
        found.push(unit_differs("declaration-first-unit", at("first_unit"), "第一法定单位", "first statutory unit", line.unit1));
    }
    match (line.unit2, item.second_unit.trim()) {
        (Some(unit), "") => found.push(missing(at("second_unit"), "第二法定单位", &format!("The second statutory unit ({unit})"))),
        (Some(unit), given) if given != unit => {
            found.push(unit_differs("declaration-second-unit", at("second_unit"), "第二法定单位", "second statutory unit", unit));
        }
        (None, given) if !given.is_empty() => found.push(Finding::error(
            "declaration-second-unit",
            at("second_unit"),
            Text::new("税则没有第二法定单位，应留空。", "The tariff has no second unit; leave it empty."),
            Text::new("清空该项。", "Clear it."),
        )),
        (Some(_), _) | (None, _) => {}
    }
}

fn unit_differs(code: &'static str, pointer: String, zh: &str, en: &str, unit: &str) -> Finding {
    Finding::error(
        code,
        pointer,
        Text::new(format!("{zh}应为税则规定的 {unit}。"), format!("The {en} is {unit} by the tariff.")),
        Text::new(format!("改为 {unit}。"), format!("Write {unit}.")),
    )
}

fn check_quantities(index: usize, item: &GoodsItem, found: &mut Vec<Finding>) {
    let at = |field: &str| format!("/goods/{index}/{field}");
    for (field, value, zh, en) in [
        ("g_qty", &item.g_qty, "成交数量", "Quantity"),
        ("first_qty", &item.first_qty, "第一法定数量", "First statutory quantity"),
        ("second_qty", &item.second_qty, "第二法定数量", "Second statutory quantity"),
    ] {
        let value = value.trim();
        if !value.is_empty() && !value.parse::<Quantity>().is_ok_and(|quantity| !quantity.is_zero()) {
            found.push(Finding::error(
                "declaration-quantity",
                at(field),
                Text::new(
                    format!("{zh}须为大于 0 的数字，最多 5 位小数。"),
                    format!("{en} is a figure above zero with at most five decimals."),
                ),
                Text::new("不带单位和千分位。", "Without unit or thousands separator."),
            ));
        }
    }
    if item.second_unit.trim().is_empty() != item.second_qty.trim().is_empty() && item.second_qty.trim().is_empty() {
        found.push(missing(at("second_qty"), "第二法定数量", "The second statutory quantity"));
    }
}

fn check_price(index: usize, item: &GoodsItem, found: &mut Vec<Finding>) {
    let at = |field: &str| format!("/goods/{index}/{field}");
    let price = figure(&item.decl_price);
    let total = figure(&item.decl_total);
    for (field, text, value, zh, en) in
        [("decl_price", &item.decl_price, price, "单价", "Unit price"), ("decl_total", &item.decl_total, total, "总价", "Total price")]
    {
        if !text.trim().is_empty() && value.is_none() {
            found.push(price_malformed(at(field), zh, en));
        }
    }
    let (Some(price), Some(total), Some(quantity)) = (price, total, figure(&item.g_qty)) else { return };
    let Ok(currency) = item.trade_curr.trim().parse::<CurrencyCode>() else { return };
    let Ok(amount) = Money::parse(item.decl_total.trim(), currency) else {
        found.push(Finding::error(
            "declaration-price",
            at("decl_total"),
            Text::new(format!("总价的小数位数超过 {currency} 的最小单位。"), format!("The total has more decimals than {currency} has.")),
            Text::new("四舍五入到最小货币单位。", "Round it half up to the smallest unit of the currency."),
        ));
        return;
    };
    if !agrees(price, quantity, total, currency) {
        let product = product_minor(price, quantity, currency).map_or_else(String::new, |minor| Money::new(minor, currency).to_string());
        found.push(Finding::error(
            "declaration-total-differs",
            at("decl_total"),
            Text::new(
                format!("单价乘数量为 {product}，总价为 {amount}；差额超过单价四舍五入所能产生的差额。"),
                format!("Price times quantity is {product}, the total is {amount}; rounding of the price cannot explain the difference."),
            ),
            Text::new("核对单价、数量和总价。", "Check price, quantity and total."),
        ));
    }
}

fn price_malformed(pointer: String, zh: &str, en: &str) -> Finding {
    Finding::error(
        "declaration-price",
        pointer,
        Text::new(format!("{zh}须为大于 0 的数字。"), format!("{en} is a figure above zero.")),
        Text::new("不带币制和千分位。", "Without currency or thousands separator."),
    )
}

fn figure(text: &str) -> Option<Quantity> {
    text.trim().parse::<Quantity>().ok().filter(|value| !value.is_zero())
}

fn product_minor(price: Quantity, quantity: Quantity, currency: CurrencyCode) -> Option<i64> {
    let product =
        i128::from(price.units()).checked_mul(i128::from(quantity.units()))?.checked_mul(i128::from(currency.minor_per_major()))?;
    Rounding::HalfUp.divide(product, 100_000 * 100_000)
}

/// Price × quantity agrees with the total when the difference is at most what rounding the price half up to its four decimals (field
/// DeclPrice, N19,4) can make, plus half a minor unit for rounding the total.
fn agrees(price: Quantity, quantity: Quantity, total: Quantity, currency: CurrencyCode) -> bool {
    // All in units of 10⁻¹⁰ of the currency: price and quantity carry five decimals each.
    let product = i128::from(price.units()) * i128::from(quantity.units());
    let total = i128::from(total.units()) * 100_000;
    let of_price = i128::from(quantity.units()) * 5;
    let of_total = 10_000_000_000 / (2 * i128::from(currency.minor_per_major()));
    (product - total).abs() <= of_price + of_total
}

fn check_countries(form: &DeclarationForm, index: usize, item: &GoodsItem, found: &mut Vec<Finding>) {
    let at = |field: &str| format!("/goods/{index}/{field}");
    let (origin, destination) = (item.origin_country.trim(), item.destination_country.trim());
    let import = form.ie_flag.trim() == "I";
    if import && !destination.is_empty() && destination != "CHN" {
        // Only the export wire swaps the two; an import that looks swapped was probably copied from an export.
        let swapped = origin == "CHN";
        let (code, zh, en) = if swapped {
            (
                "declaration-countries-swapped",
                "原产国与最终目的国疑似颠倒（仅出口报文互换）。",
                "Origin and destination look swapped; only export messages swap them.",
            )
        } else {
            (
                "declaration-destination",
                "进口货物的最终目的国通常为中国（CHN）。",
                "The destination of imported goods is normally China (CHN).",
            )
        };
        found.push(Finding::warning(
            code,
            at("destination_country"),
            Text::new(zh, en),
            Text::new("核对两个国家代码。", "Check both countries."),
        ));
    }
    let district = item.district_code.trim();
    if !district.is_empty() && (district.len() != 5 || !district.bytes().all(|b| b.is_ascii_digit())) {
        found.push(Finding::error(
            "declaration-district-code",
            at("district_code"),
            Text::new("境内目的地须为 5 位数字。", "The domestic destination has five digits."),
            Text::new("如 33029（宁波其他）。", "Such as 33029 (Ningbo, other)."),
        ));
    }
}
