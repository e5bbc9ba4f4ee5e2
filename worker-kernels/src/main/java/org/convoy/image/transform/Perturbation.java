package org.convoy.image.transform;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * Carries out an {@link Attack} on normalised images. A channel's bounds are those of its pixels,
 * on the scale of the normalisation. Images are computed on several threads; each draws from a
 * stream of its own.
 */
public final class Perturbation {
  private final Attack attack;
  private final int pixels;
  private final float[] epsilon;
  private final float[] step;
  private final float[] least;
  private final float[] most;

  /**
   * @param pixels of one channel of an image
   */
  public Perturbation(Attack attack, Normalisation normalisation, int pixels) {
    this.attack = attack;
    this.pixels = pixels;
    int channels = normalisation.channels();
    this.epsilon = new float[channels];
    this.step = new float[channels];
    this.least = new float[channels];
    this.most = new float[channels];
    for (int c = 0; c < channels; c++) {
      double std = normalisation.std().get(c);
      epsilon[c] = (float) (attack.epsilon() / std);
      step[c] = (float) (attack.step() / std);
      least[c] = normalisation.table(c)[0];
      most[c] = normalisation.table(c)[255];
    }
  }

  /**
   * Moves images to where the attack begins.
   *
   * @param images (batch, channels, height, width), changed
   * @param original the same images, only read
   * @param random the stream of this batch
   */
  public void start(FloatBuffer images, FloatBuffer original, CounterRandom random) {
    if (!attack.randomStart()) {
      return;
    }
    planes(images)
        .forEach(
            plane -> {
              CounterRandom own = random.split(plane);
              int c = plane % epsilon.length;
              for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
                float moved = (float) own.uniform(-epsilon[c], epsilon[c]);
                images.put(i, within(original.get(i) + moved, original.get(i), c));
              }
            });
  }

  /**
   * Moves images by one step.
   *
   * @param images (batch, channels, height, width), changed
   * @param original the images before the attack, only read
   * @param gradient of the loss by the images, in their shape
   */
  public void climb(FloatBuffer images, FloatBuffer original, FloatBuffer gradient) {
    planes(images)
        .forEach(
            plane -> {
              int c = plane % epsilon.length;
              for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
                float moved = images.get(i) + step[c] * Math.signum(gradient.get(i));
                images.put(i, within(moved, original.get(i), c));
              }
            });
  }

  private IntStream planes(FloatBuffer images) {
    return IntStream.range(0, images.limit() / pixels).parallel();
  }

  private float within(float moved, float original, int c) {
    float near = Math.max(original - epsilon[c], Math.min(original + epsilon[c], moved));
    return Math.max(least[c], Math.min(most[c], near));
  }
}
