// The modules of every page. Each attaches itself to a data- attribute and does nothing on a page without it.
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
