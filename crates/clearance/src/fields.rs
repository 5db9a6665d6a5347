//! What each field of the form must contain, as data: one row per field drives the checks, the wire names and the screens' labels.

use codes::TableId;

use crate::{DeclarationForm, GoodsItem};

/// One field of `T`.
#[derive(Debug)]
pub struct FieldRule<T> {
    /// Name in the form and in JSON pointers.
    pub name: &'static str,
    /// Official name on the wire, misspellings kept.
    pub official: &'static str,
    /// Chinese label.
    pub zh: &'static str,
    /// English label.
    pub en: &'static str,
    /// Must be filled when declaring.
    pub mandatory: bool,
    /// Longest text, characters.
    pub length_max: usize,
    /// Code table its value belongs to.
    pub table: Option<TableId>,
    /// Reads the value.
    pub get: fn(&T) -> &str,
}

macro_rules! rules {
    ($form:ty; $($field:ident $name:literal $official:literal $zh:literal $en:literal $must:ident $length:literal $table:expr;)+) => {
        &[$(FieldRule { name: $name, official: $official, zh: $zh, en: $en, mandatory: rules!(@ $must), length_max: $length, table: $table, get: |form: &$form| &form.$field }),+]
    };
    (@ mandatory) => { true };
    (@ optional) => { false };
}

/// Header fields (表头). Source: the national declaration format (`domain` §2.2), as transcribed in public; verify before production.
#[rustfmt::skip]
pub const HEADER_FIELDS: &[FieldRule<DeclarationForm>] = rules! { DeclarationForm;
    ie_flag "ie_flag" "IEFlag" "进出口标志" "Import or export" mandatory 1 None;
    // The official column is mandatory, but blank means a normal complete declaration, so an empty text is right.
    decl_type "type" "Type" "单据类型" "Kind of declaration" optional 7 None;
    custom_master "custom_master" "CustomMaster" "申报地海关" "Customs of declaration" mandatory 4 Some(TableId::CustomsDistrict);
    ie_port "ie_port" "IEPort" "进出境关别" "Customs of entry" mandatory 4 Some(TableId::CustomsDistrict);
    trade_mode "trade_mode" "TradeMode" "监管方式" "Supervision mode" mandatory 4 Some(TableId::SupervisionMode);
    cut_mode "cut_mode" "CutMode" "征免性质" "Nature of levy" optional 3 Some(TableId::DutyNature);
    traf_mode "traf_mode" "TrafMode" "运输方式" "Mode of transport" mandatory 1 Some(TableId::TransportMode);
    traf_name "traf_name" "TrafName" "运输工具名称" "Name of the conveyance" mandatory 50 None;
    voy_no "voy_no" "VoyNo" "航次号" "Voyage" mandatory 32 None;
    bill_no "bill_no" "BillNo" "提运单号" "Bill number" mandatory 32 None;
    trade_country "trade_country" "TradeCountry" "启运国" "Country of departure" mandatory 3 Some(TableId::Country);
    trade_area_code "trade_area_code" "TradeAreaCode" "贸易国" "Country of trade" mandatory 3 Some(TableId::Country);
    distinate_port "distinate_port" "DistinatePort" "经停港" "Port of call" mandatory 6 None;
    desp_port_code "desp_port_code" "DespPortCode" "启运港" "Port of departure" mandatory 8 None;
    enty_port_code "enty_port_code" "EntyPortCode" "入境口岸" "Port of entry" mandatory 8 Some(TableId::DomesticPort);
    goods_place "goods_place" "GoodsPlace" "货物存放地点" "Place of the goods" mandatory 100 None;
    trans_mode "trans_mode" "TransMode" "成交方式" "Terms of delivery" mandatory 1 Some(TableId::TermsOfDelivery);
    pack_no "pack_no" "PackNo" "件数" "Packages" mandatory 9 None;
    wrap_type "wrap_type" "WrapType" "包装种类" "Kind of packages" mandatory 2 Some(TableId::PackageKind);
    gross_wt "gross_wt" "GrossWet" "毛重" "Gross weight" mandatory 20 None;
    net_wt "net_wt" "NetWt" "净重" "Net weight" mandatory 20 None;
    trade_co_scc "trade_co_scc" "TradeCoScc" "境内收货人统一社会信用代码" "Credit code of the consignee" mandatory 18 None;
    trade_name "trade_name" "TradeName" "境内收货人" "Consignee" mandatory 100 None;
    owner_code_scc "owner_code_scc" "OwnerCodeScc" "消费使用单位统一社会信用代码" "Credit code of the end user" mandatory 18 None;
    owner_name "owner_name" "OwnerName" "消费使用单位" "End user" mandatory 100 None;
    agent_code_scc "agent_code_scc" "AgentCodeScc" "申报单位统一社会信用代码" "Credit code of the declarant" mandatory 18 None;
    agent_name "agent_name" "AgentName" "申报单位" "Declarant" mandatory 100 None;
    overseas_consignor_name "overseas_consignor_name" "OverseasConsignorEname" "境外发货人" "Consignor abroad" optional 100 None;
    contr_no "contr_no" "ContrNo" "合同号" "Contract" optional 32 None;
    note_s "note_s" "NoteS" "备注" "Notes" optional 255 None;
    mark_no "mark_no" "MarkNo" "标记唛码" "Marks" optional 400 None;
    promise_items "promise_items" "PromiseItmes" "价格说明" "Price statements" mandatory 32 None;
    chk_surety "chk_surety" "ChkSurety" "担保验放" "Release on guarantee" optional 1 None;
};

