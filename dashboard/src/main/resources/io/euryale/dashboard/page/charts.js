// What was measured of each class over the last five minutes, with the faults marked. Drawn by uPlot.
/* global uPlot */
import { parts } from "/page.js";

const CLASSES = ["alarm", "critical", "normal"];
const CHARTS = [
  { key: "p99", title: "Latency, 99th percentile", unit: "ms", log: true },
  { key: "perSecond", title: "Packets a second", unit: "/s" },
  { key: "jitter", title: "Jitter", unit: "ms", log: true },
  { key: "missing", title: "Missing packets", unit: "" },
];
const WINDOW = 300;
const SHORTEST = 60;
const HEIGHT = 118;
const points = [];
const drawn = [];

export function pastFigures() {
  points.length = 0;
  for (const point of parts.history) points.push({ ...point, at: point.at / 1000 });
  draw();
}

export function newFigures(ageMillis) {
  const point = { at: (Date.now() - ageMillis) / 1000 };
  for (const one of parts.classes) point[one.class] = one;
  if (points.length && point.at - points[points.length - 1].at < 0.3) return; // The history had it.
  points.push(point);
  if (points.length > WINDOW) points.shift();
  draw();
}

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function figures(chart) {
  const value = (point, name) => {
    const found = point[name] ? point[name][chart.key] : null;
    // A logarithmic scale has no zero.
    return found === null || found === undefined ? null : chart.log ? Math.max(found, 0.05) : found;
  };
  return [points.map((point) => point.at), ...CLASSES.map((name) => points.map((point) => value(point, name)))];
}

// Where something failed: a line through all charts.
function faults(plot) {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = css("--bad");
  plot.ctx.globalAlpha = 0.55;
  plot.ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  plot.ctx.lineWidth = devicePixelRatio;
  for (const story of parts.events || []) {
    if (!story.peers.length) continue;
    const x = plot.valToPos(Date.parse(story.at) / 1000, "x", true);
    if (x < left || x > left + width) continue;
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, top);
    plot.ctx.lineTo(x, top + height);
    plot.ctx.stroke();
  }
  plot.ctx.restore();
}

function spoken(value) {
  return value >= 1000 ? value / 1000 + "k" : String(+value.toFixed(2));
}

// From the first figure on, at least a minute, at most five.
function span() {
  const now = Date.now() / 1000;
  const known = points.length ? now - points[0].at : 0;
  return [now - Math.min(WINDOW, Math.max(SHORTEST, known)), now];
}

function options(chart, width) {
  const axis = { stroke: css("--dim"), grid: { stroke: css("--rule"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  return {
    width, height: HEIGHT, padding: [6, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: span },
      y: chart.log ? { distr: 3, range: (_, least, most) => [0.1, Math.max(100, most || 0) * 1.2] } : { range: (_, least, most) => [0, Math.max(1, most || 0) * 1.1] },
    },
    axes: [
      { ...axis, space: 90, size: 20, values: (_, ticks) => ticks.map((at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false })) },
      { ...axis, size: 38, space: 22, ...(chart.log ? { splits: () => [0.1, 1, 10, 100, 1000, 10000] } : {}), values: (_, ticks) => ticks.map((value) => (value === null ? "" : spoken(value))) },
    ],
    series: [{}, ...CLASSES.map((name) => ({ label: name, stroke: css("--" + name), width: 1.5, points: { show: false }, spanGaps: false }))],
    hooks: { draw: [faults] },
  };
}

function build(box) {
  box.replaceChildren();
  drawn.length = 0;
  for (const chart of CHARTS) {
    const figure = document.createElement("figure");
    figure.className = "chart";
    figure.setAttribute("role", "img");
    const caption = document.createElement("figcaption");
    caption.textContent = chart.title + (chart.unit ? ", " + chart.unit : "");
    const value = document.createElement("output");
    caption.append(value);
    const place = document.createElement("div");
    place.setAttribute("aria-hidden", "true");
    figure.append(caption, place);
    box.append(figure);
    const plot = new uPlot(options(chart, Math.max(160, figure.clientWidth)), figures(chart), place);
    drawn.push({ chart, figure, plot });
  }
}

export function draw() {
  const box = document.getElementById("charts");
  if (typeof uPlot === "undefined" || document.hidden) return;
  if (!drawn.length) build(box);
  const last = points[points.length - 1] || {};
  for (const { chart, figure, plot } of drawn) {
    plot.setData(figures(chart));
    const told = CLASSES.map((name) => `${name} ${last[name] && last[name][chart.key] !== null ? last[name][chart.key] : "not measured"}`);
    figure.setAttribute("aria-label", `${chart.title}: ${told.join(", ")} ${chart.unit}`);
  }
}

function again() {
  if (drawn.length) {
    drawn.forEach(({ plot }) => plot.destroy());
    build(document.getElementById("charts"));
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
new ResizeObserver(() => {
  const wrong = drawn.some(({ figure, plot }) => Math.abs(plot.width - Math.max(160, figure.clientWidth)) > 2);
  if (wrong) for (const { figure, plot } of drawn) plot.setSize({ width: Math.max(160, figure.clientWidth), height: HEIGHT });
}).observe(document.getElementById("charts"));
