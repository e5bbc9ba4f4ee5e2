package org.convoy.kernels;

/**
 * Turns off JavaCPP's own limits, which stop a process when its native memory outgrows the Java
 * heap: here most memory is native, and the plan has stated beforehand how much.
 */
public final class NativeMemory {
  private NativeMemory() {}

  /** Has to run before the first native library is loaded; what the user set stays. */
  public static void unlimited() {
    for (String limit : new String[] {"maxbytes", "maxphysicalbytes"}) {
      String key = "org.bytedeco.javacpp." + limit;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "0");
      }
    }
  }
}
