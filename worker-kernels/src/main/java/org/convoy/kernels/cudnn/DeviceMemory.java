package org.convoy.kernels.cudnn;

import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.plan.Arena;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * One block of a device's memory, with a part for each home of a program but the flat vectors. The
 * edges have copies here; the caller's own are on the host.
 */
final class DeviceMemory implements AutoCloseable {
  private final Device device;
  private final Map<Home, Long> offsets;
  private final long block;

  /** Allocates and fills what is known when a plan is compiled. */
  DeviceMemory(Device device, Program<Step> program, Map<Home, Long> sizes) {
    this.device = device;
    this.offsets = new EnumMap<>(Home.class);
    long at = 0;
    for (Map.Entry<Home, Long> size : sizes.entrySet()) {
      offsets.put(size.getKey(), at);
      at += Arena.aligned(size.getValue());
    }
    this.block = device.allocate(at);
    device.clear(block, at);
    program
        .constants()
        .forEach(
            (buffer, values) -> {
              if (!buffer.used()) {
                return;
              }
              try (FloatPointer numbers = new FloatPointer(values.length)) {
                for (int i = 0; i < values.length; i++) {
                  numbers.put(i, (float) values[i]);
                }
                device.upload(
                    of(Home.CONSTANTS) + buffer.offset(),
                    numbers,
                    (long) values.length * Float.BYTES);
              }
            });
  }

  /** The bytes of each home that a program uses. */
  static Map<Home, Long> sizes(Program<Step> program, long inputBytes, long outputBytes) {
    Map<Home, Long> sizes = new EnumMap<>(Home.class);
    sizes.put(Home.ARENA, program.arenaBytes());
    sizes.put(Home.WEIGHTS, program.weightBytes());
    sizes.put(Home.CONSTANTS, program.constantBytes());
    sizes.put(Home.INPUT, inputBytes);
    sizes.put(Home.INPUT_GRADIENT, inputBytes);
    sizes.put(Home.OUTPUT, outputBytes);
    sizes.put(Home.OUTPUT_GRADIENT, outputBytes);
    sizes.put(Home.DRAW_KEY, (long) Long.BYTES);
    return sizes;
  }

  /** All bytes of a block with these parts. */
  static long bytes(Map<Home, Long> sizes) {
    return sizes.values().stream().mapToLong(Arena::aligned).sum();
  }

  /** Where a home begins. */
  long of(Home home) {
    Long offset = offsets.get(home);
    if (offset == null) {
      throw new IllegalStateException("this program has no memory for " + home);
    }
    return block + offset;
  }

  /** Where each home begins. */
  Map<Home, Long> bases() {
    Map<Home, Long> bases = new EnumMap<>(Home.class);
    offsets.keySet().forEach(home -> bases.put(home, of(home)));
    return bases;
  }

  @Override
  public void close() {
    device.free(block);
  }
}
