package org.convoy.kernels.cudnn;

/** A kernel of the library's for one {@link Work}, ready to run. */
interface Engine extends AutoCloseable {

  /** The word for the choice of it, which finds the same engine again. */
  String word();

  /** Scratch memory that a run takes. */
  long workspaceBytes();

  /**
   * Launches it; addresses are the device's.
   *
   * @param places of the work's tensors, in their order
   */
  void launch(long workspace, long... places);

  @Override
  void close();
}
