"use strict";
(() => {
  const bitext = JSON.parse(document.getElementById("bitext").textContent);
  const units = new Map(bitext.units.map((unit) => [unit.id, unit]));
  const articles = [...document.querySelectorAll(".unit")];
  const status = document.getElementById("status");
  const key = `bilingual:${bitext.document}:${bitext.checksum}`;
  let changes = {};
  let unsaved = false;

  // What a reviewer did to a unit: {target, state, comment}, each only where it was changed.
  const changed = (id) => changes[id] || {};
  const targetOf = (id) => changed(id).target ?? units.get(id).target;
  const stateOf = (id) => changed(id).state ?? units.get(id).state;

  const segments = (number) => `${number} changed segment${number === 1 ? "" : "s"}`;
  const say = (text) => { status.textContent = text; };

  const change = (id, what) => {
    changes[id] = { ...changed(id), ...what };
    unsaved = true;
    try { localStorage.setItem(key, JSON.stringify(changes)); }
    catch { say("The browser keeps nothing for this file: save before you close it."); }
    show(id);
    count();
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const show = (id) => {
    const article = document.getElementById(`u${id}`);
    const target = article.querySelector(".target");
    const edited = changed(id).target !== undefined && changed(id).target !== units.get(id).target;
    article.dataset.state = stateOf(id);
    article.toggleAttribute("data-changed", id in changes);
    article.querySelector(".badge.state").textContent = stateOf(id);
    article.querySelector(".badge.origin").textContent = edited ? "human" : units.get(id).origin;
    article.querySelector(".was")?.remove();
    if (edited) {
      target.textContent = targetOf(id);
      const was = element("p", "changes was", "");
      was.append(element("del", "", units.get(id).target));
      target.after(was);
    } else if (changed(id).target !== undefined) {
      target.textContent = targetOf(id);
    }
    showComment(article, changed(id).comment);
  };

  const showComment = (article, comment) => {
    article.querySelector(".said")?.remove();
    if (!comment) return;
    const said = element("p", "findings said", "");
    said.append(element("span", "badge", "comment"), ` ${comment}`);
    article.append(said);
  };

  const count = () => {
    const reviewed = bitext.units.filter((unit) => ["reviewed", "final"].includes(stateOf(unit.id)));
    document.getElementById("reviewed").textContent = `${reviewed.length} of ${bitext.units.length}`;
  };

  // Text fields: one at a time, put where the text or the comment stands.
  const open = (article, className, label, text, done) => {
    if (article.querySelector("textarea")) return;
    const field = element("textarea", className, "");
    field.value = text;
    field.rows = Math.max(2, Math.ceil(text.length / 60));
    field.setAttribute("aria-label", `${label} of segment ${article.dataset.id}`);
    let closed = false; // removing the field takes its focus, which would close it once more
    const close = (keep) => {
      if (closed) return;
      closed = true;
      const value = field.value;
      field.remove();
      article.querySelector(".target").hidden = false;
      if (keep && value !== text) done(value);
    };
    field.addEventListener("blur", () => close(true));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        close(event.key === "Enter");
        article.focus();
      }
      event.stopPropagation();
    });
    return field;
  };

  const edit = (article) => {
    const id = article.dataset.id;
    const target = article.querySelector(".target");
    const field = open(article, "editor", "English", targetOf(id), (text) => {
      const oneLine = text.replace(/\s*\n\s*/g, " ");
      change(id, { target: oneLine, state: "reviewed" });
    });
    if (!field) return;
    field.lang = bitext.targetLang;
    target.hidden = true;
    target.after(field);
    field.focus();
  };

  const comment = (article) => {
    const id = article.dataset.id;
    const field = open(article, "comment", "Comment", changed(id).comment || "", (text) =>
      change(id, { comment: text.trim() }));
    if (!field) return;
    article.append(field);
    field.focus();
  };

  const ACTIONS = {
    edit,
    comment,
    accept: (article) => change(article.dataset.id, { state: "reviewed" }),
    reject: (article) => change(article.dataset.id, { state: "initial" }),
  };
  const KEYS = { e: "edit", a: "accept", r: "reject", c: "comment" };

  const visible = () => articles.filter((article) => !article.hidden);
  const move = (article, step) => {
    const shown = visible();
    const next = shown[shown.indexOf(article) + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };

  document.getElementById("units").addEventListener("click", (event) => {
    const action = event.target.dataset?.action;
    if (action) ACTIONS[action](event.target.closest(".unit"));
  });

  document.getElementById("units").addEventListener("keydown", (event) => {
    const article = event.target.closest?.(".unit");
    if (!article || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") move(article, event.key === "j" ? 1 : -1);
    else if (KEYS[event.key]) ACTIONS[KEYS[event.key]](article);
    else return;
    event.preventDefault();
  });

  // Filter and search.
  const FILTERS = {
    all: () => true,
    issues: (article) => "issues" in article.dataset,
    low: (article) => article.dataset.band === "low" || (!article.dataset.band && lowest.has(article.dataset.id)),
    terms: (article) => "terms" in article.dataset,
    unreviewed: (article) => !["reviewed", "final"].includes(article.dataset.state),
    changed: (article) => "changed" in article.dataset,
  };
  // Where the model was not calibrated, the lowest fifth counts as low.
  const scored = bitext.units.filter((unit) => unit.score !== null);
  const lowest = new Set(
    scored.sort((one, other) => one.score - other.score)
      .slice(0, Math.ceil(scored.length / 5)).map((unit) => unit.id));

  const filter = document.getElementById("filter");
  const search = document.getElementById("search");
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const article of articles) {
      const id = article.dataset.id;
      const text = () => `${units.get(id).source}\n${targetOf(id)}\n${changed(id).comment || ""}`;
      article.hidden = !FILTERS[filter.value](article) ||
        (wanted !== "" && !text().toLowerCase().includes(wanted));
    }
    for (const block of document.querySelectorAll(".block")) {
      block.hidden = !block.querySelector(".unit:not([hidden])");
    }
    say(`${visible().length} of ${articles.length} segments shown`);
  };
  filter.addEventListener("change", apply);
  search.addEventListener("input", apply);

  // Glossary entries beside the terms, on hover and on focus.
  let tip = null;
  const hideTip = () => { if (tip) tip.hidden = true; tip = null; };
  const showTip = (term) => {
    hideTip();
    tip = document.getElementById(term.getAttribute("aria-describedby")?.split(" ")[0]);
    if (!tip || !tip.classList.contains("tip")) { tip = null; return; }
    tip.hidden = false;
    const place = term.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const below = place.bottom + size.height + 4 < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${below ? place.bottom : Math.max(8, place.top - size.height)}px`;
  };
  const units_ = document.getElementById("units");
  units_.addEventListener("mouseover", (event) => {
    const term = event.target.closest?.(".term");
    if (term) showTip(term); else hideTip();
  });
  units_.addEventListener("focusin", (event) => {
    if (event.target.classList.contains("term")) showTip(event.target); else hideTip();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  document.addEventListener("scroll", hideTip, { passive: true });

  // Saving: a TMX file in the dialect of bilingual-toolkit, with the same identifiers.
  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const xml = (text) => text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/[&<>"]/g, (found) => ESCAPES[found])
    .replace(/\r/g, "&#13;");
  const prop = ([name, value]) => `<prop type="x-${xml(name)}">${xml(value)}</prop>`;

  const translationUnit = (unit, stamp) => {
    const { target, comment } = changed(unit.id);
    const edited = target !== undefined && target !== unit.target;
    const own = { state: stateOf(unit.id), ...(edited ? { origin: "human" } : {}) };
    const notes = [...unit.notes, ...(comment ? [comment] : [])];
    const properties = unit.properties.map(([name, value]) => [name, own[name] ?? value]);
    const text = targetOf(unit.id);
    const [source, translation] = unit.segments; // with their inline codes
    const segment = edited ? `<seg>${xml(text)}</seg>` : translation;
    const when = unit.id in changes ? ` changedate="${stamp}"` : "";
    return [
      `<tu tuid="${xml(`${bitext.document}:${unit.id}`)}"${when}>`,
      ...notes.map((note) => `<note>${xml(note)}</note>`),
      ...properties.map(prop),
      `<tuv xml:lang="${xml(bitext.sourceLang)}">${source}</tuv>`,
      ...(text ? [`<tuv xml:lang="${xml(bitext.targetLang)}"${when}>${segment}</tuv>`] : []),
      "</tu>",
    ].join("\n");
  };

  const tmx = (date) => {
    const stamp = date.toISOString().replace(/[-:]|\.\d+/g, "");
    const [tool, version] = bitext.tool;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
      '<tmx version="1.4">',
      `<header creationtool="${xml(tool)}" creationtoolversion="${xml(version)}" segtype="sentence"` +
        ` o-tmf="${xml(tool)}" adminlang="en" srclang="${xml(bitext.sourceLang)}"` +
        ` datatype="plaintext" creationdate="${stamp}">`,
      ...bitext.properties.map(prop),
      "</header>",
      "<body>",
      ...bitext.units.map((unit) => translationUnit(unit, stamp)),
      "</body>",
      "</tmx>",
      "",
    ].join("\n");
  };

  const save = () => {
    document.activeElement?.blur();
    const file = new Blob([tmx(new Date())], { type: "application/xml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${bitext.document}.reviewed.tmx`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    unsaved = false;
    say(`Saved ${link.download} with ${segments(Object.keys(changes).length)}.`);
  };
  document.getElementById("save").addEventListener("click", save);

  window.addEventListener("beforeunload", (event) => {
    document.activeElement?.blur();
    if (unsaved) event.preventDefault();
  });

  document.getElementById("theme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme === "dark" ||
      (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });

  // What was changed before a reload.
  try { changes = JSON.parse(localStorage.getItem(key) || "{}"); } catch { changes = {}; }
  const kept = Object.keys(changes).filter((id) => units.has(id));
  changes = Object.fromEntries(kept.map((id) => [id, changes[id]]));
  kept.forEach(show);
  count();
  if (kept.length) {
    unsaved = true;
    say(`${segments(kept.length)}, kept in this browser, not saved yet.`);
  }
})();
