/**
 * Tasks that a network is trained for. A task defines a sample's target, the losses that fit, the
 * counters of an evaluation, its sections in the report, and the form of a prediction.
 *
 * <p>A recipe names a {@link org.convoy.task.Task}. Its counters merge and travel between executors
 * as plain arrays; its metrics are named numbers from there to the saved model's manifest. One of
 * them determines the best epoch.
 *
 * <p>The driver's recipe, executor loop, evaluation, prediction and report use it. This package
 * does not know networks, images or files.
 */
@NullMarked
package org.convoy.task;

import org.jspecify.annotations.NullMarked;
