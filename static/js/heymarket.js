// The modules of all pages. Each module handles a data- attribute, and does nothing on pages without it.
import "./connection.js";
import "./keys.js";
import "./menus.js";
import "./address.js";
import "./merge.js";
import "./scroll.js";
import "./mark_read.js";
import "./segments.js";
import "./composer.js";
import "./select_all.js";
import "./submit_on_change.js";
import "./shortcuts.js";
import "./pictures.js";
import "./attachments.js";
