package org.convoy.image.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The steps that turn an image into a network's input: transforms in order, for training and for
 * evaluation, then normalisation. The result is (channels, height, width) float32. This is plain
 * data: a recipe makes it, a saved model holds it.
 *
 * @param channels 3 for RGB, 1 for grey
 * @param height of the network's input, pixels
 * @param width of the network's input, pixels
 * @param training transforms of a training sample
 * @param evaluation transforms of a validation or prediction sample; none of them may draw at
 *     random
 * @param normalisation for the same number of channels
 */
public record Preprocessing(
    int channels,
    int height,
    int width,
    List<Transform> training,
    List<Transform> evaluation,
    Normalisation normalisation) {

  public Preprocessing {
    Size.require("input", height, width);
    training = List.copyOf(training);
    evaluation = List.copyOf(evaluation);
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("expected 1 or 3 image channels, got " + channels);
    }
    if (normalisation.channels() != channels) {
      throw new IllegalArgumentException(
          "expected a normalisation of "
              + channels
              + " channels, got one of "
              + normalisation.channels());
    }
    for (List<Transform> transforms : List.of(training, evaluation)) {
      sizeProblem(transforms, height, width)
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(problem);
              });
    }
    for (Transform transform : evaluation) {
      if (transform.drawsAtRandom()) {
        throw new IllegalArgumentException("evaluation must not draw at random, got " + transform);
      }
    }
  }

  /**
   * The policy of this name, for an input of this shape.
   *
   * @param augmentation one of {@link Augmentations#names()}
   * @param normalisation one of {@link Normalisation#names()}
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static Preprocessing named(
      String augmentation, String normalisation, int channels, int height, int width) {
    return new Preprocessing(
        channels,
        height,
        width,
        Augmentations.training(augmentation, height, width),
        Augmentations.evaluation(augmentation, height, width),
        Normalisation.named(normalisation, channels));
  }

  /**
   * The reason why these transforms cannot give images of this size, for any image.
   *
   * @return the expected and the actual result; empty if they can
   */
  public static Optional<String> sizeProblem(List<Transform> transforms, int height, int width) {
    Optional<Size> size = Optional.empty();
    int shorter = Math.min(height, width);
    for (Transform transform : transforms) {
      size = transform.sizeAfter(size);
      if (transform instanceof Resize resize && size.isEmpty()) {
        shorter = resize.size();
      }
    }
    String expected =
        String.format(Locale.ROOT, "expected transforms that give %dx%d pixels", height, width);
    if (size.isEmpty() && shorter != Math.min(height, width)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s, got a shorter side of %d: a crop to that size is missing",
              expected,
              shorter));
    }
    return size.filter(result -> result.height() != height || result.width() != width)
        .map(result -> String.format(Locale.ROOT, "%s, got %s", expected, result));
  }

  /**
   * The transforms that a GPU does not carry out although it is to scale images: those behind the
   * last one that scales, or all if none does, which do not only cut and mirror.
   */
  public static List<Transform> notOnGpus(List<Transform> transforms) {
    List<Transform> behind = new ArrayList<>();
    for (Transform transform : transforms) {
      if (transform instanceof Resize || transform instanceof RandomResizedCrop) {
        behind.clear();
      } else if (!transform.givesPlacements()) {
        behind.add(transform);
      }
    }
    return List.copyOf(behind);
  }

  /** The number of floats in one image. */
  public int floatsPerImage() {
    return channels * height * width;
  }

  /**
   * The same steps for a network of another resolution, with the sizes of all transforms adapted.
   *
   * @throws IllegalArgumentException if the transforms then do not give that size
   */
  public Preprocessing at(Size size) {
    Size here = new Size(height, width);
    return size.equals(here)
        ? this
        : new Preprocessing(
            channels,
            size.height(),
            size.width(),
            training.stream().map(each -> each.scaled(here, size)).toList(),
            evaluation.stream().map(each -> each.scaled(here, size)).toList(),
            normalisation);
  }

  /** The same steps for a saved model, without the training transforms. */
  public Preprocessing evaluationOnly() {
    return new Preprocessing(channels, height, width, List.of(), evaluation, normalisation);
  }

  /** The tree in {@code preprocessing.json}. {@link #fromJson} reads it back to an equal value. */
  public ObjectNode toJson() {
    return PreprocessingJson.write(this);
  }

  /**
   * Reads the result of {@link #toJson}.
   *
   * @throws IllegalArgumentException if the tree is not such a value; the message names the field
   *     that is missing, unknown or wrong
   */
  public static Preprocessing fromJson(JsonNode tree) {
    return PreprocessingJson.read(tree);
  }
}
