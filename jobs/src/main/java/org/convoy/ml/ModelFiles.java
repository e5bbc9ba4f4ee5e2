package org.convoy.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/**
 * The files of a {@link ConvoyClassificationModel}: {@code metadata}, as Spark ML writes it, and
 * {@code model}, the saved model.
 */
final class ModelFiles {
  private static final String MODEL = "model";

  private ModelFiles() {}

  static final class Writer extends MLWriter {
    private final ConvoyClassificationModel model;

    Writer(ConvoyClassificationModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      Configuration hadoop = sc().hadoopConfiguration();
      Path from = new Path(model.location());
      Path to = new Path(path, MODEL);
      try {
        FileUtil.copy(
            from.getFileSystem(hadoop), from, to.getFileSystem(hadoop), to, false, hadoop);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot copy " + from + " to " + to, e);
      }
    }
  }

  static final class Reader extends MLReader<ConvoyClassificationModel> {
    @Override
    public ConvoyClassificationModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sc(), ConvoyClassificationModel.class.getName());
      try {
        ConvoyClassificationModel model =
            ConvoyClassificationModel.of(
                metadata.uid(), path + "/" + MODEL, sc().hadoopConfiguration());
        metadata.getAndSetParams(model, Option.empty());
        return model;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the model in " + path, e);
      }
    }
  }
}
