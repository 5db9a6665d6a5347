import { PageHeader } from "../../parts";

export default function Ledger() {
  return <PageHeader title="Ledger" />;
}
