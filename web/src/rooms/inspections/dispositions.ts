// Dispositions after an inspection (查验处置), as the platform knows them. Source: dispositions seen in a public express-clearance system;
// they show practice and are to be replaced by the authority's own before production.

export interface Disposition {
  code: string;
  outcome: "pass" | "fail";
  zh: string;
  en: string;
}

/** Ordered by how often they are used, the usual one first. */
export const DISPOSITIONS: readonly Disposition[] = [
  { code: "18", outcome: "pass", zh: "查验正常", en: "Inspected, normal" },
  { code: "10", outcome: "pass", zh: "通过", en: "Pass" },
  { code: "11", outcome: "pass", zh: "放行", en: "Release" },
  { code: "12", outcome: "pass", zh: "补税后放行", en: "Release after extra tax" },
  { code: "15", outcome: "pass", zh: "处罚后放行", en: "Release after penalty" },
  { code: "17", outcome: "pass", zh: "担保放行", en: "Release on guarantee" },
  { code: "30", outcome: "pass", zh: "已整改", en: "Rectified" },
  { code: "31", outcome: "pass", zh: "已检疫处理", en: "Quarantine treated" },
  { code: "05", outcome: "fail", zh: "查验", en: "Inspect" },
  { code: "13", outcome: "fail", zh: "补充单证", en: "More documents" },
  { code: "14", outcome: "fail", zh: "补税并补充单证", en: "Extra tax and more documents" },
  { code: "16", outcome: "fail", zh: "改单后放行", en: "Correct the declaration, then release" },
  { code: "20", outcome: "fail", zh: "退单重报", en: "Rejected for re-entry" },
  { code: "32", outcome: "fail", zh: "退运", en: "Return" },
  { code: "36", outcome: "fail", zh: "销毁（一）", en: "Destroy (1)" },
  { code: "37", outcome: "fail", zh: "销毁（二）", en: "Destroy (2)" },
  { code: "38", outcome: "fail", zh: "销毁（三）", en: "Destroy (3)" },
  { code: "39", outcome: "fail", zh: "销毁（四）", en: "Destroy (4)" },
  { code: "40", outcome: "fail", zh: "责令整改", en: "Rectify" },
  { code: "43", outcome: "fail", zh: "企业申请退单", en: "The enterprise asks for rejection" },
];
