// One partner, for the administrator.
import { useParams } from "react-router";
import { useI18n } from "../../i18n";
import { PartnerView } from "./PartnerView";

export default function PartnerPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  return <PartnerView id={id} back={{ to: "/admin/partners", text: t("nav.partners") }} />;
}
