import { PageHeader } from "../../parts";

export default function InsightCases() {
  return <PageHeader title="InsightCases" />;
}
