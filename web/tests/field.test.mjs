// The officer's phone (现场查验): written down without a line, through a page that is closed meanwhile, sent once the line is back, once; what comes too
// late is shown as not taken with its reason, on the phone and in the office.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, loginAs, openPage, PHONE, picture, read, settled, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, send, shipInPort } from "./setting.mjs";

let port;
let browser;

before(async () => {
  port = await startPort();
  browser = await startBrowser({ args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

const ASIDE = [401, 403, 404, 409];
const DAY = 86_400_000;

/** Without a line the browser writes every request that fails to the console. */
function forgive(page) {
  const { faults } = page.fairway;
  faults.splice(0, faults.length, ...faults.filter((fault) => !/net::ERR_/.test(fault)));
}

function quiet(page) {
  forgive(page);
  silent(page);
}

/** A box at the site under a joint order of border inspection alone. */
async function atTheSite() {
  const ship = await shipInPort(browser, port.base, { boxes: 2 });
  const terminal = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(terminal, "terminal");
  await send(terminal, "/demo/login", { user: ship.terminal.user });
  const at = new Date().toISOString();
  await send(terminal, "/containers/discharge", { reports: ship.boxes.map((container) => ({ container, call: ship.call, at, position: "A01-03-1" })) });
  const border = await openPage(browser, port.base, { allow: ASIDE });
  await loginAs(border, "border");
  const until = new Date(Date.now() + 7 * DAY).toISOString();
  const placed = (await send(border, "/instructions", { subject: "bill", value: ship.bill, from: at, to: until, hold: true, reason: "a tip" })).body;
  const tomorrow = new Date(Date.now() + DAY).toISOString().slice(0, 10);
  const slots = (await read(border, `/inspections/slots?day=${tomorrow}`)).items;
  const slot = slots.find((one) => one.free > 0 && new Date(one.start) > new Date());
  await send(border, `/joint-orders/${placed.order}/schedule`, { slot_start: slot.start });
  for (const container of ship.boxes) await send(terminal, `/joint-orders/${placed.order}/arrival`, { container, at: new Date().toISOString() });
  await terminal.context().close();
  return { ship, order: placed.order, border };
}

/** Another page of the same phone. */
async function again(page) {
  const next = await page.context().newPage();
  next.setDefaultTimeout(90_000);
  next.fairway = { ...page.fairway, faults: [] };
  next.on("pageerror", (error) => next.fairway.faults.push(`uncaught: ${error.message}`));
  return next;
}

/** The page is on the phone as a whole: its service worker is at work and has kept its files. */
async function kept(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  });
}

/** A photo as a camera makes it: larger than what is sent. */
async function photo(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(2400, 1800);
    const context = canvas.getContext("2d");
    for (let at = 0; at < 400; at += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      context.fillRect(Math.random() * 2400, Math.random() * 1800, 200, 150);
    }
    const blob = await canvas.convertToBlob({ type: "image/png" });
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1]);
      reader.readAsDataURL(blob);
    });
  });
  return { name: "door.png", mimeType: "image/png", buffer: Buffer.from(base64, "base64") };
}

