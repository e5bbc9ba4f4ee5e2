package org.convoy.kernels.onednn;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelTime;

/**
 * A program bound to memory: each primitive with its argument list, made once and executed many
 * times. Executing allocates nothing, neither here nor in oneDNN.
 */
final class Executable implements AutoCloseable {

  /** A step with its addresses filled in. */
  private sealed interface Call {}

  /** A primitive's execution. */
  private record Invoke(Step.Execute step, dnnl_exec_arg_t arguments, int count) implements Call {
    void run(dnnl_stream stream) {
      int status = dnnl.dnnl_primitive_execute(step.kernel().primitive(), stream, count, arguments);
      if (status != dnnl.dnnl_success) {
        Dnnl.check(status, step.kernel().word());
      }
    }

    /** Seconds of one execution. */
    double time(dnnl_stream stream) {
      long start = System.nanoTime();
      run(stream);
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      return (System.nanoTime() - start) * 1e-9;
    }
  }

  /** Numbers from the host. */
  private record Fill(Step.Filling filling, FloatBuffer to) implements Call {}

  private record Mark(long from, long to) implements Call {}

  /** A kernel's first execution in its memory may take this much longer than the next. */
  private static final double FAR = 1.5;

  private final Natives natives = new Natives();
  private final Map<Home, Pointer> bases;
  private final Map<Tensor, dnnl_memory> memories = new IdentityHashMap<>();
  private final dnnl_stream stream = new dnnl_stream();
  private final List<Call> refresh;
  private final List<Call> forward;
  private final List<Call> backward;

  /**
   * @param bases where each home that the program uses begins
   */
  Executable(Program program, Map<Home, Pointer> bases) {
    this.bases = new EnumMap<>(bases);
    Dnnl.check(
        dnnl.dnnl_stream_create(stream, Dnnl.engine(), dnnl.dnnl_stream_default_flags), "stream");
    natives.keep(stream);
    refresh = calls(program.refresh());
    forward = calls(program.forward());
    backward = calls(program.backward());
  }

