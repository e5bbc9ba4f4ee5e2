package org.convoy.image.transform;

import java.io.Serializable;

/**
 * A transform of a whole training batch: each sample becomes a mixture of itself and a partner, in
 * its pixels and in its target. A transform is plain data; it decides a {@link Mixture}.
 *
 * <p>A recipe names one by the record's name in kebab-case: {@code {mixup: {alpha: 0.2}}}. To add
 * one, add a record in a file of its own, its name in the {@code permits} clause, and its defaults
 * in the driver's {@code convoy-reference.conf}.
 */
public sealed interface Mix extends Serializable permits Mixup, Cutmix {

  /**
   * Decides how the samples of a batch are mixed.
   *
   * @param height of the network's input
   * @param width of the network's input
   * @param random the stream of this batch
   */
  Mixture draw(int height, int width, CounterRandom random);
}
