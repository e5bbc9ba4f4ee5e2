/**
 * What training makes small: functions of a network's output and its targets, with their gradients.
 * Whoever trains or judges a network calls them; they know arrays, and nothing of networks or of
 * what computes them.
 */
@NullMarked
package org.convoy.loss;

import org.jspecify.annotations.NullMarked;
