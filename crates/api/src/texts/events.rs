//! Events in words, for timelines.

use crate::wire::Text;

/// (event kind, Chinese, English)
const EVENTS: &[(&str, &str, &str)] = &[
    ("ship-call.announced", "船舶预报", "Ship announced"),
    ("ship-call.changed", "预报变更", "Announcement changed"),
    ("ship-call.arrived", "船舶抵港", "Ship arrived"),
    ("ship-call.departed", "船舶离港", "Ship departed"),
    ("ship-call.cancelled", "航次取消", "Call cancelled"),
    ("manifest.accepted", "舱单接受", "Manifest accepted"),
    ("manifest.confirmed", "舱单确报", "Manifest confirmed"),
    ("manifest.rejected", "舱单退单", "Manifest rejected"),
    ("bill.manifested", "列入舱单", "Bill manifested"),
    ("bill.amended", "提单更改", "Bill amended"),
    ("bill.container-landed", "集装箱落地", "Container landed"),
    ("bill.declared", "提单已申报", "Bill declared"),
    ("bill.declaration-ended", "申报终止", "Declaration of the bill ended"),
    ("bill.ordered", "提单已申请换单", "Delivery order asked for"),
    ("bill.order-ended", "换单申请终止", "Delivery order of the bill ended"),
    ("bill.cancelled", "提单取消", "Bill cancelled"),
    ("container.announced", "箱信息预报", "Container announced"),
    ("container.discharged", "卸船理货", "Discharged and tallied"),
    ("container.moved", "场内移位", "Moved in the yard"),
    ("container.moved-to-inspection", "调箱至查验场", "Moved to inspection"),
    ("container.returned", "查验后回场", "Back from inspection"),
    ("container.released", "海关放行（箱）", "Container released"),
    ("container.held", "集装箱扣留", "Container held"),
    ("container.hold-lifted", "解除扣留", "Hold lifted"),
    ("container.party-admitted", "收货人关联箱", "Consignee follows the box"),
    ("container.order-issued", "提货单生效", "Delivery order in force"),
    ("container.order-ended", "提货单失效", "Delivery order no longer in force"),
    ("container.booked", "预约提箱", "Pick-up booked"),
    ("container.booking-ended", "预约终止", "Booking ended"),
    ("container.gated-in", "集卡进闸", "Truck gated in"),
    ("container.gated-out", "提箱出闸", "Gated out"),
    ("declaration.drafted", "报关单起草", "Declaration drafted"),
    ("declaration.edited", "报关单修改", "Declaration edited"),
    ("declaration.accepted", "申报受理", "Declaration accepted"),
    ("declaration.decided", "布控答复", "Risk decision given"),
    ("declaration.landed", "货物到港", "Goods landed"),
    ("declaration.documents-requested", "要求补充单证", "Documents asked for"),
    ("declaration.documents-supplied", "补充单证", "Documents supplied"),
    ("declaration.documents-passed", "单证审核通过", "Documents passed"),
    ("declaration.inspection-ordered", "下达查验", "Inspection ordered"),
    ("declaration.inspection-cleared", "查验通过", "Inspection cleared"),
    ("declaration.inspection-failed", "查验不通过", "Inspection not passed"),
    ("declaration.duty-charged", "税费核定", "Duty assessed"),
    ("declaration.duty-settled", "税费结清", "Duty settled"),
    ("declaration.held", "报关单挂起", "Declaration held"),
    ("declaration.hold-lifted", "解除挂起", "Hold lifted"),
    ("declaration.released", "海关放行", "Customs release"),
    ("declaration.rejected", "退单", "Sent back"),
    ("declaration.withdrawn", "撤单", "Withdrawn"),
    ("duty-notice.issued", "税单签发", "Duty notice issued"),
    ("duty-notice.payment-ordered", "税费支付指令", "Duty payment ordered"),
    ("duty-notice.payment-failed", "税费支付失败", "Duty payment failed"),
    ("duty-notice.paid", "税费缴纳", "Duty paid"),
    ("duty-notice.guaranteed", "税费担保", "Duty guaranteed"),
    ("duty-notice.waived", "税费免除", "Duty waived"),
    ("guarantee.registered", "担保备案", "Guarantee registered"),
    ("guarantee.occupied", "担保额度占用", "Guarantee occupied"),
    ("guarantee.restored", "担保额度恢复", "Guarantee restored"),
    ("agency-agreement.proposed", "提出代理委托", "Agency agreement proposed"),
    ("agency-agreement.accepted", "接受代理委托", "Agency agreement accepted"),
    ("agency-agreement.declined", "拒绝代理委托", "Agency agreement declined"),
    ("agency-agreement.revoked", "撤销代理委托", "Agency agreement revoked"),
    ("payment.ordered", "支付下达", "Payment ordered"),
    ("payment.sent", "支付已送银行", "Payment with the bank"),
    ("payment.settled", "支付到账", "Payment settled"),
    ("payment.failed", "支付失败", "Payment failed"),
    ("inspection.ordered", "查验指令", "Inspection ordered"),
    ("inspection.appointed", "查验预约", "Inspection booked"),
    ("inspection.officers-drawn", "查验人员抽取", "Officers drawn"),
    ("inspection.officer-replaced", "查验人员更换", "Officer replaced"),
    ("inspection.recorded", "查验结果录入", "Inspection result written down"),
    ("inspection.result-returned", "查验结果退回", "Inspection result taken up again"),
    ("inspection.box-arrived", "箱到查验场", "Box at the inspection site"),
    ("inspection.resulted", "查验结果", "Inspection result"),
    ("inspection.cancelled", "查验撤销", "Inspection cancelled"),
    ("delivery-order.requested", "申请换单", "Delivery order requested"),
    ("delivery-order.charges-paid", "换单费付清", "Charges paid"),
    ("delivery-order.charges-waived", "换单费免收", "Charges waived"),
    ("delivery-order.issued", "签发提货单", "Delivery order issued"),
    ("delivery-order.free-period-began", "免堆期起算", "Free storage begins"),
    ("delivery-order.transferred", "提货单转让", "Delivery order transferred"),
    ("delivery-order.redeemed", "提货单核销", "Delivery order redeemed"),
    ("delivery-order.cancelled", "提货单取消", "Delivery order cancelled"),
    ("slot.opened", "时段开放", "Slot opened"),
    ("slot.taken", "时段占用", "Slot taken"),
    ("slot.freed", "时段释放", "Slot freed"),
    ("booking.made", "预约成功", "Booking made"),
    ("booking.changed", "预约更改", "Booking changed"),
    ("booking.gated-in", "预约车辆进闸", "Booked truck gated in"),
    ("booking.completed", "预约完成", "Booking completed"),
    ("booking.cancelled", "预约取消", "Booking cancelled"),
    ("booking.missed", "爽约", "Booking missed"),
    ("gate.passed", "闸口放行", "Gate passed"),
    ("gate.refused", "闸口拒绝", "Gate refused"),
    ("eir.issued", "签发设备交接单", "Interchange receipt issued"),
    ("enterprise.registered", "企业登记", "Enterprise registered"),
    ("enterprise.graded", "信用等级", "Credit grade given"),
    ("message.received", "报文接收", "Message received"),
    ("message.processed", "报文处理", "Message processed"),
    ("message.rejected", "报文未采纳", "Message rejected"),
    ("message.prepared", "报文生成", "Message prepared"),
    ("message.delivered", "报文送达", "Message delivered"),
    ("message.repaired", "报文修复", "Message repaired"),
    ("message.closed", "报文不再处理", "Message closed"),
    ("message-alarm.raised", "报文告警", "Alarm raised"),
    ("message-alarm.acknowledged", "告警已受理", "Alarm acknowledged"),
    ("message-alarm.cleared", "告警解除", "Alarm cleared"),
    ("draw.committed", "抽查种子承诺", "Draw seed committed"),
    ("draw.revealed", "抽查种子公布", "Draw seed published"),
];

fn known(kind: &str) -> Option<Text> {
    EVENTS.iter().find(|(of, _, _)| *of == kind).map(|(_, zh, en)| Text::new(*zh, *en))
}

/// An event in words.
pub(crate) fn event(kind: &str) -> Text {
    known(kind).unwrap_or_else(|| Text::new(kind, kind))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_event_of_the_port_has_words() {
        for (object, kinds) in app::kinds() {
            for kind in kinds {
                assert!(super::known(kind).is_some(), "{object}: {kind} has no words");
            }
        }
    }
}
