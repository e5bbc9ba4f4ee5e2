/**
 * Shows a run to the user: the progress line while it lasts, its history, the event file, {@code
 * summary.json} and the report.
 *
 * <p>The session on the driver tells this package what happened, and the package makes texts. It
 * opens no file and no connection; its callers write the texts to the right file system. It knows
 * neither Spark nor networks nor recipes: a recipe arrives as text.
 */
package org.convoy.driver.monitor;
