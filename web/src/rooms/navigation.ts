// Names of the role pages in the side navigation; loaded with the frame, unlike the pages' own words.
import { define } from "../i18n/define";

export const roomNavText = define({
  "rooms.nav.calls": { zh: "船舶动态", en: "Ship calls" },
  "rooms.nav.manifests": { zh: "舱单", en: "Manifests" },
  "rooms.nav.changes": { zh: "舱单变更", en: "Manifest changes" },
  "rooms.nav.tallies": { zh: "理货报告", en: "Tally reports" },
  "rooms.nav.transhipments": { zh: "水水中转", en: "Transhipment" },
  "rooms.nav.messages": { zh: "报文", en: "Messages" },
  "rooms.nav.formats": { zh: "报文格式", en: "Message formats" },
  "rooms.nav.bills": { zh: "提单", en: "Bills" },
  "rooms.nav.declarations": { zh: "报关单", en: "Declarations" },
  "rooms.nav.duty": { zh: "税款", en: "Duty" },
  "rooms.nav.guarantees": { zh: "担保", en: "Guarantees" },
  "rooms.nav.agreements": { zh: "代理委托", en: "Agency agreements" },
  "rooms.nav.orders": { zh: "提货单", en: "Delivery orders" },
  "rooms.nav.bookings": { zh: "提箱预约", en: "Bookings" },
  "rooms.nav.containers": { zh: "集装箱", en: "Containers" },
  "rooms.nav.dischargeOrders": { zh: "卸船指令", en: "Discharge orders" },
  "rooms.nav.discharge": { zh: "卸船理货", en: "Discharge" },
  "rooms.nav.gate": { zh: "闸口", en: "Gate" },
  "rooms.nav.transactions": { zh: "闸口记录", en: "Gate transactions" },
  "rooms.nav.mailbox": { zh: "信箱", en: "Mailbox" },
  "rooms.nav.inspections": { zh: "查验", en: "Inspections" },
  "rooms.nav.slots": { zh: "提箱时段", en: "Pick-up slots" },
  "rooms.nav.rules": { zh: "规则表", en: "Rule tables" },
  "rooms.nav.today": { zh: "今日提箱", en: "Today" },
});
