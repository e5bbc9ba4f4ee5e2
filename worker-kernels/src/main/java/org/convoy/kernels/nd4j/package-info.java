/**
 * The literal definition of every op in ND4J operations, in float32, float64 and bfloat16: what the
 * other backends are held against. It is written to be read, not to be fast, and never fuses,
 * reorders or approximates.
 *
 * <p>One {@code Rule} per op says what the op computes and what its gradients are; {@code Rules}
 * lists them. Only {@link org.convoy.kernels.Backends} and tests come in here.
 */
@NullMarked
package org.convoy.kernels.nd4j;

import org.jspecify.annotations.NullMarked;
