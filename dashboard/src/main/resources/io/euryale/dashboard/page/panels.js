// Everything beside the map: figures, events, cells, streams, alarms, buttons, details.
import { parts, age, canPress, press, choose, lineAge, inWords } from "/page.js";
import { element } from "/map.js";

const $ = (id) => document.getElementById(id);

export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Replaces contents only when they changed, so that focus and selection stay.
export function put(place, ...children) {
  const next = make("div", {}, ...children);
  if (place.lastPut === next.innerHTML) return;
  const focus = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.lastPut = next.innerHTML;
  place.replaceChildren(...next.childNodes);
  if (focus) {
    const again = place.querySelector(`[data-key="${CSS.escape(focus)}"]`);
    if (again) again.focus();
  }
}

export function ms(value) {
  if (value === null || value === undefined) return "–";
  return value >= 999.5 ? (value / 1000).toFixed(1) + " s" : value >= 99.5 ? value.toFixed(0) + " ms" : value.toFixed(1) + " ms";
}

export function clock(instant) {
  return new Date(instant).toLocaleTimeString([], { hour12: false });
}

// ---- the state in one sentence ----

export function verdict() {
  const place = $("verdict");
  const [tone, text] = judge();
  if (place.textContent !== text) place.textContent = text;
  place.className = "verdict " + tone;
}

function judge() {
  if (!parts.overlay) return ["", lineAge() > 3000 ? "No line to the server" : "Connecting …"];
  if (lineAge() > 3000) return ["bad", "No line to the server: everything below is as it was"];
  if (age("overlay") > 3000) return ["bad", "The overlay has not answered for " + Math.round(age("overlay") / 1000) + " s"];
  const open = (parts.events || []).find((event) => !event.closed && event.peers.length);
  if (open) return ["warn", "Being mended: " + open.what];
  const peers = parts.overlay.cells.reduce((sum, cell) => sum + cell.members.length, 0);
  const meant = Object.keys((parts.map || {}).processes || {}).length;
  if (meant > peers) return ["warn", `${meant - peers} of ${meant} peers have no place`];
  const alone = parts.overlay.cells.filter((cell) => cell.members.length < 2).length;
  if (alone) return ["warn", `${alone === 1 ? "1 cell has" : alone + " cells have"} one peer only: no second copy`];
  return ["good", `All ${peers} peers in ${parts.overlay.cells.length} cells have their places`];
}

export function network() {
  $("city-name").textContent = parts.map.name;
  document.title = parts.map.name + " – Euryale";
  put($("legend"), ...parts.map.lines.map((line) => {
    const mark = make("i"); mark.style.background = line.colour;
    return make("span", {}, mark, line.name);
  }));
  $("legend").querySelectorAll("i").forEach((mark, i) => { mark.style.background = parts.map.lines[i].colour; });
}

export function city() {
  $("city-clock").textContent = parts.city.clock;
}

// ---- figures ----

export function classes() {
  const rows = parts.classes.map((one) => make("tr", {},
    make("th", { scope: "row" }, make("span", { class: "swatch", "data-class": one.class }), one.class),
    make("td", {}, one.perSecond.toFixed(0)), make("td", {}, figure(one.p50)), make("td", {}, figure(one.p99)),
    make("td", { class: "optional" }, figure(one.totalP999)), make("td", {}, figure(one.totalMax)),
    make("td", { class: "optional" }, figure(one.jitter)), make("td", { class: one.missing ? "missing" : "" }, String(one.missing)),
    make("td", {}, one.ageMillis < 0 ? "–" : (one.ageMillis / 1000).toFixed(1) + " s")));
  const head = [["class", ""], ["/s", ""], ["p50", ""], ["p99", ""], ["p99.9 all", "optional"], ["max all", ""], ["jitter", "optional"], ["missing", ""], ["last", ""]];
  put($("classes"),
    make("table", {}, make("caption", { class: "vh" }, "Latency in milliseconds, rate and loss of each traffic class, in the last second and in all"),
      make("thead", {}, make("tr", {}, ...head.map(([text, kind]) => make("th", { scope: "col", class: kind }, text)))), make("tbody", {}, ...rows)));
}

