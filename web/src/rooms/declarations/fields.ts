// The fields of an import declaration (进口货物报关单) as the form shows them: order, Chinese and English label, official field name, code table, length.
// Source of names, lengths and code tables: the national declaration format (DecHead, DecList, Container) as transcribed publicly, Announcement 2018 No. 60 for
// the filling rules. Whether a content is right is decided by the platform's check, not here.

import type { TableName } from "../parts/codes";

export interface FieldSpec {
  /** Place in the form, as a JSON pointer without the leading slash. */
  name: string;
  /** Official name in the declaration message, spelling kept as published. */
  official: string;
  zh: string;
  en: string;
  /** Code table of `/codes/{table}` to choose from. */
  table?: TableName;
  required?: boolean;
  max?: number;
  /** Columns of twenty-four at desktop width. */
  span?: number;
  kind?: "text" | "decimal" | "uscc" | "flag" | "long" | "readonly";
  /** Fixed choices that are too short for a table. */
  choices?: readonly { code: string; zh: string; en: string }[];
}

export interface SectionSpec {
  id: "header" | "transport" | "parties" | "values" | "statement";
  zh: string;
  en: string;
  fields: readonly FieldSpec[];
}

const feeMarks = [
  { code: "1", zh: "1 费率", en: "1 Rate (%)" },
  { code: "2", zh: "2 单价", en: "2 Per unit" },
  { code: "3", zh: "3 总价", en: "3 Total" },
] as const;

