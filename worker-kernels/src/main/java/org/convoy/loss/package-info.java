/**
 * Losses: functions of a network's output and its targets, with their gradients. Training and
 * evaluation call them. They know arrays, and do not know networks or backends.
 */
@NullMarked
package org.convoy.loss;

import org.jspecify.annotations.NullMarked;
