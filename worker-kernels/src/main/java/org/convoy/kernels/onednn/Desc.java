package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A tensor's dimensions, number type and layout as oneDNN describes them. Immutable; the native
 * description behind it is small and freed with the object by {@link Natives}.
 */
final class Desc {
  // Layouts by rank, from a scalar's on.
  private static final int[] PLAIN = {
    dnnl.dnnl_format_tag_undef,
    dnnl.dnnl_a,
    dnnl.dnnl_ab,
    dnnl.dnnl_abc,
    dnnl.dnnl_abcd,
    dnnl.dnnl_abcde,
    dnnl.dnnl_abcdef
  };

  private static final int[] CHANNELS_LAST = {
    dnnl.dnnl_format_tag_undef,
    dnnl.dnnl_a,
    dnnl.dnnl_ab,
    dnnl.dnnl_acb,
    dnnl.dnnl_acdb,
    dnnl.dnnl_acdeb
  };

  private static final int[] BLOCKED_16 = {
    dnnl.dnnl_format_tag_undef,
    dnnl.dnnl_a,
    dnnl.dnnl_ab,
    dnnl.dnnl_aBc16b,
    dnnl.dnnl_aBcd16b,
    dnnl.dnnl_aBcde16b
  };

  private static final int[] BLOCKED_8 = {
    dnnl.dnnl_format_tag_undef,
    dnnl.dnnl_a,
    dnnl.dnnl_ab,
    dnnl.dnnl_aBc8b,
    dnnl.dnnl_aBcd8b,
    dnnl.dnnl_aBcde8b
  };

  private final dnnl_memory_desc handle;
  private final long[] dimensions;
  private final int type;
  private final long bytes;

  private Desc(dnnl_memory_desc handle, long[] dimensions, int type) {
    this.handle = handle;
    this.dimensions = dimensions;
    this.type = type;
    this.bytes = dnnl.dnnl_memory_desc_get_size(handle);
  }

  /** C order, outermost dimension first. */
  static Desc plain(Natives natives, long[] dimensions, int type) {
    return tagged(natives, dimensions, type, PLAIN[dimensions.length]);
  }

  /** Samples outermost, channels innermost. */
  static Desc channelsLast(Natives natives, long[] dimensions, int type) {
    return tagged(natives, dimensions, type, CHANNELS_LAST[dimensions.length]);
  }

  /** Spatial tensors as the layout says, with the processor's block; vectors in C order. */
  static Desc laid(Natives natives, long[] dimensions, int type, Layout layout) {
    if (dimensions.length < 3) {
      return plain(natives, dimensions, type);
    }
    return switch (layout) {
      case BLOCKED ->
          tagged(
              natives,
              dimensions,
              type,
              (Dnnl.BLOCK == 16 ? BLOCKED_16 : BLOCKED_8)[dimensions.length]);
      case CHANNELS_LAST -> channelsLast(natives, dimensions, type);
      case FREE -> any(natives, dimensions, type);
    };
  }

  /** The layout left to the primitive. */
  static Desc any(Natives natives, long[] dimensions, int type) {
    return tagged(natives, dimensions, type, dnnl.dnnl_format_tag_any);
  }

  private static Desc tagged(Natives natives, long[] dimensions, int type, int tag) {
    dnnl_memory_desc handle = new dnnl_memory_desc();
    Dnnl.check(
        dnnl.dnnl_memory_desc_create_with_tag(handle, dimensions.length, dimensions, type, tag),
        "memory description of " + Arrays.toString(dimensions));
    return new Desc(natives.keep(handle), dimensions.clone(), type);
  }

  /** Dense or not: the elements that lie from one index to the next in each dimension. */
  static Desc strided(Natives natives, long[] dimensions, int type, long[] strides) {
    dnnl_memory_desc handle = new dnnl_memory_desc();
    Dnnl.check(
        dnnl.dnnl_memory_desc_create_with_strides(
            handle, dimensions.length, dimensions, type, strides),
        "memory description of " + Arrays.toString(dimensions));
    return new Desc(natives.keep(handle), dimensions.clone(), type);
  }

  /** A copy of a description that a primitive chose. */
  static Desc copy(Natives natives, dnnl_memory_desc chosen, long[] dimensions, int type) {
    dnnl_memory_desc handle = new dnnl_memory_desc();
    Dnnl.check(dnnl.dnnl_memory_desc_clone(handle, chosen), "memory description");
    return new Desc(natives.keep(handle), dimensions.clone(), type);
  }

  /** A tensor of other dimensions laid out by the same rule, if the rule is a known one. */
  Optional<Desc> sameLayout(Natives natives, long[] other) {
    return sameLayout(natives, other, type);
  }

  /** A tensor of other dimensions and numbers laid out by the same rule, if it is a known one. */
  Optional<Desc> sameLayout(Natives natives, long[] other, int otherType) {
    int rank = dimensions.length;
    for (int[] tags : List.of(BLOCKED_16, BLOCKED_8, CHANNELS_LAST, PLAIN)) {
      if (rank < tags.length && sameAs(tagged(natives, dimensions, type, tags[rank]))) {
        return Optional.of(tagged(natives, other, otherType, tags[rank]));
      }
    }
    return Optional.empty();
  }

  /** A rectangular part, in place. */
  Desc part(Natives natives, long[] from, long[] size) {
    dnnl_memory_desc handle = new dnnl_memory_desc();
    Dnnl.check(
        dnnl.dnnl_memory_desc_create_submemory(handle, this.handle, size, from),
        "part of " + Arrays.toString(dimensions));
    return new Desc(natives.keep(handle), size.clone(), type);
  }

  dnnl_memory_desc handle() {
    return handle;
  }

  long[] dimensions() {
    return dimensions.clone();
  }

  /** Positions of a channel's map; 1 of a vector. */
  long positions() {
    return Arrays.stream(dimensions).skip(2).reduce(1, (a, b) -> a * b);
  }

  int type() {
    return type;
  }

  /** What the layout takes in memory, its padding included. */
  long bytes() {
    return bytes;
  }

  boolean sameAs(Desc other) {
    return dnnl.dnnl_memory_desc_equal(handle, other.handle) != 0;
  }
}
