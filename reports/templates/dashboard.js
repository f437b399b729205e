// Dashboard: the reader chooses, this script shows the view made for that choice; it computes no figure.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const names = Object.keys(data.defaults);
  const state = { lang: root.dataset.first, ...data.defaults };
  const page = () => document.querySelector(`.page[lang="${state.lang}"]`);
  const charts = new Map();

  // The choice lives in the address, so that a link or a reload shows the same view.
  function readAddress() {
    for (const [name, value] of new URLSearchParams(location.hash.replace(/^#\?/, ""))) {
      if (name === "lang" && value in data.pages) state.lang = value;
      if (names.includes(name) && data.choices[name].includes(value)) state[name] = value;
    }
  }

  function writeAddress() {
    try { history.replaceState(null, "", "#?" + new URLSearchParams(state)); } catch { /* a viewer may forbid it */ }
  }

  function put(slot, text) {
    for (const node of page().querySelectorAll(`[data-slot="${slot}"]`)) node.textContent = text;
  }

  function fillList(list, items) {
    list.replaceChildren(...items.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }

  function fillRows(body, rows) {
    body.closest("details").hidden = rows.length === 0;
    body.replaceChildren(...rows.map((cells) => {
      const row = document.createElement("tr");
      cells.forEach((text, position) => {
        const cell = document.createElement(position ? "td" : "th");
        if (position) cell.textContent = text;
        else {
          cell.scope = "row";
          cell.append(Object.assign(document.createElement("bdi"), { textContent: text }));
        }
        row.append(cell);
      });
      return row;
    }));
  }

  function spread(chart) {
    const pairs = (row) => row.map((value, place) => [chart.names[place], value]).filter(([, value]) => value !== null);
    return (chart?.rows ?? []).map((row) => Object.fromEntries(pairs(row)));
  }

  function showHero(view) {
    for (const slot of ["answer", "left", "right", "lede", "fine"]) put(`hero.${slot}`, view[slot]);
    const split = page().querySelector("[data-split]");
    split.hidden = view.share === null;
    for (const part of ["share", "low", "high"]) split.style.setProperty(`--${part}`, view[part] ?? 0);
  }

  async function draw(figure, spec, values, formatLocale) {
    figure.hidden = values.length === 0;
    if (!values.length || !window.vegaEmbed) return;
    const plot = figure.querySelector(".plot");
    charts.get(plot)?.finalize();
    const box = document.createElement("div");
    const whole = { ...spec, datasets: { ...spec.datasets, rows: values }, width: "container", config: { ...spec.config } };
    if (spec.usermeta) whole.height = spec.usermeta.step * new Set(values.map((value) => value[spec.usermeta.per])).size;
    if (figure.clientWidth < 480) {
      whole.config.legend = { ...spec.config.legend, columns: 1 };
      whole.config.axisY = { ...spec.config.axisY, labelFontSize: 12, labelLimit: 132 };
    }
    plot.replaceChildren(box);
    // ast: expressions are interpreted, so the page needs no eval and its policy forbids it.
    charts.set(plot, await window.vegaEmbed(box, whole, { ast: true, actions: false, renderer: "svg", logLevel: 1, formatLocale }));
    for (const node of box.querySelectorAll("svg")) node.setAttribute("aria-hidden", "true");
  }

  let turn = 0;
  async function show() {
    const mine = ++turn;
    const content = data.pages[state.lang];
    const here = page();
    const key = (dims) => dims.map((name) => state[name]).join("|");
    for (const select of here.querySelectorAll("[data-filter]")) select.value = state[select.dataset.filter];
    showHero(content.hero.views[key(content.hero.dims)] ?? content.hero.nothing);
    const drawings = [];
    for (const section of content.sections) {
      const view = section.views[key(section.dims)] ?? section.nothing;
      put(`${section.id}.answer`, view.answer);
      put(`${section.id}.brief`, view.brief);
      put(`${section.id}.act`, view.act);
      fillList(here.querySelector(`[data-notes="${section.id}"]`), view.notes);
      const shown = key(section.show_dims);
      fillRows(here.querySelector(`[data-rows="${section.id}"]`), section.rows[shown] ?? []);
      const figure = here.querySelector(`[data-chart="${section.id}"]`);
      if (figure) drawings.push([figure, section.spec, spread((content.charts[section.id] ?? data.charts[section.id])[shown]), content.format]);
    }
    for (const drawing of drawings) {
      if (mine !== turn) return;
      await draw(...drawing);
    }
    root.dataset.drawn = String(mine);
  }

  function speak(lang) {
    state.lang = lang;
    root.lang = lang;
    for (const one of document.querySelectorAll(".page")) one.hidden = one.lang !== lang;
    document.title = page().dataset.title;
  }

  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.filter;
    if (!name) return;
    state[name] = event.target.value;
    writeAddress();
    show();
    page().querySelector(".announce").textContent = page().querySelector("h1").textContent;
  });

  document.addEventListener("click", (event) => {
    const language = event.target.closest("[data-language]")?.dataset.language;
    if (language) {
      speak(language);
      writeAddress();
      show();
      page().querySelector(`[data-language="${language}"]`).focus();
    }
    if (event.target.closest("[data-theme-switch]")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    }
    const jump = event.target.closest('a[href^="#"]');
    if (jump) {
      event.preventDefault();
      const goal = document.getElementById(jump.getAttribute("href").slice(1));
      goal?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
      goal?.focus({ preventScroll: true });
    }
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });

  readAddress();
  speak(state.lang);
  // Words first: the charts that came with the page stand until the browser is idle.
  const idle = window.requestIdleCallback ?? ((later) => setTimeout(later, 50));
  idle(() => show());
})();
