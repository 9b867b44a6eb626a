// The map of schools: <div data-map hidden> and a list of <li data-place data-lat data-lng data-phase>.
// The list is the source: without JavaScript it stands alone. Nothing is asked of another host unless the
// operator names a tile server. Leaflet places things through the CSSOM, so no inline style is needed.

const L = window.L;
const SVG = "http://www.w3.org/2000/svg";

// Told apart by outline, not by colour alone. Colours are classes in _map.scss.
const SHAPES = {
  primary: ["circle", { cx: 13, cy: 13, r: 8.5 }],
  secondary: ["rect", { x: 5, y: 5, width: 16, height: 16 }],
  fe: ["path", { d: "M13 3.5 23 21.5H3Z" }],
  other: ["path", { d: "M13 2.5 23.5 13 13 23.5 2.5 13Z" }],
};

function drawing(phase) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 26 26");
  svg.setAttribute("class", `marker__shape marker__shape--${phase}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const [name, attributes] = SHAPES[phase];
  const shape = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

function popupFor(item) {
  const box = document.createElement("div");
  const link = item.querySelector("a").cloneNode(true);
  const what = document.createElement("p");
  what.textContent = item.querySelector(".place__what").textContent;
  box.className = "popup";
  box.append(link, what);
  return box;
}

function markerFor(item) {
  const phase = SHAPES[item.dataset.phase] ? item.dataset.phase : "other";
  const here = "here" in item.dataset;
  const icon = L.divIcon({
    className: here ? "marker marker--here" : "marker",
    html: drawing(phase),
    iconSize: here ? [36, 36] : [26, 26],
  });
  const name = item.querySelector("a").textContent;
  const marker = L.marker([Number(item.dataset.lat), Number(item.dataset.lng)], {
    icon,
    title: name,
    riseOnHover: true,
    zIndexOffset: here ? 1000 : 0,
  });
  marker.bindPopup(popupFor(item), { closeButton: true, maxWidth: 260 });
  marker.on("add", () => {
    marker.getElement().setAttribute("aria-label", `${name}, ${item.querySelector(".place__what").textContent}`);
  });
  // The keyboard goes with the popup: into it when it opens, back to its marker when it closes.
  marker.on("popupopen", (event) => event.popup.getElement().querySelector("a[href]")?.focus());
  marker.on("popupclose", () => marker.getElement()?.focus({ preventScroll: true }));
  return marker;
}

// Markers nearer to each other than a thumb stand as one with their number, until one zooms in.
const APART = 44;

function together(items, markers, map) {
  const groups = [];
  for (const item of items) {
    const point = map.project(markers.get(item).home, map.getZoom());
    const near = groups.find((group) => group.point.distanceTo(point) < APART);
    if (near) near.items.push(item);
    else groups.push({ point, items: [item] });
  }
  return groups;
}

function manyMarker(group, markers, map) {
  const names = group.items.map((item) => item.querySelector("a").textContent);
  const number = document.createElement("span");
  number.textContent = names.length;
  const marker = L.marker(map.unproject(group.point, map.getZoom()), {
    icon: L.divIcon({ className: "marker marker--many", html: number, iconSize: [40, 40] }),
    title: names.join(", "),
    riseOnHover: true,
  });
  marker.on("add", () => {
    const first = names.slice(0, 5).join(", ");
    const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
    marker.getElement().setAttribute("aria-label", `${names.length} schools close together: ${first}${rest}. Zoom in`);
  });
  const open = () => {
    const [first] = group.items;
    // The number is gone after the zoom: the keyboard goes on at the first of its schools.
    map.once("arranged", ({ stands }) => stands.get(first)?.getElement()?.focus({ preventScroll: true }));
    const area = L.latLngBounds(group.items.map((item) => markers.get(item).home));
    const zoom = Math.max(map.getBoundsZoom(area.pad(0.3)), map.getZoom() + 1);
    map.setView(area.getCenter(), Math.min(zoom, map.getMaxZoom()));
  };
  marker.on("click", open);
  marker.on("keypress", (event) => {
    if (event.originalEvent.key === "Enter") open();
  });
  return marker;
}

// As near as the map goes, those at one spot stand in a ring round it.
function ring(group, markers, map) {
  const radius = Math.max(APART * 0.6, (group.items.length * APART) / (2 * Math.PI));
  group.items.forEach((item, place) => {
    const turn = (2 * Math.PI * place) / group.items.length;
    const aside = L.point(radius * Math.cos(turn), radius * Math.sin(turn));
    markers.get(item).setLatLng(map.unproject(group.point.add(aside), map.getZoom()));
  });
}

function arranger(markers, map) {
  const crowds = L.layerGroup().addTo(map);
  return (shown) => {
    const alone = new Set();
    const stands = new Map(); // which marker speaks for an item
    crowds.clearLayers();
    for (const group of together(shown, markers, map)) {
      const here = group.items.find((item) => "here" in item.dataset);
      for (const item of group.items) markers.get(item).setLatLng(markers.get(item).home);
      if (group.items.length === 1) alone.add(group.items[0]);
      else if (map.getZoom() >= map.getMaxZoom()) {
        ring(group, markers, map);
        for (const item of group.items) alone.add(item);
      } else if (here) alone.add(here); // a school's own page: it is never hidden in a number
      else {
        const many = manyMarker(group, markers, map).addTo(crowds);
        for (const item of group.items) stands.set(item, many);
      }
    }
    for (const [item, marker] of markers) {
      if (alone.has(item)) stands.set(item, marker.addTo(map));
      else marker.remove();
    }
    map.fire("arranged", { stands });
  };
}

function draw(box) {
  const items = [...document.querySelectorAll("[data-place][data-lat]")];
  if (!items.length) return;
  box.hidden = false;
  const tiles = box.dataset.tiles;
  const map = L.map(box, {
    attributionControl: Boolean(tiles),
    scrollWheelZoom: false,
    zoomSnap: 0.25,
    fadeAnimation: false,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    keyboard: true,
    maxZoom: 17,
  });
  if (tiles) L.tileLayer(tiles, { attribution: box.dataset.thanks, maxZoom: 17 }).addTo(map);

  const source = document.getElementById("map-lines");
  const lines = L.geoJSON(source ? JSON.parse(source.textContent) : [], {
    interactive: false,
    style: () => ({ className: "map__line" }),
  }).addTo(map);

  const markers = new Map(items.map((item) => [item, markerFor(item)]));
  const here = items.find((item) => "here" in item.dataset);
  for (const marker of markers.values()) marker.home = marker.getLatLng();
  const bounds = L.latLngBounds([...markers.values()].map((marker) => marker.home));
  // The whole county where its schools fill a good part of it; a cluster is shown from near.
  const whole = lines.getBounds();
  const breadth = (area) => area.getEast() - area.getWest();
  if (!here && whole.isValid() && breadth(bounds) > breadth(whole) / 3) bounds.extend(whole);
  map.fitBounds(bounds.pad(0.12), { maxZoom: tiles ? 15 : 13, animate: false });
  const arrange = arranger(markers, map);
  let shown = here ? [here, ...items.filter((item) => item !== here)] : items;
  arrange(shown);
  map.on("zoomend", () => arrange(shown));
  // Leaflet hears Escape only while the map itself has the focus, not a marker or a popup in it.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });

  // The legend filters markers and list alike, and keeps the choice in the address.
  const legend = document.querySelector("[data-map-legend]");
  if (!legend) return;
  const boxes = [...legend.querySelectorAll("input[name=phase]")];
  const show = () => {
    const all = boxes.every((each) => !each.checked);
    const chosen = new Set(boxes.filter((each) => all || each.checked).map((each) => each.value));
    shown = items.filter((item) => chosen.has(item.dataset.phase));
    arrange(shown);
    for (const group of document.querySelectorAll("[data-phase-group]")) {
      group.hidden = !chosen.has(group.dataset.phaseGroup);
    }
    const address = new URL(window.location.href);
    address.searchParams.delete("phase");
    if (chosen.size < boxes.length) for (const value of chosen) address.searchParams.append("phase", value);
    window.history.replaceState(null, "", address);
  };
  show();
  legend.addEventListener("change", (event) => {
    event.stopPropagation(); // a choice in the legend needs no new page
    show();
  });
}

if (L) for (const box of document.querySelectorAll("[data-map]")) draw(box);
