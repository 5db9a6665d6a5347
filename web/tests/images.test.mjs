// Images first, through the pages: ordered, scanned by the sandbox scanner, looked at closely, reviewed by one officer and independently by
// another, decided by a third; in Chinese and English, by keys alone, and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loginAs, openPage, PHONE, picture, read, silent, sound, startBrowser, startPort, visit } from "./harness.mjs";
import { containerNumber, drawnInspection, send } from "./setting.mjs";

let port;
let browser;

before(async () => {
  port = await startPort();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await port?.stop();
});

/** Pages may be asked for what another officer has changed meanwhile. */
const ASIDE = [403, 404, 409];

/** A page of an officer of customs, by the last part of the name. */
async function officer(name, options = {}) {
  const page = await openPage(browser, port.base, { allow: ASIDE, ...options });
  await loginAs(page, "customs");
  await send(page, "/demo/login", { user: `customs-demo.${name}` });
  await page.reload();
  return page;
}

/** Orders the machine for a new inspection by its page, and has the sandbox scanner take the image. */
async function scanned(page) {
  const { inspection, box } = await drawnInspection(browser, port.base);
  // Whoever was drawn to open the box does not ask for images instead.
  const drawn = (await read(page, `/inspections/${inspection}`)).officers.map((one) => one.id);
  const orders = await officer(["an", "cao", "ding", "geng"].find((name) => !drawn.includes(`customs-demo.${name}`)));
  await visit(orders, `/inspections/${inspection}`);
  await orders.getByRole("button", { name: "下达机检" }).click();
  const dialog = orders.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "原因" }).fill("机检优先");
  await dialog.getByRole("button", { name: "下达机检" }).click();
  await orders.locator("#machine").waitFor();
  silent(orders);
  await orders.context().close();
  await visit(page, `/inspections/${inspection}`);
  await page.getByRole("link", { name: box }).first().waitFor();
  const task = `${inspection}-1`;
  await visit(page, `/image-tasks/${task}`);
  await page.getByRole("button", { name: "用沙箱设备扫描" }).click();
  await page.locator('[data-status="first-review"]').first().waitFor();
  return { inspection, task, box };
}

const stage = (page) => page.locator(".viewer-stage");
const metresOf = (told) => Number(/([\d.]+) m\b/.exec(told)?.[1] ?? Number(/([\d.]+) mm/.exec(told)?.[1]) / 1_000);
const scaleOf = async (page) => Number(await stage(page).getAttribute("data-scale"));

