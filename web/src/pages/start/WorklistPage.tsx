import { PageHeader } from "../../parts";

export default function WorklistPage() {
  return <PageHeader title="WorklistPage" />;
}
