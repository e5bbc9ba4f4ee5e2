package org.convoy.driver.engine;

/** Convoy's own loop, with the kernels of a backend and the exchange between executors. */
public record Convoy() implements Engine {
  private static final long serialVersionUID = 1;
}
