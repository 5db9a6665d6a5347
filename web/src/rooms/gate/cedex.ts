// The panels of a container and the kinds of damage on an equipment interchange receipt (设备交接单).
// Codes: CEDEX damage types as met in a container interchange application in a public repository, 2026-11.

type Words = { zh: string; en: string };

/** Panels in the order a clerk walks around a box. */
export const PANELS: readonly (Words & { code: string })[] = [
  { code: "front", zh: "前端", en: "Front" },
  { code: "left", zh: "左侧", en: "Left" },
  { code: "top", zh: "顶部", en: "Top" },
  { code: "right", zh: "右侧", en: "Right" },
  { code: "rear", zh: "后端", en: "Rear" },
  { code: "door", zh: "箱门", en: "Door" },
  { code: "floor", zh: "地板", en: "Floor" },
  { code: "bottom", zh: "底部", en: "Bottom" },
  { code: "interior", zh: "箱内", en: "Interior" },
];

export const COMPONENTS: readonly (Words & { code: string })[] = [
  { code: "panel", zh: "箱板", en: "Panel" },
  { code: "post", zh: "角柱", en: "Corner post" },
  { code: "rail", zh: "横梁", en: "Rail" },
  { code: "lock", zh: "锁杆", en: "Lock rod" },
  { code: "gasket", zh: "密封条", en: "Gasket" },
  { code: "casting", zh: "角件", en: "Corner casting" },
  { code: "board", zh: "木地板", en: "Floor board" },
];

export const DAMAGE_TYPES: readonly (Words & { code: string })[] = [
  { code: "DT", zh: "凹陷", en: "Dent" },
  { code: "HO", zh: "破洞", en: "Hole" },
  { code: "CR", zh: "裂缝", en: "Crack" },
  { code: "RU", zh: "锈蚀", en: "Rust" },
  { code: "SC", zh: "划痕", en: "Scratch" },
  { code: "CU", zh: "割破", en: "Cut" },
  { code: "BE", zh: "弯曲", en: "Bend" },
  { code: "PH", zh: "刺穿", en: "Puncture" },
  { code: "BR", zh: "断裂", en: "Broken" },
  { code: "DL", zh: "脱层", en: "Delaminated" },
  { code: "MS", zh: "缺失", en: "Missing" },
  { code: "SE", zh: "卡死", en: "Stuck" },
  { code: "DY", zh: "老化", en: "Aged" },
  { code: "CO", zh: "污染", en: "Contaminated" },
];

export const RESPONSIBLE: readonly (Words & { code: string })[] = [
  { code: "carrier", zh: "船方", en: "Carrier" },
  { code: "terminal", zh: "码头", en: "Terminal" },
  { code: "trucker", zh: "车队", en: "Haulier" },
  { code: "unknown", zh: "未定", en: "Not known" },
];

/** The words of a code in one of the lists, the code itself where it is not listed. */
export function wordOf(list: readonly (Words & { code: string })[], code: string): Words {
  return list.find((entry) => entry.code === code) ?? { zh: code, en: code };
}
