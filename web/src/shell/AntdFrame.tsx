// Ant Design with the platform's palette and language. Loaded with the first page that needs it, so that the public
// front page stays small.
import { App as AntdApp, ConfigProvider, type ThemeConfig } from "antd";
import enGB from "antd/es/locale/en_GB";
import zhCN from "antd/es/locale/zh_CN";
import { useSyncExternalStore } from "react";
import { Outlet } from "react-router";
import { useI18n } from "../i18n";
import { theme } from "../theme";

/** Who asked the system for less motion gets dialogs and lists that are there and gone at once. */
const lessMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
const still: ThemeConfig = { ...theme, token: { ...theme.token, motion: false } };
const onLessMotion = (changed: () => void) => {
  lessMotion.addEventListener("change", changed);
  return () => lessMotion.removeEventListener("change", changed);
};

export default function AntdFrame() {
  const { lang } = useI18n();
  const calm = useSyncExternalStore(onLessMotion, () => lessMotion.matches);
  return (
    <ConfigProvider theme={calm ? still : theme} locale={lang === "zh" ? zhCN : enGB} button={{ autoInsertSpace: false }}>
      <AntdApp component={false} message={{ maxCount: 3 }}>
        <Outlet />
      </AntdApp>
    </ConfigProvider>
  );
}
