package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.LocalFiles;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSplit;
import org.convoy.driver.data.Folds;
import org.convoy.driver.data.LabelFile;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.data.ScanJobs;
import org.convoy.driver.data.UnpackedCopy;
import org.convoy.task.Task;

/**
 * The samples of a run, with the targets that its task trains for.
 *
 * @param training the training split
 * @param validation the validation split, if the recipe has one
 */
record RunIndexes(SampleIndex training, Optional<SampleIndex> validation) {

  /**
   * Indexes the splits of a recipe. The indexes are kept in the run's folder.
   *
   * @param output folder of the run, a Hadoop path
   * @param say receives a line if the data set has to be decompressed first
   * @throws org.convoy.driver.data.DataSetException if the splits have different classes
   */
  static RunIndexes of(
      Recipe recipe, String output, ScanJobs jobs, Configuration hadoop, Consumer<String> say)
      throws IOException {
    SampleIndexer indexer = SampleIndexer.on(jobs);
    Path folder = new Path(output, "index");
    FileSystem files = LocalFiles.of(folder, hadoop);
    DataSet data =
        UnpackedCopy.of(
            DataSet.at(recipe.data().location(), hadoop), new Path(output, "data"), jobs, say);
    DataSplit split = data.split(recipe.data().train());
    SampleIndex training =
        labelled(
            indexer.index(split, files, folder), split, recipe.task(), Optional.empty(), hadoop);
    if (recipe.data().folds() > 0) {
      Folds folds = Folds.of(training, recipe.data().folds(), recipe.data().fold(), recipe.seed());
      return new RunIndexes(folds.training(), Optional.of(folds.validation()));
    }
    if (!recipe.data().validated()) {
      return new RunIndexes(training, Optional.empty());
    }
    DataSplit other = data.split(recipe.data().validation());
    SampleIndex validation =
        labelled(
            indexer.index(other, files, folder),
            other,
            recipe.task(),
            Optional.of(training.classes()),
            hadoop);
    validation.requireClasses(training.classes(), "the training split");
    return new RunIndexes(training, Optional.of(validation));
  }

  /** With the targets that the task reads from a file beside the images, if it does. */
  private static SampleIndex labelled(
      SampleIndex index,
      DataSplit split,
      Task task,
      Optional<List<String>> classes,
      Configuration hadoop)
      throws IOException {
    Optional<String> file = task.targetFile();
    return file.isPresent() ? LabelFile.label(index, split, file.get(), classes, hadoop) : index;
  }
}
