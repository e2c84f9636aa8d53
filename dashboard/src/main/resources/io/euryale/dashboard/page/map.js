// The metro map with the overlay drawn on it: lines, stations, trains; cells, peers and their links.
import { parts, choose } from "/page.js";

const NS = "http://www.w3.org/2000/svg";
const svg = document.getElementById("map");
const stops = new Map(); // id -> { x, y, node, ... }
const offsets = new Map(); // "a|b|line" -> how far a line is drawn beside the middle of an edge
const BAND = 128; // Above the city: the control centre and the cells of the lines.
const ROW = 110; // Of cells where there is no city.
const trains = new Map();
const cells = new Map(); // id -> { x, y, node, dots, data }
const links = new Map(); // peer name -> line
let layers = null;
let overlayLaidOut = "";

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function layoutKnown() {
  return overlayLaidOut !== "";
}

function makeLayers(width, height) {
  svg.setAttribute("viewBox", `0 ${-BAND} ${width} ${height + BAND}`);
  svg.replaceChildren();
  layers = {};
  for (const name of ["lines", "links", "stations", "trains", "cells", "gauges"]) {
    layers[name] = element("g", { class: name === "links" || name === "cells" ? "net" : "" });
    svg.append(layers[name]);
  }
}

function pressable(node, label, action) {
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", label);
  node.addEventListener("click", action);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); action(); }
  });
}

// ---- the city ----

export function drawMap() {
  const map = parts.map;
  makeLayers(map.width, map.height);
  stops.clear(); offsets.clear(); trains.clear(); cells.clear(); links.clear(); overlayLaidOut = "";
  for (const stop of map.stops) stops.set(stop.id, { ...stop });
  const shared = new Map();
  for (const line of map.lines) {
    for (const way of line.along) {
      for (let i = 1; i < way.length; i++) {
        const key = [way[i - 1], way[i]].sort().join("|");
        if (!shared.has(key)) shared.set(key, []);
        if (!shared.get(key).includes(line.name)) shared.get(key).push(line.name);
      }
    }
  }
  for (const [key, names] of shared) {
    names.forEach((name, i) => offsets.set(key + "|" + name, (i - (names.length - 1) / 2) * 6));
  }
  for (const line of map.lines) {
    const d = line.along.map((way) => pieces(way, line.name).map(([a, b], i) => `${i ? "L" : "M"}${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`).join("")).join("");
    layers.lines.append(element("path", { d, class: "line", stroke: line.colour }));
  }
  const taken = [...stops.values()].map((stop) => ({ left: stop.x - 5, right: stop.x + 5, top: stop.y - 5, bottom: stop.y + 5 }));
  for (const stop of stops.values()) {
    const text = nameBeside(stop, taken, map.width);
    stop.node = element("g", { class: text.crowded ? "stop crowded" : "stop" }, element("circle", { cx: stop.x, cy: stop.y, r: 4 }), text.node);
    pressable(stop.node, "Station " + stop.name, () => choose("stop", stop.id));
    layers.stations.append(stop.node);
  }
}

// A name where it covers no station and no other name; where there is no such place it is crowded, and shown when asked for.
function nameBeside(stop, taken, width) {
  const long = 5 * [...stop.name].length;
  const places = [];
  for (const down of [12, -6, 3, 18, -12]) {
    for (const side of [1, -1]) places.push({ side, x: stop.x + 8 * side, y: stop.y + down });
  }
  const boxes = places.map(({ side, x, y }) => ({ left: side > 0 ? x : x - long, right: side > 0 ? x + long : x, top: y - 8, bottom: y + 2 }));
  const free = boxes.findIndex((box) => box.left >= 0 && box.right <= width
    && !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom));
  if (free >= 0) taken.push(boxes[free]);
  const place = places[free >= 0 ? free : stop.x > width * 0.86 ? 1 : 0];
  const node = element("text", { x: place.x, y: place.y, "text-anchor": place.side > 0 ? "start" : "end" });
  node.textContent = stop.name;
  return { node, crowded: free < 0 };
}

