//! Files that are no EDIFACT for people: XML element by element, air cargo messages line by line.

use codes::Text;

use crate::cargo_imp;
use crate::tree::{ComponentView, ElementView, SegmentView};
use crate::xml::{self, Element};

/// Most rows of a file.
const ROWS_MAX: usize = 20_000;

/// Names of the elements of rail supervision messages, as a public description has them.
const RAIL_NAMES: &[(&str, &str, &str)] = &[
    ("MESSAGE_HEAD", "报文头", "Head"),
    ("MESSAGE_ID", "报文编号", "Number of the message"),
    ("FUNCTION_CODE", "功能代码", "Function: 2 add, 3 delete"),
    ("MESSAGE_TYPE", "报文类型", "Type"),
    ("MESSAGE_CREATE_TIME", "报文生成时间", "When it was made"),
    ("SENDER", "发送方", "Sender"),
    ("RECEIVER", "接收方", "Receiver"),
    ("VERSION", "版本", "Version"),
    ("MESSAGE_LIST", "报文体", "Content"),
    ("DECL_PORT", "申报地海关", "Customs"),
    ("CUSTOMS_CODE", "关区", "Customs"),
    ("UNLOADING_PLACE", "卸货地", "Place of unloading"),
    ("LOADING_PLACE", "装货地", "Place of loading"),
    ("DISCHARGE_PLACE", "装卸货地", "Place"),
    ("ACTUALDATETIME", "开始时间", "When it began"),
    ("COMPLETEDDATETIME", "结束时间", "When it ended"),
    ("ARRIVE_TIME", "运抵时间", "When the goods arrived"),
    ("RAILWAY_BILLINFO", "运单", "Waybill"),
    ("BILL_INFO", "运单", "Waybill"),
    ("BILL_NO", "运单号", "Waybill number"),
    ("CARRIAGE_NO", "车皮号", "Wagon"),
    ("PACK_NO", "件数", "Packages"),
    ("GROSS_WT", "毛重（千克）", "Gross mass, kg"),
    ("CONTAINER_INFO", "集装箱", "Box"),
    ("CONTA_INFO", "集装箱", "Box"),
    ("CONTA_NO", "箱号", "Container number"),
    ("CONTA_TYPE", "箱型", "Size and type"),
    ("SEALID", "封志号", "Seal"),
    ("NOTES", "备注", "Remark"),
    ("ARRIVE_INFO", "运抵", "Arrival"),
    ("ARRIVE_NO", "运抵编号", "Number of the arrival"),
    ("PART_ARRIVE_NO", "运抵编号", "Number of the arrival"),
    ("RESPONSE_INFO", "回执", "Receipt"),
    ("MSGID", "所答报文编号", "Message answered"),
    ("CHK_FLAG", "审核标志", "01 accepted, 03 rejected"),
    ("REL_MODE", "放行方式", "Mode of release"),
    ("REL_TIME", "放行时间", "When it was released"),
    ("I_E_FLAG", "进出口标志", "I import, E export"),
    ("VOYAGE_NO", "车次", "Train"),
    ("FORM_NO", "单证号", "Number of the document"),
];

/// Names of the lines of air cargo messages.
const AIR_NAMES: &[(&str, &str, &str)] = &[
    ("FFM", "航班舱单", "Flight manifest"),
    ("FWB", "航空运单", "Air waybill"),
    ("FHL", "分运单清单", "Houses"),
    ("FSU", "货物状态", "Status"),
    ("FMA", "确认", "Acknowledgement"),
    ("FNA", "拒收", "Rejection"),
    ("ACK", "答复", "Reason"),
    ("ULD", "集装器", "Unit load device"),
    ("MBI", "主运单", "Master waybill"),
    ("HBS", "分运单", "House waybill"),
    ("SHP", "发货人", "Shipper"),
    ("CNE", "收货人", "Consignee"),
    ("NAM", "名称", "Name"),
    ("ADR", "地址", "Address"),
    ("LOC", "地点", "Place"),
    ("AGT", "代理人", "Agent"),
    ("FLT", "订舱航班", "Flight booked"),
    ("RTG", "航程", "Routing"),
    ("RTD", "运价与品名", "Rates and goods"),
    ("CVD", "声明价值", "Charge declarations"),
    ("ISU", "制单", "Issued"),
    ("OCI", "海关信息", "Customs information"),
    ("DIM", "尺寸", "Dimensions"),
    ("OSI", "其他信息", "Other information"),
    ("SSR", "特殊服务", "Special service"),
    ("TXT", "文字", "Text"),
    ("HTS", "税则号", "Tariff code"),
    ("LAST", "舱单结束", "End of the manifest"),
    ("CONT", "舱单未完", "More parts follow"),
];

