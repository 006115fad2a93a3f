// Signing in person on a staff page: the same glass as the client's link.

import { signatureOn } from "./signature.js";

for (const box of document.querySelectorAll("[data-glass]")) signatureOn(box);