// Both ends of an edge as a line is drawn, which may lie beside others.
function beside(from, to, line) {
  const a = stops.get(from), b = stops.get(to);
  const [p, q] = a.x < b.x || (a.x === b.x && a.y < b.y) ? [a, b] : [b, a]; // So that lines keep their sides from edge to edge.
  const off = offsets.get([from, to].sort().join("|") + "|" + line) || 0;
  const length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
  const dx = (-(q.y - p.y) / length) * off, dy = ((q.x - p.x) / length) * off;
  return [{ x: a.x + dx, y: a.y + dy }, { x: b.x + dx, y: b.y + dy }];
}

function pieces(ids, line) {
  return ids.slice(1).map((id, i) => beside(ids[i], id, line));
}

// The line as it is drawn between two stops of a train. Where that is a long way round, as by another branch, a train that skips stops does not go there.
function between(line, train) {
  const straight = [train.from, train.to];
  const along = line.along.find((each) => each.includes(train.from) && each.includes(train.to));
  if (!along || train.from === train.to) return straight;
  const from = along.indexOf(train.from), to = along.indexOf(train.to);
  const way = from < to ? along.slice(from, to + 1) : along.slice(to, from + 1).reverse();
  const isNext = Math.abs(line.stops.indexOf(train.from) - line.stops.indexOf(train.to)) === 1;
  return isNext || long(way) <= 1.5 * long(straight) ? way : straight;
}

function long(way) {
  return pieces(way, "").reduce((sum, [a, b]) => sum + Math.hypot(b.x - a.x, b.y - a.y), 0);
}

