// Sends a form by itself that only has what was begun go on.
document.querySelector('form[data-goes-on]')?.requestSubmit();
