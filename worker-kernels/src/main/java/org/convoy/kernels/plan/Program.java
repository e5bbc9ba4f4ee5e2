package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything a plan does, in order, with every tensor's place known: the refresh of weight copies
 * after parameters changed, forward, backward.
 *
 * @param <S> the backend's steps
 */
public final class Program<S extends Use> {
  private final List<S> refresh;
  private final List<S> forward;
  private final List<S> backward;
  private final long arenaBytes;
  private final long weightBytes;
  private final long zeroBytes;
  private final Map<Buffer, double[]> constants;
  private final long constantBytes;

  private Program(
      List<S> refresh,
      List<S> forward,
      List<S> backward,
      long arenaBytes,
      long weightBytes,
      long zeroBytes,
      Map<Buffer, double[]> constants,
      long constantBytes) {
    this.refresh = List.copyOf(refresh);
    this.forward = List.copyOf(forward);
    this.backward = List.copyOf(backward);
    this.arenaBytes = arenaBytes;
    this.weightBytes = weightBytes;
    this.zeroBytes = zeroBytes;
    this.constants = constants;
    this.constantBytes = constantBytes;
  }

  /** Finds each buffer's lifetime over all three lists together and places it. */
  static <S extends Use> Program<S> of(
      List<S> refresh, List<S> forward, List<S> backward, Map<Buffer, double[]> constants) {
    Set<Buffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Buffer> arena = new ArrayList<>();
    long weightBytes = 0;
    long zeroBytes = 0;
    long constantBytes = 0;
    int number = 0;
    for (List<S> steps : List.of(refresh, forward, backward)) {
      for (S step : steps) {
        for (Stored tensor : step.tensors()) {
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
            case CONSTANTS -> {
              buffer.placeAt(constantBytes);
              constantBytes += Arena.aligned(buffer.bytes());
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
    return new Program<>(
        refresh,
        forward,
        backward,
        Arena.place(arena),
        weightBytes,
        zeroBytes,
        constants,
        constantBytes);
  }

  public List<S> refresh() {
    return refresh;
  }

  public List<S> forward() {
    return forward;
  }

  public List<S> backward() {
    return backward;
  }

  public long arenaBytes() {
    return arenaBytes;
  }

  public long weightBytes() {
    return weightBytes;
  }

  public long zeroBytes() {
    return zeroBytes;
  }

  public long constantBytes() {
    return constantBytes;
  }

  /**
   * What is known when the plan is compiled: float32 numbers for buffers of {@link Home#CONSTANTS}.
   */
  public Map<Buffer, double[]> constants() {
    return constants;
  }
}
