package org.convoy.kernels;

/**
 * Turns off JavaCPP's limits, which stop a process when its native memory exceeds the Java heap.
 * Here most memory is native, and the plan states its amount beforehand.
 */
public final class NativeMemory {
  private NativeMemory() {}

  /** Must run before the first native library is loaded. Settings of the user are kept. */
  public static void unlimited() {
    for (String limit : new String[] {"maxbytes", "maxphysicalbytes"}) {
      String key = "org.bytedeco.javacpp." + limit;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "0");
      }
    }
  }
}
