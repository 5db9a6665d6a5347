import { WorkOrders } from "./WorkOrders";

export default function LoadingOrders() {
  return <WorkOrders work="loading" />;
}