// Milliseconds in three digits; what was not measured is no number.
function figure(value) {
  return value === null || value === undefined ? "–" : value < 99.5 ? value.toFixed(1) : value.toFixed(0);
}

// ---- what happened ----

function some(names, most) {
  return names.length > most ? names.slice(0, most).join(", ") + ` and ${names.length - most} more` : names.join(", ");
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(story) {
  const said = [];
  const many = story.peers.length > 1;
  if (story.noticedMillis !== null) said.push(`${many ? "Their cells" : "Its cell"} knew after ${ms(story.noticedMillis)}.`);
  if (story.elections.length) said.push(`${story.elections.length === 1 ? "A new coordinator" : story.elections.length + " new coordinators"}: ` + some(story.elections.map((e) => `${e.to} for ${e.from}`), 3) + ".");
  if (story.moves.length) said.push(`${story.moves.length} ${story.moves.length === 1 ? "peer" : "peers"} found another parent: ` + some(story.moves.map((m) => `${m.peer} → ${m.to}`), 3) + ".");
  if (story.tookOverMillis !== null) said.push(`All work was taken over after ${ms(story.tookOverMillis)}.`);
  if (story.mendedMillis !== null && story.mended) said.push(`${capital(story.mended)} after ${ms(story.mendedMillis)}.`);
  if (story.backMillis !== null) said.push(`${many ? "All were" : "It was"} back in place ${story.mendedMillis !== null && story.backMillis >= story.mendedMillis ? ms(story.backMillis - story.mendedMillis) + " later" : "after " + ms(story.backMillis)}.`);
  const delays = Object.entries(story.delays).sort();
  if (delays.length) said.push("Longest delay of a packet meanwhile: " + delays.map(([name, value]) => `${name} ${ms(value)}`).join(", ") + ".");
  if (!said.length && story.closed && story.peers.length) said.push("No picture of the overlay missed anybody: it was over before.");
  return said.join(" ");
}

function phases(story) {
  const end = story.backMillis || story.tookOverMillis || story.noticedMillis;
  if (!end) return null;
  const bar = element("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  let x = 0;
  for (const [name, until] of [["noticed", story.noticedMillis], ["took", story.tookOverMillis], ["waited", story.mendedMillis], ["back", story.backMillis]]) {
    if (until === null || until * 100 < x * end) continue;
    const to = (until / end) * 100;
    bar.append(element("rect", { x, y: 0, width: Math.max(0, to - x), height: 8, class: name }));
    x = to;
  }
  return make("div", { class: "phases", title: "red: until noticed, amber: until taken over, grey: until started again, green: until all are back" }, bar);
}

export function events() {
  const items = parts.events.slice(0, 30).map((story) => make("li", { class: story.closed ? "" : "open", "data-story": story.id, "data-took": story.tookOverMillis === null ? "" : "yes" },
    make("p", { class: "what" }, make("time", { datetime: story.at }, clock(story.at)), story.what, story.peers.length > 1 ? ` (${story.peers.length} peers)` : ""),
    phases(story),
    make("p", { class: "said" }, sentence(story)),
    story.elections.length + story.moves.length > 0 ? make("details", {}, make("summary", {}, "Who took over what, and when"), make("ul", {},
      ...story.elections.map((e) => make("li", {}, `${ms(e.afterMillis)}: cell ${e.cell} is coordinated by ${e.to} instead of ${e.from}`)),
      ...story.moves.map((m) => make("li", {}, `${ms(m.afterMillis)}: ${m.peer} sends through ${m.to} instead of ${m.from}`)))) : null));
  const open = [...$("events").querySelectorAll("details[open]")].map((each) => each.closest("li").dataset.story);
  put($("events"), ...(items.length ? items : [make("li", {}, make("p", { class: "said" }, "Nothing has failed since this page watches."))]));
  for (const id of open) { const again = $("events").querySelector(`[data-story="${id}"] details`); if (again) again.open = true; }
}

// ---- cells ----

function label(id) {
  const known = ((parts.map || {}).cells || []).find((cell) => cell.id === id);
  return known ? known.label : "cell " + id;
}

export function cells() {
  const sorted = [...parts.overlay.cells].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
  put($("cells"), make("ul", { class: "tree" }, ...sorted.map((cell) => make("li", { class: "l" + (cell.id.split(".").length - 1) },
    make("button", { type: "button", "data-key": "cell-" + cell.id }, label(cell.id)),
    ...cell.members.map(() => make("span", { class: "dot" })),
    make("span", { class: "dim", title: `term ${cell.term}` }, ` ${cell.coordinator} leads`)))));
  [...$("cells").querySelectorAll("button")].forEach((button, i) => { button.onclick = () => choose("cell", sorted[i].id); });
}

function member(name) {
  for (const cell of (parts.overlay || { cells: [] }).cells) {
    const found = cell.members.find((each) => each.name === name);
    if (found) return { ...found, cell: cell.id };
  }
  return null;
}

// ---- streams ----

function wayUp(edge) {
  const way = [];
  for (let name = edge; name && way.length < 10; ) {
    way.push(name);
    const at = member(name);
    name = at ? at.parent : null;
  }
  return way;
}

export function pathOf(chosen) {
  if (!chosen) return [];
  if (chosen.kind === "stream" && !isForStation(chosen.id)) {
    const stream = (parts.streams || []).find((each) => each.name === chosen.id);
    return stream ? wayUp(stream.edge) : [];
  }
  if (chosen.kind === "stop") {
    const slug = (parts.map.stops.find((stop) => stop.id === chosen.id) || {}).slug;
    const own = (parts.streams || []).filter((each) => each.name.endsWith("/" + slug) && !isForStation(each.name));
    return own.length ? wayUp(steady(own).edge) : [];
  }
  return [];
}

// Announcements and boards come down from the control centre; the others go up to it.
function isForStation(stream) {
  return !!parts.map && (stream.startsWith("announcement/") || stream.startsWith("board/"));
}

export function streams() {
  const wanted = $("stream-filter").value.trim().toLowerCase();
  const found = (parts.streams || []).filter((stream) => !wanted || (stream.name + " " + stream.class + " " + stream.edge).toLowerCase().includes(wanted))
    .sort((a, b) => (b.perSecond || 0) - (a.perSecond || 0) || a.name.localeCompare(b.name));
  const shown = found.slice(0, 60);
  put($("streams"), make("table", {}, make("caption", { class: "vh" }, "Streams that the root cell knows"), make("thead", {}, make("tr", {},
    make("th", { scope: "col" }, `${found.length} streams`), make("th", { scope: "col", class: "text" }, "class"), make("th", { scope: "col", class: "text" }, "enters at"), make("th", { scope: "col" }, "/s"), make("th", { scope: "col" }, "packets"))),
  make("tbody", {}, ...shown.map((stream) => make("tr", {},
    make("td", {}, make("button", { type: "button", "data-key": stream.name }, stream.name)),
    make("td", { class: "text" }, make("span", { class: "swatch", "data-class": stream.class }), stream.class), make("td", { class: "text" }, stream.edge), make("td", {}, stream.perSecond === null ? "–" : stream.perSecond.toFixed(1)), make("td", {}, String(stream.packets)))))));
  [...$("streams").querySelectorAll("button")].forEach((button, i) => { button.onclick = () => choose("stream", shown[i].name); });
}

// ---- alarms ----

export function alarms() {
  const known = parts.alarms;
  $("alarms-panel").hidden = !known;
  if (!known) return;
  $("operator-field").hidden = !canPress("acknowledge");
  const list = known.list;
  const acknowledged = known.acknowledged; // Null where nothing is known of that.
  put($("alarms"), make("p", { class: "hint" }, `${known.raised} raised${acknowledged === null ? "" : `, ${acknowledged} acknowledged`}. ${known.trail}`),
    ...list.map((alarm) => make("div", { class: "alarm" + (alarm.by || acknowledged === null ? "" : " new") },
      make("time", { datetime: alarm.raised }, clock(alarm.raised)), make("span", { class: "say" }, `${alarm.station}: ${alarm.text}`),
      acknowledged === null ? null : alarm.by ? make("span", { class: "who" }, `${alarm.by}, ${clock(alarm.acknowledged)}`)
        : canPress("acknowledge") ? make("button", { type: "button", "data-key": alarm.id, "data-alarm": alarm.id, "aria-label": `Acknowledge ${alarm.text} at ${alarm.station}` }, "Acknowledge") : make("span", { class: "who" }, "open"))));
  $("alarms").querySelectorAll("[data-alarm]").forEach((button) => { button.onclick = () => press("acknowledge", { alarm: button.dataset.alarm, by: operator() }); });
}

// Who signs what is pressed.
function operator() {
  return $("operator").value.trim() || "operator at the page";
}

// ---- announcements ----

export function announcements() {
  const known = parts.announcements;
  $("announcements-panel").hidden = false;
  put($("announcements"), make("p", { class: "hint" }, `${known.made} made: ${known.packets} packets announced, ${known.played} played by the loudspeakers of their stations, ${known.missing} missing, ${known.again} twice. `
    + `From due to played p50 ${ms(known.p50)}, p99 ${ms(known.p99)}, at most ${ms(known.max)}.` + (canPress("announce") ? " To announce something, press a station." : "")),
    ...known.list.map((one) => make("div", { class: "alarm" }, make("time", { datetime: one.at }, clock(one.at)), make("span", { class: "say" }, `${one.station}: ${one.text} `,
      make("span", { class: "who" }, `${one.by}, ${one.played} of ${one.of} packets played`)))));
  const place = $("played");
  if (place) place.textContent = played(place.dataset.stop);
}

function played(stop) {
  const here = ((parts.announcements || {}).stations || {})[stop];
  return here ? `Its loudspeakers played ${here.played} of ${here.packets} packets.` : "Nothing was announced here yet.";
}

// ---- buttons ----

export function processes() {
  const list = (parts.city || {}).processes;
  $("processes-panel").hidden = !list;
  if (!list) return;
  const may = canPress("kill");
  const rows = list.map((process) => make("div", { class: "process" },
    make("strong", {}, "Process " + process.number), make("span", { class: "state " + process.state }, process.state), make("span", { class: "hint" }, process.peers + " peers"),
    ...(may ? [["kill", "Kill", "danger"], ["freeze", "Freeze", ""], ["partition", "Partition", ""]].map(([action, text, kind]) =>
      make("button", { type: "button", class: kind, "data-do": action, "data-process": process.number, "data-key": action + process.number, "aria-label": `${text} process ${process.number}` }, text)) : [])));
  const load = parts.city.load;
  put($("processes"), ...rows, may ? make("div", { class: "row" },
    make("button", { type: "button", "data-do": "heal", "data-key": "heal" }, "Heal"), make("button", { type: "button", "data-do": "restart", "data-key": "restart" }, "Restart what ended"),
    make("span", { class: "hint" }, "Load"), ...[1, 2, 4].map((times) => make("button", { type: "button", "data-do": "load", "data-times": times, "data-key": "load" + times, "aria-pressed": String(times === load), "aria-label": `Load times ${times}` }, "×" + times)))
    : make("p", { class: "hint" }, "Open the address that the demo printed to have buttons here."));
  $("processes").querySelectorAll("[data-do]").forEach((button) => {
    button.onclick = () => press(button.dataset.do, button.dataset.process ? { process: button.dataset.process } : button.dataset.times ? { times: button.dataset.times } : {});
  });
}

// ---- details ----

let chosenNow = null;

export function detail(chosen) {
  chosenNow = chosen;
  const place = $("detail");
  place.lastPut = null;
  if (!chosen) return;
  $("detail-age").dataset.age = { stop: "stations gauges announcements city streams overlay", cell: "overlay", stream: "streams overlay" }[chosen.kind];
  if (chosen.kind === "stop") return stopDetail(chosen.id);
  if (chosen.kind === "cell") return cellDetail(chosen.id);
  return streamDetail(chosen.id);
}

// The way of packets; where the time of one of them went comes when one was traced.
function way(stream) {
  const hops = wayUp(stream.edge).map((name) => make("li", { "data-hop": name, "data-who": name }, make("span", {}, name), make("small", {})));
  measure(stream.name);
  return make("div", { "data-way": stream.name },
    make("ol", { class: "way", "aria-label": "The way of its packets" }, make("li", { "data-who": stream.sensor }, make("span", {}, stream.sensor), make("small", {})), ...hops, make("li", {}, make("span", {}, parts.map ? "control centre" : "its clients"))),
    make("p", { class: "hint", id: "traced" }));
}

let measuring = false; // One at a time.

async function measure(stream) {
  if (measuring) return;
  measuring = true;
  const packet = await ask("/way.json?stream=" + encodeURIComponent(stream));
  measuring = false;
  const place = $("detail").querySelector(`[data-way="${CSS.escape(stream)}"]`);
  if (!packet || !place) return;
  if (packet.refused) {
    $("traced").textContent = packet.refused;
    return;
  }
  const was = new Map(packet.hops.map((hop) => [hop.who, hop]));
  for (const item of place.querySelectorAll("[data-who]")) {
    const hop = was.get(item.dataset.who);
    item.querySelector("small").textContent = hop ? `at ${ms(hop.cameMillis)}, here ${ms(hop.hereMillis)}` : "";
  }
  const drawn = [...place.querySelectorAll("[data-who]")].map((item) => item.dataset.who);
  const others = packet.hops.filter((hop) => !drawn.includes(hop.who)).map((hop) => ` It came by ${hop.who}, too: at ${ms(hop.cameMillis)}, here ${ms(hop.hereMillis)}.`);
  $("traced").textContent = `Times of one packet of ${stream}, which was ${parts.map ? "at the control centre" : "here"} ${ms(packet.tookMillis)} after it was sent, ${inWords(packet.ageMillis)}.` + others.join("");
}

async function ask(path) {
  try {
    const reply = await fetch(path);
    return reply.ok ? await reply.json() : null;
  } catch {
    return null; // The line says that it is lost.
  }
}

// What changes while it is shown.
function tellFacts() {
  const facts = { stop: stopFacts, cell: cellFacts, stream: streamFacts }[chosenNow.kind];
  put($("facts"), ...facts(chosenNow.id));
  $("facts").querySelectorAll("[data-reset]").forEach((button) => { button.onclick = () => press("reset", { peer: button.dataset.reset }).then(() => setTimeout(again, 400)); });
}

function cellDetail(id) {
  $("detail-heading").textContent = label(id);
  put($("detail"), make("div", { id: "facts" }));
  tellFacts();
}

function cellFacts(id) {
  const cell = (parts.overlay.cells || []).find((each) => each.id === id);
  if (!cell) return [make("p", { class: "hint" }, "No peer of this cell is heard of now.")];
  return [make("p", {}, `Cell ${id}, term ${cell.term}; ${cell.coordinator} coordinates it.`),
    make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "peer"), make("th", { scope: "col", class: "text" }, "sends through"), make("th", { scope: "col", class: "text optional" }, "address"), make("th", {}, ""))),
      make("tbody", {}, ...cell.members.map((each) => make("tr", {}, make("td", {}, each.name + ((parts.map || {}).processes ? ` (process ${parts.map.processes[each.name]})` : "")), make("td", { class: "text" }, each.parent || "–"), make("td", { class: "text optional" }, each.address),
        make("td", {}, canPress("reset") ? make("button", { type: "button", class: "danger", "data-reset": each.name, "data-key": "reset-" + each.name, "aria-label": "Reset " + each.name }, "Reset") : "")))))];
}

