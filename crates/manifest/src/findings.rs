//! Fault codes of the manifest room. A code is never reused for something else.

pub use codes::FindingCode;
use codes::finding_code as code;

/// Every fault code that a check of a manifest can give.
pub const CODES: &[FindingCode] = &[
    code("manifest-call-unknown", "未找到航次", "the ship call is not known"),
    code("manifest-call-closed", "航次已结束", "the ship call is closed"),
    code("manifest-voyage-differs", "船名或航次与船舶预报不一致", "ship or voyage differs from the announced call"),
    code("manifest-no-bills", "舱单没有提运单", "the manifest lists no bill"),
    code("manifest-too-many-bills", "提运单数超过上限", "more bills than the limit"),
    code("manifest-bill-twice", "同一舱单内提运单号重复", "a bill number appears twice in the manifest"),
    code("manifest-late", "舱单传输晚于规定时限", "the manifest was sent later than the limit"),
    code("bill-number-length", "提运单号长度不符", "bill number empty or too long"),
    code("bill-number-characters", "提运单号含有不可见或不允许的字符", "bill number holds characters that do not show or are not allowed"),
    code("bill-number-reused", "提运单号两年内重复", "bill number used within two years"),
    code("bill-text-missing", "必填项缺失", "a mandatory text is missing"),
    code("bill-text-length", "文本超过长度上限", "a text is longer than its field"),
    code("bill-port-unknown", "港口代码不在代码表中", "a port is not in the code list"),
    code("bill-port-malformed", "港口代码格式不符", "a port code is malformed"),
    code("bill-onward-here", "中转目的港与卸货港相同", "the next port of a transhipment is the port of discharge"),
    code("bill-consignee-code", "收货人统一社会信用代码不符", "the consignee's credit code is malformed"),
    code("bill-consignee-code-missing", "收货人代码缺失", "the consignee's code is missing"),
    code("bill-no-containers", "提单没有集装箱", "the bill lists no container"),
    code("bill-too-many-containers", "集装箱数超过上限", "more containers than the limit"),
    code("bill-container-number", "集装箱号校验不符", "a container number fails its check"),
    code("bill-container-twice", "同一提单内箱号重复", "a container appears twice on the bill"),
    code("bill-size-type-unknown", "箱型尺寸代码不在代码表中", "size and type code not in the code list"),
    code("bill-no-goods", "提单没有货物", "the bill lists no goods"),
    code("bill-too-many-goods", "货物行数超过上限", "more lines of goods than the limit"),
    code("bill-packages-zero", "件数为零", "packages are zero"),
    code("bill-gross-zero", "毛重为零", "gross mass is zero"),
    code("bill-packages-differ", "集装箱与货物件数不一致", "packages of containers and goods differ"),
    code("bill-gross-differs", "集装箱与货物毛重不一致", "gross mass of containers and goods differs"),
    code("bill-package-kind-unknown", "包装种类不在代码表中", "kind of packages not in the code list"),
    code("bill-hs-malformed", "商品编码格式不符", "HS code malformed"),
    code("bill-un-number", "联合国编号格式不符", "UN number malformed"),
];
