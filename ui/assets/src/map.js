// Maps on a plain ground, or on that of a WMS.
import { start } from "./maps.js";

start();