test("a suspect image is reviewed twice and independently, and the box is opened", async () => {
  const first = await officer("an");
  const { inspection, task } = await scanned(first);

  // Looked at by wheel, keys and ruler.
  await first.locator(".viewer-plane img").evaluate((image) => image.decode());
  const before = await scaleOf(first);
  const frame = await stage(first).boundingBox();
  // The wheel scrolls the page past an image in which nobody works.
  await first.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
  await first.mouse.wheel(0, 60);
  await first.waitForFunction(() => window.scrollY > 0);
  assert.ok(Math.abs((await scaleOf(first)) - before) < 0.01);
  await first.evaluate(() => window.scrollTo(0, 0));
  await stage(first).focus();
  await first.mouse.wheel(0, -400);
  await first.waitForFunction((before) => Number(document.querySelector(".viewer-stage").dataset.scale) > before * 1.5, before);
  await stage(first).focus();
  await first.keyboard.press("0");
  await first.waitForFunction((before) => Math.abs(Number(document.querySelector(".viewer-stage").dataset.scale) - before) < 0.01, before);
  // The ruler by keys: from the middle, its end to the right and its beginning to the left.
  await first.keyboard.press("r");
  for (let n = 0; n < 25; n++) await first.keyboard.press("ArrowRight");
  for (let n = 0; n < 25; n++) await first.keyboard.press("Shift+ArrowLeft");
  const byKeys = metresOf(await first.locator(".viewer-told").innerText());
  assert.ok(Math.abs(byKeys - (200 / before) * 0.01385) < 0.05, `50 steps of 4 pixels: ${byKeys} m`);
  await first.mouse.move(frame.x + 200, frame.y + 100);
  await first.mouse.down();
  await first.mouse.move(frame.x + 400, frame.y + 100, { steps: 4 });
  await first.mouse.up();
  const told = await first.locator(".viewer-told").innerText();
  const metres = metresOf(told);
  assert.ok(Math.abs(metres - (200 / before) * 0.01385) < 0.05, `200 pixels of the screen at ${before}: ${told}`);
  await first.locator(".hint-model").waitFor();
  assert.match(await first.locator(".hint-model").innerText(), /实测精确率 \d+\.\d %/);

  // A mark by keys alone, and one by dragging.
  await first.keyboard.press("Escape");
  await first.keyboard.press("+");
  await first.keyboard.press("Enter");
  await first.keyboard.press("m");
  await first.mouse.move(frame.x + 300, frame.y + 90);
  await first.mouse.down();
  await first.mouse.move(frame.x + 360, frame.y + 130, { steps: 4 });
  await first.mouse.up();
  assert.equal(await first.locator(".image-marks li").count(), 2);
  await first.getByRole("textbox", { name: "标注 2 的说明" }).fill("高密度块");
  await first.getByText("有嫌疑", { exact: true }).click();
  await sound(first, "image task in Chinese");
  await picture(first, "image-task");
  await first.locator("[data-send-review]").click();
  await first.locator('[data-status="second-review"]').first().waitFor();
  await first.getByText("复审和裁定须由其他关员作出").waitFor();

  // Another officer, in English, does not see what the first one said.
  const second = await officer("bai", { lang: "en" });
  await visit(second, `/image-tasks/${task}`);
  await second.getByText("The second review is independent").waitFor();
  assert.equal(await second.locator(".viewer-earlier").count(), 0);
  assert.equal(await second.locator("[data-review]").count(), 0);
  await second.getByText("Clean", { exact: true }).click();
  await second.locator("[data-send-review]").click();
  await second.locator('[data-status="decision"]').first().waitFor();
  await second.locator('[data-review="first"]').waitFor();

  // They differ: a senior officer decides.
  const third = await officer("geng");
  await visit(third, `/image-tasks/${task}`);
  assert.equal(await third.locator(".viewer-earlier").count(), 2);
  // The marks are told in words as well, by the numbers of the history.
  await third.locator(".viewer-places").getByText("标注 1.2").waitFor();
  await third.locator(".viewer-places").getByText("高密度块").waitFor();
  assert.equal(await third.getByText("无法判明", { exact: true }).count(), 0, "the decision is clean or suspect");
  await third.getByText("有嫌疑", { exact: true }).first().waitFor();
  await third.locator(".ant-radio-button-wrapper", { hasText: "有嫌疑" }).click();
  await third.getByRole("textbox", { name: "说明", exact: true }).fill("同意初审");
  await third.locator("[data-send-review]").click();
  await third.locator('[data-status="suspect"]').first().waitFor();
  await third.getByText("合成图像的真值").waitFor();
  await sound(third, "concluded image task");
  await picture(third, "image-task-decided");
  const after = await read(third, `/inspections/${inspection}`);
  assert.deepEqual([after.status, after.machine.under_way], ["ordered", false], "it is opened as any other");
  for (const page of [first, second, third]) silent(page);
});

test("a clean image ends the inspection, and the share counts it", async () => {
  const page = await officer("cao");
  const { inspection, task } = await scanned(page);
  const pages = [page];
  for (const name of ["cao", "ding"]) {
    const reviewer = name === "cao" ? page : await officer(name);
    if (reviewer !== page) pages.push(reviewer);
    await visit(reviewer, `/image-tasks/${task}`);
    await reviewer.locator(".ant-radio-button-wrapper", { hasText: "未见异常" }).click();
    await reviewer.locator("[data-send-review]").click();
    await reviewer.locator('[data-status="clean"], [data-status="second-review"]').first().waitFor();
    // A second review is drawn now and then.
    if ((await read(reviewer, `/image-tasks/${task}`)).status === "clean") break;
  }
  const after = await read(page, `/inspections/${inspection}`);
  assert.deepEqual([after.status, after.result.method, after.result.disposition], ["passed", "machine", "18"]);
  await visit(page, `/inspections/${inspection}`);
  await page.getByText("未见异常。", { exact: false }).first().waitFor();

  const office = await openPage(browser, port.base, { lang: "en", allow: ASIDE });
  await loginAs(office, "port-office");
  await visit(office, "/insight/non-intrusive");
  await office.locator("tbody tr").first().waitFor();
  await sound(office, "share of non-intrusive inspection");
  await picture(office, "non-intrusive");
  await office.locator("tbody tr").first().getByRole("link").first().click();
  await office.waitForURL(/\/inspections\?method=machine/);
  await office.getByRole("link", { name: inspection }).waitFor();
  for (const one of [...pages, office]) silent(one);
});

