// The partner's own page: what is agreed with it, how its channels fare, and what it changes itself.
import { useSession } from "../../api/session";
import { useI18n } from "../../i18n";
import { Loading } from "../../parts";
import { PartnerView } from "./PartnerView";

export default function MyChannel() {
  const session = useSession();
  const { t } = useI18n();
  if (!session) return <Loading />;
  return <PartnerView id={session.organisation.id} title={t("nav.channel")} lead={t("partner.ownLead")} />;
}
