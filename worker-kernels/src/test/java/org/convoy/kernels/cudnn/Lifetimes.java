package org.convoy.kernels.cudnn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;

/** What steps do with the buffers of the arena, from the first step that names one to the last. */
final class Lifetimes {

  /** Kernels that write a tensor which is not their last one, by the indices that they write. */
  private static final Map<String, Set<Integer>> WRITTEN =
      Map.ofEntries(
          Map.entry("activate", Set.of(1)),
          Map.entry("conv_forward", Set.of(2)),
          Map.entry("depthwise_forward", Set.of(2)),
          Map.entry("sum_norm", Set.of(4)),
          Map.entry("sum_row_norm", Set.of(4)),
          Map.entry("norm_backward", Set.of(7)),
          Map.entry("batch_moments", Set.of(2, 3, 4, 5)),
          Map.entry("row_norm", Set.of(3, 4, 5)),
          Map.entry("max_pool", Set.of(1, 2)),
          Map.entry("interpolate", Set.of(1)),
          Map.entry("block_scale", Set.of(0)));

  private record Life(int first, int last) {}

  private final List<Step> steps;
  private final Map<Buffer, Life> lives = new IdentityHashMap<>();

  Lifetimes(List<Step> steps) {
    this.steps = steps;
    for (int i = 0; i < steps.size(); i++) {
      int step = i;
      for (Tensor tensor : steps.get(i).tensors()) {
        assertTrue(
            tensor.offset() + tensor.desc().bytes() <= tensor.buffer().bytes(),
            () -> tensor + " ends behind its buffer in " + steps.get(step));
        lives.merge(
            tensor.buffer(), new Life(i, i), (before, now) -> new Life(before.first(), step));
      }
    }
  }

  void assertWrittenBeforeRead() {
    Map<Buffer, Boolean> written = new IdentityHashMap<>();
    for (Step step : steps) {
      if (step instanceof Step.Launch launch) {
        check(launch.word(), launch.places(), writes(launch), written);
      } else if (step instanceof Step.Run run) {
        Set<Integer> writes = Set.copyOf(run.work().written());
        check(run.kernel(), run.places().stream().map(Optional::of).toList(), writes, written);
      }
    }
  }

  private static void check(
      String word,
      List<Optional<Tensor>> places,
      Set<Integer> writes,
      Map<Buffer, Boolean> written) {
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < places.size(); i++) {
        Optional<Tensor> tensor = places.get(i);
        if (tensor.isEmpty() || writes.contains(i) != (pass == 1)) {
          continue;
        }
        Buffer buffer = tensor.get().buffer();
        if (pass == 1) {
          written.put(buffer, true);
        } else {
          assertTrue(
              buffer.home() != Home.ARENA || written.containsKey(buffer),
              () -> word + " reads what nobody has written");
        }
      }
    }
  }

  private static Set<Integer> writes(Step.Launch launch) {
    String name = launch.kernel().replaceFirst("(_wide)?_[^_]+$", "");
    return WRITTEN.getOrDefault(name, Set.of(launch.places().size() - 1));
  }

  /** Buffers that live at the same time have places of their own. */
  void assertNoOverlaps(long arenaBytes) {
    List<Map.Entry<Buffer, Life>> arena =
        lives.entrySet().stream()
            .filter(entry -> entry.getKey().home() == Home.ARENA)
            .sorted(Comparator.comparingInt(entry -> entry.getValue().first()))
            .toList();
    NavigableMap<Long, Buffer> living = new TreeMap<>();
    PriorityQueue<Map.Entry<Buffer, Life>> ends =
        new PriorityQueue<>(Comparator.comparingInt(entry -> entry.getValue().last()));
    for (Map.Entry<Buffer, Life> next : arena) {
      while (!ends.isEmpty() && ends.peek().getValue().last() < next.getValue().first()) {
        living.remove(ends.remove().getKey().offset());
      }
      Buffer buffer = next.getKey();
      long end = buffer.offset() + buffer.bytes();
      assertTrue(end <= arenaBytes, "the arena is too small");
      Map.Entry<Long, Buffer> before = living.lowerEntry(end);
      assertTrue(
          before == null || before.getKey() + before.getValue().bytes() <= buffer.offset(),
          "two buffers of the arena overlap");
      living.put(buffer.offset(), buffer);
      ends.add(next);
    }
  }

  /** All buffers of a home lie within its bytes. */
  void assertWithin(Home home, long bytes) {
    for (Buffer buffer : lives.keySet()) {
      assertTrue(
          buffer.home() != home || buffer.offset() + buffer.bytes() <= bytes,
          () -> "a tensor lies outside of " + home);
    }
  }
}
