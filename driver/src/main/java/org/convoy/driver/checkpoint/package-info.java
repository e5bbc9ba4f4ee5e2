/**
 * Saves a run so that it can resume: the parameters, and each executor's part of the optimizer
 * state. All executors write, one process commits, and any number of executors reads. Also the
 * lease of a run's folder, and the storage interface of saved models over Hadoop file systems.
 *
 * <p>Callers: the training loop on executors writes and reads parts; the session on the driver
 * commits, finds the latest checkpoint and cleans up. A checkpoint appears by a rename, or by its
 * manifest on stores that cannot rename, and never changes afterwards. Numbers that are not finite
 * are never saved. Damaged checkpoints are skipped, never repaired. Nothing here decides when to
 * save, and nothing talks to other executors.
 */
package org.convoy.driver.checkpoint;
