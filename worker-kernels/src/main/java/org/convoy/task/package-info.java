/**
 * What a network is trained for: what a sample's target is, which losses fit, what is counted in an
 * evaluation, what the report shows of it, and what a prediction says.
 *
 * <p>A recipe names a {@link org.convoy.task.Task}. Its counters merge and travel between executors
 * as plain arrays; its metrics are named numbers from there to the saved model's manifest. One of
 * them, the yardstick, says which epoch is best.
 *
 * <p>The driver's recipe, executor loop, evaluation, prediction and report call in here. This room
 * knows no network, no image and no file.
 */
@NullMarked
package org.convoy.task;

import org.jspecify.annotations.NullMarked;
