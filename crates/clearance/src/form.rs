//! The content of a declaration as typed (报关单草稿): every value is text, so that a draft keeps whatever the declarant wrote.
//!
//! Names are the official ones in snake case (`domain` §2.2 and §2.3 of the national format); [`crate::official_json`] writes the official
//! spelling, errors included. What a field must contain is said once, in [`crate::HEADER_FIELDS`] and [`crate::GOODS_FIELDS`].

use serde::{Deserialize, Serialize};

/// Most goods in one declaration (filling rules, Announcement 60/2018: 50 items).
pub const GOODS_MAX: usize = 50;
/// Most containers in one declaration.
pub const CONTAINERS_MAX: usize = 200;
/// Most attached documents.
pub const DOCUMENTS_MAX: usize = 50;
/// Largest attached document, bytes.
pub const DOCUMENT_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Freight, insurance or other charges (运费、保费、杂费).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Charge {
    /// 1 rate in percent, 2 price per tonne, 3 total.
    pub mark: String,
    /// Figure: percent, price or total.
    pub rate: String,
    /// Currency (币制); empty for a rate.
    pub curr: String,
}

impl Charge {
    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        self.mark.trim().is_empty() && self.rate.trim().is_empty() && self.curr.trim().is_empty()
    }
}

/// One item of goods (商品项).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GoodsItem {
    /// GNo 商品序号, from 1.
    pub g_no: String,
    /// CodeTS 商品编号: 13 digits, or the first 10 of them.
    pub code_ts: String,
    /// GName 商品名称.
    pub g_name: String,
    /// GModel 规格型号 / 申报要素, elements separated by `|`.
    pub g_model: String,
    /// GQty 成交数量.
    pub g_qty: String,
    /// GUnit 成交单位.
    pub g_unit: String,
    /// FirstQty 第一法定数量.
    pub first_qty: String,
    /// FirstUnit 第一法定单位.
    pub first_unit: String,
    /// SecondQty 第二法定数量.
    pub second_qty: String,
    /// SecondUnit 第二法定单位.
    pub second_unit: String,
    /// DeclPrice 单价.
    pub decl_price: String,
    /// DeclTotal 总价.
    pub decl_total: String,
    /// TradeCurr 币制.
    pub trade_curr: String,
    /// DutyMode 征免方式.
    pub duty_mode: String,
    /// OriginCountry 原产国. Means what it says here; the swap on export happens on the wire only.
    pub origin_country: String,
    /// DestinationCountry 最终目的国.
    pub destination_country: String,
    /// DistrictCode 境内目的地 / 境内货源地.
    pub district_code: String,
    /// GoodsAttr 货物属性, several joined by commas.
    pub goods_attr: String,
}

/// A container of the declaration (集装箱).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormContainer {
    /// ContainerId 集装箱号.
    pub container_id: String,
    /// ContainerMd 集装箱规格: 11, 12, 13, 21, 22, 23 …
    pub container_md: String,
    /// GoodsNo 商品项号, `1,3`.
    pub goods_no: String,
    /// LclFlag 拼箱标识: 1 or 0.
    pub lcl_flag: String,
}

/// An attached document (随附单据).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormDocument {
    /// EdocCode 随附单据类型.
    pub edoc_code: String,
    /// File name.
    pub name: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// A declaration as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeclarationForm {
    /// IEFlag 进出口标志: I import, E export.
    pub ie_flag: String,
    /// Type 单据类型: blank is a normal, complete declaration.
    #[serde(rename = "type")]
    pub decl_type: String,
    /// CustomMaster 申报地海关.
    pub custom_master: String,
    /// IEPort 进出境关别.
    pub ie_port: String,
    /// TradeMode 监管方式.
    pub trade_mode: String,
    /// CutMode 征免性质.
    pub cut_mode: String,
    /// TrafMode 运输方式.
    pub traf_mode: String,
    /// TrafName 运输工具名称.
    pub traf_name: String,
    /// VoyNo 航次号.
    pub voy_no: String,
    /// BillNo 提运单号.
    pub bill_no: String,
    /// TradeCountry 启运国 / 运抵国.
    pub trade_country: String,
    /// TradeAreaCode 贸易国.
    pub trade_area_code: String,
    /// DistinatePort 经停港 / 指运港 (official spelling).
    pub distinate_port: String,
    /// DespPortCode 启运港.
    pub desp_port_code: String,
    /// EntyPortCode 入境口岸 / 离境口岸.
    pub enty_port_code: String,
    /// GoodsPlace 货物存放地点.
    pub goods_place: String,
    /// TransMode 成交方式.
    pub trans_mode: String,
    /// Freight 运费 (FeeMark, FeeRate, FeeCurr).
    pub fee: Charge,
    /// Insurance 保费 (InsurMark, InsurRate, InsurCurr).
    pub insur: Charge,
    /// Other charges 杂费 (OtherMark, OtherRate, OtherCurr).
    pub other: Charge,
    /// PackNo 件数.
    pub pack_no: String,
    /// WrapType 包装种类.
    pub wrap_type: String,
    /// GrossWet 毛重, kg (official spelling on the wire).
    pub gross_wt: String,
    /// NetWt 净重, kg.
    pub net_wt: String,
    /// TradeCoScc 境内收发货人统一社会信用代码.
    pub trade_co_scc: String,
    /// TradeName 境内收发货人.
    pub trade_name: String,
    /// OwnerCodeScc 消费使用 / 生产销售单位统一社会信用代码.
    pub owner_code_scc: String,
    /// OwnerName 消费使用 / 生产销售单位.
    pub owner_name: String,
    /// AgentCodeScc 申报单位统一社会信用代码.
    pub agent_code_scc: String,
    /// AgentName 申报单位.
    pub agent_name: String,
    /// OverseasConsignorEname 境外发货人.
    pub overseas_consignor_name: String,
    /// ContrNo 合同号.
    pub contr_no: String,
    /// NoteS 备注.
    pub note_s: String,
    /// MarkNo 标记唛码.
    pub mark_no: String,
    /// PromiseItmes 价格说明: five flags, 1 yes, 0 no, 9 blank: special relation, price influence, royalty, formula price, provisional
    /// price.
    pub promise_items: String,
    /// ChkSurety 担保验放: 1 or 0.
    pub chk_surety: String,
    /// Goods.
    pub goods: Vec<GoodsItem>,
    /// Containers.
    pub containers: Vec<FormContainer>,
    /// Attached documents.
    pub documents: Vec<FormDocument>,
}
