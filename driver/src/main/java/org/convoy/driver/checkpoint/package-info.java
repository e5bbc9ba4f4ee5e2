/**
 * Saving a run so that it can go on: parameters and each executor's part of the optimizer's state,
 * written by all, committed by one, read back by any number of executors. Also whose run a folder
 * is, and the storage interface of saved models over Hadoop file systems.
 *
 * <p>Callers: the training loop on executors writes and reads parts, the session on the driver
 * commits, finds the latest and cleans up. A checkpoint appears by a rename and is never changed
 * after; numbers that are not finite are never saved; what is damaged is passed over, never
 * repaired. Nothing here decides when to save, and nothing talks to other executors.
 */
package org.convoy.driver.checkpoint;