async function streamDetail(name) {
  const stream = (parts.streams || []).find((each) => each.name === name);
  $("detail-heading").textContent = name;
  put($("detail"), make("div", { id: "facts" }), make("p", { id: "last-packet" }), isForStation(name) ? make("p", { class: "hint" }, "Packets go from the control centre down to a peer of the station's cell, and from there to its loudspeakers and displays.") : stream ? way(stream) : null,
    isForStation(name) ? null : make("p", { class: "hint" }, "Packets go from left to right. Every peer on the way keeps a copy at its siblings until two peers of the next cell have the packet."));
  tellFacts();
  await lastPacket(name);
}

function streamFacts(name) {
  const stream = (parts.streams || []).find((each) => each.name === name);
  return [stream ? make("p", {}, `Class ${stream.class}, ${rate(stream)}, ${stream.packets} packets so far, ${stream.pending} kept at the root until all have them.`)
    : make("p", { class: "hint" }, "The root cell does not know this stream now.")];
}

function rate(stream) {
  return stream.perSecond === null ? "rate not measured yet" : stream.perSecond.toFixed(1) + " packets/s";
}

async function lastPacket(name) {
  if (!parts.map) return;
  const last = await ask("/stream.json?name=" + encodeURIComponent(name));
  const place = $("last-packet");
  if (place && last) place.textContent = `The last packet was at ${isForStation(name) ? "the station" : "the control centre"} ${ms(last.latencyMillis)} after it was due, ${inWords(last.ageMillis)}.`;
}

