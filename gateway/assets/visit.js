// When a visit is: a proposed time is taken over into its form by one click.
document.addEventListener("click", (event) => {
  const slot = event.target.closest("[data-slot]");
  if (!slot) return;
  const form = slot.closest("form");
  fill(form.elements.scheduled_at, slot.dataset.slot);
  fill(form.elements.technician_id, slot.dataset.technician);
  if (!form.elements.duration_minutes.value) fill(form.elements.duration_minutes, slot.dataset.minutes);
  form.elements.scheduled_at.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.scheduled_at.focus();
});

function fill(field, value) {
  if (!field || !value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
