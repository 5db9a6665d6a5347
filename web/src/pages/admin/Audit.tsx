import { PageHeader } from "../../parts";

export default function Audit() {
  return <PageHeader title="Audit" />;
}
