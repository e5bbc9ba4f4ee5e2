package org.convoy.image.device;

import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.convoy.image.loader.BatchMemory;
import org.convoy.kernels.cuda.Device;

/** Prepares the memory of batches for fast copies to a device. */
public final class PinnedBatches implements BatchMemory {
  private final Device device;
  private final Set<Long> pinned = new HashSet<>();

  public PinnedBatches(Device device) {
    this.device = device;
  }

  @Override
  public void taken(Pointer memory, long bytes) {
    if (device.pin(memory, bytes)) {
      pinned.add(memory.address());
    }
  }

  @Override
  public void freed(Pointer memory) {
    if (pinned.remove(memory.address())) {
      device.unpin(memory);
    }
  }
}
