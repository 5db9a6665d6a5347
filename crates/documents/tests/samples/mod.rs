//! Synthetic documents: invented enterprises, ships and numbers.

use documents::*;
use ledger::Timestamp;

/// A moment in port time.
pub fn at(text: &str) -> Timestamp {
    format!("{text}:00+08:00").parse().expect("a moment")
}

pub fn head(number: &str, standing: Standing) -> DocumentHead {
    DocumentHead {
        number: number.to_owned(),
        issuer: "海衡船务代理有限公司（示例）".to_owned(),
        issued_at: at("2026-11-22T14:05"),
        zone: PortZone::CHINA,
        verification: Verification {
            code: "K7QM-29XT-04HP".to_owned(),
            url: format!("https://port.example/verify/{number}?c=K7QM29XT04HP"),
        },
        ledger: Some(LedgerReference { event_id: "0193520c-8a1e-7b3c-9d2f-5a6b7c8d9e0f".to_owned(), leaf_index: Some(48_213) }),
        standing,
    }
}

fn party(name: &str, code: &str) -> Party {
    Party { name: name.to_owned(), code: Some(code.to_owned()) }
}

pub fn order() -> DeliveryOrderDoc {
    let container = |number: &str, size_type: &str, seal: &str, packages, grams| DeliveryContainer {
        number: number.to_owned(),
        size_type: size_type.to_owned(),
        seals: vec![seal.to_owned()],
        packages: Some(packages),
        gross: Some(GrossMass { grams }),
        free_days: Some(7),
        free_until: Some(at("2026-11-29T23:59")),
    };
    DeliveryOrderDoc {
        head: head("DO-2026-112200017", Standing::Demonstration),
        carrier: party("北辰航运（示例） Northstar Lines", "NSTR"),
        vessel: "NORTHSTAR HARMONY".to_owned(),
        imo_number: Some("9074729".to_owned()),
        voyage: "0247E".to_owned(),
        bill_number: "NSTR26110098821".to_owned(),
        port_of_loading: "NLRTM 鹿特丹 Rotterdam".to_owned(),
        port_of_discharge: "CNNBG 宁波 Ningbo".to_owned(),
        arrived_at: Some(at("2026-11-20T06:40")),
        consignee: party("明州冷链进出口有限公司（示例）", "91330200MA0000000X"),
        holder: party("甬畅报关物流有限公司（示例）", "91330201MA1111111Y"),
        terminal: "第二集装箱码头 Terminal Two".to_owned(),
        containers: vec![
            container("CSQU3054383", "45R1", "NL884120", 940, 24_512_500),
            container("CBHU3202732", "22G1", "NL884121", 1_204, 18_200_000),
        ],
        goods: vec![
            GoodsLine {
                marks: "N/M".to_owned(),
                description: "冷冻去骨牛肉 FROZEN BONELESS BEEF, 分割包装 in cartons, −18 °C".to_owned(),
                packages: Some(940),
                package_unit: "纸箱 CT".to_owned(),
                gross: Some(GrossMass { grams: 24_512_500 }),
                volume: Some(Volume { litres: 58_400 }),
            },
            GoodsLine {
                marks: "MZLL\nNINGBO\nNO. 1–1204".to_owned(),
                description: "乳清蛋白粉 WHEY PROTEIN CONCENTRATE 80 %".to_owned(),
                packages: Some(1_204),
                package_unit: "袋 BG".to_owned(),
                gross: Some(GrossMass { grams: 18_200_000 }),
                volume: Some(Volume { litres: 26_900 }),
            },
        ],
        charges: ChargeState::Paid { amount: Amount::cny(185_000), at: at("2026-11-22T13:58"), reference: "PAY-20261122-7731".to_owned() },
        customs: CustomsState::Released { at: at("2026-11-22T11:20"), declaration_number: "310120261000458213".to_owned() },
        usage: DeliveryOrderUse::Open,
        notes: vec![
            "冷藏箱提箱前请确认发电机组；超过免费期按费率表计收。".to_owned(),
            "Reefer: have the generator set ready before pick-up.".to_owned(),
        ],
    }
}

