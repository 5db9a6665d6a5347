// One palette: deep sea for action, warm grey for ground, amber for waiting, brick for trouble.
import type { ThemeConfig } from "antd";

export const colour = {
  sea: "#0b5566",
  seaDeep: "#0a3642",
  seaSoft: "#e3eff1",
  teal: "#17818a",
  ink: "#1f2a2e",
  inkSoft: "#566066",
  line: "#dfdcd5",
  ground: "#f5f3ef",
  paper: "#ffffff",
  amber: "#b26a00",
  amberSoft: "#f6ead6",
  brick: "#b3382c",
  brickSoft: "#f7e2df",
  green: "#22734a",
  greenSoft: "#deeee5",
  blue: "#2a5fa5",
  blueSoft: "#e1eaf6",
  grey: "#6b6a66",
  greySoft: "#ebe9e4",
} as const;

export const FONT =
  '"Inter", "SF Pro Text", "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", system-ui, sans-serif';
export const MONO = '"SF Mono", "JetBrains Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace';

export const theme: ThemeConfig = {
  token: {
    colorPrimary: colour.sea,
    colorInfo: colour.blue,
    colorSuccess: colour.green,
    colorWarning: colour.amber,
    colorError: colour.brick,
    // Soft grounds of the palette; those that are computed turn out muddy.
    colorSuccessBg: colour.greenSoft,
    colorSuccessBorder: "#b5d6c3",
    colorInfoBg: colour.blueSoft,
    colorInfoBorder: "#bccfe8",
    colorWarningBg: colour.amberSoft,
    colorWarningBorder: "#e2cda4",
    colorErrorBg: colour.brickSoft,
    colorErrorBorder: "#e3bcb6",
    colorLink: colour.sea,
    colorText: colour.ink,
    colorTextSecondary: colour.inkSoft,
    colorTextTertiary: colour.grey,
    colorTextDescription: colour.inkSoft,
    colorTextPlaceholder: "#747169",
    colorBorder: "#cfcbc2",
    colorBorderSecondary: colour.line,
    colorBgLayout: colour.ground,
    borderRadius: 6,
    fontFamily: FONT,
    fontFamilyCode: MONO,
    fontSize: 14,
    controlOutlineWidth: 3,
    wireframe: false,
  },
  components: {
    Layout: { headerBg: colour.paper, siderBg: colour.seaDeep, bodyBg: colour.ground, headerHeight: 56, headerPadding: "0 20px" },
    Menu: {
      darkItemBg: colour.seaDeep,
      darkSubMenuItemBg: colour.seaDeep,
      darkItemColor: "#c9dade",
      darkItemHoverBg: "#114955",
      darkItemSelectedBg: "#17616f",
      itemHeight: 38,
    },
    Table: { headerBg: "#f2f0eb", headerColor: colour.inkSoft, rowHoverBg: "#f1f6f7", cellPaddingBlockSM: 7, headerSplitColor: "transparent" },
    Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
    Card: { headerFontSize: 15 },
    Descriptions: { labelColor: colour.inkSoft },
  },
};
