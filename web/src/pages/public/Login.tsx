import { PageHeader } from "../../parts";

export default function Login() {
  return <PageHeader title="Login" />;
}
