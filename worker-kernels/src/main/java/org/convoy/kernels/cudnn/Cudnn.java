package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/**
 * cuDNN on one device. Of the engines that its heuristics list, the first is taken that is
 * deterministic, computes with the numbers that it is given (float32 stays float32, without TF32)
 * and takes no more scratch memory than it may.
 */
final class Cudnn implements Engines {
  /** {@code CUDNN_HEUR_MODE_A}, then {@code CUDNN_HEUR_MODE_FALLBACK}. */
  private static final List<Integer> MODES = List.of(3, 2);

  private static final int MOST_ENGINES = 24;
  private static final int MOST_NOTES = 16;
  private static final int MOST_KNOBS = 32;

  /** Numerical notes: {@code cudnnBackendNumericalNote_t}. */
  private static final int TENSOR_CORE = 0;

  private static final int DOWN_CONVERT_INPUTS = 1;
  private static final int REDUCED_PRECISION_REDUCTION = 2;
  private static final int NONDETERMINISTIC = 4;

  private final CudnnLibrary library;
  private final long handle;
  private final CudnnTarget target;

  /**
   * @param handle that engines run with; 0 if they are not run
   */
  Cudnn(CudnnLibrary library, long handle, CudnnTarget target) {
    this.library = library;
    this.handle = handle;
    this.target = target;
  }

  /**
   * @throws UnsupportedOperationException if the machine has no cuDNN 9
   */
  static Cudnn open(Device device) {
    CudnnLibrary library = CudnnLibrary.open();
    long handle = library.create("cudnnCreate");
    library.check("cudnnSetStream", handle, device.stream());
    return new Cudnn(library, handle, new CudnnTarget.Present(handle));
  }

  String version() {
    return library.version();
  }

  @Override
  public Optional<Engine> find(Work work, Optional<String> chosen, long workspaceLimit) {
    OperationGraph graph = OperationGraph.of(library, work);
    Optional<Engine> found =
        graph
            .finish(target)
            .flatMap(
                operations ->
                    first(graph, operations, work, chosen, workspaceLimit)
                        .or(
                            () ->
                                first(graph, operations, work, Optional.empty(), workspaceLimit)));
    if (found.isEmpty()) {
      graph.close();
    }
    return found;
  }

  private Optional<Engine> first(
      OperationGraph graph,
      Descriptor operations,
      Work work,
      Optional<String> chosen,
      long workspaceLimit) {
    Set<Integer> forbidden =
        work.type() == NumberType.FLOAT32
            ? Set.of(
                TENSOR_CORE, DOWN_CONVERT_INPUTS, REDUCED_PRECISION_REDUCTION, NONDETERMINISTIC)
            : Set.of(REDUCED_PRECISION_REDUCTION, NONDETERMINISTIC);
    for (int mode : MODES) {
      List<Descriptor> candidates = candidates(operations, mode);
      try {
        for (Descriptor candidate : candidates) {
          Optional<Engine> engine = engine(graph, candidate, forbidden, chosen, workspaceLimit);
          if (engine.isPresent()) {
            return engine;
          }
        }
      } finally {
        candidates.forEach(Descriptor::close);
      }
    }
    return Optional.empty();
  }

  private List<Descriptor> candidates(Descriptor operations, int mode) {
    try (Descriptor heuristics = new Descriptor(library, Kind.ENGINEHEUR)) {
      heuristics
          .set(Attribute.ENGINEHEUR_OPERATION_GRAPH, operations)
          .setNumber(Attribute.ENGINEHEUR_MODE, Type.HEUR_MODE, mode);
      target.heuristics(heuristics);
      return heuristics.finishes()
          ? heuristics.descriptors(Attribute.ENGINEHEUR_RESULTS, Kind.ENGINECFG, MOST_ENGINES)
          : List.of();
    }
  }

  private Optional<Engine> engine(
      OperationGraph graph,
      Descriptor candidate,
      Set<Integer> forbidden,
      Optional<String> chosen,
      long workspaceLimit) {
    List<Descriptor> engines = candidate.descriptors(Attribute.ENGINECFG_ENGINE, Kind.ENGINE, 1);
    try {
      Descriptor engine = engines.get(0);
      List<Integer> notes =
          engine.numbers(Attribute.ENGINE_NUMERICAL_NOTE, Type.NUMERICAL_NOTE, MOST_NOTES);
      String word = word(engine, candidate);
      if (notes.stream().anyMatch(forbidden::contains)
          || chosen.filter(wanted -> !wanted.equals(word)).isPresent()) {
        return Optional.empty();
      }
      Descriptor plan =
          new Descriptor(library, Kind.EXECUTION_PLAN)
              .set(Attribute.EXECUTION_PLAN_ENGINE_CONFIG, candidate);
      target.plan(plan);
      if (!plan.finishes() || CudnnEngine.workspaceBytes(plan) > workspaceLimit) {
        plan.close();
        return Optional.empty();
      }
      return Optional.of(new CudnnEngine(library, handle, graph, plan, word));
    } finally {
      engines.forEach(Descriptor::close);
    }
  }

  /** For example {@code engine 42 2=1 7=0}: an engine's number, and its knobs. */
  private String word(Descriptor engine, Descriptor configuration) {
    List<Descriptor> knobs =
        configuration.descriptors(Attribute.ENGINECFG_KNOB_CHOICES, Kind.KNOB_CHOICE, MOST_KNOBS);
    try {
      String settings =
          knobs.stream()
              .map(
                  knob ->
                      " "
                          + knob.numbers(Attribute.KNOB_CHOICE_KNOB_TYPE, Type.KNOB_TYPE, 1).get(0)
                          + "="
                          + knob.number(Attribute.KNOB_CHOICE_KNOB_VALUE))
              .collect(Collectors.joining());
      return "engine " + engine.number(Attribute.ENGINE_GLOBAL_INDEX) + settings;
    } finally {
      knobs.forEach(Descriptor::close);
    }
  }
}
