//! A declaration in which everything is right, and the facts that go with it. All names and numbers are synthetic.
#![allow(dead_code)]

use std::collections::BTreeMap;

use clearance::{
    AgencyFacts, BillContainerFacts, BillFacts, BrokerFacts, Charge, CheckFacts, DeclarationForm, DutyFacts, ExchangeTable, FormContainer,
    FormDocument, GoodsItem,
};
use codes::{ContainerNumber, Mass, Text};
use ledger::Timestamp;

pub fn minute(n: i64) -> Timestamp {
    "2026-11-20T00:00:00Z".parse::<Timestamp>().expect("instant").plus_minutes(n)
}

pub fn box_number(serial: u32) -> String {
    ContainerNumber::synthetic(serial).to_string()
}

pub fn form() -> DeclarationForm {
    let text = str::to_owned;
    DeclarationForm {
        ie_flag: text("I"),
        custom_master: text("3104"),
        ie_port: text("3104"),
        trade_mode: text("0110"),
        cut_mode: text("101"),
        traf_mode: text("2"),
        traf_name: text("demo star"),
        voy_no: text("026 e"),
        bill_no: text("DEMO001"),
        trade_country: text("SGP"),
        trade_area_code: text("SGP"),
        distinate_port: text("SGSIN"),
        desp_port_code: text("SGSIN"),
        enty_port_code: text("380101"),
        goods_place: text("Terminal East"),
        trans_mode: text("3"),
        fee: Charge { mark: text("3"), rate: text("1000"), curr: text("USD") },
        insur: Charge { mark: text("1"), rate: text("0.3"), curr: String::new() },
        pack_no: text("100"),
        wrap_type: text("22"),
        gross_wt: text("10000"),
        net_wt: text("9500.5"),
        trade_co_scc: text("91330200TEAT000154"),
        trade_name: text("示例进口商"),
        owner_code_scc: text("91330200TEAT000154"),
        owner_name: text("示例进口商"),
        agent_code_scc: text("91320700TEAT00023L"),
        agent_name: text("示例报关行"),
        overseas_consignor_name: text("Synthetic Exporter"),
        promise_items: text("00099"),
        goods: vec![
            GoodsItem {
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
            },
            GoodsItem {
                g_no: text("2"),
                code_ts: text("2208300000"),
                g_name: text("威士忌酒"),
                g_model: text("瓶装|40%"),
                g_qty: text("3"),
                g_unit: text("035"),
                first_qty: text("3"),
                first_unit: text("095"),
                second_qty: text("500.5"),
                second_unit: text("035"),
                decl_price: text("33.3333"),
                decl_total: text("100"),
                trade_curr: text("USD"),
                duty_mode: text("1"),
                origin_country: text("GBR"),
                destination_country: text("CHN"),
                district_code: text("33029"),
                ..GoodsItem::default()
            },
        ],
        containers: vec![FormContainer {
            container_id: box_number(1),
            container_md: text("21"),
            goods_no: text("1,2"),
            lcl_flag: text("0"),
        }],
        documents: vec![FormDocument { edoc_code: text("00000001"), name: text("invoice.pdf"), sha256: "ab".repeat(32), size: 1_000 }],
        ..DeclarationForm::default()
    }
}

pub fn bill() -> BillFacts {
    BillFacts {
        number: "DEMO001".into(),
        cancelled: false,
        declaration: None,
        agreement: Some("A1".into()),
        consignee_uscc: Some("91330200TEAT000154".into()),
        packages: 100,
        gross_kg: Mass::from_kg(10_000).expect("mass"),
        containers: vec![BillContainerFacts { number: box_number(1), size_type: "22G1".into() }],
        ship_name: "Demo Star".into(),
        voyage: "026E".into(),
        entry_declared_at: Some(minute(-60)),
        landed_at: Some(minute(-10)),
    }
}

pub fn facts() -> CheckFacts {
    CheckFacts {
        bill: Some(bill()),
        broker: BrokerFacts { uscc: Some("91320700TEAT00023L".into()), name: "示例报关行".into() },
        agency: AgencyFacts::NotNeeded,
        grade: Some("regular".into()),
    }
}

pub fn exchange() -> ExchangeTable {
    let rate = |text: &str| text.parse().expect("rate");
    ExchangeTable {
        label: Text::new("合成汇率，仅供演示", "synthetic rates, for demonstration"),
        cny_per_unit: BTreeMap::from([("USD".to_owned(), rate("7.1")), ("JPY".to_owned(), rate("0.047"))]),
    }
}

pub fn duty_facts(form: &DeclarationForm) -> DutyFacts {
    DutyFacts::from_sample(form, exchange(), "2026-11-20")
}
