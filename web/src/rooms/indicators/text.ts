import { define } from "../../i18n/define";

export const indicatorsText = define({
  "rooms.indicators.title": { zh: "查验指标", en: "Inspection indicators" },
  "rooms.indicators.lead": {
    zh: "查验率、查获率和各环节时间，附公式，每个数字可点到查验；已有专页的指标给出链接。",
    en: "Inspection rate, hit rate and the time of each step, with formulas and the inspections behind them; indicators with a page of their own are linked.",
  },
  "rooms.indicators.from": { zh: "从（下达日）", en: "From (day of the order)" },
  "rooms.indicators.to": { zh: "至", en: "To" },
  "rooms.indicators.name": { zh: "指标", en: "Indicator" },
  "rooms.indicators.value": { zh: "值（时间为中位数）", en: "Value (times: median)" },
  "rooms.indicators.p90": { zh: "九成在内", en: "Nine of ten within" },
  "rooms.indicators.behind": { zh: "依据的查验", en: "Inspections behind it" },
  "rooms.indicators.formula": { zh: "公式", en: "Formula" },
  "rooms.indicators.hours": { zh: "≤ {n} 小时", en: "≤ {n} h" },
  "rooms.indicators.of": { zh: "{n} / {of}", en: "{n} of {of}" },
  "rooms.indicators.few": { zh: "例数少于 10", en: "fewer than 10 cases" },
  "rooms.indicators.see": { zh: "查看", en: "See the page" },
  "rooms.indicators.onSchedule": { zh: "当班船实际装运的查验箱 ÷ 计划当班船出运的查验箱", en: "inspected boxes on board their planned ship ÷ inspected boxes planned for a ship that left" },
  "rooms.indicators.nonIntrusive": { zh: "仅凭图像结束的查验 ÷ 凭图像或开箱结束的查验", en: "inspections ended by images alone ÷ those ended by images or by opening" },
});
