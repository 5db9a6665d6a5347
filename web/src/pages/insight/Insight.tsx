import { PageHeader } from "../../parts";

export default function Insight() {
  return <PageHeader title="Insight" />;
}
