/** Convoy's networks on libtorch, through JavaCPP's bindings. Sees of Convoy graphs and the contest. */
@NullMarked
package org.convoy.rivals.libtorch;

import org.jspecify.annotations.NullMarked;
