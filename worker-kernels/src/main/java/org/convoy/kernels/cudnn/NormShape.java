package org.convoy.kernels.cudnn;

/**
 * Which elements of a tensor share moments, and which a scale and a shift, as {@code norms.cuh}
 * takes it.
 *
 * @param momentSample stride of the moments over samples
 * @param momentPosition over positions
 * @param momentGroup over groups of channels
 * @param group channels of a group
 * @param scalePosition stride of scale and shift over positions
 * @param scaleChannel over channels
 * @param moments how many elements have a mean of their own
 */
record NormShape(
    Desc desc,
    long momentSample,
    long momentPosition,
    long momentGroup,
    long group,
    long scalePosition,
    long scaleChannel,
    long moments) {

  /** A mean for each channel. */
  static NormShape batch(Desc desc) {
    return new NormShape(desc, 0, 0, 1, 1, 0, 1, desc.channels());
  }

  /** A mean for each group of channels of a sample. */
  static NormShape groups(Desc desc, int groups) {
    long moments = (long) desc.samples() * groups;
    return new NormShape(desc, groups, 0, 1, desc.channels() / groups, 0, 1, moments);
  }

  /** A mean for each position of a sample. */
  static NormShape rows(Desc desc) {
    return new NormShape(desc, desc.positions(), 1, 0, 1, 0, 1, desc.rows());
  }

  /** A mean for each sample, and a scale for each element, which lies as (channels, positions). */
  static NormShape samples(Desc desc) {
    return new NormShape(desc, 1, 0, 0, 1, 1, desc.positions(), desc.samples());
  }

  /** Whether each channel has moments of its own. */
  boolean perChannel() {
    return momentSample == 0 && momentPosition == 0 && group == 1 && momentGroup == 1;
  }

  /** Whether eight neighbouring channels share moments, or have one each. */
  boolean wide() {
    return desc.wide() && (group == 1 || group % Kernel.WIDTH == 0);
  }

  /** Elements that share a mean. */
  long elementsPerMoment() {
    return desc.elements() / moments;
  }

  long[] sizes() {
    return new long[] {
      desc.positions(),
      desc.channels(),
      momentSample,
      momentPosition,
      momentGroup,
      group,
      scalePosition,
      scaleChannel
    };
  }
}
