// One process, one thing after the other: they all change the same company.
import "./sign-in.js";
import "./call-log.js";
import "./sync.js";
import "./recordings.js";
import "./rc-ex.js";
