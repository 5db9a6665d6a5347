import { PageHeader } from "../../parts";

export default function Organisations() {
  return <PageHeader title="Organisations" />;
}
