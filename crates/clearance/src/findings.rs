//! Fault codes of the check of a declaration. A code is never reused for something else. Faults of single codes (`code.*`) are those of the
//! `codes` crate.

/// A fault code with what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingCode {
    /// The code.
    pub code: &'static str,
    /// Meaning in Chinese.
    pub zh: &'static str,
    /// Meaning in English.
    pub en: &'static str,
}

const fn code(code: &'static str, zh: &'static str, en: &'static str) -> FindingCode {
    FindingCode { code, zh, en }
}

/// Every fault code that the check of a declaration can give.
pub const CODES: &[FindingCode] = &[
    code("code.empty", "代码为空", "a code is empty"),
    code("code.length", "代码长度不符", "a code has the wrong length"),
    code("code.character", "代码含有不允许的字符", "a code has a character that is not allowed"),
    code("code.check-digit", "校验位不符", "a check digit is wrong"),
    code("code.unknown", "不在代码表中", "not in the code list"),
    code("code.range", "超出范围", "outside the range"),
    code("declaration-field-missing", "必填项未填", "a mandatory field is empty"),
    code("declaration-field-length", "超过字段长度", "a value is longer than its field"),
    code("declaration-code-unknown", "代码不在代码表中", "a code is not in its table"),
    code("declaration-code-expired", "代码在申报日不在有效期内", "a code is not valid on the day of declaration"),
    code("declaration-not-import", "仅受理进口报关单", "only import declarations are taken"),
    code("declaration-type", "单据类型不符", "the kind of declaration is malformed"),
    code("declaration-grade-mode", "企业信用等级不适用该模式", "the credit grade does not allow the mode"),
    code("declaration-bill-unknown", "无可申报的舱单数据", "there is no manifest data for the bill that the declarant may declare"),
    code("declaration-agency-missing", "没有收货人接受的代理委托", "there is no agency agreement accepted by the consignee"),
    code("declaration-bill-cancelled", "提运单已取消", "the bill is cancelled"),
    code("declaration-bill-declared", "提运单已申报", "the bill is already declared"),
    code("declaration-ship-differs", "船名与舱单不一致", "the ship differs from the manifest"),
    code("declaration-voyage-differs", "航次与舱单不一致", "the voyage differs from the manifest"),
    code("declaration-advance", "提前申报", "declared before arrival"),
    code("declaration-late", "超过申报期限", "declared after the limit"),
    code("declaration-agent-differs", "申报单位与登录企业不一致", "the declarant differs from the organisation that submits"),
    code("declaration-consignee-differs", "收货人与舱单不一致", "the consignee differs from the manifest"),
    code("declaration-packages", "件数不符", "packages are not a whole number above zero"),
    code("declaration-packages-differ", "件数与舱单不一致", "packages differ from the manifest"),
    code("declaration-weight", "重量不是有效数字", "a weight is not a figure"),
    code("declaration-weight-below-one", "不足一千克应填 1", "a weight below one kilogram is written 1"),
    code("declaration-net-above-gross", "净重大于毛重", "net weight above gross weight"),
    code("declaration-gross-differs", "毛重与舱单不一致", "gross weight differs from the manifest"),
    code("declaration-promise-items", "价格说明格式不符", "the price statements are malformed"),
    code("declaration-surety-flag", "担保验放标志不符", "the flag of release on guarantee is malformed"),
    code("declaration-port", "港口代码不符", "a port code is malformed"),
    code("declaration-port-unlisted", "港口不在代码表中", "a port is not in the code list"),
    code("declaration-charge", "费用填写不符", "a charge is malformed"),
    code("declaration-charge-missing", "成交方式需要填写费用", "the terms of delivery ask for a charge"),
    code("declaration-no-goods", "没有商品", "there are no goods"),
    code("declaration-too-many-goods", "商品项超过上限", "more goods than the limit"),
    code("declaration-goods-number", "商品序号不连续", "item numbers are not consecutive"),
    code("declaration-goods-code-length", "商品编号位数不符", "a goods code has neither 13 nor 10 digits"),
    code("declaration-goods-code-unknown", "税则无此商品编号", "the tariff has no such code"),
    code("declaration-elements-missing", "缺少申报要素", "the declaration elements are missing"),
    code("declaration-quantity", "数量不是大于零的数字", "a quantity is not a figure above zero"),
    code("declaration-first-unit", "第一法定单位与税则不一致", "the first unit differs from the tariff"),
    code("declaration-second-unit", "第二法定单位与税则不一致", "the second unit differs from the tariff"),
    code("declaration-price", "价格不是大于零的数字", "a price is not a figure above zero"),
    code("declaration-total-differs", "单价乘数量与总价不一致", "price times quantity differs from the total"),
    code("declaration-currencies-differ", "币制不一致", "the items name different currencies"),
    code("declaration-destination", "进口最终目的国应为中国", "the destination of an import is China"),
    code("declaration-countries-swapped", "原产国与目的国疑似颠倒", "origin and destination look swapped"),
    code("declaration-district-code", "境内目的地格式不符", "the domestic destination is malformed"),
    code("declaration-too-many-containers", "集装箱超过上限", "more containers than the limit"),
    code("declaration-container-twice", "集装箱重复", "a container appears twice"),
    code("declaration-container-not-on-bill", "集装箱不在提运单内", "a container is not on the bill"),
    code("declaration-container-missing", "未列明提运单的全部集装箱", "a container of the bill is not declared"),
    code("declaration-container-size", "集装箱规格与舱单不一致", "the container size differs from the manifest"),
    code("declaration-container-goods", "集装箱商品项号不符", "a container names goods that are not declared"),
    code("declaration-lcl-flag", "拼箱标识不符", "the flag of part loads is malformed"),
    code("declaration-too-many-documents", "随附单据超过上限", "more documents than the limit"),
    code("declaration-document", "随附单据填写不符", "an attached document is malformed"),
    code("declaration-document-size", "随附单据超过大小上限", "an attached document is too large"),
];
