package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Preprocessor;
import org.convoy.image.transform.Preprocessing;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * CIFAR-10's images as files in one folder a class, normalised and not augmented. A batch has as
 * many images of each class as it can.
 *
 * @param files of each class, in the order of their names
 */
record CifarSamples(List<List<Path>> files) implements DescentTest.Samples {
  private static final int BATCH = 40;
  private static final int SIDE = 32;
  private static final int FLOATS = 3 * SIDE * SIDE;

  static CifarSamples of(Path folder) {
    try (Stream<Path> classes = Files.list(folder)) {
      return new CifarSamples(classes.sorted().map(CifarSamples::sorted).toList());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> sorted(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Shape image() {
    return Shape.of(3, SIDE, SIDE);
  }

  @Override
  public int classes() {
    return files.size();
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public double rate() {
    return 0.1;
  }

  @Override
  public INDArray images(int step) {
    float[] pixels = new float[BATCH * FLOATS];
    Preprocessing preprocessing = Preprocessing.named("none", "cifar10", 3, SIDE, SIDE);
    try (Preprocessor preprocessor = new Preprocessor(preprocessing)) {
      int[] labels = labels(step);
      for (int i = 0; i < BATCH; i++) {
        List<Path> all = files.get(labels[i]);
        Path file = all.get((step * BATCH + i) / files.size() % all.size());
        preprocessor.evaluate(file.toString(), Files.readAllBytes(file), pixels, i * FLOATS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return Nd4j.createFromArray(pixels).reshape('c', BATCH, 3, SIDE, SIDE);
  }

  @Override
  public int[] labels(int step) {
    return IntStream.range(0, BATCH).map(i -> (step * BATCH + i) % files.size()).toArray();
  }
}
