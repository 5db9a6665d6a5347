// Dispositions after an inspection (查验处置). Source: codes of an express customs system seen in a public repository, 2026-11; the
// authority replaces them by its own before production.

export interface Disposition {
  code: string;
  outcome: "pass" | "fail";
  zh: string;
  en: string;
}

export const DISPOSITIONS: readonly Disposition[] = [
  { code: "10", outcome: "pass", zh: "查验通过", en: "Passed" },
  { code: "18", outcome: "pass", zh: "查验正常", en: "Inspected, normal" },
  { code: "16", outcome: "pass", zh: "修改后放行", en: "Correct and release" },
  { code: "17", outcome: "pass", zh: "担保放行", en: "Release on guarantee" },
  { code: "12", outcome: "pass", zh: "补税后放行", en: "Release after extra tax" },
  { code: "15", outcome: "pass", zh: "处罚后放行", en: "Release after penalty" },
  { code: "13", outcome: "fail", zh: "补充单证", en: "More documents" },
  { code: "20", outcome: "fail", zh: "退单重报", en: "Rejected for re-entry" },
  { code: "30", outcome: "fail", zh: "整改", en: "To be rectified" },
  { code: "31", outcome: "fail", zh: "检疫处理", en: "Quarantine treatment" },
  { code: "32", outcome: "fail", zh: "退运", en: "Return" },
  { code: "36", outcome: "fail", zh: "销毁", en: "Destroy" },
];
