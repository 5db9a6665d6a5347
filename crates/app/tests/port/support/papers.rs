//! Papers that are in order: bills, declarations, the decision table.

use clearance::{DeclarationForm, FormContainer, GoodsItem};
use codes::Mass;
use manifest::{BillContent, BillForm, Consignee, ManifestContainer, ManifestGoods, Party};
use rules::DecisionTable;

use super::TRADER_USCC;

/// A bill of bananas for the known trader: one line of goods, ten tonnes for each box.
pub fn bill(number: &str, boxes: &[String]) -> BillForm {
    let count = u64::try_from(boxes.len()).expect("few boxes");
    let packages = u32::try_from(boxes.len() * 100).expect("few boxes");
    BillForm {
        number: number.into(),
        content: BillContent {
            carrier: "Example Line".into(),
            shipper: Party { name: "Synthetic Exporter".into(), address: None },
            consignee: Consignee { uscc: Some(TRADER_USCC.into()), name: super::name_of("trader-gold"), org: None },
            notify: None,
            loading: "SGSIN".into(),
            discharge: "CNNGB".into(),
            delivery: None,
            onward: None,
            containers: boxes
                .iter()
                .map(|number| ManifestContainer {
                    number: number.clone(),
                    size_type: "22G1".into(),
                    seals: vec!["SEAL1".into()],
                    gross_kg: Mass::from_kg(10_000).expect("mass"),
                    packages: 100,
                })
                .collect(),
            goods: vec![ManifestGoods {
                description: "Fresh bananas".into(),
                hs_code: Some("080390".into()),
                packages,
                package_kind: None,
                gross_kg: Mass::from_kg(10_000 * count).expect("mass"),
                un_no: None,
            }],
        },
    }
}

/// Fills what a prefilled draft leaves open. Goods of 10,800 USD at 7.1: value 76,680.00, duty 10 % 7,668.00, VAT 9 % 7,591.32 CNY.
pub fn filled(draft: DeclarationForm) -> DeclarationForm {
    let text = str::to_owned;
    let containers = draft.containers.iter().map(|c| FormContainer { container_md: text("21"), ..c.clone() }).collect();
    DeclarationForm {
        trade_country: text("SGP"),
        trade_area_code: text("SGP"),
        distinate_port: text("SGSIN"),
        desp_port_code: text("SGSIN"),
        goods_place: text("Terminal East"),
        wrap_type: text("22"),
        net_wt: text("9500"),
        promise_items: text("00099"),
        containers,
        goods: vec![GoodsItem {
            g_no: text("1"),
            code_ts: text("0803900000"),
            g_name: text("鲜香蕉"),
            g_model: text("鲜|箱装"),
            g_qty: text("9000"),
            g_unit: text("035"),
            first_qty: text("9000"),
            first_unit: text("035"),
            decl_price: text("1.2"),
            decl_total: text("10800"),
            trade_curr: text("USD"),
            duty_mode: text("1"),
            origin_country: text("PHL"),
            destination_country: text("CHN"),
            district_code: text("33029"),
            ..GoodsItem::default()
        }],
        ..draft
    }
}

/// What [`filled`] costs, in fen.
pub const DUE_FEN: i64 = 766_800 + 759_132;

/// Seriously dishonest: always inspected. Dishonest: the invoice is checked. Everybody else: nothing.
pub fn table() -> DecisionTable {
    let mut json: serde_json::Value = serde_json::from_str(rules::demonstration::IMPORT_INSPECTION_RATE_JSON).expect("shipped table");
    let row = |id: &str, grade: Option<&str>, rate: u32, documents: &[&str]| {
        let when = grade.map_or_else(|| serde_json::json!({}), |grade| serde_json::json!({ "credit_grade": { "one-of": [grade] } }));
        serde_json::json!({
            "id": id,
            "note": { "zh": id, "en": id },
            "when": when,
            "then": { "inspection_rate_bp": rate, "documents": documents, "trader_note_zh": "按规则", "trader_note_en": "by rule" }
        })
    };
    json["effective_from"] = "2026-05-01".into();
    json["rows"] = serde_json::json!([
        row("always", Some("seriously-dishonest"), 10_000, &[]),
        row("invoice", Some("dishonest"), 0, &["00000001"]),
        row("nothing", None, 0, &[]),
    ]);
    DecisionTable::from_json(&json.to_string()).expect("table")
}
