// Moves hatches in the list by drag and drop, and by the buttons without a new page; nothing is kept until it is saved.
const list = document.querySelector(".order");
if (list) {
  const field = document.querySelector("input[name=order]");
  const status = document.querySelector("#flyttad");
  const rows = () => [...list.children];
  const first = field.value;
  let dragged, sent = false;
  const settle = () => {
    rows().forEach((row, place, all) => {
      row.querySelector(".place").textContent = place + 1;
      row.querySelector("[value^=upp]").disabled = place === 0;
      row.querySelector("[value^=ner]").disabled = place === all.length - 1;
    });
    field.value = rows().map((row) => row.dataset.number).join(",");
  };
  const tell = (row) => {
    status.textContent = `${row.querySelector(".name").textContent.trim()} är nu lucka ${rows().indexOf(row) + 1}.`;
  };
  document.querySelector(".by-hand").hidden = false;
  for (const row of rows()) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      row.classList.add("is-dragged");
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      if (dragged !== row) list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? row : row.nextSibling);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
    row.addEventListener("dragend", () => {
      dragged.classList.remove("is-dragged");
      settle();
      tell(dragged);
      dragged = undefined;
    });
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const other = button.value.startsWith("upp") ? row.previousElementSibling : row.nextElementSibling;
    if (other) list.insertBefore(button.value.startsWith("upp") ? row : other, button.value.startsWith("upp") ? other : row);
    settle();
    tell(row);
    (button.disabled ? row.querySelector("button:enabled") : button).focus();
  });
  field.form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && field.value !== first) event.preventDefault();
  });
}
