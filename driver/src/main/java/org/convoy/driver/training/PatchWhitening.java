package org.convoy.driver.training;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Initializer;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a convolution that whitens the patches of images (Jordan 2024, arXiv 2404.00498,
 * section 3.2): the eigenvectors of the patches' second moments, each divided by the root of its
 * eigenvalue plus epsilon, the greatest first, and then the same with the other sign. Every
 * executor computes them from the same images in the same order, so all have the same bytes.
 */
final class PatchWhitening {
  /** Images from evenly spaced places of the training split. */
  private static final int MOST_IMAGES = 5000;

  private final int channels;
  private final int height;
  private final int width;
  private final double[][] moments;
  private long patches;

  /**
   * @param channels of an image
   * @param height of a patch
   * @param width of a patch
   */
  PatchWhitening(int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    int size = channels * height * width;
    this.moments = new double[size][size];
  }

  /**
   * Replaces the weights of the network's whitening convolution, if it has one.
   *
   * @param parameters of the network
   * @param feed of the training split
   * @param batch the most images that are loaded together
   * @throws IOException if an image cannot be read
   */
  static void apply(Graph graph, INDArray parameters, ImageFeed feed, int batch)
      throws IOException, InterruptedException {
    Optional<Node> found =
        graph.nodes().stream()
            .filter(
                node ->
                    node.op() instanceof Convolution convolution
                        && convolution.initializer() instanceof Initializer.Whitening)
            .findFirst();
    if (found.isEmpty()) {
      return;
    }
    Convolution convolution = (Convolution) found.get().op();
    List<Integer> kernel = convolution.window().forRank(2).kernel();
    int channels = graph.inputShape().channels();
    PatchWhitening whitening = new PatchWhitening(channels, kernel.get(0), kernel.get(1));
    if (!found.get().inputs().equals(List.of(0))
        || convolution.outChannels() != 2 * whitening.moments.length) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "%s: expected a convolution of the input with %d outputs to whiten patches",
              found.get().name(),
              2 * whitening.moments.length));
    }
    int images = feed.index().count();
    int used = Math.min(MOST_IMAGES, images);
    int[] samples = IntStream.range(0, used).map(i -> (int) ((long) i * images / used)).toArray();
    try (BatchLoader loader = feed.evaluation(samples, batch)) {
      for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
        try (Batch loaded = next.get()) {
          whitening.add(loaded, graph.inputShape().dimension(1), graph.inputShape().dimension(2));
        }
      }
    }
    double epsilon = ((Initializer.Whitening) convolution.initializer()).epsilon();
    Parameters layout = Parameters.of(graph);
    INDArray weight = layout.view(parameters, layout.get(found.get().name() + ".weight"));
    double[] filters = whitening.filters(epsilon);
    for (int i = 0; i < filters.length; i++) {
      weight.putScalar(i, filters[i]);
    }
  }

  private void add(Batch batch, int rows, int columns) {
    FloatBuffer pixels = batch.imagesBuffer();
    float[] image = new float[channels * rows * columns];
    for (int i = 0; i < batch.size(); i++) {
      if (batch.weights()[i] > 0) {
        pixels.get(i * image.length, image);
        add(image, rows, columns);
      }
    }
  }

  /** Adds every patch of an image (channels, rows, columns). */
  void add(float[] image, int rows, int columns) {
    double[] patch = new double[moments.length];
    for (int top = 0; top + height <= rows; top++) {
      for (int left = 0; left + width <= columns; left++) {
        int filled = 0;
        for (int c = 0; c < channels; c++) {
          for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
              patch[filled++] = image[(c * rows + top + y) * columns + left + x];
            }
          }
        }
        add(patch);
      }
    }
  }

  private void add(double[] patch) {
    for (int i = 0; i < patch.length; i++) {
      for (int j = 0; j <= i; j++) {
        moments[i][j] += patch[i] * patch[j];
      }
    }
    patches++;
  }

  /**
   * The filters (2 size, size) of the patches so far.
   *
   * @param epsilon is added to the eigenvalues
   */
  double[] filters(double epsilon) {
    int size = moments.length;
    double[][] mean = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        mean[i][j] = moments[i][j] / Math.max(1, patches);
        mean[j][i] = mean[i][j];
      }
    }
    EigenDecomposition found = new EigenDecomposition(new Array2DRowRealMatrix(mean, false));
    double[] filters = new double[2 * size * size];
    for (int k = 0; k < size; k++) {
      double[] direction = found.getEigenvector(k).toArray();
      double root = Math.sqrt(Math.max(0, found.getRealEigenvalue(k)) + epsilon);
      for (int i = 0; i < size; i++) {
        filters[k * size + i] = direction[i] / root;
        filters[(size + k) * size + i] = -direction[i] / root;
      }
    }
    return filters;
  }
}
