/**
 * The neocognitron: Fukushima 1980, "Neocognitron: A self-organizing neural network model for a
 * mechanism of pattern recognition unaffected by shift in position" (Biological Cybernetics 36,
 * doi:10.1007/BF00344251), the ancestor of convolutional networks.
 *
 * <p>It learns without gradients: cells compete, and the winners take over what they see. So it is
 * no {@code Graph}, no plan computes it, and no recipe names it. {@link
 * org.convoy.neocognitron.Neocognitron} is for programs. This package sees only random numbers.
 */
@NullMarked
package org.convoy.neocognitron;

import org.jspecify.annotations.NullMarked;
