import { PageHeader } from "../../parts";

export default function ApiKeys() {
  return <PageHeader title="ApiKeys" />;
}