pub fn receipt() -> EquipmentReceiptDoc {
    let sound = |panel| PanelReport { panel, condition: PanelCondition::Sound };
    EquipmentReceiptDoc {
        head: head("EIR-2026-112200231", Standing::Demonstration),
        operation: Operation::PickUpLaden,
        container_number: "CSQU3054383".to_owned(),
        size_type: "45R1".to_owned(),
        load: LoadState::Laden,
        operator: "北辰航运（示例） Northstar Lines".to_owned(),
        seals: vec!["NL884120".to_owned()],
        tare: Some(GrossMass { grams: 4_580_000 }),
        gross_max: Some(GrossMass { grams: 34_000_000 }),
        reefer: Some(Reefer { set_tenths_celsius: -180, ventilation: "关闭 closed".to_owned() }),
        bill_or_booking: "NSTR26110098821".to_owned(),
        vessel: Some("NORTHSTAR HARMONY".to_owned()),
        voyage: Some("0247E".to_owned()),
        trucker: party("东港集卡运输有限公司（示例）", "91330206MA2222222Z"),
        plate: "浙B·0C123挂".to_owned(),
        driver_masked: "王**".to_owned(),
        driver_phone_masked: Some("138****0000".to_owned()),
        place: "第二集装箱码头 Terminal Two".to_owned(),
        lane: "G3".to_owned(),
        gate_at: at("2026-11-22T16:42"),
        panels: vec![
            sound(Panel::Front),
            sound(Panel::Rear),
            PanelReport { panel: Panel::Left, condition: PanelCondition::Damaged },
            sound(Panel::Right),
            sound(Panel::Top),
            PanelReport { panel: Panel::Door, condition: PanelCondition::Damaged },
            sound(Panel::Floor),
            sound(Panel::Bottom),
        ],
        damages: vec![
            Damage {
                panel: Panel::Left,
                location: Some("LT2N".to_owned()),
                component: "PAA".to_owned(),
                kind: DamageType::Dent,
                repair: Some(Repair::Straighten),
                responsible: None,
                note: "30 × 20 cm，深 3 cm".to_owned(),
                photos: 2,
            },
            Damage {
                panel: Panel::Door,
                location: Some("DB1N".to_owned()),
                component: "GTS".to_owned(),
                kind: DamageType::Cut,
                repair: Some(Repair::Replace),
                responsible: Some("上一用箱人".to_owned()),
                note: "门封条割裂 40 cm".to_owned(),
                photos: 1,
            },
        ],
        signatures: vec![
            Handover {
                role: "交箱方 Delivered by".to_owned(),
                name_masked: "码头闸口 李*".to_owned(),
                at: at("2026-11-22T16:42"),
                method: "闸口系统电子签认 gate system".to_owned(),
            },
            Handover {
                role: "接箱方 Received by".to_owned(),
                name_masked: "王**".to_owned(),
                at: at("2026-11-22T16:43"),
                method: "司机手机确认 driver's phone".to_owned(),
            },
        ],
        notes: vec![],
    }
}

