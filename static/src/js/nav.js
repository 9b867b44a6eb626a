// On a phone the menu is one row that is pushed sideways: it opens with the page one is on in sight.

const current = document.querySelector(".nav [aria-current]");
const row = current?.closest("ul");
if (row) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
