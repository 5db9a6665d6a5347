import { PageHeader } from "../../parts";

export default function Users() {
  return <PageHeader title="Users" />;
}
