package org.convoy.image.transform;

/** No attack. */
public record Clean() implements Attack {
  @Override
  public int steps() {
    return 0;
  }

  @Override
  public double step() {
    return 0;
  }

  @Override
  public double epsilon() {
    return 0;
  }

  @Override
  public boolean randomStart() {
    return false;
  }
}