/// Goods fields (表体). Source: as for [`HEADER_FIELDS`], §2.3.
#[rustfmt::skip]
pub const GOODS_FIELDS: &[FieldRule<GoodsItem>] = rules! { GoodsItem;
    g_no "g_no" "GNo" "商品序号" "Item number" mandatory 9 None;
    code_ts "code_ts" "CodeTS" "商品编号" "Goods code" mandatory 13 None;
    g_name "g_name" "GName" "商品名称" "Name of the goods" mandatory 255 None;
    g_model "g_model" "GModel" "规格型号" "Declaration elements" optional 255 None;
    g_qty "g_qty" "GQty" "成交数量" "Quantity" mandatory 20 None;
    g_unit "g_unit" "GUnit" "成交单位" "Unit" mandatory 3 Some(TableId::Unit);
    first_qty "first_qty" "FirstQty" "第一法定数量" "First statutory quantity" mandatory 20 None;
    first_unit "first_unit" "FirstUnit" "第一法定单位" "First statutory unit" mandatory 3 Some(TableId::Unit);
    second_qty "second_qty" "SecondQty" "第二法定数量" "Second statutory quantity" optional 20 None;
    second_unit "second_unit" "SecondUnit" "第二法定单位" "Second statutory unit" optional 3 Some(TableId::Unit);
    decl_price "decl_price" "DeclPrice" "单价" "Unit price" mandatory 20 None;
    decl_total "decl_total" "DeclTotal" "总价" "Total price" mandatory 20 None;
    trade_curr "trade_curr" "TradeCurr" "币制" "Currency" mandatory 3 Some(TableId::Currency);
    duty_mode "duty_mode" "DutyMode" "征免方式" "Manner of levy" mandatory 1 Some(TableId::DutyExemption);
    origin_country "origin_country" "OriginCountry" "原产国" "Country of origin" mandatory 3 Some(TableId::Country);
    destination_country "destination_country" "DestinationCountry" "最终目的国" "Country of destination" mandatory 3 Some(TableId::Country);
    district_code "district_code" "DistrictCode" "境内目的地" "Domestic destination" mandatory 5 None;
    goods_attr "goods_attr" "GoodsAttr" "货物属性" "Attributes of the goods" optional 20 None;
};
