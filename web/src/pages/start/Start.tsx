import { PageHeader } from "../../parts";

export default function Start() {
  return <PageHeader title="Start" />;
}
