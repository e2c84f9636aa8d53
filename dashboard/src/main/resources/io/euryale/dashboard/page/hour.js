// The last hour in steps of ten seconds: the longest delay and the rate of each class, and what failed.
// The slider tells each step in words, the table five minutes in a row.
import { parts } from "/page.js";
import { element, showPast } from "/map.js";
import { make, put, ms, clock } from "/panels.js";

const HEIGHT = 226, LEFT = 44, RIGHT = 8;
const DELAY = { top: 16, bottom: 96 }, RATE = { top: 122, bottom: 178 }, FAULTS = { top: 190, bottom: 204 };
const SHORTEST = 120000, HOUR = 3600000, ROW = 300000;
const LEAST_MS = 0.1;
const box = document.getElementById("hour");
const slider = document.getElementById("hour-step");
let follows = true; // The slider stays at the newest step until somebody moves it.
let chosenAt = 0;
let placeOf = () => 0; // Where a time is in the drawing.

function endOf(hour, i) {
  return hour.at[i] + hour.seconds[i] * 1000;
}

function span(hour) {
  const end = endOf(hour, hour.at.length - 1);
  return { from: end - Math.min(HOUR, Math.max(SHORTEST, end - hour.at[0])), to: end };
}

function most(values) {
  return values.reduce((top, value) => (value === null ? top : Math.max(top, value)), 0);
}

// A line that is not drawn where nothing was measured.
function line(hour, values, x, y) {
  let d = "", pen = false;
  values.forEach((value, i) => {
    const gap = i > 0 && hour.at[i] - endOf(hour, i - 1) > 5000;
    if (value !== null) d += `${pen && !gap ? "L" : "M"}${x((hour.at[i] + endOf(hour, i)) / 2).toFixed(1)} ${y(value).toFixed(1)}h0`;
    pen = value !== null;
  });
  return d;
}

function label(x, y, text, anchor) {
  const node = element("text", { x, y, "text-anchor": anchor || "start" });
  node.textContent = text;
  return node;
}

function row(svg, hour, width, place, title, key, ticks, x, y) {
  svg.append(label(0, place.top - 5, title));
  for (const tick of ticks) {
    svg.append(element("path", { class: "grid", d: `M${LEFT} ${y(tick).toFixed(1)}H${width - RIGHT}` }));
    svg.append(label(LEFT - 5, y(tick) + 3, tick >= 1000 ? tick / 1000 + "k" : String(tick), "end"));
  }
  for (const [name, columns] of Object.entries(hour.classes)) svg.append(element("path", { class: "of-" + name, d: line(hour, columns[key], x, y) }));
}

export function hour() {
  const hour = parts.hour;
  document.getElementById("hour-panel").hidden = !hour || !hour.at.length;
  if (!hour || !hour.at.length) return;
  draw(hour);
  replayButton.hidden = !parts.map; // Other overlays have no trains.
  slider.max = hour.at.length - 1;
  slider.value = follows ? hour.at.length - 1 : Math.max(0, hour.at.findIndex((at) => at >= chosenAt));
  tell();
  table(hour);
  put(document.getElementById("hour-legend"), ...Object.keys(hour.classes).map((name) => make("span", {}, make("span", { class: "swatch", "data-class": name }), name)));
}

