package org.convoy.kernels.onednn;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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
import org.convoy.kernels.vector.VectorCaches;

/**
 * A program bound to memory: each primitive with its argument list, made once and executed many
 * times. Executing allocates nothing, neither here nor in oneDNN.
 */
final class Executable implements AutoCloseable {

  /** A step with its addresses filled in. */
  private sealed interface Call {}

  /** A call whose time counts. */
  private sealed interface TimedCall extends Call {
    Step.Timed step();

    void run(dnnl_stream stream);

    /** Seconds of one execution. */
    default double time(dnnl_stream stream) {
      long start = System.nanoTime();
      run(stream);
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      return (System.nanoTime() - start) * 1e-9;
    }
  }

  /** A primitive's execution. */
  private record Invoke(Step.Execute step, dnnl_exec_arg_t arguments, int count)
      implements TimedCall {
    @Override
    public void run(dnnl_stream stream) {
      int status = dnnl.dnnl_primitive_execute(step.kernel().primitive(), stream, count, arguments);
      if (status != dnnl.dnnl_success) {
        Dnnl.check(status, step.kernel().word());
      }
    }
  }

  /** A call of one of Convoy's own kernels, which waits for what the stream may still compute. */
  private record Jump(Step.Run step, long[] addresses) implements TimedCall {
    @Override
    public void run(dnnl_stream stream) {
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      step.routine().run(addresses);
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
      } else if (step instanceof Step.Run run) {
        Jump jump = new Jump(run, new long[run.tensors().size()]);
        fillAddresses(jump);
        calls.add(jump);
      }
    }
    return calls;
  }

  private void fillAddresses(Jump jump) {
    List<Tensor> tensors = jump.step.tensors();
    for (int i = 0; i < jump.addresses.length; i++) {
      jump.addresses[i] = address(tensors.get(i)).address();
    }
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
    for (List<Call> calls : List.of(refresh, forward, backward)) {
      for (Call call : calls) {
        if (call instanceof Jump jump) {
          fillAddresses(jump);
        }
      }
    }
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
      if (call instanceof TimedCall timed) {
        timed.run(stream);
      } else if (call instanceof Fill fill) {
        Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
        fill.filling.fill(drawKey, fill.to);
      } else if (call instanceof Mark mark) {
        listener.finished(mark.from, mark.to);
      }
    }
    Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
  }

  /**
   * Times each kernel, in whole steps and then alone, with its operands in the caches and in
   * memory; what they compute meanwhile is not to be used.
   */
  List<KernelTime> time(int repetitions) {
    Map<TimedCall, double[]> inSteps = new IdentityHashMap<>();
    for (int i = 0; i < repetitions; i++) {
      for (List<Call> calls : List.of(forward, backward)) {
        for (Call call : calls) {
          if (call instanceof TimedCall timed) {
            inSteps.computeIfAbsent(timed, key -> new double[repetitions])[i] = timed.time(stream);
          }
        }
      }
    }
    List<KernelTime> times = new ArrayList<>();
    time(times, KernelTime.Phase.FORWARD, forward, inSteps, repetitions);
    time(times, KernelTime.Phase.BACKWARD, backward, inSteps, repetitions);
    return times;
  }

  private void time(
      List<KernelTime> times,
      KernelTime.Phase phase,
      List<Call> calls,
      Map<TimedCall, double[]> inSteps,
      int repetitions) {
    for (Call call : calls) {
      if (call instanceof TimedCall timed) {
        double[] inStep = inSteps.getOrDefault(timed, new double[1]);
        times.add(
            new KernelTime(
                phase,
                timed.step().node(),
                timed.step().word(),
                timed.step().implementation(),
                time(timed, repetitions),
                timeFromMemory(timed, repetitions),
                median(inStep),
                timed.step().work(),
                timed.step().bytes(),
                timed.step().copies()));
      }
    }
  }

  /** Seconds of one execution: the median of several, after one that is not counted. */
  private double time(TimedCall timed, int repetitions) {
    fillWithOrdinary(timed);
    timed.run(stream);
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      seconds[i] = timeAgain(timed);
    }
    return median(seconds);
  }

  /** The same with operands that are in no cache. */
  private OptionalDouble timeFromMemory(TimedCall timed, int repetitions) {
    if (!Dnnl.VECTORS) {
      return OptionalDouble.empty();
    }
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      refill(timed);
      for (Tensor tensor : timed.step().tensors()) {
        VectorCaches.evict(address(tensor).address(), tensor.desc().bytes());
      }
      seconds[i] = timed.time(stream);
    }
    return OptionalDouble.of(median(seconds));
  }

  private static double median(double[] seconds) {
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }

  /** Seconds of one more execution, on numbers like those of the first. */
  private double timeAgain(TimedCall timed) {
    refill(timed);
    return timed.time(stream);
  }

  /** Brings back the numbers that an execution overwrote. */
  private void refill(TimedCall timed) {
    if (overwritesWhatItReads(timed)) {
      fillWithOrdinary(timed);
    }
  }

  /**
   * Kernels that are executed out of turn make denormal numbers, which are slow to compute with.
   */
  private void fillWithOrdinary(TimedCall timed) {
    for (Tensor tensor : timed.step().tensors()) {
      if (tensor.buffer().home() == Home.ARENA && tensor.desc().type() != dnnl.dnnl_u8) {
        Arena.fillWithOrdinary(address(tensor), tensor.desc().bytes());
      }
    }
  }

  private static boolean overwritesWhatItReads(TimedCall timed) {
    List<Buffer> buffers = timed.step().tensors().stream().map(Tensor::buffer).toList();
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
  Map<String, Double> race(Predicate<Step.Timed> which, ToDoubleFunction<String> toBeat) {
    Map<String, Double> byWord = new HashMap<>();
    for (List<Call> calls : List.of(forward, backward)) {
      for (Call call : calls) {
        if (call instanceof TimedCall timed && which.test(timed.step())) {
          String word = timed.step().word();
          fillWithOrdinary(timed);
          double best = timed.time(stream);
          if (best < FAR * toBeat.applyAsDouble(word)) {
            best = Math.min(best, Math.min(timeAgain(timed), timeAgain(timed)));
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
