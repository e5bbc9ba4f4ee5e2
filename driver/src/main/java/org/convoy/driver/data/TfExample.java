package org.convoy.driver.data;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The features of a {@code tf.Example}, read from its bytes: a protocol buffer {@code Example
 * {Features features = 1}}, {@code Features {map<string, Feature> feature = 1}}, {@code Feature
 * {oneof {BytesList bytes = 1; FloatList floats = 2; Int64List ints = 3}}}, where each list has
 * {@code repeated value = 1}. The first value of a list of bytes or integers is kept, numbers
 * packed or not.
 */
final class TfExample {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final byte[] record;
  private final Map<String, Span> texts = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();

  /** A part of the record, in bytes from its start. */
  record Span(int from, int length) {}

  private TfExample(byte[] record) {
    this.record = record;
  }

  /**
   * Reads the features.
   *
   * @throws IllegalArgumentException if the bytes are not such a message; the message says where
   */
  static TfExample parse(byte[] record) {
    TfExample example = new TfExample(record);
    example.fields(
        new Span(0, record.length),
        (field, features) -> {
          if (field == 1) {
            example.fields(features, example::entry);
          }
        });
    return example;
  }

  /** The bytes of a feature, or null. */
  @Nullable Span bytes(String name) {
    return texts.get(name);
  }

  /** The text of a feature, or null. */
  @Nullable String text(String name) {
    Span span = texts.get(name);
    return span == null
        ? null
        : new String(record, span.from(), span.length(), StandardCharsets.UTF_8);
  }

  /** The integer of a feature, or null. */
  @Nullable Long number(String name) {
    return numbers.get(name);
  }

  /** Receives the fields of a message that are messages, bytes or texts. */
  @FunctionalInterface
  private interface Field {
    void take(int number, Span content);
  }

  private void entry(int field, Span entry) {
    if (field != 1) {
      return;
    }
    String[] name = {""};
    Span[] value = {new Span(0, 0)};
    fields(
        entry,
        (number, content) -> {
          if (number == 1) {
            name[0] = new String(record, content.from(), content.length(), StandardCharsets.UTF_8);
          } else if (number == 2) {
            value[0] = content;
          }
        });
    fields(value[0], (kind, list) -> feature(name[0], kind, list));
  }

  private void feature(String name, int kind, Span list) {
    if (kind == 1) {
      fields(list, (number, content) -> texts.putIfAbsent(name, content));
    } else if (kind == 3 && list.length() > 0) {
      Cursor at = new Cursor(list);
      long tag = at.varint();
      if ((tag & 7) == BYTES) {
        at.varint(); // The length of the packed numbers.
      }
      if (at.more()) {
        numbers.put(name, at.varint());
      }
    }
  }

  private void fields(Span message, Field field) {
    Cursor at = new Cursor(message);
    while (at.more()) {
      long tag = at.varint();
      switch ((int) (tag & 7)) {
        case VARINT -> at.varint();
        case FIXED64 -> at.skip(8);
        case FIXED32 -> at.skip(4);
        case BYTES -> {
          long length = at.varint();
          int from = at.skip(length);
          field.take((int) (tag >>> 3), new Span(from, (int) length));
        }
        default -> throw at.wrong("a field of a known kind");
      }
    }
  }

  /** A position in a part of the record. */
  private final class Cursor {
    private final int end;
    private int at;

    Cursor(Span span) {
      this.at = span.from();
      this.end = span.from() + span.length();
    }

    boolean more() {
      return at < end;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= end) {
          throw wrong("a number");
        }
        byte next = record[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw wrong("a number of at most 64 bits");
    }

    /** Skips bytes and returns where they begin. */
    int skip(long bytes) {
      if (bytes < 0 || bytes > end - at) {
        throw wrong(bytes + " bytes");
      }
      int from = at;
      at += (int) bytes;
      return from;
    }

    IllegalArgumentException wrong(String expected) {
      return new IllegalArgumentException("expected " + expected + " at byte " + at);
    }
  }
}
