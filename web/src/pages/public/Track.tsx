import { PageHeader } from "../../parts";

export default function Track() {
  return <PageHeader title="Track" />;
}
