/**
 * Where training samples come from, which executor reads which of them when, and how their bytes
 * are read.
 *
 * <p>A {@link org.convoy.driver.data.DataSet} is a folder or a tar on any Hadoop file system. The
 * {@link org.convoy.driver.data.SampleIndexer} lists one split of it with a Spark job into a {@link
 * org.convoy.driver.data.SampleIndex}, which is kept beside the output. {@link
 * org.convoy.driver.data.Lanes} turns (seed, epoch, step, lane) into sample numbers, {@link
 * org.convoy.driver.data.ValidationShare} does it for validation, and {@link
 * org.convoy.driver.data.SampleReader} turns a sample number into bytes on an executor.
 *
 * <p>Every file that is seen is used, or counted and named in the log: {@code FolderWalk} enters
 * each folder once, whatever links there are, and what it leaves out has one of the reasons of
 * {@code LeftOut}. What cannot be read as an image at all, such as a named pipe or a name that this
 * process cannot open, is refused by name. An index that is kept holds a {@code ContentCheck} of
 * each image, by which a run that goes on notices replaced ones.
 *
 * <p>The training room, the configuration room and the commands call in here. This room never
 * decodes an image, never unpacks or writes to a data set, and never lets the number of executors
 * decide which samples meet in a micro-batch.
 *
 * <p>A further storage format is one file that implements {@code SplitFormat} and one line in
 * {@link org.convoy.driver.data.DataFormat}.
 */
package org.convoy.driver.data;
