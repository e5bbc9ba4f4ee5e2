package org.convoy.driver.training;

import java.nio.FloatBuffer;
import org.convoy.driver.config.Recipe;
import org.convoy.graph.Draws;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Batch;
import org.convoy.image.transform.Attack;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Perturbation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns the images of a micro-batch into adversarial ones, in place, by gradients of the loss. The
 * random start depends on the recipe's seed and the micro-batch's number in the run, and not on the
 * executor.
 */
final class AdversarialPass implements AutoCloseable {
  /** Computes the loss at the batch's images, and its gradient by them. */
  @FunctionalInterface
  interface Gradient {
    INDArray ofImages();
  }

  private final Attack attack;
  private final Perturbation perturbation;
  private final long seed;
  private final INDArray original;

  /**
   * @param normalisation of the images
   * @param input the shape of one image
   * @param batch images of a micro-batch
   */
  AdversarialPass(Recipe recipe, Normalisation normalisation, Shape input, int batch) {
    this.attack = recipe.adversarial();
    this.perturbation = new Perturbation(attack, normalisation, Math.toIntExact(input.positions()));
    this.seed = new Draws(recipe.seed(), "attack").bits(0);
    this.original = Nd4j.create(DataType.FLOAT, batch * input.elements());
  }

  /** Native bytes that it takes. */
  static long bytes(Shape input, int batch) {
    return Float.BYTES * batch * input.elements();
  }

  /**
   * Moves the images.
   *
   * @param key the micro-batch's number in the run
   */
  void apply(Batch batch, long key, Gradient gradient) {
    FloatBuffer images = batch.imagesBuffer();
    FloatBuffer before = original.data().asNioFloat();
    before.put(0, images, 0, images.limit());
    perturbation.start(images, before, CounterRandom.ofSeed(seed).split(key));
    for (int step = 0; step < attack.steps(); step++) {
      perturbation.climb(images, before, gradient.ofImages().data().asNioFloat());
    }
  }

  @Override
  public void close() {
    original.close();
  }
}
