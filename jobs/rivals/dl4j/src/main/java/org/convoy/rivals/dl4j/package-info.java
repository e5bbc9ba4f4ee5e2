/**
 * Convoy's networks on DL4J, for the contest and for export. Sees of Convoy graphs, saved models
 * and the contest.
 */
@NullMarked
package org.convoy.rivals.dl4j;

import org.jspecify.annotations.NullMarked;
