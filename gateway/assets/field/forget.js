// Whoever is asked to sign in is nobody yet: what this phone keeps for somebody is not for them to see.

import { forget } from "./store.js";

if ("caches" in window) forget();
