/**
 * The source of training samples: which executor reads which samples at which step, and how their
 * bytes are read.
 *
 * <p>A {@link org.convoy.driver.data.DataSet} is a folder or a tar on any Hadoop file system, in
 * one of the formats of {@link org.convoy.driver.data.DataFormat}. The {@link
 * org.convoy.driver.data.SampleIndexer} lists one split of it with a Spark job into a {@link
 * org.convoy.driver.data.SampleIndex}, which is kept beside the output. {@link
 * org.convoy.driver.data.Lanes} turns (seed, epoch, step, lane) into sample numbers, {@link
 * org.convoy.driver.data.ValidationShare} does the same for validation, and {@link
 * org.convoy.driver.data.SampleReader} turns a sample number into bytes on an executor.
 *
 * <p>Every file is used, or counted and named in the log: {@code FolderWalk} enters each folder
 * once, for any links, and every entry that it leaves out has one of the reasons in {@code
 * LeftOut}. An entry that cannot be an image, such as a named pipe or a name that this process
 * cannot open, is refused by name. A kept index has a {@code ContentCheck} of each image, so that a
 * resumed run detects replaced images.
 *
 * <p>Callers: the packages for training and configuration, and the commands. This package never
 * decodes an image, and never writes to a data set; of a compressed one {@link
 * org.convoy.driver.data.UnpackedCopy} makes a copy beside the output. The number of executors
 * never decides which samples are in a micro-batch together.
 *
 * <p>To add a storage format, add one file that implements {@code SplitFormat} and one line in
 * {@link org.convoy.driver.data.DataFormat}.
 */
package org.convoy.driver.data;