export const sections: readonly SectionSpec[] = [
  {
    id: "header",
    zh: "基本信息",
    en: "Header",
    fields: [
      {
        name: "ie_flag",
        official: "IEFlag",
        zh: "进出口标志",
        en: "Import or export",
        required: true,
        choices: [
          { code: "I", zh: "I 进口", en: "I Import" },
          { code: "E", zh: "E 出口", en: "E Export" },
        ],
      },
      { name: "type", official: "Type", zh: "单据类型", en: "Declaration type", table: "declaration-type", required: true },
      { name: "custom_master", official: "CustomMaster", zh: "申报地海关", en: "Customs office of declaration", table: "customs-district", required: true },
      { name: "ie_port", official: "IEPort", zh: "进境关别", en: "Customs office of entry", table: "customs-district", required: true },
      { name: "trade_mode", official: "TradeMode", zh: "监管方式", en: "Supervision mode", table: "supervision-mode", required: true },
      { name: "cut_mode", official: "CutMode", zh: "征免性质", en: "Nature of levy", table: "duty-nature" },
      { name: "contr_no", official: "ContrNo", zh: "合同号", en: "Contract number", max: 32 },
      { name: "chk_surety", official: "ChkSurety", zh: "担保验放", en: "Release on guarantee", kind: "flag" },
    ],
  },
  {
    id: "transport",
    zh: "运输与地点",
    en: "Transport and places",
    fields: [
      { name: "bill_no", official: "BillNo", zh: "提运单号", en: "Bill number", kind: "readonly", max: 32 },
      { name: "traf_mode", official: "TrafMode", zh: "运输方式", en: "Mode of transport", table: "transport-mode", required: true },
      { name: "traf_name", official: "TrafName", zh: "运输工具名称", en: "Ship", required: true, max: 50 },
      { name: "voy_no", official: "VoyNo", zh: "航次号", en: "Voyage", required: true, max: 32 },
      { name: "trade_country", official: "TradeCountry", zh: "启运国（地区）", en: "Country of departure", table: "country", required: true },
      { name: "trade_area_code", official: "TradeAreaCode", zh: "贸易国（地区）", en: "Trading country", table: "country", required: true },
      { name: "desp_port_code", official: "DespPortCode", zh: "启运港", en: "Port of departure", table: "port", required: true },
      { name: "distinate_port", official: "DistinatePort", zh: "经停港", en: "Port of call", table: "port", required: true },
      { name: "enty_port_code", official: "EntyPortCode", zh: "入境口岸", en: "Port of entry", table: "domestic-port", required: true },
      { name: "goods_place", official: "GoodsPlace", zh: "货物存放地点", en: "Place of the goods", required: true, max: 100 },
    ],
  },
  {
    id: "parties",
    zh: "参与方",
    en: "Parties",
    fields: [
      { name: "trade_co_scc", official: "TradeCoScc", zh: "境内收货人代码", en: "Consignee code", kind: "uscc", required: true, max: 18 },
      { name: "trade_name", official: "TradeName", zh: "境内收货人", en: "Consignee", required: true, max: 100, span: 18 },
      { name: "owner_code_scc", official: "OwnerCodeScc", zh: "消费使用单位代码", en: "End user code", kind: "uscc", required: true, max: 18 },
      { name: "owner_name", official: "OwnerName", zh: "消费使用单位", en: "End user", required: true, max: 100, span: 18 },
      { name: "agent_code_scc", official: "AgentCodeScc", zh: "申报单位代码", en: "Declarant code", kind: "uscc", required: true, max: 18 },
      { name: "agent_name", official: "AgentName", zh: "申报单位", en: "Declarant", required: true, max: 100, span: 18 },
      { name: "overseas_consignor_name", official: "OverseasConsignorEname", zh: "境外发货人", en: "Overseas consignor", max: 100, span: 18 },
    ],
  },
  {
    id: "values",
    zh: "件重与价格",
    en: "Packages, weights, terms",
    fields: [
      { name: "pack_no", official: "PackNo", zh: "件数", en: "Packages", kind: "decimal", required: true, max: 9 },
      { name: "wrap_type", official: "WrapType", zh: "包装种类", en: "Kind of packages", table: "package-kind", required: true },
      { name: "gross_wt", official: "GrossWet", zh: "毛重（千克）", en: "Gross weight (kg)", kind: "decimal", required: true, max: 19 },
      { name: "net_wt", official: "NetWt", zh: "净重（千克）", en: "Net weight (kg)", kind: "decimal", required: true, max: 19 },
      { name: "trans_mode", official: "TransMode", zh: "成交方式", en: "Terms of delivery", table: "terms-of-delivery", required: true },
      ...(["fee", "insur", "other"] as const).flatMap((part): FieldSpec[] => {
        const [official, zh, en] = { fee: ["Fee", "运费", "Freight"], insur: ["Insur", "保费", "Insurance"], other: ["Other", "杂费", "Other charges"] }[
          part
        ] as [string, string, string];
        return [
          { name: `${part}/mark`, official: `${official}Mark`, zh: `${zh}标记`, en: `${en}: kind`, choices: feeMarks },
          { name: `${part}/rate`, official: `${official}Rate`, zh: `${zh}／率`, en: `${en}: amount or rate`, kind: "decimal", max: 19 },
          { name: `${part}/curr`, official: `${official}Curr`, zh: `${zh}币制`, en: `${en}: currency`, table: "currency" },
        ];
      }),
      { name: "mark_no", official: "MarkNo", zh: "标记唛码", en: "Marks and numbers", kind: "long", max: 400, span: 12 },
      { name: "note_s", official: "NoteS", zh: "备注", en: "Remarks", kind: "long", max: 255, span: 12 },
    ],
  },
];

/** The five price statements (价格说明, wire name `PromiseItmes`): one character each, 1 yes, 0 no, 9 left open. */
export const priceStatements = [
  { zh: "特殊关系确认", en: "Special relation between buyer and seller" },
  { zh: "价格影响确认", en: "The relation influenced the price" },
  { zh: "支付特许权使用费确认", en: "Royalties are paid" },
  { zh: "公式定价确认", en: "Price by formula" },
  { zh: "暂定价格确认", en: "Provisional price" },
] as const;

