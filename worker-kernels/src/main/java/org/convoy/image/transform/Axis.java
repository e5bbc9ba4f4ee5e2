package org.convoy.image.transform;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where the outputs of one axis come from after cuts, at most one scaling and any mirroring, in the
 * order in which they were asked for.
 */
final class Axis {
  /** The place of an output that is black. */
  static final int OUTSIDE = -1;

  /** The place of each output: among the scaled places if there are any, else among the inputs. */
  private final int[] places;

  private final Optional<Scaling> scaling;
  private final int inputs;

  /**
   * Scaling of a part of the inputs.
   *
   * @param offset the first input of the part
   * @param size inputs of the part
   * @param from where what is scaled begins in the part
   * @param length of what is scaled
   * @param outputs afterwards
   */
  record Scaling(int offset, int size, double from, double length, int outputs) {
    void fill(FilterTable filter) {
      filter.fill(size, from, length, outputs);
    }
  }

  private Axis(int inputs, Optional<Scaling> scaling, int[] places) {
    this.inputs = inputs;
    this.scaling = scaling;
    this.places = places;
  }

  /** All inputs as they are. */
  static Axis of(int inputs) {
    return new Axis(inputs, Optional.empty(), identity(inputs));
  }

  /** All inputs, of which a part is scaled whose edges may lie between them. */
  static Axis reduced(int inputs, double from, double length, int outputs) {
    return new Axis(
        inputs, Optional.of(new Scaling(0, inputs, from, length, outputs)), identity(outputs));
  }

  private static int[] identity(int count) {
    int[] places = new int[count];
    Arrays.setAll(places, i -> i);
    return places;
  }

  /** How many outputs there are. */
  int outputs() {
    return places.length;
  }

  /** Whether nothing has been asked for yet. */
  boolean untouched() {
    return scaling.isEmpty() && Arrays.equals(places, identity(inputs));
  }

  /**
   * Cuts a part of the outputs, in which places outside are black, and scales it.
   *
   * @return empty if this needs the values of outputs that were scaled or mirrored before, or that
   *     lie outside
   */
  Optional<Axis> then(int from, int length, int outputs) {
    int[] cut = new int[length];
    for (int i = 0; i < length; i++) {
      int place = from + i;
      cut[i] = place >= 0 && place < places.length ? places[place] : OUTSIDE;
    }
    if (length == outputs) {
      return Optional.of(new Axis(inputs, scaling, cut));
    }
    if (scaling.isPresent() || !ascends(cut)) {
      return Optional.empty();
    }
    return Optional.of(
        new Axis(
            inputs,
            Optional.of(new Scaling(cut[0], length, 0, length, outputs)),
            identity(outputs)));
  }

  private static boolean ascends(int[] places) {
    for (int i = 0; i < places.length; i++) {
      if (places[i] == OUTSIDE || places[i] != places[0] + i) {
        return false;
      }
    }
    return true;
  }

  /** The last output first. */
  Axis mirrored() {
    int[] reversed = new int[places.length];
    Arrays.setAll(reversed, i -> places[places.length - 1 - i]);
    return new Axis(inputs, scaling, reversed);
  }

  /** Where an output comes from: among the scaled places if there are any; or {@link #OUTSIDE}. */
  int place(int output) {
    return places[output];
  }

  /** The scaling, if there is one. */
  Optional<Scaling> scaling() {
    return scaling;
  }
}
