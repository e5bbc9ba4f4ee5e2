package org.convoy.driver.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.StagedFolder;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.data.ImageFile;
import org.convoy.explanation.Attribution;
import org.convoy.explanation.EffectiveReceptiveField;
import org.convoy.explanation.ExplainedImage;
import org.convoy.explanation.Explanation;
import org.convoy.explanation.FieldMean;
import org.convoy.explanation.ModelExplainer;
import org.convoy.image.loader.ImageSource;
import org.convoy.settings.RequestException;

/**
 * A folder of pictures that explain what a saved model says of images: a PNG file for each image,
 * and {@code summary.json}. For the effective receptive field, which is the network's, it is one
 * picture of the mean over all images.
 *
 * @param model a saved model's folder, a Hadoop path
 * @param label the class whose output is explained; empty: the most probable one of each image
 * @param output the new folder
 */
public record ExplanationRequest(
    String model, Explanation method, Optional<String> label, String output) {

  /** The file with the figures of all pictures. */
  private static final String SUMMARY = "summary.json";

  /**
   * Explains images and writes the folder, which appears whole.
   *
   * @param threads the number of threads that read and decode
   * @return the content of {@code summary.json}
   * @throws RequestException if the folder exists, there is no such model or class, or the method
   *     does not fit the network
   */
  public Map<String, Object> write(List<ImageFile> images, int threads, Configuration hadoop)
      throws IOException, InterruptedException {
    Path folder = ModelFolder.qualify(output, hadoop);
    Path parent = folder.getParent();
    if (parent == null || folder.getFileSystem(hadoop).exists(folder)) {
      throw new RequestException("--out: expected a new folder, got " + output + ", which exists");
    }
    HadoopStore store = new HadoopStore(hadoop, parent);
    try (ModelExplainer explainer =
            ModelExplainer.open(ModelFolder.load(model, hadoop), method, model);
        StagedFolder staged = StagedFolder.begin(store, folder.getName())) {
      Pictures pictures = new Pictures(images, explainer, staged);
      List<ImageSource> sources =
          IntStream.range(0, images.size())
              .mapToObj(i -> source(images.get(i), i, hadoop))
              .toList();
      try {
        explainer.explain(sources, label, threads, pictures::add);
      } catch (UncheckedIOException e) {
        throw new IOException(e.getMessage(), e);
      }
      Map<String, Object> summary = pictures.finish();
      String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary);
      staged.write(SUMMARY, (text + "\n").getBytes(StandardCharsets.UTF_8));
      staged.commit();
      return summary;
    }
  }

  private static ImageSource source(ImageFile image, int number, Configuration hadoop) {
    return new ImageSource(number, image.uri(), 0, () -> image.read(hadoop));
  }

  /** The pictures of the folder, one after the other. */
  private final class Pictures {
    private final List<ImageFile> images;
    private final ModelExplainer explainer;
    private final StagedFolder folder;
    private final FieldMean field;
    private final List<Map<String, Object>> entries = new ArrayList<>();
    private int bad;

    Pictures(List<ImageFile> images, ModelExplainer explainer, StagedFolder folder) {
      this.images = images;
      this.explainer = explainer;
      this.folder = folder;
      this.field =
          new FieldMean(explainer.inputShape().dimension(1), explainer.inputShape().dimension(2));
    }

    private boolean averages() {
      return method instanceof EffectiveReceptiveField;
    }

    void add(ExplainedImage found) {
      String uri = images.get((int) found.id()).uri();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("image", uri);
      found.refusal().ifPresent(reason -> entry.put("error", reason));
      bad += found.refusal().isPresent() ? 1 : 0;
      found.explained().ifPresent(explained -> add(found.id(), uri, explained, entry));
      entries.add(entry);
    }

    private void add(
        long id, String uri, ExplainedImage.Explained explained, Map<String, Object> entry) {
      if (averages()) {
        field.add(explained.attribution());
      } else {
        String picture = String.format(Locale.ROOT, "%04d-%s.png", id, plain(uri));
        write(picture, explained.png());
        entry.put("picture", picture);
        entry.put("class", explained.label());
        entry.put("probability", explained.probability());
      }
      entry.putAll(explained.attribution().figures());
    }

    Map<String, Object> finish() {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("model", explainer.name());
      summary.put("weights_sha256", explainer.weightsSha256());
      summary.put("method", method.name());
      if (averages()) {
        Attribution mean = field.mean();
        String picture = method.name() + ".png";
        write(picture, explainer.picture(mean));
        summary.put("picture", picture);
        summary.putAll(mean.figures());
      }
      summary.put("images", entries);
      summary.put("bad_images", bad);
      return summary;
    }

    private void write(String name, byte[] content) {
      try {
        folder.write(name, content);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The name of an image's file without its ending, in letters that every file system takes. */
    private static String plain(String uri) {
      String name = uri.substring(uri.lastIndexOf('/') + 1);
      int dot = name.lastIndexOf('.');
      String stem = dot > 0 ? name.substring(0, dot) : name;
      String letters = stem.replaceAll("[^A-Za-z0-9_-]", "_");
      return letters.substring(0, Math.min(64, letters.length()));
    }
  }
}
