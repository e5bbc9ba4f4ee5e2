package org.convoy.kernels;

import java.util.Locale;

/** Opens the GPU, compiles the kernels for it and says what it is, as one line of JSON. */
public final class DeviceMachine {
  private DeviceMachine() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    Backend backend = Backends.get("cudnn");
    if (backend.unavailable().isPresent()) {
      System.err.println(backend.unavailable().get());
      System.exit(1);
    }
    Machine machine = backend.machine();
    System.out.printf(
        Locale.ROOT,
        "{\"device\": \"%s\", \"architecture\": \"%s\", \"library\": \"%s\"}%n",
        machine.processor(),
        machine.instructions(),
        machine.library());
  }
}
