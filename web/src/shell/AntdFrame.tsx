// Ant Design with the platform's palette and language. Loaded with the first page that needs it, so that the public
// front page stays small.
import { App as AntdApp, ConfigProvider } from "antd";
import enGB from "antd/es/locale/en_GB";
import zhCN from "antd/es/locale/zh_CN";
import { Outlet } from "react-router";
import { useI18n } from "../i18n";
import { theme } from "../theme";

export default function AntdFrame() {
  const { lang } = useI18n();
  return (
    <ConfigProvider theme={theme} locale={lang === "zh" ? zhCN : enGB} button={{ autoInsertSpace: false }}>
      <AntdApp component={false} message={{ maxCount: 3 }}>
        <Outlet />
      </AntdApp>
    </ConfigProvider>
  );
}
