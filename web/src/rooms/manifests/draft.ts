// The manifest form while it is being filled: every content as typed. Turned into the wire form when it is checked or sent.
import type { Finding, ManifestForm } from "../../api/types";
import { containerNumberFault, isPositiveDecimal, usccFault } from "../checkdigits";

export interface DraftContainer {
  number: string;
  size_type: string;
  seal: string;
  gross_kg: string;
  packages: string;
}

export interface DraftGoods {
  description: string;
  hs_code: string;
  packages: string;
  package_kind: string;
  gross_kg: string;
  un_number: string;
}

export interface DraftBill {
  number: string;
  shipper: { name: string };
  consignee: { name: string; uscc: string };
  notify: { name: string };
  loading_port: string;
  discharge_port: string;
  delivery_place: string;
  /** Next port by another ship; null where a bill has no such field. */
  onward_port: string | null;
  containers: DraftContainer[];
  goods: DraftGoods[];
}

export interface ManifestDraft {
  call: string;
  function: "original" | "replace";
  bills: DraftBill[];
}

export const PASTE_ROWS_MAX = 2_000;

export const emptyContainer = (): DraftContainer => ({ number: "", size_type: "", seal: "", gross_kg: "", packages: "" });
export const emptyGoods = (): DraftGoods => ({ description: "", hs_code: "", packages: "", package_kind: "", gross_kg: "", un_number: "" });

export function emptyBill(dischargePort = ""): DraftBill {
  return {
    number: "",
    shipper: { name: "" },
    consignee: { name: "", uscc: "" },
    notify: { name: "" },
    loading_port: "",
    discharge_port: dischargePort,
    delivery_place: "",
    onward_port: "",
    containers: [emptyContainer()],
    goods: [emptyGoods()],
  };
}

const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text.trim()) : 0);
const orNull = (text: string) => text.trim() || null;

export function toForm(draft: ManifestDraft): ManifestForm {
  return {
    call: draft.call,
    function: draft.function,
    bills: draft.bills.map((bill) => ({
      number: bill.number.trim().toUpperCase(),
      shipper: { name: bill.shipper.name.trim() },
      consignee: { name: bill.consignee.name.trim(), uscc: orNull(bill.consignee.uscc) },
      notify: bill.notify.name.trim() ? { name: bill.notify.name.trim() } : null,
      loading_port: bill.loading_port.trim().toUpperCase(),
      discharge_port: bill.discharge_port.trim().toUpperCase(),
      delivery_place: orNull(bill.delivery_place),
      onward_port: orNull(bill.onward_port ?? "")?.toUpperCase() ?? null,
      containers: bill.containers.map((box) => ({
        number: box.number.trim().toUpperCase(),
        size_type: box.size_type.trim().toUpperCase(),
        seal: orNull(box.seal),
        gross_kg: box.gross_kg.trim(),
        packages: whole(box.packages),
      })),
      goods: bill.goods.map((item) => ({
        description: item.description.trim(),
        hs_code: orNull(item.hs_code),
        packages: whole(item.packages),
        package_kind: item.package_kind.trim(),
        gross_kg: item.gross_kg.trim(),
        un_number: orNull(item.un_number),
      })),
    })),
  };
}

function fault(code: string, pointer: string, zh: string, en: string): Finding {
  return { code, severity: "error", pointer, message: { zh, en }, hint: { zh: "", en: "" } };
}