// Of the streams of a station the one that sends most regularly.
function steady(own) {
  return own.find((stream) => stream.name.startsWith("equipment/")) || own[0];
}

function stopDetail(id) {
  const stop = parts.map.stops.find((each) => each.id === id);
  const own = (parts.streams || []).filter((stream) => stream.name.endsWith("/" + stop.slug) && !isForStation(stream.name));
  $("detail-heading").textContent = stop.name;
  put($("detail"), make("div", { id: "facts" }),
    own.length ? way(steady(own)) : null,
    make("div", { id: "board" }),
    parts.announcements ? make("p", { id: "display" }) : null,
    make("p", { class: "hint" }, `Publish to gauge/${stop.slug} to have a word of your own here.`),
    own.length ? make("p", { class: "hint" }, "Sensors: " + own.map((stream) => stream.name.split("/")[0]).join(", ")) : null,
    parts.announcements ? make("p", { id: "played", "data-stop": id }, played(id)) : null,
    canPress("announce") ? make("button", { type: "button", "data-announce": id, "aria-label": "Announce the next train at " + stop.name }, "Announce the next train") : null,
    own.some((stream) => stream.name.startsWith("camera/")) && canPress("look") ? make("button", { type: "button", "data-look": "camera/" + stop.slug }, "Look through its camera") : null);
  const look = $("detail").querySelector("[data-look]");
  if (look) look.onclick = () => press("look", { stream: look.dataset.look });
  const announce = $("detail").querySelector("[data-announce]");
  if (announce) announce.onclick = () => press("announce", { stop: id, by: operator() });
  tellFacts();
  board(id);
  if ($("display")) display(id);
}

