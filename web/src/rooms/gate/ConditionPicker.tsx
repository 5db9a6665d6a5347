// The condition of the box by panel: press a panel, say what is damaged. No entry means sound.
import { DeleteOutlined } from "@ant-design/icons";
import { Button, Modal, Select } from "antd";
import { useState } from "react";
import type { Damage } from "../../api/types";
import { useI18n } from "../../i18n";
import { Field } from "../parts/Field";
import { COMPONENTS, DAMAGE_TYPES, PANELS, RESPONSIBLE, wordOf } from "./cedex";

const DAMAGES_MAX = 20;

export function ConditionPicker({ damages, change }: { damages: Damage[]; change: (damages: Damage[]) => void }) {
  const { t, lang } = useI18n();
  const [panel, setPanel] = useState<string | null>(null);
  const [entry, setEntry] = useState({ component: "panel", type: "DT", responsible: "terminal" });
  const options = (list: typeof COMPONENTS, withCode = false) =>
    list.map((item) => ({ value: item.code, label: withCode ? `${item.code} ${item[lang]}` : item[lang] }));
  return (
    <fieldset className="condition">
      <legend>{t("rooms.gate.condition")}</legend>
      <div className="panels">
        {PANELS.map((item) => {
          const count = damages.filter((damage) => damage.location === item.code).length;
          return (
            <button
              key={item.code}
              type="button"
              className={count > 0 ? "box-panel box-panel-damaged" : "box-panel"}
              style={{ gridArea: item.code }}
              disabled={damages.length >= DAMAGES_MAX}
              onClick={() => setPanel(item.code)}
            >
              {item[lang]}
              <span className="visually-hidden">{count > 0 ? t("rooms.gate.damages", { n: count }) : t("rooms.gate.sound")}</span>
              {count > 0 && (
                <span className="count count-error" aria-hidden="true">
                  {count}
                </span>
              )}
            </button>
          );
        })}
      </div>
      {damages.length === 0 ? (
        <p className="muted">{t("rooms.gate.allSound")}</p>
      ) : (
        <ul className="object-list">
          {damages.map((damage, at) => (
            <li key={`${damage.location} ${damage.type} ${String(at)}`}>
              {wordOf(PANELS, damage.location)[lang]} · {wordOf(COMPONENTS, damage.component)[lang]} · {damage.type} {wordOf(DAMAGE_TYPES, damage.type)[lang]}{" "}
              <span className="muted">{wordOf(RESPONSIBLE, damage.responsible)[lang]}</span>
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined aria-hidden="true" />}
                aria-label={t("rooms.removeRow", { n: at + 1 })}
                onClick={() => change(damages.filter((_, other) => other !== at))}
              />
            </li>
          ))}
        </ul>
      )}
      <Modal
        open={panel !== null}
        title={panel ? `${t("rooms.gate.damageAt")} ${wordOf(PANELS, panel)[lang]}` : ""}
        onCancel={() => setPanel(null)}
        okText={t("rooms.gate.addDamage")}
        cancelText={t("action.cancel")}
        closable={{ "aria-label": t("action.close") }}
        onOk={() => {
          if (panel) change([...damages, { location: panel, ...entry }]);
          setPanel(null);
        }}
        width={420}
      >
        <div className="dialog-fields">
          <Field label={t("rooms.gate.component")}>
            <Select
              aria-label={t("rooms.gate.component")}
              value={entry.component}
              onChange={(component: string) => setEntry({ ...entry, component })}
              options={options(COMPONENTS)}
            />
          </Field>
          <Field label={t("rooms.gate.damageType")}>
            <Select
              aria-label={t("rooms.gate.damageType")}
              value={entry.type}
              onChange={(type: string) => setEntry({ ...entry, type })}
              options={options(DAMAGE_TYPES, true)}
            />
          </Field>
          <Field label={t("rooms.gate.responsible")}>
            <Select
              aria-label={t("rooms.gate.responsible")}
              value={entry.responsible}
              onChange={(responsible: string) => setEntry({ ...entry, responsible })}
              options={options(RESPONSIBLE)}
            />
          </Field>
        </div>
      </Modal>
    </fieldset>
  );
}
