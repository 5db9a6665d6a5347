import { PageHeader } from "../../parts";

export default function Landing() {
  return <PageHeader title="Landing" />;
}
