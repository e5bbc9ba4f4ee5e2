package org.convoy.kernels.plan;

/**
 * A range of memory before it has an address: its home, its size and, in the arena, the first and
 * the last step that use it.
 */
public final class Buffer {
  private final Home home;
  private final long bytes;
  private long offset;
  private int firstStep = Integer.MAX_VALUE;
  private int lastStep = -1;

  /**
   * @param offset from the start of the home; in the arena, and in homes of the plan, it is set
   *     later
   */
  public Buffer(Home home, long offset, long bytes) {
    this.home = home;
    this.offset = offset;
    this.bytes = bytes;
  }

  public Home home() {
    return home;
  }

  public long bytes() {
    return bytes;
  }

  /** From the start of its home. */
  public long offset() {
    return offset;
  }

  void placeAt(long offset) {
    this.offset = offset;
  }

  void usedAt(int step) {
    firstStep = Math.min(firstStep, step);
    lastStep = Math.max(lastStep, step);
  }

  /** Whether any step uses it. */
  public boolean used() {
    return lastStep >= 0;
  }

  boolean livesWith(Buffer other) {
    return firstStep <= other.lastStep && other.firstStep <= lastStep;
  }
}
