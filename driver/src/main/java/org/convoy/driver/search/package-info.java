/**
 * Neural architecture search: networks of a space are trained one after the other, each an ordinary
 * run on the whole cluster, and the better ones are changed.
 *
 * <p>{@link org.convoy.driver.search.Evolution} says which network is next and knows neither
 * networks nor training, {@link org.convoy.driver.search.NetworkSearch} trains them as trials of
 * the room {@code sweep}. Only {@code org.convoy.jobs} calls this package.
 */
@NullMarked
package org.convoy.driver.search;

import org.jspecify.annotations.NullMarked;
