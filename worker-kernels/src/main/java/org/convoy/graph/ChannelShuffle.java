package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Interleaves groups of channels (Zhang et al. 2018, ShuffleNet, figure 1c): the input's channels form a matrix of {@code groups} rows, and the result's channels are its transpose. So channel {@code g n + i} of the
 * {@code n = channels / groups} in a group becomes channel {@code i groups + g}.
 *
 * @param groups divides the channels
 */
public record ChannelShuffle(int groups) implements Op {

  public ChannelShuffle {
    if (groups < 1) {
      throw new GraphException("shuffle: groups must be at least 1, got " + groups);
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.channels() % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "shuffle: input %s has %d channels, which %d groups do not divide",
              input,
              input.channels(),
              groups));
    }
    return input;
  }

  @Override
  public String word() {
    return "shuffle";
  }
}
