/** Makes an element: attributes by name, `on…` as listeners, children as text or nodes. Nothing is ever parsed as HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return element;
}

const svgSpace = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Binary units, as Cloud Storage bills them. */
export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return power === 0 ? `${count} B` : `${(count / 2 ** (10 * power)).toFixed(1)} ${units[power]}`;
}

/** Draws the graph into its place: cards in columns, and curves between them that follow the cards wherever they wrap. */
export function drawGraph(place, { groups, edges }) {
  const columns = Math.max(0, ...groups.map(({ layer }) => layer)) + 1;
  const cards = new Map(groups.map((group) => [group.id, card(group)]));
  const layers = Array.from({ length: columns }, (_, layer) =>
    h(
      "div",
      { class: "layer" },
      groups.filter((group) => group.layer === layer).map(({ id }) => cards.get(id)),
    ),
  );
  const lines = svg("svg", { "aria-hidden": "true" });
  const paths = edges.map(({ from, to, count }) => ({
    ...{ from, to },
    path: svg("path", { "stroke-width": Math.min(4, 1 + count / 3) }),
  }));
  lines.append(...paths.map(({ path }) => path));
  const canvas = h("div", { class: "canvas" }, lines, h("div", { class: "layers" }, layers));

  const route = () => {
    const origin = canvas.getBoundingClientRect();
    for (const { from, to, path } of paths) {
      const a = cards.get(from)?.getBoundingClientRect();
      const b = cards.get(to)?.getBoundingClientRect();
      if (!a || !b) continue;
      const [x1, y1] = [a.right - origin.left, a.top + a.height / 2 - origin.top];
      const [x2, y2] = [b.left - origin.left, b.top + b.height / 2 - origin.top];
      const bend = Math.max(24, Math.abs(x2 - x1) / 2);
      path.setAttribute("d", `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
    }
  };
  const focus = (id) => {
    const near = new Set([id]);
    for (const { from, to, path } of paths) {
      const on = from === id || to === id;
      path.dataset.on = String(on);
      if (on) near.add(from).add(to);
    }
    for (const [key, element] of cards) element.dataset.on = String(near.has(key));
    canvas.dataset.focus = "";
  };
  const blur = () => {
    delete canvas.dataset.focus;
    for (const element of cards.values()) delete element.dataset.on;
  };
  for (const [id, element] of cards) {
    for (const enter of ["pointerenter", "focus"]) element.addEventListener(enter, () => focus(id));
    for (const leave of ["pointerleave", "blur"]) element.addEventListener(leave, blur);
  }
  place.replaceChildren(canvas);
  new ResizeObserver(route).observe(canvas);
  route();
}

function card({ name, kind, resources }) {
  const kinds = new Map();
  for (const { type } of resources) {
    const label = type.slice(type.lastIndexOf(":") + 1);
    kinds.set(label, (kinds.get(label) ?? 0) + 1);
  }
  return h(
    "article",
    { class: "card", tabindex: "0", title: resources.map((one) => `${one.type} ${one.name}`).join("\n") },
    h("div", { class: "kind" }, kind),
    h("h3", {}, name),
    h(
      "ul",
      {},
      [...kinds].map(([label, count]) => h("li", {}, h("span", {}, label), h("span", {}, String(count)))),
    ),
  );
}