fn name(table: &[(&str, &'static str, &'static str)], tag: &str) -> Text {
    table
        .iter()
        .find(|(known, ..)| *known == tag)
        .map_or_else(|| Text::new(tag.to_owned(), tag.to_owned()), |(_, zh, en)| Text::new(*zh, *en))
}

/// The rows of a file that is no EDIFACT; `None` when it is EDIFACT or a flat file.
pub(crate) fn rows(bytes: &[u8]) -> Option<Vec<SegmentView>> {
    if app::inbox::ending(bytes) == "xml" {
        let mut found = Vec::new();
        if let Ok(root) = xml::tree(bytes, None) {
            elements(bytes, &root, None, 0, &mut found);
        }
        return Some(found);
    }
    let answer = bytes.starts_with(b"FMA\r\n") || bytes.starts_with(b"FNA/");
    (answer || cargo_imp::is_air(bytes)).then(|| lines(bytes))
}

fn elements(bytes: &[u8], element: &Element, parent: Option<&str>, depth: u32, found: &mut Vec<SegmentView>) {
    if found.len() >= ROWS_MAX {
        return;
    }
    let offset = usize::try_from(element.offset()).unwrap_or(usize::MAX);
    let rest = bytes.get(offset..).unwrap_or(&[]);
    let tag_end = rest.iter().position(|byte| *byte == b'>').map_or(rest.len(), |at| at + 1);
    let length = rest[tag_end..].iter().position(|byte| *byte == b'<').unwrap_or(rest.len() - tag_end);
    let leaf = element.children().is_empty();
    let value = if leaf { element.text().to_owned() } else { String::new() };
    let part = ComponentView {
        position: 1,
        id: None,
        name: None,
        value: value.clone(),
        meaning: None,
        offset: (offset + tag_end) as u64,
        length: length as u64,
    };
    found.push(SegmentView {
        index: element.number(),
        offset: element.offset(),
        length: if leaf { (tag_end + length) as u64 } else { tag_end as u64 },
        tag: element.name().to_owned(),
        name: name(RAIL_NAMES, element.name()),
        group: parent.map(str::to_owned),
        opens: !leaf,
        depth,
        text: if leaf { format!("{} {value}", element.name()) } else { element.name().to_owned() },
        elements: if leaf { vec![ElementView { position: 1, id: None, name: None, components: vec![part] }] } else { Vec::new() },
    });
    for child in element.children() {
        elements(bytes, child, Some(element.name()), depth + 1, found);
    }
}

fn lines(bytes: &[u8]) -> Vec<SegmentView> {
    cargo_imp::lines(bytes)
        .take(ROWS_MAX)
        .map(|line| {
            let text = String::from_utf8_lossy(line.bytes()).into_owned();
            let tag = match line.tag() {
                "" => text.split(['/', ' ']).next().unwrap_or("").chars().take(4).filter(|c| c.is_ascii_uppercase()).collect::<String>(),
                tag => tag.to_owned(),
            };
            let (offset, length) = (line.offset() as u64, line.bytes().len() as u64);
            let part = ComponentView { position: 1, id: None, name: None, value: text.clone(), meaning: None, offset, length };
            SegmentView {
                index: line.number(),
                offset,
                length,
                name: name(AIR_NAMES, &tag),
                tag,
                group: None,
                opens: false,
                depth: 0,
                text,
                elements: vec![ElementView { position: 1, id: None, name: None, components: vec![part] }],
            }
        })
        .collect()
}
