import { WorkOrderPage } from "./WorkOrderPage";

export default function DischargeOrderPage() {
  return <WorkOrderPage work="discharge" />;
}
