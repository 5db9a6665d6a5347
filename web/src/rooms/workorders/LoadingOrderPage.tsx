import { WorkOrderPage } from "./WorkOrderPage";

export default function LoadingOrderPage() {
  return <WorkOrderPage work="loading" />;
}
