import { PageHeader } from "../../parts";

export default function Verify() {
  return <PageHeader title="Verify" />;
}
