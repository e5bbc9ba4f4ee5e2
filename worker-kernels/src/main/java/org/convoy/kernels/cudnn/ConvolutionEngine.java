package org.convoy.kernels.cudnn;

/** One convolution in one direction, ready to run. */
interface ConvolutionEngine extends AutoCloseable {

  /** The word for the choice of it, which finds the same engine again. */
  String word();

  /** Scratch memory that a run takes. */
  long workspaceBytes();

  /** Launches it; addresses are the device's. */
  void launch(long image, long weights, long result, long workspace);

  @Override
  void close();
}
