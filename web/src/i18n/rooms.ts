// Messages of the role pages.
import { register } from "./index";
import { define } from "./define";

export const rooms = define({
  "rooms.soon": { zh: "页面即将开放", en: "This page is about to open" },
});

register(rooms);