function draw(hour) {
  const width = Math.max(260, box.clientWidth);
  const { from, to } = span(hour);
  const x = (at) => LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
  const all = Object.values(hour.classes);
  const slowest = Math.max(100, ...all.map((each) => most(each.longest)));
  const fastest = Math.max(1, ...all.map((each) => most(each.perSecond)));
  const y = ({ top, bottom }, part) => bottom - Math.min(1, Math.max(0, part)) * (bottom - top);
  const yDelay = (value) => y(DELAY, Math.log(value / LEAST_MS) / Math.log(slowest / LEAST_MS));
  const yRate = (value) => y(RATE, value / fastest);
  const svg = element("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", "aria-label": summary(hour) });
  row(svg, hour, width, DELAY, "Longest delay, ms", "longest", [0.1, 1, 10, 100, 1000, 10000].filter((tick) => tick <= slowest), x, yDelay);
  const step = 10 ** Math.floor(Math.log10(fastest));
  row(svg, hour, width, RATE, "Packets a second", "perSecond", [0, fastest < 2 * step ? step : Math.floor(fastest / step / 2) * step], x, yRate);
  svg.append(label(0, FAULTS.bottom - 3, "Faults"));
  for (const fault of hour.faults) {
    const at = Date.parse(fault.at);
    if (at < from || at > to) continue;
    svg.append(element("path", { class: "fault-line", d: `M${x(at).toFixed(1)} ${DELAY.top}V${RATE.bottom}` }));
    svg.append(element("path", { class: fault.backMillis === null ? "fault open" : "fault", d: `M${x(at).toFixed(1)} ${FAULTS.top}V${FAULTS.bottom}` }));
  }
  const every = (to - from) / 60000 / Math.max(2, Math.floor(width / 90));
  const minutes = [1, 2, 5, 10, 15, 30].find((each) => each >= every) || 30;
  for (let at = Math.ceil(from / (minutes * 60000)) * minutes * 60000; at <= to; at += minutes * 60000) {
    svg.append(element("path", { class: "grid", d: `M${x(at).toFixed(1)} ${DELAY.top}V${FAULTS.bottom}` }));
    svg.append(label(Math.min(x(at), width - 18), HEIGHT - 6, clock(at).slice(0, 5), "middle"));
  }
  svg.append(element("path", { class: "here", d: "" }));
  svg.addEventListener("pointerdown", (event) => {
    const share = (event.clientX - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width;
    const at = from + ((share * width - LEFT) / (width - LEFT - RIGHT)) * (to - from);
    const found = hour.at.findIndex((_, i) => endOf(hour, i) > at);
    move(found < 0 ? hour.at.length - 1 : found);
    if (replayAt) look(hour.at[Number(slider.value)]);
  });
  placeOf = x;
  box.replaceChildren(svg);
}

// ---- in words ----

function failed(hour, from, to) {
  return hour.faults.filter((fault) => Date.parse(fault.at) >= from && Date.parse(fault.at) < to);
}

function summary(hour) {
  const last = hour.at.length - 1;
  const faults = failed(hour, hour.at[0], endOf(hour, last)).length;
  const told = Object.entries(hour.classes).map(([name, columns]) => `${name} at most ${ms(columns.longest.some((each) => each !== null) ? most(columns.longest) : null)}`);
  return `From ${clock(hour.at[0])} to ${clock(endOf(hour, last))}: longest delays ${told.join(", ")}; ${faults} ${faults === 1 ? "fault" : "faults"}. The table below has the figures.`;
}

function tell() {
  const hour = parts.hour, i = Number(slider.value);
  const of = (columns) => (columns.perSecond[i] === null ? "not measured"
    : `${columns.perSecond[i].toFixed(1)}/s, p99 ${ms(columns.p99[i])}, longest ${ms(columns.longest[i])}` + (columns.missing[i] ? `, ${columns.missing[i]} missing` : ""));
  const faults = failed(hour, hour.at[i], endOf(hour, i));
  const text = `${clock(hour.at[i])} to ${clock(endOf(hour, i))}: ` + Object.entries(hour.classes).map(([name, columns]) => `${name} ${of(columns)}`).join("; ") + "."
    + faults.map((fault) => ` ${fault.what}${fault.tookOverMillis === null ? "" : ", taken over after " + ms(fault.tookOverMillis)}${fault.backMillis === null ? "" : ", all back after " + ms(fault.backMillis)}.`).join("");
  document.getElementById("hour-said").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  const svg = box.querySelector("svg");
  if (svg) svg.querySelector(".here").setAttribute("d", `M${placeOf((hour.at[i] + endOf(hour, i)) / 2).toFixed(1)} ${DELAY.top}V${FAULTS.bottom}`);
}

