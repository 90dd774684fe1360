// Drives the review desk as it is without accounts: node run.mjs BASE_URL FOLDER_FOR_SCREENSHOTS [NAME...]
import { api, base, check, failures, gallery, incident, incidents, join, open, run, same, shots, violations } from "./harness.mjs";

const tests = {};

tests["every page is without violations in both themes, and is kept as a picture"] = async () => {
  const all = await incidents("&review=any");
  const paid = all.find((i) => i.scheme === "wechat-pay-personal" || i.scheme?.startsWith("wechat-pay")) ?? all[0];
  const unread = all.find((i) => i.scheme === undefined || i.scheme === null) ?? all[0];
  const hostile = all.find((i) => i.stream === "room-109");
  check(hostile, "the hostile incident is there");
  const campaigns = (await api("/api/v1/campaigns?kind=destination&order=latest")).campaigns;
  const pages = {
    queue: "/",
    "queue-all": "/?review=any",
    "queue-empty": "/?q=nothing-at-all",
    incident: `/incidents/${paid.id}`,
    "incident-unread": `/incidents/${unread.id}`,
    "incident-hostile": `/incidents/${hostile.id}`,
    campaigns: "/campaigns?order=latest",
    campaign: `/campaigns/${campaigns[0].id}`,
    wall: "/wall",
    scan: "/scan",
    quality: "/quality",
    help: "/help",
    problem: "/incidents/none",
  };
  await gallery(pages, { whole: ["incident", "incident-hostile", "campaign"] });
};

tests["what strangers wrote is text"] = async () => {
  const page = await open();
  const hostile = (await incidents("&review=any")).find((i) => i.stream === "room-109");
  for (const path of ["/?review=any", `/incidents/${hostile.id}`, "/campaigns"]) {
    await page.goto(path);
    check((await page.title()).includes("Waylay"), `the title is ours: ${await page.title()}`);
    same(await page.locator("main img[onerror], main script").count(), 0, "no element of theirs");
    same(await page.locator("main a[href*='evil']").count(), 0, "no link to what they want");
  }
  await page.goto(`/incidents/${hostile.id}`);
  const text = await page.locator(".payload").first().innerText();
  check(text.includes("hxxps://evil[.]example") && text.includes("U+202E") && text.includes("<script>"), `it is shown as it is: ${text}`);
  same(await page.locator(".destination .domain").first().innerText(), "evil[.]example", "the domain stands out");
  await page.context().close();
};

tests["the code is covered until a key or button is held"] = async () => {
  const page = await open();
  const one = (await incidents("&review=any")).find((i) => i.stream === "room-104");
  await page.goto(`/incidents/${one.id}`);
  const image = page.locator("[data-test=frame]");
  const source = () => image.getAttribute("src");
  check((await source()).endsWith("?cover=1"), "covered at first");
  const lid = page.locator(".cover .lid");
  check(await lid.isVisible(), "the cover lies over it");
  await page.keyboard.down("r");
  check(!(await source()).includes("cover"), "open while the key is down");
  check(!(await lid.isVisible()), "and the cover is off");
  await page.keyboard.up("r");
  check((await source()).endsWith("?cover=1"), "covered again");
  check(await lid.isVisible(), "with its cover");
  const button = await page.locator("[data-test=reveal]").boundingBox();
  await page.mouse.move(button.x + 5, button.y + 5);
  await page.mouse.down();
  check(!(await source()).includes("cover"), "open while the button is held");
  await page.mouse.up();
  check((await source()).endsWith("?cover=1"), "covered when it is let go");
  // Whoever looks away leaves it covered.
  await page.keyboard.down("r");
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  check((await source()).endsWith("?cover=1"), "covered when the window loses the focus");
  await page.keyboard.up("r");
  await page.keyboard.press("a");
  check((await source()).includes("annotated") && (await source()).endsWith("?cover=1"), "annotated, and covered");
  await page.keyboard.press("g");
  check(await page.evaluate(() => document.documentElement.hasAttribute("data-grey")), "grey");
  await page.waitForTimeout(300);
  await page.reload();
  check(await page.evaluate(() => document.documentElement.hasAttribute("data-grey")), "still grey after a reload");
  await page.keyboard.press("g");
  await page.waitForTimeout(200);
  // What is covered cannot be read by Waylay itself, and what is not can.
  const covered = await (await fetch(base + await source())).blob();
  const bare = await (await fetch(base + (await source()).replace("?cover=1", "").replace("annotated_frame", "clean_frame"))).blob();
  for (const [picture, reads] of [[covered, false], [bare, true]]) {
    const form = new FormData();
    form.set("file", picture, "x.jpg");
    const answer = await (await fetch(`${base}/scan?csrf=`, { method: "POST", body: form, headers: { accept: "text/html" } })).text();
    same(/PIX/.test(answer), reads, "whether the code can be read");
  }
  await page.context().close();
};

