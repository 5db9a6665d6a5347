import { PageHeader } from "../../parts";

export default function Outbox() {
  return <PageHeader title="Outbox" />;
}
