import { PageHeader } from "../../parts";

export default function Tables() {
  return <PageHeader title="Tables" />;
}