function stopFacts(id) {
  const stop = parts.map.stops.find((each) => each.id === id);
  const now = (parts.stations || {})[id] || {};
  const gauge = (parts.gauges || []).find((each) => each.stop === id);
  const camera = "camera/" + stop.slug;
  const looks = ((parts.city || {}).media || []).includes(camera);
  return [make("p", {}, `${now.people === undefined ? "Nothing was heard of its platform yet" : `${now.people} people on the platform (${inWords(now.peopleAgeMillis + age("stations"))})`}. Its sensors are connected to ${label(stop.cell)}.`),
    gauge ? make("p", {}, `Its gauge says “${gauge.text}”, ${inWords(gauge.ageMillis + age("gauges"))}, ${gauge.packets} packets so far.`) : null,
    (parts.streams || []).some((stream) => stream.name === camera) ? make("p", { id: "camera" }, looks ? "Pictures of its camera come now." : "Nobody looks through its camera.") : null];
}

async function board(id) {
  const answer = await ask("/siri/stop-monitoring.json?MonitoringRef=" + encodeURIComponent(id));
  if (!answer || !chosenNow || chosenNow.id !== id || !$("board")) return;
  const visits = answer.Siri.ServiceDelivery.StopMonitoringDelivery[0].MonitoredStopVisit.slice(0, 6);
  const lines = new Map(parts.map.lines.map((line) => [line.name, line]));
  put($("board"), make("table", { class: "board" }, make("caption", { class: "vh" }, "Next trains"), make("tbody", {}, ...visits.map((visit) => {
    const journey = visit.MonitoredVehicleJourney, call = journey.MonitoredCall;
    const leaves = call.DepartureStatus !== undefined; // It does not where it ends.
    const time = (leaves ? call.ExpectedDepartureTime : call.ExpectedArrivalTime).slice(11, 16), aimed = (leaves ? call.AimedDepartureTime : call.AimedArrivalTime).slice(11, 16);
    return make("tr", {}, make("td", {}, make("span", { class: "badge", "data-line": journey.LineRef }, journey.LineRef)), make("td", { class: "text" }, journey.DestinationName[0].value + (leaves ? "" : " (ends here)")),
      make("td", {}, call.ArrivalStatus === "cancelled" ? "cancelled" : time === aimed ? time : `${time} (was ${aimed})`),
      make("td", { class: "hint" }, !journey.Monitored ? "timetable" : call.VehicleAtStop ? "here now" : "live"));
  }))));
  $("board").querySelectorAll("[data-line]").forEach((badge) => { const line = lines.get(badge.dataset.line); if (line) { badge.style.background = line.colour; badge.style.color = line.ink; } });
}