// Where a train is that has done a part of its way from one of its stops to the next, by the stations that it passes.
function onTheWay(line, train) {
  const parts = pieces(between(line, train), line.name);
  const lengths = parts.map(([a, b]) => Math.hypot(b.x - a.x, b.y - a.y));
  let left = train.fraction * lengths.reduce((sum, length) => sum + length, 0), i = 0;
  while (i < parts.length - 1 && left > lengths[i]) left -= lengths[i++];
  const [a, b] = parts[i], part = lengths[i] ? left / lengths[i] : 0;
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

// For who cannot see it.
function inWords(train) {
  const name = (id) => (stops.has(id) ? stops.get(id).name : id);
  const late = Math.round(train.delay / 60);
  return `Line ${train.line} to ${train.headsign}, between ${name(train.from)} and ${name(train.to)}, ${late > 0 ? late + " min late" : "on time"}, heard ${(train.ageMillis / 1000).toFixed(0)} s ago`;
}

// What the map shows instead of now: trains and stations as they were; null is the present.
let past = null;

export function showPast(known) {
  past = known;
  drawTrains();
  drawStations();
}

export function drawTrains() {
  if (!parts.map) return;
  const present = new Set();
  const colours = new Map(parts.map.lines.map((line) => [line.name, line]));
  for (const train of past ? past.trains : parts.trains || []) {
    const line = colours.get(train.line);
    if (!line) continue;
    const place = onTheWay(line, train);
    present.add(train.trip);
    let known = trains.get(train.trip);
    if (!known) {
      const width = 8 + 5 * Math.min(3, train.line.length);
      const text = element("text", { fill: line.ink });
      text.textContent = train.line.slice(0, 3);
      known = element("g", { class: "train", role: "img" }, element("rect", { x: -width / 2, y: -5.5, width, height: 11, rx: 4, fill: line.colour }), text);
      trains.set(train.trip, known);
      layers.trains.append(known);
    }
    known.style.transform = `translate(${place.x}px, ${place.y}px)`;
    known.setAttribute("aria-label", inWords(train));
    known.classList.toggle("late", train.delay >= 60);
    known.classList.toggle("stale", train.ageMillis > 3000);
  }
  for (const [trip, node] of trains) {
    if (!present.has(trip)) { node.remove(); trains.delete(trip); }
  }
}

export function drawStations() {
  const open = new Set(past ? past.alarms : ((parts.alarms || {}).list || []).filter((alarm) => !alarm.by).map((alarm) => alarm.stop));
  for (const stop of stops.values()) {
    const now = (past ? past.stations : parts.stations || {})[stop.id] || {};
    stop.node.classList.toggle("busy", Boolean(now.occupied));
    stop.node.classList.toggle("alarm", open.has(stop.id));
  }
}

// What sensors of others say, beside their stations.
export function drawGauges() {
  if (!layers) return;
  layers.gauges.replaceChildren(...parts.gauges.filter((gauge) => stops.has(gauge.stop)).map((gauge) => {
    const stop = stops.get(gauge.stop);
    const width = 14 + 6.2 * [...gauge.text].length;
    const left = stop.x + 12 + width > parts.map.width ? stop.x - 12 - width : stop.x + 12;
    const text = element("text", { x: left + 7, y: stop.y + 4 });
    text.textContent = gauge.text;
    return element("g", { class: "gauge" + (gauge.ageMillis > 10000 ? " stale" : "") }, element("rect", { x: left, y: stop.y - 9, width, height: 18, rx: 9 }), text);
  }));
}

// ---- the overlay ----

const WIDE = 84, HIGH = 30;

function level(id) {
  return id.split(".").length - 1;
}

// Station cells stand beside their stations; the cells above them in rows above the city. Without a
// map each level is a row.
function layout(ids) {
  const map = parts.map;
  const deepest = Math.max(0, ...ids.map(level));
  const width = map ? map.width : 1000, height = map ? map.height : ROW * deepest + 60 - BAND;
  if (!map) makeLayers(width, height);
  for (const button of ["show-trains", "show-names"]) document.getElementById(button).hidden = !map;
  const labels = new Map((map ? map.cells : []).map((cell) => [cell.id, cell]));
  const at = new Map();
  for (const id of ids) {
    const own = ((labels.get(id) || {}).stops || []).map((stop) => stops.get(stop)).filter(Boolean);
    if (own.length) {
      const middle = own[Math.floor(own.length / 2)];
      at.set(id, { x: middle.x, y: middle.y - 30 });
    }
  }
  spread([...at.values()], width, height);
  const levels = new Map();
  for (const id of ids) {
    if (at.has(id)) continue;
    if (!levels.has(level(id))) levels.set(level(id), []);
    levels.get(level(id)).push(id);
  }
  for (const [row, members] of levels) {
    const wish = (id) => {
      const below = [...at].filter(([other]) => other.startsWith(id + ".")).map(([, place]) => place.x);
      return below.length ? below.reduce((sum, x) => sum + x, 0) / below.length : 0;
    };
    const sorted = map ? [...members].sort((a, b) => wish(a) - wish(b)) : members;
    sorted.forEach((id, i) => {
      const x = ((i + 0.5) / sorted.length) * width;
      at.set(id, { x, y: -BAND + (map ? 20 + row * 68 : 30 + row * ROW) });
    });
  }
  return { at, labels };
}

// Cells that would cover each other move apart.
function spread(list, width, height) {
  for (let round = 0; round < 160; round++) {
    for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        const a = list[i], b = list[j];
        const dx = b.x - a.x || 0.1, dy = b.y - a.y || 0.1;
        const overX = WIDE + 8 - Math.abs(dx), overY = HIGH + 14 - Math.abs(dy);
        if (overX > 0 && overY > 0) {
          if (overX / WIDE < overY / HIGH) { const push = (overX / 4) * Math.sign(dx); a.x -= push; b.x += push; }
          else { const push = (overY / 4) * Math.sign(dy); a.y -= push; b.y += push; }
        }
      }
    }
    for (const place of list) {
      place.x = Math.min(width - WIDE / 2 - 2, Math.max(WIDE / 2 + 2, place.x));
      place.y = Math.min(height - HIGH / 2 - 2, Math.max(HIGH / 2 + 2, place.y));
    }
  }
}

