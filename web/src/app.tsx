import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntdApp, ConfigProvider } from "antd";
import enGB from "antd/es/locale/en_GB";
import zhCN from "antd/es/locale/zh_CN";
import { RouterProvider } from "react-router";
import { queryClient } from "./api/query";
import { I18nProvider, useI18n } from "./i18n";
import { router } from "./routes";
import { theme } from "./theme";

function Localised() {
  const { lang } = useI18n();
  return (
    <ConfigProvider theme={theme} locale={lang === "zh" ? zhCN : enGB} button={{ autoInsertSpace: false }}>
      <AntdApp component={false} message={{ maxCount: 3 }}>
        <RouterProvider router={router} />
      </AntdApp>
    </ConfigProvider>
  );
}

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <I18nProvider>
        <Localised />
      </I18nProvider>
    </QueryClientProvider>
  );
}
