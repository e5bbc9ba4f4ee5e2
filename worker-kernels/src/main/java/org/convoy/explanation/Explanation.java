package org.convoy.explanation;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.convoy.settings.RequestException;

/**
 * A method that says which positions of an image a network's output depends on. It is a value;
 * {@link #open} compiles what it needs for one network.
 */
public sealed interface Explanation
    permits GradCam, IntegratedGradients, Occlusion, EffectiveReceptiveField {
  /** The names of all methods. */
  List<String> NAMES =
      List.of(GradCam.NAME, IntegratedGradients.NAME, Occlusion.NAME, EffectiveReceptiveField.NAME);

  /**
   * The method of this name.
   *
   * @param layer the layer that it looks at, where it looks at one; empty: the last feature maps
   * @throws RequestException for another name, listing the known ones
   */
  static Explanation named(String name, String layer) {
    boolean looksAtLayer = name.equals(GradCam.NAME) || name.equals(EffectiveReceptiveField.NAME);
    if (!layer.isEmpty() && NAMES.contains(name) && !looksAtLayer) {
      throw new RequestException("--layer: " + name + " looks at the whole network");
    }
    return switch (name) {
      case GradCam.NAME -> new GradCam(layer);
      case IntegratedGradients.NAME -> IntegratedGradients.standard();
      case Occlusion.NAME -> Occlusion.standard();
      case EffectiveReceptiveField.NAME -> new EffectiveReceptiveField(layer);
      default ->
          throw new RequestException(
              String.format(
                  Locale.ROOT, "unknown method \"%s\"; known: %s", name, String.join(", ", NAMES)));
    };
  }

  /** Its name in commands. */
  String name();

  /**
   * Compiles what the method needs.
   *
   * @param network its weights must live until the explainer is closed
   * @throws RequestException if the method does not fit the network
   */
  Explainer open(ImageNetwork network) throws IOException;

  /** A method, ready for the images of one network. It owns native memory. One thread uses it. */
  interface Explainer extends AutoCloseable {
    /**
     * Explains one image.
     *
     * @param image (channels, height, width), normalised as the network takes it
     * @param label the class whose output is explained
     */
    Attribution explain(float[] image, int label);

    /** Frees the memory. */
    @Override
    void close();
  }
}
