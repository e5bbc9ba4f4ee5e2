package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * A program bound to memory: each primitive with its argument list, made once and executed many
 * times. Executing allocates nothing, neither here nor in oneDNN.
 */
final class Executable implements AutoCloseable {

  private final Natives natives = new Natives();
  private final Map<Home, Pointer> bases;
  private final Map<Tensor, dnnl_memory> memories = new IdentityHashMap<>();
  private final dnnl_stream stream = new dnnl_stream();
  private final List<Call> refresh;
  private final List<Call> forward;
  private final List<Call> backward;
  private final List<Gated> refreshWithin;

  /**
   * A call before which parameters are awaited.
   *
   * @param ranges of elements of the flat vector that it reads: from and to in turn
   */
  private record Gated(Call call, long[] ranges) {}

  /**
   * @param bases where each home that the program uses begins
   */
  Executable(Program<Step> program, Map<Home, Pointer> bases) {
    this.bases = new EnumMap<>(bases);
    Dnnl.check(
        dnnl.dnnl_stream_create(stream, Dnnl.engine(), dnnl.dnnl_stream_default_flags), "stream");
    natives.keep(stream);
    refresh = calls(program.refresh());
    forward = calls(program.forward());
    backward = calls(program.backward());
    Map<Step, Call> calls = new IdentityHashMap<>();
    for (int i = 0; i < refresh.size(); i++) {
      calls.put(program.refresh().get(i), refresh.get(i));
    }
    for (int i = 0; i < forward.size(); i++) {
      calls.put(program.forward().get(i), forward.get(i));
    }
    refreshWithin =
        program.refreshWithin().stream()
            .map(step -> new Gated(Objects.requireNonNull(calls.get(step)), parameters(step)))
            .toList();
  }

  private static long[] parameters(Step step) {
    return step.tensors().stream()
        .map(Tensor::buffer)
        .filter(buffer -> buffer.home() == Home.PARAMETERS)
        .flatMapToLong(
            buffer ->
                LongStream.of(
                    buffer.offset() / Float.BYTES,
                    (buffer.offset() + buffer.bytes()) / Float.BYTES))
        .toArray();
  }

  private List<Call> calls(List<Step> steps) {
    List<Call> calls = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.Fill fill) {
        long elements = fill.to().desc().bytes() / Float.BYTES;
        FloatPointer to = new FloatPointer(address(fill.to())).capacity(elements);
        calls.add(new Call.Fill(fill.filling(), to.asBuffer()));
      } else if (step instanceof Step.Finished finished) {
        calls.add(new Call.Mark(finished.from(), finished.to()));
      } else if (step instanceof Step.Execute execute) {
        int count = execute.arguments().size();
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
        natives.keep(arguments::deallocate);
        for (int i = 0; i < count; i++) {
          Step.Argument argument = execute.arguments().get(i);
          arguments.position(i).arg(argument.index()).memory(memory(argument.tensor()));
        }
        calls.add(new Call.Invoke(execute, arguments.position(0), count));
      } else if (step instanceof Step.Run run) {
        Call.Jump jump = new Call.Jump(run, new long[run.tensors().size()]);
        fillAddresses(jump);
        calls.add(jump);
      }
    }
    return calls;
  }

  private void fillAddresses(Call.Jump jump) {
    List<Tensor> tensors = jump.step().tensors();
    for (int i = 0; i < jump.addresses().length; i++) {
      jump.addresses()[i] = address(tensors.get(i)).address();
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
        if (call instanceof Call.Jump jump) {
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
   * Refresh and forward together. Each call waits for the parameters that it reads.
   *
   * @param drawKey of the random draws
   */
  void refreshAndForward(long drawKey, ParameterGate gate) {
    for (int i = 0; i < refreshWithin.size(); i++) {
      Gated next = refreshWithin.get(i);
      for (int range = 0; range < next.ranges().length; range += 2) {
        gate.await(next.ranges()[range], next.ranges()[range + 1]);
      }
      run(next.call(), drawKey, GradientListener.NONE);
    }
    Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
  }

  /**
   * @param drawKey that of forward: some of its results may be computed again
   */
  void backward(long drawKey, GradientListener listener) {
    run(backward, drawKey, listener);
  }

  private void run(List<Call> calls, long drawKey, GradientListener listener) {
    for (int i = 0; i < calls.size(); i++) {
      run(calls.get(i), drawKey, listener);
    }
    Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
  }

  private void run(Call call, long drawKey, GradientListener listener) {
    if (call instanceof Call.Timed timed) {
      timed.run(stream);
    } else if (call instanceof Call.Fill fill) {
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      fill.filling().fill(drawKey, fill.to());
    } else if (call instanceof Call.Mark mark) {
      listener.finished(mark.from(), mark.to());
    }
  }

  /** Times this executable's kernels; what they compute meanwhile is not to be used. */
  Stopwatch stopwatch() {
    return new Stopwatch(forward, backward, stream, this::address);
  }

  @Override
  public void close() {
    natives.close();
  }
}