tests["one decision settles a campaign, and one undo takes it back"] = async () => {
  const page = await open();
  const campaigns = (await api("/api/v1/campaigns?kind=destination")).campaigns;
  const campaign = campaigns.find((c) => c.streams >= 2 && c.waiting >= 2);
  check(campaign, `a campaign over streams: ${JSON.stringify(campaigns)}`);
  await page.goto("/campaigns");
  await page.locator(`a[href="/campaigns/${campaign.id}"]`).first().click();
  await page.waitForURL(/\/campaigns\/\d+/);
  check((await page.locator(".decide").innerText()).includes(`${campaign.waiting} waiting`), "the count is told before");
  await page.keyboard.press("1");
  same(await page.evaluate(() => document.activeElement.name), "reason", "a reason is needed");
  await page.keyboard.type("pays off the platform");
  await page.locator("[data-test=confirm]").click();
  await page.locator("[data-test=undo]").waitFor();
  same((await api(`/api/v1/campaigns/${campaign.id}`)).waiting, 0, "nothing waits any more");
  await page.screenshot({ path: join(shots, "campaign-undo.png") });
  await page.keyboard.press("u");
  await page.waitForURL((url) => !url.search.includes("undo="));
  same((await api(`/api/v1/campaigns/${campaign.id}`)).waiting, campaign.waiting, "all of it waits again");
  await page.context().close();
};

tests["three incidents are reviewed by keyboard alone"] = async () => {
  const page = await open();
  // What is pressed twice is not meant for the incident that comes next: it is pressed as its page begins, however slow this
  // machine is.
  await page.addInitScript(() => {
    if (!new URL(location.href).searchParams.has("undo")) return;
    document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
      for (const key of ["1", "2", "3"]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      document.documentElement.dataset.pressed = "yes";
    }));
  });
  await page.goto("/");
  const before = (await incidents()).length;
  check(before >= 5, `enough waits: ${before}`);
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await page.waitForURL(/\/incidents\//);
  const decided = [];
  const id = () => new URL(page.url()).pathname.split("/").pop();
  for (const key of ["1", "3", "2"]) {
    const here = id();
    decided.push(here);
    await page.waitForLoadState("load");
    await page.locator("html[data-ready]").waitFor({ state: "attached" });
    if (decided.length > 1) await page.locator("html[data-pressed]").waitFor({ state: "attached" });
    same(id(), here, "nobody decides on what has just come");
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname.startsWith("/incidents/") && !url.pathname.endsWith(here));
  }
  same(new Set(decided).size, 3, "three different ones");
  const found = [];
  for (const one of decided) found.push((await incident(one)).decision);
  same(found, ["confirm", "misread", "allow_once"], "the decisions");
  // The last one is taken back, and is here again.
  await page.waitForLoadState("load");
  await page.keyboard.press("u");
  await page.waitForURL((url) => url.pathname.endsWith(decided[2]));
  same((await incident(decided[2])).review, "open", "it waits again");
  // What needs a reason asks for it.
  await page.waitForLoadState("load");
  await page.keyboard.press("e");
  same(await page.evaluate(() => document.activeElement.name), "reason", "the reason is asked for");
  await page.keyboard.type("not sure");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.waitForURL((url) => !url.pathname.endsWith(decided[2]));
  same((await incident(decided[2])).review, "escalated", "it is escalated");
  // A note, by the keyboard too.
  await page.waitForLoadState("load");
  const noted = id();
  await page.keyboard.press("n");
  await page.keyboard.type("seen twice today: http://x.example");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("#history").getByText("seen twice today").waitFor();
  check((await page.locator("#history").innerText()).includes("hxxp://x[.]example"), "the note is disarmed");
  same(id(), noted, "the page is the same");
  await page.keyboard.press("?");
  check(await page.locator("#help").isVisible(), "the help sheet");
  await page.keyboard.press("Escape");
  check(!(await page.locator("#help").isVisible()), "and it goes");
  await page.context().close();
};

tests["a registry entry is shown as a change before it is made"] = async () => {
  const page = await open();
  const one = (await incidents()).find((i) => i.stream === "room-106") ?? (await incidents())[0];
  await page.goto(`/incidents/${one.id}`);
  await page.keyboard.press("5");
  const diff = page.locator("details.allow[open] .diff");
  await diff.waitFor();
  check((await diff.innerText()).includes("+ "), "the line that is added");
  await page.screenshot({ path: join(shots, "incident-allow.png") });
  await page.locator("details.allow[open] input[name=reason]").fill("our own shop");
  await page.locator("[data-test=allow_platform]").click();
  await page.waitForURL((url) => !url.pathname.endsWith(one.id));
  same((await incident(one.id)).decision, "allow_platform", "the decision");
  const entries = (await api("/api/v1/registry")).entries ?? [];
  check(entries.some((entry) => entry.key === one.destination), `the entry is in force: ${JSON.stringify(entries)}`);
  await page.keyboard.press("u");
  await page.waitForURL((url) => url.pathname.endsWith(one.id));
  await page.context().close();
};

