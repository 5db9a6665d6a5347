// One goods item in detail.
import { Button, Drawer } from "antd";
import type { DeclarationForm, Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList } from "../../parts";
import { goodsFields } from "./fields";
import { FieldInput } from "./FieldInput";

interface Props {
  /** Which item; null: closed. */
  at: number | null;
  close: () => void;
  step: (by: number) => void;
  form: DeclarationForm;
  set: (pointer: string, value: unknown) => void;
  findings: Finding[];
}

/** Quantity times price, when both are figures. */
function product(quantity: string, price: string): string | null {
  const value = Number(quantity) * Number(price);
  return quantity && price && Number.isFinite(value) ? String(Math.round(value * 10_000) / 10_000) : null;
}

export function GoodsDrawer({ at, close, step, form, set, findings }: Props) {
  const { t } = useI18n();
  const item = at === null ? undefined : form.goods[at];
  const base = `/goods/${String(at)}`;
  const total = item ? product(item.g_qty, item.decl_price) : null;
  const others = findings.filter((finding) => finding.pointer === base);
  return (
    <Drawer
      open={item !== undefined}
      onClose={close}
      size={760}
      title={t("rooms.decl.item", { n: (at ?? 0) + 1, of: form.goods.length })}
      closable={{ "aria-label": t("action.close") }}
      footer={
        <div className="row">
          <Button disabled={at === 0} onClick={() => step(-1)}>
            {t("rooms.decl.previous")}
          </Button>
          <Button disabled={at === form.goods.length - 1} onClick={() => step(1)}>
            {t("rooms.decl.next")}
          </Button>
          <span className="grow" />
          <Button type="primary" onClick={close}>
            {t("rooms.decl.done")}
          </Button>
        </div>
      }
    >
      {item && (
        <div className="form-grid form-grid-4 drawer-grid">
          {goodsFields.map((spec) => (
            <FieldInput key={spec.name} spec={spec} base={base} form={form} findings={findings} set={set} />
          ))}
          {total !== null && total !== item.decl_total && (
            <p className="drawer-note">
              {t("rooms.decl.product", { total })}{" "}
              <Button size="small" onClick={() => set(`${base}/decl_total`, total)}>
                {t("rooms.decl.takeOver")}
              </Button>
            </p>
          )}
          <FindingList findings={others} />
        </div>
      )}
    </Drawer>
  );
}