pub fn proof() -> LedgerReceiptDoc {
    let hash =
        |seed: u8| (0..32u8).map(|at| format!("{:02x}", at.wrapping_mul(37).wrapping_add(seed.wrapping_mul(91)))).collect::<String>();
    LedgerReceiptDoc {
        head: head("RCP-2026-48213", Standing::Demonstration),
        event_id: "0193520c-8a1e-7b3c-9d2f-5a6b7c8d9e0f".to_owned(),
        event_kind: "container.gated-out".to_owned(),
        event_title: "集装箱出闸 Container gated out".to_owned(),
        occurred_at: at("2026-11-22T16:42"),
        recorded_at: at("2026-11-22T16:42"),
        actor: "第二集装箱码头 Terminal Two".to_owned(),
        objects: vec![
            ReceiptObject { kind: "集装箱 container".to_owned(), id: "CSQU3054383".to_owned(), role: "主体 subject".to_owned() },
            ReceiptObject {
                kind: "提货单 delivery order".to_owned(), id: "DO-2026-112200017".to_owned(), role: "凭据 basis".to_owned()
            },
        ],
        leaf_hash: hash(1),
        leaf_index: 48_213,
        tree_size: 50_000,
        root_hash: hash(2),
        hash_algorithm: "SHA-256".to_owned(),
        signature: HeadSignature {
            algorithm: "Ed25519".to_owned(),
            key_id: hash(3),
            signature: format!("{}{}", hash(4), hash(5)),
            signed_at: at("2026-11-22T16:45"),
        },
        path: (10..26).map(hash).collect(),
        verify_command: Some("fairway ledger verify --data ./data".to_owned()),
    }
}

pub fn release() -> ReleaseNoticeDoc {
    ReleaseNoticeDoc {
        head: DocumentHead { issuer: "示例海关 Example Customs".to_owned(), ..head("RN-2026-112200458", Standing::Demonstration) },
        customs_office: "3101 示例海关".to_owned(),
        declaration_number: "310120261000458213".to_owned(),
        supervision_mode: "0110 一般贸易".to_owned(),
        declarant: party("甬畅报关物流有限公司（示例）", "91330201MA1111111Y"),
        consignee: party("明州冷链进出口有限公司（示例）", "91330200MA0000000X"),
        vessel: "NORTHSTAR HARMONY".to_owned(),
        voyage: "0247E".to_owned(),
        bill_number: "NSTR26110098821".to_owned(),
        place: "第二集装箱码头 Terminal Two".to_owned(),
        packages: Some(2_144),
        gross: Some(GrossMass { grams: 42_712_500 }),
        containers: order().containers.into_iter().map(|one| ReleasedContainer { number: one.number, size_type: one.size_type }).collect(),
        goods: vec![
            ReleasedGoods {
                item: 1,
                hs_code: "0202300090".to_owned(),
                name: "冷冻去骨牛肉".to_owned(),
                quantity: "24,100 千克".to_owned(),
                origin: "荷兰 NLD".to_owned(),
            },
            ReleasedGoods {
                item: 2,
                hs_code: "3502200090".to_owned(),
                name: "乳清蛋白粉（蛋白质含量 80 %）".to_owned(),
                quantity: "18,000 千克".to_owned(),
                origin: "荷兰 NLD".to_owned(),
            },
        ],
        released_at: at("2026-11-22T11:20"),
        basis: ReleaseBasis::AfterInspection,
        access: TwoStageAccess::LeaveOnly,
        conditions: vec!["货物运抵目的地后 5 日内申请目的地检查。".to_owned()],
    }
}

pub fn agency() -> AgencyAgreementDoc {
    let signature = |organisation: &str, person: &str, act: &str, minute: &str, event: &str| AgencySignature {
        organisation: organisation.to_owned(),
        person: person.to_owned(),
        act: act.to_owned(),
        at: at(minute),
        event: event.to_owned(),
    };
    AgencyAgreementDoc {
        head: head("A2611-000001", Standing::Demonstration),
        principal: party("明州冷链进出口有限公司（示例）", "91330200MA0000000X"),
        agent: party("甬畅报关物流有限公司（示例）", "91330201MA1111111Y"),
        acts: vec!["代理报关".to_owned(), "代理换单".to_owned()],
        bill: Some("NSTR26110098821".to_owned()),
        valid_from: "2026-11-22".to_owned(),
        valid_to: "2026-12-21".to_owned(),
        standing: AgencyStanding::Accepted,
        signatures: vec![
            signature("甬畅报关物流", "李示范", "提出代理委托", "2026-11-22T08:10", "0193520c-8a1e-7b3c-9d2f-5a6b7c8d9e0f"),
            signature("明州冷链", "王示范", "接受代理委托", "2026-11-22T09:30", "0193520c-8a1e-7b3c-9d2f-5a6b7c8d9e10"),
        ],
        reason: None,
    }
}

