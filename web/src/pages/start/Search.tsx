import { PageHeader } from "../../parts";

export default function Search() {
  return <PageHeader title="Search" />;
}
