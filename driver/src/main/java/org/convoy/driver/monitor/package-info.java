/**
 * What the user sees of a run: the progress line while it lasts, its history, the event file,
 * {@code summary.json} and the report.
 *
 * <p>The session on the driver tells this room what happened; the room makes texts of it. It opens
 * no file and no connection (whoever calls it writes the texts where they belong, on whichever file
 * system) and knows neither Spark nor networks nor recipes: a recipe comes in as text.
 */
package org.convoy.driver.monitor;
