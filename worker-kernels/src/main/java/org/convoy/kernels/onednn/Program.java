package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Everything a plan does, in order, with every tensor's place known: the refresh of weight copies
 * after parameters changed, forward, backward.
 */
final class Program {
  private final List<Step> refresh;
  private final List<Step> forward;
  private final List<Step> backward;
  private final long arenaBytes;
  private final long weightBytes;
  private final long zeroBytes;

  private Program(
      List<Step> refresh,
      List<Step> forward,
      List<Step> backward,
      long arenaBytes,
      long weightBytes,
      long zeroBytes) {
    this.refresh = List.copyOf(refresh);
    this.forward = List.copyOf(forward);
    this.backward = List.copyOf(backward);
    this.arenaBytes = arenaBytes;
    this.weightBytes = weightBytes;
    this.zeroBytes = zeroBytes;
  }

  /** Finds each buffer's lifetime over all three lists together and places it. */
  static Program of(List<Step> refresh, List<Step> forward, List<Step> backward) {
    Set<Buffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Buffer> arena = new ArrayList<>();
    long weightBytes = 0;
    long zeroBytes = 0;
    int number = 0;
    for (List<Step> steps : List.of(refresh, forward, backward)) {
      for (Step step : steps) {
        for (Tensor tensor : step.tensors()) {
          Buffer buffer = tensor.buffer();
          buffer.usedAt(number);
          if (!buffers.add(buffer)) {
            continue;
          }
          switch (buffer.home()) {
            case ARENA -> arena.add(buffer);
            case WEIGHTS -> {
              buffer.placeAt(weightBytes);
              weightBytes += Arena.aligned(buffer.bytes());
            }
            case ZEROS -> zeroBytes = Math.max(zeroBytes, Arena.aligned(buffer.bytes()));
            default -> {
              // Placed by its owner.
            }
          }
        }
        number++;
      }
    }
    return new Program(refresh, forward, backward, Arena.place(arena), weightBytes, zeroBytes);
  }

  List<Step> refresh() {
    return refresh;
  }

  List<Step> forward() {
    return forward;
  }

  List<Step> backward() {
    return backward;
  }

  long arenaBytes() {
    return arenaBytes;
  }

  long weightBytes() {
    return weightBytes;
  }

  long zeroBytes() {
    return zeroBytes;
  }
}