test("an image that fits nothing is kept, looked at and set aside; the queue leads to the image, on a phone as well", async () => {
  const page = await officer("ding");
  const { task, box } = await scanned(page);
  // The same image under a number that nobody knows.
  const stray = containerNumber(Math.floor(Math.random() * 900_000));
  const sent = await page.evaluate(
    async ([scan, stray]) => {
      const bytes = await (await fetch(`/api/v1/scans/${scan}/image`)).blob();
      const query = new URLSearchParams({ container: stray, equipment: "UNKNOWN-9", taken_at: new Date().toISOString() });
      const answer = await fetch(`/api/v1/scans?${query}`, { method: "POST", headers: { "x-fairway": "1", "content-type": "application/octet-stream" }, body: bytes });
      return { status: answer.status, body: await answer.json() };
    },
    [(await read(page, `/image-tasks/${task}`)).scans[0].id, stray],
  );
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  const codes = sent.body.findings.map((finding) => finding.code);
  for (const code of ["scan-box-unknown", "scan-of-another-box", "scan-equipment-unknown"]) assert.ok(codes.includes(code), `${code} of ${codes}`);
  await visit(page, "/scans?status=unmatched");
  await page.getByText(stray).first().waitFor();
  await sound(page, "images that fit nothing");
  await picture(page, "scans");
  await visit(page, `/scans/${sent.body.scan.id}`);
  await page.getByText("设备未登记像素尺寸").waitFor();
  await page.getByRole("button", { name: "搁置", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "原因" }).fill("箱号误读");
  await dialog.getByRole("button", { name: "搁置" }).click();
  await page.locator('[data-status="set-aside"]').first().waitFor();
  await sound(page, "an image set aside");

  // From the queue to the image.
  await visit(page, "/image-tasks");
  await page.getByText(box).first().waitFor();
  await sound(page, "queue of image review");
  await picture(page, "image-tasks");
  await page.getByRole("link", { name: box }).first().click();
  await page.locator(".viewer-plane img").evaluate((image) => image.decode());

  const phone = await officer("fang", { device: PHONE });
  await visit(phone, `/image-tasks/${task}`);
  await phone.locator(".viewer-plane img").evaluate((image) => image.decode());
  await sound(phone, "image task on a phone");
  await picture(phone, "image-task-phone");
  for (const one of [page, phone]) silent(one);
});

test("how long a page of an image takes to open is measured and printed", async () => {
  const page = await officer("ding");
  const { task, box } = await scanned(page);
  await visit(page, `/image-tasks/${task}`);
  await page.locator(".viewer-plane img").evaluate((image) => image.decode());
  /** From the click to the image decoded and the review form there. */
  const times = { followed: [], loaded: [] };
  for (let n = 0; n < 5; n++) {
    await visit(page, `/image-tasks?q=${box}`);
    const link = page.getByRole("link", { name: box }).first();
    await link.waitFor();
    let began = performance.now();
    await link.click();
    await page.locator(".viewer-plane img").evaluate((image) => image.decode());
    await page.locator("[data-send-review]").waitFor();
    times.followed.push(performance.now() - began);
    began = performance.now();
    await page.goto(`${port.base}/image-tasks/${task}`);
    await page.locator(".viewer-plane img").evaluate((image) => image.decode());
    await page.locator("[data-send-review]").waitFor();
    times.loaded.push(performance.now() - began);
  }
  const middle = (values) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);
  const worst = (values) => Math.round(Math.max(...values));
  // Printed, not asserted: a test may run beside other work.
  console.log(`image page: opened from the queue ${middle(times.followed)} ms (worst ${worst(times.followed)}), loaded anew ${middle(times.loaded)} ms (worst ${worst(times.loaded)}); budget 1,000 ms`);
  assert.equal(times.followed.length + times.loaded.length, 10, "every opening showed the image");
  silent(page);
});
