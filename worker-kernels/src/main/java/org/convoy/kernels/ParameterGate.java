package org.convoy.kernels;

/**
 * Lets a forward pass begin while parameters are still written by somebody else, for example
 * received from the executors that updated them. A plan waits here before it reads a parameter for
 * the first time.
 */
public interface ParameterGate {

  /** For parameters that have their values already. */
  ParameterGate OPEN =
      new ParameterGate() {
        @Override
        public void await(long from, long to) {
          // Nothing is missing.
        }

        @Override
        public void awaitAll() {
          // Nothing is missing.
        }
      };

  /** Returns when elements {@code [from, to)} of the flat vector have their values. */
  void await(long from, long to);

  /** Returns when the whole vector has its values, and nobody else uses its memory. */
  void awaitAll();
}
