import { PageHeader } from "../../parts";

export default function EventPage() {
  return <PageHeader title="EventPage" />;
}
