// The modules of all pages. Each module handles a data- attribute, and does nothing on pages without it.
import "./connection.js";
import "./keys.js";
import "./menus.js";
import "./address.js";
import "./merge.js";
import "./scroll.js";
import "./reading.js";
import "./segments.js";
import "./composer.js";
import "./selecting.js";
import "./choosing.js";
import "./shortcuts.js";
