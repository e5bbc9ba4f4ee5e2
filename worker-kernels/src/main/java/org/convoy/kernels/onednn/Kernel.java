package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** One oneDNN primitive with what it chose: layouts, scratch size, implementation. */
final class Kernel {

  /** One of oneDNN's functions that make a primitive description. */
  @FunctionalInterface
  interface Maker {
    int make(dnnl_primitive_desc result, dnnl_primitive_attr attributes);
  }

  private final Natives natives;
  private final dnnl_primitive_desc desc;
  private final dnnl_primitive primitive;
  private final String word;

  private Kernel(Natives natives, dnnl_primitive_desc desc, dnnl_primitive primitive, String word) {
    this.natives = natives;
    this.desc = desc;
    this.primitive = primitive;
    this.word = word;
  }

  static Kernel make(Natives natives, String word, Maker maker) {
    try (Attributes attributes = Attributes.standard()) {
      return make(natives, word, attributes, maker);
    }
  }

  static Kernel make(Natives natives, String word, Attributes attributes, Maker maker) {
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    Dnnl.check(maker.make(desc, attributes.handle()), word);
    return of(natives, word, desc);
  }

  /** The first implementation whose name will do, if oneDNN has one. */
  static Optional<Kernel> find(
      Natives natives,
      String word,
      Attributes attributes,
      Maker maker,
      Predicate<String> implementation) {
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    if (maker.make(desc, attributes.handle()) != dnnl.dnnl_success) {
      return Optional.empty();
    }
    do {
      if (implementation.test(implementation(desc))) {
        return Optional.of(of(natives, word, desc));
      }
    } while (dnnl.dnnl_primitive_desc_next_impl(desc) == dnnl.dnnl_success);
    dnnl.dnnl_primitive_desc_destroy(desc);
    return Optional.empty();
  }

  /** The names of all implementations, in oneDNN's order. */
  static List<String> implementations(Attributes attributes, Maker maker) {
    List<String> names = new ArrayList<>();
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    if (maker.make(desc, attributes.handle()) == dnnl.dnnl_success) {
      do {
        names.add(implementation(desc));
      } while (dnnl.dnnl_primitive_desc_next_impl(desc) == dnnl.dnnl_success);
      dnnl.dnnl_primitive_desc_destroy(desc);
    }
    return names;
  }

  private static Kernel of(Natives natives, String word, dnnl_primitive_desc desc) {
    natives.keep(desc);
    dnnl_primitive primitive = new dnnl_primitive();
    Dnnl.check(dnnl.dnnl_primitive_create(primitive, desc), word);
    return new Kernel(natives, desc, natives.keep(primitive), word);
  }

  dnnl_primitive_desc desc() {
    return desc;
  }

  dnnl_primitive primitive() {
    return primitive;
  }

  /** What it does, for profiles and errors: for example {@code conv forward layer1.0.conv1}. */
  String word() {
    return word;
  }

  /** The layout that was chosen for an argument, as {@code dnnl_query_..._md} names it. */
  Desc layout(int query, long[] dimensions, int type) {
    return Desc.copy(natives, dnnl.dnnl_primitive_desc_query_md(desc, query, 0), dimensions, type);
  }

  /** Bytes of an opaque argument: the workspace or the scratchpad. */
  Desc opaque(int query) {
    dnnl_memory_desc chosen = dnnl.dnnl_primitive_desc_query_md(desc, query, 0);
    return Desc.copy(natives, chosen, new long[0], dnnl.dnnl_u8);
  }

  /** What it is, as {@code dnnl_primitive_kind_t} names it. */
  int kind() {
    try (IntPointer kind = new IntPointer(1)) {
      Dnnl.check(
          dnnl.dnnl_primitive_desc_query(desc, dnnl.dnnl_query_primitive_kind, 0, kind), "query");
      return kind.get();
    }
  }

  /** Whether it only copies values into another layout or number type. */
  boolean copies() {
    return kind() == dnnl.dnnl_reorder;
  }

  /** The name of oneDNN's implementation, for example {@code jit:avx512_core}. */
  String implementation() {
    return implementation(desc);
  }

  private static String implementation(dnnl_primitive_desc desc) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      Dnnl.check(
          dnnl.dnnl_primitive_desc_query(desc, dnnl.dnnl_query_impl_info_str, 0, text), "query");
      return text.get(BytePointer.class, 0).getString();
    }
  }
}
