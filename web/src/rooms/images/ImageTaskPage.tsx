// One box of an inspection by machine: its images, what was declared, the review that is due, and what was said before.
import { Segmented } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { ImageMark, ImageReview, ImageTask, ReceivedScan } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Model } from "./Model";
import { ReviewForm } from "./ReviewForm";
import { ScanFacts } from "./ScanFacts";
import { Viewer } from "./Viewer";

/** Most marks of one review, as the platform takes them. */
const MARKS_MAX = 50;

export default function ImageTaskPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/image-tasks/${id}`;
  const task = useGet<ImageTask>(path);
  const data = task.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{data?.container ?? id}</span>}
        tab={id}
        eyebrow={t("kind.image-task")}
        back={{ to: "/image-tasks", text: t("rooms.images.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {task.error && <ProblemAlert error={task.error} retry={() => void task.refetch()} />}
      {task.isPending && <Loading />}
      {data && <Body key={`${data.id} ${data.stage ?? ""}`} task={data} path={path} />}
    </>
  );
}

function Body({ task, path }: { task: ImageTask; path: string }) {
  const { t, tx } = useI18n();
  const demo = useSession()?.port.demo ?? false;
  // What is shown stays, whatever comes meanwhile; a conclusion needs every image to have been looked at.
  const [shown, setShown] = useState<string | null>(task.scans.at(-1)?.id ?? null);
  const [seen, setSeen] = useState<readonly string[]>(shown ? [shown] : []);
  const show = (id: string) => {
    setShown(id);
    setSeen((before) => [...before, id]);
  };
  const [marks, setMarks] = useState<ImageMark[]>([]);
  const scan = task.scans.find((one) => one.id === shown) ?? task.scans.at(-1);
  const mayReview = allows(task.actions, "image-task.review");
  const earlier = task.reviews.flatMap((review, of) => review.marks.map((mark, at) => ({ ...mark, note: mark.note ?? "", label: `${of + 1}.${at + 1}` })));
  const mark = mayReview && marks.length < MARKS_MAX ? (scan: string) => (region: ImageMark["region"]) => setMarks((before) => (before.length < MARKS_MAX ? [...before, { scan, region, note: "" }] : before)) : null;
  return (
    <>
      {task.scans.length > 1 && (
        <Segmented
          aria-label={t("rooms.images.images")}
          options={task.scans.map((one, at) => ({ value: one.id, label: t("rooms.images.nth", { n: at + 1 }) }))}
          value={scan?.id ?? ""}
          onChange={show}
        />
      )}
      {scan ? (
        <Viewer key={scan.id} scan={scan} marks={marks} earlier={earlier} onMark={mark?.(scan.id)} />
      ) : (
        <section className="panel">
          <p className="muted">{t("rooms.images.noScan")}</p>
        </section>
      )}
      <div className="split form-split">
        <div className="stack">
          {mayReview && <ReviewForm task={task} path={path} marks={marks} onMarks={setMarks} unseen={task.scans.filter((one) => !seen.includes(one.id)).length} />}
          {marks.length >= MARKS_MAX && <p className="refused-note">{t("rooms.images.marksFull", { n: MARKS_MAX })}</p>}
          {task.not_yours && <p className="refused-note">{tx(task.not_yours)}</p>}
          <section className="panel" aria-labelledby="image-goods">
            <h2 id="image-goods">{t("rooms.images.goods")}</h2>
            <ul className="object-list">
              {task.goods.map((item, at) => (
                <li key={at}>
                  <span className="mono">{item.hs_code}</span> <strong>{item.name}</strong> {item.quantity} {item.unit} <span className="muted">{item.model}</span>
                </li>
              ))}
            </ul>
          </section>
          <section className="panel" aria-labelledby="image-history">
            <h2 id="image-history">{t("rooms.images.history")}</h2>
            {task.reviews_hidden && <p className="muted">{t("rooms.images.hidden")}</p>}
            {task.reviews.length === 0 && !task.reviews_hidden && <p className="muted">{t("rooms.images.noReview")}</p>}
            <ol className="image-reviews">
              {task.reviews.map((review, of) => (
                <Review key={review.stage} review={review} number={of + 1} />
              ))}
            </ol>
            {task.draw && (
              <p className="muted" data-draw={String(task.draw.selected)}>
                {t(task.draw.selected ? "rooms.images.drawn" : "rooms.images.notDrawn", { number: (task.draw.number / 100).toFixed(2), rate: (task.draw.rate_bp / 100).toFixed(2) })} <ObjectLink type="draw-day" id={task.draw.day} />
              </p>
            )}
          </section>
        </div>
        <div className="stack">
          <section className="panel" aria-label={t("rooms.images.facts")}>
            <KeyFacts
              facts={[
                { label: t("kind.inspection"), value: <ObjectLink type="inspection" id={task.inspection} /> },
                { label: t("kind.declaration"), value: <ObjectLink type="declaration" id={task.declaration} /> },
                { label: t("rooms.bill.number"), value: <ObjectLink type="bill" id={task.bill_no} /> },
                { label: t("kind.container"), value: <ObjectLink type="container" id={task.container_id}>{task.container}</ObjectLink> },
                { label: t("rooms.inspection.orderedAt"), value: <When at={task.ordered_at} /> },
                { label: t("rooms.images.orderedBy"), value: tx(task.ordered_by.name) },
                { label: t("rooms.reason"), value: task.reason, wide: true },
                task.due_at ? { label: t("rooms.images.due"), value: <When at={task.due_at} /> } : null,
              ]}
            />
            {demo && allows(task.actions, "scan.receive") && (
              <div className="form-end">
                <p className="sandbox-note">{t("rooms.images.sandboxScanner")}</p>
                <ActionButton success={t("rooms.images.taken")} run={() => api.post<ReceivedScan>(`${path}/sandbox-image`, {})}>
                  {t("rooms.images.take")}
                </ActionButton>
              </div>
            )}
          </section>
          {scan && (
            <section className="panel" aria-labelledby="image-facts">
              <h2 id="image-facts">{t("kind.scan")}</h2>
              <ScanFacts scan={scan} />
              <Model hint={scan.hint} />
            </section>
          )}
        </div>
      </div>
    </>
  );
}

function Review({ review, number }: { review: ImageReview; number: number }) {
  const { t, tx } = useI18n();
  return (
    <li data-review={review.stage}>
      <p>
        <strong>{tx(review.stage_text)}</strong> <StatusTag status={review.code} text={review.code_text} tone={review.code === "clean" ? "done" : "stop"} /> {tx(review.by.name)} · <When at={review.at} style="short" />
      </p>
      {review.note && <p>{review.note}</p>}
      {review.marks.length > 0 && <p className="muted">{review.marks.map((mark, at) => `${number}.${at + 1} ${mark.note || t("rooms.images.unnamed")}`).join(t("rooms.listComma"))}</p>}
    </li>
  );
}
