package org.convoy.kernels.cudnn;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.LongPointer;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.plan.CompiledPlan;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What exists once a plan is bound: its memory, and its program with all addresses. The flat
 * vectors are the caller's, or copies of those that the caller has on the host.
 */
final class BoundPlan implements CompiledPlan.Bound {
  /** Elements of the gradient that a part of backward finishes at least: 4 MiB. */
  private static final long PART_ELEMENTS = 1 << 20;

  /** Where vectors begin. */
  private record Vectors(long parameters, long gradients) {}

  /** Vectors that this plan owns. */
  private record Copies(DeviceVector parameters, DeviceVector gradients) {}

  private final Device device;
  private final PlanSizes sizes;
  private final DeviceMemory memory;
  private final LongPointer drawKey = new LongPointer(1);
  private final Edges edges;
  private final boolean pinned;
  private Optional<Copies> copies = Optional.empty();

  /** The program with the vectors that it has been used with, by where they begin. */
  private final Map<Vectors, Executable> executables = new HashMap<>();

  private Optional<Executable> executable = Optional.empty();

  BoundPlan(Device device, PlanSizes sizes, Supplier<Edges> edges) {
    this.device = device;
    this.sizes = sizes;
    this.memory = new DeviceMemory(device, sizes.program(), sizes.device());
    this.edges = edges.get();
    INDArray input = this.edges.input();
    this.pinned = device.pin(Edges.address(input), input.length() * Float.BYTES);
  }

  /**
   * Computes with copies of vectors of the host.
   *
   * @param gradients the length of that of the gradients: 0 if there are none
   */
  void useCopies(long length, long gradients) {
    if (copies.isEmpty()) {
      copies =
          Optional.of(
              new Copies(new DeviceVector(device, length), new DeviceVector(device, gradients)));
    }
    use(copies.get().parameters().address(), copies.get().gradients().address());
  }

  /** Computes with the caller's vectors. */
  void use(DeviceVector parameters, DeviceVector gradients) {
    use(parameters.address(), gradients.address());
    closeCopies();
  }

  private void use(long parameters, long gradients) {
    executable =
        Optional.of(
            executables.computeIfAbsent(new Vectors(parameters, gradients), this::executable));
  }

  private Executable executable(Vectors vectors) {
    Map<Home, Long> bases = memory.bases();
    bases.put(Home.PARAMETERS, vectors.parameters());
    bases.put(Home.GRADIENTS, vectors.gradients());
    return new Executable(sizes.program(), device, bases, PART_ELEMENTS);
  }

  /** Whether the vectors are copies. */
  boolean copied() {
    return copies.isPresent();
  }

  /** The copy of the parameters. */
  DeviceVector parameters() {
    return copies.orElseThrow().parameters();
  }

  /** The copy of the gradients. */
  DeviceVector gradients() {
    return copies.orElseThrow().gradients();
  }

  DeviceMemory memory() {
    return memory;
  }

  Executable executable() {
    return executable.orElseThrow();
  }

  LongPointer drawKey() {
    return drawKey;
  }

  @Override
  public Edges edges() {
    return edges;
  }

  private void closeCopies() {
    copies.ifPresent(
        each -> {
          each.parameters().close();
          each.gradients().close();
        });
    copies = Optional.empty();
  }

  @Override
  public void close() {
    executables.values().forEach(Executable::close);
    closeCopies();
    memory.close();
    drawKey.close();
    if (pinned) {
      device.unpin(Edges.address(edges.input()));
    }
    edges.close();
  }
}
