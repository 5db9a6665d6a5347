// What is shown of a work item, wherever one is listed.
import type { WorkItem } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { containerNumber, objectPath, StatusTag, When, type Column } from "../../parts";

export const KINDS = ["declaration", "inspection", "duty-notice", "delivery-order", "booking", "container", "bill", "manifest", "ship-call", "message", "message-alarm", "payment", "guarantee", "agency-agreement"] as const;

export function useKindName(): (kind: string) => string {
  const { maybe } = useI18n();
  return (kind) => maybe(`kind.${kind}`, kind);
}

export function workPath(item: WorkItem): string | null {
  return objectPath(item.object);
}

export function workKey(item: WorkItem): string {
  return `${item.object.type} ${item.object.id}`;
}

export function useWorkColumns(): Column<WorkItem>[] {
  const { t, tx } = useI18n();
  const kindName = useKindName();
  const title = (key: MessageKey) => t(key);
  return [
    {
      key: "object",
      title: title("worklist.object"),
      render: (item) => (
        <span className="work-object">
          <span className="mono">{item.object.type === "container" ? containerNumber(item.object.id) : item.object.id}</span>
          <span className="work-kind">{kindName(item.object.type)}</span>
        </span>
      ),
    },
    { key: "title", title: title("worklist.title"), render: (item) => item.title },
    { key: "status", title: title("worklist.status"), render: (item) => <StatusTag status={item.status} text={item.status_text} /> },
    { key: "action", title: title("worklist.action"), render: (item) => tx(item.action_text) || <span className="none">–</span> },
    { key: "owner", title: title("worklist.owner"), wide: true, render: (item) => tx(item.owner?.name) || <span className="none">–</span> },
    { key: "opened", title: title("worklist.opened"), wide: true, render: (item) => <When at={item.opened_at} style="short" /> },
    { key: "due", title: title("worklist.due"), render: (item) => <When at={item.due_at} relative /> },
  ];
}
