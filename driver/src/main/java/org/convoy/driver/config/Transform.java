package org.convoy.driver.config;

import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One step from a decoded image to network input, as the recipe states it; what it does to pixels
 * is {@code org.convoy.image}'s matter. A recipe writes {@code {pad-and-crop: {size: 32, padding:
 * 4}}}, or the name alone if the defaults of {@code convoy-reference.conf} will do, or {@code
 * {resize: 256}} for the first parameter alone.
 *
 * <p>To add one, add a record here and its defaults to {@code transforms} in {@code
 * convoy-reference.conf}.
 */
public sealed interface Transform extends Serializable {

  /** The transforms there are, by their names in a recipe. */
  static Map<String, Class<? extends Transform>> registry() {
    Map<String, Class<? extends Transform>> registry = new LinkedHashMap<>();
    Arrays.stream(Transform.class.getPermittedSubclasses())
        .forEach(type -> registry.put(nameOf(type), type.asSubclass(Transform.class)));
    return registry;
  }

  private static String nameOf(Class<?> type) {
    return Names.kebab(type.getSimpleName());
  }

  /** The name in a recipe, for example {@code random-resized-crop}. */
  default String name() {
    return nameOf(getClass());
  }

  /** Whether its effect is drawn for each image and epoch. */
  default boolean random() {
    return false;
  }

  /**
   * Scales the shorter side, the other in proportion.
   *
   * @param size pixels of the shorter side afterwards
   */
  record Resize(int size) implements Transform {
    /** Checks the rules. */
    public Resize {
      new Checks().atLeast("size", size, 1).done();
    }
  }

  /**
   * Cuts a square out of the centre.
   *
   * @param size its side in pixels
   */
  record CenterCrop(int size) implements Transform {
    /** Checks the rules. */
    public CenterCrop {
      new Checks().atLeast("size", size, 1).done();
    }
  }

  /**
   * Pads with zeros and cuts a square out at a random place (Krizhevsky 2009; He et al. 2016,
   * section 4.2).
   *
   * @param size the square's side in pixels
   * @param padding pixels added on each of the four sides
   */
  record PadAndCrop(int size, int padding) implements Transform {
    /** Checks the rules. */
    public PadAndCrop {
      new Checks().atLeast("size", size, 1).atLeast("padding", padding, 0).done();
    }

    @Override
    public boolean random() {
      return true;
    }
  }

  /**
   * Cuts a random rectangle out and scales it to a square (Szegedy et al. 2015, section 6).
   *
   * @param size the square's side in pixels
   * @param area least and greatest part of the image's area
   * @param aspect least and greatest ratio of width to height
   */
  record RandomResizedCrop(int size, List<Double> area, List<Double> aspect) implements Transform {
    /** Checks the rules. */
    public RandomResizedCrop {
      area = List.copyOf(area);
      aspect = List.copyOf(aspect);
      new Checks()
          .atLeast("size", size, 1)
          .that(
              isRange(area) && area.get(1) <= 1,
              "area",
              "expected [least, greatest] with 0 < least <= greatest <= 1, got " + area)
          .that(
              isRange(aspect),
              "aspect",
              "expected [least, greatest] with 0 < least <= greatest, got " + aspect)
          .done();
    }

    private static boolean isRange(List<Double> bounds) {
      return bounds.size() == 2 && bounds.get(0) > 0 && bounds.get(0) <= bounds.get(1);
    }

    @Override
    public boolean random() {
      return true;
    }
  }

  /**
   * Mirrors left and right.
   *
   * @param probability of doing so
   */
  record HorizontalFlip(double probability) implements Transform {
    /** Checks the rules. */
    public HorizontalFlip {
      new Checks()
          .that(
              probability >= 0 && probability <= 1,
              "probability",
              "expected from 0 to 1, got " + RecipeText.number(probability))
          .done();
    }

    @Override
    public boolean random() {
      return true;
    }
  }
}
