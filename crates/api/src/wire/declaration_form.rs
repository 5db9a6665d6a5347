//! The content of a declaration on the wire: every value as typed, names as in the national format in snake case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Declares a wire structure with the same fields as one of the domain, and the mapping in both directions.
macro_rules! mirrored {
    ($(#[$meta:meta])* $name:ident = $domain:path { $($(#[$fmeta:meta])* $field:ident: $type:ty = $how:tt),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(default)]
        pub(crate) struct $name { $($(#[$fmeta])* pub $field: $type),* }

        impl From<$domain> for $name {
            fn from(from: $domain) -> Self {
                Self { $($field: mirrored!(@$how from.$field)),* }
            }
        }

        impl From<$name> for $domain {
            fn from(from: $name) -> Self {
                Self { $($field: mirrored!(@$how from.$field)),* }
            }
        }
    };
    (@same $value:expr) => { $value };
    (@one $value:expr) => { $value.into() };
    (@many $value:expr) => { $value.into_iter().map(Into::into).collect() };
}

mirrored! {
    /// Freight, insurance or other charges (运费、保费、杂费).
    DeclarationCharge = clearance::Charge {
        /// 1 rate in percent, 2 price per tonne, 3 total.
        mark: String = same,
        /// Figure: percent, price or total.
        rate: String = same,
        /// Currency (币制); empty for a rate.
        curr: String = same,
    }
}

mirrored! {
    /// One item of goods (商品项).
    DeclarationGoods = clearance::GoodsItem {
        /// GNo 商品序号, from 1.
        g_no: String = same,
        /// CodeTS 商品编号: 13 digits, or the first 10 of them.
        code_ts: String = same,
        /// GName 商品名称.
        g_name: String = same,
        /// GModel 规格型号 / 申报要素, elements separated by `|`.
        g_model: String = same,
        /// GQty 成交数量.
        g_qty: String = same,
        /// GUnit 成交单位.
        g_unit: String = same,
        /// FirstQty 第一法定数量.
        first_qty: String = same,
        /// FirstUnit 第一法定单位.
        first_unit: String = same,
        /// SecondQty 第二法定数量.
        second_qty: String = same,
        /// SecondUnit 第二法定单位.
        second_unit: String = same,
        /// DeclPrice 单价.
        decl_price: String = same,
        /// DeclTotal 总价.
        decl_total: String = same,
        /// TradeCurr 币制.
        trade_curr: String = same,
        /// DutyMode 征免方式.
        duty_mode: String = same,
        /// OriginCountry 原产国. Means what it says here; the swap on export happens on the wire only.
        origin_country: String = same,
        /// DestinationCountry 最终目的国.
        destination_country: String = same,
        /// DistrictCode 境内目的地 / 境内货源地.
        district_code: String = same,
        /// GoodsAttr 货物属性, several joined by commas.
        goods_attr: String = same,
    }
}

mirrored! {
    /// A container of the declaration (集装箱).
    DeclarationContainer = clearance::FormContainer {
        /// ContainerId 集装箱号.
        container_id: String = same,
        /// ContainerMd 集装箱规格: 11, 12, 13, 21, 22, 23 …
        container_md: String = same,
        /// GoodsNo 商品项号, `1,3`.
        goods_no: String = same,
        /// LclFlag 拼箱标识: 1 or 0.
        lcl_flag: String = same,
    }
}

mirrored! {
    /// An attached document (随附单据).
    DeclarationDocument = clearance::FormDocument {
        /// EdocCode 随附单据类型.
        edoc_code: String = same,
        /// File name.
        name: String = same,
        /// SHA-256 of the bytes, lower-case hex.
        sha256: String = same,
        /// Bytes.
        size: u64 = same,
    }
}

mirrored! {
    /// A declaration as typed.
    DeclarationForm = clearance::DeclarationForm {
        /// IEFlag 进出口标志: I import, E export.
        ie_flag: String = same,
        /// Type 单据类型: blank is a normal, complete declaration.
        #[serde(rename = "type")]
        decl_type: String = same,
        /// CustomMaster 申报地海关.
        custom_master: String = same,
        /// IEPort 进出境关别.
        ie_port: String = same,
        /// TradeMode 监管方式.
        trade_mode: String = same,
        /// CutMode 征免性质.
        cut_mode: String = same,
        /// TrafMode 运输方式.
        traf_mode: String = same,
        /// TrafName 运输工具名称.
        traf_name: String = same,
        /// VoyNo 航次号.
        voy_no: String = same,
        /// BillNo 提运单号.
        bill_no: String = same,
        /// TradeCountry 启运国 / 运抵国.
        trade_country: String = same,
        /// TradeAreaCode 贸易国.
        trade_area_code: String = same,
        /// DistinatePort 经停港 / 指运港 (official spelling).
        distinate_port: String = same,
        /// DespPortCode 启运港.
        desp_port_code: String = same,
        /// EntyPortCode 入境口岸 / 离境口岸.
        enty_port_code: String = same,
        /// GoodsPlace 货物存放地点.
        goods_place: String = same,
        /// TransMode 成交方式.
        trans_mode: String = same,
        /// Freight 运费 (FeeMark, FeeRate, FeeCurr).
        fee: DeclarationCharge = one,
        /// Insurance 保费 (InsurMark, InsurRate, InsurCurr).
        insur: DeclarationCharge = one,
        /// Other charges 杂费 (OtherMark, OtherRate, OtherCurr).
        other: DeclarationCharge = one,
        /// PackNo 件数.
        pack_no: String = same,
        /// WrapType 包装种类.
        wrap_type: String = same,
        /// GrossWet 毛重, kg (official spelling on the wire).
        gross_wt: String = same,
        /// NetWt 净重, kg.
        net_wt: String = same,
        /// TradeCoScc 境内收发货人统一社会信用代码.
        trade_co_scc: String = same,
        /// TradeName 境内收发货人.
        trade_name: String = same,
        /// OwnerCodeScc 消费使用 / 生产销售单位统一社会信用代码.
        owner_code_scc: String = same,
        /// OwnerName 消费使用 / 生产销售单位.
        owner_name: String = same,
        /// AgentCodeScc 申报单位统一社会信用代码.
        agent_code_scc: String = same,
        /// AgentName 申报单位.
        agent_name: String = same,
        /// OverseasConsignorEname 境外发货人.
        overseas_consignor_name: String = same,
        /// ContrNo 合同号.
        contr_no: String = same,
        /// NoteS 备注.
        note_s: String = same,
        /// MarkNo 标记唛码.
        mark_no: String = same,
        /// PromiseItmes 价格说明: five flags, 1 yes, 0 no, 9 blank: special relation, price influence, royalty, formula price, provisional
        /// price.
        promise_items: String = same,
        /// ChkSurety 担保验放: 1 or 0.
        chk_surety: String = same,
        /// Goods.
        goods: Vec<DeclarationGoods> = many,
        /// Containers.
        containers: Vec<DeclarationContainer> = many,
        /// Attached documents.
        documents: Vec<DeclarationDocument> = many,
    }
}