// What the display at the station itself shows, which came down to it through the overlay.
async function display(id) {
  const shown = await ask("/display.json?stop=" + encodeURIComponent(id));
  if (!shown || !chosenNow || chosenNow.id !== id || !$("display")) return;
  const first = shown.rows[0];
  $("display").textContent = !shown.boards ? "Its display shows nothing yet."
    : `Its display shows ${first ? `${first.line} ${first.to} ${first.at}${first.state === "live" ? "" : ` (${first.state})`} first` : "that no train comes"}, said ${inWords(shown.ageMillis)} and there after ${ms(shown.latencyMillis)}; ${shown.gaveWay} boards gave way to newer ones.`;
}

// What is chosen is looked at again while it is shown.
export function again() {
  if (!chosenNow || document.hidden) return;
  tellFacts();
  if (chosenNow.kind === "stop") {
    board(chosenNow.id);
    if ($("display")) display(chosenNow.id);
  }
  if (chosenNow.kind === "stream") lastPacket(chosenNow.id);
  const shown = [...$("detail").querySelectorAll("[data-hop]")].map((hop) => hop.dataset.hop);
  const now = pathOf(chosenNow);
  if (shown.join() !== now.join()) detail(chosenNow); // Somebody took over.
  else if (shown.length) measure($("detail").querySelector("[data-way]").dataset.way);
}
