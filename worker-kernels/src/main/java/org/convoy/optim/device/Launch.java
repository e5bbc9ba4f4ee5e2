package org.convoy.optim.device;

import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;

/** A kernel with its arguments. */
record Launch(Device device, long kernel, Arguments arguments) implements AutoCloseable {
  void run() {
    device.launch(kernel, arguments);
  }

  @Override
  public void close() {
    arguments.close();
  }
}
