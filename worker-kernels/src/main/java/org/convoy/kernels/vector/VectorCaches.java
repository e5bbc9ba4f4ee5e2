package org.convoy.kernels.vector;

/** The processor's caches, for measurements. */
public final class VectorCaches {
  private VectorCaches() {}

  /**
   * Writes memory back and takes it out of all caches, so that the next read waits for memory.
   *
   * @param address of the first byte
   */
  public static void evict(long address, long bytes) {
    VectorLibrary.require(false);
    VectorCalls.evict(address, bytes);
  }
}
