package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/** Adds channels of zeros before and after the input's. */
public record PadChannels(int before, int after) implements Op {
  public PadChannels {
    if (before < 0 || after < 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "pad: channels must be at least 0, got %d and %d", before, after));
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    return input.withChannels(before + input.channels() + after);
  }

  @Override
  public String word() {
    return "pad";
  }
}
