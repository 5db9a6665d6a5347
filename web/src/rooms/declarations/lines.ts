// New lines of a declaration.
import type { BillGoods, DeclarationContainer, DeclarationGoods } from "../../api/types";

/** Taxed in full, destination China: what most import lines start with. */
export function emptyGoodsLine(number: number): DeclarationGoods {
  return {
    g_no: String(number),
    code_ts: "",
    g_name: "",
    g_model: "",
    g_qty: "",
    g_unit: "",
    first_qty: "",
    first_unit: "",
    second_qty: "",
    second_unit: "",
    decl_price: "",
    decl_total: "",
    trade_curr: "USD",
    duty_mode: "1",
    origin_country: "",
    destination_country: "CHN",
    district_code: "",
    goods_attr: "",
  };
}

/** A line for each kind of goods of the bill; quantities and values stay open, since the manifest does not know them. */
export function linesFromBill(goods: readonly BillGoods[]): DeclarationGoods[] {
  return goods.map((item, at) => ({ ...emptyGoodsLine(at + 1), code_ts: item.hs_code ?? "", g_name: item.description }));
}

export function emptyContainerLine(): DeclarationContainer {
  return { container_id: "", container_md: "", goods_no: "", lcl_flag: "0" };
}
