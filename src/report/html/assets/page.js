"use strict";
// What the page cannot do by itself: copy, filter, zoom. Its words stand in the page.
(() => {
  const body = document.body;
  const said = document.getElementById("said");
  const each = (what, act, within = document) => within.querySelectorAll(what).forEach(act);

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers without a clipboard for pages of the disk have the old way.
      const field = document.createElement("textarea");
      field.value = text;
      body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };

  each("button[data-copy]", (button) => {
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await copy(button.dataset.copy);
      button.textContent = said.textContent = body.dataset.copied;
      button.focus();
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  });

  each("[data-filter]", (tools) => {
    const rows = [...document.getElementById(tools.dataset.filter).rows];
    const search = tools.querySelector("input");
    const outcome = tools.querySelector("select");
    const output = tools.querySelector("output");
    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        // A number alone is a message's.
        const fits = /^\d+$/.test(wanted)
          ? row.cells[0].textContent === wanted
          : row.textContent.toLowerCase().includes(wanted);
        row.hidden = !fits || (!!outcome?.value && row.dataset.outcome !== outcome.value);
        shown += row.hidden ? 0 : 1;
      }
      output.textContent = body.dataset.shown.replace("%1", shown).replace("%2", rows.length);
    };
    search.addEventListener("input", filter);
    outcome?.addEventListener("change", filter);
    tools.hidden = false;
    filter();
  });

  each("[data-zoom]", (tools) => {
    const drawing = document.getElementById(tools.dataset.zoom);
    const frame = drawing.parentElement;
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    const show = (wide) => {
      drawing.style.minWidth = "0";
      drawing.style.width = `${Math.min(Math.max(wide, 40), 8 * width)}px`;
    };
    const steps = {
      in: () => show(drawing.clientWidth * 1.4),
      out: () => show(drawing.clientWidth / 1.4),
      all: () => show(Math.min(frame.clientWidth, (0.8 * innerHeight * width) / height)),
      own: () => { drawing.style.width = drawing.style.minWidth = ""; },
    };
    each("button", (button) => button.addEventListener("click", steps[button.dataset.step]), tools);
    tools.hidden = false;
  });
})();
