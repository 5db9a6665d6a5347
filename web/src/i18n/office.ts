// Messages of the case page, the insight pages, the ledger and the administration.
import { define } from "./define";
import { register } from "./index";

export const office = define({
  "case.title": { zh: "箱货全程", en: "Case" },
});

register(office);
