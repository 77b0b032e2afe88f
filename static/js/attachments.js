// Attachments of a composer: chosen, dropped and pasted files are listed and can be removed; after an error they stay.
const kept = new Map(); // the files of each composer
const composer = (node) => node.closest?.("form[data-composer]:has([name=attachments])");
const files = (form) => [...form.elements.attachments.files];

function choose(form, chosen) {
  const transfer = new DataTransfer();
  chosen.forEach((file) => transfer.items.add(file));
  form.elements.attachments.files = transfer.files;
  show(form);
}

function show(form) {
  kept.set(form.dataset.composer, files(form));
  const items = files(form).map((file, position) => {
    const item = document.createElement("li");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => choose(form, files(form).toSpliced(position, 1)));
    const size = file.size < 1e5 ? `${Math.ceil(file.size / 1024)} kB` : `${(file.size / 1048576).toFixed(1)} MB`;
    item.append(`${file.name} · ${size} `, remove);
    return item;
  });
  form.querySelector("[data-files]").replaceChildren(...items);
}

function take(event, transfer) {
  const form = composer(event.target);
  if (!form || !transfer?.files.length) return;
  event.preventDefault();
  choose(form, [...files(form), ...transfer.files]);
}

document.addEventListener("change", ({ target }) => target.name === "attachments" && composer(target) && show(composer(target)));
document.addEventListener("dragover", (event) => composer(event.target) && event.preventDefault());
document.addEventListener("drop", (event) => take(event, event.dataTransfer));
document.addEventListener("paste", (event) => take(event, event.clipboardData));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && composer(detail.elt) && choose(composer(detail.elt), []));
document.addEventListener("htmx:load", ({ detail }) => composer(detail.elt) && choose(composer(detail.elt), kept.get(detail.elt.dataset.composer) ?? []));