async function sign(page) {
  const canvas = page.locator(".field-signature canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 20, box.y + 40);
  await page.mouse.down();
  for (let at = 1; at < 12; at += 1) await page.mouse.move(box.x + 20 + at * 18, box.y + 40 + (at % 2) * 20);
  await page.mouse.up();
  await page.locator('.field-signature canvas[data-signed="true"]').waitFor();
}

test("written down without a line, through a closed page, and sent once", async () => {
  const { ship, order, border } = await atTheSite();
  const state = border.context();
  const cookies = await state.cookies();
  const phone = await openPage(browser, port.base, { device: PHONE, allow: ASIDE });
  await phone.context().addCookies(cookies);
  await phone.goto("/field");
  await phone.locator(`[data-order="${order}"]`).waitFor();
  await kept(phone);
  await sound(phone, "field-today");

  // A number that cannot be is told at once; the right one leads to its order.
  const number = phone.getByRole("textbox", { name: "箱号" });
  await number.fill(`${ship.boxes[0].slice(0, 10)}${(Number(ship.boxes[0][10]) + 1) % 10}`);
  await phone.getByRole("button", { name: "查找" }).click();
  await phone.getByText(/校验位不符/).waitFor();
  const elsewhere = containerNumber(999_999);
  await number.fill(elsewhere);
  await phone.getByRole("button", { name: "查找" }).click();
  await phone.getByText(`今日查验中没有 ${elsewhere}`).waitFor();
  await number.fill(ship.boxes[0].toLowerCase());
  await phone.getByRole("button", { name: "查找" }).click();
  await phone.waitForURL(/\/field\/joint-order\//);
  await phone.getByRole("checkbox", { name: "同时提交本单位情况" }).check();
  await sound(phone, "field-order");

  // The line breaks; the page is closed in the middle, and opened again without a line.
  await phone.context().setOffline(true);
  await phone.locator('[data-online="false"]').waitFor();
  await phone.getByRole("textbox", { name: "现场记录" }).fill("箱内无人员藏匿");
  await phone.locator('input[type="file"]').setInputFiles(await photo(phone));
  await phone.locator(".field-photos img").waitFor();
  await sign(phone);
  const opened = await again(phone);
  await phone.close();
  await opened.goto(`/field/joint-order/${order}`);
  await opened.locator('[data-online="false"]').waitFor();
  assert.equal(await opened.getByRole("textbox", { name: "现场记录" }).inputValue(), "箱内无人员藏匿", "what was written is there");
  await opened.locator(".field-photos img").waitFor();
  await opened.locator('.field-signature canvas[data-signed="true"]').waitFor();

  // What is missing is said; then it is kept and waits.
  await opened.getByRole("button", { name: "保存并提交结果" }).click();
  await opened.getByText(/请逐项填写/).waitFor();
  await opened.getByRole("radio", { name: "合格", exact: true }).check();
  await picture(opened, "field-order-offline");
  await opened.getByRole("button", { name: "保存并提交结果" }).click();
  await opened.locator('[data-standing="waiting"]').waitFor();
  await opened.getByText("1 份待发送").waitFor();
  await sound(opened, "field-waiting");

  // Closed again before there is a line: what waits is still there.
  const third = await again(opened);
  await opened.close();
  await third.goto("/field");
  await third.locator('[data-standing="waiting"]').waitFor();
  assert.equal((await read(border, `/field-records?order=${order}`)).items.length, 0, "nothing has come yet");

  // The line is back, and the first answer is lost on its way: the phone sends again, and it is kept once.
  let lost = 0;
  await third.context().route("**/api/v1/field-records", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
  await third.context().setOffline(false);
  await third.locator('[data-standing="taken"]').waitFor();
  assert.equal(lost, 1, "an answer was lost");
  await third.locator('[data-online="true"]').waitFor();
  const records = (await read(border, `/field-records?order=${order}`)).items;
  assert.equal(records.length, 1, "sent twice, kept once");
  const [record] = records;
  assert.deepEqual([record.status, record.container, record.note, record.photos.length, record.findings], ["taken", ship.boxes[0], "箱内无人员藏匿", 1, []]);
  const joint = await read(border, `/joint-orders/${order}`);
  assert.equal(joint.participants[0].part.clean, true, "it is the authority's part");
  const sizes = await border.evaluate(async (id) => {
    const [photo, signature] = await Promise.all(["photos/1", "signature"].map(async (path) => (await fetch(`/api/v1/field-records/${id}/${path}`)).blob()));
    const image = await createImageBitmap(photo);
    return { type: photo.type, bytes: photo.size, side: Math.max(image.width, image.height), signature: signature.type };
  }, record.id);
  assert.deepEqual([sizes.type, sizes.side, sizes.signature], ["image/jpeg", 1600, "image/png"], "made small enough on the phone");
  assert.ok(sizes.bytes <= 900 * 1024);
  await sound(third, "field-taken");

  // In the office it stands in the order, with its pictures.
  await visit(border, `/joint-orders/${order}`);
  await border.locator(`[data-field-record="${record.id}"][data-status="taken"]`).waitFor();
  await sound(border, "field-record-in-order");
  // Whoever logs out leaves nothing on the phone that was read for them.
  await third.goto("/start");
  await settled(third);
  await third.locator(".user-button").click();
  await third.getByText("退出登录").click();
  await third.waitForURL((url) => url.pathname === "/");
  await third.goto("/field");
  await third.getByText("登录已失效").waitFor();
  assert.equal(await third.locator("[data-order], [data-record]").count(), 0, "no order and no record of the last officer");
  await third.context().setOffline(true);
  await third.goto("/field");
  await third.locator('[data-online="false"]').waitFor();
  assert.equal(await third.locator("[data-order], [data-record]").count(), 0, "without a line neither");
  quiet(third);
  await third.context().close();
  await border.context().close();
});

test("what comes too late is not taken, with its reason, and nowhere lost", async () => {
  const { order, border } = await atTheSite();
  const phone = await openPage(browser, port.base, { device: PHONE, lang: "en", allow: ASIDE });
  await phone.context().addCookies(await border.context().cookies());
  await phone.goto(`/field/joint-order/${order}`);
  await phone.getByRole("checkbox", { name: "Write your part down as well" }).check();
  await kept(phone);
  await phone.context().setOffline(true);
  await phone.locator('[data-online="false"]').waitFor();
  await phone.getByRole("radio", { name: "Not in order" }).check();
  await phone.getByRole("textbox", { name: "Notes" }).fill("somebody has slept here");
  await phone.getByRole("button", { name: "Sign by name" }).click();
  await phone.locator('.field-signature canvas[data-signed="true"]').waitFor();
  await phone.getByRole("button", { name: "Keep and give the result" }).click();
  await phone.locator('[data-standing="waiting"]').waitFor();

  // Meanwhile a colleague writes the part down at a desk.
  const own = await read(border, "/session");
  const checks = [{ code: "persons", ok: true }];
  await send(border, `/joint-orders/${order}/part`, { checks, clean: true, note: "nobody inside", officers: [own.user.id] });
  await phone.context().setOffline(false);
  await phone.locator('[data-standing="not-taken"]').waitFor();
  await phone.getByText("field-result-exists").waitFor();
  forgive(phone);
  await sound(phone, "field-not-taken");
  const [record] = (await read(border, `/field-records?order=${order}`)).items;
  assert.deepEqual([record.status, record.note, record.findings.map((finding) => finding.code)], ["not-taken", "somebody has slept here", ["field-result-exists"]]);
  assert.equal((await read(border, `/joint-orders/${order}`)).participants[0].part.note, "nobody inside", "the first stands");

  // It waits in the authority's worklist until somebody says what became of it.
  await visit(border, "/worklist?mine=true");
  await border.getByText("处置未采纳的现场记录").first().waitFor();
  await visit(border, `/field-records/${record.id}`);
  await border.getByText("查验结果已由他人录入").waitFor();
  await sound(border, "field-record-not-taken");
  await border.getByRole("button", { name: "处置" }).click();
  await border.getByRole("textbox", { name: "如何处置" }).fill("已核对，另行下达指令");
  await border.getByRole("dialog").getByRole("button", { name: "处置" }).click();
  await border.locator('[data-status="settled"]').first().waitFor();

  // On the phone it can be taken up again: it is another record.
  await phone.getByRole("button", { name: "Take up again" }).click();
  await phone.waitForURL(/\/field\/joint-order\//);
  assert.equal(await phone.getByRole("textbox", { name: "Notes" }).inputValue(), "somebody has slept here");
  quiet(phone);
  quiet(border);
  await phone.context().close();
  await border.context().close();
});

test("a code is read by the camera where the browser can", async () => {
  const { ship, order, border } = await atTheSite();
  const phone = await openPage(browser, port.base, { device: PHONE, allow: ASIDE });
  await phone.context().addCookies(await border.context().cookies());
  // This browser has a camera but no reader of codes; the reader is the one part that is stood in for.
  await phone.addInitScript((text) => {
    window.BarcodeDetector = class {
      async detect(video) {
        return video.videoWidth > 0 ? [{ rawValue: text }] : [];
      }
    };
  }, `https://port.example/track/${ship.boxes[1]}`);
  await phone.goto("/field");
  await phone.locator(`[data-order="${order}"]`).waitFor();
  await phone.getByRole("button", { name: "扫码" }).click();
  await phone.waitForURL((url) => url.pathname === `/field/joint-order/${order}` && url.searchParams.get("box") === ship.boxes[1]);
  assert.ok(await phone.getByRole("radio", { name: new RegExp(ship.boxes[1]) }).isChecked(), "the box that was scanned");
  silent(phone);
  await phone.context().close();
  await border.context().close();
});

test("the phone page for whoever has no orders, and as an application of its own", async (t) => {
  for (const [lang, device] of [["zh", PHONE], ["en", DESKTOP]]) {
    await t.test(`${lang}, ${device.name}`, async () => {
      const page = await openPage(browser, port.base, { lang, device, allow: ASIDE });
      await page.goto("/field");
      await settled(page);
      await page.getByRole("alert").waitFor();
      await sound(page, "field-no-session");
      await loginAs(page, "trader", "/start");
      await page.goto("/field");
      await page.getByText(lang === "zh" ? "供海关及各监管单位人员使用" : "for officers of customs").waitFor();
      const manifest = await page.evaluate(async () => {
        const answer = await fetch(document.querySelector('link[rel="manifest"]').href);
        const body = await answer.json();
        const icons = await Promise.all(body.icons.map(async (icon) => (await fetch(icon.src)).status));
        return { start: body.start_url, display: body.display, icons };
      });
      assert.deepEqual(manifest, { start: "/field", display: "standalone", icons: [200, 200, 200] });
      await sound(page, "field-stranger");
      await page.context().close();
    });
  }
});
