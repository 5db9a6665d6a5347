import { PageHeader } from "../../parts";

export default function Draws() {
  return <PageHeader title="Draws" />;
}
