package org.convoy.rivals.libtorch;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.convoy.jobs.rivals.Contender;
import org.convoy.jobs.rivals.ContenderLoop;
import org.convoy.jobs.rivals.InitialTensors;
import org.convoy.jobs.rivals.MadeUpBatch;
import org.convoy.jobs.rivals.Task;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;

/**
 * A step as PyTorch's users write it: eager functions under autograd and {@code optim.SGD}, the
 * forward pass and the loss under CPU autocast for bfloat16, inference in inference mode. The
 * variants are the memory formats.
 */
public final class LibtorchContender implements Contender {
  private final boolean training;
  private final boolean autocasts;
  private final TorchNetwork network;
  private final Tensor images;
  private final Tensor labels;
  private final SGD sgd;
  private double loss;

  private LibtorchContender(Task task) {
    torch.set_num_threads(task.threads());
    Graph graph = Graph.fromJson(task.graph());
    MemoryFormat format =
        switch (task.variant()) {
          case "contiguous" -> MemoryFormat.Contiguous;
          case "channels-last" -> MemoryFormat.ChannelsLast;
          default ->
              throw new UnsupportedOperationException(
                  "libtorch: expected contiguous or channels-last, got " + task.variant());
        };
    this.training = task.mode() == Task.Mode.TRAINING;
    this.autocasts = task.precision() == Task.Precision.BFLOAT16;
    this.network = new TorchNetwork(graph, format, new InitialTensors(graph)::fill);
    this.images = images(graph.inputShape(), task.batch(), format);
    int classes = graph.outputShape().channels();
    long[] targets =
        Arrays.stream(MadeUpBatch.labels(task.batch(), classes)).asLongStream().toArray();
    this.labels = Tensor.create(targets);
    SGDOptions options = new SGDOptions(task.learningRate());
    options.momentum().put(Task.MOMENTUM);
    options.weight_decay().put(Task.WEIGHT_DECAY);
    options.nesterov().put(true);
    this.sgd = new SGD(network.trained(), options);
  }

  /** The process's main method, see {@link ContenderLoop}. */
  public static void main(String[] arguments) throws IOException {
    // It would say at every convolution that it does not know this processor, where it does not.
    torch.globalContext().setUserEnabledNNPACK(false);
    ContenderLoop.run(LibtorchContender::new, "contiguous");
  }

  private static Tensor images(Shape shape, int batch, MemoryFormat format) {
    Tensor plain = torch.empty(shape.batched(batch));
    FloatBuffer pixels = plain.createBuffer();
    MadeUpBatch.fill(pixels);
    if (format == MemoryFormat.Contiguous || shape.rank() != 3) {
      return plain;
    }
    try (plain) {
      return plain.contiguous(format);
    }
  }

  @Override
  public float[] infer() {
    try (NoGradGuard guard = new NoGradGuard();
        Tensor logits = forward(false);
        Tensor exact = logits.to(ScalarType.Float)) {
      float[] values = new float[Math.toIntExact(exact.numel())];
      exact.<FloatBuffer>createBuffer().get(values);
      return values;
    }
  }

  @Override
  public void step() {
    if (!training) {
      try (InferenceMode mode = new InferenceMode(true)) {
        forward(false).close();
      }
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      sgd.zero_grad();
      Tensor crossEntropy = crossEntropy();
      crossEntropy.backward();
      sgd.step();
      loss = crossEntropy.item_float();
    }
  }

  @Override
  public double loss() {
    return loss;
  }

  private Tensor crossEntropy() {
    startAutocast();
    try (Tensor logits = network.forward(images, true)) {
      return torch.cross_entropy_loss(logits, labels);
    } finally {
      endAutocast();
    }
  }

  private Tensor forward(boolean training) {
    startAutocast();
    try {
      return network.forward(images, training);
    } finally {
      endAutocast();
    }
  }

  private void startAutocast() {
    if (autocasts) {
      torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
      torch.set_autocast_enabled(DeviceType.CPU, true);
    }
  }

  private void endAutocast() {
    if (autocasts) {
      torch.set_autocast_enabled(DeviceType.CPU, false);
      torch.clear_cache();
    }
  }

  @Override
  public void close() {
    sgd.close();
    labels.close();
    images.close();
    network.close();
  }
}