tests["what comes in waits behind a button and moves nothing"] = async () => {
  const page = await open();
  await page.goto("/");
  const rows = () => page.locator("[data-row]").evaluateAll((all) => all.map((row) => row.dataset.id));
  const before = await rows();
  await page.keyboard.press("j");
  const here = await page.evaluate(() => document.activeElement.closest("[data-row]").dataset.id);
  const top = async () => (await page.locator(`[data-row][data-id="${here}"]`).boundingBox()).y;
  const stood = await top();
  await page.waitForFunction(() => document.documentElement.dataset.live === "on");
  await api("/api/v1/streams", { method: "POST", body: JSON.stringify({ id: "late", url: process.env.LATE_URL, labels: ["host:late"] }) });
  const button = page.locator("[data-arrivals]");
  await button.waitFor({ state: "visible", timeout: 45_000 });
  check(/^\d+ new incidents?$/.test(await button.innerText()), `it says how many: ${await button.innerText()}`);
  same(await rows(), before, "the rows are those that were there");
  same(await top(), stood, "and nothing moved");
  same(await page.evaluate(() => document.activeElement.closest("[data-row]")?.dataset.id), here, "the focus stayed");
  await page.screenshot({ path: join(shots, "queue-arrived.png") });
  await page.keyboard.press("l");
  await page.locator("[data-row]").getByText("late").first().waitFor();
  check((await rows()).length > before.length, "the new one is there");
  await page.goto("/wall");
  await page.locator("[data-row][data-id=late]").waitFor();
  await page.waitForTimeout(5_000);
  await page.screenshot({ path: join(shots, "wall-live.png") });
  for (const violation of await violations(page)) failures.push(`wall live: ${violation}`);
  await page.context().close();
};

tests["all of it works without a script"] = async () => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto("/");
  await page.locator("[data-test=next]").click();
  await page.waitForURL(/\/incidents\//);
  const first = new URL(page.url()).pathname.split("/").pop();
  const stood = (await incident(first)).review;
  await page.screenshot({ path: join(shots, "incident-no-script.png") });
  await page.locator("#decide [data-test=misread]").click();
  await page.waitForURL((url) => !url.pathname.endsWith(first));
  same((await incident(first)).decision, "misread", "the decision");
  await page.locator("[data-test=undo]").click();
  await page.waitForURL((url) => url.pathname.endsWith(first));
  same((await incident(first)).review, stood, "undone");
  await page.locator(".note textarea").fill("by hand");
  await page.locator(".note button").click();
  check((await page.locator("#history").innerText()).includes("by hand"), "the note is there");
  await page.locator("[data-test=skip]").click();
  await page.waitForURL((url) => !url.pathname.endsWith(first));
  await page.goto("/?review=any");
  await page.locator("#filters select[name=class]").selectOption("on_platform");
  await page.locator("#filters button").click();
  await page.waitForURL(/class=on_platform/);
  for (const tag of await page.locator(".item .meta .tag:first-child").allInnerTexts()) same(tag, "On platform", "the filter");
  await page.locator(".save input[name=name]").fill("ours");
  await page.locator(".save button").click();
  check((await page.locator(".saved").innerText()).includes("ours"), "the filter is kept");
  await page.locator(".menu summary").click();
  await page.locator("[name=lang][value=zh]").click();
  same(await page.locator("html").getAttribute("lang"), "zh-Hans", "the language");
  await page.locator(".menu summary").click();
  await page.locator("[name=theme][value=dark]").click();
  same(await page.locator("html").getAttribute("data-theme"), "dark", "the theme");
  await page.context().close();
};

tests["Enter behind a reason makes the decision that asked for it, and no other"] = async () => {
  const page = await open();
  const one = (await incidents()).find((i) => i.review === "open");
  check(one, "something waits");
  await page.goto(`/incidents/${one.id}`);
  await page.locator("#decide input[name=reason]").fill("belongs to us");
  await page.locator("#decide input[name=reason]").press("Enter");
  // What is sent before the next request would be there by then.
  same((await incident(one.id)).review, "open", "Enter by itself decides nothing");
  same(new URL(page.url()).pathname, `/incidents/${one.id}`, "and leads nowhere");
  await page.locator("#decide input[name=reason]").fill("");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  same(await page.evaluate(() => document.activeElement.name), "reason", "the reason is asked for");
  await page.keyboard.type("not sure");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.endsWith(one.id));
  same((await incident(one.id)).review, "escalated", "what was asked for");
  await page.waitForLoadState("load");
  await page.keyboard.press("u");
  await page.waitForURL((url) => url.pathname.endsWith(one.id));
  same((await incident(one.id)).review, "open", "it waits again");
  await page.context().close();
};