/** What the browser can tell by itself, before the platform is asked: numbers with a check digit, and plain figures. */
export function liveFindings(draft: ManifestDraft): Finding[] {
  const found: Finding[] = [];
  const decimal = (text: string, pointer: string) => {
    if (text.trim() && !isPositiveDecimal(text)) found.push(fault("form-decimal", pointer, "应为大于 0 的数字", "A number above 0 is needed"));
  };
  const boxes = new Map<string, number>();
  draft.bills.forEach((bill, at) => {
    const uscc = bill.consignee.uscc.trim();
    if (uscc) {
      const wrong = usccFault(uscc);
      if (wrong?.kind === "form")
        found.push(fault("form-uscc", `/bills/${String(at)}/consignee/uscc`, "统一社会信用代码应为 18 位", "A unified social credit code has 18 characters"));
      if (wrong?.kind === "check-digit") {
        found.push(
          fault(
            "form-uscc",
            `/bills/${String(at)}/consignee/uscc`,
            `校验位不符，末位应为 ${wrong.expected}`,
            `Wrong check digit, the last character should be ${wrong.expected}`,
          ),
        );
      }
    }
    bill.containers.forEach((box, row) => {
      const pointer = `/bills/${String(at)}/containers/${String(row)}`;
      const number = box.number.trim().toUpperCase();
      if (number) {
        const wrong = containerNumberFault(number);
        if (wrong?.kind === "form")
          found.push(fault("form-container-number", `${pointer}/number`, "箱号应为 4 位字母加 7 位数字", "A container number has 4 letters and 7 digits"));
        if (wrong?.kind === "check-digit") {
          found.push(
            fault(
              "form-container-number",
              `${pointer}/number`,
              `校验位不符，末位应为 ${wrong.expected}`,
              `Wrong check digit, the last digit should be ${wrong.expected}`,
            ),
          );
        }
        const other = boxes.get(number);
        if (other === at) found.push(fault("form-container-twice", `${pointer}/number`, "同一提单内箱号重复", "The container stands twice in this bill"));
        boxes.set(number, at);
      }
      decimal(box.gross_kg, `${pointer}/gross_kg`);
      decimal(box.packages, `${pointer}/packages`);
    });
    bill.goods.forEach((item, row) => {
      decimal(item.gross_kg, `/bills/${String(at)}/goods/${String(row)}/gross_kg`);
      decimal(item.packages, `/bills/${String(at)}/goods/${String(row)}/packages`);
    });
  });
  return found;
}

/** Figures without which the form cannot be read by the platform; told when the form is checked. */
export function missingFigures(draft: ManifestDraft): Finding[] {
  const found: Finding[] = [];
  const need = (text: string, pointer: string) => {
    if (!text.trim()) found.push(fault("form-required", pointer, "必填", "Required"));
  };
  draft.bills.forEach((bill, at) => {
    bill.containers.forEach((box, row) => need(box.gross_kg, `/bills/${String(at)}/containers/${String(row)}/gross_kg`));
    bill.goods.forEach((item, row) => need(item.gross_kg, `/bills/${String(at)}/goods/${String(row)}/gross_kg`));
  });
  return found;
}

/** Columns of a pasted table, in order. A row repeats its bill number; an empty one means the bill of the row above. */
export const PASTE_COLUMNS = [
  "bill",
  "loading_port",
  "discharge_port",
  "shipper",
  "consignee",
  "uscc",
  "container",
  "size_type",
  "seal",
  "packages",
  "gross_kg",
  "package_kind",
  "hs_code",
  "description",
] as const;

/** Bills from a table copied out of a spreadsheet: one row per container, with the goods in it. */
export function billsFromTable(text: string): DraftBill[] {
  const bills = new Map<string, DraftBill>();
  let last = "";
  for (const line of text.split(/\r?\n/).slice(0, PASTE_ROWS_MAX)) {
    if (!line.trim()) continue;
    const cells = line.split(line.includes("\t") ? "\t" : /[;,]/).map((cell) => cell.trim());
    const of = (name: (typeof PASTE_COLUMNS)[number]) => cells[PASTE_COLUMNS.indexOf(name)] ?? "";
    const number = (of("bill") || last).toUpperCase();
    // A heading row has no digit in its bill number and none in its container number.
    if (!number || (!/\d/.test(number) && !/\d/.test(of("container")))) continue;
    last = number;
    const bill = bills.get(number) ?? { ...emptyBill(), number, containers: [], goods: [] };
    bills.set(number, bill);
    bill.loading_port ||= of("loading_port").toUpperCase();
    bill.discharge_port ||= of("discharge_port").toUpperCase();
    bill.shipper.name ||= of("shipper");
    bill.consignee.name ||= of("consignee");
    bill.consignee.uscc ||= of("uscc").toUpperCase();
    if (of("container")) {
      bill.containers.push({
        number: of("container").toUpperCase(),
        size_type: of("size_type").toUpperCase(),
        seal: of("seal"),
        packages: of("packages"),
        gross_kg: of("gross_kg"),
      });
    }
    const same = bill.goods.find((item) => item.description === of("description") && item.hs_code === of("hs_code"));
    if (same) {
      same.packages = String(Number(same.packages) + Number(of("packages")));
      same.gross_kg = String(Number(same.gross_kg) + Number(of("gross_kg")));
    } else if (of("description")) {
      bill.goods.push({
        description: of("description"),
        hs_code: of("hs_code"),
        packages: of("packages"),
        package_kind: of("package_kind"),
        gross_kg: of("gross_kg"),
        un_number: "",
      });
    }
  }
  return [...bills.values()].map((bill) => ({ ...bill, goods: bill.goods.length > 0 ? bill.goods : [emptyGoods()] }));
}
