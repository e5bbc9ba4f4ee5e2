/**
 * Looks through a data set before anybody trains on it: {@link
 * org.convoy.driver.inspection.Inspection} decodes every image on the executors, and says what is
 * broken, how large images are, how many each class has, which occur twice, and what normalisation
 * fits. Nothing is written to the data set.
 *
 * <p>Callers: the commands.
 */
package org.convoy.driver.inspection;
