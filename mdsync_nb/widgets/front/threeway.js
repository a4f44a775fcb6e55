// Three values of each field that differs, with a choice: there, here, or another value. Texts are
// set as text, never as markup. A choice is sent as {field: {decision, value}}.

function make(name, words = "", parts = [], attributes = {}) {
  const node = document.createElement(name);
  if (words) node.className = words;
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.append(...parts);
  return node;
}

let views = 0;

function render({ model, el }) {
  const own = `threeway-${++views}`;

  function choose(field, decision, value = "") {
    model.set("choices", { ...model.get("choices"), [field]: { decision, value } });
    model.save_changes();
  }

  function value(side, changed) {
    const means = side.means ? [`, means ${side.means}`] : [];
    const shown = side.text === "" ? [make("i", "", ["blank"]), ...means] : [side.text];
    return make("span", changed ? "changed" : "", shown);
  }

  function radio(row, decision, inside) {
    const chosen = model.get("choices")[row.field];
    const input = make("input", "", [], { type: "radio", name: `${own}-${row.field}` });
    input.checked = chosen?.decision === decision;
    input.addEventListener("change", () => choose(row.field, decision, chosen?.value ?? ""));
    const label = make("label", "", [input, ...inside]);
    return { label, input };
  }

  function side(row, decision, which) {
    const told = row[which];
    const when = told.when ? { title: told.when } : {};
    const who = told.who ? [make("span", "who", [told.who], when)] : [];
    const { label, input } = radio(row, decision, [value(told, told.changed), ...who]);
    const shown = row.decides ? [label] : [value(told, told.changed), ...who];
    return make("td", "choice" + (row.decides && input.checked ? " picked" : ""), shown);
  }

  function other(row) {
    const chosen = model.get("choices")[row.field];
    const text = make("input", "", [], { type: "text", size: "14", "aria-label": `Another value of ${row.field}` });
    text.value = chosen?.decision === "value" ? chosen.value : row.here.raw;
    const { label, input } = radio(row, "value", ["Another value "]);
    const say = () => choose(row.field, "value", text.value);
    text.addEventListener("input", () => { input.checked = true; });
    text.addEventListener("change", say);
    text.addEventListener("keydown", (event) => { if (event.key === "Enter") say(); });
    input.addEventListener("change", say);
    label.append(text);
    return label;
  }

  function line(row) {
    const state = make("span", "who", [make("span", `swatch ${row.fill}`, [], { "aria-hidden": "true" }), row.words]);
    const picked = row.decides && model.get("choices")[row.field]?.decision === "value";
    const agreed = row.agreed === null ? "not known" : row.agreed.text === "" ? make("i", "", ["blank"]) : row.agreed.text;
    return make("tr", row.conflict ? "conflict" : "", [
      make("th", "", [row.field], { scope: "row" }),
      make("td", "right", [agreed]),
      side(row, "take source", "there"),
      side(row, "keep ours", "here"),
      make("td", "choice" + (picked ? " picked" : ""), row.decides ? [state, other(row)] : [state]),
    ]);
  }

  function draw() {
    const heads = ["Field", "Last agreed", ...model.get("sides"), "In words, or another value"];
    const head = make("thead", "", [make("tr", "", heads.map((one, n) => make("th", n === 1 ? "right" : "", [one], { scope: "col" })))]);
    const caption = make("caption", "unseen", ["Three values of each field that differs, with a choice"]);
    const kept = document.activeElement?.name, place = document.activeElement?.closest("td")?.cellIndex;
    const body = make("tbody", "", model.get("rows").map(line));
    el.replaceChildren(make("div", "mdsync", [make("table", "three", [caption, head, body])]));
    if (kept?.startsWith(own)) el.querySelector(`[name="${CSS.escape(kept)}"]:checked`)?.focus();
  }

  // A record somebody stands on is opened below the grid: it comes into sight.
  function open() {
    draw();
    if (model.get("rows").length) requestAnimationFrame(() => el.scrollIntoView({ block: "nearest" }));
  }

  draw();
  model.on("change:rows", open);
  model.on("change:choices", draw);
  return () => { model.off("change:rows", open); model.off("change:choices", draw); };
}

export default { render };
