package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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

  /**
   * Refresh and forward as one list, in which each step of the refresh stands as late as forward
   * lets it, so that forward can begin before all parameters are there. The steps of the refresh
   * keep their order. If one of them uses memory of the arena, whose place forward may need, all of
   * them come first.
   */
  public List<S> refreshWithin() {
    boolean movable = refresh.stream().flatMap(Program::buffers).noneMatch(Program::inArena);
    Map<Buffer, Integer> needs = new IdentityHashMap<>();
    for (int i = 0; i < refresh.size(); i++) {
      int count = i + 1;
      buffers(refresh.get(i)).forEach(buffer -> needs.put(buffer, count));
    }
    List<S> all = new ArrayList<>();
    int done = 0;
    for (S step : forward) {
      int needed =
          movable
              ? buffers(step).mapToInt(each -> needs.getOrDefault(each, 0)).max().orElse(0)
              : refresh.size();
      while (done < needed) {
        all.add(refresh.get(done++));
      }
      all.add(step);
    }
    all.addAll(refresh.subList(done, refresh.size()));
    return all;
  }

  /** The memory of the plan that a step uses. What the caller owns is not among it. */
  private static Stream<Buffer> buffers(Use step) {
    return step.tensors().stream()
        .map(Stored::buffer)
        .filter(buffer -> buffer.home() == Home.WEIGHTS || inArena(buffer));
  }

  private static boolean inArena(Buffer buffer) {
    return buffer.home() == Home.ARENA && buffer.bytes() > 0;
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
