import { PageHeader } from "../../parts";

export default function CasePage() {
  return <PageHeader title="CasePage" />;
}
