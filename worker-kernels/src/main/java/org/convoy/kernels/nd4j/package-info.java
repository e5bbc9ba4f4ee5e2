/**
 * The literal definition of every op in ND4J operations, in float32, float64 and bfloat16: the
 * other backends are tested against it. Its code is written for readers, not for speed. It never
 * fuses, reorders or approximates.
 *
 * <p>One {@code Rule} per op computes the op and its gradients; {@code Rules} lists them. Only
 * {@link org.convoy.kernels.Backends} and tests use this package.
 */
@NullMarked
package org.convoy.kernels.nd4j;

import org.jspecify.annotations.NullMarked;
