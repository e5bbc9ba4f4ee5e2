package org.convoy.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The window of a convolution or pooling over the spatial dimensions, outermost first. If its lists have one entry, a window fits any rank: {@link #forRank} repeats the entry.
 *
 * @param kernel the number of taps per dimension
 * @param stride the distance between windows in positions
 * @param padBefore positions added before the first
 * @param padAfter positions added after the last
 * @param dilation distance between taps, 1 for a dense window
 */
public record Window(
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> padBefore,
    List<Integer> padAfter,
    List<Integer> dilation) {

  public Window {
    kernel = atLeast(1, "kernel", kernel);
    stride = atLeast(1, "stride", stride);
    padBefore = atLeast(0, "padding", padBefore);
    padAfter = atLeast(0, "padding", padAfter);
    dilation = atLeast(1, "dilation", dilation);
    int rank = kernel.size();
    if (stride.size() != rank
        || padBefore.size() != rank
        || padAfter.size() != rank
        || dilation.size() != rank) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "kernel %s, stride %s, padding %s and %s, dilation %s must have equal lengths",
              kernel,
              stride,
              padBefore,
              padAfter,
              dilation));
    }
  }

  /** A dense square window that keeps the size at stride 1 if {@code kernel} is odd. */
  public static Window square(int kernel) {
    return of(List.of(kernel)).padding((kernel - 1) / 2);
  }

  /** A dense window of stride 1 without padding. */
  public static Window of(List<Integer> kernel) {
    List<Integer> ones = Collections.nCopies(kernel.size(), 1);
    List<Integer> zeros = Collections.nCopies(kernel.size(), 0);
    return new Window(kernel, ones, zeros, zeros, ones);
  }

  public Window stride(int every) {
    return new Window(kernel, Collections.nCopies(rank(), every), padBefore, padAfter, dilation);
  }

  public Window padding(int everySide) {
    List<Integer> padding = Collections.nCopies(rank(), everySide);
    return new Window(kernel, stride, padding, padding, dilation);
  }

  public Window padding(List<Integer> before, List<Integer> after) {
    return new Window(kernel, stride, before, after, dilation);
  }

  /** Sets the dilation and keeps the padding as it is. */
  public Window dilation(int every) {
    return new Window(kernel, stride, padBefore, padAfter, Collections.nCopies(rank(), every));
  }

  /**
   * Pads as TensorFlow's "same" does, with the least padding that gives {@code ceil(size / stride)} windows in each dimension. An odd position goes to the end.
   *
   * @param spatial the input's dimensions; with a stride the padding depends on them
   */
  public Window same(List<Integer> spatial) {
    Window window = forRank(spatial.size());
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < spatial.size(); i++) {
      int reach = window.dilation.get(i) * (window.kernel.get(i) - 1) + 1;
      int every = window.stride.get(i);
      int last = (spatial.get(i) - 1) / every * every;
      int missing = Math.max(0, last + reach - spatial.get(i));
      before.add(missing / 2);
      after.add(missing - missing / 2);
    }
    return window.padding(before, after);
  }

  public int rank() {
    return kernel.size();
  }

  /** This window over {@code rank} dimensions. */
  public Window forRank(int rank) {
    if (rank() == rank) {
      return this;
    }
    if (rank() != 1) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "a window over %d dimensions does not fit an input of %d",
              rank(),
              rank));
    }
    return new Window(
        Collections.nCopies(rank, kernel.get(0)),
        Collections.nCopies(rank, stride.get(0)),
        Collections.nCopies(rank, padBefore.get(0)),
        Collections.nCopies(rank, padAfter.get(0)),
        Collections.nCopies(rank, dilation.get(0)));
  }

  /** The number of taps. */
  public int taps() {
    return kernel.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * The spatial dimensions of the result.
   *
   * @param ceil whether a last window counts that overhangs but starts inside the input or its padding before (torch's {@code ceil_mode})
   */
  public List<Integer> slide(List<Integer> spatial, boolean ceil) {
    if (spatial.size() != rank()) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "a window over %d dimensions does not fit spatial dimensions %s",
              rank(),
              spatial));
    }
    Integer[] out = new Integer[rank()];
    for (int i = 0; i < out.length; i++) {
      long reach = (long) dilation.get(i) * (kernel.get(i) - 1) + 1;
      long room = (long) spatial.get(i) + padBefore.get(i) + padAfter.get(i) - reach;
      if (room < 0) {
        throw new GraphException(
            String.format(
                Locale.ROOT,
                "a window of %d does not fit %d positions padded by %d and %d",
                reach,
                spatial.get(i),
                padBefore.get(i),
                padAfter.get(i)));
      }
      long steps = room / stride.get(i);
      if (ceil
          && room % stride.get(i) != 0
          && (steps + 1) * stride.get(i) < (long) spatial.get(i) + padBefore.get(i)) {
        steps++;
      }
      out[i] = Math.toIntExact(steps + 1);
    }
    return List.of(out);
  }

  private static List<Integer> atLeast(int least, String what, List<Integer> values) {
    for (int value : values) {
      if (value < least) {
        throw new GraphException(what + " must be at least " + least + ", got " + values);
      }
    }
    return List.copyOf(values);
  }
}
