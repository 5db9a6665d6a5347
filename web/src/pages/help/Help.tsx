import { PageHeader } from "../../parts";

export default function Help() {
  return <PageHeader title="Help" />;
}
