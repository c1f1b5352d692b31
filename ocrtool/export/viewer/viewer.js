"use strict";
// The text of each page is in the document; from it this script lays a selectable text over the page image, finds
// words, goes from doubtful word to doubtful word, and takes and saves corrections. It fetches nothing.
(() => {
  const $ = (id) => document.getElementById(id);
  const words = [...document.querySelectorAll(".w")];
  const sheets = [...document.querySelectorAll(".page")];
  const percent = (p) => `${(100 * p).toFixed(p > 0.995 && p < 1 ? 2 : 0)} %`;
  let current = -1;
  let hits = [];
  let hit = -1;
  let editing = null;

  // ---- text over the image ----
  const pen = document.createElement("canvas").getContext("2d");
  for (const page of sheets) {
    const sheet = page.querySelector(".sheet");
    const [width, height] = [Number(sheet.dataset.w), Number(sheet.dataset.h)];
    for (const word of page.querySelectorAll(".w")) {
      const [x0, y0, x1, y1, size] = word.dataset.b.split(" ").map(Number);
      const over = document.createElement("span");
      over.className = `over ${word.className.replace("w ", "").replace(/^w$/, "")}`;
      over.append(...word.cloneNode(true).childNodes);
      over.title = `${word.textContent}: ${percent(word.dataset.p)}`;
      pen.font = `100px ${getComputedStyle(document.body).fontFamily}`;
      const natural = (pen.measureText(word.textContent).width * size) / 100 || 1;
      over.style.cssText = `left:${(100 * x0) / width}%;top:${(100 * y0) / height}%;height:${(100 * (y1 - y0)) / height}%;` +
        `font-size:${(100 * size) / width}cqw;line-height:${(100 * (y1 - y0)) / width}cqw;` +
        `width:${(100 * natural) / width}%;transform:scaleX(${(x1 - x0) / natural})`;
      word.over = over;
      over.word = word;
      word.page = page;
      word.read = word.innerHTML;
      word.readText = word.textContent;
      sheet.append(over);
    }
  }
  const both = (word, name, on) => [word, word.over].forEach((e) => e.classList.toggle(name, on));
  // Copying from the image gives lines and spaces, which words that are placed one by one do not have.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    const chosen = words.filter((word) => selection.containsNode(word.over, true));
    if (!chosen.length || !selection.anchorNode.parentElement.closest(".sheet")) return;
    let text = "";
    chosen.forEach((word, i) => {
      const before = chosen[i - 1];
      const sameLine = before && before.page === word.page && before.dataset.l === word.dataset.l;
      text += (before ? (sameLine ? " " : "\n") : "") + word.textContent;
    });
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });

  // ---- doubtful words ----
  const doubtful = () => words.filter((word) => word.classList.contains("doubtful"));
  function mark() {
    const limit = Number($("limit").value);
    for (const word of words) both(word, "doubtful", Number(word.dataset.p) < limit && !word.checked);
    const left = doubtful();
    const place = left.indexOf(words[current]);
    $("count").textContent = left.length ? `${place < 0 ? "" : `${place + 1} of `}${left.length} doubtful` : "no doubtful word";
  }
  function choose(index, focus = true) {
    if (current >= 0) both(words[current], "current", false);
    current = index;
    if (index < 0) return;
    const word = words[index];
    both(word, "current", true);
    word.over.scrollIntoView({ block: "nearest", inline: "nearest" });
    word.scrollIntoView({ block: "center" });
    if (focus) word.focus({ preventScroll: true });
    mark();
    describe(word);
  }
  function step(by) {
    const left = doubtful().map((word) => words.indexOf(word));
    if (!left.length) return;
    const next = by > 0 ? left.find((i) => i > current) ?? left[0] : left.findLast((i) => i < current) ?? left.at(-1);
    choose(next);
  }
  // Readings of a word in which its most doubtful character is another.
  function others(word) {
    const marked = [...word.querySelectorAll("i")].filter((i) => i.dataset.a);
    if (!marked.length) return [];
    const worst = marked.reduce((a, b) => (Number(b.dataset.p) < Number(a.dataset.p) ? b : a));
    return JSON.parse(worst.dataset.a).map(([label, p]) => {
      const text = [...word.childNodes].map((n) => (n === worst ? label : n.textContent)).join("");
      return { text, p };
    });
  }
  function describe(word) {
    const list = others(word).slice(0, 9).map((o, i) => `<kbd>${i + 1}</kbd> <span></span> ${percent(o.p)}`).join("&ensp; ");
    $("word").innerHTML = `<b></b> ${percent(word.dataset.p)}${word.checked ? " (checked)" : ""}<br>${list}`;
    $("word").querySelector("b").textContent = word.textContent;
    $("word").querySelectorAll("span").forEach((span, i) => (span.textContent = others(word)[i].text));
    const [x0, y0, x1, y1] = word.dataset.b.split(" ").map(Number);
    const margin = (y1 - y0) / 2;
    const canvas = $("crop");
    canvas.width = x1 - x0 + 4 * margin;
    canvas.height = y1 - y0 + 2 * margin;
    const image = word.page.querySelector("img");
    const { w, h } = word.page.querySelector(".sheet").dataset;
    canvas.getContext("2d").drawImage(image, 2 * margin - x0, margin - y0, w, h);
  }

  // ---- corrections ----
  function set(word, text) {
    const clean = text.normalize("NFC").replace(/\s+/g, " ").trim();
    if (clean === word.readText) word.innerHTML = word.read;
    else word.textContent = clean;
    word.over.replaceChildren(...word.cloneNode(true).childNodes);
    word.checked = true;
    both(word, "changed", clean !== word.readText);
    mark();
    describe(word);
  }
  function restore(word) {
    set(word, word.readText);
    word.checked = false;
    mark();
    describe(word);
  }
  function edit(word) {
    if (editing) commit();
    editing = word;
    word.before_ = word.innerHTML;
    word.contentEditable = "plaintext-only";
    word.focus();
    getSelection().selectAllChildren(word);
  }
  function commit(keep = true) {
    const word = editing;
    editing = null;
    word.removeAttribute("contenteditable");
    if (keep) set(word, word.textContent);
    else word.innerHTML = word.before_;
    getSelection().removeAllRanges();
  }
  function pageText(page) {
    const lines = new Map();
    for (const word of page.querySelectorAll(".w")) {
      if (!lines.has(word.dataset.l)) lines.set(word.dataset.l, { block: word.dataset.k, texts: [] });
      if (word.textContent) lines.get(word.dataset.l).texts.push(word.textContent);
    }
    let text = "";
    let block = null;
    const order = [...lines.keys()].sort((a, b) => a - b);
    for (const line of order.map((key) => lines.get(key)).filter((l) => l.texts.length)) {
      text += (block !== null && block !== line.block ? "\n" : "") + line.texts.join(" ") + "\n";
      block = line.block;
    }
    return text;
  }
  const corrected = (page) => words.some((word) => word.page === page && word.classList.contains("changed") && !page.saved);
  function save(pages) {
    if (editing) commit();
    for (const page of pages) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([pageText(page)], { type: "text/plain;charset=utf-8" }));
      link.download = `${page.dataset.name}.gt.txt`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      page.saved = true;
    }
  }
  const shown = () => (current >= 0 ? words[current].page : sheets[0]);
  addEventListener("beforeunload", (event) => {
    if (sheets.some(corrected)) event.preventDefault();
  });

  // ---- search ----
  const fold = (text) => text.normalize("NFC").toLowerCase();
  function search(text) {
    for (const word of words) both(word, "hit", false);
    hits = [];
    hit = -1;
    const wanted = fold(text).replace(/\s+/g, " ").trim();
    const lines = new Map();
    for (const word of wanted ? words : []) {
      const key = `${sheets.indexOf(word.page)} ${word.dataset.l}`;
      if (!lines.has(key)) lines.set(key, []);
      lines.get(key).push(word);
    }
    for (const line of lines.values()) {
      const starts = [];
      let joined = "";
      for (const word of line) {
        starts.push(joined.length);
        joined += fold(word.textContent) + " ";
      }
      for (let at = joined.indexOf(wanted); at >= 0; at = joined.indexOf(wanted, at + 1)) {
        const found = line.filter((w, i) => starts[i] < at + wanted.length && starts[i] + fold(w.textContent).length > at);
        found.forEach((word) => both(word, "hit", true));
        if (found.length) hits.push(words.indexOf(found[0]));
      }
    }
    $("hits").textContent = wanted ? `${hits.length} found` : "";
  }
  function nextHit(by) {
    if (!hits.length) return;
    hit = (hit + by + hits.length) % hits.length;
    choose(hits[hit], false);
    $("hits").textContent = `${hit + 1} of ${hits.length} found`;
  }

  // ---- mouse, keyboard, buttons ----
  const zoom = (by) => {
    const root = document.documentElement.style;
    root.setProperty("--zoom", Math.min(4, Math.max(1, Number(root.getPropertyValue("--zoom") || 1) * by)));
  };
  document.addEventListener("click", (event) => {
    const word = event.target.closest(".over")?.word ?? event.target.closest(".w");
    if (word && word !== editing && getSelection().isCollapsed) choose(words.indexOf(word));
  });
  document.addEventListener("dblclick", (event) => {
    const word = event.target.closest(".w");
    if (word) edit(word);
  });
  document.addEventListener("focusin", (event) => {
    const index = words.indexOf(event.target);
    if (index >= 0 && index !== current) choose(index, false);
  });
  document.addEventListener("focusout", (event) => {
    if (editing && event.target === editing) commit();
  });
  const actions = {
    n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1),
    ArrowRight: () => choose(Math.min(words.length - 1, current + 1)), ArrowLeft: () => choose(Math.max(0, current - 1)),
    Enter: () => current >= 0 && edit(words[current]), e: () => current >= 0 && edit(words[current]),
    c: () => { if (current >= 0) { words[current].checked = true; mark(); step(1); } },
    u: () => current >= 0 && restore(words[current]),
    s: () => save([shown()]), S: () => save(sheets), "/": () => $("find").focus(),
    "+": () => zoom(1.25), "-": () => zoom(0.8), "?": () => $("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save([shown()]);
    } else if (editing) {
      const done = event.key === "Enter" || event.key === "Tab";
      if (event.isComposing || (!done && event.key !== "Escape")) return;
      event.preventDefault();
      const word = editing;
      commit(done);
      if (done) step(event.shiftKey ? -1 : 1);
      else word.focus();
    } else if (event.target === $("find")) {
      if (event.key === "Enter") nextHit(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") $("find").blur();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("select, button, dialog")) {
      const other = current >= 0 && /^[1-9]$/.test(event.key) ? others(words[current])[Number(event.key) - 1] : undefined;
      const action = other ? () => { set(words[current], other.text); step(1); } : actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
  });
  words.forEach((word) => (word.tabIndex = -1));
  $("find").addEventListener("input", () => search($("find").value));
  $("limit").addEventListener("change", mark);
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("save").addEventListener("click", () => save([shown()]));
  $("help").addEventListener("click", () => $("keys").showModal());
  mark();
})();