function keep(text, most) {
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

export function drawOverlay() {
  const picture = parts.overlay;
  if (!picture) return;
  const ids = picture.cells.map((cell) => cell.id);
  for (const cell of (parts.map || {}).cells || []) if (!ids.includes(cell.id)) ids.push(cell.id);
  const key = ids.join() + Boolean(parts.map);
  if (key !== overlayLaidOut) {
    const { at, labels } = layout(ids);
    overlayLaidOut = key;
    layers.cells.replaceChildren(); layers.links.replaceChildren(); cells.clear(); links.clear();
    for (const id of ids) {
      const place = at.get(id);
      const label = (labels.get(id) || {}).label || "cell " + id;
      const text = element("text", { x: place.x, y: place.y - 4 });
      text.textContent = keep(label, 16);
      const node = element("g", { class: "cell" }, element("rect", { x: place.x - WIDE / 2, y: place.y - HIGH / 2, width: WIDE, height: HIGH, rx: 8 }), text);
      pressable(node, "Cell " + label, () => choose("cell", id));
      layers.cells.append(node);
      cells.set(id, { ...place, node, label, dots: new Map(), leader: null, size: 0 });
    }
  }
  const where = new Map();
  const seen = new Set();
  for (const data of picture.cells) {
    const cell = cells.get(data.id);
    seen.add(data.id);
    cell.size = Math.max(cell.size, data.members.length);
    const names = data.members.map((member) => member.name).sort();
    const all = [...new Set([...cell.dots.keys(), ...names])].sort();
    for (const name of [...all]) {
      // A peer that moved elsewhere is not missed here.
      if (!names.includes(name) && picture.cells.some((other) => other.members.some((member) => member.name === name))) {
        cell.dots.get(name).remove(); cell.dots.delete(name); all.splice(all.indexOf(name), 1);
      }
    }
    all.forEach((name, i) => {
      let dot = cell.dots.get(name);
      if (!dot) {
        dot = element("circle", { r: 4.6, class: "peer" }, element("title"));
        cell.dots.set(name, dot);
        cell.node.append(dot);
      }
      const x = cell.x + (i - (all.length - 1) / 2) * 14, y = cell.y + 6.5;
      dot.setAttribute("cx", x); dot.setAttribute("cy", y);
      dot.classList.toggle("gone", !names.includes(name));
      dot.classList.toggle("lead", data.coordinator === name);
      dot.firstChild.textContent = name + (data.coordinator === name ? ", coordinator" : "") + (names.includes(name) ? "" : ", gone");
      where.set(name, { x, y });
    });
    cell.node.classList.toggle("hurt", all.length > names.length);
    cell.node.classList.toggle("unreported", data.reported === false);
    if (cell.leader && cell.leader !== data.coordinator) flash(cell.node, "took");
    cell.leader = data.coordinator;
  }
  for (const [id, cell] of cells) {
    if (!seen.has(id)) { cell.node.classList.add("hurt"); cell.dots.forEach((dot) => dot.classList.add("gone")); }
  }
  const linked = new Set();
  for (const data of picture.cells) {
    for (const member of data.members) {
      const from = where.get(member.name), to = member.parent && where.get(member.parent);
      if (!to) continue;
      linked.add(member.name);
      let link = links.get(member.name);
      if (!link) {
        link = element("path", { class: "link" });
        const line = ((parts.map || {}).lines || []).find((each) => data.id === each.cell || data.id.startsWith(each.cell + "."));
        if (line) link.style.stroke = line.colour;
        links.set(member.name, link);
        layers.links.append(link);
      } else if (link.dataset.to !== member.parent) {
        flash(link, "moved");
      }
      link.dataset.to = member.parent;
      const bend = (from.y - to.y) / 2;
      link.setAttribute("d", `M${from.x} ${from.y}C${from.x} ${from.y - bend} ${to.x} ${to.y + bend} ${to.x} ${to.y}`);
    }
  }
  for (const [name, link] of links) if (!linked.has(name)) { link.remove(); links.delete(name); }
}

// A take-over is shown by a flash that starts anew each time.
function flash(node, name) {
  node.classList.remove(name);
  void node.getBoundingClientRect();
  node.classList.add(name);
  setTimeout(() => node.classList.remove(name), 2500);
}

export function highlight(chosen, path) {
  for (const stop of stops.values()) if (stop.node) stop.node.classList.toggle("chosen", Boolean(chosen) && chosen.kind === "stop" && chosen.id === stop.id);
  for (const [id, cell] of cells) cell.node.classList.toggle("chosen", Boolean(chosen) && chosen.kind === "cell" && chosen.id === id);
  for (const [name, link] of links) link.classList.toggle("path", path.includes(name));
}