tests["a filter is saved as it is shown"] = async () => {
  const page = await open();
  await page.goto("/");
  const answered = page.waitForResponse((answer) => answer.url().includes("severity=critical"));
  await page.locator("#filters select[name=severity]").selectOption("critical");
  await answered;
  await page.waitForFunction(() => document.querySelector("#saved-query").value.includes("severity=critical"));
  await page.locator(".save input[name=name]").fill("worst");
  await page.locator(".save button").click();
  await page.waitForURL(/severity=critical/);
  const saved = (await api("/api/v1/filters")).filters.find((filter) => filter.name === "worst");
  same(saved.query, "severity=critical", "what was shown");
  await page.context().close();
};

tests["the wall stands still under whoever is on it, and nobody listens who does not look"] = async () => {
  const page = await open();
  await page.goto("/wall");
  const asked = () => page.evaluate(() => new Promise((done) => {
    document.addEventListener("htmx:beforeRequest", (event) => setTimeout(() => done(event.defaultPrevented)), { once: true });
  }));
  await page.locator("#streams a").first().focus();
  same(await asked(), true, "it waits while a stream has the focus");
  await page.evaluate(() => document.activeElement.blur());
  same(await asked(), false, "and goes on after that");
  await page.goto("/");
  const live = (on) => page.waitForFunction((is) => (document.documentElement.dataset.live === "on") === is, on);
  const turn = (state) => page.evaluate((is) => {
    Object.defineProperty(document, "visibilityState", { value: is, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  await live(true);
  await turn("hidden");
  await live(false);
  await turn("visible");
  await live(true);
  await page.context().close();
};

tests["the scan desk says what it sees"] = async () => {
  const page = await open();
  await page.goto("/scan");
  await page.locator("[data-test=text]").fill("https://pay.evil.example/<b>?x=1");
  await page.locator("[data-test=look]").click();
  await page.locator("article.found").waitFor();
  check((await page.locator("article.found").innerText()).includes("evil[.]example"), "a text");
  await page.locator("[data-test=file]").setInputFiles(process.env.SAMPLE_PICTURE);
  await page.locator("[data-test=look]").click();
  await page.locator("article.found").first().waitFor();
  await page.screenshot({ path: join(shots, "scan-picture.png") });
  for (const violation of await violations(page)) failures.push(`scan: ${violation}`);
  await page.goto("/scan");
  await page.locator("[data-test=file]").setInputFiles(process.env.SAMPLE_CLIP);
  await page.locator("[data-test=look]").click();
  await page.locator("article.found").first().waitFor({ timeout: 60_000 });
  check((await page.locator("article.found").first().innerText()).includes("First seen at"), "a clip says when");
  await page.goto("/scan");
  await page.locator("[data-test=file]").setInputFiles({ name: "../../x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.locator("[data-test=look]").click();
  await page.locator(".notice.bad").waitFor();
  await page.goto("/scan");
  await page.locator("[data-test=look]").click();
  await page.locator(".notice.bad").waitFor();
  await page.context().close();
};

tests["single keys can be turned off, and do nothing in a field"] = async () => {
  const page = await open();
  await page.goto("/");
  await page.keyboard.press("/");
  await page.keyboard.type("x?j1");
  same(await page.locator("input[name=q]").inputValue(), "x?j1", "typed, not pressed");
  check(!(await page.locator("#help").isVisible()), "no sheet");
  await page.locator("input[name=q]").fill("");
  await page.locator(".menu summary").click();
  await page.locator("[name=keys][value=off]").click();
  await page.waitForLoadState("load");
  await page.keyboard.press("?");
  check(!(await page.locator("#help").isVisible()), "off is off");
  // The button that uncovers is a button: it is held by a key too.
  const one = (await incidents("&review=any")).find((i) => i.stream === "room-104");
  await page.goto(`/incidents/${one.id}`);
  const source = () => page.locator("[data-test=frame]").getAttribute("src");
  await page.locator("[data-test=reveal]").focus();
  for (const key of [" ", "Enter"]) {
    await page.keyboard.down(key);
    check(!(await source()).includes("cover"), `open while ${JSON.stringify(key)} is down`);
    await page.keyboard.up(key);
    check((await source()).endsWith("?cover=1"), "covered again");
  }
  await page.context().close();
};

await run(tests);
