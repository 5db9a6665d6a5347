import { PageHeader } from "../../parts";

export default function ApiDocs() {
  return <PageHeader title="ApiDocs" />;
}