export const goodsFields: readonly FieldSpec[] = [
  { name: "code_ts", official: "CodeTS", zh: "商品编号", en: "Commodity code", table: "hs-sample", required: true, max: 13, span: 12 },
  { name: "g_name", official: "GName", zh: "商品名称", en: "Name of goods", required: true, max: 255, span: 12 },
  { name: "g_model", official: "GModel", zh: "规格型号／申报要素", en: "Declaration elements", required: true, kind: "long", max: 255, span: 24 },
  { name: "g_qty", official: "GQty", zh: "成交数量", en: "Quantity sold", kind: "decimal", required: true, max: 19 },
  { name: "g_unit", official: "GUnit", zh: "成交单位", en: "Unit sold", table: "unit", required: true },
  { name: "first_qty", official: "FirstQty", zh: "第一法定数量", en: "First statutory quantity", kind: "decimal", required: true, max: 19 },
  { name: "first_unit", official: "FirstUnit", zh: "第一法定单位", en: "First statutory unit", table: "unit", required: true },
  { name: "second_qty", official: "SecondQty", zh: "第二法定数量", en: "Second statutory quantity", kind: "decimal", max: 19 },
  { name: "second_unit", official: "SecondUnit", zh: "第二法定单位", en: "Second statutory unit", table: "unit" },
  { name: "decl_price", official: "DeclPrice", zh: "单价", en: "Unit price", kind: "decimal", required: true, max: 19 },
  { name: "decl_total", official: "DeclTotal", zh: "总价", en: "Total price", kind: "decimal", required: true, max: 19 },
  { name: "trade_curr", official: "TradeCurr", zh: "币制", en: "Currency", table: "currency", required: true },
  { name: "duty_mode", official: "DutyMode", zh: "征免方式", en: "Manner of levy", table: "duty-exemption", required: true },
  { name: "origin_country", official: "OriginCountry", zh: "原产国（地区）", en: "Country of origin", table: "country", required: true },
  { name: "destination_country", official: "DestinationCountry", zh: "最终目的国（地区）", en: "Final destination", table: "country", required: true },
  { name: "district_code", official: "DistrictCode", zh: "境内目的地", en: "Destination district", required: true, max: 5 },
  { name: "goods_attr", official: "GoodsAttr", zh: "货物属性", en: "Goods attributes", max: 60 },
];

export const containerFields: readonly FieldSpec[] = [
  { name: "container_id", official: "ContainerId", zh: "集装箱号", en: "Container number", required: true, max: 11 },
  { name: "container_md", official: "ContainerMd", zh: "集装箱规格", en: "Container kind", required: true, max: 4 },
  { name: "goods_no", official: "GoodsNo", zh: "商品项号", en: "Goods items", max: 50 },
  { name: "lcl_flag", official: "LclFlag", zh: "拼箱标识", en: "Consolidated", kind: "flag" },
];

const sectionByField: ReadonlyMap<string, string> = new Map(
  sections.flatMap((section) => section.fields.map((field) => [field.name.split("/")[0] as string, section.id] as const)),
);

/** The section that shows the field a JSON pointer names: `/goods/0/code_ts` is in `goods`, `/trade_mode` in `header`. */
export function sectionOfPointer(pointer: string): string {
  const head = pointer.split("/")[1] ?? "";
  if (head === "goods" || head === "containers" || head === "documents") return head;
  if (head.startsWith("promise_items")) return "statement";
  return sectionByField.get(head) ?? "header";
}

/** Label of the field a JSON pointer names, in both languages; the pointer itself where it names no known field. */
export function labelOfPointer(pointer: string): { zh: string; en: string } {
  const [, head = "", row, leaf] = pointer.split("/");
  if (head === "goods" || head === "containers") {
    const field = (head === "goods" ? goodsFields : containerFields).find((candidate) => candidate.name === leaf);
    const number = Number(row) + 1;
    const zh = head === "goods" ? "商品" : "集装箱";
    const en = head === "goods" ? "Item" : "Container";
    return { zh: `${zh} ${String(number)}${field ? ` · ${field.zh}` : ""}`, en: `${en} ${String(number)}${field ? ` · ${field.en}` : ""}` };
  }
  if (head.startsWith("promise_items")) return { zh: "价格说明", en: "Price statements" };
  if (head === "documents") return { zh: "随附单据", en: "Documents" };
  const field = sections.flatMap((section) => section.fields).find((candidate) => candidate.name === head || candidate.name === `${head}/${row ?? ""}`);
  return field ? { zh: field.zh, en: field.en } : { zh: pointer || "整票", en: pointer || "Whole declaration" };
}
