// The page: keeps the latest parts, their ages, and tells the views what changed.
import { drawMap, drawOverlay, drawTrains, drawStations, drawGauges, highlight, layoutKnown } from "/map.js";
import * as views from "/panels.js";
import { pastFigures, newFigures, draw } from "/charts.js";
import { hour } from "/hour.js";

const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
if (token) history.replaceState(null, "", location.pathname); // Not into bookmarks and screenshots.

export const parts = {};
const learned = {};
let lineAt = -Infinity; // When the server was last heard.
let chosen = null;

// From when on a part is old, in milliseconds.
const OLD = { trains: 3000, stations: 3500, gauges: 3500, classes: 3500, overlay: 3000, streams: 9000, alarms: 3500, city: 3500, announcements: 3500, hour: 25000 };

export function age(name) {
  const known = learned[name];
  return known ? known.age + performance.now() - known.at : Infinity;
}

export function canPress(action) {
  return token !== "" && (parts.controls || []).some((button) => button.action === action);
}

export async function press(action, args, answerTo) {
  const answer = answerTo || document.getElementById("answer");
  try {
    const reply = await fetch("/do/" + action, {
      method: "POST",
      headers: { "X-Euryale-Token": token, "Content-Type": "application/json" },
      body: JSON.stringify(args),
    });
    answer.textContent = (await reply.text()).trim();
    answer.classList.toggle("refused", !reply.ok);
    return reply.ok;
  } catch {
    answer.textContent = "The demo does not answer.";
    answer.classList.add("refused");
    return false;
  }
}

export function choose(kind, id) {
  chosen = kind ? { kind, id } : null;
  views.detail(chosen);
  highlight(chosen, views.pathOf(chosen));
  if (chosen && matchMedia("(max-width: 1100px)").matches) {
    document.getElementById("detail-heading").focus({ preventScroll: false });
  }
}

const shows = {
  map: () => { drawMap(); views.network(); if (parts.overlay) drawOverlay(); },
  overlay: () => { drawOverlay(); views.cells(); views.verdict(); highlight(chosen, views.pathOf(chosen)); },
  trains: drawTrains,
  stations: drawStations,
  gauges: drawGauges,
  classes: () => { views.classes(); newFigures(age("classes")); },
  history: pastFigures,
  hour,
  events: () => { views.events(); views.verdict(); },
  streams: () => { views.streams(); highlight(chosen, views.pathOf(chosen)); },
  alarms: () => { views.alarms(); drawStations(); },
  announcements: views.announcements,
  city: () => { views.city(); views.processes(); },
  controls: () => { views.processes(); views.alarms(); },
};

function learn(name, event) {
  const { ageMillis, body } = JSON.parse(event.data);
  lineAt = performance.now();
  learned[name] = { at: lineAt, age: ageMillis };
  const same = name === "overlay" && layoutKnown() && JSON.stringify(parts[name]) === JSON.stringify(body);
  parts[name] = body;
  if (same) return; // Only confirmed.
  shows[name]();
}

function listen() {
  const source = new EventSource("/events");
  for (const name of Object.keys(shows)) source.addEventListener(name, (event) => learn(name, event));
  source.addEventListener("beat", () => { lineAt = performance.now(); });
}

export function lineAge() {
  return performance.now() - lineAt;
}

export function inWords(millis) {
  if (millis === Infinity) return "not known";
  return millis < 9950 ? (millis / 1000).toFixed(1) + " s ago" : Math.round(millis / 1000) + " s ago";
}

// A panel is as old as the oldest of the parts that it draws. Those that this server has not told do not count; without any, nothing is known.
function tellAges() {
  for (const place of document.querySelectorAll("[data-age]")) {
    const names = place.dataset.age.split(" ").filter((name) => learned[name]);
    const known = names.length > 0;
    const millis = known ? Math.max(...names.map((name) => age(name))) : Infinity;
    const old = !known || names.some((name) => !(age(name) <= OLD[name]));
    place.textContent = known && old ? "stale: " + inWords(millis) : inWords(millis);
    place.classList.toggle("old", old);
    for (const each of place.closest("section").children) {
      if (!each.classList.contains("bar")) each.classList.toggle("stale", old);
    }
  }
  const line = document.getElementById("line-age");
  const lost = lineAge() > 3000;
  line.textContent = lost ? "no line to the server" : "";
  line.classList.toggle("old", lost);
  document.getElementById("city-clock").classList.toggle("stale", age("city") > OLD.city);
  views.verdict();
}

for (const [id, hidden, shown] of [["show-trains", "hide-trains"], ["show-overlay", "hide-overlay"], ["show-names", "", "names"]]) {
  const button = document.getElementById(id);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    const map = document.getElementById("map");
    if (hidden) map.classList.toggle(hidden, !on);
    if (shown) map.classList.toggle(shown, on);
  });
}
document.getElementById("stream-filter").addEventListener("input", () => views.streams());
listen();
setInterval(tellAges, 500);
setInterval(views.again, 2000);
setInterval(draw, 1000); // Time goes on when nothing comes, and the gap shows.
