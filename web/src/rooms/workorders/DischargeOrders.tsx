import { WorkOrders } from "./WorkOrders";

export default function DischargeOrders() {
  return <WorkOrders work="discharge" />;
}
