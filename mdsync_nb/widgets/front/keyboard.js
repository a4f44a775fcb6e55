// Keys and rows of one view: a letter or digit presses the button that has it, or goes to the list
// that has it; arrows walk the rows of the grid. Everything is found in the view this stands in;
// nothing outside of it is touched, and nothing that is hidden.

const TEXTS = "input[type=text], input[type=search], input:not([type]), textarea, select";
const ROWS = ".mdsync-grid tbody tr:has(.dt-select-checkbox)";

function render({ model, el }) {
  let view = null, walked = -1, inGrid = false, inside = false;
  const rows = () => [...view.querySelectorAll(ROWS)];
  const boxOf = (row) => row.querySelector(".dt-select-checkbox");

  function mark() {
    rows().forEach((row, place) => {
      row.classList.toggle("current", place === walked);
      const name = row.querySelector("[data-name]");
      if (name) boxOf(row).setAttribute("aria-label", `Select ${name.dataset.name}`);
    });
  }

  function walk(place, focus) {
    const all = rows();
    if (!all.length) return;
    walked = Math.max(0, Math.min(place, all.length - 1));
    mark();
    if (focus) boxOf(all[walked]).focus();
    model.set("row", walked);
    model.set("walks", model.get("walks") + 1);
    model.save_changes();
  }

  function press(key) {
    const all = [...view.querySelectorAll(`.key-${key}:not([disabled])`)];
    const pressed = all.find((one) => one.offsetParent);
    const field = pressed?.querySelector("select");
    if (field) field.focus();
    else if (pressed) pressed.click();
  }

  // What is typed here is not the notebook's, whatever it does here: there X cuts the cell.
  function down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches(TEXTS)) {
      if (event.key.length === 1 || event.key.startsWith("Arrow")) event.stopPropagation();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const radio = event.target.matches("input[type=radio]");
    if (step && !radio) walk(walked + step, true);
    else if (event.key === "Enter" && inGrid) walk(walked, true);
    else if (/^[a-z0-9]$/i.test(event.key)) press(event.key.toLowerCase());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function clicked(event) {
    const row = event.target.closest(ROWS);
    if (row && !event.target.closest("td.dt-select")) walk(rows().indexOf(row), true);
  }

  function focused(event) {
    inside = true;
    inGrid = Boolean(event.target.closest(ROWS));
    const place = inGrid ? rows().indexOf(event.target.closest(ROWS)) : walked;
    if (place !== walked) walk(place, false);
  }

  function left(event) {
    if (event.relatedTarget && !view.contains(event.relatedTarget)) inside = false;
  }

  // What had the focus may be gone: a new page of the grid has new rows, a button hides once it is
  // pressed. Who stood in the view stays in it, so that the next key is heard.
  const renewed = new MutationObserver(() => {
    mark();
    if (!inside || document.activeElement !== document.body) return;
    const all = rows();
    const row = inGrid && all.length ? all[Math.max(0, Math.min(walked, all.length - 1))] : null;
    (row ? boxOf(row) : view).focus({ preventScroll: !row });
  });

  function home() { walked = model.get("row"); if (view) mark(); }

  function settle() {
    view = el.closest(".mdsync-view");
    if (!view) { waiting = requestAnimationFrame(settle); return; }
    const said = { "data-lm-suppress-shortcuts": "true", role: "region", "aria-label": model.get("name") };
    Object.entries(said).forEach(([key, value]) => view.setAttribute(key, value));
    view.addEventListener("keydown", down);
    view.addEventListener("click", clicked);
    view.tabIndex = -1;
    view.addEventListener("focusin", focused);
    view.addEventListener("focusout", left);
    renewed.observe(view, { childList: true, subtree: true, attributeFilter: ["style", "disabled"] });
    model.on("change:homes", home);
    home();
  }
  let waiting = requestAnimationFrame(settle);

  return () => {
    cancelAnimationFrame(waiting);
    renewed.disconnect();
    model.off("change:homes", home);
    if (!view) return;
    view.removeEventListener("keydown", down);
    view.removeEventListener("click", clicked);
    view.removeEventListener("focusin", focused);
    view.removeEventListener("focusout", left);
  };
}

export default { render };
