import { PageHeader } from "../../parts";

export default function Live() {
  return <PageHeader title="Live" />;
}
