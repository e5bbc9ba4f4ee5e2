/**
 * Sweeps: runs of one recipe with other values of some keys, which are compared by the task's
 * yardstick.
 *
 * <p>{@link org.convoy.driver.sweep.SweepSpace} says which values there are, {@link
 * org.convoy.driver.sweep.Search} which of their combinations are tried and for how long, {@link
 * org.convoy.driver.sweep.Sweep} trains them one after the other on one cluster, and {@link
 * org.convoy.driver.sweep.SweepReport} shows them. Each trial is an ordinary run with a folder of
 * its own, which {@link org.convoy.driver.sweep.TrialRuns} trains. {@link
 * org.convoy.driver.sweep.RateFinder} makes one run whose learning rate rises. {@code
 * org.convoy.jobs} calls this package, and {@code org.convoy.driver.search} trains its trials by
 * it.
 */
@NullMarked
package org.convoy.driver.sweep;

import org.jspecify.annotations.NullMarked;
