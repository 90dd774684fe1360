// The review desk by keyboard, live. Every page works without this file: it presses the same buttons and loads the same
// pages that a hand would.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  const shown = (node) => node && !node.hidden && !node.disabled && node.getClientRects().length > 0;
  const keysOn = () => root.dataset.keys !== "off";

  // What only a script can do is hidden until there is one.
  const wake = (from) => all("[data-reveal], [data-play], [data-step], [data-help]", from).forEach((node) => { node.hidden = false; });

  // ---- Rows: one of them is where the reviewer is.
  let here = null;
  const rows = () => all("[data-list] [data-row]").filter(shown);
  const stand = (row) => {
    all(".here").forEach((node) => node.classList.remove("here"));
    if (!row) return;
    here = row.dataset.id;
    row.classList.add("here");
    const link = one("a", row);
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const list = rows();
    if (list.length === 0) return false;
    const at = list.findIndex((row) => row.dataset.id === here);
    stand(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)]);
    return true;
  };

  // ---- The code is covered unless a key or button is held down.
  const cover = () => all(".frame.open, .clip.open").forEach((figure) => {
    figure.classList.remove("open");
    if (figure.matches("[data-frame]")) show(figure);
  });
  const show = (figure) => {
    const open = figure.classList.contains("open");
    const name = (open ? "open" : "covered") + (figure.hasAttribute("data-annotated") ? "Annotated" : "");
    const image = one("img", figure);
    if (image.getAttribute("src") !== figure.dataset[name]) image.src = figure.dataset[name];
  };
  const reveal = () => all("[data-frame], [data-clip]").forEach((figure) => {
    if (figure.classList.contains("open")) return;
    figure.classList.add("open");
    if (figure.matches("[data-frame]")) show(figure);
  });
  // Whoever looks away leaves it covered.
  addEventListener("blur", cover);
  document.addEventListener("visibilitychange", cover);
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-reveal]")) { event.preventDefault(); reveal(); }
  });
  for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, cover);
  document.addEventListener("contextmenu", (event) => { if (event.target.closest("[data-reveal]")) event.preventDefault(); });

  // ---- Clean or annotated, grey, blurred: at once here, and kept by the form that the button belongs to.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (!button) return;
    event.preventDefault();
    const what = button.dataset.toggle;
    const figure = button.closest("[data-frame]");
    let on;
    if (what === "annotated") {
      on = figure.toggleAttribute("data-annotated");
      show(figure);
    } else {
      on = root.toggleAttribute(`data-${what}`);
      const form = new FormData(button.form);
      form.set(what, on ? "on" : "off");
      button.value = on ? "off" : "on";
      fetch(button.form.action, { method: "POST", body: new URLSearchParams(form), redirect: "manual" }).catch(() => {});
    }
    button.setAttribute("aria-pressed", String(on));
  });

  // ---- The clip.
  const clip = () => one("[data-clip] video");
  const tick = () => {
    const video = clip();
    if (!video) return;
    const length = Number.isFinite(video.duration) ? video.duration : 0;
    const figure = video.closest("[data-clip]");
    const seek = one("[data-seek]", figure);
    // Where the code was in view is known in media time; how long the clip is, the clip says.
    if (length > 0) for (const mark of all("[data-from]", figure)) {
      const place = (ms) => Math.min(Math.max(((Number(ms) - Number(figure.dataset.start)) / (length * 1000)) * 1000, 0), 1000);
      mark.setAttribute("x", String(place(mark.dataset.from)));
      mark.setAttribute("width", String(Math.max(place(mark.dataset.until) - place(mark.dataset.from), 4)));
    }
    if (length > 0 && document.activeElement !== seek) seek.value = String(Math.round((video.currentTime / length) * 1000));
    one("[data-time]", figure).textContent = `${video.currentTime.toFixed(1)} / ${length.toFixed(1)} s`;
    one("[data-play]", figure).setAttribute("aria-pressed", String(!video.paused));
  };
  for (const what of ["timeupdate", "loadedmetadata", "play", "pause", "seeked"]) document.addEventListener(what, tick, true);
  document.addEventListener("input", (event) => {
    const video = clip();
    if (!video || !event.target.matches("[data-seek]") || !Number.isFinite(video.duration)) return;
    video.currentTime = (Number(event.target.value) / 1000) * video.duration;
  });
  document.addEventListener("click", (event) => {
    const video = clip();
    if (!video) return;
    if (event.target.closest("[data-play]")) { if (video.paused) video.play().catch(() => {}); else video.pause(); }
    const step = event.target.closest("[data-step]");
    if (step) { video.pause(); video.currentTime = Math.max(0, video.currentTime + Number(step.dataset.step) * 0.04); }
  });

  // ---- Keys press what shows them. Where a decision is asked for its reason, Enter behind that makes this one and no other.
  let owed = null;
  const owe = (button) => {
    const reason = one("[data-reason]", button.form);
    say(reason.dataset.missing);
    reason.focus();
    owed = button;
  };
  document.addEventListener("focusout", (event) => { if (event.target.matches("[data-reason]")) owed = null; });
  // Whoever has decided is led to the next incident at once: a key that was pressed twice is not meant for that one.
  const EARLY_MS = 400;
  let early = 0;
  const beware = () => {
    const ready = () => { document.documentElement.dataset.ready = "yes"; };
    if (!new URL(location.href).searchParams.has("undo")) return ready();
    early = performance.now() + EARLY_MS;
    setTimeout(ready, EARLY_MS);
  };
  const press = (key, at) => {
    const row = one(".here");
    const inRow = row && all(`[data-row-key="${CSS.escape(key)}"]`, row).find(shown);
    const target = inRow || all(`[data-key="${CSS.escape(key)}"]`).find(shown);
    if (!target) return false;
    if (at < early && target.matches(".decide button, .allow summary")) return true;
    if (target.matches("input, textarea, select")) target.focus();
    else if (target.matches("summary")) {
      target.parentElement.open = true;
      one("form :is(input:not([type=hidden]), button)", target.parentElement).focus();
    } else if (target.matches("[data-needs-reason]") && !one("[data-reason]", target.form).value.trim()) owe(target);
    else target.click();
    return true;
  };
  const typing = (node) => node.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=file])");
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      cover();
      const open = event.target.closest("details[open]");
      if (open && open.matches(".menu, .allow, .cut, .reverse")) { open.open = false; one("summary", open).focus(); } else if (typing(event.target)) event.target.blur();
      return;
    }
    if (event.key === "Enter" && owed && event.target.matches("[data-reason]") && event.target.value.trim()) {
      event.preventDefault();
      owed.click();
      return;
    }
    // The button that is held is held by a key as well, whether single keys do something or not.
    if ((event.key === " " || event.key === "Enter") && event.target.closest("[data-reveal]")) {
      event.preventDefault();
      if (!event.repeat) reveal();
      return;
    }
    if (!keysOn() || typing(event.target) || one("dialog[open]")) return;
    if (event.key === "r" && one("[data-reveal]")) { event.preventDefault(); if (!event.repeat) reveal(); return; }
    if (event.repeat && !"jk".includes(event.key) && !event.key.startsWith("Arrow")) return;
    const ranged = event.target.matches("input[type=range], input[type=radio]");
    let done = false;
    if (event.key === "j" || (event.key === "ArrowDown" && !ranged)) done = move(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && !ranged)) done = move(-1);
    else if (event.key === "Enter") {
      const row = one(".here");
      if (row && (event.target === document.body || event.target.id === "main")) { one("a", row).click(); done = true; }
    } else if (event.key === "?") { help(); done = true; } else if (event.key.length === 1 || event.key === "Backspace") done = press(event.key, event.timeStamp);
    if (done) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => { if (["r", "R", " ", "Enter"].includes(event.key)) cover(); });
  const help = () => { const sheet = one("#help"); if (sheet && !sheet.open) sheet.showModal(); };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help();
    // A menu closes when something else is pressed.
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  const say = (text) => { const told = one("#told"); told.textContent = text; clearTimeout(say.timer); say.timer = setTimeout(() => { told.textContent = ""; }, 5000); };

  // A decision is sent once, however often the key is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const by = event.submitter;
    if (by && by.hasAttribute("data-needs-reason")) {
      const reason = one("[data-reason]", form);
      if (!reason.value.trim()) { event.preventDefault(); owe(by); return; }
    }
    form.dataset.sent = "yes";
    const busy = one("[data-busy]", form);
    if (busy) busy.hidden = false;
  });
  // A page that comes back out of the browser's memory can be sent again.
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // ---- What comes in meanwhile. Rows do not move under the reviewer's hands: what is new waits behind a button, what
  // was decided elsewhere is struck out where it stands.
  let waiting = null;
  const refresh = async () => {
    const list = one("#list[data-fresh]");
    if (!list || !list.dataset.fresh) return;
    const answer = await fetch(list.dataset.fresh, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = one("#list", page);
    if (!fresh) return;
    const now = new Map(all("[data-row]", fresh).map((row) => [row.dataset.id, row]));
    const old = new Set();
    for (const row of all("#list [data-row]")) {
      old.add(row.dataset.id);
      const newer = now.get(row.dataset.id);
      if (newer && newer.dataset.rev !== row.dataset.rev) {
        const focused = row.contains(document.activeElement);
        const kept = row.classList.contains("here");
        row.replaceChildren(...[...newer.childNodes].map((node) => document.importNode(node, true)));
        row.className = newer.className + (kept ? " here" : "");
        row.dataset.rev = newer.dataset.rev;
        if (focused) one("a", row).focus({ preventScroll: true });
      }
      // It fell out of what is listed: on a page that is full it may just have been pushed off the end.
      row.classList.toggle("gone", !newer && now.size < 50);
    }
    for (const part of [".counts", "h1"]) {
      const [a, b] = [one(`#list ${part}`), one(part, fresh)];
      if (a && b && a.innerHTML !== b.innerHTML) a.replaceChildren(...[...b.childNodes].map((node) => document.importNode(node, true)));
    }
    for (const count of all("[data-count]", page)) {
      const mine = one(`[data-count="${CSS.escape(count.dataset.count)}"]`);
      if (mine) mine.textContent = count.textContent;
    }
    const news = [...now.keys()].filter((id) => !old.has(id)).length;
    const button = one("[data-arrivals]");
    waiting = news > 0 ? fresh : null;
    button.hidden = news === 0;
    if (news > 0) button.textContent = (news === 1 ? button.dataset.one : button.dataset.many.replace("2", String(news)));
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-arrivals]") || !waiting) return;
    const list = one("#list");
    const fresh = document.importNode(waiting, true);
    waiting = null;
    list.replaceWith(fresh);
    if (window.htmx) window.htmx.process(fresh);
    const row = one("[data-row]", fresh);
    if (row) stand(row);
  });

  const changed = async (topic, id) => {
    if (topic !== "incident" && topic !== "review") return;
    const mine = one("[data-incident]");
    if (mine && mine.dataset.incident === id) await renewCase();
    if (one("#list[data-fresh]")) await refresh();
  };
  // The history of an incident that is open here; what is being typed stays.
  const renewCase = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [a, b] = [one("#history"), one("#history", page)];
    if (a && b) a.replaceWith(document.importNode(b, true));
  };

  let timer = null;
  let pending = new Map();
  let feed = null;
  let last = null;
  const listen = () => {
    // A page that nobody sees hears nothing: it goes on where it was once it is looked at again.
    if (feed || !one("[data-feed]") || !window.EventSource || document.visibilityState === "hidden") return;
    feed = new EventSource(`/api/v1/feed${last === null ? "" : `?after=${last}`}`);
    const on = (event) => {
      if (event.lastEventId) last = event.lastEventId;
      let told;
      try { told = JSON.parse(event.data); } catch { return; }
      pending.set(told.id, told.topic);
      // Ten incidents in a second are one look at the list.
      if (timer) return;
      timer = setTimeout(async () => {
        const now = pending;
        pending = new Map();
        const mine = one("[data-incident]");
        const id = mine && now.has(mine.dataset.incident) ? mine.dataset.incident : [...now.keys()].pop();
        try { await changed(now.get(id), id); } catch { /* The next one asks again. */ }
        timer = null;
        if (pending.size > 0) on({ data: JSON.stringify({ topic: "incident", id: [...pending.keys()].pop() }) });
      }, 250);
    };
    for (const topic of ["incident", "review"]) feed.addEventListener(topic, on);
    feed.addEventListener("reset", (event) => { last = event.lastEventId || null; refresh().catch(() => {}); });
    feed.addEventListener("open", () => { root.dataset.live = "on"; });
    feed.addEventListener("error", () => { delete root.dataset.live; });
  };
  const hush = () => {
    if (!feed) return;
    feed.close();
    feed = null;
    delete root.dataset.live;
  };
  addEventListener("pagehide", hush);
  addEventListener("pageshow", () => listen());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { hush(); return; }
    // Where nothing was heard yet, nobody knows from where on: what is shown is asked for anew.
    if (!feed && last === null) { refresh().catch(() => {}); if (one("[data-incident]")) renewCase().catch(() => {}); }
    listen();
  });

  // ---- A claim lasts as long as somebody is looking.
  const renew = () => {
    const mine = one("[data-renew]");
    if (!mine) return;
    const hold = () => {
      if (document.visibilityState !== "visible") return;
      const form = one(".skip-form");
      if (!form) return;
      fetch(form.getAttribute("action").replace(/\/release$/, "/claim"), { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => {});
    };
    hold();
    setInterval(hold, Number(mine.dataset.renew) * 1000);
  };

  // ---- The time that is left to undo.
  setInterval(() => all("[data-left]").forEach((node) => {
    const left = Number(node.dataset.left) - 1;
    node.dataset.left = String(left);
    node.textContent = `${Math.max(left, 0)} s`;
    if (left <= 0) { const bar = node.closest(".undo"); if (bar) bar.remove(); }
  }), 1000);

  // ---- A file may be dropped on the scan desk, and a picture pasted.
  for (const what of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(what, (event) => {
      const form = one("[data-drop]");
      if (!form) return;
      event.preventDefault();
      form.classList.toggle("over", what === "dragenter" || what === "dragover");
      if (what === "drop" && event.dataTransfer.files.length > 0) {
        one("input[type=file]", form).files = event.dataTransfer.files;
        form.requestSubmit();
      }
    });
  }
  document.addEventListener("paste", (event) => {
    const form = one("[data-drop]");
    if (!form || !event.clipboardData || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    one("input[type=file]", form).files = event.clipboardData.files;
    form.requestSubmit();
  });

  // ---- The wall looks again by itself, and waits while somebody fills in a form or stands on a stream: what is replaced loses the focus.
  const busy = () => one("#streams details[open], #streams :focus") !== null;
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "streams" && busy()) event.preventDefault(); });
  document.addEventListener("htmx:afterSwap", () => { wake(document); const row = here && one(`[data-row][data-id="${CSS.escape(here)}"]`); if (row) row.classList.add("here"); });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && event.target.matches("form.note")) event.target.reset(); });
  document.addEventListener("htmx:configRequest", (event) => {
    const csrf = one("input[name=csrf]");
    if (csrf) event.detail.headers["X-CSRF-Token"] = csrf.value;
  });

  const start = () => {
    beware();
    wake(document);
    listen();
    renew();
    tick();
    // An incident is read from its top, a list from its first row.
    const first = one("[data-list] [data-row]");
    if (first && !one("[data-incident]") && (document.activeElement === document.body || !document.activeElement)) {
      first.classList.add("here");
      here = first.dataset.id;
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