pub fn duty() -> DutyNoticeDoc {
    let line = |tax: &str, item, hs_code: &str, name: &str, base, rate: &str, amount| DutyLine {
        tax: tax.to_owned(),
        item,
        hs_code: hs_code.to_owned(),
        name: name.to_owned(),
        base: Amount::cny(base),
        rate: rate.to_owned(),
        amount: Amount::cny(amount),
    };
    DutyNoticeDoc {
        head: DocumentHead { issuer: "示例海关 Example Customs".to_owned(), ..head("310120261000458213-A01", Standing::Demonstration) },
        customs_office: "3101 示例海关".to_owned(),
        declaration_number: "310120261000458213".to_owned(),
        payer: party("明州冷链进出口有限公司（示例）", "91330200MA0000000X"),
        bill_number: "NSTR26110098821".to_owned(),
        lines: vec![
            line("进口关税 Import duty", 1, "0202300090", "冷冻去骨牛肉", 98_450_000, "12 %", 11_814_000),
            line("进口增值税 VAT", 1, "0202300090", "冷冻去骨牛肉", 110_264_000, "9 %", 9_923_760),
            line("进口关税 Import duty", 2, "3502200090", "乳清蛋白粉", 61_200_000, "10 %", 6_120_000),
            line("进口增值税 VAT", 2, "3502200090", "乳清蛋白粉", 67_320_000, "13 %", 8_751_600),
        ],
        total_fen: 36_609_360,
        due_at: at("2026-12-07T23:59"),
        payee: PayeeAccount {
            name: "示例国库 Example Treasury".to_owned(),
            bank: "沙盒银行 Sandbox Bank".to_owned(),
            account: "0000 0000 0000 1234".to_owned(),
        },
        state: DutyState::Due,
        notes: vec!["逾期缴纳的，自滞纳之日起按日加收滞纳金，费率以现行规定为准。".to_owned()],
    }
}

pub fn daily() -> DailyReportDoc {
    let line = |what: &str, state: &str, age: &str, reason: &str| DailyReportLine {
        what: what.to_owned(),
        state: state.to_owned(),
        age: age.to_owned(),
        reason: reason.to_owned(),
    };
    DailyReportDoc {
        head: head("3104-2026-11-27", Standing::Demonstration),
        day: "2026-11-27".to_owned(),
        district: "3104".to_owned(),
        officer: "安（示例）".to_owned(),
        opened: 214,
        cleared: 198,
        open: 23,
        late: false,
        groups: vec![
            line("箱已到场，等待查验并录入结果", "已到场", "4", "人员或场地不足"),
            line("单证不齐，等待企业补充", "待单证审核", "19", "待企业办理（补单、预约、缴税）"),
        ],
        cases: vec![line("I2611-000042 NSTR26110098821", "已到场", "1 天", "其他（须说明） 机检设备检修")],
        not_printed: 22,
        source: "结转原因为平台默认分类，未经海关核定".to_owned(),
    }
}

pub fn label() -> SampleLabelDoc {
    let head = head("Y2611-000042", Standing::Demonstration);
    SampleLabelDoc {
        taken_at: head.issued_at,
        head,
        goods: "鲜香蕉（示例）".to_owned(),
        hs_code: "0803900000".to_owned(),
        laboratory: "示范综合实验室".to_owned(),
        items: vec!["农药残留".to_owned(), "重金属".to_owned()],
        parts: vec![
            SampleLabelPart { keeper: false, quantity: "1.5 kg".to_owned(), seal: "YP100042A".to_owned() },
            SampleLabelPart { keeper: true, quantity: "1.5 kg".to_owned(), seal: "YP100042B".to_owned() },
        ],
        through_train: true,
    }
}
