// New lines of a declaration.
import type { DeclarationContainer, DeclarationGoods } from "../../api/types";

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

export function emptyContainerLine(): DeclarationContainer {
  return { container_id: "", container_md: "", goods_no: "", lcl_flag: "0" };
}
