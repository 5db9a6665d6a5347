// The states that a list can be filtered by. The words of one object's state come from the platform; these are for the choice alone.
import { useI18n } from "../../i18n";

type Choice = readonly [code: string, zh: string, en: string];

const STATUSES = {
  call: [
    ["announced", "已预报", "Announced"],
    ["arrived", "已抵港", "Arrived"],
    ["departed", "已离港", "Departed"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  manifest: [
    ["accepted", "已接受", "Accepted"],
    ["confirmed", "已确报", "Confirmed"],
    ["rejected", "已退回", "Rejected"],
  ],
  change: [
    ["waiting", "待审核", "Waiting"],
    ["automatic", "自动通过", "Carried out"],
    ["approved", "审核通过", "Approved"],
    ["refused", "审核不通过", "Refused"],
    ["withdrawn", "已撤回", "Withdrawn"],
  ],
  tally: [
    ["awaited,early,on-time,late", "全部", "All"],
    ["overdue", "超时未到", "Missing past its time"],
    ["awaited", "未到", "Awaited"],
    ["late", "迟报", "Late"],
    ["on-time", "按时", "On time"],
    ["early", "先于卸船", "Ahead of the discharge"],
  ],
  transhipment: [
    ["waiting", "待单证或运抵", "Waiting"],
    ["mismatched", "比对不符", "Differs"],
    ["released", "已放行装船", "Released for loading"],
    ["loaded", "已装船", "Loaded"],
    ["left-behind", "离港未装船", "Left behind"],
    ["refused", "不予放行", "Refused"],
    ["withdrawn", "已撤回", "Taken back"],
  ],
  conveyance: [
    ["planned", "计划", "Planned"],
    ["arrived", "已到达", "Arrived"],
    ["in-review", "海关审单中", "With customs"],
    ["returned", "单证退回", "Papers sent back"],
    ["accepted", "审单通过", "Papers accepted"],
    ["departed", "已发出", "Left"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  waybill: [
    ["described", "未列舱单", "Not on a manifest yet"],
    ["manifested", "已列舱单", "Manifested"],
    ["arrived", "已理货或运抵", "Arrived"],
    ["differs", "已运抵、有差异", "Arrived, differs"],
    ["released", "已放行", "Released"],
    ["taken-off", "已删除", "Taken off"],
  ],
  outbound: [
    ["listed", "已列入", "Listed"],
    ["cancelled", "已删除", "Taken off"],
  ],
  bill: [
    ["manifested", "已入舱单", "Manifested"],
    ["partly-landed", "部分卸船", "Partly landed"],
    ["landed", "已全部卸船", "Landed"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  "discharge-order": [
    ["ordered", "执行中", "Ordered"],
    ["cancelled", "已撤销", "Cancelled"],
    ["completed", "按指令完成", "Discharged as ordered"],
    ["differs", "有差异", "Differs"],
    ["explained", "差异已说明", "Differences explained"],
  ],
  "loading-order": [
    ["unordered", "未下达", "Not ordered"],
    ["ordered", "执行中", "Ordered"],
    ["cancelled", "已撤销", "Cancelled"],
    ["completed", "按指令完成", "Loaded as ordered"],
    ["differs", "有差异", "Differs"],
    ["explained", "差异已说明", "Differences explained"],
  ],
  message: [
    ["received", "已接收", "Received"],
    ["processed", "已处理", "Processed"],
    ["processed-with-findings", "已处理，有问题", "Processed with findings"],
    ["rejected", "未采纳", "Rejected"],
    ["repaired", "已修复", "Repaired"],
    ["closed", "不再处理", "Closed"],
    ["prepared", "待收取", "Ready to fetch"],
    ["delivered", "已送达", "Delivered"],
    ["undelivered", "投递失败", "Not delivered"],
  ],
  declaration: [
    ["draft", "草稿", "Draft"],
    ["awaiting-decision", "待风险判定", "Awaiting decision"],
    ["awaiting-arrival", "待抵港", "Awaiting arrival"],
    ["awaiting-documents", "待验单证", "Awaiting documents"],
    ["awaiting-inspection", "待查验", "Awaiting inspection"],
    ["awaiting-payment", "待缴税", "Awaiting payment"],
    ["held", "已扣留", "Held"],
    ["released", "已放行", "Released"],
    ["rejected", "已退单", "Rejected"],
    ["withdrawn", "已撤单", "Withdrawn"],
  ],
  duty: [
    ["due", "待缴", "Due"],
    ["paying", "缴款中", "Paying"],
    ["paid", "已缴清", "Paid"],
    ["guaranteed", "已担保", "Guaranteed"],
    ["waived", "免缴", "Waived"],
  ],
  container: [
    ["expected", "预计到港", "Expected"],
    ["in-yard", "在场", "In yard"],
    ["at-inspection", "在查验场", "At inspection"],
    ["released", "已放行", "Released"],
    ["held", "已扣留", "Held"],
    ["on-truck", "已装车", "On truck"],
    ["gone", "已提离", "Gone"],
    ["shipped", "已装船中转", "Left on another ship"],
  ],
  order: [
    ["requested", "已申请", "Requested"],
    ["issued", "已签发", "Issued"],
    ["transferred", "已转让", "Transferred"],
    ["redeemed", "已兑付", "Redeemed"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  booking: [
    ["booked", "已预约", "Booked"],
    ["gated-in", "已进闸", "Gated in"],
    ["completed", "已完成", "Completed"],
    ["missed", "已错过", "Missed"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  inspection: [
    ["ordered", "待约时", "Ordered"],
    ["appointed", "已约时", "Appointed"],
    ["at-site", "已到场", "At site"],
    ["recorded", "待复核", "To be confirmed"],
    ["passed", "通过", "Passed"],
    ["failed", "未通过", "Failed"],
    ["cancelled", "已取消", "Cancelled"],
  ],
  instruction: [
    ["matched", "已对碰", "Matched"],
    ["settled", "已办结", "Answered"],
    ["withdrawn", "已撤回", "Withdrawn"],
  ],
  "joint-order": [
    ["proposed", "待确认", "To be confirmed"],
    ["confirmed", "已确认", "Confirmed"],
    ["under-way", "查验中", "Under way"],
    ["released", "已放行", "Released"],
    ["follow-up", "后续处置中", "Follow-up"],
    ["closed", "已办结", "Closed"],
    ["cancelled", "已撤销", "Cancelled"],
  ],
  agreement: [
    ["proposed", "待接受", "Proposed"],
    ["accepted", "已生效", "Accepted"],
    ["declined", "已拒绝", "Declined"],
    ["revoked", "已撤销", "Revoked"],
  ],
} as const satisfies Record<string, readonly Choice[]>;

/** Choices of the state filter of one kind of object. */
export function useStatusChoices(kind: keyof typeof STATUSES): { value: string; label: string }[] {
  const { lang } = useI18n();
  return STATUSES[kind].map(([value, zh, en]) => ({ value, label: lang === "zh" ? zh : en }));
}