  private List<Call> calls(List<Step> steps) {
    List<Call> calls = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.Fill fill) {
        long elements = fill.to().desc().bytes() / Float.BYTES;
        FloatPointer to = new FloatPointer(address(fill.to())).capacity(elements);
        calls.add(new Fill(fill.filling(), to.asBuffer()));
      } else if (step instanceof Step.Finished finished) {
        calls.add(new Mark(finished.from(), finished.to()));
      } else if (step instanceof Step.Execute execute) {
        int count = execute.arguments().size();
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
        natives.keep(arguments::deallocate);
        for (int i = 0; i < count; i++) {
          Step.Argument argument = execute.arguments().get(i);
          arguments.position(i).arg(argument.index()).memory(memory(argument.tensor()));
        }
        calls.add(new Invoke(execute, arguments.position(0), count));
      }
    }
    return calls;
  }

  private dnnl_memory memory(Tensor tensor) {
    return memories.computeIfAbsent(
        tensor,
        key -> {
          dnnl_memory memory = new dnnl_memory();
          Dnnl.check(
              dnnl.dnnl_memory_create(memory, key.desc().handle(), Dnnl.engine(), address(key)),
              "memory");
          return natives.keep(memory);
        });
  }

  private Pointer address(Tensor tensor) {
    Pointer base = bases.get(tensor.buffer().home());
    return new BytePointer(base).getPointer(tensor.buffer().offset());
  }

  /** Moves everything that lies in one home to a new beginning. */
  void rebase(Home home, Pointer base) {
    bases.put(home, base);
    memories.forEach(
        (tensor, memory) -> {
          if (tensor.buffer().home() == home) {
            Dnnl.check(dnnl.dnnl_memory_set_data_handle(memory, address(tensor)), "memory");
          }
        });
  }

  void refresh() {
    run(refresh, 0, GradientListener.NONE);
  }

  /**
   * @param drawKey of the random draws
   */
  void forward(long drawKey) {
    run(forward, drawKey, GradientListener.NONE);
  }

  /**
   * @param drawKey that of forward, whose results may have to be made again
   */
  void backward(long drawKey, GradientListener listener) {
    run(backward, drawKey, listener);
  }

  private void run(List<Call> calls, long drawKey, GradientListener listener) {
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      if (call instanceof Invoke invoke) {
        invoke.run(stream);
      } else if (call instanceof Fill fill) {
        Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
        fill.filling.fill(drawKey, fill.to);
      } else if (call instanceof Mark mark) {
        listener.finished(mark.from, mark.to);
      }
    }
    Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
  }

  /** Times each primitive alone; what they compute meanwhile is not to be used. */
  List<KernelTime> time(int repetitions) {
    List<KernelTime> times = new ArrayList<>();
    time(times, KernelTime.Phase.FORWARD, forward, repetitions);
    time(times, KernelTime.Phase.BACKWARD, backward, repetitions);
    return times;
  }

  private void time(
      List<KernelTime> times, KernelTime.Phase phase, List<Call> calls, int repetitions) {
    for (Call call : calls) {
      if (call instanceof Invoke invoke) {
        times.add(
            new KernelTime(
                phase,
                invoke.step.node(),
                invoke.step.kernel().word(),
                invoke.step.kernel().implementation(),
                time(invoke, repetitions),
                invoke.step.work(),
                invoke.step.bytes(),
                invoke.step.kernel().copies()));
      }
    }
  }

  /** Seconds of one execution: the median of several, after one that is not counted. */
  private double time(Invoke invoke, int repetitions) {
    fillWithOrdinary(invoke);
    invoke.run(stream);
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      seconds[i] = timeAgain(invoke);
    }
    Arrays.sort(seconds);
    return seconds[repetitions / 2];
  }

  /** Seconds of one more execution, on numbers like those of the first. */
  private double timeAgain(Invoke invoke) {
    if (overwritesWhatItReads(invoke)) {
      fillWithOrdinary(invoke);
    }
    return invoke.time(stream);
  }

  /**
   * Kernels that are executed out of turn make denormal numbers, which are slow to compute with.
   */
  private void fillWithOrdinary(Invoke invoke) {
    for (Tensor tensor : invoke.step.tensors()) {
      if (tensor.buffer().home() == Home.ARENA && tensor.desc().type() != dnnl.dnnl_u8) {
        Arena.fillWithOrdinary(address(tensor), tensor.desc().bytes());
      }
    }
  }

  private static boolean overwritesWhatItReads(Invoke invoke) {
    List<Buffer> buffers = invoke.step.tensors().stream().map(Tensor::buffer).toList();
    return buffers.stream().distinct().count() < buffers.size();
  }

  /**
   * Times primitives alone with as few executions as tell who wins: one, if that takes far longer
   * than what is to be beaten, else the fastest of three.
   *
   * @param which of the steps
   * @param toBeat seconds that the word of a kernel has reached already
   * @return the sum over the kernels of one word
   */
  Map<String, Double> race(Predicate<Step.Execute> which, ToDoubleFunction<String> toBeat) {
    Map<String, Double> byWord = new HashMap<>();
    for (List<Call> calls : List.of(forward, backward)) {
      for (Call call : calls) {
        if (call instanceof Invoke invoke && which.test(invoke.step)) {
          String word = invoke.step.kernel().word();
          fillWithOrdinary(invoke);
          double best = invoke.time(stream);
          if (best < FAR * toBeat.applyAsDouble(word)) {
            best = Math.min(best, Math.min(timeAgain(invoke), timeAgain(invoke)));
          }
          byWord.merge(word, best, Double::sum);
        }
      }
    }
    return byWord;
  }

  @Override
  public void close() {
    natives.close();
  }
}
