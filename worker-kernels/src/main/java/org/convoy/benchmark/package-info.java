/** Measures plans: whole training steps against their kernels alone, and against the machine. */
@NullMarked
package org.convoy.benchmark;

import org.jspecify.annotations.NullMarked;
