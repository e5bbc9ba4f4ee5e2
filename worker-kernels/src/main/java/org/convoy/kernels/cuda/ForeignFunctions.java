package org.convoy.kernels.cuda;

/** Functions of a library by their names. */
@FunctionalInterface
interface ForeignFunctions {
  /**
   * Calls a function.
   *
   * @param arguments whole numbers and addresses
   * @return what it returns, as a 32-bit number
   * @throws UnsupportedOperationException if this version of the library lacks the function
   */
  int call(String function, long... arguments);
}
