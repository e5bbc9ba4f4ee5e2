package org.convoy.neocognitron;

/**
 * Square planes of cells with their outputs.
 *
 * @param outputs (count, side, side)
 */
@SuppressWarnings("ArrayRecordComponent") // It is made for one pattern and never compared.
record Planes(int count, int side, double[] outputs) {

  static Planes silent(int count, int side) {
    return new Planes(count, side, new double[count * side * side]);
  }

  /** The output of a cell; 0 outside the plane. */
  double at(int plane, int y, int x) {
    boolean inside = y >= 0 && y < side && x >= 0 && x < side;
    return inside ? outputs[(plane * side + y) * side + x] : 0;
  }

  void set(int plane, int y, int x, double output) {
    outputs[(plane * side + y) * side + x] = output;
  }
}
