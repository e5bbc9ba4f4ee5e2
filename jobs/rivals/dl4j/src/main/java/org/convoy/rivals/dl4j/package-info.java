/** Convoy's networks on DL4J. Sees of Convoy graphs and the contest. */
@NullMarked
package org.convoy.rivals.dl4j;

import org.jspecify.annotations.NullMarked;