function move(i) {
  slider.value = i;
  follows = i === parts.hour.at.length - 1;
  chosenAt = parts.hour.at[i];
  tell();
}

function table(hour) {
  const names = Object.keys(hour.classes);
  const rows = [];
  for (let i = hour.at.length - 1; i >= 0; ) {
    const from = Math.floor(hour.at[i] / ROW) * ROW;
    const steps = [];
    for (; i >= 0 && hour.at[i] >= from; i--) steps.push(i);
    const of = (columns) => steps.map((each) => columns[each]).filter((value) => value !== null);
    const longest = names.map((name) => { const values = of(hour.classes[name].longest); return values.length ? ms(most(values)) : "–"; });
    const rate = names.reduce((sum, name) => { const values = of(hour.classes[name].perSecond); return sum + (values.length ? values.reduce((a, b) => a + b) / values.length : 0); }, 0);
    rows.push(make("tr", {}, make("th", { scope: "row" }, clock(from).slice(0, 5)), ...longest.map((text) => make("td", {}, text)), make("td", {}, rate.toFixed(1)),
      make("td", {}, String(failed(hour, from, from + ROW).length))));
  }
  put(document.getElementById("hour-table"), make("table", {}, make("caption", { class: "vh" }, "The last hour, five minutes in a row: longest delay of each class, packets a second of all, faults"),
    make("thead", {}, make("tr", {}, ...["from", ...names, "/s", "faults"].map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)));
}

// ---- on the map ----

const REPLAY_STEP = 2000, REPLAY_PAUSE = 500; // Four times faster than life.
const replayButton = document.getElementById("hour-replay");
let replayAt = 0; // The time on the map; 0 is the present.
let asks = 0, waits = false;

// Shows a time of the last hour on the map, if the server has it; 0 is the present.
async function look(at) {
  replayAt = at;
  const asked = ++asks;
  let known = null;
  if (at) {
    waits = true;
    try {
      const reply = await fetch("/past.json?at=" + at);
      known = reply.ok ? await reply.json() : null;
    } catch {
      known = null; // The line says that it is lost.
    }
  }
  if (asked !== asks) return; // Somebody looks elsewhere by now.
  waits = false;
  showPast(known);
  const past = document.getElementById("past");
  past.hidden = !at;
  past.textContent = !at ? "" : known ? "as it was at " + clock(at) : "nothing is recorded of " + clock(at);
  document.getElementById("back-to-now").hidden = !at;
}

function replay(on) {
  replayButton.setAttribute("aria-pressed", String(on));
}

setInterval(() => {
  if (waits || replayButton.getAttribute("aria-pressed") !== "true" || !replayAt) return;
  const hour = parts.hour, next = replayAt + REPLAY_STEP;
  if (!hour) return; // A server that began anew has none yet.
  if (next > Date.now() - REPLAY_STEP) { now(); return; }
  const i = hour.at.findIndex((_, each) => endOf(hour, each) > next);
  if (i >= 0 && i !== Number(slider.value)) { slider.value = i; follows = false; chosenAt = hour.at[i]; tell(); }
  look(next);
}, REPLAY_PAUSE);

function now() {
  replay(false);
  look(0);
  follows = true;
  hour();
}

replayButton.addEventListener("click", () => {
  const on = replayButton.getAttribute("aria-pressed") !== "true";
  replay(on);
  if (on) look(replayAt || parts.hour.at[Number(slider.value)]);
});
document.getElementById("back-to-now").addEventListener("click", now);

slider.addEventListener("input", () => {
  move(Number(slider.value));
  if (replayAt) look(parts.hour.at[Number(slider.value)]);
});
let drawnWidth = 0;
new ResizeObserver(() => {
  if (parts.hour && parts.hour.at.length && Math.abs(box.clientWidth - drawnWidth) > 2) { drawnWidth = box.clientWidth; draw(parts.hour); tell(); }
}).observe(box);
