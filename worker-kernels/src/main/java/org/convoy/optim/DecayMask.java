package org.convoy.optim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The elements of a flat vector to which weight decay applies, as ascending, disjoint ranges. Where
 * each range is a whole tensor, the mask also says where a tensor begins and ends. {@link
 * LayerWise} optimizers need this.
 *
 * <p>If a recipe exempts norms and biases, the mask holds only the ranges of the weights. Elements
 * that are not trained at all (running statistics, frozen layers) keep their exact bits under every
 * optimizer here if their gradient is zero and the mask leaves them out.
 *
 * @param ranges the elements that decay
 * @param first number of the first range in the mask of the whole vector; 0 unless this is a slice
 *     of that mask
 */
public record DecayMask(List<Range> ranges, int first) {
  /** The mask of a whole vector. */
  public DecayMask(List<Range> ranges) {
    this(ranges, 0);
  }

  /**
   * The elements {@code from} (included) to {@code to} (excluded).
   *
   * @param from first element
   * @param to one past the last element, greater than {@code from}
   */
  public record Range(long from, long to) {
    /** Checks {@code 0 <= from < to}. */
    public Range {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException(
            "range: expected 0 <= from < to, got [" + from + ", " + to + ")");
      }
    }
  }

  /** Checks that the ranges ascend; {@link #of} sorts and joins. */
  public DecayMask {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).from() < ranges.get(i - 1).to()) {
        throw new IllegalArgumentException(
            "decay ranges: expected ascending, got "
                + ranges.get(i - 1)
                + " before "
                + ranges.get(i));
      }
    }
  }

  /** Nothing decays. */
  public static DecayMask none() {
    return new DecayMask(List.of());
  }

  /** All of {@code length} elements decay. */
  public static DecayMask all(long length) {
    return new DecayMask(List.of(new Range(0, length)));
  }

  /**
   * The mask of ranges given in any order; adjacent ranges are joined.
   *
   * @throws IllegalArgumentException if two ranges overlap
   */
  public static DecayMask of(List<Range> ranges) {
    List<Range> joined = new ArrayList<>();
    for (Range next : ranges.stream().sorted(Comparator.comparingLong(Range::from)).toList()) {
      int last = joined.size() - 1;
      if (last >= 0 && next.from() < joined.get(last).to()) {
        throw new IllegalArgumentException(
            "decay ranges: " + next + " overlaps " + joined.get(last));
      }
      if (last >= 0 && next.from() == joined.get(last).to()) {
        joined.set(last, new Range(joined.get(last).from(), next.to()));
      } else {
        joined.add(next);
      }
    }
    return new DecayMask(joined);
  }

  /**
   * The mask of the elements {@code from} to {@code to}, counted from {@code from}. The owner of a
   * chunk needs it.
   *
   * @param from first element of the chunk
   * @param to one past its last
   */
  public DecayMask slice(long from, long to) {
    List<Range> inside = new ArrayList<>();
    int passed = 0;
    for (Range range : ranges) {
      long first = Math.max(from, range.from());
      long past = Math.min(to, range.to());
      if (first < past) {
        inside.add(new Range(first - from, past - from));
      } else if (range.to() <= from) {
        passed++;
      }
    }
    return new DecayMask(inside, this.first + passed);
  }

  /** How many elements decay. */
  public long count() {
    return ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
  }
}
