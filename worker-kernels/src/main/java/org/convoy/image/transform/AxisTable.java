package org.convoy.image.transform;

import java.util.Optional;

/**
 * The outputs of an {@link Axis} as numbers for a device. For each output: its first input, the
 * number of its inputs, and as many weights as any output has, with {@link
 * FilterTable#FRACTION_BITS} fractional bits. An output outside the image has no inputs. The table
 * keeps its memory.
 */
public final class AxisTable {
  private static final int ONE = 1 << FilterTable.FRACTION_BITS;
  private static final int HEAD = 2;

  private final FilterTable filter = new FilterTable();
  private int[] numbers = new int[0];
  private int outputs;
  private int taps;
  private int first;
  private int end;

  /** The numbers of a table. */
  static int length(int outputs, int taps) {
    return outputs * (HEAD + taps);
  }

  void fill(Axis axis) {
    Optional<Axis.Scaling> scaling = axis.scaling();
    scaling.ifPresent(part -> part.fill(filter));
    outputs = axis.outputs();
    taps = scaling.isPresent() ? filter.taps() : 1;
    if (numbers.length < length()) {
      numbers = new int[length()];
    }
    for (int output = 0; output < outputs; output++) {
      int place = axis.place(output);
      if (place == Axis.OUTSIDE) {
        head(output, 0, 0);
      } else if (scaling.isPresent()) {
        weighted(output, place, scaling.get().offset());
      } else {
        numbers[head(output, place, 1)] = ONE;
      }
    }
    trim();
  }

  private void weighted(int output, int place, int offset) {
    int count = filter.count(place);
    int to = head(output, offset + filter.first(place), count);
    System.arraycopy(filter.numbers(), filter.firstWeight(place), numbers, to, count);
  }

  /** Returns where the weights begin. */
  private int head(int output, int firstInput, int count) {
    int at = length(output, taps);
    numbers[at] = firstInput;
    numbers[at + 1] = count;
    return at + HEAD;
  }

  /** Inputs that no output takes are left out. */
  private void trim() {
    first = Integer.MAX_VALUE;
    end = 0;
    for (int at = 0; at < length(); at += HEAD + taps) {
      if (numbers[at + 1] > 0) {
        first = Math.min(first, numbers[at]);
        end = Math.max(end, numbers[at] + numbers[at + 1]);
      }
    }
    if (end == 0) {
      first = 0;
      end = 1; // All is black: an image has a pixel at least.
    }
    for (int at = 0; at < length(); at += HEAD + taps) {
      numbers[at] = numbers[at + 1] > 0 ? numbers[at] - first : 0;
    }
  }

  /** The first input that is needed. */
  public int first() {
    return first;
  }

  /** How many inputs are needed, from the first to the last; inputs of outputs are counted so. */
  public int inputs() {
    return end - first;
  }

  /** The weights of an output. */
  public int taps() {
    return taps;
  }

  /** How many numbers there are. */
  public int length() {
    return length(outputs, taps);
  }

  /** The numbers, from the beginning of the array. They change when the table does. */
  public int[] numbers() {
    return numbers;
  }
}
