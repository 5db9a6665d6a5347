// Manifests (舱单): what was declared to be on board, by call.
import { CloudUploadOutlined, FormOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { ManifestSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Manifests() {
  const { t } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("manifest");
  return (
    <>
      <PageHeader
        title={t("rooms.manifest.title")}
        actions={
          can("manifest.submit") && (
            <>
              <Button icon={<CloudUploadOutlined aria-hidden="true" />} onClick={() => void navigate("/messages?upload=1")}>
                {t("rooms.manifest.edi")}
              </Button>
              <Button type="primary" icon={<FormOutlined aria-hidden="true" />} onClick={() => void navigate("/manifests/new")}>
                {t("rooms.manifest.new")}
              </Button>
            </>
          )
        }
      >
        {t("rooms.manifest.lead")}
      </PageHeader>
      <Worklist<ManifestSummary>
        label={t("rooms.manifest.title")}
        path="/manifests"
        rowKey={(row) => row.id}
        to={(row) => url`/manifests/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.manifest.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "ship", title: t("rooms.call.ship"), render: (row) => `${row.ship_name} ${row.voyage}` },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "bills", title: t("rooms.manifest.bills"), align: "right", render: (row) => row.bills },
          { key: "containers", title: t("rooms.container.title"), align: "right", render: (row) => row.containers },
          { key: "at", title: t("rooms.manifest.acceptedAt"), render: (row) => <When at={row.accepted_at} style="short" /> },
        ]}
        empty={t("rooms.manifest.empty")}
      />
    </>
  );
}
